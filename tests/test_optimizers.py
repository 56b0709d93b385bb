"""The optimizers against Keras, their formulas and numbers worked by hand."""

import copy
import inspect
import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from helpers.optimizers import SGD, RMSprop
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused

FLOATS = [np.float16, np.float32, np.float64]
SHAPES = [(2, 3), (3,), (3, 1), (1,), ()]
# Keras rounds the momentum of SGD to float32, whatever is set: 0.875 is exact, 0.9 is not.
SGDS = [
    (SGD, {"learning_rate": 0.05, "momentum": momentum, "nesterov": nesterov})
    for momentum in (0.0, 0.5, 0.875, 1.0)
    for nesterov in (False, True)
]
RMSPROPS = [
    (RMSprop, {"learning_rate": 0.01, "momentum": momentum, "centered": centered, **more})
    for momentum in (0.0, 0.9)
    for centered in (False, True)
    for more in ({}, {"rho": 0.5, "epsilon": 1e-3}, {"rho": 0.0, "epsilon": 0.1})
]
VARIANTS = [
    pytest.param(kind, settings, id=f"{kind.__name__}-{','.join(map(str, settings.values()))}")
    for kind, settings in SGDS + RMSPROPS
]
every = pytest.mark.parametrize(("kind", "settings"), VARIANTS)
both = pytest.mark.parametrize("kind", [SGD, RMSprop])


@pytest.fixture
def keras(request):
    """Return Keras with a learning rate as precise as the parameters of the test.

    By default it rounds it to float32, which changes the eighth digit of every step.
    """
    import keras

    before = keras.config.floatx()
    keras.config.set_floatx(np.dtype(getattr(request, "param", np.float64)).name)
    yield keras
    keras.config.set_floatx(before)


def start(dtype=np.float64, shapes=SHAPES):
    """Return parameters of several shapes."""
    generator = np.random.default_rng(0)
    return [np.asarray(generator.normal(size=shape), dtype) for shape in shapes]


def noisy_gradients(parameters, generator):
    """Return the gradients of a bowl, each with some noise."""
    return [np.array(p + generator.normal(size=p.shape), p.dtype) for p in parameters]


# Worked by hand


def test_sgd_worked_by_hand():
    w = np.array([10.0, -4.0])
    optimizer = SGD(learning_rate=0.25)
    optimizer.apply([w], [w])  # the gradient of x^2 / 2 is x
    np.testing.assert_array_equal(w, [7.5, -3.0])
    optimizer.apply([np.array([2.0, 0.0])], [w])
    np.testing.assert_array_equal(w, [7.0, -3.0])


@pytest.mark.parametrize(
    ("nesterov", "expected"),
    [
        # v:               1, 1.5, 0.75, 0.375
        (False, [9.0, 7.5, 6.75, 6.375]),
        # 0.5 v + 0.5 g: 1.5, 1.75, 0.375, 0.1875
        (True, [8.5, 6.75, 6.375, 6.1875]),
    ],
)
def test_momentum_worked_by_hand(nesterov, expected):
    w = np.array([10.0])
    optimizer = SGD(learning_rate=0.5, momentum=0.5, nesterov=nesterov)
    for gradient, value in zip([2.0, 2.0, 0.0, 0.0], expected, strict=True):
        optimizer.apply([[gradient]], [w])
        assert w[0] == value


def test_rmsprop_worked_by_hand():
    w = np.array([1.0])
    optimizer = RMSprop(learning_rate=0.5, rho=0.75, epsilon=0.0)
    optimizer.apply([[2.0]], [w])  # S = 1, step 0.5 * 2 / 1
    np.testing.assert_array_equal(w, [0.0])
    optimizer.apply([[1.0]], [w])  # S = 0.75 + 0.25 = 1, step 0.5
    np.testing.assert_array_equal(w, [-0.5])
    optimizer.epsilon = 3.25
    optimizer.apply([[0.0]], [w])  # S = 0.75
    np.testing.assert_array_equal(w, [-0.5])
    np.testing.assert_array_equal(optimizer.average_squares, [[0.75]])
    optimizer.apply([[-1.0]], [w])  # S = 0.8125, root of 4.0625, step -0.5 / 2.0155644
    np.testing.assert_allclose(w, -0.5 + 0.5 / math.sqrt(4.0625), rtol=1e-15)


