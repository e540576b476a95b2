"""The fixed-points view: where the network can stand still, and how such a place is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.fixed_points import ANALYSIS, FixedPoints
from rnnviz.analysis.linearisation import finite_timesteps
from rnnviz.analysis.phase_plane import PhasePlane, phase_plane
from rnnviz.analysis.trajectory import Projection, projection
from rnnviz.engine import Trace
from rnnviz.sentences.verdicts import shown
from rnnviz.views._plot.axes import equal_axes, plane_values
from rnnviz.views._plot.cursor import answer, trace_at
from rnnviz.views._plot.frame import circle, frame, line, marks, thinned
from rnnviz.views._plot.phase_portrait import cobweb, nullclines
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import View
from rnnviz.views.trajectory import axis_title

POINTS = 2000
KINDS = {
    "stable": ("circle", 0),
    "neutral": ("square", 4),
    "saddle": ("x", 1),
    "repelling": ("star-triangle-up", 3),
    "slow": ("diamond-open", 2),
    "kink": ("triangle-up-open", 5),
    "continuum": ("circle", 6),
}
"""Symbol and colour of each kind of point."""


@dataclass(frozen=True, eq=False)
class RestingPoints:
    """Fixed points, the plane they are drawn in, and the run in that plane.

    Parameters
    ----------
    points : FixedPoints
    plane : Projection
        Of the run's states; of these and the points together where the run alone spans no plane.
    path : ndarray (steps, state_size)
        The run, thinned.
    portrait : PhasePlane or None
        For one or two numbers of state: the whole map.
    """

    points: FixedPoints
    plane: Projection
    path: np.ndarray
    portrait: PhasePlane | None

    @property
    def verdict(self):
        """What the points say."""
        return self.points.verdict


def analyse(run, perspective, progress=None) -> RestingPoints:
    """Return the fixed points of the layer that is looked at, its input held."""
    trace = trace_at(run, perspective)
    layer, finite = trace.layer, finite_timesteps(trace)
    points = answer(ANALYSIS, run, perspective, progress)
    held, states = points.held_input, trace.full_states[:finite]
    reach = max(1.0, float(np.abs(points.points).max(initial=0.0)))
    path = _path(trace, states, reach)
    bounded = np.isfinite(layer.state_range).all()
    portrait = phase_plane(layer, held, path[0], 1.1 if bounded else 1.2 * reach)
    return RestingPoints(points, _plane(path, points.points), path, portrait)


def _path(trace: Trace, states: np.ndarray, reach: float) -> np.ndarray:
    """Return the run from its initial state on, thinned, until it is far from all points."""
    path = np.concatenate([trace.initial_state[None], states[thinned(len(states), POINTS)]])
    far = np.flatnonzero(np.abs(path).max(axis=1) > 100 * reach)
    return path[: far[0]] if far.size and far[0] else path[: 1 if far.size else None]


def draw(result: RestingPoints, style: Style) -> go.Figure:
    """Draw the points in their plane, and their eigenvalues beside."""
    words, size, portrait = style.words, result.path.shape[1], result.portrait
    layout = frame(result.verdict, style, height=360)
    layout |= {
        "xaxis": {"domain": [0, 0.57]},
        "yaxis": {},
        "xaxis2": {
            "title": {"text": words("dynamics.eigenvalues_there")}, "domain": [0.7, 1],
            "anchor": "y2",
        },
        "yaxis2": {"anchor": "x2"},
    }  # fmt: skip
    if size == 1 and portrait:
        traces = cobweb(portrait, layout, style)
        places = np.repeat(result.points.points, 2, 1)
    elif size == 2 and portrait:
        traces, places = nullclines(portrait, layout, style), result.points.points
        traces.append(_run(result.path, style))
    else:
        for name, index in (("xaxis", 0), ("yaxis", 1)):
            layout[name]["title"] = {"text": axis_title(result.plane, index, style)}
        places = _pair(result.plane, result.points.points)
        traces = [_run(_pair(result.plane, result.path), style)]
    unit = circle(1, words("dynamics.unit_circle"), style.ink.muted, style, line={"width": 1.2})
    traces += [unit | {"xaxis": "x2", "yaxis": "y2", "showlegend": False}]
    for kind in KINDS:
        traces += _points(result.points, places, kind, style)
    if size == 2 and portrait:
        equal_axes(layout, portrait.axis, portrait.axis)
    elif size > 2:
        everything = np.concatenate([_pair(result.plane, result.path), places])
        equal_axes(layout, *everything.T)
    equal_axes(layout, *plane_values(1.0, result.points.eigenvalues), names=("xaxis2", "yaxis2"))
    return go.Figure({"data": traces, "layout": layout})


def _plane(path: np.ndarray, points: np.ndarray) -> Projection:
    """Return the principal plane of the run, or of run and points where that is no plane."""
    plane = projection(path, 2)
    apart = np.abs(points).max(initial=0.0)
    if len(plane.deviations) > 1 and plane.deviations[1] > 1e-3 * max(apart, 1e-9):
        return plane
    return projection(np.concatenate([path, points]), 2)


def _pair(plane: Projection, states: np.ndarray) -> np.ndarray:
    """Return two coordinates of states; the second is zero where the plane is a line."""
    placed = np.where(plane.deviations[:2] > 0, plane.project(states), 0.0)
    return np.pad(placed, ((0, 0), (0, 2 - placed.shape[1])))


def _run(path: np.ndarray, style: Style) -> dict:
    name = style.words("dynamics.path")
    pen = {"line": {"width": 1.2}, "mode": "lines+markers", "hoverinfo": "name"}
    dots = {"marker": {"size": 3, "color": style.ink.missing}}
    return line(path[:, 0], path[:, 1], name, style.ink.missing, style, **pen, **dots)


def _points(points: FixedPoints, places: np.ndarray, kind: str, style: Style) -> list[dict]:
    """Return the points of one kind, and their eigenvalues in the panel beside."""
    chosen = [index for index, other in enumerate(points.kinds) if other == kind]
    if not chosen:
        return []
    symbol, number = KINDS[kind]
    colour, name = style.ink.series[number % len(style.ink.series)], _name(points, kind, style)
    texts = [_hover(points, index, name, style) for index in chosen]
    large = {"size": 11, "line": {"width": 1.2, "color": style.ink.background}}
    if symbol.endswith("open"):
        large["line"] = {"width": 2, "color": colour}
    if kind == "continuum":
        large = {"size": 5, "opacity": 0.45, "line": {"width": 0}}
    eigenvalues = points.eigenvalues[chosen].ravel()
    beside = {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "marker": {"size": 5}}
    return [
        marks(places[chosen, 0], places[chosen, 1], name, colour, symbol, style, marker=large,
              customdata=texts, hovertemplate="%{customdata}<extra></extra>"),
        marks(eigenvalues.real, eigenvalues.imag, name, colour, symbol, style,
              hovertemplate="%{x:.4g} + %{y:.4g}i<extra></extra>", **beside),
    ]  # fmt: skip


def _name(points: FixedPoints, kind: str, style: Style) -> str:
    if kind == "continuum":
        return style.words("dynamics.continuum", dimension=int(points.dimensions.max()))
    return style.words(f"dynamics.{kind}")


def _hover(points: FixedPoints, index: int, name: str, style: Style) -> str:
    text = style.words(
        "dynamics.point",
        kind=name,
        unstable=int(points.unstable[index]),
        radius=shown(float(np.abs(points.eigenvalues[index, 0]))),
        speed=shown(float(points.speeds[index])),
        found=int(points.found[index]),
        starts=points.starts,
    )
    low, high = points.factors[index].tolist()
    if np.isfinite(low):
        text = style.words("dynamics.sides", point=text, low=shown(low), high=shown(high))
    if not points.found[index]:
        text = style.words("dynamics.mirrored", point=text)
    return text


VIEW = View("fixed_points", "dynamics", analyse, draw, order=90, progress=True, group="geometry")
