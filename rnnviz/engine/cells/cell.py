"""What all recurrent cells have in common: weights in Keras's layout, sizes, x·K + b."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, Activation, activation_named
from rnnviz.engine.cells.recurrence import recurrent_product_into
from rnnviz.engine.cells.tape import Step, Tape
from rnnviz.engine.cells.weights import check_bias, check_kernels, frozen_arrays


@dataclass(frozen=True, eq=False)
class RecurrentCell:
    """A recurrent layer: its weights, and how one state follows from another.

    G is the number of gates, 1 for a cell without. Arrays are copied, read-only, and of one
    dtype: float32 if all are float32, else float64. All of them may carry one leading axis
    (networks, ...): a stack of networks that run in one pass.

    Attributes
    ----------
    kernel : ndarray (features, G·units)
    recurrent_kernel : ndarray (units, G·units)
    bias : ndarray (G·units,)
    activation : str
        A name in `ACTIVATIONS`.

    Raises
    ------
    ValueError
        Where shapes do not fit together or an activation is unknown.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    activation: str = "tanh"

    state_names: ClassVar[tuple[str, ...]] = ("h",)
    gate_names: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self):
        activation_named(self.activation)
        arrays = frozen_arrays(
            kernel=self.kernel, recurrent_kernel=self.recurrent_kernel, bias=self.bias
        )
        check_kernels(arrays["kernel"], arrays["recurrent_kernel"], self.gate_count())
        for name, array in arrays.items():
            object.__setattr__(self, name, array)
        check_bias(self.bias, self.kernel.shape[:-2], self._bias_shapes())

    @classmethod
    def gate_count(cls) -> int:
        """G, the number of blocks of `units` columns in the kernels."""
        return len(cls.gate_names) or 1

    def _bias_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Allowed shapes of the bias of one network."""
        return ((self.kernel.shape[-1],),)

    @property
    def units(self) -> int:
        """Number of units."""
        return self.recurrent_kernel.shape[-2]

    @property
    def features(self) -> int:
        """Number of input features."""
        return self.kernel.shape[-2]

    @property
    def networks(self) -> int | None:
        """Length of the leading axis of a stack of networks, None for a single network."""
        return self.kernel.shape[0] if self.kernel.ndim == 3 else None

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the weights and of everything computed from them."""
        return self.kernel.dtype

    @property
    def state_size(self) -> int:
        """Length of the state vector: `units` for each of `state_names`."""
        return self.units * len(self.state_names)

    @property
    def parameter_count(self) -> int:
        """Trainable parameters of one network."""
        arrays = self.kernel, self.recurrent_kernel, self.bias
        return sum(array.size for array in arrays) // (self.networks or 1)

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state; infinite where there is no bound."""
        return self._activation.range

    @property
    def _activation(self) -> Activation:
        return ACTIVATIONS[self.activation]

    @property
    def _input_bias(self) -> np.ndarray:
        """What is added to x·K, (G·units,) or (networks, G·units)."""
        return self.bias

    def project(self, inputs: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The input's part of the pre-activations, x·K + b, in one matrix product.

        Parameters
        ----------
        inputs : ndarray (..., features)
            With stacked weights (timesteps, features), the same for every network, or
            (networks, timesteps, features).
        out : ndarray (..., G·units), optional
            Where to write.

        Returns
        -------
        ndarray (..., G·units)
            With stacked weights (networks, timesteps, G·units).
        """
        out = np.matmul(inputs, self.kernel, out=out)
        bias = self._input_bias if self.networks is None else self._input_bias[:, None, :]
        return np.add(out, bias, out=out)

    def stepper(self, projected: np.ndarray, initial_state: np.ndarray) -> Callable[..., object]:
        """Make the function by which `unroll` takes one timestep after the other.

        Parameters
        ----------
        projected : ndarray (timesteps, ..., G·units)
            From `project`, for all timesteps; the stepper may overwrite it.
        initial_state : ndarray (..., state_size)
            The state before the first timestep.

        Returns
        -------
        advance
            ``advance(projected[t], *after)`` writes each state (..., units) of timestep t into
            the arrays ``after``, remembers them for the next call, and allocates nothing with
            the cell's default activations. The arrays must stay as they are written.
        """
        raise NotImplementedError

    def preactivator(self, batch: tuple[int, ...]) -> Callable[..., object]:
        """Make ``preactivate(projected[t], h)``, which puts z in the place of projected[t].

        z, the argument of the activations, is projected + h·R with the h of the timestep before.
        """
        multiply, recurrent = recurrent_product_into(self.recurrent_kernel, batch)

        def preactivate(now, h):
            multiply(h)
            np.add(now, recurrent, now)

        return preactivate

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, a new array.

        Parameters
        ----------
        projected : ndarray (..., G·units)
            From `project`.
        state : ndarray (..., state_size)
            Leading axes broadcast. With stacked weights the first axis is the networks.

        Returns
        -------
        ndarray (..., state_size)
        """
        raise NotImplementedError

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = ∂(next state i)/∂(state j), (..., state_size, state_size)."""
        raise NotImplementedError

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j), (..., state_size, features)."""
        raise NotImplementedError

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """The gates, from pre-activations (..., G·units): each (..., units), in Keras's order."""
        return {}

    def forward_step(self, tape: Tape) -> Step:
        """Make ``advance(t)``, by which a batch goes forward while the network learns.

        It reads ``tape.reads[t]``, writes the state after timestep t into ``tape.states[t + 1]``
        and keeps in the tape what `backward_step` needs. It may hold the weights of timestep 0
        until the next one, so they must not change on the way.
        """
        raise NotImplementedError

    def backward_step(self, tape: Tape) -> Step:
        """Make ``retreat(t)``, the step of backpropagation through time.

        From ``tape.deltas[t + 1]``, ∂L/∂h_t, and ``tape.carried`` it writes ``tape.errors[t]``,
        adds ∂L/∂h_{t−1} to ``tape.deltas[t]`` and this timestep's part to ``tape.gradient``.
        """
        raise NotImplementedError
