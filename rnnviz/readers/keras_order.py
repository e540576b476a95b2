"""A ``.weights.h5`` of Keras 3: weights by class and counter, without the order of the layers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rnnviz.readers.answers import Answers
from rnnviz.readers.hdf5.file import Dataset, Group
from rnnviz.readers.keras_archive import arrays_of, layers_group
from rnnviz.readers.keras_graph import network_of_nodes
from rnnviz.readers.keras_layers import Context, Node, cell_by_shapes
from rnnviz.readers.messages import Refused, note
from rnnviz.readers.reading import Reading
from rnnviz.readers.taking import Taking

_MOST_ORDERS = 24
_MOST_LAYERS = 40
_MOST_STEPS = 20_000


def read_without_config(root: Group, name: str, answers: Answers, taking: Taking) -> Reading:
    """Read weights that stand without a configuration.

    Layers of one class keep their order; that of layers of different classes is told by which
    widths fit, and asked where several orders do.
    """
    nodes = _nodes(root, taking)
    if not any(_is_recurrent(node) for node in nodes):
        raise Refused("no_recurrent")
    if len(nodes) > _MOST_LAYERS:
        raise Refused("too_many_layers", found=len(nodes), limit=_MOST_LAYERS)
    orders = list(_orders(nodes))
    if not orders:
        raise Refused("no_order", names=", ".join(node.name for node in nodes))
    texts = tuple(",".join(node.name for node in order) for order in orders)
    chosen = 0
    if len(orders) > 1:
        chosen = texts.index(answers.ask("layer_order", texts))
    order = orders[chosen]
    for number, node in enumerate(order):
        node.sources = [order[number - 1].name] if number else []
    left = [node for node in nodes if node not in order]
    # `.weights.h5` came with Keras 3, whose gates are sigmoids unless a layer says otherwise.
    context = Context(answers, 3)
    if len(order) > 1:
        context.notes.append(note("order_by_shapes", order=texts[chosen]))
    context.notes += [note("left_out", name=node.name, kind=node.kind) for node in left]
    settle_merging(order, context)
    return Reading(network_of_nodes(order, context, name), "weights_h5", tuple(context.notes))


def settle_merging(nodes: list[Node], context: Context) -> None:
    """Ask how a Bidirectional layer merges, where the layer above reads as much as one direction.

    Twice as much is a concatenation: nothing else gives it.
    """
    for node, above in itertools.pairwise(nodes):
        if node.kind == "Bidirectional" and above.kind in _KNOWN:
            units = node.arrays[1]().shape[0]
            merged = _widths(above)[0] == units
            mode = "concat"
            if merged:
                mode = context.answers.ask("merge_mode", ("sum", "mul", "ave"), name=node.name)
            node.config = {"merge_mode": mode}


def _nodes(root: Group, taking: Taking) -> list[Node]:
    nodes = []
    for path, group in _layer_groups(layers_group(root)):
        arrays = arrays_of(group, taking)
        if arrays:
            nodes.append(Node(path, _kind(path, group, arrays), {}, arrays))
    return sorted(nodes, key=lambda node: _counter(node.name))


def _layer_groups(base: Group, path: str = "") -> Iterator[tuple[str, Group]]:
    """Yield the groups of layers; those of a model inside of the model as well."""
    for name, child in base.children.items():
        if not isinstance(child, Group) or name in ("optimizer", "vars", "_functional"):
            continue
        inner = child.children.get("layers")
        if isinstance(inner, Group):
            yield from _layer_groups(inner, f"{path}{name}/")
        else:
            yield f"{path}{name}", child


def _counter(name: str) -> tuple[str, int]:
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() and len(number) < 6 else (name, 0)


def _kind(path: str, group: Group, arrays: list) -> str:
    """Tell a layer's class by its group and the shapes of its weights."""
    if "forward_layer" in group.children:
        return "Bidirectional"
    if isinstance(group.find("cell/vars"), Group) and isinstance(
        group.find("cell/vars/1"), Dataset
    ):
        return cell_by_shapes(arrays)
    shapes = [take().shape for take in arrays]
    stem = _counter(path.rpartition("/")[2])[0]
    if stem.startswith("embedding") and len(shapes) == 1 and len(shapes[0]) == 2:
        return "Embedding"
    if [len(shape) for shape in shapes] == [2, 1] and shapes[0][1:] == shapes[1]:
        return "Dense"
    if [len(shape) for shape in shapes] == [1, 1] and shapes[0] == shapes[1]:
        return "LayerNormalization"
    return stem


def _is_recurrent(node: Node) -> bool:
    return node.kind in ("SimpleRNN", "LSTM", "GRU", "Bidirectional")


def _widths(node: Node) -> tuple[int | None, tuple[int, ...] | None]:
    """Return what a layer reads, None for tokens, and what it may give; None for as it reads."""
    shapes = [take().shape for take in node.arrays]
    if node.kind == "Embedding":
        return None, (shapes[0][1],)
    if node.kind == "Dense":
        return shapes[0][0], (shapes[0][1],)
    if node.kind == "LayerNormalization":
        return shapes[0][0], (shapes[0][0],)
    units = shapes[1][0]
    return shapes[0][0], (2 * units, units) if node.kind == "Bidirectional" else (units,)


def _orders(nodes: list[Node]) -> Iterator[list[Node]]:
    """Yield the orders in which every layer fits what is below it, layers of a class in theirs."""
    known = [node for node in nodes if node.kind in _KNOWN]
    columns: dict[str, list[Node]] = {}
    for node in known:
        columns.setdefault(_counter(node.name)[0], []).append(node)
    steps, found = 0, 0

    def extend(order: list[Node], places: dict[str, int], gives: tuple[int, ...] | None):
        nonlocal steps, found
        steps += 1
        if steps > _MOST_STEPS or found >= _MOST_ORDERS:
            return
        if len(order) == len(known):
            found += 1
            yield list(order)
            return
        for stem, column in columns.items():
            if places[stem] == len(column):
                continue
            node = column[places[stem]]
            reads, next_gives = _widths(node)
            if (order and reads is None) or (gives is not None and reads not in gives):
                continue
            yield from extend([*order, node], {**places, stem: places[stem] + 1}, next_gives)

    yield from extend([], dict.fromkeys(columns, 0), None)


_KNOWN = ("SimpleRNN", "LSTM", "GRU", "Bidirectional", "Dense", "LayerNormalization", "Embedding")
