"""How much of a network's state is pinned at the ends of its activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SATURATED_FROM = 0.99
"""A unit counts as saturated from this share of the way to the end of its activation."""


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
        Smallest and largest state; not finite when the run diverged.
    diverged_at : int or None
        First timestep that is not finite.
    """

    bounded: bool
    share: float
    share_exact: float
    share_by_step: np.ndarray
    mean_by_step: np.ndarray
    exact_from: int | None
    exact_value: float | None
    zero: bool
    lowest: float
    highest: float
    diverged_at: int | None


def saturation(trace) -> Saturation:
    """Measure the saturation of a trace's hidden states.

    The distance to the ends is taken relative to the activation's range, so that sigmoid (ends 0
    and 1) and tanh (ends ±1) are measured alike. For gated cells the states are bounded by ±1.

    Parameters
    ----------
    trace : engine.Trace
        ``states (timesteps, units)``; a batch is measured as one.
    """
    states = trace.states
    low, high = trace.layer.state_range
    bounded = bool(np.isfinite(low) and np.isfinite(high))
    if bounded:
        middle, half = (low + high) / 2, (high - low) / 2
        way = np.abs(states - middle) if middle else np.abs(states)
        saturated, exact = way > SATURATED_FROM * half, way == half
    else:
        saturated = exact = np.zeros(states.shape, dtype=bool)
    exact_from = _from_which_on(exact.all(axis=-1))
    with np.errstate(invalid="ignore", over="ignore"):
        mean_by_step = states.mean(axis=-1, dtype=np.float64)
    return Saturation(
        bounded=bounded,
        share=float(saturated.mean()),
        share_exact=float(exact.mean()),
        share_by_step=_frozen(saturated.mean(axis=-1)),
        mean_by_step=_frozen(mean_by_step),
        exact_from=exact_from,
        exact_value=_only_value(states[exact_from:]) if exact_from is not None else None,
        zero=not states.any(),
        lowest=float(states.min()),
        highest=float(states.max()),
        diverged_at=trace.diverged_at,
    )


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
