"""The activations against Keras, SciPy, calculus and numbers worked by hand."""

import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import special

from helpers.activations import (
    count_dead_units,
    elu,
    elu_derivative,
    gelu,
    gelu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    log_softmax,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    softmax,
    softmax_jacobian,
    tanh,
    tanh_derivative,
)
from helpers.gradients import check_gradient, numerical_gradient
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused

ALL = [
    elu,
    elu_derivative,
    gelu,
    gelu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    tanh,
    tanh_derivative,
]
PAIRS = [(f, d) for f, d in zip(ALL[::2], ALL[1::2], strict=True)]
RELUS = [relu, relu_derivative]
LEAKY_RELUS = [leaky_relu, leaky_relu_derivative]
FLOATS = [np.float16, np.float32, np.float64]
X = np.array([-20.0, -10.0, -3.0, -1.5, -0.5, 0.0, 0.5, 1.5, 3.0, 7.0, 15.0])

SLOPES = [-0.5, 0.0, 0.01, 0.2, 1.0, 2.0]
CEILINGS = [None, 0.0, 1.0, 2.0, 6.0, 10.0]
THRESHOLDS = [-3.0, -1.0, 0.0, 0.5, 1.0, 3.0, 8.0]
GRID = list(itertools.product(SLOPES, CEILINGS, THRESHOLDS))

every = pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
finite = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.fixture(scope="module")
def tape_derivative():
    """Return the derivative that TensorFlow finds for an elementwise function."""
    import tensorflow as tf

    def derivative(f, x):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x).numpy()

    return derivative


def relu_by_cases(x, negative_slope, max_value, threshold):
    """Return ReLU of one number, word for word as the formula says."""
    if max_value is not None and x >= max_value:
        return max_value
    if x >= threshold:
        return x
    return negative_slope * (x - threshold)


def slope_by_cases(x, negative_slope, max_value, threshold):
    """Return the slope of ReLU at one number, word for word as the formula says."""
    if max_value is not None and x >= max_value:
        return 0.0
    if x > threshold:
        return 1.0
    return negative_slope


def keras_follows_its_formula(x, max_value, threshold):
    """Tell where Keras does what its documentation says; `relu` lists the exceptions."""
    at_the_jump = (x == threshold) & (threshold != 0)
    cut_below_zero = (threshold < x) & (x < 0) & (max_value is not None)
    ceiling_below_threshold = (max_value is not None) and (max_value <= x) & (x < threshold)
    return ~(at_the_jump | cut_below_zero | ceiling_below_threshold)


def layouts():
    """Return the same numbers in memory laid out in different ways."""
    x = np.linspace(-4, 4, 12).reshape(3, 4)
    read_only = x.copy()
    read_only.flags.writeable = False
    wide = np.zeros((3, 8))
    wide[:, ::2] = x
    return {
        "contiguous": x,
        "read-only": read_only,
        "Fortran order": np.asfortranarray(x),
        "every other column": wide[:, ::2],
        "backwards": x[::-1, ::-1].copy()[::-1, ::-1],
        "big-endian": x.astype(">f8"),
        "little-endian": x.astype("<f8"),
        "broadcast": np.broadcast_to(x, (2, 3, 4)),
        "not aligned": np.frombuffer(b"\0" + x.tobytes(), offset=1).reshape(3, 4),
    }


# ReLU


@pytest.mark.parametrize(
    ("x", "expected"), [(1.0, 1.0), (-10.0, 0.0), (0.0, 0.0), (15.0, 15.0), (-20.0, 0.0)]
)
def test_relu_of_the_five_numbers(x, expected):
    assert relu(x) == expected
    assert f"Applying ReLU on ({x}) gives {relu(x)}" == (
        f"Applying ReLU on ({x}) gives {expected}"  # and not -0.0
    )


@pytest.mark.parametrize(
    ("x", "expected"), [(1.0, 1.0), (-10.0, -0.1), (0.0, 0.0), (15.0, 15.0), (-20.0, -0.2)]
)
def test_leaky_relu_of_the_five_numbers(x, expected):
    assert f"{leaky_relu(x)}" == f"{expected}"


@pytest.mark.parametrize(
    ("arguments", "values", "slopes"),
    [
        # at                 -4    -1     0   0.5     1     2     6     9
        ({}, [0, 0, 0, 0.5, 1, 2, 6, 9], [0, 0, 0, 1, 1, 1, 1, 1]),
        (
            {"negative_slope": 0.5},
            [-2, -0.5, 0, 0.5, 1, 2, 6, 9],
            [0.5, 0.5, 0.5, 1, 1, 1, 1, 1],
        ),
        ({"max_value": 6}, [0, 0, 0, 0.5, 1, 2, 6, 6], [0, 0, 0, 1, 1, 1, 0, 0]),
        ({"max_value": 0}, [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]),
        ({"threshold": 1}, [0, 0, 0, 0, 1, 2, 6, 9], [0, 0, 0, 0, 0, 1, 1, 1]),
        ({"threshold": -1}, [0, -1, 0, 0.5, 1, 2, 6, 9], [0, 0, 1, 1, 1, 1, 1, 1]),
        (
            {"negative_slope": 0.5, "max_value": 6, "threshold": 1},
            [-2.5, -1, -0.5, -0.25, 1, 2, 6, 6],
            [0.5, 0.5, 0.5, 0.5, 0.5, 1, 0, 0],
        ),
        (
            {"negative_slope": -1, "threshold": 2},
            [6, 3, 2, 1.5, 1, 2, 6, 9],
            [-1, -1, -1, -1, -1, -1, 1, 1],
        ),
        (  # a ceiling below the threshold: the first case that fits counts
            {"negative_slope": 0.5, "max_value": 1, "threshold": 6},
            [-5, -3.5, -3, -2.75, 1, 1, 1, 1],
            [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0],
        ),
    ],
)
def test_relu_worked_by_hand(arguments, values, slopes):
    x = [-4, -1, 0, 0.5, 1, 2, 6, 9]
    np.testing.assert_array_equal(relu(x, **arguments), values)
    np.testing.assert_array_equal(relu_derivative(x, **arguments), slopes)


