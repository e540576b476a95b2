"""How weights are drawn, under Keras's identifiers, and the spectral radius of a matrix.

Every entry of `INITIALIZERS` is called as ``initializer(generator, shape, dtype, gates=1)`` and
returns a new array (shape) of that dtype. Numbers are drawn in float64 and rounded, so that one
seed means the same network in float32 and in float64. ``shape`` is Keras's: kernel
(features, gates·units), recurrent_kernel (units, gates·units), bias (gates·units,); fan-in and
fan-out are taken over that whole shape, as Keras does. Formulas: Keras 3, `keras.initializers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Shape = tuple[int, ...]

# Standard deviation of a unit normal cut at ±2: Keras divides by it to restore the variance.
TRUNCATED_DEVIATION = 0.87962566103423978

INITIALIZERS: dict[str, Callable[..., np.ndarray]] = {}


def _register(name: str, draw: Callable[..., np.ndarray]) -> None:
    def initializer(
        generator: np.random.Generator, shape: Shape, dtype: str = "float64", gates: int = 1
    ) -> np.ndarray:
        return np.asarray(draw(generator, tuple(shape), gates), dtype=dtype)

    initializer.__name__ = name
    initializer.__doc__ = f"Draw weights with Keras's or the lecture's `{name}`."
    INITIALIZERS[name] = initializer


def _truncated_normal(generator: np.random.Generator, shape: Shape, deviation: float) -> np.ndarray:
    drawn = generator.standard_normal(shape)
    while (outside := np.abs(drawn) > 2).any():
        drawn[outside] = generator.standard_normal(int(outside.sum()))
    return deviation * drawn


def _orthogonal(generator: np.random.Generator, shape: Shape, gates: int) -> np.ndarray:
    if len(shape) < 2:
        raise ValueError(f"orthogonal needs a matrix, but the shape asked for is {shape}.")
    rows, columns = math.prod(shape[:-1]), shape[-1]
    normal = generator.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    # With the signs of R's diagonal the draw is uniform (Haar) over the orthogonal matrices.
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return (q if rows >= columns else q.T).reshape(shape)


def _identity(generator: np.random.Generator, shape: Shape, gates: int) -> np.ndarray:
    if len(shape) != 2:
        raise ValueError(f"identity needs a matrix, but the shape asked for is {shape}.")
    return np.eye(*shape)


def _fans(shape: Shape) -> tuple[int, int]:
    if len(shape) == 1:
        return shape[0], shape[0]
    return math.prod(shape[:-1]), shape[-1]


def _variance_scaling(numerator: float, mode: str, normal: bool) -> Callable[..., np.ndarray]:
    def draw(generator: np.random.Generator, shape: Shape, gates: int) -> np.ndarray:
        fan_in, fan_out = _fans(shape)
        fan = fan_in if mode == "fan_in" else (fan_in + fan_out) / 2
        variance = numerator / max(1.0, fan)
        if normal:
            deviation = math.sqrt(variance) / TRUNCATED_DEVIATION
            return _truncated_normal(generator, shape, deviation)
        limit = math.sqrt(3 * variance)
        return generator.uniform(-limit, limit, shape)

    return draw


def _pytorch_uniform(generator: np.random.Generator, shape: Shape, gates: int) -> np.ndarray:
    # torch.nn.RNN, LSTM and GRU: kernel, recurrent kernel and bias alike from ±1/√units.
    limit = 1 / math.sqrt(shape[-1] / gates)
    return generator.uniform(-limit, limit, shape)


_register("zeros", lambda generator, shape, gates: np.zeros(shape))
_register("ones", lambda generator, shape, gates: np.ones(shape))
_register("identity", _identity)
_register("orthogonal", _orthogonal)
_register("random_uniform", lambda generator, shape, gates: generator.uniform(-0.05, 0.05, shape))
_register("random_normal", lambda generator, shape, gates: generator.normal(0, 0.05, shape))
_register(
    "truncated_normal", lambda generator, shape, gates: _truncated_normal(generator, shape, 0.05)
)
for _name, _numerator, _mode in (
    ("glorot", 1.0, "fan_avg"),
    ("he", 2.0, "fan_in"),
    ("lecun", 1.0, "fan_in"),
):
    _register(f"{_name}_uniform", _variance_scaling(_numerator, _mode, normal=False))
    _register(f"{_name}_normal", _variance_scaling(_numerator, _mode, normal=True))
_register("numpy_random", lambda generator, shape, gates: generator.random(shape))
_register("pytorch_uniform", _pytorch_uniform)


def spectral_radius(matrix: np.ndarray) -> np.ndarray | float:
    """Largest modulus of an eigenvalue.

    Parameters
    ----------
    matrix : ndarray (..., units, units)
        One square matrix or a stack of them.

    Returns
    -------
    float, or ndarray (...) for a stack of matrices
        nan where a matrix holds inf or nan.
    """
    matrix = np.asarray(matrix)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2]:
        raise ValueError(f"A spectral radius needs a square matrix, but this is {matrix.shape}.")
    finite = np.isfinite(matrix).all(axis=(-2, -1))
    eigenvalues = np.linalg.eigvals(np.where(finite[..., None, None], matrix, 0))
    radius = np.where(finite, np.abs(eigenvalues).max(axis=-1), np.nan)
    return radius if radius.ndim else float(radius)


def rescale_spectral_radius(matrix: np.ndarray, radius: float) -> np.ndarray:
    """Multiply a recurrent kernel by the factor that gives it this spectral radius.

    Parameters
    ----------
    matrix : ndarray (units, gates·units)
        Of a gated cell, each gate's square block is rescaled by a factor of its own.
    radius : float
        The wanted radius, at least 0.

    Returns
    -------
    ndarray
        New, same shape and dtype. A block whose radius is 0 or not finite cannot be given one by
        any factor and is returned as it was.
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[1] % matrix.shape[0]:
        raise ValueError(
            f"A recurrent kernel has shape (units, gates·units), but this matrix is {matrix.shape}."
        )
    blocks = np.split(matrix, matrix.shape[1] // matrix.shape[0], axis=1)
    return np.hstack([_rescale_block(block, radius) for block in blocks])


def _rescale_block(block: np.ndarray, radius: float) -> np.ndarray:
    current = spectral_radius(block)
    if not current > 0:
        return block.copy()
    return (block * (radius / current)).astype(block.dtype)
