"""The exercises of lesson 2: leaky ReLU, its derivative, silent units, and a step that kills."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from helpers.exercises.shared import SHAPES, SINGLE, arrays, exercise, floats, sizes

EXERCISES = {}

# "Every slope": one above 1, a negative one and 0 are allowed but unusual, so they come late.
SLOPED = [(x, slope) for slope in (0.5, 3.0, -0.5, 0.0) for x in SINGLE + SHAPES]
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
ZERO = "A unit that gives 0 for every sample is dead; yours is not counted."
ONCE = "A unit is dead if it is silent for all samples; one silent sample is not enough."


@exercise(
    EXERCISES,
    examples=[(layer,) for layer in UNITS + LAYERS],
    inputs=st.tuples(sizes(2).flatmap(floats)),
    hints=(
        "A row is a sample, a column is a unit. For one unit: when is it dead?",
        "`activations <= 0` answers for every number. A unit is dead if its whole column is True.",
        "`np.all(..., axis=0)` goes down each column, and `np.sum` counts the True ones.",
    ),
    mistakes=(
        (lambda a: np.all(a <= 0), WHOLE),
        (lambda a: np.sum(np.all(a == 0, axis=0)), LEAK),
        (lambda a: np.sum(np.all(a < 0, axis=0)), ZERO),
        (lambda a: np.sum(np.mean(a, axis=0) <= 0), "A mean can hide a sample that is above 0."),
        (lambda a: np.sum(np.any(a <= 0, axis=0)), ONCE),
        (lambda a: np.mean(np.all(a <= 0, axis=0)), "That is a share: count with `np.sum`."),
        (lambda a: np.sum(np.any(a > 0, axis=0)), "Those are the units that live, not the dead."),
        (lambda a: np.sum(np.all(a <= 0, axis=1)), "A column is a unit: go down it, `axis=0`."),
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


HAND = [[1.0, 1.0]]  # z is 3 here, and a step of rate 1 lowers it by 2
DYING = [
    (HAND, [[1.0], [2.0]], [0.0], [[1.0], [0.5]], [0.5]),
    (HAND, [[1.0], [1.0]], [2.0], [[1.0], [0.5]], [0.5]),
    ([[1.0, 1.0], [3.0, 1.0]], [[1.0], [2.0]], [0.0], [[1.0], [0.5]], [0.5]),
    (HAND, [[1.0, 2.0], [2.0, 3.0]], [0.0, 0.0], [[1.0, 0.5], [0.5, 0.25]], [0.5, 0.25]),
    (HAND, [[-4.0, 1.0], [-2.0, 2.0]], [0.0, 0.0], [[1.0, 1.0], [0.5, 0.5]], [0.5, 0.5]),
    (HAND, [[-4.0], [-2.0]], [0.0], [[1.0], [0.5]], [0.5]),
]


def _ratios(x, w, b, dw, db):
    return (x @ w + b) / (x @ dw + db)


NEGATIVE = (
    "If every unit is silent already no step is needed: the answer is 0, not a negative rate."
)
SMALL = "At that rate only the first z reaches 0. All of them must, so the last one decides."
APART = "Divide first: each z by its own drop. Only then look for the largest."


@exercise(
    EXERCISES,
    examples=DYING,
    inputs=st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(lambda size: layers(*size)),
    hints=(
        "Take one point and one unit: z = 3, and a step of rate 1 lowers it by 2. When is z at 0?",
        "A step of rate η lowers z by η times `x @ dw + db`. Which η does each z need to reach 0?",
        "Divide `x @ w + b` by `x @ dw + db`; the last unit to fall decides, and 0 is the least.",
    ),
    mistakes=(
        (lambda *p: np.max(_ratios(*p)), NEGATIVE),
        (lambda *p: max(0.0, np.min(_ratios(*p))), lambda *p: np.min(_ratios(*p)), SMALL),
        (
            lambda *p: max(0.0, np.min(np.max(_ratios(*p), axis=0))),
            "That rate kills one unit. The last unit to fall silent decides.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max(x @ w + b) / np.max(x @ dw + db)),
            lambda x, w, b, dw, db: max(0.0, np.max(x @ w + b) / np.min(x @ dw + db)),
            lambda x, w, b, dw, db: np.max(x @ w + b) / np.max(x @ dw + db),
            APART,
        ),
        (
            lambda *p: max(0.0, np.mean(_ratios(*p))),
            lambda *p: np.mean(_ratios(*p)),
            "A mean leaves some units above 0. Every z must be brought to 0, the last one too.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max((x @ w + b) / (x @ dw))),
            "The bias moves too: a step of rate 1 lowers z by `x @ dw + db`.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max((x @ w) / (x @ dw + db))),
            "z is `x @ w + b`: the bias `b` is missing.",
        ),
        (
            lambda *p: np.max(np.abs(_ratios(*p))),
            "A z below 0 is silent already and needs no step. Keep its sign.",
        ),
        (
            lambda *p: max(0.0, np.max(-_ratios(*p))),
            "The step subtracts: z − η · drop is 0 at η = z / drop, without a minus.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max(x @ w + b)),
            "That is the largest z. Divide each z by how much a step of rate 1 lowers it.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max((x @ dw + db) / (x @ w + b))),
            "Upside down: z − η · drop is 0 at η = z / drop.",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, np.max(w / dw)),
            "Weights may stay above 0. It is z that must come down to 0, on every point.",
        ),
        (
            lambda *p: max(0.0, _ratios(*p)[0].max()),
            "That looks at the first point alone. A silent unit is above 0 for no point.",
        ),
    ),
)
def killing_step(x, w, b, dw, db):
    z = x @ w + b
    drop = x @ dw + db
    return max(0.0, np.max(z / drop))