def test_centred_rmsprop_with_momentum_worked_by_hand():
    w = np.array([0.0])
    optimizer = RMSprop(learning_rate=1.0, rho=0.5, momentum=0.5, epsilon=0.0, centered=True)
    optimizer.apply([[2.0]], [w])  # S = 2, M = 1, root of 1, v = 2
    np.testing.assert_array_equal(w, [-2.0])
    optimizer.apply([[0.0]], [w])  # S = 1, M = 0.5, v = 1
    np.testing.assert_array_equal(w, [-3.0])
    optimizer.apply([[1.0]], [w])  # S = 1, M = 0.75, root of 0.4375
    np.testing.assert_allclose(w, -3.0 - 0.5 - 1 / math.sqrt(0.4375), rtol=1e-15)


def test_the_first_step_of_the_lesson():
    for shape in ((), (1,), (2, 2)):
        w = np.full(shape, 10.0)
        RMSprop(learning_rate=0.1).apply([w.copy()], [w])
        np.testing.assert_array_equal(w.round(6), np.full(shape, 9.683772))


# Against Keras


@every
@pytest.mark.parametrize(
    ("keras", "dtype"), [(d, d) for d in FLOATS[1:]], indirect=["keras"], ids=["f4", "f8"]
)
def test_200_steps_equal_keras(keras, kind, settings, dtype):
    import tensorflow as tf

    ours = start(dtype)
    theirs = [keras.Variable(p, dtype=p.dtype.name) for p in ours]
    optimizer = kind(**settings)
    reference = getattr(keras.optimizers, kind.__name__)(**settings)
    reference.build(theirs)
    step = tf.function(lambda gradients: reference.apply(gradients, theirs))
    generator = np.random.default_rng(1)
    for _ in range(200):
        gradients = noisy_gradients(start(dtype), generator)
        optimizer.apply(gradients, ours)
        step([tf.constant(g) for g in gradients])
    tolerance = 1e-11 if dtype is np.float64 else 1e-4
    for mine, variable in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, variable.numpy(), rtol=tolerance, atol=tolerance)
        assert mine.dtype == dtype
    assert not np.allclose(ours[0], start(dtype)[0], atol=0.1)


@every
def test_200_steps_down_a_bowl_equal_keras(keras, kind, settings):
    """Here each gradient depends on the steps before it."""
    ours = start(shapes=[(3,)])
    theirs = [keras.Variable(ours[0], dtype="float64")]
    optimizer = kind(**settings)
    reference = getattr(keras.optimizers, kind.__name__)(**settings)
    for _ in range(200):
        optimizer.apply([ours[0] * 2.0], ours)
        reference.apply([theirs[0] * 2.0], theirs)
    np.testing.assert_allclose(ours[0], theirs[0].numpy(), rtol=1e-8, atol=1e-8)


@both
def test_names_and_defaults_are_those_of_keras(keras, kind):
    reference = inspect.signature(getattr(keras.optimizers, kind.__name__)).parameters
    for name, parameter in inspect.signature(kind).parameters.items():
        assert parameter.default == reference[name].default
        assert getattr(kind(), name) == parameter.default
    names = list(inspect.signature(kind).parameters)
    assert names == list(reference)[: len(names)]


# Properties

gradients_away_from_0 = st_numpy.arrays(
    np.float64,
    st_numpy.array_shapes(min_dims=0, max_dims=2, max_side=3),
    elements=st.floats(1e-3, 1e6) | st.floats(-1e6, -1e-3),
)


@settings(deadline=None)
@given(gradients_away_from_0, st.floats(1e-4, 1.0), st.floats(0.0, 0.999))
def test_the_first_step_of_rmsprop_is_the_same_for_every_gradient(gradient, rate, rho):
    w = np.zeros(gradient.shape)
    RMSprop(learning_rate=rate, rho=rho, epsilon=1e-20).apply([gradient], [w])
    expected = -np.sign(gradient) * rate / math.sqrt(1 - rho)
    np.testing.assert_allclose(w, expected, rtol=1e-9)


@settings(deadline=None)
@given(gradients_away_from_0, st.floats(1e-4, 1.0), st.floats(0.1, 10.0))
def test_the_first_step_of_sgd_is_proportional_to_the_gradient(gradient, rate, factor):
    w, v = np.zeros(gradient.shape), np.zeros(gradient.shape)
    SGD(learning_rate=rate).apply([gradient], [w])
    SGD(learning_rate=rate * factor).apply([gradient], [v])
    np.testing.assert_array_equal(w, -rate * gradient)
    np.testing.assert_allclose(v, factor * w, rtol=1e-14)


