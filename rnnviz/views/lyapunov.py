"""The Lyapunov view: how the estimate settles, and all exponents with their band."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.lyapunov import ANALYSIS, Lyapunov
from rnnviz.views._plot.cursor import answer
from rnnviz.views._plot.frame import (
    band,
    faded,
    floor_of,
    frame,
    line,
    marks,
    thinned,
    timesteps,
    whole_ticks,
)
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View

POINTS = 2000


def analyse(run, perspective, progress=None) -> Lyapunov:
    """Return the exponents of the layer that is looked at; of a large one, the leading ones."""
    return answer(ANALYSIS, run, perspective, progress)


def draw(result: Lyapunov, style: Style) -> go.Figure:
    """Draw the finite-time curves and the spectrum."""
    words = style.words
    count = len(result.exponents)
    title = words("dynamics.exponents")
    if count < result.state_size:
        title += f" ({words('dynamics.shown_of', shown=count, all=result.state_size)})"
    layout = frame(result.verdict, style, time_axis="x", diverged_at=result.diverged_at)
    zero = {"zeroline": True, "zerolinewidth": 1.5}
    layout |= {
        "xaxis": {
            "title": {"text": words("axis.timestep")}, "tickformat": ",d", "domain": [0, 0.56],
        },
        "yaxis": {"title": {"text": words("dynamics.exponent")}} | zero,
        "xaxis2": {"title": {"text": title}, "domain": [0.69, 1], "tickformat": ",d"}
        | whole_ticks(count),
        "yaxis2": {"anchor": "x2"} | zero,
    }  # fmt: skip
    layout["xaxis2"]["anchor"] = "y2"
    if count and not np.isfinite(result.exponents).any():
        layout["yaxis2"] |= {"tickvals": [floor_of()], "ticktext": ["−∞"]}
    return go.Figure(
        {"data": [*_estimate(result, style), *_curves(result, style), *_spectrum(result, style)],
         "layout": layout}
    )  # fmt: skip


def _estimate(result: Lyapunov, style: Style) -> list[dict]:
    """Return the band of the largest exponent, behind the curves."""
    steps = len(result.finite_time)
    if not steps or not np.isfinite(result.exponents[0] + result.band[0]):
        return []
    ends = timesteps(steps)[[0, -1]]
    low, high = (result.exponents[0] + sign * result.band[0] * np.ones(2) for sign in (-1, 1))
    return band(ends, low, high, style.ink.series[0])


def _curves(result: Lyapunov, style: Style) -> list[dict]:
    """Return one line a leading direction, and marks where it is lost."""
    traces, floor = [], floor_of(result.finite_time)
    steps, count = result.finite_time.shape
    kept = thinned(steps, POINTS)
    for index in range(count):
        curve, colour = result.finite_time[kept, index], style.ink.series[index]
        finite = np.isfinite(curve)
        name = style.words("dynamics.finite_time", index=index + 1)
        mode = "lines+markers" if finite.sum() < 3 else "lines"
        text = {"hovertemplate": "t = %{x}: %{y:.4g}<extra></extra>", "mode": mode}
        shown = np.where(finite, curve, np.nan)
        traces.append(line(timesteps(steps)[kept], shown, name, colour, style, **text))
    lost = ~np.isfinite(result.finite_time[kept, 0]) if count else np.empty(0, bool)
    if lost.any():
        traces.append(_lost(timesteps(steps)[kept][lost], floor, style, "x", "y"))
    return traces


def _spectrum(result: Lyapunov, style: Style) -> list[dict]:
    """Return the exponents as dots in their band."""
    floor = floor_of(result.exponents)
    axes, colour = {"xaxis": "x2", "yaxis": "y2"}, style.ink.series[0]
    ranks = 1 + np.arange(len(result.exponents))
    finite = np.isfinite(result.exponents)
    values, width = result.exponents[finite], result.band[finite]
    reach = np.where(np.isfinite(width), width, 0.0)
    bars = {"array": reach, "thickness": 1, "width": 0, "color": faded(colour, 0.6)}
    dots = marks(
        ranks[finite], values, style.words("dynamics.band"), colour, "circle", style,
        marker={"size": 4}, error_y=bars, customdata=width,
        hovertemplate="%{x}: %{y:.4g} ± %{customdata:.2g}<extra></extra>", **axes,
    )  # fmt: skip
    lost = [] if finite.all() else [_lost(ranks[~finite], floor, style, "x2", "y2")]
    return [dots, *lost]


def _lost(places, floor: float, style: Style, x: str, y: str) -> dict:
    """Return the marks of −∞ at the foot of a panel."""
    ink = style.ink
    return marks(
        places, np.full(len(places), floor), style.words("dynamics.minus_infinity"), ink.text,
        "triangle-down", style, marker={"size": 6}, xaxis=x, yaxis=y, showlegend=x == "x",
        hovertemplate="%{x}: −∞<extra></extra>",
    )  # fmt: skip


VIEW = View("lyapunov", "dynamics", analyse, draw, order=50, progress=True, group="chaos")
