"""Groups, attributes and datasets of an HDF5 file, read in Python from bytes in memory.

Why not h5py: libhdf5 ends the process with a segmentation fault at an external link in a file that
is opened from memory, and follows external storage to other files of the machine. Why not pyfive:
it is written for files that are trusted, and sets no limits. What Keras and h5py write by default
is a small part of the format (superblocks 0 to 3, both kinds of object headers, symbol tables and
compact links, contiguous, compact and chunked data); everything else is refused by its name. Only
hard links are followed: soft links, external links, external storage and virtual datasets are
refused. Offsets, counts and shapes are checked against the file before memory is taken.

Source of the layouts: the HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rnnviz.readers.hdf5.data import read_data
from rnnviz.readers.hdf5.headers import Message, Sizes, messages_of
from rnnviz.readers.hdf5.types import Type, read_shape, read_type, strings
from rnnviz.readers.messages import Refused
from rnnviz.readers.span import UNDEFINED, Span, size_of

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MOST_OBJECTS = 6_000
_MOST_STRINGS = 10_000
_MOST_MESSAGES = 60_000
_MOST_IN_A_HEAP = 50_000
_DEEPEST = 32


Value = list[str] | str | np.ndarray
"""What an attribute holds."""


@dataclass
class Group:
    """A group: its attributes by name, and what is in it by name, in the file's order."""

    attributes: dict[str, Value]
    children: dict[str, Group | Dataset] = field(default_factory=dict)

    def walk(self, path: str = "") -> Iterator[tuple[str, Group | Dataset]]:
        """Yield (path, object) of everything below."""
        for name, child in self.children.items():
            yield f"{path}{name}", child
            if isinstance(child, Group):
                yield from child.walk(f"{path}{name}/")

    def find(self, path: str) -> Group | Dataset | None:
        """Return what a path leads to, or None."""
        here: Group | Dataset | None = self
        for name in filter(None, path.split("/")):
            if not isinstance(here, Group):
                return None
            here = here.children.get(name)
        return here


@dataclass
class Dataset:
    """A dataset that is not read yet: its shape and dtype are known and fit the file."""

    shape: tuple[int, ...]
    dtype: np.dtype
    _file: Span
    _sizes: Sizes
    _messages: list[Message]

    def read(self) -> np.ndarray:
        """Return the numbers; a view of the file where they lie in it in one piece."""
        return read_data(self._file, self._sizes, self._messages, self.shape, self.dtype)


def open_hdf5(content: bytes | memoryview) -> Group:
    """Return the root group with everything below it; datasets are read when they are asked.

    Raises
    ------
    Refused
        Where the file is damaged, hostile, or uses a part of the format that is not taken.
    """
    file = Span(content)
    if bytes(file.at(0, 8)) != SIGNATURE:
        raise Refused("hdf5_damaged", part="signature")
    return _Reader(file).root()


