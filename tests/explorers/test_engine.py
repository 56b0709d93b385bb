"""The engine: a figure that follows its controls, without a browser."""

import asyncio
import base64
import gc
import html.parser
import io
import itertools
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor, wait

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import explorers, plots
from helpers.explorers import engine
from helpers.explorers.engine import Explorer


class Tags(html.parser.HTMLParser):
    """Collects the attributes of each tag of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def shown(explorer):
    """Return the HTML of the picture and its sentence."""
    return explorer.children[-1].value


def tags(explorer):
    return dict(Tags(shown(explorer)).found)


def decoded(png):
    image = Image.open(io.BytesIO(base64.b64decode(png.split(",")[-1])))
    return np.asarray(image.convert("RGBA")).astype(int)


def whole_picture(explorer):
    """Return the pixels that a browser takes where a CSS pixel is two on the screen."""
    source = tags(explorer)["source"]
    assert source["media"] == "(min-resolution:1.5dppx)"
    return decoded(source["srcset"])


def make_explorer(presets=None, kind=Explorer):
    figure, axes = plots.new_figure(4, 3)
    axes.set(xlim=(0, 10), ylim=(0, 10), title="start")
    (line,) = axes.plot([1, 9], [0, 0], linewidth=3, animated=True)
    number = axes.text(1, 9, "", animated=True)

    def update(height, count, shade, kind):
        if kind == "broken":
            raise ZeroDivisionError('no "<picture>\nsecond line')
        line.set_ydata([height, height])
        line.set_color("red" if shade else "blue")
        number.set_text(f"{height:.1f}")
        return f"{count} {kind} line at {height:.2f} & {shade}"

    controls = {
        "height": widgets.FloatSlider(value=5, min=0, max=10, step=0.1),
        "count": widgets.IntSlider(value=1, min=0, max=4, description="how many"),
        "shade": widgets.Checkbox(value=False),
        "kind": widgets.Dropdown(options=["plain", "broken"]),
    }
    return kind(figure, update, controls, presets, drag={axes: ["count", "height"]})


def explorer_of(slider, update=repr):
    return Explorer(plots.new_figure(2, 2)[0], lambda a: update(a), {"a": slider})


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


def test_picture_and_sentence_follow_each_kind_of_control():
    explorer = make_explorer()
    pictures, sentences = [whole_picture(explorer)], [explorer.sentence]
    for name, value in (("height", 2.5), ("shade", True), ("count", 3)):
        explorer.controls[name].value = value
        pictures.append(whole_picture(explorer))
        sentences.append(explorer.sentence)
    assert sentences == [
        "1 plain line at 5.00 & False",
        "1 plain line at 2.50 & False",
        "1 plain line at 2.50 & True",
        "3 plain line at 2.50 & True",
    ]
    moved = [not np.array_equal(*pair) for pair in itertools.pairwise(pictures)]
    assert moved == [True, True, False]


def test_the_sentence_is_read_once_as_the_text_alternative():
    explorer = make_explorer()
    found = tags(explorer)
    assert list(found) == ["picture", "source", "img", "div"]  # "&" is no tag
    assert found["img"]["alt"] == explorer.sentence
    assert found["div"]["aria-hidden"] == "true"
    assert "role" not in found["div"]
    assert shown(explorer).endswith(">1 plain line at 5.00 &amp; False</div>")


def test_a_frame_is_what_a_full_drawing_would_show():
    explorer = make_explorer()
    explorer.controls["height"].value = 7.3
    frame = whole_picture(explorer)
    for artist in explorer.figure.findobj(lambda artist: artist.get_animated()):
        artist.set_animated(False)
    explorer.figure.dpi = 192
    explorer.figure.canvas.draw()
    np.testing.assert_array_equal(frame, np.asarray(explorer.figure.canvas.buffer_rgba()))


def test_artists_are_drawn_from_back_to_front():
    figure, ax = plots.new_figure(2, 2)
    ax.fill_between([0, 1], 1, color="red", zorder=5, animated=True)
    ax.fill_between([0, 1], 1, color="blue", zorder=4, animated=True)
    explorer = Explorer(figure, lambda a: "", {"a": widgets.Checkbox()})
    assert list(whole_picture(explorer)[192, 192]) == [255, 0, 0, 255]


def test_the_background_is_drawn_only_when_something_static_changed():
    explorer = make_explorer()
    drawings = count_full_drawings(explorer)
    explorer.controls["height"].value = 1
    assert drawings == []
    before = whole_picture(explorer)
    explorer.figure.axes[0].set_title("another title")
    explorer.redraw()
    assert drawings == [1]
    assert not np.array_equal(before, whole_picture(explorer))
    explorer.controls["height"].value = 4
    assert drawings == [1]


def test_size_and_axes_keep_their_place():
    explorer = make_explorer()
    axes = explorer.figure.axes[0]
    place = axes.get_position().bounds
    for height in (0, 10):
        axes.set(title=f"{height}\nlines", ylabel="a label that was not there")
        explorer.controls["height"].value = height
        image = tags(explorer)["img"]
        assert (image["width"], image["height"]) == ("384", "288")
        assert decoded(image["src"]).shape == (288, 384, 4)
        assert whole_picture(explorer).shape == (576, 768, 4)
    assert axes.get_position().bounds == place


def test_the_small_picture_shows_what_the_whole_one_shows():
    explorer = make_explorer()
    small = decoded(tags(explorer)["img"]["src"])
    means = whole_picture(explorer).reshape(288, 2, 384, 2, 4).mean(axis=(1, 3))
    rows = np.flatnonzero((np.abs(small - means) > 1).any(axis=(1, 2)))
    number, line = np.split(rows, np.flatnonzero(np.diff(rows) > 50) + 1)
    assert np.ptp(number) < 12  # nothing else is drawn at another resolution
    assert np.ptp(line) < 6
    assert np.abs(small - means).mean() < 1


def test_the_picture_is_sent_before_the_number_box():
    explorer = make_explorer()
    told = []
    number_box(explorer, "height").observe(lambda change: told.append("box"), "value")
    explorer.children[-1].observe(lambda change: told.append("picture"), "value")
    explorer.controls["height"].value = 1
    assert told == ["picture", "box"]


def test_while_a_slider_moves_the_small_picture_goes_first_and_the_sharp_one_follows():
    explorer = make_explorer()

    async def move():
        explorer.controls["height"].value = 1
        explorer.controls["height"].value = 2
        moving = shown(explorer)
        for _ in range(1000):  # a slow machine may be late; 10 s are no rest of a moment
            await asyncio.sleep(0.01)
            if shown(explorer) != moving:
                return moving

    moving = asyncio.run(move())
    assert [tag for tag, _ in Tags(moving).found] == ["picture", "img", "div"]
    at_rest = shown(explorer)
    assert list(tags(explorer)) == ["picture", "source", "img", "div"]
    explorer.redraw()
    assert shown(explorer) == at_rest


@pytest.mark.parametrize(("name", "label"), [("height", "height"), ("count", "how many")])
def test_every_slider_has_a_label_and_a_number_box_that_leads_and_follows(name, label):
    explorer = make_explorer()
    slider, box = explorer.controls[name], number_box(explorer, name)
    assert slider.description == label
    assert box.description == f"{label}, a number from {slider.min:g} to {slider.max:g}"
    slider.value = 3
    assert box.value == 3
    box.value = 2
    assert slider.value == 2
    assert str(2) in explorer.sentence
    assert (box.min, box.max, box.step) == (slider.min, slider.max, slider.step)
    box.value = 99
    assert str(slider.max) in explorer.sentence  # the true value, clamped
    slider.disabled = True
    assert box.disabled
    assert not slider.readout


def test_a_log_slider_has_a_box_in_plain_numbers():
    explorer = explorer_of(widgets.FloatLogSlider(value=0.01, base=10, min=-4, max=0))
    box = number_box(explorer, "a")
    assert (box.value, box.min, box.max) == (0.01, pytest.approx(1e-4), 1)
    box.value = 0.5
    assert explorer.sentence == "0.5"


def test_steps_leave_no_floating_point_noise_on_the_values():
    linear = widgets.FloatSlider(min=-1, max=1, step=0.05)
    logarithmic = widgets.FloatLogSlider(value=1, base=10, min=-4, max=0)
    for slider, value in ((linear, -1 + 24 * 0.05), (logarithmic, 10**-0.6989700043360189)):
        explorer = explorer_of(slider)
        slider.set_state({"value": value})  # as the browser counts
        assert slider.value != 0.2
        assert (explorer.sentence, number_box(explorer, "a").value) == ("0.2", 0.2)


def test_reset_and_presets_move_everything_and_redraw_once():
    explorer = make_explorer({"high": {"height": 9, "shade": True}})
    explorer.set_values(height=1, count=3)
    sentences = []
    explorer.children[-1].observe(lambda change: sentences.append(explorer.sentence), "value")
    reset, high = explorer.children[1].children
    assert [reset.description, high.description] == ["Reset", "high"]
    high.click()
    assert explorer.values == {"height": 9, "count": 1, "shade": True, "kind": "plain"}
    assert len(sentences) == 1
    reset.click()
    assert explorer.values == {"height": 5, "count": 1, "shade": False, "kind": "plain"}
    assert len(sentences) == 2


def test_unknown_names_are_refused():
    explorer = make_explorer({"high": {"height": 9}})
    with pytest.raises(ValueError, match=r"values must .* Received: values=\['hight'\]$"):
        explorer.set_values(count=3, hight=3)
    assert explorer.values["count"] == 1
    with pytest.raises(ValueError, match=r"name must be one of \['high'\]. Received: name='low'$"):
        explorer.apply_preset("low")


def test_an_error_in_update_is_shown_and_raised_and_goes_away():
    explorer = make_explorer()
    before = tags(explorer)["img"]["src"]
    with pytest.raises(ZeroDivisionError):
        explorer.controls["kind"].set_state({"index": 1})  # as the browser does
    assert shown(explorer).endswith(">ZeroDivisionError: no &quot;&lt;picture&gt;</div>")
    found = tags(explorer)
    assert found["img"]["alt"] == 'ZeroDivisionError: no "<picture>'
    assert found["div"]["role"] == "alert"
    assert "aria-hidden" not in found["div"]
    assert found["img"]["src"] == before
    explorer.controls["kind"].value = "plain"
    assert "ZeroDivisionError" not in shown(explorer)


def test_the_number_box_follows_even_when_update_fails():
    explorer = explorer_of(widgets.FloatSlider(value=1, max=9), lambda a: f"{1 / a}")
    with pytest.raises(ZeroDivisionError):
        explorer.controls["a"].value = 0
    assert number_box(explorer, "a").value == 0


def test_an_error_is_not_painted_over_when_the_slider_rests():
    explorer = make_explorer()

    async def move():
        explorer.controls["height"].value = 1
        with pytest.raises(ZeroDivisionError):
            explorer.controls["kind"].value = "broken"
        await asyncio.sleep(2 * engine.REST_SECONDS)

    asyncio.run(move())
    assert "ZeroDivisionError" in shown(explorer)


def test_the_learners_error_state_and_style_change_nothing():
    def write_and_divide(a):
        figure.axes[0].text(0, 0.5, a)
        return str(np.float64(a) / 0)

    pictures = []
    for style in ("default", "dark_background"):
        with plt.style.context(style), np.errstate(all="raise"):
            before = plt.rcParams["text.color"], np.geterr()
            figure, _ = plots.new_figure(2, 2)
            slider = widgets.FloatSlider(value=3)
            explorer = Explorer(figure, write_and_divide, {"a": slider})
            slider.value = 5
            assert (plt.rcParams["text.color"], np.geterr()) == before
        assert explorer.sentence == "inf"
        pictures.append(whole_picture(explorer))
    np.testing.assert_array_equal(*pictures)
    assert plt.get_fignums() == []  # pyplot knows nothing of an explorer


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_explorer_looks_the_same_whatever_the_learner_has_set(name):
    looks = []
    for style, errors in (("default", "warn"), ("dark_background", "raise")):
        with plt.style.context(style), np.errstate(all=errors):
            explorer = getattr(explorers, name)()
            for preset in [*explorer.presets][:2]:
                explorer.apply_preset(preset)
                looks.append((explorer.sentence, shown(explorer)))
        explorer.close()
    assert looks[:2] == looks[2:]


def test_an_explorer_that_is_being_drawn_is_closed_afterwards():
    drawing, may_end = threading.Event(), threading.Event()

    def update():
        drawing.set()
        may_end.wait(30)
        return "Nothing."

    may_end.set()
    explorer = Explorer(plots.new_figure()[0], update, {})
    drawing.clear(), may_end.clear()
    with ThreadPoolExecutor() as pool:
        drawn = pool.submit(explorer.redraw)
        drawing.wait(30)
        closed = pool.submit(explorer.close)
        wait([closed], timeout=0.2)
        may_end.set()
        drawn.result(), closed.result()
    explorer.redraw()
    assert explorer.figure is None


def test_two_threads_never_draw_at_the_same_time(monkeypatch):
    drawing, together = [], []
    draw = engine.FigureCanvasAgg.get_renderer

    def slowly(canvas):
        drawing.append(canvas)
        together.append(len(drawing))
        time.sleep(0.005)
        drawing.remove(canvas)
        return draw(canvas)

    one, other = make_explorer(), make_explorer()
    monkeypatch.setattr(engine.FigureCanvasAgg, "get_renderer", slowly)
    for pair in ((one._draw, other._draw), (one._sharpen, other._sharpen)):
        threads = [threading.Thread(target=act) for act in pair]
        for act in (threading.Thread.start, threading.Thread.join):
            for thread in threads:
                act(thread)
    assert max(together) == 1


@pytest.mark.skipif(widgets.__version__ < "8", reason="ipywidgets 7 shows the view alone")
def test_the_output_has_a_picture_and_a_sentence_where_no_widget_lives():
    explorer = make_explorer()
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == explorer.sentence
    (_, image), (_, caption) = Tags(bundle["text/html"]).found
    assert image["alt"] == explorer.sentence
    assert caption["aria-hidden"] == "true"
    assert "&amp; False</div>" in bundle["text/html"]
    assert image["src"] == "data:image/png;base64," + bundle["image/png"]
    assert np.abs(decoded(bundle["image/png"]) - whole_picture(explorer)).max() < 20


def live_widgets():
    return {id(item) for item in gc.get_objects() if isinstance(item, widgets.Widget) and item.comm}


def test_closing_frees_the_figure_and_every_widget():
    gc.collect()
    before = live_widgets()
    explorer = make_explorer({"high": {"height": 9}})
    figure, slider = weakref.ref(explorer.figure), explorer.controls["height"]

    async def move_and_close():
        failures = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, failure: failures.append(failure)
        )
        slider.value = 3
        explorer.close()
        await asyncio.sleep(2 * engine.REST_SECONDS)
        assert failures == []  # nothing is drawn any more

    asyncio.run(move_and_close())
    slider.value = 4
    explorer.close()
    gc.collect()
    assert figure() is None
    assert live_widgets() <= before
    assert "base64" not in shown(explorer)


def test_an_explorer_that_fails_at_its_start_leaves_nothing_behind():
    gc.collect()
    before = live_widgets()
    with pytest.raises(ZeroDivisionError):
        explorer_of(widgets.FloatSlider(value=0), lambda a: f"{1 / a}")
    gc.collect()
    assert live_widgets() <= before


def test_a_cell_that_runs_again_closes_what_it_made_before(monkeypatch):
    def run(cell, message):
        """Make an explorer as the kernel does when JupyterLab asks it to run a cell."""
        request = {"header": {"msg_id": message}, "metadata": {"cellId": cell} if cell else {}}
        shell = type("Shell", (), {"get_parent": lambda self: request})
        monkeypatch.setattr(engine, "get_ipython", shell)
        return make_explorer()

    first, beside = run("a", 1), run("a", 1)
    elsewhere, nowhere = run("b", 2), [run(None, 3), run(None, 4)]
    figure = weakref.ref(first.figure)
    again = run("a", 5)
    gc.collect()
    assert (first.figure, beside.figure, figure()) == (None, None, None)
    kept = [again, elsewhere, *nowhere]
    assert all(explorer.figure for explorer in kept)
    replaced = weakref.ref(run("a", 6))
    assert [bool(explorer.figure) for explorer in kept] == [False, True, True, True]
    run("a", 7)
    gc.collect()
    assert replaced() is None
