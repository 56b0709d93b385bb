"""The exercises of lesson 1: ReLU, its derivative, the gate, a roof, and ReLU with a ceiling."""
# ruff: noqa: D103 - the public functions are answers, written as a learner would write them

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from helpers.exercises.shared import SHAPES, SINGLE, arrays, exercise, floats

EXERCISES = {}

NO_CEILING = "ReLU has no ceiling: a large number should pass unchanged."


@exercise(
    EXERCISES,
    examples=[(x,) for x in SINGLE + SHAPES],
    inputs=st.tuples(arrays(max_axes=3)),
    hints=(
        "Each number is compared with 0: which of the two should the result be?",
        "Python's `max` compares two numbers. Which function of NumPy compares whole arrays?",
        "`np.maximum(a, b)` returns the larger of each pair. A single number is compared with all.",
    ),
    mistakes=(
        (lambda x: np.where(x == 0, 1.0, relu(x)), "At 0 the result should be 0."),
        (lambda x: np.clip(x, 0, 100), lambda x: np.clip(x, 0, 6), NO_CEILING),
        (lambda x: np.where(x >= 1, x, 0.0), "Every positive number should pass, 0.5 too."),
        (np.abs, "Yours removes the sign of a negative number; it should become 0."),
        (np.negative, "Yours turns every sign round; a positive number passes unchanged."),
        (lambda x: x, "Yours lets a negative number pass; it should become 0."),
        (lambda x: np.where(x > 0, x, 0.01 * x), "That leaks: a negative number becomes 0."),
        (lambda x: np.minimum(x, 0), "Yours keeps the smaller of the two; ReLU keeps the larger."),
        (lambda x: (x > 0) * 1.0, "That is the slope. A positive number passes unchanged."),
    ),
)
def relu(x):
    return np.maximum(x, 0.0)


AT_0 = "At 0 there is no slope, so a choice is needed: here, as in Keras, it is 0."
LEFT = "Left of 0 the graph of ReLU is flat, so its slope is 0."
SWAPPED = "Right of 0 the graph of ReLU rises with slope 1. Are the two cases swapped?"


@exercise(
    EXERCISES,
    examples=[(x,) for x in SINGLE + SHAPES],
    inputs=st.tuples(arrays(max_axes=3)),
    hints=(
        "The derivative is the slope of the graph: how steep is it left of 0, and right?",
        "`x > 0` answers for every element at once. At 0 itself this course takes the slope 0.",
        "`np.where(condition, a, b)` chooses a number for each element, here 1.0 or 0.0.",
    ),
    mistakes=(
        (lambda x: (x >= 0) * 1.0, lambda x: np.heaviside(x, 0.5), AT_0),
        (lambda x: np.where(x > 0, 1.0, 0.01), np.sign, LEFT),
        (np.ones_like, "Yours is 1 everywhere: compare the input with 0, not the output."),
        (relu, "That is the value of ReLU, not its slope: the slope right of 0 is always 1."),
        (lambda x: (x < 0) * 1.0, lambda x: (x <= 0) * 1.0, SWAPPED),
    ),
)
def relu_derivative(x):
    return np.where(x > 0, 1.0, 0.0)


OPEN = "Yours lets everything through. A gate that asks ReLU's output never closes: ask `z`."
AT_THE_KINK = "At z = 0 the gate is closed: the slope at the kink is 0, as in Keras."
ARRIVING = "The gate looks at `z`. What sign the arriving gradient has does not matter."
SHUT = "Where z is 0 or less the gate is closed: nothing is passed on."


