"""Explorer of lesson 5: SGD and RMSprop go down the same surface, side by side.

`draw_paths` draws the maps of the notebook as the explorer draws its own; `digits_loss` is what
its race is run with.
"""

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import MovingCurve, moving_line, slider, two_decimals
from helpers.optimizers import SGD, RMSprop
from helpers.plots import COLOURS, course_style, new_figure, short_number

# Loss and gradient at (w, b), here called x and y. Products, not powers: too large a product is
# infinity, a power of Python's floats an exception.
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
FLOOR = 1e-6  # the lowest that is drawn


def draw_map(ax, surface):
    """Colour the map by the loss: white is the valley's floor, each shade twice the one before."""
    loss = SURFACES[surface][0]
    axis = np.linspace(-2, 2, 161)
    heights = loss(*np.meshgrid(axis, axis))
    levels = heights.max() / 2.0 ** np.arange(11, -1, -1)
    colours = [str(grey) for grey in np.linspace(1, 0.76, 12)]
    return ax.contourf(axis, axis, heights, [0, *levels], colors=colours, zorder=0)


def style_map(ax, **labels):
    """Give a map its limits and names."""
    ticks = range(-2, 3)
    ax.set(xlabel="w", ylabel="b", xlim=(-2, 2), ylim=(-2, 2), xticks=ticks, yticks=ticks)
    ax.set(**labels)
    ax.grid(False)


@course_style()
def draw_paths(paths, surface="narrow valley", colours=("second", "first", "third", "fourth")):
    """Draw descents, a dict of title -> points (steps + 1, 2), each on a map of its own.

    >>> figure = draw_paths({"straight": [[-1, 1], [0, 0]]})
    >>> figure.axes[0].get_title()
    'straight'
    """
    width = {1: 4, 2: 7.5}.get(len(paths), 10.5)
    figure, axes = new_figure(width=width, height=3.75, columns=len(paths), squeeze=False)
    for ax, (title, path), colour in zip(axes[0], paths.items(), colours, strict=False):
        draw_map(ax, surface)
        style_map(ax, title=title, aspect="equal")
        look = {"color": COLOURS[colour], "linewidth": 1.6, "markersize": 7}
        ax.plot(*np.transpose(path), ".-", **look)
        ax.plot(*np.transpose(path[:1]), "o", color=COLOURS["point"], zorder=3)
        ax.plot(0, 0, "+", color=COLOURS["target"], markersize=11, markeredgewidth=2)
    return figure


