"""Lesson 1's explorers, held against the formulas."""

import numpy as np
import pytest

from helpers import explorers
from helpers.plots import COLOURS
from tests.explorers.drawn import curve, moving_lines, number, view


@pytest.mark.parametrize(
    ("slope", "threshold", "ceiling", "x", "formula"),
    [
        (0, 0, None, 2, "x for x > 0.0, and 0.00 · (x − 0.0) otherwise"),
        (0.25, 0, None, 0, "x for x > 0.0, and 0.25 · (x − 0.0) otherwise"),
        (-1, -1.5, None, -3, "x for x > −1.5, and −1.00 · (x + 1.5) otherwise"),
        (0, 2, None, 2, "x for x > 2.0, and 0.00 · (x − 2.0) otherwise"),
        (0.1, 0, 3, 5, "3.0 for x ≥ 3.0, x for 0.0 < x < 3.0, and 0.10 · (x − 0.0) otherwise"),
        (0.5, 2, 5, -4, "5.0 for x ≥ 5.0, x for 2.0 < x < 5.0, and 0.50 · (x − 2.0) otherwise"),
        (0.5, 3, 2, 2.5, "2.0 for x > 3.0, and 0.50 · (x − 3.0) otherwise"),
        (0.5, 2, 2, 4, "2.0 for x > 2.0, and 0.50 · (x − 2.0) otherwise"),
    ],
)
def test_relu_and_its_derivative_follow_the_formula(slope, threshold, ceiling, x, formula):
    def relu(x):
        top = x if ceiling is None else np.minimum(x, ceiling)
        return np.where(x > threshold, top, slope * (x - threshold))

    def derivative(x):
        return np.where(x > threshold, ceiling is None or x < ceiling, slope)

    limit = {} if ceiling is None else {"use_max_value": True, "max_value": ceiling}
    explorer = view(explorers.explore_relu, negative_slope=slope, threshold=threshold, x=x, **limit)
    assert explorer.controls["max_value"].disabled is (ceiling is None)
    assert explorer.sentence == (
        f"f(x) = {formula}. At x = {number(x)}: f(x) = {number(relu(x))}, "
        f"f′(x) = {number(derivative(x))}."
    )
    functions = {"function": relu, "derivative": derivative}
    for ax, (colour, function) in zip(explorer.figure.axes, functions.items(), strict=True):
        line, point = moving_lines(ax)
        drawn_x, drawn_y = curve(line)
        np.testing.assert_allclose(drawn_y, function(drawn_x), atol=1e-12)
        assert drawn_x.min() == -4 and drawn_x.max() == 8
        assert line.get_color() == COLOURS[colour]
        assert np.ravel(point.get_data()).tolist() == [x, function(x)]
        assert ax.texts[0].get_text() == number(function(x))
        drawn_x, drawn_y = line.get_data()  # the pen is lifted at the jump, not before or after
        (jump,) = np.flatnonzero(drawn_x == threshold)
        assert np.isnan(drawn_y[jump])
        np.testing.assert_allclose(drawn_x[[jump - 1, jump + 1]], threshold, atol=1e-12)


def test_nothing_is_minus_zero():
    explorer = explorers.explore_relu(lambda x, **options: -0.0 * x)
    assert "f(x) = 0.00" in explorer.sentence


def test_three_relus_add_up():
    explorer = view(explorers.explore_relu_sum, a1=2, b1=1, a2=-1.5, b2=-0.5, a3=0.5, b3=2)
    left, right = explorer.figure.axes
    (sum_line,), unit_lines = moving_lines(left), moving_lines(right)
    x, total = curve(sum_line)
    units = [a * (x + b) * (x > -b) for a, b in ((2, 1), (-1.5, -0.5), (0.5, 2))]
    for line, unit in zip(unit_lines, units, strict=True):
        np.testing.assert_allclose(curve(line)[1], unit, atol=1e-12)
    np.testing.assert_allclose(total, sum(units), atol=1e-12)
    roof = np.interp(x, [-1, 0.5, 2], [0, 1.5, 0])
    np.testing.assert_allclose(left.lines[0].get_ydata(), roof)
    error = f"{np.mean((sum(units) - roof) ** 2):.2f}"
    assert left.texts[1].get_text() == f"error {error}"
    assert explorer.sentence == (
        "+ 2.00·relu(x + 1.00) − 1.50·relu(x − 0.50) + 0.50·relu(x + 2.00) misses the roof: "
        f"mean squared error {error}."
    )
    labels = [text.get_text() for text in right.get_legend().get_texts()]
    assert labels == ["unit 1", "unit 2", "unit 3"]
    assert len({line.get_linestyle() for line in unit_lines}) == 3
    assert len({line.get_color() for line in unit_lines}) == 3


def test_the_roof_can_be_built():
    explorer = view(explorers.explore_relu_sum, a1=1, b1=1, a2=-2, b2=-0.5, a3=1, b3=-2)
    assert explorer.sentence == "The error is 0.00: the three ReLUs are the roof."
    assert explorer.figure.axes[0].texts[1].get_text() == "error 0.00"
    explorer.set_values(b3=-1.75)
    assert "misses the roof" in explorer.sentence
