"""Lesson 4's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np
import tensorflow as tf
from keras import ops

from helpers import losses
from helpers.exercises.lesson_4 import huber_gradient, pinball_loss, promise_loss

RIGHT = {
    "weighted_squared_error": [
        losses.weighted_squared_error,
        lambda t, p, w: np.square(t - p) @ w,
        lambda t, p, w: [sum(w * (a - b) ** 2) for a, b in zip(t, p, strict=True)],
    ],
    "pinball_loss": [
        losses.pinball,
        lambda t, p, q: np.mean(np.where(p > t, 1 - q, q) * np.abs(p - t), axis=1),
        lambda t, p, q: (np.abs(t - p) / 2 + (q - 0.5) * (t - p)).mean(axis=1),
    ],
    "huber_gradient": [
        losses.huber_gradient,
        lambda t, p, d: (
            np.where(np.abs(p - t) <= d, p - t, d * np.sign(p - t)) / np.size(p, axis=1)
        ),
        lambda t, p, d: (p - t) * np.minimum(1, d / np.maximum(np.abs(p - t), d)) / len(p[0]),
    ],
    "repaired_loss": [
        lambda t, p: ops.sum(ops.array([0.3, 0.7]) * ops.square(p - t), axis=-1),
        lambda t, p: 0.3 * ops.square(p[:, 0] - t[:, 0]) + 0.7 * ops.square(p[:, 1] - t[:, 1]),
        lambda t, p: tf.linalg.matvec((t - p) ** 2, [0.3, 0.7]),
    ],
    "promise_loss": [
        lambda t, p, s: losses.pinball(t, p, s) / s,
        lambda t, p, s: np.where(t > p, t - p, (p - t) * (1 / s - 1)).mean(axis=1),
        lambda t, p, s: np.maximum(t - p, (1 - s) * (p - t) / s).mean(axis=-1),
    ],
}

TWO_OUTPUTS = "y_true = [[1., 5.]], y_pred = [[3., 2.]], weights = [2. , 0.5]"
LOW = "y_true = [[5.]], y_pred = [[2.]], quantile = 0.9"
HIGH = "y_true = [[5.]], y_pred = [[8.]], quantile = 0.9"
INSIDE = "y_true = [[2.]], y_pred = [[4.]], delta = 3.0"
BEYOND = "y_true = [[2.]], y_pred = [[7.]], delta = 3.0"
MISS_2 = "y_true = [[5., 5.]], y_pred = [[5., 7.]]"
MISS_1 = "y_true = [[5., 5.]], y_pred = [[7., 5.]]"
LATE = "y_true = [[5.]], y_pred = [[2.]], share = 0.8"
EARLY = "y_true = [[5.]], y_pred = [[9.]], share = 0.8"
BOTH = "y_true = [[5., 2.]], y_pred = [[3., 6.]], share = 0.8"
PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "weighted_squared_error": [
        ("without weights", TWO_OUTPUTS),
        ("That is the mean; here it is the sum", TWO_OUTPUTS),
        ("divided by the sum of the weights: here the weighted squares are only", TWO_OUTPUTS),
        ("but not squared", *[TWO_OUTPUTS] * 3),
        ("squares the weights too", TWO_OUTPUTS),
        ("over the samples. Add up over the outputs, with `axis=-1`", TWO_OUTPUTS),
    ],
    "pinball_loss": [
        ("too high here: each unit too much costs `1 - quantile`", *[HIGH] * 3),
        ("too low here: each unit too little costs `quantile`", *[LOW] * 3),
        ("swapped: too low by 1 costs `quantile`, too high by 1 costs `1 - quantile`", LOW),
        ("one price for both", *[LOW] * 2),
        ("sum over the outputs; here it is their mean", "y_pred = [[3. , 2.5]]"),
        ("never negative: take the larger", LOW, HIGH),
    ],
    "huber_gradient": [
        ("divided by their number", "y_true = [[2., 2.]], y_pred = [[ 3.5, -9. ]]"),
        ("Divide by that of the outputs", "y_pred = [[ 3.5, -9. ]]", "y_pred = [[3. ], [1.25]]"),
        ("the argument `delta`, not 1", INSIDE),
        ("gradient of the square. A mistake larger than `delta` pulls with `delta`", *[BEYOND] * 2),
        ("on either side", "y_pred = [[-5.]]"),
        ("at most `delta` lies in the squared part", INSIDE),
    ],
    "repaired_loss": [
        ("gradient of output 2 is 0", *[MISS_2] * 2),
        ("gradient of output 1 is 0", MISS_1),
        ("All gradients are 0", *[MISS_2] * 3),
        ("changed places: 0.3 belongs to output 1", MISS_2),
        ("loss weights are missing", *[MISS_2] * 2),
        ("half of that: a mean", MISS_2),
        ("should be squared, as in the broken version", *[MISS_2] * 2),
        ("squared with the error", MISS_2),
        ("One of the two outputs is missing", MISS_2, MISS_1),
    ],
    "promise_loss": [
        ("right ratio, but a day late should cost exactly 1", *[LATE] * 2),
        ("upside down", EARLY),
        ("both sides pull alike", *[EARLY] * 3),
        ("an early day is free", EARLY),
        ("changed sides", *[LATE] * 2),
        ("the median's loss", EARLY),
        ("Do not square", LATE),
        ("must not cancel", LATE, EARLY),
        ("That adds up over the outputs; here it is their mean", BOTH),
        ("parcel by parcel", BOTH),
    ],
}


def the_loss_itself(y_true, y_pred, delta):
    size = np.abs(y_pred - y_true)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)) / y_pred.shape[-1]


OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "weighted_squared_error": [
        (lambda t, p, w: np.subtract(p, t, out=p) ** 2 @ w, TWO_OUTPUTS, "new array"),
        (lambda t, p, w: w * (p - t) ** 2, TWO_OUTPUTS, "shape"),
        (lambda t, p, w: np.sum(w * (p - t) ** 2), TWO_OUTPUTS, "axis"),
        (lambda t, p, w: np.sum(w * (p - t), axis=1) ** 2, TWO_OUTPUTS),
        (lambda t, p, w: (p - t) ** 2 @ np.where(w > 0, w, 1), "weights = [2, 3, 0]"),
    ],
    "pinball_loss": [
        (lambda t, p, q: np.mean(pinball_loss(t, p, q)), LOW, "axis"),
        (lambda t, p, q: pinball_loss(t[:1], p[:1], q), "y_true = [[5., 2.], [1."),
        (lambda t, p, q: pinball_loss(t, p, round(q, 1)), "quantile = 0.25"),
    ],
    "huber_gradient": [
        (lambda t, p, d: huber_gradient(p, t, d), INSIDE, "sign"),
        (lambda t, p, d: 2 * huber_gradient(t, p, d), INSIDE, "twice"),
        (lambda t, p, d: np.mean(huber_gradient(t, p, d), -1), INSIDE),
        (the_loss_itself, BEYOND),
        (
            lambda t, p, d: huber_gradient(t, p, d).astype(p.dtype),
            "y_true = [[2, 5, 0]]",
            "fractions",
        ),
    ],
    "repaired_loss": [
        (lambda t, p: ops.mean(ops.square(p - t) * ops.array([0.3, 0.7])), MISS_2),
        (lambda t, p: ops.sum(ops.square(p - t) * ops.array([0.3, 0.7]), axis=0), MISS_2),
        (lambda t, p: ops.square(p - t) * ops.array([0.3, 0.7]), MISS_2),
        (lambda t, p: ops.square(t) @ ops.array([[0.3], [0.7]]), MISS_2),
        (lambda t, p: ops.sum(ops.array([0.3, 0.7]) * ops.square(t), axis=-1), MISS_2),
        (lambda t, p: ops.abs(ops.sum(ops.array([0.3, 0.7]) * (p - t), axis=-1)), MISS_2),
    ],
    "promise_loss": [
        (lambda t, p, s: np.mean(promise_loss(t, p, s)), LATE, "axis"),
        (lambda t, p, s: promise_loss(t, p, 0.8), "y_pred = [[9.]], share = 0.5"),
        (lambda t, p, s: promise_loss(p, t, s), LATE, "changed sides"),
        (lambda t, p, s: np.mean(t > p, axis=-1) - s, LATE),
        (lambda t, p, s: promise_loss(t, p, 1 - s), EARLY, "upside down"),
        (lambda t, p, s: -promise_loss(t, p, s), LATE, "sign"),
    ],
}

HINTS = {
    "weighted_squared_error": "`np.sum(..., axis=-1)` adds up over the outputs",
    "pinball_loss": "Too low: `quantile * (y_true - y_pred)`. Too high: `(1 - quantile) * (",
    "huber_gradient": "`np.clip(e, -delta, delta)` holds e between the two",
    "repaired_loss": "Replace `np.square` by `ops.square`",
    "promise_loss": "`np.maximum(y_true - y_pred, 0)` costs 1.",
}
