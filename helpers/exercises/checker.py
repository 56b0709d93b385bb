"""Check what a learner wrote: a function on many inputs, or a value.

The inputs are the exercise's own examples, in their order, and then a fixed number of drawn ones.
Neither a clock nor a thread is used, so a function gets the same answer on every machine. The
first example on which it is wrong is shown; a drawn input is first made as simple as possible.
"""

import copy
import dis
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.exercises.exercise import FunctionExercise, ValueExercise
from helpers.exercises.judge import explain, judge, make_key
from helpers.exercises.reports import Report, as_numbers, shorten, show
from helpers.exercises.runner import Trial, run
from helpers.exercises.search import Inputs

DRAWN_INPUTS = 60
CALLS_TO_SIMPLIFY = 60
LINES_PER_CHECK = 3_000_000
"""A function that needs more lines for all inputs gets no verdict, unless it is wrong so far."""


def check_value(name: str, exercise: ValueExercise, value: Any) -> Report:
    """Judge the value that a learner found."""
    if _has_gap(value):
        return Report("not attempted", f"`{name}` is still `...`: replace it by your value.")
    complaint = exercise.judge(_make_plain(value))
    if complaint is None:
        return Report("correct", f"{show(value)} solves `{name}`.")
    return Report("wrong", complaint, (("Your value", show(value)),))


def check_function(name: str, exercise: FunctionExercise, function: Any) -> Report:
    """Judge a learner's function, or whatever was passed as one."""
    misfit = None if function is ... else _find_misfit(name, exercise, function)
    if misfit:
        return misfit
    tries = _Tries(exercise, exercise.measured(function))
    if function is ... or _is_stub(function, tries.run(exercise.examples[0])):
        return Report(
            "not attempted",
            f"`{name}` is still as it came. Replace the `...` with your code, run its cell, then "
            f'this one. `exercises.hint("{name}")` helps.',
        )
    shown = tries.find_wrong()
    trials = list(tries.trials.values())
    if shown:
        return _report_wrong(name, exercise, shown, trials)
    if tries.all_tried:
        sentence = f"`{name}` agrees with the course's own function on every input tried."
        return Report("correct", sentence, _give_remarks(trials[0]))
    tried, planned = len(trials), len(exercise.examples) + DRAWN_INPUTS
    sentence = f"`{name}` is too slow for all {planned} inputs. It is right on the {tried} tried."
    return Report("undecided", sentence, (("Hint", "Does it do the same work twice?"),))


class _Tries:
    """What one function did with the inputs that were tried, each of them once."""

    def __init__(self, exercise: FunctionExercise, function: Callable):
        self.exercise, self.function = exercise, function
        self.trials: dict[tuple, Trial] = {}
        self.all_tried = False

    def run(self, arguments: tuple) -> Trial:
        key = make_key(arguments)
        if key not in self.trials:
            self.trials[key] = trial = run(self.function, arguments)
            trial.expected = self.exercise.reference(*copy.deepcopy(arguments))
            trial.complaint = judge(self.exercise, trial)
        return self.trials[key]

    def is_over(self) -> bool:
        return sum(trial.lines for trial in self.trials.values()) > LINES_PER_CHECK

    def find_wrong(self) -> Trial | None:
        """Return the trial to show; None if the function is right on all inputs tried."""
        for arguments in self.exercise.examples:
            if self.run(arguments).endless or self.is_over():
                break
        for trial in self.trials.values():
            if trial.complaint:
                return trial
        inputs = Inputs(self.exercise.inputs)
        for used, arguments in inputs.draw(DRAWN_INPUTS):
            if self.is_over():
                break
            trial = self.run(arguments)
            if trial.complaint:
                return trial if trial.endless else self.simplify(inputs, used)
        else:
            self.all_tried = True
        return None

    def simplify(self, inputs: Inputs, used: bytes) -> Trial:
        most = len(self.trials) + CALLS_TO_SIMPLIFY

        def is_wrong(arguments: tuple) -> bool:
            is_known = make_key(arguments) in self.trials
            if not is_known and (len(self.trials) == most or self.is_over()):
                return False
            trial = self.run(arguments)
            return trial.complaint is not None and not trial.endless

        return self.run(inputs.simplify(used, is_wrong))


def _report_wrong(
    name: str, exercise: FunctionExercise, shown: Trial, trials: list[Trial]
) -> Report:
    problem, result, general_hint = shown.complaint
    pairs = zip(exercise.arguments, shown.arguments, strict=True)
    expected, label, numbers = shown.expected, "Your result", as_numbers(shown.value)
    if exercise.measure:
        expected = np.round(expected, 3)
        label = label if numbers is None else exercise.measured_as
    details = {
        "Input": ", ".join(f"{argument} = {show(value)}" for argument, value in pairs),
        label: result,
        "Expected": show(expected),
        "Hint": explain(exercise, shown, trials) or general_hint,
    }
    if exercise.measure and numbers is not None and np.isnan(numbers).all():
        del details[label]  # nothing could be measured
    return Report("wrong", f"`{name}` {problem}", (*details.items(), *_give_remarks(shown)))


def _give_remarks(trial: Trial) -> tuple[tuple[str, str], ...]:
    """Tell what is no mistake and yet worth a remark."""
    is_list = isinstance(trial.value, list) and not isinstance(trial.expected, tuple)
    remarks = {
        "Your function returns a list; a NumPy array is usual.": is_list,
        f"Your function printed: {shorten(trial.printed)}": trial.printed,
        f"Python warned: {trial.warning}": trial.warning,
    }
    return tuple(("Remark", remark) for remark, applies in remarks.items() if applies)


def _find_misfit(name: str, exercise: FunctionExercise, function: Any) -> Report | None:
    """Report what cannot be called with the exercise's arguments."""
    if inspect.isclass(function) or not callable(function):
        what = f"the class {function.__name__}" if inspect.isclass(function) else show(function)
        hint = f'Pass the function without brackets: `exercises.check("{name}", my_{name})`.'
        return Report("wrong", f"`check` needs your function, and got {what}.", (("Hint", hint),))
    try:
        signature = inspect.signature(function)
        signature.bind(*exercise.arguments)
    except ValueError:  # some compiled functions do not tell their parameters
        return None
    except TypeError:
        wanted, found = ", ".join(exercise.arguments), ", ".join(signature.parameters)
        return Report("wrong", f"`{name}` should take `({wanted})`, and yours takes `({found})`.")
    return None


def _is_stub(function: Callable, first: Trial) -> bool:
    """Whether the function is the stub as shipped, or was only begun."""
    if first.value is None and not first.error:  # its body may be `pass` or a docstring
        code = getattr(function, "__code__", None)
        names = {step.opname for step in dis.get_instructions(code)} if code else {"a call"}
        return names <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return first.error.startswith("NotImplementedError") or _has_gap(first.value)


def _has_gap(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(part is ... or part is NotImplemented for part in parts)


def _make_plain(value: Any) -> Any:
    """Turn arrays and tensors, also inside a tuple or list, into numbers and lists."""
    if isinstance(value, (tuple, list)):
        return (list if isinstance(value, list) else tuple)(map(_make_plain, value))
    numbers = as_numbers(value)
    return value if numbers is None else numbers.tolist()
