r"""An activation is the function a unit applies to its input before it passes the result on.

Without one, a stack of layers is a single linear map, however deep. Most functions here work
element by element, and each has its derivative beside it. The derivative is taken at the
**input** of the activation, the number before it was activated, since that is where
backpropagation needs it. Softmax, for the last layer of a classifier, looks at all the classes
of a sample at once; its derivative is a matrix.

All functions keep float16, float32 and float64, turn integers into float64, leave their input
alone and return new memory. A single number gives a single number. NaN stays NaN.
"""

import math

import numpy as np

from helpers.validation import as_bool_array, as_float_array, as_integer, as_real, received

__all__ = [
    "count_dead_units",
    "elu",
    "elu_derivative",
    "gelu",
    "gelu_derivative",
    "leaky_relu",
    "leaky_relu_derivative",
    "log_softmax",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "silu",
    "silu_derivative",
    "softmax",
    "softmax_jacobian",
    "tanh",
    "tanh_derivative",
]

# Farther from 0 than this, the tails of the normal distribution and of the sigmoid are 0.
_NORMAL_LIMIT = 40.0
_SIGMOID_LIMIT = 1000.0


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    r"""Rectified linear unit: let positive numbers pass, make the others 0.

    .. math::
        f(x) = \max(0, x)

    and in general, with every argument in use,

    .. math::
        f(x) = \begin{cases}
            \text{max\_value} & x \ge \text{max\_value} \\
            x & \text{threshold} \le x < \text{max\_value} \\
            \text{negative\_slope} \cdot (x - \text{threshold}) & \text{otherwise}
        \end{cases}

    where the first case that fits counts.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.
    negative_slope : float, default 0.0
        Slope below `threshold`. Any finite number.
    max_value : float, optional
        Ceiling, at least 0. None means that there is none. 6 gives ReLU6.
    threshold : float, default 0.0
        Where the unit opens. Any finite number.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or a parameter is not a real number.
    ValueError
        If `x` is ragged, a parameter is not finite, or `max_value` is negative.

    See Also
    --------
    relu_derivative : Its derivative.
    leaky_relu : The same with a slope of 0.01 for negative numbers.

    Notes
    -----
    A `threshold` other than 0 makes a jump: just below it the result is near 0, at it the
    result is `threshold`. With a slope of 0 everything below is 0, minus infinity included.

    Names, defaults and results are those of ``keras.activations.relu``, except at three
    places where Keras (3.15) departs from the formula that its documentation states:

    - at ``x == threshold``, for a threshold other than 0, Keras gives 0, the formula `x`;
    - between a negative `threshold` and 0, with a `max_value`, Keras gives 0, the formula `x`;
    - between `max_value` and a `threshold` above it, Keras treats `x` as below the threshold,
      the formula gives `max_value`.

    References
    ----------
    .. [1] V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann
       machines", ICML 2010.
    .. [2] Keras, "ReLU function", https://keras.io/api/layers/activations/

    Examples
    --------
    >>> from helpers.activations import relu
    >>> print(relu([1.0, -10.0, 0.0, 15.0, -20.0]))
    [ 1.  0.  0. 15.  0.]
    >>> print(relu(-10.0))
    0.0
    >>> print(relu([-4.0, 0.5, 1.0, 9.0], negative_slope=0.5, max_value=6.0, threshold=1.0))
    [-2.5  -0.25  1.    6.  ]
    """
    x = as_float_array(x, "x")
    negative_slope, max_value, threshold = _relu_parameters(negative_slope, max_value, threshold)
    if negative_slope == 0.0 and threshold == 0.0 and max_value is None:
        return np.maximum(x, 0.0)
    with np.errstate(all="ignore"):
        y = np.where(x < threshold, _scaled(negative_slope, x - threshold), x)
        if max_value is not None:
            y = np.where(x >= max_value, max_value, y)
    return y[()]


