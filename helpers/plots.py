"""A plot function takes its data, draws it on the axes it is given, and returns the axes.

Nothing here computes a lesson's mathematics, and nothing changes Matplotlib's global state.
The course has one palette (Okabe and Ito's, which colour-blind readers can tell apart) and
one meaning for each colour: see `COLOURS`. The keyword arguments `labels` of a function go to
``ax.set``: ``title``, ``xlabel``, ``xlim`` and so on.
"""

import base64
import functools
import html
import io

import matplotlib.pyplot as plt
import matplotlib.style
import numpy as np
from IPython.display import display
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import LogLocator, NullFormatter
from PIL import Image

COLOURS = {
    "function": "#0072B2",  # blue: a function, a prediction
    "derivative": "#D55E00",  # vermilion: a derivative, a gradient
    "target": "#009E73",  # green: what should come out
    "point": "#000000",  # black: the one input under the magnifying glass
    "first": "#0072B2",
    "second": "#E69F00",
    "third": "#CC79A7",
    "fourth": "#56B4E9",
    "grey": "#767676",
}
# Curves beside each other differ in colour and in line style.
_STYLES = {"first": "-", "second": "--", "third": "-.", "fourth": ":"}
SERIES = [(COLOURS[name], style) for name, style in _STYLES.items()]

CSS_PIXELS_PER_INCH = 96


