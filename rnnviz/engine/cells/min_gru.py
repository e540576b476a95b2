"""The minimal gated recurrent unit: gates that do not read the state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.facts import Factor, StepText, Sum
from rnnviz.engine.cells.recurrence import gate_blocks, transposed_blocks
from rnnviz.engine.cells.tape import Step, Tape
from rnnviz.engine.cells.weights import check_bias, frozen_arrays

_SIGMOID = ACTIVATIONS["sigmoid"]


@dataclass(frozen=True, eq=False)
class MinGRU(RecurrentCell):
    """A minGRU layer (Feng et al. 2024, "Were RNNs all we needed?", arXiv 2410.01201).

    With p = x_t·K + b in two blocks, z = σ(p_z), the candidate is p_h itself, and
    h_t = (1 − z)∘h_{t−1} + z∘p_h. There is no recurrent kernel: each unit depends on its own last
    state alone, the Jacobian is diag(1 − z), and every Lyapunov exponent is the mean of ln(1 − z)
    of one unit. It has 2n(m + 1) parameters for n units and m features.

    Attributes
    ----------
    kernel : ndarray (features, 2·units)
    bias : ndarray (2·units,)

    Raises
    ------
    ValueError
        Where shapes do not fit together.
    """

    kernel: np.ndarray
    bias: np.ndarray

    order: ClassVar[int] = 40
    gate_names: ClassVar[tuple[str, ...]] = ("z", "h")
    candidate: ClassVar[str] = "h"
    structure: ClassVar[str] = "gated"
    activation: ClassVar[str] = "linear"

    def __post_init__(self) -> None:
        for name, array in frozen_arrays(**self.arrays).items():
            object.__setattr__(self, name, array)
        shape = self.kernel.shape
        if len(shape) not in (2, 3) or 0 in shape or shape[-1] % 2:
            raise ValueError(
                f"kernel has shape {shape}, but (features, 2·units), or a stack of such matrices, "
                "is needed."
            )
        check_bias(self.bias, shape[:-2], (shape[-1:],))

    @classmethod
    def weight_shapes(
        cls, units: int, features: int, settings: Mapping[str, Any]
    ) -> dict[str, tuple[int, ...]]:
        """As in `RecurrentCell`."""
        return {"kernel": (features, 2 * units), "bias": (2 * units,)}

    @classmethod
    def parameter_formula(cls, settings: Mapping[str, Any]) -> str:
        """As in `RecurrentCell`."""
        return "2 × n × (m + 1)"

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """As in `RecurrentCell`."""
        step = """
z, candidate = split(projected_t, 2)
z = {sigmoid}(z)
output_t = (1 - z) * state_t + z * candidate
"""
        return StepText("min_gru", step)

    def gate_range(self, name: str) -> tuple[float, float]:
        """Infimum and supremum of a gate, or of the candidate."""
        return (-np.inf, np.inf) if name == self.candidate else _SIGMOID.range

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`: ``advance(projected[t], h)``.

        What does not depend on the state is computed for all timesteps at once.
        """
        z, candidates = gate_blocks(projected, 2)
        _SIGMOID.apply(z, z)
        np.multiply(z, candidates, candidates)
        np.subtract(1, z, z)
        previous, units, add, times = initial_state, self.units, np.add, np.multiply

        def advance(now, h):
            nonlocal previous
            times(now[..., :units], previous, h)
            previous = add(h, now[..., units:], h)

        return advance

    def preactivator(self, batch: tuple[int, ...]) -> Callable[..., object]:
        """As in `RecurrentCell`: the projected inputs are the arguments already."""
        return lambda now, h: None

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """The gate z and the candidate under the name h, each (..., units)."""
        z, candidate = gate_blocks(preactivations, 2)
        return {"z": _SIGMOID.apply(z), "h": np.array(candidate)}

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, (..., units): a new array."""
        with np.errstate(all="ignore"):
            z, candidate = self.gates(projected).values()
            return (1 - z) * state + z * candidate

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J = diag(1 − z), (..., units, units)."""
        with np.errstate(all="ignore"):
            kept = 1 - self.gates(projected)["z"]
            kept = np.broadcast_to(kept, np.broadcast_shapes(kept.shape, np.shape(state)))
            return kept[..., None] * np.eye(self.units, dtype=self.dtype)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j), (..., units, features)."""
        with np.errstate(all="ignore"):
            z, candidate = self.gates(projected).values()
            through = (candidate - state) * _SIGMOID.slope(z)
            by_z, by_candidate = transposed_blocks(self.kernel, 2, through.ndim + 1)
            return through[..., None] * by_z + z[..., None] * by_candidate

    def sums(self, gates: Mapping[str, float], before: Mapping[str, float]) -> tuple[Sum, ...]:
        """As in `RecurrentCell`: a mean of the old state and the candidate, weighed by z."""
        z, new = gates["z"], gates["h"]
        old = Factor("h_{t-1}", before["h"])
        kept, written = (Factor("1 - z", 1 - z), old), (Factor("z", z), Factor("g", new))
        return (Sum("h", (kept, written)),)

    def carried(self, gates: Mapping[str, np.ndarray], states: np.ndarray) -> list[np.ndarray]:
        """As in `RecurrentCell`."""
        return [1 - gates["z"]]

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`; gate and candidate of every timestep are kept."""
        units, weights = self.units, tape.weights.T
        reads, states, spare = list(tape.reads), list(tape.states), tape.empty(units)
        gates = list(tape.keep("gates", tape.timesteps, 2 * units))
        dot, subtract, times, add = np.dot, np.subtract, np.multiply, np.add

        def advance(t: int) -> None:
            dot(weights, reads[t], gates[t])
            z, candidate = gates[t][:units], gates[t][units:]
            _SIGMOID.apply(z, z)
            # (1 − z)∘h + z∘p = h + z∘(p − h)
            subtract(candidate, states[t], spare)
            times(z, spare, spare)
            add(states[t], spare, states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: δ_{t−1} += (1 − z)∘δ_t."""
        units, spare = self.units, tape.empty(self.units)
        reads, states, deltas = list(tape.reads), list(tape.states), list(tape.deltas)
        errors, gates = tape.errors, list(tape.keep("gates"))
        add_to_gradient, subtract, times, add = (
            tape.gradient_adder(),
            np.subtract,
            np.multiply,
            np.add,
        )

        def retreat(t: int) -> None:
            error, delta, gate = errors[t], deltas[t + 1], gates[t]
            z, candidate = gate[:units], gate[units:]
            d_z, d_candidate = error[:units], error[units:]
            subtract(candidate, states[t], d_z)
            times(d_z, delta, d_z)
            _SIGMOID.slope_times(z, d_z, d_z, spare)
            times(z, delta, d_candidate)
            add_to_gradient(reads[t], error)
            subtract(delta, d_candidate, spare)
            add(deltas[t], spare, deltas[t])

        return retreat


CELL = MinGRU
