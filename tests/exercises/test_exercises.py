"""What `check`, `hint` and `solution` answer, whatever a learner passes to them."""

import _thread
import contextlib
import functools
import html
import json
import os
import re
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from helpers import exercises
from helpers.exercises import lessons as exercise_list
from helpers.exercises import report as exercise_report
from helpers.exercises import runner as exercise_runner
from helpers.exercises.lessons import FunctionExercise, ValueExercise
from helpers.exercises.report import Report

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def hints_from_the_first(monkeypatch):
    monkeypatch.setattr(exercises, "_hints_given", {})


@pytest.fixture
def add_exercise(monkeypatch):
    return functools.partial(monkeypatch.setitem, exercise_list.EXERCISES)


def right(x):
    return np.maximum(0, x)


def count_threads_of_exercises():
    time.sleep(0.1)  # a thread that was told to end needs a moment
    return sum(thread.name == "exercise" for thread in threading.enumerate())


def details(report):
    return dict(report.details)


# Not attempted ---------------------------------------------------------------------------------


def stub_as_shipped(x):
    return ...  # your code


def stub_with_pass(x):
    pass


def stub_with_docstring(x):
    """Return the larger of x and 0."""


def stub_that_raises(x):
    raise NotImplementedError


def stub_with_not_implemented(x):
    return NotImplemented


def stub_with_several_gaps(x):
    larger, smaller = ..., ...
    return larger - smaller if x is None else larger


@pytest.mark.parametrize(
    "stub",
    [
        stub_as_shipped,
        stub_with_pass,
        stub_with_docstring,
        stub_that_raises,
        stub_with_not_implemented,
        stub_with_several_gaps,
        lambda x: ...,
        ...,
    ],
)
def test_a_stub_is_not_attempted(stub):
    assert exercises.check("relu", stub).state == "not attempted"


def test_work_without_return_is_not_taken_for_a_stub():
    def relu(x):
        np.maximum(0, x)

    report = exercises.check("relu", relu)
    assert report.state == "wrong"
    assert "`return`" in details(report)["Hint"]


# What cannot be called -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (None, "got None"),
        (3.0, "got 3.0"),
        ("relu", "got 'relu'"),
        (np.zeros(2), "got [0., 0.]"),
        (dict, "got the class dict"),
        ({}, "got a dict"),
    ],
)
def test_what_is_not_a_function_is_named(attempt, words):
    report = exercises.check("relu", attempt)
    assert report.state == "wrong"
    assert words in report.sentence
    assert 'exercises.check("relu", relu)' in details(report)["Hint"]


@pytest.mark.parametrize(
    ("function", "parameters"),
    [(lambda: 0, "()"), (lambda x, y: x, "(x, y)"), (lambda *, x: x, "(x)")],
)
def test_wrong_parameters_are_shown(function, parameters):
    report = exercises.check("relu", function)
    assert report.state == "wrong"
    assert parameters in details(report)["Your parameters"]
    assert "`(x)`" in details(report)["Hint"]


@pytest.mark.parametrize("ask", [lambda n: exercises.check(n, right), exercises.hint])
def test_an_unknown_name_lists_the_known_ones(ask):
    with pytest.raises(ValueError, match=r"relu, relu_derivative.*Received: name='rleu'$"):
        ask("rleu")
    with pytest.raises(TypeError, match=r"Received: name=<function"):
        ask(right)


@pytest.mark.parametrize(
    "function",
    [functools.partial(np.maximum, 0), np.vectorize(lambda v: max(0.0, v)), lambda *x: right(*x)],
)
def test_anything_that_can_be_called_may_be_right(function):
    assert exercises.check("relu", function).state == "correct"


# Functions that misbehave ----------------------------------------------------------------------


def divides_by_zero(x):
    half = 1 / 2

    return half / 0


def recurses(x):
    return recurses(x)


def exits(x):
    sys.exit("bye")


def raises_interrupt(x):
    raise KeyboardInterrupt


