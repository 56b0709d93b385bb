"""What `check`, `hint` and `solution` answer, whatever a learner passes to them."""

import functools
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import checker
from helpers.exercises.exercise import FunctionExercise
from helpers.exercises.search import Inputs
from tests.exercises import sample_lesson
from tests.exercises.sample_lesson import NUMBERS, VECTORS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def sample_exercises(monkeypatch):
    monkeypatch.setattr(exercises, "LESSONS", [sample_lesson.__name__])
    monkeypatch.setattr(exercises, "_hints_given", {})


@pytest.fixture
def add_exercise(monkeypatch):
    """Add an exercise that is like relu, except for what is given."""

    def add(**fields):
        usual = {
            "reference": right,
            "arguments": ("x",),
            "inputs": sample_lesson.st.tuples(VECTORS),
        }
        usual |= {"examples": ((np.array([1.0]),),), "hints": (), "solution": ""}
        monkeypatch.setitem(sample_lesson.EXERCISES, "new", FunctionExercise(**usual | fields))

    return add


def right(x):
    return np.maximum(0, x)


def check(function, name="relu"):
    return exercises.check(name, function)


def details(report):
    return dict(report.details)


def hint_for(function, name="relu"):
    return details(check(function, name))["Hint"]


# Not attempted, or not to be called ------------------------------------------------------------


def stub_with_pass(x):
    pass


def stub_with_docstring(x):
    """Return the larger of x and 0."""


def stub_that_raises(x):
    raise NotImplementedError


STUBS = [stub_with_pass, stub_with_docstring, stub_that_raises, lambda x: ..., ...]


@pytest.mark.parametrize("stub", [*STUBS, lambda x: NotImplemented, lambda x: (x, ...)])
def test_a_stub_is_not_attempted(stub):
    report = check(stub)
    assert report.state == "not attempted"
    assert 'exercises.hint("relu")' in report.sentence


def test_work_without_return_is_not_taken_for_a_stub():
    def relu(x):
        np.maximum(0, x)

    report = check(relu)
    assert (report.state, report.sentence) == ("wrong", "`relu` does not return numbers.")
    assert "`return`" in details(report)["Hint"]


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (None, "got None."),
        (3.0, "got 3.0."),
        (np.zeros(2), "got [0., 0.]."),
        (dict, "got the class dict."),
        ({}, "got a dict."),
    ],
)
def test_what_is_not_a_function_is_named(attempt, words):
    report = check(attempt)
    assert report.state == "wrong"
    assert report.sentence.endswith(words)
    assert 'exercises.check("relu", relu)' in details(report)["Hint"]


@pytest.mark.parametrize(
    ("function", "parameters"),
    [(lambda: 0, "()"), (lambda x, y: x, "(x, y)"), (lambda *, x: x, "(x)")],
)
def test_wrong_parameters_are_shown(function, parameters):
    report = check(function)
    assert report.state == "wrong"
    assert report.sentence == f"`relu` should take `(x)`, and yours takes `{parameters}`."


@pytest.mark.parametrize("ask", [lambda n: exercises.check(n, right), exercises.hint])
def test_an_unknown_name_lists_the_known_ones(ask):
    with pytest.raises(ValueError, match=r"are relu, step, .*\. Received: name='rleu'$"):
        ask("rleu")
    with pytest.raises(TypeError, match=r"Received: name=<function"):
        ask(right)


# Right answers ---------------------------------------------------------------------------------


