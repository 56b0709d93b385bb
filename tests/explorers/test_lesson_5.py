"""Lesson 5's explorer: paths, losses and averages held against loops and measured slopes."""

import functools

import numpy as np
import pytest
from sklearn.datasets import load_digits

from helpers import explorers
from helpers.explorers import lesson_5
from helpers.optimizers import SGD, RMSprop
from helpers.plots import COLOURS
from tests.explorers.drawn import view


def bowl(x, y):
    return np.hypot(x, y) ** 2 / 2


def narrow_valley(x, y):
    return x**2 / 2 + 20 * y**2


# The surfaces, each written in another way than in the explorer.
SURFACES = {
    "bowl": bowl,
    "narrow valley": narrow_valley,
    "slanted valley": lambda x, y: narrow_valley((x + y) / 2**0.5, (x - y) / 2**0.5),
    "saddle": lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4 + 1 / 4,
    "banana valley": lambda x, y: (x - 1) ** 2 + 10 * (x**2 - y) ** 2,
    "noisy bowl": bowl,
}


show = functools.partial(view, explorers.explore_optimizers)


def curves(explorer, number):
    """The curves of an axes as arrays of points."""
    return [np.column_stack(line.get_data()) for line in explorer.figure.axes[number].lines[:4:2]]


def marks(explorer, number):
    """The marks at the ends of an axes' curves: symbol and place, from 0 to 1 in the axes."""
    lines = explorer.figure.axes[number].lines[1:4:2]
    return [(line.get_marker(), *np.ravel(line.get_data())) for line in lines]


def slopes(loss, point, h=1e-5):
    return np.array(
        [(loss(*(point + step)) - loss(*(point - step))) / (2 * h) for step in h * np.eye(2)]
    )


@pytest.mark.parametrize("momentum", [0, 0.5])
@pytest.mark.parametrize("surface", [name for name in SURFACES if name != "noisy bowl"])
def test_sgd_and_rmsprop_descend_by_their_formulas(surface, momentum):
    settings = {"momentum": momentum, "learning_rate": 0.02, "rho": 0.8, "epsilon": 0.01}
    explorer = show(surface=surface, w=0.5, b=-0.3, steps=12, **settings)
    loss, start = SURFACES[surface], np.array([0.5, -0.3])
    w, v, sgd = start, 0, [start]
    for _ in range(12):
        v = momentum * v + 0.02 * slopes(loss, w)
        w = w - v
        sgd.append(w)
    w, v, S, rmsprop, averages = start, 0, 0, [start], []
    for _ in range(12):
        g = slopes(loss, w)
        S = 0.8 * S + 0.2 * g**2
        v = momentum * v + 0.02 * g / np.sqrt(S + 0.01)
        w = w - v
        rmsprop.append(w)
        averages.append(S)
    losses = [[loss(*point) for point in path] for path in (sgd, rmsprop)]
    expected = [
        [sgd, rmsprop],
        [np.column_stack([range(13), values]) for values in losses],
        [np.column_stack([range(1, 13), values]) for values in np.transpose(averages)],
    ]
    for number, paths in enumerate(expected):
        for drawn, path in zip(curves(explorer, number), paths, strict=True):
            np.testing.assert_allclose(drawn, path, rtol=1e-5, atol=1e-8)
    ends = [f"has loss {short(values[-1])} after step 12." for values in losses]
    assert explorer.sentence == (
        f"On the {surface} from (0.50, −0.30), SGD {ends[0]} RMSprop {ends[1]} Its average S is "
        f"{short(S[0])} for w, {short(S[1])} for b at the end."
    )
    symbol, *place = marks(explorer, 0)[0]
    assert symbol == "o"
    np.testing.assert_allclose(place, (sgd[-1] + 2) / 4, rtol=1e-6)
    assert explorer.figure.axes[0].lines[4].get_data() == ([0.5], [-0.3])  # where one grabs it


def short(value):
    return f"{value:.2g}".replace("-", "−")


def test_the_curves_are_named_and_coloured():
    named = [
        [(line.get_label(), line.get_color()) for line in ax.lines[:4:2]]
        for ax in show().figure.axes
    ]
    optimizers = [("SGD", COLOURS["second"]), ("RMSprop", COLOURS["first"])]
    averages = [("of w", COLOURS["derivative"]), ("of b", COLOURS["third"])]
    assert named == [optimizers, optimizers, averages]


