"""The explorers of the lessons: one function each, one line in the notebook.

Each function makes its figure once, says which artists move, and hands both to
`helpers.explorers.engine.Explorer`. Where a lesson has the learner write a function, the
explorer takes that function, so that what moves under the sliders is the learner's own.
"""

from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from helpers import activations, losses
from helpers.explorers.engine import Explorer, short_number
from helpers.explorers.lesson_6 import TrainingDashboard
from helpers.optimizers import SGD, RMSprop
from helpers.plots import COLOURS, new_figure, plot_contours, style_axes

__all__ = [
    "explore_cross_entropy_gradient",
    "explore_dead_units",
    "explore_huber_pinball",
    "explore_leaky_relu",
    "explore_optimizers",
    "explore_relu",
    "explore_relu_sum",
    "explore_softmax",
    "explore_training",
    "explore_weighted_loss",
]


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
    pair = _FunctionAndDerivative(xlim=(-4, 8), ylims=[(-7.6, 9), (-1.3, 1.5)])

    def update(negative_slope, threshold, use_max_value, max_value, x):
        options = {
            "negative_slope": negative_slope,
            "max_value": max_value if use_max_value else None,
            "threshold": threshold,
        }
        controls["max_value"].disabled = not use_max_value
        functions = [partial(function, **options) for function in (relu, derivative)]
        value, slope = pair.move(functions, x, breaks=[threshold, max_value])
        return _relu_sentence(**options, x=x, value=value, slope=slope)

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
    return Explorer(pair.figure, update, controls, presets)


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
            value=0.5, min=0, max=1, step=0.01, description="second weight"
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
        "loss": widgets.Dropdown(options=["Huber", "pinball"], value="Huber"),
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


def explore_softmax(softmax=activations.softmax):
    """Turn the scores of four classes into probabilities, at any temperature.

    Bars for ``softmax(logits / T)``, the most probable class outlined, and beside them the
    entropy on its scale from 0 (certain) to ln 4 (no idea). Diamonds show what the naive
    formula ``exp(z) / sum(exp(z))`` gives for the same numbers: it is computed as it stands,
    so that it breaks where it breaks. The sliders reach 10; `scale` multiplies the logits,
    up to 1000.

    Parameters
    ----------
    softmax : callable, optional
        ``f(x)`` of a vector, such as your own.

    Returns
    -------
    Explorer
        Controls ``z0`` … ``z3``, ``temperature``, ``scale`` (1, 10 or 100).

    Examples
    --------
    >>> explorer = explore_softmax()
    >>> explorer.apply_preset("overflow")
    >>> explorer.sentence.split(" The naive ")[1]
    'formula gives NaN, 0.00, 0.00, 0.00: e^1000 is too large for a float.'
    """
    classes = np.arange(4)
    figure, (left, right) = new_figure(columns=2, width_ratios=[4, 1])
    style_axes(left, title="probability", xlabel="class", xlim=(-0.6, 3.6), ylim=(0, 1.19))
    left.set(xticks=classes, yticks=np.linspace(0, 1, 6))
    left.grid(False, axis="x")
    bars = left.bar(classes, 0, width=0.6, color=COLOURS["function"], label="softmax")
    for bar in bars:
        bar.set_animated(True)
    (naive_dots,) = left.plot(
        classes, classes, "D", color=COLOURS["second"], mec="black", label="naive", animated=True
    )
    naive_dots.set_clip_on(False)  # whole also at 0
    left.legend(frameon=False, ncols=2, loc="upper right", borderaxespad=0)
    nan_text = left.text(-0.5, 1.07, "", animated=True)
    style_axes(right, title="entropy", xlim=(-0.6, 0.6), ylim=(0, 1.19 * np.log(4)), xticks=[])
    right.set(yticks=[0, np.log(2), np.log(4)], yticklabels=["0", "ln 2", "ln 4"])
    (entropy_bar,) = right.bar([0], 0, width=0.6, color=COLOURS["third"], hatch="//")
    entropy_bar.set_animated(True)

    def update(z0, z1, z2, z3, temperature, scale):
        z = np.array([z0, z1, z2, z3]) * scale / temperature
        p = np.asarray(softmax(z), dtype=float)
        naive = _naive_softmax(z)
        entropy = np.sum(p * -np.log(p, out=np.zeros(4), where=p > 0))
        likeliest = np.flatnonzero(np.isclose(p, p.max(), rtol=1e-9, atol=0))
        for i, bar in enumerate(bars):
            bar.set_height(p[i])
            bar.set_edgecolor("black" if i in likeliest else "none")
            bar.set_linewidth(2.5)
        naive_dots.set_ydata(naive)
        entropy_bar.set_height(entropy)
        nan_text.set_text("" if np.isfinite(naive).all() else "naive formula: NaN")
        return f"{_softmax_sentence(z, p, entropy, likeliest)} {_naive_sentence(z, p, naive)}"

    controls = {
        f"z{i}": widgets.FloatSlider(
            value=value, min=-10, max=10, step=0.1, description=f"logit of class {i}"
        )
        for i, value in enumerate((2, 1, 0.1, -1))
    }
    controls["temperature"] = widgets.FloatLogSlider(
        value=1, min=-2, max=2, step=0.1, description="temperature T"
    )
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


