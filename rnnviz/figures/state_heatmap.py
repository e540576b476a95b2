"""The main view: a run as a heatmap over time, two strips beneath, the step at the cursor beside.

What the cells show is up to the lens (:mod:`rnnviz.figures.lenses`), hidden states by default.

:func:`frame` lays out axes, labels and colour scale once; :func:`draw` fills it with traces for the
notebook, the command line and export, and the viewer in the page fills it with pixels.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.level_of_detail import Blocks, reduce_to_blocks
from rnnviz.analysis.saturation import SATURATED_FROM, saturation
from rnnviz.figures.colours import sample
from rnnviz.figures.lenses import lens_for, state_scale
from rnnviz.figures.picture import Field, Picture, Strip, encode, symmetric_limit
from rnnviz.figures.registry import View
from rnnviz.figures.style import FIRST_STEP, Style, template_dict

COLUMNS, ROWS = 1200, 512
"""Most cells of a plain figure: beyond 65,535 columns Plotly would draw nothing at all."""
WRITTEN_OUT = 20_000
"""Most cells whose values a plain figure carries as text, to the last digit."""


def state_picture(
    states: np.ndarray,
    state_range: tuple[float, float],
    saturated: np.ndarray,
    mean: np.ndarray,
    *,
    experiment: str = "",
    part: str = "",
    timestep: int = 0,
    unit: int = 0,
) -> Picture:
    """Describe the picture of hidden states.

    Parameters
    ----------
    states : ndarray (timesteps, units)
        What the heatmap shows.
    state_range : (float, float)
        Least and greatest value that a state can take. Finite ones are the ends of the colour
        scale, and what is exactly there is marked; otherwise the largest state sets the scale.
    saturated, mean : ndarray (timesteps,)
        Share of saturated units and mean state of each step.
    experiment, part, timestep, unit
        As in :class:`~rnnviz.figures.picture.Picture`.
    """
    low, high = state_range
    field = Field(states, "state", **state_scale(states, state_range))
    if math.isfinite(low) and math.isfinite(high):
        name = "saturated" if low == -high else "saturated_between"
        strips = (Strip(saturated, name, 0.0, 1.0, percent=True), Strip(mean, "mean", low, high))
    else:
        limit = symmetric_limit(mean)
        strips = (Strip(mean, "mean", -limit, limit),)
    return Picture(field, strips, timestep, unit, experiment, part)


def analyse(run, perspective) -> Picture:
    """Return the picture of a run: layer, lens and cursor are those of the perspective."""
    number = min(perspective.layer, len(run.layers) - 1)
    layer = run.layers[number]
    result = saturation(layer.trace)
    picture = state_picture(
        layer.states,
        layer.layer.state_range,
        result.share_by_step,
        result.mean_by_step,
        experiment=run.experiment.to_query(),
        part=str(number),
        timestep=perspective.timestep,
        unit=perspective.unit,
    )
    lens = lens_for(perspective.lens, layer.trace)
    if lens.name == "state":
        return picture
    return dataclasses.replace(picture, field=lens.field(layer.trace))


def field_title(field: Field, style: Style) -> str:
    """Return what a field shows, in words."""
    return style.words(f"field.{field.name}.title")


def mark_titles(field: Field, style: Style) -> tuple[str | None, str | None]:
    """Return what the low and the high mark of a field mean, or None where it has none."""

    def title(mark: float | None, end: str) -> str | None:
        if mark is None:
            return None
        own, general = f"field.{field.name}.at_{end}", f"field.infinite.at_{end}"
        key = general if math.isinf(mark) and field.name != "digits" else own
        return style.words(key, mark=f"{mark:g}".replace("-", "−"))

    return title(field.low_mark, "low"), title(field.high_mark, "high")


def strip_title(strip: Strip, style: Style) -> str:
    """Return what a strip shows, in words."""
    return style.words(
        f"strip.{strip.name}.title", threshold=SATURATED_FROM, percent=f"{SATURATED_FROM:.0%}"
    )


def strip_axis(strip: Strip) -> dict:
    """Return the range and the ticks of a strip's axis, as Plotly takes them."""
    spread = strip.high - strip.low
    both_signs = strip.low < 0 < strip.high
    ticks = [strip.low, 0, strip.high] if both_signs else [strip.low, strip.high]
    return {
        "range": [strip.low - 0.06 * spread, strip.high + 0.06 * spread],
        "tickvals": ticks,
        "tickformat": ".0%" if strip.percent else ".3~g",
    }


