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
    kinks : tuple of float
        Arguments z at which the slopes of the two sides disagree; ``slope`` gives the left one
        of relu, and of a piecewise linear sigmoid the one outside.
    greatest_slope : float
        The supremum of |dh/dz| over all z.
    """

    name: str
    apply: Callable[..., np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    range: tuple[float, float]
    kinks: tuple[float, ...] = ()
    greatest_slope: float = 1.0

    def slope_times(
        self, h: np.ndarray, factor: np.ndarray, out: np.ndarray, scratch: np.ndarray
    ) -> None:
        """Write slope(h)·factor into ``out``, which may be ``factor``; nothing is allocated.

        All four have one shape. ``scratch`` is overwritten.
        """
        if self.name == "tanh":
            np.subtract(1, h, scratch)
            np.multiply(scratch, factor, out)
            np.add(1, h, scratch)
            np.multiply(scratch, out, out)
        elif self.name == "sigmoid":
            np.subtract(1, h, scratch)
            np.multiply(scratch, h, scratch)
            np.multiply(scratch, factor, out)
        else:
            np.multiply(self.slope(h), factor, out)

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


def _hard_sigmoid(width: float) -> Callable[..., np.ndarray]:
    """z/(2·width) + ½, held between 0 and 1."""

    def apply(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        # Infinite and huge arguments are clipped before they are scaled: no warning, no nan.
        h = np.clip(z, -width, width, out=out)
        h = np.add(h, width, out=out)
        return np.divide(h, 2 * width, out=out)

    return apply


def _hard_sigmoid_slope(width: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda h: (np.greater(h, 0) & np.less(h, 1)).astype(h.dtype) / h.dtype.type(2 * width)


def _elu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    with np.errstate(under="ignore"):
        below = np.expm1(np.minimum(z, 0))
    return np.add(np.maximum(z, 0), below, out=out)


def _elu_slope(h: np.ndarray) -> np.ndarray:
    return np.minimum(h, 0) + 1


def _softplus(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    with np.errstate(under="ignore"):
        return np.logaddexp(z, np.zeros_like(z), out=out)


def _softplus_slope(h: np.ndarray) -> np.ndarray:
    # σ(z) = 1 − exp(−h), since exp(h) = 1 + exp(z)
    with np.errstate(under="ignore"):
        return -np.expm1(-h)


def _softsign(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    # Clipped first, so that an infinite argument gives ±1 and no nan.
    z = np.clip(z, np.finfo(z.dtype).min, np.finfo(z.dtype).max)
    return np.divide(z, 1 + np.abs(z), out=out)


def _softsign_slope(h: np.ndarray) -> np.ndarray:
    return np.square(1 - np.abs(h))


DRAWN_ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
"""What a network that is drawn from a seed may use; the others come with files."""

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("tanh", np.tanh, _tanh_slope, (-1.0, 1.0)),
        Activation("relu", _relu, _relu_slope, (0.0, math.inf), (0.0,)),
        Activation("sigmoid", _sigmoid, _sigmoid_slope, (0.0, 1.0), greatest_slope=0.25),
        Activation("linear", np.positive, np.ones_like, (-math.inf, math.inf)),
        # Two functions of one name: Keras 3's (and PyTorch's) is relu6(z + 3)/6; that of Keras 1
        # and 2, the default of their gates until 2.2, and ONNX's default, is clip(z/5 + ½, 0, 1).
        Activation(
            "hard_sigmoid",
            _hard_sigmoid(3.0),
            _hard_sigmoid_slope(3.0),
            (0.0, 1.0),
            (-3.0, 3.0),
            1 / 6,
        ),
        Activation(
            "hard_sigmoid_keras2",
            _hard_sigmoid(2.5),
            _hard_sigmoid_slope(2.5),
            (0.0, 1.0),
            (-2.5, 2.5),
            1 / 5,
        ),
        Activation("elu", _elu, _elu_slope, (-1.0, math.inf)),
        Activation("softplus", _softplus, _softplus_slope, (0.0, math.inf)),
        Activation("softsign", _softsign, _softsign_slope, (-1.0, 1.0)),
    )
}


def activation_named(name: str) -> Activation:
    """Look an activation up by its Keras identifier; ValueError names the legal ones."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        legal = ", ".join(ACTIVATIONS)
        raise ValueError(f"There is no activation {name!r}; choose one of {legal}.") from None
