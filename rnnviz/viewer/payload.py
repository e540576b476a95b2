"""Pictures as bytes: the header that describes one, and the arrays it needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.i18n import words
from rnnviz.viewer.packing import Arrays, pack
from rnnviz.views._plot.picture import Field, InputBand, Picture, Strip, encode
from rnnviz.views._plot.picture_frame import (
    field_title,
    frame,
    input_axis,
    input_title,
    mark_titles,
    own_contrast,
    strip_axis,
    strip_title,
)
from rnnviz.views._plot.style import FIRST_STEP, FONT, Style

EXACT_CELLS = 131_072
"""Up to so many cells the values themselves are sent, as float64 (1 MB)."""
FINE = (1280, 256)
"""Most columns and rows of a picture or of a part of it; what fits is sent cell by cell."""
COARSE = (640, 128)
"""Most columns and rows where more would keep a hand waiting: of a picture that does not fit, to
begin with (a browser with more pixels than that asks for the fine one), and of those that are shown
while a knob is dragged."""
EXACT_INPUTS = 32_768
"""Up to so many numbers of the input are sent as float64."""
STRIP_COLUMNS = 4096
"""Up to so many timesteps a strip is sent value by value."""


def picture_bytes(
    picture: Picture,
    style: Style,
    *,
    key: str = "",
    knobs: Sequence[dict] = (),
    said_in: str = "",
) -> bytes:
    """Pack a picture with its frame and words for the viewer.

    Parameters
    ----------
    picture : Picture
        What is shown.
    style : Style
        How; both themes travel, so that the browser can change over by itself.
    key : str
        Which viewer of the page it is for.
    knobs : sequence of dict
        Sliders the viewer watches, JSON-ready.
    said_in : str
        Key of the page's container that says what the picture shows.
    """
    arrays = Arrays()
    parts = picture_parts(arrays, picture, style)
    header = parts | {"key": key, "knobs": list(knobs), "saidIn": said_in}
    return pack(header, arrays, picture.cursor)


def picture_parts(
    arrays: Arrays, picture: Picture, style: Style, *, exact: bool = True
) -> dict[str, Any]:
    """Add a picture's arrays and return its header; ``exact=False`` sends shades, no values."""
    return {
        "key": "",
        "identity": _identity(picture, style),
        "look": look_of(picture, style),
        "experiment": picture.experiment,
        "timesteps": picture.field.timesteps,
        "units": picture.field.units,
        "first": FIRST_STEP,
        "field": _field_header(picture.field, style),
        "tiles": [_overview(arrays, picture.field, exact)],
        "strips": [_strip_header(arrays, strip, style) for strip in picture.strips],
        "input": _input_header(arrays, picture.input, style),
        "layout": frame(picture, style),
        "themes": _themes(style),
        "words": _words(style.language),
        "presentation": style.presentation,
        "compact": picture.compact,
    }


def detail_bytes(
    picture: Picture,
    style: Style,
    key: str,
    timestep: int | None,
    window: tuple[int, int, int, int] | None,
) -> bytes:
    """Pack what the overview lacks: exact states around the cursor, finer cells in the window.

    Parameters
    ----------
    picture, style, key
        As in :func:`picture_bytes`.
    timestep : int or None
        Where the cursor rests.
    window : (first step, last step, first unit, last unit) or None
        What is visible, ends excluded.
    """
    arrays, field = Arrays(), picture.field
    tiles, strips = [], []
    if field.values.size > EXACT_CELLS:
        if window is not None:
            steps, units = _around(window, field)
            tiles.append(tile(arrays, field, steps, units))
            strips = [_strip_levels(arrays, strip, np.float64, steps) for strip in picture.strips]
        step = picture.cursor[0] if timestep is None else min(timestep, field.timesteps - 1)
        around = EXACT_CELLS // (4 * field.units)
        steps = (max(0, step - around), min(field.timesteps, step + around + 1))
        tiles.append(tile(arrays, field, steps))
    header = {
        "key": key,
        "identity": _identity(picture, style),
        "field": _field_header(field, style),
        "tiles": tiles,
        "strips": strips,
    }
    return pack(header, arrays)