def test_relu_defaults_and_order_of_arguments():
    assert list(inspect.signature(relu).parameters) == list(
        inspect.signature(relu_derivative).parameters
    )
    named = relu(X, negative_slope=0.2, max_value=6.0, threshold=1.0)
    np.testing.assert_array_equal(relu(X, 0.2, 6.0, 1.0), named)
    named = relu_derivative(X, negative_slope=0.2, max_value=6.0, threshold=1.0)
    np.testing.assert_array_equal(relu_derivative(X, 0.2, 6.0, 1.0), named)
    np.testing.assert_array_equal(leaky_relu(X), relu(X, negative_slope=0.01))
    np.testing.assert_array_equal(leaky_relu(X, 0.3), relu(X, negative_slope=0.3))
    np.testing.assert_array_equal(
        leaky_relu_derivative(X, 0.3), relu_derivative(X, negative_slope=0.3)
    )


@settings(deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, width=32), max_size=8),
    st.floats(-10, 10),
    st.none() | st.floats(0, 100),
    st.floats(-100, 100),
)
def test_relu_follows_its_formula(x, negative_slope, max_value, threshold):
    arguments = (negative_slope, max_value, threshold)
    with np.errstate(all="raise"):
        values, slopes = relu(x, *arguments), relu_derivative(x, *arguments)
    if negative_slope == 0.0:  # 0 * inf is 0 here
        expected = [relu_by_cases(max(v, -1e300), *arguments) for v in x]
    else:
        expected = [relu_by_cases(v, *arguments) for v in x]
    np.testing.assert_array_equal(values, np.array(expected))
    np.testing.assert_array_equal(slopes, np.array([slope_by_cases(v, *arguments) for v in x]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_relu_at_its_kinks_follows_the_convention_in_every_dtype(dtype):
    for threshold, ceiling in [(0.0, 6.0), (0.1, 0.3), (-0.7, 2.1)]:
        x = np.array([threshold, ceiling], dtype=dtype)
        np.testing.assert_array_equal(relu(x, 0.5, ceiling, threshold), x)
        np.testing.assert_array_equal(relu_derivative(x, 0.5, ceiling, threshold), [0.5, 0.0])
        np.testing.assert_array_equal(relu_derivative(x, 0.0, ceiling, threshold), [0.0, 0.0])
    np.testing.assert_array_equal(leaky_relu_derivative(np.zeros(2, dtype), 0.25), [0.25, 0.25])


def test_relu_derivative_is_the_measured_slope_away_from_the_kinks():
    for negative_slope, max_value, threshold in GRID:
        kinks = [threshold] if max_value is None else [threshold, max_value]
        x = X[np.abs(X[:, None] - kinks).min(axis=1) > 0.1]
        arguments = (negative_slope, max_value, threshold)
        measured = numerical_gradient(lambda x, a=arguments: relu(x, *a), x)
        np.testing.assert_allclose(relu_derivative(x, *arguments), measured, atol=1e-9)


def test_relu_equals_keras(keras):
    x = np.unique(np.concatenate([X, CEILINGS[1:], THRESHOLDS, np.linspace(-9, 9, 37)]))
    for negative_slope, max_value, threshold in GRID:
        theirs = keras.activations.relu(
            x, negative_slope=negative_slope, max_value=max_value, threshold=threshold
        ).numpy()
        ours = relu(x, negative_slope, max_value, threshold)
        same = keras_follows_its_formula(x, max_value, threshold)
        # TensorFlow holds the slope of its leaky ReLU in float32.
        np.testing.assert_allclose(ours[same], theirs[same], rtol=1e-7, atol=1e-12)
        elsewhere = [relu_by_cases(v, negative_slope, max_value, threshold) for v in x[~same]]
        np.testing.assert_array_equal(ours[~same], elsewhere)


@pytest.mark.parametrize("dtype", FLOATS)
def test_activations_equal_keras_in_every_dtype(keras, dtype):
    x = np.linspace(-9, 9, 101).astype(dtype)
    for ours, theirs in [
        (relu(x), keras.activations.relu(x)),
        (relu(x, max_value=6.0), keras.activations.relu6(x)),
        (leaky_relu(x, 0.2), keras.activations.leaky_relu(x, negative_slope=0.2)),
        (leaky_relu(x, 0.3), keras.layers.LeakyReLU(dtype=x.dtype.name)(x)),
        (sigmoid(x), keras.activations.sigmoid(x)),
        (tanh(x), keras.activations.tanh(x)),
        (elu(x), keras.activations.elu(x)),
        (elu(x, 0.5), keras.activations.elu(x, alpha=0.5)),
        (silu(x), keras.activations.silu(x)),
    ]:
        theirs = keras.ops.convert_to_numpy(theirs)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=max(4 * np.finfo(dtype).eps, 1e-7))


def test_derivatives_equal_the_gradient_tape(keras, tape_derivative):
    for f, derivative, theirs in [
        (keras.activations.relu, relu_derivative, 1e-15),
        (keras.activations.sigmoid, sigmoid_derivative, 1e-13),
        (keras.activations.tanh, tanh_derivative, 1e-13),
        (keras.activations.elu, elu_derivative, 1e-15),
        (keras.activations.silu, silu_derivative, 1e-13),
        (keras.activations.gelu, gelu_derivative, 1e-13),
    ]:
        np.testing.assert_allclose(derivative(X), tape_derivative(f, X), rtol=1e-6, atol=theirs)
    for negative_slope, max_value, threshold in GRID:
        kinks = [threshold] if max_value is None else [threshold, max_value]
        x = X[keras_follows_its_formula(X, max_value, threshold) & ~np.isin(X, kinks)]

        def f(x, arguments=(negative_slope, max_value, threshold)):
            return keras.activations.relu(x, *arguments)

        ours = relu_derivative(x, negative_slope, max_value, threshold)
        np.testing.assert_allclose(ours, tape_derivative(f, x), rtol=1e-7)


def test_keras_tensors_are_read_and_symbols_refused(keras):
    tensor = keras.ops.convert_to_tensor(X.astype("float32"))
    y = relu(tensor)
    assert type(y) is np.ndarray and y.dtype == np.float32
    np.testing.assert_array_equal(y, np.maximum(X, 0))
    np.testing.assert_array_equal(relu(keras.Variable(X, dtype="float32")), y)
    with pytest.raises(TypeError) as caught:
        relu(keras.Input((3,)))
    assert_refused(caught, "x")


# sigmoid and tanh


def test_sigmoid_worked_by_hand():
    # e^ln3 = 3, so sigmoid(ln 3) = 3/4 and its derivative 3/4 * 1/4
    x = [-math.log(3), 0.0, math.log(3)]
    np.testing.assert_allclose(sigmoid(x), [0.25, 0.5, 0.75], rtol=1e-15)
    np.testing.assert_allclose(sigmoid_derivative(x), [3 / 16, 1 / 4, 3 / 16], rtol=1e-15)
    # tanh(ln 3) = (3 - 1/3) / (3 + 1/3) = 4/5 and its derivative 1 - 16/25
    np.testing.assert_allclose(tanh(x), [-0.8, 0.0, 0.8], rtol=1e-15)
    np.testing.assert_allclose(tanh_derivative(x), [9 / 25, 1.0, 9 / 25], rtol=1e-15)


@settings(deadline=None)
@given(st.floats(-700, 700))
def test_sigmoid_and_tanh_keep_their_digits(x):
    np.testing.assert_allclose(sigmoid(x), special.expit(x), rtol=2e-15)
    expected = special.expit(x) * special.expit(-x)
    np.testing.assert_allclose(sigmoid_derivative(x), expected, rtol=2e-15)
    assert tanh(x) == np.tanh(x)
    half = x / 2
    np.testing.assert_allclose(tanh_derivative(half), 1 / np.cosh(half) ** 2, rtol=4e-15)


@settings(deadline=None)
@given(finite)
def test_symmetry(x):
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0, abs=1e-15)
    assert sigmoid_derivative(x) == sigmoid_derivative(-x)
    assert tanh(x) == -tanh(-x)
    assert tanh_derivative(x) == tanh_derivative(-x)


