"""Explorers of lesson 4: the promise that a loss calls best, and two outputs that share one."""

import ipywidgets as widgets
import numpy as np

from helpers import losses
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import moving_line, on_copies, slider
from helpers.plots import COLOURS, course_style, ink, new_figure, style_axes


@course_style()
def explore_weighted_loss(loss=losses.weighted_squared_error):
    """Trade the error of one output for that of another by the loss weights.

    One straight line cannot fit two outputs: the loss weights decide which one
    suffers. On the right, the pair of errors moves along a curve. It stops where the dashed line,
    on which the loss is the same everywhere, touches the curve. `loss` may be your own:
    ``f(y_true, y_pred, weights)`` with one value per sample.

    >>> explorer = explore_weighted_loss()
    >>> explorer.set_values(weight=0)
    >>> explorer.sentence.split(":")[0]
    'Loss weights [1.00, 0.00]'
    """
    loss, x = on_copies(loss, axes_lost=1), np.linspace(-1, 1, 15)
    noise = np.random.default_rng(4).normal(size=(2, 15)) * [[0.15], [0.35]]
    y_true = np.stack([0.2 + 1.2 * x, 0.6 - 0.9 * x], axis=1) + noise.T
    own_fits = np.stack([np.polyval(np.polyfit(x, y, 1), x) for y in y_true.T], axis=1)

    def best_lines(weights, own_lines):
        """Return both predictions: one line fits the weighted mean of the targets."""
        if own_lines:  # an output that weighs nothing leaves its own line at 0
            return own_fits * (weights > 0)
        return np.stack([own_fits @ weights] * 2, axis=1)

    def errors_of(weights, own_lines=False):
        return np.mean((best_lines(weights, own_lines) - y_true) ** 2, axis=0)

    figure, (left, right) = new_figure(columns=2)
    style_axes(left, title="targets and best lines", xlabel="input x", xlim=(-1.1, 1.1))
    left.set_ylim(-2.2, 2.9)
    left.plot(x, y_true[:, 0], "o", color=COLOURS["target"], label="target 1")
    left.plot(x, y_true[:, 1], "s", color=COLOURS["second"], mfc="none", label="target 2")
    first_line = moving_line(left, "function", "-", label="prediction 1")
    second_line = moving_line(left, "second", "--", label="prediction 2")
    left.legend(frameon=False, loc="upper center", ncols=2, fontsize="small")
    style_axes(right, title="their two errors", xlabel="mean squared error, output 1")
    right.set(ylabel="output 2", xlim=(-0.1, 2.5), ylim=(-0.1, 2.5))
    trade = np.array([errors_of(np.array([1 - w, w])) for w in np.linspace(0, 1, 21)])
    curve = moving_line(right, "grey", ".-", linewidth=1.5, markersize=4)
    same_loss = moving_line(right, "function", "--", linewidth=1.5)
    point = moving_line(right, "point", "o", markersize=8)

    def update(weight, own_lines):
        weights = np.array([1 - weight, weight])
        y_pred, errors = best_lines(weights, own_lines), errors_of(weights, own_lines)
        first_line.set_data(x, y_pred[:, 0])
        second_line.set_data(x, y_pred[:, 1])
        curve.set_data(*(trade[:0] if own_lines else trade).T)
        point.set_data(*errors[:, np.newaxis])
        along = np.array([-weight, 1 - weight]) * 4  # moves along it leave the weighted sum alone
        same_loss.set_data(*np.stack([errors - along, errors + along], axis=1))
        mean_loss = float(np.mean(loss(y_true, y_pred, weights)))
        if 0 < weight < 1:
            one = "One line must serve both outputs."
            own = "With a line for each, no loss weight changes the errors."
        else:
            ignored = "first" if weight else "second"
            one = f"The line ignores the {ignored} output."
            own = f"Nothing moves the line of the {ignored} output: it stays at 0."
        return (
            f"Loss weights [{1 - weight:.2f}, {weight:.2f}]: the errors are {errors[0]:.2f} and "
            f"{errors[1]:.2f}, the mean loss {mean_loss:.2f}. {own if own_lines else one}"
        )

    controls = {
        "weight": slider(0.5, 0, 1, 0.01, "second weight"),
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


@course_style()
def explore_huber_pinball(
    huber=losses.huber,
    huber_gradient=losses.huber_gradient,
    pinball=losses.pinball,
    pinball_gradient=losses.pinball_gradient,
):
    """Explore four losses of a promise, their gradients, and which promise each calls best.

    The curve on the right is the mean loss of promising one day for nine parcels, one of which
    can be sent astray; its lowest point is the best promise. The functions may be your own:
    ``f(y_true, y_pred, delta)`` and ``f(y_true, y_pred, quantile)``.

    >>> explore_huber_pinball().sentence.split(";")[0]
    'Squared error: the best promise is 4.10 (mean 4.10, median 3.00)'
    """
    functions = {
        "squared": (losses.mean_squared_error, losses.mean_squared_error_gradient),
        "absolute": (losses.mean_absolute_error, losses.mean_absolute_error_gradient),
        "pinball": (pinball, pinball_gradient),
        "Huber": (huber, huber_gradient),
    }
    sample = np.array([1.8, 2.3, 2.6, 2.8, 3.0, 3.7, 4.1, 4.6])  # the outlier is the ninth
    errors, promises = np.linspace(-4, 4, 161)[:, np.newaxis], np.linspace(0, 12.5, 251)
    figure, (left, middle, right) = new_figure(width=9, columns=3, width_ratios=[1, 1, 1.6])
    style_axes(left, title="loss", xlabel="error ŷ − y", xlim=(-4, 4), ylim=(-0.3, 8.3))
    style_axes(middle, title="its gradient", xlabel="error ŷ − y", xlim=(-4, 4), ylim=(-4.3, 4.3))
    style_axes(right, title="mean loss of a promise", xlabel="days promised, days needed")
    right.set(xlim=(-0.4, 12.9), ylim=(-0.16, 1.22), yticks=[0, 0.5, 1])
    right.set_ylabel("cost, highest = 1")
    middle.axhline(0, color=COLOURS["point"], linewidth=0.8)
    loss_line, slope_line = moving_line(left, "function"), moving_line(middle, "derivative")
    right.plot(sample, np.full(8, -0.08), "o", color=COLOURS["target"], markersize=5)
    outlier_dot = moving_line(right, "point", "D", markersize=6)
    mean_loss = moving_line(right, "function")
    lines = {}
    for name, style, height in (("mean", "--", 1.1), ("median", ":", 1.1)):
        line = moving_line(right, "grey", style, linewidth=1.5, label=name)
        look = {"color": ink(COLOURS["grey"]), "ha": "left" if name == "mean" else "right"}
        lines[name] = line, right.text(0, height, name, animated=True, **look)
    best_dot = moving_line(right, "function", "o", markersize=8, label="best")
    best_text = right.text(0, 0, "best", color=COLOURS["function"], animated=True)

    def update(loss, quantile, delta, outlier):
        controls["delta"].disabled = loss != "Huber"
        controls["quantile"].disabled = loss != "pinball"
        setting = {"Huber": [delta], "pinball": [quantile]}.get(loss, [])
        function = on_copies(functions[loss][0], axes_lost=1)
        gradient = on_copies(functions[loss][1])
        days = np.append(sample, outlier)

        def mean_loss_of(promise):
            y_true, y_pred = np.broadcast_arrays(days, promise[:, np.newaxis])
            return function(y_true, y_pred, *setting)

        loss_line.set_data(errors, function(0 * errors, errors, *setting))
        slopes = gradient(0 * errors, errors, *setting)
        jumps = loss in ("absolute", "pinball")
        slope_line.set_data(errors, np.where(jumps & np.isclose(errors, 0), np.nan, slopes))
        heights = mean_loss_of(promises)
        best = lowest_point(mean_loss_of, promises[0], promises[-1])
        lowest = mean_loss_of(np.array([best])) / heights.max()
        mean_loss.set_data(promises, heights / heights.max())
        best_dot.set_data([best], lowest)
        best_text.set_position((best + 0.3, lowest[0] - 0.1))
        outlier_dot.set_data([outlier], [-0.08])
        middles = {"mean": np.mean(days), "median": np.median(days)}
        for name, (line, text) in lines.items():
            line.set_data([middles[name]] * 2, [-0.16, 1.22])
            text.set_x(middles[name] + (0.15 if name == "mean" else -0.15))
        if np.isnan(lowest).any():
            return "There is no best promise: the mean loss is not a number."
        if loss == "pinball":
            name, kept = f"Pinball loss, quantile {quantile:.2f}", np.sum(days < best + 1e-3)
            reading = f"{kept} of the 9 parcels keep it, the outlier is at {outlier:.1f}"
        else:
            name = f"Huber loss, delta {delta:.1f}" if loss == "Huber" else f"{loss} error"
            pull = abs(gradient(np.array([[outlier]]), np.array([[best]]), *setting)).item()
            limit = ", at most delta" if loss == "Huber" else ""
            reading = f"the outlier at {outlier:.1f} pulls on it with {pull:.2f}{limit}"
        found = "the best promise is {:.2f} (mean {:.2f}, median {:.2f})"
        found = found.format(best, *middles.values())
        gap = " Its gradient has a gap where it is not a number." if np.isnan(slopes).any() else ""
        return f"{name[0].upper()}{name[1:]}: {found}; {reading}.{gap}"

    controls = {
        "loss": widgets.Dropdown(options=list(functions), value="squared"),
        "outlier": slider(12, 0, 12, 0.1),
        "quantile": slider(0.8, 0.05, 0.95, 0.05),
        "delta": slider(1, 0.1, 10, 0.1),
    }
    presets = {
        "mean": {},
        "median": {"loss": "absolute"},
        "quantile 0.8": {"loss": "pinball"},
        "Huber": {"loss": "Huber"},
        "like the square": {"loss": "Huber", "delta": 10},
        "like the absolute error": {"loss": "Huber", "delta": 0.1},
    }
    return Explorer(figure, update, controls, presets, drag={right: ["outlier"]})


def lowest_point(f, low, high):
    """Find where a convex function is lowest: a grid, then finer ones around its best point."""
    for _ in range(4):
        grid = np.linspace(low, high, 101)
        best = np.argmin(f(grid))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 100)]
    return grid[best]
