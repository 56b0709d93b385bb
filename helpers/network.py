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
from helpers.validation import NATIVE_FLOATS, as_bool_array, as_float_array, as_integer, received

__all__ = ["MLP", "Dense", "accuracy"]

_ELEMENTWISE = ("relu", "leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu")
_SPARSE = "sparse_categorical_crossentropy"
_CROSS_ENTROPIES = ("categorical_crossentropy", _SPARSE)
_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber", "pinball", *_CROSS_ENTROPIES)
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
        ``(f, derivative)`` of functions of :math:`z` that work element by element on an array
        and leave it alone.
    rng : numpy.random.Generator, optional
        Where the first weights come from. By default a new one, different every time.
    dtype : dtype, default numpy.float32
        float16, float32 or float64: of the weights, and of all that is computed with them.

    Attributes
    ----------
    weights : list of numpy.ndarray
        The kernel :math:`W`, shape (units_in, units_out), and the bias :math:`b`, shape
        (units_out,). They are changed in place.
    gradients : list of numpy.ndarray
        What the last `backward` found for them, in the same shapes; the next overwrites it.
    x, z : numpy.ndarray, shapes (batch, units_in) and (batch, units_out)
        The input and the weighted sum of the last `forward`, also of one that `MLP.predict`
        began; without rows before the first.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a number of units is below 1, the activation has no such name, or `dtype` is none
        of the three.

    Notes
    -----
    The kernel starts Glorot-uniform and the bias at 0, as in Keras [2]_: uniform between
    :math:`\pm\sqrt{6 / (\text{units\_in} + \text{units\_out})}`, which keeps the spread of
    the numbers about the same from layer to layer, forward and backward [1]_.

    Softmax has no derivative element by element, because every output depends on every
    :math:`z`. With :math:`p = f(z)` and a sum over the units of a row,

    .. math::
        \delta = p \odot \Big(g - \sum_j p_j g_j\Big)

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
    >>> print(layer.forward([[1.0, 1.0]]))
    [[5. 7. 0.]]
    >>> print(layer.backward([[1.0, 1.0, 1.0]]))
    [[3. 9.]]
    >>> print(layer.gradients[0])
    [[1. 1. 0.]
     [1. 1. 0.]]
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
        self.weights = [kernel, np.zeros(shape[1], dtype)]
        self.gradients = [np.zeros_like(w) for w in self.weights]
        self.x, self.z = (np.zeros((0, units), dtype) for units in shape)

    def __repr__(self):
        units_in, units_out = self.weights[0].shape
        return f"Dense({units_in}, {units_out}, {self.activation!r})"

    def forward(self, x):
        """Return the activations of a batch, and remember what `backward` needs.

        Parameters
        ----------
        x : array_like of real numbers, shape (batch, units_in)
            The inputs, which are cast to the dtype of the weights.

        Returns
        -------
        numpy.ndarray, shape (batch, units_out)
            In the dtype of the weights. If the activation is linear, it is `z` itself.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers.
        ValueError
            If `x` has another shape.
        """
        kernel, bias = self.weights
        x = _cast(x, "x", kernel.dtype)
        if x.shape[1:] != kernel.shape[:1]:
            raise ValueError(
                f"x must have the shape (batch, {len(kernel)}), not {x.shape}. {received('x', x)}"
            )
        self.x = x
        self.z = x @ kernel
        self.z += bias
        return self.activate(self.z)

    def activate(self, z):
        """Return the activation of `z`, in its shape and dtype."""
        return z if self._f is None else _cast(self._f(z), "activation(z)", z.dtype)

    def backward(self, gradient, at_z=False, to_x=True):
        """Turn the gradient of the output into those of the weights, and of the input.

        Parameters
        ----------
        gradient : array_like of real numbers, shape (batch, units_out)
            Of the loss with respect to the output of the last `forward`.
        at_z : bool, default False
            True if `gradient` is already with respect to `z`, before the activation.
        to_x : bool, default True
            Whether to go on to the input. The first layer of a network need not.

        Returns
        -------
        numpy.ndarray, shape (batch, units_in), or None
            The gradient with respect to the input; None if `to_x` is False.

        Raises
        ------
        TypeError
            If `gradient` does not hold real numbers.
        ValueError
            If `gradient` has another shape than the output of the last `forward`.
        """
        gradient = _cast(gradient, "gradient", self.z.dtype)
        if gradient.shape != self.z.shape:
            raise ValueError(
                f"gradient must have the shape of the last output, {self.z.shape}, not "
                f"{gradient.shape}. {received('gradient', gradient)}"
            )
        delta = gradient if at_z else self._through_activation(gradient)
        np.dot(self.x.T, delta, out=self.gradients[0])  # matmul is slower for one row
        np.add.reduce(delta, axis=0, out=self.gradients[1])
        return delta @ self.weights[0].T if to_x else None

    def _through_activation(self, gradient):
        if self._f is None:
            return gradient
        if self._derivative is None:
            p = self._f(self.z)
            return p * (gradient - np.sum(p * gradient, axis=-1, keepdims=True))
        return gradient * _cast(self._derivative(self.z), "derivative(z)", gradient.dtype)


