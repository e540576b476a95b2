"""Ranges of axes along which the same step is to be the same length: paths, planes, eigenvalues."""

from __future__ import annotations

import numpy as np

_ROOM = 1.08
"""Ends of an axis lie so many times as far from its middle as the values do: marks have a size."""


def equal_axes(layout: dict, x, y, names: tuple[str, str] = ("xaxis", "yaxis")) -> None:
    """Give two axes of a layout one scale, with every finite value of x and y in sight.

    Plotly then widens the range of one of them as the panel needs, and never narrows it.

    Parameters
    ----------
    layout : dict
        Changed in place.
    x, y : array_like
        What is drawn, of any shape; a coordinate that does not vary gets a range as well.
    names : (str, str)
        Names of the axes in the layout.
    """
    across, upward = names
    layout[across] |= {"range": span(x)}
    layout[upward] |= {"range": span(y), "scaleanchor": across.replace("axis", "")}


def span(values) -> list[float]:
    """Return the two ends of an axis that shows all finite values, with room for marks."""
    middle, half = _middle_and_half(values)
    return [middle - half, middle + half]


def equal_spans(*coordinates) -> list[list[float]]:
    """Return the ends of axes in space: all of the length that the longest needs."""
    found = [_middle_and_half(values) for values in coordinates]
    half = max(half for _, half in found)
    return [[middle - half, middle + half] for middle, _ in found]


def plane_values(radius: float, *values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what an axis of the complex plane has to show, real and imaginary parts.

    A circle about 0 is among it, whole, wherever the values lie.
    """
    together = np.concatenate([np.ravel(one) for one in values] or [np.empty(0, complex)])
    ends = np.array([-radius, radius])
    return np.concatenate([ends, together.real]), np.concatenate([ends, together.imag])


def _middle_and_half(values) -> tuple[float, float]:
    flat = np.asarray(values, np.float64).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    half = _ROOM * (high / 2 - low / 2)
    # What does not vary: a range that still tells its value from its neighbours.
    return low / 2 + high / 2, half or max(abs(low), 1.0)