@settings(deadline=None)
@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_order_is_kept_and_results_are_in_range(a, b):
    low, high = min(a, b), max(a, b)
    for f in (relu, leaky_relu, elu, sigmoid, tanh):
        # neighbours may be rounded past each other
        assert f(low) <= f(high) or f(low) == pytest.approx(f(high), rel=1e-15)
    one = 1 + 1e-15
    assert 0 <= sigmoid(low) <= 1 and 0 <= sigmoid_derivative(low) <= 0.25 * one
    assert -1 <= tanh(low) <= 1 and 0 <= tanh_derivative(low) <= one


@pytest.mark.parametrize(("f", "derivative"), PAIRS, ids=lambda f: f.__name__)
def test_derivatives_against_central_differences(f, derivative):
    assert check_gradient(f, derivative, X[X != 0]) < 1e-8


# ELU, GELU and SiLU


def test_relatives_worked_by_hand():
    ln2 = math.log(2)
    np.testing.assert_allclose(elu([-ln2, 0, 3]), [-0.5, 0, 3], rtol=1e-15)
    np.testing.assert_allclose(elu([-ln2, 0, 3], alpha=4), [-2, 0, 3], rtol=1e-15)
    np.testing.assert_allclose(elu_derivative([-ln2, 0, 3]), [0.5, 1, 1], rtol=1e-15)
    np.testing.assert_allclose(elu_derivative([-ln2, 0, 3], alpha=4), [2, 4, 1], rtol=1e-15)
    # sigmoid(ln 2) = 2/3, its derivative 2/9
    np.testing.assert_allclose(silu([-ln2, 0, ln2]), [-ln2 / 3, 0, 2 * ln2 / 3], rtol=1e-15)
    slopes = [1 / 3 - 2 / 9 * ln2, 0.5, 2 / 3 + 2 / 9 * ln2]
    np.testing.assert_allclose(silu_derivative([-ln2, 0, ln2]), slopes, rtol=1e-14)
    # the quantile of the normal distribution at 3/4 is 0.6744897501960817
    quartile = 0.6744897501960817
    np.testing.assert_allclose(
        gelu([-quartile, 0, quartile]), [-0.25 * quartile, 0, 0.75 * quartile], rtol=1e-15
    )
    assert gelu_derivative(0) == 0.5
    assert gelu_derivative(1) == pytest.approx(0.841344746068543 + 0.241970724519143, rel=1e-14)


