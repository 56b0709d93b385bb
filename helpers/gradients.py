r"""A numerical gradient is what a derivative is measured to be, not what a formula says it is.

Move one input a little to the left and to the right, see how far the output moves, divide.
It is slow and a little inexact, and it knows nothing of the formula under test: that makes it
the judge of every derivative in this course.
"""

import numpy as np

from helpers.validation import as_float_array, as_real, received

__all__ = ["check_gradient", "numerical_gradient"]

_STEP = np.finfo(np.float64).eps ** (1 / 3)  # 6.06e-6


def numerical_gradient(f, x, step=None):
    r"""Return the gradient of `f` at `x`, measured by central differences.

    .. math::
        \frac{\partial f}{\partial x_i} \approx
        \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i}

    where :math:`e_i` is 1 at position :math:`i` and 0 elsewhere.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, float64, and returns a real number, or an array
        of them, whose **sum** is then differentiated.
    x : array_like of finite real numbers, any shape
        The point at which the gradient is measured.
    step : float, optional
        One step :math:`h`, above 0, for all inputs. By default each input has its own,
        :math:`h_i = \sqrt[3]{\varepsilon}\,\max(1, |x_i|)`, about 6e-6.

    Returns
    -------
    numpy.ndarray or NumPy scalar
        float64, shape of `x`.

    Raises
    ------
    TypeError
        If `f` is not callable, or `x` or what `f` returns does not hold real numbers.
    ValueError
        If `x` or what `f` returns is ragged or not finite, if the shape of what `f` returns
        changes from call to call, or if `step` is not a finite number above 0, or too small to
        move `x` at all.

    See Also
    --------
    check_gradient : Compare the measured gradient with a formula.

    Notes
    -----
    *The sum.* For a loss, which returns one number, the sum changes nothing. For a function
    that works element by element, such as an activation, only the i-th output depends on the
    i-th input, so the gradient of the sum holds the derivative at every point. The same
    convention is found in ``tf.GradientTape.gradient``.

    *The step.* The formula is wrong by about :math:`h^2`, since it replaces a curve by a
    chord, and by about :math:`\varepsilon / h`, since float64 has only 16 digits
    (:math:`\varepsilon` = 2.2e-16) and the difference of two nearly equal numbers loses most
    of them. A smaller step improves the first and harms the second; their sum is smallest
    near :math:`\sqrt[3]{\varepsilon}`, which leaves about 10 correct digits. If `f` computes
    in float32, as Keras does by default, its :math:`\varepsilon` is 1.2e-7: use
    ``step=5e-3``.

    *The cost.* `f` is called twice for each element of `x`.

    *Kinks.* Within a step of a kink the result lies between the slopes on both sides: at 0
    a ReLU measures 0.5.

    References
    ----------
    .. [1] W. H. Press et al., "Numerical Recipes", 3rd ed., section 5.7, Cambridge
       University Press, 2007.

    Examples
    --------
    A function of two variables, :math:`x_0^2 + 3 x_1`:

    >>> import numpy as np
    >>> from helpers.gradients import numerical_gradient
    >>> gradient = numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [2.0, 5.0])
    >>> print(gradient.round(6))
    [4. 3.]

    The derivative of an elementwise function at three points:

    >>> print(numerical_gradient(np.exp, [0.0, 1.0, 2.0]).round(6))
    [1.       2.718282 7.389056]
    """
    _check_callable(f, "f")
    x = _finite_float64(x, "x")
    if step is None:
        steps = _STEP * np.maximum(1.0, np.abs(x))
    else:
        steps = np.full(x.shape, as_real(step, "step", above=0.0))
        if np.any(x + steps == x - steps):
            raise ValueError(f"step must be large enough to move every x. {received('step', step)}")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        right, left = x.copy(), x.copy()
        right[i] += steps[i]
        left[i] -= steps[i]
        run = right[i] - left[i]  # what rounding has left of twice the step
        gradient[i] = _rise(f, left, right) / run
    return gradient[()]


def check_gradient(f, gradient, x, step=None):
    r"""Return the relative error of a gradient's formula against central differences.

    .. math::
        \frac{\max_i |a_i - n_i|}{\max_i \max(|a_i|, |n_i|)}

    where :math:`a` is what `gradient` returns, :math:`n` the numerical gradient.

    Parameters
    ----------
    f : callable
        The function, as `numerical_gradient` takes it.
    gradient : callable
        The formula under test: takes an array of the shape of `x`, float64, and returns the
        gradient of the sum of ``f(x)``, in the shape of `x`.
    x : array_like of finite real numbers, any shape
        The point, or for an elementwise function the points, at which both are compared.
    step : float, optional
        As for `numerical_gradient`.

    Returns
    -------
    float
        The largest difference relative to the largest gradient. Below 1e-7 the formula is
        right; above 1e-4 it is wrong, or `x` is within a step of a kink. 0.0 if both are 0
        everywhere, or `x` is empty.

    Raises
    ------
    TypeError
        If `f` or `gradient` is not callable, or if `x` or what they return does not hold
        real numbers.
    ValueError
        If what `gradient` returns is not finite or has another shape than `x`; and as for
        `numerical_gradient`.

    Notes
    -----
    The error is relative to the largest entry, not to each: an entry that is small beside
    the others is measured with few digits, and would be called wrong although it is not.
    For the same reason a gradient that is 0 everywhere by cancellation (all softmax outputs
    added up) can look wrong; compare it with `numerical_gradient` and an absolute tolerance.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers.gradients import check_gradient
    >>> x = np.linspace(-3.0, 3.0, 7)
    >>> check_gradient(np.sin, np.cos, x) < 1e-7
    True
    >>> print(round(check_gradient(np.sin, lambda x: 1.1 * np.cos(x), x), 3))
    0.091
    """
    _check_callable(gradient, "gradient")
    measured = numerical_gradient(f, x, step)
    claimed = _finite_float64(gradient(_finite_float64(x, "x")), "gradient(x)")
    if claimed.shape != measured.shape:
        raise ValueError(
            f"gradient must return the shape of x, {measured.shape}, not {claimed.shape}. "
            f"{received('gradient(x)', claimed)}"
        )
    scale = max(np.abs(claimed).max(initial=0.0), np.abs(measured).max(initial=0.0))
    if scale == 0.0:
        return 0.0
    return float(np.abs(claimed - measured).max() / scale)


def _rise(f, left, right):
    """Return how much the sum of `f` grows from `left` to `right`."""
    low, high = _finite_float64(f(left), "f(x)"), _finite_float64(f(right), "f(x)")
    if low.shape != high.shape:
        raise ValueError(
            f"f must return the same shape for every x, not {low.shape} and {high.shape}. "
            f"{received('f(x)', high)}"
        )
    return np.sum(high - low)  # subtract first: what did not move cancels exactly


def _finite_float64(x, name):
    """Return a fresh float64 array, after making sure that it is finite."""
    array = as_float_array(x, name).astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite. {received(name, x)}")
    return array


def _check_callable(f, name):
    if not callable(f):
        raise TypeError(f"{name} must be a function. {received(name, f)}")
