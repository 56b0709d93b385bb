"""The explorers of the lessons: every control driven, every drawing held against formulas."""

import numpy as np
import pytest
from scipy import special, stats

from helpers import explorers, gradients
from tests.explorers.test_engine import count_full_drawings, whole_picture

EVERY_EXPLORER = [getattr(explorers, name) for name in explorers.__all__]


def ends(control):
    """Both ends of a slider's range, or every option of another control."""
    if hasattr(control, "base"):
        return [control.base**control.min, control.base**control.max]
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [True, False] if isinstance(control.value, bool) else list(control.options)


def moving_line(axes, number=0):
    """Return the coordinates of a moving curve, without the places where the pen is lifted."""
    lines = [line for line in axes.lines if line.get_animated() and len(line.get_xdata()) > 10]
    x, y = lines[number].get_data()
    drawn = ~np.isnan(x)
    return x[drawn], y[drawn]


# Controls that are switched on by another one.
SWITCHES = {
    (explorers.explore_relu, "max_value"): {"use_max_value": True, "x": 8},
    (explorers.explore_huber_pinball, "quantile"): {"loss": "pinball"},
    (explorers.explore_optimizers, "use_epsilon"): {"surface": "saddle", "y": 0},
}

# Controls that choose a background, which has then to be drawn.
BACKGROUNDS = {(explorers.explore_optimizers, "surface")}


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_every_control_at_both_ends_changes_the_picture_and_the_sentence(explore):
    explorer = explore()
    for name, control in explorer.controls.items():
        explorer.reset()
        explorer.set_values(**SWITCHES.get((explore, name), {}))
        assert not getattr(control, "disabled", False), name
        pictures, sentences = [], set()
        for value in ends(control):
            explorer.set_values(**{name: value})
            pictures.append(whole_picture(explorer))
            sentences.add(explorer.sentence)
        assert any(not np.array_equal(pictures[0], picture) for picture in pictures[1:]), name
        assert len(sentences) == len(pictures), name


def test_max_value_can_be_moved_only_while_it_counts():
    explorer = explorers.explore_relu()
    assert explorer.controls["max_value"].disabled
    explorer.set_values(use_max_value=True)
    assert not explorer.controls["max_value"].disabled


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_every_preset_shows_something_of_its_own(explore):
    explorer = explore()
    sentences = set()
    for name in explorer.presets:
        explorer.apply_preset(name)
        sentences.add(explorer.sentence)
    assert len(sentences) == len(explorer.presets)


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_moving_a_slider_never_redraws_the_background(explore):
    explorer = explore()
    drawings = count_full_drawings(explorer)
    for name, control in explorer.controls.items():
        if (explore, name) in BACKGROUNDS:
            continue
        for value in ends(control):
            explorer.set_values(**{name: value})
    assert drawings == []


@pytest.mark.parametrize("explore", EVERY_EXPLORER)
def test_what_is_drawn_stays_inside_the_axes_at_the_start(explore):
    figure = explore().figure
    renderer = figure.canvas.get_renderer()
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent(renderer)
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1


RELU_SETTINGS = [
    {},
    {"negative_slope": 0.25},
    {"negative_slope": -1, "threshold": 1.5},
    {"use_max_value": True, "max_value": 3},
    {"use_max_value": True, "max_value": 5, "threshold": 2, "negative_slope": 0.5},
]


@pytest.mark.parametrize("settings", RELU_SETTINGS)
def test_relu_curves_follow_the_formula(settings):
    explorer = explorers.explore_relu()
    explorer.set_values(**settings)
    slope, threshold = settings.get("negative_slope", 0), settings.get("threshold", 0)
    ceiling = settings["max_value"] if settings.get("use_max_value") else np.inf
    left, right = explorer.figure.axes
    x, y = moving_line(left)
    below = x < threshold
    np.testing.assert_allclose(y[below], slope * (x[below] - threshold))
    np.testing.assert_allclose(y[~below], np.minimum(x[~below], ceiling))
    x, y = moving_line(right)
    np.testing.assert_allclose(y[x <= threshold], slope)
    np.testing.assert_allclose(y[(x > threshold) & (x < ceiling)], 1)
    np.testing.assert_allclose(y[x >= ceiling], 0)