def unbound(x):
    if x.size > 100:
        y = x
    return y


def misspelt(x):
    return np.maximum(0, xx)  # noqa: F821


def half_done(x):
    return np.maximum(..., x)


def past_the_end(x):
    return x[len(x)]


@pytest.mark.parametrize(
    ("function", "error", "place", "hint"),
    [
        (divides_by_zero, "ZeroDivisionError: float division", "line 4 ", "cell of its own"),
        (recurses, "RecursionError: ", "line 2 of your function: `return recurses", "calls itself"),
        (exits, "SystemExit: bye", "line 2 ", "Leave out `exit()`"),
        (raises_interrupt, "KeyboardInterrupt", "line 2 ", "cell of its own"),
        (unbound, "UnboundLocalError: ", "line 4 ", "only in some cases"),
        (misspelt, "NameError: name 'xx'", "line 2 ", "spelt"),
        (half_done, "TypeError: ", "line 2 ", "still a `...`"),
        (past_the_end, "IndexError: ", "line 2 ", "without indices"),
    ],
)
def test_an_exception_is_named_with_its_line(function, error, place, hint):
    report = exercises.check("relu", function)
    assert report.state == "wrong"
    assert f"raised {error.split(':')[0]}" in report.sentence
    received = details(report)["Your result"]
    assert received.startswith(error)
    assert place in received
    assert hint in details(report)["Hint"]
    assert "Traceback" not in repr(report)


def test_math_functions_on_arrays_get_their_own_hint():
    import math

    report = exercises.check("relu", lambda x: math.fabs(np.append(x, 0)))
    assert "one number" in details(report)["Hint"]


def never_returns(x):
    while True:
        pass


def never_returns_for_negative(x):
    while (x < 0).any():
        pass
    return right(x)


@pytest.mark.parametrize(
    ("function", "shown"), [(never_returns, "x = [0.]"), (never_returns_for_negative, "x = [-1.]")]
)
def test_an_endless_loop_is_stopped(function, shown):
    start = time.monotonic()
    report = exercises.check("relu", function)
    assert time.monotonic() - start < 10
    assert report.state == "wrong"
    assert "did not come to an end" in report.sentence
    assert details(report)["Input"] == shown
    assert count_threads_of_exercises() == 0


def test_an_endless_loop_that_only_large_inputs_reach_is_stopped():
    def relu(x):
        while x.size > 4:
            pass
        return right(x)

    report = exercises.check("relu", relu)
    assert "did not come to an end" in report.sentence
    assert details(report)["Input"].count(",") >= 4


def test_a_loop_that_catches_everything_cannot_litter_the_notebook(capsys):
    def relu(x):
        while True:
            with contextlib.suppress(BaseException):
                print("again")

    report = exercises.check("relu", relu)
    later = exercises.check("relu", right)
    assert "did not come to an end" in report.sentence
    assert details(report)["Remark"].startswith("Your function printed: again again")
    assert later.state == "correct"
    assert not later.details
    assert capsys.readouterr().out == ""


def test_a_slow_function_is_not_called_correct(monkeypatch):
    monkeypatch.setattr("helpers.exercises.checker.SECONDS", 0.05)

    def relu(x):
        time.sleep(0.1)
        return right(x)

    report = exercises.check("relu", relu)
    assert report.state == "wrong"
    assert "too slow" in report.sentence


def test_a_slow_and_wrong_function_is_shown_to_be_wrong(monkeypatch):
    monkeypatch.setattr("helpers.exercises.checker.SECONDS", 0.05)

    def relu(x):
        time.sleep(0.1)
        return x + 1

    report = exercises.check("relu", relu)
    assert details(report)["Smallest input"] == "x = [0.]"


def test_interrupting_the_kernel_gets_through_and_stops_the_function():
    stdout = sys.stdout
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        exercises.check("relu", never_returns)
    assert sys.stdout is stdout
    assert count_threads_of_exercises() == 0


