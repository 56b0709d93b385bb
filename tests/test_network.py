"""The network against Keras, finite differences and numbers worked by hand."""

import copy
import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import activations, losses, optimizers
from helpers.gradients import check_gradient
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import SGD, RMSprop
from tests.bad_values import BAD_ARRAYS, assert_refused

FLOATS = [np.float16, np.float32, np.float64]
ELEMENTWISE = ["linear", "relu", "leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu"]
REGRESSIONS = ["mean_squared_error", "mean_absolute_error", "huber", "pinball"]
SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"
OPTIMIZERS = [
    pytest.param(lambda o: o.RMSprop(0.01), id="RMSprop"),
    pytest.param(lambda o: o.SGD(0.05), id="SGD"),
]
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)
CUBE = (lambda z: z**3, lambda z: 3 * z**2)
# Lists and float64 come back from functions that a learner writes without a thought.
QUARTIC = (
    lambda y_true, y_pred: [float(np.sum(row)) for row in (y_pred - y_true) ** 4],
    lambda y_true, y_pred: (4.0 * (y_pred - y_true) ** 3).astype(np.float64).tolist(),
)


def generator(seed=0):
    return np.random.default_rng(seed)


def network(*activation, units=(3, 5, 4), dtype=np.float64, seed=0):
    """Return a network with one layer for each activation, and biases other than 0."""
    rng = generator(seed)
    layers = [
        Dense(units_in, units_out, f, rng, dtype)
        for units_in, units_out, f in zip(units, units[1:], activation, strict=False)
    ]
    for layer in layers:
        layer.weights[1][:] = rng.normal(size=layer.weights[1].shape)
    return MLP(layers)


def samples(count=50, inputs=3, outputs=4, classes=None, seed=1):
    """Return inputs and targets: numbers, or class numbers if `classes` is given."""
    rng = generator(seed)
    x = rng.normal(size=(count, inputs))
    if classes:
        return x, rng.integers(classes, size=count)
    return x, np.sin(x @ rng.normal(size=(inputs, outputs)))


def assert_equal_lists(actual, expected):
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, b)


# Worked by hand


def test_a_layer_worked_by_hand():
    layer = Dense(2, 2, "relu", dtype=np.float64)
    layer.weights[0][:] = [[1, -1], [2, 3]]
    layer.weights[1][:] = [-2, 0.5]
    x = [[1.0, 2.0], [3.0, -1.0]]
    np.testing.assert_array_equal(layer.forward(x), [[3.0, 5.5], [0.0, 0.0]])
    np.testing.assert_array_equal(layer.x, x)
    np.testing.assert_array_equal(layer.z, [[3.0, 5.5], [-1.0, -5.5]])
    # delta is [[10, 1], [0, 0]]
    to_x = layer.backward([[10.0, 1.0], [7.0, 7.0]])
    np.testing.assert_array_equal(layer.gradients[0], [[10, 1], [20, 2]])
    np.testing.assert_array_equal(layer.gradients[1], [10, 1])
    np.testing.assert_array_equal(to_x, [[9, 23], [0, 0]])
    # the same gradient, but taken at z, where ReLU does not gate it
    to_x = layer.backward([[10.0, 1.0], [7.0, 7.0]], at_z=True)
    np.testing.assert_array_equal(layer.gradients[0], [[31, 22], [13, -5]])
    np.testing.assert_array_equal(layer.gradients[1], [17, 8])
    np.testing.assert_array_equal(to_x, [[9, 23], [0, 35]])


def test_a_step_worked_by_hand():
    """Two layers of one unit: 3 (2 x + 1) - 1 is 8 and 20, where 10 and 14 are wanted."""
    both = MLP([Dense(1, 1, "relu", dtype=np.float64), Dense(1, 1, dtype=np.float64)])
    both.set_weights([[[2.0]], [1.0], [[3.0]], [-1.0]])
    y_pred, value = both.step(
        np.array([[1.0], [3.0]]), np.array([[10.0], [14.0]]), "mean_squared_error", SGD(0.5)
    )
    np.testing.assert_array_equal(y_pred, [[8.0], [20.0]])
    assert value == (4 + 36) / 2 and type(value) is float
    # dL/dy is [-2, 6], hidden activations are [3, 7]
    assert_equal_lists(both.gradients, [[[48.0]], [12.0], [[36.0]], [4.0]])
    assert_equal_lists(both.weights, [[[2.0 - 24]], [1.0 - 6], [[3.0 - 18]], [-1.0 - 2]])


def test_the_history_worked_by_hand():
    """Each loss is taken before its update; a smaller last batch counts for less."""
    unit = MLP([Dense(1, 1, dtype=np.float64)])
    unit.set_weights([[[0.0]], [0.0]])
    history = unit.train(
        [[1.0], [1.0], [1.0]],
        [2.0, 2.0, 5.0],
        "mean_squared_error",
        SGD(0.25),
        batch_size=2,
        metrics={"mae": losses.mean_absolute_error},
        validation_data=([[2.0]], [[4.25]]),
        shuffle=False,
    )
    # loss 4, 4; both weights step to 1, the output to 2; loss 9; both step by 1.5
    assert_equal_lists(unit.weights, [[[2.5]], [2.5]])
    assert history == {
        "loss": [(4 + 4 + 9) / 3],
        "mae": [(2 + 2 + 3) / 3],
        "val_loss": [3.25**2],
        "val_mae": [3.25],
    }
    assert all(type(value) is float for column in history.values() for value in column)
    assert history is unit.history


# Gradients against finite differences


def with_array(mlp, array, f):
    """Return a function of the values of `array`, which is part of the network."""

    def changed(values):
        before = array.copy()
        array[...] = values
        try:
            return f()
        finally:
            array[...] = before

    return changed


