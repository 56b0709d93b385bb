r"""A loss is a number that says how wrong the prediction for one sample is.

Every loss takes ``(y_true, y_pred)``, whose first axis is the batch and whose last axis holds
the outputs of the network, or the classes, and returns **one value per sample**, as the
functions in ``keras.losses`` do: for shape (batch, outputs) the result has shape (batch,).
Training makes the mean of these values small.

Beside each loss stands its gradient, which backpropagation starts from. It has the shape of
`y_pred`, and each row is the derivative of **that sample's own value**: since no sample's value
depends on another's prediction, this is the gradient of the *sum* over the batch. For the
gradient of the *mean*, divide by the number of samples; the training loop does.

The result has the float dtype of `y_pred` (float64 for integers), as in Keras, and so `y_true`
is cast to it. Nothing is broadcast: the shapes must match. NaN and infinities are passed on
without a warning. Results share no memory with the arguments, and those are left alone.
"""

import numpy as np

from helpers.activations import log_softmax, softmax
from helpers.validation import as_bool_array, as_float_array, as_real, received

__all__ = [
    "categorical_crossentropy",
    "categorical_crossentropy_gradient",
    "huber",
    "huber_gradient",
    "mean_absolute_error",
    "mean_absolute_error_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "pinball",
    "pinball_gradient",
    "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy_gradient",
    "weighted_squared_error",
    "weighted_squared_error_gradient",
]

_EPSILON = 1e-7  # the smallest probability that Keras takes a logarithm of
_SUM_TOLERANCE = 1e-3  # how far the labels of one sample may be from adding up to 1


