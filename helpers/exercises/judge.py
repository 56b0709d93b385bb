"""Judge one call of a learner's function, and choose the hint that fits its failure."""

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.exercises.lessons import FunctionExercise
from helpers.exercises.report import as_numbers, shorten, show
from helpers.exercises.runner import Outcome


@dataclass(frozen=True)
class Failure:
    """How a learner's function failed on one input.

    Parameters
    ----------
    problem : str
        What is wrong, as the end of a sentence that begins with the function's name.
    arguments : tuple
        The input.
    received, expected : str
        The learner's result and the right one.
    hint : str
        A hint that fits.
    remarks : tuple of str, default ()
        What else is worth knowing.
    is_smallest : bool, default True
        Whether Hypothesis could look for a smaller input with the same question.
    """

    problem: str
    arguments: tuple
    received: str
    expected: str
    hint: str
    remarks: tuple[str, ...] = ()
    is_smallest: bool = True


def judge(
    exercise: FunctionExercise, arguments: tuple, mine: tuple, outcome: Outcome
) -> Failure | None:
    """Compare what a call of the learner's function did with the reference.

    Parameters
    ----------
    exercise : FunctionExercise
        The exercise.
    arguments : tuple
        The input.
    mine : tuple
        The copies that the learner's function got, as they are after the call.
    outcome : Outcome
        What the call did.

    Returns
    -------
    Failure or None
        None if all is well.
    """
    expected = exercise.reference(*copy_arguments(arguments))
    remarks = describe_remarks(outcome)

    def fail(problem: str, received: str, hint: str, **more) -> Failure:
        return Failure(problem, arguments, received, show(expected), hint, remarks, **more)

    if outcome.out_of_time:
        return fail(
            "did not come to an end.",
            "no result: stopped after a second",
            "Does a loop wait for something that never happens?",
            is_smallest=False,
        )
    if outcome.error:
        received = outcome.error + (f" ({outcome.place})" if outcome.place else "")
        return fail(f"raised {outcome.error.split(':')[0]}.", received, _error_hint(outcome.error))
    complaint = _compare_parts(exercise, arguments, outcome.value, expected)
    if complaint:
        problem, hint = complaint
        return fail(problem, show(outcome.value), hint)
    for name, before, after in zip(exercise.arguments, arguments, mine, strict=True):
        if make_key((before,)) != make_key((after,)):
            return fail(
                f"changes its input `{name}`.",
                f"{show(outcome.value)}, and `{name}` was changed to {show(after)}",
                f"The caller may still need `{name}`. Make a new array, with `np.where`, "
                f"`np.maximum` or `{name}.copy()`.",
            )
    return None


def _compare_parts(exercise, arguments, received, expected) -> tuple[str, str] | None:
    """Compare results; return the problem and a hint, or None where all is well."""
    if not isinstance(expected, tuple):
        return _compare(exercise, arguments, received, expected)
    if not isinstance(received, (tuple, list)) or len(received) != len(expected):
        return (
            f"should return {len(expected)} results.",
            f"Separate them by commas: `return` and {len(expected)} names.",
        )
    complaints = (
        _compare(exercise, arguments, *pair) for pair in zip(received, expected, strict=True)
    )
    return next(filter(None, complaints), None)


