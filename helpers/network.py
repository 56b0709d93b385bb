r"""A network is a stack of layers: forward it computes a prediction, backward a gradient.

Every dense layer does two things, a weighted sum and an activation,

.. math::
    z = x W + b, \qquad a = f(z)

and its output is the input of the next. Training repeats four steps: forward through all
layers, the loss, backward through all layers by the chain rule, and an update of the weights.
The parts come from the other modules: `activations`, `losses` and `optimizers`.

Arrays have one row for each sample. Weights are float32, as in Keras, unless another dtype is
asked for; they come in Keras' order and layout, ``[kernel, bias, kernel, bias, ...]``.
"""

import math
from functools import partial
from itertools import pairwise

import numpy as np

from helpers import activations, losses
from helpers.validation import as_float_array, as_integer, received

__all__ = ["MLP", "Dense", "accuracy"]

_ELEMENTWISE = ("relu", "leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu")
_CROSS_ENTROPIES = ("categorical_crossentropy", "sparse_categorical_crossentropy")
_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber", "pinball", *_CROSS_ENTROPIES)
_FLOATS = frozenset(np.dtype(kind) for kind in ("float16", "float32", "float64"))
_ROWS_AT_ONCE = 1024  # how many samples `predict` sends forward together


class Dense:
    r"""A layer in which every unit sees every input.

    .. math::
        z = x W + b, \qquad a = f(z)

    and backward, from the gradient :math:`g` of the loss with respect to :math:`a`,

    .. math::
        \delta = g \odot f'(z), \qquad
        \frac{\partial L}{\partial W} = x^T \delta, \qquad
        \frac{\partial L}{\partial b} = \sum_{\text{rows}} \delta, \qquad
        \frac{\partial L}{\partial x} = \delta\, W^T

    Parameters
    ----------
    units_in, units_out : int
        Number of inputs and of units, at least 1.
    activation : str or tuple of two callables, default "linear"
        ``"linear"``, ``"relu"``, ``"leaky_relu"`` (slope 0.01), ``"sigmoid"``, ``"tanh"``,
        ``"elu"``, ``"gelu"``, ``"silu"`` or ``"softmax"``, or your own: the pair
        ``(f, derivative)`` of functions that work element by element on an array.
    rng : numpy.random.Generator, optional
        Where the first weights come from. By default a new one, different every time.
    dtype : dtype, default numpy.float32
        float16, float32 or float64: of the weights, and of all that is computed with them.

    Attributes
    ----------
    weights : list of numpy.ndarray
        The kernel :math:`W`, shape (units_in, units_out), and the bias :math:`b`, shape
        (units_out,).
    gradients : list of numpy.ndarray
        What the last `backward` found for them, in the same shapes.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a number of units is below 1, the activation has no such name, or `dtype` is none
        of the three.

    Notes
    -----
    The kernel starts Glorot-uniform and the bias at 0, as in Keras: uniform between
    :math:`\pm\sqrt{6 / (\text{units\_in} + \text{units\_out})}`, which keeps the spread of
    the outputs, and of the gradients, about that of the inputs [1]_.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010.
    .. [2] Keras, "Dense layer", https://keras.io/api/layers/core_layers/dense/

    Examples
    --------
    >>> import numpy as np
    >>> from helpers.network import Dense
    >>> layer = Dense(2, 3, "relu", rng=np.random.default_rng(0))
    >>> layer.weights[0][:] = [[1, 2, 3], [4, 5, -6]]
    >>> print(layer.forward(np.array([[1.0, 1.0]], dtype=np.float32)))
    [[5. 7. 0.]]
    >>> print(layer.backward(np.array([[1.0, 1.0, 1.0]], dtype=np.float32)))
    [[3. 9.]]
    """

    def __init__(self, units_in, units_out, activation="linear", rng=None, dtype=np.float32):
        shape = (
            as_integer(units_in, "units_in", minimum=1),
            as_integer(units_out, "units_out", minimum=1),
        )
        dtype = _float_dtype(dtype)
        self.activation = activation
        self._f, self._derivative = _activation(activation)
        limit = math.sqrt(6.0 / sum(shape))
        kernel = _generator(rng).uniform(-limit, limit, shape).astype(dtype)
        self.weights = [kernel, np.zeros(units_out, dtype)]
        self.gradients = [np.zeros_like(w) for w in self.weights]

    def __repr__(self):
        units_in, units_out = self.weights[0].shape
        return f"Dense({units_in}, {units_out}, {self.activation!r})"

    def forward(self, x):
        """Return the activations of a batch, and remember what `backward` needs.

        Parameters
        ----------
        x : numpy.ndarray, shape (batch, units_in)
            In the dtype of the weights.

        Returns
        -------
        numpy.ndarray, shape (batch, units_out)
        """
        kernel, bias = self.weights
        self.x = x
        self.z = x @ kernel
        self.z += bias
        return self.activate(self.z)

    def activate(self, z):
        """Return the activation of `z`, in its shape."""
        return z if self._f is None else self._f(z)

    def backward(self, gradient, at_z=False, to_x=True):
        """Turn the gradient of the output into those of the weights, and of the input.

        Parameters
        ----------
        gradient : numpy.ndarray, shape (batch, units_out)
            Of the loss with respect to the output of the last `forward`.
        at_z : bool, default False
            True if `gradient` is already with respect to `z`, before the activation.
        to_x : bool, default True
            Whether to go on to the input. The first layer of a network need not.

        Returns
        -------
        numpy.ndarray, shape (batch, units_in), or None
            The gradient with respect to the input.
        """
        delta = gradient if at_z else self._through_activation(gradient)
        np.dot(self.x.T, delta, out=self.gradients[0])  # matmul is slower for one row
        np.add.reduce(delta, axis=0, out=self.gradients[1])
        return delta @ self.weights[0].T if to_x else None

    def _through_activation(self, gradient):
        if self._f is None:
            return gradient
        if self._f is activations.softmax:  # every output depends on every input
            p = self._f(self.z)
            return p * (gradient - np.sum(p * gradient, axis=-1, keepdims=True))
        return gradient * self._derivative(self.z)


