"""Exercises: check a learner's own function, give hints, show a solution.

>>> import numpy as np
>>> def relu(x):
...     return np.abs(x)
>>> check("relu", relu)
✘ Not right yet: `relu` returns a wrong number.
    Smallest input: x = [-1.]
    Your result: [1.]
    Expected: [0.]
    Hint: Yours removes the sign of a negative number; it should become 0.

The exercises themselves are listed in `helpers.exercises.lessons`.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from helpers.exercises.report import Report

__all__ = ["check", "hint", "solution"]

_hints_given: dict[str, int] = {}


def check(name: str, attempt: Any) -> Report:
    """Check a learner's attempt at an exercise.

    Parameters
    ----------
    name : str
        Name of the exercise, such as ``"relu"``.
    attempt : object
        The learner's function, or value where a value is asked for.

    Returns
    -------
    Report
        One of three things: not attempted, correct, or wrong with the smallest input on
        which the function fails, its result, the expected result and a hint. Jupyter shows
        it. Nothing that the learner's function does is raised as an exception.

    Raises
    ------
    TypeError
        If `name` is not a text.
    ValueError
        If there is no exercise of that name.

    Notes
    -----
    Each call of the function may take a second, and so may the search, after which the check
    ends. The same function gets the same answer every time.

    References
    ----------
    .. [1] D. R. MacIver and A. F. Donaldson, "Test-case reduction via test-case generation:
       insights from the Hypothesis reducer", ECOOP 2020.

    Examples
    --------
    >>> def relu(x):
    ...     return ...  # your code
    >>> check("relu", relu).state
    'not attempted'
    >>> import numpy as np
    >>> check("relu", lambda x: np.maximum(0, x)).state
    'correct'
    """
    # Imported here, as Hypothesis takes a moment to load and the first cell need not wait.
    from helpers.exercises.checker import check_function, check_value
    from helpers.exercises.lessons import FunctionExercise

    exercise = _find_exercise(name)
    if isinstance(exercise, FunctionExercise):
        return check_function(name, exercise, attempt)
    return check_value(name, exercise, attempt)


def hint(name: str) -> Report:
    """Give the next hint on an exercise.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    Report
        The first hint, then the second and so on. After the last, the answer is that there
        are no more; then they begin again.

    Raises
    ------
    TypeError, ValueError
        As for `check`.

    Examples
    --------
    >>> hint("relu")
    ➜ Hint: (1 of 3) Each number is compared with 0: which of the two should the result be?
    """
    hints = _find_exercise(name).hints
    given = _hints_given.get(name, 0)
    if given == len(hints):
        _hints_given[name] = 0
        return Report("hint", f'There are no more. `exercises.solution("{name}")` shows an answer.')
    _hints_given[name] = given + 1
    return Report("hint", f"({given + 1} of {len(hints)}) {hints[given]}")


def solution(name: str) -> Report:
    """Show the course's own answer to an exercise.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    Report
        The answer in one line where there is one, and the source of the implementation that
        `check` compares with, without its docstring.

    Raises
    ------
    TypeError, ValueError
        As for `check`.

    Examples
    --------
    >>> solution("clipped_relu")
    ➜ Solution: the course's own `clipped_relu`, from `helpers.exercises.lessons`.
        In short: `return np.minimum(np.maximum(x, 0.0), max_value)`
        def clipped_relu(x, max_value):
            # The same as np.clip(x, 0.0, max_value).
            return relu(x, max_value=max_value)
    """
    from helpers.exercises.lessons import FunctionExercise

    exercise = _find_exercise(name)
    if not isinstance(exercise, FunctionExercise):
        return Report("solution", f"a value that solves `{name}`.", code=exercise.solution)
    reference = exercise.reference
    sentence = f"the course's own `{reference.__name__}`, from `{reference.__module__}`."
    details = (("In short", f"`return {exercise.in_short}`"),) if exercise.in_short else ()
    return Report("solution", sentence, details, code=_source_without_docstring(reference))


def _find_exercise(name: str):
    from helpers.exercises.lessons import EXERCISES

    if not isinstance(name, str):
        raise TypeError(f"name should be a text such as 'relu'. Received: name={name!r}")
    if name not in EXERCISES:
        raise ValueError(
            f"There is no exercise of this name. The exercises are {', '.join(EXERCISES)}. "
            f"Received: name={name!r}"
        )
    return EXERCISES[name]


def _source_without_docstring(function: Callable) -> str:
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    lines = source.splitlines()
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
