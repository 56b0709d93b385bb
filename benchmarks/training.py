"""Training: a step of the course's network against one of Keras' `fit`, and its own least time.

Medians of short rounds in which each takes its turn, on random data in the shape of Boston
housing and of MNIST, without what a call takes for its first batch. The least time is that of
the step's matrix products alone. Both sides have as many threads as there are cores.
"""

import os
import statistics
import time

import numpy as np

from helpers.losses import mean_absolute_error
from helpers.network import MLP, Dense
from helpers.optimizers import RMSprop

ROUNDS = 9
SPARSE = "sparse_categorical_crossentropy"


def main():
    pin_threads_of_tensorflow(int(os.environ["OPENBLAS_NUM_THREADS"]))  # NumPy's, set at the start
    print(f"{'':26} {'ours':>8} {'other':>9} {'ratio':>6}   target")
    boston()
    mnist(32)
    mnist(128, and_products=True)


def pin_threads_of_tensorflow(count):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def boston():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(404, 13)), rng.normal(22.0, 9.0, size=(404, 1))
    task = x.astype(np.float32), y.astype(np.float32), 1
    layers = [(64, "relu"), (64, "relu"), (1, "linear")]
    loss = "mean_squared_error"
    times = seconds_of_a_step(
        training(*task, layers, loss, {"mae": mean_absolute_error}),
        fitting(*task, layers, loss, ["mae"]),
        fitting(*task, layers, loss, ["mae"], steps_per_execution=32),
        samples=404,
        batch_size=1,
    )
    report("Boston, batch 1: fit", times[1], times[0], "at least 10")
    report("  steps_per_execution=32", times[2], times[0])


def mnist(batch_size, and_products=False):
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(4096, 784)).astype(np.float32)
    task = x, rng.integers(10, size=len(x)), batch_size
    layers = [(512, "relu"), (10, "softmax")]
    runs = [training(*task, layers, SPARSE), fitting(*task, layers, SPARSE)]
    if and_products:
        runs.append(matrix_products(x, batch_size, layers))
    times = seconds_of_a_step(*runs, samples=len(x), batch_size=batch_size)
    target = {32: "at least 2.5", 128: "at least 2"}[batch_size]
    report(f"MNIST, batch {batch_size}: fit", times[1], times[0], target)
    if and_products:
        report("  matrix products", times[0], times[2], "at most 2", ours=times[0])


def network(inputs, layers):
    units = [inputs, *(units for units, _ in layers)]
    return MLP([Dense(n, *layer) for n, layer in zip(units, layers, strict=False)])


def training(x, y, batch_size, layers, loss, metrics=None):
    mlp, optimizer = network(x.shape[1], layers), RMSprop()

    def train(n):
        mlp.train(x[:n], y[:n], loss, optimizer, batch_size=batch_size, metrics=metrics)

    return train


def fitting(x, y, batch_size, layers, loss, metrics=None, **settings):
    import keras

    model = keras.Sequential([keras.Input(x.shape[1:]), *(keras.layers.Dense(*n) for n in layers)])
    model.compile("rmsprop", loss, metrics=metrics, **settings)
    return lambda n: model.fit(x[:n], y[:n], batch_size, verbose=0)


def matrix_products(x, batch_size, layers):
    """Do for each batch the products that a step cannot do without, and nothing else."""
    mlp = network(x.shape[1], layers)
    y_pred = mlp.forward(x[:batch_size])
    deltas = [np.ones_like(layer.z) for layer in mlp.layers]
    mlp.backward(y_pred)

    def products(n):
        for start in range(0, n, batch_size):
            mlp.layers[0].x = x[start : start + batch_size]
            for layer, delta in zip(mlp.layers, deltas, strict=True):
                kernel, gradient = layer.weights[0], layer.gradients[0]
                layer.x @ kernel
                np.dot(layer.x.T, delta, out=gradient)
                if layer is not mlp.layers[0]:
                    delta @ kernel.T

    return products


def seconds_of_a_step(*runs, samples, batch_size):
    """Time each run in every round, after one to warm up; one list of times for each."""

    def seconds_of(run):
        whole, first = seconds(lambda: run(samples)), seconds(lambda: run(batch_size))
        return (whole - first) / (samples // batch_size - 1)

    for run in runs:
        seconds_of(run)
    rounds = [[seconds_of(run) for run in runs] for _ in range(ROUNDS)]
    return list(zip(*rounds, strict=True))


def report(name, slow, fast, target="", ours=None):
    ratio = statistics.median(a / b for a, b in zip(slow, fast, strict=True))
    ours, other = (fast, slow) if ours is None else (slow, fast)
    columns = (f"{1e6 * statistics.median(times):6.0f} µs" for times in (ours, other))
    print(f"{name:26}{''.join(columns)} {ratio:6.1f}   {target}".rstrip())


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
