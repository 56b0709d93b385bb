r"""An optimizer is the rule that makes of a gradient the next step of the parameters.

Every optimizer here ends with

.. math::
    w \leftarrow w - \text{step}

and they differ in the step that they make of the gradient :math:`g`. After each batch call
``optimizer.apply(gradients, parameters)``, as in Keras 3: it changes the arrays in
`parameters` in place, and remembers what its rule needs for the next call.

The hyperparameters are attributes that may be changed between two calls
(``optimizer.learning_rate = 0.01``); they are checked whenever they are set.

The gradients of a call are first copied into one long vector, so that a rule is written, and
run, once for all parameters: for a small network that is twice as fast as going through them
one by one. The rules change long vectors in place and make no new arrays.
"""

import numpy as np

from helpers.validation import NATIVE_FLOATS, as_bool_array, as_float_array, as_real, received

__all__ = ["SGD", "RMSprop"]

_RANGES = {
    "learning_rate": {"minimum": 0.0},
    "momentum": {"minimum": 0.0, "maximum": 1.0},
    "rho": {"minimum": 0.0, "below": 1.0},
    "epsilon": {"minimum": 0.0},
}
_FLAGS = frozenset(["nesterov", "centered"])


class _Optimizer:
    """What all optimizers share; each adds its rule, `_step`, and what that remembers."""

    def __init__(self):
        self._layout = []  # shape and dtype of each parameter, known from the first call on
        self._places = []  # start, stop and shape of each parameter in a long vector

    def __setattr__(self, name, value):
        """Set an attribute; if it is a hyperparameter, check it first."""
        if name in _RANGES:
            value = as_real(value, name, **_RANGES[name])
        elif name in _FLAGS:
            value = bool(as_bool_array(value, name, ()))
        super().__setattr__(name, value)

    def __repr__(self):
        settings = [f"{k}={v}" for k, v in vars(self).items() if not k.startswith("_")]
        return f"{type(self).__name__}({', '.join(settings)})"

    def apply(self, gradients, parameters):
        """Take one step: change every parameter in place.

        Parameters
        ----------
        gradients : list of array_like of real numbers
            One for each parameter, in its shape. They are not modified.
        parameters : list of numpy.ndarray of float16, float32 or float64
            What is learned. Every call must bring arrays of the same shapes and dtypes in the
            same order, because what the optimizer remembers is kept by position.

        Raises
        ------
        TypeError
            If an argument is not a list or tuple, a gradient does not hold real numbers, or a
            parameter is not an array of floats.
        ValueError
            If a gradient is ragged, the gradients do not match the parameters in number and
            shape, or a parameter is read-only or another one than in earlier calls.

        Notes
        -----
        If anything is refused, no parameter has changed. All steps are computed before the
        first is taken, so that a gradient may itself be a parameter, as it is for
        :math:`f(x, y) = xy`. NaN and infinite gradients are passed on without a warning.
        """
        gradients = _checked(gradients, parameters)
        if not parameters:
            return
        layout = [(parameter.shape, parameter.dtype) for parameter in parameters]
        if layout != self._layout:
            self._begin(layout, parameters)
        with np.errstate(all="ignore"):
            np.concatenate([gradient.ravel() for gradient in gradients], out=self._gradient)
            step = self._step(self._gradient)
            for parameter, part in zip(parameters, self._by_position(step), strict=True):
                np.subtract(parameter, part, out=parameter)

    def _step(self, gradient):
        """Return the step as a long vector; `gradient` may be overwritten."""
        raise NotImplementedError

    def _begin(self, layout, parameters):
        if self._layout:
            raise ValueError(
                "parameters must have the number, shapes and dtypes of the first call, because "
                f"the optimizer remembers by position. {received('parameters', parameters)}"
            )
        self._layout = layout
        ends = np.cumsum([parameter.size for parameter in parameters]).tolist()
        starts, shapes = [0, *ends[:-1]], [shape for shape, _ in layout]
        self._places = list(zip(starts, ends, shapes, strict=True))
        self._make_memory(ends[-1], np.result_type(*(dtype for _, dtype in layout)))

    def _make_memory(self, size, dtype):
        self._gradient = np.zeros(size, dtype)
        self._scratch = np.zeros(size, dtype)

    def _by_position(self, vector):
        """Cut a long vector into one part for each parameter, in its shape."""
        return [vector[start:stop].reshape(shape) for start, stop, shape in self._places]


