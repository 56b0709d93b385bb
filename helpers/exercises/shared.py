"""What the exercises share: how one is written down, and strategies that draw its inputs.

Hypothesis takes what comes first in a strategy for simpler: here 0 comes before 1 and whole
numbers before halves, floats before integers, and vectors before matrices.
"""

from collections.abc import Callable, Sequence
from inspect import getsource, signature
from numbers import Real
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from helpers.exercises.exercise import FunctionExercise

_SIZES = (*range(1, 11), *(n + 0.5 for n in range(10)), 0.1, 0.01, 0.001, 100, 900, 1000, 10_000)
NUMBERS = st.sampled_from([0.0, *(float(sign * size) for size in _SIZES for sign in (1, -1))])

# For a function of each number: every case alone, then shapes of up to three axes.
SINGLE = [[2.0], [-3.0], [0.5], [0.0], [7.0], [1000.0]]
SHAPES = [[-1.0, 2.0], [3, -5], [[-1.0, 2.0], [3.0, -5.0]], [[[2.5, -0.5]], [[-3.0, 5.0]]]]


def exercise(
    exercises: dict,
    *,
    examples: Sequence[tuple],
    inputs: st.SearchStrategy,
    hints: tuple[str, ...],
    mistakes: Sequence[tuple],
    **options: Any,
) -> Callable:
    """Add to `exercises` the one that the decorated function answers, as a learner would.

    Lists in `examples` become arrays. A row of `mistakes` holds wrong functions, one or several,
    and the hint that is true of them. The options are those of `FunctionExercise`.
    """

    def add(answer: Callable) -> Callable:
        exercises[answer.__name__] = FunctionExercise(
            reference=options.pop("reference", answer),
            arguments=tuple(signature(answer).parameters),
            examples=tuple(
                tuple(np.array(a) if isinstance(a, list) else a for a in row) for row in examples
            ),
            inputs=inputs,
            hints=hints,
            mistakes=tuple((f, hint) for *functions, hint in mistakes for f in functions),
            solution="def " + getsource(answer).partition("\ndef ")[2],
            **options,
        )
        return answer

    return add


def floats(shape: Any) -> st.SearchStrategy:
    """Draw an array of floats, of this shape or of one that is drawn too."""
    return nps.arrays(float, shape, elements=NUMBERS, fill=st.nothing())


def arrays(max_axes: int) -> st.SearchStrategy:
    """Draw an array of floats or of integers with up to so many axes."""
    shapes = nps.array_shapes(max_dims=max_axes, max_side=3)
    elements = st.integers(-10, 10) | st.sampled_from([100, 900, 1000])
    return floats(shapes) | nps.arrays(int, shapes, elements=elements, fill=st.nothing())


def sizes(count: int) -> st.SearchStrategy:
    """Draw so many lengths of axes."""
    return st.tuples(*[st.integers(1, 3)] * count)


def is_number(value: Any) -> bool:
    """Whether a value is a real number, which True and False are not."""
    return isinstance(value, Real) and not isinstance(value, bool)
