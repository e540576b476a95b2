"""The activation functions of a recurrent cell, and their slopes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    """An elementwise activation h = f(z); the dtype of its argument is kept.

    Attributes
    ----------
    name : str
        The Keras identifier.
    apply : callable
        ``apply(z, out=None) -> h``, any shape. With ``out`` the result is written there and
        nothing is allocated; ``out`` may be ``z`` itself.
    slope : callable
        ``slope(h) -> dh/dz``, a new array: the derivative told from the *output* h, which is
        what a run keeps. Exactly 0 where tanh or sigmoid has rounded to its bound.
    range : (float, float)
        Infimum and supremum of h; infinite where there is no bound.
    """

    name: str
    apply: Callable[..., np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    range: tuple[float, float]

    @property
    def bound(self) -> float | None:
        """The supremum of ``|h|``, None where there is none."""
        bound = max(map(abs, self.range))
        return bound if math.isfinite(bound) else None


def _relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    return np.maximum(z, 0, out=out)


def _sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    # exp(−z) may overflow to inf, which gives the right 0. The form with tanh(z/2) cannot
    # overflow, but it loses everything left of about −37, and with it the slope there.
    with np.errstate(over="ignore", under="ignore"):
        h = np.negative(z, out=out)
        h = np.exp(h, out=out)
        h = np.add(h, 1, out=out)
        return np.reciprocal(h, out=out)


def _tanh_slope(h: np.ndarray) -> np.ndarray:
    # 1 − h² as a product: 1 − h is exact near the bound, 1 − h·h is not.
    return (1 - h) * (1 + h)


def _sigmoid_slope(h: np.ndarray) -> np.ndarray:
    return h * (1 - h)


def _relu_slope(h: np.ndarray) -> np.ndarray:
    return np.greater(h, 0).astype(h.dtype)


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("tanh", np.tanh, _tanh_slope, (-1.0, 1.0)),
        Activation("relu", _relu, _relu_slope, (0.0, math.inf)),
        Activation("sigmoid", _sigmoid, _sigmoid_slope, (0.0, 1.0)),
        Activation("linear", np.positive, np.ones_like, (-math.inf, math.inf)),
    )
}


def activation_named(name: str) -> Activation:
    """Look an activation up by its Keras identifier; ValueError names the legal ones."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        legal = ", ".join(ACTIVATIONS)
        raise ValueError(f"There is no activation {name!r}; choose one of {legal}.") from None
