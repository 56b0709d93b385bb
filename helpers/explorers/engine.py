"""The engine of the explorers: a Matplotlib figure that follows its controls.

An `Explorer` keeps one figure. What never moves (axes, grid, titles) is drawn once
and kept as a background; when a control moves, the background is put back, the moving
artists alone are drawn over it, and the pixels go to the browser as one PNG. The
figure's author says which artists move with Matplotlib's own ``animated=True``.
"""

import asyncio
import base64
import html
import struct
import threading
import zlib

import ipywidgets as widgets
import numpy as np
from isal import isal_zlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.plots import CSS_PIXELS_PER_INCH

__all__ = ["Explorer", "encode_png", "short_number"]

MOVING, AT_REST = 1, 2  # pixels drawn for each CSS pixel; two are sharp on a HiDPI screen
REST_SECONDS = 0.25  # a control that has not moved for so long is at rest

# JupyterLab may move a control in one thread of the kernel while another one runs a cell or a
# timer; Matplotlib, whose fonts all figures share, bears only one at a time.
_DRAWING = threading.RLock()

_SLIDERS = (widgets.FloatSlider, widgets.IntSlider, widgets.FloatLogSlider)
_CHOICES = (widgets.Dropdown, widgets.ToggleButtons, widgets.Checkbox)
_LABEL_WIDTH = "8.5em"


