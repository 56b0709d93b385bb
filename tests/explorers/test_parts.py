"""Parts of the explorers: what stands between them and a learner's function."""

import numpy as np
import pytest

from helpers.explorers import parts


def test_a_function_works_on_copies_of_its_arrays():
    def f(x, y, *, scale, shift):
        """Say what it does."""
        x += 1
        scale *= 2
        return (x + y) * scale + shift

    x, scale = np.array([1.0, 2.0]), np.array([3.0])
    np.testing.assert_array_equal(parts.on_copies(f)(x, 1, scale=scale, shift=0.5), [18.5, 24.5])
    np.testing.assert_array_equal([*x, *scale], [1, 2, 3])
    assert parts.on_copies(f).__doc__ == "Say what it does."


@pytest.mark.parametrize("result", [None, ..., "text", 1j, [1j, 2j]])
def test_a_function_that_returns_no_numbers_is_told_so(result):
    with pytest.raises(TypeError, match="<lambda> should return real numbers"):
        parts.on_copies(lambda x: result)(np.zeros(2))


def test_a_function_answers_in_the_shape_of_its_first_array_or_a_loss_without_the_last_axis():
    x = np.zeros((3, 2))
    assert parts.on_copies(lambda x: x.tolist())(x).shape == (3, 2)
    assert parts.on_copies(lambda x: x[:, 0], axes_lost=1)(x).shape == (3,)
    with pytest.raises(ValueError, match=r"returned the shape \(3,\), it should be \(3, 2\)\."):
        parts.on_copies(lambda x: x[:, 0])(x)
    with pytest.raises(ValueError, match=r"returned the shape \(\), it should be \(3,\)\."):
        parts.on_copies(np.mean, axes_lost=1)(x)