def pictures_bytes(
    pictures: Sequence[Picture],
    style: Style,
    key: str,
    knob: str,
    first: int,
    said: Mapping[int, dict | None] | None = None,
    network: Callable[[Arrays], dict[str, Any]] | None = None,
    look: str = "",
) -> bytes:
    """Pack pictures of other settings as shades, to be shown while a knob is dragged.

    Parameters
    ----------
    pictures : sequence of Picture
        One a stop of the knob, from number ``first`` on.
    style, key
        As in :func:`picture_bytes`.
    knob : str
        Name of the knob.
    first : int
        Which stop the first picture is of.
    said : mapping of dict or None, optional
        What the page says of some stops, by their numbers; None of one that the experiment does not
        allow.
    network : callable (Arrays) -> dict, optional
        Adds the network that the first of them comes from, and returns its header.
    look : str
        What :func:`look_of` says of the page's picture, where no other comes along.
    """
    arrays = Arrays()
    packed: list[dict[str, Any]] = []
    before = None
    for picture in pictures:
        band = picture.input
        same = before is not None and band is not None and _reads_the_same(band, before)
        packed.append(
            {
                "experiment": picture.experiment,
                "timesteps": picture.field.timesteps,
                "units": picture.field.units,
                "field": _range_header(picture.field)
                | {"ownTitle": own_contrast(picture.field, style)},
                "tiles": [tile(arrays, picture.field, limits=COARSE, exact=False)],
                "strips": [_strip_levels(arrays, strip, np.float32) for strip in picture.strips],
                "input": packed[-1]["input"] if same else _input_header(arrays, band, style, False),
            }
        )
        before = band
    header = {
        "key": key,
        "look": look_of(pictures[0], style) if pictures else look,
        "knob": knob,
        "first": first,
        "said": None if said is None else list(said.items()),
        "network": network(arrays) if network else None,
        "pictures": packed,
    }
    return pack(header, arrays)


def _reads_the_same(one: InputBand, other: InputBand) -> bool:
    return np.array_equal(one.field.values, other.field.values)


def _input_header(
    arrays: Arrays, band: InputBand | None, style: Style, exact: bool = True
) -> dict | None:
    """Add what the network reads; None where a picture has no input."""
    if band is None:
        return None
    header = {
        "title": input_title(band, style),
        "features": band.field.units,
        "curve": band.is_curve,
        "axis": input_axis(band),
        "tokens": list(band.tokens) if band.field.timesteps <= STRIP_COLUMNS else [],
        "names": list(band.feature_names),
        "field": _field_header(band.field, style),
    }
    if band.is_curve:
        names = range(band.field.units)
        strips = [
            Strip(band.field.values[:, one], "input", band.field.low, band.field.high)
            for one in names
        ]
        header["strips"] = [_strip_levels(arrays, strip, np.float64) for strip in strips]
        return header
    exact = exact and band.field.values.size <= EXACT_INPUTS
    return header | {"tiles": [tile(arrays, band.field, limits=COARSE, exact=exact)]}


def _overview(arrays: Arrays, field: Field, exact: bool = True) -> dict:
    """Add all cells, one by one while that is possible."""
    fits = field.timesteps <= FINE[0] and field.units <= FINE[1]
    return tile(arrays, field, limits=FINE if fits else COARSE, exact=exact)


def tile(
    arrays: Arrays,
    field: Field,
    steps: tuple[int, int] | None = None,
    units: tuple[int, int] | None = None,
    *,
    limits: tuple[int, int] = FINE,
    exact: bool = True,
) -> dict:
    """Add the cells of a window and return how they lie.

    Few cells travel as float64 values when ``exact``, many as shades (uint8): all of them when they
    fit into ``limits`` columns and rows, otherwise blocks with their least, greatest and mean.
    """
    first, last = steps or (0, field.timesteps)
    low, high = units or (0, field.units)
    window = field.values[first:last, low:high]
    place = {"step": first, "unit": low, "end": last, "top": high}
    if exact and window.size <= EXACT_CELLS:
        values = arrays.add(window.astype(np.float64, copy=False))
        columns, rows = window.shape
        return place | {"steps": 1, "units": 1, "columns": columns, "rows": rows, "values": values}
    blocks = reduce_to_blocks(window, *limits)
    names = ("mean", "minimum", "maximum") if blocks.is_reduced else ("mean",)
    levels = {name: arrays.add(encode(getattr(blocks, name), field)) for name in names}
    columns, rows = blocks.mean.shape
    size = {"steps": blocks.steps, "units": blocks.units, "columns": columns, "rows": rows}
    return place | size | {"levels": levels}