@settings(deadline=None)
@given(st.floats(-700, 700))
def test_relatives_against_scipy(x):
    np.testing.assert_allclose(elu(x), x if x > 0 else math.expm1(x), rtol=2e-15)
    np.testing.assert_allclose(elu_derivative(x), 1 if x > 0 else math.exp(x), rtol=2e-15)
    np.testing.assert_allclose(silu(x), x * special.expit(x), rtol=3e-15)
    expected = special.expit(x) * (1 + x * special.expit(-x))
    np.testing.assert_allclose(silu_derivative(x), expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(gelu(x), x * special.ndtr(x), rtol=1e-12, atol=1e-300)
    density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(gelu_derivative(x), special.ndtr(x) + x * density, atol=1e-15)


@settings(deadline=None)
@given(st.floats(0, 1e6))
def test_identities_of_the_relatives(x):
    assert silu(x) - silu(-x) == pytest.approx(x)  # s(x) + s(-x) = 1, times x
    assert gelu(x) - gelu(-x) == pytest.approx(x)
    assert silu_derivative(x) + silu_derivative(-x) == pytest.approx(1)
    assert gelu_derivative(x) + gelu_derivative(-x) == pytest.approx(1)


@pytest.mark.parametrize("dtype", FLOATS)
def test_gelu_equals_keras(keras, dtype):
    # TensorFlow adds 1 to erf and loses the digits of small results.
    x = np.linspace(-5, 5, 101).astype(dtype)
    theirs = keras.activations.gelu(x).numpy()
    np.testing.assert_allclose(gelu(x), theirs, rtol=1e-6, atol=6 * np.finfo(dtype).eps)


def test_far_tails_are_not_lost():
    # At -37 the normal distribution has 5.7e-300 left, at -700 the sigmoid 9.9e-305.
    assert gelu(-37.0) == pytest.approx(-37 * special.ndtr(-37.0), rel=1e-10)
    assert silu(-700.0) == pytest.approx(-700 * math.exp(-700), rel=1e-13)
    assert silu(-744.0) < 0


# Softmax


def test_softmax_of_the_three_scores():
    p = softmax([7.0, 2.0, 0.1])
    by_hand = [0.9923138027987766, 0.006686157809719105, 0.0010000393915043245]
    np.testing.assert_allclose(p, by_hand, rtol=1e-15)
    assert str(p) == "[0.9923138  0.00668616 0.00100004]"


def test_softmax_worked_by_hand():
    x = np.log([1, 2, 5])  # exponentials 1, 2, 5 of 8
    np.testing.assert_allclose(softmax(x), [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)
    np.testing.assert_allclose(log_softmax(x), np.log([1 / 8, 2 / 8, 5 / 8]), rtol=1e-15)
    rows = np.log([[1, 2, 5], [1, 1, 2]])
    np.testing.assert_allclose(softmax(rows), [[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]])
    np.testing.assert_allclose(
        softmax(rows, axis=0), [[1 / 2, 2 / 3, 5 / 7], [1 / 2, 1 / 3, 2 / 7]]
    )
    np.testing.assert_allclose(softmax(rows, 1), softmax(rows))
    np.testing.assert_allclose(log_softmax(rows, 0), np.log(softmax(rows, 0)))
    np.testing.assert_allclose(
        softmax_jacobian(x) * 64, [[7, -2, -5], [-2, 12, -10], [-5, -10, 15]], rtol=1e-14
    )


scores = st_numpy.arrays(
    np.float64,
    st_numpy.array_shapes(max_dims=3, max_side=5),
    elements=st.floats(-1000, 1000),
)


@settings(deadline=None)
@given(scores, st.data())
def test_softmax_equals_scipy(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    with np.errstate(all="raise"):
        p, log_p = softmax(x, axis), log_softmax(x, axis=axis)
    np.testing.assert_allclose(p, special.softmax(x, axis), rtol=1e-13)
    np.testing.assert_allclose(log_p, special.log_softmax(x, axis), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(p.sum(axis), 1, rtol=1e-14)


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-50, 50))
def test_softmax_ignores_a_shift_and_keeps_the_order(x, shift):
    x = np.array(x)
    p = softmax(x)
    np.testing.assert_allclose(softmax(x + shift), p, rtol=1e-12)
    np.testing.assert_allclose(softmax(x[::-1]), p[::-1], rtol=1e-14)
    order = np.argsort(x)
    assert (np.diff(p[order]) >= 0).all()
    assert ((p >= 0) & (p <= 1)).all() and (log_softmax(x) <= 0).all()


@settings(deadline=None)
@given(st.floats(-700, 700))
def test_softmax_of_two_classes_is_the_sigmoid(x):
    np.testing.assert_allclose(softmax([x, 0.0]), [sigmoid(x), sigmoid(-x)], rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "p", "log_p"),
    [
        ([1000, 0], [1, 0], [0, -1000]),
        ([-1000, 0], [0, 1], [-1000, 0]),
        ([1000, 1000], [0.5, 0.5], [-math.log(2)] * 2),
        ([-1000, -1000], [0.5, 0.5], [-math.log(2)] * 2),
        ([1e308, -1e308], [1, 0], [0, -np.inf]),
        ([1e308, 1e308], [0.5, 0.5], [-math.log(2)] * 2),
        ([-np.inf, 0], [0, 1], [-np.inf, 0]),
        ([-np.inf, -1e308], [0, 1], [-np.inf, 0]),
        ([-np.inf, -np.inf], [np.nan] * 2, [np.nan] * 2),
        ([np.inf, 0], [np.nan] * 2, [np.nan] * 2),
        ([np.inf, -np.inf], [np.nan] * 2, [np.nan] * 2),
        ([np.inf, np.inf], [np.nan] * 2, [np.nan] * 2),
        ([np.nan, 0], [np.nan] * 2, [np.nan] * 2),
        ([5.0], [1], [0]),
    ],
)
def test_softmax_of_extremes(x, p, log_p):
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(softmax(x), p)
        np.testing.assert_allclose(log_softmax(x), log_p, rtol=1e-15)
        jacobian = softmax_jacobian(x)
    np.testing.assert_array_equal(jacobian, np.diag(p) - np.outer(p, p))


@pytest.mark.parametrize("bad", [[np.nan, 1, 2], [np.inf, 1, 2], [-np.inf] * 3])
@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_a_sample_without_an_answer_leaves_the_others_alone(f, bad):
    good = np.array([[1.0, 2.0, 3.0], [0.0, 0.5, -1.0]])
    x = np.insert(good, 1, bad, axis=0)
    for y in (f(x), f(x.T, axis=0).T):
        np.testing.assert_array_equal(np.isnan(y), [[False] * 3, [True] * 3, [False] * 3])
        np.testing.assert_allclose(y[[0, 2]], f(good), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", FLOATS)
def test_seventy_thousand_classes(dtype, axis):
    x = np.random.default_rng(0).normal(size=70_000).astype(dtype)
    nearly_equal = np.where(np.arange(70_000) == 0, 0.0, -0.1).astype(dtype)  # rounding adds up
    columns = np.stack([x, np.zeros_like(x), nearly_equal], axis=1)
    x = columns if axis == 0 else columns.T
    p, log_p = softmax(x, axis=axis), log_softmax(x, axis=axis)
    assert p.dtype == log_p.dtype == dtype
    info = np.finfo(dtype)
    wide = x.astype(np.float64)
    expected = special.softmax(wide, axis)
    np.testing.assert_allclose(p, expected, rtol=8 * info.eps, atol=info.smallest_subnormal)
    np.testing.assert_allclose(log_p, special.log_softmax(wide, axis), rtol=info.eps)
    total = p.sum(axis, dtype=np.float64)
    np.testing.assert_allclose(total, 1, atol=2e-3 if dtype == np.float16 else 4 * info.eps)


def test_float16_is_computed_in_float32():
    # In float16 the difference 20 - 0.01 would be rounded to 20: 1 % off.
    x = np.array([20.0, 12.01, 11.99], dtype=np.float16)
    expected = special.softmax(x.astype(np.float64))
    np.testing.assert_allclose(softmax(x), expected, rtol=6e-4)
    jacobian = np.diag(expected) - np.outer(expected, expected)
    np.testing.assert_allclose(softmax_jacobian(x), jacobian, rtol=1e-3, atol=1e-7)
    largest = np.array([65504, -65504], dtype=np.float16)
    np.testing.assert_array_equal(softmax(largest), [1, 0])
    np.testing.assert_array_equal(log_softmax(largest), [0, -np.inf])


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_equals_keras(keras, dtype):
    x = np.random.default_rng(1).normal(scale=5, size=(3, 4, 5)).astype(dtype)
    tolerance = max(8 * np.finfo(dtype).eps, 1e-12)
    for axis in (-3, -2, -1, 0, 1, 2):
        theirs = keras.activations.softmax(x, axis=axis).numpy()
        np.testing.assert_allclose(softmax(x, axis), theirs, rtol=tolerance)
        theirs = keras.activations.log_softmax(x, axis=axis).numpy()
        np.testing.assert_allclose(log_softmax(x, axis), theirs, rtol=tolerance, atol=tolerance)


def test_mask_equals_keras_layer(keras):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(6, 4)).astype("float32")
    mask = rng.random((6, 4)) > 0.4
    mask[2] = False
    mask[3] = True
    for axis in (-1, 0):
        theirs = keras.layers.Softmax(axis=axis)(x, mask=mask).numpy()
        np.testing.assert_allclose(softmax(x, axis, mask), theirs, rtol=1e-6)
    np.testing.assert_array_equal(softmax(x, mask=mask)[2], 0)


def test_what_the_documentation_of_keras_shows():
    x = np.array([1, 2, 1], dtype=np.float32)
    np.testing.assert_allclose(softmax(x), [0.21194157, 0.5761169, 0.21194157], rtol=1e-7)
    assert str(softmax(x, mask=[True, False, True])) == "[0.5 0.  0.5]"


@pytest.mark.parametrize("hidden", [np.nan, np.inf, -np.inf, 1e308, 3.0])
def test_what_is_masked_does_not_matter(hidden):
    x = np.array([[1.0, hidden, 2.0], [hidden, hidden, hidden], [1.0, 2.0, 3.0]])
    mask = np.array([[True, False, True], [False] * 3, [True] * 3])
    with np.errstate(all="raise"):
        p = softmax(x, mask=mask)
    np.testing.assert_allclose(p[0, [0, 2]], softmax([1.0, 2.0]), rtol=1e-15)
    assert p[0, 1] == 0
    np.testing.assert_array_equal(p[1], [0, 0, 0])
    np.testing.assert_allclose(p[2], softmax([1.0, 2.0, 3.0]), rtol=1e-15)


def test_what_is_kept_may_still_have_no_answer():
    p = softmax([-np.inf, 1.0], mask=[True, False])
    np.testing.assert_array_equal(p, [np.nan, 0])
    p = softmax([np.nan, 1.0, 1.0], mask=[True, True, False])
    np.testing.assert_array_equal(p, [np.nan, np.nan, 0])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3), (1,), (2, 3)])
