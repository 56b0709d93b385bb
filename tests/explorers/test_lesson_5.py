"""Lesson 5's explorer: paths, losses and averages held against loops and measured slopes."""

import functools

import numpy as np
import pytest

from helpers import explorers
from helpers.explorers import lesson_5
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
    return [np.column_stack(line.get_data()) for line in explorer.figure.axes[number].lines[::2]]


def marks(explorer, number):
    """The marks at the ends of an axes' curves: symbol and place, from 0 to 1 in the axes."""
    lines = explorer.figure.axes[number].lines[1::2]
    return [(line.get_marker(), *np.ravel(line.get_data())) for line in lines]


def slopes(loss, point, h=1e-5):
    return np.array(
        [(loss(*(point + step)) - loss(*(point - step))) / (2 * h) for step in h * np.eye(2)]
    )


@pytest.mark.parametrize("momentum", [0, 0.5])
@pytest.mark.parametrize("surface", [name for name in SURFACES if name != "noisy bowl"])
def test_sgd_and_rmsprop_descend_by_their_formulas(surface, momentum):
    settings = {"momentum": momentum, "learning_rate": 0.02, "rho": 0.8, "epsilon": 0.01}
    explorer = show(surface=surface, x=0.5, y=-0.3, steps=12, **settings)
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
        f"{short(S[0])} along x, {short(S[1])} along y at the end."
    )
    symbol, *place = marks(explorer, 0)[0]
    assert symbol == "o"
    np.testing.assert_allclose(place, (sgd[-1] + 2) / 4, rtol=1e-6)


def short(value):
    return f"{value:.2g}".replace("-", "−")


def test_the_curves_are_named_and_coloured():
    named = [
        [(line.get_label(), line.get_color()) for line in ax.lines[::2]]
        for ax in show().figure.axes
    ]
    optimizers = [("SGD", COLOURS["second"]), ("RMSprop", COLOURS["first"])]
    averages = [("along x", COLOURS["derivative"]), ("along y", COLOURS["third"])]
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
    explorer = show(x=-2, y=1, learning_rate=0.2)  # y is multiplied by 1 - 0.2 * 40 = -7
    (sgd, rmsprop), (loss, _) = curves(explorer, 0), curves(explorer, 1)
    np.testing.assert_allclose(sgd[:, 1], (-7.0) ** np.arange(8))
    np.testing.assert_allclose(sgd[:, 0], -2 * 0.8 ** np.arange(8))
    assert loss[-1, 1] > 1e12 > loss[-2, 1]
    assert len(rmsprop) == 101
    assert "SGD left the map at step 1 and diverged at step 7 (loss 1e+13)." in explorer.sentence
    # From y = 1 to -7 the lower edge, -2, is 3/8 of the way; x is then -2 + 3/8 * 0.4 = -1.85.
    (symbol, x, y), _ = marks(explorer, 0)
    assert symbol == "v"
    np.testing.assert_allclose([x, y], [0.15 / 4, 0], atol=1e-12)
    (symbol, x, y), _ = marks(explorer, 1)
    assert symbol == "^"
    assert 6 / 200 < x < 7 / 200
    assert y == 1


@pytest.mark.parametrize(
    ("start", "symbol", "place"),
    [
        ((0, 1), "v", (0.5, 0)),
        ((0, -1), "^", (0.5, 1)),
        ((2, 0), "<", (0, 0.5)),
        ((-2, 0), ">", (1, 0.5)),
    ],
)
def test_the_mark_points_out_of_the_map(start, symbol, place):
    x, y = start
    explorer = show(surface="bowl", x=x, y=y, learning_rate=10, steps=1)  # multiplies by -9
    assert marks(explorer, 0)[0] == (symbol, *place)


def test_a_curve_that_begins_outside_is_marked_at_the_edge():
    explorer = show(surface="saddle", y=0)  # no gradient along y: its average is 0
    assert marks(explorer, 2)[1] == ("v", 1 / 200, 0)


def test_a_path_that_comes_back_is_said_to_have_left():
    explorer = show(x=0, y=-2, surface="bowl", learning_rate=1, momentum=0.9, steps=200)
    assert np.abs(curves(explorer, 0)[0][-1]).max() < 1e-3
    assert "SGD has loss" in explorer.sentence
    explorer.set_values(learning_rate=3)  # the first step leads to -2 + 3 * 2 = 4
    assert "SGD left the map at step 1 and has loss" in explorer.sentence


def test_without_epsilon_a_zero_gradient_makes_nan():
    explorer = show(surface="saddle", y=0, use_epsilon=False)
    _, rmsprop = curves(explorer, 0)
    assert np.isnan(rmsprop[1, 1])
    assert len(rmsprop) == 2
    assert "RMSprop is NaN from step 1 on: 0 / 0." in explorer.sentence
    assert marks(explorer, 0)[1] == ("X", (-1.7 + 2) / 4, 0.5)
    assert explorer.controls["epsilon"].disabled
    explorer.set_values(use_epsilon=True)
    assert not explorer.controls["epsilon"].disabled
    assert "NaN" not in explorer.sentence


def test_a_number_beyond_all_floats_is_no_exception():
    explorer = show(learning_rate=10, momentum=0.99, x=2, y=2, steps=200, epsilon=1e-12)
    for surface in SURFACES:
        explorer.set_values(surface=surface)
        assert "SGD left the map at step 1 and diverged at step" in explorer.sentence


def test_each_surface_is_drawn_true_and_computed_once(monkeypatch):
    computed, draw = [], lesson_5.plot_contours
    monkeypatch.setattr(
        lesson_5, "plot_contours", lambda f, ax: (computed.append(f), draw(f, ax))[1]
    )
    explorer = explorers.explore_optimizers()
    for surface in [*SURFACES, *SURFACES]:
        explorer.set_values(surface=surface)
        (shown,) = [c for c in explorer.figure.axes[0].collections if c.get_visible()]
        heights = SURFACES[surface](*np.meshgrid(*[np.linspace(-2, 2, 121)] * 2))
        (x, y), *_ = shown.get_paths()[5].vertices
        assert SURFACES[surface](x, y) == pytest.approx(shown.levels[5], rel=0.01)
        assert shown.levels[5] == pytest.approx(np.quantile(heights, 6 / 15))
    assert len(computed) == len(SURFACES)