class Explorer(widgets.VBox):
    """A figure that follows its controls, with a sentence that says what it shows.

    The controls stand above, the picture and its sentence below. Every slider has a
    number box linked to it; a reset button and one button for each preset follow. The
    sentence is also the picture's text alternative, and what stands in for it where
    no widget can live (an unrun notebook, GitHub, a text-only output).

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure of the object API (``matplotlib.figure.Figure``, no pyplot state).
        Artists that `update` moves, numbers included, are created with
        ``animated=True``; everything else is background. The figure is drawn at 96
        CSS pixels an inch.
    update : callable
        ``update(**values)`` receives the value of each control by name, moves the
        artists, and returns the sentence that describes the picture now.
    controls : dict of str to widget
        ``FloatSlider``, ``FloatLogSlider``, ``IntSlider``, ``Checkbox``, ``Dropdown`` or
        ``ToggleButtons``, in the order shown. The key is the name under which
        `update` receives the value, and the label unless the widget has a
        ``description``.
    presets : dict of str to dict, optional
        Named settings: label of the button -> values that differ from the start.

    Attributes
    ----------
    controls : dict of str to widget
        The controls, to read or to move.
    presets : dict of str to dict
        The presets.
    figure : matplotlib.figure.Figure
        The figure.
    sentence : str
        The sentence that describes the picture now.

    Raises
    ------
    TypeError
        `figure` is not a Figure, a control is of another class, or `update` does not
        return a string.
    ValueError
        A preset names a control that does not exist.

    Notes
    -----
    The background is drawn anew only when something static changed: limits, ticks, a
    title, an artist without ``animated=True``. Matplotlib tells: ``figure.stale``. A
    frame without such a change costs milliseconds, one with it ten times that. The
    layout is fixed after the first drawing, so the axes never jump.

    While a slider moves, the artists are drawn with one pixel for each CSS pixel, over the
    background at half its pixels: a quarter of the work. Once the slider rests, HiDPI screens
    get all pixels. The number box is told after the picture has left, which is what the eye
    waits for.

    An exception in `update` is shown below the picture and raised again.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(4, 3))
    >>> axes = figure.subplots()
    >>> limits = axes.set(xlim=(0, 1), ylim=(0, 1))
    >>> (line,) = axes.plot([0, 1], [0, 0], animated=True)
    >>> def update(height):
    ...     line.set_ydata([height, height])
    ...     return f"A line at height {height:.1f}."
    >>> slider = widgets.FloatSlider(value=0.5, min=0, max=1, step=0.1)
    >>> explorer = Explorer(figure, update, {"height": slider}, presets={"top": {"height": 1}})
    >>> slider.value = 0.2
    >>> explorer.sentence
    'A line at height 0.2.'
    >>> explorer.apply_preset("top")
    >>> explorer.sentence
    'A line at height 1.0.'
    """

    def __init__(self, figure, update, controls, presets=None):
        if not isinstance(figure, Figure):
            raise TypeError(
                f"figure must be a matplotlib.figure.Figure. Received: figure={figure!r}"
            )
        self.figure = figure
        self.controls = dict(controls)
        self.presets = {name: dict(values) for name, values in (presets or {}).items()}
        self.sentence = ""
        self._update = update
        self._canvas = _agg_canvas(figure)
        figure.dpi = CSS_PIXELS_PER_INCH
        self._size = self._canvas.get_width_height(physical=True)
        self._small = self._whole = ""  # the picture as data URLs
        self._sharpening = None
        self._backgrounds = {}  # by the pixels for each CSS pixel
        self._moving = []
        self._redraws = True
        self._picture = widgets.HTML()
        rows = [self._row(name, control) for name, control in self.controls.items()]
        self._start = self.values
        self._check_presets()
        self.redraw()
        super().__init__([self._row_of(rows), self._row_of(self._buttons()), self._picture])

    @property
    def values(self):
        """The value of each control by name, as `update` receives them."""
        return {name: _value(control) for name, control in self.controls.items()}

    def set_values(self, **values):
        """Move several controls and redraw once.

        Parameters
        ----------
        **values
            New values by the names of the controls. Sliders clamp them to their range.

        Raises
        ------
        ValueError
            A name is not that of a control.
        """
        self._check_names(values, "values")
        self._redraws = False
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._redraws = True
        self.redraw()

    def reset(self):
        """Put every control back to where it started."""
        self.set_values(**self._start)

    def apply_preset(self, name):
        """Put every control to where the preset wants it.

        Parameters
        ----------
        name : str
            A key of `presets`. Controls that the preset does not name go back to the
            start.

        Raises
        ------
        ValueError
            There is no preset of that name.
        """
        if name not in self.presets:
            raise ValueError(f"name must be one of {list(self.presets)}. Received: name={name!r}")
        self.set_values(**{**self._start, **self.presets[name]})

    def redraw(self):
        """Call `update` with the controls' values and show the picture that results."""
        self._draw()
        self._sharpen()

    def _on_change(self, change):
        """Follow a control: at once in few pixels, sharp when the control has come to rest."""
        if not self._redraws:
            return
        self._draw()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no notebook, nothing to wait for
            self._sharpen()
            return
        self._picture.value = self._html(self.sentence)
        self._sharpening = loop.call_later(REST_SECONDS, self._sharpen)

    def _draw(self):
        """Let `update` move the artists; encode the picture in few pixels."""
        if self._sharpening is not None:
            self._sharpening.cancel()
        try:
            with _DRAWING:
                sentence = self._update(**self.values)
                if not isinstance(sentence, str):
                    raise TypeError(
                        "update must return the sentence that describes the picture. "
                        f"Received: update(...)={sentence!r}"
                    )
                self._small, self._whole = _data_url(self._frame(MOVING)), ""
        except Exception as error:
            self._picture.value = self._html(_error_line(error), failed=True)
            raise
        self.sentence = sentence

    def _sharpen(self):
        """Add the whole picture, for screens that show two pixels where CSS counts one."""
        with _DRAWING:
            self._whole = _data_url(self._frame(AT_REST))
            self._picture.value = self._html(self.sentence)
            self._frame(MOVING)  # the next move finds its canvas ready

    def _frame(self, pixel_ratio):
        """Put the background back, draw the moving artists, return the pixels."""
        if self.figure.stale or not self._backgrounds:
            self._draw_background()
        self.figure.dpi = CSS_PIXELS_PER_INCH * pixel_ratio
        self.figure.stale = False  # a change of resolution alone moves nothing
        pixels = np.asarray(self._canvas.get_renderer().buffer_rgba())
        pixels[:] = self._backgrounds[pixel_ratio]
        for artist in self._moving:
            self.figure.draw_artist(artist)
        return pixels

    def _draw_background(self):
        """Draw all that does not move once; halved, so that no label jumps as a slider moves."""
        self.figure.dpi = CSS_PIXELS_PER_INCH * AT_REST
        self._canvas.draw()
        self.figure.set_layout_engine("none")
        pixels = np.array(self._canvas.buffer_rgba())
        width, height = self._size
        self._backgrounds = {AT_REST: pixels, MOVING: _half_size(pixels)[:height, :width]}
        moving = self.figure.findobj(lambda artist: artist.get_animated())
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())

    def _html(self, caption, failed=False):
        """Write the picture, of fixed size, above its sentence or the error that stopped it."""
        width, height = self._size
        caption = html.escape(caption)
        colour = "color:#a00000;background:#fff;font-weight:bold;" if failed else ""
        role = 'role="alert"' if failed else 'aria-hidden="true"'
        sharp = f'<source media="(min-resolution:1.5dppx)" srcset="{self._whole}">'
        return (
            f'<picture>{sharp if self._whole else ""}<img alt="{caption}" src="{self._small}" '
            f'width="{width}" height="{height}" decoding="sync" '
            'style="max-width:100%;height:auto;background:#fff"></picture>'
            f'<div {role} style="{colour}max-width:{width}px;height:3.2em;overflow:auto;'
            f'line-height:1.5">{caption}</div>'
        )

    def _row(self, name, control):
        """Lay out one control: its label, itself and, for a slider, a number box linked to it."""
        _label(name, control)
        if not isinstance(control, _SLIDERS):
            control.observe(self._on_change, names="value")
            return control
        box = _number_box(control)

        def follow(change):
            try:
                self._on_change(change)
            finally:
                box.value = _value(control)

        def lead(change):
            if change.new != _value(control):
                control.value = change.new

        control.observe(follow, names="value")
        box.observe(lead, names="value")
        widgets.link((control, "disabled"), (box, "disabled"))
        return widgets.HBox([control, box], layout=widgets.Layout(width="360px"))

    def _row_of(self, children):
        """Lay out children side by side, as many as fit above the picture."""
        width = f"{max(self._size[0], 360)}px"
        return widgets.Box(children, layout=widgets.Layout(flex_flow="row wrap", max_width=width))

    def _buttons(self):
        reset = widgets.Button(description="Reset", icon="undo", tooltip="Back to the start")
        reset.on_click(lambda button: self.reset())
        buttons = [reset]
        for name in self.presets:
            button = widgets.Button(description=name, tooltip=f"Preset: {name}")
            button.on_click(lambda button: self.apply_preset(button.description))
            buttons.append(button)
        for button in buttons:
            button.layout = widgets.Layout(width="auto")
        return buttons

    def _check_names(self, values, argument):
        unknown = [name for name in values if name not in self.controls]
        if unknown:
            raise ValueError(
                f"{argument} must name controls, which are {list(self.controls)}. "
                f"Received: {argument}={unknown}"
            )

    def _check_presets(self):
        for values in self.presets.values():
            self._check_names(values, "presets")

    def _repr_mimebundle_(self, **kwargs):
        """Add the picture and its sentence to the widget view, for where no widget lives."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/html"] = self._picture.value
        bundle["text/plain"] = self.sentence
        return bundle


def encode_png(pixels):
    r"""Encode pixels as PNG, fast: compression level 1, no filter.

    Parameters
    ----------
    pixels : array_like of uint8, shape (height, width, 4)
        Red, green, blue and alpha of each pixel, as ``canvas.buffer_rgba()`` gives them.

    Returns
    -------
    bytes
        The PNG file.

    Raises
    ------
    ValueError
        `pixels` has another shape or type.

    Notes
    -----
    A drawing is mostly runs of one colour, which deflate shortens well without the
    filters that make general PNG writers slow; `benchmarks/` has the figures.

    References
    ----------
    W3C, "Portable Network Graphics (PNG) Specification (Third Edition)".

    Examples
    --------
    >>> encode_png(np.zeros((2, 3, 4), dtype=np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
        raise ValueError(
            "pixels must be uint8 of shape (height, width, 4). "
            f"Received: pixels={pixels.dtype} of shape {pixels.shape}"
        )
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 4), dtype=np.uint8)  # each row starts with filter 0
    rows[:, 1:] = pixels.reshape(height, width * 4)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (
            (b"IHDR", header),
            (b"IDAT", isal_zlib.compress(rows, 1)),
            (b"IEND", b""),
        )
    )


