"""The losses against Keras, scikit-learn, SciPy, calculus and numbers worked by hand."""

import functools
import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import optimize, special, stats
from sklearn.metrics import mean_pinball_loss

from helpers import losses
from helpers.gradients import check_gradient
from helpers.losses import (
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    huber,
    huber_gradient,
    mean_absolute_error,
    mean_absolute_error_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    pinball,
    pinball_gradient,
    sparse_categorical_crossentropy,
    sparse_categorical_crossentropy_gradient,
    weighted_squared_error,
    weighted_squared_error_gradient,
)
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused

FLOATS = [np.float16, np.float32, np.float64]
LOGITS = {"from_logits": True}
REGRESSION = [
    (mean_squared_error, mean_squared_error_gradient, {}),
    (mean_absolute_error, mean_absolute_error_gradient, {}),
    (huber, huber_gradient, {}),
    (huber, huber_gradient, {"delta": 0.3}),
    (pinball, pinball_gradient, {}),
    (pinball, pinball_gradient, {"quantile": 0.9}),
    (weighted_squared_error, weighted_squared_error_gradient, {"weights": [0.3, 0.7, 2.0]}),
]
CATEGORICAL = [
    (categorical_crossentropy, categorical_crossentropy_gradient, arguments)
    for arguments in (
        {},
        {"label_smoothing": 0.2},
        LOGITS,
        {"from_logits": True, "label_smoothing": 0.2},
    )
]
SPARSE = [
    (sparse_categorical_crossentropy, sparse_categorical_crossentropy_gradient, arguments)
    for arguments in ({}, LOGITS)
]
ALL = REGRESSION + CATEGORICAL + SPARSE


def named(rows):
    """Return rows of (loss, gradient, arguments) as pytest's parameters with readable names."""
    return [
        pytest.param(*row, id="-".join([row[0].__name__, *map(str, row[2].items())]))
        for row in rows
    ]


regression = pytest.mark.parametrize(("loss", "gradient", "arguments"), named(REGRESSION))
categorical = pytest.mark.parametrize(("loss", "gradient", "arguments"), named(CATEGORICAL))
sparse = pytest.mark.parametrize(("loss", "gradient", "arguments"), named(SPARSE))
every = pytest.mark.parametrize(("loss", "gradient", "arguments"), named(ALL))
each_function = pytest.mark.parametrize(
    "f", [getattr(losses, name) for name in losses.__all__], ids=losses.__all__
)


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.fixture(scope="module")
def tape_gradient():
    """Return the gradient by `y_pred` that TensorFlow finds for a loss."""
    import tensorflow as tf

    def gradient(loss, y_true, y_pred):
        y_pred = tf.constant(y_pred)
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            values = loss(tf.constant(y_true), y_pred)
        return tape.gradient(values, y_pred).numpy()

    return gradient


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


def needed(f):
    """Return values for the arguments that have no default, for three outputs."""
    if "sparse" in f.__name__:
        return {"y_true": np.array([1, 2]), "y_pred": np.full((2, 3), 0.3)}
    arguments = {"y_true": np.array([[1.0, 0, 0], [0, 1, 0]]), "y_pred": np.full((2, 3), 0.3)}
    return arguments | ({"weights": [0.2, 0.3, 0.5]} if "weight" in f.__name__ else {})


# Worked by hand


def test_regression_losses_worked_by_hand():
    y_true = [[0, 0, 0, 0], [1, 2, 3, 4]]
    y_pred = [[1, -1, 3, 0.5], [1, 2, 3, 8]]
    #   errors 1  -1  3  0.5   0  0  0  4
    np.testing.assert_array_equal(mean_squared_error(y_true, y_pred), [11.25 / 4, 4])
    np.testing.assert_array_equal(mean_absolute_error(y_true, y_pred), [5.5 / 4, 1])
    np.testing.assert_array_equal(huber(y_true, y_pred), [(0.5 + 0.5 + 2.5 + 0.125) / 4, 3.5 / 4])
    np.testing.assert_array_equal(
        huber(y_true, y_pred, delta=2.0), [(0.5 + 0.5 + 4 + 0.125) / 4, 6 / 4]
    )
    np.testing.assert_array_equal(
        pinball(y_true, y_pred, quantile=0.75), [(0.25 + 0.75 + 0.75 + 0.125) / 4, 0.25]
    )
    np.testing.assert_array_equal(
        weighted_squared_error(y_true, y_pred, [1, 2, 3, 0.5]), [1 + 2 + 27 + 0.125, 8]
    )


