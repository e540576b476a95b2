"""What the viewer's cursor points at."""

from __future__ import annotations

from typing import Any

from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.engine import Trace

CURSOR = "cursor"
"""Name of the shapes that draw the time cursor, so that a picture can leave them out."""


def trace_at(run, perspective) -> Trace:
    """Return the trace of the layer that is looked at; the top one if there are fewer layers."""
    return run.layers[perspective.layer_in(run.layers)].trace


def timestep_at(trace: Trace, perspective) -> int:
    """Return the timestep under the cursor; the last one if the run is shorter."""
    return min(perspective.timestep, trace.timesteps - 1)


def weight_scale_of(run) -> float:
    """Return what the run's weights were multiplied by; 1 where they are as they were given."""
    return 1.0 if run.recipe is None else run.recipe.weight_scale


def parameters_at(perspective, analysis: Analysis, trace: Trace) -> Any:
    """Return what a link sets about an analysis, made to fit the run."""
    prefix = analysis.name + "."
    texts = {
        name[len(prefix) :]: text
        for name, text in perspective.parameters
        if name.startswith(prefix)
    }
    parameters = analysis.read(texts)[0]
    return analysis.fitted(parameters, trace) if analysis.fitted else parameters


def answer(analysis: Analysis, run, perspective, progress=None) -> Any:
    """Return the result of an analysis for the layer that is looked at, as the link sets it."""
    trace = trace_at(run, perspective)
    cursor = Cursor(timestep_at(trace, perspective), min(perspective.unit, trace.layer.units - 1))
    return analysis.of(trace, parameters_at(perspective, analysis, trace), cursor, progress)
