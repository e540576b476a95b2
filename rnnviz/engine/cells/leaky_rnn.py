"""Leaky integrator units: h = (1 − a)·h + a·act(x·K + b + h·R)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.cells.elementwise import ElementwiseCell
from rnnviz.engine.cells.facts import Setting, StepText
from rnnviz.engine.cells.recurrence import recurrent_product_into
from rnnviz.engine.cells.tape import Step, Tape


@dataclass(frozen=True, eq=False)
class LeakyRNN(ElementwiseCell):
    """A recurrent layer of leaky integrators, the units of echo state networks.

    h_t = (1 − a)·h_{t−1} + a·act(x_t·K + b + h_{t−1}·R) with the leak rate a (Jaeger et al.,
    Neural Networks 20, 2007, 335-352). It is one Euler step of length dt = a·τ of the
    continuous-time network τ·dh/dt = −h + act(x·K + b + h·R). With a = 1 it is a SimpleRNN.
    It has n(n + m + 1) parameters for n units and m features; the leak rate is not learned.

    Attributes
    ----------
    kernel : ndarray (features, units)
    recurrent_kernel : ndarray (units, units)
    bias : ndarray (units,)
    activation : str
        A name in `ACTIVATIONS`.
    leak_rate : float
        a, from 0 (the state never changes) to 1.

    Raises
    ------
    ValueError
        Where shapes do not fit together, an activation is unknown or the leak rate is no share.
    """

    leak_rate: float = 0.3

    order: ClassVar[int] = 30
    settings: ClassVar[tuple[Setting, ...]] = (
        *ElementwiseCell.settings,
        Setting("leak_rate", 0.3, low=0.0, high=1.0),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.leak_rate <= 1:
            raise ValueError(f"leak_rate must be from 0 to 1, but it is {self.leak_rate}.")

    @property
    def kept(self) -> float:
        """1 − a."""
        return 1.0 - self.leak_rate

    @property
    def gain(self) -> float:
        """The leak rate a."""
        return float(self.leak_rate)

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state: of the activation, and of the first state, 0."""
        low, high = self._activation.range
        return (min(low, 0.0), max(high, 0.0))

    @classmethod
    def step_text(cls, settings: Mapping[str, Any]) -> StepText:
        """As in `RecurrentCell`."""
        return StepText(
            "leaky_rnn",
            "new_t = {activation}(projected_t + state_t @ U)\n"
            "output_t = (1 - {leak_rate}) * state_t + {leak_rate} * new_t",
        )

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`: ``advance(projected[t], h)``."""
        previous, kept, gain = initial_state, self.kept, self.gain
        add, times, activate = np.add, np.multiply, self._activation.apply
        multiply, recurrent = recurrent_product_into(
            self.recurrent_kernel, initial_state.shape[:-1]
        )

        def advance(now, after):
            nonlocal previous
            multiply(previous)
            add(now, recurrent, now)
            activate(now, now)
            times(now, gain, now)
            times(previous, kept, recurrent)
            previous = add(recurrent, now, after)

        return advance

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`; the activations of every timestep are kept."""
        weights, z, spare = tape.weights.T, tape.keep("z", self.units), tape.empty(self.units)
        reads, states, activate = list(tape.reads), list(tape.states), self._activation.apply
        activated = list(tape.keep("activated", tape.timesteps, self.units))
        dot, times, add, kept, gain = np.dot, np.multiply, np.add, self.kept, self.gain

        def advance(t: int) -> None:
            dot(weights, reads[t], z)
            activate(z, activated[t])
            times(activated[t], gain, spare)
            times(states[t], kept, states[t + 1])
            add(states[t + 1], spare, states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: a_t = a·δ_t ∘ act'(z_t), δ_{t−1} += R·a_t + (1 − a)·δ_t."""
        reads, deltas, errors = list(tape.reads), list(tape.deltas), tape.errors
        activated, back = list(tape.keep("activated")), tape.keep("back", self.units)
        add_to_gradient, recurrent = tape.gradient_adder(), tape.recurrent
        slope_times, dot, times, add = self._activation.slope_times, np.dot, np.multiply, np.add
        kept, gain, mask = self.kept, self.gain, tape.mask

        def retreat(t: int) -> None:
            error = errors[t]
            slope_times(activated[t], deltas[t + 1], error, back)
            times(error, gain, error)
            add_to_gradient(reads[t], error)
            dot(recurrent, error, back)
            if mask is not None:
                times(back, mask, back)
            add(deltas[t], back, deltas[t])
            times(deltas[t + 1], kept, back)
            add(deltas[t], back, deltas[t])

        return retreat


CELL = LeakyRNN