class MLP:
    """A multilayer perceptron: dense layers, one after the other, and their training.

    Parameters
    ----------
    layers : list of Dense
        At least one; each takes as many inputs as the one before has units, and all have the
        same dtype.

    Attributes
    ----------
    layers : list of Dense
        The layers.
    weights, gradients : list of numpy.ndarray
        Those of all layers, in order: the layers' own arrays, which an optimizer changes in
        place.
    history : dict of str to list of float
        What `train` has logged so far, one number for each epoch; it starts anew with every
        call. After an interruption it holds the epochs that were finished.

    Raises
    ------
    TypeError
        If `layers` is not a list of `Dense`.
    ValueError
        If there is no layer, one does not fit the one before it, one occurs twice, or their
        dtypes differ.

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
        """Send a batch through all layers; return the activations of the last.

        Parameters
        ----------
        x : array_like of real numbers, shape (batch, inputs)
            The inputs, which are cast to the dtype of the weights.

        Returns
        -------
        numpy.ndarray, shape (batch, outputs)
            In the dtype of the weights.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers.
        ValueError
            If `x` has another shape.
        """
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient, at_z=False):
        """Send the gradient of the loss back through all layers; each keeps its `gradients`.

        Parameters
        ----------
        gradient : array_like of real numbers, shape (batch, outputs)
            Of the loss with respect to the output of the last `forward`.
        at_z : bool, default False
            True if it is with respect to the last layer's `z`, before the activation.

        Raises
        ------
        TypeError
            If `gradient` does not hold real numbers.
        ValueError
            If `gradient` has another shape than the output of the last `forward`.
        """
        first, last = self.layers[0], self.layers[-1]
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, at_z and layer is last, layer is not first)

    def step(self, x, y, loss, optimizer):
        """Train on one batch: forward, loss, backward, update.

        Parameters
        ----------
        x : array_like of real numbers, shape (batch, inputs)
            Inputs, at least one row. Only shapes are checked here; `train` looks at all
            samples once, before its first step.
        y : array_like of real numbers
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
            The mean loss of the batch before the update; NaN if the gradient is not finite.
            Where it is NaN or infinite, there was no update.

        Raises
        ------
        TypeError, ValueError
            If the loss has no such name, or `x` or `y` does not fit the network and the loss.

        Notes
        -----
        A softmax in the last layer and a cross-entropy are differentiated together, from the
        logits :math:`z`: the gradient is p - y, and nothing is clipped. Keras does the same.
        """
        function, gradient, joint = _loss(loss, self.layers[-1])
        with np.errstate(all="ignore"):
            y_pred = self.forward(x)
            scores = self.layers[-1].z if joint else y_pred
            value = _mean(function(y, scores))
            if math.isfinite(value):
                self.backward(np.divide(gradient(y, scores), len(y_pred)), at_z=joint)
                # What is not finite anywhere is not finite here, at the end of the way back.
                if not np.isfinite(self.gradients[1]).all():
                    return y_pred, math.nan
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
            Inputs, which are cast to the dtype of the weights.
        y : array_like of real numbers
            What the loss takes as `y_true`: shape (samples,) for
            ``"sparse_categorical_crossentropy"``, otherwise (samples, outputs), where
            (samples,) will do for a network with one output. A loss of your own may expect
            any shape (samples, ...).
        loss : str or tuple of two callables
            ``"mean_squared_error"``, ``"mean_absolute_error"``, ``"huber"``, ``"pinball"``,
            ``"categorical_crossentropy"`` or ``"sparse_categorical_crossentropy"``, with the
            defaults that they have in `helpers.losses`; or your own: the pair ``(f, gradient)``
            of functions of ``(y_true, y_pred)``, in the form that `helpers.losses` describes.
        optimizer : object with ``apply(gradients, parameters)``
            Such as `helpers.optimizers.RMSprop`.
        epochs : int, default 1
            How often to go through all samples, at least 0.
        batch_size : int, default 32
            Samples for each step, at least 1; the last batch of an epoch may be smaller.
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
            each taken just before the update that used it, as Keras logs it. With
            `validation_data` also ``"val_loss"`` and so on, taken after the epoch's last
            update. It is the `history` of the network.

        Raises
        ------
        TypeError
            If an argument is of the wrong kind.
        ValueError
            If shapes do not match, there is no sample, a label is out of range, numbers are
            not finite in the dtype of the weights, the loss or a metric does not return one
            value for each sample, or something has no such name.
        FloatingPointError
            If the loss, or its gradient, becomes NaN or infinite. That step changes no weight.

        Notes
        -----
        All arguments are checked before the first step; if one is refused, neither weights
        nor `history` have changed.

        Interrupting it (in Jupyter: the stop button) loses nothing that was learned: the
        weights are changed in place, and `history` holds every finished epoch.
        """
        epochs = as_integer(epochs, "epochs", minimum=0)
        batch_size = as_integer(batch_size, "batch_size", minimum=1)
        shuffle = as_bool_array(shuffle, "shuffle", ())
        rng, metrics = _generator(rng), _checked_metrics(metrics)
        _check_optimizer(optimizer)
        if not callable(progress):
            raise TypeError(f"progress must be a function. {received('progress', progress)}")
        x, y = self._checked(x, y, loss, metrics)
        if validation_data is not None:
            validation_data = self._checked_validation_data(validation_data, loss, metrics)
        self.history = {}
        for epoch in progress(range(epochs)):
            order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
            y_pred = np.empty((len(x), self.weights[-1].size), x.dtype)
            total = 0.0
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                y_pred[batch], value = self.step(x[batch], y[batch], loss, optimizer)
                if not math.isfinite(value):
                    raise _diverged(value, start // batch_size, epoch, optimizer)
                total += value * len(batch)
            row = {"loss": total / len(x)} | _means(metrics, y, y_pred)
            if validation_data is not None:
                values = self._measured(*validation_data, loss, metrics)
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
            In the dtype of the weights; new memory.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers.
        ValueError
            If `x` has another shape, or its numbers are not finite in the dtype of the weights.

        Notes
        -----
        The same as `forward`, but for rounding: it works through parts of 1 024 samples, so
        that the layers need little memory, and checks `x`.
        """
        return self._outputs(self._checked_inputs(x, "x"))[1]

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
        metrics = _checked_metrics(metrics)
        return self._measured(*self._checked(x, y, loss, metrics), loss, metrics)

    def get_weights(self):
        """Return copies of the weights, in Keras' order: ``model.set_weights`` takes them."""
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        """Put in other weights, such as those of ``model.get_weights()``.

        Parameters
        ----------
        weights : list of array_like of real numbers
            In the order and the shapes of `get_weights`. They are copied, and cast to the
            dtype of the network.

        Raises
        ------
        TypeError
            If it is not a list of arrays of real numbers.
        ValueError
            If it does not match the network's weights in number and shapes, or a number is
            not finite in its dtype; nothing has changed then.
        """
        if not isinstance(weights, (list, tuple)):
            raise TypeError(f"weights must be a list of arrays. {received('weights', weights)}")
        arrays = [_cast(w, "weights", self._dtype).copy() for w in weights]
        shapes, wanted = [w.shape for w in arrays], [w.shape for w in self.weights]
        if shapes != wanted:
            raise ValueError(
                f"weights must have the shapes {wanted}. {received('weights', shapes)}"
            )
        for array in arrays:
            if not np.isfinite(array).all():
                raise ValueError(
                    f"weights must be finite numbers of {self._dtype}. {received('weights', array)}"
                )
        for w, array in zip(self.weights, arrays, strict=True):
            w[...] = array

    @property
    def _dtype(self):
        return self.weights[0].dtype

    def _outputs(self, x):
        """Return the last layer's `z` and output for every sample, computed part by part."""
        with np.errstate(all="ignore"):
            parts = []
            for start in range(0, max(len(x), 1), _ROWS_AT_ONCE):
                self.forward(x[start : start + _ROWS_AT_ONCE])
                parts.append(self.layers[-1].z)
            z = np.concatenate(parts)
            return z, self.layers[-1].activate(z)

    def _measured(self, x, y, loss, metrics):
        """Return the mean loss and metrics of samples that have been checked."""
        function, _, joint = _loss(loss, self.layers[-1])
        z, y_pred = self._outputs(x)
        return _means({"loss": function}, y, z if joint else y_pred) | _means(metrics, y, y_pred)

    def _checked_inputs(self, x, name):
        values, units_in = _cast(x, name, self._dtype), self.weights[0].shape[0]
        if values.ndim != 2 or values.shape[1] != units_in:
            raise ValueError(
                f"{name} must have the shape (samples, {units_in}), not {values.shape}. "
                f"{received(name, x)}"
            )
        if not np.isfinite(values).all():
            raise ValueError(
                f"{name} must hold finite numbers of {self._dtype}. {received(name, x)}"
            )
        return values

    def _checked(self, x, y, loss, metrics, names=("x", "y")):
        """Return inputs and targets as arrays that fit the network, the loss and the metrics."""
        function, gradient, _ = _loss(loss, self.layers[-1])
        inputs, targets = self._checked_inputs(x, names[0]), as_float_array(y, names[1])
        if len(inputs) == 0:
            raise ValueError(f"{names[0]} must have at least one sample. {received(names[0], x)}")
        y_pred = np.full((len(inputs), self.weights[-1].size), 0.5, self._dtype)
        if targets.shape == (len(inputs),) and y_pred.shape[1] == 1 and loss != _SPARSE:
            targets = targets[:, np.newaxis]
        if targets.ndim > 1:
            targets = _cast(targets, names[1], self._dtype)
        if targets.shape[:1] != (len(inputs),) or not np.isfinite(targets).all():
            raise ValueError(
                f"{names[1]} must hold a target for each of the {len(inputs)} samples, finite in "
                f"{self._dtype}. {received(names[1], y)}"
            )
        try:
            with np.errstate(all="ignore"):
                results = [("loss", function(targets, y_pred))]
                results += [(f"metrics[{k!r}]", f(targets, y_pred)) for k, f in metrics.items()]
                slope = gradient(targets, y_pred)
        except ValueError as error:
            reason = str(error).partition(" Received")[0]
            raise ValueError(
                f"{names[1]} must suit the loss and the metrics: {reason} {received(names[1], y)}"
            ) from error
        for name, values in results:
            if np.shape(values) != targets.shape[:1]:
                raise ValueError(
                    f"{name} must return one value for each sample, shape {targets.shape[:1]}, "
                    f"not {np.shape(values)}. {received(name, values)}"
                )
        if np.shape(slope) != y_pred.shape:
            raise ValueError(
                f"loss must have a gradient of the shape of the predictions, {y_pred.shape}, not "
                f"{np.shape(slope)}. {received('loss', loss)}"
            )
        return inputs, targets

    def _checked_validation_data(self, pair, loss, metrics):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(
                f"validation_data must be a pair (x, y). {received('validation_data', pair)}"
            )
        names = ("validation_data[0]", "validation_data[1]")
        return self._checked(*pair, loss, metrics, names)


def accuracy(y_true, y_pred):
    """Return 1 for each sample whose most probable class is the right one, else 0.

    Parameters
    ----------
    y_true : array_like of real numbers, shape (batch,) or (batch, classes)
        Class numbers, or one-hot rows.
    y_pred : array_like of real numbers, shape (batch, classes)
        Probabilities or logits of at least two classes. Where several tie, the first counts.

    Returns
    -------
    numpy.ndarray of float64, shape (batch,)
        Its mean is the share of samples that are classified rightly.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not match, or there are not two classes or more.

    Examples
    --------
    >>> from helpers.network import accuracy
    >>> print(accuracy([1, 0], [[0.1, 0.9], [0.4, 0.6]]))
    [1. 0.]
    """
    labels, values = as_float_array(y_true, "y_true"), as_float_array(y_pred, "y_pred")
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(
            "y_pred must have the shape (batch, classes), with at least two classes, not "
            f"{values.shape}. {received('y_pred', y_pred)}"
        )
    if labels.shape not in (values.shape, values.shape[:1]):
        raise ValueError(
            f"y_true must have the shape {values.shape[:1]} or {values.shape} to match y_pred, "
            f"not {labels.shape}. {received('y_true', y_true)}"
        )
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return (labels == values.argmax(axis=1)).astype(np.float64)


def _activation(activation):
    """Return the function of an activation and its derivative; (None, None) for the identity."""
    if _is_pair(activation, "activation", "derivative"):
        return activation
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
    if _is_pair(loss, "loss", "gradient"):
        return *loss, False
    if loss not in _LOSSES:
        raise ValueError(f"loss must be one of {', '.join(_LOSSES)}. {received('loss', loss)}")
    functions = getattr(losses, loss), getattr(losses, f"{loss}_gradient")
    if loss in _CROSS_ENTROPIES and last_layer.activation == "softmax":
        return *(partial(function, from_logits=True) for function in functions), True
    return *functions, False


def _is_pair(value, name, second):
    """Return True for a pair of functions and False for a name; refuse all else."""
    if isinstance(value, str):
        return False
    if not isinstance(value, tuple):
        raise TypeError(f"{name} must be a name or a pair of functions. {received(name, value)}")
    if len(value) != 2 or not all(map(callable, value)):
        raise TypeError(
            f"{name} must be a name or a pair of functions, itself and its {second}. "
            f"{received(name, value)}"
        )
    return True


def _mean(values):
    return float(np.add.reduce(values, dtype=np.float64)) / len(values)


def _means(functions, y_true, y_pred):
    with np.errstate(all="ignore"):
        return {name: _mean(function(y_true, y_pred)) for name, function in functions.items()}


def _diverged(value, step, epoch, optimizer):
    return FloatingPointError(
        f"The loss or its gradient became {value} at step {step + 1} of epoch {epoch + 1}; the "
        "weights are as they were before that step. Likely causes: the learning rate is too "
        "large, the inputs are not standardised, or a loss or activation of your own divides by "
        f"0 or takes the logarithm of 0. {received('optimizer', optimizer)}"
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
    dtypes = {layer.weights[0].dtype for layer in layers}
    if len(dtypes) > 1 or len(set(map(id, layers))) < len(layers):
        raise ValueError(
            f"layers must have one dtype, and none may occur twice. {received('layers', layers)}"
        )
    return list(layers)


def _checked_metrics(metrics):
    metrics = {} if metrics is None else metrics
    if not isinstance(metrics, dict) or not all(
        isinstance(name, str) and callable(function) for name, function in metrics.items()
    ):
        raise TypeError(
            f"metrics must be a dictionary of functions by name. {received('metrics', metrics)}"
        )
    if any(name == "loss" or name.startswith("val_") for name in metrics):
        raise ValueError(
            'metrics must have other names than "loss" and "val_...", which the history uses '
            f"itself. {received('metrics', metrics)}"
        )
    return metrics


def _check_optimizer(optimizer):
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "apply", None)):
        raise TypeError(
            "optimizer must have a method apply(gradients, parameters), as RMSprop() has. "
            f"{received('optimizer', optimizer)}"
        )


def _cast(values, name, dtype):
    """Return real numbers as an array of `dtype`; what is too large for it becomes infinite."""
    if type(values) is np.ndarray and values.dtype == dtype:
        return values
    with np.errstate(all="ignore"):
        return as_float_array(values, name).astype(dtype, copy=False)


def _float_dtype(dtype):
    try:
        kind = np.dtype(dtype)
    except TypeError as error:
        raise TypeError(f"dtype must be a NumPy dtype. {received('dtype', dtype)}") from error
    if kind not in NATIVE_FLOATS:
        raise ValueError(f"dtype must be float16, float32 or float64. {received('dtype', dtype)}")
    return kind


def _generator(rng):
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator. {received('rng', rng)}")
    return rng
