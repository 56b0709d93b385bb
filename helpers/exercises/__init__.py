"""Exercises: check a learner's own function, give hints, show a solution.

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
`checker`, which leads them, and `report` (what is shown).
"""

import importlib
import pkgutil
import threading
from typing import Any

import numpy as np

from helpers.exercises.report import Report

__all__ = ["LESSONS", "check", "hint", "solution"]

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

    >>> check("relu", lambda x: ...).state
    'not attempted'
    >>> check("relu", lambda x: np.maximum(0, x)).state
    'correct'
    """
    exercise = _find_exercise(name)
    from helpers.exercises.checker import check_function, check_value
    from helpers.exercises.exercise import FunctionExercise

    is_function = isinstance(exercise, FunctionExercise)
    with _one_at_a_time, np.errstate(all="ignore"):
        return (check_function if is_function else check_value)(name, exercise, attempt)


def hint(name: str) -> Report:
    """Give the next hint on an exercise. After the last they begin again."""
    hints = _find_exercise(name).hints
    texts = [f"({number} of {len(hints)}) {text}" for number, text in enumerate(hints, start=1)]
    texts.append(f'There are no more. `exercises.solution("{name}")` shows an answer.')
    _hints_given[name] = _hints_given.get(name, 0) + 1
    return Report("hint", texts[(_hints_given[name] - 1) % len(texts)])


def solution(name: str) -> Report:
    """Show an answer to an exercise, as a learner would write it."""
    return Report("solution", f"one that solves `{name}`.", code=_find_exercise(name).solution)


def _find_exercise(name: str):
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
