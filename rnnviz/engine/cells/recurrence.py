"""Products of states with recurrent kernels, for one network and for a stack of networks."""

from collections.abc import Callable

import numpy as np


def recurrent_product(state: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """h·R, a new array.

    Parameters
    ----------
    state : ndarray (..., units)
        With a stack of matrices its first axis is the networks.
    matrix : ndarray (units, columns) or (networks, units, columns)
        One recurrent kernel, or one for each network.

    Returns
    -------
    ndarray (..., columns)
    """
    if matrix.ndim == 2:
        # The method, not matmul: the same BLAS call as in the loop, so the same bits
        return state.dot(matrix) if state.ndim <= 2 else np.matmul(state, matrix)
    if state.ndim <= 2:
        return np.matmul(state[..., None, :], matrix)[..., 0, :]
    flat = state.reshape(state.shape[0], -1, state.shape[-1])
    return np.matmul(flat, matrix).reshape(*state.shape[:-1], matrix.shape[-1])


def recurrent_product_into(
    matrix: np.ndarray, batch: tuple[int, ...]
) -> tuple[Callable[[np.ndarray], object], np.ndarray]:
    """Make a function that writes h·R into a buffer of its own, and allocates nothing.

    Parameters
    ----------
    matrix : ndarray (units, columns) or (networks, units, columns)
        One recurrent kernel, or one for each network.
    batch : tuple of int
        Leading shape of the states: () for one sequence, (batch,), or (networks,).

    Returns
    -------
    multiply, buffer
        ``multiply(state)`` with state (*batch, units); buffer (*batch, columns).
    """
    buffer = np.empty((*batch, matrix.shape[-1]), matrix.dtype)
    if matrix.ndim == 2:
        return (lambda state: state.dot(matrix, buffer)), buffer
    rows = buffer[:, None, :]
    return (lambda state: np.matmul(state[:, None, :], matrix, rows)), buffer


def transposed(matrix: np.ndarray, ndim: int) -> np.ndarray:
    """The transpose of each matrix, a stack's networks aligned with axis 0 of ``ndim`` axes."""
    swapped = matrix.swapaxes(-1, -2)
    if matrix.ndim == 2:
        return swapped
    return swapped.reshape(len(matrix), *(1,) * (ndim - 3), *swapped.shape[1:])


def aligned(vector: np.ndarray, ndim: int) -> np.ndarray:
    """A bias (columns,) as it is, or (networks, columns) aligned with states of ``ndim`` axes."""
    if vector.ndim == 1:
        return vector
    return vector.reshape(len(vector), *(1,) * (ndim - 2), vector.shape[-1])


def gate_blocks(array: np.ndarray, gates: int) -> list[np.ndarray]:
    """The gates' parts of the last axis, (..., gates·units) → gates × (..., units): views."""
    units = array.shape[-1] // gates
    return [array[..., first : first + units] for first in range(0, gates * units, units)]


def transposed_blocks(matrix: np.ndarray, gates: int, ndim: int) -> list[np.ndarray]:
    """As `transposed`, of each gate's block of a kernel."""
    return [transposed(block, ndim) for block in gate_blocks(matrix, gates)]
