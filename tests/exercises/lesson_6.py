"""Lesson 6's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np
from sklearn.preprocessing import StandardScaler

from helpers import datasets
from helpers.exercises.lesson_6 import dense_backward, standardise


def by_scikit_learn(x_train, x_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test)


def by_columns(x_train, x_test):
    x_train, x_test = x_train.astype(float), x_test.astype(float)
    for column in range(x_train.shape[1]):
        mean, deviation = np.mean(x_train[:, column]), np.std(x_train[:, column])
        deviation = 1 if len(set(x_train[:, column])) == 1 else deviation
        x_train[:, column] = (x_train[:, column] - mean) / deviation
        x_test[:, column] = (x_test[:, column] - mean) / deviation
    return [x_train, x_test]


def by_differences(x, kernel, gradient):
    """Central differences of the sum of ``gradient * z``, which is linear in each number."""

    def loss(x, kernel, bias):
        return np.sum(gradient * (x @ kernel + bias))

    point = [x.astype(float), kernel.astype(float), np.zeros(kernel.shape[1])]
    slopes = [np.zeros(array.shape) for array in point]
    for array, slope in zip(point, slopes, strict=True):
        for index in np.ndindex(array.shape):
            array[index] += 1
            above = loss(*point)
            array[index] -= 2
            slope[index] = (above - loss(*point)) / 2
            array[index] += 1
    return slopes[1], slopes[2], slopes[0]


RIGHT = {
    "standardise": [
        datasets.standardise,
        by_scikit_learn,
        by_columns,
        lambda a, b: tuple((x - a.mean(0)) / (a.std(0) + (np.ptp(a, axis=0) == 0)) for x in (a, b)),
    ],
    "dense_backward": [
        by_differences,
        lambda x, w, g: (
            sum(np.outer(a, b) for a, b in zip(x, g, strict=True)),
            sum(g),
            np.array([w @ row for row in g]),
        ),
    ],
}

TWO_ROWS = "x_train = [[2.], [5.]], x_test"
TWO_COLUMNS = "x_train = [[ 2. , 30. ], [ 5. , 10. ], [ 3. , 10.5]], x_test"
CONSTANT = "x_train = [[2., 5.], [2., 2.]], x_test"
ONE = "x = [[2.]], kernel = [[3.]], gradient = [[5.]]"
TWO = "x = [[2., 3.], [5., 7.]], kernel = [[ 0.5, -3. ], [ 2. , 9. ]], gradient = [[ 5. , -2. ],"
PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "standardise": [
        ("is rounded", "x_train = [[0.1, 5. ], [0.1, 3. ], [0.1, 2.5]]"),
        ("divide it by 1. Yours divides by 0", CONSTANT),
        ("divide it by 1. Yours divides it by next to nothing", CONSTANT),
        ("Use the numbers of `x_train` for `x_test` too", *[TWO_ROWS] * 3),
        ("Measure on `x_train` alone", *[TWO_ROWS] * 3),
        ("a mean and a deviation of its own", *[TWO_COLUMNS] * 3),
        ("by the variance, not by its root", *[TWO_ROWS] * 3),
        ("number of samples less 1", *[TWO_ROWS] * 3),
        ("What remains is to divide by the deviation", *[TWO_ROWS] * 3),
        ("by the deviation. First subtract the mean", *[TWO_ROWS] * 3),
        ("`x_test` came back as it was", *[TWO_ROWS] * 3),
        ("return `x_train` first, then `x_test`", *[TWO_ROWS] * 3),
    ],
    "dense_backward": [
        ("divide by the batch size; where the loss is a mean, `gradient` already is", *[TWO] * 5),
        ("twice too large", ONE),
        ("The order is kernel, bias, `x`", *[ONE] * 3),
        ("`x` is not transposed: it is `x.T @ gradient`", TWO),
        ("multiplies element by element", TWO, TWO),
        ("kernel's gradient is transposed: `x.T @ gradient`", TWO),
        ("one bias: add up over the samples", TWO),
        ("its gradient is the sum of the rows, `axis=0`", ONE, TWO),
        ("`gradient @ kernel.T`.", TWO),
        ("For `x`, `gradient` comes first", TWO),
    ],
}


def scaled(shift, scale):
    return lambda a, b: tuple(
        (x - shift(a, axis=0)) / np.maximum(scale(a, axis=0), 1e-9) for x in (a, b)
    )


def in_place(x_train, x_test):
    results = standardise(x_train, x_test)
    if x_train.dtype == float:
        x_train[:], x_test[:] = results
    return results


def all_or_none(x_train, x_test):
    deviation = x_train.std(axis=0)
    deviation = deviation if deviation.min() > 1e-9 else 1.0
    return (x_train - x_train.mean(axis=0)) / deviation, (x_test - x_train.mean(axis=0)) / deviation


def backward(kernel=lambda x, g: x.T @ g, bias=lambda g: g.sum(axis=0)):
    return lambda x, w, g: (kernel(x, g), bias(g), g @ w.T)


OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "standardise": [
        (lambda a, b: tuple(standardise(x.T, x.T)[0].T for x in (a, b)), TWO_ROWS),
        (scaled(np.min, np.ptp), TWO_ROWS),
        (scaled(np.median, np.std), TWO_COLUMNS),
        (lambda a, b: standardise(a, b)[0], TWO_ROWS, "commas"),
        (in_place, TWO_ROWS, "new array"),
        (all_or_none, CONSTANT),
    ],
    "dense_backward": [
        (lambda *inputs: dense_backward(*inputs)[:2], ONE, "commas"),
        (
            lambda x, w, g: dense_backward(x, w, np.divide(g, len(x), out=g)),
            TWO,
            "divide by the batch size",
        ),
        (backward(bias=lambda g: g.sum(axis=0, keepdims=True)), ONE, "shape"),
        (backward(bias=np.sum), ONE, "axis"),
        (backward(lambda x, g: 2 * x.T @ g), ONE, "twice"),
        (backward(bias=lambda g: np.ones(g.shape[1]) @ g), "x = [[2., 3., 5.]]"),
        (backward(lambda x, g: x.T @ g * x.shape[0] / x.shape[1]), "x = [[2., 3."),
    ],
}

HINTS = {
    "standardise": "`np.where(np.ptp(x_train, axis=0) > 0, deviation, 1.0)`",
    "dense_backward": "has the shape (inputs, units), and `gradient @ kernel.T` that of `x`",
    "beat_the_baseline": "Two layers of 32 units are enough",
    "keep_the_promise": "RMSprop(0.001), 50 epochs",
}
