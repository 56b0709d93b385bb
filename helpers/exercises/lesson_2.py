"""The exercises of lesson 2: leaky ReLU, its derivative, and units that are never above 0."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.shared import SHAPES, SINGLE, arrays, exercise, floats, sizes

EXERCISES = {}

# "Every slope": one above 1, a negative one and 0 are allowed but unusual, so they come late.
SLOPED = [(x, slope) for slope in (0.5, 3.0, -0.5, 0.0) for x in SINGLE + SHAPES]
SLOPES = st.sampled_from([0.5, 0.25, 0.01, 0.1, 0.2, 0.3, 1.0, 3.0, -0.5, -2.0, 0.0])
NOT_FIXED = "Use the argument `negative_slope`, not 0.01."


@exercise(
    EXERCISES,
    examples=SLOPED,
    inputs=st.tuples(arrays(max_axes=3), SLOPES),
    hints=(
        "Two cases: what happens to a number above 0, and what to one below?",
        "A number below 0 is multiplied by `negative_slope`. How do you choose, for each element?",
        "`np.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere.",
    ),
    mistakes=(
        (lambda x, s: np.maximum(s * x, x), "`max(slope * x, x)` needs a slope up to 1."),
        (lambda x, s: np.where(x > 0, x, abs(s) * x), "A slope may be negative: keep its sign."),
        (lambda x, s: np.maximum(x, 0), "A negative number leaks: times `negative_slope`, not 0."),
        (lambda x, s: np.where(x > 0, x, 0.01 * x), NOT_FIXED),
        (lambda x, s: np.where(x > 0, x, s * abs(x)), "A negative number has lost its sign."),
        (lambda x, s: np.where(x > 0, x, s), "Multiply a negative number by `negative_slope`."),
        (lambda x, s: s * x, "A positive number should pass unchanged."),
        (lambda x, s: np.maximum(x, 0) + s * x, "A positive number should pass unchanged."),
        (lambda x, s: np.where(x > 0, s * x, x), "Are the cases swapped? Above 0, x passes."),
    ),
)
def leaky_relu(x, negative_slope):
    return np.where(x > 0, x, negative_slope * x)


AT_0 = "At 0 there is no slope, so a choice is needed: here it is `negative_slope`."
OUTPUT = "Compare the input with 0, not the output: a negative slope turns the output's sign round."
FLAT = "Left of 0 the graph is not flat: its slope is `negative_slope`."
VALUE = "That is the value of leaky ReLU, not its slope."


@exercise(
    EXERCISES,
    examples=SLOPED,
    inputs=st.tuples(arrays(max_axes=3), SLOPES),
    hints=(
        "The derivative is the slope of the graph: how steep is it left of 0, and right?",
        "At 0 itself this course takes the slope from the left, `negative_slope`.",
        "`np.where(x > 0, a, b)`: which two numbers are `a` and `b`?",
    ),
    mistakes=(
        (lambda x, s: np.where(x >= 0, 1.0, s), AT_0),
        (lambda x, s: np.where(x > 0, 1.0, s * (x < 0)), AT_0),
        (lambda x, s: np.where(x > 0, 1.0, np.where(x < 0, s, (1 + s) / 2)), AT_0),
        (lambda x, s: np.where(leaky_relu(x, s) > 0, 1.0, s), OUTPUT),
        (lambda x, s: (x > 0) * 1.0, lambda x, s: (x >= 0) * 1.0, FLAT),
        (lambda x, s: np.where(x > 0, 1.0, 0.01), NOT_FIXED),
        (lambda x, s: np.where(x >= 0, 1.0, 0.01), NOT_FIXED),
        (leaky_relu, lambda x, s: np.where(x > 0, 1.0, s * x), VALUE),
        (lambda x, s: np.where(x > 0, x, s), "Right of 0 the graph rises with slope 1."),
        (lambda x, s: np.where(x > 0, s, 1.0), "Are the cases swapped? Right of 0 it is 1."),
    ),
)
def leaky_relu_derivative(x, negative_slope):
    return np.where(x > 0, 1.0, negative_slope)


UNITS = [[[0.0, 2.0]], [[2.0], [0.0]], [[0.0], [0.0]], [[-2.0], [-3.0]], [[-3.0], [2.0]]]
LAYERS = [[[0.0, 2.0, 5.0], [0.0, 3.0, 0.0]], [[0, -1], [0, 4]], [[-1.0, 0.3], [0.0, 0.0]]]
WHOLE = "That asks whether the whole layer is dead. Ask for each unit with `axis=0`, then count."
LEAK = "With a leak, a silent unit gives negative numbers: ask for `<= 0`, not `== 0`."
ZERO = "A unit that gives 0 for every sample is dead; yours is not counted."
ONCE = "A unit is dead if it is silent for all samples; one silent sample is not enough."


@exercise(
    EXERCISES,
    examples=[(layer,) for layer in UNITS + LAYERS],
    inputs=st.tuples(sizes(2).flatmap(floats)),
    hints=(
        "A row is a sample, a column is a unit. For one unit: when is it dead?",
        "`activations <= 0` answers for every number. A unit is dead if its whole column is True.",
        "`np.all(..., axis=0)` goes down each column, and `np.sum` counts the True ones.",
    ),
    mistakes=(
        (lambda a: np.all(a <= 0), WHOLE),
        (lambda a: np.sum(np.all(a == 0, axis=0)), LEAK),
        (lambda a: np.sum(np.all(a < 0, axis=0)), ZERO),
        (lambda a: np.sum(np.mean(a, axis=0) <= 0), "A mean can hide a sample that is above 0."),
        (lambda a: np.sum(np.any(a <= 0, axis=0)), ONCE),
        (lambda a: np.mean(np.all(a <= 0, axis=0)), "That is a share: count with `np.sum`."),
        (lambda a: np.sum(np.any(a > 0, axis=0)), "Those are the units that live, not the dead."),
        (lambda a: np.sum(np.all(a <= 0, axis=1)), "A column is a unit: go down it, `axis=0`."),
        (lambda a: np.sum(a <= 0), "That counts single numbers; a unit is a whole column."),
    ),
)
def count_dead_units(activations):
    return np.sum(np.all(activations <= 0, axis=0))