def label(value):
    """Name a test's argument without its address, which differs between pytest's workers."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))


@pytest.mark.parametrize("activation", [*ELEMENTWISE, "softmax", CUBE], ids=label)
def test_gradients_of_a_layer(activation):
    layer = Dense(3, 4, activation, generator(), np.float64)
    layer.weights[1][:] = generator(1).normal(size=4)
    x, factors = generator(2).normal(size=(5, 3)), generator(3).normal(size=(5, 4))

    def weighted_sum():
        return np.sum(layer.forward(x) * factors)

    weighted_sum()
    to_x = layer.backward(factors)
    for weight, gradient in zip(layer.weights, layer.gradients, strict=True):
        f = with_array(layer, weight, weighted_sum)
        assert check_gradient(f, lambda _, g=gradient: g.copy(), weight) < 1e-8
    f = lambda values: np.sum(layer.forward(values) * factors)  # noqa: E731
    assert check_gradient(f, lambda _: to_x, x) < 1e-8


LOSSES = [
    *[(loss, last) for loss in REGRESSIONS for last in ("linear", "tanh", "softmax")],
    *[(loss, last) for loss in (SPARSE, ONE_HOT) for last in ("softmax", "sigmoid")],
    (QUARTIC, CUBE),
]


@pytest.mark.parametrize(("loss", "last"), LOSSES, ids=label)
@pytest.mark.parametrize("hidden", ["tanh", "leaky_relu"])
def test_gradients_of_the_mean_loss(loss, last, hidden):
    """Through three layers, with softmax and cross-entropy both joint and apart."""
    mlp = network(hidden, hidden, last, units=(3, 5, 6, 4))
    x, y = samples(7)
    if loss == SPARSE:
        y = np.arange(7) % 4
    elif loss == ONE_HOT:
        y = np.eye(4)[np.arange(7) % 4]

    def mean_loss():
        return mlp.evaluate(x, y, loss)["loss"]

    assert mlp.step(x, y, loss, SGD(0.0))[1] == mean_loss()
    for weight, gradient in zip(mlp.weights, copy.deepcopy(mlp.gradients), strict=True):
        f = with_array(mlp, weight, mean_loss)
        assert check_gradient(f, lambda _, g=gradient: g, weight) < 1e-7


@pytest.mark.parametrize("loss", [*REGRESSIONS, SPARSE, ONE_HOT])
@pytest.mark.parametrize("last", ["sigmoid", "softmax"])
def test_the_loss_is_that_of_the_predictions(loss, last):
    mlp = network("relu", last, units=(3, 5, 4))
    x, y = samples(7, classes=4)
    y = y if loss == SPARSE else np.eye(4)[y]
    expected = np.mean(getattr(losses, loss)(y, mlp.predict(x)))
    np.testing.assert_allclose(mlp.evaluate(x, y, loss)["loss"], expected, rtol=1e-12)
    value = mlp.step(x, y, loss, Counting())[1]
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_a_sum_beyond_float16_has_a_mean():
    mlp = MLP([Dense(1, 1, dtype=np.float16)])
    x, y = np.zeros((10, 1)), np.full(10, 200.0)
    assert mlp.evaluate(x, y, "mean_squared_error") == {"loss": 40_000.0}
    assert mlp.step(x, y[:, None], "mean_squared_error", Counting())[1] == 40_000.0


def test_softmax_and_cross_entropy_are_joined():
    """Apart, a probability below 1e-7 would be clipped, its loss bounded and its gradient 0."""
    mlp = MLP([Dense(1, 2, "softmax", dtype=np.float64)])
    mlp.set_weights([[[100.0, 0.0]], [0.0, 0.0]])
    for y, loss in (([1], SPARSE), ([[0.0, 1.0]], ONE_HOT)):
        assert mlp.step([[1.0]], y, loss, SGD(0.0))[1] == 100.0
        np.testing.assert_allclose(mlp.gradients[1], [1.0, -1.0], rtol=1e-15)
        assert mlp.evaluate([[1.0]], y, loss) == {"loss": 100.0}
        apart = tuple(getattr(losses, name) for name in (loss, f"{loss}_gradient"))
        assert mlp.step([[1.0]], y, apart, SGD(0.0))[1] == pytest.approx(-math.log(1e-7))
        np.testing.assert_array_equal(mlp.gradients[1], [0.0, 0.0])


def test_own_softmax_is_taken_element_by_element():
    """The derivative that was given counts, whatever function it belongs to."""
    layer = Dense(2, 3, (activations.softmax, np.ones_like), generator(), np.float64)
    layer.forward([[1.0, 2.0]])
    layer.backward([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(layer.gradients[1], [1.0, 2.0, 3.0])


# First weights


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(FLOATS))
def test_glorot_limits_and_bias_0(units_in, units_out, dtype):
    kernel, bias = Dense(units_in, units_out, rng=generator(), dtype=dtype).weights
    assert kernel.shape == (units_in, units_out) and bias.shape == (units_out,)
    assert kernel.dtype == bias.dtype == dtype and not bias.any()
    limit = math.sqrt(6 / (units_in + units_out))
    assert np.abs(kernel).max() <= limit * (1 + np.finfo(dtype).eps)


def test_first_weights_fill_the_range_of_glorot_evenly():
    from scipy import stats

    kernel = Dense(300, 100, rng=generator()).weights[0]
    limit = math.sqrt(6 / 400)
    assert stats.kstest(kernel.ravel(), stats.uniform(-limit, 2 * limit).cdf).pvalue > 0.01
    import keras

    theirs = keras.initializers.GlorotUniform(seed=0)((300, 100)).numpy()
    assert abs(theirs.std() / kernel.std() - 1) < 0.01


def test_the_generator_decides_the_first_weights():
    one, same, other = (Dense(4, 5, rng=generator(seed)).weights for seed in (0, 0, 1))
    assert_equal_lists(one, same)
    assert (one[0] != other[0]).all()
    assert (Dense(4, 5).weights[0] != Dense(4, 5).weights[0]).any()
    rng = generator()
    assert (Dense(4, 5, rng=rng).weights[0] != Dense(4, 5, rng=rng).weights[0]).any()


# Against Keras


@pytest.fixture(params=["float32", "float64"])
def keras(request):
    """Return Keras, with weights, learning rate and losses in the precision of the test."""
    import keras

    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield keras
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def twins(keras, units, activation, loss, optimizer, metrics=None):
    """Return our network and a Keras model with the same weights, and our optimizer."""
    ours = network(*activation, units=units, dtype=keras.config.floatx())
    # By name its leaky ReLU leaks 0.2; and to a sigmoid's cross-entropy it gives the logits.
    named = {
        "leaky_relu": lambda z: keras.ops.maximum(z, 0.01 * z),
        "sigmoid": lambda z: 1 / (1 + keras.ops.exp(-z)),
    }
    model = keras.Sequential([keras.Input(units[:1])])
    for n, f in zip(units[1:], activation, strict=True):
        model.add(keras.layers.Dense(n, named.get(f, f)))
    model.compile(optimizer(keras.optimizers), loss, metrics=metrics)
    model.set_weights(ours.get_weights())
    return ours, model, optimizer(optimizers)


def tolerance(keras):
    return 1e-4 if keras.config.floatx() == "float32" else 1e-10


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid", "tanh", "elu", "silu"])
def test_forward_equals_keras_with_weights_copied_both_ways(keras, activation):
    ours, model, _ = twins(keras, (3, 6, 4), (activation, "softmax"), SPARSE, lambda o: o.SGD())
    x = samples()[0].astype(keras.config.floatx())
    rtol = 20 * np.finfo(x.dtype).eps
    np.testing.assert_allclose(ours.predict(x), model.predict(x, verbose=0), rtol=rtol, atol=rtol)
    other = network(activation, "softmax", units=(3, 6, 4), dtype=x.dtype, seed=9)
    other.set_weights(model.get_weights())
    assert_equal_lists(other.weights, ours.weights)
    np.testing.assert_array_equal(other.predict(x), ours.predict(x))
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in model.get_weights()]


TASKS = [
    pytest.param(("relu", "tanh", "linear"), "mean_squared_error", id="regression"),
    pytest.param(("relu", "sigmoid", "linear"), "huber", id="huber"),
    pytest.param(("relu", "elu", "softmax"), SPARSE, id="sparse"),
    pytest.param(("leaky_relu", "tanh", "softmax"), ONE_HOT, id="one-hot"),
    pytest.param(("tanh", "silu", "sigmoid"), SPARSE, id="sparse, not joint"),
]


@every_optimizer
@pytest.mark.parametrize(("activation", "loss"), TASKS)
def test_weights_after_100_steps_equal_keras(keras, activation, loss, optimizer):
    x, y = samples(16 * 100, classes=4 if "crossentropy" in loss else None)
    y = np.eye(4)[y] if loss == ONE_HOT else y
    x = x.astype(keras.config.floatx())
    ours, model, rule = twins(keras, (3, 8, 6, 4), activation, loss, optimizer)
    before = ours.get_weights()
    for i in range(0, len(x), 16):
        ours.step(x[i : i + 16], y[i : i + 16], loss, rule)
        model.train_on_batch(x[i : i + 16], y[i : i + 16])
    assert max(np.abs(w - b).max() for w, b in zip(ours.weights, before, strict=True)) > 0.05
    for w, other in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(w, other, rtol=0, atol=tolerance(keras))


@every_optimizer
@pytest.mark.parametrize("batch_size", [1, 16])
def test_the_history_equals_that_of_keras(keras, optimizer, batch_size):
    """50 samples in batches of 16: the last has 2."""
    x, y = samples(outputs=1)
    x, y = x.astype(keras.config.floatx()), y.astype(keras.config.floatx())
    arguments = {"epochs": 3, "batch_size": batch_size, "validation_data": (x[30:], y[30:] + 0.5)}
    ours, model, rule = twins(
        keras, (3, 8, 1), ("tanh", "linear"), "mean_squared_error", optimizer, ["mae"]
    )
    history = ours.train(
        x,
        y,
        "mean_squared_error",
        rule,
        metrics={"mae": losses.mean_absolute_error},
        shuffle=False,
        **arguments,
    )
    expected = model.fit(x, y, shuffle=False, verbose=0, **arguments).history
    assert history.keys() == expected.keys() == {"loss", "mae", "val_loss", "val_mae"}
    for name, values in expected.items():
        assert len(history[name]) == 3
        rtol = 1e-4 if x.dtype == np.float32 else 1e-6  # Keras logs in float32
        np.testing.assert_allclose(history[name], values, rtol=rtol)
    assert history["loss"][0] > 1.1 * history["loss"][-1]


def test_the_history_of_a_classifier_equals_that_of_keras(keras):
    x, y = samples(90, classes=4)
    x = x.astype(keras.config.floatx())
    y = np.abs(x).argmax(axis=1)
    arguments = {"epochs": 5, "batch_size": 8, "validation_data": (x[60:], y[60:])}
    ours, model, rule = twins(
        keras, (3, 16, 4), ("relu", "softmax"), SPARSE, lambda o: o.RMSprop(0.01), ["accuracy"]
    )
    history = ours.train(
        x[:60], y[:60], SPARSE, rule, metrics={"accuracy": accuracy}, shuffle=False, **arguments
    )
    expected = model.fit(x[:60], y[:60], shuffle=False, verbose=0, **arguments).history
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4)
    assert history["accuracy"][-1] > history["accuracy"][0]
    scores = ours.evaluate(x[60:], y[60:], SPARSE, {"accuracy": accuracy})
    assert scores == {name: history[f"val_{name}"][-1] for name in ("loss", "accuracy")}
    loss, share = model.evaluate(x[60:], y[60:], verbose=0)
    np.testing.assert_allclose([scores["loss"], scores["accuracy"]], [loss, share], rtol=1e-4)


# Training


def test_train_is_steps_on_batches_in_the_order_of_the_generator():
    x, y = samples(10)
    one, other = network("relu", "linear"), network("relu", "linear")
    one.train(x, y, "huber", SGD(0.1), epochs=2, batch_size=4, rng=generator(5))
    rng, rule, orders = generator(5), SGD(0.1), []
    for _ in range(2):
        order = rng.permutation(10)
        orders.append(order.tolist())
        for batch in (order[:4], order[4:8], order[8:]):
            other.step(x[batch], y[batch], "huber", rule)
    assert orders[0] != orders[1]
    assert_equal_lists(one.weights, other.weights)


def test_without_a_generator_the_order_is_new_every_time():
    x, y = samples(20)
    results = []
    for _ in range(2):
        mlp = network("tanh", "linear")
        mlp.train(x, y, "huber", SGD(0.1), batch_size=1)
        results.append(mlp.weights[0])
    assert (results[0] != results[1]).any()


def test_defaults():
    x, y = samples(100)
    one, other = network("relu", "linear"), network("relu", "linear")
    history = one.train(x, y, "huber", SGD(0.1), rng=generator())
    assert history.keys() == {"loss"} and len(history["loss"]) == 1
    same = other.train(x, y, "huber", SGD(0.1), 1, 32, shuffle=True, rng=generator())
    assert same == history
    assert_equal_lists(one.weights, other.weights)


def test_shuffled_predictions_meet_their_own_targets():
    x, y = samples(23)
    mlp = network("relu", "linear")
    seen = {}

    def spy(y_true, y_pred):
        seen.update(y_true=y_true, y_pred=y_pred)
        return np.zeros(len(y_true))

    mlp.train(x, y, "huber", SGD(0.0), batch_size=5, metrics={"spy": spy}, rng=generator())
    np.testing.assert_array_equal(seen["y_true"], y)
    np.testing.assert_allclose(seen["y_pred"], mlp.predict(x), rtol=1e-12)


def test_every_call_begins_its_own_history_and_goes_on_learning():
    x, y = samples()
    mlp = network("tanh", "linear")
    first = mlp.train(x, y, "huber", SGD(0.1), epochs=3)
    second = mlp.train(x, y, "huber", SGD(0.1), epochs=2)
    assert len(first["loss"]) == 3 and len(second["loss"]) == 2
    assert second["loss"][0] < first["loss"][0] and mlp.history is second
    assert mlp.train(x, y, "huber", SGD(0.1), epochs=0) == {} == mlp.history


@pytest.mark.parametrize("size", [50, 51, 10**9])
def test_a_batch_may_hold_all_samples(size):
    x, y = samples(50)
    one, other = network("tanh", "linear"), network("tanh", "linear")
    history = one.train(x, y, "huber", SGD(0.1), batch_size=size, shuffle=False)
    _, value = other.step(x, y, "huber", SGD(0.1))
    assert history["loss"] == [value]
    assert_equal_lists(one.weights, other.weights)


def test_progress_wraps_the_epochs():
    wrapped, passed = [], []

    def progress(epochs):
        wrapped.append(epochs)
        for epoch in epochs:
            yield epoch
            passed.append(epoch)

    x, y = samples()
    mlp = network("tanh", "linear")
    history = mlp.train(x, y, "huber", SGD(0.1), epochs=4, progress=progress)
    assert wrapped == [range(4)] and passed == [0, 1, 2, 3] and len(history["loss"]) == 4


class Interrupting(SGD):
    """SGD that is interrupted, like the kernel by its stop button, before some step."""

    steps = 0

    def apply(self, gradients, parameters):
        if self.steps == 10:
            raise KeyboardInterrupt
        self.steps += 1
        super().apply(gradients, parameters)


def test_an_interruption_in_a_step_loses_nothing():
    x, y = samples(16)
    mlp, expected = network("tanh", "linear"), network("tanh", "linear")
    with pytest.raises(KeyboardInterrupt):
        mlp.train(x, y, "huber", Interrupting(0.1), epochs=9, batch_size=4, shuffle=False)
    history = expected.train(x, y, "huber", SGD(0.1), epochs=2, batch_size=4, shuffle=False)
    assert mlp.history == history
    for batch in (slice(4), slice(4, 8)):
        expected.step(x[batch], y[batch], "huber", SGD(0.1))
    assert_equal_lists(mlp.weights, expected.weights)


def test_an_interruption_between_epochs_loses_nothing():
    def progress(epochs):
        yield from epochs[:3]
        raise KeyboardInterrupt

    x, y = samples(16)
    mlp, expected = network("tanh", "linear"), network("tanh", "linear")
    arguments = {"metrics": {"mae": losses.mean_absolute_error}, "shuffle": False}
    with pytest.raises(KeyboardInterrupt):
        mlp.train(x, y, "huber", SGD(0.1), epochs=9, progress=progress, **arguments)
    expected.train(x, y, "huber", SGD(0.1), epochs=3, **arguments)
    assert mlp.history == expected.history and len(mlp.history["mae"]) == 3
    assert_equal_lists(mlp.weights, expected.weights)


@pytest.mark.parametrize("loss", REGRESSIONS)
def test_one_output_takes_targets_in_a_row_or_in_a_column(loss):
    x, y = samples(outputs=1)
    results = []
    for targets in (y, y[:, 0], y[:, 0].tolist()):
        mlp = network("tanh", "linear", units=(3, 4, 1))
        history = mlp.train(
            x,
            targets,
            loss,
            SGD(0.1),
            metrics={"mae": losses.mean_absolute_error},
            validation_data=(x[:5], targets[:5]),
            shuffle=False,
        )
        assert mlp.evaluate(x[:5], targets[:5], loss)["loss"] == history["val_loss"][0]
        results.append((history, mlp.weights[0].tolist()))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("kind", [int, np.uint8, np.float32, list])
def test_class_numbers_of_any_kind(kind):
    x, y = samples(classes=4)
    one, other = (network("relu", "softmax") for _ in range(2))
    expected = one.train(x, y, SPARSE, SGD(0.1), rng=generator())
    given_y = y.tolist() if kind is list else y.astype(kind)
    assert other.train(x, given_y, SPARSE, SGD(0.1), rng=generator()) == expected
    assert other.step(x, given_y, SPARSE, SGD(0.1)) is not None
    assert one.evaluate(x, given_y, SPARSE) == one.evaluate(x, y, SPARSE)


def test_both_label_formats_train_the_same():
    x, y = samples(classes=4)
    one, other = (network("relu", "softmax") for _ in range(2))
    one.train(x, y, SPARSE, RMSprop(0.01), epochs=3, rng=generator())
    other.train(x, np.eye(4)[y], ONE_HOT, RMSprop(0.01), epochs=3, rng=generator())
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


# Your own activations and losses


@pytest.mark.parametrize("dtype", FLOATS)
def test_own_activation_equals_the_one_with_a_name(dtype):
    """Its results may come in another dtype, as from `np.where`; the network keeps its own."""
    own = (
        lambda z: np.where(z > 0, z, 0.01 * z.astype(np.float64)),
        lambda z: np.where(z > 0, 1.0, 0.01),
    )
    x, y = samples()
    one, other = (network(f, f, dtype=dtype) for f in (own, "leaky_relu"))
    one.train(x, y, "mean_squared_error", SGD(0.1), epochs=3, rng=generator())
    other.train(x, y, "mean_squared_error", SGD(0.1), epochs=3, rng=generator())
    for a, b in zip(one.weights, other.weights, strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=0, atol=8 * np.finfo(dtype).eps)
    assert one.predict(x).dtype == dtype


def test_own_loss_equals_the_one_with_a_name():
    own = (
        lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2, axis=-1),
        lambda y_true, y_pred: 2.0 * (y_pred - y_true) / y_pred.shape[-1],
    )
    x, y = samples()
    one, other = (network("tanh", "linear") for _ in range(2))
    arguments = {"epochs": 3, "validation_data": (x[:7], y[:7]), "shuffle": False}
    history = one.train(x, y, own, RMSprop(0.01), **arguments)
    expected = other.train(x, y, "mean_squared_error", RMSprop(0.01), **arguments)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-12)
    np.testing.assert_allclose(history["val_loss"], expected["val_loss"], rtol=1e-12)
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_own_loss_may_return_lists_and_take_targets_of_its_own_shape():
    x, y = samples(20, outputs=1)
    shapes = set()

    def squared_distance(y_true, y_pred):
        shapes.add(y_true.shape[1:])
        return [float(v) for v in np.square(y_pred[:, 0] - y_true.mean(axis=(1, 2)))]

    def gradient(y_true, y_pred):
        shapes.add(y_true.shape[1:])
        return [
            [2.0 * float(p - t)] for p, t in zip(y_pred[:, 0], y_true.mean((1, 2)), strict=True)
        ]

    mlp, expected = (network("tanh", "linear", units=(3, 5, 1)) for _ in range(2))
    targets = np.stack([y - 1, y + 1], axis=1)
    history = mlp.train(x, targets, (squared_distance, gradient), SGD(0.1), shuffle=False)
    same = expected.train(x, y, "mean_squared_error", SGD(0.1), shuffle=False)
    assert shapes == {(2, 1)}
    np.testing.assert_allclose(history["loss"], same["loss"], rtol=1e-12)
    for a, b in zip(mlp.weights, expected.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


# What is kept


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("last", ["linear", "softmax"])
def test_dtype_is_kept_and_no_input_is_modified(dtype, last):
    x, y = samples()
    y = np.abs(y) / np.abs(y).sum(axis=1, keepdims=True)
    mlp = network("relu", "gelu", last, units=(3, 5, 6, 4), dtype=dtype)
    addresses = [w.ctypes.data for w in mlp.weights]
    for kind in FLOATS:
        arrays = [x.astype(kind), y.astype(kind), x[:9].astype(kind), y[:9].astype(kind)]
        before = copy.deepcopy(arrays)
        for array in arrays:
            array.flags.writeable = False
        for loss in ("mean_squared_error", ONE_HOT if last == "softmax" else "huber"):
            mlp.train(*arrays[:2], loss, RMSprop(), batch_size=9, validation_data=arrays[2:])
            mlp.evaluate(*arrays[:2], loss)
        y_pred, _ = mlp.step(*arrays[:2], "huber", SGD())
        assert mlp.predict(arrays[0]).dtype == mlp.forward(arrays[0]).dtype == y_pred.dtype == dtype
        assert mlp.layers[-1].backward(arrays[1]).dtype == dtype
        assert all(g.dtype == w.dtype == dtype for w in mlp.weights for g in mlp.gradients)
        assert all(layer.x.dtype == layer.z.dtype == dtype for layer in mlp.layers)
        assert_equal_lists(arrays, before)
    assert [w.ctypes.data for w in mlp.weights] == addresses


def test_the_network_holds_the_very_arrays_of_its_layers():
    mlp = network("relu", "linear")
    flat = [w for layer in mlp.layers for w in layer.weights]
    assert all(a is b for a, b in zip(mlp.weights, flat, strict=True))
    mlp.step(*samples(), "huber", SGD(0.1))
    flat = [g for layer in mlp.layers for g in layer.gradients]
    assert all(a is b and a.any() for a, b in zip(mlp.gradients, flat, strict=True))
    layers = [Dense(2, 3)]
    mlp = MLP(layers)
    layers.append(Dense(3, 1))
    assert len(mlp.layers) == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_train_by_themselves(copied):
    x, y = samples()
    mlp = network("relu", "linear")
    other, before = copied(mlp), mlp.get_weights()
    history = other.train(x, y, "huber", SGD(0.1), shuffle=False)
    assert_equal_lists(mlp.weights, before)
    assert mlp.train(x, y, "huber", SGD(0.1), shuffle=False) == history
    np.testing.assert_array_equal(mlp.predict(x), other.predict(x))


def test_weights_are_copied_in_and_out():
    mlp, other = network("relu", "linear"), network("relu", "linear", seed=7)
    weights = mlp.get_weights()
    other.set_weights(weights)
    weights[0][:] = 9.0
    assert_equal_lists(other.weights, mlp.weights)
    assert all(a is not b for a, b in zip(other.weights, mlp.weights, strict=True))
    mlp.set_weights([w.tolist() for w in other.weights])
    assert_equal_lists(other.weights, mlp.weights)


def test_weights_may_change_places():
    mlp = network("relu", "linear", units=(3, 3, 3))
    a, b, c, d = mlp.get_weights()
    mlp.set_weights([mlp.weights[i] for i in (2, 3, 0, 1)])
    assert_equal_lists(mlp.weights, [c, d, a, b])


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 3000])
@pytest.mark.parametrize("last", ["linear", "softmax"])
def test_predict_in_parts_equals_forward_at_once(count, last):
    x = samples(count)[0]
    mlp = network("relu", last)
    before = mlp.get_weights()
    y_pred = mlp.predict(x)
    np.testing.assert_allclose(y_pred, mlp.forward(x), rtol=1e-12, atol=1e-14)
    assert y_pred.shape == (count, 4)
    y_pred[:] = 7.0  # new memory
    assert not (mlp.layers[-1].z == 7.0).any()
    assert_equal_lists(mlp.weights, before)


def test_predict_sends_1024_samples_forward_at_once():
    mlp = network("relu", "linear")
    counts = []
    forward = mlp.forward
    mlp.forward = lambda x: counts.append(len(x)) or forward(x)
    mlp.predict(np.zeros((2500, 3)))
    assert counts == [1024, 1024, 452]


def test_repr():
    layer = Dense(3, 5, "relu")
    assert repr(layer) == "Dense(3, 5, 'relu')"
    assert repr(MLP([layer, Dense(5, 1)])) == "MLP([Dense(3, 5, 'relu'), Dense(5, 1, 'linear')])"


# Accuracy


def test_accuracy_worked_by_hand():
    y_pred = [[0.1, 0.9], [0.6, 0.4], [0.5, 0.5], [2.0, -3.0]]
    result = accuracy([1, 1, 0, 0], y_pred)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [1, 0, 1, 1])
    np.testing.assert_array_equal(accuracy(np.eye(2)[[1, 1, 0, 0]], y_pred), [1, 0, 1, 1])
    assert accuracy(np.zeros(0), np.zeros((0, 2))).shape == (0,)


@given(st.integers(1, 20), st.integers(2, 6), st.integers(0, 2**32))
def test_accuracy_is_that_of_scikit_learn(count, classes, seed):
    from sklearn.metrics import accuracy_score

    rng = generator(seed)
    y, y_pred = rng.integers(classes, size=count), rng.normal(size=(count, classes))
    share = accuracy_score(y, y_pred.argmax(axis=1))
    assert np.mean(accuracy(y, y_pred)) == pytest.approx(share, abs=1e-12)
    assert np.mean(accuracy(np.eye(classes)[y], y_pred)) == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("shape", [(), (3,), (3, 1), (3, 0), (3, 2, 2)])
def test_accuracy_needs_rows_of_at_least_two_classes(shape):
    """With one output, the first class would be the most probable one of every sample."""
    with pytest.raises(ValueError, match="at least two classes") as caught:
        accuracy(np.zeros(shape), np.zeros(shape))
    assert_refused(caught, "y_pred")


@pytest.mark.parametrize("shape", [(), (2,), (4,), (3, 1), (2, 3), (1, 3)])
def test_accuracy_needs_a_label_for_each_sample(shape):
    with pytest.raises(ValueError, match="to match y_pred") as caught:
        accuracy(np.zeros(shape), np.zeros((3, 2)))
    assert_refused(caught, "y_true")


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_accuracy_refuses_what_is_no_array_of_numbers(value, error):
    for arguments, name in (((value, [[1.0, 2.0]]), "y_true"), (([0], value), "y_pred")):
        with pytest.raises(error) as caught:
            accuracy(*arguments)
        assert_refused(caught, name)


# Divergence


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_loss_that_is_not_finite_stops_with_the_number_of_the_step(dtype):
    x, y = samples(32)
    weights = []

    class Watching(SGD):
        def apply(self, gradients, parameters):
            weights.append(copy.deepcopy(parameters))
            super().apply(gradients, parameters)
            weights.append(copy.deepcopy(parameters))

    mlp = network("relu", "linear", dtype=dtype)
    with pytest.raises(FloatingPointError) as caught:
        mlp.train(x, y, "mean_squared_error", Watching(1e3), epochs=99, batch_size=8, shuffle=False)
    steps = len(weights) // 2
    assert steps > 0
    message = str(caught.value)
    assert f"at step {steps % 4 + 1} of epoch {steps // 4 + 1};" in message
    for cause in ("the learning rate is too large", "not standardised", "of your own divides by 0"):
        assert cause in message
    assert message.endswith(
        " Received: optimizer=Watching(learning_rate=1000.0, momentum=0.0, nesterov=False)"
    )
    assert_equal_lists(mlp.weights, weights[-1])
    assert len(mlp.history.get("loss", [])) == steps // 4


class Counting:
    """No optimizer: it counts how often it is asked."""

    calls = 0

    def apply(self, gradients, parameters):
        self.calls += 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_not_finite_anywhere_means_no_update(bad, where):
    """After two good steps the third is bad, in the loss or only in its gradient."""
    steps = []

    def loss(y_true, y_pred):
        steps.append(len(y_true))
        values = np.ones(len(y_true))
        if where == "loss" and len(steps) > 3:  # the first was the check of shapes
            values[-1] = bad
        return values

    def gradient(y_true, y_pred):
        values = np.ones_like(y_pred)
        if where == "gradient" and len(steps) > 3:
            values[-1, 0] = bad
        return values

    mlp, optimizer = network("relu", "linear"), Counting()
    with pytest.raises(FloatingPointError, match="at step 3 of epoch 1; the weights are as"):
        mlp.train(*samples(20), (loss, gradient), optimizer, batch_size=4)
    assert optimizer.calls == 2 and mlp.history == {}
    y_pred, value = mlp.step(*samples(4), (loss, gradient), optimizer)
    assert not math.isfinite(value) and y_pred.shape == (4, 4) and optimizer.calls == 2


def test_a_relu_that_is_off_does_not_hide_a_gradient_that_is_not_finite():
    mlp = network("relu", "relu", "linear", units=(3, 5, 5, 4))
    for layer in mlp.layers[:2]:
        layer.weights[1][:] = -100.0
    own = (lambda y_true, y_pred: np.ones(len(y_true)), lambda y_true, y_pred: y_pred * np.nan)
    optimizer = Counting()
    assert math.isnan(mlp.step(*samples(), own, optimizer)[1]) and optimizer.calls == 0


def test_an_own_derivative_that_is_not_finite_is_noticed():
    """Here the last layer's gradients are finite."""
    mlp, optimizer = network((np.tanh, lambda z: z * np.nan), "linear"), Counting()
    assert math.isnan(mlp.step(*samples(), "huber", optimizer)[1]) and optimizer.calls == 0
    assert np.isfinite(mlp.gradients[3]).all()


