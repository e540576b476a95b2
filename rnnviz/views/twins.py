"""The twins view: how far apart two runs are that began a hair apart."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.twins import ANALYSIS, Twins
from rnnviz.sentences.verdicts import shown
from rnnviz.views._plot.cursor import answer
from rnnviz.views._plot.frame import floor_of, frame, line, marks, thinned, timesteps
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View

POINTS = 2000


def analyse(run, perspective, progress=None) -> Twins:
    """Return the distances of twins of the layer that is looked at."""
    return answer(ANALYSIS, run, perspective, progress)


def draw(result: Twins, style: Style) -> go.Figure:
    """Draw the distances over time, exact zeros at the foot."""
    words, ink = style.words, style.ink
    with np.errstate(divide="ignore"):
        logs = np.log10(result.distances)
    floor = floor_of(logs, np.log10([result.floor]))
    # The first distance is the nudge itself, before the first step.
    steps = timesteps(logs.shape[1], first=-1)
    kept = thinned(len(steps), POINTS)
    traces = []
    for index, (nudge, curve) in enumerate(zip(result.nudges, logs, strict=True)):
        name = words("dynamics.nudged", nudge=shown(nudge))
        traces += _distance(steps[kept], curve[kept], name, ink.series[index], floor, style)
    if np.isfinite(result.rate):
        traces.append(_fit(result, steps, style))
    ends = steps[[0, -1]]
    rounding = np.full(2, np.log10(result.floor))
    dotted = {"line": {"dash": "dot", "width": 1.2}, "hoverinfo": "name"}
    traces.append(line(ends, rounding, words("dynamics.rounding"), ink.muted, style, **dotted))
    layout = frame(result.verdict, style, time_axis="x", diverged_at=result.diverged_at)
    layout["xaxis"] = {"title": {"text": words("axis.timestep")}, "tickformat": ",d"}
    layout["yaxis"] = {"title": {"text": words("dynamics.log_distance")}}
    return go.Figure({"data": traces, "layout": layout})


def _distance(steps, curve, name, colour, floor, style) -> list[dict]:
    """Return the line of one pair of twins and marks where they are equal."""
    finite = np.isfinite(curve)
    text = {"hovertemplate": "t = %{x}: 10^%{y:.2f}<extra></extra>", "mode": "lines+markers"}
    dots = {"marker": {"size": 4 if finite.sum() < 40 else 1, "color": colour}}
    curve = np.where(finite, curve, np.nan)
    traces = [line(steps, curve, name, colour, style, **text, **dots)]
    if not finite.all():
        label = f"{name}: {style.words('dynamics.exactly_zero')}"
        hover = {"hovertemplate": "t = %{x}: 0<extra></extra>", "showlegend": False}
        foot = np.full((~finite).sum(), floor)
        small = {"marker": {"size": 5}}
        traces.append(
            marks(steps[~finite], foot, label, colour, "triangle-down", style, **small, **hover)
        )
    return traces


def _fit(result: Twins, steps: np.ndarray, style: Style) -> dict:
    """Return the straight line of the fitted rate, beside the smallest nudge."""
    rate, error = shown(result.rate), shown(result.rate_error, digits=2)
    key = "fitted" if np.isfinite(result.rate_error) else "fitted_briefly"
    name = style.words(f"dynamics.{key}", rate=rate, error=error, steps=result.fitted - 1)
    ends = np.array([0, result.fitted - 1])
    start, slope = result.offset / np.log(10), result.rate / np.log(10)
    pen = {"line": {"dash": "dash", "width": 1.2}, "hoverinfo": "name"}
    return line(steps[0] + ends, start + slope * ends, name, style.ink.text, style, **pen)


VIEW = View("twins", "dynamics", analyse, draw, order=60, progress=True, group="chaos")
