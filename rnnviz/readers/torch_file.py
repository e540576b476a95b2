"""A ``.pt`` or ``.pth`` file: a zip with a pickle, whose tensors lie in entries of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnviz.readers.answers import Answers
from rnnviz.readers.archive import Archive
from rnnviz.readers.messages import Refused
from rnnviz.readers.pickle_opcodes import Storage, Tensor, read_pickle
from rnnviz.readers.reading import Reading
from rnnviz.readers.span import Span, size_of
from rnnviz.readers.state_dict import Entry, network_of_state
from rnnviz.readers.taking import Taking

_TYPES = {
    "FloatStorage": "f4",
    "DoubleStorage": "f8",
    "HalfStorage": "f2",
    "BFloat16Storage": "bf2",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "b1",
}
_DEEPEST = 6
_MOST_TENSORS = 20_000


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read a state_dict, or a checkpoint that holds one."""
    if bytes(content[:4]) != b"PK\3\4":
        raise Refused("torch_before_zip")
    archive = Archive(content)
    pickles = [one for one in archive.names if one.split("/")[1:] == ["data.pkl"]]
    if len(pickles) != 1:
        if any("constants.pkl" in one or "/code/" in one for one in archive.names):
            raise Refused("torch_script")
        raise Refused("zip_lacks", name="data.pkl")
    folder = pickles[0].split("/")[0]
    if f"{folder}/constants.pkl" in archive.names:
        raise Refused("torch_script")
    order = "little"
    if f"{folder}/byteorder" in archive.names:
        order = bytes(archive.read(f"{folder}/byteorder", 16)).decode("ascii", "replace")
    value = read_pickle(archive.read(pickles[0]))
    taking, found = Taking(len(content)), {}
    kept: dict[str, memoryview] = {}

    def stored(storage: Storage) -> memoryview:
        if storage.key not in kept:
            kept[storage.key] = archive.read(f"{folder}/data/{storage.key}")
        return kept[storage.key]

    for path, tensor in _tensors(value):
        found[path] = _entry(tensor, stored, order, taking)
        if len(found) > _MOST_TENSORS:
            raise Refused("too_many_layers", found=len(found), limit=f"{_MOST_TENSORS:,}")
    return network_of_state(found, name, answers, "torch")


def _tensors(value: Any, path: str = "", depth: int = 0):
    """Yield (dotted name, tensor) of a state_dict, or of the dictionaries of a checkpoint."""
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, one in value.items():
            if isinstance(key, str):
                yield from _tensors(one, f"{path}.{key}" if path else key, depth + 1)


def _entry(
    tensor: Tensor, stored: Callable[[Storage], memoryview], order: str, taking: Taking
) -> Entry:
    kind = _TYPES[tensor.storage.type]
    size = int(kind[-1])
    mark = ">" if order == "big" else "<"
    dtype = np.dtype(f"{mark}u2" if kind == "bf2" else f"{mark}{kind}")
    last = tensor.offset + sum(
        (n - 1) * s for n, s in zip(tensor.shape, tensor.strides, strict=True)
    )
    count = size_of(tensor.shape)
    # Numbers that are used twice (strides of 0) make a small file large in memory.
    if count > tensor.storage.elements or (count and last >= tensor.storage.elements):
        raise Refused("torch_outside", shape=tensor.shape)

    def read() -> np.ndarray:
        content = Span(stored(tensor.storage))
        if len(content) < tensor.storage.elements * size:
            raise Refused("torch_outside", shape=tensor.shape)
        flat = content.array(0, (tensor.storage.elements,), dtype)[tensor.offset :]
        strides = [one * size for one in tensor.strides]
        return np.lib.stride_tricks.as_strided(flat, tensor.shape, strides, writeable=False)

    if kind == "bf2":
        return Entry(
            tensor.shape,
            "bfloat16",
            taking.later(lambda: widened(read()), tensor.shape, np.dtype("f4")),
        )
    return Entry(tensor.shape, dtype.name, taking.later(read, tensor.shape, dtype))


def widened(halves: np.ndarray) -> np.ndarray:
    """bfloat16, given as the bits of each number, as float32: the upper half of its bits."""
    return (halves.astype(np.uint32) << 16).view(np.float32)
