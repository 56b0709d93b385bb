"""Draw inputs from a Hypothesis strategy, and make one on which a function is wrong simpler.

Hypothesis makes an input of a string of bytes, and the shorter and smaller the bytes, the simpler
the input. Only that part of it is used. Its own search reads constants out of whatever modules are
loaded, writes them to a folder and may end by the clock: what it finds could depend on the machine.
"""

import random
from collections.abc import Callable, Iterator

from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

_BYTES = 200


class Inputs:
    """The inputs of a strategy, each known by the bytes that it was made of.

    >>> from hypothesis import strategies as st
    >>> inputs = Inputs(st.tuples(st.integers(0, 99)))
    >>> used, arguments = next(inputs.draw(1))
    >>> arguments, inputs.simplify(used, lambda arguments: arguments[0] > 10)
    ((77,), (11,))
    """

    def __init__(self, strategy: SearchStrategy):
        @settings(database=None)
        @given(strategy)
        def keep(arguments):
            self._made = arguments

        self._run = keep.hypothesis.fuzz_one_input

    def make(self, text: bytes) -> tuple[bytes, tuple] | None:
        """Return the bytes that were used and the input made of them; None if it is refused."""
        used = self._run(text + bytes(_BYTES))  # zeros choose what is simplest
        return None if used is None else (used, self._made)

    def draw(self, number: int) -> Iterator[tuple[bytes, tuple]]:
        """Draw inputs, the same ones each time."""
        source = random.Random(0)
        return filter(None, (self.make(source.randbytes(_BYTES)) for _ in range(number)))

    def simplify(self, used: bytes, is_wrong: Callable[[tuple], bool]) -> tuple:
        """Leave out bytes and make bytes smaller while the input stays wrong."""
        (_, arguments), position = self.make(used), 0
        while position < len(used):
            for text in _simpler(used, position):
                made = self.make(text)
                if made and (len(made[0]), made[0]) < (len(used), used) and is_wrong(made[1]):
                    (used, arguments), position = made, 0
                    break
            else:
                position += 1
        return arguments


def _simpler(text: bytes, position: int) -> Iterator[bytes]:
    before, after = text[:position], text[position:]
    yield from (before + after[size:] for size in (8, 4, 1))
    yield from (before + bytes([value]) + after[1:] for value in range(after[0]))
