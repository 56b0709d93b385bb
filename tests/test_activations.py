"""The activations against Keras, SciPy, calculus and numbers worked by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
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
from helpers.gradients import numerical_gradient
from tests.bad_values import assert_refused

PAIRS = [
    (elu, elu_derivative),
    (gelu, gelu_derivative),
    (leaky_relu, leaky_relu_derivative),
    (relu, relu_derivative),
    (sigmoid, sigmoid_derivative),
    (silu, silu_derivative),
    (tanh, tanh_derivative),
]
ALL = [f for pair in PAIRS for f in pair]
FLOATS = [np.float32, np.float64]
X = np.array([-20.0, -10.0, -3.0, -1.5, -0.5, 0.0, 0.5, 1.5, 3.0, 7.0, 15.0])

SLOPES = [-0.5, 0.0, 0.2, 1.0, 2.0]
CEILINGS = [None, 0.0, 1.0, 6.0, 10.0]
THRESHOLDS = [-3.0, 0.0, 0.5, 1.0, 3.0, 8.0]
GRID = list(itertools.product(SLOPES, CEILINGS, THRESHOLDS))

every = pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
each_dtype = pytest.mark.parametrize("dtype", FLOATS)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def tape_derivative(f, x):
    """Return the derivative that TensorFlow finds for an elementwise function."""
    tf = pytest.importorskip("tensorflow")
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x).numpy()


# ReLU and leaky ReLU


@pytest.mark.parametrize(
    ("f", "printed"),
    [(relu, "1.0 0.0 0.0 15.0 0.0"), (leaky_relu, "1.0 -0.1 0.0 15.0 -0.2")],
)
def test_the_five_numbers(f, printed):
    assert " ".join(f"{f(x)}" for x in (1.0, -10.0, 0.0, 15.0, -20.0)) == printed


@pytest.mark.parametrize(
    ("arguments", "values", "slopes"),
    [
        # at      -4    0  0.5  1  2  9
        ((0, None, 0), [0, 0, 0.5, 1, 2, 9], [0, 0, 1, 1, 1, 1]),
        ((0.5, None, 0), [-2, 0, 0.5, 1, 2, 9], [0.5, 0.5, 1, 1, 1, 1]),
        ((0, 2, 0), [0, 0, 0.5, 1, 2, 2], [0, 0, 1, 1, 0, 0]),
        ((0, 0, 0), [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]),
        ((0, None, 1), [0, 0, 0, 0, 2, 9], [0, 0, 0, 0, 1, 1]),
        ((0, None, -4), [0, 0, 0.5, 1, 2, 9], [0, 1, 1, 1, 1, 1]),
        ((0.5, 6, 1), [-2.5, -0.5, -0.25, 0, 2, 6], [0.5, 0.5, 0.5, 0.5, 1, 0]),
        ((-1, None, 2), [6, 2, 1.5, 1, 0, 9], [-1, -1, -1, -1, -1, 1]),
        ((0.5, 1, 2), [-3, -1, -0.75, -0.5, 0, 1], [0.5, 0.5, 0.5, 0.5, 0.5, 0]),
    ],
)
def test_relu_worked_by_hand(arguments, values, slopes):
    x = [-4, 0, 0.5, 1, 2, 9]
    np.testing.assert_array_equal(relu(x, *arguments), values)
    np.testing.assert_array_equal(relu_derivative(x, *arguments), slopes)


def test_the_order_of_the_arguments():
    for f in (relu, relu_derivative):
        named = f(X, negative_slope=0.2, max_value=6.0, threshold=1.0)
        np.testing.assert_array_equal(f(X, 0.2, 6.0, 1.0), named)
    np.testing.assert_array_equal(leaky_relu(X, 0.3), np.where(X > 0, X, 0.3 * X))
    np.testing.assert_array_equal(leaky_relu_derivative(X, 0.3), np.where(X > 0, 1, 0.3))


@given(
    st.lists(st.floats(allow_nan=False), max_size=8),
    st.floats(-10, 10),
    st.none() | st.floats(0, 100),
    st.floats(-100, 100),
)
def test_relu_follows_its_formula(x, negative_slope, max_value, threshold):
    values, slopes = [], []
    for v in x:
        if v <= threshold:
            below = negative_slope * (v - threshold) if negative_slope else 0.0  # 0 · ∞ is 0 here
            value, slope = below, negative_slope
        elif max_value is not None and v >= max_value:
            value, slope = max_value, 0.0
        else:
            value, slope = v, 1.0
        values.append(value)
        slopes.append(slope)
    arguments = (negative_slope, max_value, threshold)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(relu(x, *arguments), np.array(values))
        np.testing.assert_array_equal(relu_derivative(x, *arguments), np.array(slopes))


@each_dtype
def test_the_slope_at_a_kink_is_that_from_the_left_and_0_at_a_ceiling(dtype):
    for threshold, ceiling in [(0.0, 6.0), (0.1, 0.3), (-0.7, 2.1)]:  # 0.1 differs in float32
        x = np.array([threshold, ceiling], dtype)
        np.testing.assert_array_equal(relu(x, 0.5, ceiling, threshold), [0.0, x[1]])
        np.testing.assert_array_equal(relu_derivative(x, 0.5, ceiling, threshold), [0.5, 0.0])
    assert elu_derivative(dtype(0), alpha=4.0) == 4.0


def test_relu_equals_keras_and_its_derivative_the_tape(keras):
    """At the thresholds too. Only below 0, above a negative threshold, Keras' ceiling cuts."""
    x = np.unique(np.concatenate([X, CEILINGS[1:], THRESHOLDS, np.linspace(-9, 9, 37)]))
    for negative_slope, max_value, threshold in GRID:

        def theirs(x, arguments=(negative_slope, max_value, threshold)):
            return keras.activations.relu(x, *arguments)

        ours = relu(x, negative_slope, max_value, threshold)
        cut = (threshold < x) & (x < 0) & (max_value is not None)
        np.testing.assert_array_equal(ours[cut], x[cut])
        np.testing.assert_array_equal(theirs(x)[cut], np.zeros(cut.sum()))
        # TensorFlow holds the slope of its leaky ReLU in float32.
        np.testing.assert_allclose(ours[~cut], theirs(x)[~cut], rtol=1e-7, atol=1e-12)
        smooth = x[~cut & (x != threshold) & (x != max_value)]
        slopes = relu_derivative(smooth, negative_slope, max_value, threshold)
        np.testing.assert_allclose(slopes, tape_derivative(theirs, smooth), rtol=1e-7)


