"""One step under glass: the terms of z as bars, and the products that weigh most in it.

Of a gated cell: its gates as bars, and the products of which they make the state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.gated_step import GatedStep, can_be_taken_apart, gated_step
from rnnviz.analysis.one_step import Contribution, OneStep, largest, one_step
from rnnviz.sentences.numbers import number
from rnnviz.sentences.verdicts import wrapped
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict
from rnnviz.views.registry import View

NAMED = 8
"""How many products are named."""
_ROW = 26
_LINE = 56
"""Latin letters a line of what is said instead of bars, so that it fits a phone."""


Row = tuple[str, float, str, str]
"""Label, value, text beside the bar, and colour."""


@dataclass(frozen=True, eq=False)
class UnderGlass:
    """One cell of a run taken apart; ``step`` is None where h is not act(z) of one z.

    Parameters
    ----------
    step : OneStep or None
    named : tuple of Contribution
        The products that weigh most.
    source : str
        Where in the run the trace of the cell is found.
    gated : GatedStep or None
        Of a cell with gates, how they make its state.
    masked : bool
        Whether the timestep is passed over, so that nothing is computed.
    merged : bool
        Whether its state is merged with that of another layer, so that the picture has another
        number.
    """

    step: OneStep | None
    named: tuple[Contribution, ...] = ()
    source: str = ""
    gated: GatedStep | None = None
    masked: bool = False
    merged: bool = False

    @property
    def rest(self) -> float:
        """The sum of all products that are not named."""
        if self.step is None:
            return 0.0
        with np.errstate(all="ignore"):
            total = float(self.step.from_input) + float(self.step.from_state)
            return total - sum(one.product for one in self.named)

    @property
    def others(self) -> int:
        """How many products are not named."""
        if self.step is None:
            return 0
        return len(self.step.inputs) + len(self.step.before) - len(self.named)


def analyse(run, perspective) -> UnderGlass:
    """Take the cell under the cursor apart."""
    number = perspective.layer_in(run.layers)
    layer, timestep, unit = run.layers[number], perspective.timestep, perspective.unit
    trace, name = layer.trace, "trace"
    merged = VIEW.leaves_out_backward(layer)
    if layer.both is not None and not merged and unit >= trace.layer.units:
        # The copy that reads from the end: its units follow, its steps run the other way.
        trace, name, unit = layer.both.backward, "both.backward", unit - trace.layer.units
        timestep = max(0, trace.timesteps - 1 - timestep)
    source = f"layers[{number}].{name}"
    timestep = max(0, min(timestep, trace.timesteps - 1))
    if trace.mask is not None and not trace.mask[timestep]:
        return UnderGlass(None, source=source, masked=True, merged=merged)
    if not trace.layer.state_is_activation:
        gated = gated_step(trace, timestep, unit) if can_be_taken_apart(trace) else None
        return UnderGlass(None, source=source, gated=gated, merged=merged)
    step = one_step(trace, timestep, unit)
    return UnderGlass(step, largest(step, NAMED), source, merged=merged)


def draw(result: UnderGlass, style: Style) -> go.Figure:
    """Draw the terms above and the largest products below, on one scale each."""
    if result.gated is not None:
        rows = _gate_rows(result.gated, style), _sum_rows(result.gated, style)
        return _two_groups(*rows, ("one_step.gate_values", "one_step.sums"), style)
    if result.step is None:
        key = "one_step.masked" if result.masked else "one_step.gates"
        return _nothing_but(style.words(key), style)
    terms, products = _terms(result.step, style), _products(result, result.step, style)
    return _two_groups(terms, products, ("one_step.terms", "one_step.products"), style)


def _two_groups(
    above: list[Row], below: list[Row], headings: tuple[str, str], style: Style
) -> go.Figure:
    traces = [_bars(above, "", style), _bars(below, "2", style)]
    return go.Figure({"data": traces, "layout": _layout(above, below, headings, style)})


def _gate_rows(step: GatedStep, style: Style) -> list[Row]:
    ink = style.ink
    rows = []
    for place, gate in enumerate(step.gates):
        label = f"{gate.name} = {gate.activation}({_short(gate.argument)})"
        colour = ink.muted if gate.name == "g" else ink.series[place % len(ink.series)]
        rows.append((label, gate.value, _short(gate.value), colour))
    return rows


def _sum_rows(step: GatedStep, style: Style) -> list[Row]:
    ink = style.ink
    rows = []
    for one in step.sums:
        for first, second in one.products:
            label = f"{_subscripted(first.name)}·{_subscripted(second.name)}"
            label += f"<br>{_short(first.value)} × {_short(second.value)}"
            product = first.value * second.value
            rows.append((label, product, _short(product), ink.series[0]))
        if len(one.products) > 1:
            label = f"{one.name}<sub>t</sub><br>"
            rows.append((label, one.value, _short(one.value), ink.series[1]))
    return rows


def _subscripted(name: str) -> str:
    """Return a factor's name as a chart writes it: c_{t-1} → c with t−1 below."""
    name = name.replace("_{t-1}", "<sub>t−1</sub>").replace("_t", "<sub>t</sub>")
    return f"({name})" if " " in name else name.replace("1 - z", "1 − z")


