"""The network against Keras, finite differences and numbers worked by hand."""

import copy
import math
import pickle
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import activations, losses, optimizers
from helpers.gradients import numerical_gradient
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import SGD, RMSprop

ELEMENTWISE = ["linear", "relu", "leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu"]
REGRESSIONS = ["mean_squared_error", "mean_absolute_error", "huber", "pinball"]
SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"
CUBE = (lambda z: z**3, lambda z: 3 * z**2)
QUARTIC = (  # as a learner may write it, with lists and float64
    lambda y_true, y_pred: [float(np.sum(row)) for row in (y_pred - y_true) ** 4],
    lambda y_true, y_pred: (4.0 * (y_pred - y_true) ** 3).astype(np.float64).tolist(),
)


def refused(error, name, reason=""):
    """Expect an error that names the argument and ends with what was received."""
    return pytest.raises(error, match=rf"(?s)^{name} must .*{reason}.*\. Received: {name}=.+")


def label(value):
    """Name a test's argument without its address, which differs between pytest's workers."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))


def network(*names, units=(3, 5, 4), seed=0):
    """Return a network with one layer for each activation, and biases other than 0."""
    rng = np.random.default_rng(seed)
    sizes = zip(units, units[1:], names, strict=False)
    mlp = MLP([Dense(*size, rng) for size in sizes])
    for bias in mlp.weights[1::2]:
        bias[:] = rng.normal(size=bias.shape)
    return mlp


def samples(count=50, inputs=3, outputs=4, classes=None, seed=1):
    """Return inputs and targets: numbers, or class numbers if `classes` is given."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, inputs)).astype(np.float32)
    if classes:
        return x, rng.integers(classes, size=count)
    return x, np.sin(x @ rng.normal(size=(inputs, outputs))).astype(np.float32)


def assert_equal_lists(actual, expected):
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, b)


class Counting:
    """No optimizer: it counts how often it is asked."""

    calls = 0

    def apply(self, gradients, parameters):
        self.calls += 1


def test_a_layer_worked_by_hand():
    layer = Dense(2, 2, "relu")
    layer.weights[0][:] = [[1, -1], [2, 3]]
    layer.weights[1][:] = [-2, 0.5]
    x = [[1, 2], [3, -1]]
    np.testing.assert_array_equal(layer.forward(x), [[3.0, 5.5], [0.0, 0.0]])
    np.testing.assert_array_equal(layer.x, x)
    np.testing.assert_array_equal(layer.z, [[3.0, 5.5], [-1.0, -5.5]])
    delta = layer.gate([[10, 1], [7, 7]])
    np.testing.assert_array_equal(delta, [[10, 1], [0, 0]])
    np.testing.assert_array_equal(layer.backward(delta), [[9, 23], [0, 0]])
    np.testing.assert_array_equal(layer.gradients[0], [[10, 1], [20, 2]])
    np.testing.assert_array_equal(layer.gradients[1], [10, 1])
    assert layer.backward([[1, 1], [1, 1]], to_x=False) is None
    np.testing.assert_array_equal(layer.gradients[0], [[4, 4], [1, 1]])


def test_a_step_worked_by_hand():
    """Two layers of one unit: 3 (2 x + 1) - 1 is 8 and 20, where 10 and 14 are wanted."""
    both = MLP([Dense(1, 1, "relu"), Dense(1, 1)])
    both.set_weights([[[2.0]], [1.0], [[3.0]], [-1.0]])
    batch = [[1], [3]], [[10], [14]], "mean_squared_error"
    y_pred, value = both.step(*batch)
    np.testing.assert_array_equal(y_pred, [[8.0], [20.0]])
    assert value == (4 + 36) / 2 and type(value) is float
    assert_equal_lists(both.weights, [[[2.0]], [1.0], [[3.0]], [-1.0]])
    assert both.step(*batch, SGD(0.5))[1] == value
    # dL/dy is [-2, 6], the hidden activations are [3, 7]
    assert_equal_lists(both.gradients, [[[48.0]], [12.0], [[36.0]], [4.0]])
    assert_equal_lists(both.weights, [[[2.0 - 24]], [1.0 - 6], [[3.0 - 18]], [-1.0 - 2]])


