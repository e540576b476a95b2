"""The share of saturated states: near an end of the activation, and exactly there."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.saturation import SATURATED_FROM
from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.measures import Measure


def saturated(batch: Batch) -> np.ndarray:
    """Share of states beyond `SATURATED_FROM` of the way to an end; 0 where there are no ends."""
    states = batch.trace.states
    low, high = batch.trace.layer.state_range
    if not (np.isfinite(low) and np.isfinite(high)):
        return np.where(np.isfinite(states).all(axis=(1, 2)), 0.0, np.nan)
    middle, half = (low + high) / 2, (high - low) / 2
    # In the states' own dtype, as one network is measured.
    way = np.abs(states - states.dtype.type(middle)) if middle else np.abs(states)
    near = np.count_nonzero(way > SATURATED_FROM * half, axis=(1, 2))
    return near / states[0].size


MEASURE = Measure("saturated", saturated, order=0, low=0.0, high=1.0)