def relu_derivative(x, negative_slope=0.0, max_value=None, threshold=0.0):
    r"""Return the derivative of `relu` at its input.

    .. math::
        f'(x) = \begin{cases}
            0 & x \ge \text{max\_value} \\
            1 & \text{threshold} < x < \text{max\_value} \\
            \text{negative\_slope} & x \le \text{threshold}
        \end{cases}

    where the first case that fits counts.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated. At the *output* of a
        ReLU the question would be pointless, since it is never negative.
    negative_slope, max_value, threshold : float
        As for `relu`.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError, ValueError
        As for `relu`.

    See Also
    --------
    relu : The function itself.

    Notes
    -----
    At its kinks a ReLU has no derivative; any number between the slopes on both sides (a
    *subgradient*) will do for training, because an input that falls exactly on a kink is
    rare. The convention here is the slope from the left at `threshold`, so 0 for the plain
    ReLU and `negative_slope` with a leak, and 0 at `max_value`. Keras' own choice depends on
    which arguments are set.

    Examples
    --------
    >>> from helpers.activations import relu_derivative
    >>> print(relu_derivative([-2.0, 0.0, 3.0]))
    [0. 0. 1.]
    >>> print(relu_derivative([-2.0, 0.0, 3.0, 6.0], negative_slope=0.2, max_value=6.0))
    [0.2 0.2 1.  0. ]
    """
    x = as_float_array(x, "x")
    negative_slope, max_value, threshold = _relu_parameters(negative_slope, max_value, threshold)
    with np.errstate(all="ignore"):
        slope = np.asarray(x > threshold, dtype=x.dtype)
        if negative_slope != 0.0:
            np.copyto(slope, negative_slope, where=x <= threshold)
        if max_value is not None:
            np.copyto(slope, 0.0, where=x >= max_value)
        np.copyto(slope, x, where=np.isnan(x))
    return slope[()]


def leaky_relu(x, negative_slope=0.01):
    r"""Leaky ReLU: let positive numbers pass, let a small part of the negative ones leak.

    .. math::
        f(x) = \begin{cases} x & x \ge 0 \\ \text{negative\_slope} \cdot x & x < 0 \end{cases}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.
    negative_slope : float, default 0.01
        Slope for negative numbers. Any finite number.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `negative_slope` is not a real number.
    ValueError
        If `x` is ragged or `negative_slope` is not finite.

    See Also
    --------
    leaky_relu_derivative : Its derivative.

    Notes
    -----
    The slope of 0.01 is that of the original paper. ``keras.activations.leaky_relu`` takes
    0.2 and ``keras.layers.LeakyReLU`` 0.3, so write the slope down where it matters.
    The shorter ``max(negative_slope * x, x)`` is the same only for slopes up to 1.

    References
    ----------
    .. [1] A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural
       network acoustic models", ICML 2013.

    Examples
    --------
    >>> from helpers.activations import leaky_relu
    >>> print(leaky_relu([1.0, -10.0, 0.0, 15.0, -20.0]))
    [ 1.  -0.1  0.  15.  -0.2]
    """
    x = as_float_array(x, "x")
    negative_slope = as_real(negative_slope, "negative_slope")
    with np.errstate(all="ignore"):
        return np.where(x < 0.0, _scaled(negative_slope, x), x)[()]


def leaky_relu_derivative(x, negative_slope=0.01):
    r"""Return the derivative of `leaky_relu` at its input.

    .. math::
        f'(x) = \begin{cases} 1 & x > 0 \\ \text{negative\_slope} & x \le 0 \end{cases}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.
    negative_slope : float, default 0.01
        Slope for negative numbers. Any finite number.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError, ValueError
        As for `leaky_relu`.

    Notes
    -----
    At 0 it is the slope from the left, by the same convention as in `relu_derivative`.

    Examples
    --------
    >>> from helpers.activations import leaky_relu_derivative
    >>> print(leaky_relu_derivative([-2.0, 0.0, 3.0]))
    [0.01 0.01 1.  ]
    """
    return relu_derivative(x, negative_slope=negative_slope)


