"""What `check`, `hint` and `solution` answer, whatever a learner passes to them."""

import functools
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

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
    """Add an exercise "new" that is like relu, except for what is given."""

    def add(**fields):
        usual = {"reference": right, "arguments": ("x",), "inputs": st.tuples(VECTORS)}
        usual |= {"examples": ((np.array([1.0]),),), "hints": (), "solution": ""}
        monkeypatch.setitem(sample_lesson.EXERCISES, "new", FunctionExercise(**usual | fields))

    return add


def right(x):
    return np.maximum(0, x)


def check(function, name="relu"):
    return exercises.check(name, function)


def details(report):
    return dict(report.details)


# Not attempted, correct ------------------------------------------------------------------------


def stub_with_pass(x):
    pass


def stub_with_docstring(x):
    """Return the larger of x and 0."""


def stub_that_raises(x):
    raise NotImplementedError


STUBS = [stub_with_pass, stub_with_docstring, stub_that_raises, ...]
STUBS += [lambda x: ..., lambda x: NotImplemented, lambda x: (x, ...)]


@pytest.mark.parametrize("stub", STUBS)
def test_a_stub_is_not_attempted(stub):
    report = check(stub)
    assert report.state == "not attempted"
    assert 'exercises.hint("relu")' in report.sentence


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
        return (right(x) + 0 * np.log(x - x)).tolist()

    report = check(relu)
    assert report.state == "wrong"
    assert [text for label, text in report.details if label == "Remark"] == [
        "Your function returns a list; a NumPy array is usual.",
        "Your function printed: x is [2.]",
        "Python warned: RuntimeWarning: divide by zero encountered in log",
    ]
    report = check(lambda x: print("x") or right(x))
    assert (report.state, report.details[0][1]) == ("correct", "Your function printed: x")


# Wrong -----------------------------------------------------------------------------------------


def no_return(x):
    np.maximum(0, x)


def in_place(x):
    x *= x > 0
    return x


def endless_if_negative(x):
    while (x < 0).any():
        pass
    return right(x)


STEP_BY_STEP = "Hint: Work this input out by hand and compare it with your code, step by step."
PASS_IT = 'Hint: Pass the function without brackets: `exercises.check("relu", my_relu)`.'
TWO_RESULTS = "should return 2 results", "`return` and 2 names"

