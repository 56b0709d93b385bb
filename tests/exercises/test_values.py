"""The exercises in which a value is found: a learning rate, and settings that beat a baseline."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from helpers import datasets, exercises, losses
from helpers.exercises import lesson_6
from helpers.exercises.lesson_6 import train_networks
from helpers.network import MLP, Dense
from helpers.optimizers import RMSprop


@pytest.mark.parametrize(
    "rate",
    [
        *(0.044, 0.045, 0.0451, 0.048, 2 / 41, 0.0486, 0.04887, 0.0489, 0.05),
        *(np.float32(0.048), np.array(0.048), Fraction(2, 41)),
    ],
)
def test_a_learning_rate_is_right_if_100_steps_bring_both_below_1_percent(rate):
    point = np.array([-1.7, 1.0])
    for _ in range(100):
        point -= float(rate) * np.array([1.0, 40.0]) * point
    is_right = np.all(np.abs(point) < [0.017, 0.01])
    state = exercises.check("find_learning_rate", rate).state
    assert state == ("correct" if is_right else "wrong")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0.01, "After 100 steps w is still 36.6% of what it was, and should be less than 1%."),
        (Fraction(1, 100), "w is still 36.6%"),
        (0.045, "w is still 1.001% of what it was"),
        (np.float32(0.044), "too small for the gentle slope along w"),
        (0.0499, "After 100 steps b is still 66.98% of what it was, and should be less than 1%."),
        (0.049, "too large for the steep slope along b."),
        (0.05, "b is still 100% of what it was"),
        (0.06, "too large: along b, each step goes further out than the one before"),
        (1, "each step goes further out"),
        (0, "between 0 and 1"),
        (float("nan"), "between 0 and 1"),
        (10**400, "between 0 and 1"),
        ("0.048", "is a number"),
        (True, "is a number"),
        (0.048j, "is a number"),
        (None, "is a number"),
        ((0.048,), "is a number"),
    ],
)
def test_a_wrong_learning_rate_is_answered_with_a_direction(value, sentence):
    report = exercises.check("find_learning_rate", value)
    assert report.state == "wrong"
    assert sentence in report.sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (([4], 0.001, 10), "together by about 0.16: take a larger rate or more epochs"),
        (([32, 32], 0.001, 100), "together by about 1.6: take a larger rate or more epochs"),
        (([4], 0.01, 100), "too small for such a boundary"),
        (([64], 0.01, 100), "too small for such a boundary"),
        (((32, 32), 0.1, 100), "ln 2 = 0.69, and the loss of the first epoch is "),
        (([4, 4], 0.01, 100), "too small for such a boundary"),
        (([32, 32], 0.04, 7), "large enough: try half the learning rate, or more epochs"),
    ],
    ids=str,
)
def test_settings_that_lose_against_the_baseline_are_answered(settings, sentence):
    report = exercises.check("beat_the_baseline", settings)
    assert report.state == "wrong"
    assert "nearest neighbour 71.5%: " in report.sentence
    assert sentence in report.sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (None, "Give three settings"),
        (([8], 0.01), "Give three settings"),
        ((8, 0.01, 10), "The hidden units are a list"),
        (([8, 8, 8, 8], 0.01, 10), "one to three layers"),
        (([65], 0.01, 10), "1 to 64 units"),
        (([0], 0.01, 10), "1 to 64 units"),
        (([True], 0.01, 10), "1 to 64 units"),
        (([8], 0, 10), "between 0 and 1"),
        (([8], float("nan"), 10), "between 0 and 1"),
        (([8], "0.01", 10), "between 0 and 1"),
        (([8], 0.01, 0), "from 1 to 100"),
        (([8], 0.01, 101), "from 1 to 100"),
        (([8], 0.01, 10.5), "from 1 to 100"),
    ],
    ids=str,
)
def test_settings_that_cannot_be_used_are_answered_by_name(settings, sentence):
    report = exercises.check("beat_the_baseline", settings)
    assert report.state == "wrong"
    assert sentence in report.sentence


class Memory:
    """A network that knows these points by heart and calls all others class 0."""

    def __init__(self, *data_sets):
        self.known = {
            tuple(point): label for data in data_sets for point, label in zip(*data, strict=True)
        }

    def predict(self, x):
        return np.eye(2)[[self.known.get(tuple(point), 0) for point in x]]


SEEN, UNSEEN = (
    datasets.make_task("spirals", samples=samples, noise=0.15, seed=seed)
    for samples, seed in ((500, 0), (2000, 1))
)


@pytest.mark.parametrize(
    ("networks", "state"),
    [
        ([Memory(SEEN)] * 3, "wrong"),
        ([Memory(UNSEEN), Memory(), Memory()], "wrong"),
        ([Memory(UNSEEN), Memory(UNSEEN), Memory()], "correct"),
    ],
    ids=["seen", "one of three", "two of three"],
)
def test_the_mean_on_points_that_were_not_trained_on_counts(monkeypatch, networks, state):
    monkeypatch.setattr(lesson_6, "train_networks", lambda *arguments: (networks, 0.5))
    report = exercises.check("beat_the_baseline", ([32, 32], 0.01, 100))
    assert report.state == state
    if len(set(networks)) == 1:
        baseline = KNeighborsClassifier(1).fit(*SEEN).score(*UNSEEN)
        assert (
            f"get 50.0% of the unseen points right on average, nearest neighbour {baseline:.1%}: "
            f"{100 * baseline - 50:.1f} percentage points are missing. Of the points they were "
            "trained on they get 100.0% right." in report.sentence
        )


@pytest.mark.parametrize(
    "settings",
    [(np.array([32, 32]), np.array(0.01), np.array(80)), ((np.int64(32), 32.0), 0.01, 80.0)],
)
def test_settings_may_come_as_arrays(monkeypatch, settings):
    given = []

    def train(*arguments):
        given.extend(arguments[:3])
        return [Memory(UNSEEN)] * 3, 0.5

    monkeypatch.setattr(lesson_6, "train_networks", train)
    assert exercises.check("beat_the_baseline", settings).state == "correct"
    assert given == [[32, 32], 0.01, 80]
    assert [type(value) for value in (*given[0], *given[1:])] == [int, int, float, int]


def test_three_networks_start_differently_and_the_same_each_time():
    x, classes = datasets.make_task("spirals", samples=40)
    (first, loss), (again, _) = (train_networks([4], 0.01, 2, x, classes) for _ in range(2))
    predictions = [network.predict(x) for network in first]
    np.testing.assert_array_equal(predictions, [network.predict(x) for network in again])
    assert len({p.tobytes() for p in predictions}) == 3
    assert loss == pytest.approx(np.mean([network.history["loss"][0] for network in first]))


x, days, x_tomorrow = lesson_6.load_parcels()
usual, delay = lesson_6._usual_and_delay(x_tomorrow)
arrival = lesson_6._send(2000, seed=1)[1]
CONSTANT = np.full(2000, np.quantile(days, 0.9))
NINE_IN_TEN = usual + delay * np.log(10)


def train_on_parcels(loss, epochs=50, rate=0.001, x=x, x_new=x_tomorrow, standardised=True):
    if standardised:
        x, x_new = datasets.standardise(x, x_new)
    hidden = [Dense(3, 32, "relu", 0), Dense(32, 32, "relu", 1)]
    network = MLP([*hidden, Dense(32, 1, "linear", 2)])
    network.train(x, days, loss, RMSprop(rate), epochs, rng=0)
    return network.predict(x_new)


def pinball(quantile):
    functions = losses.pinball, losses.pinball_gradient
    return tuple(partial(f, quantile=quantile) for f in functions)


def test_fresh_parcels_are_like_the_delivered_ones_and_not_among_them():
    assert not set(map(tuple, x)) & set(map(tuple, x_tomorrow))
    np.testing.assert_allclose(x.mean(axis=0), x_tomorrow.mean(axis=0), rtol=0.1)
    assert 0.88 < np.mean(arrival <= NINE_IN_TEN) < 0.92


@pytest.mark.parametrize("seed", range(3))
def test_promises_of_the_right_loss_are_right_from_several_starts(seed):
    rng = np.random.default_rng(seed)
    network = MLP(
        [Dense(3, 16, "relu", rng), Dense(16, 16, "relu", rng), Dense(16, 1, "linear", rng)]
    )
    ready, ready_new = datasets.standardise(x, x_tomorrow)
    network.train(ready, days, pinball(0.9), RMSprop(0.001), 50, rng=rng)
    promises = network.predict(ready_new)
    for form in (promises, promises.ravel(), promises.tolist()):
        assert exercises.check("keep_the_promise", form).state == "correct"
    assert exercises.check("keep_the_promise", NINE_IN_TEN).state == "correct"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: train_on_parcels("mean_squared_error"), "average day, as the squared error"),
        (lambda: usual + delay, "average day, as the squared error"),
        (lambda: train_on_parcels(pinball(0.5)), "median, as the absolute error"),
        (lambda: usual + delay * np.log(2), "median, as the absolute error"),
        (lambda: train_on_parcels(pinball(0.1)), "quantile 0.1: is a day too late dearer"),
        (lambda: usual, "quantile 0.1: is a day too late dearer"),
        (lambda: CONSTANT, "90% of tomorrow's parcels keep your promise"),
        (lambda: CONSTANT, "Every parcel gets the same promise"),
        (lambda: np.full(2000, days.mean()), "Every parcel gets the same promise"),
        (lambda: train_on_parcels(pinball(0.9), rate=0.3), "Every parcel gets the same promise"),
        (lambda: train_on_parcels(pinball(0.99)), "You promise too late: is the quantile 0.9?"),
        (lambda: NINE_IN_TEN + 1, "You promise too late: is the quantile 0.9?"),
        (lambda: NINE_IN_TEN - 0.3, "% of tomorrow's parcels keep your promise"),
        (lambda: usual + 1.9 * delay - 0.05, "You promise too early"),
        (lambda: train_on_parcels(pinball(0.9), standardised=False), "both standardised"),
        (lambda: 10 * NINE_IN_TEN, "both standardised"),
        (lambda: np.random.default_rng(0).permutation(NINE_IN_TEN), "hardly follow the distance"),
        (lambda: train_on_parcels(pinball(0.9), epochs=0), "Has the network learned long enough?"),
        (lambda: CONSTANT + 0.01 * NINE_IN_TEN, "`days[:, None]`?"),
        (lambda: 0.6 * usual + 1.2, "has hardly learned yet"),
        (lambda: NINE_IN_TEN[::-1], "are its rows in their order"),
        (lambda: x_tomorrow[:, 0] / 180 + 1.5, "but some wait for nothing"),
        (lambda: train_on_parcels(pinball(0.9), x_new=x), "1000 promises, for the parcels you tra"),
        (lambda: days, "1000 promises, for the parcels you trained on"),
        (lambda: 4.5, "2000 promises are needed"),
        (lambda: x_tomorrow, "2000 promises are needed"),
        (lambda: np.full(2000, np.nan), "`nan` or infinite"),
        (lambda: "tomorrow", "as an array of numbers"),
        (lambda: train_on_parcels, "as an array of numbers"),
    ],
)
def test_promises_that_fail_are_told_why(make, sentence):
    report = exercises.check("keep_the_promise", make())
    assert report.state == "wrong", report
    assert sentence in report.sentence, report