def contrast(colour, other):
    """Return how well two colours can be told apart: from 1, not at all, to 21, black on white.

    It is the ratio of their luminances, each plus 0.05 (W3C, "Web Content Accessibility
    Guidelines 2.2", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), which asks for 4.5
    between text and what lies behind it.

    >>> round(contrast("#767676", "white"), 2)
    4.54
    """
    rgb = np.array([to_rgb(colour), to_rgb(other)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((light + 0.05) / (dark + 0.05))


def ink(colour):
    """Return a colour for text: darkened until it can be read on white, with a contrast of 5.

    A curve keeps its bright colour; the word beside it is written in the ink of that colour.

    >>> ink(COLOURS["second"]), ink("black")
    ('#946700', 'black')
    """
    while contrast(colour, "white") < 5:
        colour = to_hex(0.98 * np.array(to_rgb(colour)))
    return colour


def course_style():
    """Return a context, or decorator, in which Matplotlib has its default style.

    Artists and ticks take colours and fonts from ``rcParams`` when they are made. What the
    course draws in this context looks the same whatever style the learner has chosen.

    >>> with plt.style.context("dark_background"), course_style():
    ...     plt.rcParams["text.color"]
    'black'
    """
    return matplotlib.style.context("default")


@course_style()
def new_figure(width=7.5, height=3.2, columns=1, rows=1, mosaic=None, **options):
    """Make a figure with styled axes, which pyplot does not know; return both.

    The size is in inches, each of 96 CSS pixels. The axes come as ``Figure.subplots`` returns
    them, or as ``Figure.subplot_mosaic`` does where `mosaic` is given; the options go there too.

    >>> figure, (left, right) = new_figure(columns=2)
    >>> list(new_figure(mosaic=[["map", "loss"]], width_ratios=[2, 1])[1])
    ['map', 'loss']
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)  # a margin, seen in dark themes
    if mosaic:
        axes = figure.subplot_mosaic(mosaic, **options)
    else:
        axes = figure.subplots(rows, columns, **options)
    for ax in figure.axes:
        style_axes(ax)
    return figure, axes


def style_axes(ax, **labels):
    """Give axes the course's look: no box, a faint grid behind the data.

    >>> style_axes(Figure().subplots(), xlabel="x").get_xlabel()
    'x'
    """
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(True, color="#DDDDDD", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set(**labels)
    return ax


def show(figure, alt):
    """Display a figure with a sentence that says what it shows, and close it.

    The sentence is the picture's text alternative (W3C, "An alt Decision Tree",
    https://www.w3.org/WAI/tutorials/images/decision-tree/), and its plain text.

    >>> figure, ax = new_figure()
    >>> show(figure, "An empty pair of axes.")  # doctest: +ELLIPSIS
    {'text/html': '<img alt="An empty pair of axes." src="data:image/png;base64,...
    """
    if not alt.strip():
        raise ValueError(f"alt must say what the figure shows. Received: alt={alt!r}")
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=2 * CSS_PIXELS_PER_INCH)
    plt.close(figure)
    display(picture_as_mime(Image.open(file), alt), raw=True)


def picture_as_mime(image, alt):
    """Return a Pillow image, two pixels for each CSS pixel, in the forms that notebooks show.

    JupyterLab and GitHub show the HTML, which keeps the text alternative; LaTeX and PDF take
    the PNG. Both hold the same file.

    >>> picture_as_mime(Image.new("RGBA", (4, 4)), "Nothing.")["text/plain"]
    'Nothing.'
    """
    png = base64.b64encode(small_png(image)).decode("ascii")
    width, height = image.width // 2, image.height // 2
    picture = (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{png}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto;background:#fff">'
    )
    return {"text/html": picture, "image/png": png, "text/plain": alt}


def small_png(image):
    """Encode a Pillow image as PNG in 256 colours, which no eye tells from the original.

    It takes a third of the bytes.

    >>> Image.open(io.BytesIO(small_png(Image.new("RGBA", (4, 4))))).mode
    'P'
    """
    image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    opaque = Image.alpha_composite(paper, image).convert("RGB")
    file = io.BytesIO()
    small = opaque.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(file, format="png", optimize=True)
    return file.getvalue()


def format_number(value, spec=".2g"):
    """Write a number by a format specification, with a real minus sign.

    >>> format_number(-0.25, ".1f"), format_number(-0.001, "z.2f")
    ('−0.2', '0.00')
    """
    return format(value, spec).replace("-", "−")


def short_number(value):
    """Write a number of any size with two digits.

    >>> short_number(0.25), short_number(-1234.5)
    ('0.25', '−1.2e+03')
    """
    return format_number(value, ".2g")


def plot_bars(names, heights, ax, **labels):
    """Draw one bar for each name, its height written above it.

    >>> ax = plot_bars(["a", "b"], [0.25, 0.75], new_figure()[1])
    >>> [text.get_text() for text in ax.texts]
    ['0.25', '0.75']
    """
    places = np.arange(len(names))
    bars = ax.bar(places, heights, width=0.6, color=COLOURS["function"])
    ax.bar_label(bars, fmt=functools.partial(format_number, spec=".4g"), padding=2)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.margins(y=0.15)
    style_axes(ax, xticks=places, xticklabels=names, **labels)
    ax.grid(False, axis="x")
    return ax


def plot_matrix(matrix, ax, limit, names=None, **labels):
    """Draw a matrix as a heat map with its numbers, orange for positive, purple for negative.

    A number as large as `limit` has the full colour. Rows and columns are counted from 0,
    or named where both have the same `names`.

    >>> ax = plot_matrix([[0.25, -0.25], [-0.25, 0.25]], new_figure()[1], limit=0.25)
    >>> [text.get_text() for text in ax.texts]
    ['0.25', '−0.25', '−0.25', '0.25']
    """
    matrix = np.asarray(matrix, dtype=float)
    image = ax.imshow(matrix, cmap="PuOr_r", vmin=-limit, vmax=limit)
    for (row, column), value in np.ndenumerate(matrix):
        ground = image.cmap(image.norm(value))[:3]
        readable = max("black", "white", key=functools.partial(contrast, ground))
        text = format_number(value, ".2f")
        ax.text(column, row, text, ha="center", va="center", color=readable)
    rows, columns = (range(side) for side in matrix.shape)
    style_axes(ax, xticks=columns, yticks=rows, **labels)
    if names is not None:
        ax.set(xticklabels=names, yticklabels=names)
    ax.grid(False)
    return ax


def plot_curves(x, curves, ax, colours=None, **labels):
    """Draw up to four curves over the same x, a dict of name -> values, with a legend.

    NaN lifts the pen: a jump. The colours are the course's series unless they are given.

    >>> plot_curves([0, 1], {"line": [0, 1]}, new_figure()[1], xlabel="x").lines[0].get_label()
    'line'
    """
    looks = zip(curves.items(), SERIES[: len(curves)], strict=True)
    for i, ((name, y), (colour, style)) in enumerate(looks):
        ax.plot(x, y, style, color=colours[i] if colours else colour, linewidth=2.2, label=name)
    ax.legend(frameon=False)
    return style_axes(ax, **labels)


def plot_gate(z, upstream, gate, axes):
    """Draw on three axes what a layer of ReLUs does to a gradient: arriving, gate, passed on.

    For each unit: its input `z`, the gradient of the loss with respect to its output
    (`upstream`), and the derivative of the activation at `z` (`gate`).

    >>> axes = plot_gate([-1.0, 2.0], [0.5, 0.5], [0.0, 1.0], new_figure(columns=3)[1])
    >>> [float(bar.get_width()) for bar in axes[2].patches]
    [0.0, 0.5]
    """
    upstream, gate = np.asarray(upstream, dtype=float), np.asarray(gate, dtype=float)
    passed_on, unit = upstream * gate, np.arange(len(z))
    panels = {
        "gradient that arrives": (upstream, COLOURS["derivative"]),
        "× gate: derivative at z": (gate, COLOURS["derivative"]),
        "= gradient passed on": (passed_on, COLOURS["derivative"]),
    }
    widest = 1.15 * max(np.abs(upstream).max(), np.abs(passed_on).max())
    for ax, (title, (values, colour)) in zip(axes, panels.items(), strict=True):
        ax.barh(unit, values, color=colour, height=0.6)
        ax.axvline(0, color="black", linewidth=0.8)
        style_axes(ax, title=title, xlim=(-widest, widest), yticks=unit, yticklabels=[])
        ax.invert_yaxis()
        ax.grid(False, axis="y")
    axes[1].set_xlim(-0.1, 1.15)
    axes[0].set(yticklabels=[f"z = {format_number(value, '.1f')}" for value in z])
    return axes


def plot_pictures(pictures, captions, axes):
    """Draw grey pictures (n, height, width) side by side, each with its caption above it.

    The higher a number, the darker the pixel; each picture has its own range. Axes that are
    left over stay empty.

    >>> axes = plot_pictures([[[0, 1], [1, 0]]], ["a cross"], new_figure(columns=2)[1])
    >>> [ax.get_title() for ax in axes]
    ['a cross', '']
    """
    places = np.ravel(axes)
    for ax in places:
        ax.set_axis_off()
    for ax, picture, caption in zip(places[: len(pictures)], pictures, captions, strict=True):
        ax.imshow(picture, cmap="gray_r")
        ax.set_title(caption, fontsize="medium")
    return axes


def plot_spread(values, ax, **labels):
    """Draw each measured value as a dot and each group's median as a bar, a row for each group.

    `values` is a dict of name -> values, one for each repeat or seed; the first is on top.

    >>> ax = plot_spread({"ReLU": [1.0, 1.2, 1.1], "tanh": [4.0, 4.4, 4.1]}, new_figure()[1])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['ReLU', 'tanh']
    """
    for row, group in enumerate(values.values()):
        offsets = row + np.linspace(-0.18, 0.18, len(group))
        ax.plot(group, offsets, "o", color=COLOURS["function"], alpha=0.6, markersize=5)
        ax.vlines(np.median(group), row - 0.32, row + 0.32, color="black", linewidth=2.5)
    style_axes(ax, yticks=range(len(values)), yticklabels=list(values), **labels)
    if ax.get_xscale() == "log":  # 1, 2, 5, 10 rather than powers that run into each other
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_ylim(len(values) - 0.5, -0.5)
    ax.grid(False, axis="y")
    return ax


def plot_network(
    kernels, ax, *, values=None, gradients=None, weight_gradients=None, names=None, **labels
):
    """Draw a small network from left to right: a circle for each unit, an arrow for each weight.

    Each kernel (units before, units after) is a layer of arrows: the thicker, the larger the
    weight; dashed where it is negative. `values`, a list for each layer of circles, are
    written into them in blue; `gradients`, likewise, below them in vermilion, and
    `weight_gradients`, shaped as the kernels, on the arrows. `names` stand above the circles,
    or in them where there are no values. An entry may be None: nothing is written there.
    The weights are written too where a layer has at most eight.

    >>> ax = plot_network([[[2.0, -1.0]]], new_figure()[1], values=[[3.0], [6.0, -3.0]])
    >>> sorted(text.get_text() for text in ax.texts if text.get_text())
    ['2', '3', '6', '−1', '−3']
    """
    kernels = [np.asarray(kernel, dtype=float) for kernel in kernels]
    sizes = [len(kernels[0]), *(kernel.shape[1] for kernel in kernels)]
    gap = 1 if values is None else 1.35
    spots = [[(2 * k, gap * ((n - 1) / 2 - i)) for i in range(n)] for k, n in enumerate(sizes)]
    largest = max(np.abs(kernel).max() for kernel in kernels) or 1
    for k, kernel in enumerate(kernels):
        for (i, j), weight in np.ndenumerate(kernel):
            start, end = np.array(spots[k][i]), np.array(spots[k + 1][j])
            edge = 0.32 * (end - start) / np.hypot(*(end - start))
            style = "-" if weight >= 0 else (0, (4, 2))
            look = {"arrowstyle": "-|>", "color": COLOURS["grey"], "linestyle": style}
            look |= {"shrinkA": 0, "shrinkB": 0, "linewidth": 0.6 + 1.6 * abs(weight) / largest}
            ax.annotate("", end - edge, start + edge, arrowprops=look)
            if kernel.size <= 8:
                _write(ax, start + 0.37 * (end - start), weight, "black", background="white")
                if weight_gradients is not None:
                    place, gradient = start + 0.64 * (end - start), weight_gradients[k][i][j]
                    _write(ax, place, gradient, COLOURS["derivative"], background="white")
    blue, vermilion = COLOURS["function"], COLOURS["derivative"]
    for k, i in [(k, i) for k, n in enumerate(sizes) for i in range(n)]:
        x, y = spots[k][i]
        ax.add_patch(Circle((x, y), 0.31, facecolor="white", edgecolor=blue, linewidth=1.5))
        value, gradient, name = (
            part[k][i] if part and part[k] is not None else None
            for part in (values, gradients, names)
        )
        _write(ax, (x, y), value, blue)
        _write(ax, (x, y - 0.46), gradient, vermilion)
        _write(ax, (x, y if value is None else y + 0.45), name, "black")
    height = gap * (max(sizes) - 1) / 2 + 0.62
    ax.set(xlim=(-0.5, 2 * len(kernels) + 0.5), ylim=(-height, height), aspect="equal", **labels)
    ax.set_axis_off()
    return ax


def _write(ax, place, content, colour, background="none"):
    """Write a number or a name, centred at `place`; nothing where there is None."""
    if content is None:
        return
    text = content if isinstance(content, str) else format_number(float(content), ".3g")
    box = {"facecolor": background, "edgecolor": "none", "pad": 1}
    ax.text(*place, text, color=ink(colour), ha="center", va="center", fontsize=9, bbox=box)
