"""Central differences measure derivatives, and tell a right formula from a wrong one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.gradients import check_gradient, numerical_gradient
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused

POINTS = np.array([-3.0, -1.0, -0.25, 0.5, 2.0, 7.0])


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (np.sin, np.cos),
        (np.exp, np.exp),
        (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
        (np.square, lambda x: 2 * x),
        (lambda x: 1 / x, lambda x: -1 / x**2),
        (lambda x: x, np.ones_like),
    ],
    ids=["sin", "exp", "tanh", "square", "1/x", "identity"],
)
def test_elementwise_derivatives_of_calculus(f, derivative):
    measured = numerical_gradient(f, POINTS)
    assert measured.dtype == np.float64
    np.testing.assert_allclose(measured, derivative(POINTS), rtol=1e-8, atol=1e-9)


def test_a_gradient_worked_by_hand():
    # f = x0^2 x1 + 3 x2 at (2, 5, 7): (2 x0 x1, x0^2, 3) = (20, 4, 3)
    gradient = numerical_gradient(lambda x: x[0] ** 2 * x[1] + 3 * x[2], [2, 5, 7])
    np.testing.assert_allclose(gradient, [20.0, 4.0, 3.0], rtol=1e-9)


def test_the_gradient_of_a_quadratic_form():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(4, 4))
    x = rng.normal(size=4)
    gradient = numerical_gradient(lambda x: x @ matrix @ x, x)
    np.testing.assert_allclose(gradient, (matrix + matrix.T) @ x, rtol=1e-8)


def test_the_sum_of_what_f_returns_is_differentiated():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    rows = numerical_gradient(lambda x: np.prod(x, axis=1), x)  # one number per row
    np.testing.assert_allclose(rows, [[2.0, 1.0], [4.0, 3.0]], rtol=1e-9)
    total = numerical_gradient(lambda x: np.prod(x, axis=1).sum(), x)
    np.testing.assert_allclose(total, rows, rtol=1e-9)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (1,), (5,), (2, 3), (2, 1, 3)])
def test_the_shape_of_x_is_kept(shape):
    x = np.arange(1.0, 1.0 + math.prod(shape)).reshape(shape)
    gradient = numerical_gradient(lambda x: (x**3).sum(), x)
    assert gradient.shape == shape and gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-8)


def test_a_single_number_gives_a_single_number():
    gradient = numerical_gradient(lambda x: x**2, 3)
    assert isinstance(gradient, np.float64)
    assert gradient == pytest.approx(6.0, rel=1e-9)
    assert numerical_gradient(math.sin, 0.0) == pytest.approx(1.0, rel=1e-9)


def test_at_a_kink_it_lies_between_the_slopes():
    assert numerical_gradient(lambda x: np.maximum(x, 0), 0.0) == 0.5
    assert numerical_gradient(np.abs, 0.0) == 0.0


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e9, 1e100])
def test_the_step_grows_with_x(scale):
    x = scale * np.array([-2.0, 1.0, 3.0])
    np.testing.assert_allclose(numerical_gradient(np.square, x), 2 * x, rtol=1e-8)
    # cubes tell central differences (error h^2) from one-sided ones (error h)
    measured = numerical_gradient(lambda x: (x / scale) ** 3, x) * scale
    np.testing.assert_allclose(measured, [12.0, 3.0, 27.0], rtol=1e-9)


def test_one_large_element_does_not_blur_the_others():
    x = np.array([1e12, 1.0])
    measured = numerical_gradient(np.square, x)
    np.testing.assert_allclose(measured, [2e12, 2.0], rtol=1e-8)


def test_float32_input_is_differentiated_in_float64():
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return np.sin(x).sum()

    x = np.array([0.5, 1.5], dtype=np.float32)
    np.testing.assert_allclose(numerical_gradient(f, x), np.cos([0.5, 1.5]), rtol=1e-8)
    assert seen == {np.dtype(np.float64)}


def test_the_default_step_is_the_cube_root_of_epsilon():
    seen = []
    numerical_gradient(lambda x: seen.append(float(x)) or 0.0, 0.5)
    numerical_gradient(lambda x: seen.append(float(x)) or 0.0, -1000.0)
    step = 2.0 ** (-52 / 3)
    expected = [0.5 - step, 0.5 + step, -1000 * (1 + step), -1000 * (1 - step)]
    np.testing.assert_allclose(seen, expected, rtol=1e-13)


def test_the_given_step_is_used():
    # Central differences of x^3 are 3 x^2 + h^2 exactly.
    measured = numerical_gradient(lambda x: x**3, [1.0, 2.0], step=0.5)
    np.testing.assert_allclose(measured, [3.25, 12.25], rtol=1e-14)


def test_a_larger_step_suits_functions_in_float32():
    def f(x):
        return np.sin(x.astype(np.float32))

    measured = numerical_gradient(f, POINTS, step=5e-3)
    np.testing.assert_allclose(measured, np.cos(POINTS), atol=2e-4)


def test_x_is_never_modified_even_if_f_modifies_its_argument():
    def f(x):
        x *= x
        return x

    x = POINTS.copy()
    x.flags.writeable = False
    before = x.copy()
    measured = numerical_gradient(f, x)
    np.testing.assert_allclose(measured, 2 * POINTS, rtol=1e-8)
    assert check_gradient(f, lambda x: 2 * x, x) < 1e-8
    x.flags.writeable = True
    check_gradient(np.square, lambda x: np.multiply(x, 2, out=x), x)
    np.testing.assert_array_equal(x, before)


def test_results_share_no_memory():
    x = POINTS.copy()
    assert not np.shares_memory(numerical_gradient(lambda x: x, x), x)


@settings(deadline=None, max_examples=50)
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


def test_check_gradient_accepts_the_right_formula():
    error = check_gradient(np.sin, np.cos, POINTS)
    assert type(error) is float and 0 <= error < 1e-9
    # a loss: the mean of squares
    loss = check_gradient(lambda x: np.mean(x**2), lambda x: 2 * x / x.size, POINTS)
    assert 0 <= loss < 1e-9


def test_check_gradient_is_relative_to_the_largest_entry():
    # measured (2, 8), claimed (2, 10): 2 / 10; claimed (2, 4): 4 / 8; claimed 0: 8 / 8
    for claimed, expected in [
        ((2.0, 10.0), 0.2),
        ((2.0, 4.0), 0.5),
        ((0.0, 0.0), 1.0),
        ((-32.0, 8.0), 34 / 32),
    ]:
        error = check_gradient(np.square, lambda x, c=claimed: np.array(c), [1.0, 4.0])
        assert error == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e6])
def test_check_gradient_catches_a_wrong_formula_of_any_size(scale):
    def f(x):
        return scale * np.sin(x)

    assert check_gradient(f, lambda x: scale * np.cos(x), POINTS) < 1e-8
    assert check_gradient(f, lambda x: -scale * np.cos(x), POINTS) == pytest.approx(2, rel=1e-6)
    assert check_gradient(f, lambda x: 1.001 * scale * np.cos(x), POINTS) > 9e-4


def test_check_gradient_sees_one_wrong_entry():
    def gradient(x):
        slope = np.cos(x)
        slope[3] += 0.01
        return slope

    assert check_gradient(np.sin, gradient, POINTS) > 5e-3


def test_check_gradient_with_nothing_to_compare():
    assert check_gradient(lambda x: 7.0, np.zeros_like, POINTS) == 0.0
    assert check_gradient(np.sin, np.cos, []) == 0.0
    # What falls is not flat, and what is flat does not rise.
    assert check_gradient(lambda x: -np.exp(x), np.zeros_like, POINTS) == 1.0
    assert check_gradient(lambda x: 7.0, np.ones_like, POINTS) == 1.0


def test_check_gradient_on_a_single_number_and_with_a_step():
    assert check_gradient(math.sin, math.cos, 0.3) < 1e-9
    # x^3 at 1 with step 0.5 measures 3.25
    error = check_gradient(lambda x: x**3, lambda x: 3 * x**2, 1.0, step=0.5)
    assert error == pytest.approx(0.25 / 3.25)


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_x_is_refused(value, error):
    for call in (
        lambda: numerical_gradient(np.sin, value),
        lambda: check_gradient(np.sin, np.cos, value),
    ):
        with pytest.raises(error) as caught:
            call()
        assert_refused(caught, "x")


@pytest.mark.parametrize("value", [np.nan, np.inf, [1.0, -np.inf]])
def test_x_must_be_finite(value):
    with pytest.raises(ValueError, match="x must be finite") as caught:
        numerical_gradient(np.sin, value)
    assert_refused(caught, "x")


@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_bad_steps_are_refused(value, error):
    with pytest.raises(error) as caught:
        numerical_gradient(np.sin, POINTS, step=value)
    assert_refused(caught, "step")


@pytest.mark.parametrize("value", [0.0, -1e-6, 1e-17, 5e-324])
def test_steps_that_do_not_move_x_are_refused(value):
    with pytest.raises(ValueError) as caught:
        numerical_gradient(np.sin, POINTS, step=value)
    assert_refused(caught, "step")


@pytest.mark.parametrize("value", [None, 3.0, "sin", POINTS])
def test_f_and_gradient_must_be_functions(value):
    with pytest.raises(TypeError) as caught:
        numerical_gradient(value, POINTS)
    assert_refused(caught, "f")
    with pytest.raises(TypeError) as caught:
        check_gradient(value, np.cos, POINTS)
    assert_refused(caught, "f")
    with pytest.raises(TypeError) as caught:
        check_gradient(np.sin, value, POINTS)
    assert_refused(caught, "gradient")


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (None, TypeError),
        ("a", TypeError),
        (1j, TypeError),
        (np.nan, ValueError),
        ([np.inf], ValueError),
    ],
)
def test_what_f_returns_is_checked(result, error):
    with pytest.raises(error) as caught:
        numerical_gradient(lambda x: result, POINTS)
    assert_refused(caught, "f(x)")
    with pytest.raises(error) as caught:
        check_gradient(np.sin, lambda x: result, POINTS)
    assert_refused(caught, "gradient(x)")


def test_the_shape_of_what_f_returns_must_not_change():
    with pytest.raises(ValueError, match="same shape for every x") as caught:
        numerical_gradient(lambda x: x[x > 0], [1.0, 0.0])
    assert_refused_shape(caught, "f", "f(x)")


@pytest.mark.parametrize("gradient", [lambda x: 1.0, lambda x: x[:1], lambda x: x[:, None]])
def test_gradient_must_return_the_shape_of_x(gradient):
    with pytest.raises(ValueError, match="must return the shape of x") as caught:
        check_gradient(np.sin, gradient, POINTS)
    assert_refused_shape(caught, "gradient", "gradient(x)")


def assert_refused_shape(caught, name, call):
    message = str(caught.value)
    assert message.startswith(f"{name} must return ")
    assert f" Received: {call}=" in message