@pytest.mark.parametrize(
    ("a", "dead"),
    [
        ([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], 1),
        ([[-0.1, -0.2], [-0.3, 5.0]], 1),
        ([[0, 0, 0]], 3),
        ([[np.nan, 0.0], [0.0, 0.0]], 1),
        ([[1.0, 0.0, -1.0]], 2),
    ],
)
def test_dead_units_are_those_never_above_0(a, dead):
    assert count_dead_units(a) == dead
    assert type(count_dead_units(a)) is int


# The smooth ones


@given(st.floats(-700, 700))
def test_smooth_activations_keep_their_digits(x):
    s, t = special.expit(x), special.expit(-x)
    density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    for value, expected in [
        (sigmoid(x), s),
        (sigmoid_derivative(x), s * t),
        (tanh(x), math.tanh(x)),
        (tanh_derivative(x / 2), 4 * s * t),
        (elu(x), x if x > 0 else math.expm1(x)),
        (elu_derivative(x), 1 if x > 0 else math.exp(x)),
        (silu(x), x * s),
    ]:
        np.testing.assert_allclose(value, expected, rtol=4e-15)
    np.testing.assert_allclose(silu_derivative(x), s * (1 + x * t), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(gelu(x), x * special.ndtr(x), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(gelu_derivative(x), special.ndtr(x) + x * density, atol=1e-15)


@pytest.mark.parametrize(("f", "derivative"), PAIRS, ids=lambda f: f.__name__)
def test_derivatives_against_central_differences(f, derivative):
    x = X[X != 0]
    np.testing.assert_allclose(derivative(x), numerical_gradient(f, x), rtol=1e-8, atol=1e-9)


@each_dtype
def test_activations_and_derivatives_equal_keras(keras, dtype):
    eps = np.finfo(dtype).eps
    x = np.linspace(-9, 9, 101).astype(dtype)
    for f, derivative, arguments in [
        (relu, relu_derivative, {}),
        (sigmoid, sigmoid_derivative, {}),
        (tanh, tanh_derivative, {}),
        (elu, elu_derivative, {}),
        (elu, elu_derivative, {"alpha": 0.5}),
        (silu, silu_derivative, {}),
        (gelu, gelu_derivative, {}),  # TensorFlow adds 1 to erf: small results lose digits
        (leaky_relu, leaky_relu_derivative, {"negative_slope": 0.3}),
    ]:

        def theirs(x, f=f, arguments=arguments):
            return getattr(keras.activations, f.__name__)(x, **arguments)

        ours = f(x, **arguments)
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs(x), rtol=max(4 * eps, 1e-6), atol=8 * eps)
        slopes, x_smooth = derivative(x[x != 0], **arguments), x[x != 0]
        expected = tape_derivative(theirs, x_smooth)
        np.testing.assert_allclose(slopes, expected, rtol=max(8 * eps, 1e-6), atol=8 * eps)


def test_results_of_zero_are_never_negative_zero():
    for y in (
        relu([-1.0, -np.inf]),
        relu([-1.0, -np.inf], threshold=0.5),
        leaky_relu([-1.0, -np.inf], 0.0),
        relu_derivative([-1.0, -np.inf]),
    ):
        np.testing.assert_array_equal(np.signbit(y), [False, False])


# Softmax


def test_softmax_worked_by_hand():
    three = [0.9923138027987766, 0.006686157809719105, 0.0010000393915043245]
    np.testing.assert_allclose(softmax([7.0, 2.0, 0.1]), three, rtol=1e-15)
    rows = np.log([[1, 2, 5], [1, 1, 2]])  # exponentials 1, 2, 5 of 8
    by_rows = [[1 / 8, 2 / 8, 5 / 8], [1 / 4, 1 / 4, 2 / 4]]
    by_columns = [[1 / 2, 2 / 3, 5 / 7], [1 / 2, 1 / 3, 2 / 7]]
    np.testing.assert_allclose(softmax(rows), by_rows, rtol=1e-15)
    np.testing.assert_allclose(softmax(rows, 0), by_columns, rtol=1e-15)
    np.testing.assert_allclose(log_softmax(rows), np.log(by_rows), rtol=1e-15)
    np.testing.assert_allclose(log_softmax(rows, 0), np.log(by_columns), rtol=1e-15)
    jacobian = np.array([[7, -2, -5], [-2, 12, -10], [-5, -10, 15]]) / 64
    np.testing.assert_allclose(softmax_jacobian(rows[0]), jacobian, rtol=1e-14)


scores = st_numpy.arrays(
    np.float64, st_numpy.array_shapes(max_dims=3, max_side=5), elements=st.floats(-1000, 1000)
)


@given(scores, st.data())
def test_softmax_equals_scipy(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    with np.errstate(all="raise"):
        p, log_p = softmax(x, axis), log_softmax(x, axis=axis)
    np.testing.assert_allclose(p, special.softmax(x, axis), rtol=1e-13)
    np.testing.assert_allclose(log_p, special.log_softmax(x, axis), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(p.sum(axis), 1, rtol=1e-14)


@each_dtype
def test_softmax_equals_keras(keras, dtype):
    x = np.random.default_rng(1).normal(scale=5, size=(3, 4, 5)).astype(dtype)
    tolerance = max(8 * np.finfo(dtype).eps, 1e-12)
    for f, theirs in (
        (softmax, keras.activations.softmax),
        (log_softmax, keras.activations.log_softmax),
    ):
        for axis in (-1, 0, 1, (1, 2)):
            ours = f(x, axis)
            assert ours.dtype == dtype
            np.testing.assert_allclose(ours, theirs(x, axis), rtol=tolerance, atol=tolerance)


def test_mask_equals_keras_layer(keras):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(6, 4)).astype("float32")
    mask = rng.random((6, 4)) > 0.4
    mask[2] = False
    for axis in (-1, 0):
        ours = softmax(x, axis, mask)
        assert ours.dtype == np.float32
        theirs = keras.layers.Softmax(axis=axis)(x, mask=mask)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert str(softmax([1, 2, 1], mask=[True, False, True])) == "[0.5 0.  0.5]"


@pytest.mark.parametrize(
    ("x", "p", "log_p"),
    [
        ([1000, 0], [1, 0], [0, -1000]),
        ([-1000, 0], [0, 1], [-1000, 0]),
        ([1000, 1000], [0.5, 0.5], [-math.log(2)] * 2),
        ([1e308, -1e308], [1, 0], [0, -np.inf]),
        ([-np.inf, 0], [0, 1], [-np.inf, 0]),
        ([-np.inf, -np.inf], [np.nan] * 2, [np.nan] * 2),
        ([np.inf, 0], [np.nan] * 2, [np.nan] * 2),
        ([np.nan, 0], [np.nan] * 2, [np.nan] * 2),
        ([5.0], [1], [0]),
    ],
)
def test_softmax_of_extremes_leaves_the_other_samples_alone(x, p, log_p):
    quiet = np.zeros(len(x))
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(softmax([x, quiet])[0], p)
        np.testing.assert_allclose(log_softmax([x, quiet])[0], log_p, rtol=1e-15)
        np.testing.assert_array_equal(softmax([x, quiet])[1], softmax(quiet))
        np.testing.assert_array_equal(softmax_jacobian(x), np.diag(p) - np.outer(p, p))


@pytest.mark.parametrize("hidden", [np.nan, np.inf, -np.inf, 1e308, 3.0])
def test_what_is_masked_does_not_matter(hidden):
    x = np.array([[1.0, hidden, 2.0], [hidden, hidden, hidden], [1.0, 2.0, 3.0]])
    mask = np.array([[True, False, True], [False] * 3, [True] * 3])
    with np.errstate(all="raise"):
        p = softmax(x, mask=mask)
    np.testing.assert_allclose(p[0], np.insert(softmax([1.0, 2.0]), 1, 0.0), rtol=1e-15)
    np.testing.assert_array_equal(p[1], [0, 0, 0])
    np.testing.assert_allclose(p[2], softmax([1.0, 2.0, 3.0]), rtol=1e-15)


def test_softmax_jacobian_is_measured():
    x = [0.3, -1.2, 2.0, 0.0]
    jacobian = softmax_jacobian(x)
    for i, row in enumerate(jacobian):
        measured = numerical_gradient(lambda x, i=i: softmax(x)[i], x)
        np.testing.assert_allclose(row, measured, atol=1e-9)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)


# What all of them promise


@every
@each_dtype
@pytest.mark.parametrize("shape", [(0,), (2, 0, 3), (11,), (3, 4)])
def test_shape_and_float_dtype_are_kept(f, dtype, shape):
    x = np.linspace(-4, 4, math.prod(shape)).reshape(shape).astype(dtype)
    y = f(x)
    assert type(y) is np.ndarray and y.shape == shape and y.dtype == dtype
    one_by_one = [f(v) for v in x.ravel()]
    np.testing.assert_array_equal(y.ravel(), np.array(one_by_one, dtype))
    np.testing.assert_allclose(y, f(x.astype(float)), rtol=1e-6, atol=np.finfo(dtype).eps / 4)


@every
def test_a_single_number_gives_a_single_number_and_integers_become_float64(f):
    assert type(f(np.float32(1.5))) is np.float32
    assert type(f(1)) is np.float64
    y = f([[-3], [2]])
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, f([[-3.0], [2.0]]))