def test_relu_sentence_says_the_numbers_at_the_test_point():
    explorer = explorers.explore_relu()
    explorer.set_values(negative_slope=0.1, use_max_value=True, max_value=4, x=-3)
    assert explorer.sentence == (
        "f(x) = 4.0 for x ≥ 4.0, x from 0.0 to there, and 0.10 · (x − 0.0) below. "
        "At x = −3.00: f(x) = −0.30, f′(x) = 0.10."
    )
    explorer.set_values(x=5)
    assert explorer.sentence.endswith("At x = 5.00: f(x) = 4.00, f′(x) = 0.00.")


def test_relu_takes_the_learners_own_function():
    explorer = explorers.explore_relu(relu=lambda x, **options: np.full_like(x, 7.0))
    np.testing.assert_allclose(moving_line(explorer.figure.axes[0])[1], 7)
    assert "f(x) = 7.00" in explorer.sentence


def test_three_relus_add_up():
    explorer = explorers.explore_relu_sum()
    explorer.set_values(a1=2, b1=1, a2=-1.5, b2=-0.5, a3=0.5, b3=2)
    left, right = explorer.figure.axes
    x, total = moving_line(left)
    units = [a * (x + b) * (x > -b) for a, b in ((2, 1), (-1.5, -0.5), (0.5, 2))]
    for number, unit in enumerate(units):
        np.testing.assert_allclose(moving_line(right, number)[1], unit, atol=1e-12)
    np.testing.assert_allclose(total, sum(units), atol=1e-12)
    target = left.lines[0].get_ydata()
    assert f"mean squared error {np.mean((total - target) ** 2):.2f}" in explorer.sentence


def test_the_roof_can_be_built():
    explorer = explorers.explore_relu_sum()
    target = explorer.figure.axes[0].lines[0]
    np.testing.assert_allclose(
        np.interp([-3, -1, -0.25, 0.5, 2, 4], *target.get_data()), [0, 0, 0.75, 1.5, 0, 0]
    )
    explorer.set_values(a1=1, b1=1, a2=-2, b2=-0.5, a3=1, b3=-2)
    assert explorer.sentence == "The error is 0.00: the three ReLUs are the roof."
    explorer.set_values(b3=-1.75)
    assert "misses the roof" in explorer.sentence


# The straight lines and their errors, by NumPy's own fit with the square roots as weights.
@pytest.mark.parametrize("weight", [0.1, 0.5, 0.7, 1])
def test_one_line_for_both_outputs_is_the_weighted_fit(weight):
    explorer = explorers.explore_weighted_loss()
    explorer.set_values(weight=weight)
    left, right = explorer.figure.axes
    targets = {line.get_label(): line.get_data() for line in left.lines}
    (x, first), (_, second) = targets["target 1"], targets["target 2"]
    roots = np.repeat(np.sqrt([1 - weight, weight]), len(x))
    fitted = np.polyfit(np.tile(x, 2), np.concatenate([first, second]), 1, w=roots)
    for number in range(2):
        np.testing.assert_allclose(moving_line(left, number)[1], np.polyval(fitted, x), atol=1e-9)
    errors = [np.mean((np.polyval(fitted, x) - target) ** 2) for target in (first, second)]
    (point,) = [line for line in right.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(np.ravel(point.get_data()), errors)
    loss = (1 - weight) * errors[0] + weight * errors[1]
    assert f"the errors are {errors[0]:.2f} and {errors[1]:.2f}" in explorer.sentence
    assert f"the mean loss {loss:.2f}." in explorer.sentence


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.7])
def test_the_line_of_equal_loss_touches_the_curve_of_errors_at_the_point(weight):
    explorer = explorers.explore_weighted_loss()
    explorer.set_values(weight=weight)
    axes = explorer.figure.axes[1]
    curve, same_loss, point = (np.array(line.get_data()) for line in axes.lines)
    weights = np.array([1 - weight, weight])
    lowest = weights @ np.ravel(point)
    np.testing.assert_allclose(weights @ same_loss, lowest)
    assert np.all(weights @ curve >= lowest - 1e-12)
    assert curve.shape == (2, 21)
    low, high = axes.get_xlim()
    assert low < curve.min() and curve.max() < high


