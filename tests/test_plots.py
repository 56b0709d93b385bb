"""What the plot functions draw, and how a figure gets into a notebook."""

import html.parser

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.utils.capture import capture_output

from helpers import plots

# Masataka Okabe and Kei Ito, "Color Universal Design", 2008.
OKABE_ITO = {
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
}  # fmt: skip


def shown_by(figure, alt, monkeypatch):
    outputs = []
    monkeypatch.setattr(plots, "display", lambda data, raw: outputs.append((data, raw)))
    plots.show(figure, alt)
    ((data, raw),) = outputs
    assert raw
    return data


def test_a_shown_figure_has_its_sentence_as_text_and_as_text_alternative(monkeypatch):
    figure, _ = plots.new_figure(width=5, height=3)
    data = shown_by(figure, 'x < 0 & "y"', monkeypatch)
    assert data["text/plain"] == 'x < 0 & "y"'
    attributes = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attrs: attributes.append((tag, dict(attrs)))
    parser.feed(data["text/html"])
    ((tag, image),) = attributes
    assert (tag, image["alt"]) == ("img", 'x < 0 & "y"')
    assert (image["width"], image["height"]) == ("480", "288")
    assert image["src"].startswith("data:image/png;base64,")


def test_a_shown_figure_is_closed(monkeypatch):
    figure, _ = plt.subplots()
    shown_by(figure, "nothing", monkeypatch)
    assert plt.get_fignums() == []


def test_the_same_figure_gives_the_same_bytes(monkeypatch):
    first, second = (
        shown_by(plots.new_figure()[0], "empty axes", monkeypatch)["text/html"] for _ in range(2)
    )
    assert first == second


def test_show_reaches_the_notebook():
    with capture_output() as captured:
        plots.show(plots.new_figure()[0], "empty axes")
    assert "empty axes" in captured.stdout


def test_show_refuses_what_it_cannot_show():
    figure, ax = plots.new_figure()
    with pytest.raises(TypeError, match=r"figure must .* Received: figure=<Axes"):
        plots.show(ax, "axes")
    with pytest.raises(TypeError, match=r"alt must .* Received: alt=None$"):
        plots.show(figure, None)
    with pytest.raises(ValueError, match=r"alt must .* Received: alt=' '$"):
        plots.show(figure, " ")


def test_the_palette_is_safe_for_colour_blind_readers():
    assert set(plots.COLOURS.values()) - {plots.COLOURS["grey"]} <= OKABE_ITO


def test_series_differ_in_colour_and_in_line_style():
    colours, styles = zip(*plots.SERIES, strict=True)
    assert len(set(colours)) == len(set(styles)) == len(plots.SERIES)


def test_drawing_changes_no_global_state():
    before = dict(mpl.rcParams)
    _, ax = plots.new_figure()
    plots.plot_curves([0, 1], {"a": [0, 1]}, ax)
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


def test_new_figure_gives_the_axes_asked_for():
    figure, axes = plots.new_figure(columns=2, rows=3, width=6, height=4)
    assert axes.shape == (3, 2)
    assert tuple(figure.get_size_inches()) == (6, 4)
    assert not any(ax.spines["right"].get_visible() for ax in axes.flat)


def test_curves_are_named_and_draw_their_data():
    _, ax = plots.new_figure()
    x = np.linspace(0, 1, 5)
    returned = plots.plot_curves(x, {"line": x, "square": x**2}, ax, xlabel="x", title="two")
    assert returned is ax
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["line", "square"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), x**2)
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert (ax.get_xlabel(), ax.get_title()) == ("x", "two")


def test_curves_take_colours():
    _, ax = plots.new_figure()
    plots.plot_curves([0, 1], {"a": [0, 1], "b": [1, 0]}, ax, colours=["black", "red"])
    assert [line.get_color() for line in ax.lines] == ["black", "red"]


def test_five_curves_are_too_many():
    _, ax = plots.new_figure()
    with pytest.raises(ValueError, match=r"curves must .* Received: curves=\['0', '1',"):
        plots.plot_curves([0], {str(i): [0] for i in range(5)}, ax)


def test_the_gate_multiplies():
    _, axes = plots.new_figure(columns=3)
    plots.plot_gate([-1, 2, 3], [0.5, -0.25, 1], [0, 1, 0.5], axes)
    widths = [[bar.get_width() for bar in ax.patches] for ax in axes]
    assert widths == [[0.5, -0.25, 1], [0, 1, 0.5], [0, -0.25, 0.5]]
    assert axes[0].get_yticklabels()[0].get_text() == "z = −1.0"


