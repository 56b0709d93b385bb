"""Lesson 4's explorers, held against fits and formulas of NumPy's own."""

import numpy as np
import pytest

from helpers import explorers
from helpers.plots import COLOURS
from tests.explorers.drawn import curve, moving_lines, view

ONE_LINE = "One line must serve both outputs."
OWN_LINES = "With a line for each, no loss weight changes the errors."


@pytest.mark.parametrize(
    ("own_lines", "weight", "remark"),
    [
        (False, 0, "The line ignores the second output."),
        (False, 0.1, ONE_LINE),
        (False, 0.7, ONE_LINE),
        (False, 1, "The line ignores the first output."),
        (True, 0, "Nothing moves the line of the second output: it stays at 0."),
        (True, 0.1, OWN_LINES),
        (True, 0.9, OWN_LINES),
        (True, 1, "Nothing moves the line of the first output: it stays at 0."),
    ],
)
def test_lines_and_errors_are_those_of_the_weighted_fit(own_lines, weight, remark):
    explorer = view(explorers.explore_weighted_loss, own_lines=own_lines, weight=weight)
    left, right = explorer.figure.axes
    assert [line.get_label() for line in left.lines[:2]] == ["target 1", "target 2"]
    (x, first), (_, second) = (line.get_data() for line in left.lines[:2])
    weights = np.array([1 - weight, weight])
    roots = np.repeat(np.sqrt(weights), len(x))
    fits = [np.polyfit(np.tile(x, 2), np.r_[first, second], 1, w=roots)] * 2
    if own_lines:
        fits = [
            (w > 0) * np.polyfit(x, y, 1) for w, y in zip(weights, (first, second), strict=True)
        ]
    errors = []
    for line, fit, target in zip(moving_lines(left), fits, (first, second), strict=True):
        np.testing.assert_allclose(curve(line), [x, np.polyval(fit, x)], atol=1e-9)
        errors.append(np.mean((np.polyval(fit, x) - target) ** 2))
    loss = weights @ errors
    assert explorer.sentence == (
        f"Loss weights [{1 - weight:.2f}, {weight:.2f}]: the errors are {errors[0]:.2f} and "
        f"{errors[1]:.2f}, the mean loss {loss:.2f}. {remark}"
    )
    # The line of equal loss touches the curve of errors at the point.
    trade, same_loss, point = (np.array(curve(line)) for line in moving_lines(right))
    np.testing.assert_allclose(point[:, 0], errors)
    np.testing.assert_allclose(weights @ same_loss, loss)
    assert np.all(weights @ trade >= loss - 1e-12)
    assert np.hypot(*np.diff(same_loss)) > 4 and trade.shape == (2, 0 if own_lines else 21)
    low, high = right.get_xlim()
    assert all(low < value < high for value in [*trade.ravel(), *point.ravel()])


@pytest.mark.parametrize(("loss", "best", "pull"), [("squared", 4.1, 15.8), ("absolute", 3, 1)])
def test_the_best_constant_is_the_mean_or_the_median(loss, best, pull):
    explorer = view(explorers.explore_huber_pinball, loss=loss, outlier=12)
    assert best_constant(explorer) == pytest.approx(best, abs=1e-3)
    assert explorer.sentence == (
        f"{loss.capitalize()} error: the best promise is {best:.2f} (mean 4.10, median 3.00); "
        f"the outlier at 12.0 pulls on it with {pull:.2f}."
    )


SAMPLE = [1.8, 2.3, 2.6, 2.8, 3.0, 3.7, 4.1, 4.6]


def best_constant(explorer):
    (dot,) = [line for line in explorer.figure.axes[2].lines if line.get_label() == "best"]
    return dot.get_xdata()[0]