def test_with_a_line_for_each_output_the_weight_changes_no_error():
    explorer = explorers.explore_weighted_loss()
    left = explorer.figure.axes[0]
    targets = [line.get_data() for line in left.lines if "target" in line.get_label()]
    fits = [np.polyval(np.polyfit(x, y, 1), x) for x, y in targets]
    for weight in (0.1, 0.9):
        explorer.set_values(own_lines=True, weight=weight)
        for number in range(2):
            np.testing.assert_allclose(moving_line(left, number)[1], fits[number], atol=1e-9)
        assert "no weight changes the errors" in explorer.sentence


def test_an_output_without_weight_teaches_its_own_line_nothing():
    explorer = explorers.explore_weighted_loss()
    explorer.set_values(own_lines=True, weight=0)
    left, right = explorer.figure.axes
    np.testing.assert_array_equal(moving_line(left, 1)[1], 0)
    assert np.ptp(moving_line(left, 0)[1]) > 1
    assert "Nothing moves the line of the second output" in explorer.sentence
    explorer.set_values(weight=1)
    assert "Nothing moves the line of the first output" in explorer.sentence
    limits = [*right.get_xlim(), *right.get_ylim()]
    points = np.concatenate([np.ravel(line.get_data()) for line in right.lines[::2]])
    assert max(limits[::2]) < points.min() and points.max() < min(limits[1::2])


def test_the_weighted_loss_is_the_learners_own():
    explorer = explorers.explore_weighted_loss(lambda y_true, y_pred, weights: np.full(15, 7.0))
    assert "the mean loss 7.00" in explorer.sentence


SAMPLE = [1.8, 2.3, 2.6, 2.8, 3.0, 3.7, 4.1, 4.6]


def best_constant(explorer):
    (dot,) = [line for line in explorer.figure.axes[2].lines if line.get_label() == "best"]
    return dot.get_xdata()[0]


@pytest.mark.parametrize("delta", [0.1, 1, 3, 10])
@pytest.mark.parametrize("outlier", [0, 5, 12])
def test_at_the_best_constant_of_huber_the_clipped_errors_add_up_to_nothing(delta, outlier):
    explorer = explorers.explore_huber_pinball()
    explorer.set_values(delta=delta, outlier=outlier)
    errors = best_constant(explorer) - np.array([*SAMPLE, outlier])
    assert abs(np.clip(errors, -delta, delta).sum()) < 1e-3
    assert f"the best constant is {best_constant(explorer):.2f} (" in explorer.sentence


def test_huber_goes_from_the_median_to_the_mean():
    explorer = explorers.explore_huber_pinball()
    explorer.set_values(outlier=12, delta=10)
    assert "the best constant is 4.10 (mean 4.10, median 3.00)" in explorer.sentence
    explorer.set_values(delta=0.1)
    assert best_constant(explorer) == pytest.approx(3.0, abs=0.05)
    assert "the outlier at 12.0 pulls on it with 0.10, at most delta" in explorer.sentence


@pytest.mark.parametrize(
    ("quantile", "best", "below"), [(0.05, 1.8, 0), (0.5, 3.0, 4), (0.6, 3.7, 5), (0.95, 12.0, 8)]
)
def test_the_best_constant_of_pinball_is_the_quantile(quantile, best, below):
    explorer = explorers.explore_huber_pinball()
    explorer.set_values(loss="pinball", quantile=quantile, outlier=12)
    assert best_constant(explorer) == pytest.approx(best, abs=1e-3)
    assert f"{below} of the 9 values lie below it" in explorer.sentence


