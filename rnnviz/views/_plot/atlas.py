"""A sweep over two knobs as a map: a cell a network, its colour what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.sweeps.measures import measures
from rnnviz.sweeps.result import SweepResult
from rnnviz.views._plot.style import Style, template_dict

_HEIGHT = 440


def draw(
    result: SweepResult, measure: str, style: Style, mark: Sequence[int] | None = None
) -> go.Figure:
    """Draw a sweep whose first axis goes up and whose second goes to the right.

    Parameters
    ----------
    result : SweepResult
        Of a sweep over two knobs.
    measure : str
        Which of its measures.
    style : Style
        Theme and language.
    mark : (int, int), optional
        Place of the network that is marked.
    """
    (up, rows), (across, columns) = result.sweep.axes
    values, told = result.array(measure), measures()[measure]
    low, high, kind = _scale(values, told.low, told.high, told.contour)
    say = style.words
    label = say(f"measure.{measure}.label")
    title = {"text": label, "side": "right", "font": {"size": style.font_size}}
    cells = {
        "type": "heatmap", "z": np.clip(values, low, high), "x": list(range(len(columns))),
        "y": list(range(len(rows))), "zmin": low, "zmax": high,
        "colorscale": [list(stop) for stop in style.scale(kind)],
        "colorbar": {"title": title, "thickness": 12},
        "customdata": _hover(result, values, say), "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": True,
    }  # fmt: skip
    traces = [cells, *_contour(values, told.contour, style)]
    if mark is not None:
        ring = {
            "symbol": "square-open",
            "size": 14,
            "color": style.ink.cursor,
            "line": {"width": 2.5},
        }
        traces.append({
            "type": "scatter", "mode": "markers", "x": [mark[1]], "y": [mark[0]], "marker": ring,
            "hoverinfo": "skip", "showlegend": False,
        })  # fmt: skip
    layout = {
        "template": template_dict(style), "height": _HEIGHT, "showlegend": False,
        "margin": {"l": 80, "r": 16, "t": 12, "b": 60},
        "xaxis": _axis(across, columns, say) | {"showgrid": False},
        "yaxis": _axis(up, rows, say) | {"showgrid": False},
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": layout})


def place_at(result: SweepResult, point: tuple[float, float]) -> tuple[int, int] | None:
    """The network whose cell holds a point of the figure; None beside the map."""
    row, column = round(point[1]), round(point[0])
    rows, columns = result.sweep.shape
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def _scale(
    values: np.ndarray, low: float | None, high: float | None, contour: float | None
) -> tuple[float, float, str]:
    """Ends and kind of the colour scale; about the contour where something changes there."""
    finite = values[np.isfinite(values)]
    if low is not None and high is not None:
        return low, high, "sequential"
    least = float(finite.min()) if finite.size else 0.0
    most = float(finite.max()) if finite.size else 1.0
    if contour is not None and contour == 0:
        limit = max(abs(least), abs(most), 1e-12)
        # A few networks that explode or vanish would leave one colour for all the others.
        limit = min(limit, max(1e-12, 3 * float(np.median(np.abs(finite))))) if finite.size else 1.0
        return -limit, limit, "diverging"
    return least, most if most > least else least + 1.0, "sequential"


def _contour(values: np.ndarray, level: float | None, style: Style) -> list[dict]:
    """The line where the measure has the value at which something changes."""
    if level is None or min(values.shape) < 2:
        return []
    finite = np.where(np.isneginf(values), -1e9, values)
    if not (np.nanmin(finite) < level < np.nanmax(finite)):
        return []
    shown = np.clip(finite, level - 1, level + 1)
    line = {"color": style.ink.cursor, "width": 2, "smoothing": 0}
    return [{
        "type": "contour", "z": shown, "showscale": False, "hoverinfo": "skip", "line": line,
        "contours": {"start": level, "end": level, "size": 1, "coloring": "none"},
    }]  # fmt: skip


def _axis(name: str, values: Sequence[Any], say: Any) -> dict:
    """An axis whose ticks are values of a knob, few enough to be read."""
    step = max(1, math.ceil(len(values) / 8))
    places = list(range(0, len(values), step))
    texts = [_written(values[place], say) for place in places]
    return {
        "title": {"text": say(f"knob.{name}.label")},
        "tickmode": "array",
        "tickvals": places,
        "ticktext": texts,
        "fixedrange": False,
    }


def _hover(result: SweepResult, values: np.ndarray, say: Any) -> list[list[str]]:
    (up, rows), (across, columns) = result.sweep.axes
    names = say(f"knob.{up}.label"), say(f"knob.{across}.label")
    texts = []
    for row, first in enumerate(rows):
        line = []
        for column, second in enumerate(columns):
            number = values[row, column]
            reason = result.reasons.get((row, column))
            told = reason or ("−∞" if np.isneginf(number) else f"{number:.6g}")
            line.append(
                f"{names[0]} {_written(first, say)}<br>{names[1]} {_written(second, say)}<br>{told}"
            )
        texts.append(line)
    return texts


def _written(value: Any, say: Any) -> str:
    if value is None:
        return say("page.as_drawn")
    if isinstance(value, str):
        return say(f"choice.{value}")
    return f"{value:.3g}" if isinstance(value, float) else f"{value:,}"
