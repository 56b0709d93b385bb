"""The README and its companions point at what is there, and name every lesson."""

import doctest
import re
import urllib.parse
from pathlib import Path

import numpy as np
import pytest

from helpers import exercises
from tests import refresh

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "deploy/grading/README.md",
    "deploy/handing_out/README.md",
)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    targets = re.findall(r"\]\(([^)#]+)", text_of(name))
    ours = [(ROOT / name).parent / target for target in targets if "://" not in target]
    assert [path for path in ours if not path.exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_named_are_there(name):
    named = re.findall(r"`((?:helpers|tests|notebooks|benchmarks)/[\w./]*)`", text_of(name))
    to_be_written = {"notebooks/NN_name.ipynb", "notebooks/going_further/NN_name.ipynb"}
    assert {path for path in named if not (ROOT / path).exists()} <= to_be_written


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_named_are_there(name):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text_of(name), flags=re.MULTILINE))
    assert named <= targets


def test_every_lesson_is_in_the_table():
    lessons = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert (
        set(re.findall(r"^\| \d+ \| \[[^]]+\]\(([^)]+)\)", text_of("README.md"), re.M)) == lessons
    )


def test_titles_in_the_table_are_those_of_the_lessons():
    rows = re.findall(r"^\| \d+ \| \[([^]]+)\]\(([^)]+)\)", text_of("README.md"), re.M)
    for title, path in rows:
        assert f'"# {title}' in text_of(path)


def test_times_in_the_table_are_those_that_the_notebooks_state():
    times = dict(re.findall(r"\((notebooks/[^)]+)\)[^(]*?(\d+) minutes", text_of("README.md")))
    for path in refresh.NOTEBOOKS:
        name = path.relative_to(ROOT).as_posix()
        assert f"**Time.** about {times[name]} minutes" in text_of(name)


def test_the_readme_shows_what_an_exercise_really_answers():
    names = {"np": np, "exercises": exercises}
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    sample = re.search(r"```pycon\n(.*?)```", text_of("README.md"), re.DOTALL)[1]
    runner.run(parser.get_doctest(sample, names, "README.md", "README.md", 0))
    assert runner.summarize(verbose=False) == (0, 2)


def test_the_link_that_hands_out_the_course_opens_a_lesson():
    (link,) = re.findall(r"^HUB(/.*)$", text_of("deploy/handing_out/README.md"), re.M)
    address = urllib.parse.urlsplit(link)
    query = dict(urllib.parse.parse_qsl(address.query, strict_parsing=True))
    assert address.path == "/hub/user-redirect/git-pull"
    assert query["repo"] == "https://github.com/OWNER/NAME"
    place, _, lesson = query["urlpath"].partition("NAME/")
    assert (place, (ROOT / lesson).exists()) == ("lab/tree/", True)


def test_the_grading_example_asks_for_the_exercises_of_its_lesson():
    (notebook,) = re.findall(r'^NOTEBOOK = "(.*)"', text_of("deploy/grading/grade.py"), re.M)
    checked = re.findall(r"exercises\.check\(\\\"(\w+)", text_of(f"notebooks/{notebook}"))
    graded = re.findall(
        r'^\w+ = solved\("(\w+)"\)', text_of("deploy/grading/tests/lesson_1.py"), re.M
    )
    assert graded == checked != []
