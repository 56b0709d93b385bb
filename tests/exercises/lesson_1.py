"""Lesson 1's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np

from helpers import activations
from helpers.activations import relu


def loops(x):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        result[index] = max(0, x[index])
    return result


def by_pieces(x, kinks, slopes):
    height = np.zeros(x.shape)
    ends = [*kinks[1:], np.inf]
    for start, end, slope in zip(kinks, ends, slopes, strict=True):
        height += slope * np.clip(x - start, 0, end - start)
    return height


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
    "relu_backward": [
        lambda upstream, z: upstream * activations.relu_derivative(z),
        lambda g, z: np.where(z > 0, g, 0.0),
        lambda g, z: g * (activations.relu(z) > 0),
        lambda g, z: g * np.heaviside(z, 0),
        lambda g, z: np.multiply(g, z > 0).tolist(),
    ],
    "roof": [
        lambda x, kinks, slopes: np.maximum(x[..., None] - kinks, 0) @ np.diff(slopes, prepend=0),
        lambda x, k, s: sum(
            (s[i] - (s[i - 1] if i else 0)) * relu(x - k[i]) for i in range(len(k))
        ),
        lambda x, k, s: sum(
            b * (relu(x - a) - relu(x - c)) for a, b, c in zip(k, s, [*k[1:], 1e9], strict=False)
        ),
        by_pieces,
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
    "relu_backward": [
        ("Yours lets everything through", "upstream = [5.], z = [-3.]"),
        ("At z = 0 the gate is closed", *["upstream = [5.], z = [0.]"] * 2),
        ("put brackets round `z > 0`", "upstream = [5.], z = [2.]"),
        ("That is the way forward", "upstream = [5.], z = [2.]"),
        ("the wrong way round", *["upstream = [5.], z = [2.]"] * 2),
        ("Which is which", "upstream = [5.], z = [2.]"),
        (
            "What sign the arriving gradient has",
            "upstream = [5.], z = [-3.]",
            "upstream = [-5.], z = [2.]",
            "upstream = [-5.], z = [2.]",
        ),
        ("Keep a 0 where the gate is closed", "upstream = [5.], z = [-3.]"),
        ("the slope at `z`, no more", "upstream = [5.], z = [2.]"),
        ("by the value of ReLU", "upstream = [5.], z = [2.]"),
        ("by `z` itself", "upstream = [5.], z = [2.]"),
        ("is -1 where z < 0", "upstream = [5.], z = [-3.]"),
        ("the gate alone", "upstream = [5.], z = [2.]"),
        ("yours adds", "upstream = [5.], z = [2.]"),
        ("nothing is passed on", *["upstream = [5.], z = [-3.]"] * 3),
        ("The sign turned round", "upstream = [5.], z = [2.]"),
        ("passes on what arrives, not 1", "upstream = [5.], z = [2.]"),
    ],
    "roof": [
        ("must the slope *change* there", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("The first kink has a change too", *["kinks = [2.], slopes = [1.]"] * 4),
        ("For i = 0, `slopes[i - 1]` is the last slope", "kinks = [2.], slopes = [1.]"),
        ("it rises where x > k", *["kinks = [2.], slopes = [1.]"] * 2),
        ("rise to the left", "kinks = [2.], slopes = [1.]"),
        ("new slope minus old slope", "kinks = [2.], slopes = [1.]"),
        ("the sum is one straight line", *["kinks = [2.], slopes = [1.]"] * 2),
        ("can be negative", "kinks = [-1., 1., 3.], slopes = [ 1., -1., 0.]"),
        ("adds slopes up: subtract them", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("not with the first", "kinks = [-1., 1., 3.], slopes = [ 1., -1., 0.]"),
        ("Only the first hinge", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("Only the last hinge", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("The last hinge is missing", "kinks = [2.], slopes = [1.]"),
        ("The last slope goes on", "x = [1., 3.], kinks = [2.], slopes = [1.]"),
        ("The 0 belongs in front", "kinks = [2.], slopes = [1.]"),
        ("may go below 0", "slopes = [-1., 2., 2.]"),
        ("Subtract the kink inside", "kinks = [2.], slopes = [1.]"),
        ("the slope at x", "x = [0., 1., 2., 3.], kinks = [1.], slopes = [2.]"),
        ("Each piece starts at height 0 again", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("A weight stands outside", "slopes = [ 1., -1., 0.]"),
        ("wants heights at the kinks", "kinks = [2.], slopes = [1.]"),
        ("our roof, whatever comes in", "kinks = [2.], slopes = [1.]"),
        ("a sum, not a mean", "kinks = [0., 1.], slopes = [1., 3.]"),
        ("Every hinge needs its weight", "slopes = [2.]"),
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


def gate_in_place(g, z):
    g[z <= 0] = 0
    return g


def gate_with_if(g, z):
    if z > 0:
        return g
    return 0 * g


def slopes_in_place(x, kinks, slopes):
    slopes[1:] -= slopes[:-1].copy()
    return sum(s * relu(x - k) for k, s in zip(kinks, slopes, strict=True))


def into_integers(x, kinks, slopes):
    total = np.zeros(x.shape, dtype=int)
    for kink, change in zip(kinks, np.diff(slopes, prepend=0), strict=True):
        total = total + (change * relu(x - kink)).astype(int)
    return total


def each_piece_from_0(x, kinks, slopes):
    total = np.zeros(x.shape)
    for kink, slope in zip(kinks, slopes, strict=True):
        total = np.where(x > kink, slope * (x - kink), total)
    return total


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
    "relu_backward": [
        (gate_in_place, "upstream = [5.], z = [-3.]", "new array"),
        (gate_with_if, "upstream = [ 0.8, -0.6, 0.5]", "an array"),
        (lambda g, z: (g * (z > 0)).sum(), "upstream = [5.], z = [2.]", "one number"),
        (lambda g, z: g @ (z > 0), "upstream = [5.], z = [2.]"),
        (lambda g, z: 2 * g * (z > 0), "upstream = [5.], z = [2.]", "twice"),
        (lambda g, z: g * (z > 1), "upstream = [ 0.8, -0.6, 0.5]", "step by step"),
        (
            lambda g, z: [b for b, height in zip(g, z, strict=True) if height > 0],
            "upstream = [5.], z = [-3.]",
            "do not leave it out",
        ),
        (lambda g, z: np.where(z > 0, z, 0), "upstream = [5.], z = [2.]", "the way forward"),
        (lambda g, z: print(g * (z > 0)), "upstream = [5.], z = [2.]", "does not return it"),
    ],
    "roof": [
        (slopes_in_place, "kinks = [0., 1.], slopes = [1., 3.]", "`slopes.copy()`"),
        (into_integers, "x = [[-1. , 0.5]", "fractions"),
        (each_piece_from_0, "kinks = [0., 1.], slopes = [1., 3.]", "a roof does not jump"),
        (lambda x, k, s: [b * relu(x - a) for a, b in zip(k, s, strict=False)], "kinks = [2.]"),
        (
            lambda x, k, s: sum(max(x - a, 0) * b for a, b in zip(k, s, strict=False)),
            "kinks = [2.]",
            "an array",
        ),
        (lambda x, k, s: None, "kinks = [2.], slopes = [1.]", "`return`"),
        (lambda x, k, s: np.diff(s, prepend=0), "kinks = [2.], slopes = [1.]"),
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
    "relu_backward": "The slope of ReLU at `z` is 1 where z > 0",
    "roof": "Its weight is the change of slope there",
    "clipped_relu": "`np.minimum(a, b)` returns the smaller of each pair",
}
