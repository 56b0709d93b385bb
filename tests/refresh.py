"""Run the notebooks afresh and store what they show: ``make refresh``.

``python -m tests.refresh`` takes every notebook under ``notebooks/``, or those named. Each
is run from top to bottom in a new kernel of this very Python, with the notebook's folder as
working directory, and is written back in one normal form, so that a difference in git is a
difference in the lesson: running it twice changes no byte.

A cell that measures something (tag ``nbval-ignore-output``) shows other numbers each time.
It keeps its stored output as long as the new one says the same in other numbers or pictures;
``--all`` stores the new one all the same.
"""

import argparse
import copy
import os
import re
import sys
import tempfile
from pathlib import Path

import matplotlib
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
NOTEBOOKS = [*LESSONS, *sorted(FOLDER.glob("going_further/*.ipynb"))]
MEASURES = "nbval-ignore-output"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# All that a lesson's notebook says of its kernel: nothing that changes with the machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
_PICTURE = re.compile(r"data:image/[^\"']*")
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")


def read(path):
    """Read a notebook of format 4.5; an older one is brought to it, each cell getting its id."""
    notebook = nbformat.read(path, as_version=4)
    return nbformat.v4.upgrade(notebook, notebook.nbformat, notebook.nbformat_minor)


def to_text(notebook):
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def execute(notebook, folder):
    """Run all cells in a new kernel and put the outputs into `notebook`.

    Raises ``CellExecutionError`` where a cell raises that is not tagged ``raises-exception``.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        cell.execution_count, cell.outputs = None, []
    own_python = KernelSpecManager(kernel_dirs=[])  # no kernel of the same name from elsewhere
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=own_python),
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        record_timing=False,
        store_widget_state=False,
    )
    try:
        with tempfile.TemporaryDirectory() as folder:  # instead of the user's own
            style = os.path.join(matplotlib.get_data_path(), "matplotlibrc")
            own = {"IPYTHONDIR": folder, "COURSE_RESULTS": folder, "MATPLOTLIBRC": style}
            client.execute(env=os.environ | own)
    except CellExecutionError as error:
        last = max(number for number, cell in enumerate(code, start=1) if cell.execution_count)
        error.add_note(f"code cell {last} failed, the file is as it was")
        raise


def normalise(notebook):
    """Take out of `notebook` what has nothing to do with the lesson.

    Of the metadata remain the tags of the cells; of the outputs goes the reference to a
    widget that lives in the kernel alone, while the picture and the text beside it stay;
    what a cell printed in several pieces becomes one.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = _normal_outputs(cell.outputs)


def _normal_outputs(outputs):
    normal = []
    for output in outputs:
        last = normal[-1] if normal else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
            continue
        if "metadata" in output:
            output.metadata = nbformat.from_dict({})
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
        normal.append(output)
    return normal


def keep_measurements(notebook, stored):
    """Put the stored output back where a measuring cell says the same in other numbers."""
    stored_outputs = {cell.id: cell.outputs for cell in stored.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if MEASURES in cell.metadata.get("tags", []):
            before = stored_outputs[cell.id]
            if _without_numbers(before) == _without_numbers(cell.outputs):
                cell.outputs = before
                for output in before:
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count


def _without_numbers(outputs):
    """The text of the outputs, all of it but numbers, pictures and the width of spaces."""
    texts = []
    for output in outputs:
        texts += [output.get(key) for key in ("output_type", "name", "text", "ename")]
        data = output.get("data", {})
        texts += [(kind, kind.startswith("image/") or data[kind]) for kind in sorted(data)]
    return re.sub(r" +", " ", _NUMBER.sub("0", _PICTURE.sub("", repr(texts))))


def refresh(path, replace_all=False):
    """Run one notebook and write it back; return whether the file changed.

    When a cell fails, ``CellExecutionError`` is raised and the file stays as it was.
    """
    path = Path(path)
    before = path.read_text(encoding="utf-8")
    stored = read(path)
    notebook = copy.deepcopy(stored)
    execute(notebook, path.resolve().parent)
    normalise(notebook)
    normalise(stored)
    if not replace_all:
        keep_measurements(notebook, stored)
    after = to_text(notebook)
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments=None):
    """Refresh the notebooks named on the command line, else all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.refresh", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", help="store new measurements too")
    options = parser.parse_args(arguments)
    for path in options.notebooks or NOTEBOOKS:
        try:
            changed = refresh(path, replace_all=options.all)
        except CellExecutionError as error:
            print(f"{error}\n{path}: {', '.join(error.__notes__)}", file=sys.stderr)
            return 1
        print(f"{path.name}: {'written' if changed else 'nothing new'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
