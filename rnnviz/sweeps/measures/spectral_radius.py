"""ρ(U), the greatest modulus of an eigenvalue of the recurrent kernel."""

from __future__ import annotations

import numpy as np

from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.measures import Measure


def spectral_radius(batch: Batch) -> np.ndarray:
    """The spectral radius of the top layer; nan for cells with several recurrent blocks."""
    layer = batch.trace.layer
    recurrent = layer.arrays.get("recurrent_kernel")
    if recurrent is None or layer.gate_count() != 1:
        return np.full(len(batch.experiments), np.nan)
    moduli = np.abs(np.linalg.eigvals(np.asarray(recurrent, np.float64)))
    return moduli.max(axis=-1)


MEASURE = Measure("spectral_radius", spectral_radius, order=40, contour=1.0)