def test_no_warning_escapes():
    """Pytest makes errors of them."""
    x, y = samples(4)
    mlp = network("relu", "linear", dtype=np.float32)
    mlp.set_weights([np.full(w.shape, 3e38) for w in mlp.weights])
    own = (lambda z: np.log(z - 1.0), lambda z: 1.0 / (z * 0.0))
    logs = network("relu", own)
    divided = (
        lambda y_true, y_pred: np.sum(1.0 / (y_pred * 0.0), axis=1),
        lambda y_true, y_pred: np.log(y_pred * 0.0),
    )
    metrics = {"log": lambda y_true, y_pred: np.log(-np.abs(y_pred[:, 0]) - 1.0)}
    for one in (mlp, logs):
        assert not np.isfinite(one.predict(x)).all()
        for loss in ("mean_squared_error", divided):
            assert not math.isfinite(one.step(x, y, loss, SGD())[1])
            assert not math.isfinite(one.evaluate(x, y, loss)["loss"])
            with pytest.raises(FloatingPointError):
                one.train(x, y, loss, SGD(), metrics=metrics, validation_data=(x, y))
    good = network("relu", "linear")
    history = good.train(x, y, "huber", SGD(), metrics=metrics, validation_data=(x, y))
    assert math.isnan(history["log"][0]) and math.isnan(history["val_log"][0])


