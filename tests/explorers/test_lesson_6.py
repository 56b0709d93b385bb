"""The training dashboard: its numbers against networks trained by hand, its picture, its task."""

import asyncio
import gc
import selectors
import threading
import weakref
from functools import wraps

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from helpers.explorers.lesson_6 import Training, explore_training
from helpers.network import MLP, Dense
from helpers.optimizers import RMSprop
from helpers.plots import COLOURS


def network_of(activation, rng):
    hidden = [Dense(2, 5, activation, rng), Dense(5, 5, activation, rng)]
    return MLP([*hidden, Dense(5, 2, "softmax", rng)])


def assert_same(arrays, others):
    for array, other in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(array, other)


@pytest.mark.parametrize(
    ("activation", "before", "after"),
    [("leaky ReLU", "relu", "leaky_relu"), ("softmax", "softmax", "softmax")],
)
def test_each_step_is_one_of_the_network_with_its_settings_now(activation, before, after):
    training = Training("circles", activation, 5)
    rng, optimizer, losses = np.random.default_rng(0), RMSprop(0.01), []
    network = network_of(before, rng)
    order, next_order = rng.permutation(400), rng.permutation(400)

    def assert_same_step(batch_size, points):
        training.advance(1, batch_size)
        x, y = training.x[points], training.y[points]
        losses.append(network.step(x, y, "sparse_categorical_crossentropy", optimizer)[1])
        assert training.losses == losses
        assert_same(training.network.weights, network.weights)
        lengths = [np.linalg.norm(np.append(*layer.gradients)) for layer in network.layers]
        np.testing.assert_allclose(training.gradient_sizes(), lengths, rtol=1e-6)

    assert_same_step(10, order[:10])
    training.optimizer.learning_rate = optimizer.learning_rate = 0.1
    training.optimizer.rho = optimizer.rho = 0.3
    assert_same_step(250, order[10:260])
    training.negative_slope = 0.01
    weights, network = network.weights, network_of(after, rng)  # its slope is 0.01
    network.set_weights(weights)
    assert_same_step(250, order[260:])
    assert training.epoch == 1
    assert_same_step(250, next_order[:250])
    assert training.epoch == 2


def shown(board):
    """Return what moves: the map, its points, the curve, the bars and what stands over them."""
    plane, loss, gradient = board.figure.axes
    (curve,) = [line for line in loss.lines if line.get_animated()]
    return plane.collections[0], plane.lines, curve, gradient.patches, gradient.texts


def dead_units_of(board):
    """Count in each hidden layer, by hand, the units that are above 0 for no point."""
    w1, b1, w2, b2, *_ = board.training.network.weights
    z1 = board.training.x @ w1 + b1
    z2 = np.maximum(z1, 0) @ w2 + b2
    return [int((z <= 0).all(axis=0).sum()) for z in (z1, z2)]


def steps_of(board):
    return len(board.training.losses)


@pytest.mark.parametrize("task", ["moons", "circles", "spirals"])
def test_the_map_shows_what_the_network_answers_and_the_points(task):
    board = explore_training()
    board.set_values(task=task)
    board.run(60)
    mesh, points, *_ = shown(board)
    corners = np.asarray(mesh.get_coordinates())
    centres = ((corners[1:, 1:] + corners[:-1, :-1]) / 2).reshape(-1, 2)
    answers = board.training.network.predict(centres)[:, 1]
    np.testing.assert_allclose(np.ravel(mesh.get_array()), answers, atol=1e-5)
    assert np.ptp(answers) > 0.3
    x, y = board.training.x, board.training.y
    for number, line in enumerate(points):
        np.testing.assert_array_equal(np.transpose(line.get_data()), x[y == number])
    assert np.abs(x).max() < board.figure.axes[0].get_xlim()[1] == corners.max()
    colours = np.array([to_rgb(line.get_color()) for line in points])
    unsure, sure = (mesh.cmap(mesh.norm(p))[:, :3] for p in ([0.49, 0.51], [0.01, 0.99]))
    np.testing.assert_allclose(sure, colours, atol=0.01)
    np.testing.assert_allclose(1 - unsure, 0.2 * (1 - colours), atol=0.01)
    assert points[0].get_marker() != points[1].get_marker()
    assert mesh.get_alpha() < 1  # so that the points stand out


