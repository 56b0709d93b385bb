"""The explorers of the lessons: one function each, one line in the notebook.

Each function makes its figure once, says which artists move, and hands both to
`helpers.explorer.Explorer`. Where a lesson has the learner write a function, the
explorer takes that function, so that what moves under the sliders is the learner's own.
"""

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorer import Explorer
from helpers.plots import COLOURS, new_figure, style_axes

__all__ = ["explore_relu", "explore_relu_sum"]


def explore_relu(relu=activations.relu, derivative=activations.relu_derivative):
    """Explore ReLU in Keras' general form, beside its derivative.

    Sliders for `negative_slope`, `max_value` (with a switch: off means none),
    `threshold` and a test point ``x``; the formula with the current numbers is the
    sentence below the picture.

    Parameters
    ----------
    relu, derivative : callable, optional
        ``f(x, negative_slope=…, max_value=…, threshold=…)`` of an array, such as your own.

    Returns
    -------
    Explorer
        Controls ``negative_slope``, ``threshold``, ``use_max_value``, ``max_value``, ``x``.

    Examples
    --------
    >>> explorer = explore_relu()
    >>> explorer.set_values(x=-2, negative_slope=0.1)
    >>> explorer.sentence
    'f(x) = x for x ≥ 0.0, and 0.10 · (x − 0.0) below. At x = −2.00: f(x) = −0.20, f′(x) = 0.10.'
    """
    figure, (left, right) = new_figure(columns=2)
    style_axes(left, title="f(x)", xlabel="input x", xlim=(-4, 8), ylim=(-7.6, 9))
    style_axes(right, title="derivative f′(x)", xlabel="input x", xlim=(-4, 8), ylim=(-1.3, 1.5))
    panels = [
        _CurveWithPoint(left, COLOURS["function"], "-"),
        _CurveWithPoint(right, COLOURS["derivative"], "-"),
    ]

    def update(negative_slope, threshold, use_max_value, max_value, x):
        options = {
            "negative_slope": negative_slope,
            "max_value": max_value if use_max_value else None,
            "threshold": threshold,
        }
        controls["max_value"].disabled = not use_max_value
        grid = _grid_with_breaks(-4, 8, breaks=[threshold, max_value])
        values = []
        for panel, function in zip(panels, (relu, derivative), strict=True):
            values.append(float(function(np.array([x]), **options)[0]))
            panel.move(grid, function(grid, **options), x, values[-1])
        return _relu_sentence(**options, x=x, value=values[0], slope=values[1])

    controls = {
        "negative_slope": widgets.FloatSlider(value=0, min=-1, max=1, step=0.05),
        "threshold": widgets.FloatSlider(value=0, min=-2, max=3, step=0.1),
        "use_max_value": widgets.Checkbox(value=False, description="limit to max_value"),
        "max_value": widgets.FloatSlider(value=6, min=0, max=8, step=0.1),
        "x": widgets.FloatSlider(value=2, min=-4, max=8, step=0.1, description="test point x"),
    }
    presets = {
        "ReLU": {},
        "leaky ReLU": {"negative_slope": 0.1, "x": -2},
        "ReLU6": {"use_max_value": True, "x": 7},
        "a jump": {"threshold": 2, "x": 2},
        "|x|": {"negative_slope": -1, "x": -2},
        "at the kink": {"negative_slope": 0.2, "x": 0},
    }
    return Explorer(figure, update, controls, presets)


