"""A sweep over two knobs as a map: a cell a network, its colour what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.sentences.numbers import number
from rnnviz.sweeps.measures import measures
from rnnviz.sweeps.result import SweepResult
from rnnviz.views._plot.style import Style, template_dict

_HEIGHT = 440


def draw(
    result: SweepResult,
    measure: str,
    style: Style,
    mark: Sequence[int] | None = None,
    radii: np.ndarray | None = None,
    outline: Outline | None = None,
) -> go.Figure:
    """Draw a sweep whose first axis goes up and whose second goes to the right.

    Parameters
    ----------
    result : SweepResult
        Of a sweep over two knobs; over seeds as well, their mean is drawn.
    measure : str
        Which of its measures gives the colours; hovering tells all of them.
    style : Style
        Theme and language.
    mark : (int, int), optional
        Place of the network that is marked.
    radii : ndarray (rows, columns), optional
        Spectral radii of U that theory expects: where they are 1 a dashed line is drawn.
    outline : Outline, optional
        What was drawn around some networks.
    """
    (up, rows), (across, columns) = axes_of(result)
    values, told = _mean(result, measure), measures()[measure]
    low, high, kind = _scale(values, told.low, told.high, told.contour)
    say = style.words
    label = say(f"measure.{measure}.label")
    title = {"text": label, "side": "right", "font": {"size": style.font_size}}
    cells = {
        "type": "heatmap", "z": np.clip(values, low, high), "x": list(range(len(columns))),
        "y": list(range(len(rows))), "zmin": low, "zmax": high,
        "colorscale": [list(stop) for stop in style.scale(kind)],
        "colorbar": {"title": title, "thickness": 12},
        "customdata": _hover(result, say), "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": True,
    }  # fmt: skip
    traces = [cells, *_contour(values, told.contour, style)]
    if radii is not None:
        traces += _contour(np.log(np.maximum(radii, 1e-9)), 0.0, style, dash="dash")
    if mark is not None:
        traces += [_ring(mark, color, width) for color, width in _seen_on_all(style, 2.5)]
    if outline is not None:
        traces += [_drawn_around(outline, *line) for line in _seen_on_all(style, 2)]
    layout = {
        "template": template_dict(style), "height": _HEIGHT, "showlegend": False,
        "margin": {"l": 80, "r": 16, "t": 12, "b": 60},
        "xaxis": _axis(across, columns, say) | {"showgrid": False},
        "yaxis": _axis(up, rows, say) | {"showgrid": False},
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": layout})


def axes_of(result: SweepResult) -> list[tuple[str, tuple[Any, ...]]]:
    """The two knobs of the map with their values: seeds beside them are repetitions."""
    axes = list(result.sweep.axes)
    return axes if len(axes) == 2 else [axis for axis in axes if axis[0] != "seed"]


def _mean(result: SweepResult, measure: str) -> np.ndarray:
    return result.array(measure) if len(result.sweep.axes) == 2 else result.mean(measure)


@dataclass(frozen=True)
class Outline:
    """A polygon on the map, as its corners.

    Parameters
    ----------
    x, y : tuple of float
        Places of columns and of rows: 0 is the middle of the first cell.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]

    def cells(self, rows: int, columns: int) -> np.ndarray:
        """Return which cells it chooses, ``(rows, columns)`` of bool.

        Those whose middle lies in it (even-odd rule: from there to the right, a ray crosses its
        edge an odd number of times); where none does, the one that its own middle lies in.
        """
        down, across = np.mgrid[0:rows, 0:columns].astype(float)
        inside = np.zeros((rows, columns), bool)
        corners = list(zip(self.x, self.y, strict=True))
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
            crosses = (y0 > down) != (y1 > down)
            if crosses.any():
                edge = x0 + (down[crosses] - y0) * (x1 - x0) / (y1 - y0)
                inside[crosses] ^= across[crosses] < edge
        if not inside.any():
            row, column = round(float(np.mean(self.y))), round(float(np.mean(self.x)))
            if 0 <= row < rows and 0 <= column < columns:
                inside[row, column] = True
        return inside


def _drawn_around(outline: Outline, color: str, width: float) -> dict:
    """The line of an outline, closed."""
    return {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False,
        "x": [*outline.x, outline.x[0]], "y": [*outline.y, outline.y[0]],
        "line": {"color": color, "width": width, "dash": "dot" if width < 4 else "solid"},
    }  # fmt: skip


