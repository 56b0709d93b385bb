"""Notebooks that run where learners are, and the links that open them there.

A lesson imports `helpers`, which Colab and Kaggle lack. There it gets a first cell that installs
it. Colab opens only notebooks that lie in a branch of a repository, so the site, with these
notebooks in its folder `colab`, is published as the branch `gh-pages`.
"""

import posixpath
import re
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PUBLISHED = "gh-pages/colab"
# Their images hold everything that `helpers` needs but Hypothesis, which needs sortedcontainers.
INSTALL = """\
# Run this cell first: it installs the course's package `helpers` and leaves all others as they are.
# (On Kaggle, first turn on "Internet" in the settings.)
%pip install --quiet --no-deps hypothesis sortedcontainers git+https://github.com/{repository}"""


def names():
    """Return the names of all lessons and second sittings, relative to ``notebooks/``."""
    paths = [*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("going_further/*.ipynb")]
    return sorted(path.relative_to(NOTEBOOKS).as_posix() for path in paths)


def write_notebooks(folder, repository):
    """Write every notebook into `folder` as it runs on Colab and Kaggle.

    The stored outputs stay, so that a lesson can be read before it is run. A link to another
    lesson opens that lesson on Colab.
    """
    _check(repository)
    for name in names():
        notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _with_links_to_colab(cell.source, repository, posixpath.dirname(name))
        install = INSTALL.format(repository=repository)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(install, id="install"))
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)


def links(repository, name):
    """Return where else one can run a notebook, as a list of (text, address)."""
    _check(repository)
    raw = f"https://raw.githubusercontent.com/{repository}/{PUBLISHED}/{name}"
    binder = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/notebooks/{name}"
    return [
        ("Open in Colab", _on_colab(repository, name)),
        ("Kaggle", f"https://www.kaggle.com/kernels/welcome?src={raw}"),
        ("Binder", binder),
        ("Codespaces", f"https://codespaces.new/{repository}?quickstart=1"),
        ("Download the course", f"https://github.com/{repository}/archive/HEAD.zip"),
    ]


def _check(repository):
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", str(repository), re.ASCII):
        raise ValueError(
            "repository must be an owner and a name on GitHub, such as 'owner/name'. "
            f"Received: {repository=}"
        )


def _on_colab(repository, name):
    return f"https://colab.research.google.com/github/{repository}/blob/{PUBLISHED}/{name}"


def _with_links_to_colab(markdown, repository, folder):
    def absolute(link):
        name = posixpath.normpath(posixpath.join(folder, link[1]))
        return f"]({_on_colab(repository, name)}"

    return re.sub(r"\]\((?![a-z]+:)([^)#]+\.ipynb)", absolute, markdown)
