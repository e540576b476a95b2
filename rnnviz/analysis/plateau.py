"""From where on does this number format round an activation to exactly its end?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from rnnviz.engine import ACTIVATIONS

_FARTHEST = 1e4
"""Beyond this every activation of ours has long reached the end that it has."""
_POINTS = 1024


@dataclass(frozen=True)
class Plateau:
    """Arguments at which an activation is rounded to exactly an end of its range.

    Parameters
    ----------
    activation, dtype : str
        What was measured.
    low : float or None
        Greatest z from which on downwards every value is exactly ``low_end``; None where the
        activation has no lower end.
    high : float or None
        Least z from which on upwards every value is exactly ``high_end``; None as above.
    low_end, high_end : float
        The ends themselves; infinite where there is none.
    """

    activation: str
    dtype: str
    low: float | None
    high: float | None
    low_end: float
    high_end: float


@cache
def plateau(activation: str, dtype: str) -> Plateau:
    """Measure where an activation's plateaus begin, on this machine.

    Nothing is known beforehand but the ends: the answer depends on the mathematical library and
    on the instructions of the processor. It is found by dividing an interval of floating-point
    numbers again and again, evaluating the activation as the engine does, on whole arrays.

    Parameters
    ----------
    activation : str
        A name in ``ACTIVATIONS``.
    dtype : {"float64", "float32"}
        The number format.
    """
    low_end, high_end = ACTIVATIONS[activation].range
    low = _edge(activation, dtype, low_end, -1) if np.isfinite(low_end) else None
    high = _edge(activation, dtype, high_end, 1) if np.isfinite(high_end) else None
    return Plateau(activation, dtype, low, high, low_end, high_end)


def _edge(activation: str, dtype: str, end: float, sign: int) -> float:
    """Return the z nearest to −sign·∞ from which on, towards sign·∞, all values equal ``end``."""
    apply = ACTIVATIONS[activation].apply
    outside, inside = np.array([-_FARTHEST, _FARTHEST], dtype)
    while True:
        points = _between(outside, inside)
        away = np.flatnonzero(apply(sign * points) != end)
        # The last point that is not at the end: the values need not be monotone to the last digit.
        last = int(away[-1])
        outside, inside = points[last], points[last + 1]
        if np.nextafter(outside, inside) == inside:
            return float(sign * inside) + 0.0


def _between(start: np.floating, stop: np.floating) -> np.ndarray:
    """Return rising floats from start to stop; at last, all the floats that there are."""
    points = np.linspace(start, stop, _POINTS, dtype=start.dtype)
    points[0], points[-1] = start, stop
    return np.unique(points)
