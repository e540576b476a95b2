"""Lenses over all trials: what each unit does on average, and how far trials differ in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from rnnviz.analysis.trials import mean_over_trials, spread_over_trials
from rnnviz.engine.run import Run
from rnnviz.views._plot.lenses import state_scale
from rnnviz.views._plot.picture import Field, symmetric_limit


@dataclass(frozen=True)
class TrialLens:
    """One way to look at all trials of a run in one picture.

    Parameters
    ----------
    name : str
        Its name in the link; its words are ``lens.<name>.*`` and ``field.<name>.*``.
    values : callable (states, lengths) -> ndarray (timesteps, units)
        What the cells show, of states (trials, timesteps, units).
    scale : callable (values, state_range) -> dict
        The colour scale, as in `rnnviz.views._plot.lenses.Lens`.
    array_name : str
        The values as an expression of NumPy.
    """

    name: str
    values: Callable[[np.ndarray, Sequence[int]], np.ndarray]
    scale: Callable[[np.ndarray, tuple[float, float]], dict[str, Any]]
    array_name: str

    def field(self, run: Run, layer: int) -> Field:
        """Return what the heatmap of one trial shows: as many timesteps as that trial has."""
        whole, shown = run.whole, run.layers[layer]
        values = self.values(whole.layers[layer].states, whole.lengths)[: run.timesteps]
        values.setflags(write=False)
        scale = self.scale(values, shown.state_range)
        return Field(values, self.name, array_name=self.array_name, **scale)


def _spread(states: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Return the standard deviation; nan where one trial alone is that long, as ``std`` has it."""
    values = spread_over_trials(states, lengths)
    longest_but_one = sorted(lengths)[-2] if len(lengths) > 1 else 0
    values[longest_but_one:] = np.nan
    return values


def _spread_scale(values: np.ndarray, state_range: tuple[float, float]) -> dict[str, Any]:
    """From 0 to the most that two values within the range can differ, √½ of its width."""
    low, high = state_range
    bounded = math.isfinite(high - low)
    most = (high - low) * math.sqrt(0.5) if bounded else symmetric_limit(values)
    marks = {"low_mark": 0.0, "high_mark": None if bounded else math.inf}
    missing = {"missing_key": "field.trial_spread.missing"}
    return {"low": 0.0, "high": most, "kind": "sequential", **marks, **missing}


TRIAL_LENSES: Mapping[str, TrialLens] = MappingProxyType(
    {
        lens.name: lens
        for lens in (
            TrialLens("trial_mean", mean_over_trials, state_scale, "states.mean(axis=0)"),
            TrialLens("trial_spread", _spread, _spread_scale, "states.std(axis=0, ddof=1)"),
        )
    }
)
"""By name in the link; offered where a run has several trials."""