def test_softmax_keeps_shape_and_dtype(shape, dtype):
    x = np.ones(shape, dtype)
    for axis in range(-x.ndim, x.ndim):
        for y in (softmax(x, axis), log_softmax(x, axis), softmax(x, axis, np.ones(shape, bool))):
            assert type(y) is np.ndarray and y.shape == shape and y.dtype == dtype
    vector = x.ravel()
    assert softmax_jacobian(vector).shape == (x.size, x.size)
    assert softmax_jacobian(vector).dtype == dtype
    assert softmax([1, 2]).dtype == np.float64


@pytest.mark.parametrize("layout", layouts())
def test_softmax_in_any_memory_layout(layout):
    x = layouts()[layout]
    before = x.tobytes()
    mask = x < 2
    mask.flags.writeable = False
    for f in (softmax, log_softmax, lambda x: softmax(x, mask=mask)):
        y = f(x)
        assert y.dtype == np.float64 and y.dtype.isnative and y.flags.writeable
        assert not np.shares_memory(x, y)
        y[...] = 7.0
        assert x.tobytes() == before
    np.testing.assert_array_equal(softmax(x), softmax(np.array(x.tolist())))
    vector = x.reshape(-1, 4)[0]
    jacobian = softmax_jacobian(vector)
    assert jacobian.flags.writeable and not np.shares_memory(jacobian, x)
    np.testing.assert_array_equal(jacobian, softmax_jacobian(vector.tolist()))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-30, 30), min_size=1, max_size=5))
