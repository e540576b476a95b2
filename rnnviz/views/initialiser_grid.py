"""What changes it: saturation, input and gradient over weight scale and initial weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.sentences.numbers import percent, power
from rnnviz.spec.experiment import Experiment
from rnnviz.sweeps.initialiser_grid import InitialiserGrid, initialiser_grid
from rnnviz.views._plot.style import Style, template_dict
from rnnviz.views.registry import View

MEASURES = ("saturated", "input_share", "gradient")
DECADES = 20
"""Powers of ten of the gradient at which its colour is full; beyond them it stays."""
_LOST, _KEPT = 6.0, 2.0
"""Powers of ten by which a gradient is as good as lost, and still of use."""
_ROW, _LEFT = 20, 92
_DECADES_TICKS = (-3, -2, -1, 0, 1)


@dataclass(frozen=True, eq=False)
class Changes:
    """An experiment among its neighbours.

    Parameters
    ----------
    grid : InitialiserGrid
    experiment : Experiment
        The one that is marked.
    """

    grid: InitialiserGrid
    experiment: Experiment

    @property
    def place(self) -> tuple[float, int] | None:
        """The experiment's own place: log₁₀ of its weight scale, and its row; None if off it."""
        row, scale = self.grid.row_of(self.experiment), self.experiment.weight_scale
        scales = self.grid.scales
        if row is None or not scales[0] <= scale <= scales[-1]:
            return None
        return math.log10(scale), row


def analyse(run, perspective, progress: Callable[[float], None] | None = None) -> Changes:
    """Run the neighbours of a run's experiment, measured in the layer that is looked at."""
    layer = perspective.layer_in(run.layers)
    return Changes(initialiser_grid(run.experiment, run.inputs, layer, progress), run.experiment)


def draw(result: Changes, style: Style) -> go.Figure:
    """Draw one strip a measure: weight scale across, initial weights downwards."""
    traces = []
    for number, measure in enumerate(MEASURES):
        traces += _strip(result.grid, measure, number, style)
    for number in range(len(MEASURES)):
        traces += _mark(result, number, style)
    return go.Figure({"data": traces, "layout": _layout(result, style)})


def chosen(result: Changes, point: tuple[float, float]) -> Experiment | None:
    """Return the neighbour whose cell holds a point (log₁₀ of the scale, row) of the figure."""
    x, y = point
    grid = result.grid
    row = round(y)
    if not 0 <= row < len(grid.rows):
        return None
    column = int(np.abs(np.log10(grid.scales) - x).argmin())
    return grid.at(row, column)


def summary(result: Changes, style: Style) -> list[str]:
    """Return in words how near to 1 the gradient comes in each row, and at which scale."""
    say, grid = style.words, result.grid
    lines = []
    for row, name in enumerate(grid.rows):
        best = grid.best(row)
        weights = say(f"weights.{name}.label")
        if best is None:
            lines.append(say("initialiser_grid.none", weights=weights))
        else:
            left = power(float(grid.gradient[row, best]))
            scale = f"{grid.scales[best]:g}"
            lines.append(say("initialiser_grid.best", weights=weights, gradient=left, scale=scale))
    return lines


def conclusion(result: Changes, style: Style) -> str | None:
    """Return that the lecture's weights lose the gradient at every scale and others do not.

    None where that is not so; the sentence gives what is left at the best scale of both.
    """
    grid = result.grid
    left = {}
    for row, name in enumerate(grid.rows):
        best = grid.best(row)
        left[name] = -math.inf if best is None else float(grid.gradient[row, best])
    lecture = left.pop("lecture")
    name = min(left, key=lambda one: abs(left[one]))
    if not (abs(lecture) > _LOST and abs(left[name]) < _KEPT):
        return None
    say = style.words
    return say(
        "initialiser_grid.conclusion",
        lost=power(lecture),
        kept=power(left[name]),
        weights=say(f"weights.{name}.label"),
    )


