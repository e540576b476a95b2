"""Which layers of a Keras model follow which: from a configuration to stacks of layers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from rnnviz.engine import Dense, Network
from rnnviz.readers.keras_layers import RECURRENT, Context, Node, class_and_config, element_of
from rnnviz.readers.messages import Refused, note
from rnnviz.readers.reading import Element, network_of

_MOST_LAYERS = 2_000
_DEEPEST = 6
"""Models inside of models that are looked into."""
_CHAINED = ("Sequential",)
_GRAPHS = ("Functional", "Model")


def nodes_of(config: dict[str, Any], depth: int = 0) -> list[Node]:
    """Return the layers of a Sequential or functional model, without their arrays.

    A model that stands as a layer in it has its own layers in ``inner``; see `flattened`.

    Raises
    ------
    Refused
        Where it is a model of another kind: its class is code that a file does not hold.
    """
    kind, inner = class_and_config(config)
    layers = inner.get("layers")
    if kind in _CHAINED and isinstance(config.get("config"), list):
        layers = config["config"]  # Keras before 2.2.3 wrote the bare list
    if kind not in (*_CHAINED, *_GRAPHS):
        raise Refused("keras_subclass", kind=kind or "?")
    if not isinstance(layers, list) or len(layers) > _MOST_LAYERS:
        raise Refused("json_damaged", where="config.json")
    nodes = [_node(spec, number, depth) for number, spec in enumerate(layers)]
    if len({node.name for node in nodes}) != len(nodes):
        raise Refused("json_damaged", where="config.json")
    for number, (node, spec) in enumerate(zip(nodes, layers, strict=True)):
        if kind in _CHAINED:
            node.sources = [nodes[number - 1].name] if number else []
        else:
            node.sources = list(dict.fromkeys(_inbound(spec.get("inbound_nodes"))))
    return nodes


def _node(spec: Any, number: int, depth: int) -> Node:
    kind, config = class_and_config(spec)
    if not kind:
        raise Refused("json_damaged", where="config.json")
    name = config.get("name") or (spec.get("name") if isinstance(spec, dict) else None)
    node = Node(name if isinstance(name, str) else f"layer {number}", kind, config)
    if kind in (*_CHAINED, *_GRAPHS) and depth < _DEEPEST:
        node.inner = nodes_of(spec, depth + 1)
        named = _first_name(config.get("output_layers")) if kind in _GRAPHS else None
        node.output = named or (node.inner[-1].name if node.inner else "")
    return node


def _first_name(value: Any) -> str | None:
    """Return the first name in ``[["dense", 0, 0]]``, or in ``["dense", 0, 0]``."""
    for _ in range(3):
        if isinstance(value, list) and value:
            value = value[0]
    return value if isinstance(value, str) else None


def flattened(nodes: list[Node]) -> list[Node]:
    """Return all layers side by side: those of a model inside of the model in its place.

    Raises
    ------
    Refused
        Where there are too many.
    """
    flat: list[Node] = []
    taken = {node.name for node in nodes}
    renamed: dict[str, str] = {}
    for node in nodes:
        node.sources = [renamed.get(source, source) for source in node.sources]
        if not node.inner:
            flat.append(node)
            continue
        inside = flattened(node.inner)
        own = {one.name: one.name for one in inside}
        own |= {name: f"{node.name}/{name}" for name in own if name in taken}
        taken.update(own.values())
        entries = [one for one in inside if not one.sources]
        paired = len(entries) == len(node.sources)
        for one in inside:
            one.sources = [own.get(source, source) for source in one.sources]
        for place, one in enumerate(entries):
            one.sources = [node.sources[place]] if paired else list(node.sources)
        for one in inside:
            one.name = own[one.name]
        renamed[node.name] = own.get(_last_of(node), inside[-1].name)
        flat += inside
        if len(flat) > _MOST_LAYERS:
            raise Refused("json_damaged", where="config.json")
    for node in flat:
        node.sources = [renamed.get(source, source) for source in node.sources]
    return flat


def _last_of(node: Node) -> str:
    """Return the layer, itself no model, that gives what a model returns."""
    for one in node.inner:
        if one.name == node.output:
            return _last_of(one) if one.inner else one.name
    return node.output


def _inbound(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the names of the layers that are read, in both ways in which Keras wrote them."""
    if depth > 12:
        return
    if isinstance(value, dict):
        history = value.get("keras_history")
        if isinstance(history, list) and history and isinstance(history[0], str):
            yield history[0]
        else:
            for one in value.values():
                yield from _inbound(one, depth + 1)
    elif isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
            yield value[0]
            value = value[3:]
        for one in value:
            yield from _inbound(one, depth + 1)


