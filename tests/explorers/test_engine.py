"""The engine: a figure that follows its controls, without a browser."""

import asyncio
import base64
import html.parser
import io
import re

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers.explorers.engine import REST_SECONDS, Explorer, encode_png


class Tags(html.parser.HTMLParser):
    """Collects the attributes of each tag of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def shown_image(explorer):
    return dict(Tags(explorer._picture.value).found)["img"]


def decoded(data_url):
    kind, data = data_url.split(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def whole_picture(explorer):
    """Return the pixels that a browser takes where a CSS pixel is two on the screen."""
    source = dict(Tags(explorer._picture.value).found)["source"]
    assert source["media"] == "(min-resolution:1.5dppx)"
    return decoded(source["srcset"])


def make_explorer(presets=None):
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, 10), title="start")
    (line,) = axes.plot([1, 9], [0, 0], linewidth=3, animated=True)
    number = axes.text(1, 9, "", animated=True)

    def update(height, count, shade, kind):
        if kind == "broken":
            raise ZeroDivisionError("no picture <here>")
        line.set_ydata([height, height])
        line.set_color("red" if shade else "blue")
        number.set_text(f"{height:.1f}")
        return f"{count} {kind} line at {height:.2f} & {shade}"

    controls = {
        "height": widgets.FloatSlider(value=5, min=0, max=10, step=0.1),
        "count": widgets.IntSlider(value=1, min=0, max=4),
        "shade": widgets.Checkbox(value=False),
        "kind": widgets.Dropdown(options=["plain", "broken"]),
    }
    return Explorer(figure, update, controls, presets)


def number_box(explorer, name):
    rows = explorer.children[0].children
    (row,) = [row for row in rows if explorer.controls[name] in getattr(row, "children", ())]
    return row.children[1]


def count_full_drawings(explorer):
    """Count from now on how often the whole figure is drawn."""
    drawings = []
    draw = explorer.figure.canvas.draw
    explorer.figure.canvas.draw = lambda: (drawings.append(1), draw())
    return drawings


def test_the_sentence_follows_the_control_and_is_the_text_alternative():
    explorer = make_explorer()
    assert explorer.sentence == "1 plain line at 5.00 & False"
    explorer.controls["height"].value = 2.5
    assert explorer.sentence == "1 plain line at 2.50 & False"
    assert shown_image(explorer)["alt"] == explorer.sentence


def test_the_picture_changes_with_each_kind_of_control():
    explorer = make_explorer()
    before = whole_picture(explorer)
    explorer.controls["height"].value = 8
    moved = whole_picture(explorer)
    explorer.controls["shade"].value = True
    coloured = whole_picture(explorer)
    assert not np.array_equal(before, moved)
    assert not np.array_equal(moved, coloured)


def test_a_frame_is_what_a_full_drawing_would_show():
    explorer = make_explorer()
    explorer.controls["height"].value = 7.3
    frame = whole_picture(explorer)
    for artist in explorer.figure.findobj(lambda artist: artist.get_animated()):
        artist.set_animated(False)
    explorer.figure.dpi = 192
    explorer.figure.canvas.draw()
    np.testing.assert_array_equal(frame, np.asarray(explorer.figure.canvas.buffer_rgba()))


def test_the_background_is_drawn_only_when_something_static_changed():
    explorer = make_explorer()
    drawings = count_full_drawings(explorer)
    for height in (1, 2, 3):
        explorer.controls["height"].value = height
    assert drawings == []
    before = whole_picture(explorer)
    explorer.figure.axes[0].set_title("another title")
    explorer.redraw()
    assert drawings == [1]
    assert not np.array_equal(before, whole_picture(explorer))
    explorer.controls["height"].value = 4
    assert drawings == [1]


def test_the_axes_keep_their_place_when_labels_change():
    explorer = make_explorer()
    axes = explorer.figure.axes[0]
    place = axes.get_position().bounds
    axes.set(title="two\nlines", ylabel="a label that was not there")
    explorer.redraw()
    assert axes.get_position().bounds == place


def test_the_size_never_changes():
    explorer = make_explorer()
    sizes = set()
    for height in (0, 0.1, 10):
        explorer.controls["height"].value = height
        image = shown_image(explorer)
        sizes.add((image["width"], image["height"], whole_picture(explorer).shape))
    assert sizes == {("384", "288", (576, 768, 4))}


def test_the_small_picture_shows_what_the_whole_one_shows():
    explorer = make_explorer()
    small = decoded(shown_image(explorer)["src"]).astype(float)
    whole = whole_picture(explorer).astype(float)
    means = whole.reshape(288, 2, 384, 2, 4).mean(axis=(1, 3))
    rows = np.flatnonzero((np.abs(small - means) > 1).any(axis=(1, 2)))
    number, line = np.split(rows, np.flatnonzero(np.diff(rows) > 50) + 1)
    assert np.ptp(number) < 12  # nothing else is drawn at another resolution
    assert np.ptp(line) < 6
    assert np.abs(small - means).mean() < 1


def test_the_picture_leaves_before_the_number_box_is_told():
    explorer = make_explorer()
    told = []
    number_box(explorer, "height").observe(lambda change: told.append("box"), "value")
    explorer._picture.observe(lambda change: told.append("picture"), "value")
    explorer.controls["height"].value = 1
    assert told == ["picture", "box"]


def test_while_a_slider_moves_the_small_picture_goes_first_and_the_sharp_one_follows():
    explorer = make_explorer()

    async def move():
        explorer.controls["height"].value = 1
        explorer.controls["height"].value = 2
        moving = explorer._picture.value
        await asyncio.sleep(2 * REST_SECONDS)
        return moving

    moving = asyncio.run(move())
    assert [tag for tag, _ in Tags(moving).found] == ["picture", "img", "div"]
    assert [tag for tag, _ in Tags(explorer._picture.value).found][:2] == ["picture", "source"]
    at_rest = explorer._picture.value
    explorer.redraw()
    assert explorer._picture.value == at_rest


def test_an_error_is_not_painted_over_when_the_slider_rests():
    explorer = make_explorer()

    async def move():
        explorer.controls["height"].value = 1
        with pytest.raises(ZeroDivisionError):
            explorer.controls["kind"].value = "broken"
        await asyncio.sleep(2 * REST_SECONDS)

    asyncio.run(move())
    assert "ZeroDivisionError" in explorer._picture.value


@pytest.mark.parametrize("name", ["height", "count"])
def test_every_slider_has_a_number_box_that_leads_and_follows(name):
    explorer = make_explorer()
    slider, box = explorer.controls[name], number_box(explorer, name)
    slider.value = 3
    assert box.value == 3
    box.value = 2
    assert slider.value == 2
    assert str(2) in explorer.sentence
    assert (box.min, box.max, box.step) == (slider.min, slider.max, slider.step)


def test_numbers_out_of_range_are_clamped_and_the_sentence_says_the_true_value():
    explorer = make_explorer()
    number_box(explorer, "height").value = 99
    assert explorer.values["height"] == 10
    assert "at 10.00" in explorer.sentence
    explorer.set_values(height=-5)
    assert "at 0.00" in explorer.sentence


def test_a_log_slider_has_a_box_in_plain_numbers():
    figure = Figure()
    rate = widgets.FloatLogSlider(value=0.01, base=10, min=-4, max=0)
    explorer = Explorer(figure, lambda rate: f"rate {rate:.4f}", {"rate": rate})
    box = number_box(explorer, "rate")
    assert (box.value, box.min, box.max) == (0.01, pytest.approx(1e-4), 1)
    box.value = 0.5
    assert explorer.sentence == "rate 0.5000"


def test_steps_leave_no_dust_on_the_values():
    explorer = make_explorer()
    box = number_box(explorer, "height")
    explorer.controls["height"].set_state({"value": -1 + 24 * 0.05})  # as the browser counts
    assert explorer.controls["height"].value != 0.2
    assert explorer.values["height"] == box.value == 0.2
    rate = widgets.FloatLogSlider(value=1, base=10, min=-4, max=0)
    explorer = Explorer(Figure(), lambda rate: f"rate {rate!r}", {"rate": rate})
    rate.value = 10**-1.0000000000000002
    assert rate.value != 0.1
    assert explorer.sentence == "rate 0.1"


def test_labels_are_the_names_unless_a_control_brings_its_own():
    figure = Figure()
    controls = {"a": widgets.FloatSlider(), "b": widgets.FloatSlider(description="bias")}
    explorer = Explorer(figure, lambda a, b: "done", controls)
    assert [control.description for control in explorer.controls.values()] == ["a", "bias"]
    assert "bias" in number_box(explorer, "b").tooltip


def test_reset_and_presets_move_everything_and_redraw_once():
    explorer = make_explorer({"high": {"height": 9, "shade": True}})
    explorer.set_values(height=1, count=3)
    sentences = []
    explorer._picture.observe(lambda change: sentences.append(explorer.sentence), "value")
    reset, high = explorer.children[1].children
    high.click()
    assert explorer.values == {"height": 9, "count": 1, "shade": True, "kind": "plain"}
    assert len(sentences) == 1
    reset.click()
    assert explorer.values == {"height": 5, "count": 1, "shade": False, "kind": "plain"}
    assert len(sentences) == 2
    assert [reset.description, high.description] == ["Reset", "high"]


def test_an_error_in_update_is_shown_and_raised_and_goes_away():
    explorer = make_explorer()
    before = shown_image(explorer)["src"]
    with pytest.raises(ZeroDivisionError):
        explorer.controls["kind"].value = "broken"
    assert "ZeroDivisionError: no picture &lt;here&gt;" in explorer._picture.value
    assert 'role="alert"' in explorer._picture.value
    assert shown_image(explorer)["src"] == before
    explorer.controls["kind"].value = "plain"
    assert "ZeroDivisionError" not in explorer._picture.value


def test_the_number_box_follows_even_when_update_fails():
    explorer = Explorer(Figure(), lambda a: f"{1 / a}", {"a": widgets.FloatSlider(value=1, max=9)})
    with pytest.raises(ZeroDivisionError):
        explorer.controls["a"].value = 0
    assert number_box(explorer, "a").value == 0


def test_an_error_reaches_whoever_moves_the_control_from_the_browser():
    explorer = make_explorer()
    with pytest.raises(ZeroDivisionError):
        explorer.controls["kind"].set_state({"index": 1})


def test_the_output_has_a_picture_and_a_sentence_where_no_widget_lives():
    explorer = make_explorer()
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == explorer.sentence
    assert bundle["text/html"] == explorer._picture.value
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_text_is_escaped():
    explorer = make_explorer()
    assert "&amp; False" in explorer._picture.value
    assert [tag for tag, _ in Tags(explorer._picture.value).found] == [
        "picture",
        "source",
        "img",
        "div",
    ]


def test_pyplot_knows_nothing_of_an_explorer():
    make_explorer()
    assert plt.get_fignums() == []


def test_what_cannot_be_explored_is_refused():
    slider = widgets.FloatSlider()
    with pytest.raises(TypeError, match=r"figure must .* Received: figure=None$"):
        Explorer(None, lambda a: "", {"a": slider})
    with pytest.raises(TypeError, match=r"controls must .* Received: controls\['a'\]=3$"):
        Explorer(Figure(), lambda a: "", {"a": 3})
    with pytest.raises(TypeError, match=r"update must .* Received: update\(\.\.\.\)=None$"):
        Explorer(Figure(), lambda a: None, {"a": slider})
    with pytest.raises(ValueError, match=r"presets must .* Received: presets=\['b'\]$"):
        Explorer(Figure(), lambda a: "", {"a": slider}, {"wrong": {"b": 1}})


def test_unknown_names_are_refused():
    explorer = make_explorer({"high": {"height": 9}})
    with pytest.raises(ValueError, match=r"values must .* Received: values=\['hight'\]$"):
        explorer.set_values(hight=3)
    with pytest.raises(ValueError, match=r"name must be one of \['high'\]. Received: name='low'$"):
        explorer.apply_preset("low")


def test_a_png_holds_the_pixels_it_was_made_of():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    opened = Image.open(io.BytesIO(encode_png(pixels)))
    opened.load()
    np.testing.assert_array_equal(np.asarray(opened), pixels)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8), np.zeros((2, 3, 4))],
)
def test_pixels_of_another_kind_are_refused(pixels):
    ending = re.escape(f"Received: pixels={pixels.dtype} of shape {pixels.shape}")
    with pytest.raises(ValueError, match=f"pixels must .* {ending}$"):
        encode_png(pixels)
