"""The links that open a lesson elsewhere, and the notebooks that they open."""

import re

import nbformat
import pytest

from website import build, colab

SECOND_SITTING = "going_further/03_softmax.ipynb"


def test_links_open_the_notebook_in_each_place():
    assert colab.links("ada/course", SECOND_SITTING) == [
        (
            "Open in Colab",
            "https://colab.research.google.com/github/ada/course"
            "/blob/gh-pages/colab/going_further/03_softmax.ipynb",
        ),
        (
            "Kaggle",
            "https://www.kaggle.com/kernels/welcome?src=https://raw.githubusercontent.com"
            "/ada/course/gh-pages/colab/going_further/03_softmax.ipynb",
        ),
        (
            "Binder",
            "https://mybinder.org/v2/gh/ada/course/HEAD"
            "?urlpath=lab/tree/notebooks/going_further/03_softmax.ipynb",
        ),
        ("Codespaces", "https://codespaces.new/ada/course?quickstart=1"),
        ("Download the course", "https://github.com/ada/course/archive/HEAD.zip"),
    ]


@pytest.mark.parametrize(
    "bad", ["course", "a/b/c", "ada/my course", "https://github.com/a/b", None]
)
def test_what_is_no_repository_is_refused(bad, tmp_path):
    for call in (colab.links, lambda value, _: colab.write_notebooks(tmp_path, value)):
        with pytest.raises(ValueError, match="owner") as raised:
            call(bad, "01_relu_and_derivatives.ipynb")
        assert str(raised.value).endswith(f"Received: repository={bad!r}")
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colab")
    colab.write_notebooks(folder, "ada/course")
    return folder


def test_the_notebooks_are_the_lessons_after_a_cell_that_installs(written):
    for name in colab.names():
        first, *rest = nbformat.read(written / name, as_version=4).cells
        command = first.source.splitlines()[-1]
        assert command.split()[:4] == ["%pip", "install", "--quiet", "--no-deps"]
        assert command.endswith(" git+https://github.com/ada/course")
        lesson = nbformat.read(colab.NOTEBOOKS / name, as_version=4).cells
        assert [cell.id for cell in rest] == [cell.id for cell in lesson]
        for cell, original in zip(rest, lesson, strict=True):
            assert cell.cell_type == "markdown" or cell == original


def test_links_between_lessons_lead_to_written_notebooks(written):
    for name in colab.names():
        text = (written / name).read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)#]+\.ipynb)", text)
        start = "https://colab.research.google.com/github/ada/course/blob/gh-pages/colab/"
        assert targets
        for target in targets:
            assert target.startswith(start)
            assert (written / target.removeprefix(start)).exists()


@pytest.mark.parametrize("repository, links", [("ada/course", 5), ("", 0)])
def test_a_page_has_its_links_where_the_repository_is_known(
    repository, links, tmp_path, monkeypatch
):
    monkeypatch.setattr(build, "SOURCE", tmp_path)
    name = "going_further/06_end_to_end_training.ipynb"
    build.write_page(name, repository)
    page = (tmp_path / "notebooks" / name).read_text(encoding="utf-8")
    assert page.count("ada/course") == links
    assert page.count("<summary>Solution</summary>") == 1
