"""Explorers of lesson 2: leaky ReLU beside its derivative, and the network that stopped learning.

The network: two inputs, 12 units, one output. Weights are ``[w, b, v, c]``: those of the hidden
layer, (2, 12) and (1, 12), and of the output, (12, 1) and (1, 1). Several networks at once have
one more axis in front.
"""

from functools import lru_cache
from itertools import pairwise

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import to_rgb

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import FunctionAndDerivative, moving_line, on_copies, slider
from helpers.plots import COLOURS, course_style, ink, new_figure, style_axes

SEED, UNITS, RATE = 30, 12, 0.3
FIRST_STEPS = (1, 2, 3, 5, 10, 20, 30, 50, 100)  # times the rate
MOMENTS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000)  # steps at which we look


@course_style()
def explore_leaky_relu(
    leaky_relu=activations.leaky_relu, derivative=activations.leaky_relu_derivative
):
    """Explore leaky ReLU for slopes from 0 to 1, beside its derivative, with a test point.

    Both may be your own: ``f(x, negative_slope)`` of an array.

    >>> explorer = explore_leaky_relu()
    >>> explorer.set_values(negative_slope=0.2, x=-4)
    >>> explorer.sentence
    'f(x) = x for x > 0, and 0.20 · x below. At x = −4.00: f(x) = −0.80, f′(x) = 0.20.'
    """
    functions = [on_copies(leaky_relu), on_copies(derivative)]
    pair = FunctionAndDerivative((-6, 6), (-6, 6), (-0.2, 1.3), colour="second")
    pair.figure.axes[0].set(aspect="equal", xticks=range(-6, 7, 2))
    remarks = {0: " This is ReLU.", 1: " The kink is gone: a straight line, and nothing else."}

    def update(negative_slope, x):
        at_x = pair.move([lambda x, f=f: f(x, negative_slope) for f in functions], x, [0.0])
        remark = remarks.get(negative_slope, "")
        return f"f(x) = x for x > 0, and {negative_slope:.2f} · x below. {at_x}{remark}"

    controls = {
        "negative_slope": slider(0.2, 0, 1, 0.01),
        "x": slider(-4, -6, 6, 0.1, "test point x"),
    }
    presets = {
        "ReLU": {"negative_slope": 0},
        "0.01, the paper": {"negative_slope": 0.01},
        "0.3, Keras' layer": {"negative_slope": 0.3},
        "slope 1": {"negative_slope": 1},
        "at the kink": {"x": 0},
    }
    return Explorer(pair.figure, update, controls, presets, drag=pair.drag)


