"""A numerical gradient is what a derivative is measured to be, not what a formula says it is.

Move one input a little to the left and to the right, see how far the output moves, divide.
This is slow and a little inexact, and it knows nothing of the formula under test. That makes it
the judge of every derivative in this course. `gradient_sizes` measures what depth does to one.
"""

import numpy as np

from helpers.validation import as_float_array, as_real


def numerical_gradient(f, x, step=None):
    """Return the gradient of `f` at `x`, measured by central differences in float64.

        ∂f/∂xᵢ ≈ (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h,   eᵢ being 1 at position i and 0 elsewhere

    `f` takes an array like `x` and returns a number, or several numbers, whose **sum** is then
    differentiated. For an activation, which works element by element, that gives the derivative
    at every point. `f` is called twice for each element of `x`. Within a step of a kink the
    result lies between the slopes on both sides: at 0 a ReLU measures 0.5.

    The formula takes a chord for the curve, an error of about h². Rounding adds about ε / h,
    where ε is 2.2e-16 in float64. The sum of both is smallest near the default step,
    ∛ε · max(1, |xᵢ|), which leaves about 10 correct digits. If `f` computes in float32, as
    Keras does by default, use ``step=5e-3``. (W. H. Press et al., "Numerical Recipes", 3rd ed.,
    section 5.7, 2007.)

    >>> print(numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [2.0, 5.0]).round(6))
    [4. 3.]
    >>> print(numerical_gradient(np.exp, [0.0, 1.0, 2.0]).round(6))
    [1.       2.718282 7.389056]
    """
    x = as_float_array(x, "x").astype(np.float64)
    if step is None:
        steps = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(x))
    else:
        steps = np.full(x.shape, as_real(step, "step", above=0.0))
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        left, right = x.copy(), x.copy()
        left[i] -= steps[i]
        right[i] += steps[i]
        run = right[i] - left[i]  # twice the step, as far as rounding lets x move
        rise = np.subtract(f(right), f(left), dtype=np.float64)
        gradient[i] = np.sum(rise) / run
    return gradient[()]


def gradient_sizes(activation, derivative, gain, layers=20, seeds=10):
    """Measure how much of a gradient is left in each layer of a deep random network.

    The network has `layers` layers of 100 units, no biases, and normal weights with the variance
    gain / 100. 200 normal examples go forward, a normal gradient is sent back. The size of a
    layer is the mean of |δ|, where δ = g · f′(z) is the gradient at its inputs; returned is the
    median over so many networks, the first layer first. (X. Glorot and Y. Bengio, "Understanding
    the difficulty of training deep feedforward neural networks", AISTATS 2010.)

    >>> def line(x):
    ...     return x
    >>> print(gradient_sizes(line, np.ones_like, gain=0.25, layers=3).round(1))
    [0.2 0.4 0.8]
    """
    sizes = np.empty((seeds, layers))
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        weights = rng.normal(0.0, np.sqrt(gain / 100), (layers, 100, 100))
        a, g = rng.normal(size=(2, 200, 100))
        zs = []
        for w in weights:
            zs.append(a @ w)
            a = activation(zs[-1])
        for k in reversed(range(layers)):
            delta = g * derivative(zs[k])
            sizes[seed, k] = np.abs(delta).mean()
            g = delta @ weights[k].T
    return np.median(sizes, axis=0)