@pytest.mark.parametrize(
    ("settings", "loss", "slope"),
    [
        (
            {"delta": 2},
            lambda e: np.where(abs(e) <= 2, e**2 / 2, 2 * abs(e) - 2),
            lambda e: np.clip(e, -2, 2),
        ),
        (
            {"loss": "pinball", "quantile": 0.75},
            lambda e: np.where(e > 0, 0.25 * e, -0.75 * e),
            lambda e: np.where(e > 0, 0.25, -0.75) * (e != 0),
        ),
    ],
)
def test_huber_and_pinball_follow_their_formulas(settings, loss, slope):
    explorer = explorers.explore_huber_pinball()
    explorer.set_values(outlier=9, **settings)
    left, middle, right = explorer.figure.axes
    for axes, formula in ((left, loss), (middle, slope)):
        errors, drawn = moving_line(axes)
        np.testing.assert_allclose(drawn, formula(errors), atol=1e-12)
        low, high = axes.get_ylim()
        assert low < drawn.min() and drawn.max() < high
    constants, drawn = moving_line(right)
    mean = [np.mean(loss(c - np.array([*SAMPLE, 9]))) for c in constants]
    np.testing.assert_allclose(drawn, mean / np.max(mean))
    marks = {line.get_label(): line.get_xdata()[0] for line in right.lines}
    assert marks["mean"] == pytest.approx(np.mean([*SAMPLE, 9]))
    assert marks["median"] == pytest.approx(3.0)


def test_only_the_parameter_of_the_chosen_loss_can_be_moved():
    explorer = explorers.explore_huber_pinball()
    assert explorer.controls["quantile"].disabled and not explorer.controls["delta"].disabled
    explorer.set_values(loss="pinball")
    assert explorer.controls["delta"].disabled and not explorer.controls["quantile"].disabled


def test_huber_and_pinball_are_the_learners_own():
    def absolute(y_true, y_pred, parameter):
        return np.mean(np.abs(y_pred - y_true), axis=-1)

    explorer = explorers.explore_huber_pinball(huber=absolute, pinball=absolute)
    for loss in ("Huber", "pinball"):
        explorer.set_values(loss=loss, outlier=12)
        assert best_constant(explorer) == pytest.approx(3.0, abs=1e-3)
        errors, drawn = moving_line(explorer.figure.axes[0])
        np.testing.assert_allclose(drawn, abs(errors))


def heights(bars):
    return [bar.get_height() for bar in bars]


def test_softmax_bars_and_entropy_follow_the_formulas():
    explorer = explorers.explore_softmax()
    explorer.set_values(z0=1, z1=-2, z2=0.5, z3=3, temperature=10**0.3, scale=10)
    z = np.array([10, -20, 5, 30]) / 10**0.3
    p = special.softmax(z)
    left, right = explorer.figure.axes
    np.testing.assert_allclose(heights(left.patches), p)
    np.testing.assert_allclose(heights(right.patches), [stats.entropy(p)])
    np.testing.assert_allclose(left.lines[0].get_ydata(), p)
    assert explorer.sentence.startswith(
        "Scores 5.012, −10.02, 2.506, 15.04 give 0.00, 0.00, 0.00, 1.00: argmax is class 3; "
    )
    assert explorer.sentence.endswith("The naive formula gives the same.")


def test_softmax_outlines_the_most_probable_classes():
    explorer = explorers.explore_softmax()
    outlined = [bar.get_edgecolor()[3] > 0 for bar in explorer.figure.axes[0].patches]
    assert outlined == [True, False, False, False]
    explorer.apply_preset("tie")
    outlined = [bar.get_edgecolor()[3] > 0 for bar in explorer.figure.axes[0].patches]
    assert outlined == [True, True, False, False]
    assert "classes 0, 1 tie" in explorer.sentence


@pytest.mark.parametrize(
    ("settings", "p", "naive", "reason"),
    [
        ({"z0": 10, "scale": 100}, [1, 0, 0, 0], [np.nan, 0, 0, 0], "e^1000 is too large"),
        ({"z0": 8, "temperature": 0.01}, [1, 0, 0, 0], [np.nan, 0, 0, 0], "e^800 is too large"),
        (
            dict.fromkeys(["z0", "z1", "z2", "z3"], -10) | {"scale": 100},
            [0.25] * 4,
            [np.nan] * 4,
            "even e^−1000 rounds to 0",
        ),
    ],
)
def test_the_naive_formula_breaks_and_softmax_does_not(settings, p, naive, reason):
    explorer = explorers.explore_softmax()
    explorer.set_values(z1=0, z2=0, z3=0)
    explorer.set_values(**settings)
    left, _ = explorer.figure.axes
    np.testing.assert_allclose(heights(left.patches), p)
    np.testing.assert_array_equal(left.lines[0].get_ydata(), naive)
    assert left.texts[0].get_text() == "naive formula: NaN"
    assert reason in explorer.sentence
    assert "-0" not in explorer.sentence and "−0.00" not in explorer.sentence