@pytest.mark.parametrize("delta", [0.1, 3, 10])
@pytest.mark.parametrize("outlier", [0, 5, 12])
def test_at_the_best_constant_of_huber_the_clipped_errors_add_up_to_nothing(delta, outlier):
    explorer = view(explorers.explore_huber_pinball, loss="Huber", delta=delta, outlier=outlier)
    values, best = np.array([*SAMPLE, outlier]), best_constant(explorer)
    assert abs(np.clip(best - values, -delta, delta).sum()) < 1e-3
    assert explorer.sentence == (
        f"Huber loss, delta {delta:.1f}: the best promise is {best:.2f} (mean "
        f"{np.mean(values):.2f}, median {np.median(values):.2f}); the outlier at {outlier:.1f} "
        f"pulls on it with {min(abs(best - outlier), delta):.2f}, at most delta."
    )


@pytest.mark.parametrize(
    ("quantile", "best", "kept"), [(0.05, 1.8, 1), (0.5, 3.0, 5), (0.8, 4.6, 8), (0.9, 12.0, 9)]
)
def test_the_best_constant_of_pinball_is_the_quantile(quantile, best, kept):
    settings = {"loss": "pinball", "quantile": quantile, "outlier": 12}
    explorer = view(explorers.explore_huber_pinball, **settings)
    assert best_constant(explorer) == pytest.approx(best, abs=1e-3)
    assert explorer.sentence == (
        f"Pinball loss, quantile {quantile:.2f}: the best promise is {best:.2f} (mean 4.10, "
        f"median 3.00); {kept} of the 9 parcels keep it, the outlier is at 12.0."
    )


@pytest.mark.parametrize(
    ("settings", "loss", "slope"),
    [
        (
            {"loss": "Huber", "delta": 2},
            lambda e: np.where(abs(e) <= 2, e**2 / 2, 2 * abs(e) - 2),
            lambda e: np.clip(e, -2, 2),
        ),
        (
            {"loss": "pinball", "quantile": 0.75},
            lambda e: np.where(e > 0, 0.25 * e, -0.75 * e),
            lambda e: np.where(e == 0, np.nan, np.where(e > 0, 0.25, -0.75)),
        ),
        ({"loss": "squared"}, np.square, lambda e: 2 * e),
        ({"loss": "absolute"}, np.abs, lambda e: np.where(e == 0, np.nan, np.sign(e))),
    ],
)
def test_each_loss_follows_its_formula(settings, loss, slope):
    explorer = view(explorers.explore_huber_pinball, outlier=9, **settings)
    own = {"Huber": "delta", "pinball": "quantile"}.get(settings["loss"])
    disabled = {name for name, control in explorer.controls.items() if control.disabled}
    assert disabled == {"delta", "quantile"} - {own}
    left, middle, right = explorer.figure.axes
    for ax, formula, colour in ((left, loss, "function"), (middle, slope, "derivative")):
        (line,) = moving_lines(ax)
        errors, drawn = curve(line)
        np.testing.assert_allclose(drawn, formula(errors), atol=1e-12)
        if settings["loss"] != "squared":  # which leaves both
            assert ax.get_ylim()[0] < np.nanmin(drawn) and np.nanmax(drawn) < ax.get_ylim()[1]
        assert line.get_color() == COLOURS[colour]
    outlier, mean_loss, mean, median, best = moving_lines(right)
    constants, drawn = curve(mean_loss)
    values = np.array([*SAMPLE, 9])
    expected = [np.mean(loss(c - values)) for c in constants]
    np.testing.assert_allclose(drawn, expected / np.max(expected))
    lowest = np.mean(loss(best_constant(explorer) - values)) / np.max(expected)
    np.testing.assert_allclose(best.get_ydata(), [lowest])
    np.testing.assert_allclose(right.lines[0].get_xdata(), SAMPLE)
    assert outlier.get_xdata() == [9]
    assert [mean.get_label(), median.get_label()] == ["mean", "median"]
    np.testing.assert_allclose([mean.get_xdata()[0], median.get_xdata()[1]], [33.9 / 9, 3.0])