def test_softmax_jacobian_is_measured(x):
    jacobian = softmax_jacobian(x)
    assert (jacobian == jacobian.T).all()
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)
    for i, row in enumerate(jacobian):
        measured = numerical_gradient(lambda x, i=i: softmax(x)[i], x)
        np.testing.assert_allclose(row, measured, atol=1e-9)


def test_softmax_jacobian_equals_the_gradient_tape(keras):
    import tensorflow as tf

    x = tf.constant([0.3, -1.2, 2.0, 0.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = tf.nn.softmax(x)
    np.testing.assert_allclose(softmax_jacobian(x), tape.jacobian(p, x).numpy(), rtol=1e-13)


def test_with_cross_entropy_the_gradient_is_p_minus_y():
    x, y = np.array([1.0, -0.5, 2.0]), np.array([0.0, 1.0, 0.0])
    error = check_gradient(lambda x: -log_softmax(x)[1], lambda x: softmax(x) - y, x)
    assert error < 1e-9
    np.testing.assert_allclose(-y / softmax(x) @ softmax_jacobian(x), softmax(x) - y, rtol=1e-14)


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
@pytest.mark.parametrize("f", [softmax, log_softmax, softmax_jacobian])
def test_bad_scores_are_refused(f, value, error):
    with pytest.raises(error) as caught:
        f(value)
    assert_refused(caught, "x")


def test_scores_need_an_axis():
    for f in (softmax, log_softmax, softmax_jacobian):
        with pytest.raises(ValueError) as caught:
            f(1.0)
        assert_refused(caught, "x")
    for x in ([[1.0, 2.0]], np.zeros((0, 2)), np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match="x must be a vector") as caught:
            softmax_jacobian(x)
        assert_refused(caught, "x")


@pytest.mark.parametrize("f", [softmax, log_softmax])
@pytest.mark.parametrize(
    ("axis", "error"),
    [
        (2, ValueError),
        (-3, ValueError),
        (10**30, ValueError),
        (1.0, TypeError),
        (True, TypeError),
        (None, TypeError),
        ("1", TypeError),
        ((0, 1), TypeError),
        (np.array([0]), TypeError),
        (math.nan, TypeError),
    ],
)
def test_bad_axes_are_refused(f, axis, error):
    with pytest.raises(error) as caught:
        f([[1.0, 2.0], [3.0, 4.0]], axis=axis)
    assert_refused(caught, "axis")


@pytest.mark.parametrize(
    ("mask", "error"),
    [
        ([True, False, True], ValueError),
        ([[True, False, True]], ValueError),
        (True, ValueError),
        ([[True], [True, False]], ValueError),
        ([[1, 0, 1], [0, 1, 1]], TypeError),
        (np.ones((2, 3)), TypeError),
        ("mask", TypeError),
        ({}, TypeError),
        (np.ma.array(np.ones((2, 3), bool)), TypeError),
    ],
)
def test_bad_masks_are_refused(mask, error):
    with pytest.raises(error) as caught:
        softmax(np.ones((2, 3)), mask=mask)
    assert_refused(caught, "mask")


# What all elementwise activations promise


@every
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(0,), (2, 0, 3), (1,), (11,), (3, 4), (2, 3, 4)])
def test_shape_and_float_dtype_are_kept(f, dtype, shape):
    x = np.linspace(-4, 4, math.prod(shape)).reshape(shape).astype(dtype)
    y = f(x)
    assert type(y) is np.ndarray and y.shape == shape and y.dtype == dtype
    one_by_one = [f(v) for v in x.ravel()]
    np.testing.assert_array_equal(y.ravel(), np.array(one_by_one, dtype=dtype))


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_low_precision_is_close_to_float64(f, dtype):
    x = np.linspace(-8, 8, 65).astype(dtype)
    info = np.finfo(dtype)
    tiny = info.eps / 4 if f is silu_derivative else 2 * info.smallest_subnormal  # it crosses 0
    np.testing.assert_allclose(f(x), f(x.astype(np.float64)), rtol=5 * info.eps, atol=tiny)


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_single_number_gives_a_single_number(f, dtype):
    for x in (dtype(1.5), np.array(1.5, dtype)):
        assert type(f(x)) is dtype
    for x in (1, 1.5, True):
        assert type(f(x)) is np.float64


