"""What theory says of a sweep's networks before any of them is run: the radius of U."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from rnnviz.engine import CELLS
from rnnviz.engine.initializers import TRUNCATED_DEVIATION
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.sweeps.sweep import Sweep

# Entries of variance σ² around zero fill the disc of radius σ√H (Girko's circular law, 1985).
_RADIUS: dict[str, Callable[[int], float]] = {
    # Uniform on [0, 1): the mean 1/2 gives one eigenvalue H/2, far outside of all the others.
    "numpy_random": lambda units: units / 2,
    "ones": lambda units: float(units),
    "zeros": lambda units: 0.0,
    "orthogonal": lambda units: 1.0,
    "identity": lambda units: 1.0,
    "glorot_uniform": lambda units: 1.0,
    "glorot_normal": lambda units: 1.0,
    "lecun_uniform": lambda units: 1.0,
    "lecun_normal": lambda units: 1.0,
    "he_uniform": lambda units: math.sqrt(2.0),
    "he_normal": lambda units: math.sqrt(2.0),
    "random_normal": lambda units: 0.05 * math.sqrt(units),
    "random_uniform": lambda units: 0.05 * math.sqrt(units / 3),
    "truncated_normal": lambda units: 0.05 * TRUNCATED_DEVIATION * math.sqrt(units),
    "pytorch_uniform": lambda units: 1 / math.sqrt(3.0),
}
"""Spectral radius of U as each initialiser draws it, for many units."""


def expected_radius(experiment: Experiment) -> float | None:
    """The spectral radius of the top layer's U that theory expects, gains and scale included.

    None where U is made of several gates or there is none.
    At 1 the linear network stops forgetting; for U without a mean that is the g = 1 of mean field
    (Sompolinsky, Crisanti and Sommers 1988), for the lecture's weights it is s·H = 2.
    """
    layer = experiment.layers[-1]
    cell = CELLS[layer.cell]
    if cell.gate_count() > 1 or "recurrent_kernel" not in cell.weight_names():
        return None
    if layer.spectral_radius is not None:
        drawn = float(layer.spectral_radius)
    else:
        drawn = _RADIUS[layer.recurrent_initializer](layer.units)
    return drawn * layer.recurrent_gain * experiment.weight_scale


def expected_radii(sweep: Sweep) -> np.ndarray | None:
    """`expected_radius` of every network, in the sweep's shape; None where one has none."""
    radii = np.empty(sweep.shape)
    for index in np.ndindex(sweep.shape):
        try:
            radius = expected_radius(sweep.experiment_at(index))
        except ExperimentError:
            return None
        if radius is None:
            return None
        radii[index] = radius
    return radii
