"""The share of states that are rounded to exactly an end of the activation."""

from __future__ import annotations

import numpy as np

from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.measures import Measure


def exact(batch: Batch) -> np.ndarray:
    """Share of states exactly at an end, for tanh exactly ±1; 0 where there are no ends."""
    states = batch.trace.states
    low, high = batch.trace.layer.state_range
    if not (np.isfinite(low) and np.isfinite(high)):
        return np.where(np.isfinite(states).all(axis=(1, 2)), 0.0, np.nan)
    ends = np.count_nonzero((states == low) | (states == high), axis=(1, 2))
    return ends / states[0].size


MEASURE = Measure("exact", exact, order=10, low=0.0, high=1.0)
