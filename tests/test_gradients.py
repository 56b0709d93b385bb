"""Central differences measure derivatives."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.gradients import gradient_sizes, numerical_gradient
from tests.bad_values import assert_refused

POINTS = np.array([-3.0, -1.0, -0.25, 0.5, 2.0, 7.0])


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (np.sin, np.cos),
        (np.exp, np.exp),
        (np.square, lambda x: 2 * x),
        (lambda x: 1 / x, lambda x: -1 / x**2),
    ],
    ids=["sin", "exp", "square", "1/x"],
)
def test_elementwise_derivatives_of_calculus(f, derivative):
    measured = numerical_gradient(f, POINTS)
    assert measured.dtype == np.float64
    np.testing.assert_allclose(measured, derivative(POINTS), rtol=1e-8, atol=1e-9)


def test_a_gradient_worked_by_hand():
    # f = x0² x1 + 3 x2 at (2, 5, 7): (2 x0 x1, x0², 3) = (20, 4, 3)
    gradient = numerical_gradient(lambda x: x[0] ** 2 * x[1] + 3 * x[2], [2, 5, 7])
    np.testing.assert_allclose(gradient, [20.0, 4.0, 3.0], rtol=1e-9)


def test_the_sum_of_what_f_returns_is_differentiated():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    rows = numerical_gradient(lambda x: np.prod(x, axis=1), x)  # one number per row
    np.testing.assert_allclose(rows, [[2.0, 1.0], [4.0, 3.0]], rtol=1e-9)


@pytest.mark.parametrize("shape", [(0,), (1,), (2, 3), (2, 1, 3)])
def test_the_shape_of_x_is_kept(shape):
    x = np.arange(1.0, 1.0 + math.prod(shape)).reshape(shape)
    gradient = numerical_gradient(lambda x: (x**3).sum(), x)
    assert gradient.shape == shape and gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-8)


def test_a_single_number_gives_a_single_number():
    gradient = numerical_gradient(math.sin, 0)
    assert type(gradient) is np.float64
    assert gradient == pytest.approx(1.0, rel=1e-9)


def test_the_step_grows_with_each_x_by_itself():
    x = np.array([1e12, 1.0, -1e100])
    np.testing.assert_allclose(numerical_gradient(np.square, x), 2 * x, rtol=1e-8)


def test_the_default_step_is_the_cube_root_of_epsilon():
    seen = []
    for x in (0.5, -1000.0):
        numerical_gradient(lambda x: seen.append(float(x)) or 0.0, x)
    step = 2.0 ** (-52 / 3)
    expected = [0.5 - step, 0.5 + step, -1000 * (1 + step), -1000 * (1 - step)]
    np.testing.assert_allclose(sorted(seen), sorted(expected), rtol=1e-13)


def test_the_given_step_is_used():
    # Central differences of x³ are 3 x² + h² exactly.
    measured = numerical_gradient(lambda x: x**3, [1.0, 2.0], step=0.5)
    np.testing.assert_allclose(measured, [3.25, 12.25], rtol=1e-14)


def test_float32_input_is_differentiated_in_float64():
    x = np.array([0.5, 1.5], dtype=np.float32)
    np.testing.assert_allclose(numerical_gradient(np.sin, x), np.cos([0.5, 1.5]), rtol=1e-8)


def test_lists_tensors_and_integers_may_be_returned():
    np.testing.assert_allclose(numerical_gradient(lambda x: [x[0], 2 * x[1]], [1, 1]), [1, 2])
    assert numerical_gradient(lambda x: np.uint8(x < 1), 1.0, step=0.5) == -1.0  # not 255
    keras = pytest.importorskip("keras")
    measured = numerical_gradient(lambda x: keras.ops.square(keras.ops.array(x)), [1.0, 3.0])
    np.testing.assert_allclose(measured, [2.0, 6.0], rtol=1e-8)


def test_x_is_never_modified_even_if_f_modifies_its_argument():
    def f(x):
        x *= x
        return x

    x = POINTS.copy()
    measured = numerical_gradient(f, x)
    np.testing.assert_allclose(measured, 2 * POINTS, rtol=1e-8)
    np.testing.assert_array_equal(x, POINTS)


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5),
    st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3),
)
def test_polynomials(points, coefficients):
    a, b, c = coefficients
    x = np.array(points)
    measured = numerical_gradient(lambda x: a * x**2 + b * x + c, x)
    size = np.abs(a * x**2) + np.abs(b * x) + abs(c) + 1
    assert (np.abs(measured - (2 * a * x + b)) <= 1e-9 * size).all()


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError) as caught:
        numerical_gradient(np.sin, "1.0")
    assert_refused(caught, "x")
    with pytest.raises(ValueError, match="> 0") as caught:
        numerical_gradient(np.sin, POINTS, step=0.0)
    assert_refused(caught, "step")


def test_the_size_of_a_gradient_in_each_layer_is_that_of_a_tape():
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(0)
    weights = rng.normal(0.0, np.sqrt(1.5 / 100), (3, 100, 100))
    a, g = map(tf.constant, rng.normal(size=(2, 200, 100)))
    zs = []
    with tf.GradientTape() as tape:
        for w in weights:
            zs.append(a @ w)
            tape.watch(zs[-1])
            a = tf.tanh(zs[-1])
        loss = tf.reduce_sum(a * g)
    expected = [np.abs(delta).mean() for delta in tape.gradient(loss, zs)]
    measured = gradient_sizes(np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.5, layers=3, seeds=1)
    np.testing.assert_allclose(measured, expected, rtol=1e-10)


def test_half_the_slope_halves_the_gradient_in_each_layer():
    whole = gradient_sizes(np.tanh, np.ones_like, 1.0, layers=4, seeds=3)
    half = gradient_sizes(np.tanh, lambda z: np.full_like(z, 0.5), 1.0, layers=4, seeds=3)
    np.testing.assert_allclose(half / whole, [1 / 16, 1 / 8, 1 / 4, 1 / 2])
