"""The engine of the explorers: a Matplotlib figure that follows its controls.

An `Explorer` keeps one figure. What never moves (axes, grid, titles) is drawn once and kept as
a background. When a control moves, the background is put back, the moving artists alone are
drawn over it, and the pixels go to the browser as one PNG. The figure's author says which
artists move with Matplotlib's own ``animated=True``.

The module keeps one thing between calls: the explorers that each notebook cell has made
(`_MADE_BY_CELL`), so that a cell that runs again closes those that it replaces.
"""

import asyncio
import contextlib
import html
import threading
from functools import partial

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers.explorers.film_strip import film
from helpers.explorers.parts import number_box
from helpers.explorers.picture import ENDED, Pointer, data_url
from helpers.plots import (
    CSS_PIXELS_PER_INCH,
    course_style,
    picture_as_mime,
    small_png,
)

__all__ = ["Explorer", "make_button"]

MOVING, AT_REST = 1, 2  # pixels drawn for each CSS pixel; two are sharp on a HiDPI screen
REST_SECONDS = 0.25  # a control that has not moved for so long is at rest

_SLIDERS = (widgets.FloatSlider, widgets.IntSlider, widgets.FloatLogSlider)
_LOCK = threading.RLock()
_MADE_BY_CELL = {}  # id of a cell -> id of its last run, and the explorers made in that run


