"""Every explorer and every exercise, through public names alone: a learner's first click on each.

`make test` runs this with the newest packages, `make test-oldest` with the oldest ones that are
allowed, without Keras and isal, and once more where no thread can be started.
"""

import importlib
import pkgutil
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from helpers import exercises, explorers
from tests.explorers.drawn import ends

ROOT = Path(__file__).resolve().parents[1]
EXPLORERS = [name for name in dir(explorers) if name.startswith("explore_")]
EXERCISES = {
    name: exercise
    for module in pkgutil.iter_modules(exercises.__path__, "helpers.exercises.")
    for name, exercise in getattr(importlib.import_module(module.name), "EXERCISES", {}).items()
}
LESSONS = [path.read_text(encoding="utf-8") for path in ROOT.glob("notebooks/**/*.ipynb")]


@pytest.mark.parametrize("name", EXPLORERS)
def test_explorer_follows_every_control_and_preset(name, capfd):
    explorer = getattr(explorers, name)()
    start, sentences = explorer.sentence, set()
    for control in explorer.controls:
        for value in ends(explorer.controls[control]):
            explorer.set_values(**{control: value})
            sentences.add(explorer.sentence)
        explorer.reset()
        assert explorer.sentence == start
    for preset in explorer.presets:
        explorer.apply_preset(preset)
        sentences.add(explorer.sentence)
    assert len(sentences) > len(explorer.controls)
    explorer.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_accepts_its_solution_and_knows_a_mistake(name):
    code, names = exercises.solution(name).code, {"np": np}
    if hasattr(EXERCISES[name], "mistakes"):
        exec(code, names)
        report = exercises.check(name, names[name])
        if "No module named 'tensorflow'" in repr(report):
            pytest.skip(f"{name} is judged by TensorFlow, which is not installed")
        assert report.state == "correct"
    wrong = [mistake for mistake, _ in getattr(EXERCISES[name], "mistakes", ())]
    assert exercises.check(name, wrong[0] if wrong else -1.0).state == "wrong"
    assert exercises.check(name, ...).state == "not attempted"


def test_these_are_the_explorers_and_exercises_of_the_lessons():
    def named(pattern):
        return {name for lesson in LESSONS for name in re.findall(pattern, lesson)}

    assert named(r"explorers\.(explore_\w+)") <= set(EXPLORERS)
    assert named(r'exercises\.check\(\\"(\w+)') == set(EXERCISES)


def test_threads_are_there_unless_they_were_made_impossible(pytestconfig):
    thread = threading.Thread(target=np.zeros, args=(1,))
    if pytestconfig.getoption("no_threads"):
        with pytest.raises(RuntimeError):
            thread.start()
    else:
        thread.start()
        thread.join()