@exercise(
    EXERCISES,
    examples=[
        *(([g], [z]) for g, z in ((5.0, 2.0), (5.0, -3.0), (-5.0, 2.0), (-5.0, -3.0), (5.0, 0.0))),
        ([0.8, -0.6, 0.5], [-2.0, 0.3, 1.6]),
        ([3, -4], [7, -7]),
        ([[1.0, -2.0], [3.0, 4.0]], [[0.5, -0.5], [-9.0, 9.0]]),
    ],
    inputs=nps.array_shapes(max_dims=3, max_side=3).flatmap(
        lambda shape: st.tuples(floats(shape), floats(shape))
    ),
    hints=(
        "The chain rule multiplies the gradient that arrives by the slope. Where is it taken?",
        "The slope of ReLU at `z` is 1 where z > 0 and 0 elsewhere: call it the gate.",
        "`z > 0` is True or False for each unit. In a product NumPy counts them as 1 and 0.",
    ),
    mistakes=(
        (lambda g, z: g, OPEN),
        (lambda g, z: g * (z >= 0), lambda g, z: g * np.heaviside(z, 0.5), AT_THE_KINK),
        (lambda g, z: g * z > 0, "`*` comes before `>`: put brackets round `z > 0`."),
        (lambda g, z: relu(z), "That is the way forward. Backward, `upstream` passes the gate."),
        (lambda g, z: g * (z < 0), lambda g, z: g * (z <= 0), "Your gate is the wrong way round."),
        (lambda g, z: z * (g > 0), "Which is which? `upstream` arrives, `z` sets the gate."),
        (lambda g, z: g * (g > 0), lambda g, z: g * ((z > 0) & (g > 0)), ARRIVING),
        (lambda g, z: np.where(g * z > 0, g, 0.0), ARRIVING),
        (lambda g, z: g[z > 0], "Keep a 0 where the gate is closed; do not leave it out."),
        (
            lambda g, z: np.maximum(g * z, 0),
            "`upstream` times the slope at `z`, no more.",
        ),
        (lambda g, z: g * relu(z), "That multiplies by the value of ReLU. Take its slope: 1 or 0."),
        (
            lambda g, z: g * z,
            "That multiplies by `z` itself. The chain rule wants a slope: 1 or 0.",
        ),
        (lambda g, z: g * np.sign(z), "`np.sign` is -1 where z < 0. The gate is 0 there."),
        (lambda g, z: (z > 0) * 1.0, "That is the gate alone. What arrives is multiplied by it."),
        (lambda g, z: g + (z > 0), "The chain rule multiplies; yours adds."),
        (lambda g, z: np.where(z > 0, g, z), lambda g, z: np.where(z > 0, g, 0.01 * g), SHUT),
        (lambda g, z: np.where(z > 0, g, -g), SHUT),
        (lambda g, z: -g * (z > 0), "The sign turned round: an open gate changes nothing."),
        (lambda g, z: np.where(z > 0, 1.0, g), "An open gate passes on what arrives, not 1."),
    ),
)
def relu_backward(upstream, z):
    return upstream * (z > 0)


PLACES = st.sampled_from([0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 0.5, -0.5, 2.5])


def _hinges(x, kinks, weights):
    return sum((w * np.maximum(x - k, 0.0) for w, k in zip(weights, kinks, strict=False)), 0.0 * x)


def _pieces(x, kinks, slopes):
    total = 0.0 * x
    for kink, slope in zip(kinks, slopes, strict=True):
        total = np.where(x > kink, slope * (x - kink), total)
    return total


def _changes(slopes):
    return np.diff(slopes, prepend=0.0)


CHANGE = "At a kink the earlier hinges go on rising. How much must the slope *change* there?"


