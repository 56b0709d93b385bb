"""Lesson 3's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np
from scipy import special

from helpers import activations, losses
from helpers.exercises.lesson_3 import softmax


def row_by_row(x):
    return softmax(x) if x.ndim == 1 else [softmax(row) for row in x]


def walks_up(logits, temperature, rng):
    total, u = 0.0, rng.random()
    for i, share in enumerate(special.softmax(logits / temperature)):
        total += share
        if u < total:
            return i
    return len(logits) - 1


def fills_rows(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


RIGHT = {
    "softmax": [
        activations.softmax,
        lambda x: special.softmax(x, axis=-1),
        lambda x: np.exp(x - special.logsumexp(x, axis=-1, keepdims=True)),
        row_by_row,
    ],
    "one_hot": [
        lambda labels, n: np.eye(n, dtype=int)[labels],
        lambda labels, n: (labels[:, None] == np.arange(n)) * 1.0,
        lambda labels, n: [[float(label == i) for i in range(n)] for label in labels],
        fills_rows,
    ],
    "cross_entropy_gradient": [
        lambda y_true, logits: special.softmax(logits, axis=-1) - y_true,
        lambda y, z: losses.categorical_crossentropy_gradient(y, z, from_logits=True),
        lambda y, z: -np.einsum("bi,bij->bj", y, np.eye(z.shape[1]) - softmax(z)[:, None, :]),
    ],
    "sample": [
        lambda z, t, rng: rng.choice(len(z), p=special.softmax(z / t)),
        lambda z, t, rng: rng.choice(range(len(z)), p=np.exp(special.log_softmax(z / t))),
        lambda z, t, rng: np.searchsorted(np.cumsum(softmax(z / t)), rng.random()),
        lambda z, t, rng: np.argmax(z / t + rng.gumbel(size=len(z))),  # Gumbel's way
        lambda z, t, rng: np.argmin(
            rng.exponential(size=len(z)) / np.maximum(softmax(z / t), 1e-99)
        ),
        lambda z, t, rng: int(np.argmax(rng.multinomial(1, softmax(z / t)))),
        walks_up,
    ],
}

MATRIX = "[[2., 3.], [5., 2.]]"
BATCH = "[[ 0., 2.], [1000., 1002.]]"
LOGITS = "logits = [[2., 3., 5.]]"
FIRST, HOTTER = "logits = [2., 0.], temperature = 1.0", "logits = [2., 0.], temperature = 4.0"
PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "softmax": [
        ("largest score of each row, not of the whole batch", f"x = {BATCH}"),
        ("Minus the mean, a score can still be too large", "x = [10000., 0.]"),
        ("inf / inf is `nan`: subtract each row's largest score", "x = [1000., 0.]"),
        ("only hides that `np.exp` overflowed", "x = [1000., 0.]"),
        ("makes 1000 and 900 alike", "x = [1000., 900.]"),
        ("ach row should add up to 1 by itself", *[f"x = {MATRIX}"] * 4),
        ("sums a column", *[f"x = {MATRIX}"] * 2),
        ("scores as they came. First take `np.exp`", "x = [2., 3.]"),
        ("should add up to 1, and yours do not", *["x = [2., 3.]"] * 2),
        ("everything to the largest", "x = [2., 3.]"),
        ("sigmoid", "x = [2., 3.]"),
    ],
    "one_hot": [
        ("All is still 0", "labels = [2, 0], num_classes = 3"),
        ("too far to the left: classes begin with 0", "labels = [2, 0], num_classes = 3"),
        ("a column for each of `num_classes`", "labels = [1], num_classes = 3"),
        ("not 3", "labels = [0], num_classes = 1"),
        ("on its side: a label should get a row", "labels = [2, 0], num_classes = 3"),
        ("rows of all classes. Pick one for each label", "labels = [2, 0], num_classes = 3"),
        ("one 1, its own", "labels = [2, 0], num_classes = 3"),
        ("Those are the labels. Each becomes a row", "labels = [2, 0], num_classes = 3"),
    ],
    "cross_entropy_gradient": [
        ("inf / inf is `nan`", "logits = [[1000., 0.]]"),
        ("not of the whole batch", f"logits = {BATCH}"),
        ("makes 1000 and 900 alike", "logits = [[1000., 900.]]"),
        ("mean over the batch. Here each row has its own", *[f"logits = {MATRIX}"] * 2),
        ("Which axis is summed", *[f"logits = {MATRIX}"] * 2),
        ("Where do the labels come in", *[LOGITS] * 2),
        ("not probabilities yet: take softmax first", LOGITS),
        ("are not the label have a gradient too", *[LOGITS] * 4),
    ],
    "sample": [
        ("That is a score. Return its class", FIRST),
        ("Count from 0", FIRST),
        ("Return one class: a whole number from 0", *[FIRST] * 4),
        ("from the same seed the same draws should come", FIRST),
        ("always takes the largest score", FIRST),
        ("A new generator starts over in every call", *[FIRST] * 3),
        ("every class equally often", FIRST),
        ("The temperature changes nothing in yours", *[HOTTER] * 2),
        ("Softmax once", FIRST),
        ("one random number", "logits = [ 0., -1., 1., 0.]", "logits = [1., 0., 2.]"),
        ("first class whose running sum", FIRST),
        ("`.index` always finds the first", "logits = [ 0., -1., 1., 0.]"),
        ("Noise times p", HOTTER, FIRST),
        ("how T enters", HOTTER, FIRST, HOTTER),
        ("Yours is surer then", HOTTER),
        ("look at the sign", FIRST),
        ("makes 1000 and 900 alike", "logits = [1000., 999.]"),
        ("then no chance is negative", FIRST),
        ("`nan` cannot be searched", "logits = [1000., 1000.]"),
        ("The steps must end at 1", *[FIRST] * 2),
        ("running sum of the probabilities", FIRST),
    ],
}


def cut_at(end):
    return lambda x: softmax(np.clip(x, -end, end))


from_numpy = np.random.RandomState()  # as np.random itself, without its seed


def unsafe(x):
    return np.exp(x) / np.sum(np.exp(x))


def powers_of(p, exponent):
    return p**exponent / np.sum(p**exponent)


def shares(x):
    return np.abs(x) / np.abs(x).sum(axis=-1, keepdims=True)


def base_two(x):
    return softmax(x * np.log(2))


def draws_many(z, t, rng):
    draws = [rng.choice(len(z), p=softmax(z / t)) for _ in range(500)]
    return np.bincount(draws, minlength=len(z)) / 500


OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "softmax": [
        (cut_at(500), "x = [1000., 900.]", "makes 1000 and 900 alike"),
        (cut_at(700), "x = [1000., 900.]", "makes 1000 and 900 alike"),
        (lambda x: softmax(np.nan_to_num(np.exp(x))), "x = [2., 3.]"),
        (shares, "x = [2., 3.]"),
        (base_two, "x = [2., 3.]"),
        (lambda x: softmax(np.subtract(x, x.max(), out=x)), "x = [2., 3.]", "new array"),
        (lambda x: softmax(x.astype(np.float16)), "x = [2., 3.]"),
        (lambda x: softmax(x) if len(x) < 3 else x, "x = [0., 0., 0.]"),
    ],
    "one_hot": [
        (lambda labels, n: np.eye(labels)[n], "labels = [2, 0], num_classes = 3"),
        (lambda labels, n: np.eye(n)[labels[0]], "labels = [2, 0], num_classes = 3"),
        (lambda labels, n: labels[:, None] == np.arange(n), "labels = [2, 0]", "np.where"),
        (lambda labels, n: np.eye(n)[np.unique(labels)[::-1]], "labels = [1, 1]"),
        (lambda labels, n: np.eye(n)[np.minimum(labels, 3)], "labels = [4], num_classes = 5"),
    ],
    "cross_entropy_gradient": [
        (lambda y, z: y - softmax(z), LOGITS, "sign"),
        (lambda y, z: np.mean(softmax(z) - y, axis=0), LOGITS, "shape"),
        (lambda y, z: cut_at(700)(z) - y, "logits = [[1000., 900.]]"),
        (lambda y, z: (softmax(z) - y) * (len(y) < 3), "[1., 0., 0.], [1., 0., 0.], [1., 0., 0.]]"),
    ],
    "sample": [
        (
            lambda z, t, rng: rng.choice(len(z), p=unsafe(z / t)),
            "[1000., 1000.]",
            "become infinite",
        ),
        (lambda z, t, rng: rng.choice(len(z), p=np.exp(z / t)), FIRST, "add up to 1"),
        (lambda z, t, rng: rng.choice(len(z), p=softmax(z)) / t, HOTTER),
        (lambda z, t, rng: rng.choice(len(z), p=unsafe(softmax(z) / t)), FIRST),
        (lambda z, t, rng: rng.choice(len(z), p=powers_of(softmax(z), t)), HOTTER, "surer"),
        (lambda z, t, rng: rng.choice(len(z), p=softmax(z // t)), HOTTER),
        (lambda z, t, rng: rng.choice(len(z), p=softmax(np.divide(z, t, out=z))), HOTTER, "copy"),
        (lambda z, t, rng: from_numpy.choice(len(z), p=softmax(z / t)), FIRST, "Draw with `rng`"),
        (lambda z, t, rng: np.argmax(softmax(z / t)), FIRST, "always takes the largest score"),
        (lambda z, t, rng: np.argmax(z / t + rng.normal(size=len(z))), "[4., 0., 0., 0., "),
        (lambda z, t, rng: np.argmax(z / t - rng.gumbel(size=len(z))), "[4., 0., 0., 0., "),
        (lambda z, t, rng: np.argmax(z + rng.gumbel(size=len(z))), HOTTER, "temperature changes"),
        (lambda z, t, rng: int(rng.random() * len(z)), FIRST, "equally often"),
        (lambda z, t, rng: int(rng.random() > softmax(z / t)[0]), "logits = [1., 0., 2.]"),
        (lambda z, t, rng: [rng.choice(len(z), p=softmax(z / t))], FIRST, "not in an array"),
        (lambda z, t, rng: rng.choice(len(z), softmax(z / t)), FIRST, "`p=`"),
        (lambda z, t, rng: draws_many(z, t, rng), FIRST, "Return one class"),
        (lambda z, t, rng: rng.choice([None, 0, 1]), FIRST),
        (lambda z, t, rng: print(rng.choice(len(z), p=softmax(z / t))), FIRST, "return"),
    ],
}

HINTS = {
    "softmax": "the largest score of each row is subtracted from its scores",
    "one_hot": "`matrix[[2, 0]]` picks row 2, then row 0",
    "cross_entropy_gradient": "p - y: the probabilities minus the one-hot labels",
    "sample": "draws class i with probability `p[i]`",
}
