"""An activation is the function a unit applies to its input before it passes the result on.

Without one, a stack of layers is a single linear map, however deep. Most functions here work
element by element, and each has its derivative beside it. The derivative is taken at the
**input** of the activation, since that is where backpropagation needs it. At a kink any number
between the slopes on both sides would do (a *subgradient*); here it is the one from the left,
0 for ReLU, and 0 at a ceiling.

All functions take real numbers in any shape: a number, lists, an array, a tensor. The result is
new memory of the same shape, a single number for a single number. float32 and float64 are kept,
integers become float64. NaN stays NaN. Overflow makes no warning, whatever `np.seterr` says.
Anything but real numbers is a `TypeError`, rows of different lengths are a `ValueError`.
"""

import math

import numpy as np

from helpers.validation import as_bool_array, as_float_array, as_real, received

_quiet = np.errstate(all="ignore")


@_quiet
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Rectified linear unit: positive numbers pass, the others become 0.

        f(x) = max(0, x)

    and in general, with the first line that fits,

        f(x) = negative_slope · (x − threshold)   where x ≤ threshold
               max_value                          where x ≥ max_value
               x                                  elsewhere

    `max_value` is at least 0, or None for no ceiling; 6 gives ReLU6. A `threshold` other than 0
    makes a jump. Results are those of ``keras.activations.relu``, except that a negative number
    above a negative threshold passes here, as the formula says; in Keras a `max_value` makes it
    0. (V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines",
    ICML 2010.)

    >>> print(relu([1.0, -10.0, 0.0, 15.0, -20.0]))
    [ 1.  0.  0. 15.  0.]
    >>> print(relu([-4.0, 0.5, 1.0, 1.5, 9.0], negative_slope=0.5, max_value=6.0, threshold=1.0))
    [-2.5  -0.25  0.    1.5   6.  ]
    """
    x = as_float_array(x, "x")
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        return np.maximum(x, 0.0)
    slope, ceiling, threshold = _relu_arguments(negative_slope, max_value, threshold)
    below = slope * (x - threshold) if slope else 0.0
    above = x if ceiling is None else np.minimum(x, ceiling)
    return np.where(x <= threshold, below, above)[()]


@_quiet
def relu_derivative(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Return the derivative of `relu` at its input: 0 where x ≤ 0, 1 where x > 0.

    In general, with the first line that fits,

        f'(x) = negative_slope   where x ≤ threshold
                0                where x ≥ max_value
                1                elsewhere

    >>> print(relu_derivative([-2.0, 0.0, 3.0, 6.0], negative_slope=0.2, max_value=6.0))
    [0.2 0.2 1.  0. ]
    """
    x = as_float_array(x, "x")
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        return np.sign(np.maximum(x, 0.0))  # 0 or 1, and NaN stays NaN
    slope, ceiling, threshold = _relu_arguments(negative_slope, max_value, threshold)
    above = np.where(x > threshold, 1.0, x)
    if ceiling is not None:
        above = np.where(x >= ceiling, 0.0, above)
    return np.where(x <= threshold, slope, above)[()]


def _relu_arguments(negative_slope, max_value, threshold):
    return (
        as_real(negative_slope, "negative_slope"),
        None if max_value is None else as_real(max_value, "max_value", minimum=0.0),
        as_real(threshold, "threshold"),
    )


def leaky_relu(x, negative_slope=0.01):
    """Leaky ReLU: x where x > 0, negative_slope · x elsewhere.

    The slope of 0.01 is that of the paper; ``keras.activations.leaky_relu`` takes 0.2 and
    ``keras.layers.LeakyReLU`` 0.3. max(negative_slope · x, x) is the same only for slopes up to 1.
    (A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network
    acoustic models", ICML 2013.)

    >>> print(leaky_relu([1.0, -10.0, 0.0, 15.0, -20.0]))
    [ 1.  -0.1  0.  15.  -0.2]
    """
    return relu(x, negative_slope=negative_slope)


def leaky_relu_derivative(x, negative_slope=0.01):
    """Return the derivative of `leaky_relu`: 1 where x > 0, negative_slope elsewhere.

    >>> print(leaky_relu_derivative([-2.0, 0.0, 3.0]))
    [0.01 0.01 1.  ]
    """
    return relu_derivative(x, negative_slope=negative_slope)