def test_with_a_constant_gradient_the_step_shrinks_to_the_learning_rate():
    w = np.array([0.0])
    optimizer = RMSprop(learning_rate=0.1)
    steps = []
    for _ in range(200):
        before = w.copy()
        optimizer.apply([[5.0]], [w])
        steps.append(float((before - w)[0]))
    assert all(a > b for a, b in itertools.pairwise(steps[:100]))
    np.testing.assert_allclose(steps[0], 0.1 / math.sqrt(0.1), rtol=1e-7)
    np.testing.assert_allclose(steps[-1], 0.1, rtol=1e-7)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20), st.floats(0.0, 0.99))
def test_the_average_of_the_squares(gradients, rho):
    w = np.array([0.0])
    optimizer = RMSprop(rho=rho)
    for gradient in gradients:
        optimizer.apply([[gradient]], [w])
    weights = (1 - rho) * rho ** np.arange(len(gradients))[::-1]
    np.testing.assert_allclose(
        optimizer.average_squares[0], [weights @ np.square(gradients)], rtol=1e-9, atol=1e-300
    )


def test_average_squares_are_copies_by_position():
    optimizer = RMSprop(rho=0.75)
    assert optimizer.average_squares == []
    parameters = [np.zeros((2, 2)), np.array(0.0)]
    optimizer.apply([[[2.0, 4.0], [0.0, 6.0]], 8.0], parameters)
    squares = optimizer.average_squares
    np.testing.assert_array_equal(squares[0], [[1, 4], [0, 9]])
    assert squares[1] == 16.0 and squares[1].shape == ()
    squares[0][...] = 7.0
    np.testing.assert_array_equal(optimizer.average_squares[0], [[1, 4], [0, 9]])


# What all optimizers promise


@every
def test_parameters_do_not_see_each_other(kind, settings):
    together, alone = start(), start()
    optimizer = kind(**settings)
    single = [kind(**settings) for _ in alone]
    generator = np.random.default_rng(2)
    for _ in range(5):
        gradients = noisy_gradients(together, generator)
        optimizer.apply(gradients, together)
        for own, gradient, parameter in zip(single, gradients, alone, strict=True):
            own.apply([gradient], [parameter])
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_in_place_and_nothing_else(kind, settings, dtype):
    parameters = start(dtype)
    objects, lists = list(parameters), (parameters, tuple(parameters))
    addresses = [p.ctypes.data for p in parameters]
    generator = np.random.default_rng(3)
    optimizer = kind(**settings)
    for given_parameters in lists:
        gradients = noisy_gradients(parameters, generator)
        for gradient in gradients:
            gradient.flags.writeable = False
        before = [g.copy() for g in gradients], [p.copy() for p in parameters]
        assert optimizer.apply(gradients, given_parameters) is None
        for gradient, old in zip(gradients, before[0], strict=True):
            np.testing.assert_array_equal(gradient, old)
        for p, old in zip(parameters, before[1], strict=True):
            assert p.dtype == dtype and (p != old).any()
    assert all(a is b for a, b in zip(parameters, objects, strict=True))
    assert [p.ctypes.data for p in parameters] == addresses


@every
def test_gradients_may_be_the_parameters(kind, settings):
    """The gradient of xy by x is y, and by y it is x."""
    x, y = np.array([2.0, -1.0]), np.array([3.0, 5.0])
    u, v = x.copy(), y.copy()
    optimizer, other = kind(**settings), kind(**settings)
    for _ in range(3):
        optimizer.apply([y, x], [x, y])
        other.apply([v.copy(), u.copy()], [u, v])
    np.testing.assert_array_equal([x, y], [u, v])


@every
def test_gradients_of_any_kind_and_layout(kind, settings):
    g = np.array([[1.0, -2.0], [3.0, 4.0]])
    wide = np.zeros((2, 4))
    wide[:, ::2] = g
    expected = np.zeros((2, 2))
    kind(**settings).apply([g], [expected])
    for same in (g.tolist(), g.astype(int), g.astype(">f4"), np.asfortranarray(g), wide[:, ::2]):
        w = np.zeros((2, 2))
        kind(**settings).apply([same], [w])
        np.testing.assert_array_equal(w, expected)