def test_regression_gradients_worked_by_hand():
    y_true = [[0, 0, 0, 0], [1, 2, 3, 4]]
    y_pred = [[1, -1, 3, 0.5], [1, 2, 3, 8]]
    np.testing.assert_array_equal(
        mean_squared_error_gradient(y_true, y_pred), [[0.5, -0.5, 1.5, 0.25], [0, 0, 0, 2]]
    )
    np.testing.assert_array_equal(
        mean_absolute_error_gradient(y_true, y_pred), [[0.25, -0.25, 0.25, 0.25], [0, 0, 0, 0.25]]
    )
    np.testing.assert_array_equal(
        huber_gradient(y_true, y_pred), [[0.25, -0.25, 0.25, 0.125], [0, 0, 0, 0.25]]
    )
    np.testing.assert_array_equal(
        huber_gradient(y_true, y_pred, delta=2.0), [[0.25, -0.25, 0.5, 0.125], [0, 0, 0, 0.5]]
    )
    np.testing.assert_array_equal(
        pinball_gradient(y_true, y_pred, 0.75),
        [[0.0625, -0.1875, 0.0625, 0.0625], [0, 0, 0, 0.0625]],
    )
    np.testing.assert_array_equal(
        weighted_squared_error_gradient(y_true, y_pred, [1, 2, 3, 0.5]),
        [[2, -4, 18, 0.5], [0, 0, 0, 4]],
    )


def test_crossentropies_worked_by_hand():
    rows, numbers = [[0, 1, 0], [0, 0, 1]], [1, 2]
    p = [[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]
    expected = [math.log(2), math.log(4)]
    for y_pred, arguments in ((p, {}), (np.log(p), LOGITS), (np.log(p) + 500, LOGITS)):
        np.testing.assert_allclose(
            categorical_crossentropy(rows, y_pred, **arguments), expected, rtol=1e-13
        )
        np.testing.assert_allclose(
            sparse_categorical_crossentropy(numbers, y_pred, **arguments), expected, rtol=1e-13
        )
    smoothed = 0.8 * np.array(expected) + 0.2 * np.log([2, 4, 4]).sum() / 3
    np.testing.assert_allclose(
        categorical_crossentropy(rows, p, label_smoothing=0.2), smoothed, rtol=1e-14
    )
    by_logits = [[0.25, -0.5, 0.25], [0.5, 0.25, -0.75]]  # p - y
    by_p = [[1, -1, 1], [1, 1, -3]]  # (p - y) / p
    for gradient, y_true in (
        (categorical_crossentropy_gradient, rows),
        (sparse_categorical_crossentropy_gradient, numbers),
    ):
        np.testing.assert_allclose(gradient(y_true, np.log(p), True), by_logits, rtol=1e-14)
        np.testing.assert_allclose(gradient(y_true, p, False), by_p, rtol=1e-14)


def test_the_two_outputs_of_the_lesson():
    y_true, y_pred = [[1.0, 2.0], [3.0, 4.0]], [[2.0, 4.0], [3.0, 3.0]]
    np.testing.assert_allclose(weighted_squared_error(y_true, y_pred, [0.3, 0.7]), [3.1, 0.7])
    np.testing.assert_array_equal(mean_squared_error(y_true, y_pred), [2.5, 0.5])


def test_an_untrained_classifier_of_46_classes():
    loss = sparse_categorical_crossentropy([0, 45], np.zeros((2, 46)), from_logits=True)
    np.testing.assert_allclose(loss, math.log(46), rtol=1e-15)
    assert loss.round(2).tolist() == [3.83, 3.83]
    np.testing.assert_allclose(
        sparse_categorical_crossentropy([0, 45], np.full((2, 46), 1 / 46)), loss, rtol=1e-14
    )


# Against the libraries


@regression
@pytest.mark.parametrize("dtype", FLOATS[1:])
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 5, 3), (1, 3)])
def test_regression_equals_keras(keras, tape_gradient, loss, gradient, arguments, dtype, shape):
    def weighted(y_true, y_pred, weights):
        return keras.ops.sum(keras.ops.square(y_true - y_pred) * weights, axis=-1)

    def tilted(y_true, y_pred, quantile=0.5):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(quantile * error, (quantile - 1) * error), -1)

    theirs = {weighted_squared_error: weighted, pinball: tilted}.get(loss)
    theirs = functools.partial(theirs or getattr(keras.losses, loss.__name__), **arguments)
    y_true, y_pred = example(loss, shape, dtype)
    tolerance = 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(
        loss(y_true, y_pred, **arguments), theirs(y_true, y_pred).numpy(), rtol=tolerance
    )
    np.testing.assert_allclose(
        gradient(y_true, y_pred, **arguments),
        tape_gradient(theirs, y_true, y_pred),
        rtol=tolerance,
    )


