"""The one description of a heatmap over time, from which the plain figure and the viewer are made.

A :class:`Picture` says what is shown, in which range and under which names. It holds no pixels:
:func:`encode` turns values into the 255 shades that both renderers colour alike.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

MISSING, LOWEST, HIGHEST = 0, 1, 255
"""Shades with a meaning of their own: not a number; at or below, at or above a mark."""
_LEAST, _GREATEST = 1e-300, 8e307
MOST_CURVES = 3
"""Up to so many features the input is drawn as curves; more are a heatmap."""
OWN_BELOW = 0.1
"""A picture whose values use no more than this share of a fixed scale is given its own."""
_ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


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
    own : bool
        Whether the ends follow the values that are there, and not those that are possible.
    title_key : str
        Key of the words that say what is shown, where it is not ``field.<name>.title``.
    missing_key : str
        Key of the words that say what a value is that is not a number.
    forward_only : bool
        Whether it is of the layer that reads forwards, one of two in a Bidirectional layer.
    """

    values: np.ndarray
    name: str
    low: float
    high: float
    kind: str = "diverging"
    low_mark: float | None = None
    high_mark: float | None = None
    array_name: str = "states"
    own: bool = False
    title_key: str = ""
    missing_key: str = "field.missing.title"
    forward_only: bool = False

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
class InputBand:
    """What the network reads, drawn above its states on the same time axis.

    Parameters
    ----------
    field : Field
        Values ``(timesteps, features)``: numbers, or the vectors of the tokens.
    tokens : tuple of str
        The token of each timestep; empty where the input is numbers.
    feature_names : tuple of str
        Names of the features; empty where they have none.
    title_key : str
        Key of the words that say what it is, where it is not the network's input.
    """

    field: Field
    tokens: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    title_key: str = ""

    @property
    def is_curve(self) -> bool:
        """Whether the features are few enough to be drawn as a curve each."""
        return self.field.units <= MOST_CURVES and not self.tokens


@dataclass(frozen=True, eq=False)
class Picture:
    """A heatmap, the input above it, the strips beneath it, and where the time cursor stands.

    Parameters
    ----------
    field : Field
    strips : tuple of Strip
    timestep, unit : int
        Cursor, as indices from 0; one beyond the run means the last one there is.
    identity : str
        What tells the numbers that are shown from any others; "" where nothing does.
    experiment : str
        Canonical query of the experiment that is shown, or ``network:<sha256>``.
    part : str
        Which part of it, where there are several (a layer's number).
    compact : bool
        Half as tall: beside something else that matters more.
    backwards : bool
        Whether the layer read the last timestep first; columns are in the order of reading.
    input : InputBand or None
        What the network read, in the same order of columns.
    """

    field: Field
    strips: tuple[Strip, ...] = ()
    timestep: int = 0
    unit: int = 0
    experiment: str = ""
    part: str = ""
    identity: str = ""
    compact: bool = False
    backwards: bool = False
    input: InputBand | None = None

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


def with_contrast(field: Field, contrast: str, ends: tuple[float, float] | None = None) -> Field:
    """Return a field with the colour scale that a contrast asks for.

    Parameters
    ----------
    field : Field
        With ends that the possible values give.
    contrast : {"auto", "fixed", "own"}
        ``"own"`` follows the values that are there; ``"auto"`` does so only where they use a tenth
        of a fixed scale about zero or less. Marks stay where they are, so that saturation is
        hatched in both.
    ends : (float, float), optional
        Least and greatest finite value, nan if none is; measured here where nobody has yet.
    """
    signed = field.low < 0
    if contrast == "fixed" or (signed and field.low != -field.high) or field.high <= 0:
        return field
    least, most = _finite_ends(field.values) if ends is None else ends
    limit = max(-least, most)
    if not limit >= _LEAST:
        return field
    if contrast == "auto" and (not signed or limit > OWN_BELOW * field.high):
        return field
    if least * most > 0 and most - least <= OWN_BELOW * limit and most > least:
        # Values of one sign, close together: about zero they would be one colour again.
        return dataclasses.replace(field, low=least, high=most, kind="sequential", own=True)
    limit = min(rounded_up(limit), field.high)
    if limit >= field.high or (not signed and field.low != 0):
        return field
    return dataclasses.replace(field, low=-limit if signed else 0.0, high=limit, own=True)


def _finite_ends(values: np.ndarray) -> tuple[float, float]:
    """Return the least and greatest finite value; nan where none is."""
    ends = float(values.min()), float(values.max())
    if np.isfinite(ends).all():
        return ends
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (math.nan, math.nan)


def rounded_up(limit: float) -> float:
    """Return the next number that is easily read off an axis: 1, 1.5, 2, 3, … times ten to some."""
    if not 1e-290 < limit < 1e290:
        return limit
    unit = 10.0 ** math.floor(math.log10(limit))
    return float(f"{next(step * unit for step in _ROUND if step * unit >= limit * 0.999999):.2g}")


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
