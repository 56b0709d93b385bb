"""A plot function takes its data, draws it on the axes it is given, and returns the axes.

Nothing here computes a lesson's mathematics, and nothing changes Matplotlib's global state.
The course has one palette (Okabe and Ito's, which colour-blind readers can tell apart) and
one meaning for each colour: see `COLOURS`.
"""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

__all__ = [
    "COLOURS",
    "new_figure",
    "plot_bars",
    "plot_contours",
    "plot_curves",
    "plot_gate",
    "plot_histogram_per_layer",
    "plot_matrix",
    "plot_paths",
    "plot_pictures",
    "plot_spread",
    "plot_units",
    "show",
    "style_axes",
]

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
SERIES = tuple(
    zip(
        (COLOURS[name] for name in ("first", "second", "third", "fourth")),
        ("-", "--", "-.", ":"),
        strict=True,
    )
)

CSS_PIXELS_PER_INCH = 96


def new_figure(width=7.5, height=3.2, columns=1, rows=1, **options):
    """Make a figure of the object API with styled axes, for an explorer.

    Parameters
    ----------
    width, height : float, default 7.5 and 3.2
        Size in inches; an inch is 96 CSS pixels on screen.
    columns, rows : int, default 1
        Grid of axes.
    **options
        Passed on to ``Figure.subplots``, such as ``width_ratios``.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Not known to pyplot, so nothing shows or keeps it but you.
    axes : matplotlib.axes.Axes or array of them
        As ``Figure.subplots`` returns them.

    Examples
    --------
    >>> figure, (left, right) = new_figure(columns=2)
    >>> left.spines["top"].get_visible()
    False
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, **options)
    for ax in np.ravel(axes):
        style_axes(ax)
    return figure, axes


def style_axes(ax, **labels):
    """Give axes the course's look: no box, a faint grid behind the data.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes to style.
    **labels
        Passed on to ``ax.set``: ``title``, ``xlabel``, ``ylabel``, ``xlim``, ``ylim`` …

    Returns
    -------
    matplotlib.axes.Axes
        `ax`.

    Examples
    --------
    >>> figure = Figure()
    >>> style_axes(figure.subplots(), xlabel="x").get_xlabel()
    'x'
    """
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(True, color="#DDDDDD", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set(**labels)
    return ax


def show(figure, alt):
    """Display a figure with its text alternative, and close it.

    The figure goes into the notebook as ``<img alt=…>``, which JupyterLab, GitHub and
    screen readers keep; the sentence alone is its plain text.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Any figure; one made by pyplot is closed, so that it does not show twice.
    alt : str
        A sentence that says what the figure shows, with its numbers.

    Raises
    ------
    TypeError
        If `figure` is not a Figure or `alt` not a string.
    ValueError
        If `alt` is empty.

    References
    ----------
    W3C, "An alt Decision Tree", https://www.w3.org/WAI/tutorials/images/decision-tree/

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> show(figure, "An empty pair of axes.")  # doctest: +ELLIPSIS
    {'text/html': '<img alt="An empty pair of axes." src="data:image/png;base64,...
    """
    if not isinstance(figure, Figure):
        raise TypeError(f"figure must be a matplotlib Figure. Received: figure={figure!r}")
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a sentence. Received: alt={alt!r}")
    if not alt.strip():
        raise ValueError(f"alt must say what the figure shows. Received: alt={alt!r}")
    width, height = (round(side * CSS_PIXELS_PER_INCH) for side in figure.get_size_inches())
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=2 * CSS_PIXELS_PER_INCH, metadata={"Software": None})
    plt.close(figure)
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    picture = (
        f'<img alt="{html.escape(alt)}" src="{source}" width="{width}" height="{height}" '
        'style="max-width:100%;height:auto;background:#fff">'
    )
    display({"text/html": picture, "text/plain": alt}, raw=True)


def plot_bars(names, heights, ax, colour=None, **labels):
    """Draw one bar for each name, its height written above it.

    Parameters
    ----------
    names : sequence of str, length n
        What stands below the bars.
    heights : array_like, shape (n,)
        Their heights.
    ax : matplotlib.axes.Axes
        Where to draw.
    colour : str, optional
        Colour of the bars; that of a function where it is left out.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_bars(["a", "b"], [0.25, 0.75], ax)
    >>> [text.get_text() for text in ax.texts]
    ['0.25', '0.75']
    """
    places = np.arange(len(names))
    bars = ax.bar(places, heights, width=0.6, color=colour or COLOURS["function"])
    ax.bar_label(bars, fmt=lambda height: f"{height:.4g}".replace("-", "−"), padding=2)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.margins(y=0.15)
    style_axes(ax, xticks=places, xticklabels=names, **labels)
    ax.grid(False, axis="x")
    return ax


def plot_matrix(matrix, ax, limit, names=None, **labels):
    """Draw a matrix as a heat map, its numbers written into the cells.

    Parameters
    ----------
    matrix : array_like, shape (rows, columns)
        The numbers. Positive ones are drawn in orange, negative ones in purple.
    ax : matplotlib.axes.Axes
        Where to draw.
    limit : float
        The size of number that is given the full colour.
    names : sequence of str, optional
        Names of the rows and of the columns, which are then as many; else they are counted
        from 0.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_matrix([[0.25, -0.25], [-0.25, 0.25]], ax, limit=0.25)
    >>> [text.get_text() for text in ax.texts]
    ['0.25', '−0.25', '−0.25', '0.25']
    """
    matrix = np.asarray(matrix, dtype=float)
    ax.imshow(matrix, cmap="PuOr_r", vmin=-limit, vmax=limit)
    for (row, column), value in np.ndenumerate(matrix):
        ink = "white" if abs(value) > 0.6 * limit else "black"
        text = f"{value:.2f}".replace("-", "−")
        ax.text(column, row, text, ha="center", va="center", color=ink)
    rows, columns = (range(side) for side in matrix.shape)
    style_axes(ax, xticks=columns, yticks=rows, **labels)
    if names is not None:
        ax.set(xticklabels=names, yticklabels=names)
    ax.grid(False)
    return ax


def plot_curves(x, curves, ax, colours=None, **labels):
    """Draw one or several curves over the same x, named in a legend.

    Parameters
    ----------
    x : array_like, shape (n,)
        Positions. NaN breaks the line: a jump.
    curves : dict of str to array_like of shape (n,)
        Name of the curve -> its values. Up to four.
    ax : matplotlib.axes.Axes
        Where to draw.
    colours : sequence of str, optional
        One colour for each curve; the course's series where it is left out.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`.

    Raises
    ------
    ValueError
        If there are more than four curves.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_curves([0, 1], {"line": [0, 1], "square": [0, 1]}, ax, xlabel="x")
    >>> [line.get_label() for line in ax.lines]
    ['line', 'square']
    """
    if len(curves) > len(SERIES):
        raise ValueError(
            f"curves must be at most {len(SERIES)}, to be told apart. "
            f"Received: curves={list(curves)}"
        )
    for i, (name, y) in enumerate(curves.items()):
        colour, style = SERIES[i]
        ax.plot(x, y, style, color=colours[i] if colours else colour, linewidth=2.2, label=name)
    ax.legend(frameon=False)
    return style_axes(ax, **labels)


def plot_gate(z, upstream, gate, axes):
    """Draw what a layer of ReLUs does to a gradient: arriving, gate, passed on.

    Parameters
    ----------
    z : array_like, shape (n,)
        Input of each unit (the pre-activation).
    upstream : array_like, shape (n,)
        Gradient of the loss with respect to the output of each unit.
    gate : array_like, shape (n,)
        Derivative of the activation at `z`.
    axes : sequence of three matplotlib.axes.Axes
        Where to draw, from left to right.

    Returns
    -------
    sequence of matplotlib.axes.Axes
        `axes`.

    Examples
    --------
    >>> figure, axes = new_figure(columns=3)
    >>> axes = plot_gate([-1.0, 2.0], [0.5, 0.5], [0.0, 1.0], axes)
    >>> [bar.get_width() for bar in axes[2].patches]
    [np.float64(0.0), np.float64(0.5)]
    """
    z, upstream, gate = (np.asarray(values, dtype=float) for values in (z, upstream, gate))
    unit = np.arange(len(z))
    panels = {
        "gradient that arrives": (upstream, COLOURS["derivative"]),
        "× gate: derivative at z": (gate, COLOURS["grey"]),
        "= gradient passed on": (upstream * gate, COLOURS["derivative"]),
    }
    widest = 1.15 * max(np.abs(upstream).max(), np.abs(upstream * gate).max())
    for ax, (title, (values, colour)) in zip(axes, panels.items(), strict=True):
        ax.barh(unit, values, color=colour, height=0.6)
        ax.axvline(0, color="black", linewidth=0.8)
        style_axes(ax, title=title, xlim=(-widest, widest), yticks=unit, yticklabels=[])
    axes[1].set_xlim(-0.1, 1.15)
    axes[0].set(yticklabels=[f"z = {value:.1f}".replace("-", "−") for value in z])
    for ax in axes:
        ax.invert_yaxis()
        ax.grid(False, axis="y")
    return axes


def plot_histogram_per_layer(magnitudes, ax, limits, bins=48, **labels):
    """Draw one histogram of magnitudes for each layer, side by side, on a log scale.

    Parameters
    ----------
    magnitudes : sequence of array_like
        One array for each layer, first layer first. Zeros are left out: they have no
        logarithm.
    ax : matplotlib.axes.Axes
        Where to draw.
    limits : tuple of two floats
        Smallest and largest power of ten shown.
    bins : int, default 48
        Number of bins between the limits.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`, with the histograms as columns of grey (darker: more values) and the median
        of each layer as a line.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_histogram_per_layer([[0.1, 0.1], [0.0, 1.0]], ax, limits=(-3, 1))
    >>> ax.lines[0].get_ydata()
    array([-1.,  0.])
    """
    logs = [np.log10(layer[layer > 0]) for layer in map(np.abs, map(np.asarray, magnitudes))]
    edges = np.linspace(*limits, bins + 1)
    counts = np.stack([np.histogram(layer, edges)[0] for layer in logs], axis=1)
    layer_edges = np.arange(len(logs) + 1) + 0.5
    shares = counts / np.maximum(counts.max(axis=0), 1)
    ax.pcolormesh(layer_edges, edges, shares, cmap="Greys", vmax=1.6)
    medians = [np.median(layer) for layer in logs]
    ax.plot(np.arange(1, len(logs) + 1), medians, "o-", color=COLOURS["derivative"], markersize=4)
    style_axes(ax, ylim=limits, **labels)
    return ax


def plot_contours(f, ax, count=14, **labels):
    """Draw where a function of two numbers has the same value, as a map draws heights.

    Parameters
    ----------
    f : callable
        ``f(x, y)`` of two arrays of one shape.
    ax : matplotlib.axes.Axes
        Where to draw, within the limits ``xlim`` and ``ylim`` that it has or is given.
    count : int, default 14
        Number of lines. They are chosen so that equal areas lie between them: with equal
        steps of height a steep slope would take them all.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.contour.ContourSet
        The lines, the higher the darker.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> lines = plot_contours(lambda x, y: x**2 + y**2, ax, count=3, xlim=(-1, 1), ylim=(-1, 1))
    >>> len(lines.levels)
    3
    """
    style_axes(ax, **labels)
    ax.grid(False)
    x = np.linspace(*ax.get_xlim(), 121)
    y = np.linspace(*ax.get_ylim(), 121)
    heights = f(*np.meshgrid(x, y))
    levels = np.quantile(heights, np.linspace(0, 1, count + 2)[1:-1])
    greys = [str(grey) for grey in np.linspace(0.8, 0.5, count)]
    return ax.contour(x, y, heights, levels, colors=greys, linewidths=0.9)


def plot_paths(paths, ax, **labels):
    """Draw the paths of several descents, with a dot for each step.

    Parameters
    ----------
    paths : dict of str to array_like of shape (steps + 1, 2)
        Name of the path -> its points, the start first. Up to four.
    ax : matplotlib.axes.Axes
        Where to draw. Its limits stay as they are, however far a path goes.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`, with a legend and a black dot at the start of each path.

    Raises
    ------
    ValueError
        If there are more than four paths.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_paths({"straight": [[0, 0], [1, 1]]}, ax)
    >>> [line.get_label() for line in ax.get_lines()[:1]]
    ['straight']
    """
    if len(paths) > len(SERIES):
        raise ValueError(
            f"paths must be at most {len(SERIES)}, to be told apart. Received: paths={list(paths)}"
        )
    ax.autoscale(False)
    ax.set(**labels)
    for (name, path), (colour, style) in zip(paths.items(), SERIES, strict=False):
        x, y = np.transpose(path)
        ax.plot(x, y, style, color=colour, linewidth=1.6, marker=".", markersize=6, label=name)
        ax.plot(x[:1], y[:1], "o", color=COLOURS["point"], markersize=6, zorder=3)
    ax.legend(loc="upper right", framealpha=0.9, edgecolor="none")
    return ax


def plot_pictures(pictures, captions, axes):
    """Draw grey pictures side by side, each with its caption above it.

    Parameters
    ----------
    pictures : array_like, shape (n, height, width)
        The higher the number the darker the pixel; each picture has its own range.
    captions : sequence of str
        One for each picture.
    axes : numpy.ndarray of matplotlib.axes.Axes, any shape
        Where to draw: as many as there are pictures, or more, which then stay empty.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        `axes`.

    Raises
    ------
    ValueError
        If there are not as many captions as pictures, or too few axes.

    Examples
    --------
    >>> figure, axes = new_figure(columns=2)
    >>> axes = plot_pictures([[[0, 1], [1, 0]]], ["a cross"], axes)
    >>> [ax.get_title() for ax in axes]
    ['a cross', '']
    """
    pictures, places = np.asarray(pictures), np.ravel(axes)
    if len(captions) != len(pictures):
        raise ValueError(
            f"captions must be one for each of the {len(pictures)} pictures. "
            f"Received: captions={captions!r}"
        )
    if len(places) < len(pictures):
        raise ValueError(
            f"axes must be at least as many as the {len(pictures)} pictures. "
            f"Received: axes of shape {np.shape(axes)}"
        )
    for ax in places:
        ax.set_axis_off()
    for ax, picture, caption in zip(places, pictures, captions, strict=False):
        ax.imshow(picture, cmap="gray_r")
        ax.set_title(caption, fontsize="medium")
    return axes


def plot_spread(values, ax, **labels):
    """Draw every measured value as a dot and the median of each group as a bar.

    Parameters
    ----------
    values : dict of str to array_like
        Name of the group -> its measured values, one for each repeat or seed.
    ax : matplotlib.axes.Axes
        Where to draw.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`, with a row for each group, the first on top.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_spread({"ReLU": [1.0, 1.2, 1.1], "tanh": [4.0, 4.4, 4.1]}, ax)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['ReLU', 'tanh']
    """
    for row, (_, group) in enumerate(values.items()):
        group = np.asarray(group, dtype=float)
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


def plot_units(silent, ax, **labels):
    """Draw the units of a layer in rows: a dot for each that speaks, a cross for each silent one.

    Parameters
    ----------
    silent : array_like of bool, shape (units,)
        True for a unit that is silent.
    ax : matplotlib.axes.Axes
        Where to draw.
    **labels
        Passed on to ``ax.set``.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`, with as many rows as columns, or one row less.

    Examples
    --------
    >>> figure, ax = new_figure()
    >>> ax = plot_units([False, True, False, False], ax)
    >>> [line.get_label() for line in ax.lines]
    ['speaks', 'silent']
    """
    silent = np.asarray(silent, dtype=bool)
    columns = int(np.ceil(np.sqrt(len(silent))))
    row, column = np.divmod(np.arange(len(silent)), columns)
    ax.plot(column[~silent], row[~silent], "o", color=COLOURS["function"], label="speaks")
    ax.plot(column[silent], row[silent], "x", color=COLOURS["grey"], mew=2, label="silent")
    style_axes(ax, xlim=(-0.7, columns - 0.3), ylim=(row[-1] + 0.7, -0.7), **labels)
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    return ax