def test_the_history_worked_by_hand():
    """Each loss is taken before its update; a smaller last batch counts for less."""
    unit = MLP([Dense(1, 1)])
    unit.set_weights([[[0.0]], [0.0]])
    history = unit.train(
        *([[1], [1], [1]], [2.0, 2.0, 5.0], "mean_squared_error", SGD(0.25), 1, 2),
        metrics={"mae": losses.mean_absolute_error},
        validation_data=([[2.0]], [[4.25]]),
        shuffle=False,
    )
    # loss 4, 4; both weights step to 1, the output to 2; loss 9; both step by 1.5
    assert_equal_lists(unit.weights, [[[2.5]], [2.5]])
    means = {"loss": (4 + 4 + 9) / 3, "mae": (2 + 2 + 3) / 3, "val_loss": 3.25**2, "val_mae": 3.25}
    assert history == {name: [value] for name, value in means.items()}
    assert all(type(column[0]) is float for column in history.values())
    assert history is unit.history


def mean_loss(mlp, weights, x, y, loss):
    """Compute the mean loss anew, from the formulas and in float64."""
    for layer, kernel, bias in zip(mlp.layers, weights[::2], weights[1::2], strict=True):
        name, z = layer.activation, x @ kernel + bias
        f = name[0] if isinstance(name, tuple) else getattr(activations, name, lambda z: z)
        x = f(z)
    return np.mean((loss[0] if isinstance(loss, tuple) else getattr(losses, loss))(y, x))


LOSSES = [
    *[("mean_squared_error", last) for last in [*ELEMENTWISE, "softmax", CUBE]],
    *[(loss, last) for loss in REGRESSIONS[1:] for last in ("linear", "softmax")],
    *[(loss, last) for loss in (SPARSE, ONE_HOT) for last in ("softmax", "sigmoid")],
    (QUARTIC, "tanh"),
]


@pytest.mark.parametrize(("loss", "last"), LOSSES, ids=label)
@pytest.mark.parametrize("hidden", ["tanh", "softmax"])
def test_gradients_of_the_mean_loss(loss, last, hidden):
    """Through three layers, with softmax and cross-entropy both together and apart."""
    mlp = network(hidden, "leaky_relu", last, units=(3, 5, 6, 4))
    x, y = samples(7)
    if loss in (SPARSE, ONE_HOT):
        y = np.arange(7) % 4 if loss == SPARSE else np.eye(4)[np.arange(7) % 4]
    weights = [w.astype(np.float64) for w in mlp.weights]
    expected = mean_loss(mlp, weights, x.astype(float), y, loss)
    y_pred, value = mlp.step(x, y, loss, Counting())
    assert value == pytest.approx(expected, rel=1e-5)
    assert mlp.evaluate(x, y, loss)["loss"] == pytest.approx(expected, rel=1e-5)
    np.testing.assert_array_equal(mlp.predict(x), y_pred)
    for i, gradient in enumerate(mlp.gradients):

        def changed(w, i=i):
            return mean_loss(mlp, [*weights[:i], w, *weights[i + 1 :]], x.astype(float), y, loss)

        measured = numerical_gradient(changed, weights[i])
        np.testing.assert_allclose(gradient, measured, rtol=2e-4, atol=2e-6)


def test_softmax_and_cross_entropy_are_taken_together():
    """Apart, a probability below 1e-7 would be clipped, its loss bounded and its gradient 0."""
    mlp = MLP([Dense(1, 2, "softmax")])
    mlp.set_weights([[[100.0, 0.0]], [0.0, 0.0]])
    for y, loss in (([1], SPARSE), ([[0.0, 1.0]], ONE_HOT)):
        assert mlp.step([[1.0]], y, loss, Counting())[1] == 100.0
        np.testing.assert_array_equal(mlp.gradients[1], [1.0, -1.0])
        assert mlp.evaluate([[1.0]], y, loss) == {"loss": 100.0}
    apart = losses.categorical_crossentropy, losses.categorical_crossentropy_gradient
    assert mlp.step([[1.0]], [[0.0, 1.0]], apart, Counting())[1] == pytest.approx(-math.log(1e-7))
    np.testing.assert_array_equal(mlp.gradients[1], [0.0, 0.0])


