"""Protocol buffers as they lie on the wire: fields by number, nothing more.

ONNX needs two dozen fields of a format whose wire encoding has four kinds of values; the package
``onnx`` would bring a C++ parser that takes memory by what a file claims.

Source: "Encoding" in the documentation of Protocol Buffers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from rnnviz.readers.messages import Refused

Fields = dict[int, list]
"""Values by field number: whole numbers, or bytes of what has a length or is fixed."""

_MOST_FIELDS = 300_000


class Wire:
    """Reads messages, and counts fields over a whole file."""

    def __init__(self) -> None:
        self.left = _MOST_FIELDS

    def fields(self, content: memoryview) -> Fields:
        """Return the fields of one message; what it holds inside stays bytes.

        Raises
        ------
        Refused
            Where it is damaged.
        """
        found: Fields = {}
        at, end = 0, len(content)
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise Refused("protobuf_too_many")
            tag, at = _varint(content, at)
            number, kind = tag >> 3, tag & 7
            value: int | memoryview
            if kind == 0:
                value, at = _varint(content, at)
            elif kind == 2:
                length, at = _varint(content, at)
                value, at = _slice(content, at, length)
            elif kind in (1, 5):
                value, at = _slice(content, at, 8 if kind == 1 else 4)
            else:
                raise Refused("protobuf_damaged")
            found.setdefault(number, []).append(value)
        return found


def _slice(content: memoryview, at: int, length: int) -> tuple[memoryview, int]:
    if at + length > len(content):
        raise Refused("protobuf_damaged")
    return content[at : at + length], at + length


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(content):
            break
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
    raise Refused("protobuf_damaged")


def text(fields: Fields, number: int, default: str = "") -> str:
    """Return a string field."""
    value = fields.get(number, [default])[-1]
    return bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview) else default


def whole(fields: Fields, number: int, default: int = 0) -> int:
    """Return a signed 64-bit number."""
    value = fields.get(number, [default])[-1]
    if not isinstance(value, int):
        raise Refused("protobuf_damaged")
    return value - 2**64 if value >= 2**63 else value


def wholes(fields: Fields, number: int) -> list[int]:
    """Return repeated whole numbers, packed or one by one."""
    found = []
    for value in fields.get(number, []):
        packed = _unpacked(value) if isinstance(value, memoryview) else [value]
        found += [one - 2**64 if one >= 2**63 else one for one in packed]
    return found


def _unpacked(content: memoryview) -> Iterator[int]:
    at = 0
    while at < len(content):
        value, at = _varint(content, at)
        yield value


def reals(fields: Fields, number: int) -> list[float]:
    """Return repeated 32-bit floats, packed or one by one."""
    content = b"".join(bytes(v) for v in fields.get(number, []) if isinstance(v, memoryview))
    if len(content) % 4:
        raise Refused("protobuf_damaged")
    return list(struct.unpack(f"<{len(content) // 4}f", content))
