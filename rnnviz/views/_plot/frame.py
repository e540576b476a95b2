"""What the figures of analyses share: the verdict on top, the legend below, and common marks."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.verdict import Verdict
from rnnviz.sentences.verdicts import sentence, wrapped
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict

_LINE = 62
"""Latin letters a line of the verdict, so that it fits a phone 390 pixels wide."""


def frame(
    verdict: Verdict,
    style: Style,
    *,
    height: int = 300,
    time_axis: str = "",
    diverged_at: int | None = None,
) -> dict:
    """Return a layout with the verdict above the panels.

    Parameters
    ----------
    verdict : Verdict
        Said in the figure's own title, so that it goes where the figure goes; as plain text it
        is ``layout.meta["verdict"]``.
    style : Style
        How it is said and coloured.
    height : int
        Of the panels, in pixels; verdict and legend come on top of it.
    time_axis : str
        Name of the x axis that counts timesteps, ``"x"``, if there is one.
    diverged_at : int, optional
        First timestep that is not finite, to be said after the verdict.
    """
    text = sentence(verdict, style.words)
    if diverged_at:
        text += " " + style.words("dynamics.diverged", step=diverged_at + 1, timestep=diverged_at)
    lines = wrapped(text, _LINE)
    top = round((lines.count("<br>") + 1) * style.font_size * 1.35) + 24
    meta: dict[str, object] = {"verdict": text}
    if time_axis:
        meta |= {"time_axis": time_axis, "first_step": FIRST_STEP}
    bottom = 3 * style.font_size + 60
    return {
        "template": template_dict(style),
        "meta": meta,
        "height": height + top + bottom,
        "margin": {"l": style.left, "r": 16, "t": top, "b": bottom},
        "title": _title(lines, style),
        "legend": _legend(height, style),
        "hovermode": "closest",
    }


def _title(text: str, style: Style) -> dict:
    return {
        "text": text,
        "font": {"size": style.font_size},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"l": 8, "t": round(1.2 * style.font_size)},
    }


def _legend(height: int, style: Style) -> dict:
    """Return a legend below the title of the lowest x axis."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": -(2.6 * style.font_size + 12) / height,
        "yanchor": "top",
        "traceorder": "normal",
    }


def timesteps(count: int, first: int = 0) -> np.ndarray:
    """Return the numbers that the time axis gives to ``count`` steps from index ``first`` on."""
    return FIRST_STEP + first + np.arange(count)


def faded(colour: str, opacity: float) -> str:
    """Return ``#rrggbb`` as a translucent colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def line(x, y, name: str, colour: str, style: Style, **more) -> dict:
    """Return a line trace."""
    pen = {"color": colour, "width": style.line_width} | more.pop("line", {})
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": pen} | more


def band(x, low, high, colour: str, **more) -> list[dict]:
    """Return the two traces of a shaded band; it has no place in the legend."""
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "line": {"width": 0, "color": colour},
        "hoverinfo": "skip",
        "showlegend": False,
    } | more
    return [
        edge | {"y": low},
        edge | {"y": high, "fill": "tonexty", "fillcolor": faded(colour, 0.18)},
    ]


def marks(x, y, name: str, colour: str, symbol: str, style: Style, **more) -> dict:
    """Return a trace of markers."""
    size = 9 if style.presentation else 7
    marker = {"color": colour, "symbol": symbol, "size": size} | more.pop("marker", {})
    trace = {"type": "scatter", "mode": "markers", "x": x, "y": y, "name": name}
    return trace | {"marker": marker} | more


def circle(radius: float, name: str, colour: str, style: Style, **more) -> dict:
    """Return a circle about the origin as a line trace."""
    angles = np.linspace(0, 2 * np.pi, 181)
    trace = line(radius * np.cos(angles), radius * np.sin(angles), name, colour, style, **more)
    return trace | {"hoverinfo": "name"}


def floor_of(*series: np.ndarray) -> float:
    """Return a height below all finite values, where what is −∞ can be marked."""
    finite = np.concatenate([np.empty(0), *(values[np.isfinite(values)] for values in series)])
    if not finite.size:
        return -1.0
    low, high = float(finite.min()), float(finite.max())
    return low - max(0.08 * (high - low), 0.5)


def thinned(length: int, most: int) -> slice:
    """Return a slice that leaves at most ``most`` of ``length`` points, the last one among them."""
    stride = max(1, -(-length // most))
    return slice((length - 1) % stride, None, stride)


def whole_ticks(count: int) -> dict:
    """Return the part of an axis that keeps ticks of few ranks whole numbers."""
    return {"dtick": 1} if count <= 6 else {}