def _around(
    window: tuple[int, int, int, int], field: Field
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return a window's steps and units and half as many on each side, for a little panning."""
    first, last, low, high = window
    across, upward = (last - first) // 2, (high - low) // 2
    return (
        (max(0, first - across), min(field.timesteps, last + across)),
        (max(0, low - upward), min(field.units, high + upward)),
    )


def payload_key(picture: Picture, style: Style) -> tuple:
    """Return what two pictures of experiments share if they are the same but for the cursor."""
    field = picture.field
    strips = tuple(strip.name for strip in picture.strips)
    scale = (field.array_name, field.values.shape, field.low, field.high)
    return (_identity(picture, style), picture.compact, strips, scale)


def _identity(picture: Picture, style: Style) -> str:
    """Return what tells one picture from another, whatever the cursor."""
    return f"{picture.identity or picture.experiment} {look_of(picture, style)}"


def look_of(picture: Picture, style: Style) -> str:
    """Return what two pictures must share to be shown in turn without anything else changing."""
    return f"{picture.field.name} {picture.part} {style}"


def _field_header(field: Field, style: Style) -> dict:
    low_title, high_title = mark_titles(field, style)
    return _range_header(field) | {
        "name": field.name,
        "title": field_title(field, style),
        "array": field.array_name,
        "lowTitle": low_title,
        "highTitle": high_title,
        "missingTitle": style.words(field.missing_key),
        "ownTitle": own_contrast(field, style),
        "single": field.values.dtype == np.float32,
    }


def _range_header(field: Field) -> dict:
    return {
        "low": field.low,
        "high": field.high,
        "lowMark": _number(field.low_mark),
        "highMark": _number(field.high_mark),
        "kind": field.kind,
    }


def _number(value: float | None) -> float | str | None:
    """Return a number as JSON can hold it; the browser's ``Number()`` reads "Infinity"."""
    if value is None or math.isfinite(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"


def _strip_header(arrays: Arrays, strip: Strip, style: Style) -> dict:
    return {
        "title": strip_title(strip, style),
        "percent": strip.percent,
        **_strip_levels(arrays, strip, np.float64),
    }


def _strip_levels(
    arrays: Arrays, strip: Strip, dtype: type, window: tuple[int, int] | None = None
) -> dict:
    start, end = window or (0, len(strip.values))
    blocks = reduce_to_blocks(strip.values[start:end, None], STRIP_COLUMNS, 1)
    names = ("mean", "minimum", "maximum") if blocks.is_reduced else ("mean",)
    levels = {name: arrays.add(getattr(blocks, name)[:, 0].astype(dtype)) for name in names}
    place = {"start": start, "end": end, "steps": blocks.steps}
    return place | {"axis": strip_axis(strip), "levels": levels}


@lru_cache(maxsize=64)
def _words(language: str) -> dict[str, str]:
    """Return the viewer's sentences by their short names, fields not filled in."""
    start = "viewer."
    sentences = words(language).sentences
    return {
        key.removeprefix(start): text for key, text in sentences.items() if key.startswith(start)
    }


@lru_cache(maxsize=64)
def _themes(style: Style) -> dict[str, dict]:
    return {theme: theme_header(style.on(theme)) for theme in ("light", "dark")}


def theme_header(style: Style) -> dict:
    """Return the colours and sizes of a style on its theme, as the browser takes them."""
    ink = style.ink
    return {
        "font": FONT,
        "scales": {
            kind: [list(stop) for stop in style.scale(kind)] for kind in ("diverging", "sequential")
        },
        "text": ink.text,
        "muted": ink.muted,
        "grid": ink.grid,
        "axis": ink.axis,
        "background": ink.background,
        "cursor": ink.cursor,
        "halo": ink.halo,
        "hatch": ink.hatch,
        "hatchFaint": ink.hatch_faint,
        "missing": ink.missing,
        "series": list(ink.series),
        "lineWidth": style.line_width,
        "fontSize": style.font_size,
        "tickSize": style.tick_size,
    }