def count_dead_units(activations):
    r"""Count the units of a layer that stay silent: never above 0, whatever the sample.

    .. math::
        \#\{\, j : a_{ij} \le 0 \text{ for every sample } i \,\}

    Parameters
    ----------
    activations : array_like of real numbers, shape (samples, units)
        What each unit gives for each sample, at least one. Since ReLU and leaky ReLU keep
        the sign, their inputs give the same count.

    Returns
    -------
    int
        From 0 to the number of units.

    Raises
    ------
    TypeError
        If `activations` does not hold real numbers.
    ValueError
        If `activations` is ragged, does not have two axes, or holds no sample.

    Notes
    -----
    With ReLU such a unit is *dead* if the samples are the whole training set: its output is 0
    and so is its derivative, for every sample, so no gradient ever reaches its weights. With
    a leak it is silent but still learns. A unit that gives NaN is not counted.

    References
    ----------
    .. [1] L. Lu, Y. Shin, Y. Su and G. E. Karniadakis, "Dying ReLU and initialization: theory
       and numerical examples", Communications in Computational Physics 28 (2020).

    Examples
    --------
    >>> from helpers.activations import count_dead_units
    >>> count_dead_units([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    1
    """
    a = as_float_array(activations, "activations")
    if a.ndim != 2 or len(a) == 0:
        raise ValueError(
            "activations must have the shape (samples, units), with at least one sample, "
            f"not {a.shape}. {received('activations', activations)}"
        )
    return int(np.all(a <= 0.0, axis=0).sum())


def sigmoid(x):
    r"""Logistic sigmoid: squeeze any number into the range from 0 to 1.

    .. math::
        \sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{x}}{1 + e^{x}}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers), between 0 and 1.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is ragged.

    See Also
    --------
    sigmoid_derivative : Its derivative.

    Notes
    -----
    The first form overflows for very negative numbers, the second for very positive ones.
    Each is used where its exponent is not positive, so nothing overflows and small results
    keep all their digits.

    Examples
    --------
    >>> from helpers.activations import sigmoid
    >>> print(sigmoid([-1000.0, 0.0, 1000.0]))
    [0.  0.5 1. ]
    """
    x = as_float_array(x, "x")
    with np.errstate(all="ignore"):
        e = np.exp(-np.abs(x))
        return np.where(x < 0.0, e, 1.0) / (1.0 + e)


def sigmoid_derivative(x):
    r"""Return the derivative of `sigmoid` at its input.

    .. math::
        \sigma'(x) = \sigma(x)\,(1 - \sigma(x)) = \frac{e^{-|x|}}{(1 + e^{-|x|})^2}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers), between 0 and 0.25.

    Raises
    ------
    TypeError, ValueError
        As for `sigmoid`.

    Notes
    -----
    It is never above 0.25: that is why gradients vanish on their way through many sigmoids.
    The first form is the one to remember; the second is the one computed, because
    :math:`1 - \sigma(x)` loses its digits where :math:`\sigma(x)` is near 1.

    Examples
    --------
    >>> from helpers.activations import sigmoid_derivative
    >>> print(sigmoid_derivative([-1000.0, 0.0, 1000.0]))
    [0.   0.25 0.  ]
    """
    x = as_float_array(x, "x")
    with np.errstate(all="ignore"):
        e = np.exp(-np.abs(x))
        return e / (1.0 + e) ** 2


def tanh(x):
    r"""Hyperbolic tangent: squeeze any number into the range from -1 to 1.

    .. math::
        \tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}} = 2\,\sigma(2x) - 1

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers), between -1 and 1.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is ragged.

    See Also
    --------
    tanh_derivative : Its derivative.

    Examples
    --------
    >>> from helpers.activations import tanh
    >>> print(tanh([-1000.0, 0.0, 1000.0]))
    [-1.  0.  1.]
    """
    with np.errstate(all="ignore"):
        return np.tanh(as_float_array(x, "x"))


def tanh_derivative(x):
    r"""Return the derivative of `tanh` at its input.

    .. math::
        \tanh'(x) = 1 - \tanh^2(x) = \left(\frac{2\,e^{-|x|}}{1 + e^{-2|x|}}\right)^2

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers), between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As for `tanh`.

    Notes
    -----
    The first form is the one to remember; the second is the one computed, because
    :math:`1 - \tanh^2(x)` loses its digits where :math:`\tanh(x)` is near 1 or -1.

    Examples
    --------
    >>> from helpers.activations import tanh_derivative
    >>> print(tanh_derivative([-1000.0, 0.0, 1000.0]))
    [0. 1. 0.]
    """
    x = as_float_array(x, "x")
    with np.errstate(all="ignore"):
        e = np.exp(-np.abs(x))
        return (2.0 * e / (1.0 + e * e)) ** 2


