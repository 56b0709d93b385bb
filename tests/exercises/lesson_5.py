"""Lesson 5's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np
from scipy import signal

from helpers.exercises.lesson_5 import adam_step, exponential_average, rmsprop_step


def changes_its_copies(w, gradient, average, learning_rate, rho, epsilon):
    w, average = w.copy(), average.copy()
    average *= rho
    average += (1 - rho) * gradient**2
    w -= learning_rate * gradient * (average + epsilon) ** -0.5
    return [w, average]


def adam_as_keras_writes_it(w, gradient, mean, average, t, learning_rate):
    mean = mean + (gradient - mean) * (1 - 0.9)
    average = average + (gradient**2 - average) * (1 - 0.999)
    correction = np.sqrt(1 - 0.999**t)
    rate = learning_rate * correction / (1 - 0.9**t)
    return [w - rate * mean / (np.sqrt(average) + 1e-8 * correction), mean, average]


RIGHT = {
    "adam_step": [adam_as_keras_writes_it],
    "exponential_average": [
        lambda values, rho: signal.lfilter([1 - rho], [1, -rho], values),
        lambda values, rho: [
            sum((1 - rho) * rho ** (t - i) * values[i] for i in range(t + 1))
            for t in range(len(values))
        ],
    ],
    "rmsprop_step": [
        changes_its_copies,
        lambda w, g, s, rate, rho, eps: np.stack(
            [w - rate * g / np.sqrt(s * rho + g * g * (1 - rho) + eps), s - (1 - rho) * (s - g * g)]
        ),
    ],
    "repair_rmsprop": [
        changes_its_copies,
        lambda w, g, s, rate, rho, eps: np.stack(
            [w - rate * g / np.sqrt(s * rho + g * g * (1 - rho) + eps), s - (1 - rho) * (s - g * g)]
        ),
    ],
}

ONE, TWO = "values = [2.], rho = 0.75", "values = [2., 3.], rho = 0.75"
STEP = "w = [5.], gradient = [2.], average = [3.], learning_rate = 0.5, rho = 0.75, epsilon = 0.75"
FIRST = "w = [5.], gradient = [2.], mean = [0.], average = [0.], t = 1"
SECOND = "w = [5.], gradient = [2.], mean = [3.], average = [7.], t = 2"
STEP_MISTAKES = [
    ("added to the finished step", STEP, STEP),
    ("Yours is 0 / 0", STEP),
    ("`epsilon` is squared", STEP),
    ("not the sum of the roots", STEP),
    ("`w` first, then the average", STEP),
    ("That average is the old one", STEP),
    ("one of squares", STEP),
    ("the new value gets the rest", STEP),
    ("new square has the weight `1 - rho`", STEP),
    ("AdaGrad", STEP),
    ("old average stands under your root; take the new one", STEP),
    ("outside the root; here it belongs inside", STEP),
    ("The root is missing", STEP),
    ("`w` goes against the gradient", STEP),
    ("learning rate is missing", STEP),
    ("The gradient is missing", STEP),
    ("plain descent", STEP),
]
PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "exponential_average": [
        ("The average starts from 0: after", ONE),
        ("as Adam does. Here the average starts from 0", ONE),
        ("share of the old average; the new value gets the rest", ONE),
        ("new value weighs `1 - rho`", ONE),
        ("keeps only its share `rho`", TWO),
        ("old average is missing", TWO),
    ],
    "repair_rmsprop": STEP_MISTAKES,
    "rmsprop_step": STEP_MISTAKES,
    "adam_step": [
        ("the corrected ones serve this step only", FIRST),
        ("Yours is 0 / 0", "w = [2.], gradient = [0.], mean = [0.]"),
        ("inside the root; Adam", "gradient = [0.001]"),
        ("Neither average is corrected", FIRST),
        ("`average` is not corrected", FIRST),
        ("`mean` is not corrected", FIRST),
        ("take the root afterwards", FIRST),
        ("numerator", SECOND, FIRST),
        ("decay rates are swapped", FIRST),
        ("keeps 0.9 of itself", FIRST),
        ("is one of squares", FIRST),
        ("t counts from 1", FIRST),
        ("`w` goes against the gradient", FIRST),
    ],
}


def average_in_place(w, gradient, average, learning_rate, rho, epsilon):
    average *= rho
    average += (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


def zero_by_zero(w, *others):
    after, average = rmsprop_step(w, *others)
    return w + (after - w) * average / average, average


def adam_in_place(w, gradient, mean, average, t, learning_rate):
    result = adam_step(w, gradient, mean, average, t, learning_rate)
    mean[...] = result[1]
    return result


STEP_OTHERS = [
    (zero_by_zero, "w = [2.], gradient = [0.], average = [0.]", "0 / 0"),
    (lambda *inputs: rmsprop_step(*inputs)[0], STEP, "commas"),
    (average_in_place, STEP, "new array"),
    (lambda *i: [part[:2] for part in rmsprop_step(*i)], "w = [ 5. , -2. ,"),
    (lambda *i: [part.ravel() for part in rmsprop_step(*i)], "w = [[ 5. ,"),
    (
        lambda w, g, s, *settings: (
            rmsprop_step(w, g, s, *settings)[0],
            rmsprop_step(w, g, s, *settings)[1] + settings[2],
        ),
        STEP,
    ),
]
OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "exponential_average": [
        (lambda v, rho: exponential_average(v, rho)[-1], ONE, "one number"),
        (lambda v, rho: [0.0, *exponential_average(v, rho)], ONE, "shape"),
        (lambda v, rho: np.cumsum(v) / np.arange(1, len(v) + 1), ONE),
        (
            lambda v, rho: exponential_average(v, rho or 0.5),
            "values = [ 2. , -3. , 5. , 0.5], rho = 0.0",
        ),
        (
            lambda v, rho: exponential_average(v, rho).astype(v.dtype),
            "values = [3, 2, 7], rho = 0.75",
            "fractions",
        ),
        (lambda v, rho: exponential_average(v[:4], rho), "0., 0., 0., 0.]"),
    ],
    "repair_rmsprop": STEP_OTHERS,
    "rmsprop_step": STEP_OTHERS,
    "adam_step": [
        (lambda *inputs: adam_step(*inputs)[0], FIRST, "commas"),
        (lambda *inputs: adam_step(*inputs)[:2], FIRST, "commas"),
        (lambda *i: [adam_step(*i)[k] for k in (0, 2, 1)], FIRST),
        (adam_in_place, FIRST, "new array"),
        (lambda *i: (adam_step(*i)[0], *i[2:4]), FIRST),
        (lambda *i: [part[:2] for part in adam_step(*i)], "w = [ 5. , -2. ,"),
        (lambda *i: [part.ravel() for part in adam_step(*i)], "w = [[ 5. ,"),
    ],
}

HINTS = {
    "exponential_average": "`average = rho * average + (1 - rho) * value`",
    "adam_step": "`mean = 0.9 * mean + 0.1 * gradient`",
    "repair_rmsprop": "`np.sqrt(average + epsilon)`",
    "rmsprop_step": "`new = rho * average + (1 - rho) * gradient**2`",
    "find_learning_rate": "where 1 - rate = 40 * rate - 1",
}
