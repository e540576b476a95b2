"""What do all trials do together? Their paths in one plane, and mean and spread by label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.analysis.saturation import saturation
from rnnviz.analysis.trajectory import Projection, projection
from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import Trace


@dataclass(frozen=True, eq=False)
class Trials:
    """The trials of a run in the directions in which all of them move most.

    Parameters
    ----------
    projection : Projection
        Principal components of the states of all trials, one after the other.
    coordinates : tuple of ndarray (timesteps of the trial, components)
        The path of each trial; it ends where states are not finite.
    labels : tuple of str
        One for each trial; all the same "" where nothing is known.
    saturated : ndarray (trials,)
        Share of saturated states of each trial.
    ends : ndarray (trials, units)
        The last finite state of each trial; nan for a trial that has none. float64.
    """

    projection: Projection
    coordinates: tuple[np.ndarray, ...]
    labels: tuple[str, ...]
    saturated: np.ndarray
    ends: np.ndarray

    @property
    def groups(self) -> tuple[str, ...]:
        """The different labels in the order of their first trial."""
        return tuple(dict.fromkeys(self.labels))

    def mean_and_spread(self, label: str, component: int) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation over the trials of a label, ``(timesteps,)`` each.

        At each timestep over the trials that are that long; the deviation divides by their
        number minus one and is 0 where there is one trial only.
        """
        pairs = zip(self.coordinates, self.labels, strict=True)
        paths = [path for path, one in pairs if one == label]
        longest = max((len(path) for path in paths), default=0)
        values = np.full((len(paths), longest), np.nan)
        for row, path in zip(values, paths, strict=True):
            if component < path.shape[1]:
                row[: len(path)] = path[:, component]
            else:
                row[: len(path)] = 0.0
        counts = np.isfinite(values).sum(axis=0)
        total = np.nansum(values, axis=0)
        mean = np.divide(total, counts, out=np.zeros(longest), where=counts > 0)
        squares = np.nansum((values - mean) ** 2, axis=0)
        return mean, np.sqrt(squares / np.maximum(1, counts - 1))

    @property
    def separation(self) -> float:
        """Share of the variance of the last states that lies between the labels, 0 … 1.

        Of the whole states, not of the directions that are kept; nan with one label or where the
        states do not differ.
        """
        known = np.isfinite(self.ends).all(axis=1)
        points, labels = self.ends[known], np.array(self.labels)[known]
        if len(set(labels)) < 2:
            return float("nan")
        middle = points.mean(axis=0)
        total, between = ((points - middle) ** 2).sum(), 0.0
        for label in set(labels):
            mine = points[labels == label]
            between += len(mine) * ((mine.mean(axis=0) - middle) ** 2).sum()
        return float(between / total) if total > 0 else float("nan")

    @property
    def verdict(self) -> Verdict:
        """What the trials show."""
        numbers: dict[str, float] = {
            "trials": len(self.coordinates),
            "groups": len(self.groups),
        }
        if not self.projection.has_spread:
            return verdict("trials.still", **numbers)
        numbers["share"] = 100 * float(self.projection.explained[:2].sum())
        if np.isnan(self.separation):
            return verdict("trials.paths", **numbers)
        return verdict("trials.labels", **numbers, separation=100 * self.separation)

    def to_frame(self) -> Any:
        """The paths as a pandas DataFrame: trial, label, timestep and one column a component."""
        import pandas as pd

        frames = []
        for number, (path, label) in enumerate(zip(self.coordinates, self.labels, strict=True)):
            columns = {f"component_{k + 1}": path[:, k] for k in range(path.shape[1])}
            frames.append(
                pd.DataFrame(
                    {"trial": number, "label": label, "timestep": np.arange(len(path)), **columns}
                )
            )
        return pd.concat(frames, ignore_index=True)


def trials(
    traces: Sequence[Trace],
    labels: Sequence[str] = (),
    components: int = 3,
    progress: Callable[[float], None] | None = None,
) -> Trials:
    """Return the trials in the directions in which all of them together move most.

    Parameters
    ----------
    traces : sequence of Trace
        One for each trial, all of one layer.
    labels : sequence of str
        One for each trial, or none.
    components : int
        How many directions are kept.
    progress : callable, optional
        Called with 0…1 now and then.

    Raises
    ------
    ValueError
        Without a trial, or with another number of labels.
    """
    if not traces:
        raise ValueError("There is no trial to look at.")
    labels = tuple(labels) or ("",) * len(traces)
    if len(labels) != len(traces):
        raise ValueError(f"There are {len(labels)} labels for {len(traces)} trials.")
    finite = [one.states[: one.diverged_at] for one in traces]
    found = projection(np.concatenate(finite), components, progress)
    paths = tuple(found.project(np.asarray(states, np.float64)) for states in finite)
    saturated = np.array([saturation(one).share for one in traces])
    nothing = np.full((1, traces[0].states.shape[-1]), np.nan)
    ends = np.concatenate([np.concatenate([nothing, one])[-1:] for one in finite]).astype(float)
    for array in (*paths, saturated, ends):
        array.setflags(write=False)
    return Trials(found, paths, labels, saturated, ends)


def mean_over_trials(states: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Return the mean of each unit at each timestep over the trials that are that long.

    Parameters
    ----------
    states : ndarray (trials, timesteps, units)
        Padded at the end of shorter trials.
    lengths : sequence of int
        Timesteps of each trial.

    Returns
    -------
    ndarray (timesteps, units)
        New, of the states' dtype; nan beyond the longest trial.
    """
    there, counts = _there(states, lengths)
    with np.errstate(all="ignore"):
        total = np.where(there, states, 0).sum(axis=0, dtype=np.float64)
        return (total / counts).astype(states.dtype)


def spread_over_trials(states: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Return the standard deviation over the trials, as in `mean_over_trials`.

    It divides by their number minus one, and is 0 where one trial alone is that long.
    """
    there, counts = _there(states, lengths)
    with np.errstate(all="ignore"):
        mean = np.where(there, states, 0).sum(axis=0, dtype=np.float64) / counts
        squares = np.where(there, np.square(states - mean), 0).sum(axis=0)
        return np.sqrt(squares / np.maximum(1, counts - 1)).astype(states.dtype)


def _there(states: np.ndarray, lengths: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return which (trial, timestep, 1) are no padding, and how many trials are (timestep, 1)."""
    there = np.arange(states.shape[1]) < np.asarray(lengths)[:, None]
    return there[..., None], there.sum(axis=0)[:, None]
