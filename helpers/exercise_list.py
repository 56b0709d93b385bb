"""The exercises of the course, lesson by lesson. To add one, add an entry to `EXERCISES`.

An exercise on a function needs the course's own implementation, a Hypothesis strategy for
inputs, a few inputs written by hand, and hints. The strategy decides what the smallest wrong
input looks like: Hypothesis takes what comes first in a strategy for simpler, so the numbers
here are whole before they are halves, and arrays have one element before they have two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from helpers.activations import relu, relu_derivative


@dataclass(frozen=True)
class FunctionExercise:
    """An exercise in which the learner writes a function.

    Parameters
    ----------
    reference : callable
        The course's own implementation. If it returns a tuple, so must the learner's.
    arguments : tuple of str
        The names of the arguments, which are passed by position.
    inputs : hypothesis.strategies.SearchStrategy
        Draws tuples with one value for each argument. Simple inputs come first.
    examples : tuple of tuple
        Small inputs written by hand, tried before the search. The first shows whether the
        exercise was attempted; all of them are tried before anything larger, because an
        input on which a function never ends cannot be made smaller by trying others.
    hints : tuple of str
        From a nudge to nearly the answer.
    diagnose : callable, optional
        ``diagnose(received, expected, wrong, *arguments)`` gets the learner's result and the
        right one as arrays of one shape, a Boolean array that marks the wrong elements, and
        the arguments; it returns a hint that fits, or None. For a tuple of results it gets
        the first part that is wrong.
    tolerance : float, default 1e-6
        The largest difference that passes, absolute and relative.
    """

    reference: Callable[..., Any]
    arguments: tuple[str, ...]
    inputs: st.SearchStrategy
    examples: tuple[tuple, ...]
    hints: tuple[str, ...]
    diagnose: Callable[..., str | None] | None = None
    tolerance: float = 1e-6


@dataclass(frozen=True)
class ValueExercise:
    """An exercise in which the learner finds a value, such as a learning rate.

    Parameters
    ----------
    judge : callable
        ``judge(value)`` returns None if the value is right, else a sentence that says what
        is wrong with it.
    solution : str
        A right value, as source code.
    hints : tuple of str
        From a nudge to nearly the answer.
    """

    judge: Callable[[Any], str | None]
    solution: str
    hints: tuple[str, ...]


# Inputs -----------------------------------------------------------------------------------

SIZES = (*range(1, 11), *(n + 0.5 for n in range(10)), 0.1, 0.01, 0.001, 100, 10_000)
NUMBERS = st.sampled_from([0.0, *(float(sign * size) for size in SIZES for sign in (1, -1))])


def _arrange(form: str, numbers: list[float]) -> np.ndarray:
    """Make an array of a list of numbers."""
    if form == "integers":
        return np.array(numbers).astype(int)
    if form == "matrix":
        return np.array(numbers).reshape(2 if len(numbers) % 2 == 0 else 1, -1)
    return np.array(numbers)


# The form is drawn apart from the numbers: each can then become simpler without the other.
ARRAYS = st.builds(
    _arrange,
    st.sampled_from(["vector", "integers", "matrix"]),
    st.lists(NUMBERS, min_size=1, max_size=6),
)


# Lesson 1 ---------------------------------------------------------------------------------


def clipped_relu(x, max_value):
    """Return `relu` with a ceiling: numbers above `max_value` become `max_value`.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.
    max_value : float
        Ceiling, at least 0.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`.

    Examples
    --------
    >>> clipped_relu([-1.0, 2.0, 9.0], 6.0)
    array([0., 2., 6.])
    """
    # The same as np.clip(x, 0.0, max_value).
    return relu(x, max_value=max_value)


def _diagnose_relu(received, expected, wrong, x):
    if np.all(x[wrong] == 0):
        return "At 0 the result should be 0."
    if np.all(x[wrong] > 0):
        return "A positive number should pass unchanged; yours changes it."
    if np.array_equal(received[wrong], -x[wrong]):
        return "Yours removes the sign of a negative number; it should become 0."
    if np.array_equal(received[wrong], x[wrong]):
        return "Yours lets a negative number pass; it should become 0."
    return None


def _diagnose_relu_derivative(received, expected, wrong, x):
    if np.all(x[wrong] == 0):
        return "At 0 there is no slope, so a choice is needed: here, as in Keras, it is 0."
    if np.all(x[wrong] < 0):
        return "Left of 0 the graph of ReLU is flat, so its slope is 0."
    if np.array_equal(received[wrong], x[wrong]):
        return "That is the value of ReLU, not its slope: the slope right of 0 is always 1."
    if np.all(received[wrong] == 0):
        return "Right of 0 the graph of ReLU rises with slope 1. Are the two cases swapped?"
    return None


def _diagnose_clipped_relu(received, expected, wrong, x, max_value):
    if np.all(x[wrong] < 0):
        return "A negative number should become 0."
    if np.all(x[wrong] > max_value):
        return "A number above `max_value` should become `max_value`."
    if np.all(x[wrong] == max_value):
        return "At `max_value` itself the result should be `max_value`."
    return None


EXERCISES: dict[str, FunctionExercise | ValueExercise] = {
    "relu": FunctionExercise(
        reference=relu,
        arguments=("x",),
        inputs=st.tuples(ARRAYS),
        examples=tuple((np.array(x),) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "Each number is compared with 0: which of the two should the result be?",
            "Python's `max` compares two numbers. `x` is a whole array: look for the function "
            "of NumPy that compares element by element.",
            "`np.maximum(a, b)` returns the larger of each pair, and a single number is "
            "compared with every element.",
        ),
        diagnose=_diagnose_relu,
    ),
    "relu_derivative": FunctionExercise(
        reference=relu_derivative,
        arguments=("x",),
        inputs=st.tuples(ARRAYS),
        examples=tuple((np.array(x),) for x in ([0.0], [1.0], [-1.0], [-1.0, 2.0])),
        hints=(
            "The derivative is the slope of the graph: how steep is it left of 0, and right?",
            "`x > 0` answers for every element at once, with True and False. At 0 itself "
            "this course takes the slope 0.",
            "`np.where(condition, a, b)` chooses a number for each element, here 1.0 or 0.0.",
        ),
        diagnose=_diagnose_relu_derivative,
    ),
    "clipped_relu": FunctionExercise(
        reference=clipped_relu,
        arguments=("x", "max_value"),
        # A ceiling of 0 is allowed but unusual, so it comes last.
        inputs=st.tuples(ARRAYS, st.sampled_from([1.0, 2.0, 3.0, 6.0, 10.0, 0.5, 2.5, 0.0])),
        examples=tuple((np.array(x), 6.0) for x in ([0.0], [1.0], [-1.0], [-1.0, 7.0])),
        hints=(
            "The graph has three parts: flat at 0, rising, flat again. Where does each begin?",
            "Begin with ReLU. What should happen to a number that is larger than `max_value`?",
            "`np.minimum(a, b)` returns the smaller of each pair: put it around `np.maximum`.",
        ),
        diagnose=_diagnose_clipped_relu,
    ),
}
