"""The checks accept every real number and refuse everything else by name."""

import array
import math

import numpy as np
import pytest

from helpers.validation import as_bool_array, as_float_array, as_integer, as_real, received
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused


class Tensor:
    """An object that NumPy can turn into an array, as a tensor is."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_float_arrays_are_kept_as_they_are(dtype, shape):
    x = np.full(shape, 1.5, dtype)
    assert as_float_array(x, "x") is x


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", ">i4"])
def test_integers_and_booleans_become_float64(dtype):
    y = as_float_array(np.array([[0, 1], [1, 0]], dtype), "x")
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, [[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    "x",
    [[1, 2.5], (np.int8(1), 2.5), array.array("d", [1, 2.5]), Tensor([1, 2.5])],
    ids=["list", "tuple", "array.array", "tensor"],
)
def test_array_likes_are_read(x):
    y = as_float_array(x, "x")
    assert type(y) is np.ndarray and y.dtype == np.float64
    np.testing.assert_array_equal(y, [1.0, 2.5])
    assert as_float_array(Tensor(np.ones(2, np.float32)), "x").dtype == np.float32


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_arrays_are_refused(value, error):
    with pytest.raises(error) as caught:
        as_float_array(value, "y_true")
    assert_refused(caught, "y_true")


def test_booleans_are_read():
    for x in ([[True], [False]], np.array([[True], [False]])):
        y = as_bool_array(x, "mask", (2, 1))
        assert type(y) is np.ndarray and y.dtype == np.bool_
        np.testing.assert_array_equal(y, [[True], [False]])


@pytest.mark.parametrize(
    ("value", "error"),
    [([1, 0], TypeError), ("ab", TypeError), ([True], ValueError), ([[True, False]], ValueError)],
)
def test_other_kinds_and_shapes_are_no_mask(value, error):
    with pytest.raises(error) as caught:
        as_bool_array(value, "mask", (2,))
    assert_refused(caught, "mask")


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.uint8(2), np.array(2.0), Tensor(2)])
def test_numbers_become_python_floats(value):
    number = as_real(value, "rho")
    assert type(number) is float and number == 2.0


@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_bad_reals_are_refused(value, error):
    with pytest.raises(error) as caught:
        as_real(value, "rho")
    assert_refused(caught, "rho")


@pytest.mark.parametrize(
    ("bounds", "inside", "outside", "words"),
    [
        ({"above": 0.0}, [5e-324, 1e308], [0.0, -1.0], "> 0.0"),
        ({"minimum": 0.0}, [0.0, 1.0], [-5e-324, math.inf], ">= 0.0"),
        ({"maximum": 1.0}, [1.0, -9.0], [math.nextafter(1.0, 2.0)], "<= 1.0"),
        ({"below": 1.0}, [math.nextafter(1.0, 0.0)], [1.0, 9.0], "< 1.0"),
        ({"minimum": 0.0, "below": 1.0}, [0.0, 0.9], [-0.1, 1.0], ">= 0.0 and < 1.0"),
    ],
)
def test_bounds_of_reals(bounds, inside, outside, words):
    for value in inside:
        assert as_real(value, "rho", **bounds) == value
    for value in outside:
        with pytest.raises(ValueError) as caught:
            as_real(value, "rho", **bounds)
        message = f"rho must be a finite number {words}. Received: rho={value}"
        assert str(caught.value) == message


@pytest.mark.parametrize("value", [-1, np.int8(-1), np.array(-1)])
def test_integers_become_python_ints(value):
    number = as_integer(value, "axis")
    assert type(number) is int and number == -1


@pytest.mark.parametrize("value", [1.0, True, "1", None, [1], math.nan])
def test_other_kinds_are_no_integers(value):
    with pytest.raises(TypeError) as caught:
        as_integer(value, "axis")
    assert_refused(caught, "axis")


def test_bounds_of_integers():
    assert [as_integer(n, "axis", minimum=-1, maximum=1) for n in (-1, 0, 1)] == [-1, 0, 1]
    for value in (-2, 2):
        with pytest.raises(ValueError) as caught:
            as_integer(value, "axis", minimum=-1, maximum=1)
        message = f"axis must be an integer >= -1 and <= 1. Received: axis={value}"
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "x=1.5"),
        ("a", "x='a'"),
        (list(range(100)), "x=[0, 1, 2, 3, 4, 5, ...]"),
        (np.eye(2), "x=array([[1., 0.], [0., 1.]])"),
    ],
)
def test_received(value, text):
    assert received("x", value) == f"Received: {text}"


@pytest.mark.parametrize("value", ["a" * 10**6, np.zeros((50, 50)), {n: n for n in range(999)}])
def test_received_is_one_short_line(value):
    text = received("x", value)
    assert 30 < len(text) <= 100 and "\n" not in text and "..." in text
