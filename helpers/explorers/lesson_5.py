"""Explorer of lesson 5: SGD and RMSprop go down the same surface, side by side."""

import ipywidgets as widgets
import numpy as np

from helpers.explorers.engine import Explorer
from helpers.explorers.parts import MovingCurve, slider, two_decimals
from helpers.optimizers import SGD, RMSprop
from helpers.plots import course_style, new_figure, plot_contours, short_number

# Loss and gradient at (x, y). Products, not powers: too large a product is infinity, a power of
# Python's floats an exception.
SURFACES = {
    "bowl": (lambda x, y: (x * x + y * y) / 2, lambda x, y: (x, y)),
    "narrow valley": (lambda x, y: (x * x + 40 * y * y) / 2, lambda x, y: (x, 40 * y)),
    "slanted valley": (
        lambda x, y: ((x + y) * (x + y) + 40 * (x - y) * (x - y)) / 4,
        lambda x, y: ((x + y + 40 * (x - y)) / 2, (x + y - 40 * (x - y)) / 2),
    ),
    "saddle": (
        lambda x, y: x * x / 2 + (y * y - 1) * (y * y - 1) / 4,
        lambda x, y: (x, y * (y * y - 1)),
    ),
    "banana valley": (
        lambda x, y: (1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x),
        lambda x, y: (2 * (x - 1) - 40 * x * (y - x * x), 20 * (y - x * x)),
    ),
}
SURFACES["noisy bowl"] = SURFACES["bowl"]
NOISE = np.random.default_rng(0).normal(size=(200, 2))  # in the gradients of the noisy bowl
DIVERGED = 1e12


