"""Lesson 1's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np

from helpers import activations


def loops(x):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        result[index] = max(0, x[index])
    return result


RIGHT = {
    "relu": [
        activations.relu,
        lambda x: np.where(x > 0, x, 0.0),
        lambda x: x * (x > 0),
        lambda x: (x + abs(x)) / 2,
        lambda x: np.maximum(0, x).tolist(),
        lambda x, slope=0.0: np.maximum(slope * x, x),
        loops,
    ],
    "relu_derivative": [
        activations.relu_derivative,
        lambda x: np.where(x > 0, 1, 0),
        lambda x: (x > 0).astype(x.dtype),
        lambda x: np.heaviside(x, 0),
    ],
    "clipped_relu": [
        lambda x, max_value: activations.relu(x, max_value=max_value),
        lambda x, max_value: np.clip(x, 0, max_value),
        lambda z, top: np.where(z > top, top, np.where(z < 0, 0, z)),
    ],
}

PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "relu": [
        ("At 0 the result should be 0", "x = [0.]"),
        ("no ceiling: a large number should pass", "x = [1000.]", "x = [7.]"),
        ("positive number should pass, 0.5 too", "x = [0.5]"),
        ("removes the sign of a negative number", "x = [-3.]"),
        ("turns every sign round", "x = [2.]"),
        ("lets a negative number pass", "x = [-3.]"),
        ("leaks: a negative number becomes 0", "x = [-3.]"),
        ("keeps the smaller of the two; ReLU keeps the larger", "x = [2.]"),
        ("That is the slope", "x = [2.]"),
    ],
    "relu_derivative": [
        ("as in Keras, it is 0", "x = [0.]", "x = [0.]"),
        ("flat, so its slope is 0", "x = [-3.]", "x = [-3.]"),
        ("1 everywhere: compare the input with 0, not", "x = [-3.]"),
        ("not its slope: the slope right of 0 is always 1", "x = [2.]"),
        ("rises with slope 1. Are the two cases swapped", "x = [2.]", "x = [2.]"),
    ],
    "clipped_relu": [
        ("0 is a ceiling too", "x = [2.], max_value = 0.0"),
        ("At `max_value` itself it is `max_value`", "x = [5.], max_value = 5.0"),
        ("should become `max_value`", *["x = [7.], max_value = 5.0"] * 3),
        ("not 6", "x = [7.], max_value = 5.0"),
        ("negative number should become 0", *["x = [-3.], max_value = 5.0"] * 2),
        ("a ceiling needs the smaller of two", *["x = [2.], max_value = 5.0"] * 2),
    ],
}


def with_if(x):
    if x > 0:
        return x
    return 0 * x


OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "relu": [
        (lambda x: np.clip(x, 0, 6), "x = [7.]", "no ceiling"),
        (lambda x: np.maximum(0, x).astype(int), "x = [0.5]", "fractions"),
        (lambda x: np.maximum(x, 0, out=x), "x = [-3.]", "new array"),
        (lambda x: max(0, x), "x = [-3.]", "one number"),
        (with_if, "x = [-1., 2.]", "an array"),
        (lambda x: [max(0, row) for row in x], "x = [[-1., 2.], [ 3., -5.]]"),
        (lambda x: np.maximum(0, x).flatten(), "x = [[-1., 2.], [ 3., -5.]]", "any shape"),
        (lambda x: activations.relu(np.atleast_2d(x)[0]), "x = [[-1., 2.], [ 3."),
        (lambda x: activations.relu(x if x.ndim < 3 else x[0]), "x = [[[ 2.5"),
        (lambda x: x * (x / abs(x) + 1) / 2, "x = [0.]", "nan"),
        (lambda x: np.minimum(activations.relu(x), 5000), "x = [10000.]"),
    ],
    "relu_derivative": [
        (lambda x: x > 0, "x = [2.]", "np.where"),
        (lambda x: (x > 0) / (x != 0), "x = [0.]", "nan"),
    ],
    "clipped_relu": [
        (lambda x, top: np.clip(x, -top, top), "x = [-3.], max_value = 5.0"),
        (
            lambda x, top: np.clip(x, 0, top).astype(x.dtype),
            "x = [2], max_value = 0.5",
            "fractions",
        ),
        (lambda x, top: np.clip(x, 0, top, out=x), "x = [-3.]", "new array"),
        (lambda x, top: np.clip(x, 0, min(top, 50)), "x = [ 9., 120.]"),
    ],
}

HINTS = {
    "relu": "`np.maximum(a, b)` returns the larger of each pair",
    "relu_derivative": "At 0 itself this course takes the slope 0",
    "clipped_relu": "`np.minimum(a, b)` returns the smaller of each pair",
}
