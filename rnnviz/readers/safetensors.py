"""A ``.safetensors`` file: the length of a header, the header as JSON, and the numbers.

Read here, without the package of that name: its NumPy side knows no bfloat16, and the format is a
header and a buffer. The checks are those of the format's own description.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnviz.readers.answers import Answers
from rnnviz.readers.json_text import MOST_JSON, parsed
from rnnviz.readers.messages import Refused
from rnnviz.readers.reading import Reading
from rnnviz.readers.span import Span, size_of
from rnnviz.readers.state_dict import Entry, network_of_state
from rnnviz.readers.taking import Taking
from rnnviz.readers.torch_file import widened

_TYPES = {
    **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"},
    **{"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "u1"},
    **{"U16": "<u2", "U32": "<u4", "U64": "<u8"},
}


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read a ``.safetensors`` file; its names are PyTorch's."""
    return network_of_state(entries(content), name, answers, "safetensors")


def entries(content: bytes) -> dict[str, Entry]:
    """Return every tensor by its name, none of them read.

    Raises
    ------
    Refused
        Where the header is too large or damaged, or offsets leave holes, overlap, or do not fit.
    """
    file = Span(content)
    length = file.number(0, 8)
    if length > MOST_JSON:
        raise Refused("entry_too_large", name="header", limit=f"{MOST_JSON:,}")
    header = parsed(file.at(8, length), "header")
    header.pop("__metadata__", None)
    buffer, taking = file.part(8 + length, len(file) - 8 - length), Taking(len(content))
    found, places = {}, []
    for key, spec in header.items():
        shape, kind, start, end = _checked(spec)
        dtype = np.dtype(_TYPES[kind])
        if end - start != size_of(shape) * dtype.itemsize:
            raise Refused("safetensors_offsets", name=key)
        places.append((start, end))
        found[key] = _entry(buffer, shape, kind, start, dtype, taking)
    at = 0
    for start, end in sorted(places):
        if start != at:
            raise Refused("safetensors_holes")
        at = end
    if at != len(buffer):
        raise Refused("safetensors_holes")
    return found


def _entry(
    buffer: Span, shape: tuple[int, ...], kind: str, start: int, dtype: np.dtype, taking: Taking
) -> Entry:
    if kind == "BF16":
        read = taking.later(
            lambda: widened(buffer.array(start, shape, dtype)), shape, np.dtype(np.float32)
        )
        return Entry(shape, "bfloat16", read)
    read = taking.later(lambda: buffer.array(start, shape, dtype), shape, dtype)
    return Entry(shape, dtype.name, read)


def _checked(spec: Any) -> tuple[tuple[int, ...], str, int, int]:
    if not isinstance(spec, dict):
        raise Refused("json_damaged", where="header")
    shape, kind, offsets = spec.get("shape"), spec.get("dtype"), spec.get("data_offsets")
    if kind not in _TYPES:
        raise Refused("safetensors_type", type=str(kind))
    if not isinstance(shape, list) or not isinstance(offsets, list):
        raise Refused("json_damaged", where="header")
    whole = all(type(one) is int and 0 <= one < 2**63 for one in (*shape, *offsets))
    if not whole or len(offsets) != 2 or len(shape) > 8 or offsets[0] > offsets[1]:
        raise Refused("json_damaged", where="header")
    return tuple(shape), kind, offsets[0], offsets[1]
