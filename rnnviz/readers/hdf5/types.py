"""HDF5 datatypes and dataspaces: what the bytes of a dataset or an attribute mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span, size_of

_CLASSES = {0: "integer", 1: "float", 3: "string", 8: "enumeration", 9: "variable-length"}
_MOST_AXES = 8


@dataclass(frozen=True)
class Type:
    """A datatype.

    Parameters
    ----------
    kind : {"number", "string", "variable_string"}
    size : int
        Bytes of one element where it is stored.
    dtype : numpy dtype or None
        Of a number.
    """

    kind: str
    size: int
    dtype: np.dtype | None = None


def read_type(message: Span) -> Type:
    """Read a datatype message (H5O_DTYPE); only numbers and strings are taken.

    Raises
    ------
    Refused
        Where it is any other kind; it is named.
    """
    number = message.number(0, 1) & 0x0F
    bits, size = message.number(1, 3), message.number(4, 4)
    if number == 3 and size >= 1:
        return Type("string", size)
    if number == 9 and bits & 0x0F == 1:
        return Type("variable_string", size)
    order = ">" if bits & 1 else "<"
    if number == 0 and size in (1, 2, 4, 8):
        sign = "i" if bits & 8 else "u"
        return Type("number", size, np.dtype(f"{order}{sign}{size}"))
    if number == 1 and size in (2, 4, 8) and not bits & 0x40:
        # IEEE 754 is told by exponent and mantissa: bfloat16 has the size of float16.
        shape = (message.number(12, 1), message.number(13, 1), message.number(15, 1))
        if shape == {2: (10, 5, 10), 4: (23, 8, 23), 8: (52, 11, 52)}[size]:
            return Type("number", size, np.dtype(f"{order}f{size}"))
    raise Refused("hdf5_type", type=_CLASSES.get(number, str(number)))


def read_shape(message: Span, length_size: int) -> tuple[int, ...]:
    """Read a dataspace message (H5O_SDSPACE); () for a scalar, (0,) for none at all."""
    version, axes = message.number(0, 1), message.number(1, 1)
    if version not in (1, 2) or axes > _MOST_AXES:
        raise Refused("hdf5_damaged", part="dataspace")
    if version == 2 and message.number(3, 1) == 2:
        return (0,)
    start = 8 if version == 1 else 4
    return tuple(message.number(start + axis * length_size, length_size) for axis in range(axes))


def strings(content: memoryview, shape: tuple[int, ...], size: int) -> list[str]:
    """Read fixed strings, padded with zeros or blanks."""
    count = size_of(shape)
    if count * size > len(content):
        raise Refused("cut_short")
    return [
        bytes(content[place * size : (place + 1) * size])
        .partition(b"\0")[0]
        .decode("utf-8", "replace")
        for place in range(count)
    ]
