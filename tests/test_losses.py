"""The losses against Keras, scikit-learn, SciPy, calculus and numbers worked by hand."""

import functools
import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import optimize, special
from sklearn.metrics import mean_pinball_loss

from helpers import losses
from helpers.gradients import numerical_gradient
from helpers.losses import (
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    huber,
    mean_absolute_error,
    mean_squared_error,
    pinball,
    sparse_categorical_crossentropy,
    sparse_categorical_crossentropy_gradient,
    weighted_squared_error,
)
from tests.bad_values import assert_refused

FLOATS = [np.float32, np.float64]
LOGITS = {"from_logits": True}
REGRESSION = [
    (mean_squared_error, {}),
    (mean_absolute_error, {}),
    (huber, {}),
    (huber, {"delta": 0.3}),
    (pinball, {}),
    (pinball, {"quantile": 0.9}),
    (weighted_squared_error, {"weights": [0.3, 0.7, 2.0]}),
]
CROSS = [
    (loss, arguments)
    for loss in (categorical_crossentropy, sparse_categorical_crossentropy)
    for arguments in ({}, LOGITS)
]


def gradient_of(loss):
    return getattr(losses, f"{loss.__name__}_gradient")


def with_gradient(rows):
    """Run a test for each loss, its gradient and the arguments of both."""
    return pytest.mark.parametrize(
        ("loss", "gradient", "arguments"),
        [(loss, gradient_of(loss), given) for loss, given in rows],
    )


regression = with_gradient(REGRESSION)
cross = with_gradient(CROSS)
every = with_gradient(REGRESSION + CROSS)
each_dtype = pytest.mark.parametrize("dtype", FLOATS)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def tape_gradient(loss, y_true, y_pred):
    """Return the gradient by `y_pred` that TensorFlow finds for a loss."""
    tf = pytest.importorskip("tensorflow")
    y_pred = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        values = loss(tf.constant(y_true), y_pred)
    return tape.gradient(values, y_pred).numpy()


def example(loss, shape=(4, 3), dtype=np.float64, seed=0):
    """Return valid `y_true` and `y_pred` for a loss: predictions of `shape`, no kinks."""
    generator = np.random.default_rng(seed)
    y_pred = generator.uniform(0.05, 0.95, shape).astype(dtype)
    if loss is sparse_categorical_crossentropy:
        return generator.integers(0, shape[-1], shape[:-1]), y_pred
    if loss is categorical_crossentropy:
        soft = generator.uniform(0.1, 1.0, shape)
        return (soft / soft.sum(axis=-1, keepdims=True)).astype(dtype), y_pred
    return generator.normal(size=shape).astype(dtype), y_pred


# Worked by hand


@pytest.mark.parametrize(
    ("loss", "arguments", "values", "four_slopes"),
    [  #                      errors  1  -1  3  0.5    0  0  0  4
        (mean_squared_error, {}, [11.25 / 4, 4], [[2, -2, 6, 1], [0, 0, 0, 8]]),
        (mean_absolute_error, {}, [5.5 / 4, 1], [[1, -1, 1, 1], [0, 0, 0, 1]]),
        (huber, {}, [3.625 / 4, 3.5 / 4], [[1, -1, 1, 0.5], [0, 0, 0, 1]]),
        (huber, {"delta": 2.0}, [5.125 / 4, 6 / 4], [[1, -1, 2, 0.5], [0, 0, 0, 2]]),
        (
            pinball,
            {"quantile": 0.75},
            [1.875 / 4, 1 / 4],
            [[0.25, -0.75, 0.25, 0.25], [0, 0, 0, 0.25]],
        ),
        (
            weighted_squared_error,
            {"weights": [1, 2, 3, 0.5]},
            [1 + 2 + 27 + 0.125, 8],
            [[8, -16, 72, 2], [0, 0, 0, 16]],
        ),
    ],
)
def test_regression_worked_by_hand(loss, arguments, values, four_slopes):
    y_true, y_pred = [[0, 0, 0, 0], [1, 2, 3, 4]], [[1, -1, 3, 0.5], [1, 2, 3, 8]]
    np.testing.assert_array_equal(loss(y_true, y_pred, *arguments.values()), values)
    slopes = gradient_of(loss)(y_true, y_pred, *arguments.values())
    np.testing.assert_array_equal(4 * slopes, four_slopes)


