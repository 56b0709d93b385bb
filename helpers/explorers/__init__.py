"""The explorers of the lessons: one function each, one line in the notebook.

>>> explorer = explore_relu()
>>> explorer.set_values(x=-2, negative_slope=0.1)
"""

from helpers.explorers.lessons import (
    explore_cross_entropy_gradient,
    explore_dead_units,
    explore_huber_pinball,
    explore_leaky_relu,
    explore_optimizers,
    explore_relu,
    explore_relu_sum,
    explore_softmax,
    explore_training,
    explore_weighted_loss,
)

__all__ = [
    "explore_cross_entropy_gradient",
    "explore_dead_units",
    "explore_huber_pinball",
    "explore_leaky_relu",
    "explore_optimizers",
    "explore_relu",
    "explore_relu_sum",
    "explore_softmax",
    "explore_training",
    "explore_weighted_loss",
]
