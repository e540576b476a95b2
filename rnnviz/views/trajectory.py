"""The trajectory view: the states along the two directions in which they move most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.trajectory import Projection, projection
from rnnviz.sentences.numbers import percent
from rnnviz.views._plot.axes import equal_axes
from rnnviz.views._plot.cursor import timestep_at, trace_at
from rnnviz.views._plot.frame import frame, line, marks, thinned, timesteps, whole_ticks
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import View

POINTS = 4000
"""Most points of a path."""

SHARES = 16
"""Most directions whose share is shown."""

_HEIGHT = 340


@dataclass(frozen=True, eq=False)
class StatePath:
    """A projection and the step under the cursor."""

    projection: Projection
    timestep: int

    @property
    def verdict(self):
        """What the projection says."""
        return self.projection.verdict


def analyse(run, perspective, progress=None) -> StatePath:
    """Return the path of the layer that is looked at."""
    trace = trace_at(run, perspective)
    return StatePath(projection(trace.states, 3, progress), timestep_at(trace, perspective))


def draw(path: StatePath, style: Style) -> go.Figure:
    """Draw the path in a plane and the share of each direction."""
    words, result = style.words, path.projection
    first, second = coordinate(result, 0), coordinate(result, 1)
    layout = frame(result.verdict, style, height=_HEIGHT, diverged_at=result.diverged_at)
    shares = result.explained[:SHARES]
    directions = 1 + np.arange(len(shares))
    layout |= {
        "xaxis": {"title": {"text": axis_title(result, 0, style)}, "domain": [0, 0.6]},
        "yaxis": {"title": {"text": axis_title(result, 1, style)}},
        "xaxis2": {
            "title": {"text": words("dynamics.direction")}, "domain": [0.8, 1], "anchor": "y2",
            "tickformat": "d", "range": [0.3, max(2, len(shares)) + 0.7],
        } | whole_ticks(len(shares)),
        "yaxis2": {
            "title": {"text": words("dynamics.variance_share")},
            "anchor": "x2",
            "range": [0, 1.03],
            "tickformat": ".0%",
        },
        "coloraxis": time_colours(len(first), style),
    }  # fmt: skip
    equal_axes(layout, first, second)
    _add_time_bar(layout, style)
    bars = {
        "type": "bar", "x": directions, "y": shares, "xaxis": "x2", "yaxis": "y2",
        "marker": {"color": style.ink.series[0]}, "showlegend": False,
        "hovertemplate": "%{x}: %{y:.3%}<extra></extra>",
    }  # fmt: skip
    sums = line(
        directions, np.cumsum(shares), "", style.ink.muted, style, xaxis="x2", yaxis="y2",
        line={"width": 1.2}, showlegend=False, hovertemplate="1 … %{x}: %{y:.3%}<extra></extra>",
    )  # fmt: skip
    traces = [*_path(first, second, style), *_moments(path, first, second, style), bars, sums]
    return go.Figure({"data": traces, "layout": layout})


def coordinate(result: Projection, index: int) -> np.ndarray:
    """Return the coordinates along one direction; zeros where there is no such direction."""
    if index < result.coordinates.shape[1]:
        return result.coordinates[:, index]
    return np.zeros(len(result.coordinates))


def axis_title(result: Projection, index: int, style: Style) -> str:
    """Return the name of a direction with its share of the variance."""
    explained = result.explained
    share = percent(float(explained[index]) if index < len(explained) else 0.0)
    return style.words("dynamics.component", index=index + 1, share=share)


def time_colours(steps: int, style: Style) -> dict:
    """Return the colour axis of time, without the end that the page swallows."""
    stops = style.scale("sequential")[2:]
    spread = [[index / (len(stops) - 1), colour] for index, (_, colour) in enumerate(stops)]
    return {"colorscale": spread, "cmin": FIRST_STEP, "cmax": FIRST_STEP + max(1, steps - 1)}


def time_bar(style: Style, x: float) -> dict:
    """Return the colour bar of time."""
    font = {"size": style.font_size}
    title = {"text": style.words("axis.timestep"), "side": "right", "font": font}
    return {"title": title, "x": x, "xanchor": "left", "len": 0.9, "tickformat": ",d", "nticks": 5}


def _add_time_bar(layout: dict, style: Style) -> None:
    """Lay the colour bar of time under the path, above the legend: narrow sheets have room."""
    room = 2 * style.font_size + 22
    layout["height"] += room
    layout["margin"]["b"] += room
    layout["legend"]["y"] -= room / _HEIGHT
    lying = {"orientation": "h", "len": 0.45, "y": -(2.6 * style.font_size + 12) / _HEIGHT}
    bar = time_bar(style, 0) | lying | {"yanchor": "top", "thickness": 12, "xpad": 0, "ypad": 0}
    layout["coloraxis"]["colorbar"] = bar


def _path(first, second, style: Style) -> list[dict]:
    """Return the thin line and the dots coloured by time."""
    kept = thinned(len(first), POINTS)
    steps = timesteps(len(first))[kept]
    thin = {"line": {"width": 0.8}, "hoverinfo": "skip", "showlegend": False}
    return [
        line(first[kept], second[kept], "", style.ink.missing, style, **thin),
        marks(
            first[kept], second[kept], "", "", "circle", style, customdata=steps, showlegend=False,
            marker={"color": steps, "coloraxis": "coloraxis", "size": 5},
            hovertemplate="t = %{customdata}<br>%{x:.4g}, %{y:.4g}<extra></extra>",
        ),
    ]  # fmt: skip


def _moments(path: StatePath, first, second, style: Style) -> list[dict]:
    """Return the marks of the start and of the step under the cursor."""
    if not len(first):
        return []
    words, ink = style.words, style.ink
    timestep = min(path.timestep, len(first) - 1)
    name = words("dynamics.at_cursor", timestep=timestep + FIRST_STEP)
    ring = {"size": 15, "line": {"width": 2.5, "color": ink.cursor}}
    square = {"size": 10, "line": {"width": 2, "color": ink.series[1]}}
    return [
        marks(first[:1], second[:1], words("dynamics.start"), ink.series[1], "square-open", style,
              marker=square, hoverinfo="name"),
        marks([first[timestep]], [second[timestep]], name, ink.cursor, "circle-open", style,
              marker=ring, hoverinfo="name"),
    ]  # fmt: skip


VIEW = View(
    "trajectory",
    "dynamics",
    analyse,
    draw,
    order=80,
    progress=True,
    at_cursor=True,
    group="geometry",
)
