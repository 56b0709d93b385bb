"""The explorers of the lessons: one function each, one line in the notebook.

Each function makes its figure once, says which artists move, and hands both to
`helpers.explorer.Explorer`. Where a lesson has the learner write a function, the
explorer takes that function, so that what moves under the sliders is the learner's own.
"""

import ipywidgets as widgets
import numpy as np

from helpers import activations, losses
from helpers.explorer import Explorer
from helpers.plots import COLOURS, new_figure, style_axes

__all__ = ["explore_huber_pinball", "explore_relu", "explore_relu_sum", "explore_weighted_loss"]


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


def explore_weighted_loss(loss=losses.weighted_squared_error):
    """Trade the error of one output for that of another by the weights of the loss.

    A model with one straight line for both outputs cannot fit both: which one suffers, the
    weights of the squared errors decide. On the left its line among the targets, on the
    right the pair of errors: as the weight moves, it runs along a curve, and stops where the
    dashed line, on which the loss is the same everywhere, touches that curve. Each line is
    the best there is for these weights (least squares in closed form).

    Parameters
    ----------
    loss : callable, optional
        ``f(y_true, y_pred, weights)`` with one value per sample, such as your own.

    Returns
    -------
    Explorer
        Controls ``weight`` (of the second output; the first has the rest, 1 − weight) and
        ``own_lines`` (a line for each output: capacity enough for both).

    Examples
    --------
    >>> explorer = explore_weighted_loss()
    >>> explorer.set_values(weight=0)
    >>> explorer.sentence.split(":")[0]
    'Weights [1.00, 0.00]'
    """
    x = np.linspace(-1, 1, 15)
    noise = np.random.default_rng(4).normal(size=(2, 15)) * [[0.15], [0.35]]
    y_true = np.stack([0.2 + 1.2 * x, 0.6 - 0.9 * x], axis=1) + noise.T
    errors_along = {
        own: np.array([_errors_of_best_lines(x, y_true, weight, own) for weight in weights])
        for own, weights in ((False, _WEIGHTS), (True, _WEIGHTS[1:-1]))
    }
    figure, (left, right) = new_figure(columns=2)
    style_axes(left, title="targets and best lines", xlabel="input x", xlim=(-1.1, 1.1))
    left.set_ylim(-2.2, 2.9)
    left.plot(x, y_true[:, 0], "o", color=COLOURS["target"], label="target 1")
    left.plot(x, y_true[:, 1], "s", color=COLOURS["second"], mfc="none", label="target 2")
    lines = [
        left.plot(x, x, style, color=COLOURS["function"], linewidth=2.2, animated=True)[0]
        for style in ("-", "--")
    ]
    left.plot([], [], "-", color=COLOURS["function"], label="prediction 1")
    left.plot([], [], "--", color=COLOURS["function"], label="prediction 2")
    left.legend(frameon=False, loc="upper center", ncols=2, fontsize="small")
    style_axes(right, title="their two errors", xlabel="mean squared error, output 1")
    right.set(ylabel="output 2", xlim=(-0.1, 2.5), ylim=(-0.1, 2.5))
    (curve,) = right.plot([], [], ".-", color=COLOURS["grey"], markersize=4, animated=True)
    (same_loss,) = right.plot([], [], "--", color=COLOURS["function"], animated=True)
    (point,) = right.plot([], [], "o", color=COLOURS["point"], markersize=8, animated=True)

    def update(weight, own_lines):
        weights = np.array([1 - weight, weight])
        y_pred = _best_lines(x, y_true, weight, own_lines)
        errors = np.mean((y_pred - y_true) ** 2, axis=0)
        value = float(np.mean(loss(y_true, y_pred, weights)))
        for line, prediction in zip(lines, y_pred.T, strict=True):
            line.set_ydata(prediction)
        curve.set_data(*errors_along[own_lines].T)
        point.set_data(*errors[:, np.newaxis])
        along = np.array([-weight, 1 - weight]) * 4  # stepping so leaves the weighted sum alone
        same_loss.set_data(*np.stack([errors - along, errors + along], axis=1))
        return _weighted_loss_sentence(weights, errors, value, own_lines)

    controls = {
        "weight": widgets.FloatSlider(
            value=0.5, min=0, max=1, step=0.01, description="weight of output 2"
        ),
        "own_lines": widgets.Checkbox(value=False, description="a line for each output"),
    }
    presets = {
        "equal": {},
        "0.3 and 0.7": {"weight": 0.7},
        "only the first": {"weight": 0},
        "only the second": {"weight": 1},
        "enough capacity": {"weight": 0.7, "own_lines": True},
    }
    return Explorer(figure, update, controls, presets)


