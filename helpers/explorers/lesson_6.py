"""The explorer of lesson 6: a small network learns on screen while its settings are moved.

`Training` is one training, step by step and without a screen. `TrainingDashboard` shows it and
lets it run, as a task on the kernel's event loop that takes a few steps and then lets the
controls work. Meanwhile the kernel counts as idle: its stop button stops nothing, Pause does.
"""

import asyncio
import contextlib
import math
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from helpers.activations import count_dead_units, leaky_relu, leaky_relu_derivative
from helpers.datasets import make_task
from helpers.explorers.engine import Explorer, make_button
from helpers.explorers.film_strip import FilmStrip
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import RMSprop
from helpers.plots import COLOURS, course_style, ink, new_figure, short_number

__all__ = ["Training", "TrainingDashboard", "explore_training"]

_LOSS = "sparse_categorical_crossentropy"
_MAX_STEPS = 5000
_REST_SECONDS = 0.025  # after each picture, for what the browser has to say
_EDGES = np.linspace(-1.9, 1.9, 61)  # of the cells of the map
_CENTRES = np.stack(np.meshgrid(*[(_EDGES[1:] + _EDGES[:-1]) / 2] * 2), axis=-1).reshape(-1, 2)
_FIRST, _SECOND = COLOURS["first"], COLOURS["second"]  # of the two classes
_MAP = LinearSegmentedColormap.from_list("answers", [_FIRST, "white", _SECOND], N=6)
_TINTS = {"cmap": _MAP.with_extremes(bad=COLOURS["grey"]), "vmin": 0, "vmax": 1, "alpha": 0.5}
_PRESETS = {
    "a good setting": {"task": "spirals", "units": 32, "batch_size": 100},
    "too large a rate": {"learning_rate": 1, "negative_slope": 0.1},
    "dead units": {"learning_rate": 1},
    "softmax instead of ReLU": {"activation": "softmax"},
}


class Training:
    """A network with two hidden layers that learns, batch by batch, to tell two classes apart.

    `task` names the points, as for `make_task`. Each hidden layer has as many `units`, and the
    `activation` "leaky ReLU" or "softmax". Everything random comes from one seed. The settings
    of `optimizer` and the `negative_slope` of leaky ReLU may be changed between two steps.
    `losses` holds the mean loss of each step's batch, before the update; `epoch` counts how
    often all points have been begun.

    >>> training = Training("circles", "leaky ReLU", 16)
    >>> training.advance(100)
    >>> training.losses[-1] < 0.2
    True
    """

    def __init__(self, task, activation, units):
        self._rng = rng = np.random.default_rng(0)
        self.negative_slope = 0.0
        if activation == "leaky ReLU":
            activation = (
                lambda z: leaky_relu(z, negative_slope=self.negative_slope),
                lambda z: leaky_relu_derivative(z, negative_slope=self.negative_slope),
            )
        hidden = [Dense(2, units, activation, rng), Dense(units, units, activation, rng)]
        self.network = MLP([*hidden, Dense(units, 2, "softmax", rng)])
        self.optimizer = RMSprop(0.01)
        self.x, self.y = make_task(task)
        self.losses, self.epoch = [], 0
        self._order = np.arange(0)  # of the points that are still to come in this epoch

    @property
    def diverged(self):
        """Whether the last step's loss was not finite."""
        return bool(self.losses) and not math.isfinite(self.losses[-1])

    def advance(self, steps, batch_size=32):
        """Take so many steps, or fewer if the loss diverges."""
        for _ in range(steps):
            if not self._order.size:
                self._order = self._rng.permutation(len(self.x))
                self.epoch += 1
            batch, self._order = np.split(self._order, [batch_size])
            _, loss = self.network.step(self.x[batch], self.y[batch], _LOSS, self.optimizer)
            self.losses.append(loss)
            if self.diverged:
                break

    def count_dead_units(self):
        """Count, in each hidden layer, the units that no point can wake: none where they leak."""
        first, second, _ = self.network.layers
        a = first.forward(self.x)
        outputs = (a, second.forward(a))
        return [0 if self.negative_slope else count_dead_units(a) for a in outputs]

    def gradient_sizes(self):
        """Return the length of the last step's gradient, all numbers of a layer in one vector."""
        return [math.hypot(*map(np.linalg.norm, x.gradients)) for x in self.network.layers]