class Tensor:
    """What other libraries return: no array, but it becomes one."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return self.values


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("relu", functools.partial(np.maximum, 0)),
        ("relu", np.vectorize(lambda v: max(0.0, v))),
        ("relu", lambda *x: right(*x)),
        ("relu", lambda x: Tensor(right(x))),
        ("relu", lambda x: x if (x >= 0).all() else right(x)),
        ("step", lambda w, g: [w - g, g * g]),
        ("step", lambda w, g: np.array([w - g, g * g])),
        ("step", lambda w, g: Tensor([w - g, g * g])),
        ("count_positive", lambda x: Tensor(np.sum(x > 0))),
        ("count_positive", lambda x: np.array(np.sum(x > 0))),
        ("count_positive", lambda x: float(np.sum(x > 0)) + 0.5),
    ],
)
def test_right_answers_of_any_kind_are_correct(name, function):
    report = check(function, name)
    assert report.state == "correct"
    assert not report.details


def test_what_is_no_mistake_is_remarked():
    def relu(x):
        print("x is", x)
        print("done")
        return right(x).tolist()

    list_remark, printed = (text for label, text in check(relu).details if label == "Remark")
    assert list_remark == "Your function returns a list; a NumPy array is usual."
    assert printed == "Your function printed: x is [2.] done"


def test_a_warning_is_remarked_and_not_shown():
    with warnings.catch_warnings(record=True) as escaped:
        warnings.simplefilter("always")
        report = check(lambda x: right(x) + 0 * np.log(x - x))
    assert not escaped
    assert details(report)["Remark"].startswith("Python warned: RuntimeWarning: divide by zero")


# Which input is shown --------------------------------------------------------------------------


def test_the_first_wrong_example_is_shown():
    assert details(check(lambda x: np.abs(x)))["Input"] == "x = [-1.]"
    assert details(check(lambda x: right(x)[:1]))["Input"] == "x = [ 3., -2.]"


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        (lambda x: np.minimum(right(x), 6), "x = [7.]"),
        (lambda x: np.where(x == 0, 1.0, right(x)), "x = [0.]"),
        (lambda x: right(x) if x.size < 3 else x - x, "x = [0., 0., 1.]"),
        (lambda x: right(x) - (x.max() > 8) * (x.size > 1), "x = [9., 0.]"),
        (lambda x: np.trunc(right(x)), "x = [0.5]"),
    ],
)
def test_a_drawn_input_is_made_as_simple_as_possible(function, shown):
    assert details(check(function))["Input"] == shown


def test_a_fixed_number_of_inputs_is_tried(add_exercise):
    add_exercise(inputs=sample_lesson.st.tuples(sample_lesson.st.integers(0, 10**9).map(np.array)))
    calls = []
    check(lambda x: calls.append(x) or right(x), "new")
    assert len(calls) == 1 + checker.DRAWN_INPUTS
    calls.clear()
    check(lambda x: calls.append(x) or right(x) * (len(calls) != 2), "new")
    assert len(calls) == 2 + checker.CALLS_TO_SIMPLIFY


def test_what_was_found_is_simplified_within_the_strategy():
    inputs = Inputs(VECTORS)
    for used, _ in inputs.draw(20):
        assert inputs.simplify(used, lambda x: x.sum() >= 3).tolist() in ([3.0], [1.0, 2.0])
    assert [x.tolist() for _, x in inputs.draw(9)] == [x.tolist() for _, x in inputs.draw(9)]
    assert {float(x) for _, x in Inputs(NUMBERS).draw(300)} >= {0.0, 0.5, 1.0, -10.0}


def test_a_changed_input_is_shown_before_and_after():
    def relu(x):
        x *= x > 0
        return x

    report = check(relu)
    assert report.sentence == "`relu` changes its input `x`."
    assert details(report)["Input"] == "x = [-1.]"
    assert details(report)["Your result"] == "[-0.], and `x` was changed to [-0.]"


def test_a_list_of_one_result_is_shown_as_one():
    assert details(check(lambda w, g: (0.048,), "step"))["Your result"] == "(0.048,)"


# Hints -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "function", "hint"),
    [
        ("relu", lambda x: abs(x), "Yours removes the sign of a negative number."),
        ("relu", lambda x: np.abs(x).astype(int), "Yours removes the sign of a negative number."),
        ("relu", lambda x: x, "Yours lets a negative number pass."),
        ("relu", lambda x: np.where(x < -1, -x, x), "Work this input out"),
        ("relu", lambda x: np.where(x == -1, x, right(x)), "Yours lets a negative number pass."),
        ("relu", lambda x: -right(x), "The size is right, the sign is wrong."),
        ("relu", lambda x: 2 * right(x), "The result is twice too large."),
        ("relu", lambda x: right(x) / 2, "The result is half of what it should be."),
        ("relu", lambda x: np.where(x == 2, 4, right(x)), "Work this input out"),
        ("relu", lambda x: right(x) / (x > 0), "`nan` means"),
        ("relu", lambda x: x > 0, "Work this input out"),
        ("relu", lambda x: right(x).sum(), "`if`, `max`, and `np.sum`"),
        ("relu", lambda x: right(x)[:, None], "Compare the `.shape`"),
        ("step", lambda w, g: (g**2, w - g), "First w, then the square."),
        ("step", lambda w, g: (w + g, g), "Down, and square."),
        ("step", lambda w, g: (w + g, g**2), "Downhill is minus."),
        ("step", lambda w, g: (w + g, g - 9), "Down, and square."),
        ("step", lambda w, g: (w - g, 2 * g**2), "The result is twice too large."),
        ("step", lambda w, g: w - g, "The square is missing."),
        ("step", lambda w, g: g, "Separate them by commas: `return` and 2 names."),
        ("count_positive", lambda x: x > 0, "One number is expected"),
    ],
)
def test_a_hint_is_given_that_fits_wherever_the_function_is_wrong(name, function, hint):
    assert hint_for(function, name).startswith(hint)


def test_general_hints_on_kinds_and_shapes(add_exercise):
    matrix = np.array([[1.5, 2.5], [3.5, 0.0]])
    add_exercise(examples=((matrix,),))
    assert "lost an axis" in hint_for(lambda x: right(x).ravel(), "new")
    assert "`dtype=float`" in hint_for(lambda x: right(x).astype(int), "new")
    add_exercise(reference=lambda x: np.where(x > 0, 1.0, 0.0))
    report = check(lambda x: x > 0, "new")
    assert report.sentence == "`new` returns True and False instead of numbers."
    assert "`np.where(condition, 1.0, 0.0)`" in details(report)["Hint"]


def test_a_mistake_that_fits_a_drawn_input_is_named(add_exercise):
    add_exercise(mistakes=((lambda x: np.minimum(right(x), 6), "Six is no limit."),))
    assert hint_for(lambda x: np.clip(x, 0, 6), "new") == "Six is no limit."
    assert hint_for(lambda x: np.clip(x, 0, 7), "new").startswith("Work this input out")


def test_a_mistake_that_fails_changes_its_input_or_warns_does_no_harm(add_exercise):
    mistakes = (lambda x: x[9], lambda x: np.divide(x, 0, out=x), lambda x: x + 1)
    add_exercise(mistakes=tuple((f, str(i)) for i, f in enumerate(mistakes)))
    assert hint_for(lambda x: x + 1, "new") == "2"


@pytest.mark.parametrize(
    ("function", "received", "hint"),
    [
        (lambda x: "<b>0</b>", "'<b>0</b>'", "Return numbers"),
        (lambda x: {1, 2}, "a set", "Return numbers"),
        (lambda x: [[1], [1, 2]], "[[1], [1, 2]]", "Return numbers"),
        (lambda x: right, "a function", "brackets"),
        (lambda x: x + 0j, "[2.+0.j]", "Return numbers"),
        (lambda x: ... if x[0] < 0 else right(x), "...", "still a `...`"),
        (lambda x: (value for value in x), "a generator", "instead of `yield`"),
    ],
)
def test_what_is_not_numbers_is_named(function, received, hint):
    report = check(function)
    assert report.sentence == "`relu` does not return numbers."
    assert details(report)["Your result"] == received
    assert hint in details(report)["Hint"]


def test_a_wrong_shape_and_a_huge_result_are_named():
    report = check(lambda x: np.zeros(100_000))
    assert report.sentence == "`relu` returns the wrong shape: (100000,) instead of (1,)."
    assert len(repr(report)) < 1000
    assert len(repr(check(lambda x: "long" * 100_000))) < 1000


def test_hints_come_one_after_another_and_then_begin_again():
    given = [exercises.hint("relu").sentence for _ in range(4)]
    assert given[:2] == ["(1 of 2) Compare.", "(2 of 2) `np.maximum`"]
    assert given[2] == 'There are no more. `exercises.solution("relu")` shows an answer.'
    assert given[3] == given[0]
    assert exercises.hint("step").sentence.startswith("(1 of 1)")


# Values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [0.1, np.float64(0.1), np.array(0.1), Tensor(0.1), [np.array([32, 32]), Tensor(0.1)]]
)
def test_a_value_is_judged_as_plain_numbers(value):
    report = exercises.check("learning_rate", value)
    assert report.state == "correct"
    assert report.sentence.endswith(" solves `learning_rate`.")


def test_a_wrong_value_and_a_gap():
    assert exercises.check("learning_rate", ...).state == "not attempted"
    assert exercises.check("learning_rate", ([8], ...)).state == "not attempted"
    wrong = exercises.check("learning_rate", (np.float64(3), "a"))
    assert (wrong.state, wrong.sentence) == ("wrong", "The loss does not fall with (3.0, 'a').")
    assert details(wrong) == {"Your value": "(3.0, 'a')"}
    assert exercises.solution("learning_rate").code == "0.1"


# The same answer every time --------------------------------------------------------------------


def test_a_loop_without_end_is_named_with_its_input():
    def relu(x):
        while (x < 0).any():
            pass
        return right(x)

    report = check(relu)
    assert report.sentence == "`relu` does not come to an end."
    assert details(report)["Input"] == "x = [-1.]"
    assert details(report)["Your result"].startswith("none: stopped after 300,000 lines (line ")
    assert "loop" in details(report)["Hint"]


def test_a_loop_without_end_on_a_drawn_input_is_found_once():
    loops = []

    def relu(x):
        if x.size > 3:
            loops.append(x)
        while x.size > 3:
            pass
        return right(x)

    assert check(relu).sentence == "`relu` does not come to an end."
    assert len(loops) == 1


def test_a_function_with_too_many_lines_is_undecided_unless_it_is_wrong(monkeypatch):
    def waste():
        for _ in range(200):
            pass

    monkeypatch.setattr(checker, "LINES_PER_CHECK", 1000)
    report = check(lambda x: waste() or right(x))
    assert report.state == "undecided"
    assert "the 3 of 63 inputs tried" in report.sentence
    assert check(lambda x: waste() or x).state == "wrong"
    monkeypatch.setattr(checker, "LINES_PER_CHECK", 100_000)
    assert check(lambda x: waste() or right(x)).state == "correct"


def test_a_slow_function_is_judged_like_a_fast_one(monkeypatch):
    clocks = itertools.count(step=10**9)
    for clock in ("time", "monotonic", "perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: next(clocks))
    assert check(right).state == "correct"
    assert details(check(lambda x: np.minimum(right(x), 6)))["Input"] == "x = [7.]"


def test_no_thread_is_needed(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert check(right).state == "correct"
    assert check(lambda x: -x).state == "wrong"
    assert not check(lambda x: [None for _ in itertools.count()]).sentence.startswith("raised")


def test_checks_in_several_threads_do_not_disturb_each_other():
    out, states = sys.stdout.write, []
    functions = [right, lambda x: print(x) or np.abs(x)] * 3
    threads = [
        threading.Thread(target=lambda f=f: states.append(check(f).state)) for f in functions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["correct"] * 3 + ["wrong"] * 3
    assert sys.stdout.write == out


def test_a_function_that_changes_its_mind_gets_an_answer():
    calls = []

    def relu(x):
        calls.append(x)
        return right(x) + (len(calls) > 9) * (len(calls) % 2)

    assert check(relu).state == "wrong"


def test_neither_the_learners_error_state_nor_random_numbers_matter():
    np.random.seed(0)  # noqa: NPY002
    first = np.random.random()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    with np.errstate(all="raise"):
        assert check(lambda x: right(x) + 0 * np.exp(-1000 * x**2)).state == "correct"
        assert check(lambda x: x + 1e-300 * 1e-300).state == "wrong"
    assert np.random.random() == first  # noqa: NPY002


ANSWERS = """
import json, sys
import numpy as np
from helpers import exercises
exercises.LESSONS = ["tests.exercises.sample_lesson"]
functions = [np.abs, lambda x: np.clip(x, 0, 6), lambda x: {"b", "a"}, lambda x: x[len(x):],
    lambda x: object().missing, lambda x: np.where(x > 8, x[0], np.maximum(x, 0))]
print(json.dumps([repr(exercises.check("relu", lambda x, f=f: f(x))) for f in functions]))
"""


def test_every_process_answers_the_same_and_leaves_nothing_behind(tmp_path):
    answers = []
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        for seed in "12":
            nowhere = str(tmp_path / "nowhere")
            places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), nowhere)
            settings = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
            (tmp_path / "mine.py").write_text(f"numbers = [{seed}, 60007, 2, 3, 5.5]")
            code = f"import mine{ANSWERS}" if seed == "2" else ANSWERS
            finished = subprocess.run(
                [sys.executable, "-W", "error", "-B", "-c", code],
                cwd=tmp_path,
                env=os.environ | places | settings,
                capture_output=True,
                encoding="utf-8",
                check=True,
            )
            assert finished.stderr == ""
            answers.append(json.loads(finished.stdout))
            busy.terminate()
    finally:
        busy.kill()
        busy.wait()
    assert answers[0] == answers[1]
    assert all(answer.startswith("✘") for answer in answers[0])
    assert "0x" not in "".join(answers[0])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_the_first_cell_does_not_wait_for_hypothesis():
    code = "import sys, helpers.exercises; sys.exit('hypothesis' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )
