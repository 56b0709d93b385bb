"""The exercises of the course, lesson by lesson. To add one, add an entry to `EXERCISES`.

An exercise on a function needs the course's own implementation, a Hypothesis strategy for
inputs, a few inputs written by hand, and hints. The strategy decides what the smallest wrong
input looks like: Hypothesis takes what comes first in a strategy for simpler, so the numbers
here are whole before they are halves, and arrays have one element before they have two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np
from hypothesis import strategies as st

from helpers.activations import (
    count_dead_units,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
)
from helpers.losses import (
    categorical_crossentropy_gradient,
    huber_gradient,
    pinball,
    weighted_squared_error,
)
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import SGD, RMSprop
from helpers.validation import as_float_array, as_integer, received


@dataclass(frozen=True)
class FunctionExercise:
    """An exercise in which the learner writes a function.

    Parameters
    ----------
    reference : callable
        The course's own implementation. If it returns a tuple, so must the learner's.
    arguments : tuple of str
        The names of the arguments, which are passed by position.
    inputs : hypothesis.strategies.SearchStrategy
        Draws tuples with one value for each argument. Simple inputs come first.
    examples : tuple of tuple
        Small inputs written by hand, tried before the search. The first shows whether the
        exercise was attempted; all of them are tried before anything larger, because an
        input on which a function never ends cannot be made smaller by trying others.
    hints : tuple of str
        From a nudge to nearly the answer.
    diagnose : callable, optional
        ``diagnose(received, expected, wrong, *arguments)`` gets the learner's result and the
        right one as arrays of one shape, a Boolean array that marks the wrong elements, and
        the arguments; it returns a hint that fits, or None. For a tuple of results it gets
        the first part that is wrong.
    tolerance : float, default 1e-6
        The largest difference that passes, absolute and relative.
    in_short : str, optional
        An expression of the arguments that solves it, where the reference's own source, with
        its checks, is more than a learner asked for.
    """

    reference: Callable[..., Any]
    arguments: tuple[str, ...]
    inputs: st.SearchStrategy
    examples: tuple[tuple, ...]
    hints: tuple[str, ...]
    diagnose: Callable[..., str | None] | None = None
    tolerance: float = 1e-6
    in_short: str = ""


@dataclass(frozen=True)
class ValueExercise:
    """An exercise in which the learner finds a value, such as a learning rate.

    Parameters
    ----------
    judge : callable
        ``judge(value)`` returns None if the value is right, else a sentence that says what
        is wrong with it.
    solution : str
        A right value, as source code.
    hints : tuple of str
        From a nudge to nearly the answer.
    """

    judge: Callable[[Any], str | None]
    solution: str
    hints: tuple[str, ...]


# Inputs -----------------------------------------------------------------------------------

SIZES = (*range(1, 11), *(n + 0.5 for n in range(10)), 0.1, 0.01, 0.001, 100, 10_000)
NUMBERS = st.sampled_from([0.0, *(float(sign * size) for size in SIZES for sign in (1, -1))])


def _arrange(form: str, numbers: list[float]) -> np.ndarray:
    """Make an array of a list of numbers."""
    if form == "integers":
        return np.array(numbers).astype(int)
    if form == "matrix":
        return np.array(numbers).reshape(2 if len(numbers) % 2 == 0 else 1, -1)
    return np.array(numbers)


# The form is drawn apart from the numbers: each can then become simpler without the other.
ARRAYS = st.builds(
    _arrange,
    st.sampled_from(["vector", "integers", "matrix"]),
    st.lists(NUMBERS, min_size=1, max_size=6),
)


@st.composite
def _batches(draw, *parameters):
    """Draw targets and predictions of one shape (batch, outputs), then the parameters.

    A parameter is a strategy for numbers; one number is drawn of it, or one for each output
    where it comes as a list.
    """
    batch, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    size = batch * outputs
    numbers = st.lists(NUMBERS, min_size=size, max_size=size)
    arrays = [np.array(draw(numbers)).reshape(batch, outputs) for _ in ("y_true", "y_pred")]
    for parameter in parameters:
        if isinstance(parameter, list):
            arrays.append(np.array([draw(*parameter) for _ in range(outputs)]))
        else:
            arrays.append(draw(parameter))
    return tuple(arrays)


# Lesson 1 ---------------------------------------------------------------------------------


def clipped_relu(x, max_value):
    """Return `relu` with a ceiling: numbers above `max_value` become `max_value`.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.
    max_value : float
        Ceiling, at least 0.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`.

    Examples
    --------
    >>> clipped_relu([-1.0, 2.0, 9.0], 6.0)
    array([0., 2., 6.])
    """
    # The same as np.clip(x, 0.0, max_value).
    return relu(x, max_value=max_value)


def _diagnose_relu(received, expected, wrong, x):
    if np.all(x[wrong] == 0):
        return "At 0 the result should be 0."
    if np.all(x[wrong] > 0):
        return "A positive number should pass unchanged; yours changes it."
    if np.array_equal(received[wrong], -x[wrong]):
        return "Yours removes the sign of a negative number; it should become 0."
    if np.array_equal(received[wrong], x[wrong]):
        return "Yours lets a negative number pass; it should become 0."
    return None


def _diagnose_relu_derivative(received, expected, wrong, x):
    if np.all(x[wrong] == 0):
        return "At 0 there is no slope, so a choice is needed: here, as in Keras, it is 0."
    if np.all(x[wrong] < 0):
        return "Left of 0 the graph of ReLU is flat, so its slope is 0."
    if np.array_equal(received[wrong], x[wrong]):
        return "That is the value of ReLU, not its slope: the slope right of 0 is always 1."
    if np.all(received[wrong] == 0):
        return "Right of 0 the graph of ReLU rises with slope 1. Are the two cases swapped?"
    return None


def _diagnose_clipped_relu(received, expected, wrong, x, max_value):
    if np.all(x[wrong] < max_value) and np.all(received[wrong] == max_value):
        return "`np.maximum` raises numbers to `max_value`; a ceiling needs the smaller of two."
    if np.all(x[wrong] < 0):
        return "A negative number should become 0."
    if np.all(x[wrong] > max_value):
        return "A number above `max_value` should become `max_value`."
    if np.all(x[wrong] == max_value):
        return "At `max_value` itself the result should be `max_value`."
    return None


# Lesson 2 ---------------------------------------------------------------------------------

# A slope above 1 is allowed but unusual, so it comes late.
NEGATIVE_SLOPES = st.sampled_from([0.5, 0.25, 0.01, 0.1, 0.2, 0.3, 0.0, 1.0, 2.0])
LAYERS = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(NUMBERS, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda numbers: np.array(numbers).reshape(shape)
    )
)


def _diagnose_leaky_relu(received, expected, wrong, x, negative_slope):
    if np.all(x[wrong] > 0):
        if negative_slope > 1:
            return "`max(slope * x, x)` is leaky ReLU only for slopes up to 1; this one is larger."
        return "A positive number should pass unchanged."
    if negative_slope > 1 and np.array_equal(received[wrong], x[wrong]):
        return "`max(slope * x, x)` is leaky ReLU only for slopes up to 1; this one is larger."
    if np.all(received[wrong] == 0):
        return "A negative number should leak: times `negative_slope`, instead of 0."
    if np.array_equal(received[wrong], -expected[wrong]):
        return "The sign of a negative number is lost; it should stay."
    if np.allclose(received[wrong], 0.01 * x[wrong]):
        return "Use the argument `negative_slope`, not 0.01."
    return None


def _diagnose_leaky_relu_derivative(received, expected, wrong, x, negative_slope):
    if np.all(x[wrong] == 0):
        return "At 0 there is no slope, so a choice is needed: here it is `negative_slope`."
    if np.all(x[wrong] > 0):
        return "Right of 0 the graph rises with slope 1."
    if np.array_equal(received[wrong], negative_slope * x[wrong]):
        return "That is the value of leaky ReLU, not its slope."
    if np.all(received[wrong] == 0):
        return "Left of 0 the graph is not flat: its slope is `negative_slope`."
    if np.allclose(received[wrong], 0.01):
        return "Use the argument `negative_slope`, not 0.01."
    return None


def _diagnose_count_dead_units(received, expected, wrong, activations):
    silent = activations <= 0
    if received < expected:
        if received == 0 and not np.any(activations[:, silent.all(axis=0)]):
            return "A unit that gives 0 for every sample is dead; yours is not counted."
        if received == (activations == 0).all(axis=0).sum():
            return "With a leak, a silent unit gives negative numbers: ask for `<= 0`, not `== 0`."
        return f"Each column is a unit: {expected} of them are never above 0."
    if received == silent.sum() > silent.any(axis=0).sum():
        return "That counts single numbers; a unit is a whole column."
    if received == (activations.mean(axis=0) <= 0).sum():
        return "A mean of 0 or less can hide a sample for which the unit is on."
    if received == silent.any(axis=0).sum():
        return "A unit is dead if it is silent for all samples; one silent sample is not enough."
    return None


# Lesson 3 ---------------------------------------------------------------------------------


@st.composite
def _labels(draw):
    """Draw class numbers and the number of classes."""
    num_classes = draw(st.sampled_from([3, 2, 1, 4, 5]))
    numbers = draw(st.lists(st.integers(0, num_classes - 1), min_size=1, max_size=5))
    return np.array(numbers), num_classes


@st.composite
def _labelled_scores(draw):
    """Draw one-hot labels and logits of one shape (batch, classes)."""
    labels, num_classes = draw(_labels())
    size = labels.size * num_classes
    scores = draw(st.lists(NUMBERS, min_size=size, max_size=size))
    return one_hot(labels, num_classes), np.array(scores).reshape(-1, num_classes)


def softmax(x):
    """Return softmax along the last axis, in plain NumPy, of finite numbers.

    `helpers.activations.softmax` is the same with an axis, a mask, and infinite numbers.

    Parameters
    ----------
    x : array_like of real numbers, at least one axis
        Scores; the classes lie along the last axis.

    Returns
    -------
    numpy.ndarray
        Shape of `x`; along the last axis the numbers add up to 1.

    Examples
    --------
    >>> softmax([1000.0, 0.0])
    array([1., 0.])
    """
    x = as_float_array(x, "x")
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def one_hot(labels, num_classes):
    """Return rows of zeros with a 1 at the class of each label.

    Parameters
    ----------
    labels : array_like of int, any shape
        Class numbers from 0 to ``num_classes - 1``.
    num_classes : int
        Number of classes, at least 1.

    Returns
    -------
    numpy.ndarray of float64
        Shape of `labels`, and behind it an axis of length `num_classes`.

    Raises
    ------
    TypeError
        If `labels` does not hold real numbers or `num_classes` is not an integer.
    ValueError
        If a label is not one of the class numbers, or `num_classes` is less than 1.

    Notes
    -----
    Indexing the identity matrix would take the label -1 for the last class, without a word.

    Examples
    --------
    >>> one_hot([0, 2], 3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    # For labels that are class numbers, the same as np.eye(num_classes)[labels].
    numbers = np.arange(as_integer(num_classes, "num_classes", minimum=1))
    is_class = as_float_array(labels, "labels")[..., np.newaxis] == numbers
    if not is_class.any(axis=-1).all():
        raise ValueError(
            f"labels must be whole and from 0 to {num_classes - 1}. {received('labels', labels)}"
        )
    return is_class.astype(np.float64)


def cross_entropy_gradient(y_true, logits):
    """Return the gradient of cross-entropy with respect to the logits.

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `logits`
        One-hot labels.
    logits : array_like of real numbers, shape (batch, classes)
        The scores before softmax.

    Returns
    -------
    numpy.ndarray, shape (batch, classes)
        Each sample's own gradient, not divided by the number of samples.

    Examples
    --------
    >>> cross_entropy_gradient([[0, 1]], [[3.0, 3.0]])
    array([[ 0.5, -0.5]])
    """
    # The same as softmax(logits) - y_true.
    return categorical_crossentropy_gradient(y_true, logits, from_logits=True)


def _diagnose_softmax(received, expected, wrong, x):
    if np.allclose(received, x):
        return "Those are the scores as they came. First take `np.exp` of them."
    by_columns = np.allclose(received.sum(axis=0), 1)
    if x.ndim == 2 and (by_columns or np.allclose(received.sum(), 1)):
        return "A row is a sample: each row should add up to 1 by itself. Which axis is summed?"
    if not np.allclose(received.sum(axis=-1), 1):
        return "The probabilities of one sample should add up to 1, and yours do not."
    return None


def _diagnose_one_hot(received, expected, wrong, labels, num_classes):
    if np.all(received == 0):
        return "All is still 0. Each row needs one 1."
    if np.any(received.sum(axis=-1) != 1):
        return "Each row should hold one 1 and otherwise 0."
    if np.array_equal(received, np.roll(expected, -1, axis=-1)):
        return "Your 1 stands one place too far to the left: the classes are counted from 0."
    return "The 1 stands in the wrong place: label 0 belongs to the first column."


def _diagnose_cross_entropy_gradient(received, expected, wrong, y_true, logits):
    if np.allclose(received, expected + y_true):
        return "Those are the probabilities p. Where do the labels come in?"
    if np.allclose(received, logits - y_true):
        return "The logits are no probabilities yet: softmax turns them into some."
    if np.allclose(received * len(logits), expected):
        return "That is the gradient of the mean over the batch. Here each sample has its own."
    if np.any(received[y_true == 0] == 0):
        return "The classes that are not the label have a gradient too: their p should shrink."
    return None


# Lesson 4 ---------------------------------------------------------------------------------


def _diagnose_weighted_squared_error(received, expected, wrong, y_true, y_pred, weights):
    squares = (y_pred - y_true) ** 2
    if np.allclose(received, squares.sum(axis=-1)):
        return "These are the squares without their weights."
    if np.allclose(received, np.mean(weights * squares, axis=-1)):
        return "That is the mean over the outputs: here it is their sum, the weights do the rest."
    if np.allclose(received, (weights * (y_pred - y_true)).sum(axis=-1)):
        return "The differences are weighed, but not squared."
    if np.allclose(received, ((weights * (y_pred - y_true)) ** 2).sum(axis=-1)):
        return "First square, then weigh: yours squares the weights too."
    return None


def _diagnose_pinball_loss(received, expected, wrong, y_true, y_pred, quantile):
    if np.allclose(received, pinball(y_true, y_pred, 1 - quantile)):
        return (
            "The two prices are swapped: too low by 1 costs `quantile`, too high by 1 costs "
            "`1 - quantile`. Are `y_true` and `y_pred` in the right order?"
        )
    if np.allclose(received, expected * y_pred.shape[-1]):
        return "That is the sum over the outputs; here it is their mean."
    if np.any(received[wrong] < 0):
        return "A loss is never negative: take the larger of the two numbers."
    if np.all((y_pred > y_true)[wrong]):
        return "The prediction is too high here: each unit too much costs `1 - quantile`."
    if np.all((y_pred < y_true)[wrong]):
        return "The prediction is too low here: each unit too little costs `quantile`."
    return None


def _diagnose_huber_gradient(received, expected, wrong, y_true, y_pred, delta):
    error = y_pred - y_true
    if np.allclose(received, expected * y_pred.shape[-1]):
        return "The loss is the mean over the outputs, so its gradient is divided by their number."
    if np.allclose(received[wrong], error[wrong] / y_pred.shape[-1]):
        return (
            "That is the gradient of the square. A mistake larger than `delta` pulls with `delta`."
        )
    if np.all(np.abs(error[wrong]) <= delta):
        return "A mistake of at most `delta` lies in the squared part: how steep is e² / 2?"
    return None


# Lesson 5 ---------------------------------------------------------------------------------

RHOS = st.sampled_from([0.5, 0.9, 0.75, 0.0, 0.99])


@st.composite
def _steps(draw):
    """Draw parameters, gradient and average of one length, then the three settings."""
    size = draw(st.integers(1, 4))
    w, gradient, average = (
        np.array(draw(st.lists(NUMBERS, min_size=size, max_size=size))) for _ in range(3)
    )
    learning_rate = draw(st.sampled_from([1.0, 0.1, 0.5, 2.0]))
    epsilon = draw(st.sampled_from([3.0, 1.0, 0.25, 1e-7]))
    return w, gradient, np.abs(average), learning_rate, draw(RHOS), epsilon


def exponential_average(values, rho):
    """Return the exponentially weighted average after each value, starting from 0.

    Parameters
    ----------
    values : array_like of real numbers, shape (n,)
        What is averaged, in the order in which it arrives.
    rho : float
        Decay rate: the share of the old average that is kept, from 0 to below 1.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The average after the first value, after the second and so on.

    Examples
    --------
    >>> exponential_average([1.0, 1.0, 1.0], 0.5)
    array([0.5  , 0.75 , 0.875])
    """
    averages, average = [], 0.0
    for value in values:
        average = rho * average + (1 - rho) * value
        averages.append(average)
    return np.array(averages)


def rmsprop_step(w, gradient, average, learning_rate, rho, epsilon):
    """Return the parameters and the average of squared gradients after one step of RMSprop.

    Parameters
    ----------
    w, gradient, average : numpy.ndarray of float, one shape
        The parameters, the gradient of the loss there, and the average of the squared
        gradients so far.
    learning_rate, rho, epsilon : float
        The settings, `epsilon` inside the root.

    Returns
    -------
    w, average : numpy.ndarray
        What they are after the step, in new memory.

    Examples
    --------
    >>> w, average = rmsprop_step(np.array([1.0]), np.array([2.0]), np.array([0.0]), 0.1, 0.75, 0)
    >>> print(w, average)
    [0.8] [1.]
    """
    average = rho * average + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


def _loss_after_100_steps(learning_rate):
    """Descend the narrow valley (x² + 40 y²) / 2 from (−1.7, 1) by plain gradient descent."""
    curvatures, point = np.array([1.0, 40.0]), np.array([-1.7, 1.0])
    optimizer = SGD(learning_rate)
    for _ in range(100):
        optimizer.apply([curvatures * point], [point])
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sum(curvatures * point**2) / 2


def _judge_learning_rate(value):
    if isinstance(value, bool) or not isinstance(value, Real):
        return "A learning rate is a number, such as 0.01."
    if not 0 < value <= 1:
        return "The learning rate lies somewhere between 0 and 1."
    loss = _loss_after_100_steps(float(value))
    if loss < 1e-4:
        return None
    said = f"After 100 steps the loss is {loss:.2g}; it should be below 1e-4."
    if not np.isfinite(loss):
        return "The descent diverges: the rate is much too large."
    if value < 0.045:
        return f"{said} The rate is too small for the gentle slope along x."
    if value < 0.05:
        return f"{said} You are close."
    return f"{said} The rate is too large for the steep slope along y: it does not shrink y."


def _diagnose_exponential_average(received, expected, wrong, values, rho):
    if np.allclose(received, exponential_average(values, 1 - rho)):
        return "`rho` is the share of the old average; the new value gets the rest, `1 - rho`."
    if received[0] == values[0]:
        return "The average starts from 0: after the first value it is `(1 - rho) * value`."
    return None


def _diagnose_rmsprop_step(
    received, expected, wrong, w, gradient, average, learning_rate, rho, epsilon
):
    step, square = learning_rate * gradient, gradient**2
    new = rho * average + (1 - rho) * square
    wrong_averages = {
        "The old average stands under your root; take the new one.": average,
        "The average is one of squares: square the gradient.": new
        + (1 - rho) * (gradient - square),
        "`rho` is the share of the old average, and `1 - rho` that of the new square.": (
            (1 - rho) * average + rho * square
        ),
        "The new square has the weight `1 - rho`.": rho * average + square,
    }
    wrong_steps = {
        "Your `epsilon` is added outside the root; here it belongs inside.": (
            step / (np.sqrt(new) + epsilon)
        ),
        "You divide by the average of the squares: the root is missing.": step / (new + epsilon),
        "The learning rate is missing.": gradient / np.sqrt(new + epsilon),
        "That is a step of plain descent. What is the gradient divided by?": step,
    }
    for hint, guess in wrong_averages.items():
        with np.errstate(invalid="ignore"):  # an average of gradients may be negative
            if np.allclose(received, guess) or np.allclose(
                received, w - step / np.sqrt(guess + epsilon)
            ):
                return hint
    for hint, guess in wrong_steps.items():
        if np.allclose(received, w - guess):
            return hint
    return None


# Lesson 6 ---------------------------------------------------------------------------------


def _tables(*shapes: tuple[int, int]) -> st.SearchStrategy:
    """Draw tables in which no number occurs twice: mistakes seldom look alike on these."""
    ends = np.cumsum([rows * columns for rows, columns in shapes])

    def cut(numbers: list[int]) -> tuple[np.ndarray, ...]:
        parts = np.split(np.array(numbers, dtype=float), ends)
        return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=False))

    return st.permutations([*range(1, 11), -1, -2]).map(cut)


# A constant column is in the examples only: it would be the smallest input for most mistakes.
DATA_SETS = st.tuples(st.integers(1, 2), st.integers(2, 3), st.integers(2, 3)).flatmap(
    lambda sizes: _tables((sizes[1], sizes[0]), (sizes[2], sizes[0]))
)

# As many units as inputs and samples. Where shapes do not fit there is an error, which says less
# than a wrong number: shapes that differ are in the examples only.
DENSE_LAYERS = st.integers(1, 2).flatmap(lambda size: _tables(*[(size, size)] * 3))


def standardise(x_train, x_test):
    """Shift and scale every column by its mean and deviation in the training data.

    `helpers.datasets.standardise` is the same with checks, for any number of tables.

    Parameters
    ----------
    x_train, x_test : numpy.ndarray of float, shapes (samples, columns)
        The data to train on and the data to test on.

    Returns
    -------
    x_train, x_test : numpy.ndarray
        In new memory. Every column of `x_train` has the mean 0 and, unless it is constant,
        the deviation 1.

    Examples
    --------
    >>> x_train, x_test = standardise(np.array([[1.0], [3.0]]), np.array([[4.0]]))
    >>> print(x_train.ravel(), x_test.ravel())
    [-1.  1.] [2.]
    """
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)  # a constant column becomes 0, not 0 / 0
    return (x_train - mean) / deviation, (x_test - mean) / deviation


def dense_backward(x, kernel, gradient):
    """Return the gradients of the loss for a linear dense layer, ``z = x @ kernel + bias``.

    Parameters
    ----------
    x : numpy.ndarray of float, shape (batch, inputs)
        What the layer received.
    kernel : numpy.ndarray of float, shape (inputs, units)
        Its kernel.
    gradient : numpy.ndarray of float, shape (batch, units)
        The gradient of the loss with respect to `z`.

    Returns
    -------
    kernel_gradient, bias_gradient, x_gradient : numpy.ndarray
        The gradients with respect to kernel, bias and `x`, in the shapes (inputs, units),
        (units,) and (batch, inputs).

    Examples
    --------
    >>> x, kernel = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    >>> for array in dense_backward(x, kernel, np.array([[10.0]])):
    ...     print(array.tolist())
    [[10.0], [20.0]]
    [10.0]
    [[30.0, 40.0]]
    """
    return x.T @ gradient, gradient.sum(axis=0), gradient @ kernel.T


def _two_spirals(samples, seed):
    """Make the points that ``datasets.make_task("spirals", samples, 0.15, seed)`` makes."""
    rng = np.random.default_rng(seed)
    classes = np.arange(samples) % 2
    t = rng.uniform(size=samples)
    angle, radius = np.pi * (3.0 * t + classes), 0.2 + t
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return (x + rng.normal(0.0, 0.15, x.shape)).astype(np.float32), classes


def _train_three_networks(hidden_units, learning_rate, epochs, x, classes):
    """Return networks with these settings, trained from three different starts."""
    networks, sizes = [], (2, *hidden_units)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        layers = [Dense(*pair, "relu", rng) for pair in pairwise(sizes)]
        network = MLP([*layers, Dense(sizes[-1], 2, "softmax", rng)])
        optimizer = RMSprop(learning_rate)
        network.train(x, classes, "sparse_categorical_crossentropy", optimizer, epochs, rng=rng)
        networks.append(network)
    return networks


def _nearest_neighbour_accuracy(x, classes, held_out, held_out_classes):
    """Return the share of points that get their class from the nearest point of `x`."""
    squares = np.sum((held_out[:, np.newaxis] - x) ** 2, axis=-1)
    return np.mean(classes[squares.argmin(axis=1)] == held_out_classes)


def _is_whole(value, largest):
    return isinstance(value, Integral) and not isinstance(value, bool) and 1 <= value <= largest


def _find_misfit_of_settings(value):
    """Say which of the three settings cannot be used; None if all can."""
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        return (
            "Three settings are asked for: hidden units, learning rate, epochs; "
            "such as `[4], 0.001, 10`."
        )
    hidden_units, learning_rate, epochs = value
    if (
        not isinstance(hidden_units, (tuple, list))
        or not 1 <= len(hidden_units) <= 3
        or not all(_is_whole(units, 64) for units in hidden_units)
    ):
        return (
            "The hidden units are a list with a number for each hidden layer, such as `[8, 4]`: "
            "one to three layers, of 1 to 64 units."
        )
    if (
        isinstance(learning_rate, bool)
        or not isinstance(learning_rate, Real)
        or not 0 < learning_rate <= 1
    ):
        return "The learning rate is a number between 0 and 1, such as 0.001."
    if not _is_whole(epochs, 100):
        return "The epochs are a whole number from 1 to 100."
    return None


def _advise_on_settings(hidden_units, learning_rate, steps, first_loss):
    if first_loss > 0.9:
        return (
            f"The loss of the first epoch is {first_loss:.2f}, where guessing costs ln 2 = 0.69: "
            "the learning rate is too large."
        )
    if learning_rate * steps < 4:
        return (
            "RMSprop moves a weight by about the learning rate in each step, which makes about "
            f"{learning_rate * steps:.2g} in {steps} steps: take a larger rate or more epochs."
        )
    if len(hidden_units) == 1 or sum(hidden_units) < 32:
        return "The network is too small for such a boundary: add units, or a layer."
    return "The network is large enough: try half the learning rate, or more epochs."


def _judge_settings(value):
    misfit = _find_misfit_of_settings(value)
    if misfit:
        return misfit
    hidden_units, learning_rate, epochs = value
    training, held_out = _two_spirals(500, seed=0), _two_spirals(2000, seed=1)
    networks = _train_three_networks(hidden_units, float(learning_rate), epochs, *training)
    seen, unseen = (
        np.mean([accuracy(classes, network.predict(x)) for network in networks])
        for x, classes in (training, held_out)
    )
    baseline = _nearest_neighbour_accuracy(*training, *held_out)
    if unseen > baseline:
        return None
    first_loss = np.mean([network.history["loss"][0] for network in networks])
    steps = 16 * epochs  # an epoch is 500 samples in batches of 32
    return (
        f"Three networks with these settings get {unseen:.1%} of the unseen points right on "
        f"average, nearest neighbour {baseline:.1%}: {100 * (baseline - unseen):.1f} percentage "
        f"points are missing. Of the points they were trained on they get {seen:.1%} right. "
        f"{_advise_on_settings(hidden_units, learning_rate, steps, first_loss)}"
    )


def _diagnose_standardise(received, expected, wrong, x_train, x_test):
    is_train = np.array_equal(expected, standardise(x_train, x_test)[0])
    x, everything = (x_train if is_train else x_test), np.concatenate([x_train, x_test])
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    if np.all((deviation == 0)[np.nonzero(wrong)[1]]):
        return (
            "A column that never changes in `x_train` has the deviation 0, even if it changes "
            "in `x_test`: divide it by 1."
        )
    guesses = {
        "Those are the numbers as they came.": (0.0, 1.0),
        "Use the mean and the deviation of `x_train` for `x_test` too: the network will meet new "
        "samples one by one.": (x_test.mean(axis=0), x_test.std(axis=0)),
        "Measure on `x_train` alone: what the test set tells must not enter the training.": (
            everything.mean(axis=0),
            everything.std(axis=0),
        ),
        "Each column is a feature with a mean and a deviation of its own: `axis=0`.": (
            x_train.mean(),
            x_train.std(),
        ),
        "You divide by the variance; its root is the deviation, `np.std`.": (mean, deviation**2),
        "Yours divides by the number of samples less 1 (`ddof=1`); here it is their number, as "
        "`np.std` has it.": (mean, x_train.std(axis=0, ddof=1)),
        "The mean is subtracted. What remains is to divide by the deviation.": (mean, 1.0),
        "You divide by the deviation. First subtract the mean.": (0.0, deviation),
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # some of the guesses divide by 0
        for hint, (shift, scale) in guesses.items():
            if np.allclose(received, (x - shift) / scale):
                return hint
    if is_train:
        return "Every column of `x_train` should come out with the mean 0 and the deviation 1."
    return None


def _diagnose_dense_backward(received, expected, wrong, x, kernel, gradient):
    of_kernel, of_bias, of_x = dense_backward(x, kernel, gradient)
    if np.allclose(received * len(x), expected):
        return "You divide by the batch size; where the loss is a mean, `gradient` already is."
    if np.array_equal(expected, of_bias):
        if np.allclose(received, gradient.sum(axis=1)):
            return "Each unit has one bias: add up over the samples, `axis=0`."
        return "The bias is added to every sample: its gradient is the sum of the rows."
    if not x.shape == kernel.shape == gradient.shape:  # not all of the guesses could be computed
        return None
    guesses = {}
    if np.array_equal(expected, of_kernel):
        guesses |= {
            "`x` is not transposed: each input meets each unit, `x.T @ gradient`.": x @ gradient,
            "`*` multiplies element by element; `@` also adds up over the samples.": x * gradient,
            "This is transposed: the result needs a row for each input.": of_kernel.T,
            "That is the gradient of `x`; the order is kernel, bias, `x`.": of_x,
        }
    if np.array_equal(expected, of_x):
        guesses |= {
            "The kernel is not transposed: the way back is `kernel.T`.": gradient @ kernel,
            "`*` multiplies element by element; `@` also adds up over the units.": (
                gradient * kernel
            ),
            "`gradient` comes first, for its rows are the samples.": kernel.T @ gradient,
            "That is the gradient of the kernel; the order is kernel, bias, `x`.": of_kernel,
        }
    for hint, guess in guesses.items():
        if np.allclose(received, guess):
            return hint
    return None


EXERCISES: dict[str, FunctionExercise | ValueExercise] = {
    "relu": FunctionExercise(
        reference=relu,
        arguments=("x",),
        inputs=st.tuples(ARRAYS),
        examples=tuple((np.array(x),) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "Each number is compared with 0: which of the two should the result be?",
            "Python's `max` compares two numbers. `x` is a whole array: look for the function "
            "of NumPy that compares element by element.",
            "`np.maximum(a, b)` returns the larger of each pair, and a single number is "
            "compared with every element.",
        ),
        diagnose=_diagnose_relu,
        in_short="np.maximum(x, 0.0)",
    ),
    "relu_derivative": FunctionExercise(
        reference=relu_derivative,
        arguments=("x",),
        inputs=st.tuples(ARRAYS),
        examples=tuple((np.array(x),) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "The derivative is the slope of the graph: how steep is it left of 0, and right?",
            "`x > 0` answers for every element at once, with True and False. At 0 itself "
            "this course takes the slope 0.",
            "`np.where(condition, a, b)` chooses a number for each element, here 1.0 or 0.0.",
        ),
        diagnose=_diagnose_relu_derivative,
        in_short="np.where(x > 0, 1.0, 0.0)",
    ),
    "clipped_relu": FunctionExercise(
        reference=clipped_relu,
        arguments=("x", "max_value"),
        # A ceiling of 0 is allowed but unusual, so it comes last.
        inputs=st.tuples(ARRAYS, st.sampled_from([1.0, 2.0, 3.0, 6.0, 10.0, 0.5, 2.5, 0.0])),
        examples=tuple((np.array(x), 6.0) for x in ([0.0], [1.0], [-1.0], [-1.0, 7.0])),
        hints=(
            "The graph has three parts: flat at 0, rising, flat again. Where does each begin?",
            "Begin with ReLU. What should happen to a number that is larger than `max_value`?",
            "`np.minimum(a, b)` returns the smaller of each pair: put it around `np.maximum`.",
        ),
        diagnose=_diagnose_clipped_relu,
        in_short="np.minimum(np.maximum(x, 0.0), max_value)",
    ),
    "leaky_relu": FunctionExercise(
        reference=leaky_relu,
        arguments=("x", "negative_slope"),
        inputs=st.tuples(ARRAYS, NEGATIVE_SLOPES),
        examples=tuple((np.array(x), 0.5) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "Two cases: what happens to a number above 0, and what to one below?",
            "A number below 0 is multiplied by `negative_slope`. Which function of NumPy chooses "
            "between two results, element by element?",
            "`np.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere.",
        ),
        diagnose=_diagnose_leaky_relu,
        in_short="np.where(x > 0, x, negative_slope * x)",
    ),
    "leaky_relu_derivative": FunctionExercise(
        reference=leaky_relu_derivative,
        arguments=("x", "negative_slope"),
        inputs=st.tuples(ARRAYS, NEGATIVE_SLOPES),
        examples=tuple((np.array(x), 0.5) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "The derivative is the slope of the graph: how steep is it left of 0, and right?",
            "At 0 itself this course takes the slope from the left, `negative_slope`.",
            "`np.where(x > 0, a, b)`: which two numbers are `a` and `b`?",
        ),
        diagnose=_diagnose_leaky_relu_derivative,
        in_short="np.where(x > 0, 1.0, negative_slope)",
    ),
    "count_dead_units": FunctionExercise(
        reference=count_dead_units,
        arguments=("activations",),
        inputs=st.tuples(LAYERS),
        examples=tuple(
            (np.array(a),)
            for a in (
                [[0.0]],
                [[1.0]],
                [[0.0, 1.0]],
                [[0.0], [1.0]],
                [[1.0, 0.0], [0.0, 0.0]],
            )
        ),
        hints=(
            "A row is a sample, a column is a unit. For one unit: when is it dead?",
            "`activations <= 0` answers for every number. A unit is dead if the answer is True "
            "in its whole column.",
            "`np.all(..., axis=0)` goes down each column, and `np.sum` counts the True ones.",
        ),
        diagnose=_diagnose_count_dead_units,
        in_short="np.sum(np.all(activations <= 0, axis=0))",
    ),
    "softmax": FunctionExercise(
        reference=softmax,
        arguments=("x",),
        inputs=st.tuples(ARRAYS),
        examples=tuple(
            (np.array(x),)
            for x in ([0.0, 0.0], [0.0, 1.0], [1000.0, 0.0], [[0.0, 0.0], [0.0, 0.0]])
        ),
        hints=(
            "Two steps: `np.exp` of every score, then divide by the sum over the classes.",
            "The classes lie along the last axis. With `keepdims=True` the sums, or maxima, of a "
            "matrix stay a column, and NumPy divides each row by its own.",
            "e^1000 is too large for a float. Softmax does not change when the same number is "
            "subtracted from all scores of a sample: subtract the largest, "
            "`np.max(x, axis=-1, keepdims=True)`.",
        ),
        diagnose=_diagnose_softmax,
    ),
    "one_hot": FunctionExercise(
        reference=one_hot,
        arguments=("labels", "num_classes"),
        inputs=_labels(),
        examples=(
            (np.array([0, 1, 2]), 3),
            (np.array([0]), 3),
            (np.array([1, 1]), 3),
        ),
        hints=(
            "The result has a row for each label and a column for each class. Which shape is that?",
            "`np.eye(3)` is the identity matrix. Look at its rows: which labels are they?",
            "An array can be indexed with an array: `matrix[[2, 0]]` picks row 2, then row 0.",
        ),
        diagnose=_diagnose_one_hot,
    ),
    "cross_entropy_gradient": FunctionExercise(
        reference=cross_entropy_gradient,
        arguments=("y_true", "logits"),
        inputs=_labelled_scores(),
        examples=(
            (np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 0.0]])),
            (np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])),
            (np.array([[1.0, 0.0]]), np.array([[1000.0, 0.0]])),
            (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])),
        ),
        hints=(
            "The lesson derived it in four lines, and the result is short.",
            "First turn the logits into probabilities, row by row, so that 1000 survives.",
            "The gradient is p - y: the probabilities minus the one-hot labels.",
        ),
        diagnose=_diagnose_cross_entropy_gradient,
    ),
    "weighted_squared_error": FunctionExercise(
        reference=weighted_squared_error,
        arguments=("y_true", "y_pred", "weights"),
        inputs=_batches([st.sampled_from([1.0, 2.0, 3.0, 0.5, 0.3, 0.7, 0.0])]),
        examples=(
            (np.array([[0.0]]), np.array([[1.0]]), np.array([1.0])),
            (np.array([[0.0, 0.0]]), np.array([[1.0, 2.0]]), np.array([0.3, 0.7])),
            (np.array([[0.0], [1.0]]), np.array([[2.0], [1.0]]), np.array([0.5])),
        ),
        hints=(
            "Three steps: square the differences, weigh them, add them up. Which shape has "
            "each result?",
            "The squares have the shape (batch, outputs), and so has `weights * squares`: NumPy "
            "uses the same weights for every row.",
            "`np.sum(..., axis=-1)` adds up over the outputs and leaves one value per sample.",
        ),
        diagnose=_diagnose_weighted_squared_error,
    ),
    "pinball_loss": FunctionExercise(
        reference=pinball,
        arguments=("y_true", "y_pred", "quantile"),
        inputs=_batches(st.sampled_from([0.5, 0.9, 0.1, 0.75, 0.25])),
        examples=(
            (np.array([[0.0]]), np.array([[1.0]]), 0.5),
            (np.array([[0.0]]), np.array([[1.0]]), 0.9),
            (np.array([[1.0]]), np.array([[0.0]]), 0.9),
            (np.array([[0.0, 0.0]]), np.array([[1.0, -1.0]]), 0.9),
        ),
        hints=(
            "Work out one number first: what does a prediction that is too low by 2 cost, for "
            "`quantile` 0.9? And one too high by 2?",
            "Too low: `quantile * (y_true - y_pred)`. Too high: `(1 - quantile) * (y_pred - "
            "y_true)`. For each number one of the two is positive.",
            "`np.maximum` takes the larger of the two, and `np.mean(..., axis=-1)` the mean over "
            "the outputs.",
        ),
        diagnose=_diagnose_pinball_loss,
    ),
    "huber_gradient": FunctionExercise(
        reference=huber_gradient,
        arguments=("y_true", "y_pred", "delta"),
        inputs=_batches(st.sampled_from([1.0, 2.0, 3.0, 0.5, 10.0])),
        examples=(
            (np.array([[0.0]]), np.array([[1.0]]), 1.0),
            (np.array([[0.0]]), np.array([[2.0]]), 1.0),
            (np.array([[2.0]]), np.array([[0.0]]), 1.0),
            (np.array([[0.0, 0.0]]), np.array([[1.0, -3.0]]), 2.0),
        ),
        hints=(
            "The loss of one output is e² / 2 up to `delta`, then a straight line. What are the "
            "slopes of these pieces?",
            "Up to `delta` the slope is e = y_pred - y_true itself, beyond it is `delta` or "
            "`-delta`: e, but never larger than `delta` in size.",
            "`np.clip(e, -delta, delta)` holds e between the two. The loss is a mean over the "
            "outputs: divide by `y_pred.shape[-1]`.",
        ),
        diagnose=_diagnose_huber_gradient,
    ),
    "exponential_average": FunctionExercise(
        reference=exponential_average,
        arguments=("values", "rho"),
        inputs=st.tuples(st.lists(NUMBERS, min_size=1, max_size=5).map(np.array), RHOS),
        examples=tuple((np.array(x), 0.75) for x in ([1.0], [0.0], [1.0, 1.0], [1.0, 2.0, -1.0])),
        hints=(
            "The average before the first value is 0. What is it after the first, for `rho` = 0.9?",
            "Each value changes one number: `average = rho * average + (1 - rho) * value`.",
            "Go through the values in a loop, append each new average to a list, and return "
            "`np.array` of the list.",
        ),
        diagnose=_diagnose_exponential_average,
    ),
    "rmsprop_step": FunctionExercise(
        reference=rmsprop_step,
        arguments=("w", "gradient", "average", "learning_rate", "rho", "epsilon"),
        inputs=_steps(),
        examples=tuple(
            (np.array([w]), np.array([gradient]), np.array([average]), 0.5, 0.75, epsilon)
            for w, gradient, average, epsilon in (
                (1.0, 2.0, 0.0, 3.0),
                (0.0, 0.0, 0.0, 1e-7),
                (0.0, 2.0, 4.0, 5.0),
            )
        ),
        hints=(
            "Two things change: first the average of the squared gradients, then `w`.",
            "`new = rho * average + (1 - rho) * gradient**2`, and the step is "
            "`learning_rate * gradient` divided by a root.",
            "The root is `np.sqrt(new + epsilon)`. Return two arrays: `return w - step, new`.",
        ),
        diagnose=_diagnose_rmsprop_step,
    ),
    "find_learning_rate": ValueExercise(
        judge=_judge_learning_rate,
        solution="0.048",
        hints=(
            "Along y the curvature is 40: each step multiplies y by 1 - 40 * rate. For which "
            "rates does that shrink y?",
            "Along x the curvature is 1: each step multiplies x by 1 - rate, so the rate should "
            "be as large as y allows.",
            "At 0.05 y jumps from 1 to -1 and back for ever. Try a little less.",
        ),
    ),
    "standardise": FunctionExercise(
        reference=standardise,
        arguments=("x_train", "x_test"),
        inputs=DATA_SETS,
        examples=tuple(
            (np.array(x_train), np.array(x_test))
            for x_train, x_test in (
                ([[0.0], [2.0]], [[1.0], [5.0]]),
                ([[0.0, 10.0], [2.0, 30.0]], [[1.0, 10.0], [3.0, 20.0]]),
                ([[0.0, 1.0], [2.0, 1.0]], [[1.0, 3.0]]),
            )
        ),
        hints=(
            "Which numbers may be measured on the test set? None: all are measured on `x_train` "
            "and used on both.",
            "`x_train.mean(axis=0)` and `x_train.std(axis=0)` hold a number for each column.",
            "Subtract the mean, divide by the deviation, and return both results. Where a column "
            "never changes, divide by 1: `np.where(deviation > 0, deviation, 1.0)`.",
        ),
        diagnose=_diagnose_standardise,
    ),
    "dense_backward": FunctionExercise(
        reference=dense_backward,
        arguments=("x", "kernel", "gradient"),
        inputs=DENSE_LAYERS,
        examples=tuple(
            (np.array(x), np.array(kernel), np.array(gradient))
            for x, kernel, gradient in (
                ([[2.0]], [[3.0]], [[1.0]]),
                ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [2.0, -1.0]], [[1.0, 0.0], [2.0, 1.0]]),
                ([[1.0, 2.0, 3.0]], [[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]], [[1.0, 2.0]]),
                ([[1.0], [2.0], [3.0]], [[2.0, -1.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
            )
        ),
        hints=(
            "Each gradient has the shape of what it belongs to. Which products of `x`, `kernel` "
            "and `gradient` have these shapes?",
            "A weight multiplies one input for one unit, in every sample: its gradient is the sum "
            "of input times gradient over the samples. A matrix product adds up.",
            "`x.T @ gradient` has the shape (inputs, units), and `gradient @ kernel.T` that of "
            "`x`. The bias counts once for every sample: `gradient.sum(axis=0)`.",
        ),
        diagnose=_diagnose_dense_backward,
    ),
    "beat_the_baseline": ValueExercise(
        judge=_judge_settings,
        solution="[32, 32], 0.01, 100",
        hints=(
            "Begin with RMSprop's usual learning rate, 0.001, and all the epochs there are. Does "
            "the network get the points right that it was trained on?",
            "The boundary winds around the centre. One layer of ReLUs folds the plane a few times; "
            "a second layer folds what is folded already.",
            "Two layers of 32 units are enough. With 0.001 they do not get there in 100 epochs, "
            "and with 0.1 they never settle.",
        ),
    ),
}