class TrainingDashboard(Explorer):
    """An explorer of a training that goes on while its settings are moved.

    On the left the map: the colour is the class that the network answers, the stronger the
    surer it is; the marks are the points it learns from. On the right the loss so far, and the
    length of each layer's gradient. Learning rate, rho, slope and batch size count from the
    next step on; another task, activation or number of units begins anew with a new network.

    A training that plays ends when it is paused, reset or closed, when another dashboard is
    played, when the loss diverges, after 5000 steps, and with an exception, which is shown.
    """

    _running = None  # the task that trains now: one at a time, of whichever dashboard
    _task = None  # the last task of this dashboard, until it is paused

    def __init__(self):
        self._due = 0  # the steps to take before the next picture
        self._made_of = None  # the settings that the training began with
        self._view = _View()
        self._progress = widgets.IntProgress(max=_MAX_STEPS, description="progress")
        self._steps = widgets.Dropdown(
            options=[1, 5, 20, 100], value=5, description="steps a picture"
        )
        slope = widgets.FloatSlider(0, min=0, max=0.5, step=0.01, description="negative slope")
        rate = widgets.FloatLogSlider(0.01, min=-4, max=1, step=0.05, description="learning rate")
        controls = {
            "task": widgets.Dropdown(options=["moons", "circles", "spirals"], value="circles"),
            "activation": widgets.Dropdown(options=["leaky ReLU", "softmax"]),
            "units": widgets.IntSlider(16, min=2, max=64, description="hidden units"),
            "negative_slope": slope,
            "learning_rate": rate,
            "rho": widgets.FloatSlider(0.9, min=0, max=0.99, step=0.01, description="rho ρ"),
            "batch_size": widgets.IntSlider(32, min=1, max=400, description="batch size"),
        }
        super().__init__(self._view.figure, self._show, controls, _PRESETS)
        self.children = [self.children[0], self._row_of(self._transport()), *self.children[1:]]

    @property
    def playing(self):
        """Whether the training goes on by itself."""
        task = self._task
        return task is not None and task is TrainingDashboard._running and not task.done()

    def run(self, steps):
        """Train here and now and show the result; never beyond 5000 steps in all."""
        self.pause()
        self._due = steps
        self.redraw()

    def play(self):
        """Go on training until `pause`, as a task on the event loop; `run` needs no loop."""
        loop = asyncio.get_running_loop()
        TrainingDashboard._running = self._task = loop.create_task(self._train())

    def pause(self):
        """Stop training; `play` takes it up again."""
        self._task = None

    def reset(self):
        """Stop training, put every control back, and begin anew."""
        self.pause()
        self._made_of = None
        super().reset()

    def apply_preset(self, name):
        """Begin anew with the settings of a preset; what plays goes on playing."""
        if name in self.presets:
            self._made_of = None
        super().apply_preset(name)

    def film_strip(self, step):
        """Film the training of the start and of each preset; the slider is its step.

        The button of a preset leads to the end of its training, Reset to the start.

        >>> film = explore_training().film_strip(step=[0, 2])
        >>> film.sentences[film.buttons["dead units"]].split(",")[0]
        'Step 2 of 5000'
        """
        shots, buttons = [], {}
        for name in ("Reset", *self.presets):
            self.reset() if name == "Reset" else self.apply_preset(name)
            for number in step:
                self.run(number - len(self.training.losses))
                shots.append(self.snapshot())
            buttons[name] = len(shots) - 1
        buttons["Reset"] = 0
        sliders = {"step": [str(number) for number in step]}
        return FilmStrip(sliders, *map(list, zip(*shots, strict=True)), buttons)

    def close(self):
        """Stop training and take the dashboard off the screen."""
        self.pause()
        super().close()
        self._view = None

    async def _train(self):
        """Train, draw and rest in turns, until another task plays or none."""
        task = asyncio.current_task()
        with contextlib.suppress(Exception):  # it stands below the picture already
            while self._task is task is TrainingDashboard._running:
                self._due = self._steps.value
                self._on_change(None)
                if self.training.diverged or len(self.training.losses) >= _MAX_STEPS:
                    break
                await asyncio.sleep(_REST_SECONDS)

    def _show(self, task, activation, units, negative_slope, learning_rate, rho, batch_size):
        """Take the steps that are due, draw where they led, and say it."""
        steps, self._due = self._due, 0
        softmax = self.controls["negative_slope"].disabled = activation == "softmax"
        if self._made_of != (task, activation, units):
            self.training = Training(task, activation, units)
            self._made_of = (task, activation, units)
        training = self.training
        training.negative_slope = 0.0 if softmax else negative_slope
        training.optimizer.learning_rate, training.optimizer.rho = learning_rate, rho
        training.advance(min(steps, _MAX_STEPS - len(training.losses)), batch_size)
        self._progress.value = len(training.losses)
        self._progress.bar_style = "danger" if training.diverged else ""
        settings = f"rate {short_number(learning_rate)}, ρ {rho:.2f}, batch {batch_size}"
        dead, sizes = training.count_dead_units(), training.gradient_sizes()
        self._view.move(training, dead, sizes, settings)
        return (
            f"{_describe(training, task, sizes)}. Dead units: {dead[0]} and {dead[1]} of {units}. "
            f"Settings: {settings}, {'softmax' if softmax else f'slope {negative_slope:.2f}'}."
        )

    def _transport(self):
        """Make the buttons that let the training run, its speed and its progress bar."""
        for widget, width in ((self._steps, "190px"), (self._progress, "285px")):
            widget.layout.width, widget.style.description_width = width, "auto"
        return [
            make_button("Play", "Train until paused", self.play, icon="play"),
            make_button("Pause", "Stop training", self.pause, icon="pause"),
            make_button("Step", "Train on one batch", partial(self.run, 1), icon="step-forward"),
            self._steps,
            self._progress,
        ]