def short_number(value):
    """Write a number of any size with two digits, for a sentence.

    Parameters
    ----------
    value : float
        The number; NaN and infinities are written as such.

    Returns
    -------
    str
        With real minus signs.

    Examples
    --------
    >>> short_number(0.25), short_number(-1234.5)
    ('0.25', '−1.2e+03')
    """
    return f"{value:.2g}".replace("-", "−")


def _half_size(pixels):
    height, width, _ = pixels.shape
    image = Image.frombuffer("RGBX", (width, height), pixels, "raw", "RGBX", 0, 1)
    return np.asarray(image.reduce(2))


def _data_url(pixels):
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode("ascii")


def _agg_canvas(figure):
    """Return the figure's pixel canvas; give it one if it has none."""
    canvas = figure.canvas
    return canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)


def _error_line(error):
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _value(control):
    """Return a control's value without the dust of a slider's steps: 0.2, not 0.1999…96."""
    if isinstance(control, widgets.FloatLogSlider):
        return float(f"{control.value:.10g}")
    return round(control.value, 10) if isinstance(control, widgets.FloatSlider) else control.value


def _label(name, control):
    """Give a control its label, and the width that it takes in a row."""
    if not isinstance(control, _SLIDERS + _CHOICES):
        raise TypeError(
            "controls must be sliders, check boxes, drop-downs or toggle buttons. "
            f"Received: controls[{name!r}]={control!r}"
        )
    control.description = control.description or name
    control.tooltip = control.tooltip or control.description
    control.style.description_width = _LABEL_WIDTH
    if isinstance(control, _SLIDERS):
        control.readout = False
    control.layout.width = "275px" if isinstance(control, _SLIDERS) else "355px"


def _number_box(slider):
    """Make the number box that belongs to a slider."""
    if isinstance(slider, widgets.IntSlider):
        make, low, high, step = widgets.BoundedIntText, slider.min, slider.max, slider.step
    elif isinstance(slider, widgets.FloatLogSlider):
        make, step = widgets.BoundedFloatText, None
        low, high = slider.base**slider.min, slider.base**slider.max
    else:
        make, low, high, step = widgets.BoundedFloatText, slider.min, slider.max, slider.step
    return make(
        value=slider.value,
        min=low,
        max=high,
        step=step,
        tooltip=f"{slider.description}, a number from {low:g} to {high:g}",
        layout=widgets.Layout(width="75px"),
    )
