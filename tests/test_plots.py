"""What the plot functions draw, and how a figure gets into a notebook."""

import base64
import html.parser
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import plots
from tests.contrast import pale_texts

# Masataka Okabe and Kei Ito, "Color Universal Design", 2008.
OKABE_ITO = {
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
}  # fmt: skip


@pytest.fixture
def shown(monkeypatch):
    """Show a figure and return what the notebook is given."""
    outputs = []
    monkeypatch.setattr(plots, "display", lambda data, raw: outputs.append((data, raw)))

    def show(figure, alt):
        plots.show(figure, alt)
        data, raw = outputs.pop()
        assert raw
        return data

    return show


def pixels_of(data):
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.info == {}  # no name of a program, no date
    return np.asarray(image.convert("RGB")).astype(int)


def test_a_shown_figure_has_its_sentence_as_text_and_as_text_alternative(shown):
    figure, _ = plots.new_figure(width=5, height=3)
    data = shown(figure, 'x < 0 & "y"')
    assert data["text/plain"] == 'x < 0 & "y"'
    attributes = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attrs: attributes.append((tag, dict(attrs)))
    parser.feed(data["text/html"])
    ((tag, image),) = attributes
    assert (tag, image["alt"]) == ("img", 'x < 0 & "y"')
    assert (image["width"], image["height"]) == ("480", "288")
    assert image["src"] == "data:image/png;base64," + data["image/png"]  # LaTeX takes no HTML
    assert pixels_of(data).shape == (576, 960, 3)


def test_256_colours_look_like_all_of_them(shown):
    wave = np.sin(np.linspace(0, 9, 400))
    figure, (left, right) = plots.new_figure(columns=2)
    curves = {f"curve {i}": wave * i for i in range(1, 5)}
    plots.plot_curves(np.arange(400), curves, left)
    plots.plot_matrix(np.outer(wave[::50], wave[::50]), right, limit=1)
    file = io.BytesIO()
    figure.savefig(file, dpi=192)
    data = shown(figure, "Waves.")
    drawn = np.asarray(Image.open(file).convert("RGB")).astype(int)
    assert np.abs(pixels_of(data) - drawn).max() < 20
    assert 4 / 3 * len(file.getvalue()) > 2 * len(data["image/png"])


def test_what_is_transparent_is_shown_on_white():
    data = plots.picture_as_mime(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "Nothing.")
    assert (pixels_of(data) == 255).all()


def test_a_shown_figure_is_closed_and_gives_the_same_bytes_again(shown):
    first, second = (shown(plt.figure(), "Nothing.") for _ in range(2))
    assert plt.get_fignums() == []
    assert first == second


def test_a_figure_needs_a_sentence():
    with pytest.raises(ValueError, match=r"^alt must .* Received: alt=' '$"):
        plots.show(plots.new_figure()[0], " ")


def test_the_palette_is_safe_for_colour_blind_readers():
    assert set(plots.COLOURS.values()) - {plots.COLOURS["grey"]} <= OKABE_ITO
    meanings = ("function", "derivative", "target", "point", "second", "third", "fourth")
    assert len({plots.COLOURS[name] for name in meanings}) == len(meanings)


def test_contrast_is_that_of_wcag():
    # What WebAIM's contrast checker gives, rounded down.
    known = {"white": 1, "#FF0000": 3.99, "#0000FF": 8.59, "#008000": 5.13, "#777777": 4.47}
    for colour, ratio in known.items():
        assert 0 <= plots.contrast(colour, "white") - ratio < 0.01
    assert plots.contrast("white", "black") == plots.contrast("black", "white") == 21


@pytest.mark.parametrize("colour", plots.COLOURS.values())
def test_ink_is_a_darker_shade_of_its_colour_and_can_be_read(colour):
    hue, _, value = mpl.colors.rgb_to_hsv(mpl.colors.to_rgb(colour))
    ink_hue, _, ink_value = mpl.colors.rgb_to_hsv(mpl.colors.to_rgb(plots.ink(colour)))
    assert ink_hue == pytest.approx(hue, abs=0.01) and ink_value <= value
    figure, ax = plots.new_figure()
    ax.text(0.5, 0.5, "ink", color=plots.ink(colour))
    assert pale_texts(figure) == {}


