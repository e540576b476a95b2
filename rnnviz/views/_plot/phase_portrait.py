"""The whole map of one or two numbers of state: cobweb, nullclines and arrows."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.phase_plane import PhasePlane
from rnnviz.views._plot.frame import line
from rnnviz.views._plot.style import Style

ARROWS = 15
"""Arrows along each side of the plane."""


def cobweb(plane: PhasePlane, layout: dict, style: Style) -> list[dict]:
    """Return the curve of one step, the diagonal, and the way between them; name the axes."""
    words, ink = style.words, style.ink
    layout["xaxis"]["title"] = {"text": words("dynamics.state")}
    layout["yaxis"]["title"] = {"text": words("dynamics.next_state")}
    # From the diagonal up to the curve, across to the diagonal, and again.
    corners = np.repeat(plane.orbit[:, 0], 2)
    thin = {"line": {"width": 1}, "hoverinfo": "name"}
    return [
        line(plane.axis, plane.axis, words("dynamics.unchanged"), ink.muted, style,
             line={"dash": "dot", "width": 1.2}, hoverinfo="name"),
        line(plane.axis, plane.image, words("dynamics.one_step"), ink.series[0], style,
             hovertemplate="%{x:.4g} → %{y:.4g}<extra></extra>"),
        line(corners[:-1], corners[1:], words("dynamics.cobweb"), ink.series[1], style, **thin),
    ]  # fmt: skip


def nullclines(plane: PhasePlane, layout: dict, style: Style) -> list[dict]:
    """Return the traces of nullclines, arrows and an orbit; name the axes."""
    words, ink = style.words, style.ink
    names = ("h[0]", "h[1]")
    for axis, name in zip(("xaxis", "yaxis"), names, strict=True):
        layout[axis]["title"] = {"text": name}
        layout[axis]["range"] = plane.axis[[0, -1]].tolist()
    traces = [_arrows(plane, style)]
    for index, name in enumerate(names):
        colour = ink.series[2 + index]
        level = {"coloring": "none", "start": 0, "end": 0, "size": 1}
        traces.append({
            "type": "contour", "x": plane.axis, "y": plane.axis, "z": plane.change[..., index],
            "contours": level, "line": {"color": colour, "width": style.line_width},
            "name": words("dynamics.nullcline", name=name), "showlegend": True,
            "showscale": False, "hoverinfo": "skip",
        })  # fmt: skip
    pen = {"line": {"width": 1, "dash": "dot"}, "hoverinfo": "name"}
    orbit = plane.orbit
    cobweb_name = words("dynamics.cobweb")
    return [*traces, line(orbit[:, 0], orbit[:, 1], cobweb_name, ink.series[1], style, **pen)]


def _arrows(plane: PhasePlane, style: Style) -> dict:
    """Return short strokes along the change of each state, as one trace with gaps."""
    places = np.linspace(0, len(plane.axis) - 1, ARROWS).round().astype(int)
    change = plane.change[np.ix_(places, places)]
    lengths = np.sqrt((change**2).sum(axis=-1, keepdims=True))
    step = plane.axis[places[1]] - plane.axis[places[0]]
    with np.errstate(invalid="ignore"):
        # Long changes are cut short, so that strokes do not cross.
        change = change * np.minimum(1.0, 0.8 * step / np.where(lengths > 0, lengths, 1.0))
    foot = np.stack(np.meshgrid(plane.axis[places], plane.axis[places]), axis=-1).reshape(-1, 2)
    tip, gap = foot + change.reshape(-1, 2), np.full_like(foot, np.nan)
    strokes = np.stack([foot, tip, gap], axis=1).reshape(-1, 2)
    heads = {"symbol": "arrow", "angleref": "previous", "size": [0, 5, 0] * len(foot)}
    marker = heads | {"color": style.ink.muted, "line": {"width": 0}}
    pen = {"line": {"width": 1}, "mode": "lines+markers", "marker": marker}
    quiet = {"hoverinfo": "skip", "showlegend": False}
    return line(strokes[:, 0], strokes[:, 1], "", style.ink.muted, style, **pen, **quiet)
