"""Values that no function of the course may accept, each with the error it must raise."""

import math

import numpy as np
import pytest


def _parameters(table):
    return [pytest.param(value, error, id=name) for name, value, error in table]


BAD_ARRAYS = _parameters(
    [
        ("text", "1.0", TypeError),
        ("list with text", [1.0, "a"], TypeError),
        ("bytes", b"1", TypeError),
        ("None", None, TypeError),
        ("list with None", [1.0, None], TypeError),
        ("complex", [1j], TypeError),
        ("dictionary", {"a": 1.0}, TypeError),
        ("set", {1.0, 2.0}, TypeError),
        ("function", math.sin, TypeError),
        ("integer beyond 64 bits", 2**64, TypeError),
        ("date", np.datetime64("2021-01-01"), TypeError),
        ("ragged list", [[1.0, 2.0], [3.0]], ValueError),
    ]
)

BAD_REALS = _parameters(
    [
        ("text", "0.1", TypeError),
        ("None in a list", [None], TypeError),
        ("bool", True, TypeError),
        ("list", [0.1], TypeError),
        ("array of one", np.array([0.1]), TypeError),
        ("complex", 1j, TypeError),
        ("dictionary", {}, TypeError),
        ("NaN", math.nan, ValueError),
        ("infinity", math.inf, ValueError),
        ("minus infinity", np.float32("-inf"), ValueError),
    ]
)


def assert_refused(caught, name):
    """Check that the error names the argument and ends with what was received."""
    message = str(caught.value)
    assert message.startswith(f"{name} must ")
    head, _, value = message.rpartition(f" Received: {name}=")
    assert head.endswith(".") and value
    assert len(value) <= 130 and "\n" not in message
