"""The trials view: the paths of all trials in one plane by label, and mean and spread over time."""

from __future__ import annotations

import html

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.trials import Trials, trials
from rnnviz.views._plot.frame import band, frame, line, thinned, timesteps
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View
from rnnviz.views.trajectory import axis_title

MOST_PATHS = 200
"""So many trials are drawn; mean and spread are always those of all."""
_POINTS = 400
_HOVER = "t = %{x}: %{y:.4g}<extra></extra>"


def analyse(run, perspective, progress=None) -> Trials:
    """Return all trials of the layer that is looked at."""
    whole = run.whole
    number = perspective.layer_in(whole.layers)
    traces = [one.layers[number].trace for one in whole.each_trial()]
    return trials(traces, whole.data.labels, 3, progress)


def draw(result: Trials, style: Style) -> go.Figure:
    """Draw the paths on the left and the first direction over time on the right."""
    words, projection = style.words, result.projection
    layout = frame(result.verdict, style, height=380)
    layout |= {
        "xaxis": {"title": {"text": axis_title(projection, 0, style)}, "domain": [0, 0.46]},
        "yaxis": {
            "title": {"text": axis_title(projection, 1, style)},
            "scaleanchor": "x",
            "constrain": "domain",
        },
        "xaxis2": {
            "title": {"text": words("axis.timestep")}, "domain": [0.56, 1], "anchor": "y2",
            "tickformat": ",d",
        },
        "yaxis2": {"title": {"text": axis_title(projection, 0, style)}, "anchor": "x2"},
    }  # fmt: skip
    traces: list[dict] = []
    for index, label in enumerate(result.groups):
        colour = style.ink.series[index % len(style.ink.series)]
        traces += _paths(result, label, colour, style)
        traces += _over_time(result, label, colour, style)
    return go.Figure({"data": traces, "layout": layout})


def _paths(result: Trials, label: str, colour: str, style: Style) -> list[dict]:
    """Return the paths of a label as one trace, with a gap between two trials."""
    chosen = [number for number, one in enumerate(result.labels) if one == label]
    first: list[float | None] = []
    second: list[float | None] = []
    names: list[str | None] = []
    for number in chosen[: max(1, MOST_PATHS // len(result.groups))]:
        path = result.coordinates[number]
        kept = thinned(len(path), _POINTS)
        for values, component in ((first, 0), (second, 1)):
            there = component < path.shape[1]
            column = path[kept, component] if there else np.zeros(len(path))[kept]
            values += [*column.tolist(), None]
        names += [f"{number + 1} · t = {step}" for step in timesteps(len(path))[kept]] + [None]
    # A label comes from a file, and Plotly reads tags.
    name = html.escape(label) or style.words("trials.all")
    return [
        line(
            first, second, name, colour, style,
            mode="lines+markers", line={"width": 1, "color": colour}, marker={"size": 3},
            opacity=0.75, legendgroup=label, customdata=names,
            hovertemplate="%{customdata}<br>%{x:.4g}, %{y:.4g}<extra>" + name + "</extra>",
        )
    ]  # fmt: skip


def _over_time(result: Trials, label: str, colour: str, style: Style) -> list[dict]:
    """Return mean and one standard deviation of a label along the first direction."""
    mean, spread = result.mean_and_spread(label, 0)
    steps = timesteps(len(mean))
    shared = {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "legendgroup": label}
    return [
        *band(steps, mean - spread, mean + spread, colour, xaxis="x2", yaxis="y2"),
        line(steps, mean, "", colour, style, hovertemplate=_HOVER, **shared),
    ]  # fmt: skip


VIEW = View(
    "trials",
    "dynamics",
    analyse,
    draw,
    order=85,
    progress=True,
    needs_trials=True,
    group="geometry",
)