def test_what_a_function_prints_is_reported_not_printed(capsys):
    def relu(x):
        print("x is", x)
        print("done")
        return right(x)

    stdout = sys.stdout
    report = exercises.check("relu", relu)
    assert report.state == "correct"
    assert details(report)["Remark"] == "Your function printed: x is [0.] done"
    assert sys.stdout is stdout
    assert capsys.readouterr() == ("", "")


def test_what_is_printed_without_end_is_shortened():
    def relu(x):
        while True:
            print("a very long story")

    remark = details(exercises.check("relu", relu))["Remark"]
    assert len(remark) < 300


def test_warnings_are_reported_not_shown():
    with warnings.catch_warnings(record=True) as escaped:
        warnings.simplefilter("always")
        report = exercises.check("relu", lambda x: np.where(x > 0, x, 0 * np.log(x * x + 0.0)))
    assert not escaped
    assert "RuntimeWarning: divide by zero" in details(report)["Remark"]


# Results of the wrong kind ---------------------------------------------------------------------


def yields(x):
    yield right(x)


class NotAnArray:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("detach me first")


@pytest.mark.parametrize(
    ("function", "received", "hint"),
    [
        (lambda x: "<b>0</b>", "'<b>0</b>'", "Return numbers"),
        (lambda x: {1, 2}, "a set", "Return numbers"),
        (lambda x: [[1], [1, 2]], "[[1], [1, 2]]", "Return numbers"),
        (lambda x: right, "a function", "brackets"),
        (lambda x: NotAnArray(), "a NotAnArray", "Return numbers"),
        (lambda x: x + 0j, "[0.+0.j]", "Return numbers"),
        (lambda x: ... if x[0] < 0 else right(x), "...", "still a `...`"),
        (yields, "a generator", "instead of `yield`"),
    ],
)
def test_what_is_not_numbers_is_named(function, received, hint):
    report = exercises.check("relu", function)
    assert "does not return numbers" in report.sentence
    assert details(report)["Your result"] == received
    assert hint in details(report)["Hint"]


def test_a_huge_result_is_shortened():
    report = exercises.check("relu", lambda x: np.zeros(100_000))
    assert "wrong shape: (100000,) instead of (1,)" in report.sentence
    assert len(repr(report)) < 1000
    assert len(repr(exercises.check("relu", lambda x: "long" * 100_000))) < 1000


@pytest.mark.parametrize("number", [np.float64(1.5), np.array(1.5), np.float32(1.5), 1.5])
def test_a_number_is_shown_without_its_type(number):
    assert details(exercises.check("relu", lambda x: number))["Your result"] == "1.5"


def test_a_list_is_accepted_with_a_remark():
    report = exercises.check("relu", lambda x: right(x).tolist())
    assert report.state == "correct"
    assert "list" in details(report)["Remark"]


def test_a_result_may_share_memory_with_the_input():
    assert exercises.check("relu", lambda x: x if (x >= 0).all() else right(x)).state == "correct"


def test_whatever_becomes_an_array_is_accepted():
    class Tensor:
        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            return self.values

    assert exercises.check("relu", lambda x: Tensor(right(x))).state == "correct"
    wrong = exercises.check("relu", lambda x: Tensor(abs(x)))
    assert details(wrong)["Your result"] == "[1.]"


def test_a_changed_input_is_shown_before_and_after():
    def relu(x):
        x *= x > 0
        return x

    shown = details(exercises.check("relu", relu))
    assert shown["Smallest input"] == "x = [-1.]"
    assert shown["Your result"] == "[-0.], and `x` was changed to [-0.]"


# The same answer every time --------------------------------------------------------------------

