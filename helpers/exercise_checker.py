"""Judge a learner's function: find the smallest input on which it is wrong, and say why.

`check_function` tries the exercise's own examples, then lets Hypothesis search for an input
on which the learner's result differs from the reference, and shrink it to the simplest one.
"""

import dis
import inspect
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import Phase, Verbosity, find, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample

from helpers.exercise_list import FunctionExercise, ValueExercise
from helpers.exercise_report import Report
from helpers.exercise_runner import SECONDS, Outcome, run, shorten

_SEARCH = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    verbosity=Verbosity.quiet,
    phases=(Phase.generate, Phase.shrink),
)

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
class _Failure:
    """How a learner's function failed on one input."""

    problem: str
    arguments: tuple
    received: str
    expected: str
    hint: str
    remarks: tuple[str, ...] = ()
    is_smallest: bool = True


def check_value(name: str, exercise: ValueExercise, value: Any) -> Report:
    """Judge the value that a learner found.

    Parameters
    ----------
    name : str
        Name of the exercise.
    exercise : ValueExercise
        The exercise.
    value : object
        What the learner found; ``...`` if nothing yet.

    Returns
    -------
    Report
        Not attempted, correct or wrong.
    """
    if value is ...:
        return Report("not attempted", f"`{name}` is still `...`: replace it by your value.")
    complaint = exercise.judge(value)
    if complaint is None:
        return Report("correct", f"{_show(value)} solves `{name}`.")
    return Report("wrong", complaint, (("Your value", _show(value)),))


def check_function(name: str, exercise: FunctionExercise, function: Any) -> Report:
    """Judge a learner's function.

    Parameters
    ----------
    name : str
        Name of the exercise.
    exercise : FunctionExercise
        The exercise.
    function : object
        What the learner passed; anything but a fitting function is reported as such.

    Returns
    -------
    Report
        Not attempted, correct, or the smallest input on which the function is wrong.
    """
    if function is ...:
        return _not_attempted(name)
    complaint = _find_misfit(name, exercise, function)
    if complaint:
        return complaint
    search = _Search(exercise, function)
    first, _ = search.try_input(exercise.examples[0])
    if _is_stub(function, first):
        return _not_attempted(name)
    failure = search.run()
    if failure is None:
        return Report(
            "correct",
            f"`{name}` agrees with the course's own function on every input tried.",
            _label_remarks(_remarks(first, first.value)),
        )
    return Report("wrong", f"`{name}` {failure.problem}", _details(exercise, failure))


# Before the search: was it attempted, and can it be called? ---------------------------------


def _not_attempted(name: str) -> Report:
    return Report(
        "not attempted",
        f"`{name}` is still as it came. Replace the `...` by your code, run its cell, then "
        f'this one. `exercises.hint("{name}")` helps.',
    )


def _find_misfit(name: str, exercise: FunctionExercise, function: Any) -> Report | None:
    """Report what cannot be called with the exercise's arguments."""
    if inspect.isclass(function) or not callable(function):
        what = f"the class {function.__name__}" if inspect.isclass(function) else _show(function)
        advice = f'Pass the function without brackets: `exercises.check("{name}", {name})`.'
        return Report("wrong", f"`check` needs your function, and got {what}.", (("Hint", advice),))
    wanted = ", ".join(exercise.arguments)
    try:
        signature = inspect.signature(function)
    except ValueError:  # some compiled functions do not tell their parameters
        return None
    try:
        signature.bind(*exercise.arguments)
    except TypeError:
        return Report(
            "wrong",
            f"`{name}` cannot be called as `{name}({wanted})`.",
            (
                ("Your parameters", f"`({', '.join(signature.parameters)})`"),
                ("Hint", f"Its first line should be `def {name}({wanted}):`."),
            ),
        )
    return None


def _is_stub(function: Callable, outcome: Outcome) -> bool:
    """Whether the function is the stub as shipped, or was only begun."""
    if outcome.error.startswith("NotImplementedError"):
        return True
    if outcome.error or outcome.out_of_time:
        return False
    if outcome.value is None:
        return _has_empty_body(function)
    parts = outcome.value if isinstance(outcome.value, tuple) else (outcome.value,)
    return any(part is ... or part is NotImplemented for part in parts)


