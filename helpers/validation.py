"""Checks on arguments stand where a wrong value would otherwise give a wrong answer in silence.

Each check returns the argument in the one form that the mathematics uses, or raises an error
that names the argument and ends with what was received: `TypeError` for the wrong kind (text,
None, complex numbers), `ValueError` for a wrong value (a ragged list, NaN, out of range).
"""

import math
import reprlib

import numpy as np

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def received(name, value):
    """Return the end of an error message, one line however long the value is.

    >>> received("x", list(range(1000)))
    'Received: x=[0, 1, 2, 3, 4, 5, ...]'
    """
    return f"Received: {name}={' '.join(_SHORT.repr(value).split())}"


def as_float_array(x, name):
    """Return real numbers as an array: floats keep their dtype, integers become float64.

    The result **may be `x` itself**: compute something new from it, and never write into it.

    >>> as_float_array([1, 2, 3], "x")
    array([1., 2., 3.])
    """
    if type(x) is np.ndarray and x.dtype.kind == "f":
        return x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(
            f"{name} must be an array of numbers, with rows of the same length. {received(name, x)}"
        ) from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers. {received(name, x)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def as_bool_array(x, name, shape):
    """Return True and False as an array of exactly this shape; it may be `x` itself.

    >>> as_bool_array([True, False], "mask", (2,))
    array([ True, False])
    """
    array = np.asarray(x)
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must hold True and False only. {received(name, x)}")
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}. {received(name, x)}")
    return array


def as_real(value, name, *, above=None, minimum=None, maximum=None, below=None):
    """Return a finite real number within its bounds as a float.

    >>> as_real(1, "rho", minimum=0.0, below=1.0)
    Traceback (most recent call last):
        ...
    ValueError: rho must be a finite number >= 0.0 and < 1.0. Received: rho=1
    """
    number = value if type(value) is float else float(_single(value, "fiu", "a real number", name))
    if not (
        math.isfinite(number)
        and (above is None or number > above)
        and (minimum is None or number >= minimum)
        and (maximum is None or number <= maximum)
        and (below is None or number < below)
    ):
        words = _bounds((">", above), (">=", minimum), ("<=", maximum), ("<", below))
        raise ValueError(f"{name} must be a finite number{words}. {received(name, value)}")
    return number


def as_integer(value, name, *, minimum=None, maximum=None):
    """Return an integer within its bounds as an int. 2.0 is a float, not an integer.

    >>> as_integer(0.5, "axis")
    Traceback (most recent call last):
        ...
    TypeError: axis must be an integer. Received: axis=0.5
    """
    number = int(_single(value, "iu", "an integer", name))
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        words = _bounds((">=", minimum), ("<=", maximum))
        raise ValueError(f"{name} must be an integer{words}. {received(name, value)}")
    return number


def _single(value, kinds, words, name):
    number = np.asarray(value)
    if number.shape != () or number.dtype.kind not in kinds:
        raise TypeError(f"{name} must be {words}. {received(name, value)}")
    return number


def _bounds(*bounds):
    return " and".join(f" {sign} {bound}" for sign, bound in bounds if bound is not None)
