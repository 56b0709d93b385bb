"""The training dashboard: its numbers against networks trained by hand, its picture, its task."""

import asyncio
import gc
import signal
import time

import numpy as np
import pytest

from helpers.explorers import lesson_6 as dashboard
from helpers.explorers.lesson_6 import Training, TrainingDashboard
from helpers.network import MLP, Dense
from helpers.optimizers import RMSprop
from tests.explorers.test_engine import Tags, count_full_drawings, whole_picture

LOSS = "sparse_categorical_crossentropy"


def network_of(activation, units, rng):
    return MLP(
        [
            Dense(2, units, activation, rng),
            Dense(units, units, activation, rng),
            Dense(units, 2, "softmax", rng),
        ]
    )


def assert_same(arrays, others):
    for array, other in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(array, other)


@pytest.mark.parametrize(
    ("activation", "by_hand", "slope"),
    [("leaky ReLU", "relu", 0), ("leaky ReLU", "leaky_relu", 0.01), ("softmax", "softmax", 0)],
)
def test_a_training_is_that_of_the_network(activation, by_hand, slope):
    training = Training("moons", activation, 6)
    training.negative_slope = slope
    training.optimizer.learning_rate, training.optimizer.rho = 0.02, 0.7
    training.advance(2 * 13, batch_size=32)  # 400 points are 12 batches of 32 and one of 16
    rng = np.random.default_rng(0)
    network = network_of(by_hand, 6, rng)
    network.train(training.x, training.y, LOSS, RMSprop(0.02, 0.7), 2, 32, rng=rng)
    assert_same(training.network.weights, network.weights)
    assert training.epoch == 2


def test_what_is_changed_between_two_steps_counts_from_the_next_one_on():
    training = Training("circles", "leaky ReLU", 5)
    rng = np.random.default_rng(0)
    relu, optimizer = network_of("relu", 5, rng), RMSprop(0.01)
    leaky = network_of("leaky_relu", 5, None)  # its slope is 0.01
    order, next_order = rng.permutation(400), rng.permutation(400)

    def step_by_hand(network, points):
        x, y = training.x[points], training.y[points]
        return network.step(x, y, LOSS, optimizer)[1]

    training.advance(1, batch_size=10)
    losses = [step_by_hand(relu, order[:10])]
    training.optimizer.learning_rate = optimizer.learning_rate = 0.1
    training.optimizer.rho = optimizer.rho = 0.3
    training.advance(1, batch_size=250)
    losses += [step_by_hand(relu, order[10:260])]
    training.negative_slope = 0.01
    leaky.set_weights(relu.weights)
    training.advance(2, batch_size=250)
    losses += [step_by_hand(leaky, order[260:]), step_by_hand(leaky, next_order[:250])]
    assert_same(training.network.weights, leaky.weights)
    assert training.losses == losses
    assert training.epoch == 2


def test_a_loss_that_is_not_finite_ends_the_training():
    training = Training("moons", "leaky ReLU", 4)
    training.advance(3)
    assert not training.diverged
    training.network.weights[0][:] = np.inf
    training.advance(10)
    assert training.diverged
    assert len(training.losses) == 4


def test_no_step_is_begun_after_the_time_is_over():
    training = Training("moons", "leaky ReLU", 4)
    step = training.network.step
    training.network.step = lambda *batch: (time.sleep(0.01), step(*batch))[1]
    training.advance(100, seconds=0.02)
    assert 1 <= len(training.losses) <= 3


def test_dead_units_put_out_nothing_for_any_point():
    training = Training("moons", "leaky ReLU", 4)
    first, second = training.network.layers[:2]
    first.weights[1][:] = [-100, 100, -100, 0]  # the last one is silent for some points only
    second.weights[0][:], second.weights[1][:] = 0, [1, -1, 1, 0]
    assert training.count_dead_units() == [2, 2]
    second.weights[0][:, 1] = [0, 0.1, 0, 0]
    assert training.count_dead_units() == [2, 1]
    training.negative_slope = 0.1
    assert training.count_dead_units() == [0, 1]  # -0.1 · 0 is still 0
    second.weights[1][3] = -1
    assert training.count_dead_units() == [0, 0]


