"""Dense: the head that reads a state."""

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, DRAWN_ACTIVATIONS
from rnnviz.engine.cells.weights import check_bias, frozen_arrays


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z) over its sum along the last axis: a new array of the same shape, each row sums to 1.

    The largest of a row is taken off first, which changes nothing and keeps exp from overflowing.
    """
    h = np.exp(z - z.max(axis=-1, keepdims=True))
    h /= h.sum(axis=-1, keepdims=True)
    return h


_FUNCTIONS = {name: one.apply for name, one in ACTIVATIONS.items()} | {"softmax": softmax}
HEAD_ACTIVATIONS = tuple(_FUNCTIONS)
"""What a head may make of its sums: what a cell may, or softmax, which looks at all of them."""
DRAWN_HEAD_ACTIVATIONS = (*DRAWN_ACTIVATIONS, "softmax")
"""What the head of a network that is drawn from a seed may use."""


@dataclass(frozen=True, eq=False)
class Dense:
    """Keras's Dense layer, act(x·K + b).

    Attributes
    ----------
    kernel : ndarray (features, units)
    bias : ndarray (units,)
    activation : str
        A name in `HEAD_ACTIVATIONS`.

    Raises
    ------
    ValueError
        Where shapes do not fit together or the activation is unknown.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str = "linear"

    def __post_init__(self):
        if self.activation not in HEAD_ACTIVATIONS:
            legal = ", ".join(HEAD_ACTIVATIONS)
            raise ValueError(
                f"There is no activation {self.activation!r} for a Dense layer; choose one of "
                f"{legal}."
            )
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

    @property
    def output_range(self) -> tuple[float, float]:
        """Infimum and supremum of what comes out; infinite where there is no bound."""
        return (0.0, 1.0) if self.activation == "softmax" else ACTIVATIONS[self.activation].range

    def apply(self, inputs: np.ndarray) -> np.ndarray:
        """act(x·K + b) of states (..., features): a new array (..., units)."""
        inputs = np.asarray(inputs, self.dtype)
        if inputs.ndim < 1 or inputs.shape[-1] != self.features:
            raise ValueError(
                f"inputs have shape {inputs.shape}, but the kernel {self.kernel.shape} needs "
                f"{self.features} features."
            )
        with np.errstate(all="ignore"):
            return _FUNCTIONS[self.activation](np.matmul(inputs, self.kernel) + self.bias)
