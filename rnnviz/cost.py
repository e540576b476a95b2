"""What a run costs, known before it starts: memory and multiplications, linear in the timesteps.

Holds no opinion on experiments: it counts for plain numbers of timesteps, features and layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rnnviz.engine import CELLS

NUMBERS_LIMIT = 80_000_000
"""Most numbers that a run may hold at once; as float64 they take 640 MB."""
WEIGHTS_LIMIT = 40_000_000
"""Most weights that a stack may have."""
PRODUCTS_LIMIT = 25_000_000_000
"""Most multiplications that a run may take: some seconds on a fast machine, half a minute on a
slow one."""

# Seconds on a slow laptop: measured on a fast machine, then multiplied by four. An estimate that
# is too long costs nothing.
_PER_STEP, _PER_NUMBER, _PER_PRODUCT, _PER_WEIGHT = 8e-6, 3e-8, 4e-10, 4e-8
_PER_CUBE = {"orthogonal": 6e-10, "spectral_radius": 3e-9}


class Layer(Protocol):
    """What is counted of a layer."""

    cell: str
    units: int
    recurrent_initializer: str
    spectral_radius: float | None


@dataclass(frozen=True)
class Cost:
    """The cost of a run.

    Parameters
    ----------
    timesteps : int
        How many timesteps the run takes.
    numbers, products : int
        Numbers held in memory (inputs and states of all layers) and multiplications, a timestep.
    weights : int
        Weights of all layers.
    overhead, preparation : float
        Seconds that the loop takes a timestep beside its arithmetic, and that drawing the weights
        takes, on a slow laptop.
    """

    timesteps: int
    numbers: int
    products: int
    weights: int
    overhead: float
    preparation: float

    @property
    def seconds(self) -> float:
        """How long the run takes on a slow laptop, roughly."""
        per_step = self.overhead + self.numbers * _PER_NUMBER + self.products * _PER_PRODUCT
        return self.timesteps * per_step + self.preparation


def cost(timesteps: int, features: int, layers: Sequence[Layer]) -> Cost:
    """Return what a stack of layers costs to run over a sequence."""
    numbers, products, weights, widest = features, 0, 0, 0
    preparation, fed = 0.0, features
    for layer in layers:
        cell = CELLS[layer.cell]
        width = max(1, len(cell.gate_names)) * layer.units
        products += width * (fed + layer.units)
        weights += width * (fed + layer.units + 1)
        numbers += len(cell.state_names) * layer.units
        # The pre-activations of one layer at a time are kept besides, unless states replace them.
        widest = max(widest, width if width > layer.units else 0)
        preparation += _decompositions(layer)
        fed = layer.units
    return Cost(
        timesteps=timesteps,
        numbers=numbers + widest,
        products=products,
        weights=weights,
        overhead=len(layers) * _PER_STEP,
        preparation=preparation + weights * _PER_WEIGHT,
    )


def _decompositions(layer: Layer) -> float:
    """Return the seconds that eigenvalues and orthogonal matrices take; both grow as units³."""
    rescaled = layer.spectral_radius is not None
    each = _PER_CUBE["spectral_radius"] * rescaled + _PER_CUBE.get(layer.recurrent_initializer, 0)
    return each * layer.units**3
