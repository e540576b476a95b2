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

    def _slope_times(self, projected, state, matrix) -> np.ndarray:
        with np.errstate(all="ignore"):
            slope = self._activation.slope(self.step(projected, state))[..., None]
            return slope * transposed(matrix, slope.ndim)