CROSS = [
    *[(*row, keras_name) for row in CATEGORICAL for keras_name in ["categorical_crossentropy"]],
    *[(*row, keras_name) for row in SPARSE for keras_name in ["sparse_categorical_crossentropy"]],
]


@pytest.mark.parametrize(("loss", "gradient", "arguments", "name"), CROSS)
@pytest.mark.parametrize("dtype", FLOATS[1:])
@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (1, 7), (6, 2)])
@pytest.mark.parametrize("scale", [1.0, 5.0, -3.0], ids="times {}".format)
def test_crossentropy_equals_keras(
    keras, tape_gradient, loss, gradient, arguments, name, dtype, shape, scale
):
    """Probabilities that do not add up to 1, exceed 1 or are negative, and logits."""
    theirs = functools.partial(getattr(keras.losses, name), **arguments)
    y_true, y_pred = example(loss, shape, dtype)
    if arguments.get("from_logits") or loss is sparse_categorical_crossentropy:
        y_pred *= dtype(scale)
    else:
        y_pred *= dtype(abs(scale))
        y_pred[..., 0] *= np.sign(scale) * dtype(0.1)
    tolerance = 30 * np.finfo(dtype).eps
    expected = theirs(y_true, y_pred).numpy()
    assert expected.dtype == dtype
    np.testing.assert_allclose(
        loss(y_true, y_pred, **arguments), expected, rtol=tolerance, atol=tolerance
    )
    expected = tape_gradient(theirs, y_true, y_pred)
    np.testing.assert_allclose(
        gradient(y_true, y_pred, **arguments),
        expected,
        rtol=tolerance,
        atol=tolerance * np.abs(expected).max(),
    )


EDGES = np.array(
    [
        [0.0, 1.0, 0.0],  # certain and right
        [1.0, 0.0, 0.0],  # certain and wrong
        [0.5, 0.0, 0.5],
        [1e-8, 5e-8, 1 - 6e-8],
        [3e-8, 1 - 4e-8, 1e-8],
        [0.2, 0.2, 0.2],
        [1e-7, 0.5, 0.4],
        [2e-7, 0.3, 0.7],
        [1.5, 1e-9, 0.25],
    ]
)


@pytest.mark.parametrize("dtype", FLOATS[1:])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_clipped_probabilities_equal_keras(keras, tape_gradient, dtype, label):
    y_pred = EDGES.astype(dtype)
    numbers = np.full(len(EDGES), label)
    rows = np.eye(3, dtype=dtype)[numbers]
    for loss, gradient, y_true, theirs in (
        (
            categorical_crossentropy,
            categorical_crossentropy_gradient,
            rows,
            keras.losses.categorical_crossentropy,
        ),
        (
            sparse_categorical_crossentropy,
            sparse_categorical_crossentropy_gradient,
            numbers,
            keras.losses.sparse_categorical_crossentropy,
        ),
    ):
        tolerance = 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(
            loss(y_true, y_pred), theirs(y_true, y_pred).numpy(), rtol=tolerance, atol=tolerance
        )
        expected = tape_gradient(theirs, y_true, y_pred)
        np.testing.assert_allclose(
            gradient(y_true, y_pred), expected, rtol=8 * tolerance, atol=8 * tolerance
        )
        assert (expected == 0).any() and (expected != 0).any()


def test_the_bounds_of_the_clipping_still_pass_the_gradient(tape_gradient, keras):
    y_true, y_pred = np.array([0, 0]), np.array([[1e-7, 1.0 - 1e-7], [1.0 - 1e-7, 1e-7]])
    gradient = sparse_categorical_crossentropy_gradient(y_true, y_pred)
    assert (gradient != 0).all()
    expected = tape_gradient(keras.losses.sparse_categorical_crossentropy, y_true, y_pred)
    np.testing.assert_allclose(gradient, expected, rtol=1e-7)


@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.75])
def test_pinball_equals_scikit_learn(quantile):
    y_true, y_pred = example(pinball, (50, 1))
    ours = pinball(y_true, y_pred, quantile)
    np.testing.assert_allclose(
        ours.mean(), mean_pinball_loss(y_true, y_pred, alpha=quantile), rtol=1e-14
    )


@pytest.mark.parametrize("delta", [0.1, 1.0, 3.0])
def test_huber_equals_scipy(delta):
    y_true, y_pred = example(huber, (50, 1))
    expected = special.huber(delta, y_pred - y_true)[:, 0]
    np.testing.assert_allclose(huber(y_true, y_pred, delta), expected, rtol=1e-14)


