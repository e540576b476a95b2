"""How do all units together fare, step by step? Share saturated, share exact, mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SATURATED_ABOVE = 0.99
"""A unit counts as saturated when it is within one per cent of a bound of its activation."""


@dataclass(frozen=True, eq=False)
class StepSummary:
    """One number a timestep, each array ``(timesteps,)`` float64 and read-only.

    Parameters
    ----------
    mean : ndarray
        Mean state over the units; not finite where a state is not.
    saturated : ndarray or None
        Share of units (0…1) within one per cent of a bound; None for an unbounded activation.
    exact : ndarray or None
        Share of units (0…1) that are exactly at a bound.
    """

    mean: np.ndarray
    saturated: np.ndarray | None
    exact: np.ndarray | None


def step_summary(states: np.ndarray, bounds: tuple[float, float] | None) -> StepSummary:
    """Summarise states over the units of each step.

    Parameters
    ----------
    states : ndarray (timesteps, units)
    bounds : (float, float) or None
        Least and greatest value of the activation: (−1, 1) for tanh, (0, 1) for sigmoid, None for
        an unbounded one. For tanh a unit is saturated where ``|h| > 0.99``.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        mean = states.mean(axis=1, dtype=np.float64)
    saturated = exact = None
    if bounds is not None:
        low, high = bounds
        margin = (high - low) / 2 * (1 - SATURATED_ABOVE)
        saturated = ((states > high - margin) | (states < low + margin)).mean(axis=1)
        exact = ((states >= high) | (states <= low)).mean(axis=1)
    for array in (mean, saturated, exact):
        if array is not None:
            array.setflags(write=False)
    return StepSummary(mean, saturated, exact)
