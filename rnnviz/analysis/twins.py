"""Do twins stay twins? The same network from h₀ and from h₀ nudged a little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.band import mean_along_a_run
from rnnviz.analysis.linearisation import finite_timesteps, one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, moment, power_of_ten, verdict
from rnnviz.engine import Trace, unroll
from rnnviz.knobs import Numbers, Whole, knob

NUDGES = {"float64": (1e-3, 1e-6, 1e-9), "float32": (1e-1, 1e-2, 1e-3)}
"""Lengths of the nudge for each dtype, far above its rounding."""

_STRETCH = 4096


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
        Growth of the smallest nudge a step (natural logarithm): least squares over the steps where
        the distance is small but above rounding, and the half width of a 95 % interval, inf where
        these are few; −inf and 0 if it falls to rounding at once, nan if there is nothing to fit.
    offset : float
        Height of the fitted line at the nudge itself, natural logarithm.
    fitted : int
        How many distances, from the first on, the line is fitted to.
    diverged_at : int or None
        First timestep at which the run itself is not finite.
    """

    nudges: tuple[float, ...]
    distances: Annotated[np.ndarray, "nudges steps"]
    floor: float
    rate: float
    rate_error: float
    offset: float
    fitted: int
    diverged_at: int | None

    @property
    def equal_from(self) -> int | None:
        """First timestep from which on all twins are equal in every digit; None if never."""
        apart = np.flatnonzero(self.distances.any(axis=0))
        last = int(apart[-1]) if apart.size else 0
        return last if last < self.distances.shape[1] - 1 else None

    @property
    def verdict(self) -> Verdict:
        """What became of the twins."""
        steps = self.distances.shape[1] - 1
        if steps == 0:
            return verdict("twins.diverged", **moment(0))
        if self.equal_from is not None:
            return verdict("twins.equal", **moment(self.equal_from))
        start, end = self.distances[-1, [0, -1]].tolist()
        ratio = end / start
        numbers: dict[str, Any] = {"nudge": self.nudges[-1]}
        numbers |= {"distance": end, "ratio": ratio, "steps": steps}
        if np.isinf(ratio):  # both are finite
            numbers["ratio"] = power_of_ten(np.log10(end) - np.log10(start))
        if ratio <= 1e-2 or end <= self.floor:
            return verdict("twins.forgotten", **numbers)
        return verdict("twins.apart" if ratio >= 1e2 else "twins.kept", **numbers)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a nudge and timestep, −1 before the first step."""
        import pandas as pd

        count = self.distances.shape[1]
        columns = {
            "nudge": np.repeat(self.nudges, count),
            "timestep": np.tile(np.arange(count) - 1, len(self.nudges)),
            "distance": self.distances.ravel(),
        }
        return pd.DataFrame(columns)


def twins(
    trace: Trace,
    nudges: Sequence[float] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Twins:
    """Run the network again from nudged initial states and compare.

    Each twin is a run of its own, because rows of a batch may be rounded differently.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    nudges : sequence of float, optional
        Lengths of the nudge; all go the same random way.
    seed : int
        Of that way.
    progress : callable, optional
        Called with 0…1 now and then.

    Raises
    ------
    ValueError
        Where the trace holds several sequences, or a nudge is not a positive number.
    """
    one_sequence(trace)
    for nudge in nudges or ():
        if not (np.isfinite(nudge) and nudge > 0):
            raise ValueError(f"nudges must be positive numbers, but one is {nudge}.")
    nudges = tuple(sorted(nudges or NUDGES[trace.layer.dtype.name], reverse=True))
    size, steps = trace.layer.state_size, trace.timesteps
    direction = np.random.default_rng(seed).standard_normal(size)
    direction /= np.linalg.norm(direction)
    distances = np.empty((len(nudges), steps + 1))
    for index, nudge in enumerate(nudges):
        begin = (trace.initial_state + nudge * direction).astype(trace.layer.dtype)
        distances[index, 0] = _distance(begin, trace.initial_state)
        for start in range(0, steps, _STRETCH):
            span = slice(start, start + _STRETCH)
            mask = None if trace.mask is None else trace.mask[span]
            twin = unroll(trace.layer, trace.inputs[span], begin, mask=mask).full_states
            distances[index, 1:][span] = _distance(twin, trace.full_states[span])
            begin = twin[-1]
            if progress is not None:
                progress((index + min(1.0, span.stop / steps)) / len(nudges))
    diverged = np.flatnonzero(~np.isfinite(distances).all(axis=0))
    end = int(diverged[0]) if diverged.size else steps + 1
    distances = np.ascontiguousarray(distances[:, : min(end, finite_timesteps(trace) + 1)])
    distances.setflags(write=False)
    spread = np.abs(trace.full_states[: distances.shape[1] - 1]).max(initial=1.0)
    floor = float(np.finfo(trace.layer.dtype).eps * np.sqrt(size) * spread)
    return Twins(nudges, distances, floor, *_rate(distances[-1], floor), trace.diverged_at)


def _distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        difference = one.astype(np.float64) - other
        squares = np.einsum("...i,...i->...", difference, difference)
        if squares.min() > 1e-290 and squares.max() < 1e290:
            return np.sqrt(squares)
        # Nearly equal or on the way to infinity: squares would be lost.
        largest = np.abs(difference).max(axis=-1, keepdims=True)
        difference /= np.where(largest > 0, largest, 1.0)
        return largest[..., 0] * np.sqrt(np.einsum("...i,...i->...", difference, difference))


def _rate(distances: np.ndarray, floor: float) -> tuple[float, float, float, int]:
    """Fit log distance over the steps up to the first that is no longer small or no longer seen."""
    usable = (distances > 10 * floor) & (distances < 1e-2)
    length = int(usable.argmin()) if not usable.all() else len(usable)
    if length < 3:
        gone = length < len(distances) and distances[length] <= 10 * floor
        return (-np.inf, 0.0, np.nan, 0) if gone else (np.nan, np.nan, np.nan, 0)
    steps = np.arange(length) - (length - 1) / 2
    logs = np.log(distances[:length])
    rate = steps @ logs / (steps @ steps)
    # Residuals of neighbouring steps are alike: what a step adds tells how sure the slope is.
    error = mean_along_a_run(np.diff(logs))[1]
    return float(rate), float(error), float(logs.mean() + rate * steps[0]), length


@dataclass(frozen=True, kw_only=True)
class TwinsParameters:
    """What can be set about twins; see :func:`twins`. ``nudges`` "auto" fit the run's dtype."""

    nudges: str | tuple[float, ...] = knob(
        "auto", Numbers(("auto",), 3, 1e-300, 1e3), control="numbers", quiet=True
    )
    seed: int = knob(0, Whole(0, 2**31 - 1), control="number", quiet=True)


def _of(trace: Trace, parameters: TwinsParameters, cursor: Cursor, progress) -> Twins:
    nudges = None if isinstance(parameters.nudges, str) else parameters.nudges
    return twins(trace, nudges, parameters.seed, progress)


ANALYSIS = Analysis("twins", TwinsParameters, _of)
