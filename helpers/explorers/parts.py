"""Parts that the explorers of several lessons share: sliders, lines that move, pairs of axes.

`on_copies` stands between an explorer and the learner's own function.
"""

import functools

import ipywidgets as widgets
import numpy as np

from helpers.plots import COLOURS, format_number, new_figure, style_axes


def on_copies(f, axes_lost=0):
    """Return `f` as a function that works on copies of its arrays and answers in the right shape.

    A learner's function that changes its input then spoils neither picture nor data, and one whose
    result would make a wrong picture, or a riddle, is told what was expected: numbers, in the
    shape of the first array. A loss has as many axes less as `axes_lost` says.

    >>> def relu(x):
    ...     x[x < 0] = 0
    ...     return x
    >>> x = np.array([-1.0, 2.0])
    >>> on_copies(relu)(x), x
    (array([0., 2.]), array([-1.,  2.]))
    >>> on_copies(np.max)(x)
    Traceback (most recent call last):
    ValueError: max returned the shape (), it should be (2,).
    """
    name = getattr(f, "__name__", "your function")

    def copied(value):
        return value.copy() if isinstance(value, np.ndarray) else value

    @functools.wraps(f)
    def call(*values, **options):
        result = f(*map(copied, values), **{name: copied(value) for name, value in options.items()})
        numbers, shape = np.asarray(result), np.shape(values[0])[: np.ndim(values[0]) - axes_lost]
        if numbers.dtype.kind not in "biuf":
            raise TypeError(f"{name} should return real numbers. Received: {result!r:.60}")
        if numbers.shape != shape:
            raise ValueError(f"{name} returned the shape {numbers.shape}, it should be {shape}.")
        return numbers

    return call


def slider(value, low, high, step, description=""):
    """Make a slider; without a description it is labelled with its name."""
    return widgets.FloatSlider(value=value, min=low, max=high, step=step, description=description)


def number_box(slider):
    """Make the number box that belongs to a slider."""
    kind = widgets.BoundedFloatText
    low, high, step = slider.min, slider.max, slider.step
    if isinstance(slider, widgets.IntSlider):
        kind = widgets.BoundedIntText
    elif isinstance(slider, widgets.FloatLogSlider):
        low, high, step = slider.base**low, slider.base**high, None
    box = kind(value=slider.value, min=low, max=high, step=step)
    box.description = f"{slider.description}, a number from {low:g} to {high:g}"
    box.style.description_width = "0"  # for screen readers alone: the slider's label is beside it
    box.layout.width = "75px"
    return box


def two_decimals(value):
    """Write a number with two decimals, and without a sign where it rounds to 0."""
    return format_number(value, "z.2f")


def moving_line(ax, colour, style="-", **look):
    """Return a line without points yet, in a colour of the course, that an explorer can move."""
    look = {"color": COLOURS[colour], "linewidth": 2.2, "animated": True, **look}
    return ax.plot([], [], style, **look)[0]


class FunctionAndDerivative:
    """A function and its derivative side by side, each with a test point and its value."""

    def __init__(self, xlim, *ylims, colour="function"):
        self.figure, axes = new_figure(columns=2)
        self._xlim, self._panels = xlim, []
        self.drag = {ax: ["x"] for ax in axes}  # the pointer drags the test point on both
        titles, colours = ("f(x)", "derivative f′(x)"), (colour, "derivative")
        for ax, title, colour, ylim in zip(axes, titles, colours, ylims, strict=True):
            style_axes(ax, title=title, xlabel="input x", xlim=xlim, ylim=ylim)
            ax.axhline(0, color=COLOURS["point"], linewidth=0.8)
            ax.axvline(0, color=COLOURS["point"], linewidth=0.8)
            curve = moving_line(ax, colour, linewidth=2.5)
            point = moving_line(ax, "point", "o", markersize=7)
            text = ax.text(0.03, 0.92, "", transform=ax.transAxes, animated=True)
            self._panels.append((curve, point, text))

    def move(self, functions, x, breaks):
        """Draw both functions, which may jump at the breaks; return what there is to say."""
        beside = [np.nextafter(breaks, limit) for limit in self._xlim]
        grid = np.unique(np.concatenate([np.linspace(*self._xlim, 121), breaks, *beside]))
        said, gaps = [two_decimals(x)], ""
        for (curve, point, text), symbol, function in zip(
            self._panels, ("f", "f′"), functions, strict=True
        ):
            value = float(function(np.array([x]))[0])
            y = function(grid)
            curve.set_data(grid, np.where(np.isin(grid, breaks), np.nan, y))
            if np.isnan(y).any():
                gaps += f" {symbol} has a gap where it is not a number."
            point.set_data([x], [value])
            text.set_text(f"{symbol} = {two_decimals(value)}")
            said.append(two_decimals(value))
        return "At x = {}: f(x) = {}, f′(x) = {}.".format(*said) + gaps


class MovingCurve:
    """A curve with a mark at its end that tells what became of it.

    The mark is a dot where the curve ends inside its axes, a triangle at the edge where it
    leaves them for the first time, and a cross at the last number where it turns into NaN.
    """

    def __init__(self, ax, colour, style="-", **look):
        self.line = moving_line(ax, colour, style, linewidth=1.5, markersize=5, **look)
        self.mark = moving_line(ax, colour, transform=ax.transAxes, clip_on=False, markersize=9)
        self.mark.set_markeredgecolor(COLOURS["point"])
        self._to_axes = ax.transScale + ax.transLimits  # 0 to 1 from edge to edge

    def move(self, x, y):
        """Draw the curve; return the index of its first point outside the axes, or None."""
        self.line.set_data(x, y)
        places = np.clip(self._to_axes.transform(np.column_stack([x, y])), -1e9, 1e9)
        outside = np.flatnonzero((np.abs(places - 0.5) > 0.5 + 1e-9).any(axis=1))
        first = outside[0] if outside.size else None
        if first is None:
            numbers = places[~np.isnan(places).any(axis=1)]
            symbol, place = "o" if len(numbers) == len(places) else "X", numbers[-1]
        else:
            symbol, place = way_out(places[max(first - 1, 0)], places[first])
        self.mark.set_marker(symbol)
        self.mark.set_data(*place[:, np.newaxis])
        return first


def way_out(inside, outside):
    """Return where the way leaves the square from 0 to 1: a symbol that points there, the place."""
    edge, way = np.clip(outside, 0, 1), outside - inside
    shares = (edge - inside) / np.where(way == 0, 1, way)  # of the way, to the edge of each axis
    axis = np.argmin(np.where(edge == outside, np.inf, shares))
    symbol = ("<>", "v^")[axis][int(outside[axis] > 0.5)]
    return symbol, np.clip(inside + shares[axis] * way, 0, 1)