def elu(x, alpha=1.0):
    r"""Exponential linear unit: bend negative numbers smoothly towards ``-alpha``.

    .. math::
        f(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.
    alpha : float, default 1.0
        Minus the limit for very negative numbers. Any finite number.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `alpha` is not a real number.
    ValueError
        If `x` is ragged or `alpha` is not finite.

    See Also
    --------
    elu_derivative : Its derivative.

    Notes
    -----
    ``expm1(x)`` is :math:`e^x - 1` without the loss of digits near 0.

    References
    ----------
    .. [1] D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network
       learning by exponential linear units (ELUs)", ICLR 2016, arXiv:1511.07289.

    Examples
    --------
    >>> from helpers.activations import elu
    >>> print(elu([-1000.0, -1.0, 0.0, 2.0]))
    [-1.         -0.63212056  0.          2.        ]
    """
    x = as_float_array(x, "x")
    alpha = as_real(alpha, "alpha")
    with np.errstate(all="ignore"):
        return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))[()]


def elu_derivative(x, alpha=1.0):
    r"""Return the derivative of `elu` at its input.

    .. math::
        f'(x) = \begin{cases} 1 & x > 0 \\ \alpha\,e^{x} & x \le 0 \end{cases}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.
    alpha : float, default 1.0
        As for `elu`.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError, ValueError
        As for `elu`.

    Notes
    -----
    For ``alpha=1`` there is no kink. Otherwise it is the slope from the left at 0, by the
    same convention as in `relu_derivative`.

    Examples
    --------
    >>> from helpers.activations import elu_derivative
    >>> print(elu_derivative([-1000.0, -1.0, 0.0, 2.0]))
    [0.         0.36787944 1.         1.        ]
    """
    x = as_float_array(x, "x")
    alpha = as_real(alpha, "alpha")
    with np.errstate(all="ignore"):
        return np.where(x > 0.0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))[()]


def gelu(x):
    r"""Gaussian error linear unit: weigh a number by its rank among normal random numbers.

    .. math::
        f(x) = x\,\Phi(x), \qquad
        \Phi(x) = \frac{1}{2}\operatorname{erfc}\left(\frac{-x}{\sqrt 2}\right)

    where :math:`\Phi(x)` is the probability that a standard normal number is below `x`.

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is ragged.

    See Also
    --------
    gelu_derivative : Its derivative.

    Notes
    -----
    This is the exact form, as ``keras.activations.gelu`` has it by default
    (``approximate=False``); a form with tanh, a little faster and a little wrong, is also in
    use. NumPy has no error function, so Python's is called for each number: good for a
    figure, slow for training. At minus infinity it is its limit, 0.

    References
    ----------
    .. [1] D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)",
       arXiv:1606.08415, 2016.

    Examples
    --------
    >>> from helpers.activations import gelu
    >>> print(gelu([-1.0, 0.0, 2.0]))
    [-0.15865525  0.          1.95449974]
    """
    x = as_float_array(x, "x")
    z = np.maximum(x, -_NORMAL_LIMIT).astype(np.float64)
    with np.errstate(all="ignore"):
        return (z * _normal_cdf(z)).astype(x.dtype)


def gelu_derivative(x):
    r"""Return the derivative of `gelu` at its input.

    .. math::
        f'(x) = \Phi(x) + x\,\varphi(x), \qquad
        \varphi(x) = \frac{1}{\sqrt{2\pi}}\,e^{-x^2/2}

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError, ValueError
        As for `gelu`.

    Notes
    -----
    It is negative for `x` below -0.75, where GELU falls, and above 1 for `x` above 0.75.

    Examples
    --------
    >>> from helpers.activations import gelu_derivative
    >>> print(gelu_derivative([-1.0, 0.0, 2.0]))
    [-0.08331547  0.5         1.0852318 ]
    """
    x = as_float_array(x, "x")
    z = np.clip(x, -_NORMAL_LIMIT, _NORMAL_LIMIT).astype(np.float64)
    with np.errstate(all="ignore"):
        density = np.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi)
        return (_normal_cdf(z) + z * density).astype(x.dtype)