@every
def test_integers_become_float64(f):
    for dtype in ("i1", "u1", "i4", "i8"):
        y = f(np.array([0, 1, 5], dtype=dtype))
        assert y.dtype == np.float64
        np.testing.assert_array_equal(y, f([0.0, 1.0, 5.0]))
    np.testing.assert_array_equal(f([-3, 0, 2]), f([-3.0, 0.0, 2.0]))
    np.testing.assert_array_equal(f([False, True]), f([0.0, 1.0]))


@every
@pytest.mark.parametrize("layout", layouts())
def test_memory_layout_does_not_matter(f, layout):
    x = layouts()[layout]
    before = x.tobytes()
    y = f(x)
    assert x.tobytes() == before
    assert not np.shares_memory(x, y)
    assert y.dtype == np.float64 and y.dtype.isnative and y.flags.writeable
    np.testing.assert_array_equal(y, f(x.tolist()))
    y[...] = 7.0  # new memory, all of it
    assert x.tobytes() == before and (y == 7.0).all()


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_nan_stays_nan_and_stays_alone(f, dtype):
    x = np.array([-1.5, np.nan, 1.5], dtype=dtype)
    y = f(x)
    np.testing.assert_array_equal(np.isnan(y), [False, True, False])
    assert np.isnan(f(dtype(np.nan)))