# What is checked, and what the report says of it.
WRONG = [
    # no function, or one with other parameters
    ("relu", None, "got None.", PASS_IT),
    ("relu", np.zeros(2), "got [0., 0.].", PASS_IT),
    ("relu", dict, "got the class dict.", PASS_IT),
    ("relu", {}, "got a dict.", PASS_IT),
    ("relu", lambda: 0, "`relu` should take `(x)`, and yours takes `()`."),
    ("relu", lambda x, y: x, "yours takes `(x, y)`."),
    ("relu", lambda *, x: x, "yours takes `(x)`."),
    # exceptions and loops
    ("relu", lambda x: 1 / 0, "`relu` raised ZeroDivisionError.", "by zero (line 1 of", "cell of"),
    ("relu", lambda x: max(0, np.append(x, x)), "truth value", "`if`, `max` and `and` take"),
    ("relu", lambda x: np.max(0, x), "Hint: `np.max` and `np.min` search one array"),
    ("relu", lambda x: np.maximum(..., x), "Hint: There is still a `...`"),
    ("relu", lambda x: missing, "raised NameError", "Is the name spelt"),  # noqa: F821
    ("relu", endless_if_negative, "not come to an end.", "Input: x = [-1.]", "Hint: Does a loop"),
    ("relu", endless_if_negative, "none: stopped after 300,000 lines (line ", "Expected: [0.]"),
    # results of another kind or shape
    ("relu", no_return, "`relu` does not return numbers.", "Hint: Does your function end"),
    ("relu", lambda x: "<b>0</b>", "Your result: '<b>0</b>'", "Hint: Return numbers"),
    ("relu", lambda x: [[1], [1, 2]], "not return numbers.", "Your result: [[1], [1, 2]]"),
    ("relu", lambda x: right, "Your result: a function", "brackets"),
    ("relu", lambda x: x + 0j, "not return numbers.", "Your result: [2.+0.j]"),
    ("relu", lambda x: ... if x[0] < 0 else right(x), "Your result: ...", "still a `...`"),
    ("relu", lambda x: (value for value in x), "a generator", "Hint: Use `return` instead of"),
    ("relu", max, "`relu` returns the wrong shape: () instead of (1,).", "Hint: `if`, `max`, and"),
    ("relu", lambda x: right(x)[:, None], "(1, 1) instead of (1,)", "Hint: Compare the `.shape`"),
    ("relu", lambda x: np.zeros(100_000), "(100000,)", "[0., 0., 0., ..., 0., 0., 0.]"),
    ("count_positive", lambda x: x > 0, "Hint: One number is expected"),
    ("step", lambda w, g: (0.048,), *TWO_RESULTS, "Your result: (0.048,)", "([2.], [9.])"),
    ("step", lambda w, g: np.ravel([w, g]), *TWO_RESULTS),
    ("relu", in_place, "`relu` changes its input `x`.", "[0.], and `x` was changed to [0.]"),
    ("relu", in_place, "Hint: The caller may still need `x`. Work on a new array or on"),
    # the first wrong example, else a drawn input made as simple as possible
    ("relu", lambda x: right(x) * (x.size == 1), "Input: x = [ 3., -2.]\n"),
    ("relu", lambda x: np.minimum(right(x), 6), "Input: x = [7.]\n"),
    ("relu", lambda x: np.where(x == 0, 1.0, right(x)), "Input: x = [0.]\n"),
    ("relu", lambda x: right(x) if x.size < 3 else x - x, "Input: x = [0., 0., 1.]\n"),
    ("relu", lambda x: right(x) - (x.max() > 8) * (x.size > 1), "Input: x = [9., 0.]\n"),
    ("relu", lambda x: np.trunc(right(x)), "Input: x = [0.5]\n"),
    # mistakes that explain every result, and not the wrong ones alone
    ("relu", lambda x: abs(x), "returns a wrong number.", "Input: x = [-1.]\n", "removes the sign"),
    ("relu", lambda x: abs(x).astype(int), "Hint: Yours removes the sign"),
    ("relu", lambda x: x, "Hint: Yours lets a negative number pass."),
    ("relu", lambda x: np.where(x == -1, x, right(x)), STEP_BY_STEP),
    ("relu", lambda x: np.where(x < -1, -x, x), STEP_BY_STEP),
    ("step", lambda w, g: (g**2, w - g), "Hint: First w, then the square."),
    ("step", lambda w, g: (w + g, g), "Hint: Down, and square."),
    ("step", lambda w, g: (w + g, g**2), "Hint: Downhill is minus."),
    ("step", lambda w, g: (w + g, g - 9), "Hint: Down, and square."),
    ("step", lambda w, g: (w + g * (3 - 2 * w.size), g - 9), STEP_BY_STEP),
    ("step", lambda w, g: w - g, "should return 2 results", "Hint: The square is missing."),
    # general hints on numbers
    ("relu", lambda x: -right(x), "Hint: The size is right, the sign is wrong."),
    ("relu", lambda x: 2 * right(x), "Hint: The result is twice too large."),
    ("relu", lambda x: right(x) / 2, "Hint: The result is half of what it should be."),
    ("relu", lambda x: np.where(x == 2, 4, right(x)).astype(int), STEP_BY_STEP),
    ("step", lambda w, g: (w - g, 2 * g**2), "Hint: The result is twice too large."),
    ("relu", lambda x: right(x) / (x > 0), "Hint: `nan` means"),
    ("relu", lambda x: x > 0, "returns a wrong number.", STEP_BY_STEP),
]


@pytest.mark.parametrize("name, function, words", [(name, f, words) for name, f, *words in WRONG])
def test_a_wrong_answer_is_told(name, function, words):
    report = check(function, name)
    assert report.state == "wrong"
    assert [part for part in words if part not in repr(report) + "\n"] == []
    assert len(repr(report)) < 1000


def test_hints_on_axes_fractions_and_booleans(add_exercise):
    add_exercise(examples=((np.array([[1.5, 2.5], [3.5, 0.0]]),),))
    assert "lost an axis" in details(check(lambda x: right(x).ravel(), "new"))["Hint"]
    assert "`dtype=float`" in details(check(lambda x: right(x).astype(int), "new"))["Hint"]
    add_exercise(reference=lambda x: np.where(x > 0, 1.0, 0.0))
    report = check(lambda x: x > 0, "new")
    assert report.sentence == "`new` returns True and False instead of numbers."
    assert "`np.where(condition, 1.0, 0.0)`" in details(report)["Hint"]


def test_the_same_numbers_in_another_shape_are_another_input(add_exercise):
    add_exercise(examples=((np.array([1.0, np.nan]),), (np.array([[1.0, np.nan]]),)))
    assert check(right, "new").state == "correct"
    assert details(check(lambda x: right(x).ravel(), "new"))["Input"] == "x = [[ 1., nan]]"


