"""How many numbers a layer learns: the count with its formula, in Keras and in PyTorch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnnviz.codegen.layers import KerasLayer
from rnnviz.spec.shapes import gate_count

_SYMBOLS = {"kernel": "W", "recurrent_kernel": "U", "bias": "b", "embeddings": "E"}


@dataclass(frozen=True)
class Weight:
    """One weight of a layer.

    Parameters
    ----------
    name : str
        Keras's name, of a Bidirectional layer with ``forward`` or ``backward`` in front.
    symbol : str
        The lecture's letter: W, U, b, and E for an Embedding.
    shape : tuple of int
        In Keras's layout, the transpose of the lecture's.
    """

    name: str
    symbol: str
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def filled(self) -> str:
        """The product of its shape, written out."""
        return " × ".join(f"{length:,}" for length in self.shape)


@dataclass(frozen=True)
class ParameterCount:
    """The parameters of one layer, opened up.

    Parameters
    ----------
    formula : str
        In letters: n units, m features read at each timestep, v tokens.
    filled : str
        The same with the layer's numbers.
    count : int
        What it comes to, Keras's ``Param #``.
    weights : tuple of Weight
        The parts, which sum to ``count``.
    torch_filled, torch_count : str, int
        The same for PyTorch's layer; a recurrent one always has two biases.
    """

    formula: str
    filled: str
    count: int
    weights: tuple[Weight, ...]
    torch_filled: str
    torch_count: int


def parameter_count(layer: KerasLayer) -> ParameterCount:
    """Return the count of a layer with its formula and parts."""
    weights = tuple(
        Weight(name, _SYMBOLS[name.split()[-1]], shape) for name, shape in layer.weights
    )
    if layer.spec is None:
        formula, filled = _plain(layer, weights)
        count = layer.parameter_count
        return ParameterCount(formula, filled, count, weights, filled, count)
    spec, features = layer.spec, layer.input_shape[-1]
    gates, directions = gate_count(spec.cell), 2 if spec.bidirectional else 1
    biases = 2 if spec.cell == "GRU" and spec.reset_after else 1
    factors = [str(factor) for factor in (directions, gates) if factor > 1]

    def product(units: str, read: str, biases: int) -> str:
        return " × ".join([*factors, units, f"({units} + {read} + {biases})"])

    numbers = f"{spec.units:,}", f"{features:,}"
    torch_count = directions * gates * spec.units * (spec.units + features + 2)
    return ParameterCount(
        product("n", "m", biases),
        product(*numbers, biases),
        layer.parameter_count,
        weights,
        product(*numbers, 2),
        torch_count,
    )


def _plain(layer: KerasLayer, weights: tuple[Weight, ...]) -> tuple[str, str]:
    """Return the formula of a layer that is not recurrent, in letters and filled in."""
    if layer.class_name == "Embedding":
        return "v × m", weights[0].filled
    features, units = weights[0].shape
    return "n × (m + 1)", f"{units:,} × ({features:,} + 1)"