def mean_squared_error(y_true, y_pred):
    r"""Mean squared error: large mistakes count for much more than small ones.

    .. math::
        L = \frac{1}{n} \sum_{i=1}^{n} (\hat y_i - y_i)^2

    for a sample with the `n` targets :math:`y_i` and predictions :math:`\hat y_i`.

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Targets.
    y_pred : array_like of real numbers, shape (batch, outputs) or (..., outputs)
        Predictions.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, at least 0, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If an argument is ragged, `y_true` has another shape than `y_pred`, or `y_pred` has no
        outputs.

    See Also
    --------
    mean_squared_error_gradient : Its gradient.
    weighted_squared_error : The same with a weight for each output.

    Notes
    -----
    Among all constant predictions it is smallest at the **mean** of the targets.

    Examples
    --------
    >>> from helpers.losses import mean_squared_error
    >>> print(mean_squared_error([[0.0, 0.0], [1.0, 2.0]], [[1.0, 3.0], [1.0, 2.0]]))
    [5. 0.]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    with np.errstate(all="ignore"):
        return np.mean(np.square(y_pred - y_true), axis=-1)


def mean_squared_error_gradient(y_true, y_pred):
    r"""Return the gradient of `mean_squared_error` with respect to `y_pred`.

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \frac{2}{n} (\hat y_i - y_i)

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `mean_squared_error`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `mean_squared_error`.

    Examples
    --------
    >>> from helpers.losses import mean_squared_error_gradient
    >>> print(mean_squared_error_gradient([[0.0, 0.0], [1.0, 2.0]], [[1.0, 3.0], [1.0, 2.0]]))
    [[1. 3.]
     [0. 0.]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    with np.errstate(all="ignore"):
        return (y_pred - y_true) * (2.0 / y_pred.shape[-1])


def mean_absolute_error(y_true, y_pred):
    r"""Mean absolute error: a mistake twice as large counts twice.

    .. math::
        L = \frac{1}{n} \sum_{i=1}^{n} |\hat y_i - y_i|

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Targets.
    y_pred : array_like of real numbers, shape (batch, outputs) or (..., outputs)
        Predictions.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, at least 0, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError, ValueError
        As for `mean_squared_error`.

    See Also
    --------
    mean_absolute_error_gradient : Its gradient.
    pinball : The same with another price for too high than for too low.

    Notes
    -----
    Among all constant predictions it is smallest at the **median** of the targets, which one
    outlier hardly moves.

    Examples
    --------
    >>> from helpers.losses import mean_absolute_error
    >>> print(mean_absolute_error([[0.0, 0.0], [1.0, 2.0]], [[1.0, -3.0], [1.0, 2.0]]))
    [2. 0.]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    with np.errstate(all="ignore"):
        return np.mean(np.abs(y_pred - y_true), axis=-1)


def mean_absolute_error_gradient(y_true, y_pred):
    r"""Return the gradient of `mean_absolute_error` with respect to `y_pred`.

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \frac{1}{n} \operatorname{sign}(\hat y_i - y_i)

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `mean_absolute_error`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `mean_squared_error`.

    Notes
    -----
    At the kink, an exact prediction, it is 0, as in TensorFlow.

    Examples
    --------
    >>> from helpers.losses import mean_absolute_error_gradient
    >>> print(mean_absolute_error_gradient([[0.0, 0.0], [1.0, 2.0]], [[1.0, -3.0], [1.0, 2.0]]))
    [[ 0.5 -0.5]
     [ 0.   0. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    with np.errstate(all="ignore"):
        return np.sign(y_pred - y_true) / y_pred.shape[-1]


def huber(y_true, y_pred, delta=1.0):
    r"""Huber loss: squared for small mistakes, linear for large ones.

    .. math::
        L = \frac{1}{n} \sum_{i=1}^{n} \begin{cases}
            e_i^2 / 2 & |e_i| \le \delta \\
            \delta\,(|e_i| - \delta / 2) & \text{otherwise}
        \end{cases}
        \qquad e_i = \hat y_i - y_i

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Targets.
    y_pred : array_like of real numbers, shape (batch, outputs) or (..., outputs)
        Predictions.
    delta : float, default 1.0
        The size of a mistake at which the square turns into a line, above 0.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, at least 0, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` does not hold real numbers, or `delta` is not a real number.
    ValueError
        As for `mean_squared_error`, and if `delta` is not a finite number above 0.

    See Also
    --------
    huber_gradient : Its gradient.

    Notes
    -----
    Both pieces meet at :math:`\delta` with the same slope. For a large `delta` it is half the
    squared error, and for a small one `delta` times the absolute error; the best constant
    prediction accordingly moves from the mean of the targets to their median.

    References
    ----------
    .. [1] P. J. Huber, "Robust estimation of a location parameter", The Annals of
       Mathematical Statistics 35(1), 1964.

    Examples
    --------
    >>> from helpers.losses import huber
    >>> print(huber([[0.0], [0.0]], [[0.5], [3.0]]))
    [0.125 2.5  ]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    delta = as_real(delta, "delta", above=0.0)
    with np.errstate(all="ignore"):
        error = y_pred - y_true
        size = np.abs(error)
        squared, linear = error * error / 2.0, delta * (size - delta / 2.0)
        return np.mean(np.where(size <= delta, squared, linear), axis=-1)


def huber_gradient(y_true, y_pred, delta=1.0):
    r"""Return the gradient of `huber` with respect to `y_pred`.

    .. math::
        \frac{\partial L}{\partial \hat y_i} =
        \frac{1}{n} \max(-\delta, \min(\delta, \hat y_i - y_i))

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `huber`.
    delta : float, default 1.0
        As for `huber`: no mistake pulls harder than this.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `huber`.

    Examples
    --------
    >>> from helpers.losses import huber_gradient
    >>> print(huber_gradient([[0.0], [0.0], [0.0]], [[0.5], [3.0], [-3.0]]))
    [[ 0.5]
     [ 1. ]
     [-1. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    delta = as_real(delta, "delta", above=0.0)
    with np.errstate(all="ignore"):
        return np.maximum(-delta, np.minimum(delta, y_pred - y_true)) / y_pred.shape[-1]


def pinball(y_true, y_pred, quantile=0.5):
    r"""Pinball loss, also called quantile loss: too low costs more than too high, or less.

    .. math::
        L = \frac{1}{n} \sum_{i=1}^{n} \max(q\,(y_i - \hat y_i),\; (1 - q)\,(\hat y_i - y_i))

    where `q` is `quantile`: the price of a prediction that is too low by 1.

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Targets.
    y_pred : array_like of real numbers, shape (batch, outputs) or (..., outputs)
        Predictions.
    quantile : float, default 0.5
        The share of the targets that should lie below the prediction, above 0 and below 1.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, at least 0, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If `y_true` or `y_pred` does not hold real numbers, or `quantile` is not a real number.
    ValueError
        As for `mean_squared_error`, and if `quantile` is not between 0 and 1.

    See Also
    --------
    pinball_gradient : Its gradient.

    Notes
    -----
    Among all constant predictions it is smallest at the **quantile** of the targets: for 0.9,
    nine out of ten targets lie below. For 0.5 it is half the absolute error. At 0 and at 1,
    which are refused, one direction would be free, and any prediction far enough out the best.

    References
    ----------
    .. [1] R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46(1), 1978.

    Examples
    --------
    >>> from helpers.losses import pinball
    >>> print(pinball([[10.0], [10.0]], [[8.0], [12.0]], quantile=0.75))
    [1.5 0.5]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    q = as_real(quantile, "quantile", above=0.0, below=1.0)
    with np.errstate(all="ignore"):
        error = y_pred - y_true
        return np.mean(np.maximum(-q * error, (1.0 - q) * error), axis=-1)


def pinball_gradient(y_true, y_pred, quantile=0.5):
    r"""Return the gradient of `pinball` with respect to `y_pred`.

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \frac{1}{n} \begin{cases}
            1 - q & \hat y_i > y_i \\ 0 & \hat y_i = y_i \\ -q & \hat y_i < y_i
        \end{cases}

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `pinball`.
    quantile : float, default 0.5
        As for `pinball`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `pinball`.

    Notes
    -----
    At the kink, an exact prediction, it is 0 by the same convention as in
    `mean_absolute_error_gradient`. A gradient tape on ``maximum`` takes one of the two slopes.

    Examples
    --------
    >>> from helpers.losses import pinball_gradient
    >>> print(pinball_gradient([[10.0], [10.0], [10.0]], [[8.0], [10.0], [12.0]], quantile=0.75))
    [[-0.75]
     [ 0.  ]
     [ 0.25]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    q = as_real(quantile, "quantile", above=0.0, below=1.0)
    with np.errstate(all="ignore"):
        side = np.sign(y_pred - y_true)
        return np.where(side > 0.0, (1.0 - q) * side, q * side) / y_pred.shape[-1]


def weighted_squared_error(y_true, y_pred, weights):
    r"""Weighted squared error: some outputs matter more than others.

    .. math::
        L = \sum_{i=1}^{n} w_i\,(\hat y_i - y_i)^2

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Targets.
    y_pred : array_like of real numbers, shape (batch, outputs) or (..., outputs)
        Predictions.
    weights : array_like of real numbers, shape (outputs,)
        One weight for each output, finite and at least 0. They need not add up to 1.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, at least 0, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        As for `mean_squared_error`, and if `weights` has another shape than (outputs,), or
        one of them is negative or not finite.

    See Also
    --------
    weighted_squared_error_gradient : Its gradient.

    Notes
    -----
    The **sum** over the outputs, since the weights already say how to average: with every
    weight 1/n it is the mean squared error, with [0.3, 0.7] it is not.

    Examples
    --------
    >>> from helpers.losses import weighted_squared_error
    >>> y_true, y_pred = [[0.0, 0.0], [1.0, 2.0]], [[1.0, 2.0], [1.0, 3.0]]
    >>> print(weighted_squared_error(y_true, y_pred, weights=[0.3, 0.7]))
    [3.1 0.7]
    >>> print(weighted_squared_error(y_true, y_pred, weights=[0.5, 0.5]))
    [2.5 0.5]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    weights = _weights(weights, y_pred)
    with np.errstate(all="ignore"):
        return np.sum(weights * np.square(y_pred - y_true), axis=-1)


def weighted_squared_error_gradient(y_true, y_pred, weights):
    r"""Return the gradient of `weighted_squared_error` with respect to `y_pred`.

    .. math::
        \frac{\partial L}{\partial \hat y_i} = 2\,w_i\,(\hat y_i - y_i)

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `weighted_squared_error`.
    weights : array_like of real numbers, shape (outputs,)
        As for `weighted_squared_error`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `weighted_squared_error`.

    Examples
    --------
    >>> from helpers.losses import weighted_squared_error_gradient
    >>> print(weighted_squared_error_gradient([[0.0, 0.0]], [[1.0, 2.0]], weights=[0.25, 0.75]))
    [[0.5 3. ]]
    """
    y_true, y_pred = _targets(y_true, y_pred)
    weights = _weights(weights, y_pred)
    with np.errstate(all="ignore"):
        return 2.0 * weights * (y_pred - y_true)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    r"""Cross-entropy with one-hot labels: how surprised the prediction is by the true class.

    .. math::
        L = -\sum_{i=1}^{n} y_i \log p_i, \qquad
        p = \operatorname{softmax}(\hat y) \quad\text{or}\quad
        p_i = \operatorname{clip}\Bigl(\frac{\hat y_i}{\sum_j \hat y_j}\Bigr)

    where `p` comes from logits in the first form, and in the second from probabilities; `clip`
    moves what is below 1e-7, or above 1 - 1e-7, to that bound.

    Parameters
    ----------
    y_true : array_like of real numbers, shape of `y_pred`
        Labels: 1 for the class of the sample and 0 for the others, or probabilities that add
        up to 1 for each sample.
    y_pred : array_like of real numbers, shape (batch, classes) or (..., classes)
        Predicted probabilities, or logits.
    from_logits : bool, default False
        True if `y_pred` holds logits: the scores *before* softmax.
    label_smoothing : float, default 0.0
        From 0 to 1. With s the labels become ``y_true * (1 - s) + s / classes``, so that no
        class is ever expected with full certainty.

    Returns
    -------
    numpy.ndarray, shape (batch,) or (...)
        One value per sample, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If an argument is ragged, `y_true` has another shape than `y_pred`, a label is negative
        or those of a sample do not add up to 1 (within 0.001), `y_pred` has no classes, or
        `label_smoothing` is not between 0 and 1.

    See Also
    --------
    categorical_crossentropy_gradient : Its gradient.
    sparse_categorical_crossentropy : The same loss for labels that are class numbers.

    Notes
    -----
    Prefer logits, with no softmax in the last layer: the clipping that keeps the logarithm of
    a probability finite also sets the gradient to 0 there, so that a very wrong prediction is
    never put right. Softmax *and* ``from_logits=True`` together is a mistake that nothing
    reports: probabilities are taken for scores.

    Without knowledge all classes are equally probable and the loss is :math:`\ln n`, 3.83 for
    46 classes: what an untrained classifier should start from.

    A logit of minus infinity is a probability of 0, which costs nothing if its label is 0
    (there, Keras returns NaN). All else is as in ``keras.losses.categorical_crossentropy``.

    References
    ----------
    .. [1] Keras, "Probabilistic losses", https://keras.io/api/losses/probabilistic_losses/
    .. [2] C. Szegedy et al., "Rethinking the Inception architecture for computer vision",
       CVPR 2016, arXiv:1512.00567 (label smoothing).

    Examples
    --------
    >>> from helpers.losses import categorical_crossentropy
    >>> y_true = [[0, 1, 0], [0, 0, 1]]
    >>> print(categorical_crossentropy(y_true, [[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]]))
    [ 0.69314718 16.11809565]
    >>> print(categorical_crossentropy(y_true, [[7, 7, 7], [1000, 0, 0]], from_logits=True))
    [   1.09861229 1000.        ]
    """
    y_true, y_pred = _probabilities(y_true, y_pred, label_smoothing)
    if _flag(from_logits):
        log_p = log_softmax(y_pred)
        with np.errstate(all="ignore"):
            return np.sum(np.where(y_true > 0.0, y_true * -log_p, 0.0), axis=-1)
    with np.errstate(all="ignore"):
        p = _clip(y_pred / y_pred.sum(axis=-1, keepdims=True))
        return np.sum(y_true * -np.log(p), axis=-1)


def categorical_crossentropy_gradient(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    r"""Return the gradient of `categorical_crossentropy` with respect to `y_pred`.

    From logits it is, for each sample,

    .. math::
        \frac{\partial L}{\partial \hat y_i} = p_i - y_i, \qquad
        p = \operatorname{softmax}(\hat y)

    and from probabilities, by way of :math:`r = \hat y / s` with :math:`s = \sum_j \hat y_j`,

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \frac{1}{s} \Bigl(g_i - \sum_j g_j r_j\Bigr),
        \qquad
        g_i = \begin{cases} -y_i / r_i & 10^{-7} \le r_i \le 1 - 10^{-7} \\
            0 & \text{where it was clipped} \end{cases}

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `categorical_crossentropy`.
    from_logits : bool, default False
        As for `categorical_crossentropy`.
    label_smoothing : float, default 0.0
        As for `categorical_crossentropy`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `categorical_crossentropy`.

    Notes
    -----
    The chain rule through the logarithm, the clipping and the division by the sum, as a
    gradient tape finds it for Keras' function.

    Examples
    --------
    >>> from helpers.losses import categorical_crossentropy_gradient
    >>> print(categorical_crossentropy_gradient([[0, 1]], [[3.0, 3.0]], from_logits=True))
    [[ 0.5 -0.5]]
    >>> print(categorical_crossentropy_gradient([[0, 1]], [[0.5, 0.5]]))
    [[ 1. -1.]]
    """
    y_true, y_pred = _probabilities(y_true, y_pred, label_smoothing)
    if _flag(from_logits):
        return softmax(y_pred) - y_true
    with np.errstate(all="ignore"):
        total = y_pred.sum(axis=-1, keepdims=True)
        r = y_pred / total
        g = np.where(_is_clipped(r), 0.0, -y_true / r)
        return (g - np.sum(g * r, axis=-1, keepdims=True)) / total


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False):
    r"""Cross-entropy with class numbers as labels: minus the logarithm of one probability.

    .. math::
        L = -\log p_y, \qquad
        p = \operatorname{softmax}(\hat y) \quad\text{or}\quad
        p_i = \frac{c_i}{\sum_j c_j}, \quad c_i = \operatorname{clip}(\hat y_i)

    where `y` is the class of the sample. `p` comes from logits in the first form, and in the
    second from probabilities; `clip` moves what is below 1e-7, or above 1 - 1e-7, to that
    bound.

    Parameters
    ----------
    y_true : array_like of whole numbers, shape of `y_pred` without its last axis
        The class of each sample, from 0 to classes - 1.
    y_pred : array_like of real numbers, shape (batch, classes) or (..., classes)
        Predicted probabilities, or logits.
    from_logits : bool, default False
        True if `y_pred` holds logits: the scores *before* softmax.

    Returns
    -------
    numpy.ndarray, shape of `y_true`
        One value per sample, in the float dtype of `y_pred`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If an argument is ragged, `y_true` has another shape than described, a label is
        fractional or not the number of a class, or `y_pred` has no classes.

    See Also
    --------
    sparse_categorical_crossentropy_gradient : Its gradient.
    categorical_crossentropy : The same loss for one-hot labels.

    Notes
    -----
    From logits it equals `categorical_crossentropy` with one-hot labels. From probabilities
    Keras clips first and divides by the sum afterwards, there the other way round: the two
    differ where the predictions do not add up to 1, or are clipped. This function follows it.

    References
    ----------
    .. [1] Keras, "Probabilistic losses", https://keras.io/api/losses/probabilistic_losses/

    Examples
    --------
    >>> from helpers.losses import sparse_categorical_crossentropy
    >>> print(sparse_categorical_crossentropy([1, 0], [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]]))
    [0.69314718 1.38629436]
    >>> print(sparse_categorical_crossentropy([1, 2], [[7, 7, 7], [1000, 0, 0]], from_logits=True))
    [   1.09861229 1000.        ]
    """
    one_hot, y_pred = _one_hot(y_true, y_pred)
    logits = y_pred if _flag(from_logits) else _log(_clip(y_pred))
    loss = -log_softmax(logits)[one_hot] + 0.0  # adding 0 turns -0.0 into 0.0
    return loss.reshape(y_pred.shape[:-1])[()]


def sparse_categorical_crossentropy_gradient(y_true, y_pred, from_logits=False):
    r"""Return the gradient of `sparse_categorical_crossentropy` with respect to `y_pred`.

    From logits it is, for each sample,

    .. math::
        \frac{\partial L}{\partial \hat y_i} = p_i - \mathbf{1}(i = y), \qquad
        p = \operatorname{softmax}(\hat y)

    and from probabilities, with `p` and `c` as in the loss,

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \begin{cases}
            (p_i - \mathbf{1}(i = y)) / c_i & 10^{-7} \le \hat y_i \le 1 - 10^{-7} \\
            0 & \text{where it was clipped} \end{cases}

    Parameters
    ----------
    y_true, y_pred : array_like of real numbers
        As for `sparse_categorical_crossentropy`.
    from_logits : bool, default False
        As for `sparse_categorical_crossentropy`.

    Returns
    -------
    numpy.ndarray
        Shape and float dtype of `y_pred`: each sample's own gradient, not divided by the
        number of samples.

    Raises
    ------
    TypeError, ValueError
        As for `sparse_categorical_crossentropy`.

    Examples
    --------
    >>> from helpers.losses import sparse_categorical_crossentropy_gradient
    >>> print(sparse_categorical_crossentropy_gradient([1], [[3.0, 3.0]], from_logits=True))
    [[ 0.5 -0.5]]
    >>> print(sparse_categorical_crossentropy_gradient([1], [[0.5, 0.5]]))
    [[ 1. -1.]]
    """
    one_hot, y_pred = _one_hot(y_true, y_pred)
    if _flag(from_logits):
        return softmax(y_pred) - one_hot
    c = _clip(y_pred)
    with np.errstate(all="ignore"):
        return np.where(_is_clipped(y_pred), 0.0, (softmax(_log(c)) - one_hot) / c)


def _targets(y_true, y_pred):
    """Return targets and predictions as arrays of one shape and float dtype."""
    y_pred = _predictions(y_pred)
    values = as_float_array(y_true, "y_true")
    _check_shape(y_true, values, y_pred.shape)
    with np.errstate(all="ignore"):
        return values.astype(y_pred.dtype, copy=False), y_pred


def _probabilities(y_true, y_pred, label_smoothing):
    """Return one-hot labels, smoothed, and predictions, after a look at the labels."""
    y_pred = _predictions(y_pred)
    labels = as_float_array(y_true, "y_true")
    _check_shape(y_true, labels, y_pred.shape)
    smoothing = as_real(label_smoothing, "label_smoothing", minimum=0.0, maximum=1.0)
    with np.errstate(all="ignore"):
        surplus = np.abs(labels.sum(axis=-1) - 1.0)
        if not (labels.min(initial=0.0) >= 0.0 and surplus.max(initial=0.0) <= _SUM_TOLERANCE):
            raise ValueError(
                "y_true must hold labels of at least 0 that add up to 1 for each sample. "
                f"{received('y_true', y_true)}"
            )
        labels = labels.astype(y_pred.dtype, copy=False)
        if smoothing > 0.0:
            labels = labels * (1.0 - smoothing) + smoothing / y_pred.shape[-1]
        return labels, y_pred


def _one_hot(y_true, y_pred):
    """Return class numbers as rows of booleans, True at the class, and predictions."""
    y_pred = _predictions(y_pred)
    labels = as_float_array(y_true, "y_true")
    _check_shape(y_true, labels, y_pred.shape[:-1])
    one_hot = labels[..., np.newaxis] == np.arange(y_pred.shape[-1])
    if not one_hot.any(axis=-1).all():
        raise ValueError(
            f"y_true must hold class numbers, whole and from 0 to {y_pred.shape[-1] - 1}. "
            f"{received('y_true', y_true)}"
        )
    return one_hot, y_pred


def _predictions(y_pred):
    values = as_float_array(y_pred, "y_pred")
    if values.ndim == 0 or values.shape[-1] == 0:
        raise ValueError(
            "y_pred must have a last axis of at least one output or class. "
            f"{received('y_pred', y_pred)}"
        )
    return values


def _check_shape(y_true, values, shape):
    if values.shape != shape:
        raise ValueError(
            f"y_true must have the shape {shape} to match y_pred, not {values.shape}. "
            f"{received('y_true', y_true)}"
        )


def _weights(weights, y_pred):
    values = as_float_array(weights, "weights")
    if values.shape != y_pred.shape[-1:]:
        raise ValueError(
            f"weights must have the shape {y_pred.shape[-1:]}, one for each output, "
            f"not {values.shape}. {received('weights', weights)}"
        )
    if not (values.min() >= 0.0 and np.isfinite(values).all()):
        raise ValueError(
            f"weights must be finite numbers of at least 0. {received('weights', weights)}"
        )
    with np.errstate(all="ignore"):
        return values.astype(y_pred.dtype, copy=False)


def _flag(from_logits):
    return bool(as_bool_array(from_logits, "from_logits", ()))


def _clip(p):
    return np.clip(p, _EPSILON, 1.0 - _EPSILON)


def _is_clipped(p):
    return (p < _EPSILON) | (p > 1.0 - _EPSILON)


def _log(p):
    with np.errstate(all="ignore"):
        return np.log(p)