def test_crossentropies_worked_by_hand():
    p = np.array([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]])
    by_logits = [[0.25, -0.5, 0.25], [0.5, 0.25, -0.75]]  # p - y
    by_p = [[1, -1, 1], [1, 1, -3]]  # (p - y) / p
    for loss, gradient, y_true in (
        (categorical_crossentropy, categorical_crossentropy_gradient, [[0, 1, 0], [0, 0, 1]]),
        (sparse_categorical_crossentropy, sparse_categorical_crossentropy_gradient, [1, 2]),
    ):
        for values in (loss(y_true, p), loss(y_true, np.log(p) + 500, True)):
            np.testing.assert_allclose(values, [math.log(2), math.log(4)], rtol=1e-13)
        np.testing.assert_allclose(gradient(y_true, np.log(p), True), by_logits, rtol=1e-14)
        np.testing.assert_allclose(gradient(y_true, p), by_p, rtol=1e-14)
    untrained = sparse_categorical_crossentropy([0, 45], np.zeros((2, 46)), from_logits=True)
    assert untrained.round(2).tolist() == [3.83, 3.83]


# Against the libraries


@regression
@each_dtype
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 5, 3)])
def test_regression_equals_keras(keras, loss, gradient, arguments, dtype, shape):
    def weighted(y_true, y_pred, weights):
        return keras.ops.sum(keras.ops.square(y_true - y_pred) * weights, axis=-1)

    def tilted(y_true, y_pred, quantile=0.5):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(quantile * error, (quantile - 1) * error), -1)

    theirs = {weighted_squared_error: weighted, pinball: tilted}.get(loss)
    theirs = functools.partial(theirs or getattr(keras.losses, loss.__name__), **arguments)
    y_true, y_pred = example(loss, shape, dtype)
    tolerance = 8 * np.finfo(dtype).eps
    values, slopes = loss(y_true, y_pred, **arguments), gradient(y_true, y_pred, **arguments)
    np.testing.assert_allclose(values, theirs(y_true, y_pred), rtol=tolerance)
    np.testing.assert_allclose(slopes, tape_gradient(theirs, y_true, y_pred), rtol=tolerance)


@cross
@each_dtype
@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (6, 2)])
@pytest.mark.parametrize("scale", [1.0, 5.0, -3.0], ids="times {}".format)
def test_crossentropy_equals_keras(keras, loss, gradient, arguments, dtype, shape, scale):
    """Probabilities that do not add up to 1, exceed 1 or are negative, and logits."""
    theirs = functools.partial(getattr(keras.losses, loss.__name__), **arguments)
    y_true, y_pred = example(loss, shape, dtype)
    y_pred *= dtype(abs(scale))
    y_pred[..., 0] *= np.sign(scale) * dtype(0.1)
    tolerance = 30 * np.finfo(dtype).eps
    values, slopes = loss(y_true, y_pred, **arguments), gradient(y_true, y_pred, **arguments)
    np.testing.assert_allclose(values, theirs(y_true, y_pred), rtol=tolerance, atol=tolerance)
    expected = tape_gradient(theirs, y_true, y_pred)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(slopes, expected, rtol=tolerance, atol=tolerance * scale)


EDGES = [
    [0.0, 1.0, 0.0],  # certain
    [0.5, 0.0, 0.5],
    [1e-8, 5e-8, 1 - 6e-8],
    [0.2, 0.2, 0.2],
    [1e-7, 0.5, 0.4],
    [1 - 1e-7, 1e-7, 2e-7],  # the bounds themselves still pass the gradient
    [1.5, 1e-9, 0.25],
]


@each_dtype
@pytest.mark.parametrize("label", [0, 1, 2])
@pytest.mark.parametrize("loss", [categorical_crossentropy, sparse_categorical_crossentropy])
def test_clipped_probabilities_equal_keras(keras, loss, dtype, label):
    theirs = getattr(keras.losses, loss.__name__)
    gradient = gradient_of(loss)
    y_true, y_pred = np.full(len(EDGES), label), np.array(EDGES, dtype)
    if loss is categorical_crossentropy:
        y_true = np.eye(3, dtype=dtype)[y_true]
    eps = np.finfo(dtype).eps
    values, expected = loss(y_true, y_pred), theirs(y_true, y_pred)
    np.testing.assert_allclose(values, expected, rtol=4 * eps, atol=4 * eps)
    slopes, expected = gradient(y_true, y_pred), tape_gradient(theirs, y_true, y_pred)
    np.testing.assert_allclose(slopes, expected, rtol=32 * eps, atol=32 * eps)
    assert (expected == 0).any() and (expected != 0).any()


