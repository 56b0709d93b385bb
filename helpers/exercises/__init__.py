"""Exercises: check a learner's own function, give hints, show a solution, report what is solved.

>>> import numpy as np
>>> def my_relu(x):
...     return np.abs(x)
>>> check("relu", my_relu)
✘ Not right yet: `relu` returns a wrong number.
    Input: x = [-3.]
    Your result: [3.]
    Expected: [0.]
    Hint: Yours removes the sign of a negative number; it should become 0.

Each lesson's exercises are data, in `helpers.exercises.lesson_1` and so on. Behind them stand
`runner` (call a function safely), `judge` (compare, and choose a hint), `search` (draw inputs),
`checker`, which leads them, `reports` (what is shown), `results` (what is kept for `report`) and
`collect` (the results of a class).
"""

import importlib
import pkgutil
import threading
from typing import Any

import numpy as np

from helpers.exercises.reports import Report
from helpers.exercises.results import Results, find_file, keep, read

__all__ = ["LESSONS", "check", "hint", "report", "solution"]

LESSONS = [
    module.name
    for module in pkgutil.iter_modules(__path__, f"{__name__}.")
    if module.name.startswith(f"{__name__}.lesson_")
]
"""The modules whose `EXERCISES` are known here. They load when an exercise is first asked for."""

_hints_given: dict[str, int] = {}
_one_at_a_time = threading.RLock()


def check(name: str, attempt: Any) -> Report:
    """Check a learner's function, or value where a value is asked for.

    The answer is: not attempted, correct, wrong (with an input, both results and a hint), or
    undecided where a function is too slow for all inputs. The same function gets the same answer
    every time. Nothing that it raises is passed on, except the stop button's `KeyboardInterrupt`.
    In a notebook, the outcome is kept for `report`.

    >>> check("relu", lambda x: ...).state
    'not attempted'
    >>> check("relu", lambda x: np.maximum(0, x)).state
    'correct'
    """
    exercise = find_exercise(name)
    from helpers.exercises.checker import check_function, check_value
    from helpers.exercises.exercise import FunctionExercise

    is_function = isinstance(exercise, FunctionExercise)
    with _one_at_a_time, np.errstate(all="ignore"):
        answer = (check_function if is_function else check_value)(name, exercise, attempt)
        keep(name, answer.state)
    return answer


def hint(name: str) -> Report:
    """Give the next hint on an exercise. After the last they begin again."""
    hints = find_exercise(name).hints
    texts = [f"({number} of {len(hints)}) {text}" for number, text in enumerate(hints, start=1)]
    texts.append(f'There are no more. `exercises.solution("{name}")` shows an answer.')
    _hints_given[name] = _hints_given.get(name, 0) + 1
    return Report("hint", texts[(_hints_given[name] - 1) % len(texts)])


def solution(name: str) -> Report:
    """Show an answer to an exercise, as a learner would write it."""
    return Report("solution", f"one that solves `{name}`.", code=find_exercise(name).solution)


def report() -> Results:
    """List every exercise with its outcome, the attempts, and when the last one was.

    A notebook keeps that, and nothing else, in `exercises.json` beside it, for the learner and for
    a teacher who asks for the file. It is no proof: the learner's own kernel writes it, and whoever
    has the file can change it. What is checked after an exercise was solved does not count, nor
    what is still `...`; a cell that is run again does.
    """
    path = find_file()
    return Results(read(LESSONS, path), path)


def find_exercise(name: str):
    """Return the exercise of this name, as its lesson describes it."""
    if not isinstance(name, str):
        raise TypeError(f"name should be a text such as 'relu'. Received: name={name!r}")
    exercises = {}
    for lesson in LESSONS:
        exercises |= importlib.import_module(lesson).EXERCISES
    if name not in exercises:
        raise ValueError(
            f"There is no exercise of this name. The exercises are {', '.join(exercises)}. "
            f"Received: name={name!r}"
        )
    return exercises[name]
