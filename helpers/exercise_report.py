"""What an exercise answers: a short report, shown by Jupyter as HTML and as plain text.

Both say the same. The text is what a terminal, a screen reader and the notebook tests get;
the HTML adds a coloured edge, whose meaning is always said in words as well.
"""

import html
import re
from dataclasses import dataclass

# Okabe and Ito's colours, which colour-blind readers can tell apart. Only the edge and the
# icon are coloured: the text keeps the colour of the theme, light or dark.
_LOOKS = {
    "correct": ("✔", "Correct", "#009E73"),
    "wrong": ("✘", "Not right yet", "#D55E00"),
    "not attempted": ("○", "Not attempted yet", "#56B4E9"),
    "hint": ("➜", "Hint", "#E69F00"),
    "solution": ("➜", "Solution", "#E69F00"),
}


@dataclass(frozen=True)
class Report:
    """An answer to the learner: a state, a sentence and a few labelled details.

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
        code = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        style = f"border-left: 0.4em solid {colour}; padding: 0.2em 1em; max-width: 50em"
        return (
            f'<div style="{style}; overflow-wrap: anywhere">'
            f'<div><span aria-hidden="true" style="color: {colour}">{icon}</span> '
            f"<strong>{title}:</strong> {_to_html(self.sentence)}</div>{details}{code}</div>"
        )


def _to_html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