class Explorer(widgets.VBox):
    """A figure that follows its controls, with a sentence that says what it shows.

    `figure` comes from `plots.new_figure`. The artists that move, numbers included, are made
    with ``animated=True``; everything else is background. ``update(**values)`` receives the
    value of each control by its name, moves the artists, and returns the sentence that
    describes the picture now. `controls` is a dict of name -> slider, check box, drop-down or
    toggle buttons; the name is the label unless the widget has a ``description``. `presets`
    is a dict of name -> values that differ from the start. `drag` is a dict of axes -> the names
    of the sliders that follow the pointer to the right and, where there are two, up, while it
    is pressed on those axes.

    The controls stand above the picture, each slider with a number box; then come a reset
    button and a button for each preset. The sentence stands below. It is also the picture's
    text alternative, and what stands in for it where no widget can live.

    An exception in `update` is shown below the picture and raised again. NumPy's error state
    and Matplotlib's style are the learner's own business: `update` runs with NumPy's warnings
    off, in the course's style.

    The background is drawn again only when something static changed: limits, ticks, a title.
    Matplotlib tells: ``figure.stale``. A frame without such a change costs milliseconds, one
    with it ten times that. The layout is fixed after the first drawing, so the axes never
    jump. While a slider moves, the picture has one pixel for each CSS pixel: a quarter of the
    work. Once the slider rests, HiDPI screens get all pixels. The picture is sent first, then
    the number box.

    >>> from helpers.plots import new_figure
    >>> figure, ax = new_figure()
    >>> (line,) = ax.plot([0, 1], [0, 0], animated=True)
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

    def __init__(self, figure, update, controls, presets=None, drag=None):
        self.figure = figure
        self.controls = dict(controls)
        self.presets = dict(presets or {})
        self.sentence = ""
        self._update = update
        self._drag = dict(drag or {})
        canvas = figure.canvas
        self._canvas = canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
        figure.dpi = CSS_PIXELS_PER_INCH
        self._size = self._canvas.get_width_height(physical=True)
        self._small = self._whole = ""  # the picture as data URLs
        self._sharpening = None
        self._backgrounds = {}  # by the pixels for each CSS pixel
        self._moving = []
        self._follows = True
        self._picture = widgets.HTML()
        rows = [self._row(name, control) for name, control in self.controls.items()]
        self._start = self.values
        above = [self._row_of(rows), self._row_of(self._buttons()), widgets.HTML(ENDED)]
        super().__init__([*above, self._picture])
        self.add_class("explorer")
        try:
            self.redraw()
        except BaseException:
            self.close()
            raise
        if self._drag and Pointer:
            shares = figure.transFigure.inverted()
            areas = [ax.bbox.transformed(shares).extents.tolist() for ax in self._drag]
            pointer = Pointer(size=self._size, areas=areas)
            pointer.observe(self._on_drag, names="place")
            self.children = [*self.children[:-1], pointer, self._picture]
        _close_those_replaced_by(self)

    @property
    def values(self):
        """The value of each control by name, as `update` receives them."""
        return {name: _value(control) for name, control in self.controls.items()}

    def set_values(self, **values):
        """Move several controls and redraw once. Sliders clamp values to their range."""
        unknown = [name for name in values if name not in self.controls]
        if unknown:
            raise ValueError(
                f"values must name controls: {', '.join(self.controls)}. Received: values={unknown}"
            )
        self._set(values)
        self.redraw()

    def reset(self):
        """Put every control back to where it started."""
        self.set_values(**self._start)

    def apply_preset(self, name):
        """Put the controls to where a preset wants them, all others back to the start."""
        if name not in self.presets:
            raise ValueError(f"name must be one of {list(self.presets)}. Received: {name=}")
        self.set_values(**{**self._start, **self.presets[name]})

    def redraw(self):
        """Call `update` with the controls' values and show the picture that results."""
        self._draw()
        self._sharpen()

    def snapshot(self):
        """Return the picture, as a PNG with two pixels for each CSS pixel, and its sentence."""
        with _drawing():
            return small_png(Image.fromarray(self._frame(AT_REST))), self.sentence

    def film_strip(self, **steps):
        """Return pictures and sentences for a choice of steps, as a `FilmStrip`.

        Each argument names a control and lists its values; those of the presets are added.

        >>> from helpers.explorers import explore_leaky_relu
        >>> film = explore_leaky_relu().film_strip(x=[-6, 6])
        >>> film.sliders
        {'test point x': ['−6', '−4', '0', '6']}
        >>> film.sentences[film.buttons["slope 1"]].split(": ")[0]
        'f(x) = x for x > 0, and 1.00 · x below. At x = −4.00'
        """
        return film(self, steps)

    def close(self):
        """Take the explorer off the screen and free all that it holds."""
        with _LOCK:  # another thread may draw it
            if self.comm is not None:
                self._follows = False
                if self._sharpening is not None:
                    self._sharpening.cancel()
                for widget in list(_parts(self)):
                    widget.close()
                self.figure = self._update = self._canvas = self._sharpening = None
                self._picture.value = self._small = self._whole = ""
                self._backgrounds, self._moving, self._drag = {}, [], {}
            super().close()

    def _set(self, values):
        """Move several controls and draw nothing."""
        self._follows = False
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._follows = True

    def _on_drag(self, change):
        """Let the sliders of the axes on which the pointer was pressed follow it, in steps."""
        number, *place, _ = change.new
        ax, names = [*self._drag.items()][number]
        with _LOCK:
            place = (ax.transAxes - ax.transData).transform(place)
        values = {}
        for name, value in zip(names, place, strict=False):  # one slider follows x alone
            slider = self.controls[name]
            values[name] = slider.min + round((value - slider.min) / slider.step) * slider.step
        self._set(values)
        self._on_change(change)

    def _on_change(self, change):
        """Follow a control: at once in few pixels, sharp when the control has come to rest."""
        if not self._follows:
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
            with _drawing(), np.errstate(all="ignore"):
                if self.figure is None:  # closed while this waited
                    return
                self.sentence = self._update(**self.values)
                self._small, self._whole = data_url(self._frame(MOVING)), ""
        except Exception as error:
            line = f"{type(error).__name__}: {error}".splitlines()[0]
            self._picture.value = self._html(line, failed=True)
            raise

    def _sharpen(self):
        """Add the whole picture, for screens that show two pixels where CSS counts one."""
        with _drawing():
            if self.figure is None:
                return
            self._whole = data_url(self._frame(AT_REST))
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
        half = np.asarray(Image.fromarray(pixels).reduce(2))[:height, :width]
        self._backgrounds = {AT_REST: pixels, MOVING: half}
        moving = self.figure.findobj(lambda artist: artist.get_animated())
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())

    def _html(self, caption, failed=False):
        """Write the picture, of fixed size, above its sentence or the error that stopped it."""
        width, height = self._size
        sharp = f'<source media="(min-resolution:1.5dppx)" srcset="{self._whole}">'
        return (
            f'<picture>{sharp if self._whole else ""}<img alt="{html.escape(caption)}" '
            f'src="{self._small}" width="{width}" height="{height}" decoding="sync" '
            'style="max-width:100%;height:auto;background:#fff;border-radius:4px"></picture>'
            + self._caption(caption, failed)
        )

    def _caption(self, text, failed=False):
        """Write the sentence, which the picture says already to a screen reader, or an error."""
        role, colour = 'aria-hidden="true"', ""
        if failed:
            role, colour = 'role="alert"', "color:#a00000;background:#fff;font-weight:bold;"
        return (
            f'<div {role} style="{colour}max-width:{self._size[0]}px;min-height:4.5em;'
            f'line-height:1.5">{html.escape(text)}</div>'
        )

    def _row(self, name, control):
        """Lay out one control: its label, itself and, for a slider, a number box linked to it."""
        control.description = control.description or name
        control.tooltip = control.description
        control.style.description_width = "8.5em"
        if not isinstance(control, _SLIDERS):
            control.layout.width = "355px"
            control.observe(self._on_change, names="value")
            return control
        control.readout = False
        control.layout.width = "275px"
        box = number_box(control)

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
        presets = [
            make_button(name, f"Preset: {name}", partial(self.apply_preset, name))
            for name in self.presets
        ]
        return [make_button("Reset", "Back to the start", self.reset, icon="undo"), *presets]

    def _repr_mimebundle_(self, **kwargs):
        """Add the picture and its sentence to the widget view, for where no widget lives."""
        bundle = super()._repr_mimebundle_(**kwargs)
        with _drawing():
            bundle |= picture_as_mime(Image.fromarray(self._frame(AT_REST)), self.sentence)
        bundle["text/html"] += self._caption(self.sentence)
        return bundle


