"""The exercises of lesson 4: losses to write, one to repair, and the gradient of another."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.reports import as_numbers
from helpers.exercises.shared import exercise, floats, sizes

EXERCISES = {}


def _batches(setting):
    """Draw targets and predictions of one shape (batch, outputs), and a setting for them."""
    return sizes(2).flatmap(lambda n: st.tuples(floats(n), floats(n), setting(n[1])))


TOTAL = "Yours is divided by the sum of the weights: here the weighted squares are only added up."
SQUARE = "The differences are weighted, but not squared."
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
        "Three steps: square the differences, weight them, add them up. Which shape has each?",
        "Squares and `weights * squares` have the shape (batch, outputs): each row is weighted.",
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


def _loss_and_gradient(function, y_true, y_pred):
    """Return a row for each sample: the loss, then its gradient at y_pred by the tape."""
    import tensorflow as tf

    y_true, y_pred = tf.constant(y_true, tf.float32), tf.constant(y_pred, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        loss = function(y_true, y_pred)
    if as_numbers(loss) is None:
        return loss
    if np.shape(loss) != (len(y_pred),):
        raise ValueError(f"the loss needs one value per sample. Received: shape={np.shape(loss)}")
    gradient = np.zeros(y_pred.shape)  # where the tape has seen nothing
    if tf.is_tensor(loss):
        gradient = tape.gradient(loss, y_pred, unconnected_gradients="zero")
    return np.column_stack([loss, gradient])


def _by_columns(first, second):
    """Return a loss that treats the errors of the two outputs in two ways."""
    return lambda t, p: first(t[:, 0], p[:, 0]) + second(t[:, 1], p[:, 1])


def _square(price):
    return lambda t, p: price * (p - t) ** 2


def _numpy(price):
    return lambda t, p: price * np.square(p - t)


SECOND = (
    "The gradient of output 2 is 0: NumPy computed that half, and no tape can see inside NumPy."
)
FIRST = "Now the gradient of output 1 is 0: that half goes through NumPy."
NOTHING = "All gradients are 0, since everything went through NumPy. Use `ops` or plain operators."
PRICES = "The loss weights changed places: 0.3 belongs to output 1, 0.7 to output 2."
NO_PRICES = "The loss weights are missing: 0.3 for output 1, 0.7 for output 2."
HALVED = "Add the two weighted squares up. Yours is half of that: a mean."
SIZES = "Yours takes sizes. The errors should be squared, as in the broken version."
INSIDE = "The loss weight multiplies the square. Yours is squared with the error."
ONE_OUTPUT = "One of the two outputs is missing. Add both weighted squares up."


@exercise(
    EXERCISES,
    examples=[
        ([[5.0, 5.0]], [[5.0, 7.0]]),
        ([[5.0, 5.0]], [[7.0, 5.0]]),
        ([[1.0, 2.0], [3.0, 5.0]], [[2.0, 4.0], [3.0, 6.0]]),
        ([[1, 2], [3, 5], [4, 4]], [[2, 4], [3, 6], [1, 2]]),
    ],
    inputs=sizes(1).flatmap(lambda n: st.tuples(floats((*n, 2)), floats((*n, 2)))),
    hints=(
        "Look at the gradient: which column is 0, and which line computed that half?",
        "The second line squares with `np`. TensorFlow cannot see inside NumPy.",
        "Replace `np.square` by `ops.square`, or square with `** 2`.",
    ),
    mistakes=(
        (
            _by_columns(_square(0.3), _numpy(0.7)),
            _by_columns(_square(0.3), lambda t, p: 0.7 * (p.numpy() - t) ** 2),
            SECOND,
        ),
        (_by_columns(_numpy(0.3), _square(0.7)), FIRST),
        (
            _by_columns(_numpy(0.3), _numpy(0.7)),
            lambda t, p: np.square(p - t) @ [0.3, 0.7],
            lambda t, p: np.sum(np.array([0.3, 0.7]) * (p.numpy() - t.numpy()) ** 2, axis=-1),
            NOTHING,
        ),
        (_by_columns(_square(0.7), _square(0.3)), PRICES),
        (
            _by_columns(_square(1.0), _square(1.0)),
            _by_columns(_square(0.5), _square(0.5)),
            NO_PRICES,
        ),
        (_by_columns(_square(0.15), _square(0.35)), HALVED),
        (
            _by_columns(lambda t, p: 0.3 * abs(p - t), lambda t, p: 0.7 * abs(p - t)),
            _by_columns(_square(0.3), lambda t, p: 0.7 * abs(p - t)),
            SIZES,
        ),
        (_by_columns(_square(0.09), _square(0.49)), INSIDE),
        (
            lambda t, p: 0.3 * (p[:, 0] - t[:, 0]) ** 2,
            lambda t, p: 0.7 * (p[:, 1] - t[:, 1]) ** 2,
            ONE_OUTPUT,
        ),
    ),
    reference=lambda y_true, y_pred: np.column_stack(
        [(y_pred - y_true) ** 2 @ [0.3, 0.7], 2 * np.array([0.3, 0.7]) * (y_pred - y_true)]
    ),
    measure=_loss_and_gradient,
    measured_as="Loss, then gradient",
    tolerance=1e-4,
)
def repaired_loss(y_true, y_pred):
    error = y_pred - y_true
    return 0.3 * error[:, 0] ** 2 + 0.7 * error[:, 1] ** 2


RATIO = "Your two prices have the right ratio, but a day late should cost exactly 1."
TURNED = "Your price of an early day is upside down: it should shrink as the share grows."
EARLY = (
    "The price of an early day is not right. At the best promise both sides pull alike: "
    "`(1 - share) * 1` for the late parcels, `share * price` for the others."
)
FREE = "In yours an early day is free, so the best promise would be never."
LATE = "The prices changed sides: a parcel that comes after the promise is late and costs 1 a day."
ALIKE = "In yours early and late cost the same, which is the median's loss, for any share."
SQUARED = "A day costs the same however many there are. Do not square."
SIGNS = "Late and early must not cancel: cut each off at 0, with `np.maximum`."
TOTAL_PROMISE = "That adds up over the outputs; here it is their mean."
MEAN_FIRST = "Take late and early days parcel by parcel and output by output, then the mean."


@exercise(
    EXERCISES,
    examples=[
        *(([[5.0]], [[p]], 0.8) for p in (2.0, 9.0, 5.0)),
        ([[5.0]], [[9.0]], 0.5),
        ([[5.0, 2.0]], [[3.0, 6.0]], 0.8),
        ([[5.0, 2.0], [1.0, 0.0]], [[3.0, 5.0], [1.5, -7.0]], 0.25),
        ([[5.0], [2.0], [1.0]], [[3.0], [7.0], [0.0]], 0.1),
        ([[5, 2]], [[2, 7]], 0.9),
    ],
    inputs=_batches(lambda outputs: st.sampled_from([0.5, 0.8, 0.9, 0.1, 0.25])),
    hints=(
        "At the best promise, one step later must save as much as it costs. Who saves, who pays?",
        "A step later saves 1 for each late parcel, a part `1 - share` of all. It costs the price "
        "of an early day for the others, a part `share`. So `share * price = 1 - share`.",
        "`early = np.maximum(y_pred - y_true, 0)` costs `(1 - share) / share` a day, "
        "`np.maximum(y_true - y_pred, 0)` costs 1. `np.mean(..., axis=-1)` of their sum.",
    ),
    mistakes=(
        (
            _price(lambda q: q, lambda q: 1 - q),
            _price(lambda q: q / (1 - q), lambda q: 1),
            RATIO,
        ),
        (_price(lambda q: 1, lambda q: q / (1 - q)), TURNED),
        (
            _price(lambda q: 1, lambda q: 1 - q),
            _price(lambda q: 1, lambda q: q),
            _price(lambda q: 1, lambda q: 1 / q),
            EARLY,
        ),
        (_price(lambda q: 1, lambda q: 0), FREE),
        (
            _price(lambda q: (1 - q) / q, lambda q: 1),
            _price(lambda q: 1 - q, lambda q: q),
            LATE,
        ),
        (_price(lambda q: 1, lambda q: 1), ALIKE),
        (
            lambda t, p, q: np.mean(np.where(p < t, 1, (1 - q) / q) * (t - p) ** 2, axis=-1),
            SQUARED,
        ),
        (
            lambda t, p, q: np.mean((t - p) + (1 - q) / q * (p - t), axis=-1),
            lambda t, p, q: np.mean(np.where(p < t, 1, (1 - q) / q) * (t - p), axis=-1),
            SIGNS,
        ),
        (lambda t, p, q: promise_loss(t, p, q) * p.shape[-1], TOTAL_PROMISE),
        (
            lambda t, p, q: promise_loss(*(np.mean(a, axis=-1, keepdims=True) for a in (t, p)), q),
            MEAN_FIRST,
        ),
    ),
)
def promise_loss(y_true, y_pred, share):
    late = np.maximum(y_true - y_pred, 0)
    early = np.maximum(y_pred - y_true, 0)
    return np.mean(late + (1 - share) / share * early, axis=-1)
