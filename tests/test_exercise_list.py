"""Each exercise, with right answers and with the mistakes that learners make.

A planted mistake must be answered with the input that one would write by hand, and with a
hint that fits.
"""

import numpy as np
import pytest

from helpers import exercises
from helpers.exercise_list import EXERCISES, FunctionExercise


@pytest.fixture(autouse=True)
def enough_time(monkeypatch):
    """Let no search be cut short on a busy machine."""
    monkeypatch.setattr("helpers.exercise_checker.SECONDS", 60.0)


def loop_over_all(x):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        result[index] = max(0, x[index])
    return result


RIGHT = {
    "relu": [
        lambda x: np.maximum(0, x),
        lambda x: np.where(x > 0, x, 0.0),
        lambda x: x * (x > 0),
        lambda x: (x + abs(x)) / 2,
        lambda x: np.maximum(0, x).tolist(),
        lambda x, slope=0.0: np.maximum(slope * x, x),
        loop_over_all,
    ],
    "relu_derivative": [
        lambda x: np.where(x > 0, 1.0, 0.0),
        lambda x: np.where(x > 0, 1, 0),
        lambda x: (x > 0) * 1.0,
        lambda x: (x > 0).astype(x.dtype),
        lambda x: np.heaviside(x, 0),
    ],
    "clipped_relu": [
        lambda x, max_value: np.clip(x, 0, max_value),
        lambda x, max_value: np.minimum(np.maximum(x, 0), max_value),
        lambda z, ceiling: np.where(z > ceiling, ceiling, np.where(z < 0, 0, z)),
    ],
}


def test_every_exercise_has_right_answers_and_mistakes():
    functions = {name for name, e in EXERCISES.items() if isinstance(e, FunctionExercise)}
    assert set(RIGHT) == functions
    for name in functions:
        assert sum(case[0] == name for case in MISTAKES) >= 5, name


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_correct(name):
    for number, function in enumerate([EXERCISES[name].reference, *RIGHT[name]]):
        assert exercises.check(name, function).state == "correct", number


# relu -----------------------------------------------------------------------------------------


def lets_all_pass(x):
    return x


def only_negative(x):
    return np.minimum(0, x)


def at_zero_one(x):
    return np.where(x == 0, 1.0, np.maximum(0, x))


def leaks(x):
    return np.where(x > 0, x, 0.01 * x)


def stops_at_six(x):
    return np.clip(x, 0, 6)


def threshold_one(x):
    return np.where(x >= 1, x, 0.0)


def whole_numbers(x):
    return np.maximum(0, x).astype(int)


def in_place(x):
    x[x < 0] = 0
    return x


def with_max(x):
    return max(0, x)


def with_if(x):
    if x > 0:
        return x
    return 0 * x


def over_rows(x):
    return [max(0, row) for row in x]


def forgets_rows(x):
    return np.maximum(0, x).flatten()


def zero_over_zero(x):
    return x * (x / abs(x) + 1) / 2


# relu_derivative -------------------------------------------------------------------------------


def one_at_zero(x):
    return np.where(x >= 0, 1.0, 0.0)


def swapped(x):
    return np.where(x < 0, 1.0, 0.0)


def on_the_output(x):
    return np.where(np.maximum(0, x) >= 0, 1.0, 0.0)


def the_value_instead(x):
    return np.maximum(0, x)


def booleans(x):
    return x > 0


def sign(x):
    return np.sign(x)


def half_at_zero(x):
    return np.heaviside(x, 0.5)


# clipped_relu ----------------------------------------------------------------------------------


def no_ceiling(x, max_value):
    return np.maximum(0, x)


def no_floor(x, max_value):
    return np.minimum(x, max_value)


def always_six(x, max_value):
    return np.clip(x, 0, 6)


def zero_above(x, max_value):
    return np.where(x > max_value, 0.0, np.maximum(0, x))


def zero_from_ceiling_on(x, max_value):
    return np.where(x < max_value, np.maximum(0, x), 0.0)


def zeros_like(x, max_value):
    result = np.zeros_like(x)
    result[x > 0] = x[x > 0]
    result[result > max_value] = max_value
    return result


def zero_means_none(x, max_value):
    return np.clip(x, 0, max_value) if max_value else np.maximum(0, x)


def clips_in_place(x, max_value):
    return np.clip(x, 0, max_value, out=x)


MISTAKES = [
    # exercise, function, smallest input, part of the hint
    ("relu", np.abs, "x = [-1.]", "sign of a negative number"),
    ("relu", lets_all_pass, "x = [-1.]", "lets a negative number pass"),
    ("relu", np.negative, "x = [1.]", "the sign is wrong"),
    ("relu", only_negative, "x = [1.]", "positive number should pass"),
    ("relu", at_zero_one, "x = [0.]", "At 0"),
    ("relu", leaks, "x = [-1.]", "step by step"),
    ("relu", stops_at_six, "x = [7.]", "positive number should pass"),
    ("relu", threshold_one, "x = [0.5]", "positive number should pass"),
    ("relu", whole_numbers, "x = [0.5]", "fraction was cut off"),
    ("relu", in_place, "x = [-1.]", "Make a new array"),
    ("relu", with_max, "x = [0.]", "look at one number"),
    ("relu", with_if, "x = [0., 0.]", "For a whole array"),
    ("relu", over_rows, "x = [[0.]]", "without a loop"),
    ("relu", forgets_rows, "x = [[0.]]", "rows and columns"),
    ("relu", zero_over_zero, "x = [0.]", "not a number"),
    ("relu_derivative", one_at_zero, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", half_at_zero, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", on_the_output, "x = [0.]", "At 0 there is no slope"),
    ("relu_derivative", swapped, "x = [1.]", "swapped"),
    ("relu_derivative", the_value_instead, "x = [2.]", "not its slope"),
    ("relu_derivative", sign, "x = [-1.]", "flat"),
    ("relu_derivative", booleans, "x = [0.]", "Turn it into numbers"),
    ("clipped_relu", no_ceiling, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", always_six, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", zero_above, "x = [2.], max_value = 1.0", "above `max_value`"),
    ("clipped_relu", no_floor, "x = [-1.], max_value = 1.0", "negative number"),
    ("clipped_relu", zero_from_ceiling_on, "x = [1.], max_value = 1.0", "At `max_value` itself"),
    ("clipped_relu", zeros_like, "x = [1], max_value = 0.5", "fraction was cut off"),
    ("clipped_relu", zero_means_none, "x = [1.], max_value = 0.0", "above `max_value`"),
    ("clipped_relu", clips_in_place, "x = [-1.], max_value = 1.0", "Make a new array"),
]


@pytest.mark.parametrize(
    ("name", "function", "smallest", "hint"), MISTAKES, ids=[case[1].__name__ for case in MISTAKES]
)
def test_a_mistake_is_shown_on_the_input_that_one_would_write_by_hand(
    name, function, smallest, hint
):
    # compiled functions such as np.abs have parameters of their own
    report = exercises.check(name, lambda *arguments: function(*arguments))
    details = dict(report.details)
    assert report.state == "wrong"
    assert details["Smallest input"] == smallest
    assert hint in details["Hint"]


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_and_solution_exist(name):
    assert len(EXERCISES[name].hints) >= 2
    assert exercises.solution(name).code


@pytest.mark.parametrize("name", RIGHT)
def test_the_solution_shown_is_the_source_of_the_reference(name):
    reference = EXERCISES[name].reference
    code = exercises.solution(name).code
    assert code.startswith(f"def {reference.__name__}(")
    assert '"""' not in code
    compile(code, name, "exec")
