"""The participation ratio of the states: about how many directions they use."""

from __future__ import annotations

import numpy as np

from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.measures import Measure


def dimension(batch: Batch) -> np.ndarray:
    """(Σ variance)² / Σ variance² over the principal directions; 0 where nothing moves."""
    states = np.asarray(batch.trace.states, np.float64)
    finite = np.isfinite(states).all(axis=(1, 2))
    with np.errstate(all="ignore"):
        greatest = np.abs(states).max(axis=(1, 2), keepdims=True)
        centred = states / np.where(greatest > 0, greatest, 1)
        centred -= centred.mean(axis=1, keepdims=True)
        # Σλ and Σλ² are the trace of the covariance and of its square: no eigenvalue is needed.
        covariance = centred.swapaxes(1, 2) @ centred
        total = np.trace(covariance, axis1=1, axis2=2)
        squares = np.einsum("nij,nij->n", covariance, covariance)
        ratio = total**2 / np.where(squares > 0, squares, 1)
    rounding = 64 * np.finfo(batch.trace.states.dtype).eps ** 2 * states[0].size
    ratio[total <= rounding] = 0.0
    ratio[~finite] = np.nan
    return ratio


MEASURE = Measure("dimension", dimension, order=50)
