"""The one description of a heatmap over time, from which the plain figure and the viewer are made.

A :class:`Picture` says what is shown, in which range and under which names. It holds no pixels:
:func:`encode` turns values into the 255 shades that both renderers colour alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MISSING, LOWEST, HIGHEST = 0, 1, 255
"""Shades with a meaning of their own: not a number; at or below, at or above a mark."""
_LEAST, _GREATEST = 1e-300, 8e307


@dataclass(frozen=True, eq=False)
class Field:
    """Values over timesteps and units, and how they are read.

    Parameters
    ----------
    values : ndarray (timesteps, units)
        Read-only; float64 or float32.
    name : str
        What is shown, e.g. ``"state"``; its words are ``field.<name>.*``.
    low, high : float
        Ends of the colour scale; a diverging scale has its middle half way.
    kind : {"diverging", "sequential"}
        The colour scale.
    low_mark, high_mark : float or None
        Values from which on a cell is marked without colour as well: the bounds of the activation
        (exactly −1, exactly 1), or the infinities of a diverged run.
    array_name : str
        Name of the array in NumPy, for a hover that can be typed.
    """

    values: np.ndarray
    name: str
    low: float
    high: float
    kind: str = "diverging"
    low_mark: float | None = None
    high_mark: float | None = None
    array_name: str = "states"

    @property
    def timesteps(self) -> int:
        """Number of timesteps."""
        return self.values.shape[0]

    @property
    def units(self) -> int:
        """Number of units."""
        return self.values.shape[1]


@dataclass(frozen=True, eq=False)
class Strip:
    """One number a timestep, drawn beneath the heatmap on the same time axis.

    Parameters
    ----------
    values : ndarray (timesteps,)
    name : str
        What is shown, e.g. ``"saturated"``; its words are ``strip.<name>.*``.
    low, high : float
        Range of its axis.
    percent : bool
        Whether values are shares, shown as per cent.
    """

    values: np.ndarray
    name: str
    low: float
    high: float
    percent: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """A heatmap, the strips beneath it, and where the time cursor stands.

    Parameters
    ----------
    field : Field
    strips : tuple of Strip
    timestep, unit : int
        Cursor, as indices from 0; one beyond the run means the last one there is.
    experiment : str
        Canonical query of the experiment that is shown.
    part : str
        Which part of it, where there are several (a layer's number).
    compact : bool
        Half as tall: beside something else that matters more.
    backwards : bool
        Whether the layer read the last timestep first; columns are in the order of reading.
    """

    field: Field
    strips: tuple[Strip, ...] = ()
    timestep: int = 0
    unit: int = 0
    experiment: str = ""
    part: str = ""
    compact: bool = False
    backwards: bool = False

    @property
    def cursor(self) -> tuple[int, int]:
        """Timestep and unit of the cursor, brought inside the run."""
        return (
            max(0, min(self.timestep, self.field.timesteps - 1)),
            max(0, min(self.unit, self.field.units - 1)),
        )


def encode(values: np.ndarray, field: Field) -> np.ndarray:
    """Return the shade of each value, uint8 of the same shape.

    0 is not a number, 1 and 255 are values at the marks, 2…254 spread evenly from ``low`` to
    ``high``; what lies outside takes the last shade of its side.
    """
    # float32 is twice as fast and fine enough for 253 shades, but not for every size of number.
    dtype = np.float32 if 1e-30 < max(-field.low, field.high) < 1e30 else np.float64
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.subtract(values, field.low, dtype=dtype)
        scaled *= dtype(252 / (field.high - field.low))
        scaled += dtype(2.5)
        np.clip(scaled, 2, 254, out=scaled)
        missing = np.isnan(scaled)
        if missing.any():
            scaled[missing] = MISSING
        shades = scaled.astype(np.uint8)
    if field.low_mark is not None:
        shades[values <= field.low_mark] = LOWEST
    if field.high_mark is not None:
        shades[values >= field.high_mark] = HIGHEST
    return shades


def symmetric_limit(values: np.ndarray) -> float:
    """Return the greatest finite size among values, or 1.0 when there is none above zero.

    Never so great or so small that 252 shades between the two ends could not be computed.
    """
    if not values.size:
        return 1.0
    ends = np.array([values.min(), values.max()], dtype=np.float64)
    if not np.isfinite(ends).all():
        finite = values[np.isfinite(values)]
        ends = np.array([finite.min(), finite.max()]) if finite.size else np.zeros(1)
    limit = float(np.abs(ends).max())
    return min(max(limit, _LEAST), _GREATEST) if limit > 0 else 1.0
