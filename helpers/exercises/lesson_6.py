"""The exercises of lesson 6: a layer's gradients, prepared data, settings, a promise kept."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from helpers.datasets import make_task
from helpers.exercises.exercise import ValueExercise
from helpers.exercises.reports import as_numbers
from helpers.exercises.shared import exercise, floats, is_number, sizes
from helpers.losses import pinball
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


def load_parcels():
    """Return 1 000 delivered parcels, the days that they took, and 2 000 that leave tomorrow.

    A row of x holds the distance in km, the weight in kg, and 1 in December, else 0.

    >>> x, days, x_tomorrow = load_parcels()
    >>> x.shape, days.shape, x_tomorrow.shape
    ((1000, 3), (1000,), (2000, 3))
    """
    x, days = _send(1000, seed=0)
    return x, days, _send(2000, seed=1)[0]


def _usual_and_delay(x):
    """Return a parcel's shortest time and its mean delay on top, in days."""
    distance, weight, december = x.T
    delay = 0.2 + distance / 1000 * np.where(december == 1, 1.2, 0.24)
    return 1 + 3 * (distance / 1000) ** 2 + weight / 40, delay


def _send(count, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, (1000, 20, 2), (count, 3))
    x[:, 2] = np.floor(x[:, 2])
    usual, delay = _usual_and_delay(x)
    return x.astype(np.float32), (usual + rng.exponential(delay)).astype(np.float32)


def _find_no_promises(value, count, trained):
    """Say why a value is no list of promises; None if it is one."""
    promised = as_numbers(value)
    if promised is None or promised.dtype.kind not in "iuf":
        return "Give the promised days as an array of numbers, as `network.predict` returns them."
    if promised.shape in ((trained,), (trained, 1)):
        return f"These are {trained} promises, for the parcels you trained on: predict x_tomorrow."
    if promised.shape not in ((count,), (count, 1)):
        return f"{count} promises are needed, one for each row of x_tomorrow."
    if not np.isfinite(promised).all():
        return "Some promises are `nan` or infinite: is x standardised, the learning rate moderate?"
    return None


def judge_promises(value):
    """Ask whether 85 to 95 of 100 fresh parcels keep their promise, and at what price."""
    x, days = _send(2000, seed=1)
    misfit = _find_no_promises(value, len(x), 1000)
    if misfit:
        return misfit
    promised = np.ravel(value)
    kept, price = np.mean(days <= promised), pinball(days, promised, 0.9)
    constant = pinball(days, np.full_like(days, np.quantile(days, 0.9)), 0.9)
    if 0.85 <= kept <= 0.95 and price < 0.6 * constant:
        return None
    measured = f"{kept:.0%} of tomorrow's parcels keep your promise, and the pinball loss is "
    measured += f"{price:.2f} (the best constant's {constant:.2f})."
    return f"{measured} {_advise_on_promises(x, promised, kept, price > constant)}"


def _advise_on_promises(x, promised, kept, dear):
    if np.ptp(promised) < 0.01:
        return "Every parcel gets the same promise: let it depend on distance, weight and month."
    usual, delay = _usual_and_delay(x)
    if np.std(promised) < 0.3 * np.std(usual):
        return (
            "Your promises hardly differ from each other. Has the network learned long enough? In "
            "Keras, do the days have the shape of its predictions, `days[:, None]`?"
        )
    if np.corrcoef(promised, usual)[0, 1] < 0.5:
        return (
            "Your promises hardly follow the distance: has the network learned long enough, is "
            "x_tomorrow standardised with the numbers of x, and are its rows in their order?"
        )
    answers = {
        "It looks like quantile 0.1: is a day too late dearer than a day too early?": 0.105,
        "They lie nearest to each parcel's median, as the absolute error makes them.": 0.693,
        "They lie nearest to each parcel's average day, as the squared error makes them.": 1.0,
        None: 2.303,  # ln 10: nine in ten delays are shorter
    }
    nearest = min(answers, key=lambda a: np.abs(promised - usual - answers[a] * delay).mean())
    learned = np.std(promised) > np.std(usual)
    if nearest and (kept < 0.2 or (kept < 0.85 and learned)):
        return f"{nearest} If your loss is another, train longer."
    if kept < 0.85 and dear:
        return "One day for all would do better: the network has hardly learned yet. Train longer."
    if kept < 0.85:
        return "You promise too early. Go on training, or once more with RMSprop(0.0001)."
    if kept > 0.95 and dear:
        return "Far too late: are x and x_tomorrow both standardised, with the numbers of x?"
    if kept > 0.95:
        return "You promise too late: is the quantile 0.9? If so, try more epochs or a lower rate."
    return "As many keep it as should, but some wait for nothing: let the network learn longer."


EXERCISES["keep_the_promise"] = ValueExercise(
    judge=judge_promises,
    hints=(
        "Which loss makes a network answer with the day by which 90 of 100 have come? Lesson 4.",
        "Standardise x and x_tomorrow with the numbers of x. The network ends in one linear unit, "
        "and its loss is the pair of pinball loss and gradient, both with quantile 0.9.",
        'Two hidden layers of 32 units with "relu", RMSprop(0.001), 50 epochs: `network.train(x, '
        "days, loss, ...)` with `loss = (partial(losses.pinball, quantile=0.9), "
        "partial(losses.pinball_gradient, quantile=0.9))`, then `network.predict(x_tomorrow)`.",
    ),
    solution="""x, days, x_tomorrow = load_parcels()
x, x_tomorrow = datasets.standardise(x, x_tomorrow)
loss = (partial(losses.pinball, quantile=0.9), partial(losses.pinball_gradient, quantile=0.9))
hidden = [Dense(3, 32, "relu", rng=0), Dense(32, 32, "relu", rng=1)]
network = MLP([*hidden, Dense(32, 1, "linear", rng=2)])
network.train(x, days, loss, RMSprop(0.001), epochs=50, rng=0)
my_promises = network.predict(x_tomorrow)""",
)