def test_first_weights_fill_the_range_of_glorot_evenly():
    from scipy import stats

    kernel, bias = Dense(300, 100, rng=0).weights
    limit = math.sqrt(6 / 400)
    assert kernel.shape == (300, 100) and bias.shape == (100,) and not bias.any()
    assert np.abs(kernel).max() <= np.float32(limit)
    assert stats.kstest(kernel.ravel(), stats.uniform(-limit, 2 * limit).cdf).pvalue > 0.01


def test_the_generator_decides_the_first_weights_and_the_order():
    one, same, other = (Dense(4, 5, rng=rng).weights for rng in (0, np.random.default_rng(0), 1))
    assert_equal_lists(one, same)
    assert (one[0] != other[0]).all()
    assert (Dense(4, 5).weights[0] != Dense(4, 5).weights[0]).any()
    mlps = [network("tanh", "linear") for _ in range(4)]
    for mlp, rng in zip(mlps, (0, 0, None, None), strict=True):
        mlp.train(*samples(20), "huber", SGD(0.1), batch_size=1, rng=rng)
    assert_equal_lists(mlps[0].weights, mlps[1].weights)
    assert (mlps[2].weights[0] != mlps[3].weights[0]).any()


def twins(units, names, loss, optimizer, metrics=None):
    """Return our network and a Keras model with the same weights, and our optimizer."""
    import keras

    ours = network(*names, units=units)
    # By name its leaky ReLU leaks 0.2; and to a sigmoid's cross-entropy it gives the logits.
    named = {
        "leaky_relu": lambda z: keras.ops.maximum(z, 0.01 * z),
        "sigmoid": lambda z: 1 / (1 + keras.ops.exp(-z)),
    }
    model = keras.Sequential([keras.Input(units[:1])])
    for n, f in zip(units[1:], names, strict=True):
        model.add(keras.layers.Dense(n, named.get(f, f)))
    kind, rate = optimizer
    model.compile(getattr(keras.optimizers, kind)(rate), loss, metrics=metrics)
    model.set_weights(ours.get_weights())
    return ours, model, getattr(optimizers, kind)(rate)


def test_forward_equals_keras_with_weights_copied_both_ways():
    names = ("relu", "tanh", "elu", "silu", "softmax")
    ours, model, _ = twins((3, 6, 5, 6, 5, 4), names, SPARSE, ("SGD", 0.1))
    x = samples()[0]
    np.testing.assert_allclose(ours.predict(x), model.predict(x, verbose=0), rtol=1e-5)
    other = network(*names, units=(3, 6, 5, 6, 5, 4), seed=9)
    other.set_weights(model.get_weights())
    assert_equal_lists(other.get_weights(), ours.weights)


TASKS = [
    pytest.param(("relu", "tanh", "linear"), "mean_squared_error", id="regression"),
    pytest.param(("relu", "sigmoid", "linear"), "huber", id="huber"),
    pytest.param(("relu", "elu", "softmax"), SPARSE, id="sparse"),
    pytest.param(("leaky_relu", "tanh", "softmax"), ONE_HOT, id="one-hot"),
    pytest.param(("tanh", "silu", "sigmoid"), SPARSE, id="sparse, apart"),
]


@pytest.mark.parametrize("optimizer", [("RMSprop", 0.01), ("SGD", 0.05)], ids=lambda pair: pair[0])
@pytest.mark.parametrize(("names", "loss"), TASKS)
def test_weights_after_100_steps_equal_keras(names, loss, optimizer):
    x, y = samples(16 * 100, classes=4 if "crossentropy" in loss else None)
    y = np.eye(4)[y] if loss == ONE_HOT else y
    ours, model, rule = twins((3, 8, 6, 4), names, loss, optimizer)
    before = ours.get_weights()
    for i in range(0, len(x), 16):
        ours.step(x[i : i + 16], y[i : i + 16], loss, rule)
        model.train_on_batch(x[i : i + 16], y[i : i + 16])
    assert max(np.abs(w - b).max() for w, b in zip(ours.weights, before, strict=True)) > 0.05
    for w, other in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(w, other, rtol=0, atol=1e-5)


