"""Where everything of a picture stands: panels, axes, labels, ranges, as a Plotly layout.

Made once for both renderers: the plain figure fills it with traces, the viewer with pixels.
"""

from __future__ import annotations

import html
import math

from rnnviz.analysis.saturation import SATURATED_FROM
from rnnviz.views._plot.picture import Field, InputBand, Picture, Strip
from rnnviz.views._plot.style import FIRST_STEP, Style

_HEIGHTS = {"input": 44, "heatmap": 190, "strip": 38, "gap": 20, "top": 32, "bottom": 40}
_PRESENTATION_HEIGHTS = {
    **{"input": 52, "heatmap": 200, "strip": 40},
    **{"gap": 28, "top": 42, "bottom": 52},
}
INPUT_AXIS = 8
"""Number of the input's y axis."""
_MOST_TOKENS = 40
"""About so many tokens find room under a plain figure."""
_BAR = 12


def frame(picture: Picture, style: Style) -> dict:
    """Return panels, axes and labels as a JSON-ready Plotly layout.

    Axes: ``x``/``y`` heatmap, ``x``/``y2``, ``x``/``y3`` strips, ``x2``/``y`` the state at the
    cursor, ``x2``/``y9`` the colour bar, which is the scale of that state as well, ``x``/``y8``
    the input above the heatmap.
    """
    field, parts = picture.field, heights(style, picture.compact)
    above = parts["input"] + parts["gap"] + 4 if picture.input else 0
    inner = above + parts["heatmap"] + len(picture.strips) * (parts["strip"] + parts["gap"])
    start = FIRST_STEP - 0.5
    across, upward = [start, start + field.timesteps], [start, start + field.units]
    along = "axis.read_backwards" if picture.backwards else "axis.timestep"
    top = inner - above
    below = [(top - parts["heatmap"]) / inner, top / inner]
    layout = {
        "height": inner + parts["top"] + parts["bottom"],
        "margin": {
            "l": style.left,
            "r": 26 if style.presentation else 20,
            "t": parts["top"],
            "b": parts["bottom"],
            "pad": 0,
        },
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
    _add_strips(layout, picture, style, inner, top)
    _add_colour_bar(layout, parts, inner, top)
    if picture.input:
        _add_input(layout, picture.input, style, 1 - parts["input"] / inner)
    return layout


def heights(style: Style, compact: bool = False) -> dict[str, int]:
    """Return the heights in pixels: heatmap, strip, the gap above a strip, and the margins."""
    parts = _PRESENTATION_HEIGHTS if style.presentation else _HEIGHTS
    if not compact:
        return parts
    return parts | {"heatmap": parts["heatmap"] // 2, "input": parts["input"] * 2 // 3}


def field_title(field: Field, style: Style) -> str:
    """Return what a field shows, in words."""
    title = style.words(field.title_key or f"field.{field.name}.title")
    title += f" · {style.words('export.forward')}" if field.forward_only else ""
    return f"{title} · {style.words('contrast.short')}" if field.own else title


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


def own_contrast(field: Field, style: Style) -> str:
    """Return the words that say that a field has a colour scale of its own; "" where it has not."""
    if not field.own:
        return ""
    low, high = (f"{end:.3g}".replace("-", "−") for end in (field.low, field.high))
    return style.words("contrast.own", low=low, high=high)


def input_title(band: InputBand, style: Style) -> str:
    """Return what the network reads, in words."""
    if band.title_key:
        return style.words(band.title_key)
    if band.tokens:
        return style.words("input.tokens")
    if band.field.units == 1:
        names = band.feature_names
        return style.words("input.named", name=names[0]) if names else style.words("input.one")
    return style.words("input.many", features=f"{band.field.units:,}")


def input_axis(band: InputBand) -> dict:
    """Return range and ticks of the input's own axis: its values, or the numbers of features."""
    field = band.field
    if band.is_curve:
        spread = field.high - field.low
        ends = [field.low - 0.06 * spread, field.high + 0.06 * spread]
        return {"range": ends, "tickvals": [field.low, field.high], "tickformat": ".3~g"}
    last = field.units - 1 + FIRST_STEP
    span = [FIRST_STEP - 0.5, last + 0.5]
    return {"range": span, "tickvals": [FIRST_STEP, last], "tickformat": ",d"}


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


def _add_input(layout: dict, band: InputBand, style: Style, bottom: float) -> None:
    """Add the input's axis and label at the top, and its tokens under the time axis."""
    axis = _axis("", [], [bottom, 1], "x") | input_axis(band) | {"fixedrange": True}
    layout[f"yaxis{INPUT_AXIS}"] = axis
    label = {"text": input_title(band, style), "font": {"size": style.tick_size}}
    place = {"xref": "x domain", "yref": f"y{INPUT_AXIS} domain", "x": 0, "y": 1}
    anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
    layout["annotations"].append(label | place | anchor)
    if band.tokens:
        stride = -(-len(band.tokens) // _MOST_TOKENS)
        steps = range(0, len(band.tokens), stride)
        layout["xaxis"] |= {
            "tickmode": "array",
            "tickvals": [step + FIRST_STEP for step in steps],
            "ticktext": [html.escape(band.tokens[step]) for step in steps],
            "tickangle": 0 if len(band.tokens) <= _MOST_TOKENS // 3 else 90,
        }


def _add_strips(layout: dict, picture: Picture, style: Style, inner: int, top: int) -> None:
    """Add an axis and a label for each strip, below the heatmap whose upper end is ``top``."""
    parts = heights(style, picture.compact)
    top = top - parts["heatmap"] - parts["gap"]
    for number, strip in enumerate(picture.strips, start=2):
        domain = [(top - parts["strip"]) / inner, top / inner]
        axis = _axis("", [], domain, "x") | strip_axis(strip) | {"fixedrange": True}
        layout[f"yaxis{number}"] = axis
        label = {"text": strip_title(strip, style), "font": {"size": style.tick_size}}
        place = {"xref": "x domain", "yref": f"y{number} domain", "x": 0, "y": 1}
        anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
        layout["annotations"].append(label | place | anchor)
        top -= parts["strip"] + parts["gap"]


def _add_colour_bar(layout: dict, parts: dict[str, int], inner: int, top: int) -> None:
    """Add the thin axis under the state at the cursor that carries the colours."""
    top = top - parts["heatmap"] - parts["gap"] // 2
    layout["yaxis9"] = {
        "domain": [max(0, top - _BAR) / inner, top / inner],
        "range": [-0.5, 0.5],
        "anchor": "x2",
        "visible": False,
        "fixedrange": True,
    }
