"""Explorers of lesson 2: leaky ReLU beside its derivative, and units that die and wake up."""

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import FunctionAndDerivative, MovingCurve, slider
from helpers.network import Dense
from helpers.plots import COLOURS, course_style, new_figure, on_copies, plot_units, style_axes

UNITS, STEPS = 36, 150
TOO_LARGE = 10_000  # a training whose outputs pass this has diverged
ALL_DEAD = "All are dead: every example gets the same answer, and no step can change that."


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
    pair = FunctionAndDerivative((-6, 6), (-7, 8), (-0.2, 1.3))
    remarks = {0: " This is ReLU.", 1: " The kink is gone: a straight line, and nothing else."}

    def update(negative_slope, x):
        at_x = pair.move([lambda x, f=f: f(x, negative_slope) for f in functions], x, [0.0])
        remark = remarks.get(negative_slope, "")
        return f"f(x) = x for x > 0, and {negative_slope:.2f} · x below. {at_x}{remark}"

    controls = {
        "negative_slope": slider(0.1, 0, 1, 0.01),
        "x": slider(-4, -6, 6, 0.1, "test point x"),
    }
    presets = {
        "ReLU": {"negative_slope": 0},
        "0.01, the paper": {"negative_slope": 0.01},
        "0.2, Keras' function": {"negative_slope": 0.2},
        "0.3, Keras' layer": {"negative_slope": 0.3},
        "slope 1": {"negative_slope": 1},
        "at the kink": {"x": 0},
    }
    return Explorer(pair.figure, update, controls, presets)


@course_style()
def explore_dead_units():
    """Kill the hidden units of a small network, and see whether a leak brings them back.

    36 hidden units learn to tell two half-moons apart, whose inputs are all positive. Each move
    of a slider trains them again, for 150 steps on all 60 examples, from the same weights and
    biases of `bias_shift`. A unit is silent if its input is never above 0 for any example; without
    a leak it is dead. A training that diverges stops, and the units are shown as they are then.
    """
    inputs, targets = half_moons()
    figure, (grid, silent, loss) = new_figure(columns=3, width_ratios=[1, 1.1, 1.1])
    places, marks = unit_marks(grid)
    style_axes(silent, title="silent units", xlabel="step", xlim=(0, STEPS), ylim=(-1, UNITS + 1))
    silent.set_yticks(range(0, UNITS + 1, 6))
    style_axes(loss, title="training loss", xlabel="step", xlim=(0, STEPS))
    loss.set(yscale="log", ylim=(1e-2, 1e4))
    loss.yaxis.set_major_formatter("{x:g}")
    loss.minorticks_off()
    loss.axhline(np.log(2), color=COLOURS["grey"], linestyle=":")
    loss.text(3, 0.013, "dotted: tossing a coin", color=COLOURS["grey"])
    silent_curve, loss_curve = MovingCurve(silent, "derivative"), MovingCurve(loss, "function")

    def update(bias_shift, learning_rate, first_step, negative_slope):
        rates = [learning_rate * first_step] + [learning_rate] * (STEPS - 1)
        scores, highest = train_hidden_units(inputs, targets, bias_shift, rates, negative_slope)
        losses = np.logaddexp(0, np.where(targets == 1, -scores, scores)).mean(axis=1)
        off = highest <= 0
        ever, at_end, counts = off.any(axis=0), off[-1], off.sum(axis=1)
        for mark, state in zip(marks, (~ever, ever & ~at_end, at_end), strict=True):
            mark.set_data(*places[:, state])
        silent_curve.move(range(len(counts)), counts)
        loss_curve.move(range(len(losses)), losses)
        last, name = len(losses) - 1, "silent" if negative_slope else "dead"
        text = (
            f"Of {UNITS} units {counts[0]} are {name} before training, {counts[1]} after the "
            f"first step and {counts[-1]} after step {last}; {np.sum(ever & ~at_end)} woke up. "
            f"The loss goes from {losses[0]:.2f} to {losses[-1]:.2f}."
        )
        if np.abs(scores[-1]).max() > TOO_LARGE:
            return f"{text} Diverged at step {last}: outputs beyond 10 000."
        return f"{text} {ALL_DEAD}" if at_end.all() and not negative_slope else text

    times = "first step, times"
    controls = {
        "bias_shift": slider(0, -12, 4, 0.5),
        "learning_rate": widgets.FloatLogSlider(value=1, min=-2, max=0.5, step=0.05),
        "first_step": widgets.FloatLogSlider(value=1, min=0, max=1.5, step=0.05, description=times),
        "negative_slope": slider(0, 0, 0.5, 0.01),
    }
    presets = {
        "dead unit": {"bias_shift": -10},
        "a leak saves them": {"bias_shift": -10, "negative_slope": 0.3},
        "one too large step": {"first_step": 10},
        "that step, with a leak": {"first_step": 10, "negative_slope": 0.3},
    }
    return Explorer(figure, update, controls, presets)


def half_moons():
    """Return the lesson's 60 points on two half-moons around (2, 2), and their targets."""
    angle = np.linspace(0, np.pi, 30)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moons = np.concatenate([upper, [1, 0.5] - upper])
    moons += np.random.default_rng(0).normal(0, 0.1, moons.shape)
    points = 2 + (moons - moons.mean(axis=0)) / moons.std(axis=0)
    return points.astype(np.float32), np.repeat(np.float32([0, 1]), 30)


def train_hidden_units(inputs, targets, bias_shift, rates, negative_slope):
    """Train a hidden layer by gradient descent on the logistic loss, a step for each rate.

    Return the scores (steps + 1, examples) and the largest input of each unit (steps + 1, units),
    before the first step and after each. A training that diverges ends there.
    """
    rng = np.random.default_rng(0)
    hidden, output = Dense(2, UNITS), Dense(UNITS, 1)  # both linear, leaky ReLU stands between
    hidden.weights[0][:] = rng.normal(size=(2, UNITS))
    hidden.weights[1][:] = bias_shift
    output.weights[0][:] = rng.normal(0, np.sqrt(2 / UNITS), (UNITS, 1))
    scores, highest = [], []
    for rate in (*rates, 0.0):
        z = hidden.forward(inputs)
        scores.append(output.forward(np.maximum(z, negative_slope * z))[:, 0])
        highest.append(z.max(axis=0))
        if np.abs(scores[-1]).max() > TOO_LARGE:
            break
        error = activations.sigmoid(scores[-1]) - targets
        gradient = output.backward(error[:, np.newaxis] / len(targets))
        hidden.backward(np.where(z > 0, gradient, negative_slope * gradient))
        for layer in (hidden, output):
            for weights, gradient in zip(layer.weights, layer.gradients, strict=True):
                weights -= rate * gradient
    return np.array(scores), np.array(highest)


def unit_marks(ax):
    """Draw the units in a square; return their places, and the marks that move for each state."""
    plot_units(np.zeros(UNITS, dtype=bool), ax, title=f"{UNITS} units at the end")
    never_silent, silent = ax.lines
    (woken,) = ax.plot([], [], "D", color=COLOURS["second"], markeredgewidth=0)
    marks = {"never silent": never_silent, "woke up": woken, "silent": silent}
    for label, mark in marks.items():
        mark.set(label=label, markersize=8, animated=True)
    ax.legend(handles=marks.values(), loc="upper center", bbox_to_anchor=(0.5, 0.02), frameon=False)
    return np.array(never_silent.get_data()), marks.values()