def test_crossentropy_equals_scipy():
    y_true, p = example(categorical_crossentropy, (20, 5))
    p /= p.sum(axis=1, keepdims=True)
    entropy_and_divergence = stats.entropy(y_true, axis=1) + stats.entropy(y_true, p, axis=1)
    np.testing.assert_allclose(categorical_crossentropy(y_true, p), entropy_and_divergence)


# Properties


@every
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 2, 3)])
def test_gradients_are_measured(loss, gradient, arguments, shape):
    for seed in range(3):
        y_true, y_pred = example(loss, shape, seed=seed)
        error = check_gradient(
            lambda y, y_true=y_true: loss(y_true, y, **arguments),
            lambda y, y_true=y_true: gradient(y_true, y, **arguments),
            y_pred,
        )
        assert error < 1e-7


@every
def test_each_sample_has_its_own_value_and_gradient(loss, gradient, arguments):
    y_true, y_pred = example(loss)
    values, slopes = loss(y_true, y_pred, **arguments), gradient(y_true, y_pred, **arguments)
    for i in range(len(y_pred)):
        np.testing.assert_array_equal(loss(y_true[i], y_pred[i], **arguments), values[i])
        np.testing.assert_array_equal(gradient(y_true[i], y_pred[i], **arguments), slopes[i])
        np.testing.assert_array_equal(gradient(y_true[[i]], y_pred[[i]], **arguments), slopes[[i]])


pairs = st_numpy.array_shapes(min_dims=1, max_dims=2, max_side=4).flatmap(
    lambda shape: st.tuples(
        *[st_numpy.arrays(np.float64, shape, elements=st.floats(-1e3, 1e3)) for _ in range(2)]
    )
)


@settings(deadline=None)
@given(pairs, st.floats(1e-3, 1e3), st.floats(0.01, 0.99))
def test_regression_losses_and_each_other(pair, delta, quantile):
    y_true, y_pred = pair
    squared, absolute = mean_squared_error(*pair), mean_absolute_error(*pair)
    hubers, tilted = huber(*pair, delta), pinball(*pair, quantile)
    weights = np.full(y_pred.shape[-1], 1 / y_pred.shape[-1])
    slack = 1e-9 * (1 + squared)
    assert (hubers <= squared / 2 + slack).all() and (hubers <= delta * absolute + slack).all()
    assert (hubers >= delta * (absolute - delta / 2) - slack).all()
    np.testing.assert_allclose(pinball(*pair), absolute / 2, rtol=1e-12)
    np.testing.assert_allclose(tilted + pinball(*pair, 1 - quantile), absolute, rtol=1e-12)
    np.testing.assert_allclose(tilted, pinball(y_pred, y_true, 1 - quantile), rtol=1e-12)
    np.testing.assert_allclose(weighted_squared_error(*pair, weights), squared, rtol=1e-12)
    for loss in (mean_squared_error, mean_absolute_error, huber):
        np.testing.assert_array_equal(loss(y_true, y_pred), loss(y_pred, y_true))
        np.testing.assert_array_equal(loss(y_true, y_true), np.zeros(y_true.shape[:-1]))
    np.testing.assert_allclose(
        huber_gradient(*pair, 1e9), mean_squared_error_gradient(*pair) / 2, rtol=1e-12
    )
    np.testing.assert_allclose(
        pinball_gradient(*pair), mean_absolute_error_gradient(*pair) / 2, rtol=1e-12
    )
    assert np.abs(huber_gradient(*pair, delta)).max() <= delta / y_pred.shape[-1] * (1 + 1e-12)


def test_equal_weights_are_the_mean_squared_error_exactly():
    y_true, y_pred = example(mean_squared_error, (100, 2))
    np.testing.assert_array_equal(
        weighted_squared_error(y_true, y_pred, [0.5, 0.5]), mean_squared_error(y_true, y_pred)
    )
    np.testing.assert_array_equal(
        weighted_squared_error_gradient(y_true, y_pred, [0.5, 0.5]),
        mean_squared_error_gradient(y_true, y_pred),
    )
    different = weighted_squared_error(y_true, y_pred, [0.3, 0.7])
    assert (different != mean_squared_error(y_true, y_pred)).all()


