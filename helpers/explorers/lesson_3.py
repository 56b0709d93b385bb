"""Explorers of lesson 3: scores that become probabilities and draws, and the gradient p − y."""

import ipywidgets as widgets
import numpy as np

from helpers import activations
from helpers.explorers.engine import Explorer
from helpers.explorers.parts import moving_line, on_copies, slider, two_decimals
from helpers.plots import COLOURS, course_style, format_number, new_figure, style_axes

DESCENT_STEPS = 30
BREAKFAST = ("toast", "eggs", "gravel", "soup")
THREE = BREAKFAST[:3]
LUCK = np.random.default_rng(215).random(50)  # the same fifty numbers at every setting


@course_style()
def explore_softmax(softmax=activations.softmax):
    """Turn the scores of four words into probabilities, and draw fifty times from them.

    On the left are the scores, each with `shift` added, in the middle ``softmax(scores / T)``, the
    most probable word outlined. Diamonds show the naive formula, ``exp(z) / sum(exp(z))`` as it
    stands, which breaks where it breaks. On the right every draw is a dot. `softmax` may be your
    own function of a vector.

    >>> explorer = explore_softmax()
    >>> explorer.apply_preset("overflow")
    >>> explorer.sentence.split(" The naive ")[1]
    'formula gives NaN, NaN, NaN, NaN: e^1002 is too large for a float.'
    """
    softmax, words = on_copies(softmax), np.arange(4)
    figure, (left, middle, right) = new_figure(8.5, 3.1, columns=3)
    limits = {"scores": (-1.25, 1.25), "probabilities": (0, 1.33), "fifty draws": (0, 11.9)}
    for ax, (title, ylim) in zip(figure.axes, limits.items(), strict=True):
        style_axes(ax, title=title, xlim=(-0.6, 3.6), ylim=ylim, xticks=words, yticks=[])
        ax.set_xticklabels(BREAKFAST)
    middle.set(yticks=np.linspace(0, 1, 6))
    middle.grid(False, axis="x")
    left.axhline(0, color=COLOURS["point"], linewidth=0.8)
    look = {"width": 0.6, "animated": True, "color": COLOURS["function"]}
    score_bars = left.bar(words, 0, **look)
    bars = middle.bar(words, 0, linewidth=2.5, **look)
    numbers = [left.text(i, 0, "", ha="center", va="center", animated=True) for i in words]
    counted = [right.text(i, 0, "", ha="center", va="center", animated=True) for i in words]
    naive_dots = moving_line(middle, "point", "D", clip_on=False, markeredgecolor="white")
    naive_text = middle.text(-0.5, 1.08, "", animated=True)
    entropy_text = middle.text(-0.5, 1.21, "", animated=True)
    dots = moving_line(right, "function", "o", markersize=4.5)

    def update(z0, z1, z2, z3, shift, temperature):
        scores = np.array([z0, z1, z2, z3]) + shift
        z = scores / temperature
        p, naive = np.asarray(softmax(z), dtype=float), np.exp(z) / np.exp(z).sum()
        likeliest = np.isclose(p, p.max(), rtol=1e-9, atol=0)
        entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)))
        full = max(3, np.abs(scores).max())
        for i, (bar, score) in enumerate(zip(score_bars, scores, strict=True)):
            bar.set_height(score / full)
            numbers[i].set_text(format_number(score, ".5g"))
            numbers[i].set_y(score / full + (0.1 if score >= 0 else -0.1))
        for bar, height, outlined in zip(bars, p, likeliest, strict=True):
            bar.set(height=height, edgecolor=COLOURS["point"] if outlined else "none")
        naive_dots.set_data(words, naive)
        naive_text.set_text("naive formula: NaN" if np.isnan(naive).any() else "◆ naive formula")
        entropy_text.set_text(f"entropy {two_decimals(entropy)}")
        counts = count_draws(p)
        places = [(i - 0.3 + 0.15 * (k % 5), k // 5 + 0.5) for i in words for k in range(counts[i])]
        dots.set_data(*np.reshape(places, (-1, 2)).T)
        for text, count in zip(counted, counts, strict=True):
            text.set(text=str(count), y=np.ceil(count / 5) + 0.7)
        return (
            f"{softmax_sentence(scores, temperature, p, likeliest, entropy)} Fifty draws give "
            f"{', '.join(f'{n} {word}' for n, word in zip(counts, BREAKFAST, strict=True))}. "
            f"{naive_sentence(z, p, naive)}"
        )

    controls = {
        f"z{i}": slider(value, -10, 10, 0.1, f"score of {BREAKFAST[i]}")
        for i, value in enumerate((2, 1, 0.1, -1))
    }
    controls["shift"] = slider(0, -1000, 1000, 1, "shift all by")
    controls["temperature"] = widgets.FloatLogSlider(value=1, min=-2, max=2, step=0.1)
    controls["temperature"].description = "temperature T"
    presets = {
        "tie": {"z0": 2, "z1": 2},
        "one winner": {"z0": 9},
        "overflow": {"shift": 1000},
        "all near −1000": {"shift": -1000},
        "cold": {"temperature": 0.1},
        "hot": {"temperature": 10},
    }
    return Explorer(figure, update, controls, presets)


def count_draws(p):
    """Count how often each class comes in fifty draws: class i where its share of 0 to 1 is hit."""
    ends = np.cumsum(p)
    if not ends[-1] > 0:  # NaN
        return np.zeros(len(p), int)
    drawn = np.searchsorted(ends / ends[-1], LUCK, side="right")
    return np.bincount(np.minimum(drawn, len(p) - 1), minlength=len(p))


def listed(numbers):
    """Write numbers one after the other."""
    return ", ".join("NaN" if np.isnan(number) else two_decimals(number) for number in numbers)


def softmax_sentence(scores, temperature, p, likeliest, entropy):
    """Say what softmax makes of the scores, which word wins and how sure that is."""
    said = ", ".join(format_number(score, ".5g") for score in scores)
    text = f"Scores {said} at temperature {temperature:.2g} give {listed(p)}:"
    if np.isnan(p).any():
        return f"{text} no probabilities."
    first, *others = (BREAKFAST[i] for i in np.flatnonzero(likeliest))
    said = f"{first} is likeliest"
    if others:
        said = f"{' and '.join([first, *others])} tie, and argmax picks {first}"
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
    """Follow the gradient p − y while the scores of three words move towards the label.

    On the left are, for each word, the probability p, the label y, and the gradient p − y of
    the cross-entropy. Each step subtracts the learning rate times the gradient from the scores;
    on the right is the loss after each step.
    """
    classes = np.arange(3)
    figure, (left, right) = new_figure(columns=2, width_ratios=[3, 2])
    style_axes(left, title="one breakfast", xlim=(-0.6, 2.6), ylim=(-1.1, 1.55))
    left.set(xticks=classes, xticklabels=THREE, yticks=[-1, -0.5, 0, 0.5, 1])
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
        true = THREE.index(label)
        y = (classes == true).astype(float)
        z = [np.array([z0, z1, z2])]
        for _ in range(DESCENT_STEPS):
            z.append(z[-1] - learning_rate * (activations.softmax(z[-1]) - y))
        losses = -activations.log_softmax(np.array(z))[:, true]
        p = activations.softmax(z[step])
        for bar, height in zip(bars, [*p, *y, *(p - y)], strict=True):
            bar.set_height(height)
        curve.set_data(range(DESCENT_STEPS + 1), losses)
        point.set_data([step], [losses[step]])
        return (
            f"Step {step} at learning rate {learning_rate:.2f}, label {label}: "
            f"p = {listed(p)}; the gradient p − y = {listed(p - y)} adds up to 0; "
            f"the loss is −ln {p[true]:.2g} = {losses[step]:.2f}."
        )

    controls = {
        "step": widgets.IntSlider(value=0, min=0, max=DESCENT_STEPS),
        "learning_rate": slider(0.5, 0.05, 3, 0.05, "learning rate η"),
        "z0": slider(4, -4, 4, 0.1, "toast starts at"),
        "z1": slider(-4, -4, 4, 0.1, "eggs starts at"),
        "z2": slider(2, -4, 4, 0.1, "gravel starts at"),
        "label": widgets.Dropdown(options=THREE, value="eggs"),
    }
    presets = {
        "no idea": {"z0": 0, "z1": 0, "z2": 0},
        "sure and wrong": {"z2": -4},
        "sure and right": {"z0": -4, "z1": 4, "z2": -4},
        "after 30 steps": {"z2": -4, "step": 30},
    }
    return Explorer(figure, update, controls, presets)
