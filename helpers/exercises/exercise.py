"""An exercise is data: a reference, inputs, hints, and the mistakes that learners make."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class FunctionExercise:
    """An exercise in which the learner writes a function.

    `reference` is the course's own answer and `arguments` the names of its parameters, which are
    passed by position. `examples` are inputs written by hand, tried first and in this order: they
    decide the cases that the wording makes hard. `inputs` draws the others; what comes first in
    a strategy counts as simpler, so it decides what the smallest wrong input looks like.
    `hints` go from a nudge to nearly the answer. `mistakes` pairs wrong functions that learners
    write with the hint that is true of each: it is given where a learner's wrong results are
    those of that function; the more special mistake comes first. Where no hint fits a wrong
    number, `last_hint` is given. `solution` is the answer as a learner would write it.

    Where the answer is left to chance, `measure` turns what the function returns into numbers that
    can be compared: ``measure(function, *arguments)`` calls it as often as it needs, and returns
    what is no number as it came. The learner's function and the mistakes are measured; `reference`
    gives what is expected of the measurement, and `measured_as` says in the report what it is.
    """

    reference: Callable[..., Any]
    arguments: tuple[str, ...]
    examples: tuple[tuple, ...]
    inputs: SearchStrategy
    hints: tuple[str, ...]
    solution: str
    mistakes: tuple[tuple[Callable[..., Any], str], ...] = ()
    tolerance: float = 1e-6
    last_hint: str = "Work this input out by hand and compare it with your code, step by step."
    measure: Callable[..., Any] | None = None
    measured_as: str = "Your result"

    def measured(self, function: Callable) -> Callable:
        """Return the function whose results are compared: `function` itself, or its measurement."""
        return partial(self.measure, function) if self.measure else function


@dataclass(frozen=True)
class ValueExercise:
    """An exercise in which the learner finds a value, such as a learning rate.

    `judge(value)` returns None if the value is right, else a sentence on what is wrong with it;
    `solution` is a right value as source code.
    """

    judge: Callable[[Any], str | None]
    hints: tuple[str, ...]
    solution: str