HISTORIES = [
    ((3, 8, 1), "linear", "mean_squared_error", "mae", losses.mean_absolute_error),
    ((3, 8, 3), "softmax", SPARSE, "accuracy", accuracy),
]


@pytest.mark.parametrize("batch_size", [1, 16])
@pytest.mark.parametrize(("units", "last", "loss", "name", "metric"), HISTORIES, ids=label)
def test_the_history_equals_that_of_keras(units, last, loss, name, metric, batch_size):
    """30 samples in batches of 16: the last has 14."""
    x, y = samples(outputs=1)
    y = np.abs(x).argmax(axis=1) if loss == SPARSE else y
    ours, model, rule = twins(units, ("tanh", last), loss, ("RMSprop", 0.01), [name])
    more = {"batch_size": batch_size, "validation_data": (x[30:], y[30:]), "shuffle": False}
    history = ours.train(x[:30], y[:30], loss, rule, 3, metrics={name: metric}, **more)
    expected = model.fit(x[:30], y[:30], epochs=3, verbose=0, **more).history
    assert history.keys() == expected.keys() == {"loss", name, "val_loss", f"val_{name}"}
    for key, values in expected.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-4)
    scores = ours.evaluate(x[30:], y[30:], loss, {name: metric})
    assert scores == {key: history[f"val_{key}"][-1] for key in ("loss", name)}
    assert history["loss"][0] > 1.05 * history["loss"][-1]


def test_train_is_steps_on_batches_in_the_order_of_the_generator():
    x, y = samples(70)
    one, other = network("relu", "linear"), network("relu", "linear")
    one.train(x, y, "huber", SGD(0.1), epochs=2, rng=5)
    rng, rule, orders = np.random.default_rng(5), SGD(0.1), []
    for _ in range(2):
        orders.append(rng.permutation(70))
        for batch in (orders[-1][:32], orders[-1][32:64], orders[-1][64:]):
            other.step(x[batch], y[batch], "huber", rule)
    assert (orders[0] != orders[1]).any()
    assert_equal_lists(one.weights, other.weights)


def test_shuffled_predictions_meet_their_own_targets_and_progress_wraps_the_epochs():
    (x, y), mlp, seen, wrapped = samples(23), network("relu", "linear"), [], []
    mlp.train(
        *(x, y, "huber", SGD(0.0), 3, 5),
        metrics={"spy": lambda *pair: seen.append(pair) or np.zeros(len(pair[0]))},
        progress=lambda epochs: wrapped.append(epochs) or epochs[:2],
    )
    assert wrapped == [range(3)] and len(mlp.history["spy"]) == 2
    np.testing.assert_array_equal(seen[-1][0], y)
    np.testing.assert_allclose(seen[-1][1], mlp.predict(x), rtol=1e-5, atol=1e-6)


def test_every_call_begins_its_own_history_and_goes_on_learning():
    (x, y), mlp = samples(), network("tanh", "linear")
    first = mlp.train(x, y, "huber", SGD(0.1), epochs=3)
    second = mlp.train(x, y, "huber", SGD(0.1))
    assert len(first["loss"]) == 3 and len(second["loss"]) == 1
    assert second["loss"][0] < first["loss"][0] and mlp.history is second
    assert mlp.train(x, y, "huber", SGD(0.1), epochs=0) == {} == mlp.history


class Interrupting(SGD):
    """SGD that is interrupted, as by the stop button, before its eleventh step."""

    steps = 0

    def apply(self, gradients, parameters):
        if self.steps == 10:
            raise KeyboardInterrupt
        self.steps += 1
        super().apply(gradients, parameters)


