"""The exercises of lesson 2: leaky ReLU, its derivative, silent units, and a step that kills."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from helpers.exercises.shared import SHAPES, SINGLE, arrays, exercise, floats, sizes

EXERCISES = {}

# "Every slope": one above 1, a negative one and 0 are allowed but unusual, so they come late.
SLOPED = [(x, slope) for slope in (0.5, 2.0, -0.5, 0.0) for x in SINGLE + SHAPES]
SLOPES = st.sampled_from([0.5, 0.25, 0.01, 0.1, 0.2, 0.3, 1.0, 3.0, -0.5, -2.0, 0.0])
NOT_FIXED = "Use the argument `negative_slope`, not 0.01."


@exercise(
    EXERCISES,
    examples=SLOPED,
    inputs=st.tuples(arrays(max_axes=3), SLOPES),
    hints=(
        "Two cases: what happens to a number above 0, and what to one below?",
        "A number below 0 is multiplied by `negative_slope`. How do you choose, for each element?",
        "`np.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere.",
    ),
    mistakes=(
        (lambda x, s: np.maximum(s * x, x), "`max(slope * x, x)` needs a slope up to 1."),
        (lambda x, s: np.where(x > 0, x, abs(s) * x), "A slope may be negative: keep its sign."),
        (lambda x, s: np.maximum(x, 0), "A negative number leaks: times `negative_slope`, not 0."),
        (lambda x, s: np.where(x > 0, x, 0.01 * x), NOT_FIXED),
        (lambda x, s: np.where(x > 0, x, s * abs(x)), "A negative number has lost its sign."),
        (lambda x, s: np.where(x > 0, x, s), "Multiply a negative number by `negative_slope`."),
        (lambda x, s: s * x, "A positive number should pass unchanged."),
        (lambda x, s: np.maximum(x, 0) + s * x, "A positive number should pass unchanged."),
        (lambda x, s: np.where(x > 0, s * x, x), "Are the cases swapped? Above 0, x passes."),
    ),
)
def leaky_relu(x, negative_slope):
    return np.where(x > 0, x, negative_slope * x)


AT_0 = "At 0 there is no slope, so a choice is needed: here it is `negative_slope`."
OUTPUT = "Compare the input with 0, not the output: a negative slope turns the output's sign round."
FLAT = "Left of 0 the graph is not flat: its slope is `negative_slope`."
VALUE = "That is the value of leaky ReLU, not its slope."


@exercise(
    EXERCISES,
    examples=SLOPED,
    inputs=st.tuples(arrays(max_axes=3), SLOPES),
    hints=(
        "The derivative is the slope of the graph: how steep is it left of 0, and right?",
        "At 0 itself this course takes the slope from the left, `negative_slope`.",
        "`np.where(x > 0, a, b)`: which two numbers are `a` and `b`?",
    ),
    mistakes=(
        (lambda x, s: np.where(x >= 0, 1.0, s), AT_0),
        (lambda x, s: np.where(x > 0, 1.0, s * (x < 0)), AT_0),
        (lambda x, s: np.where(x > 0, 1.0, np.where(x < 0, s, (1 + s) / 2)), AT_0),
        (lambda x, s: np.where(leaky_relu(x, s) > 0, 1.0, s), OUTPUT),
        (lambda x, s: (x > 0) * 1.0, lambda x, s: (x >= 0) * 1.0, FLAT),
        (lambda x, s: np.where(x > 0, 1.0, 0.01), NOT_FIXED),
        (lambda x, s: np.where(x >= 0, 1.0, 0.01), NOT_FIXED),
        (leaky_relu, lambda x, s: np.where(x > 0, 1.0, s * x), VALUE),
        (lambda x, s: np.where(x > 0, x, s), "Right of 0 the graph rises with slope 1."),
        (lambda x, s: np.where(x > 0, s, 1.0), "Are the cases swapped? Right of 0 it is 1."),
    ),
)
def leaky_relu_derivative(x, negative_slope):
    return np.where(x > 0, 1.0, negative_slope)


UNITS = [[[0.0, 2.0]], [[2.0], [0.0]], [[0.0], [0.0]], [[-2.0], [-3.0]], [[-3.0], [2.0]]]
LAYERS = [[[0.0, 2.0, 5.0], [0.0, 3.0, 0.0]], [[0, -1], [0, 4]], [[-1.0, 0.3], [0.0, 0.0]]]
WHOLE = "That asks whether the whole layer is dead. Ask for each unit with `axis=0`, then count."
LEAK = "With a leak, a silent unit gives negative numbers: ask for `<= 0`, not `== 0`."
ZERO = "A unit that gives 0 in every row is dead; yours is not counted."
ONCE = "A unit is dead if it is silent in all rows; one silent row is not enough."


@exercise(
    EXERCISES,
    examples=[(layer,) for layer in UNITS + LAYERS],
    inputs=st.tuples(sizes(2).flatmap(floats)),
    hints=(
        "A row is a point, a column is a unit. For one unit: when is it dead?",
        "`activations <= 0` answers for every number. A unit is dead if its whole column is True.",
        "`np.all(..., axis=0)` goes down each column, and `np.sum` counts the True ones.",
    ),
    mistakes=(
        (lambda a: np.all(a <= 0), WHOLE),
        (lambda a: np.sum(np.all(a == 0, axis=0)), LEAK),
        (lambda a: np.sum(np.all(a < 0, axis=0)), ZERO),
        (lambda a: np.sum(np.mean(a, axis=0) <= 0), "A mean can hide a row that is above 0."),
        (lambda a: np.sum(np.any(a <= 0, axis=0)), ONCE),
        (lambda a: np.mean(np.all(a <= 0, axis=0)), "That is a share: count with `np.sum`."),
        (lambda a: np.sum(np.any(a > 0, axis=0)), "Those are the units that live, not the dead."),
        (lambda a: np.sum(np.all(a <= 0, axis=1)), "A column is a unit: go down it, `axis=0`."),
        (lambda a: np.sum(a == 0), "You counted zeros. Count columns without any positive number."),
        (lambda a: np.sum(a <= 0), "That counts single numbers; a unit is a whole column."),
    ),
)
def count_dead_units(activations):
    return np.sum(np.all(activations <= 0, axis=0))


def layers(points, units):
    """Draw a layer and positive gradients: points, weights and bias, and what a step subtracts."""
    sizes = [1.0, 2.0, 0.5, 3.0, 4.0, 0.25]
    any_number = st.sampled_from([0.0, *sizes, *(-size for size in sizes)])

    def array(shape, elements):
        return nps.arrays(float, shape, elements=elements, fill=st.nothing())

    positive, shapes = st.sampled_from(sizes), [(2, units), (units,)]
    return st.tuples(
        array((points, 2), positive),
        *(array(shape, any_number) for shape in shapes),
        *(array(shape, positive) for shape in shapes),
    )


HAND = [[1.0, 1.0]]  # z is 3 here, and a step of rate 1 lowers it by 2.25
DYING = [
    (HAND, [[1.0], [2.0]], [0.0], [[1.0], [1.0]], [0.25]),
    (HAND, [[1.0], [1.0]], [2.0], [[1.0], [1.0]], [0.25]),
    (
        [[2.0, 1.0], [1.0, 3.0], [4.0, 1.0], [1.0, 2.0]],
        [[1.0], [2.0]],
        [0.0],
        [[1.0], [1.0]],
        [0.25],
    ),
    (HAND, [[1.0, 2.0], [2.0, 3.0]], [0.0, 0.0], [[1.0, 0.5], [1.0, 0.5]], [0.25, 0.5]),
    (HAND, [[-4.0, 1.0], [-2.0, 2.0]], [0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]], [0.25, 0.25]),
    (HAND, [[-4.0], [-2.0]], [0.0], [[1.0], [1.0]], [0.25]),
]


def _ratios(x, w, b, dw, db):
    return (x @ w + b) / (x @ dw + db)


def _of_ratios(*choices):
    """Return functions that choose from the ratios, each also with a result of at least 0."""
    return _and_at_least_0(*((lambda *p, f=f: f(_ratios(*p))) for f in choices))


def _and_at_least_0(*rates):
    return (*rates, *((lambda *p, rate=rate: max(0.0, rate(*p))) for rate in rates))


def _try_rates(step):
    def rate(x, w, b, dw, db):
        tried = 0.0
        while np.any(x @ (w - tried * dw) + b - tried * db > 0):
            tried += step
        return tried

    return rate


NEGATIVE = (
    "If every unit is silent already no step is needed: the answer is 0, not a negative rate."
)
APART = "Divide first: each z by its own drop. Only then look for the largest."
EACH = "Each z has a rate of its own. One number is asked for: which of these rates is enough?"


@exercise(
    EXERCISES,
    examples=DYING,
    inputs=st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(lambda size: layers(*size)),
    hints=(
        "One point, one unit: z = 3, and a step of rate 1 lowers it by 2.25. When is z at 0?",
        "A step of rate η lowers z by η times `x @ dw + db`. Which η does each z need to reach 0?",
        "Divide `x @ w + b` by `x @ dw + db`; the last unit to fall decides, and 0 is the least.",
    ),
    mistakes=(
        (lambda *p: np.max(_ratios(*p)), NEGATIVE),
        (
            *_of_ratios(lambda r: r, lambda r: r.ravel()),
            lambda *p: np.maximum(0, _ratios(*p)),
            EACH,
        ),
        (
            *_of_ratios(lambda r: np.max(r, axis=0)),
            lambda *p: np.maximum(0, _ratios(*p).max(axis=0)),
            "That is a rate for each unit. The last unit to fall silent decides: which is it?",
        ),
        (
            *_of_ratios(np.min),
            "At that rate only the first z reaches 0. All of them must, so the last one decides.",
        ),
        (
            *_of_ratios(lambda r: np.max(np.min(r, axis=0))),
            "That stops when each unit has lost its first point. The last one must fall too.",
        ),
        (
            *_of_ratios(lambda r: np.min(np.max(r, axis=0)), lambda r: r[:, 0].max()),
            "That rate kills one unit. The last unit to fall silent decides.",
        ),
        (
            *_and_at_least_0(
                lambda x, w, b, dw, db: np.max(x @ w + b) / np.max(x @ dw + db),
                lambda x, w, b, dw, db: np.max(x @ w + b) / np.min(x @ dw + db),
                lambda x, w, b, dw, db: np.max((x @ w + b).max(axis=0) / (x @ dw + db).max(axis=0)),
                lambda x, w, b, dw, db: np.max((x @ w + b).max(axis=0) / (x @ dw + db).min(axis=0)),
            ),
            APART,
        ),
        (
            *_of_ratios(np.mean, lambda r: np.mean(np.max(r, axis=0))),
            lambda *p: np.mean(np.maximum(0, _ratios(*p))),
            "A mean leaves some units above 0. Every z must be brought to 0, the last one too.",
        ),
        (
            *_of_ratios(np.sum, lambda r: np.sum(np.max(r, axis=0))),
            lambda *p: np.sum(np.maximum(0, _ratios(*p))),
            "Don't add the rates up: one step lowers every z at once, so the largest is enough.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max((x @ w + b) / (x @ dw))),
            "The bias moves too: a step of rate 1 lowers z by `x @ dw + db`.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max((x @ w + b) / (x @ dw - db))),
            "Lower weights and a lower bias both lower z: add up the two, `x @ dw + db`.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max((x @ w) / (x @ dw + db))),
            "z is `x @ w + b`: the bias `b` is missing.",
        ),
        (
            *_and_at_least_0(
                lambda x, w, b, dw, db: np.max((x @ w + b) / (dw + db)),
                lambda x, w, b, dw, db: np.max((x @ w + b) / dw),
                lambda x, w, b, dw, db: np.max((x @ w + b) / db),
            ),
            "How far z falls depends on the point, so `x` is needed below the line too.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max((x * w + b) / (x * dw + db))),
            "`*` multiplies, and nothing is added up. `x @ w` does both, for each point and unit.",
        ),
        (
            *_of_ratios(lambda r: np.max(np.abs(r))),
            lambda *p: abs(np.max(_ratios(*p))),
            "A z below 0 is silent already and needs no step. Keep its sign.",
        ),
        (
            *_of_ratios(lambda r: np.max(-r)),
            lambda *p: -np.max(_ratios(*p)),
            "The step subtracts: z − η · drop is 0 at η = z / drop, without a minus.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max(x @ w + b)),
            "That is the largest z. Divide each z by how much a step of rate 1 lowers it.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max(x @ w + b - (x @ dw + db))),
            "That is what a step of rate 1 leaves of z. Ask how many such steps bring z to 0.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max((x @ dw + db) / (x @ w + b))),
            "Upside down: z − η · drop is 0 at η = z / drop.",
        ),
        (
            *_and_at_least_0(lambda x, w, b, dw, db: np.max(w / dw)),
            "Weights may stay above 0. It is z that must come down to 0, on every point.",
        ),
        (
            *_of_ratios(lambda r: r[0].max()),
            "That looks at the first point alone. A silent unit is above 0 for no point.",
        ),
        (
            *_of_ratios(lambda r: r[-1].max()),
            "That looks at the last point alone. A silent unit is above 0 for no point.",
        ),
        (
            _try_rates(0.01),
            _try_rates(0.1),
            "Trying rates stops a step too late. Divide.",
        ),
    ),
)
def killing_step(x, w, b, dw, db):
    z = x @ w + b
    drop = x @ dw + db
    return max(0.0, np.max(z / drop))
