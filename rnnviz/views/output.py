"""The output view: what the head makes of the state at each timestep, and what it should make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import plotly.graph_objects as go

from rnnviz.views._plot.frame import line, thinned, timesteps
from rnnviz.views._plot.style import FIRST_STEP, Style, template_dict
from rnnviz.views.registry import View

POINTS = 4000
"""Most points of a line."""
MOST_OUTPUTS = 6
"""More lines in one picture cannot be told apart."""
_HOVER = "t = %{x}: %{y:.4g}<extra></extra>"


@dataclass(frozen=True, eq=False)
class Output:
    """Outputs over time, with their targets where the data have some.

    Parameters
    ----------
    places : tuple of int
        Which outputs these are, from 0: all, or the ones that vary most.
    of : int
        How many the head has.
    values : ndarray (timesteps, outputs)
    targets : ndarray (timesteps, outputs) or None
    error : float or None
        Mean squared difference from the targets, over all outputs and timesteps.
    """

    places: tuple[int, ...]
    of: int
    values: Annotated[np.ndarray, "timesteps outputs"]
    targets: Annotated[np.ndarray, "timesteps outputs"] | None
    error: float | None


def analyse(run, perspective) -> Output:
    """Return the outputs of a run; ValueError where its network has no Dense head."""
    values, targets = run.readings, run.targets
    if values is None:
        raise ValueError("The network has no Dense layer above its recurrent ones.")
    with np.errstate(all="ignore"):
        spread = np.nan_to_num(values.std(axis=0, dtype=np.float64), posinf=np.finfo(float).max)
        error = None if targets is None else float(np.square(values - targets).mean())
    places = tuple(sorted(np.argsort(-spread, kind="stable")[:MOST_OUTPUTS].tolist()))
    chosen = list(places)
    kept = None if targets is None else targets[:, chosen]
    return Output(places, values.shape[1], values[:, chosen], kept, error)


def draw(result: Output, style: Style) -> go.Figure:
    """Draw a line for each output, and its target dashed."""
    words, series = style.words, style.ink.series
    kept = thinned(len(result.values), POINTS)
    steps = timesteps(len(result.values))[kept]
    shared = {"mode": "lines" if len(steps) > 1 else "lines+markers", "hovertemplate": _HOVER}
    traces = []
    for number, place in enumerate(result.places):
        colour = series[number % len(series)]
        for name, array, look in (
            ("one", result.values, {}),
            ("target", result.targets, {"line": {"dash": "dash"}, "opacity": 0.75}),
        ):
            if array is not None:
                title = words(f"output.{name}", number=place + 1)
                curve = _finite(array[kept, number])
                traces.append(line(steps, curve, title, colour, style, **shared, **look))
    return go.Figure({"data": traces, "layout": _layout(result, style)})


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _layout(result: Output, style: Style) -> dict:
    words, larger = style.words, 1.25 if style.presentation else 1
    said = []
    if len(result.places) < result.of:
        said.append(words("output.some", count=len(result.places), of=result.of))
    if result.error is not None:
        said.append(words("output.error", error=result.error))
    note = {
        "text": " · ".join(said), "showarrow": False, "xref": "paper", "yref": "paper", "x": 0,
        "y": 1, "xanchor": "left", "yanchor": "bottom",
        "font": {"size": style.tick_size, "color": style.ink.muted},
    }  # fmt: skip
    return {
        "template": template_dict(style),
        "height": round(360 * larger),
        "margin": {"l": style.left, "r": 16, "t": round(30 * larger), "b": round(100 * larger)},
        "hovermode": "closest",
        "showlegend": len(result.places) > 1 or result.targets is not None,
        "legend": {"orientation": "h", "x": 0, "y": -0.3, "yanchor": "top"},
        "meta": {"time_axis": "x", "first_step": FIRST_STEP},
        "annotations": [note] if said else [],
        "xaxis": {
            "title": {"text": words("axis.timestep")},
            "tickformat": ",d",
            "range": [FIRST_STEP - 0.5, FIRST_STEP + len(result.values) - 0.5],
            "showgrid": False,
        },
        "yaxis": {"title": {"text": words("output.axis")}},
    }


VIEW = View("output", "states", analyse, draw, order=9, needs_head=True, both_directions=True)
