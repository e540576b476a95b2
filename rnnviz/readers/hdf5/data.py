"""The numbers of an HDF5 dataset: contiguous, compact, or in chunks with deflate and shuffle."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator

import numpy as np

from rnnviz.readers.hdf5.headers import Message, Sizes
from rnnviz.readers.messages import Refused
from rnnviz.readers.span import UNDEFINED, Span, size_of

_FILTERS = {1: "deflate", 2: "shuffle"}
_OTHERS = {3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf"}
_DEEPEST = 16


def read_data(
    file: Span, sizes: Sizes, messages: list[Message], shape: tuple[int, ...], dtype: np.dtype
) -> np.ndarray:
    """Read a dataset; a view of the file where it lies in it in one piece.

    Raises
    ------
    Refused
        Where the layout is damaged, does not fit the shape, or leads outside of the file.
    """
    if not size_of(shape):
        return np.zeros(shape, dtype)
    found = {message.kind: message.content for message in messages}
    layout = found[0x08]
    version, kind = layout.number(0, 1), layout.number(1, 1)
    if version not in (3, 4):
        raise Refused("hdf5_version", version=f"layout {version}")
    if kind == 0:
        return layout.array(4, shape, dtype)
    if kind == 1:
        return _contiguous(file, sizes, layout, shape, dtype)
    if kind == 2 and version == 3:
        return _chunked(file, sizes, layout, _filters(found.get(0x0B)), shape, dtype)
    if kind == 3:
        raise Refused("hdf5_virtual")
    raise Refused("hdf5_version", version=f"layout {version}, chunks")


def _contiguous(file: Span, sizes: Sizes, layout: Span, shape, dtype) -> np.ndarray:
    address = layout.number(2, sizes.offset)
    if address == UNDEFINED[sizes.offset]:
        # Nothing was ever written: the fill value stands for everything. It takes no room in the
        # file, so it may not take much in memory either.
        if size_of(shape) * dtype.itemsize > len(file):
            raise Refused("shape_bomb", shape=shape)
        return np.zeros(shape, dtype)
    return file.array(address, shape, dtype)


def _filters(message: Span | None) -> list[str]:
    """Return the names of the filters, in the order in which they were applied."""
    if message is None:
        return []
    version, count = message.number(0, 1), message.number(1, 1)
    at, names = (8 if version == 1 else 2), []
    for _ in range(count):
        number = message.number(at, 2)
        named = version == 1 or number >= 256
        length = message.number(at + 2, 2) if named else 0
        at += 4 if named else 2
        values = message.number(at + 2, 2)
        length = -(-length // 8) * 8 if version == 1 else length
        at += 4 + length + 4 * values + (4 if version == 1 and values % 2 else 0)
        if number not in _FILTERS:
            raise Refused("hdf5_filter", filter=_OTHERS.get(number, number))
        names.append(_FILTERS[number])
    return names


def _chunked(file: Span, sizes: Sizes, layout: Span, filters, shape, dtype) -> np.ndarray:
    axes = layout.number(2, 1)
    tree = layout.number(3, sizes.offset)
    start = 3 + sizes.offset
    chunk = tuple(layout.number(start + 4 * axis, 4) for axis in range(axes - 1))
    size = size_of(chunk) * dtype.itemsize
    if axes != len(shape) + 1 or 0 in chunk:
        raise Refused("hdf5_damaged", part="chunks")
    if size_of(shape) * dtype.itemsize + size > 2 * len(file) + 2**23:
        raise Refused("shape_bomb", shape=shape)
    whole = np.zeros(shape, dtype)
    most = math.prod(-(-n // c) for n, c in zip(shape, chunk, strict=True))
    for number, (corner, mask, content) in enumerate(_chunks(file, sizes, tree, axes, 0, set())):
        if number >= most or any(c % n for c, n in zip(corner, chunk, strict=True)):
            raise Refused("hdf5_damaged", part="chunks")
        values = _unfiltered(content, filters, mask, size, dtype).reshape(chunk)
        place = tuple(slice(c, c + n) for c, n in zip(corner, chunk, strict=True))
        target = whole[place]
        target[...] = values[tuple(slice(0, n) for n in target.shape)]
    return whole


def _chunks(
    file: Span, sizes: Sizes, address: int, axes: int, depth: int, seen: set[int]
) -> Iterator[tuple[tuple[int, ...], int, memoryview]]:
    """Yield (corner, mask of filters left out, bytes) of each chunk of a version-1 B-tree."""
    if address == UNDEFINED[sizes.offset]:
        return
    if address in seen or depth > _DEEPEST or bytes(file.at(address, 5)) != b"TREE\1":
        raise Refused("hdf5_damaged", part="chunks")
    seen.add(address)
    level, at = file.number(address + 5, 1), address + 8 + 2 * sizes.offset
    step = 8 + 8 * axes + sizes.offset
    for place in range(file.number(address + 6, 2)):
        key = at + place * step
        child = file.number(key + 8 + 8 * axes, sizes.offset)
        if level:
            yield from _chunks(file, sizes, child, axes, depth + 1, seen)
            continue
        corner = tuple(file.number(key + 8 + 8 * axis, 8) for axis in range(axes - 1))
        yield corner, file.number(key + 4, 4), file.at(child, file.number(key, 4))


def _unfiltered(content: memoryview, filters, mask: int, size: int, dtype) -> np.ndarray:
    for place, name in reversed(list(enumerate(filters))):
        if mask >> place & 1:
            continue
        content = _inflated(content, size) if name == "deflate" else _unshuffled(content, dtype)
    if len(content) != size:
        raise Refused("hdf5_damaged", part="chunks")
    return np.frombuffer(content, dtype)


def _inflated(content: memoryview, size: int) -> memoryview:
    """Decompress to exactly ``size`` bytes, and take no more memory than that."""
    machine = zlib.decompressobj()
    try:
        whole = machine.decompress(content, size)
    except zlib.error as error:
        raise Refused("hdf5_damaged", part="chunks") from error
    return memoryview(whole)


def _unshuffled(content: memoryview, dtype: np.dtype) -> memoryview:
    """Undo HDF5's shuffle: first bytes of all elements, then second bytes, and so on."""
    count = len(content) // dtype.itemsize
    if count * dtype.itemsize != len(content):
        raise Refused("hdf5_damaged", part="chunks")
    array = np.frombuffer(content, np.uint8).reshape(dtype.itemsize, count)
    return np.ascontiguousarray(array.T).data.cast("B")
