"""Cells whose next state is a mixture of the last one and one activation, unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.engine.cells.facts import ACTIVATION, Setting
from rnnviz.engine.cells.fully_connected import FullyConnectedCell
from rnnviz.engine.cells.recurrence import recurrent_product, transposed


@dataclass(frozen=True, eq=False)
class ElementwiseCell(FullyConnectedCell):
    """h' = kept·h + gain·act(z), z = x·K + b + h·R; J = kept·I + gain·diag(act'(z))·Rᵀ."""

    structure: ClassVar[str] = "elementwise"
    in_place: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = (ACTIVATION,)

    @property
    def kept(self) -> float:
        """Share of the last state that stays."""
        return 0.0

    @property
    def gain(self) -> float:
        """What the activation is multiplied by."""
        return 1.0

    def activated(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """act(projected + h·R), (..., units): a new array."""
        with np.errstate(all="ignore"):
            recurrent = recurrent_product(state, self.recurrent_kernel)
            return self._activation.apply(np.add(projected, recurrent))

    def mixed(self, state: np.ndarray, activated: np.ndarray) -> np.ndarray:
        """kept·state + gain·activated, of states or of changes; ``activated`` itself for 0, 1."""
        if (self.kept, self.gain) == (0.0, 1.0):
            return activated
        with np.errstate(all="ignore"):
            return self.kept * state + self.gain * activated

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, (..., units): a new array."""
        return self.mixed(state, self.activated(projected, state))

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = gain·act'(z_i)·R[j, i] + kept where i = j, (..., units, units)."""
        jacobian = self._slope_times(projected, state, self.recurrent_kernel)
        if not self.kept:
            return jacobian
        return jacobian + self.kept * np.eye(self.units, dtype=self.dtype)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j) = gain·act'(z_i)·K[j, i], (..., units, features)."""
        return self._slope_times(projected, state, self.kernel)

    def _slope_times(self, projected, state, matrix) -> np.ndarray:
        with np.errstate(all="ignore"):
            slope = self._activation.slope(self.activated(projected, state))[..., None]
            slope = slope if self.gain == 1.0 else self.gain * slope
            return slope * transposed(matrix, slope.ndim)
