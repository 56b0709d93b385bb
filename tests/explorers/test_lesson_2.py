"""Lesson 2's explorers, held against formulas and numerical gradients."""

import numpy as np
import pytest
from scipy import special
from sklearn.datasets import make_moons

from helpers import explorers, gradients
from helpers.plots import COLOURS
from tests.explorers.drawn import curve, moving_lines, view


@pytest.mark.parametrize(
    ("slope", "value", "remark"),
    [
        (0, "0.00", " This is ReLU."),
        (0.01, "−0.05", ""),
        (1, "−5.00", " The kink is gone: a straight line, and nothing else."),
    ],
)
def test_leaky_relu_curves_and_sentence_follow_the_formula(slope, value, remark):
    explorer = view(explorers.explore_leaky_relu, negative_slope=slope, x=-5)
    function, derivative = (moving_lines(ax)[0] for ax in explorer.figure.axes)
    x, y = curve(function)
    np.testing.assert_allclose(y, [number if number > 0 else slope * number for number in x])
    x, y = curve(derivative)
    np.testing.assert_allclose(y, [1 if number > 0 else slope for number in x])
    assert explorer.sentence == (
        f"f(x) = x for x > 0, and {slope:.2f} · x below. "
        f"At x = −5.00: f(x) = {value}, f′(x) = {slope:.2f}.{remark}"
    )


def shown(explorer):
    """The places of the units by state; the number of silent units and the loss, by step."""
    grid, *others = explorer.figure.axes
    units = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in grid.lines}
    return units, *(curve(moving_lines(ax)[0])[1] for ax in others)


def loss_and_inputs(parameters, points, labels, negative_slope):
    """Return the loss of the network with 36 hidden units, and the inputs of the units."""
    w, b, v, c = np.split(parameters, [72, 108, 144])
    z = points @ w.reshape(2, 36) + b
    p = special.expit(np.where(z > 0, z, negative_slope * z) @ v + c)
    return -np.mean(np.log(np.where(labels == 1, p, 1 - p))), z


@pytest.mark.parametrize(
    ("bias_shift", "slope", "rate", "first_step"),
    [(0, 0, 1, 1), (-4, 0.2, 1, 10**0.5), (-10, 0.3, 0.1, 1)],
)
def test_hidden_units_descend_by_numerical_gradients(bias_shift, slope, rate, first_step):
    settings = {"bias_shift": bias_shift, "negative_slope": slope, "first_step": first_step}
    explorer = view(explorers.explore_dead_units, learning_rate=rate, **settings)
    moons, labels = make_moons(60, shuffle=False)
    moons += np.random.default_rng(0).normal(0, 0.1, (60, 2))
    points = (moons - np.mean(moons, axis=0)) / np.std(moons, axis=0) + 2
    rng = np.random.default_rng(0)
    w, v = rng.normal(size=72), rng.normal(size=36) * np.sqrt(2 / 36)
    parameters = np.concatenate([w, np.full(36, bias_shift), v, [0.0]])
    _, counts, losses = shown(explorer)
    for step in range(4):
        loss, z = loss_and_inputs(parameters, points, labels, slope)
        assert losses[step] == pytest.approx(loss, rel=1e-4)
        assert counts[step] == np.sum(z.max(axis=0) <= 0)
        gradient = gradients.numerical_gradient(
            lambda values: loss_and_inputs(values, points, labels, slope)[0], parameters
        )
        parameters = parameters - rate * (first_step if step == 0 else 1) * gradient


@pytest.mark.parametrize("settings", [{}, {"bias_shift": -10, "negative_slope": 0.3}])
def test_every_unit_is_in_one_state_and_the_sentence_counts_them(settings):
    explorer = view(explorers.explore_dead_units, **settings)
    units, counts, losses = shown(explorer)
    places = [place for state in units.values() for place in state]
    assert sorted(places) == [(x, y) for x in range(6) for y in range(6)]
    assert len(units["silent"]) == counts[-1]
    assert len(counts) == len(losses) == 151
    assert explorer.sentence == (
        f"Of 36 units {counts[0]:.0f} are {'silent' if settings else 'dead'} before training, "
        f"{counts[1]:.0f} after the first step and {counts[-1]:.0f} after step 150; "
        f"{len(units['woke up'])} woke up. The loss goes from {losses[0]:.2f} to {losses[-1]:.2f}."
    )
    grid, silent, loss = explorer.figure.axes
    legend = [text.get_text() for text in grid.get_legend().get_texts()]
    assert legend == ["never silent", "woke up", "silent"]
    marks = {line.get_label(): (line.get_marker(), line.get_color()) for line in grid.lines}
    assert marks["silent"] == ("x", COLOURS["grey"]) and len(set(marks.values())) == 3
    assert loss.lines[0].get_ydata()[0] == pytest.approx(np.log(2))
    assert silent.get_ylim()[0] < 0 and silent.get_ylim()[1] > 36


def test_dead_units_stay_dead_and_silent_ones_wake_up():
    explorer = view(explorers.explore_dead_units, bias_shift=-10)
    units, _, losses = shown(explorer)
    assert len(units["silent"]) == 36
    np.testing.assert_allclose(losses, np.log(2), rtol=1e-6)
    assert explorer.sentence.endswith(
        " All are dead: every example gets the same answer, and no step can change that."
    )
    explorer.set_values(negative_slope=0.01, learning_rate=0.01)
    assert len(shown(explorer)[0]["silent"]) == 36
    assert "dead" not in explorer.sentence and "no step" not in explorer.sentence
    explorer.set_values(negative_slope=0.3, learning_rate=1)  # for with a leak they do wake up
    units, _, losses = shown(explorer)
    assert len(units["woke up"]) > 18 and losses[-1] < 0.5
    explorer.set_values(bias_shift=0, negative_slope=0, first_step=10)
    units, counts, _ = shown(explorer)
    assert np.all(np.diff(counts) >= 0) and counts[-1] > counts[0]
    assert units["woke up"] == []


def test_a_training_that_diverges_stops_and_says_so():
    settings = {"learning_rate": 10**0.5, "negative_slope": 0.5, "bias_shift": 4}
    explorer = view(explorers.explore_dead_units, **settings)
    _, counts, losses = shown(explorer)
    last = len(losses) - 1
    assert 1 < last < 150 and len(counts) == len(losses)
    text = f"to {losses[-1]:.2f}. Diverged at step {last}: outputs beyond 10 000."
    assert explorer.sentence.endswith(text)
    assert losses[-2] < 10_000 < 60 * losses[-1]  # before, no output of 60 was beyond 10 000
