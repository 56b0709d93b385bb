"""Judge what a learner's function did with one input, and choose a hint that fits."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.exercises.exercise import FunctionExercise
from helpers.exercises.reports import as_numbers, show
from helpers.exercises.runner import LINES_PER_CALL, Trial

_GAP = "There is still a `...` in your code."
_MAXIMUM = "`np.max` and `np.min` search one array; `np.maximum` and `np.minimum` compare two."
_ERROR_HINTS = {  # by words of the error
    "truth value": "`if`, `max` and `and` take one number, `np.where` and `np.maximum` an array.",
    "scalar index": f"Are the arguments in the right order? {_MAXIMUM}",
    "interpreted as an integer": "A whole number is needed there, and it got a fraction. Does an "
    f"argument need its name, as `axis=` or `p=`? {_MAXIMUM}",
    "Cannot cast": "An array of integers holds no fractions: make it of floats, `dtype=float`.",
    "zero-size array": "Nothing is left to search on this input. What should come out then?",
    "can be converted to": "Functions of `math` take one number, those of NumPy an array.",
    "contain NaN": "`nan` comes from 0 / 0 or inf / inf. Has `np.exp` become infinite, or all 0?",
    "not sum to 1": "Divide the numbers by their sum: probabilities add up to 1.",
    "llipsis": _GAP,
    "NameError": "Is the name spelt correctly, and was the cell that defines it run?",
    "UnboundLocalError": "The name gets a value only in some cases: what happens in the others?",
    "RecursionError": "Your function calls itself without an end.",
    "SystemExit": "Leave out `exit()`: end the function with `return`.",
    "IndexError": "An index runs past the end: how long is the array on this input?",
    "": "Call your function on this input in a cell of its own.",
}
_KIND_HINTS = {  # by type of the result
    "NoneType": "Does your function end with `return`? Printing a result does not return it.",
    "ellipsis": _GAP,
    "generator": "Use `return` instead of `yield`.",
    "function": "Your function returns a function: are the brackets of a call missing?",
}
_SCALES = {
    -1: "The size is right, the sign is wrong.",
    2: "The result is twice too large.",
    0.5: "The result is half of what it should be.",
}


def judge(exercise: FunctionExercise, trial: Trial) -> tuple[str, str, str] | None:
    """Return what is wrong, as the end of a sentence, the result and a general hint; or None."""
    if trial.endless:
        result = f"none: stopped after {LINES_PER_CALL:,} lines{trial.place}"
        hint = "Does a loop wait for something that never happens?"
        return "does not come to an end.", result, hint
    if trial.error:
        hint = next(hint for words, hint in _ERROR_HINTS.items() if words in trial.error)
        return f"raised {trial.error.split(':')[0]}.", trial.error + trial.place, hint
    result = show(trial.value)
    parts, expected = _split(trial.value, trial.expected), _split(trial.expected, trial.expected)
    if len(parts) != len(expected):
        hint = f"Separate them by commas: `return` and {len(expected)} names."
        return f"should return {len(expected)} results.", result, hint
    for pair in zip(parts, expected, strict=True):
        problem, hint = _compare(*pair, exercise.tolerance)
        if problem:
            return problem, result, hint or exercise.last_hint
    for name, before, after in zip(exercise.arguments, trial.arguments, trial.changed, strict=True):
        if isinstance(before, (np.ndarray, list)) and make_key((before,)) != make_key((after,)):
            result = f"{result}, and `{name}` was changed to {show(after)}"
            hint = f"The caller may still need `{name}`. Work on a new array or on `{name}.copy()`."
            return f"changes its input `{name}`.", result, hint
    return None


def make_key(arguments: tuple) -> tuple:
    """Return what is equal for equal arguments only, and can be looked up."""
    return tuple(
        (a.dtype.str, a.shape, a.tobytes()) if isinstance(a, np.ndarray) else repr(a)
        for a in arguments
    )


def _split(value: Any, expected: Any) -> tuple:
    """Split a result into as many parts as are expected; leave it whole where that fails."""
    if not isinstance(expected, tuple):
        return (value,)
    if isinstance(value, (tuple, list)):
        return tuple(value)
    numbers = as_numbers(value)  # two results of one shape may come as one array
    fits = all(np.shape(numbers) == (len(expected), *np.shape(part)) for part in expected)
    return tuple(numbers) if fits else (value,)


def _agree(a: Any, b: Any, tolerance: float) -> bool:
    a, b = as_numbers(a), as_numbers(b)
    if a is None or b is None or a.shape != b.shape:
        return False
    return np.allclose(a, b, tolerance, tolerance, equal_nan=True)


def _compare(received: Any, expected: Any, tolerance: float) -> tuple[str, str]:
    """Return a problem and a hint; both are empty where all is well."""
    numbers, expected = as_numbers(received), as_numbers(expected)
    if numbers is None or numbers.dtype.kind == "c":
        hint = _KIND_HINTS.get(type(received).__name__, "Return numbers, as a NumPy array.")
        return "does not return numbers.", hint
    if numbers.shape != expected.shape:
        problem = f"returns the wrong shape: {numbers.shape} instead of {expected.shape}."
        return problem, _give_shape_hint(numbers.ndim, expected.ndim)
    if not _agree(numbers, expected, tolerance):
        return "returns a wrong number.", _give_number_hint(numbers, expected)
    if numbers.dtype.kind == "b" and expected.dtype.kind != "b":
        hint = "`np.where(condition, 1.0, 0.0)` turns True and False into numbers."
        return "returns True and False instead of numbers.", hint
    return "", ""


def _give_shape_hint(received: int, expected: int) -> str:
    if expected == 0:
        return "One number is expected: is a sum, a mean or a maximum missing?"
    if received == 0:
        one = "`if`, `max`, and `np.sum` or `np.mean` without an `axis`, give one number"
        return f"{one}; `np.where` and `np.maximum` look at every element."
    if received < expected:
        return "The result lost an axis. NumPy's functions work on any shape, without a loop."
    return "Compare the `.shape` of your result with that of the expected one."


def _give_number_hint(received: np.ndarray, expected: np.ndarray) -> str:
    if np.isnan(received).any():
        return "`nan` means: not a number. It comes from 0 / 0, inf / inf or inf - inf."
    if received.dtype.kind in "iu" and np.array_equal(received, np.trunc(expected)):
        return "An array of integers cuts fractions off. Make it one of floats: `dtype=float`."
    return ""


def explain(exercise: FunctionExercise, shown: Trial, trials: list[Trial]) -> str | None:
    """Return the hint of the first mistake that gives the learner's result on every input tried.

    Where several results are expected and no mistake gives all of them, the first that is wrong
    is looked at alone.
    """

    def same(trial: Trial, value: Any, part: slice) -> bool:
        a, b = (_split(result, trial.expected)[part] for result in (trial.value, value))
        return len(a) == len(b) and all(map(_agree, a, b, [exercise.tolerance] * len(a)))

    parts = [slice(i, i + 1) for i in range(len(_split(shown.expected, shown.expected)))]
    faults = [part for part in parts if not same(shown, shown.expected, part)]
    for part in [slice(None), *faults[:1]] if faults else []:
        given = [t for t in trials if t.value is not None]
        for mistake, hint in exercise.mistakes:
            wrong = exercise.measured(mistake)
            if all(same(t, _try(wrong, t.arguments), part) for t in [shown, *given]):
                return hint
        wrong = [t for t in given if not same(t, t.expected, part)]
        right = [_split(t.expected, t.expected)[part] for t in wrong]
        if len({abs(n) for parts in right for p in parts for n in np.ravel(p)} - {0}) == 1:
            continue  # one number alone is the double of another by chance
        for factor, hint in _SCALES.items():
            if all(same(t, _scale(t.expected, factor), part) for t in [shown, *wrong]):
                return hint
    return None


def _try(mistake: Callable, arguments: tuple) -> Any:
    try:
        return mistake(*copy.deepcopy(arguments))
    except Exception:  # a mistake need not fit every shape
        return None


def _scale(value: Any, factor: float) -> Any:
    several = isinstance(value, tuple)
    return tuple(_scale(part, factor) for part in value) if several else factor * np.asarray(value)
