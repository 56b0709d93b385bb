"""A report is the answer to a learner: a state, a sentence and details, as text and as HTML.

Both say the same. The HTML adds a coloured edge, whose meaning is always said in words as well.
"""

import html
import re
import sys
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

# Okabe and Ito's colours. Only the edge and the sign are coloured: the text keeps the colour of
# the theme, light or dark.
LOOKS = {
    "correct": ("✔", "Correct", "#009E73"),
    "wrong": ("✘", "Not right yet", "#D55E00"),
    "undecided": ("?", "Undecided", "#CC79A7"),
    "not attempted": ("○", "Not attempted yet", "#56B4E9"),
    "hint": ("➜", "Hint", "#E69F00"),
    "solution": ("➜", "Solution", "#E69F00"),
}
EDGE = "padding: 0.2em 1em; max-width: 65em; overflow-wrap: anywhere"
_BLOCK = "font-family: monospace; white-space: pre; overflow-x: auto; margin-top: 0.5em"


@dataclass(frozen=True)
class Report:
    """A state, a sentence, labelled details and source code.

    Words between backticks are shown as code.

    >>> Report("wrong", "`relu` returns a wrong number.", (("Input", "x = [-1.]"),))
    ✘ Not right yet: `relu` returns a wrong number.
        Input: x = [-1.]
    """

    state: str
    sentence: str
    details: tuple[tuple[str, str], ...] = ()
    code: str = ""

    def __repr__(self) -> str:
        sign, title, _ = LOOKS[self.state]
        lines = [f"{label}: {text}" for label, text in self.details] + self.code.splitlines()
        below = textwrap.indent("\n".join(lines), "    ")
        return _make_printable(f"{sign} ", f"{title}: {self.sentence}\n{below}".rstrip())

    def _repr_html_(self) -> str:
        sign, title, colour = LOOKS[self.state]
        sign = f'<span aria-hidden="true" style="color: {colour}">{sign}</span> '
        lines = [(title, self.sentence), *self.details]
        lines = [f"<strong>{html.escape(a)}:</strong> {_to_html(b)}</div>" for a, b in lines]
        code = f'<pre style="{_BLOCK}">{html.escape(self.code)}</pre>' if self.code else ""
        text = "<div>".join(lines)
        return (
            f'<div style="border-left: 0.4em solid {colour}; {EDGE}"><div>{sign}{text}{code}</div>'
        )


def _make_printable(sign: str, text: str) -> str:
    """Leave out what standard output cannot encode, as on a Windows terminal with cp1252."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    possible = (sign + text).encode(encoding, "replace").decode(encoding)
    return possible if possible == sign + text else possible.removeprefix("? ")


def _to_html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def show(value: Any) -> str:
    """Write a value on one line, long ones cut, and the same in every process.

    What could look different the next time, such as a set, is named by its kind.

    >>> show(np.array([0.5, 2.0]))
    '[0.5, 2. ]'
    >>> show({1, 2})
    'a set'
    """
    try:
        return shorten(_write(value))
    except Exception:  # a learner's object may raise whenever it is looked at
        return _name_kind(value)


def _write(value: Any) -> str:
    if value is ... or value is None or isinstance(value, str):
        return "..." if value is ... else repr(value)
    if isinstance(value, (tuple, list)) and len(value) <= 10:
        left, right = "[]" if isinstance(value, list) else ("(", ",)" if len(value) == 1 else ")")
        return left + ", ".join(map(show, value)) + right
    numbers = as_numbers(value)
    if numbers is None or isinstance(value, list):
        return _name_kind(value)
    if numbers.dtype.kind == "f":
        numbers = numbers + 0.0  # no minus sign before 0
    if numbers.ndim == 0:
        return repr(numbers.item())
    usual = {"precision": 8, "suppress": True, "sign": "-", "floatmode": "maxprec"}
    with np.printoptions(threshold=20, edgeitems=3, linewidth=80, **usual):
        return np.array2string(numbers, separator=", ")


def _name_kind(value: Any) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIO' else 'a'} {kind}"


def as_numbers(value: Any) -> np.ndarray | None:
    """Return a number, list, array or tensor of any library as an array; None for all else.

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
    r"""Return `text` on one line, without memory addresses, cut after `longest` characters.

    >>> shorten("two\nlines <function f at 0x7f01ab>")
    'two lines <function f>'
    """
    line = re.sub(r" at 0x[0-9a-fA-F]+", "", " ".join(text.split()))
    line = "".join(filter(str.isprintable, line))
    return line if len(line) <= longest else line[: longest - 1] + "…"