def count_dead_units(activations):
    """Count the units of a layer that stay silent: never above 0, whatever the sample.

    `activations`, of shape (samples, units), is what each unit gives for each sample. The inputs
    of ReLU give the same count. A ReLU that is silent for the whole training set is *dead*: its
    derivative is always 0, so no gradient ever reaches its weights. With a leak a silent unit
    still learns. (L. Lu et al., "Dying ReLU and initialization", 2020, arXiv:1903.06733.)

    >>> count_dead_units([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    1
    """
    a = as_float_array(activations, "activations")
    if a.ndim != 2 or len(a) == 0:
        raise ValueError(
            "activations must have the shape (samples, units), with at least one sample. "
            f"{received('activations', activations)}"
        )
    return int(np.all(a <= 0.0, axis=0).sum())


@_quiet
def sigmoid(x):
    """Logistic sigmoid, from 0 to 1: σ(x) = 1 / (1 + e⁻ˣ).

    For very negative x, e⁻ˣ overflows to infinity, and the result is 0, as it should be.

    >>> print(sigmoid([-1000.0, 0.0, 1000.0]))
    [0.  0.5 1. ]
    """
    return 1.0 / (1.0 + np.exp(-as_float_array(x, "x")))


@_quiet
def sigmoid_derivative(x):
    """Return the derivative of `sigmoid`: σ(x) · (1 − σ(x)) = σ(x) · σ(−x).

    It is never above 0.25, which is why gradients vanish on their way through many sigmoids. The
    second form is computed, since 1 − σ(x) loses its digits where σ(x) is near 1.

    >>> print(sigmoid_derivative([-1000.0, 0.0, 1000.0]))
    [0.   0.25 0.  ]
    """
    x = as_float_array(x, "x")
    return sigmoid(x) * sigmoid(-x)


@_quiet
def tanh(x):
    """Hyperbolic tangent, from −1 to 1: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) = 2 · σ(2x) − 1.

    >>> print(tanh([-1000.0, 0.0, 1000.0]))
    [-1.  0.  1.]
    """
    return np.tanh(as_float_array(x, "x"))


@_quiet
def tanh_derivative(x):
    """Return the derivative of `tanh`: 1 − tanh(x)² = 1 / cosh(x)².

    The second form is computed, since 1 − tanh(x)² loses its digits where tanh(x) is near 1.

    >>> print(tanh_derivative([-1000.0, 0.0, 1000.0]))
    [0. 1. 0.]
    """
    return 1.0 / np.cosh(as_float_array(x, "x")) ** 2


@_quiet
def elu(x, alpha=1.0):
    """Exponential linear unit: x where x > 0, alpha · (eˣ − 1) elsewhere.

    Negative numbers bend smoothly towards −alpha. ``expm1(x)`` is eˣ − 1 without the loss of
    digits near 0. (D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep
    network learning by exponential linear units (ELUs)", ICLR 2016, arXiv:1511.07289.)

    >>> print(elu([-1000.0, -1.0, 0.0, 2.0]))
    [-1.         -0.63212056  0.          2.        ]
    """
    x = as_float_array(x, "x")
    return np.where(x > 0.0, x, as_real(alpha, "alpha") * np.expm1(x))[()]


@_quiet
def elu_derivative(x, alpha=1.0):
    """Return the derivative of `elu`: 1 where x > 0, alpha · eˣ elsewhere.

    >>> print(elu_derivative([-1000.0, -1.0, 0.0, 2.0]))
    [0.         0.36787944 1.         1.        ]
    """
    x = as_float_array(x, "x")
    return np.where(x > 0.0, 1.0, as_real(alpha, "alpha") * np.exp(x))[()]


@_quiet
def gelu(x):
    """Gaussian error linear unit: x · Φ(x), where Φ(x) = erfc(−x / √2) / 2.

    Φ(x) is the probability that a standard normal number is below x. This is the exact form, as
    in ``keras.activations.gelu``. NumPy has no error function, so Python's is called for each
    number: good for a figure, slow for training. (D. Hendrycks and K. Gimpel, "Gaussian error
    linear units (GELUs)", 2016, arXiv:1606.08415.)

    >>> print(gelu([-1.0, 0.0, 2.0]))
    [-0.15865525  0.          1.95449974]
    """
    x = as_float_array(x, "x")
    return x * _normal_cdf(x)


