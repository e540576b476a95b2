"""The simple recurrent cell of the lecture: h = act(x·K + b + h·R)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.recurrence import (
    recurrent_product,
    recurrent_product_into,
    transposed,
)
from rnnviz.engine.cells.tape import Step, Tape


@dataclass(frozen=True, eq=False)
class SimpleRNN(RecurrentCell):
    """A fully connected recurrent layer, h_t = act(x_t·K + b + h_{t−1}·R).

    The lecture's W, U and b are ``kernel.T``, ``recurrent_kernel.T`` and ``bias``. It has
    n(n + m + 1) parameters for n units and m features. See `RecurrentCell` for what it shares
    with the other cells.

    Attributes
    ----------
    kernel : ndarray (features, units)
    recurrent_kernel : ndarray (units, units)
    bias : ndarray (units,)
    activation : str
        A name in `ACTIVATIONS`.
    """

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """As in `RecurrentCell`; the array written may be projected[t] itself."""
        previous, add, activate = initial_state, np.add, self._activation.apply
        multiply, recurrent = recurrent_product_into(
            self.recurrent_kernel, initial_state.shape[:-1]
        )

        def advance(now, after):
            nonlocal previous
            multiply(previous)
            add(now, recurrent, now)
            previous = activate(now, after)

        return advance

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, act(projected + h·R), (..., units): a new array."""
        with np.errstate(all="ignore"):
            recurrent = recurrent_product(state, self.recurrent_kernel)
            return self._activation.apply(np.add(projected, recurrent))

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = act'(z_i)·R[j, i], (..., units, units): diag(1 − h²)·U for tanh."""
        return self._slope_times(projected, state, self.recurrent_kernel)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j) = act'(z_i)·K[j, i], (..., units, features)."""
        return self._slope_times(projected, state, self.kernel)

    def forward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: one product and the activation."""
        weights, z, dot = tape.weights.T, tape.keep("z", self.units), np.dot
        reads, states, activate = list(tape.reads), list(tape.states), self._activation.apply

        def advance(t: int) -> None:
            dot(weights, reads[t], z)
            activate(z, states[t + 1])

        return advance

    def backward_step(self, tape: Tape) -> Step:
        """As in `RecurrentCell`: a_t = δ_t ∘ act'(z_t), δ_{t−1} += R·a_t."""
        reads, states, deltas = list(tape.reads), list(tape.states), list(tape.deltas)
        errors, back = list(tape.errors), tape.keep("back", self.units)
        add_to_gradient, recurrent = tape.gradient_adder(), tape.recurrent
        slope_times, dot, add = self._activation.slope_times, np.dot, np.add

        def retreat(t: int) -> None:
            error = errors[t]
            slope_times(states[t + 1], deltas[t + 1], error, back)
            add_to_gradient(reads[t], error)
            dot(recurrent, error, back)
            add(deltas[t], back, deltas[t])

        return retreat

    def _slope_times(self, projected, state, matrix) -> np.ndarray:
        with np.errstate(all="ignore"):
            slope = self._activation.slope(self.step(projected, state))[..., None]
            return slope * transposed(matrix, slope.ndim)