def test_gradient_sizes_are_lengths():
    training = Training("spirals", "leaky ReLU", 7)
    training.advance(5)
    for layer, size in zip(training.network.layers, training.gradient_sizes(), strict=True):
        kernel, bias = layer.gradients
        assert size == pytest.approx(np.linalg.norm(np.append(kernel, bias)))


def shown(board):
    """Return the axes by what they show, and what moves in them."""
    plane, loss, gradient = board.figure.axes
    curves = [line for line in loss.lines if line.get_animated()]
    return plane.collections[0], plane.lines, curves[0], gradient.patches, gradient.texts


@pytest.mark.parametrize("task", ["moons", "circles", "spirals"])
def test_the_map_shows_what_the_network_answers_and_the_points(task):
    board = TrainingDashboard()
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
    assert np.abs(x).max() < board.figure.axes[0].get_xlim()[1]


def test_sure_answers_have_the_colours_of_their_points():
    board = TrainingDashboard()
    mesh, points, *_ = shown(board)
    for number, line in enumerate(points):
        tint = np.array(mesh.cmap(mesh.norm(float(number)))[:3])
        colour = np.array(dashboard.to_rgb(line.get_color()))
        np.testing.assert_allclose(1 - tint, 0.5 * (1 - colour), atol=0.01)
    assert points[0].get_marker() != points[1].get_marker()


def test_the_curve_is_the_loss_of_the_steps_and_later_of_several_together():
    board = TrainingDashboard()
    axes = board.figure.axes[1]
    curve = shown(board)[2]
    assert axes.get_xlim() == (0, 100)
    board.run(150)
    losses = board.training.losses
    np.testing.assert_array_equal(curve.get_data(), [np.arange(1, 151), losses])
    assert axes.get_xlim() == (0, 200)
    board.run(461)  # 611 steps of 1000: five together, the last one waits
    x, y = curve.get_data()
    np.testing.assert_array_equal(x, np.arange(5, 611, 5))
    np.testing.assert_allclose(y, [np.mean(losses[end - 5 : end]) for end in x])
    assert axes.get_xlim() == (0, 1000)
    board.reset()
    assert axes.get_xlim() == (0, 100)
    assert len(curve.get_xdata()) == 0


@pytest.mark.parametrize("preset", ["too large a rate", "a good setting"])
def test_nothing_is_cut_off(preset):
    board = TrainingDashboard()
    start = [axes.get_ylim() for axes in board.figure.axes[1:]]
    board.apply_preset(preset)
    board.run(300)
    _, _, curve, bars, _ = shown(board)
    heights = [bar.get_height() for bar in bars]
    for axes, values in zip(board.figure.axes[1:], (curve.get_ydata(), heights), strict=True):
        low, high = axes.get_ylim()
        assert low <= np.min(values) and np.max(values) <= high
    wide = [axes.get_ylim() for axes in board.figure.axes[1:]]
    board.training.gradient_sizes = lambda: [0, 0, 0]
    board.redraw()
    assert [axes.get_ylim() for axes in board.figure.axes[1:]] == wide
    board.reset()
    assert [axes.get_ylim() for axes in board.figure.axes[1:]] == start


def test_bars_are_the_gradients_and_dead_units_are_written_over_them():
    board = TrainingDashboard()
    board.apply_preset("dead units")
    board.run(100)
    *_, bars, notes = shown(board)
    np.testing.assert_allclose([bar.get_height() for bar in bars], board.training.gradient_sizes())
    first, second = board.training.count_dead_units()
    assert (first > 0, second) == (True, 16)
    assert [note.get_text() for note in notes] == [f"{first} dead", "16 dead", ""]
    assert board.training.gradient_sizes()[:2] == [0, 0]


