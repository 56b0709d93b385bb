"""Every notebook keeps the rules, and every rule is able to find a fault."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import refresh
from tests.notebook_rules import RULES, minutes_needed, neighbours_are_linked, shows_something

NOTEBOOKS = {str(path.relative_to(refresh.FOLDER)): path for path in refresh.NOTEBOOKS}
PICTURE = '<img alt="{}" src="data:image/png;base64,iVBORw0KGgo=">'
LIKE_A_PATH = "iVBORw0KGgo+/tmp/+/home/"  # the letters of a picture


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_keeps_the_rule(name, rule):
    assert list(rule(nbformat.read(NOTEBOOKS[name], as_version=4))) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_links_its_neighbours(name):
    assert list(neighbours_are_linked(NOTEBOOKS[name], refresh.LESSONS)) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_in_normal_form(name):
    """No widget state, no time stamps, no kernel version: as ``make refresh`` writes it."""
    path = NOTEBOOKS[name]
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


TITLE = "# Title\n\n**Time.** about 2 minutes."

GOOD = [
    new_markdown_cell(f"{TITLE}\n\n```\n### not a heading\n```"),
    new_markdown_cell("## Part\n\n![A picture that says something](images/some.png)"),
    code("def f(x):\n    print(x)\n    return x; 'a semicolon within a line'"),
    code("x = 1\nprint(x)", printed("1\n"), count=2),
    code("np.testing.assert_allclose(a, b)", count=3),
    code(
        "plots.show(fig, 'A line.')",
        displayed(LIKE_A_PATH, html=PICTURE.format("A line."), plain="A line."),
        count=4,
    ),
    code("t = ax.text(0, 0, 'ReLU', color=plots.ink(BLUE), **place)", count=5),
    code("x = f(-1)", raised("ValueError: no"), tags=["raises-exception"], count=6),
    code("time()", printed("keras.io/tmp/: 3 s"), tags=["nbval-ignore-output"], count=7),
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
    (
        "pictures_have_a_text_alternative",
        [code("f()", displayed(html=PICTURE.format("A line."), plain="A line."))],
    ),
    ("pictures_have_a_text_alternative", [new_markdown_cell("![](images/some.png)")]),
    ("pictures_have_a_text_alternative", [new_markdown_cell("<img src='images/some.png'>")]),
    ("words_in_pictures_can_be_read", [code("t = ax.text(0, 0, 'ReLU', color=BLUE)")]),
    (
        "words_in_pictures_can_be_read",
        [code("look = {'color': BLUE}\nt = ax.text(0, 0, 'ReLU', **look)")],
    ),
    ("words_in_pictures_can_be_read", [code("ax.set_title('ReLU', color='#E69F00')")]),
    ("headings_are_in_order", [new_markdown_cell("### Too deep")]),
    ("headings_are_in_order", [new_markdown_cell("# A second title")]),
    ("going_back_works", [code("x = 1"), code("y = x", count=2), code("x = 2", count=3)]),
    (
        "going_back_works",
        [code("a = 1"), code("def f(b):\n    return a", count=2), code("a = 2", count=3)],
    ),
    ("time_is_stated", [new_markdown_cell("word " * 700)]),
]


def complaints(cells):
    notebook = new_notebook(cells=cells)
    return {rule.__name__ for rule in RULES if list(rule(notebook))}


def test_good_notebook_keeps_every_rule():
    assert complaints(GOOD) == set()


@pytest.mark.parametrize(("rule", "cells"), BAD, ids=[rule for rule, _ in BAD])
def test_rule_finds_the_fault(rule, cells):
    assert complaints([new_markdown_cell(TITLE), *cells]) == {rule}


def test_magic_is_not_plain_python():
    rules = {rule.__name__: rule for rule in RULES}
    notebook = new_notebook(cells=[code("%%capture\nprint(1)")])
    assert list(rules["code_is_plain_python"](notebook))


def test_notebook_without_title_or_time_is_found():
    assert complaints([new_markdown_cell("## Part")]) == {"headings_are_in_order", "time_is_stated"}


def test_time_is_that_of_words_code_pictures_and_tasks():
    cells = [
        new_markdown_cell("word " * 300),
        code("x = 1\n\n" * 20),
        code('explorers.explore_relu()\nexercises.check("relu", relu)'),
        code("f()", displayed(html=PICTURE.format("A line."), plain="A line.")),
        new_markdown_cell("## References\n\n" + "word " * 300),
    ]
    assert minutes_needed(new_notebook(cells=cells)) == pytest.approx(2 + 2.3 + 10 + 0.25)


def test_missing_links_and_links_to_nowhere_are_found(tmp_path):
    names = ["1.ipynb", "2.ipynb", "3.ipynb", "going_further/2.ipynb"]
    *lessons, further = paths = [tmp_path / name for name in names]
    further.parent.mkdir()

    def faults(path, first, last):
        cells = [new_markdown_cell(text) for text in (first, "[elsewhere](https://x.org)", last)]
        nbformat.write(new_notebook(cells=cells), path)
        return list(neighbours_are_linked(path, lessons))

    for path in paths:
        nbformat.write(new_notebook(), path)
    everywhere = "[1](1.ipynb) [3](3.ipynb) [more](going_further/2.ipynb)"
    assert faults(lessons[1], everywhere, everywhere) == []
    assert faults(lessons[0], "[2](2.ipynb)", "[2](2.ipynb)") == []
    assert faults(further, "[back](../2.ipynb)", "[back](../2.ipynb)") == []
    assert faults(further, "[back](../2.ipynb)", "") == ["the last cell does not link 2.ipynb"]
    assert faults(lessons[1], everywhere, "[1](1.ipynb)") == [
        "the last cell does not link 3.ipynb",
        "the last cell does not link 2.ipynb",
    ]
    assert faults(lessons[2], "[2](2.ipynb) [4](4.ipynb)", "[2](2.ipynb)") == [
        "a link leads to 4.ipynb, which is not there"
    ]


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