def test_pale_words_are_found():
    figure, ax = plots.new_figure()
    ax.imshow(np.full((8, 8), 0.5), cmap="gray", vmin=0, vmax=1)
    for row, ink in enumerate(["black", "white", "#0072B2"]):
        ax.text(2, 2 * row + 1, ink, color=ink)
    ax.set_title("a title", color="#E69F00")
    assert pale_texts(figure).keys() == {"white", "#0072B2", "a title"}


def test_drawing_changes_no_global_state():
    before = dict(mpl.rcParams)
    plots.plot_curves([0, 1], {"a": [0, 1]}, plots.new_figure()[1])
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


def test_new_figures_look_the_same_in_every_style(shown):
    def look():
        figure, ax = plots.new_figure()
        with plots.course_style():
            ax.text(0, 0, "text")
            return shown(figure, "empty axes")

    bright = look()
    with plt.style.context("dark_background"):
        assert look() == bright


def test_new_figure_gives_the_axes_asked_for():
    figure, axes = plots.new_figure(columns=2, rows=3, width=6, height=4)
    assert axes.shape == (3, 2)
    assert tuple(figure.get_size_inches()) == (6, 4)
    assert not any(ax.spines[side].get_visible() for ax in axes.flat for side in ("top", "right"))
    figure, axes = plots.new_figure(mosaic=[["map", "a"], ["map", "b"]], width_ratios=[3, 1])
    figure.canvas.draw()
    assert list(axes) == ["map", "a", "b"]
    assert axes["map"].get_position().width > 2 * axes["a"].get_position().width
    assert not axes["b"].spines["top"].get_visible()


def test_curves_are_named_and_draw_their_data():
    x = np.linspace(0, 1, 5)
    ax = plots.new_figure()[1]
    assert plots.plot_curves(x, {"line": x, "square": x**2}, ax, xlabel="x", title="two") is ax
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["line", "square"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), x**2)
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--"]
    colours = [plots.COLOURS["first"], plots.COLOURS["second"]]
    assert [line.get_color() for line in ax.lines] == colours
    assert (ax.get_xlabel(), ax.get_title()) == ("x", "two")


def test_curves_take_colours():
    ax = plots.new_figure()[1]
    plots.plot_curves([0, 1], {"a": [0, 1], "b": [1, 0]}, ax, colours=["black", "red"])
    assert [line.get_color() for line in ax.lines] == ["black", "red"]


def test_five_cannot_be_told_apart():
    with pytest.raises(ValueError, match="zip"):
        plots.plot_curves([0], {str(i): [0] for i in range(5)}, plots.new_figure()[1])


def test_the_gate_multiplies():
    axes = plots.plot_gate([-1, 2, 3], [0.5, -0.25, 1], [0, 1, 0.5], plots.new_figure(columns=3)[1])
    widths = [[bar.get_width() for bar in ax.patches] for ax in axes]
    assert widths == [[0.5, -0.25, 1], [0, 1, 0.5], [0, -0.25, 0.5]]
    colours = [mpl.colors.to_hex(ax.patches[0].get_facecolor()).upper() for ax in axes]
    assert set(colours) == {plots.COLOURS["derivative"]}
    assert axes[0].get_yticklabels()[0].get_text() == "z = −1.0"
    assert axes[0].get_xlim() == axes[2].get_xlim() == (-1.15, 1.15)  # room for every bar
    assert all(ax.get_ylim()[0] > ax.get_ylim()[1] for ax in axes)  # the first unit on top


def test_the_spread_shows_each_value_and_the_median():
    ax = plots.plot_spread({"a": [9, 1, 2], "b": [5, 7]}, plots.new_figure()[1], xscale="log")
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [9, 1, 2])
    assert [collection.get_segments()[0][0][0] for collection in ax.collections] == [2, 6]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_ylim() == (1.5, -0.5)
    assert [f"{tick:g}" for tick in ax.get_xticks() if 1 <= tick <= 7] == ["1", "2", "5"]
    assert ax.xaxis.get_major_formatter()(2.0) == "2"


def test_bars_have_their_heights_and_say_them():
    ax = plots.new_figure()[1]
    assert plots.plot_bars(["a", "b", "c"], [7.0, -2.0, 1096.633], ax, title="bars") is ax
    assert [bar.get_height() for bar in ax.patches] == [7.0, -2.0, 1096.633]
    assert [text.get_text() for text in ax.texts] == ["7", "−2", "1097"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "c"]
    assert ax.get_ylim()[1] > 1.1 * 1096  # room for the number above the bar
    assert mpl.colors.to_hex(ax.patches[0].get_facecolor()).upper() == plots.COLOURS["function"]