# What is refused

BAD_NETWORKS = [
    ("units_in", {"units_in": 0}, ValueError),
    ("units_in", {"units_in": -1}, ValueError),
    ("units_in", {"units_in": 2.0}, TypeError),
    ("units_in", {"units_in": True}, TypeError),
    ("units_out", {"units_out": 0}, ValueError),
    ("units_out", {"units_out": "3"}, TypeError),
    ("units_out", {"units_out": None}, TypeError),
    ("activation", {"activation": "rellu"}, ValueError),
    ("activation", {"activation": "softmax_jacobian"}, ValueError),
    ("activation", {"activation": None}, TypeError),
    ("activation", {"activation": np.tanh}, TypeError),
    ("activation", {"activation": [np.tanh, np.tanh]}, TypeError),
    ("activation", {"activation": (np.tanh,)}, TypeError),
    ("activation", {"activation": (np.tanh, np.tanh, np.tanh)}, TypeError),
    ("activation", {"activation": (np.tanh, "tanh")}, TypeError),
    ("rng", {"rng": 0}, TypeError),
    ("rng", {"rng": np.random.RandomState(0)}, TypeError),
    ("dtype", {"dtype": int}, ValueError),
    ("dtype", {"dtype": complex}, ValueError),
    ("dtype", {"dtype": ">f4"}, ValueError),
    ("dtype", {"dtype": "float33"}, TypeError),
]


