"""`make` sets .venv up itself, once, and says clearly why where it cannot.

The Makefile runs in a folder of its own with a stand-in for Python, which writes down how it
is called and does nothing else: what is tested is when the set-up happens, and in what order.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKE = shutil.which("make")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script"),
    pytest.mark.skipif(MAKE is None, reason="there is no make"),
]

# Plays the part of python, and writes down which module it runs; as `python -m venv --clear X` it
# installs itself as X/bin/python.
STAND_IN = """#!/bin/sh
case "$*" in
  *"import sys; sys.exit"*) exit {unsupported} ;;
  "-c import ensurepip"*) exit {without_venv} ;;
  "-c import matplotlib.font_manager") echo fonts >> calls ;;
  --version) echo "Python 3.10.1" ;;
  "-m venv --clear "*)
    rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
    echo venv >> calls ;;
  "-m "*)
    echo "$2" >> calls
    test ! -f "$2-fails" ;;
esac
"""
WHOLE = ["venv", "pip", "fonts"]


@pytest.fixture
def folder(tmp_path):
    """A checkout with nothing in it but what the set-up needs."""
    course = tmp_path / "course"
    course.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, course)
    stand_in(tmp_path / "python")
    return course


def stand_in(path, unsupported=0, without_venv=0):
    path.write_text(STAND_IN.format(unsupported=unsupported, without_venv=without_venv))
    path.chmod(0o755)
    return path


def make(folder, *arguments, target=".venv/complete", path=""):
    """Run make; return its exit code, what it said, and the stand-in's calls."""
    calls = folder / "calls"
    calls.write_text("")
    result = subprocess.run(
        [MAKE, target, *arguments],
        cwd=folder,
        env={
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
        }
        | {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return result.returncode, result.stdout, calls.read_text().split()


def test_setup_happens_once(folder):
    python = f"PYTHON={folder.parent / 'python'}"
    assert make(folder, python)[::2] == (0, WHOLE)
    assert make(folder, python)[::2] == (0, [])
    assert make(folder)[::2] == (0, [])


def test_half_made_environment_is_made_anew(folder):
    python = f"PYTHON={folder.parent / 'python'}"
    (folder / "pip-fails").touch()
    code, _, calls = make(folder, python)
    assert code != 0
    assert calls == ["venv", "pip"]
    (folder / "pip-fails").unlink()
    assert make(folder, python)[::2] == (0, WHOLE)


def lock(folder):
    """Leave requirements.txt newer than what was installed."""
    os.utime(folder / ".venv/complete", (0, 0))
    return folder


def lose_python(folder):
    (folder / ".venv/bin/python").unlink()
    return folder


def move(folder):
    return folder.rename(folder.parent / "elsewhere")


@pytest.mark.parametrize("change", [lock, lose_python, move])
def test_environment_that_no_longer_fits_is_made_anew(folder, change):
    python = f"PYTHON={folder.parent / 'python'}"
    make(folder, python)
    changed = change(folder)
    assert make(changed, python)[::2] == (0, WHOLE)
    assert make(changed, python)[::2] == (0, [])


def test_environment_of_another_python_is_made_anew(folder):
    make(folder, f"PYTHON={folder.parent / 'python'}")
    other = stand_in(folder.parent / "python-other")
    assert make(folder, f"PYTHON={other}")[2] == WHOLE
    assert make(folder, f"PYTHON={other}")[2] == []


def test_oldest_packages_get_an_environment_of_their_own_and_two_runs(folder):
    python = f"PYTHON={folder.parent / 'python'}"
    expected = ["venv", "pip", "uv", "pytest", "pytest"]
    assert make(folder, python, target="test-oldest")[::2] == (0, expected)
    assert make(folder, target="test-oldest")[::2] == (0, ["pytest", "pytest"])
    assert not (folder / ".venv").exists()
    (folder / "pytest-fails").touch()
    assert make(folder, target="test-oldest")[0] != 0


def test_colab_versions_get_an_environment_of_their_own(folder):
    python = f"PYTHON={folder.parent / 'python'}"
    assert make(folder, python, target="test-colab")[::2] == (
        0,
        ["venv", "pip", "uv", "uv", "pytest"],
    )
    assert make(folder, target="test-colab")[::2] == (0, ["pytest"])


def test_first_python_that_will_do_is_taken(folder):
    for name in ("python3", "python3.13"):
        stand_in(folder.parent / name, unsupported=1)
    for name in ("python3.12", "python3.11"):
        stand_in(folder.parent / name)
    assert make(folder, path=folder.parent)[::2] == (0, WHOLE)
    assert (folder / ".venv/complete").read_text() == f"by python3.12 in {folder}.\n"


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ({"unsupported": 1}, "is Python 3.10.1, too old or too new"),
        ({"without_venv": 1}, "has no venv module"),
    ],
)
def test_unfit_python_is_refused_with_a_sentence(folder, faults, sentence):
    unfit = stand_in(folder.parent / "unfit", **faults)
    code, said, calls = make(folder, f"PYTHON={unfit}")
    assert code != 0
    assert f"'{unfit}' {sentence}" in said
    assert "make lab PYTHON=python3.12" in said
    assert calls == []


def test_missing_python_is_named(folder):
    code, said, _ = make(folder, "PYTHON=no-such-python")
    assert code != 0
    assert "'no-such-python' does not run here" in said
    assert "make lab PYTHON=python3.12" in said


@pytest.mark.parametrize("target", ["lab", "test", "test-oldest", "test-colab"])
def test_other_targets_stop_with_the_same_sentence(folder, target):
    assert "does not run here" in make(folder, "PYTHON=no-such-python", target=target)[1]


def test_help_lists_every_command(folder):
    code, said, calls = make(folder, target="help")
    assert (code, calls) == (0, [])
    listed = {line.split()[1] for line in said.splitlines()}
    assert {
        "lab",
        "test",
        "check",
        "site",
        "test-oldest",
        "test-colab",
        "refresh",
        "bench",
        "lock",
        "clean",
        "help",
    } <= listed