def _strip(grid: InitialiserGrid, measure: str, number: int, style: Style) -> list[dict]:
    """Return the cells of a strip, and over them those that have no number but a name."""
    values = getattr(grid, measure)
    place = {
        "type": "heatmap",
        "x": np.log10(grid.scales),
        "y": list(range(len(grid.rows))),
        "xaxis": "x",
        "yaxis": f"y{number + 1 if number else ''}",
        "xgap": 1,
        "ygap": 1,
    }
    limit = DECADES if measure == "gradient" else 1.0
    kind = "diverging" if measure == "gradient" else "sequential"
    scale = [list(stop) for stop in style.scale(kind)]
    texts = _texts(grid, measure, style)
    told = {"text": texts, "hovertemplate": "%{text}<extra></extra>", "showscale": False}
    cells = place | told | {
        "z": np.where(np.isfinite(values), values, np.nan),
        "zmin": -limit if measure == "gradient" else 0.0,
        "zmax": limit,
        "colorscale": scale,
    }  # fmt: skip
    named = [(np.isneginf(values), style.ink.muted), (np.isnan(values), style.ink.grid)]
    traces = [cells]
    for where, colour in named:
        paint = {"z": np.where(where, 1.0, np.nan), "colorscale": [[0, colour], [1, colour]]}
        if where.any():
            traces.append(place | told | paint)
    return traces


def _texts(grid: InitialiserGrid, measure: str, style: Style) -> list[list[str]]:
    say, values = style.words, getattr(grid, measure)
    rows = []
    for row, name in enumerate(grid.rows):
        weights = say(f"weights.{name}.label")
        rows.append(
            [
                say(
                    "initialiser_grid.hover",
                    weights=weights,
                    scale=f"{scale:g}",
                    title=say(f"initialiser_grid.{measure}"),
                    value=_value(value, measure, say),
                )
                for scale, value in zip(grid.scales, values[row], strict=True)
            ]
        )
    return rows


def _value(value: float, measure: str, say) -> str:
    if np.isnan(value):
        return say("initialiser_grid.unknown")
    if measure == "gradient":
        return say("initialiser_grid.zero") if np.isneginf(value) else power(float(value))
    return percent(float(value))


def _mark(result: Changes, number: int, style: Style) -> list[dict]:
    """Return the ring around the experiment's own place, with a halo to be seen on any cell."""
    place = result.place
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [place[0]] if place else [],
        "y": [place[1]] if place else [],
        "yaxis": f"y{number + 1 if number else ''}",
        "hoverinfo": "skip",
    }
    rings = ((style.ink.halo, 7), (style.ink.cursor, 3))
    look = {"symbol": "circle-open", "size": 15}
    return [
        dot | {"marker": look | {"color": colour, "line": {"width": width}}}
        for colour, width in rings
    ]


def _layout(result: Changes, style: Style) -> dict:
    say, grid = style.words, result.grid
    row = round(_ROW * (1.35 if style.presentation else 1))
    heading = round(3.2 * style.tick_size)
    bottom = round(3.6 * style.font_size)
    strip = row * len(grid.rows)
    inner = len(MEASURES) * (strip + heading) - heading
    half = (math.log10(grid.scales[1]) - math.log10(grid.scales[0])) / 2
    ends = [math.log10(grid.scales[0]) - half, math.log10(grid.scales[-1]) + half]
    layout: dict[str, Any] = {
        "template": template_dict(style),
        "height": inner + heading + bottom,
        "margin": {"l": _LEFT, "r": 16, "t": heading, "b": bottom},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": say("knob.weight_scale.label")},
            "range": ends,
            "anchor": f"y{len(MEASURES)}",
            "tickvals": list(_DECADES_TICKS),
            "ticktext": [f"{10.0**power:g}" for power in _DECADES_TICKS],
            "showgrid": False,
        },
        "annotations": [],
    }
    for number, measure in enumerate(MEASURES):
        top = inner - number * (strip + heading)
        layout[f"yaxis{number + 1 if number else ''}"] = {
            "domain": [(top - strip) / inner, top / inner],
            "range": [len(grid.rows) - 0.5, -0.5],
            "tickvals": list(range(len(grid.rows))),
            "ticktext": [say(f"weights.{name}.short") for name in grid.rows],
            "ticks": "",
            "showgrid": False,
            "anchor": "x",
        }
        title = say(f"initialiser_grid.{measure}_title", timesteps=grid.timesteps)
        text = f"<b>{title}</b><br>{say(f'initialiser_grid.{measure}_scale')}"
        layout["annotations"].append(_heading(text, top / inner, style))
    return layout


def _heading(text: str, height: float, style: Style) -> dict:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": height}
    font = {"size": style.tick_size, "color": style.ink.text}
    look = {"align": "left", "showarrow": False, "font": font, "xshift": 8 - _LEFT}
    return place | look | {"yanchor": "bottom", "text": text}


VIEW = View("initialiser_grid", "states", analyse, draw, order=13, progress=True, needs_recipe=True)
