"""The largest Lyapunov exponent: how fast the leading direction grows along the run."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.batch_measures import leading_exponent
from rnnviz.analysis.lyapunov import lyapunov as spectrum
from rnnviz.sweeps.batch import Batch, one_of
from rnnviz.sweeps.measures import Measure


def lyapunov(batch: Batch) -> np.ndarray:
    """The exponent of `rnnviz.analysis.lyapunov` with ``count=1``, per timestep, base e.

    Elementwise cells in one pass; gated ones network by network, as exactly.
    """
    trace = batch.trace
    if trace.layer.structure == "elementwise":
        return leading_exponent(trace)
    networks = range(len(trace.states))
    return np.array([_first(spectrum(one_of(trace, one), count=1).exponents) for one in networks])


def _first(exponents: np.ndarray) -> float:
    return float(exponents[0]) if exponents.size else float("nan")


MEASURE = Measure("lyapunov", lyapunov, order=30, contour=0.0)
