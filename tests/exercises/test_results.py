"""What a notebook keeps of its checks, how it is shown, and how a class is collected."""

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import collect, results
from tests.exercises import sample_lesson

ROOT = Path(__file__).parents[2]
OUTSIDE = {name: value for name, value in os.environ.items() if name != "COURSE_RESULTS"}
HERE = OUTSIDE | {"PYTHONPATH": str(ROOT)}


class Noon(datetime):
    @classmethod
    def now(cls):
        return cls(2026, 3, 1, 12, 0, 59)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a notebook that runs here, at noon."""
    monkeypatch.setattr(exercises, "LESSONS", [sample_lesson.__name__])
    monkeypatch.setattr(results, "get_ipython", lambda: "a notebook's shell")
    monkeypatch.setattr(results, "datetime", Noon)
    monkeypatch.delenv("COURSE_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def right(x):
    return np.maximum(x, 0)


def wrong(x):
    return x


def kept(folder):
    return json.loads((folder / "exercises.json").read_text(encoding="utf-8"))


def test_outcome_attempts_and_time_are_kept_and_nothing_else(folder):
    exercises.check("relu", ...)
    assert not (folder / "exercises.json").exists()
    exercises.check("relu", wrong)
    exercises.check("relu", wrong)
    exercises.check("learning_rate", 0.1)
    last = "2026-03-01 12:00"
    assert kept(folder) == {
        "relu": {"outcome": "wrong", "attempts": 2, "last": last},
        "learning_rate": {"outcome": "correct", "attempts": 1, "last": last},
    }
    assert [path.name for path in folder.iterdir()] == ["exercises.json"]


def test_a_solved_exercise_stays_solved(folder):
    exercises.check("relu", wrong)
    exercises.check("relu", right)
    before = kept(folder)
    assert (before["relu"]["outcome"], before["relu"]["attempts"]) == ("correct", 2)
    for attempt in (..., wrong, right):
        exercises.check("relu", attempt)
    assert kept(folder) == before


def test_both_sittings_share_a_file_and_a_variable_names_another_folder(folder, monkeypatch):
    (folder / "going_further").mkdir()
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "going_further")
    exercises.check("relu", wrong)
    assert kept(folder)["relu"]["attempts"] == 1
    monkeypatch.setenv("COURSE_RESULTS", str(folder / "elsewhere"))
    exercises.check("relu", right)
    assert kept(folder / "elsewhere")["relu"]["outcome"] == "correct"
    assert kept(folder)["relu"]["outcome"] == "wrong"


@pytest.mark.parametrize(
    "text", ["", "[]", '{"relu": {"outcome": "=1+1", "attempts": 1, "last": "2026-03-01 12:00"}}']
)
def test_a_file_that_was_changed_stays_and_is_told(folder, text):
    (folder / "exercises.json").write_text(text)
    assert exercises.check("relu", right).state == "correct"
    assert (folder / "exercises.json").read_text() == text
    with pytest.raises(ValueError, match=r"exercises.json was changed .* Rename it"):
        exercises.report()


def test_where_nothing_can_be_written_the_learner_goes_on(folder, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(folder / "missing"))
    assert exercises.check("relu", right).state == "correct"
    assert repr(exercises.report()).startswith("0 of 4 exercises solved. New attempts are not kept")


def test_an_attempt_that_fails_to_be_written_leaves_the_others(folder, monkeypatch):
    def refuse(path, target):
        raise PermissionError

    exercises.check("relu", wrong)
    before = kept(folder)
    monkeypatch.setattr(Path, "replace", refuse)
    exercises.check("relu", right)
    assert kept(folder) == before


def test_a_report_is_a_table_in_words_in_html_and_in_json(folder):
    exercises.check("relu", right)
    exercises.check("step", lambda w, g: (w, g))
    report = exercises.report()
    assert repr(report) == (
        f"1 of 4 exercises solved. Attempts are kept in {folder / 'exercises.json'}.\n"
        "lesson  exercise        outcome            attempts  last\n"
        "lesson  relu            Correct            1         2026-03-01 12:00\n"
        "lesson  step            Not right yet      1         2026-03-01 12:00\n"
        "lesson  count_positive  Not attempted yet  0\n"
        "lesson  learning_rate   Not attempted yet  0"
    )
    signs_out = re.sub(r"<span aria-hidden.*?</span>", "", report._repr_html_())
    words = html.unescape(re.sub(r"<[^>]+>", " ", signs_out)).lower().split()
    assert words == repr(report).lower().split()
    assert json.loads(report.to_json())[0] == {
        "lesson": "lesson",
        "exercise": "relu",
        "outcome": "correct",
        "attempts": 1,
        "last": "2026-03-01 12:00",
    }


def write(path, **rows):
    keys = ("outcome", "attempts", "last")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({k: dict(zip(keys, row, strict=True)) for k, row in rows.items()}))


def test_a_class_is_collected_into_one_table(tmp_path):
    write(tmp_path / "ada/course/notebooks/exercises.json", relu=("wrong", 3, "2026-03-01 12:00"))
    write(tmp_path / "ada/old copy/exercises.json", relu=("correct", 2, "2026-02-01 12:00"))
    write(tmp_path / "ada/.trash/exercises.json", roof=("correct", 1, "2026-02-01 12:00"))
    write(tmp_path / "zoë/exercises.json", roof=("wrong", 5, "2026-03-02 08:30"))
    (tmp_path / "eve").mkdir()
    (tmp_path / "max").mkdir()
    (tmp_path / "max/exercises.json").write_text("not JSON")
    table = tmp_path / "results.csv"
    command = [sys.executable, "-m", "helpers.exercises.collect", tmp_path, table]
    done = subprocess.run(command, env=HERE, capture_output=True, text=True, check=False)
    head, *rows = csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig")))
    assert head == ["student", "lesson", "exercise", "outcome", "attempts", "last"]
    assert len(rows) == 3 * sum(1 for row in rows if row[0] == "eve") > 60
    assert [row for row in rows if row[3] != "not attempted"] == [
        ["ada", "1", "relu", "correct", "2", "2026-02-01 12:00"],
        ["zoë", "1", "roof", "wrong", "5", "2026-03-02 08:30"],
    ]
    assert done.returncode == 1
    assert done.stderr.startswith("max is left out:") and done.stderr.count("\n") == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_student_whose_folder_is_closed_is_left_out(tmp_path):
    (tmp_path / "ada").mkdir(mode=0)
    rows, problems = collect.collect(tmp_path)
    assert len(rows) == 1 and problems[0].startswith("ada is left out: ")


CHECK = """
from helpers import exercises
print(exercises.check("relu", abs).state)
exercises.report()
"""


def test_a_notebook_keeps_its_checks_but_not_those_of_refresh(tmp_path):
    by_hand = 'import os\ndel os.environ["COURSE_RESULTS"]'  # as in a learner's kernel
    for name, source in {"refreshed": CHECK, "learnt": by_hand + CHECK}.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        command = [sys.executable, "-m", "tests.refresh", tmp_path / f"{name}.ipynb"]
        subprocess.run(command, cwd=ROOT, env=HERE, check=True, capture_output=True)
        assert (tmp_path / "exercises.json").exists() == (name == "learnt")
    (cell,) = nbformat.read(tmp_path / "learnt.ipynb", as_version=4).cells
    assert kept(tmp_path)["relu"]["attempts"] == 1
    printed, shown = cell.outputs
    assert printed.text == "wrong\n"
    assert "Not right yet" in shown.data["text/html"] and "text/plain" in shown.data
