"""The argument checks accept every real number and refuse everything else by name."""

import array
import enum
import math

import numpy as np
import pytest

from helpers.validation import as_bool_array, as_float_array, as_integer, as_real, received
from tests.bad_values import BAD_ARRAYS, BAD_REALS, Unreadable, assert_refused

FLOATS = [np.float16, np.float32, np.float64]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (4,), (2, 3)])
def test_floats_are_kept(dtype, shape):
    x = np.full(shape, 1.5, dtype=dtype)
    y = as_float_array(x, "x")
    assert type(y) is np.ndarray and y.dtype == dtype and y.shape == shape
    assert (y == 1.5).all()


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4", ">u8"]
)
def test_integers_and_booleans_become_float64(dtype):
    y = as_float_array(np.array([[0, 1], [1, 0]], dtype=dtype), "x")
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, [[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize("dtype", FLOATS)
def test_byte_order_becomes_native(dtype):
    x = np.array([1.5, -2.0, np.nan, np.inf], dtype=dtype)
    for order in "<>":
        y = as_float_array(x.astype(x.dtype.newbyteorder(order)), "x")
        assert y.dtype == dtype and y.dtype.isnative
        np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize(
    "x",
    [
        [1, 2.5],
        (1, 2.5),
        [np.float32(1), np.array(2.5)],
        array.array("d", [1, 2.5]),
        np.array([1, 2.5]).view(np.matrix),
        memoryview(np.array([1, 2.5])),
    ],
    ids=["list", "tuple", "list of scalars", "array.array", "matrix", "memoryview"],
)
def test_array_likes_are_read(x):
    y = as_float_array(x, "x")
    assert type(y) is np.ndarray and y.dtype == np.float64
    np.testing.assert_array_equal(y.ravel(), [1.0, 2.5])


@pytest.mark.parametrize("x", [3, 3.0, True + 2, np.float64(3), np.array(3)])
def test_single_numbers_become_0d(x):
    y = as_float_array(x, "x")
    assert y.shape == () and y.dtype == np.float64 and y == 3.0


def test_objects_with_array_method_are_read():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0], dtype=np.float32)

    y = as_float_array(Tensor(), "x")
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, [1.0, 2.0])


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_arrays_are_refused(value, error):
    with pytest.raises(error) as caught:
        as_float_array(value, "y_true")
    assert type(caught.value) is error
    assert_refused(caught, "y_true")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("abc", "not text"),
        (np.array([b"a"]), "not bytes"),
        (1j, "not complex numbers"),
        ({}, "not Python objects"),
        (np.datetime64("2021-01-01"), "not dates"),
        (np.timedelta64(1, "s"), "not time differences"),
        (np.zeros(2, dtype="f4,f4"), "not records"),
        (np.ma.array([1.0]), "masked array"),
        ([[1], [1, 2]], "ragged"),
    ],
)
def test_the_message_says_what_is_wrong(value, words):
    with pytest.raises((TypeError, ValueError), match=words):
        as_float_array(value, "x")


@pytest.mark.skipif(np.finfo(np.longdouble).bits == 64, reason="longdouble is float64 here")
def test_wider_floats_are_refused():
    with pytest.raises(TypeError, match="float64 is the widest"):
        as_float_array(np.longdouble(1), "x")


def test_the_cause_is_kept():
    with pytest.raises(TypeError) as caught:
        as_float_array(Unreadable(), "x")
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize(
    "x", [[[True], [False]], np.array([[True], [False]]), ((np.True_,), (False,))]
)
def test_booleans_are_read(x):
    y = as_bool_array(x, "mask", (2, 1))
    assert type(y) is np.ndarray and y.dtype == np.bool_
    np.testing.assert_array_equal(y, [[True], [False]])


@pytest.mark.parametrize(
    "value", [[1, 0], [1.0, 0.0], "ab", None, ["True", "False"], [None, True], {True, False}]
)
def test_other_kinds_are_no_booleans(value):
    with pytest.raises(TypeError) as caught:
        as_bool_array(value, "mask", (2,))
    assert_refused(caught, "mask")


def test_masked_and_ragged_booleans_are_refused():
    with pytest.raises(TypeError, match="masked array") as caught:
        as_bool_array(np.ma.array([True, False]), "mask", (2,))
    assert_refused(caught, "mask")
    with pytest.raises(ValueError, match="ragged") as caught:
        as_bool_array([[True], [True, False]], "mask", (2,))
    assert_refused(caught, "mask")