@course_style()
def explore_dead_units():
    """Give a network a first step that is too large, and watch its units die and wake up.

    Left the plane with the two moons, each unit's kink line, and the colour that the network
    gives to each place; right the loss. The sliders: how many times too large the first step is,
    what is added to all biases before training, the slope left of 0, and the step at which you
    look. A unit is silent if it is above 0 for no point.

    >>> explorer = explore_dead_units()
    >>> explorer.apply_preset("before training")
    >>> explorer.sentence
    'Before training: 1 of 12 units is silent. The loss is 3.589. The first step has a rate of 9.0.'
    """
    x, y = half_moons()
    figure, (left, right) = new_figure(columns=2, height=3.9)
    plane = Plane(left, x, y, animated=True)
    handles = [plane.speaking, plane.silent]
    figure.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False)
    left.set_title("each unit's kink is a line")
    style_axes(right, title="loss", xlabel="step", xscale="log", yscale="log", ylim=(2e-3, 200))
    right.set(xlim=(0.4, 5000), xticks=[0.5, 1, 10, 100, 1000])
    right.set_xticklabels(["0", "1", "10", "100", "1000"])
    right.yaxis.set_major_formatter("{x:g}")
    right.minorticks_off()
    right.axhline(np.log(2), color=COLOURS["grey"], linestyle=":")
    look = {"transform": right.transAxes, "color": ink(COLOURS["grey"])}
    right.text(0.02, 0.05, "dotted: tossing a coin", **look)
    curve = moving_line(right, "function", linewidth=1.6)
    here = moving_line(right, "point", "o", markersize=7)

    @lru_cache(maxsize=8)
    def train_and_look(first_step, bias_shift, slope):
        network = new_network(SEED)
        network[1] += bias_shift
        moments, losses = [network], []
        for before, after in pairwise(MOMENTS):
            rate = RATE * (first_step if before == 0 else 1)
            network, more = train(network, x, y, after - before, rate, slope)
            moments.append(network)
            losses.extend(more)
        return moments, np.append(losses, log_loss(network, x, y, slope))

    def update(first_step, bias_shift, negative_slope, step):
        moments, losses = train_and_look(first_step, bias_shift, negative_slope)
        seen = MOMENTS.index(step)
        plane.move(moments[seen], negative_slope)
        curve.set_data(np.maximum(np.arange(len(losses)), 0.5), losses)
        curve.set_color(COLOURS["second" if negative_slope else "function"])
        here.set_data([max(step, 0.5)], [losses[step]])
        silent = [silent_units(network, x) for network in moments[: seen + 1]]
        count, woken = silent[-1].sum(), np.sum(np.any(silent, axis=0) & ~silent[-1])
        when = f"After {step} step{'s' if step > 1 else ''}" if step else "Before training"
        text = f"{when}: {count} of {UNITS} units {'is' if count == 1 else 'are'} silent"
        text += f", {woken} woke up." if negative_slope and step else "."
        text = f"{text} The loss is {losses[step]:.3f}."
        return f"{text} The first step has a rate of {RATE * first_step:.1f}."

    controls = {
        "first_step": widgets.SelectionSlider(
            options=FIRST_STEPS, value=30, description="first step, times"
        ),
        "bias_shift": slider(0, -20, 2, 0.5),
        "negative_slope": slider(0, 0, 0.5, 0.01),
        "step": widgets.SelectionSlider(options=MOMENTS, value=MOMENTS[-1]),
    }
    presets = {
        "before training": {"step": 0},
        "no accident": {"first_step": 1},
        "right after it": {"step": 1},
        "with a leak": {"negative_slope": 0.2},
        "all dead": {"first_step": 1, "bias_shift": -15},
        "all dead, slope 0.4": {"first_step": 1, "bias_shift": -15, "negative_slope": 0.4},
    }
    return Explorer(figure, update, controls, presets)


def half_moons():
    """Return the lesson's 60 points on two half-moons around (2, 2), and a column of labels."""
    angle = np.linspace(0, np.pi, 30)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moons = np.concatenate([upper, [1, 0.5] - upper])
    moons += np.random.default_rng(0).normal(0, 0.1, moons.shape)
    return 2 + (moons - moons.mean(axis=0)) / moons.std(axis=0), np.repeat([[0.0], [1.0]], 30, 0)


def new_network(seed, features=2, units=UNITS):
    """Return random weights and biases of 0, for one seed or for several at once."""
    if np.ndim(seed):
        networks = [new_network(each, features, units) for each in seed]
        return [np.stack(part) for part in zip(*networks, strict=True)]
    rng = np.random.default_rng(seed)
    w = rng.normal(0, np.sqrt(2 / features), (features, units))
    v = rng.normal(0, np.sqrt(2 / units), (units, 1))
    return [w, np.zeros((1, units)), v, np.zeros((1, 1))]


def forward(network, x, slope=0.0):
    """Return z and a of the hidden units, and the score, for each row of x."""
    w, b, v, c = network
    z = x @ w + b
    a = np.where(z > 0, z, slope * z)
    return z, a, a @ v + c