class MLP:
    """A multilayer perceptron: dense layers, one after the other, and their training.

    Parameters
    ----------
    layers : list of Dense
        At least one; each takes as many inputs as the one before has units.

    Attributes
    ----------
    layers : list of Dense
        The layers.
    weights, gradients : list of numpy.ndarray
        Those of all layers, in order: the very arrays, which an optimizer changes in place.
    history : dict of str to list of float
        What `train` has logged so far, one number for each epoch; it starts anew with every
        call. After an interruption it holds the epochs that were finished.

    Raises
    ------
    TypeError
        If `layers` is not a list of `Dense`.
    ValueError
        If there is no layer, or one does not fit the one before it.

    Examples
    --------
    Learn "exclusive or", which no single layer can:

    >>> import numpy as np
    >>> from helpers.network import MLP, Dense
    >>> from helpers.optimizers import RMSprop
    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = np.array([0, 1, 1, 0])
    >>> rng = np.random.default_rng(0)
    >>> network = MLP([Dense(2, 16, "relu", rng), Dense(16, 2, "softmax", rng)])
    >>> history = network.train(
    ...     x, y, "sparse_categorical_crossentropy", RMSprop(0.01), epochs=100, rng=rng
    ... )
    >>> history["loss"][-1] < 0.1
    True
    >>> print(network.predict(x).argmax(axis=1))
    [0 1 1 0]
    """

    def __init__(self, layers):
        self.layers = _checked_layers(layers)
        self.weights = [w for layer in self.layers for w in layer.weights]
        self.gradients = [g for layer in self.layers for g in layer.gradients]
        self.history = {}

    def __repr__(self):
        return f"MLP([{', '.join(map(repr, self.layers))}])"

    def forward(self, x):
        """Send a batch through all layers; return the activations of the last."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient, at_z=False):
        """Send the gradient of the loss back through all layers; each keeps its `gradients`.

        Parameters
        ----------
        gradient : numpy.ndarray, shape (batch, outputs)
            Of the loss with respect to the output of the last `forward`.
        at_z : bool, default False
            True if it is with respect to the last layer's `z`, before the activation.
        """
        first, last = self.layers[0], self.layers[-1]
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, at_z and layer is last, layer is not first)

    def step(self, x, y, loss, optimizer):
        """Train on one batch: forward, loss, backward, update.

        Parameters
        ----------
        x : numpy.ndarray, shape (batch, inputs)
            In the dtype of the weights. Nothing is checked here: `train` does that once.
        y : numpy.ndarray
            What the loss takes as `y_true`.
        loss : str or tuple of two callables
            As for `train`.
        optimizer : object with ``apply(gradients, parameters)``
            Changes the weights in place.

        Returns
        -------
        y_pred : numpy.ndarray, shape (batch, outputs)
            The predictions before the update.
        value : float
            The mean loss of the batch before the update. Where it is NaN or infinite, there
            was no update.

        Notes
        -----
        A softmax in the last layer and a cross-entropy are differentiated together, from the
        logits: the gradient is p - y, and nothing is clipped. Keras does the same.
        """
        function, gradient, joint = _loss(loss, self.layers[-1])
        with np.errstate(all="ignore"):  # what overflows shows in the loss
            y_pred = self.forward(x)
            scores = self.layers[-1].z if joint else y_pred
            value = float(function(y, scores).sum()) / len(x)
            if math.isfinite(value):
                self.backward(gradient(y, scores) / len(x), at_z=joint)
                optimizer.apply(self.gradients, self.weights)
        return y_pred, value

    def train(
        self,
        x,
        y,
        loss,
        optimizer,
        epochs=1,
        batch_size=32,
        *,
        metrics=None,
        validation_data=None,
        shuffle=True,
        rng=None,
        progress=iter,
    ):
        """Train for some epochs: every epoch goes once through all samples, batch by batch.

        Parameters
        ----------
        x : array_like of real numbers, shape (samples, inputs)
            Inputs.
        y : array_like of real numbers
            What the loss takes as `y_true`: shape (samples, outputs), or (samples,) for class
            numbers and for a network with one output.
        loss : str or tuple of two callables
            The name of a loss in `helpers.losses` that needs no further argument, such as
            ``"mean_squared_error"``, or your own: the pair ``(f, gradient)`` of functions of
            ``(y_true, y_pred)``, in the form that `helpers.losses` describes.
        optimizer : object with ``apply(gradients, parameters)``
            Such as `helpers.optimizers.RMSprop`.
        epochs : int, default 1
            How often to go through all samples.
        batch_size : int, default 32
            Samples for each step; the last batch of an epoch may be smaller.
        metrics : dict of str to callable, optional
            What else to log: name -> function of ``(y_true, y_pred)`` with one value for each
            sample, such as ``{"mae": mean_absolute_error}``.
        validation_data : tuple (x, y), optional
            Logged after each epoch as ``"val_loss"`` and so on; never trained on.
        shuffle : bool, default True
            Whether every epoch has its own random order.
        rng : numpy.random.Generator, optional
            Where that order comes from. By default a new one, different every time.
        progress : callable, optional
            Wraps ``range(epochs)``: `tqdm.notebook.tqdm` makes a progress bar of it.

        Returns
        -------
        dict of str to list of float
            ``"loss"`` and each metric, one number for each epoch: the mean over the samples,
            each taken just before the update that used it, as Keras logs it. It is also kept
            in `history`.

        Raises
        ------
        TypeError
            If an argument is of the wrong kind.
        ValueError
            If shapes do not match, there is no sample, a label is out of range, `x` holds NaN
            or infinities, or the loss has no such name.
        FloatingPointError
            If the loss becomes NaN or infinite. The weights stay as they were before that step.

        Notes
        -----
        Interrupting it (in Jupyter: the stop button) loses nothing that was learned: the
        weights are changed in place, and `history` holds every finished epoch.
        """
        x, y = self._checked(x, y, loss)
        epochs = as_integer(epochs, "epochs", minimum=0)
        batch_size = as_integer(batch_size, "batch_size", minimum=1)
        metrics = dict(metrics or {})
        if validation_data is not None:
            validation_data = self._checked(*validation_data, loss)
        rng = _generator(rng)
        self.history = {}
        for epoch in progress(range(epochs)):
            order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
            y_pred = np.empty((len(x), self.weights[-1].size), x.dtype)
            total = 0.0
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                y_pred[batch], value = self.step(x[batch], y[batch], loss, optimizer)
                if not math.isfinite(value):
                    raise FloatingPointError(
                        _diverged(value, start // batch_size, epoch, optimizer)
                    )
                total += value * len(batch)
            row = {"loss": total / len(x)} | _means(metrics, y, y_pred)
            if validation_data is not None:
                values = self.evaluate(*validation_data, loss, metrics)
                row |= {f"val_{name}": value for name, value in values.items()}
            for name, value in row.items():
                self.history.setdefault(name, []).append(value)
        return self.history

    def predict(self, x):
        """Return the network's output for every sample.

        Parameters
        ----------
        x : array_like of real numbers, shape (samples, inputs)
            Inputs.

        Returns
        -------
        numpy.ndarray, shape (samples, outputs)
            In the dtype of the weights.

        Raises
        ------
        TypeError, ValueError
            If `x` does not hold finite real numbers, or has another shape.
        """
        return self.layers[-1].activate(self._last_z(self._checked_inputs(x)))

    def evaluate(self, x, y, loss, metrics=None):
        """Return the mean loss and metrics of samples, without training on them.

        Parameters
        ----------
        x, y, loss, metrics
            As for `train`.

        Returns
        -------
        dict of str to float
            ``"loss"`` and each metric.

        Raises
        ------
        TypeError, ValueError
            As for `train`.
        """
        x, y = self._checked(x, y, loss)
        function, _, joint = _loss(loss, self.layers[-1])
        z = self._last_z(x)
        y_pred = self.layers[-1].activate(z)
        value = float(np.mean(function(y, z if joint else y_pred)))
        return {"loss": value} | _means(metrics or {}, y, y_pred)

    def get_weights(self):
        """Return copies of the weights, in Keras' order: ``model.set_weights`` takes them."""
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        """Put in other weights, such as those of ``model.get_weights()``.

        Parameters
        ----------
        weights : list of array_like of real numbers
            In the order and the shapes of `get_weights`. They are copied.

        Raises
        ------
        TypeError
            If it is not a list of arrays of real numbers.
        ValueError
            If it does not match the network's weights in number and shapes; nothing has
            changed then.
        """
        if not isinstance(weights, (list, tuple)):
            raise TypeError(f"weights must be a list of arrays. {received('weights', weights)}")
        arrays = [as_float_array(w, "weights") for w in weights]
        wanted = [w.shape for w in self.weights]
        if [array.shape for array in arrays] != wanted:
            raise ValueError(
                f"weights must have the shapes {wanted}. "
                f"{received('weights', [array.shape for array in arrays])}"
            )
        for w, array in zip(self.weights, arrays, strict=True):
            w[...] = array

    def _last_z(self, x):
        """Return the last layer's `z` for every sample, computed part by part."""
        parts = []
        with np.errstate(all="ignore"):
            for start in range(0, max(len(x), 1), _ROWS_AT_ONCE):
                self.forward(x[start : start + _ROWS_AT_ONCE])
                parts.append(self.layers[-1].z)
        return np.concatenate(parts)

    def _checked_inputs(self, x):
        units_in, dtype = self.weights[0].shape[0], self.weights[0].dtype
        values = as_float_array(x, "x")
        if values.ndim != 2 or values.shape[1] != units_in:
            raise ValueError(
                f"x must have the shape (samples, {units_in}), not {values.shape}. "
                f"{received('x', x)}"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"x must be finite. {received('x', x)}")
        with np.errstate(all="ignore"):
            return values.astype(dtype, copy=False)

    def _checked(self, x, y, loss):
        """Return inputs and targets as arrays that fit the network and the loss."""
        values, labels = self._checked_inputs(x), as_float_array(y, "y")
        outputs, dtype = self.weights[-1].size, self.weights[-1].dtype
        if len(values) == 0:
            raise ValueError(f"x must have at least one sample. {received('x', x)}")
        if labels.ndim == 0 or len(labels) != len(values) or not np.isfinite(labels).all():
            raise ValueError(
                f"y must hold a finite target for each of the {len(values)} samples. "
                f"{received('y', y)}"
            )
        if labels.ndim == 1 and outputs == 1 and loss != "sparse_categorical_crossentropy":
            labels = labels[:, np.newaxis]
        if labels.ndim > 1:
            labels = labels.astype(dtype, copy=False)
        function = _loss(loss, self.layers[-1])[0]
        losses_of_samples = np.shape(function(labels, np.full((len(labels), outputs), 0.5, dtype)))
        if losses_of_samples != (len(labels),):
            raise ValueError(
                f"loss must return one value for each sample, shape {(len(labels),)}, not "
                f"{losses_of_samples}. {received('loss', loss)}"
            )
        return values, labels


