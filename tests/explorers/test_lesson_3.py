"""Lesson 3's explorers, held against SciPy and numerical gradients."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy import special, stats

from helpers import explorers, gradients
from helpers.plots import COLOURS
from tests.explorers.drawn import curve, heights, moving_lines, number, view


def listed(values):
    return ", ".join(map(number, values))


@pytest.mark.parametrize(
    ("settings", "scores", "said"),
    [
        ({}, "2, 1, 0.1, −1 at temperature 1", "toast is likeliest"),
        ({"z0": -3, "z3": 5}, "−3, 1, 0.1, 5 at temperature 1", "soup is likeliest"),
        ({"shift": -20}, "−18, −19, −19.9, −21 at temperature 1", "toast is likeliest"),
        ({"temperature": 0.1}, "2, 1, 0.1, −1 at temperature 0.1", "toast is likeliest"),
        ({"z1": 2}, "2, 2, 0.1, −1 at temperature 1", "toast and eggs tie, and argmax picks toast"),
    ],
)
def test_softmax_bars_and_sentence_follow_the_formulas(settings, scores, said):
    explorer = view(explorers.explore_softmax, **settings)
    values = explorer.values
    z = np.array([values[f"z{i}"] for i in range(4)]) + values["shift"]
    p = special.softmax(z / values["temperature"])
    left, middle, _ = explorer.figure.axes
    np.testing.assert_allclose(np.array(heights(left)) / heights(left)[0], z / z[0])
    assert heights(left)[0] == pytest.approx(z[0] / max(3, *np.abs(z)))
    assert [text.get_text() for text in left.texts] == scores.split(" at ")[0].split(", ")
    np.testing.assert_allclose(heights(middle), p)
    np.testing.assert_allclose(moving_lines(middle)[0].get_data(), [np.arange(4), p])
    texts = [text.get_text() for text in middle.texts]
    assert texts == ["◆ naive formula", f"entropy {number(stats.entropy(p))}"]
    sentence = explorer.sentence.split(" Fifty")[0]
    assert sentence == (
        f"Scores {scores} give {listed(p)}: {said}; the entropy is {stats.entropy(p):.2f} of at "
        f"most {np.log(4):.2f}."
    )
    assert explorer.sentence.endswith(" The naive formula gives the same.")
    outlined = [bar.get_edgecolor()[3] > 0 for bar in middle.patches]
    np.testing.assert_array_equal(outlined, np.isclose(p, max(p)))


@pytest.mark.parametrize("temperature", [0.1, 0.4, 1, 10, 100])
def test_fifty_draws_are_dots_that_follow_the_probabilities(temperature):
    explorer = view(explorers.explore_softmax, temperature=temperature)
    _, middle, right = explorer.figure.axes
    (dots,) = moving_lines(right)
    assert len(set(zip(*dots.get_data(), strict=True))) == 50
    drawn = np.bincount(np.round(dots.get_xdata()).astype(int), minlength=4)
    assert [text.get_text() for text in right.texts] == [str(count) for count in drawn]
    words = ["toast", "eggs", "gravel", "soup"]
    said = ", ".join(f"{count} {word}" for count, word in zip(drawn, words, strict=True))
    assert f" Fifty draws give {said}. " in explorer.sentence
    p = np.array(heights(middle))
    assert np.all(np.abs(drawn - 50 * p) <= 3 * np.sqrt(50 * p * (1 - p)) + 1e-9)
    explorer.set_values(shift=700)  # the draws depend on the probabilities alone
    assert f" Fifty draws give {said}. " in explorer.sentence


@pytest.mark.parametrize(
    ("shift", "naive", "reason"),
    [
        (1000, [np.nan] * 4, "e^1010 is too large for a float"),
        (-1000, [np.nan] * 4, "even e^−990 rounds to 0"),
        (702, [np.nan, 0, 0, 0], "e^712 is too large for a float"),
    ],
)
def test_the_naive_formula_breaks_and_softmax_does_not(shift, naive, reason):
    explorer = view(explorers.explore_softmax, z0=10, z3=1, shift=shift)
    _, middle, _ = explorer.figure.axes
    np.testing.assert_allclose(heights(middle), special.softmax([10, 1, 0.1, 1]))
    np.testing.assert_array_equal(moving_lines(middle)[0].get_ydata(), naive)
    assert middle.texts[0].get_text() == "naive formula: NaN"
    given = listed(naive).replace("nan", "NaN")
    assert explorer.sentence.endswith(f"The naive formula gives {given}: {reason}.")
    assert "−0.00" not in explorer.sentence


def test_what_is_not_softmax_is_said_to_differ():
    explorer = explorers.explore_softmax(softmax=lambda z: np.array([0.5, 0.5, 0.0, 0.0]))
    assert explorer.sentence.endswith("The naive formula gives 0.64, 0.23, 0.10, 0.03.")
    explorer = explorers.explore_softmax(softmax=lambda z: z * np.nan)
    assert " give NaN, NaN, NaN, NaN: no probabilities. Fifty draws give 0 " in explorer.sentence


@pytest.mark.parametrize(("rate", "step"), [(0.8, 0), (0.8, 7), (3, 30)])
def test_the_logits_descend_along_the_measured_gradient(rate, step):
    settings = {"z0": 4, "z1": -4, "z2": 2, "learning_rate": rate, "step": step}
    explorer = view(explorers.explore_cross_entropy_gradient, label="eggs", **settings)
    z, losses = [np.array([4.0, -4.0, 2.0])], []
    for _ in range(31):
        losses.append(-special.log_softmax(z[-1])[1])
        z.append(z[-1] - rate * (special.softmax(z[-1]) - [0, 1, 0]))
    left, right = explorer.figure.axes
    p, y, gradient = np.reshape(heights(left), (3, 3))
    np.testing.assert_allclose(p, special.softmax(z[step]))
    np.testing.assert_array_equal(y, [0, 1, 0])
    measured = gradients.numerical_gradient(lambda z: -special.log_softmax(z)[1], z[step])
    np.testing.assert_allclose(gradient, measured, atol=1e-8)
    line, point = right.lines
    np.testing.assert_allclose(curve(line), [np.arange(31), losses], atol=1e-12)
    np.testing.assert_allclose(point.get_data(), [[step], [losses[step]]])
    assert explorer.sentence == (
        f"Step {step} at learning rate {rate:.2f}, label eggs: "
        f"p = {listed(p)}; the gradient p − y = "
        f"{listed(p - y)} adds up to 0; the loss is −ln {p[1]:.2g} = {losses[step]:.2f}."
    )
    legend = left.get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["probability p", "label y", "gradient p − y"]
    look = [(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in left.patches[::3]]
    assert look == [(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in legend.get_patches()]
    colours = [COLOURS[kind].lower() for kind in ("function", "target", "derivative")]
    assert [colour for colour, _ in look] == colours and len({hatch for _, hatch in look}) == 3
    assert left.patches[0].get_x() < left.patches[3].get_x() < left.patches[6].get_x()
    explorer.set_values(z2=4, step=0)  # the highest loss of all
    assert line.get_ydata()[0] > 8.69 and line.get_ydata()[0] < right.get_ylim()[1]