def test_the_histograms_hold_every_value_and_the_median():
    _, ax = plots.new_figure()
    layers = [[1e-3, 1e-3, -1e-3], [1.0, 0.0, -10.0, 100.0]]
    plots.plot_histogram_per_layer(layers, ax, limits=(-4, 3), bins=7)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [1, 2])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [-3, 1])
    shares = ax.collections[0].get_array().reshape(7, 2)
    np.testing.assert_array_equal(shares[:, 0], [0, 1, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(shares[:, 1], [0, 0, 0, 0, 1, 1, 1])


def test_the_spread_shows_each_value_and_the_median():
    _, ax = plots.new_figure()
    plots.plot_spread({"a": [3, 1, 2], "b": [5, 7]}, ax, xscale="log")
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [3, 1, 2])
    assert [collection.get_segments()[0][0][0] for collection in ax.collections] == [2, 6]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_ylim() == (1.5, -0.5)
    assert [f"{tick:g}" for tick in ax.get_xticks() if 1 <= tick <= 7] == ["1", "2", "5"]
    assert ax.xaxis.get_major_formatter()(2.0) == "2"


def test_bars_have_their_heights_and_say_them():
    _, ax = plots.new_figure()
    returned = plots.plot_bars(["a", "b", "c"], [7.0, -2.0, 1096.633], ax, title="bars")
    assert returned is ax
    assert [bar.get_height() for bar in ax.patches] == [7.0, -2.0, 1096.633]
    assert [text.get_text() for text in ax.texts] == ["7", "−2", "1097"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "c"]
    assert ax.get_title() == "bars"
    assert ax.patches[0].get_facecolor() == mpl.colors.to_rgba(plots.COLOURS["function"])


def test_bars_take_a_colour():
    _, ax = plots.new_figure()
    plots.plot_bars(["a"], [1], ax, colour="red")
    assert ax.patches[0].get_facecolor() == mpl.colors.to_rgba("red")


def test_the_matrix_is_drawn_row_by_row_with_its_numbers():
    _, ax = plots.new_figure()
    matrix = np.array([[0.2, -0.1, 0.0], [0.05, 0.1, -0.2]])
    assert plots.plot_matrix(matrix, ax, limit=0.2, xlabel="column") is ax
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), matrix)
    assert image.get_clim() == (-0.2, 0.2)
    said = {text.get_position(): text.get_text() for text in ax.texts}
    assert said == {
        (0, 0): "0.20", (1, 0): "−0.10", (2, 0): "0.00",
        (0, 1): "0.05", (1, 1): "0.10", (2, 1): "−0.20",
    }  # fmt: skip
    inks = [text.get_color() for text in ax.texts]
    assert inks == ["white", "black", "black", "black", "black", "white"]
    assert ax.get_xlabel() == "column"


def test_the_matrix_takes_names():
    _, ax = plots.new_figure()
    plots.plot_matrix(np.eye(2), ax, limit=1, names=["x", "y"])
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["x", "y"]


def test_contours_lie_where_the_function_has_their_value():
    _, ax = plots.new_figure()
    lines = plots.plot_contours(lambda x, y: x + 2 * y, ax, count=3, xlim=(0, 4), ylim=(0, 1))
    np.testing.assert_allclose(lines.levels[1], 3)
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        x, y = path.vertices.T
        np.testing.assert_allclose(x + 2 * y, level)
    assert ax.get_xlim() == (0, 4)
    greys = [colour[0] for colour in lines.get_edgecolor()]
    assert greys == sorted(greys, reverse=True)


def test_equal_areas_lie_between_contours():
    _, ax = plots.new_figure()
    lines = plots.plot_contours(lambda x, y: x**3, ax, count=3, xlim=(0, 1), ylim=(0, 1))
    np.testing.assert_allclose(np.cbrt(lines.levels), [0.25, 0.5, 0.75], atol=0.01)


def test_paths_are_named_begin_with_a_dot_and_move_no_limits():
    _, ax = plots.new_figure()
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    paths = {"near": [[0, 0], [0.5, 0.2]], "far": np.array([[1, 1], [9, 9], [99, 0]])}
    assert plots.plot_paths(paths, ax, title="two") is ax
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["near", "far"]
    near, start, far, _ = ax.lines
    np.testing.assert_array_equal(near.get_xydata(), paths["near"])
    np.testing.assert_array_equal(far.get_xydata(), paths["far"])
    np.testing.assert_array_equal(start.get_xydata(), [[0, 0]])
    assert (*ax.get_xlim(), *ax.get_ylim()) == (-1, 1, -1, 1)
    assert near.get_linestyle() != far.get_linestyle()
    assert ax.get_title() == "two"


def test_five_paths_are_too_many():
    _, ax = plots.new_figure()
    with pytest.raises(ValueError, match=r"paths must .* Received: paths=\['0', '1',"):
        plots.plot_paths({str(i): [[0, 0]] for i in range(5)}, ax)


def test_every_unit_is_drawn_once_as_speaking_or_silent():
    silent = np.array([False, True, True, False, False, True, False])
    ax = plots.plot_units(silent, plots.new_figure()[1], title="units")
    places = [(i % 3, i // 3) for i in range(7)]
    drawn = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in ax.lines}
    assert drawn["silent"] == [places[i] for i in (1, 2, 5)]
    assert drawn["speaks"] == [places[i] for i in (0, 3, 4, 6)]
    assert {line.get_marker() for line in ax.lines} == {"o", "x"}
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first unit stands at the top
    assert ax.get_title() == "units"


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


@pytest.mark.parametrize(
    ("captions", "count", "named"), [(["a"], 2, "captions"), (["a", "b"], 1, "axes")]
)
def test_pictures_need_as_many_captions_and_axes(captions, count, named):
    _, axes = plots.new_figure(columns=count)
    with pytest.raises(ValueError, match=f"^{named} must .* Received: {named}"):
        plots.plot_pictures(np.zeros((2, 3, 3)), captions, axes)