class SGD(_Optimizer):
    r"""Stochastic gradient descent: step against the gradient of the batch.

    .. math::
        w \leftarrow w - a\,g

    with a momentum :math:`\mu > 0`, which keeps part of the last step, where :math:`v` starts
    at 0,

    .. math::
        v \leftarrow \mu v + a\,g, \qquad w \leftarrow w - v

    and with `nesterov` as well, which looks one step ahead,

    .. math::
        v \leftarrow \mu v + a\,g, \qquad w \leftarrow w - (\mu v + a\,g)

    Parameters
    ----------
    learning_rate : float, default 0.01
        The factor :math:`a`, at least 0.
    momentum : float, default 0.0
        The share :math:`\mu` of the last step that is kept, from 0 to 1.
    nesterov : bool, default False
        Whether to use Nesterov's form of momentum.

    Raises
    ------
    TypeError
        If a hyperparameter is of the wrong kind.
    ValueError
        If a hyperparameter is not finite or out of its range.

    See Also
    --------
    RMSprop : Gives each parameter its own length of step.

    Notes
    -----
    In a long narrow valley the gradient points across it more than along it: the path of plain
    descent zigzags. With momentum the steps across cancel, and those along add up, to
    :math:`1 / (1 - \mu)` times one step.

    The same numbers as ``keras.optimizers.SGD``, whose :math:`v` has the opposite sign.

    References
    ----------
    .. [1] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods",
       USSR Computational Mathematics and Mathematical Physics 4(5), 1964.
    .. [2] I. Sutskever et al., "On the importance of initialization and momentum in deep
       learning", ICML 2013.
    .. [3] Keras, "SGD", https://keras.io/api/optimizers/sgd/

    Examples
    --------
    Two steps down :math:`x^2 / 2`, whose gradient is `x`:

    >>> import numpy as np
    >>> from helpers.optimizers import SGD
    >>> x = np.array([10.0])
    >>> optimizer = SGD(learning_rate=0.1)
    >>> for _ in range(2):
    ...     optimizer.apply([x], [x])
    ...     print(x)
    [9.]
    [8.1]
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        super().__init__()
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.nesterov = nesterov

    def _make_memory(self, size, dtype):
        super()._make_memory(size, dtype)
        self._velocity = np.zeros(size, dtype)

    def _step(self, gradient):
        v, scratch = self._velocity, self._scratch
        gradient *= self.learning_rate  # a g
        if self.momentum == 0.0:
            return gradient
        v *= self.momentum  # v <- mu v + a g
        v += gradient
        if not self.nesterov:
            return v
        np.multiply(v, self.momentum, out=scratch)
        gradient += scratch  # mu v + a g
        return gradient


class RMSprop(_Optimizer):
    r"""RMSprop: divide the gradient by its own typical size, parameter by parameter.

    .. math::
        S \leftarrow \rho S + (1 - \rho)\,g^2, \qquad
        w \leftarrow w - \frac{a\,g}{\sqrt{S + \varepsilon}}

    where :math:`S`, which starts at 0, is the exponentially weighted average of the squared
    gradients. With `centered`, the average gradient is taken off, which leaves the variance,

    .. math::
        M \leftarrow \rho M + (1 - \rho)\,g, \qquad
        \text{and } S - M^2 + \varepsilon \text{ stands under the root}

    and with a momentum :math:`\mu > 0`, where :math:`v` starts at 0,

    .. math::
        v \leftarrow \mu v + \frac{a\,g}{\sqrt{S + \varepsilon}}, \qquad w \leftarrow w - v

    Parameters
    ----------
    learning_rate : float, default 0.001
        The factor :math:`a`, at least 0.
    rho : float, default 0.9
        The decay rate :math:`\rho` of the averages, from 0 to below 1: how much of the old
        average is kept. Not the same as momentum.
    momentum : float, default 0.0
        The share :math:`\mu` of the last step that is kept, from 0 to 1.
    epsilon : float, default 1e-7
        The small number :math:`\varepsilon` that keeps the root from being 0, at least 0.
    centered : bool, default False
        Whether to divide by the standard deviation of the gradients instead.

    Raises
    ------
    TypeError
        If a hyperparameter is of the wrong kind.
    ValueError
        If a hyperparameter is not finite or out of its range.

    See Also
    --------
    SGD : The same length of step for all parameters.

    Notes
    -----
    *The first step.* :math:`S` starts at 0 and nothing corrects for it, so the first step sees
    :math:`S = (1 - \rho)\,g^2` and has the length :math:`a / \sqrt{1 - \rho}`, whatever the
    gradient: 3.16 times the learning rate for :math:`\rho` = 0.9. With gradients that stay
    the same it shrinks to :math:`a`.

    *Epsilon* is added inside the root, as in Keras; PyTorch adds 1e-8 outside, and the original
    lecture has none. With 0, a gradient that has always been 0 gives 0 / 0 = NaN.

    *Centred*, the denominator is what rounding leaves of a variance of 0 while the gradient
    stays the same for long: steps become very long, or NaN. Keras does the same.

    The same numbers as ``keras.optimizers.RMSprop``.

    References
    ----------
    .. [1] T. Tieleman and G. Hinton, "Lecture 6.5 - rmsprop: Divide the gradient by a running
       average of its recent magnitude", Coursera: Neural Networks for Machine Learning, 2012.
    .. [2] A. Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850,
       2013 (centred, with momentum).
    .. [3] Keras, "RMSprop", https://keras.io/api/optimizers/rmsprop/

    Examples
    --------
    One step down :math:`x^2 / 2`, whose gradient is `x`: 0.1 times 3.16.

    >>> import numpy as np
    >>> from helpers.optimizers import RMSprop
    >>> x = np.array([10.0])
    >>> RMSprop(learning_rate=0.1).apply([x], [x])
    >>> print(x.round(6))
    [9.683772]
    """

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
        super().__init__()
        self.learning_rate = learning_rate
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    @property
    def average_squares(self):
        """The average :math:`S` of each parameter: a list of copies, empty before any step."""
        if not self._layout:
            return []
        return [part.copy() for part in self._by_position(self._average_square)]

    def _make_memory(self, size, dtype):
        super()._make_memory(size, dtype)
        self._average_square = np.zeros(size, dtype)
        self._average_gradient = np.zeros(size, dtype)
        self._velocity = np.zeros(size, dtype)

    def _step(self, gradient):
        s, m, v = self._average_square, self._average_gradient, self._velocity
        scratch = self._scratch
        np.square(gradient, out=scratch)
        scratch *= 1.0 - self.rho
        s *= self.rho  # S <- rho S + (1 - rho) g^2
        s += scratch
        if self.centered:
            np.multiply(gradient, 1.0 - self.rho, out=scratch)
            m *= self.rho  # M <- rho M + (1 - rho) g
            m += scratch
            np.square(m, out=scratch)
            np.subtract(s, scratch, out=scratch)  # S - M^2
            scratch += self.epsilon
        else:
            np.add(s, self.epsilon, out=scratch)  # S + epsilon
        gradient *= self.learning_rate
        gradient /= np.sqrt(scratch, out=scratch)  # a g / root
        if self.momentum == 0.0:
            return gradient
        v *= self.momentum  # v <- mu v + a g / root
        v += gradient
        return v


def _checked(gradients, parameters):
    """Return the gradients as float arrays, after making sure that all can be used."""
    for name, value in (("gradients", gradients), ("parameters", parameters)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"{name} must be a list of arrays. {received(name, value)}")
    if len(gradients) != len(parameters):
        raise ValueError(
            f"gradients must be as many as the parameters, {len(parameters)}, not "
            f"{len(gradients)}. {received('gradients', gradients)}"
        )
    arrays = [as_float_array(gradient, "gradients") for gradient in gradients]
    for gradient, parameter in zip(arrays, parameters, strict=True):
        _check_parameter(parameter)
        if gradient.shape != parameter.shape:
            raise ValueError(
                f"gradients must have the shapes of the parameters, {parameter.shape} and not "
                f"{gradient.shape}. {received('gradients', gradient)}"
            )
    return arrays


def _check_parameter(parameter):
    if type(parameter) is not np.ndarray or parameter.dtype not in NATIVE_FLOATS:
        raise TypeError(
            "parameters must be NumPy arrays of float16, float32 or float64, which can be "
            f"changed in place. {received('parameters', parameter)}"
        )
    if not parameter.flags.writeable:
        raise ValueError(f"parameters must not be read-only. {received('parameters', parameter)}")