def explore_cross_entropy_gradient():
    """Follow the gradient p − y while the logits of three classes move towards the label.

    On the left, for each class, the probability p, the label y, and the gradient p − y of
    the cross-entropy with respect to that class's logit. Each step subtracts the gradient
    times the learning rate from the logits; on the right, the loss after every step.

    Returns
    -------
    Explorer
        Controls ``z0``, ``z1``, ``z2`` (the logits at step 0), ``label``, ``learning_rate``,
        ``step``.

    Examples
    --------
    >>> explorer = explore_cross_entropy_gradient()
    >>> explorer.apply_preset("no idea")
    >>> print(explorer.sentence)
    Step 0 at learning rate 0.50, label 1: p = 0.33, 0.33, 0.33; the gradient \
p − y = 0.33, −0.67, 0.33 adds up to 0; the loss is −ln 0.33 = 1.10.
    """
    classes, steps = np.arange(3), np.arange(_DESCENT_STEPS + 1)
    figure, (left, right) = new_figure(columns=2, width_ratios=[3, 2])
    style_axes(left, title="one sample", xlabel="class", xlim=(-0.6, 2.6), ylim=(-1.1, 1.55))
    left.set(xticks=classes, yticks=[-1, -0.5, 0, 0.5, 1])
    left.grid(False, axis="x")
    left.axhline(0, color="black", linewidth=0.8)
    kinds = {"probability p": "function", "label y": "target", "gradient p − y": "derivative"}
    bars = [
        left.bar(classes + offset, 0, width=0.24, color=COLOURS[colour], hatch=hatch, label=kind)
        for (kind, colour), offset, hatch in zip(
            kinds.items(), (-0.26, 0, 0.26), ("", "..", "//"), strict=True
        )
    ]
    for bar in (bar for group in bars for bar in group):
        bar.set_animated(True)
    left.legend(frameon=False, loc="upper center", ncols=3, columnspacing=1, handlelength=1.2)
    style_axes(right, title="loss", xlabel="step", xlim=(-1, _DESCENT_STEPS + 1), ylim=(-0.3, 9))
    (curve,) = right.plot(steps, steps, color=COLOURS["function"], linewidth=2.2, animated=True)
    (point,) = right.plot([], [], "o", color=COLOURS["point"], markersize=7, animated=True)

    def update(z0, z1, z2, label, learning_rate, step):
        y = (classes == label).astype(float)
        logits = _descend(np.array([z0, z1, z2]), y, learning_rate)
        log_p = activations.log_softmax(logits)
        p = np.exp(log_p[step])
        for group, heights in zip(bars, (p, y, p - y), strict=True):
            for bar, height in zip(group, heights, strict=True):
                bar.set_height(height)
        loss = -log_p[:, label]
        curve.set_ydata(loss)
        point.set_data([step], [loss[step]])
        return (
            f"Step {step} at learning rate {learning_rate:.2f}, label {label}: "
            f"p = {_listed(p)}; the gradient p − y = {_listed(p - y)} adds up to 0; "
            f"the loss is −ln {p[label]:.2g} = {loss[step]:.2f}."
        )

    controls = {
        "step": widgets.IntSlider(value=0, min=0, max=_DESCENT_STEPS),
        "learning_rate": widgets.FloatSlider(
            value=0.5, min=0.05, max=3, step=0.05, description="learning rate"
        ),
        **{
            f"z{i}": widgets.FloatSlider(
                value=value, min=-4, max=4, step=0.1, description=f"logit {i} at step 0"
            )
            for i, value in enumerate((1, 0, -1))
        },
        "label": widgets.Dropdown(options=[0, 1, 2], value=1),
    }
    presets = {
        "no idea": {"z0": 0, "z1": 0, "z2": 0},
        "sure and wrong": {"z0": 4, "z1": -4, "z2": -4},
        "sure and right": {"z0": -4, "z1": 4, "z2": -4},
        "after 30 steps": {"z0": 4, "z1": -4, "z2": -4, "step": 30},
    }
    return Explorer(figure, update, controls, presets)


