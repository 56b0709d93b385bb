"""Every exercise of every lesson, with right answers and with the mistakes that learners make.

The cases stand beside this file, in a module for each lesson: right answers, the mistakes planted
in the exercise, others, and words that its hints must have. A wrong function is answered with the
input that a teacher would choose, and with a hint that is true of it.
"""

import importlib
import inspect
import json
import pkgutil
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import helpers.exercises
from helpers import datasets, exercises, losses
from helpers.exercises.exercise import FunctionExercise
from helpers.optimizers import RMSprop

NAMES = [
    module.name
    for module in pkgutil.iter_modules(helpers.exercises.__path__)
    if module.name.startswith("lesson_")
]
LESSONS = [importlib.import_module(f"helpers.exercises.{name}") for name in NAMES]
CASES = [importlib.import_module(f"tests.exercises.{name}") for name in NAMES]
EXERCISES = {name: exercise for lesson in LESSONS for name, exercise in lesson.EXERCISES.items()}
FUNCTIONS = [name for name, e in EXERCISES.items() if isinstance(e, FunctionExercise)]
RIGHT = [(name, f) for cases in CASES for name, fs in cases.RIGHT.items() for f in fs]
PLANTED = [(name, *row) for cases in CASES for name, rows in cases.PLANTED.items() for row in rows]
OTHERS = [(name, *row) for cases in CASES for name, rows in cases.OTHERS.items() for row in rows]
NOTEBOOKS = sorted(Path(__file__).parents[2].glob("notebooks/**/0*.ipynb"))


def assert_wrong(name, function, shown, words=""):
    # compiled functions such as np.abs have parameters of their own
    report = exercises.check(name, lambda *inputs: function(*inputs))
    assert report.state == "wrong", report
    inputs = [text for label, text in report.details if "input" in label.lower()]
    assert len(inputs) == 1, report
    assert shown in inputs[0], report
    assert words in dict(report.details)["Hint"], report


def test_lessons_and_exercises_have_names_of_their_own():
    assert len(LESSONS) == 6
    assert len(EXERCISES) == sum(len(lesson.EXERCISES) for lesson in LESSONS)
    assert {row[0] for row in RIGHT} == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted({path.name for path in NOTEBOOKS}))
def test_the_exercises_of_a_lesson_stand_in_its_notebooks(name):
    lesson = importlib.import_module(f"helpers.exercises.lesson_{int(name[:2])}")
    texts = [path.read_text(encoding="utf-8") for path in NOTEBOOKS if path.name == name]
    cells = [cell for text in texts for cell in json.loads(text)["cells"]]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    checked = re.findall(r'^exercises\.check\("(\w+)", my_', code, re.MULTILINE)
    advice = f"{name} needs a stub my_NAME and its check for each exercise"
    assert set(checked) == set(lesson.EXERCISES), advice
    for exercise in set(checked) & set(FUNCTIONS):
        parameters = re.search(rf"^def my_{exercise}\((.*)\):$", code, re.MULTILINE)[1]
        assert tuple(parameters.split(", ")) == EXERCISES[exercise].arguments


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_three_hints_from_a_nudge_to_nearly_the_answer(name):
    hints, (words,) = EXERCISES[name].hints, [c.HINTS[name] for c in CASES if name in c.HINTS]
    assert len(hints) == len(set(hints)) == 3
    assert sum(words in hint for hint in hints) == 1


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_solution_is_short_and_right(name):
    code = exercises.solution(name).code
    namespace = {"np": np}
    exec(code, namespace)
    assert tuple(inspect.signature(namespace[name]).parameters) == EXERCISES[name].arguments
    assert len(code.splitlines()) <= 6
    assert exercises.check(name, namespace[name]).state == "correct"


@pytest.mark.parametrize("name", sorted(set(EXERCISES) - set(FUNCTIONS)))
def test_a_value_shown_as_solution_is_right(name):
    code = exercises.solution(name).code
    *steps, value = code.splitlines()
    namespace = dict(
        vars(helpers.exercises.lesson_6), partial=partial, datasets=datasets, losses=losses
    )
    exec("\n".join(steps), namespace)
    value = eval(value.removeprefix("my_promises = "), namespace)
    assert exercises.check(name, value).state == "correct"
    assert exercises.check(name, ...).state == "not attempted"


@pytest.mark.parametrize(("name", "function"), RIGHT)
def test_a_right_answer_is_correct(name, function):
    report = exercises.check(name, function)
    assert report.state == "correct", report


@pytest.mark.parametrize("row", PLANTED, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_planted_mistake_is_answered_with_its_hint(row):
    name, words, *shown = row
    functions = [wrong for wrong, hint in EXERCISES[name].mistakes if words in hint]
    assert len(functions) == len(shown)
    for wrong, text in zip(functions, shown, strict=True):
        assert_wrong(name, wrong, text, words)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_hint_on_a_mistake_is_tested_once(name):
    assert len(EXERCISES[name].mistakes) >= 5
    for _, hint in EXERCISES[name].mistakes:
        assert sum(row[0] == name and row[1] in hint for row in PLANTED) == 1, hint


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: f"{row[0]}: {row[2]}")
def test_another_mistake_is_shown_on_such_an_input_too(row):
    assert_wrong(*row)


def test_twenty_steps_of_the_exercise_are_those_of_the_courses_rmsprop():
    rng = np.random.default_rng(0)
    w, average = rng.normal(size=4), np.zeros(4)
    parameter, optimizer = w.copy(), RMSprop(0.1, rho=0.8, epsilon=0.01)
    for gradient in rng.normal(size=(20, 4)):
        w, average = EXERCISES["rmsprop_step"].reference(w, gradient, average, 0.1, 0.8, 0.01)
        optimizer.apply([gradient], [parameter])
    np.testing.assert_allclose(w, parameter)