@settings(deadline=None)
@given(
    st_numpy.arrays(np.float64, (3, 4), elements=st.floats(-600, 600)),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.floats(-100, 100),
)
def test_crossentropies_from_logits(logits, labels, shift):
    rows = np.eye(4)[labels]
    values = sparse_categorical_crossentropy(labels, logits, from_logits=True)
    np.testing.assert_allclose(categorical_crossentropy(rows, logits, True), values, rtol=1e-13)
    assert (values >= 0).all() and not np.signbit(values).any()
    shifted = sparse_categorical_crossentropy(labels, logits + shift, True)
    np.testing.assert_allclose(shifted, values, rtol=1e-9, atol=1e-9)
    slopes = sparse_categorical_crossentropy_gradient(labels, logits, True)
    np.testing.assert_array_equal(categorical_crossentropy_gradient(rows, logits, True), slopes)
    np.testing.assert_allclose(slopes.sum(axis=1), 0, atol=1e-14)
    np.testing.assert_allclose(slopes, special.softmax(logits, axis=1) - rows, atol=1e-14)


SAMPLE = np.array([1.0, 2.0, 3.5, 4.0, 50.0])


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (mean_squared_error, SAMPLE.mean()),
        (mean_absolute_error, np.median(SAMPLE)),
        (functools.partial(pinball, quantile=0.5), np.median(SAMPLE)),
        (functools.partial(pinball, quantile=0.7), 4.0),
        (functools.partial(pinball, quantile=0.1), 1.0),
        (functools.partial(huber, delta=100.0), SAMPLE.mean()),
        (functools.partial(huber, delta=1e-3), np.median(SAMPLE)),
        (functools.partial(huber, delta=2.0), 9.5 / 3),  # -2 and 2 cancel: the mean of the rest
    ],
)
def test_the_best_constant(loss, best):
    def total(constant):
        return loss(SAMPLE[:, np.newaxis], np.full((5, 1), constant)).sum()

    found = optimize.minimize_scalar(total, bounds=(0.0, 51.0), method="bounded").x
    np.testing.assert_allclose(found, best, atol=1e-2)


def test_label_smoothing_of_one_forgets_the_label():
    _, p = example(categorical_crossentropy, (2, 4))
    values = [categorical_crossentropy(np.eye(4)[[i, i]], p, False, 1.0) for i in range(4)]
    np.testing.assert_array_equal(values, [values[0]] * 4)


# What all losses promise


def test_signatures():
    for loss, gradient, _ in ALL:
        assert inspect.signature(loss) == inspect.signature(gradient)
        assert gradient.__name__ == f"{loss.__name__}_gradient"
    defaults = {
        (f.__name__, p.name): p.default
        for f in (huber, pinball, categorical_crossentropy, sparse_categorical_crossentropy)
        for p in list(inspect.signature(f).parameters.values())[2:]
    }
    assert defaults == {
        ("huber", "delta"): 1.0,
        ("pinball", "quantile"): 0.5,
        ("categorical_crossentropy", "from_logits"): False,
        ("categorical_crossentropy", "label_smoothing"): 0.0,
        ("sparse_categorical_crossentropy", "from_logits"): False,
    }
    assert {f.__name__ for row in ALL for f in row[:2]} == set(losses.__all__)


@every
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(4, 3), (0, 3), (2, 0, 3), (1, 3), (2, 4, 3)])
def test_shape_and_the_dtype_of_the_predictions_are_kept(loss, gradient, arguments, dtype, shape):
    y_true, y_pred = example(loss, shape, dtype)
    for targets in (y_true, y_true.astype(np.float64), y_true.astype(np.float16)):
        values = loss(targets, y_pred, **arguments)
        assert type(values) is np.ndarray
        assert values.shape == shape[:-1] and values.dtype == dtype
        slopes = gradient(targets, y_pred, **arguments)
        assert type(slopes) is np.ndarray
        assert slopes.shape == shape and slopes.dtype == dtype


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_low_precision_is_close_to_float64(loss, gradient, arguments, dtype):
    y_true, y_pred = example(loss, (5, 3), dtype)
    for f in (loss, gradient):
        exact = f(y_true, y_pred.astype(np.float64), **arguments)
        tolerance = 10 * np.finfo(dtype).eps
        np.testing.assert_allclose(
            f(y_true, y_pred, **arguments), exact, rtol=tolerance, atol=tolerance
        )


@every
def test_one_sample_alone_gives_a_number(loss, gradient, arguments):
    for dtype in FLOATS:
        y_true, y_pred = example(loss, (3,), dtype)
        assert type(loss(y_true, y_pred, **arguments)) is dtype
        slopes = gradient(y_true, y_pred, **arguments)
        assert type(slopes) is np.ndarray and slopes.shape == (3,) and slopes.dtype == dtype