def train(network, x, y, steps=4000, rate=RATE, slope=0.0):
    """Descend so many steps on the log loss; return the network, and the loss before each step."""
    losses = []
    for _ in range(steps):
        w, b, v, c = network
        z, a, score = forward(network, x, slope)
        losses.append(_log_loss(score, y))
        delta_out = (activations.sigmoid(score) - y) / len(y)
        delta = delta_out @ v.mT * np.where(z > 0, 1.0, slope)
        network = [
            w - rate * (x.mT @ delta),
            b - rate * delta.sum(axis=-2, keepdims=True),
            v - rate * (a.mT @ delta_out),
            c - rate * delta_out.sum(axis=-2, keepdims=True),
        ]
    return network, losses


def log_loss(network, x, y, slope=0.0):
    """Return −ln of the probability given to the right label, averaged over the points."""
    return _log_loss(forward(network, x, slope)[2], y)


def _log_loss(score, y):
    return np.logaddexp(0, (1 - 2 * y) * score).mean(axis=(-2, -1))


def silent_units(network, x):
    """Tell for each unit whether it is above 0 for no row of x."""
    w, b = network[:2]
    return np.all(x @ w + b <= 0, axis=-2)


class Plane:
    """The plane with two moons: the side that each place is put on, and each unit's kink line."""

    def __init__(self, ax, x, y, animated=False, low=-0.8, high=4.8):
        self._x, self._grid = x, np.linspace(low, high, 201)
        self._tints = np.array([to_rgb("#CBE3F5"), to_rgb("#FBE3B8")])
        self._sides = ax.imshow(
            self._tints[np.newaxis],
            extent=(low, high, low, high),
            origin="lower",
            interpolation="bilinear",
            animated=animated,
        )
        look = {"animated": animated, "linewidth": 1.1}
        self.speaking = moving_line(ax, "point", label="kink of a unit", **look)
        self.silent = moving_line(ax, "grey", "--", label="kink of a silent unit", **look)
        look = {"animated": animated, "markersize": 6, "markeredgecolor": "white"}
        for label, colour, marker in ((0, "first", "o"), (1, "second", "s")):
            dots = moving_line(ax, colour, marker, markeredgewidth=0.6, **look)
            dots.set_data(*x[y[:, 0] == label].T)
        style_axes(ax, xlim=(low, high), ylim=(low, high), aspect="equal")
        ax.set(xlabel="x₁", ylabel="x₂", xticks=range(5), yticks=range(5))
        ax.grid(False)

    def move(self, network, slope=0.0, lines=True):
        """Draw this network's sides and, unless told otherwise, its lines."""
        places = np.stack(np.meshgrid(self._grid, self._grid), axis=-1).reshape(-1, 2)
        score = forward(network, places, slope)[2].reshape(len(self._grid), -1)
        self._sides.set_data(self._tints[(score > 0).astype(int)])
        silent = silent_units(network, self._x)
        for line, units in ((self.speaking, ~silent), (self.silent, silent)):
            line.set_data(*_kink_lines(network, units & lines))


def _kink_lines(network, units):
    """Return where w · x + b = 0 for these units: the ends of each line, and a NaN."""
    w, b = network[0][:, units], network[1][0, units]
    nearest = -b * w / np.sum(w**2, axis=0)  # the point of each line that is nearest to (0, 0)
    along = 50 * np.array([-w[1], w[0]]) / np.hypot(*w)
    ends = np.stack([nearest - along, nearest + along, np.full_like(nearest, np.nan)], axis=2)
    return ends.reshape(2, -1)


@course_style()
def draw_planes(networks, lines=True):
    """Draw ReLU networks side by side, a dict of title -> network, and return the figure.

    With their lines comes how many units are silent, in the title.
    """
    x, y = half_moons()
    figure, axes = new_figure(columns=len(networks), height=3.8 if lines else 3.6, squeeze=False)
    for ax, (title, network) in zip(axes[0], networks.items(), strict=True):
        plane = Plane(ax, x, y)
        plane.move(network, lines=lines)
        count = f": {silent_units(network, x).sum()} of {UNITS} silent" if lines else ""
        ax.set_title(title + count)
    if lines:
        handles = [plane.speaking, plane.silent]
        figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return figure
