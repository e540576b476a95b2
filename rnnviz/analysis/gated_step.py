"""Where does one number of a gated cell come from? Each gate, then the sum that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.jacobian import states_before
from rnnviz.analysis.linearisation import one_sequence
from rnnviz.engine import Trace
from rnnviz.engine.cells.facts import Sum
from rnnviz.engine.cells.recurrence import gate_blocks


@dataclass(frozen=True)
class Gate:
    """One gate of one unit in one step: value = activation(from_input + bias + from_state).

    Parameters
    ----------
    name : str
        Keras's letter; "g" for the candidate, which is none.
    from_input, bias, from_state : float
        W·x_t, b, and what the state adds: U·h_{t−1}, or what a reset gate makes of it.
    argument : float
        Their sum.
    activation : str
        Name in `ACTIVATIONS`.
    value : float
    """

    name: str
    from_input: float
    bias: float
    from_state: float
    argument: float
    activation: str
    value: float


@dataclass(frozen=True)
class GatedStep:
    """One unit of a gated cell in one step, taken apart.

    Parameters
    ----------
    timestep, unit : int
        Which cell, as indices.
    gates : tuple of Gate
        In Keras's order.
    sums : tuple of Sum
        What they make: c and h, or h.
    recorded : float
        h as the run has it.
    """

    timestep: int
    unit: int
    gates: tuple[Gate, ...]
    sums: tuple[Sum, ...]
    recorded: float

    @property
    def difference(self) -> float:
        """How far the sum is from the run's number: roundings of the last digits."""
        return abs(self.sums[-1].value - self.recorded)


def can_be_taken_apart(trace: Trace) -> bool:
    """Whether the cell tells how its gates make a state."""
    names = trace.layer.gate_names
    zeros = dict.fromkeys((*names, *trace.layer.state_names), 0.0)
    return bool(names) and bool(trace.layer.sums(zeros, zeros))


def gated_step(trace: Trace, timestep: int, unit: int) -> GatedStep:
    """Take one cell of a gated run apart.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    timestep, unit : int
        Indices; what lies beyond the run means the last one there is.

    Raises
    ------
    ValueError
        Where the cell does not tell how it makes a state, or the trace holds several sequences.
    """
    one_sequence(trace)
    if not can_be_taken_apart(trace):
        raise ValueError(f"{type(trace.layer).__name__} does not tell how its gates make a state.")
    layer = trace.layer
    timestep = max(0, min(timestep, trace.timesteps - 1))
    unit = max(0, min(unit, layer.units - 1))
    count, names = layer.gate_count(), layer.gate_names
    before = gate_blocks(states_before(trace)[timestep], len(layer.state_names))
    with np.errstate(all="ignore"):
        projected = layer.project(trace.inputs[timestep : timestep + 1])[0]
        products = trace.inputs[timestep].dot(layer.kernel)
        gates = tuple(
            _gate(layer, name, float(part[unit]), float(product[unit]), float(z[unit]), value)
            for name, part, product, z, value in zip(
                names,
                gate_blocks(projected, count),
                gate_blocks(products, count),
                gate_blocks(trace.preactivations[timestep], count),
                (float(trace.gates[name][timestep, unit]) for name in names),
                strict=True,
            )
        )
        sums = layer.sums(
            {name: gate.value for name, gate in zip(names, gates, strict=True)},
            {name: float(part[unit]) for name, part in zip(layer.state_names, before, strict=True)},
        )
    recorded = float(trace.states[timestep, unit])
    return GatedStep(timestep, unit, gates, sums, recorded)


def _gate(layer, name: str, projected: float, product: float, z: float, value: float) -> Gate:
    candidate = name == layer.candidate
    activation = (
        layer.activation if candidate else getattr(layer, "recurrent_activation", "sigmoid")
    )
    shown = "g" if candidate else name
    return Gate(shown, product, projected - product, z - projected, z, activation, value)
