"""The training dashboard: a small network learns on screen while its settings are moved.

`Training` is one training, step by step and without a screen. `TrainingDashboard` is the
explorer that shows it and lets it run: as a task on the kernel's event loop, in slices so
short that the controls keep working in between.
"""

import asyncio
import math
import signal
import threading
import time

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure

from helpers import activations
from helpers.datasets import make_task
from helpers.explorers.engine import Explorer, short_number
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import RMSprop
from helpers.plots import COLOURS, style_axes
from helpers.validation import as_integer

__all__ = ["Training", "TrainingDashboard"]

_MAX_STEPS = 5000
_SLICE_SECONDS = 0.02  # the longest time that training alone takes before the next picture
_FRAME_SECONDS = 0.04  # from one picture to the next, where there is time enough
_BREATH_SECONDS = 0.005  # what the browser has to say takes several turns of the event loop

_LOSS = "sparse_categorical_crossentropy"
_SPEEDS = {f"{n} step{'s' * (n > 1)} a picture": n for n in (1, 5, 20, 100)}
_EDGES = np.linspace(-1.9, 1.9, 61)  # of the cells of the map
_CENTRES = np.stack(np.meshgrid(*[(_EDGES[1:] + _EDGES[:-1]) / 2] * 2), axis=-1).reshape(-1, 2)
_STEP_LIMITS = (100, 200, 500, 1000, 2000, _MAX_STEPS)
_LOWEST = -7  # power of ten where a log axis ends: float32 hardly tells smaller losses apart
_ZERO = 1e-30  # where a bar begins on a logarithmic axis
_CLASS_LOOKS = ((COLOURS["first"], "o"), (COLOURS["second"], "^"))


class Training:
    """A network with two hidden layers that learns, batch by batch, to tell two classes apart.

    Parameters
    ----------
    task : {"moons", "circles", "spirals"}
        The points to be told apart, as `helpers.datasets.make_task` makes them.
    activation : {"leaky ReLU", "softmax"}
        Of the hidden layers.
    units : int
        Number of units in each hidden layer.

    Attributes
    ----------
    x, y : numpy.ndarray
        The points, shape (400, 2), and their classes.
    network : MLP
        The network: 2 inputs, two hidden layers, a softmax over the two classes.
    optimizer : RMSprop
        Its hyperparameters may be changed between two steps, and so may the next attribute.
    negative_slope : float
        The slope of leaky ReLU; 0 at the start, which is ReLU.
    losses : list of float
        The mean loss of each step's batch, before the update.
    epoch : int
        How often all points have been begun: 0 before the first step.

    Notes
    -----
    Everything random comes from one seed, so that the same settings give the same training.

    Examples
    --------
    >>> training = Training("circles", "leaky ReLU", 16)
    >>> training.advance(100)
    >>> training.evaluate()["accuracy"] > 0.9
    True
    """

    def __init__(self, task, activation, units):
        rng = np.random.default_rng(0)
        hidden = (self._leaky_relu, self._derivative) if activation == "leaky ReLU" else activation
        self.x, self.y = make_task(task)
        self.network = MLP(
            [
                Dense(2, units, hidden, rng),
                Dense(units, units, hidden, rng),
                Dense(units, 2, "softmax", rng),
            ]
        )
        self.optimizer = RMSprop(0.01)
        self.negative_slope = 0.0
        self.losses = []
        self.epoch = 0
        self._rng = rng
        self._order = np.arange(0)  # of the points that the epoch has still to come to

    def _leaky_relu(self, z):
        return activations.leaky_relu(z, self.negative_slope)

    def _derivative(self, z):
        return activations.leaky_relu_derivative(z, self.negative_slope)

    @property
    def diverged(self):
        """Whether the last step's loss was not finite; that step changed nothing."""
        return bool(self.losses) and not math.isfinite(self.losses[-1])

    def advance(self, steps, batch_size=32, seconds=math.inf):
        """Take a number of steps: fewer if the loss diverges or when the time is over.

        Parameters
        ----------
        steps : int
            How many steps.
        batch_size : int, default 32
            Points for each; the last batch of an epoch may be smaller.
        seconds : float, optional
            After this time no further step is begun.
        """
        end = time.perf_counter() + seconds
        for _ in range(steps):
            if not self._order.size:
                self._order = self._rng.permutation(len(self.x))
                self.epoch += 1
            batch, self._order = np.split(self._order, [batch_size])
            _, loss = self.network.step(self.x[batch], self.y[batch], _LOSS, self.optimizer)
            self.losses.append(loss)
            if self.diverged or time.perf_counter() > end:
                break

    def evaluate(self):
        """Return the mean ``"loss"`` and the ``"accuracy"`` over all points, as a dict."""
        return self.network.evaluate(self.x, self.y, _LOSS, {"accuracy": accuracy})

    def count_dead_units(self):
        """Count, in each hidden layer, the units that put out 0 for every point."""
        self.network.predict(self.x)
        hidden = self.network.layers[:-1]
        return [int((layer.activate(layer.z) == 0).all(axis=0).sum()) for layer in hidden]

    def gradient_sizes(self):
        """Return for each layer the length of the last step's gradient, as one vector."""
        return [
            math.sqrt(sum(float(np.vdot(g, g)) for g in layer.gradients))
            for layer in self.network.layers
        ]


