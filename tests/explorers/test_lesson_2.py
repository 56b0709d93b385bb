"""Lesson 2's explorers, held against formulas and numerical gradients."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy import special
from sklearn.datasets import make_moons

from helpers import explorers, gradients
from helpers.explorers import lesson_2
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


def the_moons():
    moons, labels = make_moons(60, shuffle=False)
    moons += np.random.default_rng(0).normal(0, 0.1, (60, 2))
    return (moons - np.mean(moons, axis=0)) / np.std(moons, axis=0) + 2, labels


def scores_and_z(parameters, points, slope):
    w, b, v, c = np.split(parameters, [24, 36, 48])
    z = points @ w.reshape(2, 12) + b
    return np.where(z > 0, z, slope * z) @ v + c, z


def loss_of(parameters, points, labels, slope):
    score = scores_and_z(parameters, points, slope)[0]
    return -np.mean(special.log_expit(np.where(labels == 1, score, -score)))


def start(bias_shift=0.0):
    rng = np.random.default_rng(30)
    w, v = rng.normal(size=24), rng.normal(size=12) * np.sqrt(2 / 12)
    return np.concatenate([w, np.full(12, bias_shift), v, [0.0]])


@pytest.mark.parametrize(
    ("bias_shift", "slope", "first_step"), [(0, 0, 3), (-4, 0.2, 1), (-15, 0.4, 10)]
)
def test_the_laboratory_descends_by_numerical_gradients(bias_shift, slope, first_step):
    points, labels = the_moons()
    parameters = start(bias_shift)
    for step in range(3):
        explorer = view(
            explorers.explore_dead_units,
            bias_shift=bias_shift,
            negative_slope=slope,
            first_step=first_step,
            step=step,
        )
        loss = loss_of(parameters, points, labels, slope)
        silent = np.sum(scores_and_z(parameters, points, slope)[1].max(axis=0) <= 0)
        assert f": {silent} of 12 units" in explorer.sentence
        told = float(explorer.sentence.partition("loss is ")[2].split()[0].strip("."))
        assert told == pytest.approx(loss, abs=6e-4)
        assert explorer.sentence.endswith(f" a rate of {0.3 * first_step:.1f}.")
        gradient = gradients.numerical_gradient(
            lambda values: loss_of(values, points, labels, slope), parameters
        )
        parameters = parameters - 0.3 * (first_step if step == 0 else 1) * gradient


def test_each_line_is_a_kink_and_each_place_has_the_colour_of_its_score():
    explorer = view(explorers.explore_dead_units, bias_shift=-2, negative_slope=0.2, step=0)
    plane = explorer.figure.axes[0]
    points, labels = the_moons()
    z = scores_and_z(start(-2.0), points, 0.2)[1]
    w = start()[:24].reshape(2, 12)
    speaking, silent, *moons = moving_lines(plane)
    assert silent.get_linestyle() == "--" != speaking.get_linestyle()
    for line, units in ((speaking, z.max(axis=0) > 0), (silent, z.max(axis=0) <= 0)):
        x, y = curve(line)
        assert len(x) == 2 * units.sum() > 0
        of_unit = np.flatnonzero(units).repeat(2)
        np.testing.assert_allclose(w[0, of_unit] * x + w[1, of_unit] * y, 2.0)
    for label, line in enumerate(moons):
        np.testing.assert_allclose(np.transpose(line.get_data()), points[labels == label])
    (sides,) = plane.images
    pixels, (low, high) = np.asarray(sides.get_array()), plane.get_xlim()
    across = np.linspace(low, high, len(pixels))
    for row, column in [(20, 20), (30, 170), (100, 100), (180, 60), (120, 190)]:
        score = scores_and_z(start(-2.0), np.array([[across[column], across[row]]]), 0.2)[0][0]
        blue_or_orange = "#cbe3f5" if score < 0 else "#fbe3b8"
        assert to_hex(pixels[row, column]) == blue_or_orange


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        (None, "After 4000 steps: 10 of 12 units are silent. The loss is 0.252."),
        ("before training", "Before training: 1 of 12 units is silent. The loss is 3.589."),
        ("no accident", "After 4000 steps: 1 of 12 units is silent. The loss is 0.005."),
        ("right after it", "After 1 step: 9 of 12 units are silent. The loss is 3.612."),
        ("with a leak", "After 4000 steps: 5 of 12 units are silent, 4 woke up. The loss is 0.0"),
        ("all dead", "After 4000 steps: 12 of 12 units are silent. The loss is 0.693."),
        ("all dead, slope 0.4", "After 4000 steps: 1 of 12 units is silent, 11 woke up."),
    ],
)
def test_every_preset_shows_what_the_lesson_tells(preset, told):
    explorer = view(explorers.explore_dead_units)
    assert len(explorer.presets) == 6
    if preset:
        explorer.apply_preset(preset)
    assert explorer.sentence.startswith(told)
    line, dot = moving_lines(explorer.figure.axes[1])
    steps, losses = curve(line)
    assert len(losses) == 4001 and steps[0] == 0.5 and steps[-1] == 4000
    step = explorer.values["step"]
    assert [values[0] for values in dot.get_data()] == [max(step, 0.5), losses[step]]
    leaks = explorer.values["negative_slope"] > 0
    assert line.get_color() == COLOURS["second" if leaks else "function"]


@pytest.mark.parametrize(
    ("slope", "first_step", "told"),
    [
        (0.1, 1, "12 of 12 units are silent, 0 woke up. The loss is 0.264"),
        (0.2, 1, "12 of 12 units are silent, 0 woke up. The loss is 0.264"),
        (0.3, 1, "12 of 12 units are silent, 0 woke up. The loss is 0.264"),
        (0.4, 1, "1 of 12 units is silent, 11 woke up. The loss is 0.238"),
        (0.1, 30, "6 of 12 units are silent, 6 woke up. The loss is 0.008"),
    ],
)
def test_whoever_follows_the_lesson_sees_what_it_tells_of_dead_units(slope, first_step, told):
    explorer = view(explorers.explore_dead_units)
    explorer.apply_preset("all dead")
    explorer.set_values(negative_slope=slope, first_step=first_step)
    assert explorer.sentence.startswith(f"After 4000 steps: {told}")


def test_networks_trained_at_once_are_those_trained_alone():
    x, y = lesson_2.half_moons()
    together, losses = lesson_2.train(lesson_2.new_network(range(3)), x, y, 50, slope=0.1)
    alone, last = lesson_2.train(lesson_2.new_network(2), x, y, 50, slope=0.1)
    for stacked, part in zip(together, alone, strict=True):
        np.testing.assert_allclose(stacked[2], part)
    np.testing.assert_allclose(losses[-1][2], last[-1])
    np.testing.assert_allclose(
        lesson_2.silent_units(together, x)[2], lesson_2.silent_units(alone, x)
    )


def test_planes_side_by_side_count_their_silent_units():
    start, x = lesson_2.new_network(30), lesson_2.half_moons()[0]
    quiet = [start[0], start[1] - 15, *start[2:]]
    axes = lesson_2.draw_planes({"start": start, "quiet": quiet}).axes
    assert [ax.get_title() for ax in axes] == ["start: 1 of 12 silent", "quiet: 12 of 12 silent"]
    assert all(np.ptp(x, axis=0) < np.ptp([ax.get_xlim() for ax in axes]))
    assert len(curve(axes[1].lines[0])[0]) == 0
    legend = [text.get_text() for text in axes[0].figure.legends[0].get_texts()]
    assert legend == ["kink of a unit", "kink of a silent unit"]
    bare = lesson_2.draw_planes({"start": start}, lines=False).axes[0]
    assert bare.get_title() == "start" and len(curve(bare.lines[0])[0]) == 0


def test_the_lesson_counts_right():
    """Seven wrong points after the accident; ten of eleven speaking units pull the score down."""
    x, y = lesson_2.half_moons()
    start = lesson_2.new_network(30)
    after, _ = lesson_2.train(start, x, y, 1, 9.0)
    stopped, _ = lesson_2.train(after, x, y, 3999)
    healthy, _ = lesson_2.train(start, x, y)
    for network, wrong in ((start, 30), (stopped, 7), (healthy, 0)):
        assert np.sum((lesson_2.forward(network, x)[2] > 0) != (y == 1)) == wrong
    speaks = ~lesson_2.silent_units(start, x)
    assert speaks.sum() == 11 and np.sum(start[2][speaks] < 0) == 10
    fell = lesson_2.silent_units(after, x) & ~lesson_2.silent_units(start, x)
    assert fell.sum() == 8 and np.all(start[2][fell] < 0)
    assert np.all(after[0][:, fell] < start[0][:, fell]) and np.all(after[1][0, fell] < 0)
    silent = lesson_2.silent_units(after, x)
    np.testing.assert_array_equal(stopped[0][:, silent], after[0][:, silent])
    slow, _ = lesson_2.train(start, x, y, 1, 9.0, slope=0.01)
    slow, _ = lesson_2.train(slow, x, y, 3999, slope=0.01)
    assert lesson_2.silent_units(slow, x).sum() == 10
    centred, _ = lesson_2.train(start, x - 2, y, 1, 9.0)
    assert not lesson_2.silent_units(centred, x - 2).any()