ANSWERS = """
import json, sys
import numpy as np
from helpers import exercises
from helpers.exercises import checker as exercise_checker

exercise_checker.SECONDS = 60  # so that no search is cut short on a busy machine
functions = {
    "relu": [np.abs, lambda x: np.clip(x, 0, 6),
             lambda x: {"b", "a"}, lambda x: object().missing, lambda x: x[len(x):]],
    "relu_derivative": [lambda x: x >= 0, lambda x: np.where(x > 0.001, 1, 0)],
    "clipped_relu": [lambda x, m: np.where(x.ndim > 1, x, np.clip(x, 0, m))],
}
answers = [
    repr(exercises.check(name, lambda *a, f=f: f(*a)))
    for name, mine in functions.items() for f in mine
]
print(json.dumps(answers))
"""


def answers_of_a_process(folder, seed):
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", ANSWERS],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stderr == ""
    return json.loads(finished.stdout)


def test_every_process_answers_the_same_and_leaves_nothing_behind(tmp_path):
    first = answers_of_a_process(tmp_path, "1")
    assert first == answers_of_a_process(tmp_path, "2")
    assert all(answer.startswith("✘") for answer in first)
    assert "0x" not in "".join(first)
    assert list(tmp_path.iterdir()) == []


def test_the_learners_print_options_change_nothing():
    usual = repr(exercises.check("relu", lambda x: x / 3))
    with np.printoptions(precision=1, sign="+", formatter={"float": "about {}".format}):
        assert repr(exercises.check("relu", lambda x: x / 3)) == usual


def test_a_function_that_changes_its_mind_gets_an_answer():
    calls = []

    def relu(x):
        calls.append(x)
        return right(x) + len(calls) % 2

    assert exercises.check("relu", relu).state == "wrong"


def test_checking_leaves_random_numbers_alone():
    np.random.seed(0)  # noqa: NPY002
    first = np.random.random()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    exercises.check("relu", right)
    assert np.random.random() == first  # noqa: NPY002


# Exercises with several arguments or results, and with values ----------------------------------


def test_a_tuple_of_results_is_compared_part_by_part(add_exercise):
    def step(w, gradient):
        return w - gradient, gradient**2

    numbers = st.integers(-3, 3).map(float)
    exercise = FunctionExercise(
        reference=step,
        arguments=("w", "gradient"),
        inputs=st.tuples(numbers, numbers),
        examples=((1.0, 1.0),),
        hints=("one", "two"),
    )
    add_exercise("step", exercise)
    assert exercises.check("step", lambda w, g: (w - g, g * g)).state == "correct"
    assert exercises.check("step", lambda w, g: [w - g, g * g]).state == "correct"
    assert exercises.check("step", lambda w, g: (..., g * g)).state == "not attempted"
    wrong = exercises.check("step", lambda w, g: (w - g, g))
    assert details(wrong)["Smallest input"] == "w = 0.0, gradient = -1.0"
    assert details(wrong)["Your result"] == "(1.0, -1.0)"
    assert details(wrong)["Expected"] == "(1.0, 1.0)"
    assert "sign" in details(wrong)["Hint"]
    assert "2 results" in exercises.check("step", lambda w, g: w - g).sentence


def test_an_integer_result_and_a_tolerance_of_its_own(add_exercise):
    def count_positive(x):
        return int(np.sum(x > 0))

    exercise = FunctionExercise(
        reference=count_positive,
        arguments=("x",),
        inputs=st.tuples(exercise_list.ARRAYS),
        examples=((np.array([1.0]),),),
        hints=("one", "two"),
        tolerance=0.6,
    )
    add_exercise("count_positive", exercise)
    assert exercises.check("count_positive", lambda x: np.sum(x > 0)).state == "correct"
    assert exercises.check("count_positive", lambda x: np.sum(x > 0) + 0.5).state == "correct"
    wrong = exercises.check("count_positive", lambda x: np.sum(x >= 0))
    assert details(wrong)["Smallest input"] == "x = [0.]"
    assert "One number" in details(exercises.check("count_positive", lambda x: x > 0))["Hint"]