def explore_huber_pinball(
    huber=losses.huber,
    huber_gradient=losses.huber_gradient,
    pinball=losses.pinball,
    pinball_gradient=losses.pinball_gradient,
):
    """Explore the Huber and the pinball loss, and which constant each of them calls best.

    The loss of one error, its gradient, and a sample of nine values, one of which can be
    moved away: the curve over the sample is the mean loss of predicting one constant for
    all of them, and its lowest point the best constant.

    Parameters
    ----------
    huber, huber_gradient : callable, optional
        ``f(y_true, y_pred, delta)``, such as your own.
    pinball, pinball_gradient : callable, optional
        ``f(y_true, y_pred, quantile)``, such as your own.

    Returns
    -------
    Explorer
        Controls ``loss`` ("Huber" or "pinball"), ``delta``, ``quantile``, ``outlier``.

    Examples
    --------
    >>> explorer = explore_huber_pinball()
    >>> explorer.set_values(loss="pinball", quantile=0.5, outlier=12)
    >>> explorer.sentence.split(";")[0]
    'Pinball loss, quantile 0.50: the best constant is 3.00 (mean 4.10, median 3.00)'
    """
    errors = np.linspace(-4, 4, 161)[:, np.newaxis]
    constants = np.linspace(0, 12.5, 251)
    figure, (left, middle, right) = new_figure(columns=3, width_ratios=[1, 1, 1.5])
    style_axes(left, title="loss", xlabel="error ŷ − y", xlim=(-4, 4), ylim=(-0.3, 8.3))
    style_axes(middle, title="its gradient", xlabel="error ŷ − y", xlim=(-4, 4), ylim=(-4.3, 4.3))
    style_axes(right, title="mean loss of a constant", xlabel="the constant ŷ, the targets y")
    right.set(xlim=(-0.4, 12.9), ylim=(-0.16, 1.05), yticks=[0, 0.5, 1])
    right.set_ylabel("share of the highest")
    middle.axhline(0, color="black", linewidth=0.8)
    (loss_line,) = left.plot([], [], "-", color=COLOURS["function"], linewidth=2.2, animated=True)
    (slope_line,) = middle.plot(
        [], [], "-", color=COLOURS["derivative"], linewidth=2.2, animated=True
    )
    right.plot(_SAMPLE, np.full(8, -0.08), "o", color=COLOURS["target"], markersize=5)
    (outlier_dot,) = right.plot([], [], "D", color=COLOURS["point"], markersize=6, animated=True)
    (mean_loss,) = right.plot([], [], "-", color=COLOURS["function"], linewidth=2.2, animated=True)
    (mean_line,) = right.plot([], [], "--", color=COLOURS["grey"], label="mean", animated=True)
    (median_line,) = right.plot([], [], ":", color=COLOURS["grey"], label="median", animated=True)
    (best_dot,) = right.plot([], [], "o", color=COLOURS["function"], label="best", animated=True)
    right.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.4, 1), fontsize="small")

    def update(loss, delta, quantile, outlier):
        is_huber = loss == "Huber"
        controls["delta"].disabled = not is_huber
        controls["quantile"].disabled = is_huber
        functions = (huber, huber_gradient) if is_huber else (pinball, pinball_gradient)
        parameter = delta if is_huber else quantile
        values, slopes = (f(np.zeros_like(errors), errors, parameter) for f in functions)
        loss_line.set_data(errors[:, 0], values)
        slope_line.set_data(errors[:, 0], slopes[:, 0])
        targets = np.append(_SAMPLE, outlier)

        def mean_loss_of(c):
            y_pred = np.repeat(c[:, np.newaxis], targets.size, axis=1)
            return functions[0](np.tile(targets, (c.size, 1)), y_pred, parameter)

        heights = mean_loss_of(constants)
        best = _lowest_point(mean_loss_of, constants[0], constants[-1])
        mean_loss.set_data(constants, heights / heights.max())
        best_dot.set_data([best], mean_loss_of(np.array([best])) / heights.max())
        outlier_dot.set_data([outlier], [-0.08])
        for line, place in ((mean_line, np.mean(targets)), (median_line, np.median(targets))):
            line.set_data([place, place], [-0.16, 1.05])
        pull = functions[1](np.array([[outlier]]), np.array([[best]]), parameter)
        return _best_constant_sentence(loss, parameter, best, targets, abs(float(pull[0, 0])))

    controls = {
        "loss": widgets.ToggleButtons(options=["Huber", "pinball"], value="Huber"),
        "outlier": widgets.FloatSlider(value=5, min=0, max=12, step=0.1),
        "delta": widgets.FloatSlider(value=1, min=0.1, max=10, step=0.1),
        "quantile": widgets.FloatSlider(value=0.5, min=0.05, max=0.95, step=0.05),
    }
    presets = {
        "outlier": {"outlier": 12},
        "like the square": {"outlier": 12, "delta": 10},
        "like the absolute error": {"outlier": 12, "delta": 0.1},
        "median": {"loss": "pinball", "outlier": 12},
        "quantile 0.8": {"loss": "pinball", "outlier": 12, "quantile": 0.8},
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


# The weights of the second output at which the curve of `explore_weighted_loss` is drawn.
_WEIGHTS = np.linspace(0, 1, 21)
# Eight values that stay where they are in `explore_huber_pinball`.
_SAMPLE = np.array([1.8, 2.3, 2.6, 2.8, 3.0, 3.7, 4.1, 4.6])


def _best_lines(x, y_true, weight, own_lines):
    """Return the predictions that minimise the weighted squared error, (batch, 2).

    The errors of an output count with the square root of its weight before they are
    squared. An output that weighs nothing leaves its own line undetermined: it is 0 then.
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    roots = np.sqrt([1 - weight, weight])
    if own_lines:
        used = roots > 0
        return used * (design @ np.linalg.lstsq(design, y_true, rcond=None)[0])
    both = np.concatenate([roots[0] * design, roots[1] * design])
    targets = np.concatenate([roots[0] * y_true[:, 0], roots[1] * y_true[:, 1]])
    line = design @ np.linalg.lstsq(both, targets, rcond=None)[0]
    return np.stack([line, line], axis=1)


def _errors_of_best_lines(x, y_true, weight, own_lines):
    return np.mean((_best_lines(x, y_true, weight, own_lines) - y_true) ** 2, axis=0)


def _weighted_loss_sentence(weights, errors, value, own_lines):
    first, second = errors
    text = (
        f"Weights [{weights[0]:.2f}, {weights[1]:.2f}]: the errors are {first:.2f} and "
        f"{second:.2f}, the mean loss {value:.2f}."
    )
    if 0 in weights:
        ignored = "first" if weights[0] == 0 else "second"
        if own_lines:
            return f"{text} Nothing moves the line of the {ignored} output: it stays at 0."
        return f"{text} The line ignores the {ignored} output."
    if own_lines:
        return f"{text} With a line for each, no weight changes the errors."
    return f"{text} One line must serve both outputs."


def _lowest_point(f, low, high):
    """Find where a convex function is lowest: a grid, then finer ones around its best point."""
    for _ in range(4):
        grid = np.linspace(low, high, 101)
        place = int(np.argmin(f(grid)))
        low, high = grid[max(place - 1, 0)], grid[min(place + 1, 100)]
    return float(grid[place])


def _best_constant_sentence(loss, parameter, best, targets, pull):
    outlier = targets[-1]
    if loss == "Huber":
        name = f"Huber loss, delta {parameter:.1f}"
        reading = f"the outlier at {outlier:.1f} pulls on it with {pull:.2f}, at most delta"
    else:
        name = f"Pinball loss, quantile {parameter:.2f}"
        below = int(np.sum(targets < best - 1e-3))
        reading = f"{below} of the 9 values lie below it, the outlier is at {outlier:.1f}"
    return (
        f"{name}: the best constant is {best:.2f} (mean {np.mean(targets):.2f}, "
        f"median {np.median(targets):.2f}); {reading}."
    )
