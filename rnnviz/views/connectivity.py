"""The connectivity view: which input of which step the state under the cursor depends on."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.gradients import Gradients, gradients
from rnnviz.analysis.level_of_detail import reduce_to_blocks
from rnnviz.views._plot.cursor import timestep_at, trace_at
from rnnviz.views._plot.frame import frame, line, thinned, timesteps, whole_ticks
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import View

COLUMNS, ROWS = 600, 128
"""Most cells of the map."""

DECADES = 6
"""What is this many powers of ten weaker than the strongest is drawn like nothing."""


def analyse(run, perspective, progress=None) -> Gradients:
    """Return the gradients of the state under the cursor."""
    trace = trace_at(run, perspective)
    return gradients(trace, timestep_at(trace, perspective), progress)


def draw(result: Gradients, style: Style) -> go.Figure:
    """Draw the map of inputs, and above it how much each earlier step matters in all."""
    words = style.words
    layout = frame(result.verdict, style, time_axis="x", diverged_at=result.diverged_at)
    layout |= {
        "xaxis": {
            "title": {"text": words("axis.timestep")},
            "tickformat": ",d",
            "range": [FIRST_STEP - 0.5, FIRST_STEP + max(result.target, 0) + 0.5],
            "anchor": "y",
            **whole_ticks(result.target + 1),
        },
        "yaxis": {
            "title": {"text": words("dynamics.feature")}, "domain": [0, 0.7], "tickformat": ",d",
            "range": [FIRST_STEP - 0.5, FIRST_STEP + result.sensitivity.shape[-1] - 0.5],
        },
        "yaxis2": {
            "title": {"text": "log<sub>10</sub>"},
            "domain": [0.76, 1],
            "range": [-DECADES, 0.3],
            "anchor": "x",
        },
        "coloraxis": {
            "colorscale": [list(stop) for stop in style.scale("sequential")],
            "cmin": -DECADES,
            "cmax": 0,
            "colorbar": {
                "title": {
                    "text": words("dynamics.log_share"),
                    "side": "right",
                    "font": {"size": style.font_size},
                },
                "y": 0.35,
                "len": 0.75,
                "tickvals": [-DECADES, -DECADES / 2, 0],
            },
        },
    }  # fmt: skip
    if not np.isfinite(result.sensitivity).any():
        layout["annotations"] = [_nothing(style)]
    traces = [_map(result), *_profile(result, style)] if result.target >= 0 else []
    return go.Figure({"data": traces, "layout": layout})


def _nothing(style: Style) -> dict:
    """Return what stands on an empty map."""
    return {
        "text": style.words("dynamics.exactly_zero"),
        "xref": "x domain",
        "yref": "y domain",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "font": {"size": style.font_size + 6, "color": style.ink.muted},
    }


def _map(result: Gradients) -> dict:
    """Return the heatmap of sensitivities relative to the strongest of all."""
    values = result.sensitivity
    strongest = values.max()
    relative = values - strongest if np.isfinite(strongest) else np.full_like(values, -np.inf)
    blocks = reduce_to_blocks(np.maximum(relative, -99), COLUMNS, ROWS)
    return {
        "type": "heatmap",
        "z": np.maximum(blocks.maximum.T, -DECADES),
        "x0": FIRST_STEP + (blocks.steps - 1) / 2,
        "dx": blocks.steps,
        "y0": FIRST_STEP + (blocks.units - 1) / 2,
        "dy": blocks.units,
        "coloraxis": "coloraxis",
        "hovertemplate": "t = %{x} · %{y}<br>10^%{z:.2f}<extra></extra>",
    }


def _profile(result: Gradients, style: Style) -> list[dict]:
    """Return the line of the whole input's norm, relative to its greatest."""
    kept = thinned(len(result.input_norm), COLUMNS)
    norm = result.input_norm[kept]
    steps = timesteps(len(result.input_norm))[kept]
    strongest = norm.max()
    relative = norm - strongest if np.isfinite(strongest) else np.full_like(norm, -np.inf)
    relative = np.maximum(relative, -DECADES - 1)
    text = "t = %{x}: 10^%{y:.2f}<extra></extra>"
    colour = style.ink.series[1]
    extra = {"yaxis": "y2", "showlegend": False, "hovertemplate": text, "fill": "tozeroy"}
    # The fill hangs from 0, the strongest: the shorter, the more the step matters.
    return [line(steps, relative, "", colour, style, **(extra | {"fill": "none"}))]


VIEW = View(
    "connectivity",
    "dynamics",
    analyse,
    draw,
    order=30,
    progress=True,
    at_cursor=True,
    group="memory",
)
