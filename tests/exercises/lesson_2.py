"""Lesson 2's exercises: right answers, and mistakes with the inputs that show them."""

import numpy as np

from helpers import activations

RIGHT = {
    "leaky_relu": [
        activations.leaky_relu,
        lambda x, slope: np.where(x < 0, slope, 1.0) * x,
        lambda x, slope: (x < 0) * slope * x + (x >= 0) * x,
        lambda x, slope: np.maximum(x, 0) + slope * np.minimum(x, 0),
    ],
    "leaky_relu_derivative": [
        activations.leaky_relu_derivative,
        lambda x, slope: (x > 0) + slope * (x <= 0),
        lambda x, slope: slope + (1 - slope) * (x > 0),
    ],
    "count_dead_units": [
        activations.count_dead_units,
        lambda activations: int((activations.max(axis=0) <= 0).sum()),
        lambda a: a.shape[1] - np.count_nonzero((a > 0).any(axis=0)),
        lambda a: sum(all(value <= 0 for value in unit) for unit in a.T),
        lambda a: np.array(len([u for u in a.T if not (u > 0).any()])),
    ],
    "killing_step": [
        lambda x, w, b, dw, db: np.maximum((x @ w + b) / (x @ dw + db), 0).max(),
        lambda x, w, b, dw, db: max(
            max(0, (point @ w[:, j] + b[j]) / (point @ dw[:, j] + db[j]))
            for point in x
            for j in range(len(b))
        ),
        lambda x, w, b, dw, db: np.max(np.where(x @ w + b > 0, (x @ w + b) / (x @ dw + db), 0)),
    ],
}


def ratios(x, w, b, dw, db):
    """The rate that brings each z down to 0."""
    return (x @ w + b) / (x @ dw + db)


SLOPE = "negative_slope = 0.5"
ONE = "x = [[1., 1.]], w = [[1.], [2.]]"  # z = 3, lowered by 2.25
WITH_BIAS = "w = [[1.], [1.]], b = [2.]"
POINTS = "x = [[2., 1.], [1., 3.], [4., 1.], [1., 2.]]"
TWO_UNITS = "w = [[1., 2.], [2., 3.]]"
ONE_SILENT = "w = [[-4., 1.], [-2., 2.]]"
ALL_SILENT = "w = [[-4.], [-2.]]"
PLANTED = {
    # words of the hint, and the input that each mistake with this hint is shown on
    "leaky_relu": [
        ("needs a slope up to 1", "x = [2.], negative_slope = 2.0"),
        ("may be negative: keep its sign", "x = [-3.], negative_slope = -0.5"),
        ("negative number leaks: times `negative_slope`, not 0", f"x = [-3.], {SLOPE}"),
        ("not 0.01", f"x = [-3.], {SLOPE}"),
        ("has lost its sign", f"x = [-3.], {SLOPE}"),
        ("Multiply a negative number by `negative_slope`", f"x = [-3.], {SLOPE}"),
        ("A positive number should pass unchanged", *[f"x = [2.], {SLOPE}"] * 2),
        ("cases swapped", f"x = [2.], {SLOPE}"),
    ],
    "leaky_relu_derivative": [
        ("choice is needed: here it is `negative_slope`", *[f"x = [0.], {SLOPE}"] * 3),
        ("Compare the input with 0, not the output", "x = [-3.], negative_slope = -0.5"),
        ("Left of 0 the graph is not flat", *[f"x = [-3.], {SLOPE}"] * 2),
        ("not 0.01", *[f"x = [-3.], {SLOPE}"] * 2),
        ("the value of leaky ReLU, not its slope", f"x = [2.], {SLOPE}", f"x = [-3.], {SLOPE}"),
        ("Right of 0 the graph rises with slope 1", f"x = [2.], {SLOPE}"),
        ("cases swapped", f"x = [2.], {SLOPE}"),
    ],
    "count_dead_units": [
        ("ask for `<= 0`, not `== 0`", "[[-2.], [-3.]]"),
        ("gives 0 in every row is dead; yours is not counted", "[[0., 2.]]"),
        ("A mean can hide a row that is above 0", "[[-3.], [ 2.]]"),
        ("silent in all rows; one silent row is not enough", "[[2.], [0.]]"),
        ("whether the whole layer is dead", "[[0., 2.]]"),
        ("a share", "[[0., 2.]]"),
        ("units that live, not the dead", "[[2.], [0.]]"),
        ("A column is a unit: go down it, `axis=0`", "[[0., 2.]]"),
        ("You counted zeros", "[[2.], [0.]]"),
        ("single numbers; a unit is a whole column", "[[2.], [0.]]"),
    ],
    "killing_step": [
        ("the answer is 0, not a negative rate", ALL_SILENT),
        ("Each z has a rate of its own", *[ONE] * 5),
        ("a rate for each unit", *[ONE] * 3),
        ("only the first z reaches 0", *[POINTS] * 2),
        ("each unit has lost its first point", *[POINTS] * 2),
        ("That rate kills one unit", *[TWO_UNITS] * 4),
        ("Divide first: each z by its own drop", *[POINTS] * 8),
        ("A mean leaves some units above 0", *[POINTS, TWO_UNITS] * 2, POINTS),
        ("Don't add the rates up", *[POINTS, TWO_UNITS] * 2, POINTS),
        ("The bias moves too", *[ONE] * 2),
        ("Lower weights and a lower bias both lower z", *[ONE] * 2),
        ("the bias `b` is missing", *[WITH_BIAS] * 2),
        ("How far z falls depends on the point", *[ONE] * 6),
        ("`*` multiplies, and nothing is added up", *[ONE] * 2),
        ("silent already and needs no step. Keep its sign", ONE_SILENT, ONE_SILENT, ALL_SILENT),
        ("without a minus", *[ONE] * 3),
        ("That is the largest z", *[ONE] * 2),
        ("what a step of rate 1 leaves of z", *[ONE] * 2),
        ("Upside down", *[ONE] * 2),
        ("Weights may stay above 0", *[ONE] * 2),
        ("looks at the first point alone", *[POINTS] * 2),
        ("looks at the last point alone", *[POINTS] * 2),
        ("Trying rates stops a step too late", *[ONE] * 2),
    ],
}


