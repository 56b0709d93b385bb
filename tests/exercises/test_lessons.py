"""Each exercise, with right answers and with the mistakes that learners make.

A planted mistake must be answered with the input that one would write by hand, and with a
hint that fits.
"""

import numpy as np
import pytest
from hypothesis import find
from scipy import signal, special
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from helpers import datasets, exercises
from helpers.exercises import lessons as exercise_list
from helpers.exercises.lessons import EXERCISES, FunctionExercise, one_hot
from helpers.network import Dense
from helpers.optimizers import RMSprop


@pytest.fixture(autouse=True)
def enough_time(monkeypatch):
    """Let no search be cut short on a busy machine."""
    monkeypatch.setattr("helpers.exercises.checker.SECONDS", 60.0)


def loop_over_all(x):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        result[index] = max(0, x[index])
    return result


def stable(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def row_by_row(x):
    if x.ndim == 1:
        return stable(x)
    return [stable(row) for row in x]


def fills_rows(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


RIGHT = {
    "relu": [
        lambda x: np.maximum(0, x),
        lambda x: np.where(x > 0, x, 0.0),
        lambda x: x * (x > 0),
        lambda x: (x + abs(x)) / 2,
        lambda x: np.maximum(0, x).tolist(),
        lambda x, slope=0.0: np.maximum(slope * x, x),
        loop_over_all,
    ],
    "relu_derivative": [
        lambda x: np.where(x > 0, 1.0, 0.0),
        lambda x: np.where(x > 0, 1, 0),
        lambda x: (x > 0) * 1.0,
        lambda x: (x > 0).astype(x.dtype),
        lambda x: np.heaviside(x, 0),
    ],
    "clipped_relu": [
        lambda x, max_value: np.clip(x, 0, max_value),
        lambda x, max_value: np.minimum(np.maximum(x, 0), max_value),
        lambda z, ceiling: np.where(z > ceiling, ceiling, np.where(z < 0, 0, z)),
    ],
    "leaky_relu": [
        lambda x, negative_slope: np.where(x > 0, x, negative_slope * x),
        lambda x, negative_slope: np.where(x < 0, negative_slope, 1.0) * x,
        lambda x, slope: (x < 0) * slope * x + (x >= 0) * x,
        lambda x, slope: np.maximum(x, 0) + slope * np.minimum(x, 0),
    ],
    "leaky_relu_derivative": [
        lambda x, negative_slope: np.where(x > 0, 1.0, negative_slope),
        lambda x, slope: (x > 0) + slope * (x <= 0),
        lambda x, slope: slope + (1 - slope) * (x > 0),
    ],
    "count_dead_units": [
        lambda activations: np.sum(np.all(activations <= 0, axis=0)),
        lambda activations: int((activations.max(axis=0) <= 0).sum()),
        lambda a: a.shape[1] - np.count_nonzero((a > 0).any(axis=0)),
        lambda a: sum(all(value <= 0 for value in unit) for unit in a.T),
        lambda a: len([unit for unit in a.T if not (unit > 0).any()]),
    ],
    "softmax": [
        lambda x: (
            np.exp(x - x.max(-1, keepdims=True))
            / np.exp(x - x.max(-1, keepdims=True)).sum(-1, keepdims=True)
        ),
        lambda x: special.softmax(x, axis=-1),
        lambda x: np.exp(x - special.logsumexp(x, axis=-1, keepdims=True)),
        row_by_row,
    ],
    "one_hot": [
        lambda labels, num_classes: np.eye(num_classes)[labels],
        lambda labels, num_classes: np.eye(num_classes, dtype=int)[labels],
        lambda labels, num_classes: (labels[:, None] == np.arange(num_classes)) * 1.0,
        lambda labels, n: [[float(label == i) for i in range(n)] for label in labels],
        fills_rows,
    ],
    "cross_entropy_gradient": [
        lambda y_true, logits: special.softmax(logits, axis=-1) - y_true,
        lambda y, z: -np.einsum("bi,bij->bj", y, np.eye(z.shape[1]) - stable(z)[:, None, :]),
    ],
    "weighted_squared_error": [
        lambda y_true, y_pred, weights: np.sum(weights * (y_pred - y_true) ** 2, axis=1),
        lambda t, p, w: np.square(t - p) @ w,
        lambda t, p, w: [sum(w * (a - b) ** 2) for a, b in zip(t, p, strict=True)],
    ],
    "pinball_loss": [
        lambda t, p, q: np.mean(np.maximum(q * (t - p), (1 - q) * (p - t)), axis=-1),
        lambda t, p, q: np.mean(np.where(p > t, 1 - q, q) * np.abs(p - t), axis=1),
        lambda t, p, q: (np.abs(t - p) / 2 + (q - 0.5) * (t - p)).mean(axis=1),
    ],
    "huber_gradient": [
        lambda t, p, delta: np.clip(p - t, -delta, delta) / p.shape[-1],
        lambda t, p, d: (
            np.where(np.abs(p - t) <= d, p - t, d * np.sign(p - t)) / np.size(p, axis=1)
        ),
        lambda t, p, d: (p - t) * np.minimum(1, d / np.maximum(np.abs(p - t), d)) / len(p[0]),
    ],
}

RIGHT["exponential_average"] = [
    lambda values, rho: [
        sum((1 - rho) * rho ** (t - i) * values[i] for i in range(t + 1))
        for t in range(len(values))
    ],
    lambda values, rho: signal.lfilter([1 - rho], [1, -rho], values),
]


def changes_its_copies(w, gradient, average, learning_rate, rho, epsilon):
    w, average = w.copy(), average.copy()
    average *= rho
    average += (1 - rho) * gradient**2
    w -= learning_rate * gradient * (average + epsilon) ** -0.5
    return [w, average]


RIGHT["rmsprop_step"] = [
    changes_its_copies,
    lambda w, g, s, a, rho, e: (
        w - a * g / np.sqrt(s * rho + g * g * (1 - rho) + e),
        s - (1 - rho) * (s - g * g),
    ),
]


def standardise_by_scikit_learn(x_train, x_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test)


def standardise_by_columns(x_train, x_test):
    x_train, x_test = x_train.copy(), x_test.copy()
    for column in range(x_train.shape[1]):
        mean, deviation = np.mean(x_train[:, column]), np.std(x_train[:, column]) or 1
        x_train[:, column] = (x_train[:, column] - mean) / deviation
        x_test[:, column] = (x_test[:, column] - mean) / deviation
    return [x_train, x_test]


RIGHT["standardise"] = [
    standardise_by_scikit_learn,
    standardise_by_columns,
    lambda a, b: tuple((x - a.mean(0)) / (a.std(0) + (np.ptp(a, axis=0) == 0)) for x in (a, b)),
    datasets.standardise,
]
RIGHT["dense_backward"] = [
    lambda x, kernel, gradient: (x.T @ gradient, np.sum(gradient, axis=0), gradient @ kernel.T),
    lambda x, w, g: (
        np.einsum("bi,bo->io", x, g),
        np.ones(len(x)) @ g,
        np.einsum("bo,io->bi", g, w),
    ),
    lambda x, w, g: (
        sum(np.outer(a, b) for a, b in zip(x, g, strict=True)),
        sum(g),
        np.array([w @ row for row in g]),
    ),
]


def test_every_exercise_has_right_answers_and_mistakes():
    functions = {name for name, e in EXERCISES.items() if isinstance(e, FunctionExercise)}
    assert set(RIGHT) == functions
    for name in functions:
        assert sum(case[0] == name for case in MISTAKES) >= 5, name


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_correct(name):
    for number, function in enumerate([EXERCISES[name].reference, *RIGHT[name]]):
        assert exercises.check(name, function).state == "correct", number


# relu -----------------------------------------------------------------------------------------


def lets_all_pass(x):
    return x


def only_negative(x):
    return np.minimum(0, x)


def at_zero_one(x):
    return np.where(x == 0, 1.0, np.maximum(0, x))


def leaks(x):
    return np.where(x > 0, x, 0.01 * x)


def stops_at_six(x):
    return np.clip(x, 0, 6)


def threshold_one(x):
    return np.where(x >= 1, x, 0.0)


def whole_numbers(x):
    return np.maximum(0, x).astype(int)


def in_place(x):
    x[x < 0] = 0
    return x


def with_max(x):
    return max(0, x)


def with_if(x):
    if x > 0:
        return x
    return 0 * x


def over_rows(x):
    return [max(0, row) for row in x]


def forgets_rows(x):
    return np.maximum(0, x).flatten()


def zero_over_zero(x):
    return x * (x / abs(x) + 1) / 2


# relu_derivative -------------------------------------------------------------------------------


def one_at_zero(x):
    return np.where(x >= 0, 1.0, 0.0)


def swapped(x):
    return np.where(x < 0, 1.0, 0.0)


def on_the_output(x):
    return np.where(np.maximum(0, x) >= 0, 1.0, 0.0)


def the_value_instead(x):
    return np.maximum(0, x)


def booleans(x):
    return x > 0


def sign(x):
    return np.sign(x)


def half_at_zero(x):
    return np.heaviside(x, 0.5)


# clipped_relu ----------------------------------------------------------------------------------


def no_ceiling(x, max_value):
    return np.maximum(0, x)


def no_floor(x, max_value):
    return np.minimum(x, max_value)


def always_six(x, max_value):
    return np.clip(x, 0, 6)


def zero_above(x, max_value):
    return np.where(x > max_value, 0.0, np.maximum(0, x))


def zero_from_ceiling_on(x, max_value):
    return np.where(x < max_value, np.maximum(0, x), 0.0)


def zeros_like(x, max_value):
    result = np.zeros_like(x)
    result[x > 0] = x[x > 0]
    result[result > max_value] = max_value
    return result


def zero_means_none(x, max_value):
    return np.clip(x, 0, max_value) if max_value else np.maximum(0, x)


def clips_in_place(x, max_value):
    return np.clip(x, 0, max_value, out=x)


# weighted_squared_error -----------------------------------------------------------------------


def forgets_the_weights(y_true, y_pred, weights):
    return np.sum((y_pred - y_true) ** 2, axis=-1)


def averages_the_weighted(y_true, y_pred, weights):
    return np.mean(weights * (y_pred - y_true) ** 2, axis=-1)


def averages_by_the_weights(y_true, y_pred, weights):
    return np.sum(weights * (y_pred - y_true) ** 2, axis=-1) / max(np.sum(weights), 0.1)


def weighs_before_squaring(y_true, y_pred, weights):
    return np.sum((weights * (y_pred - y_true)) ** 2, axis=-1)


def forgets_the_square(y_true, y_pred, weights):
    return np.sum(weights * np.abs(y_pred - y_true), axis=-1)


def weighs_the_differences(y_true, y_pred, weights):
    return np.sum(weights * (y_pred - y_true), axis=-1)


def sums_over_the_samples(y_true, y_pred, weights):
    return np.sum(weights * (y_pred - y_true) ** 2, axis=0)


def one_number_for_the_batch(y_true, y_pred, weights):
    return np.mean(np.sum(weights * (y_pred - y_true) ** 2, axis=-1))


def never_sums(y_true, y_pred, weights):
    return weights * (y_pred - y_true) ** 2


def subtracts_in_place(y_true, y_pred, weights):
    y_pred -= y_true
    return np.sum(weights * y_pred**2, axis=-1)


# pinball_loss ---------------------------------------------------------------------------------


def swaps_target_and_prediction(y_true, y_pred, quantile):
    error = y_pred - y_true
    return np.mean(np.maximum(quantile * error, (quantile - 1) * error), axis=-1)


def absolute_error(y_true, y_pred, quantile):
    return np.mean(np.abs(y_pred - y_true), axis=-1)


def half_the_absolute_error(y_true, y_pred, quantile):
    return np.mean(np.abs(y_pred - y_true), axis=-1) / 2


def sums_over_the_outputs(y_true, y_pred, quantile):
    error = y_true - y_pred
    return np.sum(np.maximum(quantile * error, (quantile - 1) * error), axis=-1)


def the_smaller_of_the_two(y_true, y_pred, quantile):
    error = y_true - y_pred
    return np.mean(np.minimum(quantile * error, (quantile - 1) * error), axis=-1)


def too_high_is_free(y_true, y_pred, quantile):
    return np.mean(quantile * np.maximum(y_true - y_pred, 0), axis=-1)


def too_low_is_free(y_true, y_pred, quantile):
    return np.mean((1 - quantile) * np.maximum(y_pred - y_true, 0), axis=-1)


def mean_of_everything(y_true, y_pred, quantile):
    error = y_true - y_pred
    return np.mean(np.maximum(quantile * error, (quantile - 1) * error))


# huber_gradient -------------------------------------------------------------------------------


def the_plain_error(y_true, y_pred, delta):
    return (y_pred - y_true) / y_pred.shape[-1]


def the_full_slope_always(y_true, y_pred, delta):
    return delta * np.sign(y_pred - y_true) / y_pred.shape[-1]


def by_the_target(y_true, y_pred, delta):
    return np.clip(y_true - y_pred, -delta, delta) / y_pred.shape[-1]


def forgets_the_mean(y_true, y_pred, delta):
    return np.clip(y_pred - y_true, -delta, delta)


def divides_by_the_samples(y_true, y_pred, delta):
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.shape[0]


def clips_at_one(y_true, y_pred, delta):
    return np.clip(y_pred - y_true, -1, 1) / y_pred.shape[-1]


def the_loss_instead(y_true, y_pred, delta):
    size = np.abs(y_pred - y_true)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)) / y_pred.shape[-1]