@every
def test_integers_become_float64(loss, gradient, arguments):
    y_true, y_pred = np.array([[0, 0, 1]]), np.array([[3, 2, 1]], dtype=np.int32)
    if loss is sparse_categorical_crossentropy:
        y_true = np.array([2], dtype=np.uint8)
    for f in (loss, gradient):
        result = f(y_true, y_pred, **arguments)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(
            result, f(y_true.tolist(), y_pred.astype(float).tolist(), **arguments)
        )
        np.testing.assert_array_equal(result, f(y_true.astype(np.float32), y_pred, **arguments))


def in_other_layouts(array):
    read_only = array.copy()
    read_only.flags.writeable = False
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    swapped = array.astype(array.dtype.newbyteorder())
    return [read_only, np.asfortranarray(array), wide[..., ::2], swapped]


@every
def test_arguments_are_left_alone_whatever_their_layout(loss, gradient, arguments):
    plain_true, plain_pred = example(loss)
    for y_true, y_pred in zip(
        in_other_layouts(plain_true), in_other_layouts(plain_pred), strict=True
    ):
        before = y_true.tobytes(), y_pred.tobytes()
        for f in (loss, gradient):
            result = f(y_true, y_pred, **arguments)
            np.testing.assert_allclose(result, f(plain_true, plain_pred, **arguments), rtol=1e-14)
            assert result.flags.writeable and result.dtype == np.float64 and result.dtype.isnative
            assert not np.shares_memory(result, y_true)
            assert not np.shares_memory(result, y_pred)
            result[...] = 7.0
            assert (y_true.tobytes(), y_pred.tobytes()) == before


def test_weights_are_left_alone_and_take_the_dtype_of_the_predictions():
    weights = np.array([0.3, 0.7])
    weights.flags.writeable = False
    for f in (weighted_squared_error, weighted_squared_error_gradient):
        for dtype in FLOATS:
            assert f([[1, 2]], np.ones((1, 2), dtype), weights).dtype == dtype
        np.testing.assert_array_equal(f([[1, 2]], [[3, 4]], [0, 0]), f([[1, 2]], [[1, 2]], [1, 1]))


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


@regression
def test_infinite_predictions(loss, gradient, arguments):
    y_true = np.zeros((2, 3))
    y_pred = np.array([[np.inf, 0, 0], [0, 0, -np.inf]])
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(loss(y_true, y_pred, **arguments), [np.inf, np.inf])
        slopes = gradient(y_true, y_pred, **arguments)
    assert not np.isnan(slopes).any()
    assert slopes[0, 0] > 0 and slopes[1, 2] < 0 and np.count_nonzero(slopes) == 2


@regression
@pytest.mark.parametrize("dtype", FLOATS)
def test_extreme_numbers_make_no_warning(loss, gradient, arguments, dtype):
    info = np.finfo(dtype)
    extremes = [np.inf, -np.inf, info.max, -info.max, info.smallest_subnormal, np.nan, 0.0]
    rows = np.array(list(itertools.combinations_with_replacement(extremes, 3)), dtype)
    for y_true in (rows, rows[::-1], np.full(rows.shape, -1e300)):
        with np.errstate(all="raise"):
            values = loss(y_true, rows, **arguments)
            slopes = gradient(y_true, rows, **arguments)
        assert values.dtype == slopes.dtype == dtype
        np.testing.assert_array_equal(np.isnan(values), np.isnan(slopes).any(axis=1))


@regression
def test_nan_targets_stay_in_their_own_sample(loss, gradient, arguments):
    y_true, y_pred = example(loss)
    y_true[1, 0] = np.nan
    with np.errstate(all="raise"):
        values = loss(y_true, y_pred, **arguments)
        slopes = gradient(y_true, y_pred, **arguments)
    np.testing.assert_array_equal(np.isnan(values), [False, True, False, False])
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(slopes)), [3])


@pytest.mark.parametrize("dtype", FLOATS)
def test_logits_of_minus_infinity_are_probabilities_of_0(dtype):
    logits = np.array([[-np.inf, 0, 0], [-np.inf, 0, 0]], dtype)
    rows = [[0, 1, 0], [1, 0, 0]]
    with np.errstate(all="raise"):
        for loss, y_true in (
            (categorical_crossentropy, rows),
            (sparse_categorical_crossentropy, [1, 0]),
        ):
            expected = np.array([math.log(2), np.inf]).astype(dtype)
            np.testing.assert_array_equal(loss(y_true, logits, from_logits=True), expected)
        slopes = categorical_crossentropy_gradient(rows, logits, from_logits=True)
    np.testing.assert_array_equal(slopes, [[0, -0.5, 0.5], [-1, 0.5, 0.5]])