@_quiet
def gelu_derivative(x):
    """Return the derivative of `gelu`: Φ(x) + x · φ(x), where φ(x) = exp(−x² / 2) / √(2π).

    It is negative for x below −0.75, where GELU falls, and above 1 for x above 0.75.

    >>> print(gelu_derivative([-1.0, 0.0, 2.0]))
    [-0.08331547  0.5         1.0852318 ]
    """
    x = as_float_array(x, "x")
    return _normal_cdf(x) + x * np.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)


def _normal_cdf(x):
    cdf = np.vectorize(lambda z: math.erfc(-z / math.sqrt(2.0)) / 2.0, otypes=[x.dtype])
    return cdf(x)


@_quiet
def silu(x):
    """Sigmoid linear unit, also called swish: x · σ(x).

    Hendrycks and Gimpel proposed it with `gelu`; the name swish is from P. Ramachandran, B. Zoph
    and Q. V. Le, "Searching for activation functions", 2017, arXiv:1710.05941.

    >>> print(silu([-1.0, 0.0, 2.0]))
    [-0.26894142  0.          1.76159416]
    """
    x = as_float_array(x, "x")
    return x * sigmoid(x)


@_quiet
def silu_derivative(x):
    """Return the derivative of `silu`: σ(x) + x · σ'(x).

    >>> print(silu_derivative([-1.0, 0.0, 2.0]))
    [0.07232949 0.5        1.09078425]
    """
    x = as_float_array(x, "x")
    return sigmoid(x) + x * sigmoid_derivative(x)


@_quiet
def softmax(x, axis=-1, mask=None):
    """Softmax: turn scores, also called logits, into probabilities that add up to 1.

        pᵢ = exp(xᵢ) / Σⱼ exp(xⱼ) = exp(xᵢ − m) / Σⱼ exp(xⱼ − m),   m = maxⱼ xⱼ

    `axis` is that of the classes. The two forms are equal, since exp(−m) cancels, but only the
    second survives a score of 1000: none of its exponents is above 0. `mask` holds a bool for each
    score. False leaves a class out, whatever its score, and a sample that is masked altogether
    gets zeros, as in ``keras.layers.Softmax``. (J. S. Bridle, "Probabilistic interpretation of
    feedforward classification network outputs", 1990.)

    >>> print(softmax([7.0, 2.0, 0.1]))
    [0.9923138  0.00668616 0.00100004]
    >>> print(softmax([1000.0, 0.0]))
    [1. 0.]
    >>> print(softmax([1.0, 2.0, 1.0], mask=[True, False, True]))
    [0.5 0.  0.5]
    """
    x = as_float_array(x, "x")
    if mask is not None:
        x = np.where(as_bool_array(mask, "mask", x.shape), x, -np.inf)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    p = e / e.sum(axis=axis, keepdims=True)
    return p if mask is None else np.where(mask, p, 0.0)


@_quiet
def log_softmax(x, axis=-1):
    """Return the logarithm of `softmax`: xᵢ − m − log Σⱼ exp(xⱼ − m), where m = maxⱼ xⱼ.

    The logarithm of a probability of exp(−1000), which no float can hold, is simply −1000.

    >>> print(log_softmax([1000.0, 0.0]))
    [    0. -1000.]
    """
    x = as_float_array(x, "x")
    z = x - x.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


@_quiet
def softmax_jacobian(x):
    """Return the derivative of every probability by every score, for the scores of one sample.

    Row i, column j holds ∂pᵢ/∂xⱼ, which is pᵢ · (1 − pᵢ) on the diagonal and −pᵢ · pⱼ elsewhere:
    the matrix diag(p) − p·pᵀ. It is symmetric, and its rows add up to 0.

    >>> print(softmax_jacobian([0.0, 0.0]))
    [[ 0.25 -0.25]
     [-0.25  0.25]]
    """
    p = softmax(x)
    if p.ndim != 1:
        raise ValueError(f"x must be a vector, the scores of one sample. {received('x', x)}")
    return np.diag(p) - np.outer(p, p)
