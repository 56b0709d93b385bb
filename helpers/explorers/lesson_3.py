"""Explorers of lesson 3: scores that become probabilities, and the gradient p − y."""

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import moving_line, slider, two_decimals
from helpers.plots import COLOURS, course_style, format_number, new_figure, on_copies, style_axes

DESCENT_STEPS = 30


@course_style()
def explore_softmax(softmax=activations.softmax):
    """Turn the scores of four classes into probabilities, at any temperature.

    The bars are ``softmax(scale · logits / T)``, the most probable class outlined. Beside them is
    the entropy, from 0 (certain) to ln 4 (no idea). Diamonds show the naive formula,
    ``exp(z) / sum(exp(z))`` as it stands, which breaks where it breaks. `softmax` may be your own
    function of a vector.

    >>> explorer = explore_softmax()
    >>> explorer.apply_preset("overflow")
    >>> explorer.sentence.split(" The naive ")[1]
    'formula gives NaN, 0.00, 0.00, 0.00: e^1000 is too large for a float.'
    """
    softmax, classes = on_copies(softmax), np.arange(4)
    figure, (left, right) = new_figure(columns=2, width_ratios=[4, 1])
    style_axes(left, title="probability", xlabel="class", xlim=(-0.6, 3.6), ylim=(0, 1.19))
    left.set(xticks=classes, yticks=np.linspace(0, 1, 6))
    left.grid(False, axis="x")
    style_axes(right, title="entropy", xlim=(-0.6, 0.6), ylim=(0, 1.19 * np.log(4)), xticks=[])
    right.set(yticks=[0, np.log(2), np.log(4)], yticklabels=["0", "ln 2", "ln 4"])
    look = {"width": 0.6, "animated": True}
    bars = left.bar(classes, 0, color=COLOURS["function"], label="softmax", linewidth=2.5, **look)
    (entropy_bar,) = right.bar([0], 0, color=COLOURS["third"], hatch="//", **look)
    naive_dots = moving_line(left, "second", "D", label="naive", clip_on=False)
    naive_dots.set_markeredgecolor(COLOURS["point"])
    nan_text = left.text(-0.5, 1.07, "", animated=True)
    left.legend(frameon=False, ncols=2, loc="upper right", borderaxespad=0)

    def update(z0, z1, z2, z3, temperature, scale):
        z = np.array([z0, z1, z2, z3]) * scale / temperature
        p, naive = np.asarray(softmax(z), dtype=float), np.exp(z) / np.exp(z).sum()
        likeliest = np.isclose(p, p.max(), rtol=1e-9, atol=0)
        entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)))
        for bar, height, outlined in zip(bars, p, likeliest, strict=True):
            bar.set(height=height, edgecolor=COLOURS["point"] if outlined else "none")
        entropy_bar.set_height(entropy)
        naive_dots.set_data(classes, naive)
        nan_text.set_text("naive formula: NaN" if np.isnan(naive).any() else "")
        return f"{softmax_sentence(z, p, likeliest, entropy)} {naive_sentence(z, p, naive)}"

    controls = {
        f"z{i}": slider(value, -10, 10, 0.1, f"logit of class {i}")
        for i, value in enumerate((2, 1, 0.1, -1))
    }
    controls["temperature"] = widgets.FloatLogSlider(value=1, min=-2, max=2, step=0.1)
    controls["temperature"].description = "temperature T"
    controls["scale"] = widgets.Dropdown(options=[1, 10, 100], description="logits times")
    presets = {
        "tie": {"z0": 2, "z1": 2},
        "one winner": {"z0": 9},
        "overflow": {"z0": 10, "z1": 1, "z2": 0, "z3": -1, "scale": 100},
        "all scores −1000": {"z0": -10, "z1": -10, "z2": -10, "z3": -10, "scale": 100},
        "cold": {"temperature": 0.1},
        "hot": {"temperature": 100},
    }
    return Explorer(figure, update, controls, presets)


def listed(numbers):
    """Write numbers one after the other."""
    return ", ".join("NaN" if np.isnan(number) else two_decimals(number) for number in numbers)