def with_default_mask(x):
    return softmax(x, mask=np.ones(np.shape(x), bool))


@pytest.mark.parametrize(
    "f", [*ALL, softmax, log_softmax, with_default_mask], ids=lambda f: f.__name__
)
def test_x_is_left_alone_and_shares_no_memory_with_the_result(f):
    wide = np.linspace(-4, 4, 24).reshape(3, 8)
    for x in (wide.copy(), wide.T, wide[:, ::-2]):
        before = x.copy()
        x.flags.writeable = False
        y = f(x)
        np.testing.assert_array_equal(x, before)
        assert y.flags.writeable and not np.shares_memory(x, y)
        np.testing.assert_array_equal(y, f(x.tolist()))


@pytest.mark.parametrize(
    "f",
    [*ALL, lambda x: relu(x, 0.5, 2.0, -1.0), lambda x: relu_derivative(x, 0.5, 2.0, -1.0)],
)
def test_nan_stays_nan_and_stays_alone(f):
    np.testing.assert_array_equal(np.isnan(f([-1.5, np.nan, 1.5])), [False, True, False])


@every
@given(x=st_numpy.arrays(st.sampled_from(["f4", "f8"]), st_numpy.array_shapes(min_dims=0)))
def test_no_number_makes_a_warning(f, x):
    with np.errstate(all="raise"):
        f(x)
        assert np.geterr()["over"] == "raise"  # as the caller has set it


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        *[(lambda f=f: f("1.0"), TypeError, "x") for f in ALL],
        *[(lambda f=f: f("1.0"), TypeError, "x") for f in (softmax, log_softmax)],
        (lambda: softmax_jacobian([[1.0, 2.0]]), ValueError, "x"),
        (lambda: count_dead_units("1.0"), TypeError, "activations"),
        (lambda: count_dead_units([1.0, 0.0]), ValueError, "activations"),
        (lambda: count_dead_units(np.zeros((0, 3))), ValueError, "activations"),
        (lambda: softmax([[1.0, 2.0]], mask=[True, False]), ValueError, "mask"),
        (lambda: softmax([1.0, 2.0], mask=[1, 0]), TypeError, "mask"),
        *[
            (lambda f=f, name=name: f(X, **{name: "1"}), TypeError, name)
            for f in (relu, relu_derivative)
            for name in ("negative_slope", "max_value", "threshold")
        ],
        (lambda: relu(X, max_value=-1.0), ValueError, "max_value"),
        (lambda: leaky_relu(X, math.nan), ValueError, "negative_slope"),
        (lambda: leaky_relu_derivative(X, None), TypeError, "negative_slope"),
        (lambda: elu(X, [1.0]), TypeError, "alpha"),
        (lambda: elu_derivative(X, math.inf), ValueError, "alpha"),
    ],
)
def test_bad_arguments_are_refused(call, error, name):
    with pytest.raises(error) as caught:
        call()
    assert_refused(caught, name)