class _Reader:
    """One pass over a file's objects, with a count of what was visited."""

    def __init__(self, file: Span) -> None:
        self.file, self.visited, self.strings, self.messages = file, 0, 0, 0
        self.heaps: dict[int, dict[int, memoryview]] = {}
        version = file.number(8, 1)
        at = 13 if version < 2 else 9
        if version > 3:
            raise Refused("hdf5_version", version=version)
        self.sizes = Sizes(file.number(at, 1), file.number(at + 1, 1))
        self.version = version

    def root(self) -> Group:
        file, size = self.file, self.sizes.offset
        if self.version < 2:
            start = 24 if self.version == 0 else 28
            base, entry = file.number(start, size), start + 4 * size
            header = file.number(entry + size, size)
        else:
            base, header = file.number(12, size), file.number(12 + 3 * size, size)
        if base:
            raise Refused("hdf5_user_block")
        root = self._object(header, 0, frozenset())
        if not isinstance(root, Group):
            raise Refused("hdf5_damaged", part="root group")
        return root

    def _object(self, address: int, depth: int, above: frozenset[int]) -> Group | Dataset:
        self.visited += 1
        if self.visited > _MOST_OBJECTS:
            raise Refused("hdf5_too_many")
        if depth > _DEEPEST or address in above:
            raise Refused("hdf5_circle")
        messages = messages_of(self.file, address, self.sizes, _MOST_MESSAGES - self.messages)
        self.messages += len(messages)
        kinds = {message.kind for message in messages}
        if 0x07 in kinds:
            raise Refused("hdf5_external_storage")
        if 0x08 in kinds:
            return self._dataset(messages)
        group = Group(self._attributes(messages))
        for name, child in self._links(messages):
            if name in group.children:
                raise Refused("hdf5_damaged", part="links")
            group.children[name] = self._object(child, depth + 1, above | {address})
        return group

    def _dataset(self, messages: list[Message]) -> Dataset:
        shape, type = self._meaning(messages)
        if type.dtype is None:
            # Strings in datasets are of no use here; the name of the dataset is kept.
            return Dataset((0,), np.dtype("u1"), self.file, self.sizes, [])
        if size_of(shape) * type.size > 64 * len(self.file) + 2**24:
            raise Refused("shape_bomb", shape=shape)
        return Dataset(shape, type.dtype, self.file, self.sizes, messages)

    def _meaning(self, messages: list[Message]) -> tuple[tuple[int, ...], Type]:
        found = {message.kind: message for message in messages}
        if 0x01 not in found or 0x03 not in found:
            raise Refused("hdf5_damaged", part="dataset")
        if found[0x03].shared or found[0x01].shared:
            raise Refused("hdf5_type", type="committed")
        shape = read_shape(found[0x01].content, self.sizes.length)
        return shape, read_type(found[0x03].content)

    def _links(self, messages: list[Message]) -> Iterator[tuple[str, int]]:
        for message in messages:
            if message.kind == 0x11:
                yield from self._symbol_table(message.content)
            elif message.kind == 0x06:
                yield self._link(message.content)
            elif message.kind == 0x02 and self._is_dense(message.content):
                raise Refused("hdf5_dense", what="links")

    def _is_dense(self, info: Span) -> bool:
        size, flags = self.sizes.offset, info.number(1, 1)
        return info.number(2 + (8 if flags & 1 else 0), size) != UNDEFINED[size]

    def _link(self, link: Span) -> tuple[str, int]:
        """Read a link message: version, flags, optional fields, name, where it leads."""
        flags, at = link.number(1, 1), 2
        kind = 0
        if flags & 8:
            kind, at = link.number(at, 1), at + 1
        at += 8 if flags & 4 else 0
        at += 1 if flags & 0x10 else 0
        width = 1 << (flags & 3)
        length, at = link.number(at, width), at + width
        name = bytes(link.at(at, length)).decode("utf-8", "replace")
        if kind != 0:
            raise Refused("hdf5_link", kind={1: "soft", 64: "external"}.get(kind, kind), name=name)
        return name, link.number(at + length, self.sizes.offset)

    def _symbol_table(self, message: Span) -> Iterator[tuple[str, int]]:
        size = self.sizes.offset
        tree, heap = message.number(0, size), message.number(size, size)
        if bytes(self.file.at(heap, 4)) != b"HEAP":
            raise Refused("hdf5_damaged", part="heap")
        length = self.file.number(heap + 8, self.sizes.length)
        names = self.file.part(self.file.number(heap + 8 + 2 * self.sizes.length, size), length)
        for node in self._tree(tree, 0, set()):
            yield from self._symbols(node, names)

    def _tree(self, address: int, depth: int, seen: set[int]) -> Iterator[int]:
        """Yield the addresses of the leaves of a version-1 B-tree of names."""
        file, size, length = self.file, self.sizes.offset, self.sizes.length
        if address in seen or depth > _DEEPEST:
            raise Refused("hdf5_circle")
        seen.add(address)
        if bytes(file.at(address, 4)) == b"SNOD":
            yield address
            return
        if bytes(file.at(address, 5)) != b"TREE\0":
            raise Refused("hdf5_damaged", part="tree")
        at = address + 8 + 2 * size
        for place in range(file.number(address + 6, 2)):
            child = file.number(at + length + place * (length + size), size)
            yield from self._tree(child, depth + 1, seen)

    def _symbols(self, node: int, names: Span) -> Iterator[tuple[str, int]]:
        file, size = self.file, self.sizes.offset
        if bytes(file.at(node, 4)) != b"SNOD":
            raise Refused("hdf5_damaged", part="symbols")
        for place in range(file.number(node + 6, 2)):
            entry = node + 8 + place * (2 * size + 24)
            start, cached = file.number(entry, size), file.number(entry + 2 * size, 4)
            rest = bytes(names.at(start, min(256, max(len(names) - start, 0))))
            name = rest.partition(b"\0")[0].decode("utf-8", "replace")
            if cached == 2:
                raise Refused("hdf5_link", kind="soft", name=name)
            yield name, file.number(entry + size, size)

    def _attributes(self, messages: list[Message]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for message in messages:
            if message.kind == 0x0C and not message.shared:
                name, value = self._attribute(message.content)
                if value is not None:
                    found[name] = value
        return found

    def _attribute(self, message: Span) -> tuple[str, Value | None]:
        version = message.number(0, 1)
        if version not in (1, 2, 3):
            raise Refused("hdf5_damaged", part="attribute")
        lengths = [message.number(start, 2) for start in (2, 4, 6)]
        steps = [-(-n // 8) * 8 for n in lengths] if version == 1 else lengths
        at = 9 if version == 3 else 8
        name, kind, space = (
            message.part(at + sum(steps[:place]), length) for place, length in enumerate(lengths)
        )
        text = bytes(name.view).partition(b"\0")[0].decode("utf-8", "replace")
        try:
            type = read_type(kind)
        except Refused:
            return text, None  # an attribute of another kind is none that is asked for
        shape = read_shape(space, self.sizes.length)
        content = message.part(at + sum(steps), len(message) - at - sum(steps))
        return text, self._value(type, shape, content)

    def _value(self, type: Type, shape: tuple[int, ...], content: Span) -> Value:
        count = size_of(shape)
        if type.dtype is not None:
            return content.array(0, shape, type.dtype)
        self.strings += count
        if self.strings > _MOST_STRINGS:
            raise Refused("hdf5_too_many")
        if type.kind == "string":
            found = strings(content.at(0, count * type.size), shape, type.size)
        else:
            starts = range(0, count * type.size, type.size)
            found = [self._heap_string(content.part(start, type.size)) for start in starts]
        return found if shape else found[0]

    def _heap_string(self, reference: Span) -> str:
        """Follow a reference (length, collection, index) into a global heap."""
        size = self.sizes.offset
        wanted, address = reference.number(0, 4), reference.number(4, size)
        index = reference.number(4 + size, 4)
        if wanted == 0:
            return ""
        if address not in self.heaps:
            self.heaps[address] = self._heap(address)
        content = self.heaps[address].get(index, b"")
        if wanted > len(content):
            raise Refused("hdf5_damaged", part="heap")
        return bytes(content[:wanted]).rstrip(b"\0").decode("utf-8", "replace")

    def _heap(self, address: int) -> dict[int, memoryview]:
        """Return the objects of a global heap by their index."""
        file, length = self.file, self.sizes.length
        if bytes(file.at(address, 4)) != b"GCOL":
            raise Refused("hdf5_damaged", part="heap")
        heap = file.part(address, file.number(address + 8, length))
        found: dict[int, memoryview] = {}
        at, prefix = 8 + length, 8 + length
        while at + prefix <= len(heap):
            number, extent = heap.number(at, 2), heap.number(at + 8, length)
            if number == 0:
                break
            if len(found) > _MOST_IN_A_HEAP:
                raise Refused("hdf5_too_many")
            found[number] = heap.at(at + prefix, extent)
            at += prefix + -(-extent // 8) * 8
        return found
