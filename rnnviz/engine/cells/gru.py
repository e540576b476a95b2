"""The gated recurrent unit, Keras's layout: gates in the order z, r, h."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.cells.facts import Factor, Setting, StepText, Sum, TorchLayer
from rnnviz.engine.cells.gated import GatedCell, halving
from rnnviz.engine.cells.recurrence import (
    aligned,
    gate_blocks,
    recurrent_product,
    recurrent_product_into,
    transposed_blocks,
)
from rnnviz.engine.cells.tape import Step, Tape

_AFTER = """
x_z, x_r, x_h = split(projected_t, 3)
h_z, h_r, h_h = split(state_t @ U + b_recurrent, 3)
z, r = {recurrent_activation}(x_z + h_z), {recurrent_activation}(x_r + h_r)
candidate = {activation}(x_h + r * h_h)
output_t = z * state_t + (1 - z) * candidate
"""
_BEFORE = """
x_z, x_r, x_h = split(projected_t, 3)
z, r = {recurrent_activation}(x_z + state_t @ U_z), {recurrent_activation}(x_r + state_t @ U_r)
candidate = {activation}(x_h + (r * state_t) @ U_h)
output_t = z * state_t + (1 - z) * candidate
"""


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

    order: ClassVar[int] = 20
    gate_names: ClassVar[tuple[str, ...]] = ("z", "r", "h")
    candidate: ClassVar[str] = "h"
    settings: ClassVar[tuple[Setting, ...]] = (*GatedCell.settings, Setting("reset_after", True))
    keras_class: ClassVar[str | None] = "GRU"
    torch: ClassVar[TorchLayer | None] = TorchLayer(
        "GRU",
        gates=("r", "z", "n"),
        order=(1, 0, 2),
        settings={
            "activation": ("tanh",),
            "recurrent_activation": ("sigmoid",),
            "reset_after": (True,),
        },
        two_biases=True,
    )

    @property
    def structure(self) -> str:  # type: ignore[override]  # it depends on a setting
        """As in `RecurrentCell`; before the product, r mixes all units into each candidate."""
        return "gated" if self.reset_after else "dense"

    @classmethod
    def weight_shapes(
        cls, units: int, features: int, settings: Mapping[str, Any]
    ) -> dict[str, tuple[int, ...]]:
        """As in `RecurrentCell`; with ``reset_after`` the bias has two rows."""
        shapes = super().weight_shapes(units, features, settings)
        return shapes | ({"bias": (2, 3 * units)} if settings["reset_after"] else {})

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """As in `RecurrentCell`, for both variants."""
        if settings["reset_after"]:
            return StepText("gru", _AFTER, before="b, b_recurrent = b")
        return StepText("gru_reset_before", _BEFORE, before="U_z, U_r, U_h = split_columns(U, 3)")

    def __post_init__(self) -> None:
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

    def sums(self, gates: Mapping[str, float], before: Mapping[str, float]) -> tuple[Sum, ...]:
        """As in `RecurrentCell`: a mean of the old state and the candidate, weighed by z."""
        z, new = gates["z"], gates["h"]
        old = Factor("h_{t-1}", before["h"])
        kept, written = (Factor("z", z), old), (Factor("1 - z", 1 - z), Factor("g", new))
        return (Sum("h", (kept, written)),)

    def carried(self, gates: Mapping[str, np.ndarray], states: np.ndarray) -> list[np.ndarray]:
        """As in `RecurrentCell`."""
        return [gates["z"]]

    def recurrent_factors(self, gates: Mapping[str, np.ndarray]) -> np.ndarray | None:
        """As in `RecurrentCell`: the reset gate stands between the state and the candidate."""
        ones = np.ones_like(gates["r"])
        return np.stack([ones, ones, gates["r"]], axis=-2)

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

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`; the gates are kept, and what the reset gate multiplies or makes.

        With `reset_after` that is h·R_h + b'_h, else r∘h, (units, batch) at each timestep.
        """
        units, gated, timesteps = self.units, 2 * self.units, tape.timesteps
        reads, states, inputs = list(tape.reads), list(tape.states), list(tape.inputs)
        read_states = list(tape.read_states)
        gates = list(tape.keep("gates", timesteps, 3 * units))
        resets = list(tape.keep("resets", timesteps, units))
        sums, spare = self.gate_sums(tape, "ss"), tape.keep("spare", units)
        kernel = np.empty((units, self.features), self.dtype)
        recurrent = np.empty((units, units), self.dtype)
        bias = [row[gated:, None] for row in tape.bias]
        activate, reset_after = self._activation.apply, self.reset_after
        dot, times, add, subtract = np.dot, np.multiply, np.add, np.subtract

        def advance(t: int) -> None:
            if t == 0:
                kernel[...] = tape.kernel[:, gated:].T
                recurrent[...] = tape.recurrent[:, gated:].T
            z, r = sums(reads[t], gates[t][:gated], t == 0)
            candidate, h, reset = gates[t][gated:], read_states[t], resets[t]
            dot(kernel, inputs[t], candidate)
            add(candidate, bias[0], candidate)
            if reset_after:
                dot(recurrent, h, reset)
                add(reset, bias[1], reset)
                times(r, reset, spare)
            else:
                times(r, h, reset)
                dot(recurrent, reset, spare)
            add(candidate, spare, candidate)
            activate(candidate, candidate)
            # z∘h + (1 − z)∘ĥ = ĥ + z∘(h − ĥ)
            subtract(states[t], candidate, spare)
            times(z, spare, spare)
            add(candidate, spare, states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: back through the candidate, then through z and r."""
        units, gated = self.units, 2 * self.units
        reads, states, deltas = list(tape.reads), list(tape.states), list(tape.deltas)
        read_states, mask = list(tape.read_states), tape.mask
        errors, gates = tape.errors, list(tape.keep("gates"))
        resets, spare, through = list(tape.keep("resets")), tape.keep("spare"), tape.empty(units)
        add_to_gradient = self._gradient_adder(tape)
        slopes_times, activation = self.gate_slopes_times(tape, "ss"), self._activation
        gate_kernel = np.empty((units, gated), self.dtype)
        candidate_kernel = np.empty((units, units), self.dtype)
        reset_after, dot, times, add, subtract = (
            self.reset_after,
            np.dot,
            np.multiply,
            np.add,
            np.subtract,
        )

        def retreat(t: int) -> None:
            if t == tape.timesteps - 1:
                gate_kernel[...] = tape.recurrent[:, :gated]
                candidate_kernel[...] = tape.recurrent[:, gated:]
            error, delta, gate, h = errors[t], deltas[t + 1], gates[t], states[t]
            z, r, candidate = gate[:units], gate[units:gated], gate[gated:]
            d_z, d_r, d_candidate = error[:units], error[units:gated], error[gated:]
            subtract(h, candidate, d_z)
            times(d_z, delta, d_z)
            subtract(1, z, d_candidate)
            times(d_candidate, delta, d_candidate)
            activation.slope_times(candidate, d_candidate, d_candidate, spare)
            times(z, delta, spare)
            add(deltas[t], spare, deltas[t])
            if reset_after:
                times(d_candidate, resets[t], d_r)
                times(d_candidate, r, through)
                dot(candidate_kernel, through, spare)
            else:
                dot(candidate_kernel, d_candidate, spare)
                times(spare, read_states[t], d_r)
                times(spare, r, spare)
            if mask is not None:
                times(spare, mask, spare)
            add(deltas[t], spare, deltas[t])
            slopes_times(gate[:gated], error[:gated])
            add_to_gradient(reads[t], error, through if reset_after else resets[t])
            dot(gate_kernel, error[:gated], spare)
            if mask is not None:
                times(spare, mask, spare)
            add(deltas[t], spare, deltas[t])

        return retreat

    def _gradient_adder(self, tape: Tape) -> Callable[[np.ndarray, np.ndarray, np.ndarray], None]:
        """As `Tape.gradient_adder`; the candidate's recurrent kernel has factors of its own.

        ``reset`` is r∘∂L/∂ĥ's sum with `reset_after`, else r∘h.
        """
        gated, rows = 2 * self.units, slice(self.features, self.features + self.units)
        product, gradient = np.empty_like(tape.gradient), tape.gradient
        candidate = np.empty((self.units, self.units), self.dtype)

        def add(read: np.ndarray, error: np.ndarray, reset: np.ndarray) -> None:
            np.dot(read, error.T, product)
            if self.reset_after:
                np.dot(read[rows], reset.T, candidate)
                reset.sum(axis=1, out=product[-1, gated:])
            else:
                np.dot(reset, error[gated:].T, candidate)
            product[rows, gated:] = candidate
            np.add(gradient, product, gradient)

        return add

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


CELL = GRU
