"""Do twins stay twins? The same network from h₀ and from h₀ nudged a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.linearisation import finite_timesteps
from rnnviz.analysis.verdict import Verdict, ordinal, verdict
from rnnviz.engine import Trace, unroll

NUDGES = {"float64": (1e-3, 1e-6, 1e-9), "float32": (1e-1, 1e-2, 1e-3)}
"""Lengths of the nudge for each dtype, far above its rounding."""


@dataclass(frozen=True, eq=False)
class Twins:
    """How far apart twins are. Arrays are read-only float64.

    Parameters
    ----------
    nudges : tuple of float
        Lengths ε of the change of the initial state, largest first.
    distances : ndarray (nudges, steps + 1)
        Euclidean distance of the whole states, first before step 0; exact zeros are zeros, the
        steps end where either twin is not finite.
    floor : float
        Distance that rounding alone can make.
    rate, rate_error : float
        Growth of the smallest nudge a step (natural logarithm): least squares and its standard
        error over the steps where the distance is small but above rounding; −inf and 0 if it
        falls to rounding at once, nan if there is nothing to fit.
    diverged_at : int or None
        First timestep at which the run itself is not finite.
    """

    nudges: tuple[float, ...]
    distances: np.ndarray
    floor: float
    rate: float
    rate_error: float
    diverged_at: int | None

    @property
    def equal_from(self) -> int | None:
        """First timestep from which on all twins are equal in every digit; None if never."""
        apart = np.flatnonzero(self.distances.any(axis=0))
        last = int(apart[-1]) if apart.size else -1
        return last if last < self.distances.shape[1] - 1 else None

    @property
    def verdict(self) -> Verdict:
        """What became of the twins."""
        steps = self.distances.shape[1] - 1
        if steps == 0:
            return verdict("twins.diverged", step=ordinal(0))
        if self.equal_from is not None:
            return verdict("twins.equal", step=ordinal(self.equal_from))
        start, end = self.distances[-1, 0], self.distances[-1, -1]
        ratio = float(end / start)
        numbers = {"nudge": self.nudges[-1], "distance": float(end), "ratio": ratio, "steps": steps}
        if ratio <= 1e-2 or end <= self.floor:
            return verdict("twins.forgotten", **numbers)
        return verdict("twins.apart" if ratio >= 1e2 else "twins.kept", **numbers)


def twins(trace: Trace, nudges: Sequence[float] | None = None) -> Twins:
    """Run the network again from nudged initial states and compare.

    Each twin is a run of its own, because rows of a batch may be rounded differently.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    nudges : sequence of float, optional
        Lengths of the nudge; all go the same random way.
    """
    nudges = tuple(sorted(nudges or NUDGES[trace.layer.dtype.name], reverse=True))
    size = trace.layer.state_size
    direction = np.random.default_rng(0).standard_normal(size)
    direction /= np.linalg.norm(direction)
    steps, distances = finite_timesteps(trace), np.empty((len(nudges), trace.timesteps + 1))
    for row, nudge in zip(distances, nudges, strict=True):
        start = (trace.initial_state + nudge * direction).astype(trace.layer.dtype)
        twin = unroll(trace.layer, trace.inputs, start)
        steps = min(steps, finite_timesteps(twin))
        row[0] = _distance(start, trace.initial_state)
        row[1:] = _distance(twin.full_states, trace.full_states)
    distances = np.ascontiguousarray(distances[:, : steps + 1])
    distances.setflags(write=False)
    spread = np.abs(trace.full_states[:steps]).max(initial=1.0)
    floor = float(np.finfo(trace.layer.dtype).eps * np.sqrt(size) * spread)
    return Twins(nudges, distances, floor, *_rate(distances[-1], floor), trace.diverged_at)


def _distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        difference = one.astype(np.float64) - other
        return np.sqrt(np.einsum("...i,...i->...", difference, difference))


def _rate(distances: np.ndarray, floor: float) -> tuple[float, float]:
    """Fit log distance over the steps up to the first that is no longer small or no longer seen."""
    usable = (distances > 10 * floor) & (distances < 1e-2)
    length = int(usable.argmin()) if not usable.all() else len(usable)
    if length < 3:
        gone = length < len(distances) and distances[length] <= 10 * floor
        return (-np.inf, 0.0) if gone else (np.nan, np.nan)
    steps = np.arange(length) - (length - 1) / 2
    logs = np.log(distances[:length])
    rate = steps @ logs / (steps @ steps)
    rest = logs - logs.mean() - rate * steps
    error = np.sqrt(rest @ rest / (length - 2) / (steps @ steps))
    return float(rate), float(error)