def test_softmax_is_the_learners_own():
    explorer = explorers.explore_softmax(softmax=lambda z: np.array([0.5, 0.5, 0.0, 0.0]))
    assert heights(explorer.figure.axes[0].patches) == [0.5, 0.5, 0, 0]
    assert "The naive formula gives 0.64" in explorer.sentence
    explorer = explorers.explore_softmax(softmax=lambda z: z * np.nan)
    assert explorer.sentence.startswith("Scores 2, 1, 0.1, −1 give NaN, NaN, NaN, NaN: no")


def test_the_gradient_of_cross_entropy_is_measured():
    explorer = explorers.explore_cross_entropy_gradient()
    explorer.set_values(z0=1.5, z1=-0.5, z2=0.3, label=2, step=0)
    left, right = explorer.figure.axes
    z = np.array([1.5, -0.5, 0.3])
    by_differences = gradients.numerical_gradient(lambda z: -special.log_softmax(z)[2], z)
    p, y, gradient = np.reshape(heights(left.patches), (3, 3))
    np.testing.assert_allclose(p, special.softmax(z))
    np.testing.assert_allclose(y, [0, 0, 1])
    np.testing.assert_allclose(gradient, by_differences, atol=1e-8)
    np.testing.assert_allclose(right.lines[1].get_ydata(), -special.log_softmax(z)[2])


def test_the_logits_descend_step_by_step():
    explorer = explorers.explore_cross_entropy_gradient()
    explorer.set_values(z0=4, z1=-4, z2=2, label=1, learning_rate=0.8, step=7)
    z, losses = np.array([4.0, -4.0, 2.0]), []
    for _ in range(31):
        losses.append(-special.log_softmax(z)[1])
        z = z - 0.8 * (special.softmax(z) - [0, 1, 0])
    left, right = explorer.figure.axes
    curve, point = right.lines
    np.testing.assert_allclose(curve.get_ydata(), losses)
    np.testing.assert_allclose(point.get_data(), [[7], [losses[7]]])
    assert heights(left.patches)[1] == pytest.approx(np.exp(-losses[7]))
    assert f"= {losses[7]:.2f}." in explorer.sentence


def test_no_setting_leaves_the_axes_of_the_loss():
    explorer = explorers.explore_cross_entropy_gradient()
    explorer.set_values(z0=4, z1=-4, z2=4, label=1)
    _, right = explorer.figure.axes
    assert max(right.lines[0].get_ydata()) < right.get_ylim()[1]


def bowl(x, y):
    return np.hypot(x, y) ** 2 / 2


def narrow_valley(x, y):
    return x**2 / 2 + 20 * y**2


# The surfaces of explore_optimizers, each written in another way than there.
SURFACES = {
    "bowl": bowl,
    "narrow valley": narrow_valley,
    "slanted valley": lambda x, y: narrow_valley((x + y) / 2**0.5, (x - y) / 2**0.5),
    "saddle": lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4 + 1 / 4,
    "banana valley": lambda x, y: (x - 1) ** 2 + 10 * (x**2 - y) ** 2,
    "noisy bowl": bowl,
}


def trails(explorer, number):
    """The curves of an axes as arrays of points, in the order of their names in the legend."""
    lines = [line for line in explorer.figure.axes[number].lines if line.get_label()[0] != "_"]
    return [np.column_stack(line.get_data()) for line in lines]


def marks(explorer, number):
    """The marks at the ends of an axes' curves: symbol and place, from 0 to 1 in the axes."""
    lines = [line for line in explorer.figure.axes[number].lines if line.get_label()[0] == "_"]
    return [(line.get_marker(), *np.ravel(line.get_data())) for line in lines]