def test_an_interruption_loses_nothing():
    (x, y), mlp, expected = samples(16), network("tanh", "linear"), network("tanh", "linear")
    with pytest.raises(KeyboardInterrupt):
        mlp.train(x, y, "huber", Interrupting(0.1), epochs=9, batch_size=4, shuffle=False)
    history = expected.train(x, y, "huber", SGD(0.1), epochs=2, batch_size=4, shuffle=False)
    assert mlp.history == history and len(history["loss"]) == 2
    for batch in (slice(4), slice(4, 8)):
        expected.step(x[batch], y[batch], "huber", SGD(0.1))
    assert_equal_lists(mlp.weights, expected.weights)


@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(1, 12), st.integers(1, 14))
def test_no_sample_is_left_out_or_seen_twice(units, count, batch_size):
    mlp, seen = network("tanh", "relu", "elu", units=units), []
    x, y = samples(count, units[0], units[-1])
    own = losses.huber, lambda *pair: seen.append(pair[0]) or losses.huber_gradient(*pair)
    before = mlp.evaluate(x, y, own)["loss"]
    history = mlp.train(x, y, own, SGD(0.0), 2, batch_size)
    np.testing.assert_allclose(history["loss"], [before, before], rtol=1e-5, atol=1e-7)
    assert all(len(batch) <= batch_size for batch in seen)
    for epoch in np.split(np.concatenate(seen), 2):
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(y, axis=0))


def test_one_output_takes_targets_in_a_row_or_in_a_column():
    (x, y), results = samples(outputs=1), []
    for targets in (y, y[:, 0], y[:, 0].tolist()):
        mlp = network("tanh", "linear", units=(3, 4, 1))
        pair = x[:5], targets[:5]
        history = mlp.train(x, targets, "huber", SGD(0.1), validation_data=pair, shuffle=False)
        assert mlp.evaluate(*pair, "huber")["loss"] == history["val_loss"][0]
        results.append((history, mlp.weights[0].tolist()))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("kind", [np.uint8, np.float32, list, ONE_HOT])
def test_class_numbers_of_any_kind_and_one_hot_rows_train_the_same(kind):
    (x, y), one, other = samples(classes=4), network("relu", "softmax"), network("relu", "softmax")
    given_y = {list: list, ONE_HOT: np.eye(4).__getitem__}.get(kind, lambda y: y.astype(kind))(y)
    one.train(x, y, SPARSE, RMSprop(0.01), rng=0)
    other.train(x, given_y, ONE_HOT if kind == ONE_HOT else SPARSE, RMSprop(0.01), rng=0)
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_own_functions_equal_those_with_a_name():
    """Their results may come as float64 or as lists."""
    leak = (
        lambda z: np.where(z > 0, z, 0.01 * z.astype(float)),
        lambda z: np.where(z > 0, 1, 0.01),
    )
    loss = (
        lambda y_true, y_pred: [float(np.mean(row**2)) for row in y_pred - y_true],
        lambda y_true, y_pred: (2 * (y_pred - y_true) / y_pred.shape[-1]).tolist(),
    )
    (x, y), one, other = samples(), network(leak, leak), network("leaky_relu", "leaky_relu")
    arguments = {"epochs": 3, "validation_data": (x[:7], y[:7]), "shuffle": False}
    history = one.train(x, y, loss, RMSprop(0.01), **arguments)
    expected = other.train(x, y, "mean_squared_error", RMSprop(0.01), **arguments)
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(history[name], expected[name], rtol=1e-5)
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)
    assert one.predict(x).dtype == one.forward(x).dtype == np.float32


@pytest.mark.parametrize("kind", [np.uint8, np.float16, np.float64, list])
def test_everything_is_float32_and_no_input_is_modified(kind):
    x, y = samples(20)
    x, y = np.abs(x * 20).astype(np.uint8), np.abs(y * 9).astype(np.uint8)
    one, other = network("relu", "gelu", "linear"), network("relu", "gelu", "linear")
    one.train(x.astype(np.float32), y.astype(np.float32), "huber", RMSprop(), 2, 9, rng=0)
    addresses = [w.ctypes.data for w in other.weights]
    pair = [array.tolist() if kind is list else array.astype(kind) for array in (x, y)]
    before = copy.deepcopy(pair)
    for array in pair if kind is not list else ():
        array.flags.writeable = False
    other.train(*pair, "huber", RMSprop(), 2, 9, rng=0, validation_data=pair)
    assert_equal_lists(other.weights, one.weights)
    assert_equal_lists(pair, before)
    assert [w.ctypes.data for w in other.weights] == addresses
    y_pred, _ = other.step(*pair, "huber")
    of_layers = [array for layer in other.layers for array in (layer.x, layer.z)]
    for array in (*other.weights, *other.gradients, *of_layers, y_pred, other.predict(pair[0])):
        assert array.dtype == np.float32


