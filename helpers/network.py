"""A network is a stack of layers: forward it computes a prediction, backward a gradient.

Every dense layer takes a weighted sum of its inputs and applies an activation f to it:

    z = x W + b        a = f(z)

Its output a is the input x of the next layer. Training repeats four steps: forward through all
layers, the loss, backward through all layers by the chain rule, and an update of the weights. The
parts come from `activations`, `losses` and `optimizers`.

Arrays have one row for each sample. Everything is computed in float32, as in Keras; inputs of
another kind, such as bytes, are cast batch by batch. Weights are changed in place, and come in the
order and layout of Keras: ``[kernel, bias, kernel, bias, ...]``.
"""

import math
from functools import partial
from itertools import pairwise

import numpy as np

from helpers import activations, losses
from helpers.validation import as_float_array, as_integer, received

__all__ = ["MLP", "Dense", "accuracy"]

_ELEMENTWISE = ("relu", "leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu")
_ACTIVATIONS = ("linear", "softmax", *_ELEMENTWISE)
_SPARSE = "sparse_categorical_crossentropy"
_CROSS_ENTROPIES = ("categorical_crossentropy", _SPARSE)
_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber", "pinball", *_CROSS_ENTROPIES)


class Dense:
    """A layer in which every unit sees every input.

    `activation` is a name, such as ``"relu"``, ``"linear"`` or ``"softmax"``, or your own pair
    ``(f, derivative)`` of functions of z that work element by element. `rng` is a NumPy generator
    or a seed. From it comes the kernel W, shape (units_in, units_out), uniform between
    ±√(6 / (units_in + units_out)), which keeps the spread of the numbers about the same from layer
    to layer (X. Glorot and Y. Bengio, AISTATS 2010). The bias b, shape (units_out,), starts at 0.

    `weights` and `gradients` are lists of two arrays, for kernel and bias; `x` and `z` are those
    of the last `forward`.

    >>> layer = Dense(2, 3, "relu")
    >>> layer.weights[0][:] = [[1, 2, 3], [4, 5, -6]]
    >>> print(layer.forward([[1, 1]]))
    [[5. 7. 0.]]
    >>> print(layer.backward(layer.gate([[1, 1, 1]])))
    [[3. 9.]]
    """

    def __init__(self, units_in, units_out, activation="linear", rng=None):
        as_integer(units_in, "units_in", minimum=1)
        as_integer(units_out, "units_out", minimum=1)
        if activation == "softmax" and units_out == 1:  # always 1, since a softmax adds up to 1
            raise ValueError(f"units_out must be above 1 for a softmax. {received('units_out', 1)}")
        self.activation = activation
        pair = _pair("activation", activation, _ACTIVATIONS, activations, "_derivative")
        self._f, self._derivative = pair
        limit = math.sqrt(6 / (units_in + units_out))
        kernel = np.random.default_rng(rng).uniform(-limit, limit, (units_in, units_out))
        self.weights = [kernel.astype(np.float32), np.zeros(units_out, np.float32)]
        self.gradients = [np.zeros_like(w) for w in self.weights]

    def __repr__(self):
        return f"Dense{(*self.weights[0].shape, self.activation)}"

    def forward(self, x):
        """Return the activations of a batch; keep `x` and `z` for the way back."""
        kernel, bias = self.weights
        self.x = np.asarray(x, np.float32)
        if self.x.ndim != 2 or self.x.shape[1] != len(kernel):
            raise ValueError(f"x must have {len(kernel)} columns. {received('x', x)}")
        self.z = self.x @ kernel
        self.z += bias
        return self.activate(self.z)

    def activate(self, z):
        """Return f(z)."""
        return z if self.activation == "linear" else np.asarray(self._f(z), np.float32)

    def gate(self, g):
        """Turn g, the gradient at the output, into the one at z: δ = g ⊙ f′(z).

        In a softmax p every output depends on every z: δ = p ⊙ (g − Σ p g).
        """
        if self.activation == "linear":
            return g
        if self.activation == "softmax":
            p = self.activate(self.z)
            return p * (g - np.sum(p * g, axis=1, keepdims=True))
        return g * self._derivative(self.z)

    def backward(self, delta, to_x=True):
        """Turn δ, the gradient at z, into those of kernel and bias; return the one at x.

        They are xᵀ δ, the sum of the rows of δ, and δ Wᵀ. The first layer can do without the last.
        """
        delta = np.asarray(delta, np.float32)
        np.dot(self.x.T, delta, out=self.gradients[0])  # for a single row, @ is slower
        delta.sum(axis=0, out=self.gradients[1])
        return delta @ self.weights[0].T if to_x else None