def slopes(loss, point, h=1e-5):
    return np.array(
        [(loss(*(point + step)) - loss(*(point - step))) / (2 * h) for step in h * np.eye(2)]
    )


@pytest.mark.parametrize("momentum", [0, 0.5])
@pytest.mark.parametrize("surface", [name for name in SURFACES if name != "noisy bowl"])
def test_sgd_and_rmsprop_descend_by_their_formulas(surface, momentum):
    explorer = explorers.explore_optimizers()
    explorer.set_values(
        surface=surface, momentum=momentum, learning_rate=0.02, rho=0.8, epsilon=0.01, x=0.5, y=-0.3
    )
    explorer.set_values(steps=12)
    loss, start = SURFACES[surface], np.array([0.5, -0.3])
    w, v, sgd = start, 0, [start]
    for _ in range(12):
        v = momentum * v + 0.02 * slopes(loss, w)
        w = w - v
        sgd.append(w)
    w, v, average, rmsprop, averages = start, 0, 0, [start], []
    for _ in range(12):
        g = slopes(loss, w)
        average = 0.8 * average + 0.2 * g**2
        v = momentum * v + 0.02 * g / np.sqrt(average + 0.01)
        w = w - v
        rmsprop.append(w)
        averages.append(average)
    for drawn, expected in zip(trails(explorer, 0), (sgd, rmsprop), strict=True):
        np.testing.assert_allclose(drawn, expected, rtol=1e-6, atol=1e-8)
    for drawn, path in zip(trails(explorer, 1), (sgd, rmsprop), strict=True):
        expected = np.column_stack([np.arange(13), loss(*np.transpose(path))])
        np.testing.assert_allclose(drawn, expected, rtol=1e-5)
    for drawn, expected in zip(trails(explorer, 2), np.transpose(averages), strict=True):
        np.testing.assert_array_equal(drawn[:, 0], np.arange(1, 13))
        np.testing.assert_allclose(drawn[:, 1], expected, rtol=1e-5)


def test_the_noise_of_the_noisy_bowl_is_the_same_for_both_and_at_every_move():
    explorer = explorers.explore_optimizers()
    noises = []
    for rate in (0.1, 0.3):
        explorer.set_values(surface="noisy bowl", learning_rate=rate, rho=0, steps=200)
        sgd, rmsprop = trails(explorer, 0)
        noises.append((sgd[:-1] - sgd[1:]) / rate - sgd[:-1])
        squares = np.column_stack([line[:, 1] for line in trails(explorer, 2)])
        np.testing.assert_allclose(squares, (rmsprop[:-1] + noises[-1]) ** 2, atol=1e-9)
    np.testing.assert_allclose(noises[0], noises[1], atol=1e-9)
    assert 0.8 < np.std(noises[0]) < 1.2
    assert np.abs(np.mean(noises[0])) < 0.2


def test_a_path_that_diverges_is_marked_where_it_leaves_and_stops():
    explorer = explorers.explore_optimizers()
    explorer.set_values(x=-2, y=1, learning_rate=0.2)  # y is multiplied by 1 - 0.2 * 40 = -7
    (sgd, rmsprop), (loss, _) = trails(explorer, 0), trails(explorer, 1)
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
    ("start", "symbol"),
    [((0, 1), "v"), ((0, -1), "^"), ((2, 0), "<"), ((-2, 0), ">")],
)
def test_the_mark_points_out_of_the_map(start, symbol):
    explorer = explorers.explore_optimizers()
    x, y = start
    explorer.set_values(surface="bowl", x=x, y=y, learning_rate=10, steps=1)  # multiplies by -9
    mark, *place = marks(explorer, 0)[0]
    assert mark == symbol
    assert place == {"v": [0.5, 0], "^": [0.5, 1], "<": [0, 0.5], ">": [1, 0.5]}[symbol]


