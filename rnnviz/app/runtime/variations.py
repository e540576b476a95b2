"""Experiments that differ in a knob or two: made and checked once, then shared like their runs.

A page run asks for half a dozen, and a class that drags one slider asks for the same ones.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rnnviz.spec.experiment import Experiment

_MOST = 1024


ONE_STEP: dict[str, Any] = {
    "weight_scale": 1.0, "timesteps": 1, "signal": "uniform", "sequences": 1, "stateful": False,
    "mask_zero": False,
}  # fmt: skip
"""Changes by which only the weights are left to tell experiments apart."""


def variation(experiment: Experiment, **changes: Any) -> Experiment:
    """Return ``experiment.replace(**changes)``; ExperimentError if that is not allowed."""
    # Equal values of other types, such as 1 and True, are not the same wish.
    return _made(experiment, tuple((name, type(value), value) for name, value in changes.items()))


@lru_cache(maxsize=_MOST)
def _made(experiment: Experiment, changes: tuple[tuple[str, type, Any], ...]) -> Experiment:
    return experiment.replace(**{name: value for name, _, value in changes})
