"""The gradients view: how much the last state still changes with what came before it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.gradients import ANALYSIS, Gradients
from rnnviz.sentences.verdicts import shown
from rnnviz.views._plot.cursor import answer
from rnnviz.views._plot.frame import band, floor_of, frame, line, marks, thinned, timesteps
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import View

POINTS = 2000
"""Most points of a line."""


def analyse(run, perspective, progress=None) -> Gradients:
    """Return the gradients of the last state, or of the one that the link names."""
    return answer(ANALYSIS, run, perspective, progress)


def draw(result: Gradients, style: Style) -> go.Figure:
    """Draw the norms over time, exact zeros at the foot."""
    words, series = style.words, style.ink.series
    floor = floor_of(result.norm, result.input_norm)
    target = result.target + FIRST_STEP
    traces = [
        *_norm(result.norm, result.upper, words("dynamics.state_gradient", timestep=target),
               series[0], floor, style),
        *_norm(result.input_norm, result.input_upper, words("dynamics.input_gradient"),
               series[1], floor, style, dash="dash"),
        *_bound(result, style),
    ]  # fmt: skip
    layout = frame(result.verdict, style, time_axis="x", diverged_at=result.diverged_at)
    layout["xaxis"] = {"title": {"text": words("axis.timestep")}, "tickformat": ",d"}
    layout["yaxis"] = {"title": {"text": words("dynamics.log_norm")}, "tickformat": "~r"}
    return go.Figure({"data": traces, "layout": layout})


def _norm(norm, upper, name, colour, floor, style, dash="solid") -> list[dict]:
    """Return line and band of one norm, and marks where it is exactly zero."""
    kept = thinned(len(norm), POINTS)
    steps, norm, upper = timesteps(len(norm))[kept], norm[kept], upper[kept]
    finite = np.isfinite(norm)
    curve = np.where(finite, norm, np.nan)
    mode = "lines+markers" if finite.sum() < 3 else "lines"
    traces = [
        *_bounds(steps, curve, np.where(finite, upper, np.nan), name, colour, style),
        line(
            steps, curve, name, colour, style, mode=mode, line={"dash": dash},
            hovertemplate="t = %{x}: 10^%{y:.3f}<extra></extra>",
        ),
    ]  # fmt: skip
    if not finite.all():
        zero = np.full((~finite).sum(), floor)
        label = f"{name}: {style.words('dynamics.exactly_zero')}"
        thin = {"size": 6, "line": {"width": 1.2, "color": colour}}
        symbol = "line-ns" if dash == "solid" else "x-thin"
        hover = {"hovertemplate": "t = %{x}: 0<extra></extra>"}
        traces.append(
            marks(steps[~finite], zero, label, colour, symbol, style, marker=thin, **hover)
        )
    return traces


def _bounds(steps, low, high, name: str, colour: str, style: Style) -> list[dict]:
    """Return the band between two bounds, named in the legend where they are apart."""
    traces = band(steps, low, high, colour)
    apart = high - low
    if apart.size and np.nanmax(np.nan_to_num(apart), initial=0.0) > 0.01:
        label = style.words("dynamics.between_bounds", name=name)
        traces[1] |= {"name": label, "showlegend": True}
    return traces


def _bound(result: Gradients, style: Style) -> list[dict]:
    """Return the line of the bound, as far as it does not dwarf what is shown."""
    if result.bound is None or not result.bound.size:
        return []
    finite = [values[np.isfinite(values)] for values in (result.norm, result.input_norm)]
    values = np.concatenate(finite)
    room = max(3.0, float(np.ptp(values)) * 0.5)
    near = (result.bound <= values.max() + room) & (result.bound >= values.min() - room)
    steps = timesteps(len(near))[near]
    kept = thinned(len(steps), POINTS)
    name = style.words("dynamics.bound", growth=f"σ<sub>1</sub>(U) = {shown(result.growth_bound)}")
    dotted = {"line": {"dash": "dot", "width": 1.2}}
    text = {"hovertemplate": "t = %{x}: 10^%{y:.3f}<extra></extra>"}
    bound = result.bound[near][kept]
    return [line(steps[kept], bound, name, style.ink.muted, style, **dotted, **text)]


VIEW = View("gradients", "dynamics", analyse, draw, order=20, progress=True, group="gradient")
