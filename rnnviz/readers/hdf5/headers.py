"""Object headers of HDF5, versions 1 and 2: the messages that say what an object is."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span


@dataclass(frozen=True)
class Sizes:
    """Bytes of an address and of a length in this file.

    Raises
    ------
    Refused
        Where they are not 4 or 8.
    """

    offset: int
    length: int

    def __post_init__(self) -> None:
        if self.offset not in (4, 8) or self.length not in (4, 8):
            raise Refused("hdf5_damaged", part="superblock")


@dataclass(frozen=True)
class Message:
    """One message of an object header; a shared one only says where it really stands."""

    kind: int
    content: Span
    shared: bool


def messages_of(file: Span, address: int, sizes: Sizes, most: int) -> list[Message]:
    """Return every message of the object at an address, continuations included.

    Raises
    ------
    Refused
        Where there are more than ``most``, or the header is damaged.
    """
    second = bytes(file.at(address, 4)) == b"OHDR"
    block, read = _second(file, address) if second else _first(file, address)
    found: list[Message] = []
    blocks, seen = [block], {block[0]}
    while blocks:
        start, length = blocks.pop(0)
        for message in read(file.part(start, length)):
            found.append(message)
            if len(found) > most:
                raise Refused("hdf5_too_many")
            if message.kind == 0x10:
                more = _continuation(message.content, sizes, second)
                if more[0] in seen:
                    raise Refused("hdf5_circle")
                seen.add(more[0])
                blocks.append(more)
    return found


def _continuation(content: Span, sizes: Sizes, second: bool) -> tuple[int, int]:
    start, length = content.number(0, sizes.offset), content.number(sizes.offset, sizes.length)
    # A continuation of version 2 begins with OCHK and ends with a checksum.
    return (start + 4, max(0, length - 8)) if second else (start, length)


def _first(file: Span, address: int):
    if file.number(address, 1) != 1:
        raise Refused("hdf5_damaged", part="object header")
    return (address + 16, file.number(address + 8, 4)), _messages_of_first


def _messages_of_first(block: Span) -> list[Message]:
    found, at = [], 0
    while at + 8 <= len(block):
        kind, length, flags = block.number(at, 2), block.number(at + 2, 2), block.number(at + 4, 1)
        found.append(Message(kind, block.part(at + 8, length), bool(flags & 2)))
        at += 8 + length
    return found


def _second(file: Span, address: int):
    flags = file.number(address + 5, 1)
    at = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    prefix = 6 if flags & 4 else 4

    def read(block: Span) -> list[Message]:
        found, place = [], 0
        while place + prefix <= len(block):
            kind, length = block.number(place, 1), block.number(place + 1, 2)
            shared = bool(block.number(place + 3, 1) & 2)
            found.append(Message(kind, block.part(place + prefix, length), shared))
            place += prefix + length
        return found

    return (at + width, file.number(at, width)), read
