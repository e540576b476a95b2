"""The weights of a network in the files of frameworks: Keras's ``.weights.h5``, ``.safetensors``.

Both are written here: safetensors is a JSON header before the numbers, and of HDF5 weights need a
page (`rnnviz.export.hdf5_writer`), so neither asks for a package more.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from rnnviz.codegen.unwritable import Unwritable
from rnnviz.engine import Dense, Layer, Network
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.export.hdf5_writer import Tree, hdf5_bytes

_DTYPES = {"float32": "F32", "float64": "F64"}


def keras_weights(network: Network) -> bytes:
    """Return ``.weights.h5`` as Keras 3 writes it for a Sequential model of these layers.

    ``model.load_weights`` takes it where the model has the same layers in the same order.
    """
    tree: dict[str, Any] = {}
    for name, array in network.weights.items():
        place: Any = tree
        for part in _keras_path(name, network):
            place = place.setdefault(part, {})
        place[str(len(place))] = array
    layers: Tree = tree
    return hdf5_bytes({"layers": layers})


def _keras_path(name: str, network: Network) -> list[str]:
    """The groups in which Keras 3 keeps a weight; its variables are numbered in the last."""
    layer, *direction, _ = name.split("/")
    path = [layer, *(f"{one}_layer" for one in direction)]
    return [*path, "cell", "vars"] if layer in network.layer_names else [*path, "vars"]


def torch_weights(network: Network) -> bytes:
    """Return ``.safetensors`` with PyTorch's names and layout, e.g. ``rnn.weight_ih_l0``.

    Raises
    ------
    Unwritable
        Where a layer is none that PyTorch has.
    """
    arrays: dict[str, np.ndarray] = {}
    if network.embedding is not None:
        arrays["embedding.weight"] = network.embedding.embeddings
    kinds = {(layer.cell, layer.units, layer.bidirectional) for layer in network.layers}
    for index, layer in enumerate(network.layers):
        if layer.before:
            raise Unwritable("torch_no_layers_between")
        # One module of several layers, where they are alike, as PyTorch has it.
        place = f"rnn.{{}}_l{index}" if len(kinds) == 1 else f"rnn_{index + 1}.{{}}_l0"
        directions = [("", layer.forward)]
        if layer.backward is not None:
            directions.append(("_reverse", layer.backward))
        for suffix, cell in directions:
            for part, array in _torch_arrays(cell, layer).items():
                arrays[place.format(part) + suffix] = array
    for index, top in enumerate(network.head):
        if not isinstance(top, Dense):
            raise Unwritable("torch_dense_heads")
        name = "dense" if len(network.head) == 1 else f"dense_{index + 1}"
        arrays[f"{name}.weight"], arrays[f"{name}.bias"] = top.kernel.T, top.bias
    return safetensors_bytes(arrays)


def _torch_arrays(cell: RecurrentCell, layer: Layer) -> dict[str, np.ndarray]:
    """Keras's weights of a cell in PyTorch's four arrays: turned round, its gates in its order."""
    known = cell.torch
    if known is None or not known.has(cell.settings_of(layer)):
        raise Unwritable("torch_no_layer", cell=type(cell).__name__)
    order = known.order or tuple(range(max(1, len(known.gates))))
    weights = cell.arrays
    bias = weights["bias"]
    first, second = bias if known.two_biases else (bias, np.zeros_like(bias))

    def across(array: np.ndarray) -> np.ndarray:
        blocks = np.split(array, len(order), axis=-1)
        return np.concatenate([blocks[place] for place in order], axis=-1).T

    return {
        "weight_ih": across(weights["kernel"]),
        "weight_hh": across(weights["recurrent_kernel"]),
        "bias_ih": across(first),
        "bias_hh": across(second),
    }


def safetensors_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """Return a safetensors file: length of the header, header, numbers in little-endian order."""
    header, parts, begin = {}, [], 0
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        header[name] = {
            "dtype": _DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [begin, begin + little.nbytes],
        }
        parts.append(little.tobytes())
        begin += little.nbytes
    told = json.dumps(header, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    return len(told).to_bytes(8, "little") + told + b"".join(parts)