def explore_training():
    """Watch a small network learn while you move its settings: play, pause, step, reset.

    >>> dashboard = explore_training()
    >>> dashboard.apply_preset("dead units")
    >>> dashboard.run(100)
    >>> "Dead units: 5 and 16 of 16" in dashboard.sentence
    True
    """
    return TrainingDashboard()


def _describe(training, task, sizes):
    measured = training.network.evaluate(training.x, training.y, _LOSS, {"accuracy": accuracy})
    loss, share, steps = short_number(measured["loss"]), measured["accuracy"], len(training.losses)
    where = f"on {task}: loss {loss}, accuracy {share:.2f}"
    if not steps:
        return f"A new network before its first step {where}"
    if training.diverged:
        return f"Diverged at step {steps}, training has stopped, {where}"
    last = "; that was the last step, Reset begins anew" if steps == _MAX_STEPS else ""
    gradients = ", ".join(map(short_number, sizes))
    begin = f"Step {steps} of {_MAX_STEPS}, epoch {training.epoch}"
    return f"{begin} {where}, gradients {gradients}{last}"


class _View:
    """The picture of a training: the map, the loss so far, the length of the gradients."""

    @course_style()
    def __init__(self):
        mosaic = [["map", "loss"], ["map", "gradient"]]
        self.figure, axes = new_figure(7.5, 3.625, mosaic=mosaic, width_ratios=[1, 1.05])
        plane, loss, gradient = axes["map"], axes["loss"], axes["gradient"]
        self._loss, self._gradient = loss, gradient
        moving, title = {"animated": True}, {"loc": "left", "fontsize": "medium"}

        plane.set_title("what the network answers", **title)
        plane.set(xlim=_EDGES[[0, -1]], ylim=_EDGES[[0, -1]], aspect="equal")
        plane.set(xlabel="x1", ylabel="x2", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        plane.grid(False)
        self._mesh = plane.pcolormesh(_EDGES, _EDGES, np.zeros((60, 60)), **_TINTS, **moving)
        edge = {"markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.6}
        self._points = [
            plane.plot([], [], marker, color=colour, **edge, **moving)[0]
            for marker, colour in (("o", _FIRST), ("^", _SECOND))
        ]

        loss.set(xlabel="step", yscale="log")
        loss.minorticks_off()
        self._title = loss.set_title(" ", **title, **moving)
        loss.axhline(math.log(2), linestyle=":", color=COLOURS["grey"])
        look = {"transform": loss.transAxes, "color": ink(COLOURS["grey"])}
        loss.text(0.02, 0.05, "dotted: tossing a coin", **look)
        (self._curve,) = loss.plot([], [], color=COLOURS["function"], **moving)

        gradient.set(yscale="log", xlim=(-0.6, 2.6))
        gradient.minorticks_off()
        gradient.set_title("length of each layer's gradient", **title)
        gradient.set_xticks(range(3), ["hidden 1", "hidden 2", "output"])
        gradient.grid(False, axis="x")
        look = {"bottom": 1e-30, "color": COLOURS["derivative"]}  # a log axis has no 0
        self._bars = gradient.bar(range(3), 1, 0.6, **look, **moving)
        above = {"transform": gradient.get_xaxis_transform(), "ha": "center", "va": "top"}
        self._notes = [gradient.text(i, 0.97, "", **above, **moving) for i in range(3)]

    def move(self, training, dead, sizes, settings):
        """Show how a training stands."""
        self._title.set_text(f"loss, now at {settings}")
        for number, points in enumerate(self._points):
            points.set_data(*training.x[training.y == number].T)
        self._mesh.set_array(training.network.predict(_CENTRES)[:, 1].reshape(60, 60))
        steps = len(training.losses)
        limit = next(n for n in (100, 200, 500, 1000, 2000, _MAX_STEPS) if n >= steps)
        if self._loss.get_xlim() != (0, limit):
            self._loss.set_xlim(0, limit)
        together = max(limit // 200, 1)  # the curve is averaged: at most 250 points remain
        ends = np.arange(together, steps + 1, together)
        means = np.reshape(training.losses[: together * len(ends)], (-1, together)).mean(axis=1)
        means = np.maximum(means, 1e-7)  # float32 hardly tells smaller losses apart
        self._curve.set_data(ends, means)
        _make_room(self._loss, means, (1e-3, 1e1), restart=steps == 0)
        _make_room(self._gradient, [*sizes, 10 * max(sizes)], (1e-5, 1e1), restart=steps == 0)
        for bar, note, size, count in zip(self._bars, self._notes, sizes, [*dead, 0], strict=True):
            bar.set_height(size)
            note.set_text(f"{count} dead" if count else "")


def _make_room(ax, values, start, restart):
    """Widen a log axis until all values can be seen; a restart goes back to the start."""
    low, high = start if restart else ax.get_ylim()
    visible = [value for value in values if 0 < value < math.inf]
    while low > min(visible, default=low):
        low /= 100
    while high < max(visible, default=high):
        high *= 100
    if (low, high) != ax.get_ylim():
        ax.set_ylim(low, high)
