"""The exercises of lesson 3: softmax, one-hot rows, and the gradient of cross-entropy."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.shared import arrays, exercise, floats

EXERCISES = {}

MODERATE = [[2.0, 3.0], [2.0], [3, 5], [[2.0, 3.0], [5.0, 2.0]], [[2.0], [3.0]]]
EXTREME = [[1000.0, 0.0], [1000.0, 900.0], [-1000.0, -900.0], [10000.0, 0.0]]
BATCHES = [[[0.0, 2.0], [1000.0, 1002.0]], [[1000, 998], [-2, 0]]]
LARGE = "e^1000 is too large, and inf / inf is `nan`: subtract each sample's largest score first."
WHOSE = "Subtract the largest score of each sample, not of the whole batch: `axis=-1`."
MEAN = "Minus the mean, a score can still be too large for `np.exp`. Subtract the largest."
HIDDEN = "`np.nan_to_num` only hides that `np.exp` overflowed. Subtract the largest score first."
CUT = "Cutting scores off makes 1000 and 900 alike. Subtract the largest one instead."
ROWS = "A row is a sample: each row should add up to 1 by itself. Which axis is summed?"
ONE = "The probabilities of one sample should add up to 1, and yours do not."
WINNER = "Yours gives everything to the largest score. The others get a share too."
SIGMOID = "That is the sigmoid of each score by itself. In softmax the scores share one sum."


def _share(x, shift=0.0, axis=-1, keepdims=True):
    """Softmax of the scores less `shift`, over any axis."""
    return np.exp(x - shift) / np.sum(np.exp(x - shift), axis=axis, keepdims=keepdims)


@exercise(
    EXERCISES,
    examples=[(x,) for x in MODERATE + EXTREME + BATCHES],
    inputs=st.tuples(arrays(max_axes=2)),
    hints=(
        "Two steps: `np.exp` of every score, then divide by the sum over the classes.",
        "The classes lie along the last axis. With `keepdims=True` the sums of a matrix stay a "
        "column, and NumPy divides each row by its own.",
        "e^1000 is too large for a float. Softmax stays the same if the largest score of each "
        "sample is subtracted from its scores: `np.max(x, axis=-1, keepdims=True)`.",
    ),
    mistakes=(
        (lambda x: _share(x, np.max(x)), WHOSE),
        (lambda x: _share(x, np.mean(x, axis=-1, keepdims=True)), MEAN),
        (_share, LARGE),
        (lambda x: np.nan_to_num(_share(x)), HIDDEN),
        (lambda x: _share(np.clip(x, -500, 500)), CUT),
        (lambda x: _share(x, axis=None), lambda x: _share(x, np.max(x), axis=None), ROWS),
        (lambda x: _share(x, axis=0), lambda x: _share(x, np.max(x, axis=0), axis=0), ROWS),
        (lambda x: _share(x, keepdims=False), "Keep the sums a column: `keepdims=True`."),
        (lambda x: _share(x, np.max(x), -1, False), "Keep the sums a column: `keepdims=True`."),
        (lambda x: x, "Those are the scores as they came. First take `np.exp` of them."),
        (np.exp, lambda x: np.exp(x - np.max(x, axis=-1, keepdims=True)), ONE),
        (lambda x: (x == np.max(x, axis=-1, keepdims=True)) * 1.0, WINNER),
        (lambda x: 1 / (1 + np.exp(-x)), SIGMOID),
    ),
)
def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


LABELS = st.sampled_from([3, 2, 1, 4, 5]).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, n - 1), min_size=1, max_size=5).map(np.array), st.just(n)
    )
)


@exercise(
    EXERCISES,
    examples=[([2, 0], 3), ([1], 3), ([1, 1], 3), ([0], 1), ([1, 0, 2, 1], 5)],
    inputs=LABELS,
    hints=(
        "The result has a row for each label and a column for each class. Which shape is that?",
        "`np.eye(3)` is the identity matrix. Look at its rows: which labels are they?",
        "An array can be indexed with an array: `matrix[[2, 0]]` picks row 2, then row 0.",
    ),
    mistakes=(
        (lambda y, n: np.zeros((len(y), n)), "All is still 0. Each row needs one 1."),
        (lambda y, n: np.eye(n)[y - 1], "Your 1 is too far to the left: classes begin with 0."),
        (lambda y, n: np.eye(max(y) + 1)[y], "There is a column for each of `num_classes`."),
        (lambda y, n: np.eye(3)[y], "The number of columns is `num_classes`, not 3."),
        (lambda y, n: np.eye(n)[y].T, "That is turned on its side: a label should get a row."),
        (lambda y, n: np.eye(n), "Those are the rows of all classes. Pick one for each label."),
        (lambda y, n: 0.0 * y[:, None] + np.isin(range(n), y), "Each row has one 1, its own."),
        (lambda y, n: y, "Those are the labels. Each becomes a row of zeros with one 1."),
    ),
)
def one_hot(labels, num_classes):
    return np.eye(num_classes)[labels]


def _from_p(wrong):
    """Return a wrong function of labels and probabilities, with a safe and a naive softmax."""
    return tuple(lambda y, z, p=p: wrong(y, p(z)) for p in (softmax, _share))


BATCH = "That is the gradient of the mean over the batch. Here each sample has its own."
OTHERS = "The classes that are not the label have a gradient too: their p should shrink."
LABEL = "Those are the probabilities p. Where do the labels come in?"


@exercise(
    EXERCISES,
    examples=[
        ([[0.0, 1.0, 0.0]], [[2.0, 3.0, 5.0]]),
        ([[1.0, 0.0], [0.0, 1.0]], [[2.0, 3.0], [5.0, 2.0]]),
        *(([[0.0, 1.0]], [scores]) for scores in EXTREME),
        *(([[0, 1], [1, 0]], scores) for scores in BATCHES),
    ],
    inputs=LABELS.map(lambda drawn: one_hot(*drawn)).flatmap(
        lambda y_true: st.tuples(st.just(y_true), floats(y_true.shape))
    ),
    hints=(
        "The lesson derived it in four lines, and the result is short.",
        "First turn the logits into probabilities, row by row, so that 1000 survives.",
        "The gradient is p - y: the probabilities minus the one-hot labels.",
    ),
    mistakes=(
        (lambda y, z: _share(z) - y, LARGE),
        (lambda y, z: _share(z, np.max(z)) - y, WHOSE),
        (lambda y, z: _share(np.clip(z, -500, 500)) - y, CUT),
        (*_from_p(lambda y, p: (p - y) / len(y)), BATCH),
        (lambda y, z: _share(z, axis=None) - y, ROWS),
        (lambda y, z: _share(z, np.max(z), axis=None) - y, ROWS),
        (*_from_p(lambda y, p: p), LABEL),
        (lambda y, z: z - y, "Logits are not probabilities yet: take softmax first."),
        (*_from_p(lambda y, p: y * (p - 1)), *_from_p(lambda y, p: -y / p), OTHERS),
    ),
)
def cross_entropy_gradient(y_true, logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True) - y_true