def test_bytes_are_cast_batch_by_batch():
    """As float32 they would take four times their memory: 8 MB."""
    x, mlp = np.ones((10_000, 200), np.uint8), network("linear", units=(200, 1))
    tracemalloc.start()
    mlp.train(x, np.zeros(10_000), "mean_squared_error", SGD(0.0))
    mlp.predict(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 1e6 < peak < 4e6


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda mlp: pickle.loads(pickle.dumps(mlp))])
def test_copies_train_by_themselves(copied):
    (x, y), mlp = samples(), network("relu", "linear")
    other, before = copied(mlp), mlp.get_weights()
    history = other.train(x, y, "huber", SGD(0.1), shuffle=False)
    assert_equal_lists(mlp.weights, before)
    assert mlp.train(x, y, "huber", SGD(0.1), shuffle=False) == history
    np.testing.assert_array_equal(mlp.predict(x), other.predict(x))


def test_weights_are_copied_in_and_out_and_may_change_places():
    mlp = network("relu", "linear", units=(3, 3, 3))
    a, b, c, d = mlp.get_weights()
    mlp.set_weights([mlp.weights[i] for i in (2, 3, 0, 1)])
    assert_equal_lists(mlp.weights, [c, d, a, b])
    mlp.set_weights([w.tolist() for w in (a, b, c, d)])
    assert_equal_lists(mlp.weights, [a, b, c, d])
    a[:] = 9.0
    assert (mlp.weights[0] < 9.0).all()


@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 3000])
@pytest.mark.parametrize("last", ["linear", "softmax"])
def test_predict_in_parts_equals_forward_at_once(count, last):
    (x, _), mlp, seen = samples(count), network("relu", last), []
    y_pred = mlp.predict(x)
    np.testing.assert_allclose(y_pred, mlp.forward(x), rtol=1e-5, atol=1e-6)
    assert y_pred.shape == (count, 4)
    forward = mlp.forward
    mlp.forward = lambda x: seen.append(len(x)) or forward(x)
    again = mlp.predict(x)
    assert sum(seen) == count and max(seen) <= 1024
    again[:] = 7.0  # new memory
    assert not (mlp.layers[-1].z == 7.0).any()


def test_repr():
    layers = [Dense(3, 5, "relu"), Dense(5, 1)]
    mlp = MLP(layers)
    layers.clear()  # the network has a list of its own
    assert repr(mlp) == "MLP([Dense(3, 5, 'relu'), Dense(5, 1, 'linear')])"


def test_accuracy_worked_by_hand_and_what_it_refuses():
    y_pred = [[0.1, 0.9], [0.6, 0.4], [0.5, 0.5], [2.0, -3.0]]
    result = accuracy([1, 1, 0, 0], y_pred)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [1, 0, 1, 1])
    np.testing.assert_array_equal(accuracy(np.eye(2)[[1, 1, 0, 0]], y_pred), [1, 0, 1, 1])
    for y_true, y_pred, name in (
        ([0, 1], [[0.3], [0.8]], "y_pred"),  # whose first class would always win
        ([0, 1], [0.3, 0.8], "y_pred"),
        ([0, 1, 0], np.eye(2), "y_true"),
        ([[0], [1]], np.eye(2), "y_true"),
    ):
        with refused(ValueError, name):
            accuracy(y_true, y_pred)
    with refused(TypeError, "y_true"):
        accuracy(["0", "1"], np.eye(2))