@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.75])
def test_pinball_equals_scikit_learn(quantile):
    y_true, y_pred = example(pinball, (50, 1))
    expected = mean_pinball_loss(y_true, y_pred, alpha=quantile)
    np.testing.assert_allclose(pinball(y_true, y_pred, quantile).mean(), expected, rtol=1e-14)


# Properties


@every
@pytest.mark.parametrize("shape", [(4, 3), (2, 2, 3)])
def test_gradients_are_measured(loss, gradient, arguments, shape):
    for seed in range(3):
        y_true, y_pred = example(loss, shape, seed=seed)
        measured = numerical_gradient(lambda y, y_true=y_true: loss(y_true, y, **arguments), y_pred)
        slopes = gradient(y_true, y_pred, **arguments)
        np.testing.assert_allclose(slopes, measured, atol=1e-7 * np.abs(measured).max())


def test_equal_weights_are_the_mean_squared_error_exactly_and_others_are_not():
    y_true, y_pred = example(mean_squared_error, (100, 2))
    squared = mean_squared_error(y_true, y_pred)
    equal = weighted_squared_error(y_true, y_pred, [0.5, 0.5])
    np.testing.assert_array_equal(equal, squared)
    assert (weighted_squared_error(y_true, y_pred, [0.3, 0.7]) != squared).all()


@given(
    st_numpy.arrays(np.float64, (3, 4), elements=st.floats(-600, 600)),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_both_crossentropies_from_logits_are_one(logits, labels):
    rows = np.eye(4)[labels]
    values = sparse_categorical_crossentropy(labels, logits, from_logits=True)
    np.testing.assert_allclose(categorical_crossentropy(rows, logits, True), values, rtol=1e-13)
    assert (values >= 0).all()
    slopes = sparse_categorical_crossentropy_gradient(labels, logits, True)
    np.testing.assert_array_equal(categorical_crossentropy_gradient(rows, logits, True), slopes)
    np.testing.assert_allclose(slopes, special.softmax(logits, axis=1) - rows, atol=1e-14)


SAMPLE = np.array([1.0, 2.0, 3.5, 4.0, 50.0])


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (mean_squared_error, SAMPLE.mean()),
        (mean_absolute_error, 3.5),
        (functools.partial(pinball, quantile=0.7), 4.0),
        (functools.partial(pinball, quantile=0.1), 1.0),
        (functools.partial(huber, delta=100.0), SAMPLE.mean()),
        (functools.partial(huber, delta=1e-3), 3.5),
        (functools.partial(huber, delta=2.0), 9.5 / 3),  # -2 and 2 cancel: the mean of the rest
    ],
)
def test_the_best_constant(loss, best):
    def total(constant):
        return loss(SAMPLE[:, np.newaxis], np.full((5, 1), constant)).sum()

    found = optimize.minimize_scalar(total, bounds=(0.0, 51.0), method="bounded").x
    np.testing.assert_allclose(found, best, atol=1e-2)


# What all losses promise


@every
def test_a_gradient_takes_the_arguments_of_its_loss(loss, gradient, arguments):
    assert inspect.signature(loss) == inspect.signature(gradient)


@every
@each_dtype
@pytest.mark.parametrize("shape", [(4, 3), (0, 3), (3,), (2, 4, 3)])
def test_shape_and_the_dtype_of_the_predictions_are_kept(loss, gradient, arguments, dtype, shape):
    y_true, y_pred = example(loss, shape, dtype)
    for targets in (y_true, np.asarray(y_true, np.float64)):
        values, slopes = loss(targets, y_pred, **arguments), gradient(targets, y_pred, **arguments)
        assert values.shape == shape[:-1] and values.dtype == dtype
        assert type(slopes) is np.ndarray and slopes.shape == shape and slopes.dtype == dtype
        for result, f in ((values, loss), (slopes, gradient)):
            exact = f(targets, y_pred.astype(np.float64), **arguments)
            tolerance = 20 * np.finfo(dtype).eps
            np.testing.assert_allclose(result, exact, rtol=tolerance, atol=tolerance)


@every
def test_integers_become_float64_and_arguments_are_left_alone(loss, gradient, arguments):
    y_true, y_pred = np.array([[0, 0, 1]]), np.array([[3, 2, 1]])
    if loss is sparse_categorical_crossentropy:
        y_true = np.array([2])
    for f in (loss, gradient):
        expected = f(y_true.tolist(), y_pred.astype(float).tolist(), **arguments)
        for targets, predictions in (
            (y_true, y_pred),
            (y_true.astype(float), y_pred.astype(float)),
        ):
            targets.flags.writeable = predictions.flags.writeable = False
            result = f(targets, predictions, **arguments)
            assert result.dtype == np.float64 and result.flags.writeable
            assert not np.shares_memory(result, targets)
            assert not np.shares_memory(result, predictions)
            np.testing.assert_array_equal(result, expected)