class TrainingDashboard(Explorer):
    """An explorer of a training that goes on while its settings are moved.

    On the left the map: the colour is the class that the network answers, the stronger the
    surer it is; the marks are the points it learns from. On the right the loss so far, and
    the length of the gradient of each layer. A new learning rate, rho, slope or batch size
    counts from the next step on; another task, activation or number of units begins anew
    with a new network.

    Attributes
    ----------
    training : Training
        The training that is shown.
    playing : bool
        Whether it is going on by itself.

    Notes
    -----
    While it plays, one task on the running event loop takes some steps, shows the picture and
    lets the loop do other things, in turns. The task ends when it is paused, reset, closed or
    interrupted, when another dashboard is made or played, after 5000 steps, and with an
    exception, which is shown as that of any explorer is.

    Examples
    --------
    >>> dashboard = TrainingDashboard()
    >>> dashboard.run(100)
    >>> dashboard.sentence.split(":")[0]
    'Step 100 of 5000, epoch 8 on circles'
    """

    _player = None  # the dashboard that plays now: one at a time
    _task = None
    _interrupted = False

    def __init__(self):
        self._stop_player()
        self._due = (0, 0.0)  # the steps to take before the next picture, and the time for them
        self._made_of = None  # the settings that the training began with
        self._view = _View()
        self._progress = widgets.IntProgress(max=_MAX_STEPS, description="progress")
        self._speed = widgets.Dropdown(options=_SPEEDS, value=5, description="speed")
        super().__init__(self._view.figure, self._show, _controls(), _PRESETS)
        controls, buttons, picture = self.children
        self.children = [controls, self._row_of(self._transport()), buttons, picture]

    @property
    def playing(self):
        """Whether the training goes on by itself."""
        return self._task is not None

    def run(self, steps):
        """Train here and now, without the event loop, and show the result.

        Parameters
        ----------
        steps : int
            How many steps, at least 0. There are fewer if the loss diverges, and never more
            than 5000 in all.
        """
        steps = as_integer(steps, "steps", minimum=0)
        self.pause()
        self._due = (steps, math.inf)
        self.redraw()

    def play(self):
        """Go on training until `pause`, in a task on the event loop.

        Raises
        ------
        RuntimeError
            If no event loop is running, as in a plain Python program; `run` needs none.
        """
        loop = asyncio.get_running_loop()
        if self.playing:
            return
        self._stop_player()
        TrainingDashboard._player = self
        self._task = loop.create_task(self._train())
        self._task.add_done_callback(self._on_end)
        self._progress.bar_style = "info"
        self._interrupted = False

    def pause(self):
        """Stop training; `play` takes it up again."""
        if self.playing:  # perhaps from another thread than the one of the task
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)
            self._end()

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

    def close(self):
        """Stop training and take the dashboard off the screen."""
        self.pause()
        super().close()

    async def _train(self):
        try:
            while self._task is asyncio.current_task():
                start = time.perf_counter()
                _swap_handler(signal.SIG_IGN, _interrupt_player)
                self._due = (self._speed.value, _SLICE_SECONDS)
                self._on_change(None)
                if self.training.diverged or len(self.training.losses) >= _MAX_STEPS:
                    return
                spent = time.perf_counter() - start
                await asyncio.sleep(max(_FRAME_SECONDS - spent, _BREATH_SECONDS))
        finally:
            _swap_handler(_interrupt_player, signal.SIG_IGN)

    def _on_end(self, task):
        """Take note that the task has ended; its exception, if any, is on screen already."""
        failed = not task.cancelled() and task.exception() is not None
        if task is self._task:
            self._end("danger" if failed or self.training.diverged else "success")

    def _end(self, style=""):
        self._task = None
        self._progress.bar_style = style
        TrainingDashboard._player = None

    @staticmethod
    def _stop_player():
        if TrainingDashboard._player is not None:
            TrainingDashboard._player.pause()

    def _show(self, task, activation, units, negative_slope, learning_rate, rho, batch_size):
        """Take the steps that are due, draw where that led, and say it."""
        (steps, seconds), self._due = self._due, (0, 0.0)
        if steps and self._interrupted:
            raise InterruptedError("the kernel was interrupted; Play goes on from here")
        self.controls["negative_slope"].disabled = activation == "softmax"
        if self._made_of != (task, activation, units):
            self.training = Training(task, activation, units)
            self._made_of = (task, activation, units)
            self._progress.bar_style = "info" if self.playing else ""
        training = self.training
        training.negative_slope = negative_slope
        training.optimizer.learning_rate = learning_rate
        training.optimizer.rho = rho
        training.advance(min(steps, _MAX_STEPS - len(training.losses)), batch_size, seconds)
        self._progress.value = len(training.losses)
        settings = f"rate {short_number(learning_rate)}, ρ {rho:.2f}, batch {batch_size}"
        results = {**training.evaluate(), "dead": training.count_dead_units()}
        self._view.move(training, results, settings)
        kind = "softmax" if activation == "softmax" else f"slope {negative_slope:.2f}"
        return _sentence(training, results, f"{settings}, {kind}", task, units)

    def _step(self):
        self.run(1)

    def _transport(self):
        """Make the buttons that let the training run, its speed and its progress bar."""
        buttons = []
        for name, icon, tooltip, act in (
            ("Play", "play", "Train until paused", self.play),
            ("Pause", "pause", "Stop training", self.pause),
            ("Step", "step-forward", "Train on one batch", self._step),
        ):
            button = widgets.Button(description=name, icon=icon, tooltip=tooltip)
            button.layout.width = "auto"
            button.on_click(lambda button, act=act: act())
            buttons.append(button)
        for widget, width in ((self._speed, "190px"), (self._progress, "285px")):
            widget.layout.width = width
            widget.style.description_width = "auto"
        return [*buttons, self._speed, self._progress]