def test_an_example_that_only_the_author_thought_of_counts(add_exercise):
    exercise = FunctionExercise(
        reference=lambda x: x,
        arguments=("x",),
        inputs=st.tuples(st.integers(0, 3)),
        examples=((1,), (1000,)),
        hints=("one", "two"),
    )
    add_exercise("identity", exercise)
    wrong = exercises.check("identity", lambda x: min(x, 999))
    assert details(wrong)["Smallest input"] == "x = 1000"


def test_a_value_is_judged(add_exercise):
    def judge(value):
        return None if value == 0.1 else "The loss does not fall."

    add_exercise("learning_rate", ValueExercise(judge, "0.1", ("Try less than 1.",)))
    assert exercises.check("learning_rate", ...).state == "not attempted"
    assert exercises.check("learning_rate", 0.1).state == "correct"
    wrong = exercises.check("learning_rate", 3)
    assert (wrong.state, wrong.sentence) == ("wrong", "The loss does not fall.")
    assert details(wrong) == {"Your value": "3"}
    assert exercises.solution("learning_rate").code == "0.1"


# Hints -----------------------------------------------------------------------------------------


def test_hints_come_one_after_another_and_then_begin_again():
    hints = exercise_list.EXERCISES["relu"].hints
    given = [exercises.hint("relu").sentence for _ in range(len(hints) + 2)]
    for number, text in enumerate(hints, start=1):
        assert given[number - 1] == f"({number} of {len(hints)}) {text}"
    assert "no more" in given[len(hints)]
    assert 'exercises.solution("relu")' in given[len(hints)]
    assert given[len(hints) + 1] == given[0]


def test_each_exercise_counts_its_own_hints():
    exercises.hint("relu")
    assert exercises.hint("clipped_relu").sentence.startswith("(1 of ")


# Display ---------------------------------------------------------------------------------------


def visible(markup):
    """Return the words of HTML as a reader meets them, without icons."""
    markup = re.sub(r'<span aria-hidden="true".*?</span>', "", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def squeeze(text):
    return re.sub(r"[\s`]", "", text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: exercises.check("relu", right),
        lambda: exercises.check("relu", stub_as_shipped),
        lambda: exercises.check("relu", divides_by_zero),
        lambda: exercises.check("clipped_relu", lambda x, m: x),
        lambda: exercises.hint("relu"),
        lambda: exercises.solution("clipped_relu"),
    ],
)
def test_text_and_html_say_the_same(make):
    report = make()
    text = repr(report)
    assert squeeze(visible(report._repr_html_())) == squeeze(text[1:])
    assert report.sentence in text
    for label, words in report.details:
        assert f"{label}: {words}" in text


def test_states_differ_in_words_and_colour():
    markups = {
        state: Report(state, "same")._repr_html_()
        for state in ("correct", "wrong", "not attempted")
    }
    assert len({visible(markup) for markup in markups.values()}) == 3
    assert len({re.search(r"#\w{6}", markup).group() for markup in markups.values()}) == 3


def test_html_is_escaped():
    def relu(x):
        raise ValueError("<script>alert('&')</script> `<i>`")

    markup = exercises.check("relu", relu)._repr_html_()
    assert "<script" not in markup
    assert "<i>" not in markup
    assert "&lt;script&gt;" in markup


def test_the_first_cell_does_not_wait_for_hypothesis():
    code = "import sys, helpers.exercises; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The runner ------------------------------------------------------------------------------------


def test_an_address_in_a_message_is_left_out():
    assert exercise_report.shorten("<object at 0x7F01aB>") == "<object>"


def test_a_function_made_elsewhere_has_no_line():
    outcome = exercise_runner.run(np.vectorize(lambda v: v / 0), (np.array([0]),))
    assert outcome.error == "ZeroDivisionError: division by zero" or outcome.warning
    namespace = {}
    exec("def relu(x):\n    return 1 / 0", namespace)
    assert exercise_runner.run(namespace["relu"], (1,)).place == "line 2 of your function"
