"""What an exercise answers: a short report, shown by Jupyter as HTML and as plain text.

Both say the same. The text is what a terminal, a screen reader and the notebook tests get;
the HTML adds a coloured edge, whose meaning is always said in words as well.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

# Okabe and Ito's colours, which colour-blind readers can tell apart. Only the edge and the
# icon are coloured: the text keeps the colour of the theme, light or dark.
_LOOKS = {
    "correct": ("✔", "Correct", "#009E73"),
    "wrong": ("✘", "Not right yet", "#D55E00"),
    "not attempted": ("○", "Not attempted yet", "#56B4E9"),
    "hint": ("➜", "Hint", "#E69F00"),
    "solution": ("➜", "Solution", "#E69F00"),
}

# Every option, so that the learner's own settings change nothing.
_NUMBER_FORMAT = {
    "precision": 8,
    "threshold": 20,
    "edgeitems": 3,
    "linewidth": 80,
    "suppress": True,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "floatmode": "maxprec",
    "formatter": None,
}


@dataclass(frozen=True)
class Report:
    """An answer to a learner: a state, a sentence and a few labelled details.

    Parameters
    ----------
    state : str
        ``"correct"``, ``"wrong"``, ``"not attempted"``, ``"hint"`` or ``"solution"``.
    sentence : str
        The message. Words between backticks are shown as code.
    details : tuple of (str, str), default ()
        Labels and texts in the order in which they are shown.
    code : str, default ""
        Source code to show below, line by line.

    Examples
    --------
    >>> Report("wrong", "`relu` is wrong here.", (("Input", "x = [-1.]"),))
    ✘ Not right yet: `relu` is wrong here.
        Input: x = [-1.]
    """

    state: str
    sentence: str
    details: tuple[tuple[str, str], ...] = ()
    code: str = ""

    def __repr__(self) -> str:
        icon, title, _ = _LOOKS[self.state]
        lines = [f"{icon} {title}: {self.sentence}"]
        lines += [f"    {label}: {text}" for label, text in self.details]
        lines += [f"    {line}".rstrip() for line in self.code.splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        icon, title, colour = _LOOKS[self.state]
        details = "".join(
            f"<div><strong>{html.escape(label)}:</strong> {_to_html(text)}</div>"
            for label, text in self.details
        )
        block = "font-family: monospace; white-space: pre; overflow-x: auto; margin-top: 0.5em"
        code = f'<pre style="{block}">{html.escape(self.code)}</pre>' if self.code else ""
        style = f"border-left: 0.4em solid {colour}; padding: 0.2em 1em; max-width: 65em"
        return (
            f'<div style="{style}; overflow-wrap: anywhere">'
            f'<div><span aria-hidden="true" style="color: {colour}">{icon}</span> '
            f"<strong>{title}:</strong> {_to_html(self.sentence)}</div>{details}{code}</div>"
        )


def _to_html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def show(value: Any) -> str:
    """Write a value as a person would, on one line, in the same way in every process.

    Parameters
    ----------
    value : object
        A number, an array, a text or anything else.

    Returns
    -------
    str
        The value, cut where it is long; its kind, such as ``"a set"``, where the value
        itself could look different the next time.

    Examples
    --------
    >>> show(np.array([0.5, 2.0]))
    '[0.5, 2. ]'
    >>> show({1, 2})
    'a set'
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is ...:
        return "..."
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return shorten(repr(value))
    if isinstance(value, (tuple, list)) and len(value) <= 10:
        left, right = "()" if isinstance(value, tuple) else "[]"
        return shorten(left + ", ".join(map(show, value)) + right)
    numbers = as_numbers(value)
    if numbers is None or isinstance(value, list):
        kind = type(value).__name__
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    if numbers.ndim == 0:
        return show(numbers.item())
    with np.printoptions(**_NUMBER_FORMAT):
        return shorten(np.array2string(numbers, separator=", "))


def as_numbers(value: Any) -> np.ndarray | None:
    """Return what a learner's function returned as an array.

    Parameters
    ----------
    value : object
        A number, an array, a list, or a tensor of any library.

    Returns
    -------
    numpy.ndarray or None
        Integers, floats, complex numbers or Booleans; None if it is nothing of this.

    Examples
    --------
    >>> as_numbers([1, 2])
    array([1, 2])
    >>> as_numbers("1") is None
    True
    """
    try:
        numbers = np.asarray(value)
    except Exception:  # whatever the object raises, it is not an array of numbers
        return None
    return numbers if numbers.dtype.kind in "biufc" else None


def shorten(text: str, longest: int = 200) -> str:
    r"""Return `text` on one line, without memory addresses and not longer than `longest`.

    Parameters
    ----------
    text : str
        Any text, such as the message of an exception.
    longest : int, default 200
        Number of characters to keep.

    Returns
    -------
    str
        The same words; a cut is marked by an ellipsis.

    Examples
    --------
    >>> shorten("two\nlines")
    'two lines'
    """
    line = re.sub(r" at 0x[0-9a-fA-F]+", "", " ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1] + "…"
