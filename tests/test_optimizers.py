"""The optimizers against Keras, their formulas and numbers worked by hand."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.optimizers import SGD, RMSprop

SMALL = [(2, 3), (3,), (1,), ()]
LARGE = [(300, 200), (7,), (2, 40_000), (50_000,)]  # more than a rule works on at once
VARIANTS = [
    (SGD, {"learning_rate": 0.05}),
    (SGD, {"learning_rate": 0.05, "momentum": 0.875}),  # exact, as Keras rounds it to float32
    (RMSprop, {"learning_rate": 0.01}),
    (RMSprop, {"learning_rate": 0.01, "rho": 0.5, "epsilon": 1e-3, "momentum": 0.9}),
    (RMSprop, {"learning_rate": 0.01, "rho": 0.0, "epsilon": 0.1, "centered": True}),
    (RMSprop, {"learning_rate": 0.01, "momentum": 0.5, "centered": True}),
]
every = pytest.mark.parametrize(("kind", "settings"), VARIANTS)
both = pytest.mark.parametrize("kind", [SGD, RMSprop])


def refused(error, name):
    """Expect an error that names the argument and ends with what was received."""
    return pytest.raises(error, match=rf"(?s)^{name} must .+\. Received: {name}=.+")


def arrays(shapes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]


def test_sgd_worked_by_hand():
    w, optimizer = np.array([10.0, -4.0]), SGD(learning_rate=0.25)
    optimizer.apply([w], [w])  # the gradient of x² / 2 is x
    np.testing.assert_array_equal(w, [7.5, -3.0])
    optimizer.apply([[2, 0]], [w])
    np.testing.assert_array_equal(w, [7.0, -3.0])


def test_rmsprop_worked_by_hand():
    w, optimizer = np.array([1.0]), RMSprop(learning_rate=0.5, rho=0.75, epsilon=0.0)
    optimizer.apply([[2.0]], [w])  # S = 1, step 0.5 · 2 / 1
    assert w[0] == 0.0
    optimizer.apply([[1.0]], [w])  # S = 0.75 + 0.25, step 0.5
    assert w[0] == -0.5
    optimizer.epsilon = 3.25
    optimizer.apply([[0.0]], [w])  # S = 0.75
    assert w[0] == -0.5 and optimizer.average_squares[0] == 0.75
    optimizer.apply([[-1.0]], [w])  # S = 0.8125, under the root stands 4.0625
    np.testing.assert_allclose(w, -0.5 + 0.5 / math.sqrt(4.0625), rtol=1e-15)


def test_centred_rmsprop_with_momentum_worked_by_hand():
    w = np.array([0.0])
    optimizer = RMSprop(learning_rate=1.0, rho=0.5, momentum=0.5, epsilon=0.0, centered=True)
    optimizer.apply([[2.0]], [w])  # S = 2, M = 1, S − M² = 1, v = 2
    assert w[0] == -2.0
    optimizer.apply([[0.0]], [w])  # S = 1, M = 0.5, v = 1
    assert w[0] == -3.0
    optimizer.apply([[1.0]], [w])  # S = 1, M = 0.75, S − M² = 0.4375
    np.testing.assert_allclose(w, -3.5 - 1 / math.sqrt(0.4375), rtol=1e-15)


@pytest.fixture(params=["float32", "float64"])
def keras(request):
    """Return Keras with a learning rate in the precision of the test."""
    import keras

    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    yield keras
    keras.config.set_floatx(before)


@every
@pytest.mark.parametrize("shapes", [SMALL, LARGE], ids=["small", "large"])
def test_100_steps_equal_keras(keras, kind, settings, shapes):
    import tensorflow as tf

    dtype = keras.config.floatx()
    ours = arrays(shapes, dtype=dtype)
    theirs = [keras.Variable(w, dtype=dtype) for w in ours]
    optimizer = kind(**settings)
    reference = getattr(keras.optimizers, kind.__name__)(**settings)
    reference.build(theirs)
    step = tf.function(lambda gradients: reference.apply(gradients, theirs))
    for seed in range(100):
        gradients = [np.asarray(w + 1, dtype) for w in arrays(shapes, seed + 1)]
        optimizer.apply(gradients, ours)
        step([tf.constant(g) for g in gradients])
    tolerance = {"float32": 1e-5, "float64": 1e-12}[dtype]
    for w, other, start in zip(ours, theirs, arrays(shapes), strict=True):
        np.testing.assert_allclose(w, other.numpy(), rtol=tolerance, atol=tolerance)
        assert w.dtype == dtype and (np.abs(w - start) > 0.1).all()


@both
def test_names_and_defaults_are_those_of_keras(kind):
    import keras

    reference = inspect.signature(getattr(keras.optimizers, kind.__name__)).parameters
    ours = inspect.signature(kind).parameters
    assert list(ours) == list(reference)[: len(ours)]
    for name, parameter in ours.items():
        assert parameter.default == reference[name].default == getattr(kind(), name)


@given(st.floats(1e-3, 1e6), st.sampled_from([-1, 1]), st.floats(1e-4, 1.0), st.floats(0.0, 0.99))
def test_the_first_step_of_rmsprop_is_the_same_for_every_gradient(size, sign, rate, rho):
    w = np.zeros(1)
    RMSprop(learning_rate=rate, rho=rho, epsilon=1e-20).apply([[sign * size]], [w])
    np.testing.assert_allclose(w, -sign * rate / math.sqrt(1 - rho), rtol=1e-9)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20), st.floats(0.0, 0.99))
def test_the_average_weighs_the_squares_by_their_age(gradients, rho):
    w, optimizer = np.zeros(1), RMSprop(rho=rho)
    for gradient in gradients:
        optimizer.apply([[gradient]], [w])
    weights = (1 - rho) * rho ** np.arange(len(gradients))[::-1]
    expected = [weights @ np.square(gradients)]
    np.testing.assert_allclose(optimizer.average_squares[0], expected, rtol=1e-9, atol=1e-300)


def test_average_squares_are_copies_by_position():
    optimizer = RMSprop(rho=0.75)
    assert optimizer.average_squares == []
    large = np.arange(60_000.0).reshape(200, 300)
    gradients = [[[2.0, 4.0], [0.0, 6.0]], 2 * large, 8.0]
    optimizer.apply(gradients, [np.zeros((2, 2)), np.zeros((200, 300)), np.array(0.0)])
    for _ in range(2):
        first, second, third = optimizer.average_squares
        np.testing.assert_array_equal(first, [[1, 4], [0, 9]])
        np.testing.assert_array_equal(second, large**2)
        assert third == 16.0 and third.shape == ()
        first[...] = 7.0


@every
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_parameters_change_in_place_and_gradients_do_not(kind, settings, dtype):
    parameters = arrays(LARGE, dtype=dtype)
    addresses = [w.ctypes.data for w in parameters]
    optimizer = kind(**settings)
    for seed in (1, 2):
        before, gradients = copy.deepcopy(parameters), arrays(LARGE, seed, dtype)
        for gradient in gradients:
            gradient.flags.writeable = False
        assert optimizer.apply(gradients, parameters) is None
        for w, old in zip(parameters, before, strict=True):
            assert w.dtype == dtype and np.mean(w != old) > 0.8
    assert [w.ctypes.data for w in parameters] == addresses


@every
def test_gradients_may_be_the_parameters(kind, settings):
    """The gradient of xy is (y, x)."""
    x, y = np.array([2.0, -1.0]), np.array([3.0, 5.0])
    u, v = x.copy(), y.copy()
    optimizer, other = kind(**settings), kind(**settings)
    for _ in range(3):
        optimizer.apply([y, x], [x, y])
        other.apply([v.copy(), u.copy()], [u, v])
    np.testing.assert_array_equal([x, y], [u, v])


@every
@pytest.mark.parametrize("shape", [(2, 3), (300, 200)])
def test_arrays_of_any_layout(kind, settings, shape):
    g, expected = np.arange(math.prod(shape), dtype=float).reshape(shape) + 1, np.zeros(shape)
    kind(**settings).apply([g], [expected])
    wide = np.repeat(g, 2, axis=1)[:, ::2]
    for same in (g.tolist(), g.astype(int), np.asfortranarray(g), wide):
        for w in (np.zeros(shape), np.zeros(shape, order="F"), np.zeros((*shape, 2))[..., 0]):
            kind(**settings).apply([same], [w])
            np.testing.assert_array_equal(w, expected)


def test_each_parameter_keeps_its_own_dtype_and_the_rule_has_the_widest():
    parameters = [np.ones(1, kind) for kind in (np.float16, np.float32, np.float64)]
    RMSprop().apply([np.full(1, 300, np.float16)] * 3, parameters)  # whose square is beyond it
    assert [w.dtype for w in parameters] == [np.float16, np.float32, np.float64]
    np.testing.assert_allclose(parameters[2], 1 - 1e-3 / math.sqrt(0.1), rtol=1e-12)
    np.testing.assert_allclose(parameters[1], parameters[2], rtol=1e-7)


@every
def test_nan_and_infinity_stay_alone_and_make_no_warning(kind, settings):
    w, optimizer = np.zeros(5), kind(**settings)
    with np.errstate(all="raise"):
        for _ in range(3):
            optimizer.apply([[np.nan, 1.0, np.inf, 1e300, 5e-324]], [w])
    np.testing.assert_array_equal(np.isfinite(w)[[0, 1, 2, 4]], [False, True, False, True])


def test_without_epsilon_a_gradient_of_0_gives_nan_and_with_it_nothing_happens():
    for epsilon, first in ((0.0, np.nan), (1e-7, 1.0)):
        w = np.ones(2)
        RMSprop(epsilon=epsilon).apply([[0.0, 1.0]], [w])
        np.testing.assert_equal(w[0], first)
        assert w[1] < 1.0


@pytest.mark.parametrize("shape", [(2,), (2, 30_000)])
def test_averages_that_have_faded_become_0(shape):
    """Below 1e-38 float32 would be slow; what is above stays."""
    w, optimizer = np.zeros(shape, np.float32), RMSprop(rho=0.9)
    optimizer.apply([np.ones(shape)], [w])
    gradient = np.zeros(shape)
    gradient[1] = 1e-15
    for _ in range(999):  # rounding alone would keep it near 1e-44
        optimizer.apply([gradient], [w])
    faded, kept = optimizer.average_squares[0]
    np.testing.assert_array_equal(faded, 0.0)
    np.testing.assert_allclose(kept, 1e-30, rtol=1e-6)


@every
def test_copies_and_pickles_go_on_by_themselves(kind, settings):
    w, optimizer, results = arrays(LARGE), kind(**settings), []
    optimizer.apply(arrays(LARGE, 1), w)
    for one in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer)), optimizer):
        parameters = copy.deepcopy(w)
        for seed in (2, 3):
            one.apply(arrays(LARGE, seed), parameters)
        results.append(np.concatenate([p.ravel() for p in parameters]))
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[1], results[2])


WRONG = {"learning_rate": [-5e-324, math.inf], "momentum": [-0.1, 1.1], "rho": [-0.1, 1.0]}
WRONG |= {"epsilon": [-1e-9, math.nan]}
BOUNDS = {"learning_rate": [0, 10], "momentum": [0, 1], "rho": [0, 0.999], "epsilon": [0, 1]}


@both
def test_hyperparameters_are_checked_whenever_they_are_set(kind):
    optimizer = kind()
    for name in set(inspect.signature(kind).parameters) & set(WRONG):
        before = getattr(optimizer, name)
        for value, error in [("0.1", TypeError), *((value, ValueError) for value in WRONG[name])]:
            for act in (lambda k, v: kind(**{k: v}), optimizer.__setattr__):
                with refused(error, name):
                    act(name, value)
        assert getattr(optimizer, name) == before
        for value in BOUNDS[name]:
            setattr(optimizer, name, value)
            assert getattr(kind(**{name: value}), name) == getattr(optimizer, name) == value
    with refused(TypeError, "centered"):
        RMSprop(centered="False")
    assert RMSprop(centered=np.True_).centered is True


def test_hyperparameters_may_change_between_steps():
    w, optimizer = np.array([10.0]), SGD(learning_rate=1.0)
    optimizer.apply([[1.0]], [w])
    optimizer.learning_rate = 0.5
    optimizer.apply([[1.0]], [w])
    assert w[0] == 8.5
    optimizer.momentum = 0.5
    optimizer.apply([[1.0]], [w])  # v = 0.25 + 0.5
    assert w[0] == 7.75
    w, optimizer = np.zeros(1), RMSprop(learning_rate=1.0, rho=0.75, epsilon=0.0)
    optimizer.apply([[2.0]], [w])  # S = 1, step 2
    optimizer.rho = 0.5
    optimizer.apply([[2.0]], [w])  # S = 2.5
    np.testing.assert_allclose(w, -2.0 - 2.0 / math.sqrt(2.5), rtol=1e-15)


def test_repr_shows_the_hyperparameters():
    assert repr(SGD(0.5)) == "SGD(learning_rate=0.5, momentum=0.0)"
    optimizer = RMSprop(rho=0.5)
    optimizer.apply([[1.0]], [np.ones(1)])
    assert repr(optimizer) == (
        "RMSprop(learning_rate=0.001, rho=0.5, momentum=0.0, epsilon=1e-07, centered=False)"
    )


@both
@pytest.mark.parametrize("value", [np.ones((3, 2)), np.ones(6), np.ones((1, 3)), 1.0])
def test_gradients_of_another_shape_and_text_are_refused(kind, value):
    first, second, optimizer = np.ones(2), np.ones((2, 3)), kind()
    for gradients in ([np.ones(2), value], [np.ones(2)], [np.ones(2), np.ones((2, 3)), value]):
        with refused(ValueError, "gradients"):
            optimizer.apply(gradients, [first, second])
    with refused(TypeError, "gradients"):
        optimizer.apply([["1", "2"], second], [first, second])
    assert (first == 1).all() and (second == 1).all()
    optimizer.apply([np.ones(1)], [np.ones(1)])  # nothing has begun before


@both
@pytest.mark.parametrize("wrong", [[1.0, 1.0], np.ones(2, int), None, 1.0, np.float64(1.0)])
def test_parameters_that_cannot_change_in_place_are_refused(kind, wrong):
    w, optimizer = np.ones(2), kind()
    for _ in range(2):
        with refused(TypeError, "parameters"):
            optimizer.apply([np.ones(2), np.ones(np.shape(wrong))], [w, wrong])
        assert (w == 1).all()
        optimizer.apply([np.zeros(2), np.zeros(2)], [w, np.ones(2)])


@both
@pytest.mark.parametrize("shapes", [[(2,)], [(2, 3), (2,)], [(2,), (3, 2)], [(2,), (2, 3), (1,)]])
def test_other_parameters_than_in_the_first_call_are_refused(kind, shapes):
    optimizer, parameters = kind(), [np.ones(2), np.ones((2, 3))]
    optimizer.apply(parameters, parameters)
    others = [np.ones(shape) for shape in shapes]
    with refused(ValueError, "gradients"):
        optimizer.apply(others, others)
    with pytest.raises(ValueError, match=r"^parameters must have the shapes \[\(2,\), \(2, 3\)\]"):
        optimizer.apply(parameters, others)
    assert all((w == 1).all() for w in others)
