"""Long short-term memory, Keras's layout: gates in the order i, f, c, o."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.cells.facts import Factor, Setting, StepText, Sum, TorchLayer
from rnnviz.engine.cells.gated import GatedCell, halving, row_blocks
from rnnviz.engine.cells.recurrence import (
    gate_blocks,
    recurrent_product,
    recurrent_product_into,
    transposed_blocks,
)
from rnnviz.engine.cells.tape import Step, Tape


@dataclass(frozen=True, eq=False)
class LSTM(GatedCell):
    """An LSTM layer (Hochreiter & Schmidhuber 1997, with a forget gate).

    With z = x_t·K + b + h_{t−1}·R in four blocks and ρ the recurrent activation,
    i = ρ(z_i), f = ρ(z_f), g = act(z_c), o = ρ(z_o),
    c_t = f∘c_{t−1} + i∘g and h_t = o∘act(c_t). It has 4n(n + m + 1) parameters for n units and
    m features. Its state vector is h, then c. See `RecurrentCell` for what it shares with the
    other cells.

    Attributes
    ----------
    kernel : ndarray (features, 4·units)
    recurrent_kernel : ndarray (units, 4·units)
    bias : ndarray (4·units,)
    activation, recurrent_activation : str
        Names in `ACTIVATIONS`.
    """

    order: ClassVar[int] = 10
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")
    gate_names: ClassVar[tuple[str, ...]] = ("i", "f", "c", "o")
    candidate: ClassVar[str] = "c"
    settings: ClassVar[tuple[Setting, ...]] = (
        *GatedCell.settings,
        Setting("unit_forget_bias", True, drawn=True),
    )
    structure: ClassVar[str] = "gated"
    keras_class: ClassVar[str | None] = "LSTM"
    torch: ClassVar[TorchLayer | None] = TorchLayer(
        "LSTM",
        gates=("i", "f", "g", "o"),
        settings={"activation": ("tanh",), "recurrent_activation": ("sigmoid",)},
    )

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """As in `RecurrentCell`."""
        step = """