def test_the_noise_of_the_noisy_bowl_is_the_same_for_both_and_at_every_move():
    noises = []
    for rate in (0.1, 0.3):
        explorer = show(surface="noisy bowl", learning_rate=rate, rho=0, steps=200)
        sgd, rmsprop = curves(explorer, 0)
        noises.append((sgd[:-1] - sgd[1:]) / rate - sgd[:-1])
        squares = np.column_stack([line[:, 1] for line in curves(explorer, 2)])
        np.testing.assert_allclose(squares, (rmsprop[:-1] + noises[-1]) ** 2, atol=1e-9)
    np.testing.assert_allclose(noises[0], noises[1], atol=1e-9)
    assert 0.8 < np.std(noises[0]) < 1.2
    assert np.abs(np.mean(noises[0])) < 0.2


def test_a_path_that_diverges_is_marked_where_it_leaves_and_stops():
    explorer = show(w=-2, b=1, learning_rate=0.2)  # b is multiplied by 1 - 0.2 * 40 = -7
    (sgd, rmsprop), (loss, _) = curves(explorer, 0), curves(explorer, 1)
    np.testing.assert_allclose(sgd[:, 1], (-7.0) ** np.arange(8))
    np.testing.assert_allclose(sgd[:, 0], -2 * 0.8 ** np.arange(8))
    assert loss[-1, 1] > 1e12 > loss[-2, 1]
    assert len(rmsprop) == 101
    assert "SGD left the map at step 1 and diverged at step 7 (loss 1e+13)." in explorer.sentence
    # From b = 1 to -7 the lower edge, -2, is 3/8 of the way; w is then -2 + 3/8 * 0.4 = -1.85.
    (symbol, x, y), _ = marks(explorer, 0)
    assert symbol == "v"
    np.testing.assert_allclose([x, y], [0.15 / 4, 0], atol=1e-12)
    (symbol, x, y), _ = marks(explorer, 1)
    assert symbol == "^"
    assert 1 / 200 < x < 3 / 200  # the losses are 22, 981, 48 021
    assert y == 1
    assert verdict(explorer) == "SGD DIVERGED"


def verdict(explorer):
    """What the map says in words."""
    (text,) = explorer.figure.axes[0].texts
    return text.get_text()


def test_a_loss_at_the_floor_is_a_dot_and_no_word_of_divergence():
    explorer = show(learning_rate=0.1, surface="bowl", steps=200)
    assert curves(explorer, 1)[0][-1, 1] == 1e-6  # drawn; in truth 0.9 ** 400 times the start
    assert marks(explorer, 1)[0][0] == "o"
    assert verdict(explorer) == ""


def test_both_can_diverge():
    explorer = show(surface="banana valley", learning_rate=0.5, momentum=0.99, w=2, b=-2, steps=200)
    assert verdict(explorer) in ("SGD DIVERGED", "SGD and RMSprop DIVERGED")


@pytest.mark.parametrize(
    ("surface", "w", "b", "symbol", "place"),
    [
        ("narrow valley", 0, 1, "v", (0.5, 0)),
        ("narrow valley", 0, -1, "^", (0.5, 1)),
    ],
)
def test_the_mark_points_out_of_the_map(surface, w, b, symbol, place):
    explorer = show(surface=surface, w=w, b=b, learning_rate=0.5, steps=1)  # multiplies b by -19
    assert marks(explorer, 0)[0] == (symbol, *place)


@pytest.mark.parametrize(("w", "symbol", "edge"), [(2, "<", 0), (-2, ">", 1)])
def test_the_mark_points_to_the_side_where_the_path_left(w, symbol, edge):
    explorer = show(surface="banana valley", w=w, b=0, learning_rate=0.5, steps=1)
    found, x, _ = marks(explorer, 0)[0]
    assert found == symbol
    assert x == pytest.approx(edge)


def test_an_average_of_zero_is_drawn_at_the_floor():
    explorer = show(surface="saddle", b=0)  # no gradient along b: its average is 0
    assert set(curves(explorer, 2)[1][:, 1]) == {1e-6}


def test_a_path_that_comes_back_is_said_to_have_left():
    explorer = show(w=0, b=-2, learning_rate=0.04, momentum=0.5, steps=200)
    assert np.abs(curves(explorer, 0)[0][-1]).max() < 1e-3
    assert "SGD has loss" in explorer.sentence
    explorer.set_values(learning_rate=0.06)  # the first step leads to -2 + 0.06 * 80 = 2.8
    assert "SGD left the map at step 1 and has loss" in explorer.sentence


