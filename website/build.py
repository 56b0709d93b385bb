"""Build the course's web site: ``make site``, or ``make site REPOSITORY=owner/name``.

Every notebook becomes a page. Its explorers turn into film strips, and each exercise gets its
hints and its solution, folded. With the repository's address, each page links to the places
where its notebook runs. Sphinx does the rest, as `conf.py` says.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from helpers import exercises
from website import colab
from website.film_strips import film_strip_html

HERE = Path(__file__).parent
ROOT = HERE.parent
WORK = ROOT / ".cache" / "site"
SOURCE = WORK / "source"
FILMS_FOLDER = SOURCE / "static" / "films"
EXPLORER = re.compile(r"explorers\.(explore_\w+)\(")
CHECK = re.compile(r'exercises\.check\("(\w+)"')


def main():
    """Write the pages, then let Sphinx turn them into ``site/``."""
    parser = argparse.ArgumentParser(prog="python -m website.build", description=__doc__)
    parser.add_argument("--repository", default="", help="owner/name, for the links to it")
    repository = parser.parse_args().repository
    shutil.rmtree(WORK, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    shutil.copy(ROOT / "README.md", SOURCE)
    roof = film_strip_html("explore_roof", FILMS_FOLDER, "_static/films")
    index = (HERE / "index.md").read_text(encoding="utf-8")
    (SOURCE / "index.md").write_text(index.replace("EXPLORE_ROOF", roof), encoding="utf-8")
    for name in colab.names():
        write_page(name, repository)
    if repository:
        colab.write_notebooks(WORK / "html" / "colab", repository)
    sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    folders = ["-c", HERE, "-d", WORK / "doctrees", SOURCE, WORK / "html"]
    subprocess.run([*sphinx, *folders], check=True)
    shutil.rmtree(ROOT / "site", ignore_errors=True)
    shutil.move(WORK / "html", ROOT / "site")


def write_page(name, repository):
    """Write what Sphinx reads for one notebook."""
    page = SOURCE / "notebooks" / name
    notebook = nbformat.read(colab.NOTEBOOKS / name, as_version=4)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        if found := EXPLORER.search(cell.source):
            up = "../" * (1 + name.count("/"))
            strip = film_strip_html(found[1], FILMS_FOLDER, f"{up}_static/films")
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": strip})]
        elif found := CHECK.search(cell.source):
            cells.append(nbformat.v4.new_markdown_cell(folded_answers(found[1])))
    if repository:
        places = [f"[{text}]({address})" for text, address in colab.links(repository, name)]
        cells.insert(1, nbformat.v4.new_markdown_cell(" · ".join(places)))
    if "/" not in name:  # its second sitting comes next
        further = f"```{{toctree}}\n:hidden:\n\ngoing_further/{name.removesuffix('.ipynb')}\n```"
        cells.append(nbformat.v4.new_markdown_cell(further))
    notebook.cells = cells
    page.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, page)


def folded_answers(name):
    """Return an exercise's hints and its solution as Markdown, each folded."""
    exercise = exercises.find_exercise(name)
    folds = [(f"Hint {i}", hint) for i, hint in enumerate(exercise.hints, start=1)]
    folds.append(("Solution", f"```python\n{exercise.solution}\n```"))
    return "\n\n".join(
        f"<details><summary>{title}</summary>\n\n{text}\n\n</details>" for title, text in folds
    )


if __name__ == "__main__":
    main()