def _terms(step: OneStep, style: Style) -> list[Row]:
    before, ink = "h<sub>t−1</sub>", style.ink
    values = (
        ("W·x<sub>t</sub>", step.from_input, ink.series[0]),
        (f"U·{before}", step.from_state, ink.series[1]),
        ("b", step.bias, ink.series[2]),
        ("z", step.argument, ink.muted),
    )
    return [(label, float(value), _short(float(value)), colour) for label, value, colour in values]


def _products(result: UnderGlass, step: OneStep, style: Style) -> list[Row]:
    ink = style.ink
    rows = []
    for one in result.named:
        is_input = one.source == "input"
        weights, vector = ("W", "x<sub>t</sub>") if is_input else ("U", "h<sub>t−1</sub>")
        place = one.index + FIRST_STEP
        label = f"{weights}[{step.unit + FIRST_STEP}, {place}]·{vector}[{place}]"
        # The factors stand under the name: beside the bar a narrow sheet has no room for them.
        label += f"<br>{_short(one.weight)} × {_short(one.value)}"
        rows.append((label, one.product, _short(one.product), ink.series[0 if is_input else 1]))
    if result.others:
        label = style.words("one_step.rest", count=result.others)
        rows.append((label, result.rest, _short(result.rest), ink.grid))
    return rows


def _bars(rows: list[Row], axis: str, style: Style) -> dict:
    labels, values, texts, colours = zip(*rows, strict=True)
    finite = [value if np.isfinite(value) else 0.0 for value in values]
    return {
        "type": "bar",
        "orientation": "h",
        "x": finite,
        "y": list(range(len(rows))),
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": style.tick_size},
        "hovertemplate": "%{customdata} = %{text}<extra></extra>",
        "customdata": labels,
        "marker": {"color": colours, "line": {"width": 0}},
    }


def _layout(terms: list[Row], products: list[Row], headings: tuple[str, str], style: Style) -> dict:
    say = style.words
    row = round(_ROW * (1.3 if style.presentation else 1))
    double = round(1.5 * row)
    gap, top, bottom = 2 * row, row, 8
    inner = row * len(terms) + double * len(products) + gap
    share = double * len(products) / inner
    layout = {
        "template": template_dict(style),
        "height": inner + top + bottom,
        "margin": {"l": round(11.5 * style.tick_size), "r": 24, "t": top, "b": bottom},
        "showlegend": False,
        "bargap": 0.3,
        "annotations": [
            _heading(say(headings[0]), 1, style),
            _heading(say(headings[1]), share, style),
        ],
    }
    for axis, rows, domain in (("", terms, [1 - row * len(terms) / inner, 1]),
                               ("2", products, [0, share])):  # fmt: skip
        layout[f"xaxis{axis}"] = _value_axis(rows) | {"anchor": f"y{axis}"}
        layout[f"yaxis{axis}"] = {
            "domain": domain,
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": [label for label, *_ in rows],
            "ticks": "",
            "showline": False,
            "anchor": f"x{axis}",
            "tickfont": {"color": style.ink.text, "size": style.tick_size},
        }
    return layout


def _value_axis(rows: list[Row]) -> dict:
    """Return an axis with zero on it and room for the texts on both sides."""
    values = [value for _, value, *_ in rows if np.isfinite(value)]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    size = (high - low) or 1.0
    room = 0.5
    return {
        "range": [low - (room * size if low < 0 else 0.02 * size), high + room * size],
        "showticklabels": False,
        "ticks": "",
        "showline": False,
        "showgrid": False,
        "zeroline": True,
        "fixedrange": True,
    }


def _heading(text: str, height: float, style: Style) -> dict:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": height}
    font = {"size": style.tick_size, "color": style.ink.muted}
    return place | {"yanchor": "bottom", "text": text, "showarrow": False, "font": font}


def _nothing_but(text: str, style: Style) -> go.Figure:
    place = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    hidden = {"visible": False}
    return go.Figure(
        {
            "layout": {
                "template": template_dict(style),
                "height": 120,
                "xaxis": hidden,
                "yaxis": hidden,
                "annotations": [place | {"text": wrapped(text, _LINE)}],
            }
        }
    )


def _short(value: float) -> str:
    return number(float(value), 6)


VIEW = View("one_step", "states", analyse, draw, order=11, at_cursor=True, both_beside=True)