def silu(x):
    r"""Sigmoid linear unit, also called swish: weigh a number by its own sigmoid.

    .. math::
        f(x) = x\,\sigma(x)

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is ragged.

    See Also
    --------
    silu_derivative : Its derivative.

    Notes
    -----
    At minus infinity it is its limit, 0.

    References
    ----------
    .. [1] S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural
       network function approximation in reinforcement learning", Neural Networks 107, 2018,
       arXiv:1702.03118.

    Examples
    --------
    >>> from helpers.activations import silu
    >>> print(silu([-1.0, 0.0, 2.0]))
    [-0.26894142  0.          1.76159416]
    """
    z = np.maximum(as_float_array(x, "x"), -_SIGMOID_LIMIT)
    with np.errstate(all="ignore"):
        return z * sigmoid(z)


def silu_derivative(x):
    r"""Return the derivative of `silu` at its input.

    .. math::
        f'(x) = \sigma(x) + x\,\sigma'(x)

    Parameters
    ----------
    x : array_like of real numbers, any shape
        Input of the activation: the number before it was activated.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        Shape of `x`, float dtype of `x` (float64 for integers).

    Raises
    ------
    TypeError, ValueError
        As for `silu`.

    Examples
    --------
    >>> from helpers.activations import silu_derivative
    >>> print(silu_derivative([-1.0, 0.0, 2.0]))
    [0.07232949 0.5        1.09078425]
    """
    z = np.clip(as_float_array(x, "x"), -_SIGMOID_LIMIT, _SIGMOID_LIMIT)
    with np.errstate(all="ignore"):
        return sigmoid(z) + z * sigmoid_derivative(z)


def softmax(x, axis=-1, mask=None):
    r"""Softmax: turn scores into probabilities that add up to 1.

    .. math::
        p_i = \frac{e^{x_i}}{\sum_j e^{x_j}} = \frac{e^{x_i - m}}{\sum_j e^{x_j - m}},
        \qquad m = \max_j x_j

    Parameters
    ----------
    x : array_like of real numbers, at least one axis
        Scores, also called logits.
    axis : int, default -1
        The axis of the classes: the probabilities along it add up to 1.
    mask : array_like of bool, shape of `x`, optional
        True keeps a class; False leaves it out: it gets probability 0, whatever its score.

    Returns
    -------
    numpy.ndarray
        Shape of `x`, float dtype of `x` (float64 for integers), between 0 and 1.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, `axis` is not an integer, or `mask` not of bools.
    ValueError
        If `x` is ragged or a single number, `axis` is not one of its axes, or `mask` has
        another shape.

    See Also
    --------
    log_softmax : Its logarithm, without underflow.
    softmax_jacobian : Its derivative.

    Notes
    -----
    The two forms are equal, since :math:`e^{-m}` cancels. Only the second survives a score
    of 1000: none of its exponents is above 0, and its sum is at least 1.

    A score of minus infinity has probability 0. A sample with NaN or plus infinity among its
    scores, or with minus infinity only, has no answer: all its probabilities are NaN, those
    of the other samples are not touched. A sample that is masked altogether gets zeros, as
    in ``keras.layers.Softmax``.

    float16 is computed in float32 and rounded at the end, and sums are kept in float64: so
    the probabilities of 70 000 classes still add up to 1.

    References
    ----------
    .. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network
       outputs, with relationships to statistical pattern recognition", Neurocomputing, 1990.

    Examples
    --------
    >>> from helpers.activations import softmax
    >>> print(softmax([7.0, 2.0, 0.1]))
    [0.9923138  0.00668616 0.00100004]
    >>> print(softmax([1000.0, 0.0]))
    [1. 0.]
    >>> print(softmax([1.0, 2.0, 1.0], mask=[True, False, True]))
    [0.5 0.  0.5]
    """
    x = as_float_array(x, "x")
    axis = _axis(axis, x)
    if mask is not None:
        mask = as_bool_array(mask, "mask", x.shape)
        x = np.where(mask, x, -np.inf)
    with np.errstate(all="ignore"):
        e = np.exp(_below_zero(x, axis))
        p = e / _sum(e, axis)
        if mask is not None:
            p[~mask] = 0.0  # also where nothing was kept and 0 / 0 gave NaN
        return p.astype(x.dtype, copy=False)