def test_every_call_gets_its_own_generator(add_exercise):
    rng = np.random.default_rng(0)
    add_exercise(
        reference=lambda x, rng: x + rng.random(x.shape),
        arguments=("x", "rng"),
        examples=((np.zeros(2), rng),),
        inputs=st.tuples(VECTORS, st.just(rng)),
        mistakes=((lambda x, rng: x + rng.random(), "One for each number."),),
    )
    assert check(lambda x, rng: x + rng.random(x.shape), "new").state == "correct"
    assert details(check(lambda x, rng: x + rng.random(), "new"))["Hint"] == "One for each number."


def test_what_is_compared_may_be_a_measurement_of_many_calls(add_exercise):
    def total(function, x):
        results = [function(x) for _ in range(3)]
        return results[0] if None in results or ... in results else sum(results)

    hint = "Negative numbers count for nothing."
    mistakes, examples = ((lambda x: float(np.sum(np.abs(x))), hint),), ((np.array([-1.0]),),)
    reference = lambda x: 3 * np.sum(x[x > 0])  # noqa: E731
    add_exercise(reference=reference, examples=examples, mistakes=mistakes, measure=total)
    assert check(lambda x: float(np.sum(right(x))), "new").state == "correct"
    assert check(lambda x: ..., "new").state == "not attempted"
    told = details(check(lambda x: abs(float(x.sum())), "new"))
    assert (told["Your result"], told["Expected"]) == ("3.0", "0.0")
    told = details(check(lambda x: float(np.sum(np.abs(x))), "new"))
    assert told["Hint"] == hint
    raised = details(check(lambda x: 1 / 0, "new"))["Your result"]
    assert raised == "ZeroDivisionError: division by zero"  # names no line of `total`


def test_mistakes_may_fit_a_drawn_input_and_fail_change_or_warn(add_exercise):
    mistakes = (lambda x: x[9], lambda x: np.divide(x, 0, out=x), lambda x: np.minimum(right(x), 6))
    add_exercise(mistakes=tuple((f, f"mistake {i}") for i, f in enumerate(mistakes)))
    assert details(check(lambda x: np.clip(x, 0, 6), "new"))["Hint"] == "mistake 2"
    assert details(check(lambda x: np.clip(x, 0, 7), "new"))["Hint"] in STEP_BY_STEP


@pytest.mark.parametrize("ask", [lambda name: exercises.check(name, right), exercises.hint])
def test_an_unknown_name_lists_the_known_ones(ask):
    with pytest.raises(ValueError, match=r"are relu, step, .*\. Received: name='rleu'$"):
        ask("rleu")
    with pytest.raises(TypeError, match=r"Received: name=<function"):
        ask(right)


def test_hints_come_one_after_another_and_then_begin_again():
    given = [exercises.hint("relu").sentence for _ in range(4)]
    assert given[:2] == ["(1 of 2) Compare.", "(2 of 2) `np.maximum`"]
    assert given[2] == 'There are no more. `exercises.solution("relu")` shows an answer.'
    assert given[3] == given[0]
    assert exercises.hint("step").sentence.startswith("(1 of 1)")


RATE = 0.1


@pytest.mark.parametrize("value", [RATE, np.array(RATE), [np.array([32, 32]), Tensor(RATE)]])
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


def test_a_fixed_number_of_inputs_is_tried(add_exercise):
    add_exercise(inputs=st.tuples(st.integers(0, 10**9).map(np.array)))
    calls = []
    check(lambda x: calls.append(x) or right(x), "new")
    assert len(calls) == 1 + checker.DRAWN_INPUTS
    calls.clear()
    check(lambda x: calls.append(x) or right(x) * (len(calls) != 2), "new")
    assert len(calls) == 2 + checker.CALLS_TO_SIMPLIFY


def test_inputs_are_drawn_alike_and_simplified_within_the_strategy():
    inputs = Inputs(VECTORS.filter(lambda x: x[-1] >= 8))
    drawn = [used for used, _ in inputs.draw(60)]
    assert 10 < len(drawn) < 60  # the others were refused
    assert drawn == [used for used, _ in inputs.draw(60)]
    for used in drawn:
        assert inputs.simplify(used, lambda x: x.max() > 7).tolist() == [8.0]
    assert {float(x) for _, x in Inputs(NUMBERS).draw(300)} >= {0.0, 0.5, 1.0, -10.0}


def test_a_loop_without_end_on_a_drawn_input_is_met_once():
    loops = []

    def relu(x):
        if x.size > 3:
            loops.append(x)
        while x.size > 3:
            pass
        return right(x)

    assert check(relu).sentence == "`relu` does not come to an end."
    assert len(loops) == 1


