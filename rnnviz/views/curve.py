"""On the curve: the activation, and where every unit of the current step stands on it.

Of a cell that makes its state of more than one activation (gates, a leak) it is the value of the
activation that stands there, the candidate of a gated cell, and not h.

Beneath it the digits that are left to the end: on that scale one sees the units fall off the edge
of what the number format can tell from the end itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.lenses import argument, digits_of_saturation
from rnnviz.analysis.plateau import Plateau, plateau
from rnnviz.engine import ACTIVATIONS, Run
from rnnviz.i18n import Words
from rnnviz.sentences.verdicts import wrapped
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.cursor import timestep_at, trace_at
from rnnviz.views._plot.follow import Follow
from rnnviz.views._plot.style import Style, template_dict
from rnnviz.views.registry import Told, View

_FORMATS = ("float64", "float32")
_DIGITS = {"float64": 16, "float32": 8}
_POINTS = 801
_LEAST_REACH = 4.0
_LINE = 56
"""Latin letters a line of what is said on the figure, so that it fits a phone."""


@dataclass(frozen=True, eq=False)
class OnCurve:
    """An activation and the units on it.

    Parameters
    ----------
    activation, dtype : str
        Names of the activation and of the run's number format.
    arguments, states : ndarray (timesteps, units)
        z, and the activation of it, of all steps; nan where a step is masked.
    timestep, unit : int
        Cursor, inside the run.
    plateaus : tuple of Plateau
        For float64 and float32.
    is_state : bool
        Whether the activation of z is the state h itself.
    masked : ndarray (timesteps,) of bool
        Steps that are passed over: the state is kept, and nothing stands on the curve.
    """

    activation: str
    dtype: str
    arguments: np.ndarray
    states: np.ndarray
    timestep: int
    unit: int
    plateaus: tuple[Plateau, ...]
    is_state: bool
    masked: np.ndarray

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the activation, infinite where there are none."""
        return ACTIVATIONS[self.activation].range

    @property
    def bounded(self) -> bool:
        """Whether there are ends on both sides, so that a distance to them can be counted."""
        return all(map(math.isfinite, self.ends))

    @property
    def reach(self) -> float:
        """How far the axis goes to both sides: all units and the upper plateaus are on it."""
        here = self.arguments if self.bounded else self.arguments[self.timestep]
        finite = np.abs(here[np.isfinite(here)])
        edges = [one.high for one in self.plateaus if one.high is not None]
        farthest = max([_LEAST_REACH, *edges, *([float(finite.max())] if finite.size else [])])
        return 1.06 * min(farthest, 1e300)

    @property
    def ceiling(self) -> float:
        """Height at which the digits of what is exactly at an end are drawn: above all others."""
        with np.errstate(all="ignore"):
            ends = ACTIVATIONS[self.activation].apply(np.array([-self.reach, self.reach]))
        farthest = digits_of_saturation(ends, self.ends)
        return max(_DIGITS[self.dtype], *farthest[np.isfinite(farthest)], 0.0) + 2.0

    def heights(self, states: np.ndarray) -> np.ndarray:
        """Return digits of saturation, those of exact ends at :attr:`ceiling`."""
        digits = digits_of_saturation(states, self.ends)
        return np.where(np.isposinf(digits), self.ceiling, digits)


def analyse(run, perspective) -> OnCurve:
    """Place the units of a run's layer on their activation."""
    trace = trace_at(run, perspective)
    name, arguments, states = trace.layer.activation, argument(trace), trace.states
    is_state = trace.layer.state_is_activation
    if not is_state:
        with np.errstate(all="ignore"):
            states = ACTIVATIONS[name].apply(arguments)
    masked = np.zeros(trace.timesteps, bool) if trace.mask is None else ~trace.mask
    if masked.any():
        nothing = states.dtype.type(np.nan)
        arguments, states = (np.where(masked[:, None], nothing, one) for one in (arguments, states))
    timestep = timestep_at(trace, perspective)
    unit = min(perspective.unit, trace.layer.units - 1)
    plateaus = tuple(plateau(name, dtype) for dtype in _FORMATS)
    dtype = trace.layer.dtype.name
    found = name, dtype, arguments, states, timestep, unit, plateaus
    return OnCurve(*found, is_state, masked)


def tell(run: Run, perspective: Perspective, say: Words) -> Told:
    """Return what is said of the view: whether what stands upwards is h."""
    is_state = trace_at(run, perspective).layer.state_is_activation
    read = say("view.curve.how_to_read" if is_state else "curve.how_to_read_value")
    return Told(say("view.curve.title"), read)


def draw(result: OnCurve, style: Style) -> go.Figure:
    """Draw the curve, the units on it, and beneath it their digits of saturation."""
    traces = [*_lines(result, style), *_dots(result, style)]
    return go.Figure({"data": traces, "layout": _layout(result, style)})


def follow(result: OnCurve) -> tuple[Follow, ...]:
    """Return how the units move on the curve with the cursor.

    Without ends the axis itself depends on the step, and waits until the cursor is let go. So does
    what is said of masked steps.
    """
    if not result.bounded or result.masked.any():
        return ()
    z, h = result.arguments, result.states
    panels = [h, result.heights(h)]
    moves = []
    for number, y in enumerate(panels):
        first = len(panels) + 2 * number
        one = slice(result.unit, result.unit + 1)
        moves += [Follow(first, z, y), Follow(first + 1, z[:, one], y[:, one])]
    return tuple(moves)