def test_the_sentence_says_how_the_training_stands():
    board = TrainingDashboard()
    assert board.sentence.startswith("A new network before its first step on circles: loss 0.")
    board.set_values(learning_rate=0.1, rho=0.5, negative_slope=0.2, batch_size=50)
    board.run(17)
    training = board.training
    p = training.network.predict(training.x)[np.arange(400), training.y]
    first, second, last = (f"{size:.2g}" for size in training.gradient_sizes())
    assert board.sentence == (
        f"Step 17 of 5000, epoch 3 on circles: loss {-np.mean(np.log(p)):.2g}, "
        f"accuracy {np.mean(p > 0.5):.2f}, gradients {first}, {second}, {last}. "
        "Dead units: 0 and 0 of 16. Settings: rate 0.1, ρ 0.50, batch 50, slope 0.20."
    )
    board.set_values(activation="softmax")
    assert board.sentence.endswith("batch 50, softmax.")


def test_settings_count_at_once_and_only_what_makes_the_network_begins_anew():
    board = TrainingDashboard()
    board.run(5)
    training = board.training
    board.set_values(learning_rate=0.2, rho=0.4, negative_slope=0.3, batch_size=400)
    assert board.training is training
    settings = training.optimizer.learning_rate, training.optimizer.rho, training.negative_slope
    assert settings == (0.2, 0.4, 0.3)
    assert len(training.losses) == 5
    board.run(2)
    assert training.epoch == 2  # what was left of the first epoch, and all 400 points
    for change in ({"task": "moons"}, {"units": 3}, {"activation": "softmax"}):
        board.run(1)
        board.set_values(**change)
        assert board.training.losses == []
        assert board._progress.value == 0
    assert board.controls["negative_slope"].disabled


def test_reset_and_presets_begin_anew_even_with_the_same_settings():
    board = TrainingDashboard()
    start = board.sentence
    board.run(3)
    board.reset()
    assert (board.sentence, board._progress.value) == (start, 0)
    for _ in range(2):
        board.apply_preset("too large a rate")
        assert board.training.losses == []
        board.run(3)
    with pytest.raises(ValueError, match="Received: name='none'"):
        board.apply_preset("none")
    board.redraw()
    assert len(board.training.losses) == 3


def test_each_preset_shows_what_it_promises():
    board = TrainingDashboard()
    accuracies, losses = {}, {}
    for name in board.presets:
        board.apply_preset(name)
        board.run(400)
        accuracies[name] = board.training.evaluate()["accuracy"]
        losses[name] = board.training.losses
    assert accuracies["a good setting"] > 0.9
    assert accuracies["dead units"] == 0.5
    assert np.max(losses["too large a rate"][200:]) > 10
    board.reset()
    board.run(100)
    assert np.mean(losses["softmax instead of ReLU"][80:100]) > 0.6
    assert np.mean(board.training.losses[80:]) < 0.1


def test_run_is_the_same_every_time_and_in_parts():
    boards = TrainingDashboard(), TrainingDashboard()
    boards[0].run(50)
    boards[1].run(30)
    boards[1].run(0)
    boards[1].run(20)
    assert boards[0].sentence == boards[1].sentence
    np.testing.assert_array_equal(*map(whole_picture, boards))


def test_run_ends_at_the_last_step(monkeypatch):
    monkeypatch.setattr(dashboard, "_MAX_STEPS", 40)
    board = TrainingDashboard()
    board.run(100)
    assert len(board.training.losses) == 40
    assert "; that was the last step, Reset begins anew." in board.sentence


@pytest.mark.parametrize(("steps", "error"), [(-1, ValueError), (1.5, TypeError)])
def test_run_refuses_what_is_no_number_of_steps(steps, error):
    with pytest.raises(error, match=f"Received: steps={steps}"):
        TrainingDashboard().run(steps)


def test_a_training_that_diverged_says_so():
    board = TrainingDashboard()
    board.run(4)
    board.training.network.weights[0][:] = np.inf
    board.run(10)
    assert "Diverged at step 5 on circles, training has stopped: loss nan," in board.sentence


def test_training_rarely_draws_the_background():
    board = TrainingDashboard()
    drawings = count_full_drawings(board)
    for _ in range(16):
        board.run(5)
    assert len(drawings) <= 4


