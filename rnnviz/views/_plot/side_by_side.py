"""Two pictures beside each other: one colour scale for both, and what lies between them."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np

from rnnviz.views._plot.picture import Field, InputBand, Picture, Strip, symmetric_limit


def on_one_scale(one: Picture, other: Picture) -> tuple[Picture, Picture]:
    """Return both pictures with the wider ends of their colour scales and strips.

    Pictures that do not show the same thing (one activation has ends, the other has none) still
    get one scale: the same colour means the same number.
    """
    ends = _ends(one.field, other.field)
    return _rescaled(one, other, ends), _rescaled(other, one, ends)


def _ends(one: Field | Strip, other: Field | Strip) -> tuple[float, float]:
    return min(one.low, other.low), max(one.high, other.high)


def _rescaled(picture: Picture, beside: Picture, ends: tuple[float, float]) -> Picture:
    low, high = ends
    partners = {strip.name: strip for strip in beside.strips}
    strips = []
    for strip in picture.strips:
        least, most = _ends(strip, partners.get(strip.name, strip))
        strips.append(dataclasses.replace(strip, low=least, high=most))
    own = picture.field.own and beside.field.own
    kind = picture.field.kind if own else "diverging" if low < 0 else picture.field.kind
    field = dataclasses.replace(picture.field, low=low, high=high, own=own, kind=kind)
    return dataclasses.replace(picture, field=field, strips=tuple(strips))


def difference(one: Picture, other: Picture) -> Picture:
    """Return the picture of A − B, cell by cell, over the timesteps and units that both have.

    Cells that are infinite in both with the same sign are missing: there is no difference to show.
    The strip is the mean size of the difference at each step. Where columns of one number are not
    the same timestep in both (one reads from the end, or both do and one is longer), both are
    brought into the order of time.

    Raises
    ------
    ValueError
        Where the two do not show the same thing.
    """
    if not same_thing(one, other):
        raise ValueError(f"{one.field.name} minus {other.field.name} is no difference.")
    unlike = one.backwards != other.backwards
    if unlike or (one.backwards and one.field.timesteps != other.field.timesteps):
        one, other = _in_time(one), _in_time(other)
    steps = min(one.field.timesteps, other.field.timesteps)
    units = min(one.field.units, other.field.units)
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.subtract(
            one.field.values[:steps, :units],
            other.field.values[:steps, :units],
            dtype=np.float64,
        )
        distance = np.abs(values).mean(axis=1)
    for array in (values, distance):
        array.setflags(write=False)
    limit = _rounded_up(symmetric_limit(values))
    names = [re.sub(r"^\w+", rf"\g<0>_{side}", one.field.array_name) for side in "ab"]
    name = f"({' - '.join(names)})"
    field = Field(values, "difference", -limit, limit, array_name=name)
    most = _rounded_up(symmetric_limit(distance))
    strips = (Strip(distance, "distance", 0.0, most),)
    return dataclasses.replace(one, field=field, strips=strips, input=_shared(one, other))


def same_thing(one: Picture, other: Picture) -> bool:
    """Return whether two pictures show the same thing, so that there is a difference of the two.

    Through one lens they need not: where it has nothing to show there is the state instead.
    """
    return one.field.name == other.field.name


def _in_time(picture: Picture) -> Picture:
    """Return a picture whose columns are in the order of time."""
    if not picture.backwards:
        return picture
    band = picture.input
    if band is not None:
        band = dataclasses.replace(band, field=_turned(band.field), tokens=band.tokens[::-1])
    strips = tuple(
        dataclasses.replace(strip, values=strip.values[::-1]) for strip in picture.strips
    )
    field = _turned(picture.field)
    return dataclasses.replace(picture, field=field, strips=strips, input=band, backwards=False)


def _turned(field: Field) -> Field:
    return dataclasses.replace(field, values=field.values[::-1])


def _shared(one: Picture, other: Picture) -> InputBand | None:
    """Return the input of both, if they read the same."""
    if one.input is None or other.input is None:
        return None
    same = np.array_equal(one.input.field.values, other.input.field.values)
    return one.input if same else None


def _rounded_up(limit: float) -> float:
    """Return the next number with one digit, so that an axis has a tick at its end."""
    unit = 10.0 ** math.floor(math.log10(limit))
    return math.ceil(limit / unit - 1e-9) * unit
