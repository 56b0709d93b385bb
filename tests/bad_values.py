"""Values that no function of the course may accept, each with the error it must raise."""

import decimal
import math

import numpy as np
import pytest


class Unreadable:
    """An object whose own conversion to an array fails."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array today")

    def __repr__(self):
        return "Unreadable()"


class Symbolic:
    """An object that is no array yet, as a symbolic tensor is not."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("no values yet")

    def __repr__(self):
        return "Symbolic()"


def _itself():
    endless = []
    endless.append(endless)
    return endless


def _parameters(table):
    return [pytest.param(value, error, id=name) for name, value, error in table]


BAD_ARRAYS = _parameters(
    [
        ("text", "abc", TypeError),
        ("number as text", "1.0", TypeError),
        ("list with text", [1.0, "a"], TypeError),
        ("array of text", np.array(["1.0"]), TypeError),
        ("bytes", b"1", TypeError),
        ("None", None, TypeError),
        ("list with None", [1.0, None], TypeError),
        ("complex", 1j, TypeError),
        ("complex array", np.array([1 + 0j]), TypeError),
        ("object array", np.array([1.0, 2.0], dtype=object), TypeError),
        ("dictionary", {"a": 1.0}, TypeError),
        ("set", {1.0, 2.0}, TypeError),
        ("iterator", iter([1.0]), TypeError),
        ("function", math.sin, TypeError),
        ("Decimal", decimal.Decimal(1), TypeError),
        ("integer beyond 64 bits", 2**64, TypeError),
        ("integer of 5000 digits", 10**5000, TypeError),
        ("date", np.datetime64("2021-01-01"), TypeError),
        ("time difference", np.array([1], dtype="m8[ns]"), TypeError),
        ("record", np.zeros(2, dtype="f4,f4"), TypeError),
        ("masked array", np.ma.array([1.0, 2.0], mask=[False, True]), TypeError),
        ("unreadable", Unreadable(), TypeError),
        ("list of unreadable", [Unreadable()], TypeError),
        ("symbolic", Symbolic(), TypeError),
        ("ragged list", [[1.0, 2.0], [3.0]], ValueError),
        ("ragged tuple", ((1.0, 2.0), (3.0,)), ValueError),
        ("list of itself", _itself(), ValueError),
    ]
)

# On some machines longdouble is another name for float64.
if np.finfo(np.longdouble).bits > 64:
    BAD_ARRAYS += _parameters([("longdouble", np.longdouble(1), TypeError)])

BAD_REALS = _parameters(
    [
        ("text", "0.1", TypeError),
        ("None in a list", [None], TypeError),
        ("bool", True, TypeError),
        ("NumPy bool", np.True_, TypeError),
        ("list", [0.1], TypeError),
        ("array of one", np.array([0.1]), TypeError),
        ("0-d array of text", np.array("0.1"), TypeError),
        ("complex", 1j, TypeError),
        ("dictionary", {}, TypeError),
        ("masked", np.ma.masked, TypeError),
        ("time difference", np.timedelta64(1, "ns"), TypeError),
        ("unreadable", Unreadable(), TypeError),
        ("NaN", math.nan, ValueError),
        ("infinity", math.inf, ValueError),
        ("minus infinity", -math.inf, ValueError),
        ("NumPy NaN", np.float32("nan"), ValueError),
        ("too large for a float", 10**400, ValueError),
    ]
)


def assert_refused(caught, name):
    """Check that the error names the argument and ends with what was received."""
    message = str(caught.value)
    assert message.startswith(f"{name} must ")
    head, _, value = message.rpartition(f" Received: {name}=")
    assert head.endswith(".") and value
    assert len(value) <= 130 and "\n" not in message
