"""How much of the gradient is left: log₁₀ ‖∂h_T/∂h_0‖₂, as the diagnosis on the page says it."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.diagnosis import gradient_left
from rnnviz.analysis.lenses import slope
from rnnviz.sweeps.batch import Batch, one_of
from rnnviz.sweeps.measures import Measure


def gradient(batch: Batch) -> np.ndarray:
    """log₁₀ of the norm, −inf where it is exactly zero; nan where no step is finite.

    Network by network, so that each number is the one that the network's own page shows. A network
    with a step whose slopes are all zero is known without any product.
    """
    trace = batch.trace
    values = np.full(len(trace.states), -np.inf)
    dead = np.zeros(len(values), bool)
    if trace.layer.structure == "elementwise" and not getattr(trace.layer, "leak_rate", None):
        finite = np.isfinite(trace.full_states).all(axis=(1, 2))
        dead = finite & (slope(trace) == 0).all(axis=2).any(axis=1)
    for network in np.flatnonzero(~dead):
        values[network] = gradient_left(one_of(trace, int(network)))
    return values


MEASURE = Measure("gradient", gradient, order=20, contour=0.0)