def test_the_curve_is_the_loss_of_the_steps_and_later_of_several_together():
    board = explore_training()
    axes, curve = board.figure.axes[1], shown(board)[2]
    assert axes.get_xlim() == (0, 100)
    drawings, draw = [], board.figure.canvas.draw
    board.figure.canvas.draw = lambda: (drawings.append(1), draw())
    for _ in range(15):
        board.run(10)
    assert len(drawings) <= 4  # the background is drawn rarely
    losses = board.training.losses
    np.testing.assert_array_equal(curve.get_data(), [np.arange(1, 151), losses])
    assert axes.get_xlim() == (0, 200)
    board.run(461)  # 611 steps of 1000: five together, the last one waits
    x, y = curve.get_data()
    np.testing.assert_array_equal(x, np.arange(5, 611, 5))
    np.testing.assert_allclose(y, [np.mean(losses[end - 5 : end]) for end in x])
    assert axes.get_xlim() == (0, 1000)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), -np.log(0.5))  # tossing a coin
    board.reset()
    assert axes.get_xlim() == (0, 100)
    assert len(curve.get_xdata()) == 0


def test_nothing_is_cut_off():
    board = explore_training()
    axes = board.figure.axes[1:]
    start = [ax.get_ylim() for ax in axes]
    board.training.losses += [1e-5, 0.0, 3e4]
    for smallest in (1e-7, 1e-13):
        board.training.gradient_sizes = lambda size=smallest: [size, 0.0, 1e6]
        board.redraw()
    wide = [ax.get_ylim() for ax in axes]
    assert wide[0][0] <= min(shown(board)[2].get_ydata()) < 1e-6
    assert 3e4 <= wide[0][1] <= 3e6
    assert 1e-15 <= wide[1][0] <= 1e-13 and 1e6 <= wide[1][1] <= 1e9
    board.training.gradient_sizes = lambda: [0.0, 0.1, np.nan]
    board.redraw()
    assert [ax.get_ylim() for ax in axes] == wide  # they do not jump to and fro
    board.reset()
    assert [ax.get_ylim() for ax in axes] == start


def test_bars_are_the_gradients_and_dead_units_are_written_over_them():
    board = explore_training()
    *_, bars, notes = shown(board)
    board.apply_preset("dead units")
    gaps = []
    for _ in range(12):
        board.run(1)
        lengths, dead = board.training.gradient_sizes(), dead_units_of(board)
        np.testing.assert_allclose([bar.get_height() for bar in bars], lengths)
        texts = [f"{count} dead" if count else "" for count in dead]
        assert [note.get_text() for note in notes] == [*texts, ""]
        for bar, note in zip(bars, notes, strict=True):
            if note.get_text() and bar.get_height():
                gaps.append(note.get_window_extent().y0 - bar.get_window_extent().y1)
    assert {to_hex(bar.get_facecolor()).upper() for bar in bars} == {COLOURS["derivative"]}
    assert min(gaps) > 0  # no bar reaches what is written over it
    assert (dead[0] > 0, dead[1]) == (True, 16)
    assert lengths[:2] == [0, 0]


def transport(board):
    """Return the buttons, the speed and the progress bar by what is written on them."""
    return {widget.description: widget for widget in board.children[1].children}


def test_the_sentence_says_how_the_training_stands():
    board = explore_training()
    board.set_values(learning_rate=0.1, rho=0.5, negative_slope=0.2, batch_size=50)
    settings = "rate 0.1, ρ 0.50, batch 50"

    def expected(begin, gradients):
        training = board.training
        p = training.network.predict(training.x)[np.arange(400), training.y]
        return (
            f"{begin} on circles: loss {-np.mean(np.log(p)):.2g}, accuracy {np.mean(p > 0.5):.2f}"
            f"{gradients}. Dead units: 0 and 0 of 16. Settings: {settings}, slope 0.20."
        )

    assert board.sentence == expected("A new network before its first step", "")
    board.run(17)
    sizes = ", ".join(f"{size:.2g}" for size in board.training.gradient_sizes())
    assert board.sentence == expected("Step 17 of 5000, epoch 3", f", gradients {sizes}")
    assert board.figure.axes[1].get_title("left") == f"loss, now at {settings}"
    board.apply_preset("dead units")
    board.run(10)
    first, second = dead_units_of(board)
    assert f". Dead units: {first} and {second} of 16. Settings: " in board.sentence
    assert 0 < first < second
    board.set_values(negative_slope=0.01)
    assert ". Dead units: 0 and 0 of 16. Settings: " in board.sentence


