"""Optimisers, as Keras 3 or as PyTorch defines them; they differ in more than their names.

| | Keras 3 | PyTorch |
|---|---|---|
| SGD with momentum | velocity with the learning rate, v ← μ·v − η·g | without, v ← μ·v + g |
| RMSprop | ρ = 0.9, g/√(v + ε), ε = 1e-7 | ρ = 0.99, g/(√v + ε), ε = 1e-8 |
| Adam, AdamW | ε = 1e-7 beside √v, one corrected factor | ε = 1e-8 beside √(v/(1 − β₂ᵗ)) |
| AdamW | weight decay 0.004 by default | 0.01 by default |
| clipping | by max(norm, limit) | by norm + 1e-6, where that is above the limit |

Sources: Kingma & Ba 2015 (Adam), Loshchilov & Hutter 2019 (AdamW), Sutskever et al. 2013 (Nesterov
momentum), and the two frameworks' own documentation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

FRAMEWORKS = ("keras", "torch")


@dataclass(frozen=True)
class OptimizerSettings:
    """What an optimiser is, besides its learning rate.

    Attributes
    ----------
    framework : {"keras", "torch"}
        Whose definition.
    momentum : float
        μ of SGD and RMSprop; 0 is none.
    nesterov : bool
        Whether SGD looks ahead along its velocity.
    weight_decay : float
        Of AdamW, per step and unit of the learning rate.
    """

    framework: str = "keras"
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.004


class Optimizer:
    """One optimiser with its memory. ``update`` writes into the parameters' vector.

    Parameters
    ----------
    size : int
        Number of parameters.
    dtype : dtype
        Theirs.
    settings : OptimizerSettings

    Attributes
    ----------
    step : int
        Updates done.
    memory : dict of ndarray (size,)
        What it remembers of past gradients, by name; with ``step`` that is all its state.
    """

    names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, size: int, dtype: np.dtype, settings: OptimizerSettings) -> None:
        self.settings, self.step = settings, 0
        self.memory = {name: np.zeros(size, dtype) for name in self.names}
        self._change, self._spare = np.empty(size, dtype), np.empty(size, dtype)

    def update(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        """Take one step: change ``values`` in place; all arrays (size,)."""
        self.step += 1
        self._take(values, gradient, learning_rate)

    def _take(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent, with momentum and Nesterov's look-ahead where they are set."""

    names = ("velocity",)

    def _take(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        change, momentum = self._change, self.settings.momentum
        keras = self.settings.framework == "keras"
        np.multiply(gradient, -learning_rate if keras else 1, change)
        if momentum:
            velocity = self.memory["velocity"]
            velocity *= momentum
            velocity += change
            if self.settings.nesterov:
                np.multiply(velocity, momentum, self._spare)
                change += self._spare
            else:
                change[...] = velocity
        if not keras:
            change *= -learning_rate
        values += change


class RMSprop(Optimizer):
    """The gradient over the root of its running mean square (Hinton 2012)."""

    names = ("mean_square", "velocity")

    def _take(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        keras = self.settings.framework == "keras"
        rho, epsilon = (0.9, 1e-7) if keras else (0.99, 1e-8)
        change, root, square = self._change, self._spare, self.memory["mean_square"]
        np.square(gradient, change)
        change *= 1 - rho
        square *= rho
        square += change
        if keras:
            np.add(square, epsilon, root)
            np.sqrt(root, root)
        else:
            np.sqrt(square, root)
            root += epsilon
        np.divide(gradient, root, change)
        if keras:
            change *= learning_rate
        if self.settings.momentum:
            velocity = self.memory["velocity"]
            velocity *= self.settings.momentum
            velocity += change
            change[...] = velocity
        if not keras:
            change *= learning_rate
        values -= change


class Adam(Optimizer):
    """Running means of the gradient and of its square, both corrected for their start at 0."""

    names = ("mean", "mean_square")
    beta_1: ClassVar[float] = 0.9
    beta_2: ClassVar[float] = 0.999

    def _take(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        change, root = self._change, self._spare
        mean, square = self.memory["mean"], self.memory["mean_square"]
        np.subtract(gradient, mean, change)
        change *= 1 - self.beta_1
        mean += change
        np.square(gradient, change)
        change -= square
        change *= 1 - self.beta_2
        square += change
        first = 1 - self.beta_1**self.step
        second = math.sqrt(1 - self.beta_2**self.step)
        np.sqrt(square, root)
        if self.settings.framework == "keras":
            root += 1e-7
            factor = learning_rate * second / first
        else:
            root /= second
            root += 1e-8
            factor = learning_rate / first
        np.divide(mean, root, change)
        change *= factor
        values -= change


class AdamW(Adam):
    """Adam with a weight decay that does not pass through its means."""

    def _take(self, values: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
        values *= 1 - learning_rate * self.settings.weight_decay
        super()._take(values, gradient, learning_rate)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


def clip_by_global_norm(
    gradient: np.ndarray, limit: float | None, framework: str = "keras"
) -> float:
    """Shorten the gradient of all weights to a length of at most ``limit``, in place.

    Returns
    -------
    float
        The norm before, which is what tells of an explosion; inf and nan are left as they are.
    """
    norm = float(np.sqrt(np.dot(gradient, gradient)))
    if limit is not None and math.isfinite(norm):
        if framework == "torch":
            gradient *= min(1.0, limit / (norm + 1e-6))
        elif norm > limit:
            gradient *= limit / norm
    return norm


Schedule = Callable[[float, int, int], float]

SCHEDULES: dict[str, Schedule] = {
    "constant": lambda rate, step, steps: rate,
    # To a hundredth at the last step, by one factor a step.
    "exponential": lambda rate, step, steps: rate * 0.01 ** (step / steps),
    # Half a wave of the cosine, down to 0 (Loshchilov & Hutter 2017).
    "cosine": lambda rate, step, steps: rate * 0.5 * (1 + math.cos(math.pi * step / steps)),
}
"""``schedule(learning_rate, step, steps)``: the learning rate of a step, from 0."""
