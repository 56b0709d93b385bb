"""The explorers of the lessons: one function each, one line in the notebook.

>>> explorer = explore_relu()
>>> explorer.set_values(x=-2, negative_slope=0.1)
"""
# ruff: noqa: F401

from helpers.explorers.lesson_1 import explore_relu, explore_roof
from helpers.explorers.lesson_2 import explore_dead_units, explore_leaky_relu
from helpers.explorers.lesson_3 import explore_cross_entropy_gradient, explore_softmax
from helpers.explorers.lesson_4 import explore_huber_pinball, explore_weighted_loss
from helpers.explorers.lesson_5 import explore_optimizers
from helpers.explorers.lesson_6 import explore_training

__all__ = sorted(name for name in globals() if name.startswith("explore_"))
