"""Where everything of a picture stands: panels, axes, labels, ranges, as a Plotly layout.

Made once for both renderers: the plain figure fills it with traces, the viewer with pixels.
"""

from __future__ import annotations

import math

from rnnviz.analysis.saturation import SATURATED_FROM
from rnnviz.views._plot.picture import Field, Picture, Strip
from rnnviz.views._plot.style import FIRST_STEP, Style

_HEIGHTS = {"heatmap": 190, "strip": 38, "gap": 20, "top": 32, "bottom": 40}
_PRESENTATION_HEIGHTS = {"heatmap": 200, "strip": 40, "gap": 28, "top": 42, "bottom": 52}
_BAR = 12


def frame(picture: Picture, style: Style) -> dict:
    """Return panels, axes and labels as a JSON-ready Plotly layout.

    Axes: ``x``/``y`` heatmap, ``x``/``y2``, ``x``/``y3`` strips, ``x2``/``y`` the state at the
    cursor, ``x2``/``y9`` the colour bar, which is the scale of that state as well.
    """
    field, parts = picture.field, heights(style, picture.compact)
    inner = parts["heatmap"] + len(picture.strips) * (parts["strip"] + parts["gap"])
    start = FIRST_STEP - 0.5
    across, upward = [start, start + field.timesteps], [start, start + field.units]
    along = "axis.read_backwards" if picture.backwards else "axis.timestep"
    below = [1 - parts["heatmap"] / inner, 1]
    layout = {
        "height": inner + parts["top"] + parts["bottom"],
        "margin": {"l": 64, "r": 14, "t": parts["top"], "b": parts["bottom"], "pad": 0},
        "showlegend": False,
        "hovermode": "closest",
        "meta": {"time_axis": "x", "first_step": FIRST_STEP},
        "xaxis": _axis(style.words(along), across, [0, 0.82], "free")
        | {"position": 0, "tickformat": ",d"},
        "yaxis": _axis(style.words("axis.unit"), upward, below, "x") | {"tickformat": ",d"},
        "xaxis2": _axis(field_title(field, style), [field.low, field.high], [0.845, 1], "y9")
        | {"nticks": 3, "showgrid": True, "fixedrange": True},
        "annotations": [],
    }
    _add_strips(layout, picture, style, inner)
    _add_colour_bar(layout, parts, inner)
    return layout


def heights(style: Style, compact: bool = False) -> dict[str, int]:
    """Return the heights in pixels: heatmap, strip, the gap above a strip, and the margins."""
    parts = _PRESENTATION_HEIGHTS if style.presentation else _HEIGHTS
    return parts | {"heatmap": parts["heatmap"] // 2} if compact else parts


def field_title(field: Field, style: Style) -> str:
    """Return what a field shows, in words."""
    return style.words(f"field.{field.name}.title")


def mark_titles(field: Field, style: Style) -> tuple[str | None, str | None]:
    """Return what the low and the high mark of a field mean, or None where it has none."""

    def title(mark: float | None, end: str) -> str | None:
        if mark is None:
            return None
        # Infinitely many digits of saturation, or a power of ten that is −∞, are no overflow.
        overflown = math.isinf(mark) and field.name not in ("digits", "magnitude")
        name = "infinite" if overflown else field.name
        return style.words(f"field.{name}.at_{end}", mark=f"{mark:g}".replace("-", "−"))

    return title(field.low_mark, "low"), title(field.high_mark, "high")


def strip_title(strip: Strip, style: Style) -> str:
    """Return what a strip shows, in words."""
    return style.words(
        f"strip.{strip.name}.title", threshold=SATURATED_FROM, percent=f"{SATURATED_FROM:.0%}"
    )


def strip_axis(strip: Strip) -> dict:
    """Return the range and the ticks of a strip's axis, as Plotly takes them."""
    spread = strip.high - strip.low
    both_signs = strip.low < 0 < strip.high
    ticks = [strip.low, 0, strip.high] if both_signs else [strip.low, strip.high]
    return {
        "range": [strip.low - 0.06 * spread, strip.high + 0.06 * spread],
        "tickvals": ticks,
        "tickformat": ".0%" if strip.percent else ".3~g",
    }


def _axis(title: str, span: list[float], domain: list[float], anchor: str) -> dict:
    return {
        "title": {"text": title},
        "range": span,
        "domain": domain,
        "anchor": anchor,
        "showgrid": False,
        "autorange": False,
        "automargin": False,
    }


def _add_strips(layout: dict, picture: Picture, style: Style, inner: int) -> None:
    """Add an axis and a label for each strip, below the heatmap."""
    parts = heights(style, picture.compact)
    top = inner - parts["heatmap"] - parts["gap"]
    for number, strip in enumerate(picture.strips, start=2):
        domain = [(top - parts["strip"]) / inner, top / inner]
        axis = _axis("", [], domain, "x") | strip_axis(strip) | {"fixedrange": True}
        layout[f"yaxis{number}"] = axis
        label = {"text": strip_title(strip, style), "font": {"size": style.tick_size}}
        place = {"xref": "x domain", "yref": f"y{number} domain", "x": 0, "y": 1}
        anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
        layout["annotations"].append(label | place | anchor)
        top -= parts["strip"] + parts["gap"]


def _add_colour_bar(layout: dict, parts: dict[str, int], inner: int) -> None:
    """Add the thin axis under the state at the cursor that carries the colours."""
    top = inner - parts["heatmap"] - parts["gap"] // 2
    layout["yaxis9"] = {
        "domain": [max(0, top - _BAR) / inner, top / inner],
        "range": [-0.5, 0.5],
        "anchor": "x2",
        "visible": False,
        "fixedrange": True,
    }