def network_of_nodes(nodes: list[Node], context: Context, name: str) -> Network:
    """Return the stack of recurrent layers that is meant, with what stands before and behind.

    Raises
    ------
    Refused, Unanswered
        Where there is none, or where there are several and none is named.
    """
    by_name = {node.name: node for node in nodes}
    stacks = {path[-1].name: path for path in _stacks(nodes, by_name)}
    if not stacks:
        raise Refused("no_recurrent")
    chosen = next(iter(stacks))
    if len(stacks) > 1:
        chosen = context.answers.ask("name", tuple(stacks))
    path = stacks[chosen] + _behind(stacks[chosen][-1], nodes)
    for node in path:
        if node.kind in (*RECURRENT, "Bidirectional") and len(node.sources) > 1:
            context.notes.append(note("state_given", name=node.name, source=node.sources[1]))
    others = [node for node in nodes if node not in path and node.kind != "InputLayer"]
    context.notes += [note("left_out", name=one.name, kind=one.kind) for one in others]
    elements = _with_activations(path, context)
    network, notes = network_of(elements, name)
    context.notes += [one for one in notes if one not in context.notes]
    return network


def _stacks(nodes: list[Node], by_name: dict[str, Node]) -> Iterator[list[Node]]:
    """Yield the path from the input to each recurrent layer that no other one reads."""
    paths = {node.name: _path_to(node, by_name) for node in nodes if _is_recurrent(node)}
    inner = {one.name for path in paths.values() for one in path[:-1] if _is_recurrent(one)}
    yield from (path for name, path in paths.items() if name not in inner)


def _path_to(node: Node, by_name: dict[str, Node]) -> list[Node]:
    """Walk back until the input, a merging of several layers, or what is not understood."""
    path = [node]
    while path[0].sources:
        below = by_name.get(path[0].sources[0])
        if below is None or below in path:
            break
        merging = len(below.sources) > 1 and not _is_recurrent(below)
        cut = merging or not _is_known(below)
        # An encoder that returns its last state alone is no layer of a stack with its decoder.
        cut = cut or (_is_recurrent(below) and not _returns_sequences(below))
        if cut and _is_recurrent(below):
            break
        path.insert(0, below)
        if cut:
            break
    return path


def _behind(node: Node, nodes: list[Node]) -> list[Node]:
    """Return what follows a layer, as long as it is one thing after the other."""
    path: list[Node] = []
    while True:
        followers = [one for one in nodes if (path[-1] if path else node).name in one.sources]
        if len(followers) != 1 or len(followers[0].sources) != 1 or followers[0] in path:
            return path
        path.append(followers[0])


def _with_activations(path: list[Node], context: Context) -> list[Element]:
    """Return the layers; an Activation layer becomes part of the Dense layer that it follows."""
    elements: list[Element] = []
    for node in path:
        last = elements[-1] if elements else None
        if node.kind == "Activation" and isinstance(last, Dense) and last.activation == "linear":
            arrays = [partial(np.asarray, one) for one in (last.kernel, last.bias)]
            config = {"activation": node.config.get("activation")}
            elements.pop()
            node = Node(node.name, "Dense", config, arrays)
        one = element_of(node, context)
        if one is not None:
            elements.append(one)
    return elements


def _is_recurrent(node: Node) -> bool:
    return node.kind in (*RECURRENT, "Bidirectional")


def _is_known(node: Node) -> bool:
    known = ("Embedding", "Dense", "TimeDistributed", "LayerNormalization", "Activation", "Masking")
    without = ("InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout")
    return _is_recurrent(node) or node.kind in (*known, *without, "AlphaDropout")


def _returns_sequences(node: Node) -> bool:
    config = class_and_config(node.config["layer"])[1] if "layer" in node.config else node.config
    return bool(config.get("return_sequences", True))