def test_a_path_that_comes_back_is_said_to_have_left():
    explorer = explorers.explore_optimizers()
    explorer.set_values(x=0, y=-2, surface="bowl", learning_rate=1, momentum=0.9, steps=200)
    assert np.abs(trails(explorer, 0)[0][-1]).max() < 1e-3
    assert "SGD has loss" in explorer.sentence
    explorer.set_values(learning_rate=3)  # the first step leads to -2 + 3 * 2 = 4
    assert "SGD left the map at step 1 and has loss" in explorer.sentence


def test_without_epsilon_a_zero_gradient_makes_nan():
    explorer = explorers.explore_optimizers()
    explorer.apply_preset("zero gradient, no epsilon")
    _, rmsprop = trails(explorer, 0)
    assert np.isnan(rmsprop[1, 1])
    assert len(rmsprop) == 2
    assert "RMSprop is NaN from step 1 on: 0 / 0." in explorer.sentence
    assert marks(explorer, 0)[1] == ("X", (-1.7 + 2) / 4, 0.5)
    assert explorer.controls["epsilon"].disabled
    explorer.set_values(use_epsilon=True)
    assert not explorer.controls["epsilon"].disabled
    assert "NaN" not in explorer.sentence


def test_a_number_beyond_all_floats_is_no_exception():
    explorer = explorers.explore_optimizers()
    for surface in SURFACES:
        explorer.set_values(
            surface=surface, learning_rate=10, momentum=0.99, x=2, y=2, steps=200, epsilon=1e-12
        )
        assert "SGD left the map at step 1 and diverged at step" in explorer.sentence


def test_each_surface_is_computed_once(monkeypatch):
    computed = []
    draw = explorers.lessons.plot_contours
    monkeypatch.setattr(
        explorers.lessons, "plot_contours", lambda f, ax: (computed.append(f), draw(f, ax))[1]
    )
    explorer = explorers.explore_optimizers()
    drawings = count_full_drawings(explorer)
    for _ in range(2):
        for surface in SURFACES:
            explorer.set_values(surface=surface)
            shown = [c for c in explorer.figure.axes[0].collections if c.get_visible()]
            heights = SURFACES[surface](*np.meshgrid(*[np.linspace(-2, 2, 121)] * 2))
            ((x, y), *_) = shown[0].get_paths()[5].vertices
            assert len(shown) == 1
            assert SURFACES[surface](x, y) == pytest.approx(shown[0].levels[5], rel=0.01)
            assert shown[0].levels[5] == pytest.approx(np.quantile(heights, 6 / 15))
    assert len(computed) == len(SURFACES)
    assert len(drawings) == 2 * len(SURFACES)


@pytest.mark.parametrize("slope", [0, 0.01, 0.3, 1])
def test_leaky_relu_curves_follow_the_formula(slope):
    explorer = explorers.explore_leaky_relu()
    explorer.set_values(negative_slope=slope, x=-5)
    left, right = explorer.figure.axes
    x, y = moving_line(left)
    np.testing.assert_allclose(y, [number if number > 0 else slope * number for number in x])
    x, y = moving_line(right)
    np.testing.assert_allclose(y, [1 if number > 0 else slope for number in x])
    assert f"At x = −5.00: f(x) = {-5 * slope:.2f}".replace("-", "−") in explorer.sentence
    assert f"f′(x) = {slope:.2f}." in explorer.sentence


def test_leaky_relu_is_the_learners_own():
    explorer = explorers.explore_leaky_relu(lambda x, s: x + s, lambda x, s: np.full_like(x, 9.0))
    explorer.set_values(negative_slope=0.5, x=2)
    assert explorer.sentence.endswith("At x = 2.00: f(x) = 2.50, f′(x) = 9.00.")


def half_moons():
    """Return the two half-moons, drawn point by point."""
    noise = np.random.default_rng(0).normal(0, 0.1, (60, 2))
    points = []
    for i in range(60):
        angle = np.pi * (i % 30) / 29
        x, y = np.cos(angle), np.sin(angle)
        points.append((x, y) if i < 30 else (1 - x, 0.5 - y))
    points = np.array(points) + noise
    return (points - np.mean(points, axis=0)) / np.std(points, axis=0) + 2, np.arange(60) >= 30


