"""Lesson 1's explorers, held against the formulas."""

import numpy as np
import pytest

from helpers import explorers
from helpers.plots import COLOURS, ink
from tests.explorers.drawn import curve, moving_lines, number, view


@pytest.mark.parametrize(
    ("slope", "threshold", "ceiling", "x", "formula"),
    [
        (0, 0, None, 2, "0.00 · (x − 0.0) for x ≤ 0.0, and x above"),
        (0.25, 0, None, 0, "0.25 · (x − 0.0) for x ≤ 0.0, and x above"),
        (-1, -1.5, None, -3, "−1.00 · (x + 1.5) for x ≤ −1.5, and x above"),
        (0, 2, None, 2, "0.00 · (x − 2.0) for x ≤ 2.0, and x above"),
        (0.1, 0, 3, 5, "0.10 · (x − 0.0) for x ≤ 0.0, x up to 3.0, and 3.0 above"),
        (0.5, 2, 5, -4, "0.50 · (x − 2.0) for x ≤ 2.0, x up to 5.0, and 5.0 above"),
        (0.5, 2, 1, 2.5, "0.50 · (x − 2.0) for x ≤ 2.0, and 1.0 above"),
        (0.5, 2, 2, 4, "0.50 · (x − 2.0) for x ≤ 2.0, and 2.0 above"),
    ],
)
def test_relu_and_its_derivative_follow_the_formula(slope, threshold, ceiling, x, formula):
    def relu(x):
        top = x if ceiling is None else np.minimum(x, ceiling)
        return np.where(x > threshold, top, slope * (x - threshold))

    def derivative(x):
        return np.where(x > threshold, ceiling is None or x < ceiling, slope)

    limit = {"use_max_value": ceiling is not None, "max_value": 6 if ceiling is None else ceiling}
    explorer = view(explorers.explore_relu, negative_slope=slope, threshold=threshold, x=x, **limit)
    assert explorer.controls["max_value"].disabled is (ceiling is None)
    assert explorer.sentence == (
        f"f(x) = {formula}. At x = {number(x)}: f(x) = {number(relu(x))}, "
        f"f′(x) = {number(derivative(x))}."
    )
    functions = {"function": relu, "derivative": derivative}
    symbols = dict(zip(functions.values(), ("f", "f′"), strict=True))
    for ax, (colour, function) in zip(explorer.figure.axes, functions.items(), strict=True):
        line, point = moving_lines(ax)
        drawn_x, drawn_y = curve(line)
        np.testing.assert_allclose(drawn_y, function(drawn_x), atol=1e-12)
        assert drawn_x.min() == -4 and drawn_x.max() == 8
        assert line.get_color() == COLOURS[colour]
        assert np.ravel(point.get_data()).tolist() == [x, function(x)]
        assert ax.texts[0].get_text() == f"{symbols[function]} = {number(function(x))}"
        drawn_x, drawn_y = line.get_data()  # the pen is lifted at the jump, not before or after
        (jump,) = np.flatnonzero(drawn_x == threshold)
        assert np.isnan(drawn_y[jump])
        np.testing.assert_allclose(drawn_x[[jump - 1, jump + 1]], threshold, atol=1e-12)


def test_nothing_is_minus_zero():
    explorer = explorers.explore_relu(lambda x, **options: -0.0 * x)
    assert "f(x) = 0.00" in explorer.sentence


def test_three_hinges_add_up():
    explorer = view(explorers.explore_roof, w1=2, b1=1, w2=-1.5, b2=-0.5, w3=0.5, b3=2)
    left, right = explorer.figure.axes
    sum_line, *kinks_of_sum = moving_lines(left)
    hinges, kinks = moving_lines(right)[:3], moving_lines(right)[3:]
    x, total = curve(sum_line)
    ys = [w * (x + b) * (x > -b) for w, b in ((2, 1), (-1.5, -0.5), (0.5, 2))]
    for line, y in zip(hinges, ys, strict=True):
        np.testing.assert_allclose(curve(line)[1], y, atol=1e-12)
    np.testing.assert_allclose(total, sum(ys), atol=1e-12)
    roof = np.interp(x, [-2, 2, 3], [0, 2, 0])
    np.testing.assert_allclose(left.lines[0].get_ydata(), roof)
    loss = f"{np.mean((sum(ys) - roof) ** 2):.2f}"
    assert left.texts[1].get_text() == f"loss {loss}"
    assert explorer.sentence == (
        f"ŷ = 2.00·relu(x + 1.00) − 1.50·relu(x − 0.50) + 0.50·relu(x + 2.00). The loss is {loss}."
    )
    assert [np.ravel(kink.get_data()).tolist() for kink in kinks] == [[-1, 0], [0.5, 0], [-2, 0]]
    for kink, height in zip(kinks_of_sum, (0.5, 4.25, 0), strict=True):
        assert kink.get_ydata() == [height]
    inks = [text.get_color() for text in right.texts]
    for lines in (hinges, kinks, kinks_of_sum):
        assert [ink(line.get_color()) for line in lines] == inks
    assert len(set(inks)) == 3


def test_the_roof_can_be_built():
    explorer = view(explorers.explore_roof, w1=0.5, b1=2, w2=-2.5, b2=-2, w3=2, b3=-3)
    assert explorer.sentence == "The loss is 0.00: your three hinges are the roof."
    assert explorer.figure.axes[0].texts[1].get_text() == "loss 0.00"
    explorer.set_values(b3=-2.75)
    assert "The loss is 0.0" in explorer.sentence
    assert "are the roof" not in explorer.sentence


def test_a_slope_of_1_looks_like_45_degrees():
    drawn = [*explorers.explore_roof().figure.axes, explorers.explore_relu().figure.axes[0]]
    assert [ax.get_aspect() for ax in drawn] == [1, 1, 1]
