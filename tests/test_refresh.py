"""``make refresh`` stores a fresh run in one form, and running it twice changes no byte."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import refresh

LESSON = [
    new_markdown_cell("# Title – Überschrift"),
    new_code_cell("import sys\n\nprint(1)\nsys.stdout.flush()\nprint(2)"),
    new_code_cell("import ipywidgets\n\nipywidgets.IntSlider(description='x')"),
    new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
    new_code_cell(
        "import os\nimport time\n\nprint(f'{time.time():.6f} s in', os.path.basename(os.getcwd()))",
        metadata={"tags": ["nbval-ignore-output"]},
    ),
]


@pytest.fixture
def write(tmp_path):
    def write(*cells, **metadata):
        path = tmp_path / "lesson.ipynb"
        nbformat.write(new_notebook(cells=list(cells), metadata=metadata), path)
        return path

    return write


def run_refresh(*arguments, **environment):
    """Run the command in a process of its own, as make does."""
    return subprocess.run(
        [sys.executable, "-m", "tests.refresh", *map(str, arguments)],
        cwd=refresh.FOLDER.parent,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_refresh_stores_a_fresh_run_and_twice_changes_no_byte(write, tmp_path):
    path = write(*LESSON)
    startup = tmp_path / "profile_default" / "startup" / "mine.py"  # of the user's IPython
    startup.parent.mkdir(parents=True)
    startup.write_text("print = str")
    assert run_refresh(path, IPYTHONDIR=str(tmp_path)).stdout == "lesson.ipynb: written\n"
    first = path.read_bytes()
    assert run_refresh(path).stdout == "lesson.ipynb: nothing new\n"
    assert path.read_bytes() == first

    notebook = nbformat.read(path, as_version=4)
    code = notebook.cells[1:]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in LESSON]
    assert code[0].outputs == [new_output("stream", name="stdout", text="1\n2\n")]
    assert list(code[1].outputs[0].data) == ["text/plain"]  # no reference to the widget
    assert code[2].outputs[0].ename == "ZeroDivisionError"
    assert code[3].outputs[0].text.endswith(f" s in {tmp_path.name}\n")
    assert first.endswith(b"}\n") and "– Überschrift".encode() in first

    assert run_refresh("--all", path).stdout == "lesson.ipynb: written\n"
    again = nbformat.read(path, as_version=4)
    assert again.cells[4].outputs != notebook.cells[4].outputs  # the time went on
    assert again.cells[:4] == notebook.cells[:4]


def test_failing_cell_stops_and_leaves_the_file(write):
    path = write(
        new_code_cell("x = 1"), new_code_cell("raise OSError(f'no such {x}')"), new_code_cell("x")
    )
    before = path.read_bytes()
    result = run_refresh(path)
    assert result.returncode == 1
    assert path.read_bytes() == before
    assert "raise OSError(f'no such {x}')" in result.stderr
    assert "no such 1" in result.stderr
    assert f"{path}: code cell 2 failed, the file is as it was" in result.stderr


def test_normalise_takes_out_what_the_lesson_does_not_need():
    cell = new_code_cell(
        "x",
        execution_count=1,
        metadata={"tags": ["raises-exception"], "execution": {"iopub.status.idle": "12:00"}},
        outputs=[
            new_output("stream", name="stdout", text="a"),
            new_output("stream", name="stdout", text="b\n"),
            new_output("stream", name="stderr", text="c\n"),
            new_output("stream", name="stdout", text="d\n"),
            new_output(
                "display_data",
                {
                    "application/vnd.jupyter.widget-view+json": {"model_id": "1f"},
                    "text/html": "<img alt='A line.'>",
                    "text/plain": "A line.",
                },
                metadata={"isolated": True},
            ),
        ],
    )
    notebook = new_notebook(
        cells=[cell, new_markdown_cell("text", metadata={"editable": True, "tags": []})],
        metadata={
            "widgets": {"state": {}},
            "kernelspec": {"name": "my-kernel", "display_name": "Mine"},
            "language_info": {"name": "python", "version": "3.11.7"},
        },
    )
    refresh.normalise(notebook)
    assert notebook.metadata == refresh.METADATA
    assert notebook.cells[0].metadata == {"tags": ["raises-exception"]}
    assert notebook.cells[1].metadata == {}
    assert notebook.cells[0].outputs == [
        new_output("stream", name="stdout", text="ab\n"),
        new_output("stream", name="stderr", text="c\n"),
        new_output("stream", name="stdout", text="d\n"),
        new_output("display_data", {"text/html": "<img alt='A line.'>", "text/plain": "A line."}),
    ]


@pytest.mark.parametrize(
    ("stored", "new", "kept"),
    [
        ("sigmoid takes 3.5 times as long", "sigmoid takes 10.25 times as long", True),
        ("mean 1.2e-05, from -3", "mean 9e+10, from 4", True),
        ("tanh   4.1", "tanh  12.3", True),
        ("sigmoid takes 3.5 times as long", "tanh takes 3.5 times as long", False),
        ("3.5", "nan", False),
    ],
)
def test_measurement_is_kept_unless_it_says_something_else(stored, new, kept):
    def measured(text, picture, count):
        image = f'<img alt="{text}" src="data:image/png;base64,{picture}">'
        data = {"text/html": image, "image/png": picture}
        outputs = [
            new_output("execute_result", data | {"text/plain": text}, execution_count=count),
            new_output("stream", name="stdout", text=text),
        ]
        tags = ["nbval-ignore-output"]
        return new_code_cell("x", id="x", metadata={"tags": tags}, outputs=outputs)

    before = new_notebook(cells=[measured(stored, "iVBOabc", 7)])
    now = new_notebook(cells=[measured(new, "iVBOxyz", None)])
    refresh.keep_measurements(now, before)
    shown = now.cells[0].outputs[0].data["text/plain"]
    assert shown == (stored if kept else new)
    assert now.cells[0].outputs[0].execution_count == now.cells[0].execution_count


def test_untagged_output_is_never_kept():
    outputs = ([new_output("stream", name="stdout", text=text)] for text in "12")
    stored, new = (new_notebook(cells=[new_code_cell("x", id="x", outputs=o)]) for o in outputs)
    refresh.keep_measurements(new, stored)
    assert new.cells[0].outputs[0].text == "2"


def test_older_notebook_gets_cell_ids(tmp_path):
    cell = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    old = nbformat.from_dict(
        {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 2},
    )
    path = tmp_path / "old.ipynb"
    nbformat.write(old, path)
    notebook = refresh.read(path)
    assert notebook.cells[0].id
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