def _interrupt_player(signum, frame):
    """Handle an interrupt that comes while the kernel runs no cell, only the training."""
    if TrainingDashboard._player is not None:
        TrainingDashboard._player._interrupted = True


def _swap_handler(old, new):
    """Replace the handler of interrupts where it is `old`: a kernel has its own for its cells."""
    in_main = threading.current_thread() is threading.main_thread()  # no other thread may
    if in_main and signal.getsignal(signal.SIGINT) is old:
        signal.signal(signal.SIGINT, new)


class _View:
    """The picture of a training: the map, the loss so far, the gradients."""

    def __init__(self):
        self.figure = Figure(figsize=(7.5, 3.625), layout="constrained")
        axes = self.figure.subplot_mosaic(
            [["map", "loss"], ["map", "gradient"]], width_ratios=[1, 1.05]
        )
        self._map, self._loss, self._gradient = axes["map"], axes["loss"], axes["gradient"]
        titles = ("what the network answers", "loss", "length of each layer's gradient")
        for ax, title in zip(axes.values(), titles, strict=True):
            ax.set_title(title, loc="left", fontsize="medium")
        self._draw_map()
        self._draw_loss()
        self._draw_gradient()

    def _draw_map(self):
        self._map.set(xlim=_EDGES[[0, -1]], ylim=_EDGES[[0, -1]], aspect="equal")
        self._map.set(xlabel="x1", ylabel="x2", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        self._mesh = self._map.pcolormesh(
            _EDGES, _EDGES, np.zeros((60, 60)), cmap=_TINTS, vmin=0, vmax=1, animated=True
        )
        self._points = [
            self._map.plot([], [], marker, color=colour, markersize=5, animated=True)[0]
            for colour, marker in _CLASS_LOOKS
        ]
        for points in self._points:
            points.set(markeredgecolor="white", markeredgewidth=0.6)

    def _draw_loss(self):
        ax = style_axes(self._loss, xlabel="step", yscale="log")
        ax.minorticks_off()
        self._settings = ax.set_title(" ", loc="right", fontsize="medium", animated=True)
        ax.axhline(math.log(2), color=COLOURS["grey"], linestyle=":")
        coin = ax.text(0.02, 0.05, "dotted: tossing a coin", transform=ax.transAxes)
        coin.set(color=COLOURS["grey"], fontsize="small")
        (self._curve,) = ax.plot([], [], color=COLOURS["function"], animated=True)

    def _draw_gradient(self):
        ax = style_axes(self._gradient, yscale="log", xlim=(-0.6, 2.6), xticks=range(3))
        ax.minorticks_off()
        ax.set_xticklabels(["hidden 1", "hidden 2", "output"])
        ax.grid(False, axis="x")
        self._bars = ax.bar(range(3), 1, 0.6, bottom=_ZERO, color=COLOURS["derivative"])
        for bar in self._bars:
            bar.set_animated(True)
        above = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top"}
        self._notes = [ax.text(i, 0.97, "", animated=True, **above) for i in range(3)]

    def move(self, training, results, settings):
        """Show how a training stands."""
        self._settings.set_text(settings)
        for number, points in enumerate(self._points):
            points.set_data(*training.x[training.y == number].T)
        self._mesh.set_array(training.network.predict(_CENTRES)[:, 1].reshape(60, 60))
        anew = not training.losses
        self._move_curve(np.array(training.losses), anew)
        sizes = training.gradient_sizes()
        _make_room(self._gradient, [10 * size for size in sizes if size], (-5, 1), anew)
        for bar, note, size, dead in zip(
            self._bars, self._notes, sizes, [*results["dead"], 0], strict=True
        ):
            bar.set_height(size)
            note.set_text(f"{dead} dead" if dead else "")

    def _move_curve(self, losses, anew):
        """Draw the loss, of so many steps at once that there are at most 250 points."""
        limit = next(limit for limit in _STEP_LIMITS if limit >= len(losses))
        if self._loss.get_xlim() != (0, limit):
            self._loss.set_xlim(0, limit)
        together = max(limit // 200, 1)
        means = losses[: len(losses) // together * together].reshape(-1, together).mean(axis=1)
        _make_room(self._loss, means, (-3, 1), anew)
        self._curve.set_data(
            together * np.arange(1, len(means) + 1), np.maximum(means, 10.0**_LOWEST)
        )


def _tint(colour, share):
    """Mix a share of a colour with white."""
    return tuple(1 - share * (1 - part) for part in to_rgb(colour))


# Ten tints for the probability of class 1, from a strong "class 0" to a strong "class 1".
_TINTS = ListedColormap(
    [_tint(_CLASS_LOOKS[0][0], share) for share in np.linspace(0.5, 0.12, 5)]
    + [_tint(_CLASS_LOOKS[1][0], share) for share in np.linspace(0.12, 0.5, 5)]
).with_extremes(bad="#BBBBBB")


def _make_room(ax, values, start, anew):
    """Widen a log axis in steps of two powers of ten, from where it is or anew from the start."""
    low, high = start if anew else np.round(np.log10(ax.get_ylim()))
    finite = [value for value in values if math.isfinite(value)]
    while low > _LOWEST and min(finite, default=1) < 10.0**low:
        low -= 2
    while max(finite, default=1) > 10.0**high:
        high += 2
    if (10.0**low, 10.0**high) != ax.get_ylim():
        ax.set_ylim(10.0**low, 10.0**high)


def _controls():
    return {
        "task": widgets.Dropdown(options=["moons", "circles", "spirals"], value="circles"),
        "activation": widgets.Dropdown(options=["leaky ReLU", "softmax"], description="activation"),
        "units": widgets.IntSlider(value=16, min=1, max=64, description="hidden units"),
        "negative_slope": widgets.FloatSlider(
            value=0, min=0, max=0.5, step=0.01, description="negative slope"
        ),
        "learning_rate": widgets.FloatLogSlider(
            value=0.01, min=-4, max=1, step=0.05, description="learning rate"
        ),
        "rho": widgets.FloatSlider(value=0.9, min=0, max=0.99, step=0.01, description="rho ρ"),
        "batch_size": widgets.IntSlider(value=32, min=1, max=400, description="batch size"),
    }


_PRESETS = {
    "a good setting": {"task": "spirals", "units": 32, "batch_size": 100},
    "too large a rate": {"learning_rate": 1, "negative_slope": 0.1},
    "dead units": {"learning_rate": 1},
    "softmax instead of ReLU": {"activation": "softmax"},
}


def _sentence(training, results, settings, task, units):
    steps = len(training.losses)
    begin = f"Step {steps} of {_MAX_STEPS}, epoch {training.epoch} on {task}"
    if training.diverged:
        begin = f"Diverged at step {steps} on {task}, training has stopped"
    elif not steps:
        begin = f"A new network before its first step on {task}"
    text = f"{begin}: loss {short_number(results['loss'])}, accuracy {results['accuracy']:.2f}"
    if steps:
        text += f", gradients {', '.join(map(short_number, training.gradient_sizes()))}"
    if steps == _MAX_STEPS:
        text += "; that was the last step, Reset begins anew"
    first, second = results["dead"]
    return f"{text}. Dead units: {first} and {second} of {units}. Settings: {settings}."
