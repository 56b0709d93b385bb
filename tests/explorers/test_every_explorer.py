"""What holds for every explorer: all controls answer, nothing covers or spoils the picture."""

import functools
import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import explorers
from helpers.plots import COLOURS, ink
from tests.contrast import pale_texts
from tests.explorers.drawn import ends, pixels, view

# The dashboard, which moves by itself, has tests of its own.
STILL = [getattr(explorers, name) for name in explorers.__all__ if name != "explore_training"]
OF_FUNCTIONS = [explore for explore in STILL if inspect.signature(explore).parameters]

# Controls that another one switches on, and one that chooses a background, which is then drawn.
SWITCHES = {
    (explorers.explore_relu, "max_value"): {"use_max_value": True, "x": 8},
    (explorers.explore_huber_pinball, "quantile"): {"loss": "pinball"},
    (explorers.explore_huber_pinball, "delta"): {"loss": "Huber"},
    (explorers.explore_optimizers, "use_epsilon"): {"surface": "saddle", "b": 0},
}
BACKGROUNDS = {(explorers.explore_optimizers, "surface")}


def test_the_package_offers_the_explorers_of_all_lessons():
    files = [name for _, name, _ in pkgutil.iter_modules(explorers.__path__)]
    modules = [importlib.import_module(f"helpers.explorers.{name}") for name in files]
    found = {name for module in modules for name in vars(module) if name.startswith("explore_")}
    assert sorted(found) == explorers.__all__


@pytest.mark.parametrize("explore", STILL)
def test_every_control_at_both_ends_changes_picture_and_sentence_but_not_the_background(
    explore, monkeypatch
):
    explorer, drawings = view(explore), []
    draw = explorer.figure.canvas.draw
    monkeypatch.setattr(explorer.figure.canvas, "draw", lambda: (drawings.append(1), draw()))
    for name, control in explorer.controls.items():
        view(explore, **SWITCHES.get((explore, name), {}))
        assert not getattr(control, "disabled", False), name
        drawings.clear()
        pictures, sentences = [], []
        for value in ends(control):
            explorer.set_values(**{name: value})
            pictures.append(pixels(explorer))
            sentences.append(explorer.sentence)
        assert any(not np.array_equal(pictures[0], picture) for picture in pictures[1:]), name
        assert len(set(sentences)) == len(sentences), name
        assert (explore, name) in BACKGROUNDS or drawings == [], name


def views(*explorers):
    """Show the start and then every preset, in several explorers at once; yield each name."""
    yield "start"
    for name in explorers[0].presets:
        for explorer in explorers:
            explorer.apply_preset(name)
        yield name


@pytest.mark.parametrize("explore", STILL)
def test_every_preset_says_its_own_whatever_the_learners_error_state(explore):
    with np.errstate(all="raise"):
        explorer = explore()
        said = [explorer.sentence for _ in views(explorer)]
    assert len(set(said[1:])) == len(explorer.presets) >= 3
    explorer = view(explore)
    assert said == [explorer.sentence for _ in views(explorer)]


@pytest.mark.parametrize("explore", OF_FUNCTIONS)
def test_a_function_that_changes_its_input_spoils_nothing(explore):
    def spoiling(function):
        def spoil(*values, **options):
            result = np.array(function(*values, **options))
            for value in values:
                if isinstance(value, np.ndarray):
                    value[...] = 77
            return result

        return spoil

    parameters = inspect.signature(explore).parameters.values()
    spoilt, sound = explore(*(spoiling(each.default) for each in parameters)), view(explore)
    for name in views(sound, spoilt):
        assert spoilt.sentence == sound.sentence
        np.testing.assert_array_equal(pixels(spoilt), pixels(sound), name)


every_function = pytest.mark.parametrize(
    ("explore", "name"),
    [(explore, name) for explore in OF_FUNCTIONS for name in inspect.signature(explore).parameters],
)


@every_function
def test_every_function_can_be_the_learners_own(explore, name):
    default = inspect.signature(explore).parameters[name].default
    own = explore(**{name: lambda *values, **options: 3 - default(*values, **options)})
    library = view(explore)
    assert any(
        own.sentence != library.sentence or not np.array_equal(pixels(own), pixels(library))
        for _ in views(library, own)
    )


@every_function
def test_a_function_of_the_wrong_shape_is_told_so(explore, name):
    default = inspect.signature(explore).parameters[name].default
    with pytest.raises(ValueError, match=rf"{default.__name__} returned the shape .* should be \("):
        wrong = functools.wraps(default)(lambda *values, **options: default(*values, **options)[1:])
        list(views(explore(**{name: wrong})))


@every_function
def test_nothing_is_missing_from_a_picture_without_a_word(explore, name):
    default = inspect.signature(explore).parameters[name].default
    explorer = explore(**{name: lambda *values, **options: np.nan * default(*values, **options)})
    said = [explorer.sentence for _ in views(explorer)]
    assert any(re.search("nan|NaN|not a number", sentence) for sentence in said)


def points_on_screen(line):
    """Points along a line as drawn, so close that no part of it is overlooked."""
    data = np.column_stack([np.ravel(values) for values in line.get_data()]).astype(float)
    x, y = line.get_transform().transform(data).T
    steps = np.arange(len(x))
    closer = steps if line.get_linestyle() == "None" else np.linspace(0, len(x) - 1, 20 * len(x))
    return np.column_stack([np.interp(closer, steps, x), np.interp(closer, steps, y)])


@pytest.mark.parametrize("explore", STILL)
def test_no_legend_covers_anything_and_no_bar_or_text_is_cut_off(explore):
    explorer = view(explore)
    canvas, page = explorer.figure.canvas, explorer.figure.bbox
    for name in views(explorer):
        canvas.draw()
        for ax in explorer.figure.axes:
            lines = [points_on_screen(line) for line in ax.lines if len(line.get_xdata())]
            bars = [bar.get_window_extent() for bar in ax.patches if bar.get_height()]
            texts = [text.get_window_extent() for text in ax.texts if text.get_text()]
            for box in texts:
                assert ax.bbox.x0 < box.x0 and box.x1 < ax.bbox.x1, name
                assert ax.bbox.y0 < box.y0 and box.y1 < ax.bbox.y1, name
            if legend := ax.get_legend():
                box = legend.get_window_extent()
                assert not any(box.count_contains(points) for points in lines), name
                assert not box.count_overlaps(texts), name
                texts.append(box)
                assert page.x0 <= box.x0 and box.x1 <= page.x1, name
                assert page.y0 <= box.y0 and box.y1 <= page.y1, name
            assert not any(box.count_overlaps(bars) for box in texts), name
            assert all(bar.y1 < ax.bbox.y1 - 3 for bar in bars), name
            lower = [bar.get_window_extent().y0 for bar in ax.patches if bar.get_height() < 0]
            assert all(y > ax.bbox.y0 + 3 for y in lower), name


@pytest.mark.parametrize("explore", STILL)
def test_every_colour_is_one_of_the_course(explore):
    for ax in view(explore).figure.axes:
        colours = [line.get_color() for line in ax.lines]
        colours += [bar.get_facecolor() for bar in ax.patches]
        assert {to_hex(colour).upper() for colour in colours} <= set(COLOURS.values())
        inks = {to_hex(ink(colour)) for colour in COLOURS.values()}
        assert {to_hex(text.get_color()) for text in ax.texts} <= inks


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_word_can_be_read(name):
    explorer = view(getattr(explorers, name))
    assert {state: pale_texts(explorer.figure) for state in views(explorer)} == {
        state: {} for state in ("start", *explorer.presets)
    }