def explore_optimizers():
    """Let SGD and RMSprop descend side by side on surfaces with two parameters.

    The map shows both paths from the same start, with a dot for each step; beside it, on log
    axes, the loss after each step and RMSprop's averages S of the squared gradients. Nothing
    is cut off in silence: a triangle stands where a path or curve leaves its picture, a cross
    where it turns into NaN, and the sentence says at which step. A path with a loss of more
    than 1e12 has diverged, and stops. The noise of the noisy bowl's gradients is the same for
    both and at every move of a slider.

    Returns
    -------
    Explorer
        Controls ``surface``, ``learning_rate``, ``rho``, ``momentum``, ``use_epsilon``,
        ``epsilon``, ``x``, ``y``, ``steps``.

    Examples
    --------
    >>> explorer = explore_optimizers()
    >>> explorer.apply_preset("diverging learning rate")
    >>> explorer.sentence.split(", ", 2)[2].split(". ")[0]
    'SGD left the map at step 1 and diverged at step 7 (loss 1e+13)'
    """
    figure, axes = _optimizer_figure()
    on_map = [_Trail(axes["map"], *look, dots=True) for look in _OPTIMIZER_LOOKS]
    of_loss = [_Trail(axes["loss"], *look) for look in _OPTIMIZER_LOOKS]
    of_average = [_Trail(axes["average"], *look) for look in _AVERAGE_LOOKS]
    for ax in axes.values():
        ax.legend(
            loc="lower right",
            bbox_to_anchor=(1.03, 0.97),
            ncols=2,
            frameon=False,
            handlelength=1.6,
            columnspacing=1.2,
        )
    drawn = {}

    def show_contours(surface):
        """Draw a surface when it is first asked for; hide all others."""
        if surface not in drawn:
            drawn[surface] = plot_contours(_SURFACES[surface][0], axes["map"])
        for name, contours in drawn.items():
            if contours.get_visible() != (name == surface):
                contours.set_visible(name == surface)

    def update(surface, learning_rate, rho, momentum, use_epsilon, epsilon, x, y, steps):
        controls["epsilon"].disabled = not use_epsilon
        show_contours(surface)
        optimizers = [
            SGD(learning_rate, momentum),
            RMSprop(learning_rate, rho, momentum, epsilon if use_epsilon else 0.0),
        ]
        stories = []
        for optimizer, walked, fell in zip(optimizers, on_map, of_loss, strict=True):
            path, loss, averages = _walk(optimizer, surface, (x, y), steps)
            left = walked.move(*path.T)
            fell.move(np.arange(len(loss)), loss)
            stories.append(f"{type(optimizer).__name__} {_story(path, loss, left)}.")
        for trail, average in zip(of_average, averages.T, strict=True):
            trail.move(np.arange(1, len(average) + 1), average)
        along_x, along_y = (short_number(average) for average in averages[-1])
        ending = f"Its average S is {along_x} along x, {along_y} along y at the end."
        start = f"On the {surface} from ({_signed(x)}, {_signed(y)}),"
        return f"{start} {' '.join(stories)} {ending}"

    controls = {
        "surface": widgets.Dropdown(options=list(_SURFACES), value="narrow valley"),
        "steps": widgets.IntSlider(value=100, min=1, max=len(_NOISE)),
        "learning_rate": widgets.FloatLogSlider(value=10**-1.5, min=-3, max=1, step=0.01),
        "rho": widgets.FloatSlider(value=0.9, min=0, max=0.99, step=0.01),
        "momentum": widgets.FloatSlider(value=0, min=0, max=0.99, step=0.01),
        "use_epsilon": widgets.Checkbox(value=True, description="add epsilon"),
        "epsilon": widgets.FloatLogSlider(value=1e-7, min=-12, max=0, step=0.5),
        "x": widgets.FloatSlider(value=-1.7, min=-2, max=2, step=0.01, description="start x"),
        "y": widgets.FloatSlider(value=1, min=-2, max=2, step=0.01, description="start y"),
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


def explore_leaky_relu(
    leaky_relu=activations.leaky_relu, derivative=activations.leaky_relu_derivative
):
    """Explore leaky ReLU for slopes from 0 to 1, beside its derivative.

    Sliders for the slope left of 0 and for a test point ``x``; the formula with the current
    numbers is the sentence below the picture.

    Parameters
    ----------
    leaky_relu, derivative : callable, optional
        ``f(x, negative_slope)`` of an array, such as your own.

    Returns
    -------
    Explorer
        Controls ``negative_slope`` and ``x``.

    Examples
    --------
    >>> explorer = explore_leaky_relu()
    >>> explorer.set_values(negative_slope=0.2, x=-4)
    >>> explorer.sentence
    'f(x) = x for x > 0, and 0.20 · x below. At x = −4.00: f(x) = −0.80, f′(x) = 0.20.'
    """
    pair = _FunctionAndDerivative(xlim=(-6, 6), ylims=[(-7, 8), (-0.2, 1.3)])

    def update(negative_slope, x):
        functions = [lambda x, f=f: f(x, negative_slope) for f in (leaky_relu, derivative)]
        return _leaky_relu_sentence(negative_slope, x, *pair.move(functions, x, breaks=[0.0]))

    controls = {
        "negative_slope": widgets.FloatSlider(value=0.1, min=0, max=1, step=0.01),
        "x": widgets.FloatSlider(value=-4, min=-6, max=6, step=0.1, description="test point x"),
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


def explore_dead_units():
    """Kill the hidden units of a small network, and see whether a leak brings them back.

    A network with 36 hidden units learns to tell two half-moons apart, whose inputs are all
    positive. At every move of a slider it is trained anew: 150 steps of gradient descent on
    all 60 examples, always from the same weights. A cross is a unit that ends silent, its
    input at or below 0 for every example (without a leak: dead), a diamond one that was
    silent and woke up, a dot one that was never silent. Beside it, step by step, the number
    of silent units and the training loss.

    Returns
    -------
    Explorer
        Controls ``bias_shift`` (added to all biases before training), ``learning_rate``,
        ``first_step`` (how many times larger the first step is) and ``negative_slope``.

    Notes
    -----
    A training whose outputs pass 10 000 counts as diverged and stops there; the sentence says
    so, and the units are shown as they are at that step.

    Examples
    --------
    >>> explorer = explore_dead_units()
    >>> explorer.apply_preset("dead unit")
    >>> explorer.sentence.split(". ")[-1]
    'All are dead: every example gets the same answer, and no step can change that.'
    """
    inputs, targets = _half_moons()
    figure, (grid, silent, loss) = new_figure(columns=3, width_ratios=[1, 1.1, 1.1])
    marks = _unit_marks(grid)
    style_axes(silent, title="silent units", xlabel="step", xlim=(0, _STEPS), ylim=(-1, 37))
    silent.set_yticks(range(0, 37, 6))
    style_axes(loss, title="training loss", xlabel="step", xlim=(0, _STEPS), yscale="log")
    loss.set(ylim=(1e-2, 1e4), yticks=[0.01, 0.1, 1, 10, 100, 1000, 10_000])
    loss.set_yticklabels(["0.01", "0.1", "1", "10", "100", "1000", "10 000"])
    loss.minorticks_off()
    loss.axhline(np.log(2), color=COLOURS["grey"], linestyle=":")
    loss.text(3, 0.013, "dotted: tossing a coin", color=COLOURS["grey"])
    of_silent = _Trail(silent, COLOURS["derivative"], "-", "silent units")
    of_loss = _Trail(loss, COLOURS["function"], "-", "training loss")

    def update(bias_shift, learning_rate, first_step, negative_slope):
        rates = np.full(_STEPS, learning_rate)
        rates[0] *= first_step
        losses, highest = _train_hidden_units(inputs, targets, bias_shift, rates, negative_slope)
        off = highest <= 0
        counts = off.sum(axis=1)
        woken = off.any(axis=0) & ~off[-1]
        _show_units(marks, off[-1], woken)
        of_silent.move(np.arange(len(counts)), counts)
        of_loss.move(np.arange(len(losses)), losses)
        return _dead_units_sentence(losses, counts, woken.sum(), negative_slope)

    controls = {
        "bias_shift": widgets.FloatSlider(value=0, min=-12, max=4, step=0.5),
        "learning_rate": widgets.FloatLogSlider(value=1, min=-2, max=0.5, step=0.05),
        "first_step": widgets.FloatLogSlider(
            value=1, min=0, max=1.5, step=0.05, description="first step, times"
        ),
        "negative_slope": widgets.FloatSlider(value=0, min=0, max=0.5, step=0.01),
    }
    presets = {
        "dead unit": {"bias_shift": -10},
        "a leak saves them": {"bias_shift": -10, "negative_slope": 0.3},
        "one too large step": {"first_step": 10},
        "that step, with a leak": {"first_step": 10, "negative_slope": 0.3},
    }
    return Explorer(figure, update, controls, presets)


def explore_training():
    """Train a small network on screen, and move its settings while it learns.

    Press Play: the network learns to tell two classes of points apart. On the left what it
    answers at every point of the plane, on the right the loss so far and the length of the
    gradient of each layer. Learning rate, rho, slope and batch size count from the next step
    on; another task, hidden activation or number of units begins anew with a new network.

    Returns
    -------
    TrainingDashboard
        Controls ``task``, ``activation``, ``units``, ``negative_slope``, ``learning_rate``,
        ``rho``, ``batch_size``; methods `play`, `pause`, and `run`, which trains at once.

    Examples
    --------
    >>> dashboard = explore_training()
    >>> dashboard.apply_preset("dead units")
    >>> dashboard.run(100)
    >>> "16 of 16" in dashboard.sentence
    True
    """
    return TrainingDashboard()


class _FunctionAndDerivative:
    """A function and its derivative side by side, each with a test point."""

    def __init__(self, xlim, ylims):
        self.figure, axes = new_figure(columns=2)
        titles, colours = ("f(x)", "derivative f′(x)"), ("function", "derivative")
        for ax, title, ylim in zip(axes, titles, ylims, strict=True):
            style_axes(ax, title=title, xlabel="input x", xlim=xlim, ylim=ylim)
        self._xlim = xlim
        self._panels = [
            _CurveWithPoint(ax, COLOURS[colour]) for ax, colour in zip(axes, colours, strict=True)
        ]

    def move(self, functions, x, breaks):
        """Draw both functions, which may jump at the breaks; return their values at x."""
        grid = _grid_with_breaks(*self._xlim, breaks)
        values = [float(function(np.array([x]))[0]) for function in functions]
        for panel, function, value in zip(self._panels, functions, values, strict=True):
            panel.move(grid, function(grid), x, value)
        return values


class _CurveWithPoint:
    """A moving curve with a test point on it, and the point's value written beside it."""

    def __init__(self, ax, colour):
        ax.axhline(0, color="black", linewidth=0.8)
        ax.axvline(0, color="black", linewidth=0.8)
        (self.curve,) = ax.plot([], [], color=colour, linewidth=2.5, animated=True)
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


# The number of steps that `explore_cross_entropy_gradient` takes.
_DESCENT_STEPS = 30


def _naive_softmax(z):
    """Return the formula as it is written; where it fails it gives NaN, here without a warning."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return e / e.sum()


def _descend(logits, y, learning_rate):
    """Return the logits before and after each step against the gradient of cross-entropy."""
    path = [logits]
    for _ in range(_DESCENT_STEPS):
        path.append(path[-1] - learning_rate * (activations.softmax(path[-1]) - y))
    return np.array(path)


def _listed(values):
    """Write numbers one after the other, without a sign where they round to 0."""
    return ", ".join("NaN" if np.isnan(v) else _signed(round(v, 2) + 0.0) for v in values)


def _softmax_sentence(z, p, entropy, likeliest):
    scores = ", ".join(f"{score:.4g}" for score in z).replace("-", "−")
    if np.isnan(p).any():
        return f"Scores {scores} give {_listed(p)}: no probabilities."
    which = ", ".join(map(str, likeliest))
    said = f"argmax is class {which}"
    if likeliest.size > 1:
        said = f"classes {which} tie, and argmax picks the first"
    return (
        f"Scores {scores} give {_listed(p)}: {said}; the entropy is {entropy:.2f} of at most 1.39."
    )


def _naive_sentence(z, p, naive):
    if np.isnan(naive).any():
        top = _signed(z.max(), 0)
        why = f"e^{top} is too large for a float" if z.max() > 0 else f"even e^{top} rounds to 0"
        return f"The naive formula gives {_listed(naive)}: {why}."
    if np.allclose(naive, p):
        return "The naive formula gives the same."
    return f"The naive formula gives {_listed(naive)}."


# The surfaces of `explore_optimizers`: loss and gradient at (x, y), and the size of the noise in
# the gradient. Products instead of powers: they make of a float that is too large infinity, not
# an exception.
_SURFACES = {
    "bowl": (lambda x, y: (x * x + y * y) / 2, lambda x, y: (x, y), 0.0),
    "narrow valley": (lambda x, y: (x * x + 40 * y * y) / 2, lambda x, y: (x, 40 * y), 0.0),
    "slanted valley": (
        lambda x, y: ((x + y) * (x + y) + 40 * (x - y) * (x - y)) / 4,
        lambda x, y: ((x + y + 40 * (x - y)) / 2, (x + y - 40 * (x - y)) / 2),
        0.0,
    ),
    "saddle": (
        lambda x, y: x * x / 2 + (y * y - 1) * (y * y - 1) / 4,
        lambda x, y: (x, y * (y * y - 1)),
        0.0,
    ),
    "banana valley": (
        lambda x, y: (1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x),
        lambda x, y: (2 * (x - 1) - 40 * x * (y - x * x), 20 * (y - x * x)),
        0.0,
    ),
    "noisy bowl": (lambda x, y: (x * x + y * y) / 2, lambda x, y: (x, y), 1.0),
}
_NOISE = np.random.default_rng(0).normal(size=(200, 2)).tolist()
_DIVERGED = 1e12

_OPTIMIZER_LOOKS = ((COLOURS["second"], "--", "SGD"), (COLOURS["first"], "-", "RMSprop"))
_AVERAGE_LOOKS = ((COLOURS["derivative"], "-", "along x"), (COLOURS["third"], "--", "along y"))


def _optimizer_figure():
    """Make the map and, beside it, loss and averages over the steps on log axes."""
    figure = Figure(figsize=(7.5, 3.4), layout="constrained")
    axes = figure.subplot_mosaic([["map", "loss"], ["map", "average"]], width_ratios=[1.1, 1])
    style_axes(axes["map"], xlabel="x", ylabel="y", xlim=(-2, 2), ylim=(-2, 2))
    axes["map"].set(xticks=range(-2, 3), yticks=range(-2, 3))
    style_axes(axes["loss"])
    style_axes(axes["average"], xlabel="step")
    for name, title in (("map", "map"), ("loss", "loss"), ("average", "average S")):
        axes[name].set_title(title, loc="left", fontsize="medium")
    for name in ("loss", "average"):
        axes[name].set(yscale="log", xlim=(0, 200), ylim=(1e-12, 1e12))
        axes[name].set(yticks=[1e-10, 1e-5, 1, 1e5, 1e10])
        axes[name].minorticks_off()
    return figure, axes


def _walk(optimizer, surface, start, steps):
    """Take the steps; return the points and losses, and after each step RMSprop's S.

    A walk that has diverged, or has turned into NaN, ends there.
    """
    loss, gradient, noise = _SURFACES[surface]
    has_averages = isinstance(optimizer, RMSprop)
    point = np.array(start, dtype=float)
    points, losses, averages = [start], [loss(*start)], []
    for noise_x, noise_y in _NOISE[:steps]:
        gradient_x, gradient_y = gradient(*points[-1])
        noisy = np.array([gradient_x + noise * noise_x, gradient_y + noise * noise_y])
        optimizer.apply([noisy], [point])
        points.append(tuple(point.tolist()))
        losses.append(loss(*points[-1]))
        if has_averages:
            averages += optimizer.average_squares
        if not losses[-1] <= _DIVERGED:
            break
    return np.array(points), np.array(losses), np.array(averages)


class _Trail:
    """A curve, if wanted with a dot for each step, and a mark at its end.

    The mark is a dot where the curve ends inside its axes, a triangle at the edge where it
    leaves them for the first time, and a cross at the last number where it turns into NaN.
    """

    def __init__(self, ax, colour, style, label, dots=False):
        look = {"color": colour, "animated": True}
        (self.line,) = ax.plot([], [], style, label=label, linewidth=1.5, **look)
        self.line.set(marker="." if dots else "", markersize=5)
        (self.mark,) = ax.plot([], [], markersize=9, transform=ax.transAxes, **look)
        self.mark.set(markeredgecolor="black", clip_on=False)
        self._to_axes = ax.transScale + ax.transLimits  # 0 to 1 from edge to edge

    def move(self, x, y):
        """Draw the curve; return the index of the first point outside, or None."""
        self.line.set_data(x, y)
        places = np.clip(self._to_axes.transform(np.column_stack([x, y])), -1e9, 1e9)
        outside = np.flatnonzero((np.abs(places - 0.5) > 0.5 + 1e-9).any(axis=1))
        if outside.size == 0:
            numbers = places[~np.isnan(places).any(axis=1)]
            self._put("o" if len(numbers) == len(places) else "X", numbers[-1])
            return None
        first = outside[0]
        edge, symbol = _way_out(places[max(first - 1, 0)], places[first])
        self._put(symbol, edge)
        return first

    def _put(self, symbol, place):
        self.mark.set_marker(symbol)
        self.mark.set_data(*place[:, np.newaxis])


def _way_out(inside, outside):
    """Return where the way leaves the square from 0 to 1, and the symbol that points there."""
    edge = np.clip(outside, 0, 1)
    way = outside - inside
    shares = np.divide(edge - inside, way, out=np.zeros(2), where=way != 0)
    shares[edge == outside] = np.inf
    axis = np.argmin(shares)
    symbol = ("<>", "v^")[axis][int(outside[axis] > 0.5)]
    return np.clip(inside + shares[axis] * way, 0, 1), symbol


def _story(path, loss, left):
    """Tell how a walk ended, and at which step it left the map."""
    last = len(path) - 1
    if np.isnan(path[-1]).any():
        return f"is NaN from step {last} on: 0 / 0"
    away = f"left the map at step {left}" if left is not None else ""
    if not loss[-1] <= _DIVERGED:
        ending = f"diverged at step {last} (loss {loss[-1]:.0e})"
    else:
        ending = f"has loss {short_number(loss[-1])} after step {last}"
    return " and ".join(filter(None, [away, ending]))


_UNITS = 36
_STEPS = 150
_TOO_LARGE = 10_000
_UNIT_LOOKS = (
    ("o", "function", "never silent"),
    ("D", "second", "woke up"),
    ("x", "grey", "silent"),
)


def _half_moons():
    """Return 60 points of two half-moons, spread 1 around 2, and 0 or 1 for each."""
    angle = np.linspace(0, np.pi, 30)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moons = np.concatenate([upper, [1, 0.5] - upper])
    moons += np.random.default_rng(0).normal(0, 0.1, moons.shape)
    return 2 + (moons - moons.mean(axis=0)) / moons.std(axis=0), np.repeat([0.0, 1.0], 30)


def _train_hidden_units(inputs, targets, bias_shift, rates, negative_slope):
    """Train one hidden layer by gradient descent on the logistic loss, a step for each rate.

    Return the loss, (steps + 1,), and the largest input of each unit, (steps + 1, units),
    before the first step and after each; a training that diverges ends there.
    """
    rng = np.random.default_rng(0)
    x = np.column_stack([inputs, np.ones(len(inputs))])  # the ones carry the biases
    w = np.vstack([rng.normal(size=(2, _UNITS)), np.full(_UNITS, bias_shift)])
    v, c = rng.normal(0, np.sqrt(2 / _UNITS), _UNITS), 0.0
    scores, highest = [], []
    for rate in (*rates, 0.0):
        z = x @ w
        a = np.maximum(z, negative_slope * z)
        scores.append(a @ v + c)
        highest.append(z.max(axis=0))
        if np.abs(scores[-1]).max() > _TOO_LARGE:
            break
        error = (0.5 + 0.5 * np.tanh(scores[-1] / 2) - targets) * (rate / len(x))
        gradient = np.where(z > 0, v, negative_slope * v) * error[:, np.newaxis]
        v = v - error @ a
        c = c - error.sum()
        w -= x.T @ gradient
    wrong_way = np.where(targets == 1, -1, 1) * np.array(scores)
    return np.logaddexp(0, wrong_way).mean(axis=1), np.array(highest)


def _unit_marks(ax):
    """Prepare a square of units on axes; return the moving marks, one for each state."""
    side = int(np.sqrt(_UNITS))
    style_axes(ax, title=f"{_UNITS} units at the end", xlim=(-0.7, side - 0.3))
    ax.set(ylim=(side - 0.3, -0.7), xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    marks = [
        ax.plot([], [], marker, color=COLOURS[colour], label=name, animated=True)[0]
        for marker, colour, name in _UNIT_LOOKS
    ]
    for mark in marks:
        mark.set(markersize=8, markeredgewidth=2 if mark.get_marker() == "x" else 0)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), frameon=False)
    return marks


def _show_units(marks, silent, woken):
    rows, columns = np.divmod(np.arange(_UNITS), int(np.sqrt(_UNITS)))
    for mark, state in zip(marks, (~silent & ~woken, woken, silent), strict=True):
        mark.set_data(columns[state], rows[state])


def _leaky_relu_sentence(negative_slope, x, value, slope):
    special = {0: " This is ReLU.", 1: " The kink is gone: a straight line, and nothing else."}
    return (
        f"f(x) = x for x > 0, and {negative_slope:.2f} · x below. "
        f"At x = {_signed(x)}: f(x) = {_signed(value)}, f′(x) = {_signed(slope)}."
        f"{special.get(negative_slope, '')}"
    )


def _dead_units_sentence(losses, counts, woken, negative_slope):
    last = len(losses) - 1
    silent = "silent" if negative_slope else "dead"
    text = (
        f"Of {_UNITS} units {counts[0]} are {silent} before training, {counts[1]} after the "
        f"first step and {counts[-1]} after step {last}; {woken} woke up. "
        f"The loss goes from {losses[0]:.2f} to {losses[-1]:.2f}."
    )
    if last < _STEPS:
        return f"{text} Diverged at step {last}: outputs beyond 10 000."
    if counts[-1] == _UNITS and not negative_slope:
        return (
            f"{text} All are dead: every example gets the same answer, and no step can change that."
        )
    return text