def _lines(result: OnCurve, style: Style) -> list[dict]:
    z = np.linspace(-result.reach, result.reach, _POINTS).astype(result.dtype)
    with np.errstate(all="ignore"):
        h = ACTIVATIONS[result.activation].apply(z)
    pen = {"color": style.ink.muted, "width": style.line_width}
    line = {"type": "scatter", "mode": "lines", "x": z, "line": pen, "hoverinfo": "skip"}
    lines = [line | {"y": h, "yaxis": "y"}]
    return [*lines, line | {"y": result.heights(h), "yaxis": "y2"}] if result.bounded else lines


def _dots(result: OnCurve, style: Style) -> list[dict]:
    """Return the units of the current step, and the chosen one once more, in each panel."""
    z, h = result.arguments[result.timestep], result.states[result.timestep]
    names = [style.words("viewer.unit", unit=unit) for unit in range(len(z))]
    size = 11 if style.presentation else 9
    colours = style.ink.series
    panels = [("y", h), ("y2", result.heights(h))] if result.bounded else [("y", h)]
    traces = []
    for axis, y in panels:
        dots = {"type": "scatter", "mode": "markers", "yaxis": axis, "x": z, "y": y, "text": names}
        look = {"size": size, "color": colours[0], "opacity": 0.55, "line": {"width": 0}}
        told = {"hovertemplate": "%{text}<br>z = %{x}<br>%{y}<extra></extra>"}
        traces.append(dots | told | {"marker": look})
        one = slice(result.unit, result.unit + 1)
        ring = {"size": size + 5, "color": colours[1], "symbol": "circle-open"}
        chosen = {"x": z[one], "y": y[one], "text": names[one]}
        traces.append(dots | told | chosen | {"marker": ring | {"line": {"width": 2.5}}})
    return traces


def _layout(result: OnCurve, style: Style) -> dict:
    say = style.words
    size = 1.25 if style.presentation else 1
    layout: dict[str, Any] = {
        "template": template_dict(style),
        "height": round((430 if result.bounded else 300) * size),
        "margin": {"l": style.left, "r": 16, "t": round(44 * size), "b": round(50 * size)},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": say("curve.argument")},
            "range": [-result.reach, result.reach],
            "anchor": "y2" if result.bounded else "y",
        },
        "yaxis": {
            "title": {
                "text": say(
                    "curve.state" if result.is_state else "curve.value",
                    activation=result.activation,
                )
            },
            "domain": [0.46, 1] if result.bounded else [0, 1],
            "showgrid": True,
        },
        "shapes": [],
        "annotations": [],
    }
    if result.bounded:
        low, high = result.ends
        margin = 0.08 * (high - low)
        layout["yaxis"] |= {"range": [low - margin, high + margin], "tickvals": [low, 0, high]}
        layout["yaxis2"] = _digits_axis(result, style)
    own = next(one for one in result.plateaus if one.dtype == result.dtype)
    for one in result.plateaus:
        if one is own or (one.low, one.high) != (own.low, own.high):
            _mark_plateau(layout, one, one is own, style)
    if result.masked[result.timestep]:
        layout["annotations"].append(_passed_over(style))
    return layout


def _passed_over(style: Style) -> dict:
    text = wrapped(style.words("one_step.masked"), _LINE)
    middle = {"xref": "x domain", "yref": "y domain", "x": 0.5, "y": 0.5, "showarrow": False}
    return middle | {"text": text, "bgcolor": style.ink.background}


def _digits_axis(result: OnCurve, style: Style) -> dict:
    ceiling = result.ceiling
    ticks = range(0, int(ceiling) - 1, 4)
    return {
        "title": {"text": style.words("curve.digits")},
        "domain": [0, 0.38],
        "range": [-1, ceiling + 1.5],
        "tickvals": [*ticks, ceiling],
        "ticktext": [*map(str, ticks), style.words("curve.exact")],
        "showgrid": True,
    }


def _mark_plateau(layout: dict, plateau: Plateau, own: bool, style: Style) -> None:
    """Mark from where on the values are exactly at an end; shaded for the run's own format."""
    limit = layout["xaxis"]["range"][1]
    for edge, side in ((plateau.low, -1), (plateau.high, 1)):
        if edge is None or abs(edge) > limit:
            continue
        place = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1}
        colour = style.ink.series[1 if own else 6]
        pen = {"color": colour, "width": 1.5, "dash": "solid" if own else "dot"}
        layout["shapes"].append(place | {"type": "line", "x0": edge, "x1": edge, "line": pen})
        if own:
            area = {"fillcolor": colour, "opacity": 0.1, "line": {"width": 0}, "layer": "below"}
            layout["shapes"].append(place | area | {"type": "rect", "x0": edge, "x1": side * limit})
        if side > 0 or plateau.high is None:
            _label_plateau(layout, plateau, edge, own, style)


def _label_plateau(layout: dict, plateau: Plateau, edge: float, own: bool, style: Style) -> None:
    side = "up" if plateau.high is not None else "down"
    key = f"curve.plateau_{side}" if own else "curve.plateau_other"
    text = style.words(key, dtype=plateau.dtype, edge=f"{edge:.2f}".replace("-", "−"))
    label = {"xref": "x", "x": edge, "yref": "paper", "y": 1, "yanchor": "bottom"}
    # Towards the middle, where there is room; the other format's one line higher.
    towards = "right" if edge > 0.3 * layout["xaxis"]["range"][1] else "left"
    font = {"size": style.tick_size, "color": style.ink.series[1 if own else 6]}
    shift = 2 if own else 4 + 1.3 * style.tick_size
    layout["annotations"].append(
        label
        | {"text": text, "xanchor": towards, "yshift": shift, "showarrow": False, "font": font}
    )


VIEW = View("curve", "states", analyse, draw, order=10, at_cursor=True, follow=follow, tell=tell)
