"""An ``.onnx`` file: recurrent nodes, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnviz.engine import Dense, Embedding, Layer
from rnnviz.readers.answers import Answers
from rnnviz.readers.messages import Note, Refused, note
from rnnviz.readers.onnx_layers import RECURRENT, layer_of
from rnnviz.readers.onnx_model import Attribute, Graph, OnnxNode, open_onnx
from rnnviz.readers.reading import Element, Reading, Unknown, as_weights, network_of

_SHAPE_ONLY = ("Squeeze", "Unsqueeze", "Transpose", "Reshape", "Identity", "Cast", "Dropout")
"""Nodes that move axes and change no number."""
_ACTIVATIONS = {"Relu": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax"}


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read an ``.onnx`` file."""
    graph = open_onnx(content)
    found = [node for node in graph.nodes if node.kind in RECURRENT]
    if not found:
        kinds = {node.kind for node in graph.nodes}
        # torch.onnx.export takes nn.RNN apart; nothing then tells a recurrent layer for sure.
        raise Refused("onnx_taken_apart" if {"MatMul", "Tanh"} <= kinds else "no_recurrent")
    walk = _Walk(graph)
    stacks = walk.stacks(found)
    chosen = next(iter(stacks))
    if len(stacks) > 1:
        chosen = answers.ask("name", tuple(stacks))
    elements, notes = walk.elements(stacks[chosen])
    network, more = network_of(elements, name)
    used = {id(node) for node in stacks[chosen]}
    notes += [note("left_out", name=_name(n), kind=n.kind) for n in found if id(n) not in used]
    return Reading(network, "onnx", (*notes, *more))


def _name(node: OnnxNode) -> str:
    return node.name or (node.outputs[0] if node.outputs else node.kind)


class _Walk:
    """From a recurrent node down to its input and up to its head."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.makers = {out: node for node in graph.nodes for out in node.outputs if out}
        self.readers: dict[str, list[OnnxNode]] = {}
        for node in graph.nodes:
            for one in dict.fromkeys(node.inputs):
                self.readers.setdefault(one, []).append(node)

    def stacks(self, found: list[OnnxNode]) -> dict[str, list[OnnxNode]]:
        """Return the recurrent nodes of each stack, from the input up, by the name of its last."""
        below = {id(node): self._below(node) for node in found}
        inner = {id(one) for one in below.values() if one is not None}
        stacks: dict[str, list[OnnxNode]] = {}
        for node in found:
            if id(node) not in inner:
                path, here = [node], below[id(node)]
                while here is not None and here not in path:
                    path.insert(0, here)
                    here = below[id(here)]
                stacks.setdefault(_name(node), path)
        if not stacks:
            raise Refused("onnx_damaged")
        return stacks

    def _below(self, node: OnnxNode) -> OnnxNode | None:
        """Return the recurrent node whose sequence a node reads."""
        made, value = self._source(node)
        return (
            made
            if made is not None and made.kind in RECURRENT and value == made.outputs[0]
            else None
        )

    def _source(self, node: OnnxNode) -> tuple[OnnxNode | None, str]:
        """Return what makes a node's input, past the nodes that only move axes."""
        value = node.inputs[0] if node.inputs else ""
        made, steps = self.makers.get(value), 0
        while made is not None and made.kind in _SHAPE_ONLY and made.inputs and steps < 64:
            value, steps = made.inputs[0], steps + 1
            made = self.makers.get(value)
        return made, value

    def elements(self, path: list[OnnxNode]) -> tuple[list[Element], list[Note]]:
        """Return the layers of a stack with what stands below and above."""
        notes: list[Note] = []
        sequences = bool(self.readers.get(path[-1].outputs[0])) or len(path[-1].outputs) < 2
        elements: list[Element] = []
        for node in path:
            last = node is path[-1]
            layer = layer_of(node, self.graph, _name(node), sequences if last else True)
            if isinstance(layer, Layer) and layer.go_backwards:
                if not last:
                    layer = Unknown(_name(node), f"{node.kind}, direction reverse")
                else:
                    notes.append(note("reverse", name=_name(node)))
            elements.append(layer)
            if len(node.inputs) > 5 and node.inputs[5]:
                notes.append(note("state_given", name=_name(node), source=node.inputs[5]))
        made, _ = self._source(path[0])
        if made is not None:
            elements.insert(0, self._table(made))
        top = path[-1].outputs[0 if sequences else 1]
        elements += self._head(top)
        return elements, notes

    def _table(self, node: OnnxNode) -> Element:
        """Return the Embedding that a Gather from an initialiser is."""
        table = self.graph.arrays.get(node.inputs[0]) if node.inputs else None
        if node.kind == "Gather" and table is not None and len(table.shape) == 2:
            return Embedding(as_weights(table.read()))
        return Unknown(_name(node), node.kind)

    def _head(self, value: str) -> Iterator[Element]:
        """Yield the Dense layers that follow, one thing after the other."""
        dense: Dense | None = None
        for _ in range(64):
            readers = self.readers.get(value, [])
            if len(readers) != 1 or not readers[0].outputs:
                break
            node = readers[0]
            following = self._applied(node, value, dense)
            if isinstance(following, Unknown):
                if dense is not None:
                    yield dense
                yield following
                return
            if dense is not None and following is not dense and node.kind in ("MatMul", "Gemm"):
                yield dense
            dense, value = following, node.outputs[0]
        if dense is not None:
            yield dense

    def _applied(self, node: OnnxNode, value: str, dense: Dense | None) -> Dense | Unknown | None:
        """Return the Dense layer after a node: a new one, or with its bias or activation."""
        unknown = Unknown(_name(node), node.kind)
        if node.kind in _SHAPE_ONLY:
            return dense
        arrays = [self.graph.arrays.get(one) for one in node.inputs]
        if node.kind in ("MatMul", "Gemm"):
            return self._matrix(node, value, arrays) or unknown
        if dense is None or dense.activation != "linear":
            return unknown
        if node.kind == "Add" and not dense.bias.any():
            known = [one for one in arrays if one is not None]
            if len(known) == 1 and known[0].shape[-1:] == dense.bias.shape:
                shift = as_weights(known[0].read())
                return Dense(dense.kernel, shift, "linear") if shift.ndim == 1 else unknown
        if node.kind in _ACTIVATIONS:
            return Dense(dense.kernel, dense.bias, _ACTIVATIONS[node.kind])
        return unknown

    def _matrix(self, node: OnnxNode, value: str, arrays: list) -> Dense | None:
        if (
            len(arrays) < 2
            or arrays[1] is None
            or len(arrays[1].shape) != 2
            or node.inputs[0] != value
        ):
            return None
        kernel, bias = as_weights(arrays[1].read()), None
        if node.kind == "Gemm":
            attributes = node.attributes
            if not _neutral(attributes):
                return None
            if "transB" in attributes and attributes["transB"].number:
                kernel = kernel.T
            if len(arrays) > 2 and arrays[2] is not None:
                bias = as_weights(arrays[2].read())
        try:
            return Dense(kernel, np.zeros(kernel.shape[1], kernel.dtype) if bias is None else bias)
        except ValueError:
            return None


def _neutral(attributes: dict[str, Attribute]) -> bool:
    """Whether a Gemm multiplies by 1 and turns nothing around but its matrix."""
    scales = [attributes[key].real for key in ("alpha", "beta") if key in attributes]
    return all(one == 1.0 for one in scales) and not (
        "transA" in attributes and attributes["transA"].number
    )
