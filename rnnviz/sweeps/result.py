"""What a sweep found: a number for each network and measure, as arrays and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.analysis.band import student
from rnnviz.sweeps.sweep import Sweep


@dataclass(frozen=True, eq=False)
class SweepResult:
    """The numbers of a sweep. Arrays are read-only.

    Parameters
    ----------
    sweep : Sweep
        What was asked for.
    values : dict of str to ndarray (the sweep's shape)
        By measure; nan for a network that has no such number or was not computed.
    reasons : dict of tuple to str
        Why a network was not computed, by its place on the grid.
    """

    sweep: Sweep
    values: dict[str, np.ndarray]
    reasons: dict[tuple[int, ...], str]

    def array(self, measure: str | None = None) -> np.ndarray:
        """The numbers of a measure, the first one by default, in the order of the axes."""
        return self.values[self.sweep.measures[0] if measure is None else measure]

    def mean(self, measure: str | None = None) -> np.ndarray:
        """The mean over the seeds, as `array` without that axis."""
        return _over_seeds(self, measure, np.nanmean)

    def error(self, measure: str | None = None) -> np.ndarray:
        """Standard error of `mean` over the seeds; nan where there is one seed only."""
        return _over_seeds(self, measure, _standard_error)

    def band(self, measure: str | None = None) -> np.ndarray:
        """Half width of the 95 % interval of `mean`, by Student's t; nan where there is one seed.

        Over more seeds of the same knobs: how far the mean of very many may lie from this one.
        """

        def half_width(values: np.ndarray, axis: int) -> np.ndarray:
            counts = np.isfinite(values).sum(axis=axis)
            return student(counts - 1) * _standard_error(values, axis)

        return _over_seeds(self, measure, half_width)

    @property
    def frame(self) -> Any:
        """A pandas DataFrame with a row a network: its knobs, its numbers, the reason for none."""
        import pandas as pd

        grids = np.meshgrid(*map(np.arange, self.sweep.shape), indexing="ij")
        columns: dict[str, Any] = {}
        for (name, values), places in zip(self.sweep.axes, grids, strict=True):
            columns[name] = [values[place] for place in places.ravel()]
        for name, measured in self.values.items():
            columns[name] = measured.ravel()
        if self.reasons:
            rows = np.stack([grid.ravel() for grid in grids], axis=1)
            columns["reason"] = [self.reasons.get(tuple(map(int, one)), "") for one in rows]
        return pd.DataFrame(columns)

    def to_frame(self) -> Any:
        """The same as `frame`, under the name that every result has."""
        return self.frame


def _standard_error(values: np.ndarray, axis: int) -> np.ndarray:
    counts = np.isfinite(values).sum(axis=axis)
    spread = np.nanstd(np.where(np.isfinite(values), values, np.nan), axis=axis, ddof=1)
    return spread / np.sqrt(np.maximum(1, counts))


def _over_seeds(result: SweepResult, measure: str | None, reduce: Any) -> np.ndarray:
    import warnings

    values = result.array(measure)
    if "seed" not in result.sweep.names:
        return values if reduce is np.nanmean else values * np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a mean of nothing but nan is nan
        return reduce(values, axis=result.sweep.names.index("seed"))