def test_without_epsilon_a_zero_gradient_makes_nan():
    explorer = show(surface="saddle", b=0, use_epsilon=False)
    _, rmsprop = curves(explorer, 0)
    assert np.isnan(rmsprop[1, 1])
    assert len(rmsprop) == 2
    assert "RMSprop is NaN from step 1 on: 0 / 0." in explorer.sentence
    assert marks(explorer, 0)[1] == ("X", (-1.75 + 2) / 4, 0.5)
    assert explorer.controls["epsilon"].disabled
    explorer.set_values(use_epsilon=True)
    assert not explorer.controls["epsilon"].disabled
    assert "NaN" not in explorer.sentence


def test_a_number_beyond_all_floats_is_no_exception():
    explorer = show(learning_rate=0.5, momentum=0.99, w=2, b=-2, steps=200, epsilon=1e-12)
    for surface in ("narrow valley", "slanted valley", "banana valley"):
        explorer.set_values(surface=surface)
        assert "SGD left the map at step 1 and diverged at step" in explorer.sentence


def test_each_surface_is_drawn_true_and_computed_once(monkeypatch):
    computed, draw = [], lesson_5.draw_map
    monkeypatch.setattr(
        lesson_5, "draw_map", lambda ax, surface: (computed.append(surface), draw(ax, surface))[1]
    )
    explorer = explorers.explore_optimizers()
    for surface in [*SURFACES, *SURFACES]:
        explorer.set_values(surface=surface)
        (shown,) = [c for c in explorer.figure.axes[0].collections if c.get_visible()]
        ratios = shown.levels[2:] / shown.levels[1:-1]
        np.testing.assert_allclose(ratios, 2)  # each shade twice the one before
        corners = SURFACES[surface](*np.meshgrid(*[np.linspace(-2, 2, 161)] * 2))
        assert shown.levels[-1] == pytest.approx(corners.max())
    assert sorted(computed) == sorted(SURFACES)


def test_the_notebooks_maps_show_each_path_whole():
    path = np.array([[-1.0, 1.0], [0.5, -0.5]])
    figure = lesson_5.draw_paths({"first": path, "second": 2 * path})
    assert [ax.get_title() for ax in figure.axes] == ["first", "second"]
    for ax, factor in zip(figure.axes, (1, 2), strict=True):
        np.testing.assert_array_equal(np.transpose(ax.lines[0].get_data()), factor * path)


@pytest.mark.parametrize("keep", [0, 20])
def test_the_network_of_the_race_descends_its_own_slope(keep):
    """A recorded gradient is held against differences of the loss on the same mini-batch."""

    class Recorder:
        def __init__(self):
            self.calls = []

        def apply(self, gradients, network):
            self.calls.append((gradients, [w.copy() for w in network]))

    rng = np.random.default_rng(1)
    pixels, digits = rng.random((1400 + 5, 64)), rng.integers(0, 10, 1400 + 5)
    recorder = Recorder()
    lesson_5.digits_loss(recorder, 0, pixels, digits, epochs=1)
    gradients, network = recorder.calls[keep]
    replay = np.random.default_rng(0)
    replay.normal(size=64 * 32), replay.normal(size=32 * 10)
    rows = np.array_split(replay.permutation(1400), 43)[keep]

    def loss():
        _, p = lesson_5._forward(network, pixels[rows])
        return -np.mean(np.log(p[np.arange(len(rows)), digits[rows]]))

    for w, gradient in zip(network, gradients, strict=True):
        place = (0,) * w.ndim
        w[place] += 1e-6
        above = loss()
        w[place] -= 2e-6
        below = loss()
        w[place] += 1e-6
        np.testing.assert_allclose(gradient[place], (above - below) / 2e-6, atol=1e-7)


def test_the_race_on_digits_is_level():
    pixels, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(digits))
    pixels, digits = pixels[order] / 16, digits[order]
    for optimizer, rate in ((SGD, 0.75), (RMSprop, 0.024)):
        losses = [lesson_5.digits_loss(optimizer(rate), i, pixels, digits) for i in range(10, 20)]
        assert 0.085 < np.median(losses) < 0.115