def test_a_loss_that_is_not_finite_stops_with_the_number_of_the_step():
    (x, y), mlp, weights = samples(32), network("relu", "linear"), []

    class Watching(SGD):
        def apply(self, gradients, parameters):
            super().apply(gradients, parameters)
            weights.append(copy.deepcopy(parameters))

    with np.errstate(all="raise"), pytest.raises(FloatingPointError) as caught:
        mlp.train(x, y, "mean_squared_error", Watching(2), 99, 8, shuffle=False)
    steps, message = len(weights), str(caught.value)
    assert steps > 4 and f" at step {steps % 4 + 1} of epoch {steps // 4 + 1}; the w" in message
    assert "the learning rate too large" in message and "not standardised" in message
    assert message.endswith("Received: optimizer=Watching(learning_rate=2.0, momentum=0.0)")
    assert_equal_lists(mlp.weights, weights[-1])
    assert len(mlp.history["loss"]) == steps // 4


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("column", [0, 1], ids=["loss", "gradient"])
def test_not_finite_anywhere_means_no_update(bad, column):
    """The targets of the tenth sample, in the third batch, make it so."""
    loss = lambda y, y_pred: y[:, 0], lambda y, y_pred: y[:, 1:2] * np.ones_like(y_pred)
    mlp, optimizer, x, y = network("relu", "linear"), Counting(), np.ones((20, 3)), np.ones((20, 4))
    mlp.weights[1][:] = -100.0  # ReLU is off, and hides nothing
    y[9, column] = bad
    with pytest.raises(FloatingPointError, match=r"became \w+ at step 3 of epoch 1; the weights"):
        mlp.train(x, y, loss, optimizer, batch_size=4, shuffle=False)
    assert optimizer.calls == 2 and mlp.history == {}
    assert not math.isfinite(mlp.step(x, y, loss, optimizer)[1]) and optimizer.calls == 2


def test_an_own_derivative_that_is_not_finite_is_noticed_and_no_warning_escapes():
    """Pytest makes errors of warnings."""
    mlp, optimizer = network((np.tanh, lambda z: 1 / (z * 0)), "linear"), Counting()
    assert math.isnan(mlp.step(*samples(), "huber", optimizer)[1]) and optimizer.calls == 0
    metrics = {"log": lambda y_true, y_pred: np.log(-1 - np.abs(y_pred[:, 0]))}
    assert math.isnan(mlp.evaluate(*samples(), "huber", metrics)["log"])
    (x, y), mlp = samples(4), network("relu", (lambda z: np.log(z - 99), np.ones_like))
    assert not np.isfinite(mlp.predict(x)).all()
    assert not math.isfinite(mlp.evaluate(x.astype(float) * 1e300, y, "huber")["loss"])


def test_an_input_that_is_not_finite_is_not_lost():
    (x, y), mlp = samples(4), network("relu", "relu", "linear", units=(3, 5, 5, 4))
    x[2, 1] = np.nan
    assert np.isnan(mlp.predict(x)).any(axis=1).tolist() == [False, False, True, False]
    assert math.isnan(mlp.evaluate(x, y, "huber")["loss"])
    with pytest.raises(FloatingPointError, match="became nan at step 1 of epoch 1"):
        mlp.train(x, y, "huber", SGD())


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("units_in", 0, ValueError),
        ("units_in", 2.0, TypeError),
        ("units_out", 0, ValueError),
        ("units_out", "3", TypeError),
        ("units_out", 1, ValueError),  # the softmax of one unit is 1 for everything
        ("activation", "rellu", ValueError),
        ("activation", "softmax_jacobian", ValueError),
        ("activation", np.tanh, ValueError),
        ("activation", (np.tanh,), ValueError),
    ],
)
def test_bad_arguments_of_a_layer_are_refused(name, value, error):
    with refused(error, name):
        Dense(**{"units_in": 2, "units_out": 3, "activation": "softmax"} | {name: value})
    assert Dense(1, 1).weights[0].shape == (1, 1)


