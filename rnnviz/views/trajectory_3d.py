"""The trajectory view in space: the states along the three directions in which they move most."""

from __future__ import annotations

import plotly.graph_objects as go

from rnnviz.analysis.trajectory import Projection
from rnnviz.analysis.verdict import Verdict
from rnnviz.views._plot.axes import equal_spans
from rnnviz.views._plot.frame import frame, thinned, timesteps
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import View
from rnnviz.views.trajectory import (
    StatePath,
    analyse,
    axis_title,
    coordinate,
    time_bar,
    time_colours,
)

POINTS = 4000


def draw(path: StatePath, style: Style) -> go.Figure:
    """Draw the path in space."""
    result, ink = path.projection, style.ink
    layout = frame(verdict_in_space(result), style, height=430, diverged_at=result.diverged_at)
    layout["margin"]["b"], layout["margin"]["l"] = 50, 8
    layout["legend"]["y"] = 0
    layout["coloraxis"] = time_colours(len(result.coordinates), style)
    layout["coloraxis"]["colorbar"] = time_bar(style, 0.92)
    axes = {
        f"{axis}axis": {
            "title": {
                "text": axis_title(result, index, style),
                "font": {"size": style.tick_size},
            },
            "nticks": 5,
            "gridcolor": ink.axis,
            "zerolinecolor": ink.axis,
            "color": ink.muted,
            "showbackground": False,
            "tickfont": {"size": style.tick_size - 1},
        }
        for index, axis in enumerate("xyz")
    }
    ends = equal_spans(*(coordinate(result, index) for index in range(3)))
    for axis, both in zip("xyz", ends, strict=True):
        axes[f"{axis}axis"]["range"] = both
    layout["scene"] = axes | {"uirevision": "keep", "aspectmode": "cube"}
    layout["scene"] |= {"domain": {"x": [0, 0.9]}, "camera": {"eye": {"x": 1.5, "y": 1.5, "z": 1}}}
    return go.Figure({"data": _traces(path, style), "layout": layout})


def verdict_in_space(result: Projection) -> Verdict:
    """Return the verdict of the path, about the three directions that this view shows."""
    said = result.verdict
    name = said.key.removeprefix("verdict.trajectory.")
    if name not in ("line", "plane", "space"):
        return said
    share = 100 * float(result.explained[:3].sum())
    return Verdict(f"verdict.trajectory_3d.{name}", {**said.values, "share": share})


def _traces(path: StatePath, style: Style) -> list[dict]:
    """Return the path, its start and the step under the cursor."""
    points = [coordinate(path.projection, index) for index in range(3)]
    steps = len(points[0])
    if not steps:
        return []
    kept, words, ink = thinned(steps, POINTS), style.words, style.ink

    def trace(place, **more) -> dict:
        values = {axis: column[place] for axis, column in zip("xyz", points, strict=True)}
        return {"type": "scatter3d", **values, **more}

    numbers = timesteps(steps)[kept]
    timestep = min(path.timestep, steps - 1)
    return [
        trace(
            kept, mode="lines+markers", customdata=numbers, showlegend=False,
            line={"color": ink.missing, "width": 1.5},
            marker={"color": numbers, "coloraxis": "coloraxis", "size": 3.5},
            hovertemplate="t = %{customdata}<extra></extra>",
        ),
        trace(
            slice(0, 1), mode="markers", name=words("dynamics.start"), hoverinfo="name",
            marker={"symbol": "square-open", "size": 6, "color": ink.series[1]},
        ),
        trace(
            slice(timestep, timestep + 1), mode="markers", hoverinfo="name",
            name=words("dynamics.at_cursor", timestep=timestep + FIRST_STEP),
            marker={"symbol": "circle-open", "size": 9, "color": ink.cursor},
        ),
    ]  # fmt: skip


VIEW = View("trajectory_3d", "dynamics", analyse, draw, order=81, progress=True, group="geometry")