def accuracy(y_true, y_pred):
    """Return 1 for each sample whose most probable class is the right one, else 0.

    Parameters
    ----------
    y_true : array_like of real numbers, shape (batch,) or (batch, classes)
        Class numbers, or one-hot rows.
    y_pred : array_like of real numbers, shape (batch, classes)
        Probabilities or logits. Of several classes that tie the first counts.

    Returns
    -------
    numpy.ndarray of float64, shape (batch,)
        Its mean is the share of samples that are classified rightly.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not match, or there are no classes.

    Examples
    --------
    >>> from helpers.network import accuracy
    >>> print(accuracy([1, 0], [[0.1, 0.9], [0.4, 0.6]]))
    [1. 0.]
    """
    labels, values = as_float_array(y_true, "y_true"), as_float_array(y_pred, "y_pred")
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(
            f"y_pred must have the shape (batch, classes). {received('y_pred', y_pred)}"
        )
    if labels.shape not in (values.shape, values.shape[:1]):
        raise ValueError(
            f"y_true must have the shape {values.shape[:1]} or {values.shape} to match y_pred. "
            f"{received('y_true', y_true)}"
        )
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return (labels == values.argmax(axis=1)).astype(np.float64)


def _activation(activation):
    """Return the function of an activation and its derivative; (None, None) for the identity."""
    if isinstance(activation, tuple):
        if len(activation) != 2 or not all(map(callable, activation)):
            raise TypeError(
                "activation must be a name or a pair of functions, itself and its derivative. "
                f"{received('activation', activation)}"
            )
        return activation
    if not isinstance(activation, str):
        raise TypeError(
            f"activation must be a name or a pair of functions. "
            f"{received('activation', activation)}"
        )
    if activation == "linear":
        return None, None
    if activation == "softmax":
        return activations.softmax, None
    if activation in _ELEMENTWISE:
        return getattr(activations, activation), getattr(activations, f"{activation}_derivative")
    raise ValueError(
        f"activation must be one of {', '.join(('linear', 'softmax', *_ELEMENTWISE))}. "
        f"{received('activation', activation)}"
    )


