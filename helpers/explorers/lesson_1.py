"""Explorers of lesson 1: ReLU beside its derivative, and a roof built out of three ReLUs."""

from functools import partial

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import (
    FunctionAndDerivative,
    moving_line,
    on_copies,
    slider,
    two_decimals,
)
from helpers.plots import (
    COLOURS,
    course_style,
    format_number,
    ink,
    new_figure,
    style_axes,
)


@course_style()
def explore_relu(relu=activations.relu, derivative=activations.relu_derivative):
    """Explore ReLU in Keras' general form, beside its derivative, with a test point.

    Both may be your own: ``f(x, negative_slope=…, max_value=…, threshold=…)`` of an array, where
    a `max_value` of None means that there is none.

    >>> explorer = explore_relu()
    >>> explorer.apply_preset("leaky ReLU")
    >>> explorer.sentence.split(". ")[0]
    'f(x) = 0.10 · (x − 0.0) for x ≤ 0.0, and x above'
    """
    functions = [on_copies(relu), on_copies(derivative)]
    pair = FunctionAndDerivative((-4, 8), (-4.3, 8.3), (-1.2, 1.3))
    pair.figure.axes[0].set(aspect="equal", xticks=range(-4, 9, 2))  # slope 1 looks like 45 degrees

    def update(negative_slope, threshold, use_max_value, max_value, x):
        controls["max_value"].disabled = not use_max_value
        ceiling = max_value if use_max_value else None
        settings = dict(negative_slope=negative_slope, max_value=ceiling, threshold=threshold)
        at_x = pair.move([partial(f, **settings) for f in functions], x, [threshold, max_value])
        return f"f(x) = {relu_formula(**settings)}. {at_x}"

    controls = {
        "negative_slope": slider(0.2, -1, 1, 0.05),
        "threshold": slider(1, -2, 2, 0.1),
        "use_max_value": widgets.Checkbox(value=True, description="limit to max_value"),
        "max_value": slider(6, 0, 8, 0.1),
        "x": slider(1, -4, 8, 0.1, "test point x"),
    }
    plain = {"negative_slope": 0, "threshold": 0, "use_max_value": False, "x": 2}
    presets = {
        "ReLU": plain,
        "leaky ReLU": plain | {"negative_slope": 0.1, "x": -2},
        "ReLU6": plain | {"use_max_value": True, "x": 7},
        "a jump": plain | {"threshold": 2},
        "|x|": plain | {"negative_slope": -1, "x": -2},
        "at the kink": plain | {"negative_slope": 0.2, "x": 0},
    }
    return Explorer(pair.figure, update, controls, presets, drag=pair.drag)


def relu_formula(negative_slope, max_value, threshold):
    """Write the formula with its numbers; a ceiling below the threshold leaves no room for x."""
    low = format_number(threshold, ".1f")
    if max_value is None:
        above = "and x above"
    elif max_value > threshold:
        above = f"x up to {max_value:.1f}, and {max_value:.1f} above"
    else:
        above = f"and {max_value:.1f} above"
    distance = f"x {'+' if threshold < 0 else '−'} {abs(threshold):.1f}"
    return f"{two_decimals(negative_slope)} · ({distance}) for x ≤ {low}, {above}"


@course_style()
def explore_roof():
    """Build a roof out of three ReLUs: weights and biases under sliders, the loss beside.

    The sum is ``ŷ = w1·relu(x + b1) + w2·relu(x + b2) + w3·relu(x + b3)``; a dot marks each kink.
    The roof is lopsided: it rises from −2 to 2, falls to 3, and is 0 elsewhere. A loss of 0 can be
    reached. The start is another roof, with its kinks at −1, 1 and 3.

    >>> explorer = explore_roof()
    >>> explorer.apply_preset("one hinge")
    >>> explorer.sentence
    'ŷ = 0.50·relu(x + 2.00) + 0.00·relu(x − 2.00) + 0.00·relu(x − 3.00). The loss is 2.55.'
    """
    x = np.linspace(-3, 5, 161)
    roof = np.interp(x, [-2, 2, 3], [0, 2, 0])
    figure, (left, right) = new_figure(height=3.7, columns=2, sharey=True)
    for ax, title in ((left, "the sum ŷ and the roof y"), (right, "the three hinges")):
        style_axes(ax, title=title, xlabel="input x", xlim=(-3, 5), ylim=(-4, 4), aspect="equal")
    left.plot(x, roof, "--", color=COLOURS["target"], linewidth=2.5)
    left.text(2.6, 1.4, "roof y", color=ink(COLOURS["target"]), fontsize="large")
    sum_line = moving_line(left, "function")
    loss_text = left.text(-2.8, 3.3, "", fontsize="large", animated=True)
    colours = ("second", "third", "fourth")
    hinges = [moving_line(right, colour, linewidth=2) for colour in colours]
    kinks = [[moving_line(ax, colour, "o") for ax in (left, right)] for colour in colours]
    for i, colour in enumerate(colours):
        look = {"transform": right.transAxes, "color": ink(COLOURS[colour])}
        right.text(0.03, 0.9 - 0.08 * i, f"hinge {i + 1}", **look)

    def update(w1, b1, w2, b2, w3, b3):
        pairs = ((w1, b1), (w2, b2), (w3, b3))
        ys = [w * activations.relu(x + b) for w, b in pairs]
        for line, y in zip([*hinges, sum_line], [*ys, sum(ys)], strict=True):
            line.set_data(x, y)
        for (on_sum, on_hinge), (_, b) in zip(kinks, pairs, strict=True):
            on_sum.set_data([-b], [sum(w * activations.relu(c - b) for w, c in pairs)])
            on_hinge.set_data([-b], [0])
        loss = np.mean((sum(ys) - roof) ** 2)
        loss_text.set_text(f"loss {loss:.2f}")
        if np.allclose(sum(ys), roof):
            return "The loss is 0.00: your three hinges are the roof."
        terms = " ".join(f"{signed_term(w)}·relu(x {signed_term(b)})" for w, b in pairs)
        return f"ŷ = {terms.removeprefix('+ ')}. The loss is {loss:.2f}."

    start = {"w1": 1, "b1": 1, "w2": -2, "b2": -1, "w3": 1, "b3": -3}
    words = {"w": "weight", "b": "bias"}
    controls = {k: slider(v, -4, 4, 0.25, f"{words[k[0]]} {k}") for k, v in start.items()}
    one = {"w1": 0.5, "b1": 2, "w2": 0, "b2": -2, "w3": 0, "b3": -3}
    presets = {"one hinge": one, "two hinges": one | {"w2": -2.5}}
    presets["show me"] = one | {"w2": -2.5, "w3": 2}
    return Explorer(figure, update, controls, presets)


def signed_term(value):
    """Write a number as a term of a sum, its sign in front."""
    return f"{'−' if value < 0 else '+'} {abs(value):.2f}"
