r"""An activation is the function a unit applies to its input before it passes the result on.

Without one, a stack of layers is a single linear map, however deep. Each function here works
element by element, and each has its derivative beside it. The derivative is taken at the
**input** of the activation, the number before it was activated, since that is where
backpropagation needs it.

All functions keep float16, float32 and float64, turn integers into float64, leave their input
alone and return new memory. A single number gives a single number. NaN stays NaN.
"""

import numpy as np

from helpers.validation import as_float_array, as_real

__all__ = [
    "leaky_relu",
    "leaky_relu_derivative",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "tanh",
    "tanh_derivative",
]


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


def _relu_parameters(negative_slope, max_value, threshold):
    return (
        as_real(negative_slope, "negative_slope"),
        None if max_value is None else as_real(max_value, "max_value", minimum=0.0),
        as_real(threshold, "threshold"),
    )


def _scaled(factor, x):
    """Return ``factor * x``, and 0 for a factor of 0 even where `x` is infinite."""
    return factor * x if factor != 0.0 else 0.0