def softmax_sentence(z, p, likeliest, entropy):
    """Say what softmax makes of the scores, which class wins and how sure that is."""
    text = f"Scores {', '.join(format_number(score, '.4g') for score in z)} give {listed(p)}:"
    if np.isnan(p).any():
        return f"{text} no probabilities."
    first, *others = np.flatnonzero(likeliest)
    said = f"argmax is class {first}"
    if others:
        said = f"classes {', '.join(map(str, [first, *others]))} tie, and argmax picks the first"
    return f"{text} {said}; the entropy is {two_decimals(entropy)} of at most 1.39."


def naive_sentence(z, p, naive):
    """Say what the naive formula gives, and why it breaks where it does."""
    if np.allclose(naive, p):
        return "The naive formula gives the same."
    top = format_number(z.max(), ".0f")
    if np.isnan(naive).any():
        why = f"e^{top} is too large for a float" if z.max() > 0 else f"even e^{top} rounds to 0"
        return f"The naive formula gives {listed(naive)}: {why}."
    return f"The naive formula gives {listed(naive)}."


@course_style()
def explore_cross_entropy_gradient():
    """Follow the gradient p − y while the logits of three classes move towards the label.

    On the left are, for each class, the probability p, the label y, and the gradient p − y of
    the cross-entropy. Each step subtracts the learning rate times the gradient from the logits;
    on the right is the loss after each step.
    """
    classes = np.arange(3)
    figure, (left, right) = new_figure(columns=2, width_ratios=[3, 2])
    style_axes(left, title="one sample", xlabel="class", xlim=(-0.6, 2.6), ylim=(-1.1, 1.55))
    left.set(xticks=classes, yticks=[-1, -0.5, 0, 0.5, 1])
    left.grid(False, axis="x")
    left.axhline(0, color=COLOURS["point"], linewidth=0.8)
    style_axes(right, title="loss", xlabel="step", xlim=(-1, DESCENT_STEPS + 1), ylim=(-0.3, 9))
    looks = {
        "probability p": (-0.26, "function", ""),
        "label y": (0, "target", ".."),
        "gradient p − y": (0.26, "derivative", "//"),
    }
    bars = []
    for label, (offset, colour, hatch) in looks.items():
        look = {"color": COLOURS[colour], "hatch": hatch, "width": 0.24, "animated": True}
        bars += left.bar(classes + offset, 0, label=label, **look)
    left.legend(frameon=False, loc="upper center", ncols=3, columnspacing=1, handlelength=1.2)
    curve, point = moving_line(right, "function"), moving_line(right, "point", "o", markersize=7)

    def update(z0, z1, z2, label, learning_rate, step):
        y = (classes == label).astype(float)
        logits = [np.array([z0, z1, z2])]
        for _ in range(DESCENT_STEPS):
            logits.append(logits[-1] - learning_rate * (activations.softmax(logits[-1]) - y))
        losses = -activations.log_softmax(np.array(logits))[:, label]
        p = activations.softmax(logits[step])
        for bar, height in zip(bars, [*p, *y, *(p - y)], strict=True):
            bar.set_height(height)
        curve.set_data(range(DESCENT_STEPS + 1), losses)
        point.set_data([step], [losses[step]])
        return (
            f"Step {step} at learning rate {learning_rate:.2f}, label {label}: "
            f"p = {listed(p)}; the gradient p − y = {listed(p - y)} adds up to 0; "
            f"the loss is −ln {p[label]:.2g} = {losses[step]:.2f}."
        )

    controls = {
        "step": widgets.IntSlider(value=0, min=0, max=DESCENT_STEPS),
        "learning_rate": slider(0.5, 0.05, 3, 0.05, "learning rate"),
        "z0": slider(1, -4, 4, 0.1, "logit 0 at step 0"),
        "z1": slider(0, -4, 4, 0.1, "logit 1 at step 0"),
        "z2": slider(-1, -4, 4, 0.1, "logit 2 at step 0"),
        "label": widgets.Dropdown(options=[0, 1, 2], value=1),
    }
    presets = {
        "no idea": {"z0": 0, "z1": 0, "z2": 0},
        "sure and wrong": {"z0": 4, "z1": -4, "z2": -4},
        "sure and right": {"z0": -4, "z1": 4, "z2": -4},
        "after 30 steps": {"z0": 4, "z1": -4, "z2": -4, "step": 30},
    }
    return Explorer(figure, update, controls, presets)
