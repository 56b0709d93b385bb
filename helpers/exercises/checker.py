"""Check a learner's function: find the smallest input on which it is wrong, and say why.

`check_function` tries the exercise's own examples, then lets Hypothesis search for an input
on which the learner's result differs from the reference, and shrink it to the simplest one.
"""

import dis
import inspect
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import Phase, Verbosity, find, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample

from helpers.exercises.judge import Failure, copy_arguments, describe_remarks, judge, make_key
from helpers.exercises.lessons import FunctionExercise, ValueExercise
from helpers.exercises.report import Report, show
from helpers.exercises.runner import SECONDS, Outcome, run

_SEARCH = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    verbosity=Verbosity.quiet,
    phases=(Phase.generate, Phase.shrink),
)


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
        return Report("correct", f"{show(value)} solves `{name}`.")
    return Report("wrong", complaint, (("Your value", show(value)),))


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
            _label_remarks(describe_remarks(first)),
        )
    return Report("wrong", f"`{name}` {failure.problem}", _details(exercise, failure))


# Before the search: was it attempted, and can it be called? ---------------------------------


def _not_attempted(name: str) -> Report:
    return Report(
        "not attempted",
        f"`{name}` is still as it came. Replace the `...` with your code, run its cell, then "
        f'this one. `exercises.hint("{name}")` helps.',
    )


def _find_misfit(name: str, exercise: FunctionExercise, function: Any) -> Report | None:
    """Report what cannot be called with the exercise's arguments."""
    if inspect.isclass(function) or not callable(function):
        what = f"the class {function.__name__}" if inspect.isclass(function) else show(function)
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
                ("Hint", f"Its parameters should be `({wanted})`."),
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
        self.found: dict[tuple, tuple[Outcome, Failure | None]] = {}
        self.end = time.monotonic() + SECONDS

    def run(self) -> Failure | None:
        """Return the failure on the smallest input, or None."""
        failure = self.try_examples()
        if failure and (self.is_over() or not failure.is_smallest):
            return failure
        failures = filter(None, (self.find_smallest(), failure))
        return min(failures, key=_measure, default=None)

    def try_examples(self) -> Failure | None:
        for arguments in self.exercise.examples:
            _, failure = self.try_input(arguments)
            if failure:
                return failure
            if self.is_over():
                return self.too_slow(arguments)
        return None

    def find_smallest(self) -> Failure | None:
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
        if make_key(arguments) not in self.found and self.is_over():
            return False
        _, failure = self.try_input(arguments)
        return failure is not None

    def try_input(self, arguments: tuple) -> tuple[Outcome, Failure | None]:
        key = make_key(arguments)
        if key not in self.found:
            mine = copy_arguments(arguments)
            outcome = run(self.function, mine)
            self.found[key] = outcome, judge(self.exercise, arguments, mine, outcome)
        return self.found[key]

    def too_slow(self, arguments: tuple) -> Failure:
        return Failure(
            problem="is too slow to be checked.",
            arguments=arguments,
            received="no result: a few small inputs took more than a second",
            expected=show(self.exercise.reference(*copy_arguments(arguments))),
            hint="Does it repeat work, or wait for something?",
            is_smallest=False,
        )


def _measure(failure: Failure) -> tuple[int, int]:
    """How many numbers the arguments hold, and how many axes they have."""
    arrays = [np.asarray(argument) for argument in failure.arguments]
    return sum(a.size for a in arrays), sum(a.ndim for a in arrays)


# The report ------------------------------------------------------------------------------------


def _details(exercise: FunctionExercise, failure: Failure) -> tuple[tuple[str, str], ...]:
    pairs = zip(exercise.arguments, failure.arguments, strict=True)
    inputs = ", ".join(f"{name} = {show(value)}" for name, value in pairs)
    return (
        ("Smallest input" if failure.is_smallest else "Input", inputs),
        ("Your result", failure.received),
        ("Expected", failure.expected),
        ("Hint", failure.hint),
        *_label_remarks(failure.remarks),
    )


def _label_remarks(remarks: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(("Remark", remark) for remark in remarks)
