"""A ``.npy`` array from bytes: checked before memory is taken; Python objects are refused."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span, size_of

_MOST_HEADER = 10_000


@dataclass(frozen=True)
class Header:
    """What a ``.npy`` says of itself."""

    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    start: int


def header_of(content: bytes | memoryview, name: str) -> Header:
    """Read the header.

    Raises
    ------
    Refused
        Where it is damaged, holds Python objects or records, or is larger than its file.
    """
    stream = io.BytesIO(bytes(content[: _MOST_HEADER + 64]))
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header that Python 2 wrote is read as well
            shape, fortran, dtype = read(stream, max_header_size=_MOST_HEADER)
    except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise Refused("npy_damaged", name=name) from error
    if dtype.hasobject:
        raise Refused("npy_objects", name=name)
    if dtype.fields is not None or dtype.subdtype is not None or not dtype.itemsize:
        raise Refused("npy_records", name=name)
    start = stream.tell()
    if len(shape) > 8 or size_of(shape) * dtype.itemsize > len(content) - start:
        raise Refused("shape_bomb", shape=shape)
    return Header(tuple(int(n) for n in shape), dtype, bool(fortran), start)


def array_of(content: bytes | memoryview, name: str) -> np.ndarray:
    """Return the array, a read-only view of the bytes."""
    header = header_of(content, name)
    shape = header.shape[::-1] if header.fortran else header.shape
    array = Span(content).array(header.start, shape, header.dtype)
    return array.T if header.fortran else array
