"""LayerNormalization: what stands between two layers and centres and scales each vector."""

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.cells.weights import frozen_arrays


@dataclass(frozen=True, eq=False)
class LayerNormalization:
    """Keras's LayerNormalization over the last axis, and PyTorch's LayerNorm.

    γ·(x − mean)/√(variance + ε) + β with the population variance (Ba et al. 2016). ε differs:
    Keras's default is 1e-3, PyTorch's 1e-5.

    Attributes
    ----------
    gamma, beta : ndarray (features,)
    epsilon : float
        Added to the variance.

    Raises
    ------
    ValueError
        Where shapes do not fit together or epsilon is negative.
    """

    gamma: np.ndarray
    beta: np.ndarray
    epsilon: float = 1e-3

    def __post_init__(self) -> None:
        for name, array in frozen_arrays(gamma=self.gamma, beta=self.beta).items():
            object.__setattr__(self, name, array)
        if self.gamma.ndim != 1 or self.gamma.shape != self.beta.shape or not self.gamma.size:
            raise ValueError(
                f"gamma and beta must both be (features,), but they are {self.gamma.shape} and "
                f"{self.beta.shape}."
            )
        if not 0 <= self.epsilon < np.inf:
            raise ValueError(f"epsilon must be 0 or a positive number, but it is {self.epsilon}.")

    @property
    def features(self) -> int:
        """Length of the vectors that it reads."""
        return len(self.gamma)

    @property
    def units(self) -> int:
        """Length of the vectors that it gives: the same."""
        return len(self.gamma)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the weights and of what is computed from them."""
        return self.gamma.dtype

    @property
    def parameter_count(self) -> int:
        """Trainable parameters, 2n for n features."""
        return self.gamma.size + self.beta.size

    def apply(self, inputs: np.ndarray) -> np.ndarray:
        """Normalise vectors (..., features): a new array of the same shape."""
        inputs = np.asarray(inputs, self.dtype)
        if inputs.ndim < 1 or inputs.shape[-1] != self.features:
            raise ValueError(f"inputs have shape {inputs.shape}, not {self.features} features.")
        with np.errstate(all="ignore"):
            centred = inputs - inputs.mean(axis=-1, keepdims=True)
            variance = np.square(centred).mean(axis=-1, keepdims=True)
            scaled = centred / np.sqrt(variance + self.dtype.type(self.epsilon))
            return scaled * self.gamma + self.beta
