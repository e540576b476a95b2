"""Cells with a recurrent kernel: every unit reads every unit's last state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.activations import activation_named
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.recurrence import recurrent_product_into
from rnnviz.engine.cells.weights import check_bias, check_kernels, frozen_arrays


@dataclass(frozen=True, eq=False)
class FullyConnectedCell(RecurrentCell):
    """A cell whose gates read x·K + b + h·R.

    Attributes
    ----------
    kernel : ndarray (features, G·units)
    recurrent_kernel : ndarray (units, G·units)
    bias : ndarray (G·units,)
    activation : str
        A name in `ACTIVATIONS`.

    Raises
    ------
    ValueError
        Where shapes do not fit together or an activation is unknown.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    activation: str = "tanh"

    def __post_init__(self) -> None:
        activation_named(self.activation)
        arrays = frozen_arrays(**self.arrays)
        check_kernels(arrays["kernel"], arrays["recurrent_kernel"], self.gate_count())
        for name, array in arrays.items():
            object.__setattr__(self, name, array)
        check_bias(self.bias, self.kernel.shape[:-2], self._bias_shapes())

    def _bias_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Allowed shapes of the bias of one network."""
        return ((self.kernel.shape[-1],),)

    @classmethod
    def weight_shapes(
        cls, units: int, features: int, settings: Mapping[str, Any]
    ) -> dict[str, tuple[int, ...]]:
        """As in `RecurrentCell`."""
        width = cls.gate_count() * units
        return {
            "kernel": (features, width),
            "recurrent_kernel": (units, width),
            "bias": (width,),
        }

    @classmethod
    def parameter_formula(cls, settings: Mapping[str, Any]) -> str:
        """As in `RecurrentCell`; each gate of each unit reads all inputs and all states."""
        gates = f"{cls.gate_count()} × " if cls.gate_count() > 1 else ""
        biases = len(cls.weight_shapes(1, 1, settings)["bias"])
        return f"{gates}n × (n + m + {biases})"

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state; infinite where there is no bound."""
        return self._activation.range

    def preactivator(self, batch: tuple[int, ...]) -> Callable[..., object]:
        """As in `RecurrentCell`: z is projected + h·R."""
        multiply, recurrent = recurrent_product_into(self.recurrent_kernel, batch)

        def preactivate(now, h):
            multiply(h)
            np.add(now, recurrent, now)

        return preactivate