@every
def test_parameters_of_any_layout(kind, settings):
    g = np.array([[1.0, -2.0, 5.0], [3.0, 4.0, 6.0]])
    expected = np.zeros((2, 3))
    kind(**settings).apply([g], [expected])
    whole = np.zeros((3, 6))
    for w in (np.zeros((2, 3), order="F"), whole[:2, ::2], np.zeros((3, 2)).T):
        kind(**settings).apply([g], [w])
        np.testing.assert_array_equal(w, expected)
    assert not whole[2].any() and not whole[:, 1::2].any()


@every
def test_each_parameter_keeps_its_own_dtype(kind, settings):
    parameters = [np.ones(2, dtype) for dtype in FLOATS]
    optimizer = kind(**settings)
    for _ in range(3):
        optimizer.apply([np.ones(2)] * 3, parameters)
    assert [p.dtype for p in parameters] == FLOATS
    for p in parameters[:2]:
        np.testing.assert_allclose(p, parameters[2], rtol=4 * np.finfo(p.dtype).eps)


@every
def test_nan_and_infinity_stay_alone_and_make_no_warning(kind, settings):
    w = np.zeros(5)
    optimizer = kind(**settings)
    with np.errstate(all="raise"):
        for _ in range(3):
            optimizer.apply([[np.nan, 1.0, np.inf, 1e300, 5e-324]], [w])
    np.testing.assert_array_equal(np.isfinite(w)[[0, 1, 2, 4]], [False, True, False, True])


def test_without_epsilon_a_gradient_of_0_gives_nan_and_with_it_nothing_happens():
    w = np.array([1.0, 1.0])
    with np.errstate(all="raise"):
        RMSprop(epsilon=0.0).apply([[0.0, 1.0]], [w])
    np.testing.assert_array_equal(np.isnan(w), [True, False])
    w = np.array([1.0, 1.0])
    RMSprop().apply([[0.0, 1.0]], [w])
    assert w[0] == 1.0 and w[1] < 1.0


@every
def test_copies_and_pickles_go_on_by_themselves(kind, settings):
    w = start()
    optimizer = kind(**settings)
    generator = np.random.default_rng(4)
    for _ in range(3):
        optimizer.apply(noisy_gradients(w, generator), w)
    copies = [copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))]
    gradients = noisy_gradients(w, generator)
    results = []
    for one in [*copies, optimizer]:
        parameters = copy.deepcopy(w)
        for _ in range(2):
            one.apply(gradients, parameters)
        results.append(np.concatenate([p.ravel() for p in parameters]))
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[1], results[2])


@both
def test_nothing_to_learn(kind):
    optimizer = kind()
    assert optimizer.apply([], []) is None
    w, empty = np.ones(2), np.ones((0, 3))
    optimizer.apply([[1.0, 1.0], empty], [w, empty])
    optimizer.apply([], [])
    assert (w < 1.0).all() and empty.shape == (0, 3)


@every
def test_a_learning_rate_of_0_changes_nothing(kind, settings):
    w = start()
    kind(**settings | {"learning_rate": 0.0}).apply(start(), w)
    for a, b in zip(w, start(), strict=True):
        np.testing.assert_array_equal(a, b)


# Hyperparameters

HYPERPARAMETERS = [
    (kind, name)
    for kind in (SGD, RMSprop)
    for name in inspect.signature(kind).parameters
    if name not in ("nesterov", "centered")
]
OUT_OF_RANGE = {
    "learning_rate": [-0.1, -5e-324, -1],
    "momentum": [-0.1, 1.1, 2],
    "rho": [-0.1, 1.0, 1, 1.1],
    "epsilon": [-1e-7, -1],
}
FLAGS = [(SGD, "nesterov"), (RMSprop, "centered")]
hyperparameters = pytest.mark.parametrize(("kind", "name"), HYPERPARAMETERS)


def test_every_hyperparameter_is_in_the_table():
    assert len(HYPERPARAMETERS) == 6 and {name for _, name in HYPERPARAMETERS} == set(OUT_OF_RANGE)


@hyperparameters
@pytest.mark.parametrize(("value", "error"), [*BAD_REALS, pytest.param(None, TypeError, id="None")])
def test_bad_hyperparameters_are_refused(kind, name, value, error):
    with pytest.raises(error) as caught:
        kind(**{name: value})
    assert_refused(caught, name)


@hyperparameters
def test_hyperparameters_out_of_range_are_refused_whenever_they_are_set(kind, name):
    optimizer = kind()
    for value in OUT_OF_RANGE[name]:
        with pytest.raises(ValueError, match=f"{name} must be a finite number") as caught:
            kind(**{name: value})
        assert_refused(caught, name)
        with pytest.raises(ValueError) as caught:
            setattr(optimizer, name, value)
        assert_refused(caught, name)
        assert getattr(optimizer, name) == inspect.signature(kind).parameters[name].default


