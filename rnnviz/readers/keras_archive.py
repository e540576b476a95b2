"""A ``.keras`` file: a zip of metadata.json, config.json and model.weights.h5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnviz.readers.answers import Answers
from rnnviz.readers.archive import Archive
from rnnviz.readers.hdf5.file import Dataset, Group, open_hdf5
from rnnviz.readers.json_text import MOST_JSON, parsed
from rnnviz.readers.keras_graph import flattened, network_of_nodes, nodes_of
from rnnviz.readers.keras_layers import Context, Node
from rnnviz.readers.messages import Refused
from rnnviz.readers.reading import Reading
from rnnviz.readers.taking import Taking

_WEIGHTS = "model.weights.h5"


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read a ``.keras`` file."""
    archive = Archive(content)
    config = parsed(archive.read("config.json", MOST_JSON), "config.json")
    metadata: dict[str, Any] = {}
    if "metadata.json" in archive.names:
        metadata = parsed(archive.read("metadata.json", MOST_JSON), "metadata.json")
    if _WEIGHTS not in archive.names:
        raise Refused("keras_weights", names=", ".join(archive.names))
    context = Context(answers, major_version(metadata.get("keras_version")))
    nodes = nodes_of(config)
    add_arrays(nodes, open_hdf5(archive.read(_WEIGHTS)), Taking(len(content)))
    network = network_of_nodes(flattened(nodes), context, name)
    return Reading(network, "keras", tuple(context.notes))


def major_version(text: Any) -> int | None:
    """First digit of a version of Keras; None where there is none."""
    head = text.split(".")[0] if isinstance(text, str) else ""
    return int(head) if head.isdigit() and len(head) < 3 else None


def add_arrays(nodes: list[Node], root: Group, taking: Taking) -> None:
    """Give each layer its weights.

    Groups are named after the class and a counter of it, ``layers/lstm_1``, in the order of the
    model's layers. Later versions also write each layer's own name beside them, which is then
    what counts.
    """
    base = layers_group(root)
    named = own_names(base)
    counts: dict[str, int] = {}
    for node in nodes:
        stem = snake_case(node.kind)
        number = counts.get(stem, 0)
        counts[stem] = number + 1
        group = named.get(node.name) or base.children.get(f"{stem}_{number}" if number else stem)
        if not isinstance(group, Group):
            continue
        if node.inner:
            add_arrays(node.inner, group, taking)
        else:
            node.arrays = arrays_of(group, taking)


def layers_group(root: Group) -> Group:
    """Return the group whose children are the layers."""
    for path in ("layers", "_layer_checkpoint_dependencies"):
        found = root.children.get(path)
        if isinstance(found, Group):
            return found
    return root


def own_names(base: Group) -> dict[str, Group]:
    """Return the layers' groups by the names that stand beside their weights."""
    found: dict[str, Group] = {}
    for group in base.children.values():
        if not isinstance(group, Group):
            continue
        inner = group.children.get("vars")
        own = inner.attributes.get("name") if isinstance(inner, Group) else None
        if isinstance(own, str):
            found[own] = group
    return found


def arrays_of(group: Group, taking: Taking) -> list[Callable[[], np.ndarray]]:
    """Return the weights of one layer's group, in Keras's order."""
    if "forward_layer" in group.children:
        halves = (group.find("forward_layer"), group.find("backward_layer"))
        return [
            take for half in halves if isinstance(half, Group) for take in arrays_of(half, taking)
        ]
    for path in ("cell/vars", "layer/vars", "vars"):
        found = group.find(path)
        if isinstance(found, Group) and found.children:
            sets = sorted(
                (int(key), one)
                for key, one in found.children.items()
                if key.isdecimal() and len(key) < 5 and isinstance(one, Dataset)
            )
            return [taking.later(one.read, one.shape, one.dtype) for _, one in sets]
    return []


def snake_case(class_name: str) -> str:
    """Keras's way to write a class in a path: ``SimpleRNN`` → ``simple_rnn``."""
    from rnnviz.engine.network import snake_case as engine_snake_case

    return engine_snake_case(class_name)