def make_button(description, tooltip, act, icon=""):
    """Make a button, as wide as its text, that calls ``act()``.

    >>> button = make_button("Step", "Train on one batch", lambda: print("one step"))
    >>> button.click()
    one step
    """
    button = widgets.Button(description=description, tooltip=tooltip, icon=icon)
    button.layout.width = "auto"
    button.on_click(lambda button: act())
    return button


@contextlib.contextmanager
def _drawing():
    """Draw one at a time, in the course's style.

    Matplotlib is not thread-safe, and JupyterLab may move a control in one thread of the
    kernel while another runs a cell.
    """
    with _LOCK, course_style():
        yield


def _close_those_replaced_by(explorer):
    """Close the explorers that an earlier run of the same cell has made.

    JupyterLab sends the id of the cell with each request to run it. Where no id comes nothing
    is closed; two explorers of one run both live.
    """
    request = getattr(get_ipython(), "get_parent", dict)()
    cell = request.get("metadata", {}).get("cellId")
    if cell is None:
        return
    run = request["header"]["msg_id"]
    last_run, made = _MADE_BY_CELL.get(cell, (run, []))
    if last_run != run:
        for replaced in made:
            replaced.close()
        made = []
    _MADE_BY_CELL[cell] = run, [*made, explorer]


def _parts(widget):
    """Yield every widget that this one is made of, layouts and styles included."""
    for child in getattr(widget, "children", ()):
        yield from (*_parts(child), child)
    yield from (getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name))


def _value(control):
    """Return a control's value without a slider's floating-point noise: 0.2, not 0.1999…96."""
    if isinstance(control, widgets.FloatLogSlider):
        return float(f"{control.value:.10g}")
    return round(control.value, 10) if isinstance(control, widgets.FloatSlider) else control.value
