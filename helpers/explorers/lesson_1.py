"""Explorers of lesson 1: ReLU beside its derivative, and a roof built out of three ReLUs."""

from functools import partial

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import FunctionAndDerivative, moving_line, slider, two_decimals
from helpers.plots import COLOURS, course_style, format_number, new_figure, on_copies, style_axes


@course_style()
def explore_relu(relu=activations.relu, derivative=activations.relu_derivative):
    """Explore ReLU in Keras' general form, beside its derivative, with a test point.

    Both may be your own: ``f(x, negative_slope=…, max_value=…, threshold=…)`` of an array, where
    a `max_value` of None means that there is none.

    >>> explorer = explore_relu()
    >>> explorer.set_values(x=-2, negative_slope=0.1)
    >>> explorer.sentence.split(". ")[0]
    'f(x) = x for x > 0.0, and 0.10 · (x − 0.0) otherwise'
    """
    functions = [on_copies(relu), on_copies(derivative)]
    pair = FunctionAndDerivative((-4, 8), (-7.6, 9), (-1.3, 1.5))

    def update(negative_slope, threshold, use_max_value, max_value, x):
        controls["max_value"].disabled = not use_max_value
        ceiling = max_value if use_max_value else None
        settings = dict(negative_slope=negative_slope, max_value=ceiling, threshold=threshold)
        at_x = pair.move([partial(f, **settings) for f in functions], x, [threshold, max_value])
        return f"f(x) = {relu_formula(**settings)}. {at_x}"

    controls = {
        "negative_slope": slider(0, -1, 1, 0.05),
        "threshold": slider(0, -2, 3, 0.1),
        "use_max_value": widgets.Checkbox(value=False, description="limit to max_value"),
        "max_value": slider(6, 0, 8, 0.1),
        "x": slider(2, -4, 8, 0.1, "test point x"),
    }
    presets = {
        "ReLU": {},
        "leaky ReLU": {"negative_slope": 0.1, "x": -2},
        "ReLU6": {"use_max_value": True, "x": 7},
        "a jump": {"threshold": 2, "x": 2},
        "|x|": {"negative_slope": -1, "x": -2},
        "at the kink": {"negative_slope": 0.2, "x": 0},
    }
    return Explorer(pair.figure, update, controls, presets)


def relu_formula(negative_slope, max_value, threshold):
    """Write the formula with its numbers; a ceiling below the threshold leaves no room for x."""
    low = format_number(threshold, ".1f")
    if max_value is None:
        above = f"x for x > {low}"
    elif max_value > threshold:
        above = f"{max_value:.1f} for x ≥ {max_value:.1f}, x for {low} < x < {max_value:.1f}"
    else:
        above = f"{max_value:.1f} for x > {low}"
    distance = f"x {'+' if threshold < 0 else '−'} {abs(threshold):.1f}"
    return f"{above}, and {two_decimals(negative_slope)} · ({distance}) otherwise"


@course_style()
def explore_relu_sum():
    """Build a roof out of three ReLUs: weights and biases under sliders, the error beside.

    The sum is ``a1·relu(x + b1) + a2·relu(x + b2) + a3·relu(x + b3)``. The roof rises from −1
    to 0.5, falls to 2, and is 0 elsewhere; an error of 0 can be reached.
    """
    x = np.linspace(-3, 4, 141)
    target = np.interp(x, [-1, 0.5, 2], [0, 1.5, 0])
    figure, (left, right) = new_figure(columns=2, sharey=True)
    style_axes(left, title="target and sum", xlabel="input x", xlim=(-3, 4), ylim=(-3, 4))
    style_axes(right, title="the three units", xlabel="input x", xlim=(-3, 4))
    left.plot(x, target, "--", color=COLOURS["target"], linewidth=2.5)
    left.text(2.1, 0.25, "target", color=COLOURS["target"])
    sum_line = moving_line(left, "function")
    error_text = left.text(-2.8, 3.5, "", color=COLOURS["function"], animated=True)
    looks = ((1, "first", "-"), (2, "second", "--"), (3, "third", "-."))
    unit_lines = [moving_line(right, *look, linewidth=1.5, label=f"unit {i}") for i, *look in looks]
    right.legend(frameon=False, loc="upper left")

    def update(a1, b1, a2, b2, a3, b3):
        pairs = ((a1, b1), (a2, b2), (a3, b3))
        units = [a * activations.relu(x + b) for a, b in pairs]
        for line, y in zip([*unit_lines, sum_line], [*units, sum(units)], strict=True):
            line.set_data(x, y)
        error = np.mean((sum(units) - target) ** 2)
        error_text.set_text(f"error {error:.2f}")
        if np.allclose(sum(units), target):
            return "The error is 0.00: the three ReLUs are the roof."
        terms = [f"{signed_term(a)}·relu(x {signed_term(b)})" for a, b in pairs]
        return f"{' '.join(terms)} misses the roof: mean squared error {error:.2f}."

    start = {"a1": 1, "b1": 2, "a2": -0.5, "b2": 0, "a3": 0.5, "b3": -1}
    kinds = {"a": "weight", "b": "bias"}
    controls = {k: slider(v, -3, 3, 0.25, f"{kinds[k[0]]} {k}") for k, v in start.items()}
    presets = {
        "first kink": {"a1": 1, "b1": 1, "a2": 0, "a3": 0},
        "two kinks": {"a1": 1, "b1": 1, "a2": -2, "b2": -0.5, "a3": 0},
        "show me": {"a1": 1, "b1": 1, "a2": -2, "b2": -0.5, "a3": 1, "b3": -2},
    }
    return Explorer(figure, update, controls, presets)


def signed_term(value):
    """Write a number as a term of a sum, its sign in front."""
    return f"{'−' if value < 0 else '+'} {abs(value):.2f}"
