"""Argument checks are the sentences a function says before it works with a wrong value.

Every check either returns the argument in the one form that the mathematics uses, or raises
an error that names the argument and ends with what was received:

- `TypeError`: the argument is of the wrong kind (text, None, a dictionary, complex numbers);
- `ValueError`: the kind is right and the value is not (a ragged list, NaN, out of range).
"""

import math
import reprlib

import numpy as np

NATIVE_FLOATS = frozenset(np.dtype(kind) for kind in ("float16", "float32", "float64"))
_KINDS = {
    "c": "complex numbers",
    "S": "bytes",
    "T": "text",
    "U": "text",
    "M": "dates",
    "m": "time differences",
    "O": "Python objects (nor integers beyond 64 bits)",
    "V": "records",
}


class _ShortRepr(reprlib.Repr):
    """`repr` in at most about 80 characters, whatever the value is."""

    def __init__(self):
        super().__init__()
        self.maxstring = self.maxother = 80

    def repr_int(self, x, level):
        """Describe an integer; Python refuses to print those with thousands of digits."""
        return repr(x) if x.bit_length() <= 128 else f"<int of {x.bit_length()} bits>"


_SHORT_REPR = _ShortRepr()


def received(name, value):
    """Return the ending of an error message: what the argument was.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        The argument as it was given, of any type.

    Returns
    -------
    str
        ``Received: name=value`` on one line, with long values cut short.

    Examples
    --------
    >>> from helpers.validation import received
    >>> received("rho", 1.5)
    'Received: rho=1.5'
    >>> received("x", list(range(1000)))
    'Received: x=[0, 1, 2, 3, 4, 5, ...]'
    """
    return f"Received: {name}={' '.join(_SHORT_REPR.repr(value).split())}"


def as_float_array(x, name):
    """Return an array-like of real numbers as a float array in native byte order.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Numbers, nested sequences, NumPy arrays, and tensors or other objects that NumPy can
        turn into an array. NaN and infinities are numbers here.
    name : str
        Name of the argument, for the error message.

    Returns
    -------
    numpy.ndarray
        Same shape as `x`, also for 0-d and empty input. float16, float32 and float64 are
        kept; integers and booleans (False is 0, True is 1) become float64.

    Raises
    ------
    TypeError
        If `x` holds anything but real numbers of at most 64 bits, or is a masked array.
    ValueError
        If `x` is ragged: its rows differ in length.

    Notes
    -----
    **The result may be `x` itself**: an array that already has the right form is not copied.
    Never write into the result, and never return it; compute something new from it, as
    every arithmetic operation of NumPy does.

    ``numpy.longdouble`` is refused wherever it is wider than float64, which would lose its
    digits. Masked arrays are refused, because the mask would be lost.

    Examples
    --------
    >>> from helpers.validation import as_float_array
    >>> as_float_array([1, 2, 3], "x")
    array([1., 2., 3.])
    >>> as_float_array("abc", "x")
    Traceback (most recent call last):
        ...
    TypeError: x must hold real numbers, not text. Received: x='abc'
    """
    if type(x) is np.ndarray and x.dtype in NATIVE_FLOATS:
        return x
    array = _as_array(x, name)
    if array.dtype.kind in "bui":
        return array.astype(np.float64)
    native = array.dtype.newbyteorder("=")
    if native in NATIVE_FLOATS:
        return array.astype(native, copy=False)
    found = _KINDS.get(array.dtype.kind, f"{array.dtype} (float64 is the widest)")
    raise TypeError(f"{name} must hold real numbers, not {found}. {received(name, x)}")


def as_bool_array(x, name, shape):
    """Return an array-like of booleans as an array, after making sure of its shape.

    Parameters
    ----------
    x : array_like of bool
        True and False only: 1 and 0 are numbers, and might have been meant as something else.
    name : str
        Name of the argument, for the error message.
    shape : tuple of int
        The shape that `x` must have; nothing is broadcast.

    Returns
    -------
    numpy.ndarray of bool
        It **may be `x` itself**: never write into it.

    Raises
    ------
    TypeError
        If `x` holds anything but booleans, or is a masked array.
    ValueError
        If `x` is ragged or has another shape.

    Examples
    --------
    >>> from helpers.validation import as_bool_array
    >>> as_bool_array([True, False], "mask", (2,))
    array([ True, False])
    >>> as_bool_array([True, False], "mask", (3, 2))
    Traceback (most recent call last):
        ...
    ValueError: mask must have the shape (3, 2), not (2,). Received: mask=[True, False]
    """
    array = _as_array(x, name)
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must hold booleans, True or False. {received(name, x)}")
    if array.shape != shape:
        raise ValueError(
            f"{name} must have the shape {shape}, not {array.shape}. {received(name, x)}"
        )
    return array


