"""Ask each unit what it follows, and believe no answer that shuffled data give as well.

Each feature (`rnnviz.moments.features`) is scored for each unit on data that the score was not
fitted to: of blocks in a row, every other one is held out, and then the other way round. A feature
of yes and no has the area under the receiver operating characteristic (AUC: how often the unit is
higher where it is true; the direction is taken from the other blocks). A feature with a size has
R², the share of the unit's variance that it explains: the mean state in each of up to 16
ranges of the feature, taken from the other blocks.

Null: the features are cut at random places into `SEGMENTS` and put together in another order, which
keeps what both do from step to step and parts them. Each time, the greatest score over all units is
kept, in units of its spread for that feature, and the greatest over all features: a finding is
believed where no more than ``level`` of these are as large. That is a correction for the number of
units and of features at once (P. Westfall & S. Young, "Resampling-based multiple testing", 1993).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.moments.features import Feature, features_of
from rnnviz.moments.joined import joined_states
from rnnviz.moments.scores import BINS, Folds, areas, binned, explained

__all__ = ["BINS", "UnitFinding", "UnitFindings", "explain_units"]

Progress = Callable[[float], None]

MOST_STEPS = 20_000
"""A longer run is looked at in `BLOCKS` stretches spread over it, together so long."""
LEAST_STEPS = 40
BLOCKS = 20
SEGMENTS = 40
SHORTEST = 40
"""Segments are so many timesteps long on average, where the run is too short for `SEGMENTS`."""
RAREST = 5
"""A feature that is true, or not true, at fewer steps of either half is left out."""
CLEARLY = 0.15
"""The time since an event must explain so much more of the variance than the event to be told."""
_NARROWEST = 1e-6


@dataclass(frozen=True)
class UnitFinding:
    """What one unit follows.

    Parameters
    ----------
    unit : int
    feature : Feature
    measure : str
        "auc" or "r2".
    score : float
        By that measure, on held-out blocks.
    high : bool
        Of a feature of yes and no, whether the unit is higher where it is true.
    variance : float
        Share of the unit's variance that the feature explains, on held-out blocks: by it the
        features of one unit are compared.
    p : float
        Share of shuffles whose greatest score over all units and features is as large.
    """

    unit: int
    feature: Feature
    measure: str
    score: float
    high: bool
    variance: float
    p: float


@dataclass(frozen=True, eq=False)
class UnitFindings:
    """What was asked of every unit and what was found.

    Parameters
    ----------
    findings : tuple of UnitFinding
        The best feature of each unit that follows one, the clearest first.
    units, steps : int
        How many units were asked, and on how many timesteps.
    features : tuple of Feature
        What they were asked about.
    scores, variances, p : ndarray (units, features)
        nan for units that never change. Arrays are read-only.
    level : float
        So often at most would anything be found where there is nothing.
    shuffles : int
    """

    findings: tuple[UnitFinding, ...]
    units: int
    steps: int
    features: tuple[Feature, ...]
    scores: np.ndarray
    variances: np.ndarray
    p: np.ndarray
    level: float
    shuffles: int

    def of(self, unit: int) -> UnitFinding | None:
        """Return what a unit follows; None where nothing was found."""
        return next((one for one in self.findings if one.unit == unit), None)

    def to_frame(self) -> Any:
        """Return one row for each unit and feature, believed or not."""
        import pandas as pd

        units, features = self.scores.shape
        measures = ["auc" if one.binary else "r2" for one in self.features]
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(units), features),
                "feature": [one.key for one in self.features] * units,
                "measure": measures * units,
                "score": self.scores.ravel(),
                "variance": self.variances.ravel(),
                "p": self.p.ravel(),
                "found": (self.p <= self.level).ravel(),
            }
        )


def explain_units(
    run: Run,
    labels: Any = None,
    *,
    layer: int | None = None,
    level: float = 0.05,
    shuffles: int = 199,
    seed: int = 0,
    progress: Progress | None = None,
) -> UnitFindings:
    """Ask each unit of a run what it follows.

    Parameters
    ----------
    run : Run
        All its trials.
    labels : mapping, DataFrame or array_like, optional
        Columns of labels with a value for each timestep; see `features_of`.
    layer : int, optional
        Which recurrent layer; the top one by default.
    level : float
        So often at most would anything be found where there is nothing, 0 … 1.
    shuffles : int
        How often the features are shuffled; the smallest p is 1 / (shuffles + 1).
    seed : int
        Of the shuffles.
    progress : callable (fraction), optional
        Raising in it ends the work.

    Raises
    ------
    ValueError
        Where labels do not fit, or the run is too short to hold anything out.
    """
    states = joined_states(run.whole, layer)
    if states.steps < LEAST_STEPS:
        raise ValueError(
            f"The run has {states.steps} timesteps; at least {LEAST_STEPS} are needed to ask units."
        )
    if shuffles < 1 or not 0 < level < 1:
        raise ValueError("shuffles must be at least 1, and level between 0 and 1.")
    steps = _looked_at(states.steps)
    values = states.rows(steps).astype(np.float64)
    folds = Folds.of(values, BLOCKS)
    features = [
        one for one in features_of(run, labels) if folds.tells_apart(one.values[steps], RAREST)
    ]
    picked = [one.values[steps] for one in features]
    if not features:
        empty = np.empty((states.units, 0))
        return UnitFindings((), states.units, len(steps), (), empty, empty, empty, level, shuffles)
    orders = _orders(len(steps), shuffles, seed)
    scores = np.empty((len(features), shuffles + 1, states.units))
    variances, high = np.zeros((2, len(features), states.units))
    for place, column in enumerate(picked):
        bins, count = binned(column)
        variances[place] = explained(folds, bins, count, orders[:1])[0]
        if column.dtype == bool:
            scores[place], high[place] = areas(folds, column, orders)
        else:
            scores[place] = explained(folds, bins, count, orders)
        if progress:
            progress((place + 1) / len(features))
    p = _corrected(scores)
    first = np.where(folds.constant, np.nan, scores[:, 0]).T
    kept = np.where(folds.constant, np.nan, variances).T
    p = np.where(folds.constant, np.nan, p).T
    findings = _findings(features, first, kept, p, high.T > 0, level)
    for array in (first, kept, p):
        array.setflags(write=False)
    return UnitFindings(
        findings, states.units, len(steps), tuple(features), first, kept, p, level, shuffles
    )


def _looked_at(steps: int) -> np.ndarray:
    """Return the steps that are looked at: all, or stretches spread evenly."""
    if steps <= MOST_STEPS:
        return np.arange(steps)
    length = MOST_STEPS // BLOCKS
    begins = np.linspace(0, steps - length, BLOCKS).astype(np.int64)
    return (begins[:, None] + np.arange(length)).ravel()


def _orders(steps: int, shuffles: int, seed: int) -> np.ndarray:
    """Return (shuffles + 1, steps): as it is, and then segments in another order each time."""
    generator = np.random.default_rng(seed)
    count = max(2, min(SEGMENTS, steps // SHORTEST))
    orders = np.empty((shuffles + 1, steps), np.int32)
    orders[0] = np.arange(steps)
    for row in orders[1:]:
        cuts = np.sort(generator.choice(steps - 1, count - 1, replace=False)) + 1
        segments = np.split(np.arange(steps, dtype=np.int32), cuts)
        row[:] = np.concatenate([segments[k] for k in generator.permutation(len(segments))])
    return orders


def _corrected(scores: np.ndarray) -> np.ndarray:
    """Return p of (features, 1 + shuffles, units), corrected for both: (features, units)."""
    greatest = scores[:, 1:].max(axis=2)
    middle, spread = greatest.mean(axis=1, keepdims=True), greatest.std(axis=1, keepdims=True)
    # Each shuffle is measured by the others, as what was asked is: by itself it would seem small.
    rest = max(1, greatest.shape[1] - 1)
    less = middle - (greatest - middle) / rest
    total = greatest.shape[1] * (spread**2 + middle**2)
    narrow = np.sqrt(np.maximum((total - greatest**2) / rest - less**2, 0))
    null = ((greatest - less) / np.maximum(narrow, _NARROWEST)).max(axis=0)
    asked = (scores[:, 0] - middle) / np.maximum(spread, _NARROWEST)
    as_large = len(null) - np.searchsorted(np.sort(null), asked, side="left")
    return (1 + as_large) / (1 + len(null))


def _counted(
    features: list[Feature], variances: np.ndarray, place: int, believed: np.ndarray
) -> float:
    """Return the variance that a feature explains; of a time since an event, what it adds to it.

    The time since an event is 0 where the event is, so it explains at least as much: only where it
    explains clearly more does a unit follow the time.
    """
    one = features[place]
    if one.kind == "since":
        for other in believed:
            event = features[other].name == one.name and features[other].binary
            if event and variances[place] < variances[other] + CLEARLY:
                return -1.0
    return float(variances[place])


def _findings(
    features: list[Feature],
    scores: np.ndarray,
    variances: np.ndarray,
    p: np.ndarray,
    high: np.ndarray,
    level: float,
) -> tuple[UnitFinding, ...]:
    """Return of each unit the believed feature that explains most of it."""
    found = []
    for unit in np.flatnonzero((p <= level).any(axis=1)):
        believed = np.flatnonzero(p[unit] <= level)
        explains = [_counted(features, variances[unit], int(k), believed) for k in believed]
        best = int(believed[np.argmax(explains)])
        feature = features[best]
        found.append(
            UnitFinding(
                int(unit),
                feature,
                "auc" if feature.binary else "r2",
                float(scores[unit, best]),
                bool(high[unit, best]),
                float(variances[unit, best]),
                float(p[unit, best]),
            )
        )
    return tuple(sorted(found, key=lambda one: -one.variance))
