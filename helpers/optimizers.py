"""An optimizer is the rule that turns a gradient into the next step of the parameters.

After each batch call ``optimizer.apply(gradients, parameters)``, as in Keras 3: it subtracts the
step from the parameters, in place. What a rule remembers it keeps by position, so every call
brings parameters of the same shapes in the same order. The hyperparameters are attributes that
may change between two calls (``optimizer.learning_rate = 0.01``); they are checked when they are
set. NaN and infinite gradients are passed on without a warning.
"""

import numpy as np

from helpers.validation import as_bool_array, as_float_array, as_real, received

__all__ = ["SGD", "RMSprop"]

_RANGES = {
    "learning_rate": {"minimum": 0.0},
    "momentum": {"minimum": 0.0, "maximum": 1.0},
    "rho": {"minimum": 0.0, "below": 1.0},
    "epsilon": {"minimum": 0.0},
}
_BLOCK = 2**15  # so many numbers stay in the processor's cache while a rule works on them


class _Optimizer:
    """What all optimizers share; each adds its rule as `_step`."""

    _vectors = 1  # how many the rule remembers, each as long as the gradient
    _shapes = ()  # of the parameters; known from the first call on
    _memory = ()
    _calls = 0

    def __setattr__(self, name, value):
        if name in _RANGES:
            value = as_real(value, name, **_RANGES[name])
        elif name == "centered":
            value = bool(as_bool_array(value, name, ()))
        super().__setattr__(name, value)

    def __repr__(self):
        settings = [f"{k}={v}" for k, v in vars(self).items() if not k.startswith("_")]
        return f"{type(self).__name__}({', '.join(settings)})"

    @np.errstate(all="ignore")
    def apply(self, gradients, parameters):
        """Take one step: change every parameter, a float array, in place.

        `gradients` has one for each, in its shape. If any is refused, no parameter has changed.
        """
        gradients = [as_float_array(g, "gradients") for g in gradients]
        wrong = [w for w in parameters if not (isinstance(w, np.ndarray) and w.dtype.kind == "f")]
        if wrong:
            raise TypeError(f"parameters must be float arrays. {received('parameters', wrong[0])}")
        shapes = self._shapes or [w.shape for w in parameters]
        for name, arrays in (("gradients", gradients), ("parameters", parameters)):
            if [array.shape for array in arrays] != shapes:
                raise ValueError(f"{name} must have the shapes {shapes}. {received(name, arrays)}")
        if not self._shapes:
            self._shapes, blocks = shapes, _blocks(gradients, parameters)
            self._memory = [
                np.zeros((self._vectors, g.size), np.result_type(*targets)) for g, targets in blocks
            ]
        self._calls += 1
        for memory, (g, targets) in zip(self._memory, _blocks(gradients, parameters), strict=True):
            _subtract(self._step(g.astype(memory.dtype, copy=False), *memory), targets)
            if self._calls % 100 == 0:  # numbers below 1e-38, left by averages that fade, are slow
                memory[np.abs(memory) < np.finfo(memory.dtype).tiny] = 0.0


def _blocks(gradients, parameters):
    """Yield vectors of gradients, each with the list of parameters it belongs to.

    Small arrays share one vector, since every call of NumPy takes its time. Large ones are cut
    into blocks of rows, since what stays in the processor's cache is fast.
    """
    small = []
    for g, w in zip(gradients, parameters, strict=True):
        if w.size <= _BLOCK:
            small.append((g, w))
            continue
        rows = max(_BLOCK * len(w) // w.size, 1)
        for i in range(0, len(w), rows):
            yield g[i : i + rows].ravel(), [w[i : i + rows]]
    if small:
        yield np.concatenate([g for g, _ in small], axis=None), [w for _, w in small]


def _subtract(step, parameters):
    """Subtract from each parameter its part of a long vector."""
    start = 0
    for w in parameters:
        np.subtract(w, step[start : start + w.size].reshape(w.shape), out=w)
        start += w.size


class SGD(_Optimizer):
    """Stochastic gradient descent: step against the gradient g of the batch.

        v ← μ v + η g
        w ← w − v

    η is the learning rate. Without a momentum μ the step v is η g. With one, part of the last step
    is kept: across a narrow valley the steps cancel, along it they add up, to 1 / (1 − μ) times a
    single one. The same numbers as ``keras.optimizers.SGD``, where v has the opposite sign.
    (B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.)

    Two steps down x² / 2, whose gradient is x:

    >>> import numpy as np
    >>> x, optimizer = np.array([10.0]), SGD(learning_rate=0.1)
    >>> for _ in range(2):
    ...     optimizer.apply([x], [x])
    ...     print(x)
    [9.]
    [8.1]
    """

    def __init__(self, learning_rate=0.01, momentum=0.0):
        self.learning_rate = learning_rate
        self.momentum = momentum

    def _step(self, g, v):
        v *= self.momentum
        v += self.learning_rate * g
        return v


class RMSprop(_Optimizer):
    """RMSprop: divide the gradient by its own typical size, parameter by parameter.

        S ← ρ S + (1 − ρ) g²
        w ← w − η g / √(S + ε)

    S is a running average of the squared gradients; ρ is the share of it that is kept, and ε keeps
    the root from being 0. S starts at 0 and nothing corrects for that: whatever the gradient, the
    first step is η / √(1 − ρ) long, 3.16 η for ρ = 0.9. A momentum adds up steps as in `SGD`.
    With `centered`, the average gradient M counts too: S − M², the variance, is what stands under
    the root. While a gradient stays the same that is 0 up to rounding, and the steps become very
    long, or NaN. The same numbers as ``keras.optimizers.RMSprop``, this included; PyTorch has its
    ε outside the root. (T. Tieleman and G. Hinton, "Lecture 6.5 - rmsprop", 2012; centred, with
    momentum: A. Graves, arXiv:1308.0850, 2013.)

    One step down x² / 2, 3.16 times 0.1:

    >>> import numpy as np
    >>> x = np.array([10.0])
    >>> RMSprop(learning_rate=0.1).apply([x], [x])
    >>> print(x.round(6))
    [9.683772]
    """

    _vectors = 3

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
        self.learning_rate = learning_rate
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    @property
    def average_squares(self):
        """The average S of each parameter, copied; an empty list before the first step."""
        averages = [np.zeros(shape) for shape in self._shapes]
        for memory, (_, targets) in zip(self._memory, _blocks(averages, averages), strict=True):
            _subtract(-memory[0], targets)
        return averages

    def _step(self, g, S, M, v):
        S *= self.rho
        S += (1.0 - self.rho) * g * g
        spread = S
        if self.centered:
            M *= self.rho
            M += (1.0 - self.rho) * g
            spread = S - M * M
        step = self.learning_rate * g / np.sqrt(spread + self.epsilon)
        if self.momentum == 0.0:
            return step
        v *= self.momentum
        v += step
        return v
