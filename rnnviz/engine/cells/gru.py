"""The gated recurrent unit, Keras's layout: gates in the order z, r, h."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.engine.cells.gated import GatedCell, halving
from rnnviz.engine.cells.recurrence import (
    aligned,
    gate_blocks,
    recurrent_product,
    recurrent_product_into,
    transposed_blocks,
)


@dataclass(frozen=True, eq=False)
class GRU(GatedCell):
    """A GRU layer (Cho et al. 2014), in both of its variants.

    With ρ the recurrent activation, p = x_t·K + b and R in three blocks each,
    z = ρ(p_z + h·R_z), r = ρ(p_r + h·R_r), and the candidate ĥ is
    act(p_h + r∘(h·R_h + b'_h)) if `reset_after` (Keras's default, and PyTorch's only variant,
    where b' is also added to the other two), act(p_h + (r∘h)·R_h) if not. Then
    h_t = z∘h_{t−1} + (1 − z)∘ĥ. See `RecurrentCell` for what it shares with the other cells.

    Attributes
    ----------
    kernel : ndarray (features, 3·units)
    recurrent_kernel : ndarray (units, 3·units)
    bias : ndarray (2, 3·units) or (3·units,)
        With `reset_after` the rows are b and b'; where only one is given, b' is 0 and becomes a
        row of zeros. Without, there is only b.
    activation, recurrent_activation : str
        Names in `ACTIVATIONS`.
    reset_after : bool
        Whether the reset gate is applied after the recurrent product: 3n(n + m + 2) parameters
        for n units and m features, against 3n(n + m + 1).
    """

    reset_after: bool = True

    gate_names: ClassVar[tuple[str, ...]] = ("z", "r", "h")

    def __post_init__(self):
        super().__post_init__()
        if self.reset_after and self.bias.ndim == self.kernel.ndim - 1:
            bias = np.stack([self.bias, np.zeros_like(self.bias)], axis=-2)
            bias.setflags(write=False)
            object.__setattr__(self, "bias", bias)

    def _bias_shapes(self) -> tuple[tuple[int, ...], ...]:
        width = self.kernel.shape[-1]
        return ((2, width), (width,)) if self.reset_after else ((width,),)

    @property
    def _input_bias(self) -> np.ndarray:
        return self.bias[..., 0, :] if self.reset_after else self.bias

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`: ``advance(projected[t], h)``."""
        if not (self._has_default_activations and self.reset_after):
            return self._stepper_by_steps(initial_state)
        factor, term = halving(self.dtype, self.units, "sst")
        recurrent_bias = self.bias[..., 1, :] * factor
        projected *= factor
        multiply, recurrent = recurrent_product_into(
            self.recurrent_kernel * factor, initial_state.shape[:-1]
        )
        gated = 2 * self.units
        gates, candidate = recurrent[..., :gated], recurrent[..., gated:]
        z, r = gate_blocks(gates, 2)
        half, one, previous = term[:gated], np.ones(self.units, self.dtype), initial_state
        add, subtract, times, tanh = np.add, np.subtract, np.multiply, np.tanh

        def advance(now, h):
            nonlocal previous
            multiply(previous)
            add(recurrent, recurrent_bias, recurrent)
            add(now[..., :gated], gates, gates)
            tanh(gates, gates)
            times(gates, half, gates)
            add(gates, half, gates)
            times(r, candidate, candidate)
            add(now[..., gated:], candidate, candidate)
            tanh(candidate, candidate)
            times(z, previous, h)
            subtract(one, z, z)
            times(z, candidate, candidate)
            previous = add(h, candidate, h)

        return advance

    def _stepper_by_steps(self, state: np.ndarray) -> Callable[..., object]:
        def advance(now, h):
            nonlocal state
            state = self.step(now, state)
            h[...] = state

        return advance

    def preactivator(self, batch: tuple[int, ...]) -> Callable[..., object]:
        """What the three activations are applied to, in place."""

        def preactivate(now, h):
            now[...] = self._preactivations(now, h)[0]

        return preactivate

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """The gates z and r and the candidate ĥ under the name h, each (..., units)."""
        z, r, candidate = gate_blocks(preactivations, 3)
        apply = self._recurrent_activation.apply
        return {"z": apply(z), "r": apply(r), "h": self._activation.apply(candidate)}

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, (..., units): a new array."""
        with np.errstate(all="ignore"):
            gates = self.gates(self._preactivations(projected, state)[0])
            return gates["z"] * state + (1 - gates["z"]) * gates["h"]

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = ∂(next state i)/∂(state j), (..., units, units)."""
        with np.errstate(all="ignore"):
            kept, jacobian = self._by(projected, state, self.recurrent_kernel)
            return jacobian + kept[..., None] * np.eye(self.units, dtype=self.dtype)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j), (..., units, features)."""
        with np.errstate(all="ignore"):
            return self._by(projected, state, self.kernel)[1]

    def _preactivations(self, projected, h) -> tuple[np.ndarray, np.ndarray]:
        """Pre-activations (..., 3·units), and what the reset gate multiplies (..., units)."""
        gated = 2 * self.units
        if self.reset_after:
            recurrent = recurrent_product(h, self.recurrent_kernel)
            recurrent = recurrent + aligned(self.bias[..., 1, :], h.ndim)
            gates = projected[..., :gated] + recurrent[..., :gated]
            multiplied = recurrent[..., gated:]
        else:
            recurrent = recurrent_product(h, self.recurrent_kernel[..., :gated])
            gates, multiplied = projected[..., :gated] + recurrent, h
        reset = self._recurrent_activation.apply(gates[..., self.units :]) * multiplied
        if not self.reset_after:
            reset = recurrent_product(reset, self.recurrent_kernel[..., gated:])
        return np.concatenate([gates, projected[..., gated:] + reset], axis=-1), multiplied

    def _by(self, projected, h, matrix) -> tuple[np.ndarray, np.ndarray]:
        """The update gate, and ∂h'/∂· through z, r and ĥ for what `matrix` multiplies."""
        preactivations, multiplied = self._preactivations(projected, h)
        z, r, candidate = self.gates(preactivations).values()
        rho, ndim = self._recurrent_activation.slope, h.ndim + 1
        by_z, by_r, by_candidate = transposed_blocks(matrix, 3, ndim)
        through_reset = (multiplied * rho(r))[..., None] * by_r
        recurrent = matrix is self.recurrent_kernel
        if self.reset_after:
            by_candidate = r[..., None] * by_candidate if recurrent else by_candidate
        else:
            candidate_kernel = transposed_blocks(self.recurrent_kernel, 3, ndim)[2]
            through_reset = candidate_kernel @ through_reset
            by_candidate = by_candidate * r[..., None, :] if recurrent else by_candidate
        slope = (1 - z) * self._activation.slope(candidate)
        total = ((h - candidate) * rho(z))[..., None] * by_z
        return z, total + slope[..., None] * (by_candidate + through_reset)