@course_style()
def explore_optimizers():
    """Let SGD and RMSprop go down a surface of two parameters w and b, side by side.

    Beside the map are the loss after each step and RMSprop's averages S of the squared gradients,
    both drawn down to 1e-6. A triangle stands where a path leaves the map, a cross where it turns
    into NaN, and the sentence says at which step. A run with a loss of more than 1e12 has
    diverged: it stops, and the map says so in words. The noise of the noisy bowl's gradients is
    always the same.

    >>> explorer = explore_optimizers()
    >>> explorer.apply_preset("diverging learning rate")
    >>> explorer.sentence.split(", ", 2)[2].split(". ")[0]
    'SGD left the map at step 1 and diverged at step 7 (loss 1e+13)'
    """
    figure, axes = new_figure(
        height=3.625, mosaic=[["map", "loss"], ["map", "average"]], width_ratios=[1.1, 1]
    )
    for name, title in (("map", "map"), ("loss", "loss L"), ("average", "average S")):
        axes[name].set_title(title, loc="left", fontsize="medium")
    style_map(axes["map"])
    axes["average"].set_xlabel("step")
    for ax in (axes["loss"], axes["average"]):
        ax.set(xlim=(0, 200), yscale="log", ylim=(FLOOR / 2, 1e4), yticks=[1e-6, 1e-3, 1, 1e3])
        ax.minorticks_off()
    looks = {"SGD": ("second", "--"), "RMSprop": ("first", "-")}
    on_map = [MovingCurve(axes["map"], *looks[name], label=name, marker=".") for name in looks]
    of_loss = [MovingCurve(axes["loss"], *looks[name], label=name) for name in looks]
    averages = [
        MovingCurve(axes["average"], "derivative", "-", label="of w"),
        MovingCurve(axes["average"], "third", "--", label="of b"),
    ]
    start = moving_line(axes["map"], "point", "o", markersize=7, zorder=3)
    paper = {"facecolor": "white", "edgecolor": "black", "pad": 4}
    verdict = axes["map"].text(-1.85, -1.8, "", weight="bold", bbox=paper, animated=True)
    for ax in axes.values():
        look = {"frameon": False, "handlelength": 1.6, "columnspacing": 1.2}
        ax.legend(loc="lower right", bbox_to_anchor=(1.03, 0.97), ncols=2, **look)
    maps = {}

    def update(surface, learning_rate, rho, momentum, use_epsilon, epsilon, w, b, steps):
        controls["epsilon"].disabled = not use_epsilon
        if surface not in maps:
            maps[surface] = draw_map(axes["map"], surface)
        for name, shades in maps.items():
            if shades.get_visible() != (name == surface):
                shades.set_visible(name == surface)
        optimizers = (
            SGD(learning_rate, momentum),
            RMSprop(learning_rate, rho, momentum, epsilon if use_epsilon else 0.0),
        )
        said = [f"On the {surface} from ({two_decimals(w)}, {two_decimals(b)}),"]
        gone = []
        start.set_data([w], [b])
        for name, optimizer, path_curve, loss_curve in zip(
            looks, optimizers, on_map, of_loss, strict=True
        ):
            path, losses, squares = run_optimizer(optimizer, surface, (w, b), steps)
            left = path_curve.move(*path.T)
            loss_curve.move(range(len(losses)), np.maximum(losses, FLOOR))
            said.append(f"{name} {describe_run(path, losses, left)}.")
            gone += [name] if losses[-1] > DIVERGED else []
        verdict.set_text(" and ".join(gone) + " DIVERGED" if gone else "")
        for curve, average in zip(averages, squares.T, strict=True):
            curve.move(range(1, len(average) + 1), np.maximum(average, FLOOR))
        of_w, of_b = map(short_number, squares[-1])
        return f"{' '.join(said)} Its average S is {of_w} for w, {of_b} for b at the end."

    controls = {
        "surface": widgets.Dropdown(options=list(SURFACES), value="narrow valley"),
        "steps": widgets.IntSlider(value=100, min=1, max=len(NOISE)),
        "learning_rate": slider(0.045, 0.001, 0.5, 0.001),
        "rho": slider(0.9, 0, 0.99, 0.01),
        "momentum": slider(0, 0, 0.99, 0.01),
        "use_epsilon": widgets.Checkbox(value=True, description="add epsilon"),
        "epsilon": widgets.FloatLogSlider(value=1e-7, min=-12, max=0, step=0.5),
        "w": slider(-1.75, -2, 2, 0.01, "start w"),
        "b": slider(1.05, -2, 2, 0.01, "start b"),
    }
    presets = {
        "momentum": {"momentum": 0.8},
        "diverging learning rate": {"learning_rate": 0.2},
        "run on": {"learning_rate": 0.1, "steps": 200},
        "slanted valley": {"surface": "slanted valley"},
        "saddle": {"surface": "saddle", "learning_rate": 0.05, "b": 0.01},
        "zero gradient, no epsilon": {"surface": "saddle", "b": 0, "use_epsilon": False},
        "noise": {"surface": "noisy bowl", "learning_rate": 0.1, "steps": 200},
    }
    return Explorer(figure, update, controls, presets, drag={axes["map"]: ["w", "b"]})


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


def digits_loss(optimizer, seed, pixels, digits, epochs=5):
    """Train a network on the first 1400 digits; return its loss on the others.

    It has 64 inputs, 32 ReLU units and ten scores, and learns from mini-batches of 32 or 33.

    >>> rng = np.random.default_rng(0)
    >>> pixels, digits = rng.random((1500, 64)), rng.integers(0, 10, 1500)
    >>> bool(digits_loss(SGD(0.01), 0, pixels, digits, epochs=1) > 2)
    True
    """
    rng = np.random.default_rng(seed)
    w, v = rng.normal(0, np.sqrt(2 / 64), (64, 32)), rng.normal(0, np.sqrt(2 / 32), (32, 10))
    network = [w, np.zeros(32), v, np.zeros(10)]
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(1400), 43):
            a, p = _forward(network, pixels[rows])
            delta_out = (p - np.eye(10)[digits[rows]]) / len(rows)
            delta = delta_out @ network[2].T * (a > 0)
            gradients = [pixels[rows].T @ delta, delta.sum(axis=0)]
            gradients += [a.T @ delta_out, delta_out.sum(axis=0)]
            optimizer.apply(gradients, network)
    p = _forward(network, pixels[1400:])[1]
    return -np.mean(np.log(p[np.arange(len(p)), digits[1400:]]))


def _forward(network, x):
    w, b, v, c = network
    a = np.maximum(0, x @ w + b)
    return a, activations.softmax(a @ v + c)
