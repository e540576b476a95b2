"""Sweeps whose numbers come with the package: pictures that a page shows at once.

Each is a Parquet file beside this one, made by this program and by nothing else; its metadata hold
the link of the sweep and the version that computed it. To make them again::

    python -m rnnviz.sweeps.shipped

takes some minutes. `tests/sweeps/test_shipped.py` computes some of their networks afresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from rnnviz.spec.experiment import Experiment
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.sweep import Sweep, spaced

_FOLDER = Path(__file__).parent
_AUTONOMOUS: Mapping[str, Any] = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "lecun_normal",
    "bias_initializer": "zeros",
    "input_features": 1,
}
SIZES = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""Numbers of units along an axis of a map."""
DRAWN = (
    "numpy_random", "pytorch_uniform", "glorot_uniform", "lecun_normal", "he_normal", "orthogonal",
    "identity", "random_normal", "ones",
)  # fmt: skip
"""Initialisers of U along an axis of a map."""

SHIPPED: Mapping[str, Sweep] = MappingProxyType(
    {
        # The lecture's weights: where every state ends at 1, and with it the gradient.
        "knee": Sweep(
            Experiment(),
            {"units": SIZES, "weight_scale": tuple(spaced(0.001, 10.0, 48)), "seed": range(4)},
            ("saturated", "gradient"),
        ),
        # Weights without a mean: how far back the state remembers, and where chaos begins.
        "edge": Sweep(
            Experiment(units=50, timesteps=200, **_AUTONOMOUS),
            {
                "input_gain": tuple(spaced(0.01, 100.0, 24)),
                "spectral_radius": tuple(spaced(0.1, 3.0, 24)),
                "seed": range(2),
            },
            ("lyapunov", "memory"),
        ),
        "initialisers": Sweep(
            Experiment(bias_initializer="zeros", kernel_initializer="glorot_uniform"),
            {
                "recurrent_initializer": DRAWN,
                "weight_scale": tuple(spaced(0.001, 10.0, 48)),
                "seed": range(4),
            },
            ("gradient", "dimension"),
        ),
    }
)
"""By name; the words of each are ``atlas.shipped.<name>``."""


def shipped_name(sweep: Sweep) -> str | None:
    """The name of the file that holds all numbers of a sweep; None where none does."""
    for name, one in SHIPPED.items():
        same = (one.experiment, one.axes) == (sweep.experiment, sweep.axes)
        if same and set(sweep.measures) <= set(one.measures):
            return name
    return None


@cache
def read_shipped(name: str) -> SweepResult:
    """The numbers of a sweep that comes with the package.

    Raises
    ------
    KeyError
        Where there is none of that name.
    """
    from pyarrow import parquet

    sweep = SHIPPED[name]
    table = parquet.read_table(file_of(name))
    values = {}
    for measure in sweep.measures:
        array = np.asarray(table[measure].to_numpy(), np.float64).reshape(sweep.shape)
        array.setflags(write=False)
        values[measure] = array
    return SweepResult(sweep, values, {})


def file_of(name: str) -> Path:
    """Where the numbers of a shipped sweep lie."""
    return _FOLDER / f"{name}.parquet"