def buttons(board):
    return {b.description: b for b in board.children[1].children if hasattr(b, "click")}


def test_step_takes_one_step():
    board = TrainingDashboard()
    buttons(board)["Step"].click()
    assert len(board.training.losses) == 1
    assert board._progress.value == 1


def test_without_a_widget_there_are_picture_and_sentence():
    board = TrainingDashboard()
    bundle = board._repr_mimebundle_()
    assert bundle["text/plain"] == board.sentence
    assert board.sentence in bundle["text/html"]


def test_play_needs_an_event_loop():
    with pytest.raises(RuntimeError, match="no running event loop"):
        TrainingDashboard().play()


def on_loop(story):
    """Run an async test; a task left behind and an exception not looked after fail it."""
    unhandled = []

    async def whole():
        asyncio.get_running_loop().set_exception_handler(lambda _, about: unhandled.append(about))
        await story()
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(whole()) == set()
    assert unhandled == []


async def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


def steps_of(board):
    return len(board.training.losses)


def test_it_plays_until_it_is_paused_and_goes_on():
    async def story():
        board = TrainingDashboard()
        buttons(board)["Play"].click()
        board.play()  # a second time changes nothing
        assert len(asyncio.all_tasks()) == 2
        await until(lambda: steps_of(board) >= 15)
        assert board.playing
        assert board._progress.bar_style == "info"
        buttons(board)["Pause"].click()
        board.pause()
        steps, sentence = steps_of(board), board.sentence
        await asyncio.sleep(0.1)
        assert not board.playing
        assert (steps_of(board), board.sentence) == (steps, sentence)
        assert sentence.startswith(f"Step {steps} of 5000")
        assert board._progress.value == steps
        board.play()
        await until(lambda: steps_of(board) > steps)
        board.pause()
        board.play()  # before the first task has noticed
        await until(lambda: steps_of(board) > steps + 20)
        assert len(asyncio.all_tasks()) == 2
        board.pause()

    on_loop(story)


def test_played_or_run_it_learns_the_same():
    boards = []

    async def story():
        boards.append(TrainingDashboard())
        boards[0].play()
        await until(lambda: steps_of(boards[0]) >= 30)
        boards[0].pause()

    on_loop(story)
    by_hand = TrainingDashboard()
    by_hand.run(steps_of(boards[0]))
    assert_same(boards[0].training.network.weights, by_hand.training.network.weights)


def test_a_slider_moved_while_it_plays_changes_what_follows():
    async def story():
        board = TrainingDashboard()
        board.play()
        await until(lambda: steps_of(board) >= 10)
        training, steps = board.training, steps_of(board)
        board.controls["learning_rate"].value = 0.1
        board.controls["batch_size"].value = 400
        batches = []
        step = training.network.step
        training.network.step = lambda *batch: (batches.append(len(batch[0])), step(*batch))[1]
        await until(lambda: steps_of(board) >= steps + 10)
        assert board.playing and board.training is training
        assert training.optimizer.learning_rate == 0.1
        assert set(batches[1:]) == {400}
        board.controls["units"].value = 4
        assert steps_of(board) == 0
        await until(lambda: steps_of(board) >= 5)
        board.apply_preset("dead units")
        await until(lambda: steps_of(board) >= 5)
        assert board.playing
        board.pause()

    on_loop(story)


@pytest.mark.parametrize("end", ["pause", "reset", "close", "run"])
def test_no_task_is_left_behind(end):
    async def story():
        board = TrainingDashboard()
        board.play()
        await until(lambda: steps_of(board) > 0)
        getattr(board, end)(*([1] if end == "run" else []))
        assert not board.playing
        assert board._progress.bar_style == ""

    on_loop(story)


def test_one_dashboard_plays_at_a_time_and_a_new_one_stops_it():
    async def story():
        first, second = TrainingDashboard(), TrainingDashboard()
        first.play()
        second.play()
        assert (first.playing, second.playing) == (False, True)
        await until(lambda: steps_of(second) > 0)
        assert steps_of(first) == 0
        second.reset()
        first.play()
        TrainingDashboard()
        assert not first.playing

    on_loop(story)


