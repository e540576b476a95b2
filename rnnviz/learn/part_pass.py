"""What stands between recurrent layers, forward and back, sequences as columns."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS
from rnnviz.engine.dense import Dense
from rnnviz.engine.layer_normalization import LayerNormalization
from rnnviz.engine.network import Part
from rnnviz.learn.parameters import Parameters


class PartPass(Protocol):
    """Arrays are (timesteps, features, batch)."""

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Return the outputs and keep what the way back needs."""

    def backward(self, deltas: np.ndarray) -> np.ndarray:
        """Add to the gradient and return ∂L/∂inputs; ``deltas`` is ∂L/∂outputs."""


class DensePass:
    """act(Kᵀ·x + b).

    Parameters
    ----------
    dense : Dense
        Its activation; the numbers are those of ``parameters``.
    parameters : Parameters
    name : str
        Of the layer in `Network.weights`.
    logits_of : str or None
        Leave the activation out if it is this one: the loss is taken from what stands before it.
    """

    def __init__(
        self, dense: Dense, parameters: Parameters, name: str, logits_of: str | None = None
    ) -> None:
        self.kernel = parameters.weights[f"{name}/kernel"]
        self.bias = parameters.weights[f"{name}/bias"]
        self.kernel_gradient = parameters.gradients[f"{name}/kernel"]
        self.bias_gradient = parameters.gradients[f"{name}/bias"]
        self.activation = "linear" if dense.activation == logits_of else dense.activation
        self.inputs = self.outputs = self._through = np.empty(0)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """As in `PartPass`; the array is written anew by the next way forward."""
        self.inputs = inputs
        timesteps, _, batch = inputs.shape
        self.outputs = _reused(self.outputs, (timesteps, len(self.bias), batch), inputs.dtype)
        z = np.matmul(self.kernel.T, inputs, self.outputs)
        z += self.bias[:, None]
        if self.activation == "softmax":
            z -= z.max(axis=1, keepdims=True)
            np.exp(z, z)
            z /= z.sum(axis=1, keepdims=True)
        elif self.activation != "linear":
            ACTIVATIONS[self.activation].apply(z, z)
        return z

    def backward(self, deltas: np.ndarray) -> np.ndarray:
        """As in `PartPass`; the array is written anew by the next way back."""
        h = self.outputs
        if self.activation == "softmax":
            deltas = h * (deltas - (h * deltas).sum(axis=1, keepdims=True))
        elif self.activation != "linear":
            deltas = ACTIVATIONS[self.activation].slope(h) * deltas
        self.kernel_gradient += np.matmul(self.inputs, deltas.swapaxes(1, 2)).sum(axis=0)
        self.bias_gradient += deltas.sum(axis=(0, 2))
        self._through = _reused(self._through, self.inputs.shape, deltas.dtype)
        return np.matmul(self.kernel, deltas, self._through)


def _reused(array: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The array itself where it fits, else a new one."""
    if array.shape == shape and array.dtype == dtype:
        return array
    return np.empty(shape, dtype)


class LayerNormalizationPass:
    """γ·(x − mean)/√(variance + ε) + β over the features; parameters as for `DensePass`."""

    def __init__(self, part: LayerNormalization, parameters: Parameters, name: str) -> None:
        self.gamma = parameters.weights[f"{name}/gamma"][:, None]
        self.beta = parameters.weights[f"{name}/beta"][:, None]
        self.gamma_gradient = parameters.gradients[f"{name}/gamma"]
        self.beta_gradient = parameters.gradients[f"{name}/beta"]
        self.epsilon = part.epsilon
        self.scaled = self.deviation = np.empty(0)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """As in `PartPass`."""
        centred = inputs - inputs.mean(axis=1, keepdims=True)
        variance = np.square(centred).mean(axis=1, keepdims=True)
        self.deviation = np.sqrt(variance + inputs.dtype.type(self.epsilon))
        self.scaled = centred / self.deviation
        return self.scaled * self.gamma + self.beta

    def backward(self, deltas: np.ndarray) -> np.ndarray:
        """As in `PartPass`."""
        self.gamma_gradient += (deltas * self.scaled).sum(axis=(0, 2))
        self.beta_gradient += deltas.sum(axis=(0, 2))
        through = deltas * self.gamma
        mean = through.mean(axis=1, keepdims=True)
        along = (through * self.scaled).mean(axis=1, keepdims=True)
        return (through - mean - self.scaled * along) / self.deviation


def part_pass(
    part: Part, parameters: Parameters, name: str, logits_of: str | None = None
) -> PartPass:
    """Return what takes a batch through a part and back."""
    if isinstance(part, LayerNormalization):
        return LayerNormalizationPass(part, parameters, name)
    return DensePass(part, parameters, name, logits_of)
