"""What an explorer shows: its controls' ends, its pixels, curves, bars and numbers."""

import functools

import numpy as np


@functools.cache
def _made(explore):
    explorer = explore()
    return explorer, explorer.values


def view(explore, **values):
    """The explorer with these values, all others as at the start. It is made once for all tests."""
    explorer, start = _made(explore)
    explorer.set_values(**{**start, **values})
    return explorer


def ends(control):
    """Both ends of a slider's range, or every option of another control."""
    if hasattr(control, "base"):
        return [control.base**control.min, control.base**control.max]
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [True, False] if isinstance(control.value, bool) else list(control.options)


def pixels(explorer):
    return np.array(explorer.figure.canvas.buffer_rgba())


def moving_lines(ax):
    return [line for line in ax.lines if line.get_animated()]


def curve(line):
    """The coordinates of a curve, without the places where the pen is lifted."""
    x, y = (np.asarray(values, dtype=float).ravel() for values in line.get_data())
    return x[~np.isnan(y)], y[~np.isnan(y)]


def heights(ax):
    return [bar.get_height() for bar in ax.patches]


def number(value, digits=2):
    """A number as sentences write it: real minus sign, none before 0."""
    text = f"{value:.{digits}f}".replace("-", "−")
    return text if text.strip("−0.") else text.lstrip("−")
