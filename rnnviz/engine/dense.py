"""Dense: the head that reads a state."""

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, activation_named
from rnnviz.engine.cells.weights import check_bias, frozen_arrays


@dataclass(frozen=True, eq=False)
class Dense:
    """Keras's Dense layer, act(x·K + b).

    Attributes
    ----------
    kernel : ndarray (features, units)
    bias : ndarray (units,)
    activation : str
        A name in `ACTIVATIONS`.

    Raises
    ------
    ValueError
        Where shapes do not fit together or the activation is unknown.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str = "linear"

    def __post_init__(self):
        activation_named(self.activation)
        for name, array in frozen_arrays(kernel=self.kernel, bias=self.bias).items():
            object.__setattr__(self, name, array)
        if self.kernel.ndim != 2 or 0 in self.kernel.shape:
            raise ValueError(
                f"kernel has shape {self.kernel.shape}, but (features, units) is needed."
            )
        check_bias(self.bias, (), (self.kernel.shape[1:],))

    @property
    def units(self) -> int:
        """Number of units."""
        return self.kernel.shape[1]

    @property
    def features(self) -> int:
        """Number of input features."""
        return self.kernel.shape[0]

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the weights and of what is computed from them."""
        return self.kernel.dtype

    @property
    def parameter_count(self) -> int:
        """Trainable parameters, n(m + 1) for n units and m features."""
        return self.kernel.size + self.bias.size

    def apply(self, inputs: np.ndarray) -> np.ndarray:
        """act(x·K + b) of states (..., features): a new array (..., units)."""
        inputs = np.asarray(inputs, self.dtype)
        if inputs.ndim < 1 or inputs.shape[-1] != self.features:
            raise ValueError(
                f"inputs have shape {inputs.shape}, but the kernel {self.kernel.shape} needs "
                f"{self.features} features."
            )
        with np.errstate(all="ignore"):
            return ACTIVATIONS[self.activation].apply(np.matmul(inputs, self.kernel) + self.bias)
