"""A loss is a number that says how wrong the prediction for one sample is.

Every loss takes (y_true, y_pred). The first axis is the batch, the last one the outputs of the
network, or the classes. It returns **one value per sample**, as the functions in ``keras.losses``
do: shape (batch,) for predictions of shape (batch, outputs). Training makes their mean small.

Beside each loss stands its gradient with respect to `y_pred`, which backpropagation starts from.
Each row is the derivative of **that sample's own value**, so this is the gradient of the *sum* over
the batch. The training loop divides by the number of samples to get that of the mean.

In the formulas y is the target, ŷ the prediction, e = ŷ − y the error, and n the number of outputs.
Results are new memory in the float dtype of `y_pred` (float64 for integers). Shapes that do not
match are a `ValueError`: nothing is broadcast. Anything but real numbers is a `TypeError`. NaN and
infinities are passed on without a warning.
"""

import numpy as np

from helpers.activations import log_softmax, softmax
from helpers.validation import as_float_array, as_real, received

_quiet = np.errstate(all="ignore")
_EPSILON = 1e-7  # the smallest probability that Keras takes a logarithm of


@_quiet
def mean_squared_error(y_true, y_pred):
    """Mean squared error, (1/n) Σ e²: large errors count for much more than small ones.

    Among all constant predictions it is smallest at the **mean** of the targets.

    >>> print(mean_squared_error([[0.0, 0.0], [1.0, 2.0]], [[1.0, 3.0], [1.0, 2.0]]))
    [5. 0.]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return np.square(y_pred - y_true).sum(axis=-1) / y_pred.shape[-1]


@_quiet
def mean_squared_error_gradient(y_true, y_pred):
    """Return the gradient of `mean_squared_error`: 2·e / n.

    >>> print(mean_squared_error_gradient([[0.0, 0.0], [1.0, 2.0]], [[1.0, 3.0], [1.0, 2.0]]))
    [[1. 3.]
     [0. 0.]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return 2.0 * (y_pred - y_true) / y_pred.shape[-1]


@_quiet
def mean_absolute_error(y_true, y_pred):
    """Mean absolute error, (1/n) Σ |e|: an error twice as large counts twice.

    Among all constant predictions it is smallest at the **median** of the targets, which one
    outlier hardly moves.

    >>> print(mean_absolute_error([[0.0, 0.0], [1.0, 2.0]], [[1.0, -3.0], [1.0, 2.0]]))
    [2. 0.]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return np.abs(y_pred - y_true).sum(axis=-1) / y_pred.shape[-1]


@_quiet
def mean_absolute_error_gradient(y_true, y_pred):
    """Return the gradient of `mean_absolute_error`: sign(e) / n, and 0 for an exact prediction.

    >>> print(mean_absolute_error_gradient([[0.0, 0.0], [1.0, 2.0]], [[1.0, -3.0], [1.0, 2.0]]))
    [[ 0.5 -0.5]
     [ 0.   0. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return np.sign(y_pred - y_true) / y_pred.shape[-1]


@_quiet
def huber(y_true, y_pred, delta=1.0):
    """Huber loss, squared for small errors and linear for large ones.

        (1/n) Σ  e² / 2                    where |e| ≤ delta
                 delta · (|e| − delta/2)   elsewhere

    Both pieces meet at `delta`, which is above 0, with the same slope. The best constant
    prediction lies between the median of the targets (small `delta`) and their mean (large).
    (P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35(1), 1964.)

    >>> print(huber([[0.0], [0.0]], [[0.5], [3.0]]))
    [0.125 2.5  ]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    delta = as_real(delta, "delta", above=0.0)
    size = np.abs(y_pred - y_true)
    return np.mean(np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)), axis=-1)


@_quiet
def huber_gradient(y_true, y_pred, delta=1.0):
    """Return the gradient of `huber`, (1/n) max(−delta, min(delta, e)): no error pulls harder.

    >>> print(huber_gradient([[0.0], [0.0], [0.0]], [[0.5], [3.0], [-3.0]]))
    [[ 0.5]
     [ 1. ]
     [-1. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    delta = as_real(delta, "delta", above=0.0)
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.shape[-1]


@_quiet
def pinball(y_true, y_pred, quantile=0.5):
    """Pinball loss, or quantile loss, (1/n) Σ max(−q·e, (1 − q)·e), where q is `quantile`.

    A prediction that is too low by 1 costs q, one that is too high by 1 costs 1 − q, with q above
    0 and below 1. Among all constant predictions it is smallest at the **quantile** of the
    targets: for 0.9, nine out of ten lie below. For 0.5 it is half the absolute error.
    (R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46(1), 1978.)

    >>> print(pinball([[10.0], [10.0]], [[8.0], [12.0]], quantile=0.75))
    [1.5 0.5]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    q = as_real(quantile, "quantile", above=0.0, below=1.0)
    error = y_pred - y_true
    return np.mean(np.maximum(-q * error, (1.0 - q) * error), axis=-1)


@_quiet
def pinball_gradient(y_true, y_pred, quantile=0.5):
    """Return the gradient of `pinball`: −q/n where e < 0, (1 − q)/n where e > 0, 0 where e = 0.

    >>> print(pinball_gradient([[10.0], [10.0], [10.0]], [[8.0], [10.0], [12.0]], quantile=0.75))
    [[-0.75]
     [ 0.  ]
     [ 0.25]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    q = as_real(quantile, "quantile", above=0.0, below=1.0)
    sign = np.sign(y_pred - y_true)
    return np.where(sign > 0.0, (1.0 - q) * sign, q * sign) / y_pred.shape[-1]


@_quiet
def weighted_squared_error(y_true, y_pred, weights):
    """Weighted squared error, Σ w·e²: some outputs matter more than others.

    `weights` holds one w for each output, at least 0. The result is a **sum** over the outputs:
    with every weight 1/n it is the mean squared error, with [0.3, 0.7] it is not.

    >>> y_true, y_pred = [[0.0, 0.0], [1.0, 2.0]], [[1.0, 2.0], [1.0, 3.0]]
    >>> print(weighted_squared_error(y_true, y_pred, weights=[0.3, 0.7]))
    [3.1 0.7]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return (_weights(weights, y_pred) * np.square(y_pred - y_true)).sum(axis=-1)


@_quiet
def weighted_squared_error_gradient(y_true, y_pred, weights):
    """Return the gradient of `weighted_squared_error`: 2·w·e.

    >>> print(weighted_squared_error_gradient([[0.0, 0.0]], [[1.0, 2.0]], weights=[0.25, 0.75]))
    [[0.5 3. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    return 2.0 * _weights(weights, y_pred) * (y_pred - y_true)


@_quiet
def categorical_crossentropy(y_true, y_pred, from_logits=False):
    """Cross-entropy with one-hot labels, −Σ yᵢ log pᵢ: how surprising the true class was.

        p = softmax(ŷ)        from logits, the scores before softmax
        p = clip(ŷ / Σ ŷ)     from probabilities, moved into the range from 1e-7 to 1 − 1e-7

    The labels of a sample are at least 0 and add up to 1. Prefer logits, with no softmax in the
    last layer: where a probability is clipped its gradient is 0, so that a very wrong prediction
    is never put right. Softmax *and* ``from_logits=True`` is a mistake that nothing reports. An
    untrained classifier should start from log n, 3.83 for 46 classes: all are equally probable.
    (As in Keras, https://keras.io/api/losses/probabilistic_losses/)

    >>> y_true = [[0, 1, 0], [0, 0, 1]]
    >>> print(categorical_crossentropy(y_true, [[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]]))
    [ 0.69314718 16.11809565]
    >>> print(categorical_crossentropy(y_true, [[7, 7, 7], [1000, 0, 0]], from_logits=True))
    [   1.09861229 1000.        ]
    """
    y_true, y_pred = _probabilities(y_true, y_pred)
    if from_logits:
        return np.sum(y_true * -log_softmax(y_pred), axis=-1)
    p = _clip(y_pred / y_pred.sum(axis=-1, keepdims=True))
    return np.sum(y_true * -np.log(p), axis=-1)


@_quiet
def categorical_crossentropy_gradient(y_true, y_pred, from_logits=False):
    """Return the gradient of `categorical_crossentropy`; from logits it is simply p − y.

    From probabilities it is the chain rule through the logarithm, the clipping and the division
    r = ŷ / s by the sum s = Σ ŷ:

        (gᵢ − Σⱼ gⱼ·rⱼ) / s,   where gᵢ = −yᵢ / rᵢ, and 0 where rᵢ was clipped

    >>> print(categorical_crossentropy_gradient([[0, 1]], [[3.0, 3.0]], from_logits=True))
    [[ 0.5 -0.5]]
    >>> print(categorical_crossentropy_gradient([[0, 1]], [[0.5, 0.5]]))
    [[ 1. -1.]]
    """
    y_true, y_pred = _probabilities(y_true, y_pred)
    if from_logits:
        return softmax(y_pred) - y_true
    s = y_pred.sum(axis=-1, keepdims=True)
    r = y_pred / s
    g = np.where(_is_clipped(r), 0.0, -y_true / r)
    return (g - np.sum(g * r, axis=-1, keepdims=True)) / s


@_quiet
def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False):
    """Cross-entropy with class numbers as labels, −log p of the true class.

        p = softmax(ŷ)                from logits, the scores before softmax
        p = c / Σ c, c = clip(ŷ)      from probabilities

    `y_true` has the shape of `y_pred` without its last axis and holds whole numbers from 0 to
    n − 1. From probabilities it differs from `categorical_crossentropy` as Keras' two functions
    do: it is clipped first and divided by the sum afterwards.

    >>> print(sparse_categorical_crossentropy([1, 0], [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]]))
    [0.69314718 1.38629436]
    >>> print(sparse_categorical_crossentropy([1, 2], [[7, 7, 7], [1000, 0, 0]], from_logits=True))
    [   1.09861229 1000.        ]
    """
    one_hot, y_pred = _one_hot(y_true, y_pred)
    logits = y_pred if from_logits else np.log(_clip(y_pred))
    return np.sum(np.where(one_hot, -log_softmax(logits), 0.0), axis=-1)


@_quiet
def sparse_categorical_crossentropy_gradient(y_true, y_pred, from_logits=False):
    """Return the gradient of `sparse_categorical_crossentropy`; from logits it is simply p − y.

    y is 1 at the true class and 0 elsewhere. From probabilities it is (p − y) / c, with p and c as
    in the loss, and 0 where ŷ was clipped.

    >>> print(sparse_categorical_crossentropy_gradient([1], [[3.0, 3.0]], from_logits=True))
    [[ 0.5 -0.5]]
    >>> print(sparse_categorical_crossentropy_gradient([1], [[0.5, 0.5]]))
    [[ 1. -1.]]
    """
    one_hot, y_pred = _one_hot(y_true, y_pred)
    if from_logits:
        return softmax(y_pred) - one_hot
    c = _clip(y_pred)
    return np.where(_is_clipped(y_pred), 0.0, (softmax(np.log(c)) - one_hot) / c)


def _targets(y_true, y_pred):
    """Return targets and predictions of one shape, in the float dtype of the predictions."""
    y_true, y_pred = as_float_array(y_true, "y_true"), as_float_array(y_pred, "y_pred")
    _check_shape(y_true, y_pred, y_pred.shape)
    return y_true.astype(y_pred.dtype, copy=False), y_pred


def _probabilities(y_true, y_pred):
    y_true, y_pred = _targets(y_true, y_pred)
    off = np.abs(y_true.sum(axis=-1) - 1.0)
    if not ((y_true >= 0.0).all() and (off <= 1e-3).all()):
        raise ValueError(
            "y_true must hold labels of at least 0 that add up to 1 for each sample. "
            f"{received('y_true', y_true)}"
        )
    return y_true, y_pred


def _one_hot(y_true, y_pred):
    """Return class numbers as rows of booleans, True at the class, and predictions."""
    y_true, y_pred = as_float_array(y_true, "y_true"), as_float_array(y_pred, "y_pred")
    _check_shape(y_true, y_pred, y_pred.shape[:-1])
    one_hot = y_true[..., np.newaxis] == np.arange(y_pred.shape[-1])
    if not one_hot.any(axis=-1).all():
        raise ValueError(
            f"y_true must hold class numbers, whole and from 0 to {y_pred.shape[-1] - 1}. "
            f"{received('y_true', y_true)}"
        )
    return one_hot, y_pred


def _check_shape(y_true, y_pred, shape):
    if y_true.shape != shape or y_pred.ndim == 0:
        raise ValueError(
            f"y_true must have the shape {shape} to match y_pred, not {y_true.shape}, and y_pred "
            f"at least one axis. {received('y_true', y_true)}"
        )


def _weights(weights, y_pred):
    weights = as_float_array(weights, "weights")
    if weights.shape != y_pred.shape[-1:] or not (weights >= 0.0).all():
        raise ValueError(
            f"weights must be one number of at least 0 for each of the {y_pred.shape[-1]} outputs. "
            f"{received('weights', weights)}"
        )
    return weights.astype(y_pred.dtype, copy=False)


def _clip(p):
    return np.clip(p, _EPSILON, 1.0 - _EPSILON)


def _is_clipped(p):
    return (p < _EPSILON) | (p > 1.0 - _EPSILON)
