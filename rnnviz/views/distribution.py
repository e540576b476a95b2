"""Distribution over time: bands of quantiles, and histograms at the cursor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.distribution import Histogram, Spread, histogram, spread
from rnnviz.analysis.lenses import argument
from rnnviz.views._plot.cursor import timestep_at, trace_at
from rnnviz.views._plot.follow import Follow
from rnnviz.views._plot.picture import symmetric_limit
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict
from rnnviz.views.registry import View

_BANDS = ((0, 6, 0.14), (1, 5, 0.22), (2, 4, 0.34))
_MEDIAN = 3


@dataclass(frozen=True, eq=False)
class Panel:
    """One quantity: all its values, how they are spread, and the range that is shown.

    Parameters
    ----------
    name : {"states", "arguments"}
    values : ndarray (timesteps, units)
    bands : Spread
    low, high : float
    """

    name: str
    values: np.ndarray
    bands: Spread
    low: float
    high: float

    def counts(self, timesteps: slice | int) -> Histogram:
        """Return the histogram of one step or of several."""
        return histogram(self.values[timesteps], self.low, self.high)


@dataclass(frozen=True, eq=False)
class Distribution:
    """The spread of a layer's states and pre-activations, and where the cursor stands."""

    panels: tuple[Panel, Panel]
    timestep: int


def analyse(run, perspective) -> Distribution:
    """Spread out the units of a run's layer at every step."""
    trace = trace_at(run, perspective)
    low, high = trace.layer.state_range
    if not (math.isfinite(low) and math.isfinite(high)):
        high = symmetric_limit(trace.states)
        low = -high
    arguments = argument(trace)
    limit = symmetric_limit(arguments)
    panels = (
        Panel("states", trace.states, spread(trace.states), low, high),
        Panel("arguments", arguments, spread(arguments), -limit, limit),
    )
    return Distribution(panels, timestep_at(trace, perspective))


def draw(result: Distribution, style: Style) -> go.Figure:
    """Draw the bands over time, and beside them the histograms at the cursor."""
    traces = []
    for number, panel in enumerate(result.panels):
        traces += _bands(panel, number, style)
        traces.append(_histogram(panel, number, result.timestep, style))
    return go.Figure({"data": traces, "layout": _layout(result, style)})


def follow(result: Distribution) -> tuple[Follow, ...]:
    """Return how the histograms change with the cursor."""
    each = 2 * len(_BANDS) + 2
    return tuple(
        Follow(each * number + each - 1, x=panel.counts(slice(None)).counts)
        for number, panel in enumerate(result.panels)
    )


def _bands(panel: Panel, number: int, style: Style) -> list[dict]:
    colour = style.ink.series[number]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": FIRST_STEP + panel.bands.steps,
        "xaxis": "x",
        "yaxis": ("y", "y2")[number],
        "hoverinfo": "skip",
    }
    traces = []
    for lower, upper, opacity in _BANDS:
        edge = line | {"line": {"width": 0, "color": colour}}
        fill = {"fill": "tonexty", "fillcolor": _faded(colour, opacity)}
        quantiles = panel.bands.quantiles
        traces += [edge | {"y": quantiles[:, lower]}, edge | fill | {"y": quantiles[:, upper]}]
    told = style.words("distribution.hover")
    median = {
        "y": panel.bands.quantiles[:, _MEDIAN],
        "line": {"width": style.line_width, "color": colour},
        "mode": "lines" if len(panel.bands.steps) > 1 else "lines+markers",
        "customdata": panel.bands.quantiles,
        "hoverinfo": "x+y",
        "hovertemplate": told,
    }
    return [*traces, line | median]


def _histogram(panel: Panel, number: int, timestep: int, style: Style) -> dict:
    found = panel.counts(timestep)
    middles = (found.edges[1:] + found.edges[:-1]) / 2
    return {
        "type": "bar",
        "orientation": "h",
        "x": found.counts,
        "y": middles,
        "width": (panel.high - panel.low) / len(middles),
        "xaxis": ("x2", "x3")[number],
        "yaxis": ("y", "y2")[number],
        "marker": {"color": style.ink.series[number], "line": {"width": 0}},
        "hovertemplate": style.words("distribution.count"),
    }


def _layout(result: Distribution, style: Style) -> dict:
    say, larger = style.words, 1.25 if style.presentation else 1
    units = result.panels[0].values.shape[1]
    layout: dict[str, Any] = {
        "template": template_dict(style),
        "height": round(460 * larger),
        "margin": {"l": style.left, "r": 16, "t": round(30 * larger), "b": round(50 * larger)},
        "showlegend": False,
        "hovermode": "closest",
        "bargap": 0,
        "meta": {"time_axis": "x", "first_step": FIRST_STEP},
        "xaxis": {
            "title": {"text": say("axis.timestep")},
            "domain": [0, 0.78],
            "anchor": "y2",
            "showgrid": False,
            "range": _time_range(result),
        },
        "annotations": [_note(say("distribution.beside"), "x2 domain", style)],
    }
    every = result.panels[0].bands.every
    if every > 1:
        sampled = say("view.distribution.sampled", every=every)
        layout["annotations"].append(_note(sampled, "paper", style))
    domains = ([0.54, 1], [0, 0.46])
    for number, (panel, domain) in enumerate(zip(result.panels, domains, strict=True)):
        margin = 0.04 * (panel.high - panel.low)
        layout[f"yaxis{number + 1 if number else ''}"] = {
            "title": {"text": say(f"distribution.{panel.name}")},
            "domain": domain,
            "range": [panel.low - margin, panel.high + margin],
            "showgrid": True,
        }
        layout[f"xaxis{number + 2}"] = {
            "domain": [0.81, 1],
            "anchor": ("y", "y2")[number],
            "range": [0, units],
            "nticks": 3,
            "showgrid": False,
            "showticklabels": bool(number),
            "title": {"text": say("distribution.units") if number else ""},
        }
    return layout


def _time_range(result: Distribution) -> list[float]:
    timesteps = len(result.panels[0].values)
    return [FIRST_STEP - 0.5, FIRST_STEP + timesteps - 0.5]


def _note(text: str, xref: str, style: Style) -> dict:
    place = {"xref": xref, "x": 0, "xanchor": "left", "yref": "paper", "y": 1}
    font = {"size": style.tick_size, "color": style.ink.muted}
    return place | {"yanchor": "bottom", "text": text, "showarrow": False, "font": font}


def _faded(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


VIEW = View("distribution", "states", analyse, draw, order=12, at_cursor=True, follow=follow)
