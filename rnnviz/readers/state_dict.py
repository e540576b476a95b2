"""PyTorch's names of weights, in whichever file they stand, as stacks of recurrent layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine import CELLS, Dense, Embedding, Layer
from rnnviz.readers.answers import Answers
from rnnviz.readers.messages import Note, Refused, note
from rnnviz.readers.reading import Element, Reading, as_weights, network_of

_WEIGHT = re.compile(
    r"(?:(?P<module>.*)\.)?(?P<kind>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)"
    r"(?:_l(?P<layer>\d{1,3})(?P<reverse>_reverse)?)?"
)
ORDERS = {
    name: cell.torch.places(cell.gate_count())
    for name, cell in CELLS.items()
    if cell.torch is not None
}
"""Places of Keras's gates among PyTorch's: i f c o is i f g o, z r h is r z n."""


@dataclass(frozen=True)
class Entry:
    """One array of a state_dict: known by its shape and dtype before it is read."""

    shape: tuple[int, ...]
    dtype: str
    read: Callable[[], np.ndarray]


Arrays = Mapping[str, Entry]


@dataclass(frozen=True)
class Facts:
    """What a live module says and a state_dict does not.

    Parameters
    ----------
    nonlinearities : Mapping of str to str
        "tanh" or "relu" of the modules that are nn.RNN or nn.RNNCell, by their names.
    tables, heads : frozenset of str
        Names of the modules that are nn.Embedding, and of those that are nn.Linear.
    """

    nonlinearities: Mapping[str, str]
    tables: frozenset[str]
    heads: frozenset[str]


def network_of_state(
    arrays: Arrays, name: str, answers: Answers, format: str, facts: Facts | None = None
) -> Reading:
    """Return the stack that is meant, with an Embedding below and a Linear above where they fit.

    Raises
    ------
    Refused, Unanswered
        Where there is no stack, or something is open.
    """
    stacks, notes = _stacks(arrays)
    if not stacks:
        if notes:
            raise Refused("proj_size", name=dict(notes[0].values)["name"])
        raise Refused("no_recurrent")
    options = tuple(stack or "rnn" for stack in stacks)
    chosen = options[0] if len(options) == 1 else answers.ask("name", options)
    module = list(stacks)[options.index(chosen)]
    stack = _Stack(arrays, stacks[module], chosen)
    layers = stack.layers(answers, facts.nonlinearities.get(module) if facts else None)
    below, above = _around(arrays, layers, answers, notes, facts)
    # Another stack was not left out: it was not asked for.
    used = {
        *(key for one in stacks.values() for key in one.values()),
        *(key for name in (below, above) for key in _keys(arrays, name)),
    }
    others = sorted({key.rpartition(".")[0] or key for key in arrays if key not in used})
    notes += [note("left_out_weights", name=one) for one in others[:20]]
    elements: list[Element] = [*layers]
    if below:
        elements.insert(0, Embedding(as_weights(arrays[f"{below}.weight"].read())))
    if above:
        elements.append(_linear(arrays, above))
    network, more = network_of(elements, name)
    return Reading(network, format, (*notes, *more))


Place = tuple[int, bool, str]
"""(layer, whether it reads from the end, kind of weight)."""


def _stacks(arrays: Arrays) -> tuple[dict[str, dict[Place, str]], list[Note]]:
    """Group the names by their module. LSTMs with projections are left out."""
    found: dict[str, dict[Place, str]] = {}
    for key in arrays:
        match = _WEIGHT.fullmatch(key)
        if match:
            place = (int(match["layer"] or 0), bool(match["reverse"]), match["kind"])
            found.setdefault(match["module"] or "", {})[place] = key
    notes = []
    for module, stack in list(found.items()):
        if any(kind == "weight_hr" for _, _, kind in stack):
            notes.append(note("proj_size", name=module or "rnn"))
            del found[module]
        elif (0, False, "weight_ih") not in stack or (0, False, "weight_hh") not in stack:
            del found[module]
    return found, notes


@dataclass(frozen=True)
class _Stack:
    """The weights of one nn.RNN, nn.LSTM or nn.GRU, or of one cell."""

    arrays: Arrays
    keys: Mapping[Place, str]
    name: str

    def layers(self, answers: Answers, nonlinearity: str | None) -> list[Layer]:
        cell = self._cell()
        settings: dict[str, str] = {}
        if cell == "SimpleRNN":
            known = nonlinearity or answers.ask("nonlinearity", ("tanh", "relu"), name=self.name)
            settings["activation"] = known
        layers = []
        for index in range(1 + max(layer for layer, _, _ in self.keys)):
            forward = self._direction(index, False, cell, settings)
            backward = None
            if (index, True, "weight_ih") in self.keys:
                backward = self._direction(index, True, cell, settings)
            layers.append(Layer(forward, backward, name=f"{self.name}_l{index}"))
        return layers

    def _cell(self) -> str:
        """Tell the cell by its recurrent weights (G·units, units)."""
        shape = self.arrays[self.keys[0, False, "weight_hh"]].shape
        gates, rest = divmod(shape[0], shape[1]) if len(shape) == 2 and shape[1] else (0, 0)
        kind = None if rest else {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}.get(gates)
        if kind is None:
            raise Refused("no_cell", shape=shape)
        return kind

    def _direction(self, index: int, reverse: bool, cell: str, settings: dict[str, str]) -> Any:
        kernel = self._read(index, reverse, "weight_ih", cell).T
        recurrent = self._read(index, reverse, "weight_hh", cell).T
        width = kernel.shape[1]
        biases = []
        for kind in ("bias_ih", "bias_hh"):
            present = (index, reverse, kind) in self.keys
            array = self._read(index, reverse, kind, cell) if present else None
            biases.append(np.zeros(width, kernel.dtype) if array is None else array)
        # A GRU applies its reset gate after the recurrent product, and so to the second bias.
        bias = np.stack(biases) if cell == "GRU" else biases[0] + biases[1]
        try:
            return CELLS[cell](kernel, recurrent, bias, **settings)
        except ValueError as error:
            raise Refused("layer_does_not_fit", name=self.name, reason=str(error)) from error

    def _read(self, index: int, reverse: bool, kind: str, cell: str) -> np.ndarray:
        key = self.keys.get((index, reverse, kind))
        if key is None:
            raise Refused("lacks_weight", name=f"{kind}_l{index}{'_reverse' if reverse else ''}")
        array, order = as_weights(self.arrays[key].read()), ORDERS[cell]
        if not array.ndim or len(array) % len(order):
            raise Refused("no_cell", shape=array.shape)
        if len(order) == 1 or order == tuple(range(len(order))):
            return array
        blocks = np.split(array, len(order))
        return np.concatenate([blocks[place] for place in order])


def _around(
    arrays: Arrays,
    layers: list[Layer],
    answers: Answers,
    notes: list[Note],
    facts: Facts | None,
) -> tuple[str | None, str | None]:
    """Return the modules that are the Embedding below and the Linear above; told by shapes.

    A state_dict does not say what reads what. Where one table has rows of the width that the
    first layer reads, and one matrix reads the width that the last one gives, that is said in a
    note; where several have, it is asked.
    """
    modules = {key.removesuffix(".weight") for key in arrays if key.endswith(".weight")}
    shapes = {name: arrays[f"{name}.weight"].shape for name in sorted(modules)}
    matrices = {name: shape for name, shape in shapes.items() if len(shape) == 2}
    plain = {name for name in matrices if f"{name}.bias" not in arrays}
    reads, gives = layers[0].features, layers[-1].output_features
    tables = [n for n in plain if matrices[n][1] == reads and _is_table(n, matrices[n], gives)]
    heads = [n for n in matrices if matrices[n][1] == gives and n not in tables]
    if facts:
        tables = [n for n in facts.tables if n in matrices and matrices[n][1] == reads]
        heads = [n for n in facts.heads if n in matrices and matrices[n][1] == gives]
    return (
        _one_of("embedding", sorted(tables), answers, notes),
        _one_of("head", sorted(heads), answers, notes),
    )


def _is_table(name: str, shape: tuple[int, ...], gives: int) -> bool:
    """Whether a matrix without a bias is an Embedding, and no Linear that reads the states."""
    return "emb" in name.lower() or shape[1] != gives or name.lower().startswith("enc")


def _one_of(key: str, found: list[str], answers: Answers, notes: list[Note]) -> str | None:
    if not found:
        return None
    if len(found) == 1 and key not in answers.given:
        notes.append(note(f"{key}_by_shape", name=found[0]))
        return found[0]
    answer = answers.ask(key, (*found, "none"))
    return None if answer == "none" else answer


def _keys(arrays: Arrays, module: str | None) -> list[str]:
    return [key for key in (f"{module}.weight", f"{module}.bias") if module and key in arrays]


def _linear(arrays: Arrays, name: str) -> Dense:
    kernel = as_weights(arrays[f"{name}.weight"].read()).T
    bias = np.zeros(kernel.shape[1], kernel.dtype)
    if f"{name}.bias" in arrays:
        bias = as_weights(arrays[f"{name}.bias"].read())
    try:
        return Dense(kernel, bias)
    except ValueError as error:
        raise Refused("layer_does_not_fit", name=name, reason=str(error)) from error
