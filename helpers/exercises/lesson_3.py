"""The exercises of lesson 3: softmax, one-hot rows, the gradient of cross-entropy, a draw."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import copy

import numpy as np
from hypothesis import strategies as st

from helpers.exercises.reports import as_numbers
from helpers.exercises.shared import arrays, exercise, floats

EXERCISES = {}

MODERATE = [[2.0, 3.0], [2.0], [3, 5], [[2.0, 3.0], [5.0, 2.0]], [[2.0], [3.0]]]
EXTREME = [[1000.0, 0.0], [1000.0, 900.0], [-1000.0, -900.0], [10000.0, 0.0]]
BATCHES = [[[0.0, 2.0], [1000.0, 1002.0]], [[1000, 998], [-2, 0]]]
LARGE = "e^1000 is too large, and inf / inf is `nan`: subtract each row's largest score first."
WHOSE = "Subtract the largest score of each row, not of the whole batch: `axis=-1`."
MEAN = "Minus the mean, a score can still be too large for `np.exp`. Subtract the largest."
HIDDEN = "`np.nan_to_num` only hides that `np.exp` overflowed. Subtract the largest score first."
CUT = "Cutting scores off makes 1000 and 900 alike. Subtract the largest one instead."
ROWS = "Each row should add up to 1 by itself. Which axis is summed?"
ONE = "The probabilities of one row should add up to 1, and yours do not."
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
        "row is subtracted from its scores: `np.max(x, axis=-1, keepdims=True)`.",
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


BATCH = "That is the gradient of the mean over the batch. Here each row has its own."
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


RNG = np.random.default_rng(0)
DRAWS, REPEATED = 500, 60


def _shares(draw, logits, temperature, rng):
    """Return how often each class comes in `DRAWS` draws.

    NaN says that no draw is a class. Draws that an equal generator does not repeat count as none.
    """
    given, twin, classes = logits.copy(), copy.deepcopy(rng), list(range(len(logits)))
    nothing = np.full(len(logits), np.nan)
    drawn = [draw(logits, temperature, rng)]
    if as_numbers(drawn[0]) is None:
        return drawn[0]
    if np.ndim(drawn[0]) > 0:
        return nothing
    drawn += [draw(given.copy(), temperature, rng) for _ in range(1, DRAWS)]
    if any(as_numbers(number) is None or np.ndim(number) > 0 for number in drawn):
        return nothing
    found = [number for number in drawn if number in classes]
    if not found:
        return nothing
    again = [draw(given.copy(), temperature, twin) for _ in range(REPEATED)]
    if again != drawn[:REPEATED]:
        return np.zeros(len(logits))
    return np.bincount(np.array(found, int), minlength=len(logits)) / DRAWS


def _draw(p):
    """Return a function that draws by the probabilities ``p(logits, temperature)``."""
    return lambda z, t, rng: rng.choice(len(z), p=p(z, t))


def _search(steps):
    """Return a function that draws by looking a random number up in some steps."""
    return lambda z, t, rng: np.searchsorted(steps(z, t), rng.random())


def _always(seed):
    return lambda z, t, rng: np.random.default_rng(seed).choice(len(z), p=softmax(z / t))


def _walk(z, t, rng, once=True, last=None, larger=False, running=True):
    """Go from class to class until a random number says stop, wrongly in one way or another."""
    total, u = 0.0, rng.random()
    for i, share in enumerate(softmax(z / t)):
        total = total + share if running else share
        u = u if once else rng.random()
        if (u > total) if larger else (u < total):
            return i
    return len(z) - 1 if last is None else last


TWICE = "Softmax once: T divides the scores, not the probabilities."
ONE_NUMBER = "Draw one random number, before the loop."
FIRST_ABOVE = "Return the first class whose running sum exceeds the number."
TIES = "Equal scores: `.index` always finds the first."
NOISE = "Noise times p is not a draw by p."
WHICH_T = "Look at how T enters: the scores are divided by T itself, and nothing is rounded."
EQUALLY = "Yours draws every class equally often. The scores should decide."
UPSIDE_DOWN = "At a high temperature every class should get its chance. Yours is surer then."
NO_T = "The temperature changes nothing in yours. Divide the logits by it before softmax."
NAN_STEPS = "`np.exp` overflowed, and `nan` cannot be searched. Subtract the largest score first."
NO_SUM = "The steps must end at 1: divide the powers by their sum, as softmax does."
NO_STEPS = "Look the random number up in the running sum of the probabilities: `np.cumsum`."
NO_CLASS = "Return one class: a whole number from 0 to `len(logits) - 1`, not in an array."
RESTART = "A new generator starts over in every call and draws the same again. Use `rng`."
NOT_RNG = "Draw with `rng`: from the same seed the same draws should come, and yours differ."


@exercise(
    EXERCISES,
    examples=[
        (np.array(scores), temperature, RNG)
        for scores, temperature in (
            ([2.0, 0.0], 1.0),
            ([2.0, 0.0], 4.0),
            ([1.0, 0.0], 0.5),
            ([1.0, 0.0, 2.0], 2.0),
            ([0.0, -1.0, 1.0, 0.0], 1.0),
            ([1000.0, 1000.0], 1.0),
            ([1000.0, 999.0], 1.0),
            ([-1000.0, -1000.0], 1.0),
            ([1, 0], 0.5),
            ([4.0, *[0.0] * 15], 1.0),
        )
    ],
    inputs=st.tuples(
        st.sampled_from([2, 3, 4]).flatmap(floats),
        st.sampled_from([1.0, 2.0, 0.5, 10.0, 0.1, 100.0]),
        st.just(RNG),
    ),
    hints=(
        "First the chances, then the draw: what does the temperature do to the scores?",
        "The chances are `softmax(logits / temperature)`. They must survive scores of 1000.",
        "`rng.choice(len(p), p=p)` draws class i with probability `p[i]`.",
    ),
    mistakes=(
        (lambda z, t, rng: rng.choice(z, p=softmax(z / t)), "That is a score. Return its class."),
        (lambda z, t, rng: _draw(lambda z, t: softmax(z / t))(z, t, rng) + 1, "Count from 0."),
        (
            lambda z, t, rng: softmax(z / t),
            lambda z, t, rng: rng.choice(len(z), size=1, p=softmax(z / t)),
            lambda z, t, rng: rng.multinomial(1, softmax(z / t)),
            lambda z, t, rng: rng.random(),
            NO_CLASS,
        ),
        (_always(None), NOT_RNG),
        (lambda z, t, rng: np.argmax(z), "Yours always takes the largest score. Draw a class."),
        (*map(_always, (0, 1, 42)), RESTART),
        (lambda z, t, rng: rng.integers(len(z)), EQUALLY),
        (_draw(lambda z, t: softmax(z)), _search(lambda z, t: np.cumsum(softmax(z))), NO_T),
        (_draw(lambda z, t: softmax(softmax(z) / t)), TWICE),
        (
            lambda z, t, rng: _walk(z, t, rng, once=False, running=False),
            lambda z, t, rng: _walk(z, t, rng, once=False),
            ONE_NUMBER,
        ),
        (lambda z, t, rng: _walk(z, t, rng, larger=True), FIRST_ABOVE),
        (lambda z, t, rng: z.tolist().index(rng.choice(z, p=softmax(z / t))), TIES),
        (
            lambda z, t, rng: np.argmax(softmax(z / t) * rng.random(len(z))),
            lambda z, t, rng: np.argmax(softmax(z / t) + rng.random(len(z))),
            NOISE,
        ),
        (
            _draw(lambda z, t: softmax(z / t**2)),
            _draw(lambda z, t: softmax(z / (2 * t))),
            _draw(lambda z, t: softmax(z // t)),
            WHICH_T,
        ),
        (_draw(lambda z, t: softmax(z * t)), UPSIDE_DOWN),
        (_draw(lambda z, t: softmax(-z / t)), "Yours prefers the lowest score: look at the sign."),
        (_draw(lambda z, t: softmax(np.clip(z / t, -500, 500))), CUT),
        (_draw(lambda z, t: z / np.sum(z)), "First `np.exp`: then no chance is negative."),
        (_search(lambda z, t: np.cumsum(_share(z / t))), NAN_STEPS),
        (
            _search(lambda z, t: np.cumsum(np.exp((z - z.max()) / t))),
            _search(lambda z, t: np.cumsum(np.exp(z / t))),
            NO_SUM,
        ),
        (_search(lambda z, t: softmax(z / t)), NO_STEPS),
    ),
    reference=lambda logits, temperature, rng: softmax(logits / temperature),
    measure=_shares,
    measured_as="How often each class came",
    last_hint="Print your probabilities for this input. Do they equal Expected?",
    tolerance=0.08,
)
def sample(logits, temperature, rng):
    z = logits / temperature
    e = np.exp(z - np.max(z))
    return rng.choice(len(e), p=e / np.sum(e))