@pytest.mark.parametrize(("name", "arguments", "error"), BAD_NETWORKS, ids=label)
def test_bad_arguments_of_a_layer_are_refused(name, arguments, error):
    with pytest.raises(error) as caught:
        Dense(**{"units_in": 2, "units_out": 3} | arguments)
    assert_refused(caught, name)


def test_integers_and_dtypes_of_numpy_are_accepted():
    layer = Dense(np.int64(2), np.array(3), dtype="float64")
    assert [w.shape for w in layer.weights] == [(2, 3), (3,)]
    assert layer.weights[0].dtype == np.float64


TWICE = Dense(3, 3)


@pytest.mark.parametrize(
    ("layers", "error", "reason"),
    [
        ([], ValueError, "at least one"),
        (Dense(2, 3), TypeError, "a list"),
        ([Dense(2, 3), "relu"], TypeError, "a list of Dense"),
        (None, TypeError, "a list"),
        ([Dense(2, 3), Dense(4, 3)], ValueError, "fit together"),
        ([Dense(2, 3), Dense(3, 4, dtype=np.float64)], ValueError, "one dtype"),
        ([TWICE, TWICE], ValueError, "twice"),
    ],
    ids=label,
)
def test_bad_layers_are_refused(layers, error, reason):
    with pytest.raises(error, match=reason) as caught:
        MLP(layers)
    assert_refused(caught, "layers")


