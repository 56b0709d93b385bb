"""The exercises of lesson 5: averages that forget, steps of RMSprop and Adam, a learning rate."""
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


TOO_LATE = "Your `epsilon` is added to the finished step, when 0 / 0 has already happened."
SQUARED = "Your `epsilon` is squared; under the root it stands as it is."
TWO_ROOTS = "The root of a sum is not the sum of the roots: add first, then take one root."


STEPS = {
    "examples": [
        ([5.0], [2.0], [3.0], 0.5, 0.75, 0.75),
        ([5.0, -2.0, 0.5], [2.0, -3.0, 0.25], [3.0, 0.5, 7.0], 0.1, 0.9, 1e-7),
        (*MATRICES, 2.0, 0.5, 0.25),
        ([2.0], [0.0], [0.0], 0.5, 0.75, 1e-7),
    ],
    "inputs": nps.array_shapes(max_dims=2, max_side=2).flatmap(
        lambda shape: st.tuples(
            floats(shape),
            floats(shape),
            floats(shape).map(abs),
            st.sampled_from([1.0, 0.1, 0.5, 2.0]),
            RHOS,
            st.sampled_from([3.0, 0.25, 1e-7]),
        )
    ),
    "mistakes": (
        (
            _step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s) - eps),
            _step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s) + eps),
            TOO_LATE,
        ),
        (_step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s)), NO_EPSILON),
        (_step(step=lambda rate, g, s, old, eps: rate * g / np.sqrt(s + eps**2)), SQUARED),
        (_step(step=lambda rate, g, s, old, eps: rate * g / (np.sqrt(s) + eps**0.5)), TWO_ROOTS),
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
}


@exercise(
    EXERCISES,
    hints=(
        "What is divided by what where the gradient and the average are both 0?",
        "`epsilon` has to keep the root itself from being 0. Where does the bracket of `np.sqrt` "
        "close?",
        "Under the root stands a sum: `np.sqrt(average + epsilon)`.",
    ),
    **STEPS,
)
def repair_rmsprop(w, gradient, average, learning_rate, rho, epsilon):
    average = rho * average + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


@exercise(
    EXERCISES,
    hints=(
        "Two things change: first the average of the squared gradients, then `w`.",
        "`new = rho * average + (1 - rho) * gradient**2`, and the step is "
        "`learning_rate * gradient` divided by a root.",
        "The root is `np.sqrt(new + epsilon)`. Return two arrays: `return w - step, new`.",
    ),
    **STEPS,
)
def rmsprop_step(w, gradient, average, learning_rate, rho, epsilon):
    average = rho * average + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


def _adam(
    mean=lambda g, m: 0.9 * m + 0.1 * g,
    square=lambda g, s: 0.999 * s + 0.001 * g**2,
    step=lambda g, m, s, t: m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8),
):
    """Return Adam with one of its three lines changed."""

    def mistake(w, gradient, m, s, t, learning_rate):
        new_m, new_s = mean(gradient, m), square(gradient, s)
        return w - learning_rate * step(gradient, new_m, new_s, t), new_m, new_s

    return mistake


GRADIENT_ONLY = "That is RMSprop's numerator: put the corrected mean in place of the gradient."
NO_CORRECTION = "Neither average is corrected: divide each by 1 minus its decay rate to the t."
MEAN_ONLY = "`average` is not corrected yet: divide it by `1 - 0.999**t` before the root is taken."
AVERAGE_ONLY = "`mean` is not corrected yet: divide it by `1 - 0.9**t`."
AFTER_ROOT = "Correct the average first and take the root afterwards, not the other way round."
STORED = "Return the averages as they are; the corrected ones serve this step only."
SWAPPED = "The decay rates are swapped: 0.9 belongs to the mean, 0.999 to the squares."
NO_TINY = "Yours is 0 / 0 where gradient and averages are 0: add 1e-8 to the root."
INSIDE = "Your 1e-8 is inside the root; Adam adds it outside."
ONE_EARLY = "t counts from 1: the first step divides by `1 - 0.9**1`."


def _adam_stores_corrected(w, gradient, mean, average, t, learning_rate):
    w, mean, average = adam_step(w, gradient, mean, average, t, learning_rate)
    return w, mean / (1 - 0.9**t), average / (1 - 0.999**t)


