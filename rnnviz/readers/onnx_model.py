"""The parts of an ONNX model that are needed: nodes, their attributes, and initialisers.

Field numbers are those of ``onnx.proto3``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.readers import protobuf
from rnnviz.readers.messages import Refused
from rnnviz.readers.protobuf import Fields, Wire
from rnnviz.readers.span import Span, size_of
from rnnviz.readers.taking import Taking
from rnnviz.readers.torch_file import widened

_TYPES = {1: "<f4", 11: "<f8", 10: "<f2", 16: "<u2", 7: "<i8", 6: "<i4"}
_MOST_NODES = 50_000


@dataclass(frozen=True)
class Attribute:
    """One attribute of a node, in each of the ways in which it may be meant."""

    fields: Fields

    @property
    def number(self) -> int:
        """A whole number."""
        return protobuf.whole(self.fields, 3)

    @property
    def numbers(self) -> list[int]:
        """Whole numbers."""
        return protobuf.wholes(self.fields, 8)

    @property
    def real(self) -> float:
        """A floating-point number."""
        return protobuf.reals(self.fields, 2)[-1]

    @property
    def reals(self) -> list[float]:
        """Floating-point numbers."""
        return protobuf.reals(self.fields, 7)

    @property
    def text(self) -> str:
        """A string."""
        return protobuf.text(self.fields, 4)

    @property
    def texts(self) -> list[str]:
        """Strings."""
        values = [v for v in self.fields.get(9, []) if isinstance(v, memoryview)]
        return [bytes(one).decode("utf-8", "replace") for one in values]


@dataclass(frozen=True)
class OnnxNode:
    """One node of the graph."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Initializer:
    """An array of the file that is not read yet."""

    shape: tuple[int, ...]
    read: Callable[[], np.ndarray]


@dataclass(frozen=True)
class Graph:
    """Nodes in their order, and arrays by name."""

    nodes: list[OnnxNode]
    arrays: dict[str, Initializer]


def open_onnx(content: bytes) -> Graph:
    """Read a model.

    Raises
    ------
    Refused
        Where it is damaged, or keeps its numbers in other files.
    """
    wire, taking = Wire(), Taking(len(content))
    model = wire.fields(memoryview(content))
    graphs = model.get(7, [])
    if len(graphs) != 1 or not isinstance(graphs[0], memoryview):
        raise Refused("onnx_damaged")
    graph = wire.fields(graphs[0])
    nodes = [_node(wire, one) for one in _messages(graph, 1)]
    if len(nodes) > _MOST_NODES:
        raise Refused("protobuf_too_many")
    arrays = {}
    for one in _messages(graph, 5):
        fields = wire.fields(one)
        arrays[protobuf.text(fields, 8)] = _initializer(fields, taking)
    for node in nodes:
        if node.kind == "Constant" and "value" in node.attributes and node.outputs:
            tensors = _messages(node.attributes["value"].fields, 5)
            if tensors:
                arrays[node.outputs[0]] = _initializer(wire.fields(tensors[0]), taking)
    return Graph(nodes, arrays)


def _messages(fields: Fields, number: int) -> list[memoryview]:
    return [one for one in fields.get(number, []) if isinstance(one, memoryview)]


def _node(wire: Wire, content: memoryview) -> OnnxNode:
    fields = wire.fields(content)
    attributes = {}
    for one in _messages(fields, 5):
        inner = wire.fields(one)
        attributes[protobuf.text(inner, 1)] = Attribute(inner)
    names = [
        tuple(bytes(one).decode("utf-8", "replace") for one in _messages(fields, number))
        for number in (1, 2)
    ]
    kind = protobuf.text(fields, 4)
    if protobuf.text(fields, 7) not in ("", "ai.onnx"):
        kind = f"{protobuf.text(fields, 7)}.{kind}"
    return OnnxNode(protobuf.text(fields, 3), kind, names[0], names[1], attributes)


def _initializer(fields: Fields, taking: Taking) -> Initializer:
    name, kind = protobuf.text(fields, 8), protobuf.whole(fields, 2)
    if fields.get(13) or protobuf.whole(fields, 14) == 1:
        raise Refused("onnx_external", name=name)
    shape = tuple(protobuf.wholes(fields, 1))
    size = size_of(shape)
    if kind not in _TYPES or len(shape) > 8:
        # Of a kind that no layer here can use; it may stand in the file.
        return Initializer(shape, lambda: np.zeros(0, np.int8))
    dtype = np.dtype(_TYPES[kind])

    def read() -> np.ndarray:
        raw = fields.get(9)
        if raw and isinstance(raw[-1], memoryview):
            if len(raw[-1]) != size * dtype.itemsize:
                raise Refused("onnx_size", name=name)
            array = Span(raw[-1]).array(0, shape, dtype)
            return widened(array) if kind == 16 else array
        return _listed(fields, kind, shape, name)

    return Initializer(shape, taking.later(read, shape, np.dtype("<f4") if kind == 16 else dtype))


def _listed(fields: Fields, kind: int, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Numbers in the field of their type: float_data, double_data or int64_data."""
    if kind in (6, 7):
        values = np.array(protobuf.wholes(fields, 5 if kind == 6 else 7), np.int64)
    elif kind in (1, 11):
        parts = b"".join(_fixed(fields.get(4 if kind == 1 else 10, [])))
        width = 4 if kind == 1 else 8
        values = np.frombuffer(parts[: len(parts) // width * width], f"<f{width}")
    else:
        raise Refused("onnx_size", name=name)
    if values.size != size_of(shape):
        raise Refused("onnx_size", name=name)
    return values.reshape(shape)


def _fixed(values: list) -> list[bytes]:
    return [bytes(one) for one in values if isinstance(one, memoryview)]