def test_the_matrix_is_drawn_row_by_row_with_its_numbers():
    ax = plots.new_figure()[1]
    matrix = np.array([[0.2, -0.1, 0.0], [0.05, 0.1, -0.13]])
    assert plots.plot_matrix(matrix, ax, limit=0.2, xlabel="column") is ax
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), matrix)
    red, _, blue, _ = image.cmap(image.norm(0.2))
    assert (image.get_clim(), red > blue) == ((-0.2, 0.2), True)  # orange is positive
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "0.20", (1, 0): "−0.10", (2, 0): "0.00",
        (0, 1): "0.05", (1, 1): "0.10", (2, 1): "−0.13",
    }  # fmt: skip
    inks = [text.get_color() for text in ax.texts]
    assert inks == ["white", "black", "black", "black", "black", "white"]


def test_every_number_in_a_matrix_can_be_read():
    figure, ax = plots.new_figure()
    plots.plot_matrix(np.linspace(-1, 1, 48).reshape(4, 12), ax, limit=1)
    assert pale_texts(figure) == {}


def test_the_matrix_takes_names():
    ax = plots.plot_matrix(np.eye(2), plots.new_figure()[1], limit=1, names=["x", "y"])
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["x", "y"]


def test_pictures_are_drawn_dark_on_light_with_their_captions():
    _, axes = plots.new_figure(columns=2, rows=2)
    pictures = np.arange(12).reshape(3, 2, 2)
    plots.plot_pictures(pictures, ["a", "b", "c"], axes)
    assert [ax.get_title() for ax in axes.flat] == ["a", "b", "c", ""]
    for ax, picture in zip(axes.flat, pictures, strict=False):
        (image,) = ax.images
        np.testing.assert_array_equal(image.get_array(), picture)
        light, dark = image.cmap(image.norm(picture.min())), image.cmap(image.norm(picture.max()))
        assert sum(light[:3]) > sum(dark[:3])
    assert not axes[1, 1].images
    assert not any(ax.axison for ax in axes.flat)


@pytest.mark.parametrize(("captions", "count"), [(["a"], 2), (["a", "b"], 1)])
def test_pictures_need_as_many_captions_and_axes(captions, count):
    with pytest.raises(ValueError, match="zip"):
        plots.plot_pictures(np.zeros((2, 3, 3)), captions, plots.new_figure(columns=count)[1])


def test_a_network_shows_its_weights_values_and_gradients():
    kernels = [np.array([[1.0, -2.0]]), np.array([[0.5], [4.0]])]
    ax = plots.plot_network(
        kernels,
        plots.new_figure()[1],
        values=[[3.0], [30.0, 31.0], [32.0]],
        gradients=[None, [40.0, 41.0], [42.0]],
        weight_gradients=[[[50.0, 51.0]], [[52.0], [53.0]]],
        names=[["x"], None, ["ŷ"]],
        title="small",
    )
    circles = {patch.center for patch in ax.patches if isinstance(patch, mpl.patches.Circle)}
    assert circles == {(0, 0), (2, 0.675), (2, -0.675), (4, 0)}
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    widths = [arrow.arrow_patch.get_linewidth() for arrow in arrows]
    assert np.argsort(widths).tolist() == [2, 0, 1, 3]  # 0.5, 1, −2, 4
    assert [a.arrow_patch.get_linestyle() == "-" for a in arrows] == [True, False, True, True]
    colours = {text.get_text(): text.get_color() for text in ax.texts if text.get_text()}
    assert {t for t, c in colours.items() if c == "black"} == {"1", "−2", "0.5", "4", "x", "ŷ"}
    blue = {t for t, c in colours.items() if c == plots.ink(plots.COLOURS["function"])}
    assert blue == {"3", "30", "31", "32"}
    vermilion = {t for t, c in colours.items() if c == plots.ink(plots.COLOURS["derivative"])}
    assert vermilion == {"40", "41", "42", "50", "51", "52", "53"}
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["31"] == (2, -0.675) and places["41"] == pytest.approx((2, -1.135))
    assert pale_texts(ax.figure) == {}
    assert places["51"][0] == pytest.approx(1.28) and places["51"][1] == pytest.approx(-0.432)


def test_a_large_network_is_drawn_without_its_weights():
    ax = plots.plot_network([np.ones((3, 3))], plots.new_figure()[1], names=[["a"] * 3, ["b"] * 3])
    assert {text.get_text() for text in ax.texts} == {"", "a", "b"}
