"""How do many values look in few cells? Blocks of steps × units: least, greatest and mean.

A mean alone erases what a reduction must not hide (one saturated unit among seventy), so all three
are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Blocks:
    """Values reduced to blocks; the last block of an axis may be smaller than the others.

    Parameters
    ----------
    minimum, maximum, mean : ndarray (columns, rows)
        One number a block, read-only; the very same array three times when nothing was reduced.
    steps, units : int
        Timesteps and units in a whole block.
    shape : tuple of int
        ``(timesteps, units)`` of what was reduced.
    """

    minimum: np.ndarray
    maximum: np.ndarray
    mean: np.ndarray
    steps: int
    units: int
    shape: tuple[int, int]

    @property
    def is_reduced(self) -> bool:
        """Whether any block holds more than one value."""
        return self.steps > 1 or self.units > 1


def block_size(length: int, cells: int) -> int:
    """Return the least number of values a block that brings ``length`` down to ``cells``."""
    return max(1, -(-length // max(1, cells)))


def reduce_to_blocks(values: np.ndarray, columns: int, rows: int) -> Blocks:
    """Reduce an array to at most ``columns × rows`` equal blocks.

    Parameters
    ----------
    values : ndarray (timesteps, units)
        Anything a heatmap shows.
    columns, rows : int
        The most blocks along time and along units.

    Returns
    -------
    Blocks
        A block that holds a not-a-number is one throughout; infinities stay infinities.
    """
    steps, units = block_size(values.shape[0], columns), block_size(values.shape[1], rows)
    if steps == 1 and units == 1:
        whole = values.view()
        whole.setflags(write=False)
        return Blocks(whole, whole, whole, 1, 1, values.shape)
    with np.errstate(invalid="ignore", over="ignore"):
        minimum = _along_both(values, steps, units, np.min)
        maximum = _along_both(values, steps, units, np.max)
        sizes = np.outer(_sizes(values.shape[0], steps), _sizes(values.shape[1], units))
        mean = _along_both(values, steps, units, np.sum) / sizes.astype(values.dtype)
    for array in (minimum, maximum, mean):
        array.setflags(write=False)
    return Blocks(minimum, maximum, mean, steps, units, values.shape)


def _along_both(values: np.ndarray, steps: int, units: int, reduction: Callable) -> np.ndarray:
    return _along(_along(values, 0, steps, reduction), 1, units, reduction)


def _along(values: np.ndarray, axis: int, size: int, reduction: Callable) -> np.ndarray:
    """Reduce one axis: the whole blocks by a reshape (no copy), the rest by itself.

    ``ufunc.reduceat`` says the same in one call and takes ten times as long.
    """
    if size == 1:
        return values
    whole = values.shape[axis] // size * size
    head = values[:whole] if axis == 0 else values[:, :whole]
    tail = values[whole:] if axis == 0 else values[:, whole:]
    if axis == 0:
        blocks = reduction(head.reshape(-1, size, values.shape[1]), axis=1)
    else:
        blocks = reduction(head.reshape(values.shape[0], -1, size), axis=2)
    if not tail.size:
        return blocks
    return np.concatenate([blocks, reduction(tail, axis=axis, keepdims=True)], axis=axis)


def _sizes(length: int, size: int) -> np.ndarray:
    return np.minimum(size, length - np.arange(0, length, size))
