"""A lesson for the tests of the checker: every kind of exercise once, as small as possible."""

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.exercise import FunctionExercise, ValueExercise

NUMBERS = st.sampled_from([0.0, *(float(n * sign) for n in range(1, 11) for sign in (1, -1)), 0.5])
VECTORS = st.lists(NUMBERS, min_size=1, max_size=6).map(np.array)


def arrays(*values):
    return tuple(np.array(value) for value in values)


def judge_rate(value):
    return None if value in (0.1, [[32, 32], 0.1]) else f"The loss does not fall with {value!r}."


EXERCISES = {
    "relu": FunctionExercise(
        reference=lambda x: np.maximum(x, 0.0),
        arguments=("x",),
        examples=((np.array([2.0]),), (np.array([-1.0]),), (np.array([3.0, -2.0]),)),
        inputs=st.tuples(VECTORS),
        hints=("Compare.", "`np.maximum`"),
        solution="def relu(x):\n    # the larger one\n\n    return np.maximum(x, 0.0)",
        mistakes=(
            (lambda x: np.abs(x), "Yours removes the sign of a negative number."),
            (lambda x: np.where(x > 0, x, 0.1 * x), "Yours leaks."),
            (lambda x: x, "Yours lets a negative number pass."),
        ),
    ),
    "step": FunctionExercise(
        reference=lambda w, g: (w - g, g**2),
        arguments=("w", "g"),
        examples=(arrays([5.0], [3.0]), arrays([2.0, 7.0], [-2.0, 0.5])),
        inputs=st.tuples(NUMBERS, NUMBERS).map(lambda pair: arrays([pair[0]], [pair[1]])),
        hints=("Two results.",),
        solution="def step(w, g):\n    return w - g, g**2",
        mistakes=(
            (lambda w, g: (g**2, w - g), "First w, then the square."),
            (lambda w, g: (w + g, g), "Down, and square."),
            (lambda w, g: (w + g, g**2), "Downhill is minus."),
            (lambda w, g: w - g, "The square is missing."),
        ),
    ),
    "count_positive": FunctionExercise(
        reference=lambda x: np.sum(x > 0),
        arguments=("x",),
        examples=((np.array([1.0, -1.0]),),),
        inputs=st.tuples(VECTORS),
        hints=("Count.",),
        solution="def count_positive(x):\n    return np.sum(x > 0)",
        tolerance=0.6,
    ),
    "learning_rate": ValueExercise(judge_rate, ("Less than 1.",), "0.1"),
}
