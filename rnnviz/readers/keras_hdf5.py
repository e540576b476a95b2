"""HDF5 files of Keras: a whole model (``.h5``), its weights alone, or Keras 3's ``.weights.h5``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rnnviz.readers.answers import Answers
from rnnviz.readers.hdf5.file import Dataset, Group, open_hdf5
from rnnviz.readers.json_text import parsed
from rnnviz.readers.keras_archive import major_version
from rnnviz.readers.keras_graph import flattened, network_of_nodes, nodes_of
from rnnviz.readers.keras_layers import Context, Node, cell_by_shapes
from rnnviz.readers.keras_order import read_without_config, settle_merging
from rnnviz.readers.messages import Refused, note
from rnnviz.readers.reading import Reading
from rnnviz.readers.taking import Taking


def read(content: bytes, name: str, answers: Answers) -> Reading:
    """Read an HDF5 file that Keras wrote, whichever of the three it is."""
    root, taking = open_hdf5(content), Taking(len(content))
    weights = root.children.get("model_weights", root)
    if not isinstance(weights, Group):
        raise Refused("hdf5_damaged", part="model_weights")
    names = _strings(weights, "layer_names")
    if names is None:
        return read_without_config(root, name, answers, taking)
    version = root.attributes.get("keras_version", weights.attributes.get("keras_version"))
    context = Context(answers, major_version(version))
    config = root.attributes.get("model_config")
    if isinstance(config, str):
        nodes = nodes_of(parsed(config, "model_config"))
        for node in nodes:
            if node.inner:
                _share_out(weights, node, taking)
            else:
                node.arrays = _arrays(weights, node.name, taking)
        network = network_of_nodes(flattened(nodes), context, name)
        return Reading(network, "keras_h5", tuple(context.notes))
    bare = [_bare(weights, one, taking, context) for one in names]
    nodes = [node for node in bare if node is not None]
    # Nothing says what reads what: the order in which Keras wrote them, which is the model's.
    for number, node in enumerate(nodes):
        node.sources = [nodes[number - 1].name] if number else []
    context.notes.append(note("order_of_file"))
    settle_merging(nodes, context)
    network = network_of_nodes(nodes, context, name)
    return Reading(network, "keras_h5_weights", tuple(context.notes))


def _strings(group: Group, name: str) -> list[str] | None:
    """Return an attribute that is a list of names; Keras splits long ones: name0, name1, …."""
    whole = group.attributes.get(name)
    if whole is None:
        parts: list[Any] = []
        while isinstance(group.attributes.get(f"{name}{len(parts)}"), list):
            parts.append(group.attributes[f"{name}{len(parts)}"])
        whole = [one for part in parts for one in part] if parts else None
    if whole is None:
        return None
    return [one for one in whole if isinstance(one, str)] if isinstance(whole, list) else []


def _arrays(weights: Group, layer: str, taking: Taking) -> list:
    group = weights.children.get(layer)
    if not isinstance(group, Group):
        return []
    takes = []
    for path in _strings(group, "weight_names") or []:
        found = group.find(path)
        if not isinstance(found, Dataset):
            raise Refused("hdf5_lacks", path=path)
        takes.append(taking.later(found.read, found.shape, found.dtype))
    return takes


def _share_out(weights: Group, model: Node, taking: Taking) -> None:
    """Give the layers of a model inside of the model their weights.

    They stand in one list, in the group of the inner model; each weight's path names its layer.
    """
    group = weights.children.get(model.name)
    paths = _strings(group, "weight_names") or [] if isinstance(group, Group) else []
    takes = _arrays(weights, model.name, taking)
    by_name = {node.name: node for node in _leaves(model)}
    for path, take in zip(paths, takes, strict=True):
        parts = path.split("/")[:-1]
        # The inner model's own name may stand before its layer's.
        parts = parts[1:] if len(parts) > 1 and parts[0] == model.name else parts
        owner = next((by_name[part] for part in parts if part in by_name), None)
        if owner is not None:
            owner.arrays = [*owner.arrays, take]


def _leaves(model: Node) -> Iterator[Node]:
    """Yield the layers of a model that are no models themselves."""
    for node in model.inner:
        yield from _leaves(node) if node.inner else (node,)


def _bare(weights: Group, layer: str, taking: Taking, context: Context) -> Node | None:
    """Tell a layer's class by the names and shapes of its weights; None where it has none."""
    arrays = _arrays(weights, layer, taking)
    if not arrays:
        return None
    group = weights.children[layer]
    assert isinstance(group, Group)
    names = [
        path.rpartition("/")[2].partition(":")[0] for path in _strings(group, "weight_names") or []
    ]
    if names == ["embeddings"]:
        kind = "Embedding"
    elif names in (["kernel", "bias"], ["kernel"]) and len(arrays[0]().shape) == 2:
        kind = "Dense"
    elif names in (["gamma", "beta"], ["gamma"], ["beta"]):
        kind = "LayerNormalization"
    elif "recurrent_kernel" in names and len(names) in (4, 6):
        kind = "Bidirectional"
    elif names[:2] == ["kernel", "recurrent_kernel"] and len(names) in (2, 3):
        kind = cell_by_shapes(arrays)
    else:
        kind = ", ".join(names)
    return Node(layer, kind, {}, arrays)