def test_bounds_that_may_be_reached():
    SGD(learning_rate=0, momentum=1, nesterov=True)
    RMSprop(learning_rate=0.0, rho=0.0, momentum=1.0, epsilon=0.0, centered=False)
    RMSprop(momentum=0.0)


@pytest.mark.parametrize(("kind", "name"), FLAGS)
@pytest.mark.parametrize("value", [0, 1, 1.0, "True", None, [True], np.array([True])])
def test_flags_must_be_bools(kind, name, value):
    with pytest.raises((TypeError, ValueError)) as caught:
        kind(**{name: value})
    assert_refused(caught, name)
    assert getattr(kind(**{name: np.True_}), name) is True


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_numpy_numbers_as_hyperparameters_leave_the_dtype_alone(dtype):
    w, expected = np.ones(2, dtype), np.ones(2, dtype)
    optimizer = RMSprop(np.float64(0.1), rho=np.float32(0.5), epsilon=np.array(1e-3))
    assert type(optimizer.rho) is type(optimizer.learning_rate) is float
    optimizer.apply([[1.0, 2.0]], [w])
    RMSprop(0.1, rho=0.5, epsilon=1e-3).apply([[1.0, 2.0]], [expected])
    np.testing.assert_array_equal(w, expected)


def test_hyperparameters_may_change_between_steps():
    w = np.array([10.0])
    optimizer = SGD(learning_rate=1.0)
    optimizer.apply([[1.0]], [w])
    assert w[0] == 9.0
    optimizer.learning_rate = 0.5
    optimizer.apply([[1.0]], [w])
    assert w[0] == 8.5
    optimizer.momentum = 0.5
    optimizer.apply([[1.0]], [w])  # v = 0.5
    optimizer.apply([[1.0]], [w])  # v = 0.75
    assert w[0] == 7.25
    optimizer.nesterov = True
    optimizer.apply([[1.0]], [w])  # v = 0.875, step 0.4375 + 0.5
    assert w[0] == 6.3125
    optimizer = RMSprop(learning_rate=1.0, rho=0.75, epsilon=0.0)
    w[0] = 0.0
    optimizer.apply([[2.0]], [w])  # S = 1
    optimizer.centered, optimizer.rho = True, 0.5
    optimizer.apply([[2.0]], [w])  # S = 2.5, M = 1
    np.testing.assert_allclose(w, -2.0 - 2.0 / math.sqrt(1.5), rtol=1e-15)


def test_momentum_of_rmsprop_may_be_switched_on():
    w = np.array([0.0])
    optimizer = RMSprop(learning_rate=1.0, rho=0.75, epsilon=0.0)
    optimizer.apply([[2.0]], [w])  # S = 1, step 2
    optimizer.momentum = 1.0
    optimizer.apply([[0.0]], [w])  # the step before was not kept
    assert w[0] == -2.0
    optimizer.apply([[2.0]], [w])  # S = 0.5625 + 1, root 1.25, v = 1.6
    optimizer.apply([[0.0]], [w])  # v = 1.6
    np.testing.assert_allclose(w, -5.2, rtol=1e-15)


def test_repr_shows_the_hyperparameters():
    assert repr(SGD(0.5)) == "SGD(learning_rate=0.5, momentum=0.0, nesterov=False)"
    optimizer = RMSprop(rho=0.5)
    optimizer.apply([[1.0]], [np.ones(1)])
    assert eval(repr(optimizer)).rho == 0.5
    assert repr(optimizer) == (
        "RMSprop(learning_rate=0.001, rho=0.5, momentum=0.0, epsilon=1e-07, centered=False)"
    )


# What is refused


@both
@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_bad_gradients_are_refused_and_nothing_has_changed(kind, value, error):
    first, second = np.ones(2), np.ones(2)
    with pytest.raises(error) as caught:
        kind().apply([np.ones(2), value], [first, second])
    assert_refused(caught, "gradients")
    np.testing.assert_array_equal([first, second], np.ones((2, 2)))


