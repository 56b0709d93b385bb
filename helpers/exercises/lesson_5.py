"""The exercises of lesson 5: averages that forget, a step of RMSprop, the best learning rate."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from helpers.exercises.exercise import ValueExercise
from helpers.exercises.shared import exercise, floats, is_number

EXERCISES = {}

RHOS = st.sampled_from([0.5, 0.9, 0.75, 0.99, 0.0])
START = "The average starts from 0: after the first value it is `(1 - rho) * value`."
ADAM = "That corrects the start, as Adam does. Here the average starts from 0 and stays too low."
SHARES = "`rho` is the share of the old average; the new value gets the rest, `1 - rho`."


def _count(values):
    return np.arange(1, len(values) + 1)


@exercise(
    EXERCISES,
    examples=[
        *((values, 0.75) for values in ([2.0], [2.0, 3.0], [3, 2, 7])),
        *(([2.0, -3.0, 5.0, 0.5], rho) for rho in (0.9, 0.25, 0.0)),
    ],
    inputs=st.tuples(floats(st.integers(1, 5)), RHOS),
    hints=(
        "The average before the first value is 0. What is it after the first, for `rho` = 0.9?",
        "Each value changes one number: `average = rho * average + (1 - rho) * value`.",
        "Go through the values in a loop, append each new average to a list, and return "
        "`np.array` of the list.",
    ),
    mistakes=(
        (lambda v, rho: exponential_average(v, rho) + v[0] * rho ** _count(v), START),
        (lambda v, rho: exponential_average(v, rho) / (1 - rho ** _count(v)), ADAM),
        (lambda v, rho: exponential_average(v, 1 - rho), SHARES),
        (lambda v, rho: exponential_average(v, rho) / (1 - rho), "The new value weighs `1 - rho`."),
        (lambda v, rho: (1 - rho) * np.cumsum(v), "The old average keeps only its share `rho`."),
        (lambda v, rho: (1 - rho) * v, "The old average is missing: it keeps its share `rho`."),
    ),
)
def exponential_average(values, rho):
    average, averages = 0.0, []
    for value in values:
        average = rho * average + (1 - rho) * value
        averages.append(average)
    return np.array(averages)


def _step(
    average=lambda g, s, rho: rho * s + (1 - rho) * g**2,
    step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s + eps),
):
    """Return RMSprop with one of its two lines changed."""

    def mistake(w, gradient, old, learning_rate, rho, epsilon):
        new = average(gradient, old, rho)
        return w - step(learning_rate, gradient, new, old, epsilon), new

    return mistake


MATRICES = ([[5.0, -2.0], [0.5, 3.0]], [[2.0, -3.0], [0.5, 7.0]], [[3.0, 0.5], [2.0, 5.0]])
NO_EPSILON = "Yours is 0 / 0 where gradient and average are 0: add `epsilon` inside the root."
OLD = "The old average stands under your root; take the new one."
OUTSIDE = "Your `epsilon` is added outside the root; here it belongs inside."
UPHILL = "The sign of the step is wrong: `w` goes against the gradient."
NO_RATE = "The learning rate is missing."
NO_GRADIENT = (
    "The gradient is missing: the step is `learning_rate * gradient`, divided by the root."
)
PLAIN = "That is a step of plain descent. What is the gradient divided by?"
ORDER = "The two results are swapped: return `w` first, then the average."
ADAGRAD = "That is AdaGrad's sum. The old average keeps `rho`, the new square gets `1 - rho`."


@exercise(
    EXERCISES,
    examples=[
        ([5.0], [2.0], [3.0], 0.5, 0.75, 0.75),
        ([5.0, -2.0, 0.5], [2.0, -3.0, 0.25], [3.0, 0.5, 7.0], 0.1, 0.9, 1e-7),
        (*MATRICES, 2.0, 0.5, 0.25),
        ([2.0], [0.0], [0.0], 0.5, 0.75, 1e-7),
    ],
    inputs=nps.array_shapes(max_dims=2, max_side=2).flatmap(
        lambda shape: st.tuples(
            floats(shape),
            floats(shape),
            floats(shape).map(abs),
            st.sampled_from([1.0, 0.1, 0.5, 2.0]),
            RHOS,
            st.sampled_from([3.0, 0.25, 1e-7]),
        )
    ),
    hints=(
        "Two things change: first the average of the squared gradients, then `w`.",
        "`new = rho * average + (1 - rho) * gradient**2`, and the step is "
        "`learning_rate * gradient` divided by a root.",
        "The root is `np.sqrt(new + epsilon)`. Return two arrays: `return w - step, new`.",
    ),
    mistakes=(
        (_step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s)), NO_EPSILON),
        (lambda *inputs: rmsprop_step(*inputs)[::-1], ORDER),
        (lambda *inputs: (rmsprop_step(*inputs)[0], inputs[2]), "That average is the old one."),
        (_step(lambda g, s, rho: rho * s + (1 - rho) * g), "The average is one of squares."),
        (_step(lambda g, s, rho: (1 - rho) * s + rho * g**2), SHARES),
        (_step(lambda g, s, rho: rho * s + g**2), "The new square has the weight `1 - rho`."),
        (_step(lambda g, s, rho: s + g**2), ADAGRAD),
        (_step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(old + eps)), OLD),
        (_step(step=lambda rate, g, s, old, eps: rate * g / (np.sqrt(s) + eps)), OUTSIDE),
        (_step(step=lambda rate, g, s, old, eps: rate * g / (s + eps)), "The root is missing."),
        (_step(step=lambda rate, g, s, old, eps: -rate * g / np.sqrt(s + eps)), UPHILL),
        (_step(step=lambda rate, g, s, old, eps: g / np.sqrt(s + eps)), NO_RATE),
        (_step(step=lambda rate, g, s, old, eps: rate / np.sqrt(s + eps)), NO_GRADIENT),
        (_step(step=lambda rate, g, s, old, eps: rate * g), PLAIN),
    ),
)
def rmsprop_step(w, gradient, average, learning_rate, rho, epsilon):
    average = rho * average + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


def judge_learning_rate(value):
    """Ask whether 100 steps in the valley (x² + 40 y²) / 2 bring x and y below 1 %."""
    if not is_number(value):
        return "A learning rate is a number, such as 0.01."
    if not 0 < value <= 1:
        return "The learning rate lies somewhere between 0 and 1."
    x, y = (abs(1 - curvature * float(value)) ** 100 for curvature in (1, 40))
    if max(x, y) < 0.01:
        return None
    if y > 1:
        return "The rate is too large: along y, each step goes further out than the one before."
    left = f"is still {100 * max(x, y):.4g} % of what it was, and should be less than 1 %"
    if x > y:
        return f"After 100 steps x {left}. The rate is too small for the gentle slope along x."
    return f"After 100 steps y {left}. The rate is too large for the steep slope along y."


EXERCISES["find_learning_rate"] = ValueExercise(
    judge=judge_learning_rate,
    hints=(
        "Along y each step multiplies by 1 - 40 * rate. For which rates does that shrink y?",
        "Along x each step multiplies by 1 - rate, so the rate should be as large as y allows.",
        "At 0.05 y jumps from 1 to -1 and back for ever. A little below, x and y shrink equally "
        "fast: where 1 - rate = 40 * rate - 1.",
    ),
    solution="2 / 41",
)