def _as_array(x, name):
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{name} must not be a masked array; choose the missing values with filled(). "
            f"{received(name, x)}"
        )
    try:
        return np.asarray(x)
    except Exception as error:  # an object's own __array__ may raise anything
        if isinstance(error, ValueError) and isinstance(x, (list, tuple)):
            raise ValueError(
                f"{name} must not be ragged: its rows must have the same length. "
                f"{received(name, x)}"
            ) from error
        raise TypeError(
            f"{name} must hold real numbers; NumPy cannot read it. {received(name, x)}"
        ) from error


def as_real(value, name, *, above=None, minimum=None, maximum=None, below=None):
    """Return a finite real number as a Python float.

    Parameters
    ----------
    value : float
        A Python or NumPy number, or a 0-d array of one; not a bool.
    name : str
        Name of the argument, for the error message.
    above, below : float, optional
        Bounds that `value` must not reach.
    minimum, maximum : float, optional
        Bounds that `value` may reach but not pass.

    Returns
    -------
    float
        A Python float, because it leaves the dtype of the arrays it is combined with alone.

    Raises
    ------
    TypeError
        If `value` is not a single real number.
    ValueError
        If `value` is NaN, infinite or out of bounds.

    Examples
    --------
    >>> from helpers.validation import as_real
    >>> as_real(1, "rho", minimum=0.0, maximum=1.0)
    1.0
    >>> as_real(1, "rho", minimum=0.0, below=1.0)
    Traceback (most recent call last):
        ...
    ValueError: rho must be a finite number >= 0.0 and < 1.0. Received: rho=1
    """
    number = value if type(value) is float else _as_float(value, name)
    allowed = (
        math.isfinite(number)
        and (above is None or number > above)
        and (minimum is None or number >= minimum)
        and (maximum is None or number <= maximum)
        and (below is None or number < below)
    )
    if not allowed:
        bounds = _spoken((">", above), (">=", minimum), ("<=", maximum), ("<", below))
        raise ValueError(f"{name} must be a finite number{bounds}. {received(name, value)}")
    return number


def as_integer(value, name, *, minimum=None, maximum=None):
    """Return an integer as a Python int.

    Parameters
    ----------
    value : int
        A Python or NumPy integer, or a 0-d array of one; not a bool, and not a float,
        even if it is whole.
    name : str
        Name of the argument, for the error message.
    minimum, maximum : int, optional
        Bounds that `value` may reach but not pass.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    TypeError
        If `value` is not a single integer.
    ValueError
        If `value` is out of bounds.

    Examples
    --------
    >>> from helpers.validation import as_integer
    >>> as_integer(-1, "axis", minimum=-2, maximum=1)
    -1
    >>> as_integer(0.5, "axis")
    Traceback (most recent call last):
        ...
    TypeError: axis must be an integer. Received: axis=0.5
    """
    number = _python_number(value, name)
    if type(number) is not int:
        raise TypeError(f"{name} must be an integer. {received(name, value)}")
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        bounds = _spoken((">=", minimum), ("<=", maximum))
        raise ValueError(f"{name} must be an integer{bounds}. {received(name, value)}")
    return number


def _as_float(value, name):
    number = _python_number(value, name)
    if type(number) not in (int, float):
        raise TypeError(f"{name} must be a real number. {received(name, value)}")
    try:
        return float(number)
    except OverflowError as error:
        raise ValueError(
            f"{name} must be a number that fits into a float. {received(name, value)}"
        ) from error


def _python_number(value, name):
    """Unwrap NumPy scalars and 0-d arrays and tensors; leave everything else alone."""
    if not hasattr(value, "__array__"):
        return value
    array = _as_array(value, name)
    return array.item() if array.ndim == 0 and array.dtype.kind in "iuf" else value


def _spoken(*bounds):
    """Return the bounds that are set as words: ``" >= 0.0 and < 1.0"``."""
    return " and".join(f" {sign} {bound}" for sign, bound in bounds if bound is not None)