def test_a_wrong_input_is_not_simplified_into_a_loop_without_end():
    def relu(x):
        while x.size > 3 and x.max() <= 0:
            pass
        return right(x) + (x.size > 3)

    assert details(check(relu))["Input"] == "x = [0., 0., 0., 1.]"


def test_a_function_with_too_many_lines_is_undecided_unless_it_is_wrong(monkeypatch):
    def waste():
        for _ in range(200):
            pass

    monkeypatch.setattr(checker, "LINES_PER_CHECK", 700)
    report = check(lambda x: waste() or right(x))
    assert report.state == "undecided"
    assert "too slow for all 63 inputs. It is right on the 2 tried." in report.sentence
    assert check(lambda x: waste() or x).state == "wrong"
    monkeypatch.setattr(checker, "LINES_PER_CHECK", 100_000)
    assert check(lambda x: waste() or right(x)).state == "correct"


def test_neither_a_clock_nor_a_thread_is_needed(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    years = itertools.count(step=10**9)
    for clock in ("time", "monotonic", "perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: next(years))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert check(right).state == "correct"
    assert details(check(lambda x: np.minimum(right(x), 6)))["Input"] == "x = [7.]"
    assert "come to an end" in check(lambda x: [None for _ in itertools.count()]).sentence


def test_checks_in_several_threads_wait_for_each_other():
    out, second_began, overlaps = sys.stdout.write, threading.Event(), []

    def first_relu(x):
        if not overlaps:
            second.start()
            overlaps.append(second_began.wait(0.5))
        return right(x)

    second = threading.Thread(target=check, args=(lambda x: second_began.set() or print(x),))
    assert check(first_relu).state == "correct"
    second.join()
    assert overlaps == [False]
    assert second_began.is_set()
    assert sys.stdout.write == out


def test_a_function_that_changes_its_mind_gets_an_answer():
    calls = []
    report = check(lambda x: calls.append(x) or right(x) + (len(calls) > 9) * (len(calls) % 2))
    assert report.state == "wrong"


def test_neither_the_learners_error_state_nor_random_numbers_matter(add_exercise):
    add_exercise(reference=lambda x: np.exp(-1000 * x**2))
    np.random.seed(0)  # noqa: NPY002
    first = np.random.random()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    with np.errstate(all="raise"):
        assert check(lambda x: np.exp(-1000 * x**2), "new").state == "correct"
    assert np.random.random() == first  # noqa: NPY002


ANSWERS = """
import json
import numpy as np
from helpers import exercises
exercises.LESSONS = ["tests.exercises.sample_lesson"]
functions = [np.abs, lambda x: np.clip(x, 0, 6), lambda x: {"b", "a"}, lambda x: x[len(x):],
    lambda x: object().missing, lambda x: np.where(x > 8, x[0], np.maximum(x, 0))]
print(json.dumps([repr(exercises.check("relu", lambda x, f=f: f(x))) for f in functions]))
"""


def answers_of_a_process(folder, seed, code):
    nowhere = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder / "nowhere"))
    settings = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-B", "-c", code]
    environment = os.environ | nowhere | settings
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    assert finished.stderr == b""
    return json.loads(finished.stdout)


def test_every_process_answers_the_same_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "mine.py").write_text("constants = [2, 3, 60007, 5.5]")
    first = answers_of_a_process(tmp_path, "1", ANSWERS)
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        assert answers_of_a_process(tmp_path, "2", f"import mine{ANSWERS}") == first
    finally:
        busy.kill()
        busy.wait()
    assert all(answer.startswith("✘") and "0x" not in answer for answer in first)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_the_first_cell_does_not_wait_for_hypothesis():
    code = "import sys, helpers.exercises; sys.exit('hypothesis' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_what_was_measured_is_called_by_its_name(add_exercise):
    def mean_of_ten(f, x):
        value = f(x)
        return np.full(1, np.nan) if value is None else np.full(1, np.mean([f(x)] * 10))

    add_exercise(measure=mean_of_ten, measured_as="Mean of ten calls", tolerance=0.1)
    report = details(check(lambda x: x + 1.0004, "new"))
    assert report["Mean of ten calls"] == "[2.0004]" and report["Expected"] == "[1.]"
    assert report["Hint"].startswith("Work this input out by hand")  # nothing is drawn from an rng
    report = details(check(lambda x: [].append(x), "new"))
    assert set(report) == {"Input", "Expected", "Hint"}
