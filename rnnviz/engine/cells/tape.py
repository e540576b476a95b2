"""The buffers of a layer's way forward and back over a batch, kept from one batch to the next.

Sequences are columns here, so that a timestep is one product of two matrices: with the rows
x_t, h_{t−1} and 1 in one array, z_t = Wᵀ·[x_t; h_{t−1}; 1], where W is kernel, recurrent kernel and
bias one below the other. That is how the three lie in memory when they are concatenated, so W and
its gradient are views of the parameters and of their gradient, and nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Step = Callable[[int], None]


class Tape:
    """One layer (one direction) over ``timesteps`` of ``batch`` sequences.

    Parameters
    ----------
    weights, gradient : ndarray (rows, columns)
        Kernel, recurrent kernel and bias one below the other, and where their gradient is added.
        Rows are features + units + rows of bias; columns are gates · units.
    features, units : int
        Of the layer; the rows that are left belong to the bias.
    timesteps, batch : int
        Of the data.
    recurrent : bool
        Whether there is a recurrent kernel; if not, a timestep's product does not read the state.
    masked : bool
        Whether the recurrent kernel reads the state through a mask (recurrent dropout).
    below : bool
        Whether ∂L/∂inputs is asked for: only then the errors of all timesteps are kept.

    Attributes
    ----------
    reads : ndarray (timesteps + 1, rows, batch)
        What a timestep's product reads; the last row of timesteps only holds the last state.
    errors : list of ndarray (columns, batch)
        ∂L/∂(x_t·K + b) of each timestep, written by the way back. One and the same array for all
        timesteps unless there is something below, which saves a third of the memory traffic.
    all_errors : ndarray (timesteps, columns, batch) or None
        The same in one array, where there is something below.
    deltas : ndarray (timesteps + 1, units, batch)
        ∂L/∂h. ``deltas[t + 1]`` belongs to the state after timestep t, ``deltas[0]`` to the
        initial one. The caller writes what the layers above give; the way back adds the rest.
    mask : ndarray (units, batch) or None
        What the state is multiplied by before it meets the recurrent kernel, the same at every
        timestep; to be written before the way forward. None where the state is read as it is.
    carried : list of ndarray
        ∂L/∂ of further states such as an LSTM's c, which the way back carries along.
    """

    def __init__(
        self,
        weights: np.ndarray,
        gradient: np.ndarray,
        features: int,
        units: int,
        timesteps: int,
        batch: int,
        recurrent: bool = True,
        masked: bool = False,
        below: bool = True,
    ) -> None:
        self.weights, self.gradient = weights, gradient
        self.features, self.units = features, units
        self.timesteps, self.batch = timesteps, batch
        rows, columns = weights.shape
        self._bias = features + (units if recurrent else 0)
        self.reads = self.empty(timesteps + 1, rows)
        self.reads[:, self._bias :] = 1
        self.read_states = self.reads[:, features : self._bias]
        """The rows of `reads` that the recurrent kernel meets, (timesteps + 1, units, batch)."""
        self.mask = self.empty(units) if recurrent and masked else None
        separate = self.mask is not None or not recurrent
        self.states = self.empty(timesteps + 1, units) if separate else self.read_states
        """h, ``(timesteps + 1, units, batch)``: row 0 is the initial state."""
        self.states[0] = 0
        self.all_errors = self.empty(timesteps, columns) if below else None
        one = self.empty(columns)
        self.errors = [one] * timesteps if self.all_errors is None else list(self.all_errors)
        self.deltas = self.empty(timesteps + 1, units)
        self.carried: list[np.ndarray] = []
        self.further_states: list[np.ndarray] = []
        self._kept: dict[str, np.ndarray] = {}

    def empty(self, *shape: int) -> np.ndarray:
        """Return a new array ``(*shape, batch)``."""
        return np.empty((*shape, self.batch), self.weights.dtype)

    def keep(self, name: str, *shape: int) -> np.ndarray:
        """Return the array ``(*shape, batch)`` of a name, the same one each time."""
        if name not in self._kept:
            self._kept[name] = self.empty(*shape)
        return self._kept[name]

    @property
    def inputs(self) -> np.ndarray:
        """x, ``(timesteps, features, batch)``, to be written before the way forward."""
        return self.reads[: self.timesteps, : self.features]

    @property
    def kernel(self) -> np.ndarray:
        """The rows of the weights that the input meets, ``(features, columns)``."""
        return self.weights[: self.features]

    @property
    def recurrent(self) -> np.ndarray:
        """The rows of the weights that the state meets, ``(units, columns)`` or none."""
        return self.weights[self.features : self._bias]

    @property
    def bias(self) -> np.ndarray:
        """The rows of the bias, ``(1, columns)`` or ``(2, columns)``."""
        return self.weights[self._bias :]

    def gradient_adder(self) -> Callable[[np.ndarray, np.ndarray], None]:
        """Return ``add(read, error)``, which adds read·errorᵀ of one timestep to the gradient."""
        product, gradient = np.empty_like(self.gradient), self.gradient

        def add(read: np.ndarray, error: np.ndarray) -> None:
            np.dot(read, error.T, product)
            np.add(gradient, product, gradient)

        return add