def log_softmax(x, axis=-1):
    r"""Return the logarithm of `softmax`.

    .. math::
        \log p_i = x_i - m - \log \sum_j e^{x_j - m}, \qquad m = \max_j x_j

    Parameters
    ----------
    x : array_like of real numbers, at least one axis
        Scores, also called logits.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    numpy.ndarray
        Shape of `x`, float dtype of `x` (float64 for integers), at most 0.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `axis` is not an integer.
    ValueError
        If `x` is ragged or a single number, or `axis` is not one of its axes.

    Notes
    -----
    The logarithm of a probability of :math:`e^{-1000}`, which no float can hold, is simply
    -1000. That is why cross-entropy should be computed from logits. Samples without an
    answer are NaN, as for `softmax`.

    Examples
    --------
    >>> from helpers.activations import log_softmax
    >>> print(log_softmax([1000.0, 0.0]))
    [    0. -1000.]
    """
    x = as_float_array(x, "x")
    axis = _axis(axis, x)
    with np.errstate(all="ignore"):
        z = _below_zero(x, axis)
        return (z - np.log(_sum(np.exp(z), axis))).astype(x.dtype, copy=False)


def softmax_jacobian(x):
    r"""Return the derivative of every probability of `softmax` by every score.

    .. math::
        \frac{\partial p_i}{\partial x_j} = p_i\,(\delta_{ij} - p_j),
        \qquad J = \operatorname{diag}(p) - p\,p^\mathsf{T}

    Parameters
    ----------
    x : array_like of real numbers, shape (n,)
        Scores of one sample: the point at which the derivative is taken.

    Returns
    -------
    numpy.ndarray, shape (n, n)
        Float dtype of `x` (float64 for integers). Row i, column j holds the derivative of
        probability i by score j. The matrix is symmetric and its rows add up to 0.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is ragged or is not a vector.

    Examples
    --------
    >>> from helpers.activations import softmax_jacobian
    >>> print(softmax_jacobian([0.0, 0.0]))
    [[ 0.25 -0.25]
     [-0.25  0.25]]
    """
    x = as_float_array(x, "x")
    if x.ndim != 1:
        raise ValueError(f"x must be a vector, not of shape {x.shape}. {received('x', x)}")
    p = softmax(_widened(x))
    with np.errstate(all="ignore"):
        return (np.diag(p) - np.outer(p, p)).astype(x.dtype, copy=False)


def _relu_parameters(negative_slope, max_value, threshold):
    return (
        as_real(negative_slope, "negative_slope"),
        None if max_value is None else as_real(max_value, "max_value", minimum=0.0),
        as_real(threshold, "threshold"),
    )


def _scaled(factor, x):
    """Return ``factor * x``, and 0 for a factor of 0 even where `x` is infinite."""
    return factor * x if factor != 0.0 else 0.0


_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _normal_cdf(z):
    return _erfc(-z / math.sqrt(2.0)) / 2.0


def _widened(x):
    return x.astype(np.float32) if x.dtype == np.float16 else x


def _below_zero(x, axis):
    """Return the scores minus their maximum, in float32 at least."""
    x = _widened(x)
    return x - x.max(axis=axis, keepdims=True, initial=-np.inf)


def _sum(e, axis):
    return e.sum(axis=axis, keepdims=True, dtype=np.float64).astype(e.dtype, copy=False)


def _axis(axis, x):
    if x.ndim == 0:
        raise ValueError(f"x must have at least one axis, that of the classes. {received('x', x)}")
    return as_integer(axis, "axis", minimum=-x.ndim, maximum=x.ndim - 1)
