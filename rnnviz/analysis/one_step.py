"""Where does one number of the state come from? W·x_t + U·h_{t−1} + b = z, h = act(z)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from rnnviz.engine import ACTIVATIONS, Trace

_WHOLE_PRODUCT = 2e8
"""Most multiplications for which the product of all inputs is repeated as the engine did it."""
_ROWS = 256


@dataclass(frozen=True, eq=False)
class OneStep:
    """One unit in one step, taken apart. Arrays are read-only; numbers have the run's own dtype.

    Added up as in the engine, (``from_input`` + ``bias``) + ``from_state`` is ``argument`` and
    its activation is ``state``, bit for bit where ``exact`` says so.

    Parameters
    ----------
    timestep, unit : int
        Which cell, as indices.
    inputs : ndarray (features,)
        x_t.
    input_weights : ndarray (features,)
        The unit's row of the lecture's W.
    before : ndarray (units,)
        h_{t−1}; the initial state at the first step.
    state_weights : ndarray (units,)
        The unit's row of the lecture's U.
    from_input, from_state, bias : NumPy float
        The three terms W·x_t, U·h_{t−1} and b.
    argument, state : NumPy float
        z and h.
    recorded : NumPy float
        h as the run has it.
    activation : str
        Name of the activation.
    """

    timestep: int
    unit: int
    inputs: Annotated[np.ndarray, "features"]
    input_weights: Annotated[np.ndarray, "features"]
    before: Annotated[np.ndarray, "units"]
    state_weights: Annotated[np.ndarray, "units"]
    from_input: np.floating
    from_state: np.floating
    bias: np.floating
    argument: np.floating
    state: np.floating
    recorded: np.floating
    activation: str

    @property
    def exact(self) -> bool:
        """Whether the equation gives the run's number in every bit (nan is like nan)."""
        return self.state.tobytes() == self.recorded.tobytes()

    @property
    def input_products(self) -> np.ndarray:
        """W[unit, j]·x_t[j] for each feature j, (features,)."""
        with np.errstate(all="ignore"):
            return self.input_weights * self.inputs

    @property
    def state_products(self) -> np.ndarray:
        """U[unit, k]·h_{t−1}[k] for each unit k, (units,)."""
        with np.errstate(all="ignore"):
            return self.state_weights * self.before


@dataclass(frozen=True)
class Contribution:
    """One product of a weight and a number, as part of z.

    Parameters
    ----------
    source : {"input", "state"}
        Whether it comes from x_t or from h_{t−1}.
    index : int
        Which feature or which unit.
    weight, value, product : float
    """

    source: str
    index: int
    weight: float
    value: float
    product: float


def one_step(trace: Trace, timestep: int, unit: int) -> OneStep:
    """Take one cell of a run apart, by the engine's own products in their order.

    Parameters
    ----------
    trace : Trace
        The run of one sequence through a cell whose state is one activation (SimpleRNN).
    timestep, unit : int
        Indices; what lies beyond the run means the last one there is.

    Raises
    ------
    ValueError
        If the state is more than one activation or the trace holds several sequences.
    """
    layer = trace.layer
    if not layer.state_is_activation or trace.full_states.ndim != 2:
        raise ValueError(
            "one step is taken apart for one sequence through a cell whose state is one "
            "activation, as a SimpleRNN's is"
        )
    timestep = max(0, min(timestep, trace.timesteps - 1))
    unit = max(0, min(unit, layer.units - 1))
    before = trace.states[timestep - 1] if timestep else trace.initial_state
    recorded = trace.states[timestep]
    for from_input in _input_products(trace, timestep):
        with np.errstate(all="ignore"):
            from_state = before.dot(layer.recurrent_kernel)
            argument = (from_input + layer.bias) + from_state
            state = ACTIVATIONS[layer.activation].apply(argument)
        if state.tobytes() == recorded.tobytes():
            break
    return OneStep(
        timestep=timestep,
        unit=unit,
        inputs=trace.inputs[timestep],
        input_weights=layer.kernel[:, unit],
        before=before,
        state_weights=layer.recurrent_kernel[:, unit],
        from_input=from_input[unit],
        from_state=from_state[unit],
        bias=layer.bias[unit],
        argument=argument[unit],
        state=state[unit],
        recorded=recorded[unit],
        activation=layer.activation,
    )


def largest(step: OneStep, count: int = 6) -> tuple[Contribution, ...]:
    """Return the products that weigh most in z, largest size first; zeros are left out."""
    products = np.concatenate([step.input_products, step.state_products])
    sizes = np.nan_to_num(np.abs(products), nan=np.inf)
    order = np.argsort(-sizes, kind="stable")[:count]
    return tuple(_contribution(step, int(place)) for place in order if sizes[place] > 0)


def _contribution(step: OneStep, place: int) -> Contribution:
    features = len(step.inputs)
    if place < features:
        weight, value = step.input_weights[place], step.inputs[place]
        return Contribution(
            "input", place, float(weight), float(value), float(step.input_products[place])
        )
    index = place - features
    weight, value = step.state_weights[index], step.before[index]
    return Contribution(
        "state", index, float(weight), float(value), float(step.state_products[index])
    )


def _input_products(trace: Trace, timestep: int):
    """Yield x_t·K (units,): for a long run first from the rows around t, which is cheap.

    A matrix product may round a row differently when other rows stand beside it; the caller
    compares and takes the next when the state is not met exactly.
    """
    kernel, inputs = trace.layer.kernel, trace.inputs
    with np.errstate(all="ignore"):
        if len(inputs) * kernel.size > _WHOLE_PRODUCT:
            start = timestep // _ROWS * _ROWS
            yield np.matmul(inputs[start : start + _ROWS], kernel)[timestep - start]
        yield np.matmul(inputs, kernel)[timestep]
