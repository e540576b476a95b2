"""One recurrent node of ONNX as a layer: W, R and B in ONNX's order of gates.

ONNX's order is i o f c for an LSTM and z r h for a GRU (operator documentation of LSTM and GRU).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnnviz.engine import CELLS, Layer
from rnnviz.readers.messages import Refused
from rnnviz.readers.onnx_model import Graph, OnnxNode
from rnnviz.readers.reading import Unknown, as_weights

RECURRENT = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}
_ORDERS = {"SimpleRNN": (0,), "LSTM": (0, 2, 3, 1), "GRU": (0, 1, 2)}
_FUNCTIONS = {
    "SimpleRNN": ("Tanh",),
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
    "GRU": ("Sigmoid", "Tanh"),
}
_NAMES = {
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "softsign": "softsign",
    "softplus": "softplus",
}
_PARAMETERS = {
    # name: (default alpha, default beta), or None where the function has none of the two
    "affine": (1.0, 0.0),
    "elu": (1.0, None),
    "hardsigmoid": (0.2, 0.5),
    "leakyrelu": (0.01, None),
    "scaledtanh": (1.0, 1.0),
    "thresholdedrelu": (1.0, None),
}


class _NotUnderstood(Exception):  # noqa: N818 - becomes a note
    """A setting of a node that is not understood."""


def layer_of(node: OnnxNode, graph: Graph, name: str, return_sequences: bool) -> Layer | Unknown:
    """Return the layer of a node, or what is not understood of it."""
    try:
        return _layer(node, graph, name, return_sequences)
    except _NotUnderstood as error:
        return Unknown(name, f"{node.kind}, {error}")
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused("layer_does_not_fit", name=name, reason=str(error)) from error


def _layer(node: OnnxNode, graph: Graph, name: str, return_sequences: bool) -> Layer:
    cell, attributes = RECURRENT[node.kind], node.attributes
    direction = attributes["direction"].text if "direction" in attributes else "forward"
    count = {"forward": 1, "reverse": 1, "bidirectional": 2}.get(direction)
    if count is None:
        raise _NotUnderstood(f"direction {direction}")
    for setting, without in (("clip", None), ("input_forget", 0)):
        if setting in attributes and (without is None or attributes[setting].number != without):
            raise _NotUnderstood(setting)
    if len(node.inputs) > 7 and node.inputs[7]:
        raise _NotUnderstood("peepholes")
    w, r, b = _weights(node, graph, cell, count)
    settings = _settings(attributes, cell, count)
    if cell == "GRU":
        after = "linear_before_reset" in attributes and attributes["linear_before_reset"].number
        for one in settings:
            one["reset_after"] = bool(after)
    cells = [_cell(cell, w[i], r[i], b[i], settings[i]) for i in range(count)]
    backward = cells[1] if count == 2 else None
    return Layer(
        cells[0], backward, return_sequences, go_backwards=direction == "reverse", name=name
    )


def _weights(node: OnnxNode, graph: Graph, cell: str, count: int) -> tuple[np.ndarray, ...]:
    gates = len(_ORDERS[cell])
    arrays = []
    for place in (1, 2):
        known = graph.arrays.get(node.inputs[place]) if len(node.inputs) > place else None
        if known is None:
            raise _NotUnderstood("weights that are computed")
        arrays.append(as_weights(known.read()))
    w, r = arrays
    width = r.shape[1] if r.ndim == 3 else 0
    if w.ndim != 3 or r.ndim != 3 or w.shape[:2] != r.shape[:2] or width != gates * r.shape[2]:
        raise Refused("layer_does_not_fit", name=node.name, reason=f"W {w.shape}, R {r.shape}")
    b = np.zeros((count, 2 * width), w.dtype)
    if len(node.inputs) > 3 and node.inputs[3]:
        known = graph.arrays.get(node.inputs[3])
        if known is None:
            raise _NotUnderstood("weights that are computed")
        b = as_weights(known.read())
    if len(w) != count or b.shape != (count, 2 * width):
        raise Refused("layer_does_not_fit", name=node.name, reason=f"W {w.shape}, B {b.shape}")
    return w, r, b


def _cell(cell: str, w: np.ndarray, r: np.ndarray, b: np.ndarray, settings: dict[str, Any]) -> Any:
    kernel, recurrent = _ordered(w, cell).T, _ordered(r, cell).T
    biases = [_ordered(half, cell) for half in np.split(b, 2)]
    after = settings.get("reset_after", False)
    bias = np.stack(biases) if cell == "GRU" and after else biases[0] + biases[1]
    return CELLS[cell](kernel, recurrent, bias, **settings)


def _ordered(array: np.ndarray, cell: str) -> np.ndarray:
    order = _ORDERS[cell]
    if order == tuple(range(len(order))):
        return array
    blocks = np.split(array, len(order))
    return np.concatenate([blocks[place] for place in order])


def _settings(attributes: dict, cell: str, count: int) -> list[dict[str, Any]]:
    """Return the cell's activations for each direction."""
    default = _FUNCTIONS[cell]
    names = attributes["activations"].texts if "activations" in attributes else []
    names = names or list(default) * count
    if len(names) != len(default) * count:
        raise _NotUnderstood(f"{len(names)} activations")
    numbers = {
        key: list(attributes[f"activation_{key}"].reals)
        if f"activation_{key}" in attributes
        else []
        for key in ("alpha", "beta")
    }
    known = [_activation(name, numbers) for name in names]
    found = []
    for direction in range(count):
        own = known[direction * len(default) : (direction + 1) * len(default)]
        if cell == "SimpleRNN":
            found.append({"activation": own[0]})
            continue
        if len(set(own[1:])) > 1:
            raise _NotUnderstood(f"activations {', '.join(own[1:])}")
        found.append({"recurrent_activation": own[0], "activation": own[1]})
    return found


def _activation(name: str, numbers: dict[str, list[float]]) -> str:
    """Return the engine's name; numbers are taken by the functions that have them, in turn."""
    plain = name.lower()
    if plain in _NAMES:
        return _NAMES[plain]
    defaults = _PARAMETERS.get(plain)
    if defaults is None:
        raise _NotUnderstood(f"activation {name}")
    given = [
        numbers[key].pop(0) if default is not None and numbers[key] else default
        for key, default in zip(("alpha", "beta"), defaults, strict=True)
    ]
    for engine, (of, alpha, beta) in _SPECIAL.items():
        same = plain == of and _close(given[0], alpha) and _close(given[1], beta)
        if same:
            return engine
    raise _NotUnderstood(f"activation {name} {given}")


_SPECIAL = {
    "linear": ("affine", 1.0, 0.0),
    "elu": ("elu", 1.0, None),
    "hard_sigmoid_keras2": ("hardsigmoid", 0.2, 0.5),
    "hard_sigmoid": ("hardsigmoid", 1 / 6, 0.5),
    "tanh": ("scaledtanh", 1.0, 1.0),
    "relu": ("thresholdedrelu", 0.0, None),
}


def _close(given: float | None, wanted: float | None) -> bool:
    if given is None or wanted is None:
        return given is wanted
    return math.isclose(given, wanted, rel_tol=1e-6, abs_tol=1e-9)
