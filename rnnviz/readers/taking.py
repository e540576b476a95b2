"""How much is taken from a file: several names for one stretch of bytes do not multiply it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import size_of

_SPARE = 2**20


class Taking:
    """Counts the bytes of the arrays that were taken.

    A file may give one array several names, as tied weights do; a hostile one gives a thousand to
    a large one, so that it takes a thousand times its size in memory.

    Parameters
    ----------
    size : int
        Bytes of the file. Twice as many may be taken.
    """

    def __init__(self, size: int) -> None:
        self.left = 2 * size + 16 * _SPARE

    def later(
        self, read: Callable[[], np.ndarray], shape: tuple[int, ...], dtype: np.dtype
    ) -> Callable[[], np.ndarray]:
        """Return a function that reads once, and counts what it reads before it does.

        Raises, when called
        -------------------
        Refused
            Where too much has been taken.
        """
        found: list[np.ndarray] = []

        def take() -> np.ndarray:
            if not found:
                self.left -= size_of(shape) * dtype.itemsize
                if self.left < 0:
                    raise Refused("shape_bomb", shape=shape)
                found.append(read())
            return found[0]

        return take
