"""A report says the same as text and as HTML, and can be printed anywhere."""

import html
import io
import re
import sys

import numpy as np
import pytest

from helpers.exercises.reports import Report, as_numbers, shorten, show

STATES = ("correct", "wrong", "undecided", "not attempted", "hint", "solution")
REPORT = Report(
    "wrong",
    "`relu` <i>raised</i> & stopped.",
    (("Input", "x = [-1.]"), ("Hint", "Look at `x`.")),
    code="def relu(x):\n\n    return x < 1",
)


def visible(markup):
    """Return the words of HTML as a reader meets them, without signs."""
    markup = re.sub(r'<span aria-hidden="true".*?</span>', "", markup)
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", markup)))


def test_the_text_of_a_report():
    assert repr(REPORT) == (
        "✘ Not right yet: `relu` <i>raised</i> & stopped.\n"
        "    Input: x = [-1.]\n"
        "    Hint: Look at `x`.\n"
        "    def relu(x):\n"
        "\n"
        "        return x < 1"
    )
    assert repr(Report("hint", "Look.")) == "➜ Hint: Look."


@pytest.mark.parametrize("state", STATES)
def test_text_and_html_say_the_same(state):
    report = Report(state, REPORT.sentence, REPORT.details, REPORT.code)
    words = re.sub(r"[\s`]", "", repr(report)[1:])
    markup = report._repr_html_()
    assert visible(markup) == words
    assert markup.count("<div") == markup.count("</div>") == 4
    assert "<i>" not in markup
    assert "<code>relu</code>" in markup
    assert "<pre" in markup and "<pre" not in Report(state, "")._repr_html_()


def test_states_differ_in_words_and_colour():
    markups = [Report(state, "same")._repr_html_() for state in STATES]
    assert len({visible(markup) for markup in markups}) == len(STATES)
    colours = [re.findall(r"#\w{6}", markup) for markup in markups]
    assert all(edge == sign for edge, sign in colours)
    assert len({edge for edge, _ in colours}) == 5


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_report_can_be_printed_to_any_stream(encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    print(Report("wrong", "The step in direction ∇ is too long…"))
    stream.flush()
    printed = stream.buffer.getvalue().decode(encoding).rstrip()
    assert (
        printed
        == {
            "cp1252": "Not right yet: The step in direction ? is too long…",
            "ascii": "Not right yet: The step in direction ? is too long?",
            "utf-8": "✘ Not right yet: The step in direction ∇ is too long…",
        }[encoding]
    )


class Awkward:
    def __repr__(self):
        raise RuntimeError

    __array__ = __len__ = __eq__ = __str__ = __bool__ = __repr__
    __hash__ = None


class AwkwardList(list):
    __len__ = __iter__ = Awkward.__repr__


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        (np.float32(1.5), "1.5"),
        (np.array(1.5), "1.5"),
        (True, "True"),
        (None, "None"),
        (..., "..."),
        ("it's", '"it\'s"'),
        ((0.048,), "(0.048,)"),
        ((), "()"),
        ([1, [2.0, "a"]], "[1, [2.0, 'a']]"),
        ((np.array([1.0]), 2), "([1.], 2)"),
        (np.array([0.1, np.nan, -np.inf]), "[ 0.1, nan, -inf]"),
        (np.array([[1.0], [2.0]]), "[[1.], [2.]]"),
        (np.arange(100), "[ 0, 1, 2, ..., 97, 98, 99]"),
        (np.array([1e-9, 1.0]), "[0., 1.]"),
        (list(range(11)), "a list"),
        ({1}, "a set"),
        (iter([]), "a list_iterator"),
        (object(), "an object"),
        pytest.param(10**5000, "an int", id="huge"),
        (Awkward(), "an Awkward"),
        (AwkwardList(), "an AwkwardList"),
    ],
)
def test_a_value_is_shown_as_a_person_would_write_it(value, text):
    assert show(value) == text


def test_the_learners_print_options_change_nothing():
    numbers = np.array([1 / 3, 2e-9, 100.0])
    usual = show(numbers)
    options = {"precision": 1, "sign": "+", "threshold": 2, "suppress": False, "linewidth": 9}
    with np.printoptions(**options, floatmode="fixed", formatter={"float": "about {}".format}):
        assert show(numbers) == usual


def test_a_text_is_shortened_to_one_line_without_addresses():
    assert shorten("<f at 0x7F01aB>\n\t 1\x1b2\r") == "<f> 12"
    assert shorten("a" * 200) == "a" * 200
    assert shorten("a" * 201) == "a" * 199 + "…"


@pytest.mark.parametrize(
    "value", ["1", None, [[1], [1, 2]], {}, Awkward(), AwkwardList([Awkward()])]
)
def test_what_is_no_array_of_numbers(value):
    assert as_numbers(value) is None


@pytest.mark.parametrize("value", [1, True, 1j, [1.5], np.ones((2, 3), np.uint8)])
def test_what_is_an_array_of_numbers(value):
    assert np.array_equal(as_numbers(value), np.array(value))