def explore_relu_sum():
    """Build a roof out of three ReLUs: weights and biases under sliders, the error beside.

    The function built is ``a1·relu(x + b1) + a2·relu(x + b2) + a3·relu(x + b3)``; the target
    rises from −1 to 0.5, falls to 2, and is 0 elsewhere. An error of 0 can be reached.

    Returns
    -------
    Explorer
        Controls ``a1``, ``b1``, ``a2``, ``b2``, ``a3``, ``b3``.

    Examples
    --------
    >>> explorer = explore_relu_sum()
    >>> explorer.apply_preset("show me")
    >>> explorer.sentence
    'The error is 0.00: the three ReLUs are the roof.'
    """
    x = np.linspace(-3, 4, 141)
    target = np.interp(x, [-1, 0.5, 2], [0, 1.5, 0])
    figure, (left, right) = new_figure(columns=2, sharey=True)
    style_axes(left, title="target and sum", xlabel="input x", xlim=(-3, 4), ylim=(-3, 4))
    style_axes(right, title="the three units", xlabel="input x", xlim=(-3, 4))
    left.plot(x, target, "--", color=COLOURS["target"], linewidth=2.5)
    left.text(2.1, 0.25, "target", color=COLOURS["target"])
    (total_line,) = left.plot(x, x, color=COLOURS["function"], linewidth=2.2, animated=True)
    error_text = left.text(-2.8, 3.5, "", color=COLOURS["function"], animated=True)
    styles = zip(("first", "second", "third"), ("-", "--", "-."), strict=True)
    unit_lines = [
        right.plot(x, x, style, color=COLOURS[colour], animated=True, label=f"unit {i}")[0]
        for i, (colour, style) in enumerate(styles, start=1)
    ]
    right.legend(frameon=False, loc="upper left")

    def update(a1, b1, a2, b2, a3, b3):
        units = [a * activations.relu(x + b) for a, b in ((a1, b1), (a2, b2), (a3, b3))]
        total = sum(units)
        for line, unit in zip(unit_lines, units, strict=True):
            line.set_ydata(unit)
        total_line.set_ydata(total)
        error = np.mean((total - target) ** 2)
        error_text.set_text(f"error {error:.2f}")
        if np.allclose(total, target):
            return "The error is 0.00: the three ReLUs are the roof."
        terms = [f"{_plus(a)}·relu(x {_plus(b)})" for a, b in ((a1, b1), (a2, b2), (a3, b3))]
        return f"{' '.join(terms)} misses the roof: mean squared error {error:.2f}."

    labels = ("weight a1", "bias b1", "weight a2", "bias b2", "weight a3", "bias b3")
    start = {"a1": 1, "b1": 2, "a2": -0.5, "b2": 0, "a3": 0.5, "b3": -1}
    controls = {
        name: widgets.FloatSlider(value=value, min=-3, max=3, step=0.25, description=label)
        for (name, value), label in zip(start.items(), labels, strict=True)
    }
    presets = {
        "first kink": {"a1": 1, "b1": 1, "a2": 0, "a3": 0},
        "two kinks": {"a1": 1, "b1": 1, "a2": -2, "b2": -0.5, "a3": 0},
        "show me": {"a1": 1, "b1": 1, "a2": -2, "b2": -0.5, "a3": 1, "b3": -2},
    }
    return Explorer(figure, update, controls, presets)


class _CurveWithPoint:
    """A moving curve with a test point on it, and the point's value written beside it."""

    def __init__(self, ax, colour, style):
        ax.axhline(0, color="black", linewidth=0.8)
        ax.axvline(0, color="black", linewidth=0.8)
        (self.curve,) = ax.plot([], [], style, color=colour, linewidth=2.5, animated=True)
        (self.point,) = ax.plot([], [], "o", color=COLOURS["point"], markersize=7, animated=True)
        self.text = ax.text(0.03, 0.92, "", transform=ax.transAxes, animated=True)

    def move(self, x, y, point_x, point_y):
        self.curve.set_data(x, y)
        self.point.set_data([point_x], [point_y])
        self.text.set_text(_signed(point_y))


def _grid_with_breaks(low, high, breaks):
    """Return positions with a NaN on both sides of each break, to lift the pen there."""
    around = [np.nextafter(breaks, low), breaks, np.nextafter(breaks, high)]
    grid = np.sort(np.concatenate([np.linspace(low, high, 121), *around]))
    return np.insert(grid, np.searchsorted(grid, around[1:]).ravel(), np.nan)


def _signed(value, digits=2):
    """Write a number with a real minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def _plus(value):
    """Write a number as a term of a sum, its sign in front."""
    return f"{'−' if value < 0 else '+'} {abs(value):.2f}"


def _relu_sentence(negative_slope, max_value, threshold, x, value, slope):
    pieces = [f"x for x ≥ {_signed(threshold, 1)}"]
    if max_value is not None:
        ceiling = _signed(max_value, 1)
        pieces = [f"{ceiling} for x ≥ {ceiling}", f"x from {_signed(threshold, 1)} to there"]
    below = f"{_signed(negative_slope)} · (x − {_signed(threshold, 1)})"
    return (
        f"f(x) = {', '.join(pieces)}, and {below} below. "
        f"At x = {_signed(x)}: f(x) = {_signed(value)}, f′(x) = {_signed(slope)}."
    )