def alert(board):
    """Return what is said in red, or None."""
    places = [dict(attrs) for tag, attrs in Tags(board._picture.value).found if tag == "div"]
    if places[0].get("role") != "alert":
        return None
    return board._picture.value.split(">")[-2].split("<")[0]


def test_an_exception_is_shown_and_ends_the_task():
    async def story():
        board = TrainingDashboard()

        def broken(*batch):
            raise ZeroDivisionError("planted")

        board.training.network.step = broken
        board.play()
        await until(lambda: not board.playing)
        assert alert(board) == "ZeroDivisionError: planted"
        assert board._progress.bar_style == "danger"
        board.reset()
        assert alert(board) is None
        board.play()
        await until(lambda: steps_of(board) > 0)
        board.pause()

    on_loop(story)


def test_divergence_and_the_last_step_end_the_task(monkeypatch):
    async def story():
        board = TrainingDashboard()
        board.training.network.weights[0][:] = np.inf
        board.play()
        await until(lambda: not board.playing)
        assert board._progress.bar_style == "danger"
        assert board.sentence.startswith("Diverged at step 1")
        monkeypatch.setattr(dashboard, "_MAX_STEPS", 12)
        board.reset()
        assert board._progress.bar_style == ""
        board.play()
        await until(lambda: not board.playing)
        assert (steps_of(board), board._progress.bar_style) == (12, "success")

    on_loop(story)


def test_the_loop_is_served_between_two_slices():
    async def story():
        board = TrainingDashboard()
        board._speed.value = 100
        step = board.training.network.step
        board.training.network.step = lambda *batch: (time.sleep(0.01), step(*batch))[1]
        board.play()
        await until(lambda: steps_of(board) > 0)
        assert steps_of(board) <= 3  # 100 would have taken a second
        board.pause()

    on_loop(story)


def test_another_thread_may_move_the_controls_and_pause():
    async def story():
        board = TrainingDashboard()
        board._speed.value = 1
        board.play()

        def move():
            for rate in np.geomspace(1, 0.001, 12):
                board.controls["learning_rate"].value = rate
                board.apply_preset("too large a rate")  # its axes need a new background
            board.pause()

        await asyncio.to_thread(move)
        steps = steps_of(board)
        await asyncio.sleep(0.1)
        assert (board.playing, steps_of(board), alert(board)) == (False, steps, None)

    on_loop(story)


@pytest.fixture
def nobody_listens():
    """The state of an idle kernel: interrupts are ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_of_the_idle_kernel_ends_the_task(nobody_listens):
    async def story():
        board = TrainingDashboard()
        board.play()
        await until(lambda: steps_of(board) > 0)
        signal.raise_signal(signal.SIGINT)
        await until(lambda: not board.playing)
        message = "InterruptedError: the kernel was interrupted; Play goes on from here"
        assert alert(board) == message
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        steps = steps_of(board)
        board.play()
        await until(lambda: steps_of(board) > steps)
        assert alert(board) is None
        board.pause()

    on_loop(story)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_handler_of_a_cell_stays_and_gives_the_interrupts_back(nobody_listens):
    async def story():
        board = TrainingDashboard()
        board.play()
        await until(lambda: steps_of(board) > 0)
        of_training = signal.signal(signal.SIGINT, signal.default_int_handler)  # a cell begins
        board.pause()
        await asyncio.sleep(0.05)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        board.play()
        await until(lambda: steps_of(board) > 5)
        signal.signal(signal.SIGINT, of_training)  # the cell has ended
        signal.raise_signal(signal.SIGINT)
        await until(lambda: not board.playing)
        assert alert(board).startswith("InterruptedError")

    on_loop(story)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_where_somebody_listens_for_interrupts_nothing_is_changed():
    async def story():
        board = TrainingDashboard()
        before = signal.getsignal(signal.SIGINT)
        board.play()
        await until(lambda: steps_of(board) > 0)
        assert signal.getsignal(signal.SIGINT) is before
        board.pause()

    on_loop(story)