@pytest.mark.parametrize("dtype", FLOATS)
def test_large_logits(dtype):
    with np.errstate(all="raise"):
        loss = categorical_crossentropy([[0, 1]], np.array([[1000, 0]], dtype), True)
        other = sparse_categorical_crossentropy([1], np.array([[1000, 0]], dtype), True)
    assert loss == other == 1000.0


def test_probabilities_without_an_answer_make_no_warning():
    y_pred = np.array([[0.0, 0, 0], [np.inf, 1, 1], [0.2, 0.3, 0.5]])
    with np.errstate(all="raise"):
        values = categorical_crossentropy(np.eye(3), y_pred)
        slopes = categorical_crossentropy_gradient(np.eye(3), y_pred)
        others = sparse_categorical_crossentropy([0, 1, 2], y_pred)
        sparse_categorical_crossentropy_gradient([0, 1, 2], y_pred)
    np.testing.assert_array_equal(np.isnan(values), [True, True, False])
    np.testing.assert_array_equal(np.isnan(slopes).any(axis=1), [True, True, False])
    np.testing.assert_allclose(others[0], math.log(3))  # clipped first, then divided


@every
@settings(deadline=None, max_examples=30)
@given(data=st.data(), dtype=st.sampled_from(["f2", "f4", "f8"]))
def test_no_prediction_makes_a_warning(loss, gradient, arguments, data, dtype):
    y_pred = data.draw(st_numpy.arrays(dtype, (2, 3)))
    y_true, _ = example(loss, (2, 3))
    if (loss, gradient, arguments) in REGRESSION:
        y_true = data.draw(st_numpy.arrays(np.float64, (2, 3)))
    with np.errstate(all="raise"):
        values = loss(y_true, y_pred, **arguments)
        slopes = gradient(y_true, y_pred, **arguments)
    assert values.dtype == slopes.dtype == y_pred.dtype
    nan = np.isnan(y_pred).any(axis=1)
    assert np.isnan(values)[nan].all() and np.isnan(slopes).any(axis=1)[nan].all()


def test_parameters_too_large_for_the_dtype_do_not_warn():
    y_true, y_pred = np.zeros((1, 2), np.float16), np.array([[1.0, -60000.0]], np.float16)
    with np.errstate(all="raise"):
        assert huber(y_true, y_pred, delta=1e300) == np.inf
        assert np.isfinite(huber_gradient(y_true, y_pred, delta=1e300)).all()
        assert huber([[1.0]], [[3.0]], delta=1e300) == 2.0
        assert weighted_squared_error(y_true, y_pred, [1e300, 1]) == np.inf
        assert weighted_squared_error_gradient(y_true, y_pred, [1e300, 1])[0, 0] == np.inf


def test_a_perfect_prediction_costs_0_and_not_minus_0():
    for loss, arguments in (
        (mean_squared_error, {}),
        (mean_absolute_error, {}),
        (huber, {}),
        (pinball, {"quantile": 0.3}),
        (weighted_squared_error, {"weights": [0.5, 0.5]}),
        (categorical_crossentropy, LOGITS),
    ):
        y_pred = [[-1000.0, 1000.0]] if arguments is LOGITS else [[0.0, 1.0]]
        value = loss([[0.0, 1.0]], y_pred, **arguments)
        assert str(value) == "[0.]"
    value = sparse_categorical_crossentropy([1], [[-1000.0, 1000.0]], from_logits=True)
    assert str(value) == "[0.]"


# What is refused


ARRAYS = [
    pytest.param(getattr(losses, function), name, id=f"{function}-{name}")
    for function in losses.__all__
    for name in needed(getattr(losses, function))
]


@pytest.mark.parametrize(("f", "name"), ARRAYS)
@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_arrays_are_refused(f, name, value, error):
    with pytest.raises(error) as caught:
        f(**needed(f) | {name: value})
    assert_refused(caught, name)


@each_function
@pytest.mark.parametrize(
    "shape", [(), (3,), (1, 3), (3, 3), (2, 1), (2, 2), (2, 3, 1), (1, 2, 3), (2, 1, 3), (6,)]
)
def test_targets_of_another_shape_are_refused(f, shape):
    arguments = needed(f) | {"y_true": np.zeros(shape)}
    with pytest.raises(ValueError, match="y_true must have the shape") as caught:
        f(**arguments)
    assert_refused(caught, "y_true")
    assert str(arguments["y_pred"].shape[: 1 if "sparse" in f.__name__ else 2]) in str(caught.value)


@each_function
@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (0, 0)])
def test_predictions_without_outputs_are_refused(f, shape):
    arguments = needed(f) | {"y_pred": np.zeros(shape), "y_true": np.zeros(shape)}
    with pytest.raises(ValueError, match="y_pred must have") as caught:
        f(**arguments)
    assert_refused(caught, "y_pred")


