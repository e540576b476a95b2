"""The memory view: how much of the past input a linear read-out gets right."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.memory import ANALYSIS, Memory
from rnnviz.views._plot.cursor import answer
from rnnviz.views._plot.frame import band, frame, line
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View


def analyse(run, perspective, progress=None) -> Memory:
    """Return the memory of the layer that is looked at, for noise as strong as its own input."""
    return answer(ANALYSIS, run, perspective, progress)


def draw(result: Memory, style: Style) -> go.Figure:
    """Draw the capacity over the lag, with its error band."""
    words, colour = style.words, style.ink.series[0]
    shown = _worth_showing(result)
    lags, capacity = np.arange(shown), result.capacity[:shown]
    error = result.error[:shown]
    low, high = np.maximum(capacity - error, 0), np.minimum(capacity + error, 1)
    bands = band(lags, low, high, colour)
    bands[1] |= {"name": words("dynamics.interval"), "showlegend": True}
    text = {"hovertemplate": "k = %{x}: %{y:.3f}<extra></extra>", "mode": "lines+markers"}
    dots = {"marker": {"size": 5 if shown < 60 else 3, "color": colour}, "showlegend": False}
    traces = [*bands, line(lags, capacity, "", colour, style, **text, **dots)]
    half = np.array([-0.5, shown - 0.5])
    dotted = {"line": {"dash": "dot", "width": 1.2}, "hoverinfo": "name"}
    traces.append(line(half, [0.5, 0.5], words("dynamics.half"), style.ink.muted, style, **dotted))
    layout = frame(result.verdict, style)
    layout["xaxis"] = {"title": {"text": words("dynamics.lag")}, "range": half.tolist()}
    layout["yaxis"] = {"title": {"text": words("dynamics.capacity")}, "range": [-0.03, 1.05]}
    return go.Figure({"data": traces, "layout": layout})


def _worth_showing(result: Memory) -> int:
    """Return up to which lag the curve is drawn: a fifth beyond what is there, at least 20."""
    there = np.flatnonzero(result.capacity > 0.01)
    last = int(there[-1]) if there.size else 0
    return min(len(result.capacity), max(20, round(1.2 * last) + 1))


VIEW = View("memory", "dynamics", analyse, draw, order=40, progress=True, group="memory")