def test_layers_that_do_not_fit_or_occur_twice_are_refused():
    twice = Dense(3, 3)
    for layers in ([Dense(2, 3), Dense(4, 3)], [twice, Dense(3, 3), twice]):
        with refused(ValueError, "layers"):
            MLP(layers)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 1), (2, 3, 3)])
def test_inputs_of_another_shape_are_refused(shape):
    mlp, y = network("relu", "linear"), np.zeros((shape[0], 4))
    for call in (
        mlp.forward,
        mlp.predict,
        lambda x: mlp.step(x, y, "huber"),
        lambda x: mlp.evaluate(x, y, "huber"),
        lambda x: mlp.train(x, y, "huber", SGD()),
    ):
        with refused(ValueError, "x", "3 columns"):
            call(np.zeros(shape))


Y = np.full((4, 4), 0.25)
OWN = (losses.huber, losses.huber_gradient)
TOTAL = (lambda y_true, y_pred: np.mean((y_pred - y_true) ** 2), losses.huber_gradient)
NARROW = (losses.huber, lambda y_true, y_pred: np.ones((len(y_pred), 1)))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("y", Y[:3], ValueError),
        ("y", np.zeros((5, 4)), ValueError),
        ("y", Y[:, 0], ValueError),  # would be broadcast
        ("y", Y[:, :1], ValueError),
        ("y", Y[..., None], ValueError),
        ("epochs", -1, ValueError),
        ("epochs", 1.0, TypeError),
        ("batch_size", 0, ValueError),
        ("batch_size", "32", TypeError),
        ("loss", "mse", ValueError),
        ("loss", "weighted_squared_error", ValueError),
        ("loss", losses.huber, ValueError),
        ("loss", TOTAL, ValueError),
        ("loss", NARROW, ValueError),
    ],
    ids=label,
)
def test_bad_arguments_of_train_are_refused_before_the_first_step(name, value, error):
    mlp, optimizer, before = network("relu", "tanh"), Counting(), network("relu", "tanh").weights
    arguments = {"x": np.ones((4, 3)), "y": Y, "loss": OWN, "optimizer": optimizer}
    with refused(error, name):
        mlp.train(**arguments | {name: value})
    assert optimizer.calls == 0
    assert_equal_lists(mlp.weights, before)


def test_metrics_are_tried_on_the_first_sample_before_the_first_step():
    mlp, optimizer, x = network("relu", "linear"), Counting(), np.ones((4, 3))
    mlp.history = {"loss": [1.0]}
    with refused(ValueError, "own", "each sample"):
        mlp.train(x, Y, "huber", optimizer, metrics={"own": lambda y_true, y_pred: y_pred})
    with pytest.raises(TypeError, match="'loss'"):
        mlp.train(x, Y, "huber", optimizer, metrics={"loss": losses.huber})
    assert optimizer.calls == 0 and mlp.history == {"loss": [1.0]}
    metrics = {"val_loss": losses.huber}
    with pytest.raises(TypeError, match="'val_loss'"):
        mlp.train(x, Y, "huber", optimizer, metrics=metrics, validation_data=(x, Y))


@pytest.mark.parametrize("y", [[0, 1, 2, 4], [0, 1, 2, -1], [0, 1, 2, 0.5], [[0], [1], [2], [3]]])
def test_labels_that_are_no_classes_are_refused(y):
    mlp, optimizer = network("relu", "softmax"), Counting()
    for call in (mlp.evaluate, lambda *arguments: mlp.train(*arguments, optimizer)):
        with pytest.raises(ValueError, match=r"Received: y"):
            call(np.ones((4, 3)), y, SPARSE)
    assert optimizer.calls == 0


@pytest.mark.parametrize("change", [list.pop, lambda w: w.append(w[0]), list.reverse])
def test_weights_of_other_shapes_are_refused_and_nothing_has_changed(change):
    mlp = network("relu", "linear")
    before, weights = mlp.get_weights(), [w + 1 for w in mlp.weights]
    change(weights)
    for wrong in (weights, [*before[:3], [1.0]]):  # the last would be broadcast
        with refused(ValueError, "weights"):
            mlp.set_weights(wrong)
    assert_equal_lists(mlp.weights, before)