@both
@pytest.mark.parametrize(
    "shape", [(), (1,), (2,), (3, 2), (1, 2, 3), (2, 3, 1), (6,), (2, 1), (1, 3)]
)
def test_gradients_of_another_shape_are_refused(kind, shape):
    first, second = np.ones(2), np.ones((2, 3))
    optimizer = kind()
    for _ in range(2):
        with pytest.raises(ValueError, match="gradients must have the shapes") as caught:
            optimizer.apply([np.ones(2), np.ones(shape)], [first, second])
        assert_refused(caught, "gradients")
        assert str(shape) in str(caught.value) and "(2, 3)" in str(caught.value)
        assert (first == 1).all() and (second == 1).all()
        optimizer = kind()
        optimizer.apply([np.zeros(2), np.zeros((2, 3))], [first, second])


@both
@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_gradients_is_refused(kind, count):
    parameters = [np.ones(2), np.ones(2)]
    with pytest.raises(ValueError, match="gradients must be as many") as caught:
        kind().apply([np.ones(2)] * count, parameters)
    assert_refused(caught, "gradients")
    np.testing.assert_array_equal(parameters, np.ones((2, 2)))


@both
@pytest.mark.parametrize("value", [np.ones((1, 2)), None, "w", 1.0, {"w": 1.0}, iter([1.0]), {1.0}])
def test_only_lists_are_accepted(kind, value):
    good = [np.ones(2)]
    for arguments, name in (((value, good), "gradients"), ((good, value), "parameters")):
        with pytest.raises(TypeError, match="must be a list of arrays") as caught:
            kind().apply(*arguments)
        assert_refused(caught, name)
    np.testing.assert_array_equal(good, [[1.0, 1.0]])


@both
@pytest.mark.parametrize(
    "parameter",
    [
        [1.0, 1.0],
        (1.0, 1.0),
        None,
        "ww",
        np.ones(2, int),
        np.ones(2, bool),
        np.ones(2, complex),
        np.ones(2, object),
        np.ones(2, np.dtype(float).newbyteorder()),
        np.ma.ones(2),
        np.array(["a", "b"]),
    ],
    ids=lambda p: f"{type(p).__name__}-{getattr(p, 'dtype', '')}",
)
def test_parameters_that_cannot_change_in_place_are_refused(kind, parameter):
    first = np.ones(2)
    with pytest.raises(TypeError, match="parameters must be NumPy arrays") as caught:
        kind().apply([np.ones(2), np.ones(2)], [first, parameter])
    assert_refused(caught, "parameters")
    assert (first == 1.0).all()


@both
@pytest.mark.parametrize("number", [1, 1.0, np.float64(1.0)])
def test_numbers_are_no_parameters(kind, number):
    with pytest.raises(TypeError, match="parameters must be NumPy arrays") as caught:
        kind().apply([1.0], [number])
    assert_refused(caught, "parameters")


@both
def test_read_only_parameters_are_refused(kind):
    first, second = np.ones(2), np.ones(2)
    optimizer = kind()
    optimizer.apply([np.zeros(2), np.zeros(2)], [first, second])
    second.flags.writeable = False
    for parameter in (second, np.broadcast_to(1.0, (2,))):
        with pytest.raises(ValueError, match="parameters must not be read-only") as caught:
            optimizer.apply([np.ones(2), np.ones(2)], [first, parameter])
        assert_refused(caught, "parameters")
        assert (first == 1.0).all()


@both
@pytest.mark.parametrize(
    "others",
    [
        [np.ones(2)],
        [np.ones((2, 3)), np.ones(2)],
        [np.ones(2), np.ones((3, 2))],
        [np.ones(2), np.ones((2, 3), np.float32)],
        [np.ones(2), np.ones((2, 3)), np.ones(1)],
    ],
)
def test_other_parameters_than_in_the_first_call_are_refused(kind, others):
    optimizer = kind()
    parameters = [np.ones(2), np.ones((2, 3))]
    optimizer.apply(parameters, parameters)
    before = copy.deepcopy(parameters)
    with pytest.raises(ValueError, match="parameters must have the number, shapes") as caught:
        optimizer.apply([np.ones(p.shape) for p in others], others)
    assert_refused(caught, "parameters")
    assert all((p == 1.0).all() for p in others)
    optimizer.apply(before, parameters)  # still usable
    assert (parameters[0] < before[0]).all()


def test_the_memory_stays_with_the_position_and_not_with_the_array():
    a, b = np.zeros(1), np.zeros(1)
    optimizer = SGD(learning_rate=1.0, momentum=0.5)
    optimizer.apply([[1.0]], [a])
    optimizer.apply([[1.0]], [b])
    assert a[0] == -1.0 and b[0] == -1.5