def place_at(result: SweepResult, point: tuple[float, float]) -> tuple[int, int] | None:
    """The network whose cell holds a point of the figure; None beside the map."""
    row, column = round(point[1]), round(point[0])
    rows, columns = (len(values) for _, values in axes_of(result))
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


def _contour(
    values: np.ndarray, level: float | None, style: Style, dash: str = "solid"
) -> list[dict]:
    """The line where the values are at a level at which something changes."""
    if level is None or min(values.shape) < 2:
        return []
    finite = np.where(np.isneginf(values), -1e9, values)
    if not (np.nanmin(finite) < level < np.nanmax(finite)):
        return []
    shown = np.clip(finite, level - 1, level + 1)
    return [{
        "type": "contour", "z": shown, "showscale": False, "hoverinfo": "skip",
        "line": {"color": color, "width": width, "smoothing": 0, "dash": dash},
        "contours": {"start": level, "end": level, "size": 1, "coloring": "none"},
    } for color, width in _seen_on_all(style, 2)]  # fmt: skip


def _ring(mark: Sequence[int], color: str, width: float) -> dict:
    """A square around the cell of a network."""
    return {
        "type": "scatter", "mode": "markers", "x": [mark[1]], "y": [mark[0]],
        "marker": {"symbol": "square-open", "size": 14, "color": color, "line": {"width": width}},
        "unselected": {"marker": {"opacity": 1}},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _seen_on_all(style: Style, width: float) -> list[tuple[str, float]]:
    """Colour and width of a line and of its edge, which is seen where the line is not."""
    return [(style.ink.halo, width + 3), (style.ink.cursor, width)]


def _axis(name: str, values: Sequence[Any], say: Any) -> dict:
    """An axis whose ticks are values of a knob, few enough to be read."""
    step = max(1, math.ceil(len(values) / 8))
    places = list(range(0, len(values), step))
    texts = [written(values[place], say) for place in places]
    return {
        "title": {"text": say(f"knob.{name}.label")},
        "tickmode": "array",
        "tickvals": places,
        "ticktext": texts,
        "fixedrange": False,
    }


def _hover(result: SweepResult, say: Any) -> list[list[str]]:
    """What each network is and what was measured of it, for one map and for two side by side."""
    (up, rows), (across, columns) = axes_of(result)
    names = say(f"knob.{up}.label"), say(f"knob.{across}.label")
    told = [[""] * len(columns) for _ in rows]
    for row, first in enumerate(rows):
        for column, second in enumerate(columns):
            lines = [
                f"{names[0]} {written(first, say)}",
                f"{names[1]} {written(second, say)}",
            ]
            told[row][column] = "<br>".join(lines)
    for measure in result.sweep.measures:
        values = _mean(result, measure)
        errors = result.band(measure) if len(result.sweep.axes) > 2 else None
        for row, column in np.ndindex(values.shape):
            told[row][column] += "<br>" + _number(values, errors, measure, (row, column), say)
    for (row, column), reasons in _reasons(result).items():
        told[row][column] += "".join(f"<br>{reason}" for reason in reasons)
    return told


def _reasons(result: SweepResult) -> dict[tuple[int, int], list[str]]:
    """Why the networks of a cell were not computed, each reason once."""
    names = list(result.sweep.names)
    places = [names.index(name) for name, _ in axes_of(result)]
    found: dict[tuple[int, int], list[str]] = {}
    for place, reason in result.reasons.items():
        told = found.setdefault((place[places[0]], place[places[1]]), [])
        if reason not in told:
            told.append(reason)
    return found


def _number(
    values: np.ndarray, errors: np.ndarray | None, measure: str, place: tuple[int, int], say: Any
) -> str:
    """A measure of one network, with the 95 % band of the mean over its seeds."""
    value = float(values[place])
    text = say(f"measure.{measure}.label") + " "
    if math.isinf(value):
        return text + ("−∞" if value < 0 else "∞")
    if math.isnan(value):
        return text + "–"
    text += number(value, 6)
    if errors is not None and math.isfinite(error := float(errors[place])):
        text += f" ± {number(error, 2)} (95%)"
    return text


def written(value: Any, say: Any) -> str:
    """A value of a knob as it stands on an axis."""
    if value is None:
        return say("page.as_drawn")
    if isinstance(value, str):
        return say(f"choice.{value}")
    return f"{value:.3g}" if isinstance(value, float) else f"{value:,}"