@every
def test_nan_stays_in_its_own_sample(loss, gradient, arguments):
    y_true, y_pred = example(loss)
    y_pred[1, 2] = np.nan
    with np.errstate(all="raise"):
        values = loss(y_true, y_pred, **arguments)
        slopes = gradient(y_true, y_pred, **arguments)
    np.testing.assert_array_equal(np.isnan(values), [False, True, False, False])
    np.testing.assert_array_equal(np.isnan(slopes).any(axis=1), [False, True, False, False])
    assert np.isnan(slopes[1, 2])


@every
@given(data=st.data(), dtype=st.sampled_from(["f4", "f8"]))
def test_no_prediction_makes_a_warning(loss, gradient, arguments, data, dtype):
    y_pred = data.draw(st_numpy.arrays(dtype, (2, 3)))
    y_true, _ = example(loss, (2, 3))
    with np.errstate(all="raise"):
        loss(y_true, y_pred, **arguments)
        gradient(y_true, y_pred, **arguments)
        assert np.geterr()["over"] == "raise"  # as the caller has set it


@pytest.mark.parametrize(
    ("loss", "arguments"),
    [*REGRESSION[:-1], (weighted_squared_error, {"weights": [1, 1]}), *CROSS[1::2]],
)
def test_a_perfect_prediction_costs_0_and_not_minus_0(loss, arguments):
    y_true, y_pred = [[0.0, 1.0]], [[0.0, 1.0]]
    if arguments is LOGITS:
        y_true, y_pred = [[0.0, 1.0]], [[-1000.0, 1000.0]]
    if loss is sparse_categorical_crossentropy:
        y_true = [1]
    assert str(loss(y_true, y_pred, **arguments)) == "[0.]"


# What is refused


@every
@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("y_true", "1.0", TypeError),
        ("y_pred", "1.0", TypeError),
        *[("y_true", np.zeros(shape), ValueError) for shape in [(), (3,), (1, 3), (4, 1), (3, 4)]],
    ],
)
def test_arrays_that_do_not_fit_are_refused(loss, gradient, arguments, name, value, error):
    arrays = dict(zip(("y_true", "y_pred"), example(loss), strict=True)) | {name: value}
    for f in (loss, gradient):
        with pytest.raises(error) as caught:
            f(**arrays, **arguments)
        assert_refused(caught, name)


@every
def test_a_single_number_is_no_batch(loss, gradient, arguments):
    for f in (loss, gradient):
        with pytest.raises(ValueError) as caught:
            f(1.0, 1.0, **arguments)
        assert_refused(caught, "y_true")


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [0.5, 0], [0, np.nan]])
def test_labels_that_are_no_class_are_refused(labels):
    for f in (sparse_categorical_crossentropy, sparse_categorical_crossentropy_gradient):
        with pytest.raises(ValueError, match="whole and from 0 to 2") as caught:
            f(labels, np.full((2, 3), 0.3))
        assert_refused(caught, "y_true")


@pytest.mark.parametrize("row", [[0, 0, 0], [1, 1, 0], [2, -1, 0], [0.5, 0.498, 0], [np.nan, 1, 0]])
def test_labels_that_are_no_probabilities_are_refused(row):
    for f in (categorical_crossentropy, categorical_crossentropy_gradient):
        with pytest.raises(ValueError, match="add up to 1") as caught:
            f([[0, 1, 0], row], np.full((2, 3), 0.3))
        assert_refused(caught, "y_true")
        f([[0.5, 0.4991, 0.0]], [[0.2, 0.3, 0.5]])  # a little rounded


@pytest.mark.parametrize(
    ("loss", "name", "values"),
    [
        (huber, "delta", [0.0, -1.0, np.inf]),
        (pinball, "quantile", [0.0, 1.0, 50]),
        (weighted_squared_error, "weights", [1.0, [1.0], [0.2, -0.3, 0.5], [0.2, np.nan, 0.5]]),
    ],
)
def test_parameters_out_of_range_are_refused(loss, name, values):
    y_true, y_pred = example(loss)
    for f in (loss, gradient_of(loss)):
        for value in values:
            with pytest.raises(ValueError) as caught:
                f(y_true, y_pred, value)
            assert_refused(caught, name)
        with pytest.raises(TypeError) as caught:
            f(y_true, y_pred, "1")
        assert_refused(caught, name)
