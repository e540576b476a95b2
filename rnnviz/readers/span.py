"""Bytes of a file that are read by place and length, each of them checked first."""

from __future__ import annotations

import numpy as np

from rnnviz.readers.messages import Refused

UNDEFINED = {4: 0xFFFFFFFF, 8: 0xFFFFFFFFFFFFFFFF}


class Span:
    """A read-only view of bytes; whatever lies outside is refused, and nothing is copied.

    Parameters
    ----------
    content : bytes or memoryview
    """

    def __init__(self, content: bytes | memoryview) -> None:
        self.view = memoryview(content).cast("B") if len(content) else memoryview(b"")

    def __len__(self) -> int:
        return len(self.view)

    def at(self, start: int, length: int) -> memoryview:
        """Return ``length`` bytes from ``start`` on.

        Raises
        ------
        Refused
            Where they are not all there.
        """
        if start < 0 or length < 0 or start + length > len(self.view):
            raise Refused("cut_short")
        return self.view[start : start + length]

    def number(self, start: int, size: int) -> int:
        """Return an unsigned little-endian number of ``size`` bytes."""
        return int.from_bytes(self.at(start, size), "little")

    def part(self, start: int, length: int) -> Span:
        """Return some of the bytes as a span of their own."""
        return Span(self.at(start, length))

    def array(self, start: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return numbers as a view of the bytes; the shape is checked before anything is made."""
        count = size_of(shape)
        content = self.at(start, count * dtype.itemsize)
        return np.frombuffer(content, dtype, count).reshape(shape)


def size_of(shape: tuple[int, ...]) -> int:
    """Number of elements, as an exact whole number however large."""
    size = 1
    for length in shape:
        if length < 0:
            raise Refused("negative_shape")
        size *= int(length)
    return size
