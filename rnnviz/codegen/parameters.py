"""How many numbers a layer learns: the count with its formula, in Keras and in PyTorch."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from rnnviz.codegen.layers import KerasLayer
from rnnviz.engine import CELLS

SYMBOLS = {
    "kernel": "W",
    "recurrent_kernel": "U",
    "bias": "b",
    "embeddings": "E",
    "gamma": "γ",
    "beta": "β",
}
"""The lecture's letter for each weight, and those of LayerNormalization's paper."""


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
        The same for PyTorch's layer, where a recurrent one always has two biases; "" and None
        where PyTorch has no such layer.
    """

    formula: str
    filled: str
    count: int
    weights: tuple[Weight, ...]
    torch_filled: str
    torch_count: int | None


def parameter_count(layer: KerasLayer) -> ParameterCount:
    """Return the count of a layer with its formula and parts."""
    weights = tuple(Weight(name, SYMBOLS[name.split()[-1]], shape) for name, shape in layer.weights)
    if layer.spec is None:
        formula, filled = _plain(layer, weights)
        count = layer.parameter_count
        return ParameterCount(formula, filled, count, weights, filled, count)
    spec, features = layer.spec, layer.input_shape[-1]
    assert features is not None  # the length of a vector is always known
    cell = CELLS[spec.cell]
    formula = _both(cell.parameter_formula(cell.settings_of(spec)), spec)
    torch_filled, torch_count = "", None
    if cell.torch is not None:
        gates, directions = cell.gate_count(), 2 if spec.bidirectional else 1
        torch_formula = f"{gates} × n × (n + m + 2)" if gates > 1 else "n × (n + m + 2)"
        torch_filled = _filled(_both(torch_formula, spec), spec.units, features)
        torch_count = directions * gates * spec.units * (spec.units + features + 2)
    filled = _filled(formula, spec.units, features)
    return ParameterCount(
        formula, filled, layer.parameter_count, weights, torch_filled, torch_count
    )


def _both(formula: str, spec: Any) -> str:
    return f"2 × {formula}" if spec.bidirectional else formula


def _filled(formula: str, units: int, features: int) -> str:
    """Return a formula with numbers in the place of its letters n and m."""
    numbers = {"n": f"{units:,}", "m": f"{features:,}"}
    return re.sub(r"\b[nm]\b", lambda letter: numbers[letter[0]], formula)


def _plain(layer: KerasLayer, weights: tuple[Weight, ...]) -> tuple[str, str]:
    """Return the formula of a layer that is not recurrent, in letters and filled in."""
    if layer.class_name == "Embedding":
        return "v × m", weights[0].filled
    if layer.class_name == "LayerNormalization":
        return "2 × m", f"2 × {layer.output_shape[-1]:,}"
    features, units = weights[0].shape
    return "n × (m + 1)", f"{units:,} × ({features:,} + 1)"