@exercise(
    EXERCISES,
    examples=[
        ([5.0], [2.0], [0.0], [0.0], 1, 0.5),
        ([5.0], [2.0], [3.0], [7.0], 2, 0.5),
        ([5.0, -2.0, 0.5], [2.0, -3.0, 0.25], [3.0, -0.5, 7.0], [3.0, 0.5, 7.0], 10, 0.1),
        ([2.0], [0.0], [0.0], [0.0], 1, 0.5),
        ([2.0], [0.001], [0.0], [0.0], 1, 0.5),
        (*MATRICES, [[3.0, 0.5], [2.0, 5.0]], 3, 2.0),
    ],
    inputs=nps.array_shapes(max_dims=2, max_side=2).flatmap(
        lambda shape: st.tuples(
            floats(shape),
            floats(shape),
            floats(shape),
            floats(shape).map(abs),
            st.sampled_from([1, 2, 3, 10, 100]),
            st.sampled_from([1.0, 0.1, 0.5, 2.0]),
        )
    ),
    hints=(
        "Start from the step of RMSprop. Three things change: an average of the gradients comes "
        "in, both averages are corrected, and 1e-8 stands outside the root.",
        "`mean = 0.9 * mean + 0.1 * gradient`, and `average` likewise with 0.999 and the square. "
        "For this step, divide `mean` by `1 - 0.9**t` and `average` by `1 - 0.999**t`.",
        "The step is `learning_rate *` the corrected mean, divided by `np.sqrt(average / (1 - "
        "0.999**t)) + 1e-8`. Return `w - step, mean, average`.",
    ),
    mistakes=(
        (_adam_stores_corrected, STORED),
        (
            _adam(step=lambda g, m, s, t: m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t))),
            NO_TINY,
        ),
        (
            _adam(step=lambda g, m, s, t: m / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t) + 1e-8)),
            INSIDE,
        ),
        (_adam(step=lambda g, m, s, t: m / (np.sqrt(s) + 1e-8)), NO_CORRECTION),
        (_adam(step=lambda g, m, s, t: m / (1 - 0.9**t) / (np.sqrt(s) + 1e-8)), MEAN_ONLY),
        (_adam(step=lambda g, m, s, t: m / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)), AVERAGE_ONLY),
        (
            _adam(step=lambda g, m, s, t: m / (1 - 0.9**t) / (np.sqrt(s) / (1 - 0.999**t) + 1e-8)),
            AFTER_ROOT,
        ),
        (
            _adam(step=lambda g, m, s, t: g / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)),
            _adam(step=lambda g, m, s, t: g / (np.sqrt(s) + 1e-8)),
            GRADIENT_ONLY,
        ),
        (
            _adam(
                lambda g, m: 0.999 * m + 0.001 * g,
                lambda g, s: 0.9 * s + 0.1 * g**2,
                lambda g, m, s, t: m / (1 - 0.999**t) / (np.sqrt(s / (1 - 0.9**t)) + 1e-8),
            ),
            SWAPPED,
        ),
        (_adam(mean=lambda g, m: 0.1 * m + 0.9 * g), "The mean keeps 0.9 of itself, not 0.1."),
        (_adam(square=lambda g, s: 0.999 * s + 0.001 * g), "`average` is one of squares."),
        (
            _adam(
                step=lambda g, m, s, t: (
                    m / (1 - 0.9 ** (t + 1)) / (np.sqrt(s / (1 - 0.999 ** (t + 1))) + 1e-8)
                )
            ),
            ONE_EARLY,
        ),
        (lambda w, *rest: (2 * w - adam_step(w, *rest)[0], *adam_step(w, *rest)[1:]), UPHILL),
    ),
)
def adam_step(w, gradient, mean, average, t, learning_rate):
    mean = 0.9 * mean + 0.1 * gradient
    average = 0.999 * average + 0.001 * gradient**2
    root = np.sqrt(average / (1 - 0.999**t))
    return w - learning_rate * mean / (1 - 0.9**t) / (root + 1e-8), mean, average


def judge_learning_rate(value):
    """Ask whether 100 steps in the valley (w² + 40 b²) / 2 bring w and b below 1%."""
    if not is_number(value):
        return "A learning rate is a number, such as 0.01."
    if not 0 < value <= 1:
        return "The learning rate lies somewhere between 0 and 1."
    w, b = (abs(1 - curvature * float(value)) ** 100 for curvature in (1, 40))
    if max(w, b) < 0.01:
        return None
    if b > 1:
        return "The rate is too large: along b, each step goes further out than the one before."
    left = f"is still {100 * max(w, b):.4g}% of what it was, and should be less than 1%"
    if w > b:
        return f"After 100 steps w {left}. The rate is too small for the gentle slope along w."
    return f"After 100 steps b {left}. The rate is too large for the steep slope along b."


EXERCISES["find_learning_rate"] = ValueExercise(
    judge=judge_learning_rate,
    hints=(
        "Along b each step multiplies by 1 - 40 * rate. For which rates does that shrink b?",
        "Along w each step multiplies by 1 - rate, so the rate should be as large as b allows.",
        "At 0.05 b jumps from 1 to -1 and back for ever. A little below, w and b shrink equally "
        "fast: where 1 - rate = 40 * rate - 1.",
    ),
    solution="2 / 41",
)
