"""Losses, from logits where there are probabilities, and their gradients.

Arrays have the axes (timesteps, outputs, batch), as everything does while a network learns; where
only the last state is returned there is one timestep. Each loss is the mean over the timesteps
that count, as in Keras: a squared error and a binary cross-entropy also over the outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PerTimestep = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes
    ----------
    name : str
        Keras's identifier.
    per_timestep : callable (outputs, targets) -> (losses, gradients)
        losses (timesteps, batch), gradients (timesteps, outputs, batch) of each by its outputs.
    activation : str or None
        The activation of a head that ends in probabilities: the loss is then taken from what
        stands before it, the logits, which is exact where the probabilities have rounded to 0
        or 1. None where the loss is taken from the outputs as they are.
    from_classes : bool
        Whether targets may be whole numbers, one class for each timestep.
    """

    name: str
    per_timestep: PerTimestep
    activation: str | None = None
    from_classes: bool = False

    def __call__(
        self, outputs: np.ndarray, targets: np.ndarray, mask: np.ndarray | None = None
    ) -> tuple[float, np.ndarray]:
        """Return the loss and its gradient by the outputs.

        Parameters
        ----------
        outputs : ndarray (timesteps, outputs, batch)
            Logits, where `activation` is not None.
        targets : ndarray (timesteps, outputs, batch)
            What is wanted of them.
        mask : ndarray (timesteps, batch) or None
            A weight for each timestep of each sequence, 0 where it does not count.
        """
        with np.errstate(all="ignore"):
            losses, gradient = self.per_timestep(outputs, targets)
            if mask is None:
                return float(losses.mean()), np.divide(gradient, losses.size, out=gradient)
            weights = np.asarray(mask, outputs.dtype)
            weights = weights / weights.sum()
            gradient *= weights[:, None, :]
            # A loss that does not count must not count as NaN either.
            return float(np.sum(losses * weights, where=weights != 0)), gradient


def _mean_squared_error(outputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    difference = outputs - targets
    losses = np.square(difference).mean(axis=1)
    difference *= 2 / outputs.shape[1]
    return losses, difference


def _binary_crossentropy(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # −t·log σ(z) − (1 − t)·log(1 − σ(z)) = max(z, 0) − t·z + log(1 + exp(−|z|))
    small = np.exp(-np.abs(logits))
    losses = np.maximum(logits, 0) - targets * logits + np.log1p(small)
    probabilities = np.where(logits >= 0, 1, small) / (1 + small)
    gradient = (probabilities - targets) / logits.shape[1]
    return losses.mean(axis=1), gradient


def _categorical_crossentropy(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    # −Σ t·log softmax(z); the largest logit is taken off first, which changes nothing.
    shifted = logits - logits.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted)
    total = probabilities.sum(axis=1, keepdims=True)
    losses = -(targets * (shifted - np.log(total))).sum(axis=1)
    probabilities /= total
    weight = targets.sum(axis=1, keepdims=True)
    return losses, probabilities * weight - targets


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("mean_squared_error", _mean_squared_error),
        Loss("binary_crossentropy", _binary_crossentropy, "sigmoid"),
        Loss("categorical_crossentropy", _categorical_crossentropy, "softmax", True),
    )
}
_SHORT = {"mse": "mean_squared_error"}


def loss_named(name: str) -> Loss:
    """Look a loss up by its Keras identifier; ValueError names the legal ones."""
    try:
        return LOSSES[_SHORT.get(name, name)]
    except (KeyError, TypeError):
        legal = ", ".join(LOSSES)
        raise ValueError(f"There is no loss {name!r}; choose one of {legal}.") from None
