"""One layer of a Keras model from its configuration and its arrays.

An allow-list of class names: a configuration is read, never brought to life. Lambda layers and
custom objects, which carry code, are layers that are not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnviz.engine import (
    ACTIVATIONS,
    CELLS,
    HEAD_ACTIVATIONS,
    Dense,
    Embedding,
    Layer,
    LayerNormalization,
)
from rnnviz.readers.answers import Answers
from rnnviz.readers.keras_cudnn import from_cudnn
from rnnviz.readers.messages import Note, Refused, note
from rnnviz.readers.reading import Element, Masking, Unknown, as_weights

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU")
WITHOUT_EFFECT = (
    *("InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout"),
    *("AlphaDropout", "ActivityRegularization"),
)
"""Layers that change nothing when a trained network runs."""

Take = Callable[[], np.ndarray]


@dataclass
class Node:
    """One layer of a model: what the file says of it.

    Parameters
    ----------
    name, kind : str
        Its own name and the name of its class.
    config : dict
        Its configuration; empty where the file has only weights.
    arrays : sequence of callables
        Its weights in Keras's order, each read when it is called.
    sources : list of str
        Names of the layers that it reads; the first is its input, others are states.
    inner : list of Node
        The layers of a model that stands as a layer in another one; empty for all others.
    output : str
        Which of them gives what such a model returns.
    """

    name: str
    kind: str
    config: dict[str, Any] = field(default_factory=dict)
    arrays: Sequence[Take] = ()
    sources: list[str] = field(default_factory=list)
    inner: list[Node] = field(default_factory=list)
    output: str = ""


@dataclass
class Context:
    """What reading a model needs and gathers besides its layers.

    Parameters
    ----------
    answers : Answers
    keras : int or None
        First digit of the version of Keras that wrote the file; None where it does not say.
    notes : list of Note
    """

    answers: Answers
    keras: int | None
    notes: list[Note] = field(default_factory=list)


class _NotUnderstood(Exception):  # noqa: N818 - becomes a note
    """A setting of a layer that is not understood."""


def element_of(node: Node, context: Context) -> Element | None:
    """Return the layer; None where it changes nothing; `Unknown` where it is not understood."""
    if node.kind in WITHOUT_EFFECT:
        return None
    if node.kind == "Masking":
        return Masking(node.name, float(node.config.get("mask_value", 0.0)))
    read = _READERS.get(node.kind)
    if read is None:
        return Unknown(node.name, node.kind)
    try:
        return read(node, context)
    except _NotUnderstood as error:
        return Unknown(node.name, f"{node.kind}, {error}")
    except ValueError as error:
        if isinstance(error, Refused) or hasattr(error, "question"):
            raise
        raise Refused("layer_does_not_fit", name=node.name, reason=str(error)) from error


def _embedding(node: Node, context: Context) -> Embedding:
    (table,) = _arrays(node, 1)
    return Embedding(table, bool(node.config.get("mask_zero", False)))


def _dense(node: Node, context: Context) -> Dense:
    bias = node.config.get("use_bias", len(node.arrays) != 1)
    arrays = _arrays(node, 2 if bias else 1)
    kernel = arrays[0]
    shift = arrays[1] if bias else np.zeros(kernel.shape[-1], kernel.dtype)
    return Dense(
        kernel, shift, _activation(node, context, "activation", "linear", HEAD_ACTIVATIONS)
    )


def _time_distributed(node: Node, context: Context) -> Dense | LayerNormalization:
    inner = node.config.get("layer")
    if inner is None and len(node.arrays) in (1, 2):
        return _dense(node, context)
    name, config = class_and_config(inner)
    wrapped = Node(node.name, name, config, node.arrays)
    if name == "Dense":
        return _dense(wrapped, context)
    if name == "LayerNormalization":
        return _layer_normalization(wrapped, context)
    raise _NotUnderstood(name)


def _layer_normalization(node: Node, context: Context) -> LayerNormalization:
    config = node.config
    axis = config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    if axes not in ([-1], [2]) or config.get("rms_scaling"):
        raise _NotUnderstood(f"axis {axis}")
    scale, centre = config.get("scale", True), config.get("center", True)
    arrays = _arrays(node, int(bool(scale)) + int(bool(centre)))
    if not arrays:
        raise _NotUnderstood("scale, center")
    gamma = arrays[0] if scale else np.ones_like(arrays[0])
    beta = arrays[-1] if centre else np.zeros_like(arrays[0])
    return LayerNormalization(gamma, beta, float(config.get("epsilon", 1e-3)))


def _recurrent(node: Node, context: Context) -> Layer:
    config, biased = node.config, bool(node.config.get("use_bias", len(node.arrays) != 2))
    arrays = _arrays(node, 3 if biased else 2)
    forward = _cell(node, arrays, context)
    if config.get("stateful"):
        context.notes.append(note("stateful", name=node.name))
    if config.get("time_major"):
        context.notes.append(note("time_major", name=node.name))
    return Layer(
        forward,
        return_sequences=bool(config.get("return_sequences", True)),
        go_backwards=bool(config.get("go_backwards", False)),
        name=node.name,
    )


def _bidirectional(node: Node, context: Context) -> Layer:
    config = node.config
    kind, inner = class_and_config(config["layer"]) if "layer" in config else (None, {})
    if kind is not None and kind not in RECURRENT:
        raise _NotUnderstood(str(kind))
    # A second layer of its own is written down where it was given; otherwise it is a copy.
    other_kind, other = class_and_config(config.get("backward_layer") or config.get("layer") or {})
    half = len(node.arrays) // 2
    cells = []
    for name, settings, arrays in (
        (kind, inner, node.arrays[:half]),
        (other_kind, other, node.arrays[half:]),
    ):
        name = name or cell_by_shapes(arrays)
        part = Node(node.name, name, settings, arrays)
        biased = bool(settings.get("use_bias", half != 2))
        cells.append(_cell(part, _arrays(part, 3 if biased else 2), context))
    if inner.get("go_backwards"):
        raise _NotUnderstood("go_backwards")
    mode = config.get("merge_mode", "concat")
    if mode is None:
        raise _NotUnderstood("merge_mode None")
    if "merge_mode" not in config:
        context.notes.append(note("assumed", name=node.name, setting="merge_mode", value=mode))
    if inner.get("stateful"):
        context.notes.append(note("stateful", name=node.name))
    return Layer(
        cells[0],
        cells[1],
        bool(inner.get("return_sequences", True)),
        merge_mode=mode,
        name=node.name,
    )


def _cell(node: Node, arrays: list[np.ndarray], context: Context) -> Any:
    kind = node.kind.removeprefix("CuDNN")
    arrays, cudnn = from_cudnn(kind, arrays, node.kind.startswith("CuDNN"))
    settings: dict[str, Any] = {}
    legal = tuple(ACTIVATIONS)
    if cudnn:
        settings = {"recurrent_activation": "sigmoid"}
    elif kind == "SimpleRNN":
        if "activation" not in node.config and not node.config:
            settings["activation"] = context.answers.ask(
                "nonlinearity", ("tanh", "relu", "sigmoid", "linear"), "activation", name=node.name
            )
        else:
            settings["activation"] = _activation(node, context, "activation", "tanh", legal)
    else:
        settings["activation"] = _activation(node, context, "activation", "tanh", legal)
        settings["recurrent_activation"] = _gates(node, context, legal)
    kernel, recurrent = arrays[:2]
    if kind == "GRU":
        settings["reset_after"] = _reset_after(node, arrays, context)
    bias = arrays[2] if len(arrays) == 3 else np.zeros(kernel.shape[-1], kernel.dtype)
    return CELLS[kind](kernel, recurrent, bias, **settings)


def _reset_after(node: Node, arrays: list[np.ndarray], context: Context) -> bool:
    """Whether the bias has two rows; without a bias, what the configuration says."""
    if len(arrays) == 3:
        return arrays[2].ndim == 2
    if "reset_after" in node.config:
        return bool(node.config["reset_after"])
    return context.answers.ask("reset_after", ("true", "false"), name=node.name) == "true"


def _gates(node: Node, context: Context, legal: tuple[str, ...]) -> str:
    if not node.config and (context.keras or 2) < 3:
        # The default was hard_sigmoid until Keras 2.2 and sigmoid from 2.3 on.
        options = ("sigmoid", "hard_sigmoid_keras2")
        return context.answers.ask("recurrent_activation", options, name=node.name)
    return _activation(node, context, "recurrent_activation", "sigmoid", legal)


def _activation(
    node: Node, context: Context, key: str, default: str, legal: tuple[str, ...]
) -> str:
    """Return the engine's name of a layer's activation.

    Two functions are called hard_sigmoid: that of Keras 3 and that of Keras 1 and 2.
    """
    if key not in node.config:
        assumed = note("assumed", name=node.name, setting=key, value=default)
        context.notes.append(assumed if node.config else note("assumed_everywhere"))
        return default
    given = node.config[key]
    if isinstance(given, dict) and given.get("module") in ("keras.activations", "builtins"):
        given = given.get("config")
    name = "linear" if given is None else given
    if name == "hard_sigmoid":
        version = context.keras
        if version is None:
            answer = context.answers.ask("hard_sigmoid", ("keras2", "keras3"), name=node.name)
            version = 2 if answer == "keras2" else 3
        return "hard_sigmoid" if version >= 3 else "hard_sigmoid_keras2"
    if not isinstance(name, str) or name not in legal:
        shown = name if isinstance(name, str) else "custom object"
        raise _NotUnderstood(f"{key} {shown}")
    return name


def _arrays(node: Node, count: int) -> list[np.ndarray]:
    if len(node.arrays) != count:
        raise Refused("wrong_count", name=node.name, found=len(node.arrays), wanted=count)
    return [as_weights(take()) for take in node.arrays]


def cell_by_shapes(arrays: Sequence[Take]) -> str:
    """Tell a cell by its recurrent kernel (units, G·units), G = 1, 3 or 4.

    Raises
    ------
    Refused
        Where it is none.
    """
    shape = arrays[1]().shape if len(arrays) > 1 else ()
    if len(shape) == 2 and shape[0]:
        kind = {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}.get(shape[1] / shape[0])
        if kind:
            return kind
    raise Refused("no_cell", shape=shape)


def class_and_config(spec: Any) -> tuple[str, dict[str, Any]]:
    """Return (class name, configuration) of a serialised layer; ("", {}) where it is none."""
    if not isinstance(spec, dict):
        return "", {}
    name, config = spec.get("class_name"), spec.get("config")
    if spec.get("registered_name") and spec.get("package"):
        name = f"custom {name}"
    module = spec.get("module")
    if isinstance(module, str) and module.split(".")[0] not in ("keras", "tensorflow", "tf_keras"):
        name = f"{module}.{name}"
    return (name if isinstance(name, str) else ""), (config if isinstance(config, dict) else {})


_READERS: dict[str, Callable[[Node, Context], Element]] = {
    "Embedding": _embedding,
    "Dense": _dense,
    "TimeDistributed": _time_distributed,
    "LayerNormalization": _layer_normalization,
    "Bidirectional": _bidirectional,
    **dict.fromkeys(RECURRENT, _recurrent),
}