@pytest.mark.parametrize("f", [sparse_categorical_crossentropy, SPARSE[0][1]])
@pytest.mark.parametrize(
    "labels", [[0, 3], [-1, 0], [0.5, 0], [0, np.nan], [np.inf, 0], [0, 2.0000001], [0, 2**40]]
)
def test_labels_that_are_no_class_are_refused(f, labels):
    for from_logits in (False, True):
        with pytest.raises(ValueError, match="whole and from 0 to 2") as caught:
            f(labels, np.full((2, 3), 0.3), from_logits)
        assert_refused(caught, "y_true")


@pytest.mark.parametrize("f", [categorical_crossentropy, CATEGORICAL[0][1]])
@pytest.mark.parametrize(
    "row",
    [
        [0, 0, 0],
        [1, 1, 0],
        [2, -1, 0],
        [-0.001, 1.001, 0],
        [0.5, 0.49, 0],
        [0.5, 0.51, 0],
        [np.nan, 1, 0],
        [np.inf, 0, 0],
        [np.inf, -np.inf, 0],
    ],
)
def test_labels_that_are_no_probabilities_are_refused(f, row):
    for from_logits in (False, True):
        with np.errstate(all="raise"), pytest.raises(ValueError, match="add up to 1") as caught:
            f([[0, 1, 0], row], np.full((2, 3), 0.3), from_logits)
        assert_refused(caught, "y_true")


def test_labels_may_be_a_little_rounded():
    y_pred = [[0.2, 0.3, 0.5]]
    categorical_crossentropy([[0.5, 0.4991, 0.0]], y_pred)
    categorical_crossentropy([[0.5, 0.5009, 0.0]], y_pred)
    for label in (0.4989, 0.5011):
        with pytest.raises(ValueError, match="add up to 1"):
            categorical_crossentropy([[0.5, label, 0.0]], y_pred)
    exact = categorical_crossentropy([[1 / 3, 1 / 3, 1 / 3]], y_pred)
    rounded = categorical_crossentropy([[0.3333, 0.3333, 0.3333]], y_pred)
    np.testing.assert_allclose(rounded, exact, rtol=1e-3)


@pytest.mark.parametrize("f", [weighted_squared_error, weighted_squared_error_gradient])
@pytest.mark.parametrize(
    "weights",
    [
        1.0,
        [1.0],
        [0.5, 0.5],
        [[0.2, 0.3, 0.5]],
        [[0.2], [0.3], [0.5]],
        [0.2, -0.3, 0.5],
        [0.2, np.nan, 0.5],
        [0.2, np.inf, 0.5],
        [],
    ],
)
def test_weights_that_do_not_fit_are_refused(f, weights):
    with pytest.raises(ValueError) as caught:
        f(np.zeros((2, 3)), np.ones((2, 3)), weights)
    assert_refused(caught, "weights")


PARAMETERS = [
    (getattr(losses, name), parameter)
    for name in losses.__all__
    for parameter in inspect.signature(getattr(losses, name)).parameters
    if parameter in ("delta", "quantile", "label_smoothing")
]
OUT_OF_RANGE = {
    "delta": [0.0, -1.0, 0],
    "quantile": [0.0, 1.0, -0.1, 1.1, 50],
    "label_smoothing": [-0.1, 1.1, 2],
}


def test_every_parameter_is_in_the_table():
    assert len(PARAMETERS) == 6


@pytest.mark.parametrize(("f", "name"), PARAMETERS)
@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_bad_parameters_are_refused(f, name, value, error):
    with pytest.raises(error) as caught:
        f(**needed(f), **{name: value})
    assert_refused(caught, name)


@pytest.mark.parametrize(("f", "name"), PARAMETERS)
def test_parameters_out_of_range_are_refused(f, name):
    for value in OUT_OF_RANGE[name]:
        with pytest.raises(ValueError, match=f"{name} must be a finite number") as caught:
            f(**needed(f), **{name: value})
        assert_refused(caught, name)


@pytest.mark.parametrize("f", [f for row in (CATEGORICAL[0], SPARSE[0]) for f in row[:2]])
@pytest.mark.parametrize("value", [1, 0, None, "True", "no", 0.0, [], [True], np.array([True])])
def test_from_logits_must_be_a_bool(f, value):
    with pytest.raises((TypeError, ValueError)) as caught:
        f(**needed(f), from_logits=value)
    assert_refused(caught, "from_logits")
    np.testing.assert_array_equal(
        f(**needed(f), from_logits=np.True_), f(**needed(f), from_logits=True)
    )