@exercise(
    EXERCISES,
    examples=[
        ([1.0, 3.0], [2.0], [1.0]),
        ([0.0, 1.0, 2.0, 3.0], [1.0], [2.0]),
        ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0], [1.0, 3.0]),
        ([-2.0, 0.0, 1.0, 2.0, 4.0], [-1.0, 1.0, 3.0], [1.0, -1.0, 0.0]),
        ([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 2.0], [-1.0, 2.0, 2.0]),
        ([[-1.0, 0.5], [2.5, 10.0]], [0.0, 1.0, 2.0], [2.0, -2.0, 0.5]),
        ([-3, 0, 3], [-2.0, 0.0], [1.0, -1.0]),
    ],
    inputs=st.integers(1, 4).flatmap(
        lambda count: st.tuples(
            nps.arrays(float, st.integers(1, 4), elements=PLACES, fill=st.nothing()),
            st.lists(PLACES, min_size=count, max_size=count, unique=True).map(
                lambda kinks: np.array(sorted(kinks))
            ),
            nps.arrays(float, count, elements=PLACES, fill=st.nothing()),
        )
    ),
    hints=(
        "One hinge for each kink: flat before it, straight after it. What must its weight be?",
        "A hinge at `kink` is `np.maximum(x - kink, 0)`. Its weight is the change of slope there.",
        "`np.diff(slopes, prepend=0)` gives the changes. Add up change times hinge in a loop.",
    ),
    mistakes=(
        (_hinges, CHANGE),
        (
            lambda x, k, s: _hinges(x, k[1:], np.diff(s)),
            lambda x, k, s: _hinges(x, k, np.diff(s)),
            lambda x, k, s: sum(c * relu(x - q) for c, q in zip(np.diff(s), k[1:], strict=True)),
            lambda x, k, s: sum(c * relu(x - q) for c, q in zip(np.diff(s), k, strict=False)),
            "The first kink has a change too: from slope 0 to `slopes[0]`.",
        ),
        (
            lambda x, k, s: _hinges(x, k, np.diff(s, prepend=s[-1])),
            "For i = 0, `slopes[i - 1]` is the last slope. Before the first kink it should be 0.",
        ),
        (
            lambda x, k, s: roof(x, -k, s),
            lambda x, k, s: _hinges(x, -k, s),
            "A hinge at k is relu(x - k): it rises where x > k.",
        ),
        (lambda x, k, s: roof(-x, -k, s), "Your hinges rise to the left of their kinks."),
        (lambda x, k, s: -roof(x, k, s), "Every sign is turned round: new slope minus old slope."),
        (
            lambda x, k, s: sum(_changes(s)) * x - sum(_changes(s) * k),
            lambda x, k, s: sum(s) * x - sum(s * k),
            "Without ReLU the sum is one straight line. Left of its kink a hinge is 0.",
        ),
        (lambda x, k, s: _hinges(x, k, np.abs(_changes(s))), "A change of slope can be negative."),
        (lambda x, k, s: _hinges(x, k, np.cumsum(s)), "`np.cumsum` adds slopes up: subtract them."),
        (
            lambda x, k, s: _hinges(x, k, [s[0], *(s[1:] - s[0])]),
            "Compare each slope with the one just before it, not with the first.",
        ),
        (lambda x, k, s: _hinges(x, k[:1], _changes(s)), "Only the first hinge is in your sum."),
        (
            lambda x, k, s: _hinges(x, k[-1:], _changes(s)[-1:]),
            "Only the last hinge is left. Add each one to the sum so far.",
        ),
        (lambda x, k, s: _hinges(x, k[:-1], _changes(s)), "The last hinge is missing."),
        (
            lambda x, k, s: np.interp(x, k, roof(k, k, s)),
            "The last slope goes on for ever.",
        ),
        (
            lambda x, k, s: _hinges(x, k, np.diff(s, append=0.0)),
            "The 0 belongs in front: it is the slope left of the first kink.",
        ),
        (
            lambda x, k, s: np.maximum(roof(x, k, s), 0),
            "The sum may go below 0: no ReLU around it.",
        ),
        (
            lambda x, k, s: sum(_changes(s)) * np.maximum(x, 0) - sum(_changes(s) * k),
            "Subtract the kink inside: relu(x - k) moves the hinge, relu(x) - k lowers it.",
        ),
        (
            lambda x, k, s: np.append(0.0, s)[np.searchsorted(k, x)],
            "That is the slope at x. The height at x is asked for.",
        ),
        (_pieces, "Each piece starts at height 0 again: a roof does not jump."),
        (
            lambda x, k, s: sum(relu(c * (x - q)) for c, q in zip(_changes(s), k, strict=True)),
            "A weight stands outside: inside ReLU, a negative one turns the hinge round.",
        ),
        (np.interp, "`np.interp` wants heights at the kinks. How high is the roof there?"),
        (
            lambda x, k, s: relu(x + 1) - 2 * relu(x - 1) + relu(x - 3),
            "That is our roof, whatever comes in. Use `kinks` and `slopes`.",
        ),
        (lambda x, k, s: roof(x, k, s) / len(k), "The hinges are added up: a sum, not a mean."),
        (
            lambda x, k, s: _hinges(x, k, np.ones_like(s)),
            "Every hinge needs its weight: by how much does the slope change at its kink?",
        ),
    ),
)
def roof(x, kinks, slopes):
    total = 0.0 * x
    for kink, change in zip(kinks, np.diff(slopes, prepend=0.0), strict=True):
        total = total + change * np.maximum(x - kink, 0.0)
    return total


ABOVE = "A number above `max_value` should become `max_value`."
RAISED = "`np.maximum` raises numbers to `max_value`; a ceiling needs the smaller of two."


@exercise(
    EXERCISES,
    examples=[
        *((x, 5.0) for x in ([2.0], [-3.0], [7.0], [5.0], [0.0])),
        *((x, top) for x in ([2.0], [2], [-3.0]) for top in (0.5, 0.0)),
        *((x, 2.5) for x in SHAPES),
        ([9.0, 120.0], 100.0),
    ],
    inputs=st.tuples(arrays(max_axes=3), st.sampled_from([1.0, 2.0, 6.0, 0.5, 2.5, 100.0, 0.0])),
    hints=(
        "The graph has three parts: flat at 0, rising, flat again. Where does each begin?",
        "Begin with ReLU. What should happen to a number that is larger than `max_value`?",
        "`np.minimum(a, b)` returns the smaller of each pair: put it around `np.maximum`.",
    ),
    mistakes=(
        (lambda x, m: np.clip(x, 0, m or np.inf), "0 is a ceiling too; `if max_value` skips it."),
        (lambda x, m: clipped_relu(x, m) * (x != m), "At `max_value` itself it is `max_value`."),
        (lambda x, m: relu(x), lambda x, m: relu(x) * (x <= m), ABOVE),
        (lambda x, m: relu(x) * (x < m), ABOVE),
        (lambda x, m: np.clip(x, 0, 6), "The ceiling is the argument `max_value`, not 6."),
        (np.minimum, "A negative number should become 0."),
        (lambda x, m: np.minimum(abs(x), m), "A negative number should become 0."),
        (np.maximum, lambda x, m: np.maximum(relu(x), m), RAISED),
    ),
)
def clipped_relu(x, max_value):
    return np.minimum(np.maximum(x, 0.0), max_value)