def logistic_loss(parameters, points, labels, negative_slope):
    """Return the loss of the network with 36 hidden units, and the inputs of the units."""
    w, b, v, c = np.split(parameters, [72, 108, 144])
    z = points @ w.reshape(2, 36) + b
    p = special.expit(np.where(z > 0, z, negative_slope * z) @ v + c)
    return -np.mean(np.log(np.where(labels, p, 1 - p))), z


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ({}, 3),
        ({"bias_shift": -4, "negative_slope": 0.2, "first_step": 10**0.5}, 3),
        ({"bias_shift": -10, "negative_slope": 0.3, "learning_rate": 0.1}, 2),
    ],
)
def test_hidden_units_descend_by_numerical_gradients(settings, steps):
    explorer = explorers.explore_dead_units()
    explorer.set_values(**settings)
    slope, rate = settings.get("negative_slope", 0), settings.get("learning_rate", 1)
    points, labels = half_moons()
    rng = np.random.default_rng(0)
    w, v = rng.normal(size=72), rng.normal(size=36) * np.sqrt(2 / 36)
    parameters = np.concatenate([w, np.full(36, settings.get("bias_shift", 0)), v, [0.0]])
    losses, silent = [], []
    for step in range(steps + 1):
        loss, z = logistic_loss(parameters, points, labels, slope)
        losses.append(loss)
        silent.append(np.sum(z.max(axis=0) <= 0))
        gradient = gradients.numerical_gradient(
            lambda values: logistic_loss(values, points, labels, slope)[0], parameters
        )
        factor = settings.get("first_step", 1) if step == 0 else 1
        parameters = parameters - rate * factor * gradient
    _, of_silent, of_loss = explorer.figure.axes
    np.testing.assert_allclose(moving_line(of_loss)[1][: steps + 1], losses, rtol=1e-4)
    np.testing.assert_array_equal(moving_line(of_silent)[1][: steps + 1], silent)


def units(explorer):
    """Return the places of the units in each state."""
    lines = explorer.figure.axes[0].lines
    return {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in lines}


@pytest.mark.parametrize("preset", ["dead unit", "a leak saves them", "one too large step"])
def test_every_unit_is_in_one_state_and_the_sentence_counts_them(preset):
    explorer = explorers.explore_dead_units()
    explorer.apply_preset(preset)
    states = units(explorer)
    places = [place for state in states.values() for place in state]
    assert sorted(places) == [(x, y) for x in range(6) for y in range(6)]
    count = moving_line(explorer.figure.axes[1])[1]
    assert len(states["silent"]) == count[-1]
    assert f"{count[-1]} after step 150; {len(states['woke up'])} woke up" in explorer.sentence


def test_dead_units_stay_dead_and_silent_ones_wake_up():
    explorer = explorers.explore_dead_units()
    explorer.set_values(bias_shift=-10)
    assert len(units(explorer)["silent"]) == 36
    np.testing.assert_allclose(moving_line(explorer.figure.axes[2])[1], np.log(2))
    assert "All are dead" in explorer.sentence
    explorer.set_values(negative_slope=0.3)
    assert len(units(explorer)["woke up"]) > 18
    assert "dead" not in explorer.sentence
    assert moving_line(explorer.figure.axes[2])[1][-1] < 0.5


@pytest.mark.parametrize("first_step", [1, 10])
def test_without_a_leak_no_silent_unit_wakes_up(first_step):
    explorer = explorers.explore_dead_units()
    explorer.set_values(first_step=first_step)
    counts = moving_line(explorer.figure.axes[1])[1]
    assert np.all(np.diff(counts) >= 0)
    assert counts[-1] > counts[0]
    assert units(explorer)["woke up"] == []


def test_a_training_that_diverges_stops_and_says_so():
    explorer = explorers.explore_dead_units()
    explorer.set_values(learning_rate=10**0.5, negative_slope=0.5, bias_shift=4)
    steps, losses = explorer.figure.axes[2].lines[1].get_data()
    last = steps[-1]
    assert last < 150
    assert f"Diverged at step {last}" in explorer.sentence
    assert f"to {losses[-1]:.2f}." in explorer.sentence
