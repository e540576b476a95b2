"""The bifurcation view: growth of differences and visited states over the weight scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.bifurcation import ANALYSIS, Bifurcation, strip
from rnnviz.analysis.registry import Cursor
from rnnviz.views._plot.cursor import parameters_at, timestep_at, trace_at, weight_scale_of
from rnnviz.views._plot.frame import band, floor_of, frame, line, marks
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View

BINS = 240
"""States closer than this part of the range are one dot."""


@dataclass(frozen=True, eq=False)
class BifurcationStrip:
    """A bifurcation over absolute weight scales, and the scale of the run itself."""

    bifurcation: Bifurcation
    weight_scale: float

    @property
    def verdict(self):
        """What the bifurcation says."""
        return self.bifurcation.verdict


def analyse(run, perspective, progress=None) -> BifurcationStrip:
    """Return the strip of the layer that is looked at, its input held."""
    trace, scale = trace_at(run, perspective), weight_scale_of(run)
    layer = trace.layer
    if scale > 0:
        layer = layer.with_arrays(lambda array: array / scale)
    cursor = Cursor(timestep_at(trace, perspective), perspective.unit)
    result = strip(trace, layer, parameters_at(perspective, ANALYSIS, trace), cursor, progress)
    return BifurcationStrip(result, scale)


def draw(strip: BifurcationStrip, style: Style) -> go.Figure:
    """Draw the exponent above and the visited states below, over one axis of scales."""
    words, result = style.words, strip.bifurcation
    layout = frame(result.verdict, style, height=420)
    layout["legend"]["itemsizing"] = "constant"  # the dots themselves are too small to tell colours
    layout |= {
        "xaxis": {
            "title": {"text": words("dynamics.weight_scale")}, "type": "log", "anchor": "y2",
            "range": np.log10(result.factors[[0, -1]]).tolist(), "dtick": 1,
        },
        "yaxis": {
            "title": {"text": words("dynamics.largest_exponent")},
            "domain": [0.58, 1],
            "zeroline": True,
            "zerolinewidth": 1.5,
        },
        "yaxis2": {"title": {"text": words("dynamics.visited")}, "domain": [0, 0.5]},
    }  # fmt: skip
    traces = [*_exponents(result, style), *_visited(result, style), *_now(strip, layout, style)]
    return go.Figure({"data": traces, "layout": layout})


def _exponents(result: Bifurcation, style: Style) -> list[dict]:
    """Return the exponent in its band, and marks of what is −∞ or runs away."""
    words, ink = style.words, style.ink
    finite = np.isfinite(result.exponents)
    values = np.where(finite, result.exponents, np.nan)
    bands = band(result.factors, values - result.band, values + result.band, ink.series[0])
    text = {"hovertemplate": "%{x:.3g}: %{y:.4g}<extra></extra>", "showlegend": False}
    traces = [*bands, line(result.factors, values, "", ink.series[0], style, **text)]
    floor = floor_of(result.exponents)
    for chosen, key, symbol in (
        (np.isneginf(result.exponents), "dynamics.minus_infinity", "triangle-down"),
        (result.escaping, "dynamics.escapes", "triangle-up"),
    ):
        if chosen.any():
            places = result.factors[chosen]
            foot = np.full(len(places), floor)
            small = {"marker": {"size": 5}, "hovertemplate": "%{x:.3g}<extra></extra>"}
            traces.append(marks(places, foot, words(key), ink.text, symbol, style, **small))
    return traces


def _visited(result: Bifurcation, style: Style) -> list[dict]:
    """Return the visited states of each unit, no two dots in one place."""
    inside = result.visited[~result.escaping]
    if not inside.size:
        return []
    low, high = float(inside.min()), float(inside.max())
    grain = (high - low) / BINS or 1.0
    traces = []
    for index, unit in enumerate(result.units):
        places = np.rint((inside[..., index] - low) / grain)
        rows, values = [], []
        for factor, row in zip(result.factors[~result.escaping], places, strict=True):
            distinct = np.unique(row)
            rows.append(np.full(len(distinct), factor))
            values.append(low + grain * distinct)
        small = {"marker": {"size": 3}, "yaxis": "y2"}
        name = style.words("dynamics.unit", unit=unit)
        traces.append(
            marks(
                np.concatenate(rows), np.concatenate(values), name,
                style.ink.series[index + 1], "circle", style,
                hovertemplate="%{x:.3g}: %{y:.3f}<extra></extra>", **small,
            )
        )  # fmt: skip
    return traces


def _now(strip: BifurcationStrip, layout: dict, style: Style) -> list[dict]:
    """Mark the run's own scale over both panels."""
    scale = strip.weight_scale
    if not strip.bifurcation.factors[0] <= scale <= strip.bifurcation.factors[-1]:
        return []
    layout["shapes"] = [
        {
            "type": "line", "x0": scale, "x1": scale, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": style.ink.cursor, "width": 1.2, "dash": "dash"},
        }
    ]  # fmt: skip
    pen = {"dash": "dash", "width": 1.2}
    name = style.words("dynamics.now")
    return [line([None], [None], name, style.ink.cursor, style, line=pen)]


VIEW = View(
    "bifurcation", "dynamics", analyse, draw, order=70, progress=True, at_cursor=True, group="chaos"
)