@course_style()
def explore_optimizers():
    """Let SGD and RMSprop go down a surface of two parameters, side by side.

    Beside the map are the loss after each step and RMSprop's averages S of the squared gradients.
    Nothing is cut off in silence: a triangle stands where a curve leaves its picture, a cross
    where it turns into NaN, and the sentence says at which step. A run with a loss of more than
    1e12 has diverged, and stops. The noise of the noisy bowl's gradients is always the same.

    >>> explorer = explore_optimizers()
    >>> explorer.apply_preset("diverging learning rate")
    >>> explorer.sentence.split(", ", 2)[2].split(". ")[0]
    'SGD left the map at step 1 and diverged at step 7 (loss 1e+13)'
    """
    figure, axes = new_figure(
        height=3.4, mosaic=[["map", "loss"], ["map", "average"]], width_ratios=[1.1, 1]
    )
    for name, title in (("map", "map"), ("loss", "loss"), ("average", "average S")):
        axes[name].set_title(title, loc="left", fontsize="medium")
    ticks = range(-2, 3)
    axes["map"].set(xlabel="x", ylabel="y", xlim=(-2, 2), ylim=(-2, 2), xticks=ticks, yticks=ticks)
    axes["average"].set_xlabel("step")
    for ax in (axes["loss"], axes["average"]):
        ax.set(xlim=(0, 200), yscale="log", ylim=(1e-12, 1e12), yticks=[1e-10, 1e-5, 1, 1e5, 1e10])
        ax.minorticks_off()
    looks = {"SGD": ("second", "--"), "RMSprop": ("first", "-")}
    on_map = [MovingCurve(axes["map"], *looks[name], label=name, marker=".") for name in looks]
    of_loss = [MovingCurve(axes["loss"], *looks[name], label=name) for name in looks]
    averages = [
        MovingCurve(axes["average"], "derivative", "-", label="along x"),
        MovingCurve(axes["average"], "third", "--", label="along y"),
    ]
    for ax in axes.values():
        look = {"frameon": False, "handlelength": 1.6, "columnspacing": 1.2}
        ax.legend(loc="lower right", bbox_to_anchor=(1.03, 0.97), ncols=2, **look)
    contours = {}

    def update(surface, learning_rate, rho, momentum, use_epsilon, epsilon, x, y, steps):
        controls["epsilon"].disabled = not use_epsilon
        if surface not in contours:
            contours[surface] = plot_contours(SURFACES[surface][0], axes["map"])
        for name, lines in contours.items():
            if lines.get_visible() != (name == surface):
                lines.set_visible(name == surface)
        optimizers = (
            SGD(learning_rate, momentum),
            RMSprop(learning_rate, rho, momentum, epsilon if use_epsilon else 0.0),
        )
        said = [f"On the {surface} from ({two_decimals(x)}, {two_decimals(y)}),"]
        for name, optimizer, path_curve, loss_curve in zip(
            looks, optimizers, on_map, of_loss, strict=True
        ):
            path, losses, squares = run_optimizer(optimizer, surface, (x, y), steps)
            left = path_curve.move(*path.T)
            loss_curve.move(range(len(losses)), losses)
            said.append(f"{name} {describe_run(path, losses, left)}.")
        for curve, average in zip(averages, squares.T, strict=True):
            curve.move(range(1, len(average) + 1), average)
        along_x, along_y = map(short_number, squares[-1])
        return f"{' '.join(said)} Its average S is {along_x} along x, {along_y} along y at the end."

    controls = {
        "surface": widgets.Dropdown(options=list(SURFACES), value="narrow valley"),
        "steps": widgets.IntSlider(value=100, min=1, max=len(NOISE)),
        "learning_rate": widgets.FloatLogSlider(value=10**-1.5, min=-3, max=1, step=0.01),
        "rho": slider(0.9, 0, 0.99, 0.01),
        "momentum": slider(0, 0, 0.99, 0.01),
        "use_epsilon": widgets.Checkbox(value=True, description="add epsilon"),
        "epsilon": widgets.FloatLogSlider(value=1e-7, min=-12, max=0, step=0.5),
        "x": slider(-1.7, -2, 2, 0.01, "start x"),
        "y": slider(1, -2, 2, 0.01, "start y"),
    }
    presets = {  # learning rates on the slider's steps, else the browser moves them there
        "narrow valley": {"learning_rate": 10**-1.35},
        "diverging learning rate": {"learning_rate": 10**-0.7},
        "momentum": {"momentum": 0.8},
        "slanted valley": {"surface": "slanted valley", "learning_rate": 10**-1.35},
        "saddle": {"surface": "saddle", "learning_rate": 10**-1.3, "y": 0.01},
        "zero gradient, no epsilon": {"surface": "saddle", "y": 0, "use_epsilon": False},
        "noise": {"surface": "noisy bowl", "learning_rate": 0.1, "steps": 200},
    }
    return Explorer(figure, update, controls, presets)


def run_optimizer(optimizer, surface, start, steps):
    """Take the steps, until NaN or divergence; return points, losses and RMSprop's averages S."""
    loss, gradient = SURFACES[surface]
    noise = NOISE[:steps] if surface == "noisy bowl" else np.zeros((steps, 2))
    point, path, losses, squares = np.array(start, dtype=float), [start], [loss(*start)], []
    for shaken in noise:
        optimizer.apply([np.add(gradient(*path[-1]), shaken)], [point])
        path.append(point.tolist())
        losses.append(loss(*path[-1]))
        if isinstance(optimizer, RMSprop):
            squares.append(optimizer.average_squares[0].copy())
        if not losses[-1] <= DIVERGED:
            break
    return np.array(path), np.array(losses), np.array(squares)


def describe_run(path, losses, left):
    """Say how a run ended, and at which step it left the map, if it did."""
    last = len(path) - 1
    if np.isnan(path[-1]).any():
        return f"is NaN from step {last} on: 0 / 0"
    away = "" if left is None else f"left the map at step {left} and "
    if not losses[-1] <= DIVERGED:
        return f"{away}diverged at step {last} (loss {losses[-1]:.0e})"
    return f"{away}has loss {short_number(losses[-1])} after step {last}"