@pytest.mark.parametrize("shape", [(), (3,), (2, 4), (2, 1), (2, 3, 3), (0,), (1, 2, 3)])
def test_a_batch_of_another_shape_is_refused(shape):
    mlp = network("relu", "linear")
    for call in (
        mlp.forward,
        mlp.layers[0].forward,
        mlp.predict,
        lambda x: mlp.step(x, np.zeros((2, 4)), "huber", SGD()),
        lambda x: mlp.evaluate(x, np.zeros((2, 4)), "huber"),
        lambda x: mlp.train(x, np.zeros((2, 4)), "huber", SGD()),
    ):
        with pytest.raises(ValueError, match="must have the shape") as caught:
            call(np.zeros(shape))
        assert_refused(caught, "x")
        assert str(shape) in str(caught.value) and ", 3)" in str(caught.value)


@pytest.mark.parametrize("shape", [(), (4,), (2,), (1, 4), (2, 1), (3, 4), (2, 4, 1)])
def test_a_gradient_of_another_shape_is_refused(shape):
    mlp = network("relu", "linear")
    mlp.forward(np.zeros((2, 3)))
    for call in (mlp.backward, mlp.layers[1].backward):
        for at_z in (False, True):
            with pytest.raises(ValueError, match="must have the shape of the last") as caught:
                call(np.ones(shape), at_z)
            assert_refused(caught, "gradient")
    assert not any(g.any() for g in mlp.gradients)