@pytest.mark.parametrize("shape", [(), (2, 1), (1, 2), (3,), (3, 2)])
def test_booleans_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError) as caught:
        as_bool_array([True, False], "mask", shape)
    assert_refused(caught, "mask")
    assert f"the shape {shape}, not (2,)" in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [0.5, np.float16(0.5), np.float32(0.5), np.float64(0.5), np.array(0.5), np.array(0.5, ">f4")],
)
def test_real_numbers_become_python_floats(value):
    number = as_real(value, "rho")
    assert type(number) is float and number == 0.5


@pytest.mark.parametrize("value", [2, np.int8(2), np.uint64(2), np.array(2)])
def test_integers_are_real_numbers(value):
    number = as_real(value, "rho")
    assert type(number) is float and number == 2.0


@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_bad_reals_are_refused(value, error):
    with pytest.raises(error) as caught:
        as_real(value, "rho")
    assert type(caught.value) is error
    assert_refused(caught, "rho")


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"above": 0.0}, [5e-324, 1.0, 1e308], [0.0, -0.0, -1.0]),
        ({"minimum": 0.0}, [0.0, 1.0], [-5e-324, -1.0]),
        ({"maximum": 1.0}, [1.0, -9.0], [math.nextafter(1.0, 2.0), 9.0]),
        ({"below": 1.0}, [math.nextafter(1.0, 0.0), -9.0], [1.0, 9.0]),
        ({"minimum": 0.0, "below": 1.0}, [0.0, 0.9], [-0.1, 1.0]),
        ({"above": -1.0, "maximum": 0.0}, [-0.9, 0.0], [-1.0, 0.1]),
    ],
)
def test_bounds_of_reals(bounds, inside, outside):
    for value in inside:
        assert as_real(value, "rho", **bounds) == value
    for value in outside:
        with pytest.raises(ValueError) as caught:
            as_real(value, "rho", **bounds)
        assert_refused(caught, "rho")


def test_the_message_states_the_bounds():
    with pytest.raises(ValueError) as caught:
        as_real(2, "rho", minimum=0.0, below=1.0)
    expected = "rho must be a finite number >= 0.0 and < 1.0. Received: rho=2"
    assert str(caught.value) == expected
    with pytest.raises(ValueError) as caught:
        as_real(np.nan, "rho", above=0.0, maximum=1.0)
    assert str(caught.value) == "rho must be a finite number > 0.0 and <= 1.0. Received: rho=nan"
    with pytest.raises(ValueError) as caught:
        as_integer(3, "axis", minimum=-2, maximum=1)
    assert str(caught.value) == "axis must be an integer >= -2 and <= 1. Received: axis=3"


@pytest.mark.parametrize("value", [-1, np.int8(-1), np.array(-1), np.array(-1, ">i8")])
def test_integers_become_python_ints(value):
    number = as_integer(value, "axis")
    assert type(number) is int and number == -1


@pytest.mark.parametrize(
    "value", [1.0, np.float64(1), True, np.True_, "1", None, [1], np.array([1]), 1j, math.nan]
)
def test_other_kinds_are_no_integers(value):
    with pytest.raises(TypeError) as caught:
        as_integer(value, "axis")
    assert_refused(caught, "axis")


def test_bounds_of_integers():
    assert [as_integer(n, "axis", minimum=-1, maximum=1) for n in (-1, 0, 1)] == [-1, 0, 1]
    for value in (-2, 2, -(10**5000)):
        with pytest.raises(ValueError) as caught:
            as_integer(value, "axis", minimum=-1, maximum=1)
        assert_refused(caught, "axis")


def test_members_of_an_integer_enumeration_are_not_taken_for_numbers():
    class Colour(enum.IntEnum):
        RED = 1

    with pytest.raises(TypeError, match="axis must be an integer"):
        as_integer(Colour.RED, "axis")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "x=1.5"),
        ("a", "x='a'"),
        (None, "x=None"),
        (np.array([1.0, 2.0]), "x=array([1., 2.])"),
        (list(range(100)), "x=[0, 1, 2, 3, 4, 5, ...]"),
        (2**128 - 1, f"x={2**128 - 1}"),
        (2**128, "x=<int of 129 bits>"),
        (np.eye(2), "x=array([[1., 0.], [0., 1.]])"),
    ],
)
def test_received(value, text):
    assert received("x", value) == f"Received: {text}"


@pytest.mark.parametrize("value", ["a" * 10**6, np.zeros((50, 50)), {n: n for n in range(999)}])
def test_received_is_one_short_line(value):
    text = received("x", value)
    assert len(text) <= 100 and "\n" not in text and "..." in text
