"""The exercises of lesson 4: two losses of one's own, and the gradient of a third."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.shared import exercise, floats, sizes

EXERCISES = {}


def _batches(setting):
    """Draw targets and predictions of one shape (batch, outputs), and a setting for them."""
    return sizes(2).flatmap(lambda n: st.tuples(floats(n), floats(n), setting(n[1])))


TOTAL = "Yours is divided by the sum of the weights: here the weighted squares are only added up."
SQUARE = "The differences are weighed, but not squared."
SAMPLES = "That adds up over the samples. Add up over the outputs, with `axis=-1`."


@exercise(
    EXERCISES,
    examples=[
        ([[1.0, 5.0]], [[3.0, 2.0]], [2.0, 0.5]),
        ([[1.0, 5.0], [2.0, 0.0]], [[3.0, 2.0], [7.0, 3.0]], [0.3, 0.7]),
        ([[1.0], [2.0], [0.5]], [[3.0], [2.0], [3.0]], [3.0]),
        ([[1, 5, 2]], [[3, 2, 7]], [2, 3, 0]),
    ],
    inputs=_batches(lambda outputs: floats(outputs).map(abs)),
    hints=(
        "Three steps: square the differences, weigh them, add them up. Which shape has each?",
        "Squares and `weights * squares` have the shape (batch, outputs): each row is weighed.",
        "`np.sum(..., axis=-1)` adds up over the outputs and leaves one value per sample.",
    ),
    mistakes=(
        (lambda t, p, w: ((p - t) ** 2).sum(-1), "These are the squares without weights."),
        (lambda t, p, w: (w * (p - t) ** 2).mean(-1), "That is the mean; here it is the sum."),
        (lambda t, p, w: (w * (p - t) ** 2).sum(-1) / sum(w), TOTAL),
        (lambda t, p, w: (p - t) @ w, lambda t, p, w: (t - p) @ w, SQUARE),
        (lambda t, p, w: abs(p - t) @ w, SQUARE),
        (lambda t, p, w: ((w * (p - t)) ** 2).sum(-1), "Yours squares the weights too."),
        (lambda t, p, w: (w * (p - t) ** 2).sum(0), SAMPLES),
    ),
)
def weighted_squared_error(y_true, y_pred, weights):
    return np.sum(weights * (y_pred - y_true) ** 2, axis=-1)


def _price(low, high):
    """Return the loss with other prices for too low and too high, functions of the quantile."""
    return lambda t, p, q: np.mean(np.where(p < t, low(q) * (t - p), high(q) * (p - t)), axis=-1)


LOW = "The prediction is too low here: each unit too little costs `quantile`."
HIGH = "The prediction is too high here: each unit too much costs `1 - quantile`."
SWAPPED = (
    "The two prices are swapped: too low by 1 costs `quantile`, too high by 1 costs "
    "`1 - quantile`. Are `y_true` and `y_pred` in the right order?"
)
ONE_PRICE = "Yours has one price for both: too low costs `quantile`, too high `1 - quantile`."
SUM = "That is the sum over the outputs; here it is their mean."
NEGATIVE = "A loss is never negative: take the larger of the two numbers."


@exercise(
    EXERCISES,
    examples=[
        *(([[5.0]], [[p]], 0.9) for p in (2.0, 8.0, 5.0)),
        ([[5.0, 2.0]], [[3.0, 2.5]], 0.25),
        ([[5.0, 2.0], [1.0, 0.0]], [[3.0, 5.0], [1.5, -7.0]], 0.75),
        ([[5.0], [2.0], [1.0]], [[3.0], [7.0], [0.0]], 0.1),
        ([[5, 2]], [[2, 7]], 0.9),
    ],
    inputs=_batches(lambda outputs: st.sampled_from([0.5, 0.9, 0.1, 0.75, 0.25])),
    hints=(
        "What does a prediction that is too low by 2 cost, for `quantile` 0.9? And too high by 2?",
        "Too low: `quantile * (y_true - y_pred)`. Too high: `(1 - quantile) * (y_pred - y_true)`. "
        "For each number one of the two is positive.",
        "`np.maximum` takes the larger of the two, `np.mean(..., axis=-1)` the mean over outputs.",
    ),
    mistakes=(
        (_price(lambda q: q, lambda q: 0), _price(lambda q: q, lambda q: 1), HIGH),
        (_price(lambda q: q, lambda q: q), HIGH),
        (_price(lambda q: 0, lambda q: 1 - q), _price(lambda q: 1, lambda q: 1 - q), LOW),
        (_price(lambda q: 1 - q, lambda q: 1 - q), LOW),
        (_price(lambda q: 1 - q, lambda q: q), SWAPPED),
        (_price(lambda q: 1, lambda q: 1), _price(lambda q: 0.5, lambda q: 0.5), ONE_PRICE),
        (lambda t, p, q: pinball_loss(t, p, q) * p.shape[-1], SUM),
        (lambda t, p, q: np.mean(np.minimum(q * (t - p), (q - 1) * (t - p)), axis=-1), NEGATIVE),
        (lambda t, p, q: np.mean(q * (t - p), axis=-1), NEGATIVE),
    ),
)
def pinball_loss(y_true, y_pred, quantile):
    error = y_true - y_pred
    return np.mean(np.maximum(quantile * error, (quantile - 1) * error), axis=-1)


OUTPUTS = "The loss is the mean over the outputs, so its gradient is divided by their number."
BATCH = "Yours is divided by the number of samples. Divide by that of the outputs alone."
LINE = "That is the gradient of the square. A mistake larger than `delta` pulls with `delta`."
SIDES = "A mistake can be large on either side: hold it between `-delta` and `delta`."
PARABOLA = "A mistake of at most `delta` lies in the squared part: how steep is e² / 2?"


@exercise(
    EXERCISES,
    examples=[
        *(([[2.0]], [[p]], 3.0) for p in (4.0, 7.0, 1.5, -5.0)),
        ([[2.0, 2.0]], [[3.5, -9.0]], 5.0),
        ([[2.0], [1.0]], [[3.0], [1.25]], 0.5),
        ([[2.0, 5.0], [1.0, 3.0], [0.0, 0.0]], [[3.5, 0.0], [1.5, 8.0], [0.0, 2.0]], 2.0),
        ([[2, 5, 0]], [[3, 0, 7]], 1.5),
    ],
    inputs=_batches(lambda outputs: st.sampled_from([1.0, 2.0, 3.0, 0.5, 10.0])),
    hints=(
        "The loss of one output is e² / 2 up to `delta`, then a straight line. How steep is each?",
        "Up to `delta` the slope is e = y_pred - y_true itself, beyond it is `delta` or `-delta`: "
        "e, but never larger than `delta` in size.",
        "`np.clip(e, -delta, delta)` holds e between the two. The loss is a mean over the outputs: "
        "divide by `y_pred.shape[-1]`.",
    ),
    mistakes=(
        (lambda t, p, d: np.clip(p - t, -d, d), OUTPUTS),
        (lambda t, p, d: np.clip(p - t, -d, d) / len(p), BATCH),
        (lambda t, p, d: np.clip(p - t, -d, d) / p.size, BATCH),
        (lambda t, p, d: huber_gradient(t, p, 1.0), "The limit is the argument `delta`, not 1."),
        (lambda t, p, d: (p - t) / p.shape[-1], lambda t, p, d: p - t, LINE),
        (lambda t, p, d: np.minimum(p - t, d) / p.shape[-1], SIDES),
        (lambda t, p, d: np.sign(p - t) * d / p.shape[-1], PARABOLA),
    ),
)
def huber_gradient(y_true, y_pred, delta):
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.shape[-1]