def heights(style: Style) -> dict[str, int]:
    """Return the heights of the parts in pixels: heatmap, strip, gap, margins and their sum."""
    parts = {"heatmap": 236, "strip": 38, "gap": 20, "top": 32, "bottom": 40}
    if style.presentation:
        parts = {"heatmap": 268, "strip": 46, "gap": 28, "top": 42, "bottom": 54}
    return parts


def frame(picture: Picture, style: Style) -> dict:
    """Return axes, labels, colour scale and template as a JSON-ready Plotly layout.

    Axes: ``x``/``y`` heatmap, ``x``/``y2``, ``x``/``y3`` strips, ``x2``/``y`` the state at the
    cursor, ``x2``/``y9`` the colour bar, which is the scale of that state as well.
    """
    field, parts = picture.field, heights(style)
    inner = parts["heatmap"] + len(picture.strips) * (parts["strip"] + parts["gap"])
    start = FIRST_STEP - 0.5
    layout = {
        "template": template_dict(style),
        "height": inner + parts["top"] + parts["bottom"],
        "margin": {"l": 64, "r": 14, "t": parts["top"], "b": parts["bottom"], "pad": 0},
        "showlegend": False,
        "hovermode": "closest",
        "meta": {"time_axis": "x", "first_step": FIRST_STEP},
        "coloraxis": {
            "colorscale": [list(stop) for stop in style.scale(field.kind)],
            "cmin": field.low,
            "cmax": field.high,
            "showscale": False,
        },
        "xaxis": _axis(
            style.words("axis.timestep"), [start, start + field.timesteps], [0, 0.82], anchor="free"
        )
        | {"position": 0, "tickformat": ",d", "ticklabeloverflow": "hide past div"},
        "yaxis": _axis(
            style.words("axis.unit"),
            [start, start + field.units],
            [1 - parts["heatmap"] / inner, 1],
            anchor="x",
        )
        | {"tickformat": ",d"},
        "xaxis2": _axis(field_title(field, style), [field.low, field.high], [0.845, 1], anchor="y9")
        | {"nticks": 3, "showgrid": True, "fixedrange": True},
        "annotations": [],
    }
    _add_strips(layout, picture, style, inner)
    _add_colour_bar(layout, picture, parts, inner)
    return layout


def _axis(title: str, span: list[float], domain: list[float], anchor: str) -> dict:
    return {
        "title": {"text": title},
        "range": span,
        "domain": domain,
        "anchor": anchor,
        "showgrid": False,
        "autorange": False,
        "automargin": False,
    }


def _add_strips(layout: dict, picture: Picture, style: Style, inner: int) -> None:
    """Add an axis and a label for each strip, below the heatmap."""
    parts = heights(style)
    top = inner - parts["heatmap"] - parts["gap"]
    for number, strip in enumerate(picture.strips, start=2):
        domain = [(top - parts["strip"]) / inner, top / inner]
        axis = _axis("", [], domain, anchor="x") | strip_axis(strip) | {"fixedrange": True}
        layout[f"yaxis{number}"] = axis
        layout["annotations"].append(
            {
                "text": strip_title(strip, style),
                "xref": "x domain",
                "yref": f"y{number} domain",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": style.tick_size},
            }
        )
        top -= parts["strip"] + parts["gap"]


def _add_colour_bar(layout: dict, picture: Picture, parts: dict[str, int], inner: int) -> None:
    """Add the thin axis under the state at the cursor that carries the colours."""
    top = inner - parts["heatmap"] - parts["gap"] // 2
    layout["yaxis9"] = {
        "domain": [max(0, top - 12) / inner, top / inner],
        "range": [-0.5, 0.5],
        "anchor": "x2",
        "visible": False,
        "fixedrange": True,
    }


def colour_bar(field: Field) -> dict:
    """Return the colour bar as a trace: the scale drawn over its own axis."""
    ends = np.linspace(field.low, field.high, 129)
    return {
        "type": "heatmap",
        "x": ends.tolist(),
        "y": [-0.5, 0.5],
        "z": [((ends[1:] + ends[:-1]) / 2).tolist()],
        "xaxis": "x2",
        "yaxis": "y9",
        "coloraxis": "coloraxis",
        "hoverinfo": "skip",
    }


