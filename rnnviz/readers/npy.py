"""A ``.npy`` array from bytes: checked before memory is taken; Python objects are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span, size_of

_MOST_HEADER = 4_096
_TEXT = re.compile(
    r"\{(?=.*'descr': '(?P<dtype>[<>|=]?[a-zA-Z]\d{0,3})')"
    r"(?=.*'fortran_order': (?P<fortran>True|False))"
    r"(?=.*'shape': \((?P<shape>[\dL, ]*)\))[^{}]*\}\s*"
)
"""A header is a dictionary of three entries, written as Python does; Python is not asked to read
it, since what it would make of a hostile text has no bound."""


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
    span = Span(content)
    if bytes(span.at(0, 6)) != b"\x93NUMPY" or span.number(6, 1) not in (1, 2, 3):
        raise Refused("npy_damaged", name=name)
    width = 2 if span.number(6, 1) == 1 else 4
    length, start = span.number(8, width), 8 + width
    if length > _MOST_HEADER:
        raise Refused("npy_damaged", name=name)
    text = bytes(span.at(start, length)).decode("latin-1")
    found, start = _TEXT.fullmatch(text), start + length
    if found is None:
        records = "'descr': [" in text or "'descr': (" in text
        raise Refused("npy_records" if records else "npy_damaged", name=name)
    numbers = [one.strip(" L") for one in found["shape"].split(",")]
    shape = tuple(int(one) for one in numbers if one.isdecimal() and len(one) < 20)
    if len(shape) != sum(map(bool, numbers)):
        raise Refused("npy_damaged", name=name)
    if found["dtype"].lstrip("<>|=") == "O":
        raise Refused("npy_objects", name=name)
    try:
        dtype = np.dtype(found["dtype"])
    except TypeError as error:
        raise Refused("npy_damaged", name=name) from error
    if dtype.hasobject:
        raise Refused("npy_objects", name=name)
    if dtype.fields is not None or dtype.subdtype is not None or not dtype.itemsize:
        raise Refused("npy_records", name=name)
    if len(shape) > 8 or size_of(shape) * dtype.itemsize > len(content) - start:
        raise Refused("shape_bomb", shape=shape)
    return Header(shape, dtype, found["fortran"] == "True", start)


def array_of(content: bytes | memoryview, name: str) -> np.ndarray:
    """Return the array, a read-only view of the bytes."""
    header = header_of(content, name)
    shape = header.shape[::-1] if header.fortran else header.shape
    array = Span(content).array(header.start, shape, header.dtype)
    return array.T if header.fortran else array