def test_backward_needs_a_forward():
    with pytest.raises(ValueError, match=r"gradient must have the shape .* \(0, 4\)"):
        network("relu", "linear").backward(np.ones((2, 4)))


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_what_is_no_array_of_numbers_is_refused(value, error):
    x, y = samples(4)
    mlp, before = network("relu", "linear"), network("relu", "linear").get_weights()
    for call, name in (
        (lambda: mlp.forward(value), "x"),
        (lambda: mlp.layers[0].forward(value), "x"),
        (lambda: mlp.backward(value), "gradient"),
        (lambda: mlp.predict(value), "x"),
        (lambda: mlp.evaluate(value, y, "huber"), "x"),
        (lambda: mlp.evaluate(x, value, "huber"), "y"),
        (lambda: mlp.train(value, y, "huber", SGD()), "x"),
        (lambda: mlp.train(x, value, "huber", SGD()), "y"),
        (lambda: mlp.set_weights([value] * 4), "weights"),
        (
            lambda: mlp.train(x, y, "huber", SGD(), validation_data=(value, y)),
            "validation_data[0]",
        ),
        (
            lambda: mlp.train(x, y, "huber", SGD(), validation_data=(x, value)),
            "validation_data[1]",
        ),
    ):
        with pytest.raises(error) as caught:
            call()
        assert_refused(caught, name)
    assert_equal_lists(mlp.weights, before)


def no_call(*_):
    raise AssertionError("this should have been refused before")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("epochs", -1, ValueError),
        ("epochs", 1.0, TypeError),
        ("epochs", None, TypeError),
        ("batch_size", 0, ValueError),
        ("batch_size", "32", TypeError),
        ("batch_size", None, TypeError),
        ("shuffle", 1, TypeError),
        ("shuffle", None, TypeError),
        ("shuffle", "batch", TypeError),
        ("rng", 0, TypeError),
        ("progress", None, TypeError),
        ("progress", True, TypeError),
        ("optimizer", "rmsprop", TypeError),
        ("optimizer", None, TypeError),
        ("optimizer", RMSprop, TypeError),
        ("loss", "mse", ValueError),
        ("loss", "weighted_squared_error", ValueError),
        ("loss", None, TypeError),
        ("loss", losses.huber, TypeError),
        ("loss", [losses.huber, losses.huber_gradient], TypeError),
        ("loss", (losses.huber,), TypeError),
        ("loss", (losses.huber, None), TypeError),
        ("metrics", "accuracy", TypeError),
        ("metrics", ["accuracy"], TypeError),
        ("metrics", [], TypeError),
        ("metrics", losses.huber, TypeError),
        ("metrics", {"mae": "mean_absolute_error"}, TypeError),
        ("metrics", {1: losses.huber}, TypeError),
        ("metrics", {"loss": losses.huber}, ValueError),
        ("metrics", {"val_loss": losses.huber}, ValueError),
        ("validation_data", 0.2, TypeError),
        ("validation_data", np.zeros((2, 3)), TypeError),
        ("validation_data", (np.zeros((2, 3)),), TypeError),
        ("validation_data", (np.zeros((2, 3)), np.zeros((2, 4)), np.ones(2)), TypeError),
    ],
    ids=label,
)
def test_bad_arguments_of_train_are_refused_before_the_first_step(name, value, error):
    x, y = samples(4)
    mlp, optimizer = network("relu", "linear"), Counting()
    mlp.train(x, y, "huber", SGD(), shuffle=False)
    history, before = copy.deepcopy(mlp.history), mlp.get_weights()
    arguments = {"x": x, "y": y, "loss": "huber", "optimizer": optimizer, "progress": no_call}
    with pytest.raises(error) as caught:
        mlp.train(**arguments | {name: value})
    assert_refused(caught, name)
    if name in ("loss", "metrics"):
        with pytest.raises(error) as caught:
            mlp.evaluate(**{"x": x, "y": y, "loss": "huber"} | {name: value})
        assert_refused(caught, name)
    assert mlp.history == history and optimizer.calls == 0
    assert_equal_lists(mlp.weights, before)


Y = np.full((4, 4), 0.25)
BAD_TARGETS = [
    pytest.param("huber", Y[:3], "4 samples", id="too few"),
    pytest.param("huber", np.zeros((5, 4)), "4 samples", id="too many"),
    pytest.param("huber", 1.0, "4 samples", id="one number"),
    pytest.param("huber", Y[:, 0], r"shape \(4, 4\)", id="one column as a row"),
    pytest.param("huber", Y[:, :1], r"shape \(4, 4\)", id="one column"),
    pytest.param("huber", Y[..., None], r"shape \(4, 4\)", id="three axes"),
    pytest.param("huber", np.where(np.eye(4), np.nan, Y), "finite in float32", id="NaN"),
    pytest.param("huber", np.where(np.eye(4), np.inf, Y), "finite in float32", id="infinite"),
    pytest.param("huber", np.where(np.eye(4), 1e300, Y), "finite in float32", id="too large"),
    pytest.param(SPARSE, [0, 1, 2, 4], "from 0 to 3", id="a class too high"),
    pytest.param(SPARSE, [0, 1, 2, -1], "from 0 to 3", id="a class below 0"),
    pytest.param(SPARSE, [0, 1, 2, 0.5], "from 0 to 3", id="half a class"),
    pytest.param(SPARSE, [0, 1, 2, np.nan], "finite", id="a class of NaN"),
    pytest.param(SPARSE, [[0], [1], [2], [3]], r"shape \(4,\)", id="classes in a column"),
    pytest.param(SPARSE, np.eye(4), r"shape \(4,\)", id="one-hot for sparse"),
    pytest.param(ONE_HOT, [0, 1, 2, 3], r"shape \(4, 4\)", id="class numbers for one-hot"),
    pytest.param(ONE_HOT, 2 * Y, "add up to 1", id="labels that add up to 2"),
    pytest.param(ONE_HOT, np.eye(4) * 3 - 0.5, "at least 0", id="negative labels"),
]


