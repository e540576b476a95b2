"""The simple recurrent cell of the lecture: h = act(x·K + b + h·R)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.engine.activations import Activation, activation_named
from rnnviz.engine.cells.recurrence import (
    recurrent_product,
    recurrent_product_into,
    transposed,
)
from rnnviz.engine.cells.weights import check_bias, check_kernels, frozen_arrays


@dataclass(frozen=True, eq=False)
class SimpleRNN:
    """A fully connected recurrent layer, h_t = act(x_t·K + b + h_{t−1}·R).

    The lecture's W, U and b are ``kernel.T``, ``recurrent_kernel.T`` and ``bias``. Arrays are
    copied, read-only, and of one dtype: float32 if all three are float32, else float64. All of
    them may carry one leading axis (networks, ...): a stack of networks run in one pass.

    Attributes
    ----------
    kernel : ndarray (features, units)
    recurrent_kernel : ndarray (units, units)
    bias : ndarray (units,)
    activation : str
        A name in `ACTIVATIONS`.

    Raises
    ------
    ValueError
        Where shapes do not fit together or the activation is unknown.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    activation: str = "tanh"

    state_names: ClassVar[tuple[str, ...]] = ("h",)
    gate_names: ClassVar[tuple[str, ...]] = ()
    gate_count: ClassVar[int] = 1

    def __post_init__(self):
        activation_named(self.activation)
        arrays = frozen_arrays(
            kernel=self.kernel, recurrent_kernel=self.recurrent_kernel, bias=self.bias
        )
        check_kernels(arrays["kernel"], arrays["recurrent_kernel"], gates=1)
        leading, units = arrays["kernel"].shape[:-2], arrays["kernel"].shape[-1]
        check_bias(arrays["bias"], (*leading, units))
        for name, array in arrays.items():
            object.__setattr__(self, name, array)

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
        """Length of the state vector: the units."""
        return self.units

    @property
    def parameter_count(self) -> int:
        """Trainable parameters of one network, n(n + m + 1) for n units and m features."""
        return self.units * (self.units + self.features + 1)

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state; infinite where there is no bound."""
        return self._activation.range

    @property
    def _activation(self) -> Activation:
        return activation_named(self.activation)

    def project(self, inputs: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The input's part of the pre-activations, x·K + b, in one matrix product.

        Parameters
        ----------
        inputs : ndarray (..., features)
            With stacked weights (timesteps, features), the same for every network, or
            (networks, timesteps, features).
        out : ndarray (..., units), optional
            Where to write.

        Returns
        -------
        ndarray (..., units)
            With stacked weights (networks, timesteps, units).
        """
        out = np.matmul(inputs, self.kernel, out=out)
        bias = self.bias if self.networks is None else self.bias[:, None, :]
        return np.add(out, bias, out=out)

    def stepper(self, batch: tuple[int, ...]) -> Callable[..., None]:
        """Make ``advance(projected, previous, state) -> None``, one step in place, for `unroll`.

        ``projected`` (*batch, units) becomes the pre-activations; ``state`` is
        written, which may be the same memory: then the state remains.
        """
        activate, add = self._activation.apply, np.add
        multiply, recurrent = recurrent_product_into(self.recurrent_kernel, batch)

        def advance(projected, previous, state):
            multiply(previous)
            add(projected, recurrent, projected)
            activate(projected, state)

        return advance

    def step(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """The next state, act(projected + h·R): a new array.

        Parameters
        ----------
        projected : ndarray (..., units)
            From `project`.
        state : ndarray (..., state_size)
            Leading axes broadcast. With stacked weights the first axis is the networks.

        Returns
        -------
        ndarray (..., state_size)
        """
        with np.errstate(all="ignore"):
            recurrent = recurrent_product(state, self.recurrent_kernel)
            return self._activation.apply(np.add(projected, recurrent))

    def jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """J[i, j] = ∂(next state i)/∂(state j) = act'(z_i)·R[j, i].

        Returns
        -------
        ndarray (..., state_size, state_size)
            The lecture's diag(1 − h²)·U for tanh.
        """
        return self._slope_times(projected, state, self.recurrent_kernel)

    def input_jacobian(self, projected: np.ndarray, state: np.ndarray) -> np.ndarray:
        """∂(next state i)/∂(input j) = act'(z_i)·K[j, i], (..., state_size, features)."""
        return self._slope_times(projected, state, self.kernel)

    def _slope_times(self, projected, state, matrix) -> np.ndarray:
        with np.errstate(all="ignore"):
            slope = self._activation.slope(self.step(projected, state))[..., None]
            return slope * transposed(matrix, slope.ndim)

    def gates(self, preactivations: np.ndarray) -> dict[str, np.ndarray]:
        """A SimpleRNN has no gates: the empty dict."""
        return {}