def _has_empty_body(function: Callable) -> bool:
    """Whether the body is only ``pass``, ``...``, a docstring or ``return None``."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    return {step.opname for step in dis.get_instructions(code)} <= {
        "RESUME",
        "NOP",
        "LOAD_CONST",
        "RETURN_CONST",
        "RETURN_VALUE",
    }


# The search ---------------------------------------------------------------------------------


class _Search:
    """The search for the smallest input on which a function is wrong, a second at most.

    What was found for an input is remembered, so a function that answers differently when
    asked twice cannot confuse Hypothesis, and the end of the second only means that no
    input is tried that was not tried before.
    """

    def __init__(self, exercise: FunctionExercise, function: Callable):
        self.exercise = exercise
        self.function = function
        self.found: dict[tuple, tuple[Outcome, _Failure | None]] = {}
        self.end = time.monotonic() + SECONDS

    def run(self) -> _Failure | None:
        """Return the failure on the smallest input, or None."""
        failure = self.try_examples()
        if failure and (self.is_over() or not failure.is_smallest):
            return failure
        failures = filter(None, (self.find_smallest(), failure))
        return min(failures, key=_measure, default=None)

    def try_examples(self) -> _Failure | None:
        for arguments in self.exercise.examples:
            _, failure = self.try_input(arguments)
            if failure:
                return failure
            if self.is_over():
                return self.too_slow(arguments)
        return None

    def find_smallest(self) -> _Failure | None:
        with tempfile.TemporaryDirectory() as directory:
            set_hypothesis_home_dir(directory)  # Hypothesis keeps a cache in a folder
            try:
                smallest = find(self.exercise.inputs, self.is_wrong, settings=_SEARCH)
            except NoSuchExample:
                return None
            finally:
                set_hypothesis_home_dir(None)
        _, failure = self.try_input(smallest)
        return failure

    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def is_wrong(self, arguments: tuple) -> bool:
        """Whether the function fails on this input: the question that Hypothesis asks."""
        if _key(arguments) not in self.found and self.is_over():
            return False
        _, failure = self.try_input(arguments)
        return failure is not None

    def try_input(self, arguments: tuple) -> tuple[Outcome, _Failure | None]:
        key = _key(arguments)
        if key not in self.found:
            mine = _copy(arguments)
            outcome = run(self.function, mine)
            self.found[key] = outcome, _judge(self.exercise, arguments, mine, outcome)
        return self.found[key]

    def too_slow(self, arguments: tuple) -> _Failure:
        return _Failure(
            problem="is too slow to be checked.",
            arguments=arguments,
            received="no result: a few small inputs took more than a second",
            expected=_show(self.exercise.reference(*_copy(arguments))),
            hint="Does it repeat work, or wait for something?",
            is_smallest=False,
        )


def _key(arguments: tuple) -> tuple:
    return tuple(
        (a.dtype.str, a.shape, a.tobytes()) if isinstance(a, np.ndarray) else repr(a)
        for a in arguments
    )


def _measure(failure: _Failure) -> tuple[int, int]:
    """How many numbers the arguments hold, and how many axes they have."""
    arrays = [np.asarray(argument) for argument in failure.arguments]
    return sum(a.size for a in arrays), sum(a.ndim for a in arrays)


def _copy(arguments: tuple) -> tuple:
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


# The judgement on one input -----------------------------------------------------------------


def _judge(
    exercise: FunctionExercise, arguments: tuple, mine: tuple, outcome: Outcome
) -> _Failure | None:
    """Compare what a call did with the reference; `mine` are the arguments after the call."""
    expected = exercise.reference(*_copy(arguments))
    remarks = _remarks(outcome, outcome.value)

    def fail(problem: str, received: str, hint: str, **more) -> _Failure:
        return _Failure(problem, arguments, received, _show(expected), hint, remarks, **more)

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
        return fail(problem, _show(outcome.value), hint)
    for name, before, after in zip(exercise.arguments, arguments, mine, strict=True):
        if _key((before,)) != _key((after,)):
            return fail(
                f"changes its input `{name}`.",
                f"{_show(outcome.value)}, and `{name}` was changed to {_show(after)}",
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
    try:
        numbers = np.asarray(received)
    except (TypeError, ValueError):  # such as lists of different lengths
        numbers = np.asarray(None)
    if numbers.dtype.kind not in "biuf":
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


def _error_hint(error: str) -> str:
    hints = {
        "truth value": "`if`, `max` and `and` look at one number. For a whole array use "
        "`np.where` or `np.maximum`.",
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
            "One number came back for a whole array. `if` and `max` look at one number; "
            "`np.where` and `np.maximum` look at every element."
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
        return "`nan` means: not a number. It comes from 0 / 0 or inf - inf, for example."
    if received.dtype.kind in "iu" and np.array_equal(received, np.trunc(expected)):
        return (
            "The fraction was cut off, since an array of integers cannot hold it. "
            "Make the array of floats, with `dtype=float`."
        )
    if np.array_equal(received, -expected):
        return "The size is right, the sign is wrong."
    return None


# The words of a report -----------------------------------------------------------------------


def _details(exercise: FunctionExercise, failure: _Failure) -> tuple[tuple[str, str], ...]:
    pairs = zip(exercise.arguments, failure.arguments, strict=True)
    inputs = ", ".join(f"{name} = {_show(value)}" for name, value in pairs)
    return (
        ("Smallest input" if failure.is_smallest else "Input", inputs),
        ("Your result", failure.received),
        ("Expected", failure.expected),
        ("Hint", failure.hint),
        *_label_remarks(failure.remarks),
    )


def _label_remarks(remarks: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(("Remark", remark) for remark in remarks)


def _remarks(outcome: Outcome, value: Any) -> tuple[str, ...]:
    remarks = []
    if isinstance(value, list):
        remarks.append("Your function returns a list; a NumPy array is what others expect.")
    if outcome.printed:
        remarks.append(f"Your function printed: {shorten(outcome.printed)}")
    if outcome.warning:
        remarks.append(f"Python warned: {outcome.warning}")
    if outcome.still_running:
        remarks.append("It could not be stopped. If the next cells are slow, restart the kernel.")
    return tuple(remarks)


def _show(value: Any) -> str:
    """Write a value as a person would, on one line, in the same way in every process."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, np.ndarray):
        with np.printoptions(**_NUMBER_FORMAT):
            return shorten(np.array2string(value, separator=", "))
    if value is None or value is ... or isinstance(value, (bool, int, float, complex, str)):
        return "..." if value is ... else shorten(repr(value))
    if isinstance(value, (tuple, list)) and len(value) <= 10:
        left, right = "()" if isinstance(value, tuple) else "[]"
        return shorten(left + ", ".join(_show(item) for item in value) + right)
    if hasattr(value, "__array__"):
        return _show(np.asarray(value))
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