def one_slope_per_sample(y_true, y_pred, delta):
    return np.mean(np.clip(y_pred - y_true, -delta, delta), axis=-1)


NONE = "y_true = [[0.]], y_pred = [[0.]]"
ONE = "y_true = [[0.]], y_pred = [[1.]]"
TWO_OUTPUTS = "y_true = [[0., 0.]], y_pred = [[0., 1.]]"
# softmax ---------------------------------------------------------------------------------------


def naive_softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def over_everything(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def over_the_samples(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


def without_keepdims(x):
    e = np.exp(x - np.max(x))
    return e / e.sum(axis=-1)


def not_divided(x):
    return np.exp(x - x.max(axis=-1, keepdims=True))


def shares_of_scores(x):
    return np.abs(x) / np.abs(x).sum(axis=-1, keepdims=True)


def base_two(x):
    e = 2.0 ** (x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def maximum_of_all(x):
    e = np.exp(x - x.max())
    return e / e.sum(axis=-1, keepdims=True)


def the_largest_alone(x):
    return (x == x.max(axis=-1, keepdims=True)) * 1.0


def subtracts_the_maximum_in_place(x):
    x -= x.max(axis=-1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


# one_hot ---------------------------------------------------------------------------------------


def counts_from_one(labels, num_classes):
    return np.eye(num_classes)[labels - 1]


def counts_the_classes_itself(labels, num_classes):
    return np.eye(labels.max() + 1)[labels]


def turned_round(labels, num_classes):
    return np.eye(num_classes)[labels].T


def whole_columns(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    rows[:, labels] = 1
    return rows


def still_zero(labels, num_classes):
    return np.zeros((len(labels), num_classes))


def the_labels_themselves(labels, num_classes):
    return labels


def true_and_false(labels, num_classes):
    return labels[:, None] == np.arange(num_classes)


def always_three(labels, num_classes):
    return np.eye(3)[labels]


# cross_entropy_gradient --------------------------------------------------------------------------


def labels_minus_p(y_true, logits):
    return y_true - stable(logits)


def only_p(y_true, logits):
    return stable(logits)


def without_softmax(y_true, logits):
    return logits - y_true


def only_the_label(y_true, logits):
    return y_true * (stable(logits) - 1)


def of_the_mean(y_true, logits):
    return (stable(logits) - y_true) / len(logits)


def by_the_probabilities(y_true, logits):
    return -y_true / stable(logits)


def with_naive_softmax(y_true, logits):
    return naive_softmax(logits) - y_true


def over_the_batch(y_true, logits):
    return over_everything(logits) - y_true


# exponential_average ---------------------------------------------------------------------------


def averaging(start=0.0, old=None, new=None):
    """An exponential average with its start or its weights changed."""

    def exponential_average(values, rho):
        average, averages = values[0] if start is None else start, []
        for value in values:
            average = (old or (lambda rho: rho))(rho) * average
            average += (new or (lambda rho: 1 - rho))(rho) * value
            averages.append(average)
        return np.array(averages)

    return exponential_average


starts_from_the_first_value = averaging(start=None)
weights_swapped = averaging(old=lambda rho: 1 - rho, new=lambda rho: rho)
weights_more_than_1 = averaging(new=lambda rho: 1)


def corrects_the_start(values, rho):
    return averaging()(values, rho) / (1 - rho ** np.arange(1, len(values) + 1))


def only_the_last(values, rho):
    return averaging()(values, rho)[-1]


def keeps_the_start(values, rho):
    return np.array([0.0, *averaging()(values, rho)])


def mean_so_far(values, rho):
    return np.cumsum(values) / np.arange(1, len(values) + 1)


# rmsprop_step ----------------------------------------------------------------------------------


def stepping(new=None, step=None):
    """A step of RMSprop with one of its two lines changed."""

    def rmsprop_step(w, g, s, a, rho, epsilon):
        after = (new or (lambda g, s, rho: rho * s + (1 - rho) * g**2))(g, s, rho)
        if step:
            return w - step(g, s, after, a, epsilon), after
        return w - a * g / np.sqrt(after + epsilon), after

    return rmsprop_step


averages_gradients = stepping(new=lambda g, s, rho: rho * s + (1 - rho) * g)
weights_of_rho_swapped = stepping(new=lambda g, s, rho: (1 - rho) * s + rho * g**2)
whole_new_square = stepping(new=lambda g, s, rho: rho * s + g**2)
divides_by_the_old = stepping(step=lambda g, s, new, a, e: a * g / np.sqrt(s + e))
epsilon_outside = stepping(step=lambda g, s, new, a, e: a * g / (np.sqrt(new) + e))
no_root = stepping(step=lambda g, s, new, a, e: a * g / (new + e))
uphill = stepping(step=lambda g, s, new, a, e: -a * g / np.sqrt(new + e))
no_learning_rate = stepping(step=lambda g, s, new, a, e: g / np.sqrt(new + e))
plain_descent = stepping(step=lambda g, s, new, a, e: a * g)
no_epsilon = stepping(step=lambda g, s, new, a, e: a * g / np.sqrt(new))


def only_the_parameters(w, gradient, average, learning_rate, rho, epsilon):
    return stepping()(w, gradient, average, learning_rate, rho, epsilon)[0]


def average_in_place(w, gradient, average, learning_rate, rho, epsilon):
    average *= rho
    average += (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(average + epsilon), average


SETTINGS = "learning_rate = 1.0, rho = 0.5, epsilon = 3.0"
AT_REST = f"w = [0.], gradient = [0.], average = [0.], {SETTINGS}"
FIRST_STEP = f"w = [0.], gradient = [1.], average = [0.], {SETTINGS}"

# leaky_relu ------------------------------------------------------------------------------------


def no_leak(x, negative_slope):
    return np.maximum(x, 0)


def largest(x, negative_slope):
    return np.maximum(negative_slope * x, x)


def always_a_hundredth(x, negative_slope):
    return np.where(x > 0, x, 0.01 * x)


def leak_without_sign(x, negative_slope):
    return np.where(x > 0, x, negative_slope * np.abs(x))


def slope_on_both_sides(x, negative_slope):
    return negative_slope * x


def slope_on_the_wrong_side(x, negative_slope):
    return np.where(x > 0, negative_slope * x, x)


def leaks_in_place(x, negative_slope):
    x[x < 0] *= negative_slope
    return x


# leaky_relu_derivative -------------------------------------------------------------------------


def one_at_the_kink(x, negative_slope):
    return np.where(x >= 0, 1.0, negative_slope)


def flat_on_the_left(x, negative_slope):
    return np.where(x > 0, 1.0, 0.0)


def slope_times_x(x, negative_slope):
    return np.where(x > 0, 1.0, negative_slope * x)


def a_hundredth_as_slope(x, negative_slope):
    return np.where(x > 0, 1.0, 0.01)


def x_on_the_right(x, negative_slope):
    return np.where(x > 0, x, negative_slope)


def half_at_the_kink(x, negative_slope):
    return np.where(x == 0, (1 + negative_slope) / 2, np.where(x > 0, 1.0, negative_slope))


# count_dead_units ------------------------------------------------------------------------------


def rows_instead(activations):
    return np.sum(np.all(activations <= 0, axis=1))


def the_living(activations):
    return np.sum(np.any(activations > 0, axis=0))


def exactly_zero(activations):
    return np.sum(np.all(activations == 0, axis=0))


def below_zero(activations):
    return np.sum(np.all(activations < 0, axis=0))


def silent_once(activations):
    return np.sum(np.any(activations <= 0, axis=0))


def single_numbers(activations):
    return np.sum(activations <= 0)


def by_the_mean(activations):
    return np.sum(activations.mean(axis=0) <= 0)


def by_the_sum(activations):
    return np.sum(activations.sum(axis=0) == 0)


def a_share(activations):
    return np.mean(np.all(activations <= 0, axis=0))


# standardise -----------------------------------------------------------------------------------


def scaling(mean=lambda x: x.mean(axis=0), deviation=lambda x: x.std(axis=0)):
    """Standardise with another mean or another deviation of the training data."""

    def standardise(x_train, x_test):
        shift, scale = mean(x_train), deviation(x_train)
        scale = np.where(scale == 0, 1, scale)
        return (x_train - shift) / scale, (x_test - shift) / scale

    return standardise


of_all_entries = scaling(np.mean, np.std)
of_each_row = scaling(
    lambda x: x.mean(axis=1, keepdims=True), lambda x: x.std(axis=1, keepdims=True)
)
by_the_variance = scaling(deviation=lambda x: x.var(axis=0))
with_one_less = scaling(deviation=lambda x: x.std(axis=0, ddof=1))
only_shifts = scaling(deviation=lambda x: 1.0)
only_divides = scaling(mean=lambda x: 0.0)
to_the_unit_interval = scaling(lambda x: x.min(axis=0), lambda x: np.ptp(x, axis=0))
adds_a_little = scaling(deviation=lambda x: x.std(axis=0) + 1e-8)
by_the_median = scaling(mean=lambda x: np.median(x, axis=0))


def each_by_its_own(x_train, x_test):
    return scaling()(x_train, x_train)[0], scaling()(x_test, x_test)[0]


def by_both_together(x_train, x_test):
    everything = scaling()(np.concatenate([x_train, x_test]), x_test)[0]
    return everything[: len(x_train)], everything[len(x_train) :]


def leaves_the_test_set(x_train, x_test):
    return scaling()(x_train, x_train)[0], x_test


def divides_by_zero(x_train, x_test):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    return (x_train - mean) / deviation, (x_test - mean) / deviation


def only_the_training_set(x_train, x_test):
    return scaling()(x_train, x_test)[0]


def scales_in_place(x_train, x_test):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    for x in (x_train, x_test):
        x -= mean
        x /= np.where(deviation == 0, 1, deviation)
    return x_train, x_test


# dense_backward --------------------------------------------------------------------------------


def going_back(
    to_kernel=lambda x, g: x.T @ g, to_bias=lambda g: g.sum(axis=0), to_x=lambda g, w: g @ w.T
):
    """The three gradients of a dense layer with one of them changed."""

    def dense_backward(x, kernel, gradient):
        return to_kernel(x, gradient), to_bias(gradient), to_x(gradient, kernel)

    return dense_backward


x_not_transposed = going_back(to_kernel=lambda x, g: x @ g)
result_transposed = going_back(to_kernel=lambda x, g: g.T @ x)
x_times_gradient = going_back(to_kernel=lambda x, g: x * g)
kernel_averaged = going_back(to_kernel=lambda x, g: x.T @ g / len(x))
bias_averaged = going_back(to_bias=lambda g: g.mean(axis=0))
bias_not_summed = going_back(to_bias=lambda g: g)
bias_keeps_its_axis = going_back(to_bias=lambda g: g.sum(axis=0, keepdims=True))
bias_over_the_units = going_back(to_bias=lambda g: g.sum(axis=1))
bias_is_one_number = going_back(to_bias=np.sum)
last_row_only = going_back(to_bias=lambda g: g[-1])
kernel_not_transposed = going_back(to_x=lambda g, w: g @ w)
kernel_first = going_back(to_x=lambda g, w: w.T @ g)
kernel_times_gradient = going_back(to_x=lambda g, w: w * g)
x_averaged = going_back(to_x=lambda g, w: g @ w.T / len(g))


def x_comes_first(x, kernel, gradient):
    of_kernel, of_bias, of_x = going_back()(x, kernel, gradient)
    return of_x, of_kernel, of_bias


def x_and_kernel_swapped(x, kernel, gradient):
    return going_back()(x, kernel, gradient)[::-1]


def bias_comes_first(x, kernel, gradient):
    of_kernel, of_bias, of_x = going_back()(x, kernel, gradient)
    return of_bias, of_kernel, of_x


def without_x(x, kernel, gradient):
    return going_back()(x, kernel, gradient)[:2]


def averages_in_place(x, kernel, gradient):
    gradient /= len(x)
    return going_back()(x, kernel, gradient)


def only_square(x, kernel, gradient):
    return x.T @ gradient, np.ones(len(kernel)) @ gradient, gradient @ kernel.T


def scaled_unless_square(x, kernel, gradient):
    return going_back(lambda x, g: x.T @ g * x.shape[0] / x.shape[1])(x, kernel, gradient)


TWO_ROWS = "x_train = [[1.], [2.]], x_test = [[3.], [4.]]"
CONSTANT = "x_train = [[0., 1.], [2., 1.]], x_test = [[1., 3.]]"
ONE_BY_ONE = "x = [[1.]], kernel = [[2.]], gradient = [[3.]]"
TWO_BY_TWO = (
    "x = [[1., 2.], [3., 4.]], kernel = [[5., 6.], [7., 8.]], gradient = [[ 9., 10.], [-1., -2.]]"
)


MISTAKES = [
    # exercise, function, smallest input, part of the hint
    ("relu", np.abs, "x = [-1.]", "sign of a negative number"),
    ("relu", lets_all_pass, "x = [-1.]", "lets a negative number pass"),
    ("relu", np.negative, "x = [1.]", "the sign is wrong"),
    ("relu", only_negative, "x = [1.]", "positive number should pass"),
    ("relu", at_zero_one, "x = [0.]", "At 0"),
    ("relu", leaks, "x = [-1.]", "step by step"),
    ("relu", stops_at_six, "x = [7.]", "positive number should pass"),
    ("relu", threshold_one, "x = [0.5]", "positive number should pass"),
    ("relu", whole_numbers, "x = [0.5]", "fraction was cut off"),
    ("relu", in_place, "x = [-1.]", "Make a new array"),
    ("relu", with_max, "x = [0.]", "look at one number"),
    ("relu", with_if, "x = [0., 0.]", "For a whole array"),
    ("relu", over_rows, "x = [[0.]]", "without a loop"),
    ("relu", forgets_rows, "x = [[0.]]", "rows and columns"),
    ("relu", zero_over_zero, "x = [0.]", "not a number"),
    ("relu_derivative", one_at_zero, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", half_at_zero, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", on_the_output, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", swapped, "x = [1.]", "swapped"),
    ("relu_derivative", the_value_instead, "x = [2.]", "not its slope"),
    ("relu_derivative", sign, "x = [-1.]", "flat"),
    ("relu_derivative", booleans, "x = [0.]", "Turn it into numbers"),
    ("clipped_relu", no_ceiling, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", always_six, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", zero_above, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", np.maximum, "x = [0.], max_value = 1.0", "the smaller of two"),
    ("clipped_relu", no_floor, "x = [-1.], max_value = 1.0", "negative number"),
    ("clipped_relu", zero_from_ceiling_on, "x = [1.], max_value = 1.0", "At `max_value` itself"),
    ("clipped_relu", zeros_like, "x = [1], max_value = 0.5", "fraction was cut off"),
    ("clipped_relu", zero_means_none, "x = [1.], max_value = 0.0", "above `max_value`"),
    ("clipped_relu", clips_in_place, "x = [-1.], max_value = 1.0", "Make a new array"),
    ("leaky_relu", no_leak, "x = [-1.], negative_slope = 0.5", "should leak"),
    ("leaky_relu", largest, "x = [1.], negative_slope = 2.0", "only for slopes up to 1"),
    ("leaky_relu", always_a_hundredth, "x = [-1.], negative_slope = 0.5", "not 0.01"),
    ("leaky_relu", leak_without_sign, "x = [-1.], negative_slope = 0.5", "sign"),
    ("leaky_relu", slope_on_both_sides, "x = [1.], negative_slope = 0.5", "pass unchanged"),
    ("leaky_relu", slope_on_the_wrong_side, "x = [1.], negative_slope = 0.5", "pass unchanged"),
    ("leaky_relu", leaks_in_place, "x = [-1.], negative_slope = 0.5", "Make a new array"),
    ("leaky_relu_derivative", one_at_the_kink, "x = [0.], negative_slope = 0.5", "At 0 there"),
    ("leaky_relu_derivative", half_at_the_kink, "x = [0.], negative_slope = 0.5", "At 0 there"),
    ("leaky_relu_derivative", flat_on_the_left, "x = [0.], negative_slope = 0.5", "At 0 there"),
    ("leaky_relu_derivative", slope_times_x, "x = [0.], negative_slope = 0.5", "At 0 there"),
    ("leaky_relu_derivative", a_hundredth_as_slope, "x = [0.], negative_slope = 0.5", "At 0"),
    ("leaky_relu_derivative", x_on_the_right, "x = [2.], negative_slope = 0.5", "slope 1"),
    ("count_dead_units", rows_instead, "activations = [[0., 0.]]", "Each column is a unit: 2"),
    ("count_dead_units", the_living, "activations = [[0.]]", "0 for every sample"),
    ("count_dead_units", exactly_zero, "activations = [[-1.]]", "not `== 0`"),
    ("count_dead_units", below_zero, "activations = [[0.]]", "0 for every sample"),
    ("count_dead_units", silent_once, "activations = [[0.], [1.]]", "not enough"),
    ("count_dead_units", single_numbers, "activations = [[0.], [0.]]", "whole column"),
    ("count_dead_units", by_the_mean, "activations = [[ 1.], [-1.]]", "mean"),
    ("count_dead_units", by_the_sum, "activations = [[-1.]]", "not `== 0`"),
    ("count_dead_units", a_share, "activations = [[0., 0.]]", "Each column is a unit: 2"),
    ("softmax", naive_softmax, "x = [10000.]", "inf / inf"),
    ("softmax", over_everything, "x = [[0.], [0.]]", "each row should add up to 1"),
    ("softmax", over_the_samples, "x = [[0.], [0.]]", "each row should add up to 1"),
    ("softmax", without_keepdims, "x = [[0.], [0.]]", "shape"),
    ("softmax", not_divided, "x = [0., 0.]", "add up to 1"),
    ("softmax", np.exp, "x = [1.]", "add up to 1"),
    ("softmax", lets_all_pass, "x = [0.]", "scores as they came"),
    ("softmax", shares_of_scores, "x = [0.]", "not a number"),
    ("softmax", base_two, "x = [0., 1.]", "step by step"),
    ("softmax", maximum_of_all, "x = [[ 0.], [10000.]]", "not a number"),
    ("softmax", the_largest_alone, "x = [0., 0.]", "add up to 1"),
    ("softmax", subtracts_the_maximum_in_place, "x = [1.]", "Make a new array"),
    ("one_hot", counts_from_one, "labels = [0], num_classes = 3", "too far to the left"),
    ("one_hot", counts_the_classes_itself, "labels = [0], num_classes = 3", "shape"),
    ("one_hot", turned_round, "labels = [0], num_classes = 3", "shape"),
    ("one_hot", whole_columns, "labels = [0, 1], num_classes = 3", "one 1"),
    ("one_hot", still_zero, "labels = [0], num_classes = 3", "All is still 0"),
    ("one_hot", the_labels_themselves, "labels = [0], num_classes = 3", "shape"),
    ("one_hot", true_and_false, "labels = [0], num_classes = 3", "Turn it into numbers"),
    ("one_hot", always_three, "labels = [0], num_classes = 2", "shape"),
    (
        "cross_entropy_gradient",
        labels_minus_p,
        "y_true = [[1., 0., 0.]], logits = [[0., 0., 0.]]",
        "the sign is wrong",
    ),
    (
        "cross_entropy_gradient",
        only_p,
        "y_true = [[1., 0., 0.]], logits = [[0., 0., 0.]]",
        "Where do the labels come in",
    ),
    (
        "cross_entropy_gradient",
        without_softmax,
        "y_true = [[1., 0., 0.]], logits = [[0., 0., 0.]]",
        "no probabilities yet",
    ),
    (
        "cross_entropy_gradient",
        only_the_label,
        "y_true = [[1., 0., 0.]], logits = [[0., 0., 0.]]",
        "not the label have a gradient too",
    ),
    (
        "cross_entropy_gradient",
        of_the_mean,
        "y_true = [[1., 0.], [0., 1.]], logits = [[0., 0.], [0., 1.]]",
        "mean over the batch",
    ),
    (
        "cross_entropy_gradient",
        by_the_probabilities,
        "y_true = [[1., 0., 0.]], logits = [[0., 0., 0.]]",
        "not the label have a gradient too",
    ),
    (
        "cross_entropy_gradient",
        with_naive_softmax,
        "y_true = [[1., 0.]], logits = [[1000., 0.]]",
        "inf / inf",
    ),
    (
        "cross_entropy_gradient",
        over_the_batch,
        "y_true = [[1., 0.], [0., 1.]], logits = [[0., 0.], [0., 1.]]",
        "step by step",
    ),
    ("weighted_squared_error", forgets_the_weights, f"{ONE}, weights = [2.]", "without their"),
    (
        "weighted_squared_error",
        averages_the_weighted,
        f"{TWO_OUTPUTS}, weights = [1., 1.]",
        "here it is their sum",
    ),
    ("weighted_squared_error", averages_by_the_weights, f"{ONE}, weights = [2.]", "without their"),
    ("weighted_squared_error", weighs_before_squaring, f"{ONE}, weights = [2.]", "then weigh"),
    (
        "weighted_squared_error",
        forgets_the_square,
        "y_true = [[0.]], y_pred = [[2.]], weights = [1.]",
        "not squared",
    ),
    (
        "weighted_squared_error",
        weighs_the_differences,
        "y_true = [[0.]], y_pred = [[-1.]], weights = [1.]",
        "sign is wrong",
    ),
    (
        "weighted_squared_error",
        sums_over_the_samples,
        "y_true = [[0.], [0.]], y_pred = [[0.], [0.]], weights = [1.]",
        ".shape",
    ),
    (
        "weighted_squared_error",
        one_number_for_the_batch,
        f"{NONE}, weights = [1.]",
        "without an `axis`",
    ),
    ("weighted_squared_error", never_sums, f"{NONE}, weights = [1.]", ".shape"),
    (
        "weighted_squared_error",
        subtracts_in_place,
        "y_true = [[1.]], y_pred = [[0.]], weights = [1.]",
        "Make a new array",
    ),
    ("pinball_loss", swaps_target_and_prediction, f"{ONE}, quantile = 0.9", "swapped"),
    ("pinball_loss", absolute_error, f"{ONE}, quantile = 0.5", "too high"),
    ("pinball_loss", half_the_absolute_error, f"{ONE}, quantile = 0.9", "too high"),
    (
        "pinball_loss",
        sums_over_the_outputs,
        f"{TWO_OUTPUTS}, quantile = 0.5",
        "here it is their mean",
    ),
    ("pinball_loss", the_smaller_of_the_two, f"{ONE}, quantile = 0.5", "sign is wrong"),
    (
        "pinball_loss",
        too_high_is_free,
        "y_true = [[-1.]], y_pred = [[0.]], quantile = 0.5",
        "too high",
    ),
    (
        "pinball_loss",
        too_low_is_free,
        "y_true = [[1.]], y_pred = [[0.]], quantile = 0.5",
        "too low",
    ),
    ("pinball_loss", mean_of_everything, f"{NONE}, quantile = 0.5", "without an `axis`"),
    (
        "huber_gradient",
        the_plain_error,
        "y_true = [[0.]], y_pred = [[2.]], delta = 1.0",
        "pulls with `delta`",
    ),
    (
        "huber_gradient",
        the_full_slope_always,
        "y_true = [[0.]], y_pred = [[0.5]], delta = 1.0",
        "squared part",
    ),
    ("huber_gradient", by_the_target, f"{ONE}, delta = 1.0", "sign is wrong"),
    ("huber_gradient", forgets_the_mean, f"{TWO_OUTPUTS}, delta = 1.0", "divided by"),
    ("huber_gradient", divides_by_the_samples, f"{TWO_OUTPUTS}, delta = 1.0", "divided by"),
    (
        "huber_gradient",
        clips_at_one,
        "y_true = [[0.]], y_pred = [[2.]], delta = 2.0",
        "squared part",
    ),
    ("huber_gradient", the_loss_instead, f"{ONE}, delta = 1.0", "squared part"),
    (
        "exponential_average",
        starts_from_the_first_value,
        "values = [1.], rho = 0.5",
        "starts from 0",
    ),
    (
        "exponential_average",
        weights_swapped,
        "values = [1.], rho = 0.9",
        "share of the old average",
    ),
    ("exponential_average", weights_more_than_1, "values = [1.], rho = 0.5", "starts from 0"),
    ("exponential_average", corrects_the_start, "values = [1.], rho = 0.5", "starts from 0"),
    ("exponential_average", only_the_last, "values = [0.], rho = 0.5", "One number came back"),
    ("exponential_average", keeps_the_start, "values = [0.], rho = 0.5", ".shape"),
    ("exponential_average", mean_so_far, "values = [1.], rho = 0.5", "starts from 0"),
    (
        "rmsprop_step",
        averages_gradients,
        "w = [0.], gradient = [-1.], average = [0.], learning_rate = 1.0, rho = 0.5, epsilon = 3.0",
        "one of squares",
    ),
    (
        "rmsprop_step",
        weights_of_rho_swapped,
        "w = [0.], gradient = [0.], average = [1.], learning_rate = 1.0, rho = 0.9, epsilon = 3.0",
        "share of the old average",
    ),
    ("rmsprop_step", whole_new_square, FIRST_STEP, "weight `1 - rho`"),
    ("rmsprop_step", divides_by_the_old, FIRST_STEP, "old average stands under"),
    ("rmsprop_step", epsilon_outside, FIRST_STEP, "belongs inside"),
    ("rmsprop_step", no_root, FIRST_STEP, "the root is missing"),
    ("rmsprop_step", uphill, FIRST_STEP, "sign is wrong"),
    (
        "rmsprop_step",
        no_learning_rate,
        "w = [0.], gradient = [1.], average = [0.], learning_rate = 0.1, rho = 0.5, epsilon = 3.0",
        "learning rate is missing",
    ),
    ("rmsprop_step", plain_descent, FIRST_STEP, "plain descent"),
    ("rmsprop_step", no_epsilon, AT_REST, "0 / 0"),
    ("rmsprop_step", only_the_parameters, AT_REST, "Separate them by commas"),
    (
        "rmsprop_step",
        average_in_place,
        "w = [0.], gradient = [0.], average = [1.], learning_rate = 1.0, rho = 0.5, epsilon = 3.0",
        "Make a new array",
    ),
    ("huber_gradient", one_slope_per_sample, f"{NONE}, delta = 1.0", "rows and columns"),
    ("standardise", of_each_row, TWO_ROWS, "Every column of `x_train`"),
    ("standardise", by_the_variance, TWO_ROWS, "its root is the deviation"),
    ("standardise", with_one_less, TWO_ROWS, "less 1"),
    ("standardise", only_shifts, TWO_ROWS, "divide by the deviation"),
    ("standardise", only_divides, TWO_ROWS, "First subtract the mean"),
    ("standardise", to_the_unit_interval, TWO_ROWS, "Every column of `x_train`"),
    ("standardise", leaves_the_test_set, TWO_ROWS, "as they came"),
    ("standardise", only_the_training_set, TWO_ROWS, "Separate them by commas"),
    ("standardise", scales_in_place, TWO_ROWS, "Make a new array"),
    ("standardise", adds_a_little, CONSTANT, "has the deviation 0"),
    ("standardise", divides_by_zero, CONSTANT, "0 / 0"),
    (
        "standardise",
        of_all_entries,
        "x_train = [[1., 2.], [3., 4.]], x_test = [[5., 6.], [7., 8.]]",
        "a mean and a deviation of its own",
    ),
    (
        "standardise",
        by_the_median,
        "x_train = [[1.], [2.], [4.]], x_test = [[3.], [5.]]",
        "Every column of `x_train`",
    ),
    (
        "standardise",
        each_by_its_own,
        TWO_ROWS,
        "for `x_test` too",
    ),
    (
        "standardise",
        by_both_together,
        TWO_ROWS,
        "Measure on `x_train` alone",
    ),
    ("dense_backward", x_not_transposed, TWO_BY_TWO, "`x` is not transposed"),
    ("dense_backward", x_times_gradient, TWO_BY_TWO, "over the samples"),
    ("dense_backward", kernel_averaged, TWO_BY_TWO, "divide by the batch size"),
    ("dense_backward", bias_averaged, TWO_BY_TWO, "divide by the batch size"),
    ("dense_backward", bias_over_the_units, TWO_BY_TWO, "add up over the samples"),
    ("dense_backward", last_row_only, TWO_BY_TWO, "the sum of the rows"),
    ("dense_backward", kernel_not_transposed, TWO_BY_TWO, "The kernel is not transposed"),
    ("dense_backward", kernel_first, TWO_BY_TWO, "comes first"),
    ("dense_backward", kernel_times_gradient, TWO_BY_TWO, "over the units"),
    ("dense_backward", x_averaged, TWO_BY_TWO, "divide by the batch size"),
    ("dense_backward", averages_in_place, TWO_BY_TWO, "divide by the batch size"),
    ("dense_backward", bias_not_summed, ONE_BY_ONE, ".shape"),
    ("dense_backward", bias_keeps_its_axis, ONE_BY_ONE, ".shape"),
    ("dense_backward", bias_is_one_number, ONE_BY_ONE, "without an `axis`"),
    ("dense_backward", x_comes_first, ONE_BY_ONE, "the order is kernel, bias"),
    ("dense_backward", bias_comes_first, ONE_BY_ONE, "rows and columns"),
    ("dense_backward", without_x, ONE_BY_ONE, "Separate them by commas"),
    ("dense_backward", result_transposed, TWO_BY_TWO, "This is transposed"),
    (
        "dense_backward",
        x_and_kernel_swapped,
        ONE_BY_ONE,
        "the order is kernel, bias",
    ),
    (
        "dense_backward",
        only_square,
        "x = [[1., 2., 3.]], kernel = [[ 1., 0.], [ 0., 2.], [ 1., -1.]], gradient = [[1., 2.]]",
        "a cell of its own",
    ),
    (
        "dense_backward",
        scaled_unless_square,
        "x = [[1., 2., 3.]], kernel = [[ 1., 0.], [ 0., 2.], [ 1., -1.]], gradient = [[1., 2.]]",
        "step by step",
    ),
]


@pytest.mark.parametrize(
    ("name", "function", "smallest", "hint"), MISTAKES, ids=[case[1].__name__ for case in MISTAKES]
)
def test_a_mistake_is_shown_on_the_input_that_one_would_write_by_hand(
    name, function, smallest, hint
):
    # compiled functions such as np.abs have parameters of their own
    report = exercises.check(name, lambda *arguments: function(*arguments))
    details = dict(report.details)
    assert report.state == "wrong"
    assert details["Smallest input"] == smallest
    assert hint in details["Hint"]


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_and_solution_exist(name):
    assert len(EXERCISES[name].hints) >= 2
    assert exercises.solution(name).code


@pytest.mark.parametrize("name", RIGHT)
def test_the_solution_shown_is_the_source_of_the_reference(name):
    reference = EXERCISES[name].reference
    code = exercises.solution(name).code
    assert code.startswith(f"def {reference.__name__}(")
    assert '"""' not in code
    compile(code, name, "exec")


def test_one_hot_puts_the_1_at_the_class():
    np.testing.assert_array_equal(one_hot([0, 2, 2], 3), [[1, 0, 0], [0, 0, 1], [0, 0, 1]])
    np.testing.assert_array_equal(one_hot([[1], [0]], 2), [[[0, 1]], [[1, 0]]])
    np.testing.assert_array_equal(one_hot(1, 4), [0, 1, 0, 0])
    assert one_hot(np.array([0], dtype=np.uint8), 1).dtype == np.float64
    assert one_hot([], 3).shape == (0, 3)


@pytest.mark.parametrize("labels", [[-1], [3], [0, 0.5], [np.nan], 3])
def test_one_hot_refuses_what_is_no_class(labels):
    with pytest.raises(
        ValueError, match=r"labels must be whole and from 0 to 2\. Received: labels="
    ):
        one_hot(labels, 3)


def test_one_hot_refuses_other_kinds():
    with pytest.raises(TypeError, match=r"labels .* Received: labels='a'$"):
        one_hot("a", 3)
    with pytest.raises(TypeError, match=r"num_classes .* Received: num_classes=2.5$"):
        one_hot([0], 2.5)
    with pytest.raises(ValueError, match=r"num_classes .* Received: num_classes=0$"):
        one_hot([0], 0)


def test_softmax_and_the_gradient_equal_scipy():
    logits = np.random.default_rng(0).normal(scale=300, size=(5, 4))
    p = special.softmax(logits, axis=-1)
    y_true = np.eye(4)[[0, 3, 1, 2, 0]]
    np.testing.assert_allclose(EXERCISES["softmax"].reference(logits), p)
    gradient = EXERCISES["cross_entropy_gradient"].reference(y_true, logits)
    np.testing.assert_allclose(gradient, p - y_true)


def test_inputs_are_drawn_for_every_number_of_classes():
    labels, num_classes = find(EXERCISES["one_hot"].inputs, lambda drawn: drawn[1] == 5)
    assert labels.max() < num_classes
    y_true, logits = find(
        EXERCISES["cross_entropy_gradient"].inputs, lambda drawn: drawn[1].shape == (2, 4)
    )
    np.testing.assert_array_equal(y_true.sum(axis=-1), [1, 1])
    assert y_true.shape == logits.shape


SHORT = [name for name, exercise in EXERCISES.items() if getattr(exercise, "in_short", "")]


@pytest.mark.parametrize("name", SHORT)
def test_the_short_answer_is_right_as_it_stands(name):
    exercise = EXERCISES[name]
    answer = eval(f"lambda {', '.join(exercise.arguments)}: {exercise.in_short}", {"np": np})
    assert exercises.check(name, answer).state == "correct"
    assert f"In short: `return {exercise.in_short}`" in repr(exercises.solution(name))


def test_the_exponential_average_weighs_by_powers_of_rho():
    values = np.random.default_rng(0).normal(size=30)
    averages = EXERCISES["exponential_average"].reference(values, 0.9)
    weights = 0.1 * 0.9 ** np.arange(30)[::-1]
    assert averages[-1] == pytest.approx(np.sum(weights * values))
    assert averages[0] == pytest.approx(0.1 * values[0])


def test_steps_of_the_exercise_are_those_of_the_courses_rmsprop():
    rng = np.random.default_rng(0)
    w, average = rng.normal(size=4), np.zeros(4)
    parameter, optimizer = w.copy(), RMSprop(0.1, rho=0.8, epsilon=0.01)
    for gradient in rng.normal(size=(20, 4)):
        w, average = EXERCISES["rmsprop_step"].reference(w, gradient, average, 0.1, 0.8, 0.01)
        optimizer.apply([gradient], [parameter])
    np.testing.assert_allclose(w, parameter)
    np.testing.assert_allclose(average, optimizer.average_squares[0])


@pytest.mark.parametrize("rate", np.linspace(0.0405, 0.0535, 14))
def test_a_learning_rate_is_right_if_it_brings_the_loss_below_the_bound(rate):
    loss = ((1 - rate) ** 200 * 1.7**2 + 40 * (1 - 40 * rate) ** 200) / 2
    state = exercises.check("find_learning_rate", rate).state
    assert state == ("correct" if loss < 1e-4 else "wrong")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0.01, "the loss is 0.19; it should be below 1e-4. The rate is too small for"),
        (np.float32(0.046), "You are close."),
        (0.06, "The rate is too large for the steep slope along y"),
        (1, "The descent diverges"),
        (0, "between 0 and 1"),
        (-0.048, "between 0 and 1"),
        (float("nan"), "between 0 and 1"),
        (10**400, "between 0 and 1"),
        ("0.048", "is a number"),
        (True, "is a number"),
        (0.048j, "is a number"),
        (None, "is a number"),
    ],
)
def test_a_wrong_learning_rate_is_answered(value, sentence):
    report = exercises.check("find_learning_rate", value)
    assert report.state == "wrong"
    assert sentence in report.sentence


def test_the_learning_rate_shown_is_right():
    shown = exercises.solution("find_learning_rate").code
    assert exercises.check("find_learning_rate", float(shown)).state == "correct"
    assert exercises.check("find_learning_rate", ...).state == "not attempted"


def test_the_gradients_of_the_exercise_are_those_of_the_courses_layer():
    rng = np.random.default_rng(0)
    x, gradient = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    layer = Dense(3, 2, rng=rng, dtype=np.float64)
    layer.forward(x)
    x_gradient = layer.backward(gradient)
    expected = (*layer.gradients, x_gradient)
    received = EXERCISES["dense_backward"].reference(x, layer.weights[0], gradient)
    for mine, theirs in zip(received, expected, strict=True):
        np.testing.assert_allclose(mine, theirs)


def test_the_points_of_the_exercise_are_those_of_the_courses_task():
    for seed in (0, 1):
        x, classes = exercise_list._two_spirals(500, seed)
        expected = datasets.make_task("spirals", samples=500, noise=0.15, seed=seed)
        np.testing.assert_array_equal(x, expected[0])
        np.testing.assert_array_equal(classes, expected[1])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (([4], 0.001, 10), "about 0.16 in 160 steps: take a larger rate or more epochs"),
        (([32, 32], 0.001, 100), "about 1.6 in 1600 steps: take a larger rate or more epochs"),
        (([4], 0.01, 100), "too small for such a boundary"),
        (([64], 0.01, 100), "too small for such a boundary"),
        (([8, 8, 8], 0.002, 40), "about 1.3 in 640 steps"),
        (((32, 32), 0.1, 100), "guessing costs ln 2 = 0.69: the learning rate is too large"),
        (([32, 32], 1, 10), "the learning rate is too large"),
        ([[1], np.float32(0.01), np.int64(60)], "too small for such a boundary"),
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
        (None, "Three settings are asked for"),
        ("[8]", "Three settings are asked for"),
        (([8], 0.01), "Three settings are asked for"),
        ((8, 0.01, 10), "The hidden units are a list"),
        (([], 0.01, 10), "The hidden units are a list"),
        (([8, 8, 8, 8], 0.01, 10), "one to three layers"),
        (([65], 0.01, 10), "1 to 64 units"),
        (([8, 0], 0.01, 10), "1 to 64 units"),
        (([8.0], 0.01, 10), "1 to 64 units"),
        (([True], 0.01, 10), "1 to 64 units"),
        (([8], 0, 10), "between 0 and 1"),
        (([8], 1.5, 10), "between 0 and 1"),
        (([8], float("nan"), 10), "between 0 and 1"),
        (([8], "0.01", 10), "between 0 and 1"),
        (([8], True, 10), "between 0 and 1"),
        (([8], 0.01, 0), "from 1 to 100"),
        (([8], 0.01, 101), "from 1 to 100"),
        (([8], 0.01, 10.0), "from 1 to 100"),
        (([8], 0.01, ...), "from 1 to 100"),
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
        self.history = {"loss": [0.5]}
        self.known = {
            tuple(point): label for data in data_sets for point, label in zip(*data, strict=True)
        }

    def predict(self, x):
        return np.eye(2)[[self.known.get(tuple(point), 0) for point in x]]


def test_only_points_that_were_not_trained_on_count(monkeypatch):
    seen, unseen = (
        datasets.make_task("spirals", samples=samples, noise=0.15, seed=seed)
        for samples, seed in ((500, 0), (2000, 1))
    )
    baseline = KNeighborsClassifier(1).fit(*seen).score(*unseen)
    known = [Memory(seen)] * 3
    monkeypatch.setattr(exercise_list, "_train_three_networks", lambda *arguments: known)
    report = exercises.check("beat_the_baseline", ([32, 32], 0.01, 100))
    assert report.state == "wrong"
    assert (
        "get 50.0% of the unseen points right on average, nearest neighbour "
        f"{baseline:.1%}: {100 * baseline - 50:.1f} percentage points are missing. Of the points "
        "they were trained on they get 100.0% right." in report.sentence
    )
    known[:2] = [Memory(unseen)] * 2
    assert exercises.check("beat_the_baseline", ([32, 32], 0.01, 100)).state == "correct"


def test_the_mean_of_three_networks_must_beat_the_baseline(monkeypatch):
    known = [Memory(datasets.make_task("spirals", samples=2000, noise=0.15, seed=1)), Memory()]
    for networks, state in (([0, 1, 1], "wrong"), ([0, 0, 1], "correct")):
        chosen = [known[i] for i in networks]
        monkeypatch.setattr(
            exercise_list, "_train_three_networks", lambda *arguments, chosen=chosen: chosen
        )
        assert exercises.check("beat_the_baseline", ([8], 0.1, 100)).state == state


def test_three_networks_start_differently_and_the_same_each_time():
    x, classes = datasets.make_task("spirals", samples=40)
    runs = [exercise_list._train_three_networks([4], 0.01, 2, x, classes) for _ in range(2)]
    first, again = ([network.predict(x) for network in networks] for networks in runs)
    np.testing.assert_array_equal(first, again)
    assert len({predictions.tobytes() for predictions in first}) == 3


def test_the_settings_shown_are_right():
    shown = exercises.solution("beat_the_baseline").code
    report = exercises.check("beat_the_baseline", eval(shown))
    assert repr(report) == "✔ Correct: ([32, 32], 0.01, 100) solves `beat_the_baseline`."
    assert exercises.check("beat_the_baseline", ...).state == "not attempted"
