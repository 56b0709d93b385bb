"""Results are what is kept of a learner's checks: outcome, attempts, and when the last one was.

They stand in `exercises.json` beside the notebook; a second sitting, in `going_further/`, uses its
lesson's. `COURSE_RESULTS` names another folder. Nothing else is kept: no code, no name, no earlier
times. The learner's own kernel writes the file, so it is no proof of anything.
"""

import contextlib
import html
import importlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from IPython import get_ipython

from helpers.exercises.reports import EDGE, LOOKS

FILE = "exercises.json"
COLUMNS = ("lesson", "exercise", "outcome", "attempts", "last")
_OUTCOMES = ("correct", "wrong", "undecided", "not attempted")


@dataclass(frozen=True)
class Result:
    """The outcome of an exercise, the attempts up to it, and the time of the last one."""

    lesson: str
    exercise: str
    outcome: str = "not attempted"
    attempts: int = 0
    last: str = ""


@dataclass(frozen=True)
class Results:
    """A result for each exercise of the course, in its order, and the file that they stand in."""

    rows: tuple[Result, ...]
    path: Path

    def to_json(self) -> str:
        """Return the rows as a JSON list of objects."""
        return json.dumps([asdict(row) for row in self.rows], indent=1)

    def __repr__(self) -> str:
        lines = [COLUMNS, *_texts(self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        return "\n".join([self._summary(), *table])

    def _repr_html_(self) -> str:
        left = 'style="text-align: left"'
        head = "".join(f'<th scope="col" {left}>{name.capitalize()}</th>' for name in COLUMNS)
        body = ""
        for row, texts in zip(self.rows, _texts(self.rows), strict=True):
            sign, _, colour = LOOKS[row.outcome]
            lesson, exercise, outcome, attempts, last = map(html.escape, texts)
            sign = f'<span aria-hidden="true" style="color: {colour}">{sign}</span>'
            cells = (lesson, exercise, f"{sign} {outcome}", attempts, last)
            body += "<tr>" + "".join(f"<td {left}>{cell}</td>" for cell in cells) + "</tr>"
        return (
            f'<div style="{EDGE}">{html.escape(self._summary())}'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _summary(self) -> str:
        solved = sum(row.outcome == "correct" for row in self.rows)
        summary = f"{solved} of {len(self.rows)} exercises solved."
        if os.access(self.path.parent, os.W_OK):
            return f"{summary} Attempts are kept in {self.path}."
        return f"{summary} New attempts are not kept: {self.path.parent} can't be written to."


def _texts(rows: tuple[Result, ...]) -> list[tuple[str, ...]]:
    outcomes = [LOOKS[row.outcome][1] for row in rows]
    pairs = zip(rows, outcomes, strict=True)
    return [(r.lesson, r.exercise, text, str(r.attempts), r.last) for r, text in pairs]


def find_file() -> Path:
    """Return where this notebook's results are kept."""
    here = Path.cwd()
    beside = here.parent if here.name == "going_further" else here
    return Path(os.environ.get("COURSE_RESULTS") or beside) / FILE


def keep(name: str, outcome: str) -> None:
    """Add an attempt to the file of the notebook that runs here; elsewhere nothing is kept.

    A solved exercise stays solved: what is checked afterwards is not counted. Where the file can't
    be written, or is not as it was written, it stays as it is and the learner can go on. Two
    notebooks that check at the very same moment may lose an attempt, and never the file.
    """
    if get_ipython() is None or outcome == "not attempted":
        return
    path = find_file()
    with contextlib.suppress(OSError, ValueError):
        kept = _read(path)
        before = kept.get(name, {"outcome": "", "attempts": 0})
        if before["outcome"] == "correct":
            return
        last = datetime.now().isoformat(" ", "minutes")
        kept[name] = {"outcome": outcome, "attempts": before["attempts"] + 1, "last": last}
        whole = path.with_name(f"{FILE}.{os.getpid()}")
        whole.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        whole.replace(path)


def read(lessons: list[str], *paths: Path) -> tuple[Result, ...]:
    """Return a result for each exercise; of several files' the solved one, else the latest.

    Raises ``ValueError`` where a file is not as `keep` writes it.
    """
    files = [_read(path) for path in paths]
    rows = []
    for module in lessons:
        lesson = module.rpartition("_")[2]
        for name in importlib.import_module(module).EXERCISES:
            found = [Result(lesson, name, **kept[name]) for kept in files if name in kept]
            best = max(found, key=lambda row: (row.outcome == "correct", row.last), default=None)
            rows.append(best or Result(lesson, name))
    return tuple(rows)


def _read(path: Path) -> dict[str, dict]:
    """Read a file that anybody may have edited; none is no result."""
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: {
                "outcome": _OUTCOMES[_OUTCOMES.index(row["outcome"])],
                "attempts": int(row["attempts"]),
                "last": datetime.fromisoformat(row["last"]).isoformat(" ", "minutes"),
            }
            for name, row in kept.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        advice = "was changed and can't be read. Rename it, and a new one is begun"
        raise ValueError(f"{path} {advice}. ({error})") from None