OTHERS = {
    # wrong function, the input that it is shown on, and words of the hint
    "leaky_relu": [
        (
            lambda x, s: np.multiply(x, np.where(x < 0, s, 1), out=x),
            f"x = [-3.], {SLOPE}",
            "new array",
        ),
        (
            lambda x, s: np.where(x > 0, x, s * x).astype(x.dtype),
            f"x = [ 3, -5], {SLOPE}",
            "fractions",
        ),
        (lambda x, s: np.where(x > 0, x, max(s, 0) * x), "negative_slope = -0.5"),
        (lambda x, s: np.where(x > 0, x, (s or 0.01) * x), "negative_slope = 0.0"),
        (lambda x, s: np.atleast_2d(np.where(x > 0, x, s * x))[0], "x = [[-1., 2.]"),
    ],
    "leaky_relu_derivative": [
        (lambda x, s: np.where(x > 0, 1, 0), f"x = [-3.], {SLOPE}", "flat"),
        (lambda x, s: x, f"x = [2.], {SLOPE}"),
        (lambda x, s: np.where(x > 0, 1.0, abs(s)), "slope = -0.5"),
    ],
    "count_dead_units": [
        (lambda a: np.sum(a.sum(axis=0) == 0), "[[-2.], [-3.]]", "not `== 0`"),
        (lambda a: np.all(a <= 0, axis=0), "[[0., 2.]]", "One number"),
        (lambda a: np.sum(np.all(a.astype(int) <= 0, axis=0)), "0.3"),
        (lambda a: np.sum(np.all(a <= 0, axis=0)) % 3, "[[0., 0., 0.]]"),
    ],
    "killing_step": [
        (lambda x, w, b, dw, db: ratios(x, w, b, dw, db), ONE, "One number is asked for"),
        (lambda x, w, b, dw, db: ratios(x, w, b, dw, db).max(axis=0), ONE, "a rate for each unit"),
        (lambda x, w, b, dw, db: ratios(x, w, b, dw, db).sum(), POINTS, "add the rates up"),
        (lambda x, w, b, dw, db: max(0.0, np.median(ratios(x, w, b, dw, db))), POINTS),
        (
            lambda x, w, b, dw, db: max(0.0, ratios(x, w, b, dw, db)[:, 0].max()),
            TWO_UNITS,
            "kills one",
        ),
        (
            lambda x, w, b, dw, db: max(0.0, ratios(x, w, b, dw, db)[-1].max()),
            POINTS,
            "last point alone",
        ),
        (lambda x, w, b, dw, db: 2 * max(0.0, ratios(x, w, b, dw, db).max()), ONE, "twice"),
        (lambda x, w, b, dw, db: max(0.3, ratios(x, w, b, dw, db).max()), ALL_SILENT),
        (lambda x, w, b, dw, db: max(1.0, ratios(x, w, b, dw, db).max()), ALL_SILENT),
        (lambda x, w, b, dw, db: max(0.0, np.ceil(ratios(x, w, b, dw, db).max())), ONE),
        (lambda x, w, b, dw, db: print(ratios(x, w, b, dw, db).max()), ONE, "return"),
        (lambda x, w, b, dw, db: ratios(x, w, b, dw, db).max() > 0, ONE),
        (lambda x, w, b, dw, db: np.max(x @ w + b - x @ dw - db), ONE),
        (lambda x, w, b, dw, db: max(ratios(x, w, b, dw, db)), ONE),
    ],
}

HINTS = {
    "killing_step": "Which η does each z need to reach 0",
    "leaky_relu": "takes `a` where the condition holds and `b` elsewhere",
    "leaky_relu_derivative": "the slope from the left, `negative_slope`",
    "count_dead_units": "`np.all(..., axis=0)` goes down each column",
}