def _loss(loss, last_layer):
    """Return a loss, its gradient, and whether both take the last layer's `z`."""
    if isinstance(loss, tuple):
        if len(loss) != 2 or not all(map(callable, loss)):
            raise TypeError(
                "loss must be a name or a pair of functions, itself and its gradient. "
                f"{received('loss', loss)}"
            )
        return *loss, False
    if not isinstance(loss, str):
        raise TypeError(f"loss must be a name or a pair of functions. {received('loss', loss)}")
    if loss not in _LOSSES:
        raise ValueError(f"loss must be one of {', '.join(_LOSSES)}. {received('loss', loss)}")
    functions = getattr(losses, loss), getattr(losses, f"{loss}_gradient")
    if loss in _CROSS_ENTROPIES and last_layer.activation == "softmax":
        return *(partial(function, from_logits=True) for function in functions), True
    return *functions, False


def _means(metrics, y_true, y_pred):
    return {name: float(np.mean(function(y_true, y_pred))) for name, function in metrics.items()}


def _diverged(value, step, epoch, optimizer):
    return (
        f"the loss became {value} at step {step + 1} of epoch {epoch + 1}; the weights are as they "
        "were before it. Likely causes: the learning rate is too large, the inputs are not "
        "standardised, or an own loss or activation divides by 0 or takes the logarithm of 0. "
        f"{received('optimizer', optimizer)}"
    )


def _checked_layers(layers):
    if not isinstance(layers, (list, tuple)) or not all(isinstance(x, Dense) for x in layers):
        raise TypeError(f"layers must be a list of Dense layers. {received('layers', layers)}")
    if not layers:
        raise ValueError(f"layers must hold at least one layer. {received('layers', layers)}")
    for before, after in pairwise(layers):
        if before.weights[0].shape[1] != after.weights[0].shape[0]:
            raise ValueError(
                f"layers must fit together: {after} takes other inputs than {before} gives. "
                f"{received('layers', layers)}"
            )
    if len({layer.weights[0].dtype for layer in layers}) > 1 or len(set(map(id, layers))) < len(
        layers
    ):
        raise ValueError(
            f"layers must have one dtype, and none may occur twice. {received('layers', layers)}"
        )
    return list(layers)


def _float_dtype(dtype):
    try:
        kind = np.dtype(dtype)
    except TypeError as error:
        raise TypeError(f"dtype must be a NumPy dtype. {received('dtype', dtype)}") from error
    if kind not in _FLOATS:
        raise ValueError(f"dtype must be float16, float32 or float64. {received('dtype', dtype)}")
    return kind


def _generator(rng):
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator. {received('rng', rng)}")
    return rng