def test_each_control_goes_to_both_ends():
    board = explore_training()
    for name, low, low_text, high, high_text in (
        ("task", "moons", " on moons: ", "spirals", " on spirals: "),
        ("activation", "softmax", ", softmax.", "leaky ReLU", ", slope 0.00."),
        ("units", 0, " of 2. ", 1000, " of 64. "),
        ("negative_slope", -1, ", slope 0.00.", 9, ", slope 0.50."),
        ("learning_rate", 0, ": rate 0.0001, ", 99, ": rate 10, "),
        ("rho", -1, ", ρ 0.00, ", 2, ", ρ 0.99, "),
        ("batch_size", 0, ", batch 1, ", 1000, ", batch 400, "),
    ):
        for end, text in ((low, low_text), (high, high_text)):
            board.set_values(**{name: end})
            board.run(2)
            assert text in board.sentence
        board.reset()
    board.set_values(activation="softmax", units=0)
    assert board.sentence.startswith("A new network")


def test_settings_count_at_once_and_only_what_makes_the_network_begins_anew():
    board = explore_training()
    start = board.sentence
    board.run(5)
    training = board.training
    board.set_values(learning_rate=0.2, rho=0.4, negative_slope=0.3, batch_size=400)
    assert board.training is training
    settings = training.optimizer.learning_rate, training.optimizer.rho, training.negative_slope
    assert settings == (0.2, 0.4, 0.3)
    assert steps_of(board) == 5
    board.run(2)
    assert training.epoch == 2  # what was left of the first epoch, and all 400 points
    for change in ({"task": "moons"}, {"units": 3}, {"activation": "softmax"}):
        board.run(1)
        board.set_values(**change)
        assert steps_of(board) == transport(board)["progress"].value == 0
    assert board.controls["negative_slope"].disabled
    assert board.training.negative_slope == 0  # a softmax has no leak
    board.set_values(activation="leaky ReLU")
    assert not board.controls["negative_slope"].disabled
    board.run(3)
    board.reset()
    assert board.sentence == start
    for _ in range(2):  # even with the same settings
        board.apply_preset("too large a rate")
        assert steps_of(board) == 0
        board.run(3)
    with pytest.raises(ValueError, match="Received: name='none'"):
        board.apply_preset("none")
    board.redraw()
    assert steps_of(board) == 3


def test_each_preset_shows_what_it_promises():
    board = explore_training()
    accuracies, losses = {}, {}
    for name in board.presets:
        board.apply_preset(name)
        board.run(400)
        accuracies[name] = float(board.sentence.partition("accuracy ")[2][:4])
        losses[name] = board.training.losses
    assert accuracies["a good setting"] > 0.9
    assert accuracies["dead units"] == 0.5
    assert np.max(losses["too large a rate"][200:]) > 10
    board.reset()
    board.run(100)
    assert np.mean(losses["softmax instead of ReLU"][80:100]) > 0.6
    assert np.mean(board.training.losses[80:]) < 0.1


def test_run_and_step_need_no_event_loop_and_end_at_the_last_step():
    whole, parts = explore_training(), explore_training()
    whole.run(21)
    parts.run(20)
    transport(parts)["Step"].click()
    parts.run(0)
    assert whole.sentence == parts.sentence
    assert_same(whole.training.network.weights, parts.training.network.weights)
    whole.training.losses += 4978 * [0.1]
    whole.redraw()
    assert "last step" not in whole.sentence
    whole.run(2)
    assert steps_of(whole) == 5000
    assert "; that was the last step, Reset begins anew. Dead units: " in whole.sentence
    assert transport(whole)["progress"].value == transport(whole)["progress"].max == 5000
    with pytest.raises(RuntimeError, match="no running event loop"):
        whole.play()
    assert not whole.playing


class Clock(selectors.DefaultSelector):
    """Time for an event loop: it passes when nothing is left to do, and then at once."""

    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            return super().select()  # what a thread has to say
        self.now += max(timeout, 0.001)
        return super().select(0)


def on_loop(story):
    """Run an async test; a task left behind and an exception not looked after fail it."""

    @wraps(story)
    def test(**options):
        clock, unhandled = Clock(), []
        loop = asyncio.SelectorEventLoop(clock)
        loop.time = lambda: clock.now
        loop.set_exception_handler(lambda _, about: unhandled.append(about))

        async def whole():
            await story(**options)
            await asyncio.sleep(1)
            return asyncio.all_tasks() - {asyncio.current_task()}

        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            assert runner.run(whole()) == set()
        assert unhandled == []

    return test


def failed(board):
    return 'role="alert"' in board.children[-1].value