@pytest.mark.parametrize("arguments", GRID[:: len(GRID) // 20])
@pytest.mark.parametrize("f", RELUS)
def test_nan_stays_nan_with_every_argument(f, arguments):
    np.testing.assert_array_equal(np.isnan(f([np.nan, 0.0, 9.0], *arguments)), [True, False, False])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("f", "at_minus_infinity", "at_infinity"),
    [
        (relu, 0.0, np.inf),
        (relu_derivative, 0.0, 1.0),
        (leaky_relu, -np.inf, np.inf),
        (leaky_relu_derivative, 0.01, 1.0),
        (lambda x: leaky_relu(x, 0.0), 0.0, np.inf),
        (lambda x: leaky_relu(x, -0.5), np.inf, np.inf),
        (lambda x: relu(x, threshold=2.0), 0.0, np.inf),
        (lambda x: relu(x, max_value=6.0), 0.0, 6.0),
        (lambda x: relu(x, 0.5, 6.0, 1.0), -np.inf, 6.0),
        (lambda x: relu_derivative(x, 0.5, 6.0, 1.0), 0.5, 0.0),
        (sigmoid, 0.0, 1.0),
        (sigmoid_derivative, 0.0, 0.0),
        (tanh, -1.0, 1.0),
        (tanh_derivative, 0.0, 0.0),
        (elu, -1.0, np.inf),
        (elu_derivative, 0.0, 1.0),
        (lambda x: elu(x, 0.0), 0.0, np.inf),
        (lambda x: elu(x, -2.0), 2.0, np.inf),
        (gelu, 0.0, np.inf),
        (gelu_derivative, 0.0, 1.0),
        (silu, 0.0, np.inf),
        (silu_derivative, 0.0, 1.0),
    ],
)
def test_infinities(f, dtype, at_minus_infinity, at_infinity):
    with np.errstate(all="raise"):
        y = f(np.array([-np.inf, np.inf], dtype=dtype))
    np.testing.assert_array_equal(y, np.array([at_minus_infinity, at_infinity], dtype=dtype))
    # the largest number gives nearly the same, without a warning
    largest = np.finfo(dtype).max
    with np.errstate(all="raise"):
        y = f(np.array([-largest, largest], dtype=dtype))
    assert not np.isnan(y).any()


@pytest.mark.parametrize("f", RELUS)
def test_parameters_too_large_for_the_dtype_do_not_warn(f):
    x = np.array([-6e4, -1.0, 0.0, 1.0, 6e4, np.inf], dtype=np.float16)
    with np.errstate(all="raise"):
        for arguments in itertools.product([1e300, -1e300], [None, 1e300], [0.0, 1e300, -1e300]):
            assert f(x, *arguments).dtype == np.float16
        np.testing.assert_array_equal(relu(x, max_value=1e300), relu(x))
        for g in LEAKY_RELUS:
            assert g(x, 1e300).dtype == np.float16


@pytest.mark.parametrize("dtype", FLOATS)
def test_extreme_numbers_and_alphas_of_elu_do_not_warn(dtype):
    info = np.finfo(dtype)
    x = np.array([-info.smallest_subnormal, -info.tiny, -1.0, -np.inf, info.max], dtype)
    with np.errstate(all="raise"):
        for alpha in (1.0, 0.3, 1e-300, 1e300, -1e300):
            y, slopes = elu(x, alpha), elu_derivative(x, alpha)
            assert y.dtype == slopes.dtype == dtype
            assert y[-1] == info.max and slopes[-1] == 1.0
            assert not np.isnan(y).any()


def test_results_of_zero_are_never_negative_zero():
    for y in (
        relu([-1.0, -np.inf]),
        relu([-1.0, -np.inf], threshold=0.5),
        leaky_relu([-1.0, -np.inf], 0.0),
        relu_derivative([-1.0, -np.inf]),
    ):
        np.testing.assert_array_equal(np.signbit(y), [False, False])


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_vanishing_results_make_no_warning(f, dtype):
    with np.errstate(all="raise"):
        y = f(np.linspace(-800, 800, 3201).astype(dtype))
    assert np.isfinite(y).all()


@every
@settings(deadline=None, max_examples=30)
@given(x=st_numpy.arrays(st.sampled_from(["f2", "f4", "f8"]), st_numpy.array_shapes(min_dims=0)))
def test_no_number_makes_a_warning(f, x):
    before = x.tobytes()
    with np.errstate(all="raise"):
        y = f(x)
    assert y.shape == x.shape and y.dtype == x.dtype and x.tobytes() == before
    np.testing.assert_array_equal(np.isnan(y), np.isnan(x))


@every
@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_x_is_refused(f, value, error):
    with pytest.raises(error) as caught:
        f(value)
    assert_refused(caught, "x")


PARAMETERS = [
    (f, name)
    for f in ALL
    for name in inspect.signature(f).parameters
    if name in ("negative_slope", "max_value", "threshold", "alpha")
]


def test_every_parameter_is_in_the_table():
    assert len(PARAMETERS) == 10


@pytest.mark.parametrize(("f", "name"), PARAMETERS)
@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_bad_parameters_are_refused(f, name, value, error):
    with pytest.raises(error) as caught:
        f(X, **{name: value})
    assert_refused(caught, name)


@pytest.mark.parametrize(("f", "name"), PARAMETERS)
def test_only_the_ceiling_may_be_none(f, name):
    if name == "max_value":
        np.testing.assert_array_equal(f(X, max_value=None), f(X))
    else:
        with pytest.raises(TypeError) as caught:
            f(X, **{name: None})
        assert_refused(caught, name)


@pytest.mark.parametrize("f", RELUS)
@pytest.mark.parametrize("value", [-1, -0.5, -5e-324, np.float32(-1)])
def test_a_negative_ceiling_is_refused(f, value):
    with pytest.raises(ValueError, match=r"max_value must be a finite number >= 0\.0") as caught:
        f(X, max_value=value)
    assert_refused(caught, "max_value")


@pytest.mark.parametrize("f", RELUS + LEAKY_RELUS)
def test_the_old_name_of_the_slope_is_gone(f):
    with pytest.raises(TypeError, match="alpha"):
        f(X, alpha=0.1)


def test_a_probability_too_small_for_float16_makes_no_warning():
    with np.errstate(all="raise"):
        p = softmax(np.array([[0.0, 10.0, 10.0]], np.float16))
    np.testing.assert_allclose(p, [[2.27e-5, 0.5, 0.5]], rtol=0.02)


# Dead units ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "dead"),
    [
        ([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], 1),
        ([[-0.1, -0.2], [-0.3, 5.0]], 1),
        ([[0, 0, 0]], 3),
        ([[False, True]], 1),
        ([[5e-324, -np.inf, np.inf]], 1),
        ([[np.nan, 0.0], [0.0, 0.0]], 1),
        (np.zeros((4, 0)), 0),
        (np.zeros((2, 3), np.float16), 3),
        (np.array([[1.0, 0.0], [0.0, 0.0]]).T, 1),
    ],
)
def test_dead_units_are_those_never_above_0(a, dead):
    found = count_dead_units(a)
    assert found == dead
    assert type(found) is int


@given(
    st_numpy.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=finite)
)
def test_dead_units_counted_one_by_one_and_the_same_at_input_and_output(z):
    samples, units = z.shape
    silent = sum(all(not z[i, j] > 0 for i in range(samples)) for j in range(units))
    assert count_dead_units(z) == silent
    assert count_dead_units(relu(z)) == silent
    assert count_dead_units(leaky_relu(z)) == silent


@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 3, 4)])
def test_dead_units_need_samples_and_units(shape):
    with pytest.raises(ValueError, match=r"the shape \(samples, units\)") as caught:
        count_dead_units(np.zeros(shape))
    assert_refused(caught, "activations")


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_dead_units_of_what_is_no_array_are_refused(value, error):
    with pytest.raises(error) as caught:
        count_dead_units(value)
    assert_refused(caught, "activations")