class MLP:
    """A multilayer perceptron: dense layers, one after the other, and their training.

    `weights` and `gradients` are those of all layers. `history` is what `train` has logged: for
    each name a list with one number for each epoch that was finished. "Exclusive or" takes two
    layers:

    >>> from helpers.optimizers import RMSprop
    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> network = MLP([Dense(2, 16, "relu", rng=0), Dense(16, 2, "softmax", rng=1)])
    >>> loss = "sparse_categorical_crossentropy"
    >>> history = network.train(x, y, loss, RMSprop(0.01), epochs=100)
    >>> print(history["loss"][-1] < 0.1, network.predict(x).argmax(axis=1))
    True [0 1 1 0]
    """

    def __init__(self, layers):
        self.layers = list(layers)
        fit = all(len(b.weights[0]) == len(a.weights[1]) for a, b in pairwise(self.layers))
        if not fit or len(set(self.layers)) < len(self.layers):
            raise ValueError(f"layers must fit together, each once. {received('layers', layers)}")
        self.weights = [w for layer in self.layers for w in layer.weights]
        self.gradients = [g for layer in self.layers for g in layer.gradients]
        self.history = {}

    def __repr__(self):
        return f"MLP({self.layers})"

    def forward(self, x):
        """Send a batch through all layers; return the output of the last."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, delta):
        """Send the gradient at the last z back through all layers, which keep theirs."""
        for layer, before in pairwise(reversed(self.layers)):
            delta = before.gate(layer.backward(delta))
        self.layers[0].backward(delta, to_x=False)

    @np.errstate(all="ignore")
    def step(self, x, y, loss, optimizer=None):
        """Train on one batch; return the predictions and the mean loss before the update.

        There is no update without an optimizer, nor if the loss or a gradient is not finite; then
        the loss that is returned is not finite either.
        """
        function, gradient, from_z = self._loss(loss)
        y_pred, last = self.forward(x), self.layers[-1]
        scores = last.z if from_z else y_pred
        value = _mean("loss", function, y, scores)
        if optimizer is None or not math.isfinite(value):
            return y_pred, value
        g = np.asarray(gradient(y, scores)) / len(y_pred)
        if g.shape != y_pred.shape:
            raise ValueError(f"loss must have a gradient like y_pred. {received('loss', loss)}")
        self.backward(g if from_z else last.gate(g))  # taken from z, g is δ already
        if not np.isfinite(self.gradients[1]).all():  # the first layer's biases see every NaN
            return y_pred, math.nan
        optimizer.apply(self.gradients, self.weights)
        return y_pred, value

    def _loss(self, loss):
        """Return a loss, its gradient, and whether they take the last z instead of the output.

        Softmax and cross-entropy are differentiated together, from z: the gradient is p − y, see
        `losses.categorical_crossentropy_gradient`.
        """
        pair = _pair("loss", loss, _LOSSES, losses, "_gradient")
        from_z = self.layers[-1].activation == "softmax" and loss in _CROSS_ENTROPIES
        return *(partial(f, from_logits=True) if from_z else f for f in pair), from_z

    def train(self, x, y, loss, optimizer, epochs=1, batch_size=32, *, metrics=None,
              validation_data=None, shuffle=True, rng=None, progress=iter):  # fmt: skip
        """Go through all samples `epochs` times, batch by batch; return the `history`.

        `loss` is a name from `helpers.losses`, or your own pair ``(f, gradient)`` of functions of
        ``(y_true, y_pred)`` in their form; `metrics` maps names to such functions f. The means
        over the samples are logged, each taken just before the update that used it, as in Keras;
        for `validation_data`, a pair ``(x, y)``, after each epoch. `progress` wraps the epochs:
        `tqdm.notebook.tqdm` makes a bar of it. An interruption loses nothing that was learned.
        """
        as_integer(epochs, "epochs", minimum=0)
        as_integer(batch_size, "batch_size", minimum=1)
        x, y, rng = np.asarray(x), np.asarray(y), np.random.default_rng(rng)
        self.evaluate(x[:1], y[:1], loss, metrics)  # refuse what does not fit before the first step
        self.history = {}
        for _ in progress(range(epochs)):
            order = rng.permutation(len(x)) if shuffle else None
            row = self._epoch(x, y, loss, metrics, optimizer, batch_size, order)
            if validation_data is not None:
                values = self.evaluate(*validation_data, loss, metrics)
                row = dict(**row, **{f"val_{name}": value for name, value in values.items()})
            for name, value in row.items():
                self.history.setdefault(name, []).append(value)
        return self.history

    def evaluate(self, x, y, loss, metrics=None):
        """Return the mean loss and metrics of samples by name, as `train` logs them."""
        return self._epoch(x, y, loss, metrics)

    @np.errstate(all="ignore")
    def _epoch(self, x, y, loss, metrics, optimizer=None, batch_size=1024, order=None):
        """Go through all samples once; with an optimizer, train on each batch."""
        x, y = np.asarray(x), np.asarray(y)
        shape = (len(x),) if loss == _SPARSE else (len(x), self.weights[-1].size)
        y = y[:, np.newaxis] if y.ndim == 1 and shape[1:] == (1,) else y
        if y.shape != shape:
            raise ValueError(f"y must have the shape {shape}, not {y.shape}. {received('y', y)}")
        order = np.arange(len(x)) if order is None else order
        y_pred, total = np.empty((len(x), self.weights[-1].size), np.float32), 0.0
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            y_pred[batch], value = self.step(x[batch], y[batch], loss, optimizer)
            if optimizer is not None and not math.isfinite(value):
                step, epoch = start // batch_size + 1, len(self.history.get("loss", [])) + 1
                raise FloatingPointError(
                    f"The loss or its gradient became {value} at step {step} of epoch {epoch}; the "
                    "weights are as they were before that step. Is the learning rate too large, or "
                    "are the inputs not standardised? Does a function of your own divide by 0? "
                    f"{received('optimizer', optimizer)}"
                )
            total += value * len(batch)
        means = {name: _mean(name, f, y, y_pred) for name, f in (metrics or {}).items()}
        return dict(loss=total / len(x), **means)

    @np.errstate(all="ignore")
    def predict(self, x):
        """Return the output for every sample."""
        x = np.asarray(x)
        return np.concatenate([self.forward(x[i : i + 1024]) for i in range(0, len(x), 1024)])

    def get_weights(self):
        """Return copies of the weights: ``model.set_weights`` of Keras takes them."""
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        """Copy other weights into the network, such as those of ``model.get_weights()``."""
        arrays, shapes = [np.array(w, np.float32) for w in weights], [w.shape for w in self.weights]
        if [w.shape for w in arrays] != shapes:
            raise ValueError(f"weights must have shapes {shapes}. {received('weights', weights)}")
        for w, array in zip(self.weights, arrays, strict=True):
            w[:] = array


def accuracy(y_true, y_pred):
    """Return 1 for each sample whose most probable class is the right one, else 0.

    `y_true` holds class numbers or one-hot rows, `y_pred` has a column for each class.

    >>> print(accuracy([1, 0], [[0.1, 0.9], [0.4, 0.6]]))
    [1. 0.]
    """
    labels, scores = as_float_array(y_true, "y_true"), as_float_array(y_pred, "y_pred")
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(f"y_pred must have a column for each class. {received('y_pred', y_pred)}")
    labels = labels.argmax(axis=1) if labels.shape == scores.shape else labels
    if labels.shape != scores.shape[:1]:
        raise ValueError(f"y_true must have a label for each row. {received('y_true', y_true)}")
    return (labels == scores.argmax(axis=1)).astype(np.float64)


def _pair(name, value, known, module, suffix):
    """Return your own pair, or what a name stands for: `huber` and `huber_gradient`."""
    if isinstance(value, tuple) and len(value) == 2:
        return value
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}. {received(name, value)}")
    return getattr(module, value, None), getattr(module, value + suffix, None)


def _mean(name, function, y_true, y_pred):
    """Return the mean of a loss or metric over the samples."""
    values = np.asarray(function(y_true, y_pred))
    if values.shape != y_pred.shape[:1]:
        raise ValueError(f"{name} must give a value for each sample. {received(name, values)}")
    return float(values.sum()) / len(values)