@on_loop
async def test_it_plays_until_it_is_paused_and_learns_as_it_does_in_run():
    board, run = explore_training(), explore_training()
    transport(board)["Play"].click()
    board.play()  # a second time changes nothing
    seen = []
    for _ in range(500):
        await asyncio.sleep(0.002)
        seen.append(steps_of(board))
    steps = steps_of(board)
    assert seen.count(10) >= 5  # between two pictures the loop has other turns
    assert board.playing
    assert 50 <= steps <= 300 and steps % 5 == 0  # five a picture, many pictures a second
    transport(board)["steps a picture"].value = 20
    await asyncio.sleep(1)
    assert (steps_of(board) - steps) % 20 == 0 and steps_of(board) > 3 * steps
    transport(board)["Pause"].click()
    steps = steps_of(board)
    await asyncio.sleep(1)
    board.set_values(rho=0.9)
    assert (board.playing, steps_of(board), failed(board)) == (False, steps, False)
    run.run(steps)
    assert run.sentence == board.sentence
    assert_same(run.training.network.weights, board.training.network.weights)
    board.play()
    board.pause()
    board.play()  # before the first task has noticed
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == 2
    assert steps_of(board) > steps
    board.pause()


@on_loop
async def test_a_slider_moved_while_it_plays_changes_what_follows():
    board = explore_training()
    board.play()
    await asyncio.sleep(0.1)
    training, steps, epoch = board.training, steps_of(board), board.training.epoch
    board.controls["learning_rate"].value = 0.1
    board.controls["batch_size"].value = 400
    await asyncio.sleep(0.1)
    assert board.playing and board.training is training
    assert training.optimizer.learning_rate == 0.1
    assert training.epoch - epoch >= steps_of(board) - steps - 1 > 0
    for begin_anew in (lambda: board.set_values(units=4), lambda: board.apply_preset("dead units")):
        begin_anew()
        assert steps_of(board) == 0
        await asyncio.sleep(0.1)
        assert board.playing and steps_of(board) > 0
    board.pause()


@pytest.mark.parametrize("end", ["pause", "reset", "close", "run"])
@on_loop
async def test_no_task_is_left_behind(end):
    board = explore_training()
    board.play()
    await asyncio.sleep(0.1)
    figure = weakref.ref(board.figure)
    getattr(board, end)(*([1] if end == "run" else []))
    steps = steps_of(board)
    await asyncio.sleep(0.1)
    assert (board.playing, steps_of(board)) == (False, steps)
    gc.collect()
    assert (figure() is None) == (end == "close")


@on_loop
async def test_one_dashboard_plays_at_a_time():
    first, second = explore_training(), explore_training()
    first.play()
    await asyncio.sleep(0.1)
    second.play()
    steps = steps_of(first)
    await asyncio.sleep(0.1)
    assert (first.playing, steps_of(first)) == (False, steps)
    first.reset()
    assert second.playing and steps_of(second) > 0
    first.play()
    await asyncio.sleep(0.1)
    assert (first.playing, second.playing) == (True, False)
    assert steps_of(first) > 0
    first.pause()


@on_loop
async def test_an_exception_is_shown_and_ends_the_task():
    board = explore_training()
    board.training.network.step = lambda *batch: 1 / 0
    board.play()
    (task,) = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.sleep(0.1)
    assert task.done() and task.exception() is None
    assert not board.playing
    assert failed(board) and "ZeroDivisionError: division by zero" in board.children[-1].value
    board.reset()
    assert not failed(board)


@on_loop
async def test_divergence_and_the_last_step_end_the_task():
    board = explore_training()
    board.run(4)
    board.training.network.weights[0][:] = np.inf
    board.play()
    await asyncio.sleep(0.1)
    assert (board.playing, board.training.diverged, failed(board)) == (False, True, False)
    begin = "Diverged at step 5, training has stopped, on circles: loss nan, accuracy 0."
    assert board.sentence.startswith(begin) and "gradient" not in board.sentence
    assert transport(board)["progress"].bar_style == "danger"
    board.reset()
    assert transport(board)["progress"].bar_style == ""
    assert not board.training.diverged
    board.training.losses += 4990 * [0.1]
    board.play()
    await asyncio.sleep(1)
    assert (board.playing, steps_of(board)) == (False, 5000)


@on_loop
async def test_another_thread_may_move_the_controls_and_pause():
    board = explore_training()
    transport(board)["steps a picture"].value = 1
    loop, moved = asyncio.get_running_loop(), asyncio.Event()

    def move():
        for rate in np.geomspace(1, 0.001, 12):
            board.controls["learning_rate"].value = rate
            board.apply_preset("too large a rate")  # its axes need a new background
        board.pause()
        loop.call_soon_threadsafe(moved.set)

    board.play()
    try:
        threading.Thread(target=move).start()
    except RuntimeError:
        board.pause()
        pytest.skip("no thread can be started here")
    await moved.wait()
    steps = steps_of(board)
    await asyncio.sleep(0.1)
    assert (board.playing, steps_of(board), failed(board)) == (False, steps, False)
