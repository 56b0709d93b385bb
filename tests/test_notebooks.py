"""Every notebook keeps the rules, and every rule is able to find a fault."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import refresh
from tests.notebook_rules import RULES, shows_something

NOTEBOOKS = sorted(refresh.FOLDER.glob("*.ipynb"))
PICTURE = '<img alt="{}" src="data:image/png;base64,iVBORw0KGgo=">'
LIKE_A_PATH = "iVBORw0KGgo+/tmp/+/home/"  # the letters of a picture


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rule(path, rule):
    assert list(rule(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_in_normal_form(path):
    """No widget state, no time stamps, no kernel version: as ``make refresh`` writes it."""
    text = path.read_text(encoding="utf-8")
    notebook = refresh.read(path)
    refresh.normalise(notebook)
    assert text == refresh.to_text(notebook), "save it with `make refresh`"


def code(source, *outputs, count=1, tags=()):
    return new_code_cell(
        source,
        execution_count=count,
        outputs=list(outputs),
        metadata={"tags": list(tags)} if tags else {},
    )


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def displayed(picture=None, **data):
    pictures = {"image/png": picture} if picture else {}
    texts = {f"text/{kind}": text for kind, text in data.items()}
    return new_output("display_data", pictures | texts)


def raised(*traceback):
    return new_output("error", ename="ValueError", evalue="no", traceback=list(traceback))


GOOD = [
    new_markdown_cell("# Title\n\n```\n### not a heading\n```"),
    new_markdown_cell("## Part\n\n![A picture that says something](images/some.png)"),
    code("def f(x):\n    print(x)\n    return x; 'a semicolon within a line'"),
    code("x = 1\nprint(x)", printed("1\n"), count=2),
    code("np.testing.assert_allclose(a, b)", count=3),
    code(
        "plots.show(fig, 'A line.')",
        displayed(LIKE_A_PATH, html=PICTURE.format("A line."), plain="A line."),
        count=4,
    ),
    code("x = f(-1)", raised("ValueError: no"), tags=["raises-exception"], count=5),
    code("time()", printed("keras.io/tmp/: 3 s"), tags=["nbval-ignore-output"], count=6),
    new_markdown_cell("### Detail"),
    new_markdown_cell("## Another part"),
]

# Each rule, and cells of which it must complain while all the other rules are content.
BAD = [
    ("code_is_plain_python", [code(" ")]),
    ("counts_run_from_one", [code("x = 1", count=None)]),
    ("counts_run_from_one", [code("x = 1", count=2)]),
    ("counts_run_from_one", [code("x = 1"), code("y = 1")]),
    ("shown_results_are_stored", [code("print(1)")]),
    ("shown_results_are_stored", [code("for i in range(3):\n    print(i)")]),
    ("shown_results_are_stored", [code("x = 1\nx")]),
    ("shown_results_are_stored", [code("explorers.explore_relu()")]),
    ("cells_are_short", [code("\n".join(["x = 1"] * 21))]),
    ("no_line_ends_with_a_semicolon", [code("x = 1;")]),
    ("no_line_ends_with_a_semicolon", [code("x = 1;  # quiet\ny = 1")]),
    ("nothing_is_silenced", [code("# NBVAL_IGNORE_OUTPUT\nx = 1")]),
    ("nothing_is_silenced", [code("import warnings\nwarnings.simplefilter('ignore')\nx = 1")]),
    ("nothing_is_silenced", [code("from warnings import catch_warnings")]),
    ("nothing_is_silenced", [code("import sys\n\nsys.path.insert(0, '..')")]),
    ("exceptions_are_tagged", [code("f(-1)", raised())]),
    ("exceptions_are_tagged", [code("x = 1", tags=["raises-exception"])]),
    ("exceptions_are_tagged", [code("x = 1", tags=["hide-input"])]),
    ("nothing_on_standard_error", [code("x = 1", printed("Warning!", name="stderr"))]),
    ("outputs_name_no_machine", [code("f", displayed(plain="<function f at 0x7f2e4c1b9da0>"))]),
    ("outputs_name_no_machine", [code("print(p)", printed("/home/me/course/data.npz"))]),
    ("outputs_name_no_machine", [code("print(p)", printed(r"C:\Users\me"))]),
    (
        "outputs_name_no_machine",
        [code("f()", raised("File x/site-packages/y.py"), tags=["raises-exception"])],
    ),
    ("pictures_have_a_text_alternative", [code("f()", displayed(LIKE_A_PATH, plain="A"))]),
    (
        "pictures_have_a_text_alternative",
        [code("f()", displayed(html="<img src='x.png'>", plain="A line."))],
    ),
    (
        "pictures_have_a_text_alternative",
        [code("f()", displayed(html=PICTURE.format(" "), plain="A line."))],
    ),
    ("pictures_have_a_text_alternative", [code("f()", displayed(html=PICTURE.format("A line.")))]),
    ("pictures_have_a_text_alternative", [new_markdown_cell("![](images/some.png)")]),
    ("pictures_have_a_text_alternative", [new_markdown_cell("<img src='images/some.png'>")]),
    ("headings_are_in_order", [new_markdown_cell("### Too deep")]),
    ("headings_are_in_order", [new_markdown_cell("# A second title")]),
    ("going_back_works", [code("x = 1"), code("y = x", count=2), code("x = 2", count=3)]),
    (
        "going_back_works",
        [code("a = 1"), code("def f(b):\n    return a", count=2), code("a = 2", count=3)],
    ),
]


def complaints(cells):
    notebook = new_notebook(cells=cells)
    return {rule.__name__ for rule in RULES if list(rule(notebook))}


def test_good_notebook_keeps_every_rule():
    assert complaints(GOOD) == set()


@pytest.mark.parametrize(("rule", "cells"), BAD, ids=[rule for rule, _ in BAD])
def test_rule_finds_the_fault(rule, cells):
    assert complaints([new_markdown_cell("# Title"), *cells]) == {rule}


def test_magic_is_not_plain_python():
    rules = {rule.__name__: rule for rule in RULES}
    notebook = new_notebook(cells=[code("%%capture\nprint(1)")])
    assert list(rules["code_is_plain_python"](notebook))


def test_notebook_without_title_is_found():
    assert complaints([new_markdown_cell("## Part")]) == {"headings_are_in_order"}


def test_every_rule_is_shown_to_find_a_fault():
    assert {rule for rule, _ in BAD} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(
    ("source", "shows"),
    [
        ("", False),
        ("x = 1", False),
        ("x", True),
        ("relu(x)", True),
        ("import keras", False),
        ("np.testing.assert_array_equal(a, b)", False),
        ("layer.set_weights(w)", False),
        ("def f():\n    print(1)", False),
        ("show = lambda: print(1)", False),
        ("if x:\n    print(1)", True),
        ("try:\n    f()\nexcept ValueError as error:\n    print(error)", True),
        ("plt.show()", True),
        ('exercises.check("relu", relu)', True),
        ("x = explorers.explore_relu()", True),
    ],
)
def test_shows_something(source, shows):
    assert shows_something(source) == shows
