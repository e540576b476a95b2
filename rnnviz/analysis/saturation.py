"""How much of a network's state is pinned at the ends of its activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np

from rnnviz.engine import BidirectionalTrace, Trace

SATURATED_FROM = 0.99
"""A unit counts as saturated from this share of the way to the end of its activation."""

_AT_ONCE = 2**20
"""Bytes of states that are looked at in one go."""


@dataclass(frozen=True, eq=False)
class Saturation:
    """What pins the states of one run, and when.

    Parameters
    ----------
    bounded : bool
        Whether the activation has ends at all; without (relu, linear) nothing can saturate and
        every share is 0.
    share : float
        Share of all states that are saturated, 0 to 1.
    share_exact : float
        Share of all states that are rounded to exactly an end (for tanh, exactly ±1).
    share_by_step : ndarray (timesteps,)
        Share of saturated units at each timestep.
    mean_by_step : ndarray (timesteps,)
        Mean state over the units at each timestep.
    exact_from : int or None
        First timestep from which on every unit is exactly at an end until the last; None if never.
    exact_value : float or None
        The one value that all those units hold, if it is one; None if they hold both ends.
    zero : bool
        Whether every state is exactly 0.
    lowest, highest : float
        Smallest and largest state that is finite; nan if none is.
    diverged_at : int or None
        First timestep that is not finite.
    """

    bounded: bool
    share: float
    share_exact: float
    share_by_step: Annotated[np.ndarray, "... timesteps"]
    mean_by_step: Annotated[np.ndarray, "... timesteps"]
    exact_from: int | None
    exact_value: float | None
    zero: bool
    lowest: float
    highest: float
    diverged_at: int | None


_MEASURED: WeakKeyDictionary[Trace | BidirectionalTrace, Saturation] = WeakKeyDictionary()
"""What was measured, as long as its trace lives: a page asks for it half a dozen times."""


def saturation(trace: Trace | BidirectionalTrace) -> Saturation:
    """Measure, once for each trace, the saturation of a trace's hidden states.

    The distance to the ends is taken relative to the activation's range, so that sigmoid (ends 0
    and 1) and tanh (ends ±1) are measured alike. For gated cells the states are bounded by ±1.

    Parameters
    ----------
    trace : engine.Trace or engine.BidirectionalTrace
        ``states (timesteps, units)``; a batch is measured as one. Of both directions of a
        Bidirectional layer, what they were merged to.
    """
    measured = _MEASURED.get(trace)
    if measured is None:
        measured = _MEASURED[trace] = _measure(trace)
    return measured


def _measure(trace: Trace | BidirectionalTrace) -> Saturation:
    states, (low, high) = trace.states, trace.layer.state_range
    bounded = bool(np.isfinite(low) and np.isfinite(high))
    near, exact, mean, lowest, highest = _by_step(states, low, high, bounded)
    units = states.shape[-1]
    exact_from = _from_which_on(exact == units)
    return Saturation(
        bounded=bounded,
        share=float(near.sum() / states.size),
        share_exact=float(exact.sum() / states.size),
        share_by_step=_frozen(near / units),
        mean_by_step=_frozen(mean),
        exact_from=exact_from,
        exact_value=_only_value(states[exact_from:]) if exact_from is not None else None,
        zero=lowest == 0 == highest,
        lowest=lowest,
        highest=highest,
        diverged_at=trace.diverged_at,
    )


def _by_step(
    states: np.ndarray, low: float, high: float, bounded: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Return saturated units, exact ones and mean of each step; the least and greatest state.

    Pieces that stay in the processor's cache are looked at up to five times each: going through all
    of a large run for every question takes four times as long.
    """
    rows = states.reshape(-1, states.shape[-1])
    near, exact = np.zeros((2, len(rows)), dtype=np.int64)
    mean, ends = np.empty(len(rows)), []
    middle, half = ((low + high) / 2, (high - low) / 2) if bounded else (0.0, 0.0)
    size = max(1, _AT_ONCE // max(1, rows[:1].nbytes))
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, len(rows), size):
            piece, part = rows[start : start + size], slice(start, start + size)
            reached = _ends_of(piece)
            ends += reached
            piece.mean(axis=-1, dtype=np.float64, out=mean[part])
            if bounded:
                way = np.abs(piece - middle) if middle else np.abs(piece)
                near[part] = _count(way > SATURATED_FROM * half)
                if low in reached or high in reached:
                    exact[part] = _at_an_end(piece, way, low, high)
    shape = states.shape[:-1]
    lowest, highest = (min(ends), max(ends)) if ends else (float("nan"), float("nan"))
    return near.reshape(shape), exact.reshape(shape), mean.reshape(shape), lowest, highest


def _ends_of(states: np.ndarray) -> list[float]:
    """Return the least and the greatest of the states that are finite; nothing if none is."""
    ends = [float(states.min()), float(states.max())]
    if np.isfinite(ends).all():
        return ends
    finite = states[np.isfinite(states)]
    return [float(finite.min()), float(finite.max())] if finite.size else []


def _at_an_end(states: np.ndarray, way: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return how many of each row are exactly at an end; ``way`` is their distance to the middle.

    With the middle at 0 the distance says so. A sigmoid's 1e-20 minus ½ rounds to −½ and is still
    no 0, so there both ends are asked.
    """
    if low == -high:
        return _count(way == high)
    return _count(states == low) + _count(states == high)


def _count(flags: np.ndarray) -> np.ndarray:
    """Return how many of each row are true, in half the time of ``numpy.count_nonzero``."""
    return flags.view(np.uint8).sum(axis=-1, dtype=np.uint32)


def _from_which_on(true_at: np.ndarray) -> int | None:
    """Return the first index from which on all are true until the end, None if the last is not."""
    others = np.flatnonzero(~true_at)
    first = int(others[-1]) + 1 if others.size else 0
    return first if first < true_at.size else None


def _only_value(states: np.ndarray) -> float | None:
    value = states.flat[0]
    return float(value) if (states == value).all() else None


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
