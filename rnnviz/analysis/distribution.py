"""How are the units spread at each step? Quantiles over time, and a histogram of one step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.level_of_detail import block_size, reduce_to_blocks

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Which quantiles: the extremes, nine tenths, the middle half, the median."""
COLUMNS = 1000
"""Most steps whose quantiles are taken."""


@dataclass(frozen=True, eq=False)
class Spread:
    """Quantiles over the units, step by step. Arrays are read-only.

    Parameters
    ----------
    steps : ndarray (columns,)
        The timesteps that were looked at.
    quantiles : ndarray (columns, 7)
        Values at :data:`LEVELS`, each one the value of a unit, never something between two. The
        first and the last are the extremes of all steps up to the next column. nan where a step
        is not finite.
    every : int
        Each ``every``-th timestep was looked at; 1 when all of them.
    """

    steps: np.ndarray
    quantiles: np.ndarray
    every: int


def spread(values: np.ndarray, columns: int = COLUMNS) -> Spread:
    """Return how the units are spread over time.

    Parameters
    ----------
    values : ndarray (timesteps, units)
        What the units hold at each step.
    columns : int
        Most steps to look at. Sorting is what costs, so a long run is looked at now and then; its
        extremes are still those of every step.
    """
    every = block_size(len(values), columns)
    picked = np.sort(values[::every], axis=1).astype(np.float64)
    picked[~np.isfinite(picked).all(axis=1)] = np.nan
    places = np.rint(np.array(LEVELS) * (values.shape[1] - 1)).astype(int)
    quantiles = picked[:, places]
    if every > 1:
        blocks = reduce_to_blocks(values, columns, 1)
        extremes = np.stack([blocks.minimum[:, 0], blocks.maximum[:, 0]], axis=1)
        finite = np.isfinite(extremes).all(axis=1)
        quantiles[:, [0, -1]] = np.where(finite[:, None], extremes, np.nan)
    steps = np.arange(0, len(values), every)
    for array in (steps, quantiles):
        array.setflags(write=False)
    return Spread(steps, quantiles, every)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many units lie in each of equal bins. Arrays are read-only.

    Parameters
    ----------
    edges : ndarray (bins + 1,)
    counts : ndarray (..., bins)
        Finite values, those beyond the edges in the outermost bins.
    lost : ndarray (...) of int
        Units whose value is not finite.
    """

    edges: np.ndarray
    counts: np.ndarray
    lost: np.ndarray


def histogram(values: np.ndarray, low: float, high: float, bins: int = 40) -> Histogram:
    """Count the units in each bin, for one step or for many at once.

    Parameters
    ----------
    values : ndarray (..., units)
        What the units hold, at one step or at many.
    low, high : float
        Ends of the range; the bins are closed at their lower edge, the last at both.
    bins : int
        How many.
    """
    edges = np.linspace(low, high, bins + 1)
    finite = np.isfinite(values)
    with np.errstate(invalid="ignore", over="ignore"):
        places = (values - low) * (bins / (high - low))
        places = np.clip(np.where(finite, places, 0), 0, bins - 1).astype(np.intp)
    rows = places.reshape(-1, values.shape[-1]) + bins * np.arange(finite[..., 0].size)[:, None]
    weights = finite.reshape(rows.shape).ravel()
    counts = np.bincount(rows.ravel(), weights, minlength=bins * len(rows))
    counts = counts.astype(np.int64).reshape(*values.shape[:-1], bins)
    lost = values.shape[-1] - finite.sum(axis=-1)
    for array in (edges, counts):
        array.setflags(write=False)
    return Histogram(edges, counts, lost)
