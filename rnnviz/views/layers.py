"""The layers view: every layer's states under one cursor, and what is inside a gated cell."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.sentences.verdicts import shown
from rnnviz.views._plot.frame import faded
from rnnviz.views._plot.layer_bands import COLUMNS, Band, bands_of
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict
from rnnviz.views.registry import View

_TALL, _LOW, _GAP = 76, 48, 26
"""Heights in pixels: of states, of a gate or a cell state, and of the title above them."""
_LABELS = 130
"""Room for tokens under the time axis, in Latin letters; a Hangul letter takes two."""
_SINGLE = 1e30
"""Up to here float32 does, which is half as long to send."""


@dataclass(frozen=True, eq=False)
class EveryLayer:
    """The states of a whole stack.

    Parameters
    ----------
    bands : tuple of Band
        From the input up; the gates and cell states of the chosen layer follow its states.
    timesteps : int
        How many there are.
    tokens : tuple of str
        The token of each timestep, empty if there are none or too many to be read.
    """

    bands: tuple[Band, ...]
    timesteps: int
    tokens: tuple[str, ...]


def analyse(run, perspective) -> EveryLayer:
    """Return the states of every layer, and all of the layer that is looked at."""
    timesteps = run.timesteps
    tokens = run.token_labels if timesteps <= COLUMNS else ()
    return EveryLayer(bands_of(run, perspective.layer), timesteps, tokens)


def draw(result: EveryLayer, style: Style) -> go.Figure:
    """Draw the heatmaps one below the other on one time axis."""
    tall = [_TALL if band.kind == "state" else _LOW for band in result.bands]
    inner, bottom = sum(tall) + _GAP * len(tall), 3 * style.font_size + 11
    axis = {"gridcolor": "rgba(0,0,0,0)", "fixedrange": True, "nticks": 3, "tickformat": ",d"}
    ends = [FIRST_STEP - 0.5, FIRST_STEP + result.timesteps - 0.5]
    layout: dict[str, Any] = {
        "template": template_dict(style),
        "meta": {"time_axis": "x", "first_step": FIRST_STEP},
        "height": inner + 4 + bottom,
        "margin": {"l": 48, "r": 12, "t": 4, "b": bottom},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": style.words("axis.timestep")},
            "range": ends,
            "showgrid": False,
            "tickformat": ",d",
            "anchor": f"y{len(tall)}",
        }
        | _token_ticks(result),
        "annotations": [],
        "shapes": [],
    }
    # A token that is written under its timestep need not be sent with every cell above it.
    unwritten = result.tokens if _stride(result.tokens) > 1 else ()
    traces, top = [], inner
    for number, (band, height) in enumerate(zip(result.bands, tall, strict=True), start=1):
        top -= _GAP
        name = "" if number == 1 else str(number)
        domain = [max(0.0, (top - height) / inner), top / inner]
        units = [FIRST_STEP - 0.5, FIRST_STEP + band.blocks.shape[1] - 0.5]
        whole = {"dtick": 1} if band.blocks.shape[1] < 4 else {}  # no unit between two
        layout[f"yaxis{name}"] = axis | whole | {"domain": domain, "range": units, "anchor": "x"}
        layout["annotations"].append(_title(band, f"y{name}", style))
        layout["shapes"] += _kept(band, f"y{name}", ends, units, style)
        traces.append(_heatmap(band, f"y{name}", style, unwritten))
        top -= height
    return go.Figure({"data": traces, "layout": layout})


def _heatmap(band: Band, axis: str, style: Style, tokens: tuple[str, ...]) -> dict:
    blocks = band.blocks
    low, high = (0.0, 1.0) if band.sequential else (band.low, band.high)
    values = np.clip(blocks.mean, low, high).T
    if high < _SINGLE:
        values = values.astype(np.float32)
    token, kind = "%{customdata} · " if tokens else "", _kind(band, style)
    trace = {
        "type": "heatmap",
        "z": values,
        "x0": FIRST_STEP + (blocks.steps - 1) / 2,
        "dx": blocks.steps,
        "y0": FIRST_STEP + (blocks.units - 1) / 2,
        "dy": blocks.units,
        "yaxis": axis,
        "zmin": low,
        "zmax": high,
        "colorscale": [list(stop) for stop in style.scale(_scale(band))],
        "showscale": False,
        "hovertemplate": f"{token}t = %{{x}} · %{{y}}<br>%{{z:.6g}}<extra>{kind}</extra>",
    }
    if tokens:
        row = np.array([html.escape(token) for token in tokens])
        trace["customdata"] = np.broadcast_to(row, values.shape)
    return trace


def _scale(band: Band) -> str:
    return "sequential" if band.sequential else "diverging"


def _kind(band: Band, style: Style) -> str:
    return style.words(f"layers.{band.kind}")


def _title(band: Band, axis: str, style: Style) -> dict:
    """Return the line above a heatmap: layer, what it shows, its ends, how it reads."""
    parts = [f"<b>{band.layer}</b>" if band.kind == "state" else band.layer, _kind(band, style)]
    parts.append(f"{_end(band.low)} … {_end(band.high)}")
    if band.backwards:
        parts.append(style.words("layers.backwards"))
    if band.kept:
        parts.append(style.words("layers.last_output"))
    return {
        "text": " · ".join(parts),
        "x": 0,
        "xref": "x domain",
        "xanchor": "left",
        "y": 1,
        "yref": f"{axis} domain",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": style.tick_size},
    }


def _end(value: float) -> str:
    return shown(float(value))


def _kept(band: Band, axis: str, ends: list, units: list, style: Style) -> list[dict]:
    """Return a veil over what is not handed on, and a frame round what is."""
    if not band.kept:
        return []
    place = {"type": "rect", "xref": "x", "yref": axis}
    veil = faded(style.ink.background, 0.62)
    shapes = []
    for first, last, timestep in band.kept:
        low, high = FIRST_STEP + first - 0.5, FIRST_STEP + last - 0.5
        start, end = FIRST_STEP + timestep - 0.5, FIRST_STEP + timestep + 0.5
        for x0, x1 in ((ends[0], start), (end, ends[1])):
            if x1 > x0:
                rest = {"x0": x0, "x1": x1, "y0": low, "y1": high, "line": {"width": 0}}
                shapes.append(place | rest | {"fillcolor": veil})
        pen = {"color": style.ink.cursor, "width": 2}
        shapes.append(place | {"x0": start, "x1": end, "y0": low, "y1": high, "line": pen})
    return shapes


def _token_ticks(result: EveryLayer) -> dict:
    """Return the part of the time axis that writes the tokens under their timesteps.

    Where there is no room for all of them, every second, third … one is written.
    """
    if not result.tokens:
        return {}
    steps = range(0, result.timesteps, _stride(result.tokens))
    return {
        "tickmode": "array",
        "tickvals": [FIRST_STEP + step for step in steps],
        "ticktext": [html.escape(result.tokens[step]) for step in steps],
        "automargin": True,
    }


def _stride(tokens: tuple[str, ...]) -> int:
    """Return how many timesteps lie between two tokens that are written."""
    room = sum(1 + sum(1 + (letter >= "\u1100") for letter in token) for token in tokens)
    return -(-room // _LABELS)


VIEW = View("layers", "keras", analyse, draw, order=10, both_directions=True, time_order=True)