@pytest.mark.parametrize(("loss", "y", "reason"), BAD_TARGETS)
@pytest.mark.parametrize("last", ["softmax", "linear"])
def test_bad_targets_are_refused_before_the_first_step(loss, y, reason, last):
    mlp = network("relu", last, dtype=np.float32)
    x, good = np.ones((4, 3)), [0, 1, 2, 3] if loss == SPARSE else Y
    before = mlp.get_weights()
    for call, name in (
        (lambda: mlp.evaluate(x, y, loss), "y"),
        (lambda: mlp.train(x, y, loss, Counting(), progress=no_call), "y"),
        (
            lambda: mlp.train(x, good, loss, Counting(), validation_data=(x, y), progress=no_call),
            "validation_data[1]",
        ),
    ):
        with pytest.raises(ValueError, match=reason) as caught:
            call()
        assert_refused(caught, name)
    assert_equal_lists(mlp.weights, before)


def test_one_output_has_one_class():
    """Two classes need two outputs, also where a sigmoid gave the probability of one."""
    mlp = network("relu", "sigmoid", units=(3, 5, 1))
    assert mlp.evaluate(np.ones((2, 3)), [0, 0], SPARSE).keys() == {"loss"}
    with pytest.raises(ValueError, match="from 0 to 0") as caught:
        mlp.train(np.ones((2, 3)), [0, 1], SPARSE, Counting())
    assert_refused(caught, "y")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_inputs_that_are_not_finite_in_the_dtype_are_refused(bad):
    mlp = network("relu", "linear", dtype=np.float32)
    x = np.ones((4, 3))
    x[3, 1] = bad
    good = np.ones((4, 3))
    for call, name in (
        (lambda: mlp.predict(x), "x"),
        (lambda: mlp.evaluate(x, Y, "huber"), "x"),
        (lambda: mlp.train(x, Y, "huber", Counting(), progress=no_call), "x"),
        (
            lambda: mlp.train(good, Y, "huber", Counting(), validation_data=[x, Y]),
            "validation_data[0]",
        ),
    ):
        with pytest.raises(ValueError, match="must hold finite numbers of float32") as caught:
            call()
        assert_refused(caught, name)


def test_no_samples():
    mlp = network("relu", "linear")
    x, y = np.zeros((0, 3)), np.zeros((0, 4))
    good = samples(4)
    for call, name in (
        (lambda: mlp.train(x, y, "huber", SGD()), "x"),
        (lambda: mlp.evaluate(x, y, "huber"), "x"),
        (lambda: mlp.train(*good, "huber", SGD(), validation_data=(x, y)), "validation_data[0]"),
    ):
        with pytest.raises(ValueError, match="at least one sample") as caught:
            call()
        assert_refused(caught, name)
    assert mlp.predict(x).shape == (0, 4) == mlp.forward(x).shape


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        (lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2), r"not \(\)"),
        (lambda y_true, y_pred: (y_pred - y_true) ** 2, r"not \(4, 4\)"),
        (lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2, axis=1)[:2], r"not \(2,\)"),
    ],
)
def test_losses_and_metrics_must_return_one_value_for_each_sample(f, reason):
    mlp, arguments = network("relu", "linear"), samples(4)
    for loss, metrics, name in (
        ((f, losses.huber_gradient), None, "loss"),
        ("huber", {"mae": losses.mean_absolute_error, "own": f}, "metrics['own']"),
    ):
        with pytest.raises(ValueError, match=f"one value for each sample.*{reason}") as caught:
            mlp.train(*arguments, loss, Counting(), metrics=metrics, progress=no_call)
        assert_refused(caught, name)
        with pytest.raises(ValueError, match="one value for each sample") as caught:
            mlp.evaluate(*arguments, loss, metrics)
        assert_refused(caught, name)


@pytest.mark.parametrize(
    "gradient",
    [
        lambda y_true, y_pred: np.ones(4),
        lambda y_true, y_pred: np.ones((4, 1)),
        lambda y_true, y_pred: 1.0,
    ],
)
def test_a_gradient_of_a_loss_must_have_the_shape_of_the_predictions(gradient):
    loss = (losses.huber, gradient)
    with pytest.raises(ValueError, match="loss must have a gradient of the shape") as caught:
        network("relu", "linear").train(*samples(4), loss, Counting(), progress=no_call)
    assert_refused(caught, "loss")


def test_errors_of_an_own_loss_say_what_they_said():
    def loss(y_true, y_pred):
        raise ValueError("no loss today")

    with pytest.raises(ValueError, match=r"y must suit the loss .*: no loss today") as caught:
        network("relu", "linear").train(*samples(4), (loss, loss), Counting())
    assert str(caught.value.__cause__) == "no loss today"


@pytest.mark.parametrize(
    ("weights", "error", "reason"),
    [
        (None, TypeError, "a list"),
        (np.zeros((4, 3)), TypeError, "a list"),
        (lambda w: w[:3], ValueError, "shapes"),
        (lambda w: [*w, w[0]], ValueError, "shapes"),
        (lambda w: [w[2], w[3], w[0], w[1]], ValueError, "shapes"),
        (lambda w: [*w[:3], w[3][:, None]], ValueError, "shapes"),
        (lambda w: [*w[:3], 0.0], ValueError, "shapes"),
        (lambda w: [*w[:3], w[3] * np.nan], ValueError, "finite numbers of float32"),
        (lambda w: [*w[:3], np.full(4, 1e300)], ValueError, "finite numbers of float32"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_nothing_has_changed(weights, error, reason):
    mlp = network("relu", "linear", dtype=np.float32)
    before = mlp.get_weights()
    others = [w + 1.0 for w in before]
    with pytest.raises(error, match=reason) as caught:
        mlp.set_weights(weights(others) if callable(weights) else weights)
    assert_refused(caught, "weights")
    assert_equal_lists(mlp.weights, before)


# Properties


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.data(),
    st.integers(1, 12),
    st.integers(1, 14),
)
def test_any_network_learns_as_keras_counts_it(units, data, count, batch_size):
    """The history is the mean over samples, and no sample is left out or seen twice."""
    names = data.draw(st.lists(st.sampled_from(ELEMENTWISE), min_size=4, max_size=4))
    mlp = network(*names, units=units)
    x, y = samples(count, units[0], units[-1])
    seen = []
    own = (
        lambda y_true, y_pred: losses.huber(y_true, y_pred),
        lambda y_true, y_pred: seen.append(y_true) or losses.huber_gradient(y_true, y_pred),
    )
    before = mlp.evaluate(x, y, own)["loss"]
    seen.clear()
    history = mlp.train(x, y, own, SGD(0.0), 2, batch_size, rng=generator())
    np.testing.assert_allclose(history["loss"], [before, before], rtol=1e-9, atol=1e-15)
    batches = seen[1:]  # the first was the check of shapes
    assert all(len(batch) <= batch_size for batch in batches)
    epochs = np.split(np.concatenate(batches), 2)
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(y, axis=0))
