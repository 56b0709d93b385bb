"""The table of conventions that the course shows in lesson 6, cell by cell.

Each test is one cell that can be run, and is named by its row and its column:

=====================  ===========  ==============  ===========  ============  ============
row                    paper        course          Keras 3      Keras 3       PyTorch
                                                    function     layer, class
=====================  ===========  ==============  ===========  ============  ============
ReLU' at 0             undefined    0               0            0             0 [1]
slope of leaky ReLU    0.01 [5]     0.01            0.2          0.3           0.01 [2]
name of that slope     --           negative_slope  the same     the same      the same [2]
axis of softmax        --           -1              -1           -1            explicit [3]
epsilon in RMSprop     none [6]     inside, 1e-7    --           inside, 1e-7  outside, 1e-8 [4]
decay rate of RMSprop  0.9 [6]      rho = 0.9       --           rho = 0.9     alpha = 0.99 [4]
=====================  ===========  ==============  ===========  ============  ============

SciPy's softmax is over all axes by default. PyTorch is not installed with the course; its column,
and the papers', stand on documents:

.. [1] https://docs.pytorch.org/docs/stable/notes/autograd.html, "Gradients for non-differentiable
   functions": of a convex function, the subgradient of the smallest norm.
.. [2] https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
.. [3] https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html: ``dim`` is asked for.
.. [4] https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html: the root is taken
   before epsilon is added.
.. [5] A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network
   acoustic models", ICML 2013.
.. [6] G. Hinton, "Neural networks for machine learning", lecture 6e, 2012: the gradient is divided
   by the root of the average, without an epsilon.
"""

import inspect
import re

import numpy as np
import pytest
import scipy.special

from helpers import activations
from helpers.optimizers import RMSprop

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")


def columns(**cells):
    """Run a test once for each column, under the column's name."""
    return pytest.mark.parametrize("cell", cells.values(), ids=cells.keys())


def default(function, name):
    return inspect.signature(function).parameters[name].default


# The derivative of ReLU at 0


def tape_gradient(function, x):
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = function(variable)
    return tape.gradient(y, variable).numpy()


@columns(
    course=activations.relu_derivative,
    keras_function=lambda x: tape_gradient(keras.activations.relu, x),
    keras_layer=lambda x: tape_gradient(keras.layers.ReLU(), x),
)
def test_the_derivative_of_relu_at_0_is_0(cell):
    np.testing.assert_array_equal(cell(np.array([-1.0, 0.0, 1.0], np.float32)), [0, 0, 1])


# The slope of leaky ReLU

X = np.array([-2.0, 3.0], np.float32)


@columns(
    course=(activations.leaky_relu, 0.01),
    keras_function=(keras.activations.leaky_relu, 0.2),
    keras_layer=(keras.layers.LeakyReLU(), 0.3),
)
def test_the_slope_of_leaky_relu(cell):
    function, slope = cell
    np.testing.assert_allclose(function(X), [-2 * slope, 3.0], rtol=1e-6)


@columns(
    course=(activations.leaky_relu, 0.01),
    keras_function=(keras.activations.leaky_relu, 0.2),
    keras_layer=(keras.layers.LeakyReLU, 0.3),
)
def test_the_slope_is_called_negative_slope(cell):
    function, slope = cell
    assert default(function, "negative_slope") == slope
    assert "alpha" not in inspect.signature(function).parameters


@columns(
    course=(lambda: activations.leaky_relu(X, alpha=0.1), TypeError),
    keras_function=(lambda: keras.activations.leaky_relu(X, alpha=0.1), TypeError),
    keras_function_relu=(lambda: keras.activations.relu(X, alpha=0.1), TypeError),
    keras_layer_relu=(lambda: keras.layers.ReLU(alpha=0.1), ValueError),
)
def test_the_old_name_alpha_is_refused(cell):
    call, error = cell
    with pytest.raises(error, match="alpha"):
        call()


def test_the_old_name_alpha_is_still_understood_by_one_layer_of_keras():
    advice = "`alpha` is deprecated. Use `negative_slope` instead"
    with pytest.warns(UserWarning, match=re.escape(advice)):
        layer = keras.layers.LeakyReLU(alpha=0.1)
    np.testing.assert_allclose(layer(X), [-0.2, 3.0], rtol=1e-6)


# The axis of softmax

SCORES = np.random.default_rng(0).normal(size=(2, 3, 4))


@columns(
    course=activations.softmax,
    keras_function=keras.activations.softmax,
    keras_layer=keras.layers.Softmax(),
)
def test_softmax_is_over_the_last_axis(cell):
    np.testing.assert_allclose(np.sum(cell(SCORES), axis=-1), np.ones((2, 3)), rtol=1e-6)


@columns(
    course=activations.softmax,
    keras_function=keras.activations.softmax,
    keras_layer=keras.layers.Softmax,
)
def test_the_axis_of_softmax_is_called_axis(cell):
    assert default(cell, "axis") == -1


def test_softmax_of_scipy_is_over_all_axes():
    assert default(scipy.special.softmax, "axis") is None
    assert np.sum(scipy.special.softmax(SCORES)) == pytest.approx(1.0)


# RMSprop


def first_step(optimizer, gradient):
    """Return by how much the first step from 0 goes downhill."""
    if isinstance(optimizer, RMSprop):
        w = np.zeros(1)
        optimizer.apply([np.array([gradient])], [w])
    else:
        w = keras.Variable([0.0])
        optimizer.apply([tf.constant([gradient])], [w])
    return -float(w[0])


OPTIMIZERS = {"course": RMSprop, "keras_class": keras.optimizers.RMSprop}


@columns(**OPTIMIZERS)
def test_epsilon_stands_inside_the_root(cell):
    # The average becomes 0.25 * 2² = 1: 2 / √(1 + 3) = 1, where 2 / (√1 + 3) would be 0.5.
    assert first_step(cell(1.0, rho=0.75, epsilon=3.0), 2.0) == pytest.approx(1.0)


@columns(**OPTIMIZERS)
def test_epsilon_is_1e_7(cell):
    # The average becomes 0.1 * 0.001² = 1e-7, so that 1e-7 inside the root doubles it.
    assert default(cell, "epsilon") == 1e-7
    assert first_step(cell(1.0), 1e-3) == pytest.approx(5**0.5, rel=1e-6)


@columns(**OPTIMIZERS)
def test_the_decay_rate_is_called_rho_and_is_0_9(cell):
    assert default(cell, "rho") == 0.9
    assert first_step(cell(1.0, epsilon=0.0), 2.0) == pytest.approx(10**0.5, rel=1e-6)
    assert first_step(cell(1.0, rho=0.75, epsilon=0.0), 2.0) == pytest.approx(2.0)


@columns(
    course=(RMSprop, TypeError),
    keras_class=(keras.optimizers.RMSprop, ValueError),
)
def test_pytorchs_name_of_the_decay_rate_is_refused(cell):
    kind, error = cell
    with pytest.raises(error, match="alpha"):
        kind(alpha=0.99)


def test_keras_has_rmsprop_as_a_class_only():
    named = {name for name in dir(keras.optimizers) if "rmsprop" in name.lower()}
    assert named == {"RMSprop"}
