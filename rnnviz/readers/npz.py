"""An ``.npz`` of weights: Keras's names, PyTorch's names, or ``get_weights()`` in its order."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from rnnviz.readers.answers import Answers
from rnnviz.readers.archive import Archive
from rnnviz.readers.keras_graph import network_of_nodes
from rnnviz.readers.keras_layers import Context, Node, cell_by_shapes
from rnnviz.readers.messages import Refused, note
from rnnviz.readers.npy import array_of, header_of
from rnnviz.readers.reading import Reading
from rnnviz.readers.state_dict import Entry, network_of_state
from rnnviz.readers.taking import Taking

_KERAS = re.compile(r"(?:(?P<layer>.*)[./])?(?P<kind>kernel|recurrent_kernel|bias)")
_PLAIN = re.compile(r"arr_\d{1,4}")


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read an ``.npz`` of weights."""
    found = entries(content)
    if any(re.search(r"(^|\.)weight_ih(_l\d|$)", key) for key in found):
        return network_of_state(found, name, answers, "npz")
    if any(_KERAS.fullmatch(key) and key.endswith("recurrent_kernel") for key in found):
        return _by_keras_names(found, name, answers)
    if found and all(_PLAIN.fullmatch(key) for key in found):
        return _in_order(list(found.values()), name, answers)
    raise Refused("npz_names", names=", ".join(list(found)[:12]))


def entries(content: bytes) -> dict[str, Entry]:
    """Return every array by its name, none of them read; object arrays are refused."""
    archive, taking, found = Archive(content), Taking(len(content)), {}
    for one in archive.names:
        if one.endswith(".npy"):
            header = header_of(archive.read(one), one)
            found[one.removesuffix(".npy")] = Entry(
                header.shape,
                header.dtype.name,
                taking.later(partial(_array_in, archive, one), header.shape, header.dtype),
            )
    return found


def _array_in(archive: Archive, name: str) -> np.ndarray:
    return array_of(archive.read(name), name)


def _by_keras_names(found: dict[str, Entry], name: str, answers: Answers) -> Reading:
    groups: dict[str, dict[str, Entry]] = {}
    for key, entry in found.items():
        match = _KERAS.fullmatch(key)
        if match:
            groups.setdefault(match["layer"] or "rnn", {})[match["kind"]] = entry
    context, nodes = Context(answers, 3), []
    for layer, parts in groups.items():
        arrays = [
            parts[kind].read for kind in ("kernel", "recurrent_kernel", "bias") if kind in parts
        ]
        kind = cell_by_shapes(arrays) if "recurrent_kernel" in parts else "Dense"
        nodes.append(Node(layer, kind, {}, arrays))
    used = {f"{key}" for key in found if _KERAS.fullmatch(key)}
    context.notes += [note("left_out_weights", name=key) for key in found if key not in used]
    return _chained(nodes, context, name)


def _in_order(found: list[Entry], name: str, answers: Answers) -> Reading:
    """Read arrays without names: kernel, recurrent kernel and bias in turn, as `get_weights`."""
    nodes: list[Node] = []
    left = list(found)
    while left:
        cell = _cell_at_front(left)
        if cell:
            nodes.append(_cell_node(f"layer_{len(nodes)}", left, cell, answers))
        elif len(left[0].shape) == 2 and len(left) > 1 and left[1].shape == left[0].shape[1:]:
            arrays = [left.pop(0).read, left.pop(0).read]
            nodes.append(Node(f"layer_{len(nodes)}", "Dense", {}, arrays))
        elif len(left[0].shape) == 2 and not nodes:
            nodes.append(Node("embedding", "Embedding", {}, [left.pop(0).read]))
        else:
            raise Refused("npz_order", shape=left[0].shape)
    return _chained(nodes, Context(answers, 3), name)


def _cell_at_front(left: list[Entry]) -> str | None:
    if len(left) < 2 or len(left[0].shape) != 2 or len(left[1].shape) != 2:
        return None
    (_, width), (units, columns) = left[0].shape, left[1].shape
    gates, rest = divmod(columns, units) if units else (0, 0)
    fits = width == columns and not rest
    return {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}.get(gates) if fits else None


def _cell_node(name: str, left: list[Entry], cell: str, answers: Answers) -> Node:
    """Take a cell's arrays off the front; the order of its gates is asked, nothing says it."""
    arrays: list[Callable[[], np.ndarray]] = [left.pop(0).read, left.pop(0).read]
    width = arrays[0]().shape[1]
    if left and left[0].shape in ((width,), (2, width)):
        arrays.append(left.pop(0).read)
    options = {"LSTM": ("ifco", "iofc"), "GRU": ("zrh", "rzh")}.get(cell)
    if options:
        order = answers.ask("gate_order", options, name=name)
        arrays = [_reordered(one, order, options[0]) for one in arrays]
    return Node(name, cell, {}, arrays)


def _reordered(read: Callable[[], np.ndarray], order: str, wanted: str) -> Callable[[], np.ndarray]:
    def reordered() -> np.ndarray:
        blocks = np.split(read(), len(order), axis=-1)
        return np.concatenate([blocks[order.index(gate)] for gate in wanted], axis=-1)

    return read if order == wanted else reordered


def _chained(nodes: list[Node], context: Context, name: str) -> Reading:
    for number, node in enumerate(nodes):
        node.sources = [nodes[number - 1].name] if number else []
    if len(nodes) > 1:
        context.notes.append(note("order_of_file"))
    return Reading(network_of_nodes(nodes, context, name), "npz", tuple(context.notes))
