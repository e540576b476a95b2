"""How do many values look in few cells? Blocks of steps × units: least, greatest and mean.

A mean alone erases what a reduction must not hide (one saturated unit among seventy), so all three
are kept.
"""

from __future__ import annotations

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
    sizes = np.outer(_sizes(values.shape[0], steps), _sizes(values.shape[1], units))
    with np.errstate(invalid="ignore", over="ignore"):
        minimum, maximum, total = (
            _along_units(array, units, fold)
            for array, fold in zip(_along_time(values, steps), _FOLDS, strict=True)
        )
        mean = total / sizes.astype(values.dtype)
    for array in (minimum, maximum, mean):
        array.setflags(write=False)
    return Blocks(minimum, maximum, mean, steps, units, values.shape)


def block_means(values: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """Return the means of :func:`reduce_to_blocks` alone, in a third of the time."""
    steps, units = block_size(values.shape[0], columns), block_size(values.shape[1], rows)
    if steps == 1 and units == 1:
        return values
    sizes = np.outer(_sizes(values.shape[0], steps), _sizes(values.shape[1], units))
    with np.errstate(invalid="ignore", over="ignore"):
        (along_time,) = _along_time(values, steps, (np.add,))
        return _along_units(along_time, units, np.add) / sizes.astype(values.dtype)


_FOLDS = (np.minimum, np.maximum, np.add)
_AT_ONCE = 2**20  # bytes that are still in the processor's cache for the second and third fold


def _along_time(
    values: np.ndarray, steps: int, folds: tuple[np.ufunc, ...] = _FOLDS
) -> tuple[np.ndarray, ...]:
    """Return least, greatest and sum of every ``steps`` timesteps, ``(columns, units)`` each.

    Each piece of the values is read once from memory and folded three times; going through all of
    them once a fold takes four times as long.
    """
    timesteps, units = values.shape
    folded = [np.empty((-(-timesteps // steps), units), values.dtype) for _ in folds]
    whole = timesteps // steps
    piece = max(1, _AT_ONCE // max(1, steps * units * values.itemsize))
    for start in range(0, whole, piece):
        end = min(start + piece, whole)
        blocks = values[start * steps : end * steps].reshape(-1, steps, units)
        for array, fold in zip(folded, folds, strict=True):
            fold.reduce(blocks, axis=1, out=array[start:end])
    if whole * steps < timesteps:
        for array, fold in zip(folded, folds, strict=True):
            fold.reduce(values[whole * steps :], axis=0, out=array[-1])
    return tuple(folded)


def _along_units(array: np.ndarray, units: int, fold: np.ufunc) -> np.ndarray:
    """Fold every ``units`` columns into one: as many long steps as a block is wide."""
    folded = array[:, ::units].copy()
    for number in range(1, units):
        others = array[:, number::units]
        part = folded[:, : others.shape[1]]
        fold(part, others, out=part)
    return folded


def _sizes(length: int, size: int) -> np.ndarray:
    return np.minimum(size, length - np.arange(0, length, size))
