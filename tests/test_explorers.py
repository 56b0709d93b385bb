"""The explorers of the lessons: every control driven, every drawing held against formulas."""

import numpy as np
import pytest

from helpers import explorers
from tests.test_explorer import count_full_drawings, whole_picture

EVERY_EXPLORER = [getattr(explorers, name) for name in explorers.__all__]


def ends(control):
    """Both ends of a slider's range, or every option of another control."""
    if hasattr(control, "base"):
        return [control.base**control.min, control.base**control.max]
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [True, False] if isinstance(control.value, bool) else list(control.options)


def moving_line(axes, number=0):
    """Return the coordinates of a moving curve, without the places where the pen is lifted."""
    lines = [line for line in axes.lines if line.get_animated() and len(line.get_xdata()) > 10]
    x, y = lines[number].get_data()
    drawn = ~np.isnan(x)
    return x[drawn], y[drawn]


# Controls that are switched on by another one.
SWITCHES = {(explorers.explore_relu, "max_value"): {"use_max_value": True, "x": 8}}


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_every_control_at_both_ends_changes_the_picture_and_the_sentence(explore):
    explorer = explore()
    for name, control in explorer.controls.items():
        explorer.reset()
        explorer.set_values(**SWITCHES.get((explore, name), {}))
        assert not getattr(control, "disabled", False), name
        pictures, sentences = [], set()
        for value in ends(control):
            explorer.set_values(**{name: value})
            pictures.append(whole_picture(explorer))
            sentences.add(explorer.sentence)
        assert any(not np.array_equal(pictures[0], picture) for picture in pictures[1:]), name
        assert len(sentences) == len(pictures), name


def test_max_value_can_be_moved_only_while_it_counts():
    explorer = explorers.explore_relu()
    assert explorer.controls["max_value"].disabled
    explorer.set_values(use_max_value=True)
    assert not explorer.controls["max_value"].disabled


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_every_preset_shows_something_of_its_own(explore):
    explorer = explore()
    sentences = set()
    for name in explorer.presets:
        explorer.apply_preset(name)
        sentences.add(explorer.sentence)
    assert len(sentences) == len(explorer.presets)


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_moving_a_slider_never_redraws_the_background(explore):
    explorer = explore()
    drawings = count_full_drawings(explorer)
    for name, control in explorer.controls.items():
        for value in ends(control):
            explorer.set_values(**{name: value})
    assert drawings == []


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_what_is_drawn_stays_inside_the_axes_at_the_start(explore):
    for axes in explore().figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert axes.get_figure().bbox.x0 <= box.x0 and box.x1 <= axes.get_figure().bbox.x1


RELU_SETTINGS = [
    {},
    {"negative_slope": 0.25},
    {"negative_slope": -1, "threshold": 1.5},
    {"use_max_value": True, "max_value": 3},
    {"use_max_value": True, "max_value": 5, "threshold": 2, "negative_slope": 0.5},
]


@pytest.mark.parametrize("settings", RELU_SETTINGS)
def test_relu_curves_follow_the_formula(settings):
    explorer = explorers.explore_relu()
    explorer.set_values(**settings)
    slope, threshold = settings.get("negative_slope", 0), settings.get("threshold", 0)
    ceiling = settings["max_value"] if settings.get("use_max_value") else np.inf
    left, right = explorer.figure.axes
    x, y = moving_line(left)
    below = x < threshold
    np.testing.assert_allclose(y[below], slope * (x[below] - threshold))
    np.testing.assert_allclose(y[~below], np.minimum(x[~below], ceiling))
    x, y = moving_line(right)
    np.testing.assert_allclose(y[x <= threshold], slope)
    np.testing.assert_allclose(y[(x > threshold) & (x < ceiling)], 1)
    np.testing.assert_allclose(y[x >= ceiling], 0)


def test_relu_sentence_says_the_numbers_at_the_test_point():
    explorer = explorers.explore_relu()
    explorer.set_values(negative_slope=0.1, use_max_value=True, max_value=4, x=-3)
    assert explorer.sentence == (
        "f(x) = 4.0 for x ≥ 4.0, x from 0.0 to there, and 0.10 · (x − 0.0) below. "
        "At x = −3.00: f(x) = −0.30, f′(x) = 0.10."
    )
    explorer.set_values(x=5)
    assert explorer.sentence.endswith("At x = 5.00: f(x) = 4.00, f′(x) = 0.00.")


def test_relu_takes_the_learners_own_function():
    explorer = explorers.explore_relu(relu=lambda x, **options: np.full_like(x, 7.0))
    np.testing.assert_allclose(moving_line(explorer.figure.axes[0])[1], 7)
    assert "f(x) = 7.00" in explorer.sentence


def test_three_relus_add_up():
    explorer = explorers.explore_relu_sum()
    explorer.set_values(a1=2, b1=1, a2=-1.5, b2=-0.5, a3=0.5, b3=2)
    left, right = explorer.figure.axes
    x, total = moving_line(left)
    units = [a * (x + b) * (x > -b) for a, b in ((2, 1), (-1.5, -0.5), (0.5, 2))]
    for number, unit in enumerate(units):
        np.testing.assert_allclose(moving_line(right, number)[1], unit, atol=1e-12)
    np.testing.assert_allclose(total, sum(units), atol=1e-12)
    target = left.lines[0].get_ydata()
    assert f"mean squared error {np.mean((total - target) ** 2):.2f}" in explorer.sentence


def test_the_roof_can_be_built():
    explorer = explorers.explore_relu_sum()
    target = explorer.figure.axes[0].lines[0]
    np.testing.assert_allclose(
        np.interp([-3, -1, -0.25, 0.5, 2, 4], *target.get_data()), [0, 0, 0.75, 1.5, 0, 0]
    )
    explorer.set_values(a1=1, b1=1, a2=-2, b2=-0.5, a3=1, b3=-2)
    assert explorer.sentence == "The error is 0.00: the three ReLUs are the roof."
    explorer.set_values(b3=-1.75)
    assert "misses the roof" in explorer.sentence