def draw(picture: Picture, style: Style) -> go.Figure:
    """Draw a picture as a plain Plotly figure, the state at the cursor beside it."""
    blocks = reduce_to_blocks(picture.field.values, COLUMNS, ROWS)
    traces = [_heatmap(picture.field, blocks), colour_bar(picture.field)]
    for number, strip in enumerate(picture.strips, start=2):
        traces += _strip_lines(strip, number, style)
    traces.append(_state_at_cursor(picture, style))
    layout = frame(picture, style)
    timestep = picture.cursor[0] + FIRST_STEP
    edge = {"type": "line", "xref": "x", "yref": "paper", "x0": timestep, "x1": timestep}
    layout["shapes"] = [
        edge | {"y0": 0, "y1": 1, "line": {"color": style.ink.cursor, "width": 1.5}}
    ]
    layout["annotations"].append(_cursor_label(timestep, style))
    return go.Figure({"data": traces, "layout": layout})


def _heatmap(field: Field, blocks: Blocks) -> dict:
    """Return the heatmap trace, with every value to the last digit while there are few."""
    trace = {
        "type": "heatmap",
        "z": blocks.mean.T,
        "x0": FIRST_STEP + (blocks.steps - 1) / 2,
        "dx": blocks.steps,
        "y0": FIRST_STEP + (blocks.units - 1) / 2,
        "dy": blocks.units,
        "coloraxis": "coloraxis",
        "hovertemplate": "%{x} · %{y}<br>%{z}<extra></extra>",
    }
    if field.values.size <= WRITTEN_OUT:
        trace["text"] = [[repr(value) for value in row] for row in field.values.T.tolist()]
        trace["hovertemplate"] = "%{x} · %{y}<br>%{text}<extra></extra>"
    elif blocks.is_reduced:
        trace["customdata"] = np.stack([blocks.minimum.T, blocks.maximum.T], axis=-1)
        trace["hovertemplate"] = (
            "%{x} · %{y}<br>%{z} (%{customdata[0]} … %{customdata[1]})<extra></extra>"
        )
    return trace


def _strip_lines(strip: Strip, number: int, style: Style) -> list[dict]:
    """Return the line of a strip and, where it was reduced, the band of its extremes."""
    blocks = reduce_to_blocks(strip.values[:, None], COLUMNS, 1)
    steps = FIRST_STEP + (blocks.steps - 1) / 2 + blocks.steps * np.arange(len(blocks.mean))
    axes = {"type": "scatter", "mode": "lines", "xaxis": "x", "yaxis": f"y{number}", "x": steps}
    colour = style.ink.series[number - 2]
    line = axes | {"y": blocks.mean[:, 0], "line": {"color": colour, "width": style.line_width}}
    if not blocks.is_reduced:
        return [line]
    edge = {"line": {"width": 0, "color": colour}, "hoverinfo": "skip"}
    return [
        axes | edge | {"y": blocks.minimum[:, 0]},
        axes | edge | {"y": blocks.maximum[:, 0], "fill": "tonexty"},
        line,
    ]


def _state_at_cursor(picture: Picture, style: Style) -> dict:
    field = picture.field
    state = field.values[picture.cursor[0]]
    return {
        "type": "bar",
        "orientation": "h",
        "x": state,
        "y": FIRST_STEP + np.arange(len(state)),
        "xaxis": "x2",
        "yaxis": "y",
        "marker": {"color": _shades(state, field, style), "line": {"width": 0}},
        "hovertemplate": "%{y}: %{x}<extra></extra>",
    }


def _shades(values: np.ndarray, field: Field, style: Style) -> list[str]:
    """Return the colour of each value; a bar in Plotly does not read the colour axis."""
    positions = (encode(values, field).astype(float) - 2) / 252
    return sample(style.scale(field.kind), positions)


def _cursor_label(timestep: int, style: Style) -> dict:
    return {
        "text": style.words("viewer.at", timestep=f"{timestep:,}"),
        "xref": "x2 domain",
        "yref": "paper",
        "x": 0.5,
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": style.tick_size},
    }


VIEW = View("states", "states", analyse, draw, order=0)
