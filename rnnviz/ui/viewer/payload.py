"""A picture as bytes: a JSON header, then raw arrays that the browser reads without parsing.

Layout, little endian::

    uint32 header length | uint32 checksum | int32 timestep | int32 unit | header | arrays

The checksum covers header and arrays, not the cursor: the same picture with another cursor need not
be painted again. Header and arrays start at multiples of eight bytes.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterable

import numpy as np

from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.figures.picture import Field, Picture, Strip, encode
from rnnviz.figures.state_heatmap import (
    colour_bar,
    field_title,
    frame,
    heights,
    mark_titles,
    strip_title,
)
from rnnviz.figures.style import FIRST_STEP, Style, template_dict

EXACT_CELLS = 131_072
"""Up to so many cells the values themselves are sent, as float64 (1 MB)."""
OVERVIEW = (1280, 256)
"""Most columns and rows of the picture that is sent when there are more cells."""
STRIP_COLUMNS = 4096
"""Up to so many timesteps a strip is sent value by value."""


class Arrays:
    """The arrays behind a header, packed one after the other; :meth:`add` returns the place."""

    def __init__(self) -> None:
        self.places: list[dict] = []
        self._parts: list[np.ndarray] = []
        self._offset = 0

    def add(self, array: np.ndarray) -> int:
        """Append an array (uint8, float32 or float64) and return its number."""
        self.places.append(
            {"type": array.dtype.str[1:], "offset": self._offset, "length": int(array.size)}
        )
        self._parts.append(np.ascontiguousarray(array))
        self._offset += -(-array.nbytes // 8) * 8
        return len(self.places) - 1

    def chunks(self) -> Iterable[bytes | memoryview]:
        """Return the bytes in order, each part padded to a multiple of eight."""
        for part in self._parts:
            yield memoryview(part).cast("B") if part.size else b""
            yield bytes(-part.nbytes % 8)


def picture_bytes(picture: Picture, style: Style, **more: object) -> bytes:
    """Pack a picture with its frame and words for the viewer.

    Parameters
    ----------
    picture : Picture
        What is shown.
    style : Style
        How; both themes travel, so that the browser can change over by itself.
    **more
        JSON-ready entries that join the header.
    """
    arrays = Arrays()
    header = {
        "experiment": picture.experiment,
        "timesteps": picture.field.timesteps,
        "units": picture.field.units,
        "first": FIRST_STEP,
        "field": _field_header(picture.field, style),
        "tiles": [tile(arrays, picture.field)],
        "strips": [_strip_header(arrays, strip, style) for strip in picture.strips],
        "frame": {"traces": [colour_bar(picture.field)], "layout": frame(picture, style)},
        "heights": heights(style),
        "themes": {theme: _theme(picture.field, style.on(theme)) for theme in ("light", "dark")},
        "presentation": style.presentation,
        **more,
    }
    return pack(header, arrays, picture.cursor)


def pack(header: dict, arrays: Arrays, cursor: tuple[int, int] = (0, 0)) -> bytes:
    """Join header and arrays into one payload."""
    text = json.dumps(
        header | {"arrays": arrays.places}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    text += b" " * (-len(text) % 8)
    body = [text, *arrays.chunks()]
    checksum = 0
    for part in body:
        checksum = zlib.crc32(part, checksum)
    return b"".join([struct.pack("<IIii", len(text), checksum, *cursor), *body])


def tile(
    arrays: Arrays,
    field: Field,
    steps: tuple[int, int] | None = None,
    units: tuple[int, int] | None = None,
    limits: tuple[int, int] = OVERVIEW,
) -> dict:
    """Add the cells of a window and return how they lie.

    Few cells travel as float64 values, many as shades (uint8): all of them when they fit into
    ``limits`` columns and rows, otherwise blocks with their least, greatest and mean.
    """
    first, last = steps or (0, field.timesteps)
    low, high = units or (0, field.units)
    window = field.values[first:last, low:high]
    place = {"step": first, "unit": low, "end": last, "top": high}
    if window.size <= EXACT_CELLS:
        values = arrays.add(window.astype(np.float64, copy=False))
        return place | {
            "steps": 1,
            "units": 1,
            "columns": window.shape[0],
            "rows": window.shape[1],
            "values": values,
        }
    blocks = reduce_to_blocks(window, *limits)
    names = ("mean", "minimum", "maximum") if blocks.is_reduced else ("mean",)
    levels = {name: arrays.add(encode(getattr(blocks, name), field)) for name in names}
    columns, rows = blocks.mean.shape
    return place | {
        "steps": blocks.steps,
        "units": blocks.units,
        "columns": columns,
        "rows": rows,
        "levels": levels,
    }


def _field_header(field: Field, style: Style) -> dict:
    low_title, high_title = mark_titles(field, style)
    return {
        "name": field.name,
        "title": field_title(field, style),
        "array": field.array_name,
        "low": field.low,
        "high": field.high,
        "lowMark": _number(field.low_mark),
        "highMark": _number(field.high_mark),
        "lowTitle": low_title,
        "highTitle": high_title,
        "single": field.values.dtype == np.float32,
    }


def _number(value: float | None) -> float | str | None:
    """Return a number as JSON can hold it; the browser's ``Number()`` reads "Infinity"."""
    if value is None or math.isfinite(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"


def _strip_header(arrays: Arrays, strip: Strip, style: Style) -> dict:
    blocks = reduce_to_blocks(strip.values[:, None], STRIP_COLUMNS, 1)
    names = ("mean", "minimum", "maximum") if blocks.is_reduced else ("mean",)
    return {
        "title": strip_title(strip, style),
        "short": style.words(f"strip.{strip.name}.short"),
        "percent": strip.percent,
        "low": strip.low,
        "high": strip.high,
        "steps": blocks.steps,
        "levels": {
            name: arrays.add(getattr(blocks, name)[:, 0].astype(np.float64)) for name in names
        },
    }


def _theme(field: Field, style: Style) -> dict:
    ink = style.ink
    return {
        "template": template_dict(style),
        "scale": [list(stop) for stop in style.scale(field.kind)],
        "text": ink.text,
        "muted": ink.muted,
        "grid": ink.grid,
        "axis": ink.axis,
        "background": ink.background,
        "cursor": ink.cursor,
        "halo": ink.halo,
        "hatch": ink.hatch,
        "missing": ink.missing,
        "series": list(ink.series),
        "lineWidth": style.line_width,
        "fontSize": style.font_size,
        "tickSize": style.tick_size,
    }
