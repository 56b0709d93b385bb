"""The picture of an explorer: packed as PNG, and dragged by the pointer, without a browser."""

import io
import runpy
import sys

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from helpers import plots
from helpers.explorers import engine, picture
from helpers.explorers.engine import Explorer
from tests.explorers.test_engine import make_explorer, number_box, whole_picture


def without(module, monkeypatch):
    """Return what `picture` defines where a module is missing; nothing is where it is None."""
    if module:
        monkeypatch.setitem(sys.modules, module, None)
    return runpy.run_path(picture.__file__)


@pytest.mark.parametrize("missing", [None, "isal.isal_zlib"])
def test_a_png_holds_the_pixels_it_was_made_of_and_nothing_else(missing, monkeypatch):
    """With isal, and with zlib where isal is missing."""
    encode_png = without(missing, monkeypatch)["encode_png"]
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    opened = Image.open(io.BytesIO(encode_png(pixels)))
    opened.load()
    assert opened.info == {}
    np.testing.assert_array_equal(np.asarray(opened), pixels)


def pointer_of(explorer):
    """Return the pointer, which lies directly above the picture."""
    return explorer.children[-2]


@pytest.mark.parametrize(
    ("right", "up", "count", "height"),
    [
        (0.34, 0.5625, 3, 5.6),  # 3.4 and 5.625 of 0 to 10, in steps of 1 and of 0.1
        (0.96, 1.5, 4, 10),  # 9.6 and 15 are more than either slider has
        (-0.2, -3, 0, 0),
    ],
)
def test_a_place_moves_the_sliders_in_steps_and_within_their_range(right, up, count, height):
    explorer, pictures = make_explorer(), []
    explorer.controls["shade"].value = True
    explorer.children[-1].observe(lambda change: pictures.append(1), "value")
    pointer_of(explorer).set_state({"place": [0, right, up, 123.0]})  # as the browser does
    assert explorer.sentence == f"{count} plain line at {height:.2f} & True"
    assert number_box(explorer, "count").value == count
    assert number_box(explorer, "height").value == height
    assert pictures == [1]  # both moved, drawn once


def test_each_axes_has_sliders_of_its_own_and_may_be_logarithmic():
    figure, (left, right) = plots.new_figure(columns=2)
    left.set(xlim=(-1, 1))
    right.set(xlim=(1, 10_000), xscale="log")
    sliders = {name: widgets.FloatSlider(min=-1, max=1000, step=0.5) for name in "ab"}
    drag = {left: ["a"], right: ["b"]}
    explorer = Explorer(figure, lambda a, b: f"{a} {b}", sliders, drag=drag)
    pointer_of(explorer).place = [1, 0.5, 0.9, 1]  # 100 is half the way from 1 to 10 000
    pointer_of(explorer).place = [0, 0.25, 0.1, 2]
    assert explorer.sentence == "-0.5 100.0"


def test_the_pointer_is_heard_where_the_axes_are_drawn():
    explorer = make_explorer()
    explorer.figure.axes[0].set_facecolor("lime")
    explorer.figure.axes[0].grid(False)
    explorer.redraw()
    found = np.argwhere((whole_picture(explorer) == [0, 255, 0, 255]).all(axis=-1))
    (top, left), (bottom, right) = found.min(axis=0), found.max(axis=0) + 1
    edges = [left / 768, 1 - bottom / 576, right / 768, 1 - top / 576]
    np.testing.assert_allclose(pointer_of(explorer).areas, [edges], atol=3 / 576)
    assert pointer_of(explorer).size == [384, 288]


def test_without_anywidget_everything_but_dragging_works(monkeypatch):
    whole = len(make_explorer().children)
    monkeypatch.setattr(engine, "Pointer", without("anywidget", monkeypatch)["Pointer"])
    explorer = make_explorer()
    assert len(explorer.children) == whole - 1
    explorer.controls["height"].value = 2
    assert explorer.sentence == "1 plain line at 2.00 & False"