def _compare(exercise, arguments, received, expected) -> tuple[str, str] | None:
    expected = np.asarray(expected)
    numbers = as_numbers(received)
    if numbers is None or numbers.dtype.kind == "c":
        return "does not return numbers.", _kind_hint(received)
    if numbers.shape != expected.shape:
        return (
            f"returns the wrong shape: {numbers.shape} instead of {expected.shape}.",
            _shape_hint(numbers, expected),
        )
    tolerance = exercise.tolerance
    wrong = ~np.isclose(numbers, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    if wrong.any():
        hint = _number_hint(numbers[wrong], expected[wrong])
        if hint is None and exercise.diagnose:
            hint = exercise.diagnose(numbers, expected, wrong, *arguments)
        hint = hint or "Work this input out by hand and compare it with your code, step by step."
        return "returns a wrong number.", hint
    if numbers.dtype.kind == "b" and expected.dtype.kind != "b":
        return (
            "returns True and False instead of numbers.",
            "The comparison is right. Turn it into numbers: `np.where(condition, 1.0, 0.0)`.",
        )
    return None


# Hints ---------------------------------------------------------------------------------------


_MAX_HINT = (
    "`np.max` and `np.min` look for one number in one array; `np.maximum` and `np.minimum` "
    "compare two."
)


def _error_hint(error: str) -> str:
    hints = {
        "truth value": "`if`, `max` and `and` look at one number. For a whole array use "
        "`np.where` or `np.maximum`.",
        "scalar index": _MAX_HINT,
        "interpreted as an integer": _MAX_HINT,
        "can be converted to": "Functions of `math` work on one number, those of NumPy on "
        "whole arrays.",
        "llipsis": "There is still a `...` in your code.",
        "NameError": "Is the name spelt correctly, and was the cell that defines it run?",
        "UnboundLocalError": "The name gets its value only in some cases: what happens in the "
        "others?",
        "RecursionError": "Your function calls itself without an end.",
        "SystemExit": "Leave out `exit()`: end the function with `return`.",
        "IndexError": "An index runs past the end. NumPy can do without indices: compute "
        "with the whole array.",
    }
    fitting = (hint for words, hint in hints.items() if words in error)
    return next(fitting, "Call your function on this input in a cell of its own.")


def _kind_hint(received: Any) -> str:
    if received is None:
        return "Does your function end with `return`? Printing a result does not return it."
    if received is ...:
        return "There is still a `...` in your code."
    if inspect.isgenerator(received):
        return "Use `return` instead of `yield`."
    if callable(received):
        return "Your function returns a function: are the brackets of a call missing?"
    return "Return numbers, as a NumPy array."


def _shape_hint(received: np.ndarray, expected: np.ndarray) -> str:
    if expected.ndim == 0:
        return "One number is expected: is a sum or a mean missing?"
    if received.ndim == 0:
        return (
            "One number came back for a whole array. `if` and `max` look at one number, and "
            "`np.sum` and `np.mean` without an `axis` return one; `np.where` and `np.maximum` "
            "look at every element."
        )
    if received.ndim < expected.ndim:
        return (
            "The input has rows and columns, and so should the result. NumPy's functions "
            "work on any shape, without a loop."
        )
    return "Compare the `.shape` of your result with that of the expected one."


def _number_hint(received: np.ndarray, expected: np.ndarray) -> str | None:
    """Give a hint that fits any exercise, from the wrong numbers and the right ones."""
    if np.isnan(received).any():
        return "`nan` means: not a number. It comes from 0 / 0, inf / inf or inf - inf."
    if received.dtype.kind in "iu" and np.array_equal(received, np.trunc(expected)):
        return (
            "The fraction was cut off, since an array of integers cannot hold it. "
            "Make the array of floats, with `dtype=float`."
        )
    if np.array_equal(received, -expected):
        return "The size is right, the sign is wrong."
    return None


# Arguments and remarks -------------------------------------------------------------------------


def copy_arguments(arguments: tuple) -> tuple:
    """Copy the arrays among the arguments.

    Parameters
    ----------
    arguments : tuple
        Arrays and numbers.

    Returns
    -------
    tuple
        The same values in new memory.
    """
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


def make_key(arguments: tuple) -> tuple:
    """Return what is equal for equal arguments only, and can be looked up.

    Parameters
    ----------
    arguments : tuple
        Arrays and numbers.

    Returns
    -------
    tuple
        The bytes of arrays with their dtype and shape, the text of anything else.
    """
    return tuple(
        (a.dtype.str, a.shape, a.tobytes()) if isinstance(a, np.ndarray) else repr(a)
        for a in arguments
    )


def describe_remarks(outcome: Outcome) -> tuple[str, ...]:
    """Tell what is worth a remark although it is no mistake.

    Parameters
    ----------
    outcome : Outcome
        What one call of the learner's function did.

    Returns
    -------
    tuple of str
        Sentences on lists, on prints and on warnings.
    """
    remarks = []
    if isinstance(outcome.value, list):
        remarks.append("Your function returns a list; a NumPy array is what others expect.")
    if outcome.printed:
        remarks.append(f"Your function printed: {shorten(outcome.printed)}")
    if outcome.warning:
        remarks.append(f"Python warned: {outcome.warning}")
    if outcome.still_running:
        remarks.append("It could not be stopped. If the next cells are slow, restart the kernel.")
    return tuple(remarks)
