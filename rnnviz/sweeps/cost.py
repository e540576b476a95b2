"""How long a sweep takes, roughly: told before it starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.spec.experiment import Experiment
from rnnviz.sweeps.chunks import corners
from rnnviz.sweeps.sweep import Sweep

_SHARE = {"gradient": 5.0, "lyapunov": 3.0, "spectral_radius": 2.0, "memory": 20.0}
"""Time of a measure beside the run itself, as a multiple of the run."""
_OTHERS = 0.3
_STACKED = 3.0
"""So many times faster is a network in a stack than one alone."""


def seconds_for(experiment: Experiment, networks: int, measures: Sequence[str]) -> float:
    """Return the seconds of so many networks on one processor of a slow laptop, roughly."""
    work = 1 + sum(_SHARE.get(name, _OTHERS) for name in measures)
    return networks * experiment.cost.seconds * work / _STACKED


def seconds_of(sweep: Sweep) -> float:
    """Return the same of a sweep, by the mean of the networks at the ends of its axes."""
    each = [seconds_for(one, 1, sweep.measures) for one in corners(sweep)]
    return sweep.networks * float(np.mean(each))