i, f, c, o = split(projected_t + state_t @ U, 4)
c_t = {recurrent_activation}(f) * c_t + {recurrent_activation}(i) * {activation}(c)
output_t = {recurrent_activation}(o) * {activation}(c_t)
"""
        return StepText("lstm", step, states=("c_t",))

    @classmethod
    def starting_biases(cls, settings: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
        """With ``unit_forget_bias`` the forget gate's bias starts at 1, as Keras's does."""
        return {"f": (1.0, "unit_forget_bias")} if settings["unit_forget_bias"] else {}

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`: ``advance(projected[t], h, c)``."""
        if not self._has_default_activations:
            return self._stepper_by_steps(initial_state)
        factor, term = halving(self.dtype, self.units, "ssts")
        projected *= factor
        previous_h, previous_c = gate_blocks(initial_state, 2)
        multiply, gates = recurrent_product_into(
            self.recurrent_kernel * factor, initial_state.shape[:-1]
        )
        i, f, g, o = gate_blocks(gates, 4)
        add, times, tanh = np.add, np.multiply, np.tanh

        def advance(now, h, c):
            nonlocal previous_h, previous_c
            multiply(previous_h)
            add(now, gates, gates)
            tanh(gates, gates)
            times(gates, factor, gates)
            add(gates, term, gates)
            times(f, previous_c, c)
            times(i, g, g)
            add(c, g, c)
            tanh(c, g)
            times(o, g, h)
            previous_h, previous_c = h, c

        return advance

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """The gates i, f, o and the candidate c, each (..., units)."""
        apply = {"c": self._activation.apply}
        return {
            name: apply.get(name, self._recurrent_activation.apply)(z)
            for name, z in zip(self.gate_names, gate_blocks(preactivations, 4), strict=True)
        }

    def sums(self, gates: Mapping[str, float], before: Mapping[str, float]) -> tuple[Sum, ...]:
        """As in `RecurrentCell`: c of what is kept and what is written, then h."""
        kept = Factor("f", gates["f"]), Factor("c_{t-1}", before["c"])
        written = Factor("i", gates["i"]), Factor("g", gates["c"])
        memory = Sum("c", (kept, written))
        with np.errstate(all="ignore"):
            shown = float(self._activation.apply(np.array([memory.value], self.dtype))[0])
        name = f"{self.activation}(c_t)"
        return memory, Sum("h", ((Factor("o", gates["o"]), Factor(name, shown)),))

    def carried(self, gates: Mapping[str, np.ndarray], states: np.ndarray) -> list[np.ndarray]:
        """As in `RecurrentCell`: h through act(c), and c, by the c before."""
        slope = self._activation.slope(self._activation.apply(states[..., self.units :]))
        return [gates["o"] * slope * gates["f"], gates["f"]]

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, h then c, (..., 2·units): a new array."""
        with np.errstate(all="ignore"):
            _, c, gates = self._gates_after(projected, state)
            c = gates["f"] * c + gates["i"] * gates["c"]
            return np.concatenate([gates["o"] * self._activation.apply(c), c], axis=-1)

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = ∂(next state i)/∂(state j), (..., 2·units, 2·units), h before c in both."""
        with np.errstate(all="ignore"):
            by_h, cell_by_h, forget, squashed = self._by(projected, state, self.recurrent_kernel)
            eye = np.eye(self.units, dtype=self.dtype)
            upper = np.concatenate([by_h, (squashed * forget)[..., None] * eye], axis=-1)
            lower = np.concatenate([cell_by_h, forget[..., None] * eye], axis=-1)
            return np.concatenate([upper, lower], axis=-2)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j), (..., 2·units, features)."""
        with np.errstate(all="ignore"):
            by_x, cell_by_x, _, _ = self._by(projected, state, self.kernel)
            return np.concatenate([by_x, cell_by_x], axis=-2)

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`; the gates, c and act(c) of every timestep are kept."""
        units, timesteps = self.units, tape.timesteps
        cells = tape.keep("c", timesteps + 1, units)
        if not tape.further_states:
            cells[0] = 0
            tape.further_states.append(cells)
        reads, states, cell_states = list(tape.reads), list(tape.states), list(cells)
        gates = list(tape.keep("gates", timesteps, 4 * units))
        squashed = list(tape.keep("squashed", timesteps, units))
        new, squash = tape.keep("new", units), self._activation.apply
        sums = self.gate_sums(tape, "ssts")
        times, add = np.multiply, np.add

        def advance(t: int) -> None:
            i, f, g, o = sums(reads[t], gates[t], t == 0)
            c = cell_states[t + 1]
            times(f, cell_states[t], c)
            times(i, g, new)
            add(c, new, c)
            squash(c, squashed[t])
            times(o, squashed[t], states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: back through o and act(c), then through c and its gates."""
        units, timesteps = self.units, tape.timesteps
        if not tape.carried:
            tape.carried.append(tape.keep("d_c", units))
        (d_c,) = tape.carried
        reads, deltas, errors = list(tape.reads), list(tape.deltas), tape.errors
        cells, gates = list(tape.keep("c", timesteps + 1, units)), list(tape.keep("gates"))
        gate_rows = [row_blocks(gate, units) for gate in gates]
        error_rows = [row_blocks(error, units) for error in errors]
        squashed, part, spare = list(tape.keep("squashed")), tape.keep("new"), tape.empty(units)
        add_to_gradient, recurrent = tape.gradient_adder(), tape.recurrent
        slopes_times = self.gate_slopes_times(tape, "ssts")
        slope_times = self._activation.slope_times
        dot, times, add, mask = np.dot, np.multiply, np.add, tape.mask

        def retreat(t: int) -> None:
            error, delta, gate = errors[t], deltas[t + 1], gates[t]
            i, f, g, o = gate_rows[t]
            d_i, d_f, d_g, d_o = error_rows[t]
            times(delta, squashed[t], d_o)
            times(delta, o, part)
            slope_times(squashed[t], part, part, spare)
            add(d_c, part, d_c)
            times(d_c, g, d_i)
            times(d_c, cells[t], d_f)
            times(d_c, i, d_g)
            times(d_c, f, d_c)
            slopes_times(gate, error)
            add_to_gradient(reads[t], error)
            dot(recurrent, error, part)
            if mask is not None:
                times(part, mask, part)
            add(deltas[t], part, deltas[t])

        return retreat

    def _gates_after(self, projected, state) -> tuple[np.ndarray, np.ndarray, dict]:
        h, c = gate_blocks(state, 2)
        return h, c, self.gates(projected + recurrent_product(h, self.recurrent_kernel))

    def _by(self, projected, state, matrix) -> tuple[np.ndarray, ...]:
        """∂h'/∂· and ∂c'/∂· through z, for what `matrix` multiplies; f; and o∘act'(c')."""
        _, c, gates = self._gates_after(projected, state)
        i, f, g, o = gates.values()
        slope, rho = self._activation.slope, self._recurrent_activation.slope
        output = self._activation.apply(f * c + i * g)
        z_i, z_f, z_c, z_o = transposed_blocks(matrix, 4, i.ndim + 1)
        cell = (g * rho(i))[..., None] * z_i
        cell += (c * rho(f))[..., None] * z_f
        cell += (i * slope(g))[..., None] * z_c
        squashed = o * slope(output)
        hidden = (output * rho(o))[..., None] * z_o + squashed[..., None] * cell
        return hidden, cell, f, squashed


CELL = LSTM
