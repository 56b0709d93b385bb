"""The exercises of lesson 6: standardised data, a layer's gradients, settings that work."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from helpers.datasets import make_task
from helpers.exercises.exercise import ValueExercise
from helpers.exercises.shared import exercise, floats, is_number, sizes
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import RMSprop

EXERCISES = {}

CONSTANT = "A column that never changes in `x_train` has the deviation 0: divide it by 1."
ROUNDED = (
    "The mean of 0.1, 0.1, 0.1 is rounded, so the deviation is not quite 0. Ask whether the column "
    "changes: `np.ptp(x_train, axis=0) > 0`."
)
ALMOST_0 = f"{CONSTANT} Yours divides it by next to nothing."
ITS_OWN = "Use the numbers of `x_train` for `x_test` too: the network meets samples one by one."
LESS_1 = "Yours divides by the number of samples less 1; `np.std` without `ddof` does not."
UNCHANGED = "`x_test` came back as it was: shift and scale it by the numbers of `x_train`."
ORDER = "The two results are swapped: return `x_train` first, then `x_test`."
BOTH = "Measure on `x_train` alone: what the test set tells must not enter the training."


def _scale(shift=lambda x: x.mean(axis=0), scale=lambda x: x.std(axis=0), measured=lambda a, b: a):
    """Return three wrong functions, which differ in how they treat a column that never changes."""

    def mistake(divide_by):
        def scaled(x_train, x_test):
            x = measured(x_train, x_test)
            divisor = divide_by(x, scale(x))
            return (x_train - shift(x)) / divisor, (x_test - shift(x)) / divisor

        return scaled

    return (
        mistake(lambda x, s: np.where(np.ptp(x, axis=0) > 0, s, 1.0)),
        mistake(lambda x, s: np.where(s > 0, s, 1.0)),
        mistake(lambda x, s: s),
    )


@exercise(
    EXERCISES,
    examples=[
        ([[2.0], [5.0]], [[3.0], [7.0], [0.5]]),
        ([[2.0, 30.0], [5.0, 10.0], [3.0, 10.5]], [[3.0, 20.0], [0.5, 50.0]]),
        ([[2, 30], [5, 10]], [[3, 20]]),
        ([[2.0, 5.0], [2.0, 2.0]], [[3.0, 7.0]]),
        ([[0.1, 5.0], [0.1, 3.0], [0.1, 2.5]], [[0.1, 7.0]]),
    ],
    inputs=sizes(3).flatmap(lambda n: st.tuples(floats((n[0] + 1, n[2])), floats((n[1], n[2])))),
    hints=(
        "What may be measured on the test set? Nothing: measure `x_train`, and use that on both.",
        "`x_train.mean(axis=0)` and `x_train.std(axis=0)` hold a number for each column.",
        "Subtract the mean, divide by the deviation, and return both results. Where a column never "
        "changes, divide by 1: `np.where(np.ptp(x_train, axis=0) > 0, deviation, 1.0)`.",
    ),
    mistakes=(
        (_scale()[1], ROUNDED),
        (_scale()[2], f"{CONSTANT} Yours divides by 0, and 0 / 0 is `nan`."),
        (_scale(scale=lambda x: x.std(axis=0) + 1e-8)[2], ALMOST_0),
        (*(lambda a, b, f=f: (f(a, b)[0], f(b, b)[1]) for f in _scale()), ITS_OWN),
        (*_scale(measured=lambda a, b: np.concatenate([a, b])), BOTH),
        (*_scale(np.mean, np.std), "Each column has a mean and a deviation of its own: `axis=0`."),
        (*_scale(scale=lambda x: x.var(axis=0)), "You divide by the variance, not by its root."),
        (*_scale(scale=lambda x: x.std(axis=0, ddof=1)), LESS_1),
        (*_scale(scale=lambda x: 1.0), "What remains is to divide by the deviation."),
        (*_scale(shift=lambda x: 0.0), "You divide by the deviation. First subtract the mean."),
        (*(lambda a, b, f=f: (f(a, b)[0], b) for f in _scale()), UNCHANGED),
        (*(lambda a, b, f=f: f(a, b)[::-1] for f in _scale()), ORDER),
    ),
)
def standardise(x_train, x_test):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    deviation = np.where(np.ptp(x_train, axis=0) > 0, deviation, 1.0)
    return (x_train - mean) / deviation, (x_test - mean) / deviation


def _back(
    kernel=lambda x, g: x.T @ g, bias=lambda g: g.sum(axis=0), x=lambda g, kernel: g @ kernel.T
):
    """Return the three gradients with some of them changed."""
    return lambda inputs, weights, g: (kernel(inputs, g), bias(g), x(g, weights))


def _in_order(*order):
    return lambda *inputs: tuple(dense_backward(*inputs)[i] for i in order)


AVERAGED = "You divide by the batch size; where the loss is a mean, `gradient` already is."
DOUBLED = "It is twice too large: the 2 of a square already stands in `gradient`."
STAR = "`*` multiplies element by element; `@` also adds up, over samples or units."
BIAS = "The bias is added to every sample: its gradient is the sum of the rows, `axis=0`."


@exercise(
    EXERCISES,
    examples=[
        ([[2.0]], [[3.0]], [[5.0]]),
        ([[2.0, 3.0], [5.0, 7.0]], [[0.5, -3.0], [2.0, 9.0]], [[5.0, -2.0], [3.0, 0.25]]),
        ([[2.0, 3.0, 5.0]], [[0.5, -3.0], [2.0, 9.0], [7.0, 1.5]], [[5.0, -2.0]]),
        ([[2], [3], [5]], [[7, -2]], [[5, 3], [-2, 9], [3, 4]]),
    ],
    inputs=sizes(3).flatmap(
        lambda n: st.tuples(floats((n[0], n[1])), floats((n[1], n[2])), floats((n[0], n[2])))
    ),
    hints=(
        "Each gradient has the shape of what it belongs to. Which products have these shapes?",
        "A weight multiplies one input for one unit, in every sample: its gradient is the sum of "
        "input times gradient over the samples. A matrix product adds up.",
        "`x.T @ gradient` has the shape (inputs, units), and `gradient @ kernel.T` that of `x`. "
        "The bias counts once for every sample: `gradient.sum(axis=0)`.",
    ),
    mistakes=(
        (_back(lambda x, g: x.T @ g / len(x)), _back(bias=lambda g: g.mean(axis=0)), AVERAGED),
        (_back(lambda x, g: x.T @ g / len(x), lambda g: g.mean(axis=0)), AVERAGED),
        (_back(x=lambda g, kernel: g @ kernel.T / len(g)), AVERAGED),
        (lambda x, kernel, g: dense_backward(x, kernel, g / len(x)), AVERAGED),
        (lambda x, kernel, g: dense_backward(x, kernel, 2 * g), DOUBLED),
        (_in_order(2, 1, 0), _in_order(2, 0, 1), "The order is kernel, bias, `x`."),
        (_in_order(1, 0, 2), "The order is kernel, bias, `x`."),
        (_back(lambda x, g: x @ g), "`x` is not transposed: it is `x.T @ gradient`."),
        (_back(lambda x, g: g.T @ x), "The kernel's gradient is transposed: `x.T @ gradient`."),
        (_back(lambda x, g: x * g), _back(x=lambda g, kernel: g * kernel), STAR),
        (_back(bias=lambda g: g.sum(axis=1)), "Each unit has one bias: add up over the samples."),
        (_back(bias=lambda g: g), _back(bias=lambda g: g[-1]), BIAS),
        (_back(x=lambda g, kernel: g @ kernel), "The way back to `x` is `gradient @ kernel.T`."),
        (_back(x=lambda g, kernel: kernel.T @ g), "For `x`, `gradient` comes first."),
    ),
)
def dense_backward(x, kernel, gradient):
    return x.T @ gradient, gradient.sum(axis=0), gradient @ kernel.T


def train_networks(hidden_units, learning_rate, epochs, x, classes):
    """Train three networks from different starts; return them and the mean first loss."""
    networks, losses = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        layers = [Dense(*pair, "relu", rng) for pair in pairwise((2, *hidden_units))]
        network = MLP([*layers, Dense(hidden_units[-1], 2, "softmax", rng)])
        optimizer, loss = RMSprop(learning_rate), "sparse_categorical_crossentropy"
        history = network.train(x, classes, loss, optimizer, epochs, batch_size=32, rng=rng)
        networks.append(network)
        losses.append(history["loss"][0])
    return networks, np.mean(losses)


def _is_whole(value, largest):
    return is_number(value) and value in range(1, largest + 1)


def _find_misfit(settings):
    """Say which of the three settings cannot be used; None if all can."""
    if not isinstance(settings, (tuple, list)) or len(settings) != 3:
        return "Give three settings: hidden units, learning rate, epochs, as `[4], 0.001, 10`."
    hidden_units, learning_rate, epochs = settings
    is_list = isinstance(hidden_units, (tuple, list)) and 1 <= len(hidden_units) <= 3
    if not is_list or not all(_is_whole(units, 64) for units in hidden_units):
        return "The hidden units are a list, as `[8, 4]`: one to three layers, of 1 to 64 units."
    if not is_number(learning_rate) or not 0 < learning_rate <= 1:
        return "The learning rate is a number between 0 and 1, such as 0.001."
    return None if _is_whole(epochs, 100) else "The epochs are a whole number from 1 to 100."


def _advise(hidden_units, way, first_loss):
    if first_loss > 0.9:
        return (
            f"Guessing costs ln 2 = 0.69, and the loss of the first epoch is {first_loss:.2f}: the "
            "learning rate is too large."
        )
    if way < 4:
        return (
            "RMSprop moves a weight by about the learning rate in each step, together by about "
            f"{way:.2g}: take a larger rate or more epochs."
        )
    if len(hidden_units) == 1 or sum(hidden_units) < 32:
        return "The network is too small for such a boundary: add units, or a layer."
    return "The network is large enough: try half the learning rate, or more epochs."


def judge_settings(settings):
    """Ask whether networks with these settings beat the nearest neighbour on unseen points."""
    misfit = _find_misfit(settings)
    if misfit:
        return misfit
    hidden_units, learning_rate, epochs = list(map(int, settings[0])), settings[1], int(settings[2])
    x, classes = make_task("spirals", samples=500, noise=0.15, seed=0)
    new_x, new_classes = make_task("spirals", samples=2000, noise=0.15, seed=1)
    networks, first_loss = train_networks(hidden_units, float(learning_rate), epochs, x, classes)
    seen = np.mean([accuracy(classes, network.predict(x)) for network in networks])
    unseen = np.mean([accuracy(new_classes, network.predict(new_x)) for network in networks])
    nearest = np.sum((new_x[:, np.newaxis] - x) ** 2, axis=-1).argmin(axis=1)
    baseline = np.mean(classes[nearest] == new_classes)
    if unseen > baseline:
        return None
    way = learning_rate * 16 * epochs  # an epoch is 500 samples in batches of 32: 16 steps
    return (
        f"Three networks with these settings get {unseen:.1%} of the unseen points right on "
        f"average, nearest neighbour {baseline:.1%}: {100 * (baseline - unseen):.1f} percentage "
        f"points are missing. Of the points they were trained on they get {seen:.1%} right. "
        f"{_advise(hidden_units, way, first_loss)}"
    )


EXERCISES["beat_the_baseline"] = ValueExercise(
    judge=judge_settings,
    hints=(
        "Begin with RMSprop's usual learning rate, 0.001, and all the epochs there are. Does the "
        "network get the points right that it was trained on?",
        "The boundary winds around the centre. One layer of ReLUs folds the plane a few times; a "
        "second layer folds what is folded already.",
        "Two layers of 32 units are enough. With 0.001 they do not get there in 100 epochs, and "
        "with 0.1 they never settle.",
    ),
    solution="[32, 32], 0.01, 100",
)
