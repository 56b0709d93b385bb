"""The exercises of lesson 1: ReLU, its derivative, and ReLU with a ceiling."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.shared import SHAPES, SINGLE, arrays, exercise

EXERCISES = {}

NO_CEILING = "ReLU has no ceiling: a large number should pass unchanged."


@exercise(
    EXERCISES,
    examples=[(x,) for x in SINGLE + SHAPES],
    inputs=st.tuples(arrays(max_axes=3)),
    hints=(
        "Each number is compared with 0: which of the two should the result be?",
        "Python's `max` compares two numbers. Which function of NumPy compares whole arrays?",
        "`np.maximum(a, b)` returns the larger of each pair. A single number is compared with all.",
    ),
    mistakes=(
        (lambda x: np.where(x == 0, 1.0, relu(x)), "At 0 the result should be 0."),
        (lambda x: np.clip(x, 0, 100), lambda x: np.clip(x, 0, 6), NO_CEILING),
        (lambda x: np.where(x >= 1, x, 0.0), "Every positive number should pass, 0.5 too."),
        (np.abs, "Yours removes the sign of a negative number; it should become 0."),
        (np.negative, "Yours turns every sign round; a positive number passes unchanged."),
        (lambda x: x, "Yours lets a negative number pass; it should become 0."),
        (lambda x: np.where(x > 0, x, 0.01 * x), "That leaks: a negative number becomes 0."),
        (lambda x: np.minimum(x, 0), "Yours keeps the smaller of the two; ReLU keeps the larger."),
        (lambda x: (x > 0) * 1.0, "That is the slope. A positive number passes unchanged."),
    ),
)
def relu(x):
    return np.maximum(x, 0.0)


AT_0 = "At 0 there is no slope, so a choice is needed: here, as in Keras, it is 0."
LEFT = "Left of 0 the graph of ReLU is flat, so its slope is 0."
SWAPPED = "Right of 0 the graph of ReLU rises with slope 1. Are the two cases swapped?"


@exercise(
    EXERCISES,
    examples=[(x,) for x in SINGLE + SHAPES],
    inputs=st.tuples(arrays(max_axes=3)),
    hints=(
        "The derivative is the slope of the graph: how steep is it left of 0, and right?",
        "`x > 0` answers for every element at once. At 0 itself this course takes the slope 0.",
        "`np.where(condition, a, b)` chooses a number for each element, here 1.0 or 0.0.",
    ),
    mistakes=(
        (lambda x: (x >= 0) * 1.0, lambda x: np.heaviside(x, 0.5), AT_0),
        (lambda x: np.where(x > 0, 1.0, 0.01), np.sign, LEFT),
        (np.ones_like, "Yours is 1 everywhere: compare the input with 0, not the output."),
        (relu, "That is the value of ReLU, not its slope: the slope right of 0 is always 1."),
        (lambda x: (x < 0) * 1.0, lambda x: (x <= 0) * 1.0, SWAPPED),
    ),
)
def relu_derivative(x):
    return np.where(x > 0, 1.0, 0.0)


ABOVE = "A number above `max_value` should become `max_value`."
RAISED = "`np.maximum` raises numbers to `max_value`; a ceiling needs the smaller of two."


@exercise(
    EXERCISES,
    examples=[
        *((x, 5.0) for x in ([2.0], [-3.0], [7.0], [5.0], [0.0])),
        *((x, top) for x in ([2.0], [2], [-3.0]) for top in (0.5, 0.0)),
        *((x, 2.5) for x in SHAPES),
        ([9.0, 120.0], 100.0),
    ],
    inputs=st.tuples(arrays(max_axes=3), st.sampled_from([1.0, 2.0, 6.0, 0.5, 2.5, 100.0, 0.0])),
    hints=(
        "The graph has three parts: flat at 0, rising, flat again. Where does each begin?",
        "Begin with ReLU. What should happen to a number that is larger than `max_value`?",
        "`np.minimum(a, b)` returns the smaller of each pair: put it around `np.maximum`.",
    ),
    mistakes=(
        (lambda x, m: np.clip(x, 0, m or np.inf), "0 is a ceiling too; `if max_value` skips it."),
        (lambda x, m: clipped_relu(x, m) * (x != m), "At `max_value` itself it is `max_value`."),
        (lambda x, m: relu(x), lambda x, m: relu(x) * (x <= m), ABOVE),
        (lambda x, m: relu(x) * (x < m), ABOVE),
        (lambda x, m: np.clip(x, 0, 6), "The ceiling is the argument `max_value`, not 6."),
        (np.minimum, "A negative number should become 0."),
        (lambda x, m: np.minimum(abs(x), m), "A negative number should become 0."),
        (np.maximum, lambda x, m: np.maximum(relu(x), m), RAISED),
    ),
)
def clipped_relu(x, max_value):
    return np.minimum(np.maximum(x, 0.0), max_value)
