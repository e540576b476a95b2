"""What a file needs to compute its run by itself: weights, inputs, and the knobs that move them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import numpy as np

from rnnviz.engine import spectral_radius
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.given import acting_knobs
from rnnviz.viewer.packing import Arrays

MOST_WORK = 8e6
"""Most multiplications of a run that a file computes anew while a finger waits."""
_CELLS = ("SimpleRNN", "LSTM", "GRU")
_STOPS = tuple(float(f"{10 ** (k / 20):.3g}") for k in range(-60, 21))


def engine_part(run: Run, arrays: Arrays, knobs: Iterable[str]) -> dict[str, Any] | None:
    """Return layers, inputs and knobs for the file's engine; None where it cannot compute the run.

    It computes stacks of SimpleRNN, LSTM and GRU that read forwards in float64, one layer the
    states of the one before, up to :data:`MOST_WORK`.
    """
    if not computable(run):
        return None
    rows = [row for row in (_knob(run, name) for name in knobs) if row is not None]
    if not rows:
        return None
    return engine_layers(run, arrays) | {"knobs": rows}


def engine_layers(run: Run, arrays: Arrays) -> dict[str, Any]:
    """Return layers and inputs of a run that is `computable`."""
    return {
        "layers": [_layer(arrays, one.layer, one.trace.initial_state) for one in run.layers],
        "inputs": arrays.add(run.layers[0].trace.inputs),
    }


def computable(run: Run) -> bool:
    """Return whether a file could compute a run anew."""
    work, before = 0, None
    for one, spec in zip(run.layers, run.network.layers, strict=True):
        layer, trace = one.layer, one.trace
        plain = type(layer).__name__ in _CELLS and not spec.bidirectional and not spec.go_backwards
        if not plain or layer.dtype != np.float64 or trace.full_states.ndim != 2:
            return False
        if trace.mask is not None:
            return False
        if before is not None and not np.array_equal(trace.inputs, before, equal_nan=True):
            return False
        before = trace.states
        work += trace.timesteps * layer.kernel.shape[-1] * (layer.units + layer.features)
    return work <= MOST_WORK


def radius_of(layer: RecurrentCell) -> float | None:
    """Return ρ(U), None unless there is one U."""
    blocks = list(layer.recurrent_blocks.values())
    return float(spectral_radius(blocks[0])) if len(blocks) == 1 else None


def _knob(run: Run, name: str) -> dict[str, Any] | None:
    """Return a knob with its stops; None where it does not act, or has taken the weights away."""
    source = cast("Experiment | Given", run.source)
    if run.recipe is None or name not in acting_knobs(source):
        return None
    value = getattr(run.recipe, name)
    # A file has one slider a knob: layers that differ in it have none.
    if isinstance(value, tuple) or not value > 0 or not math.isfinite(value):
        return None
    options = [stop for stop in TABLE["weight_scale"].options or _STOPS if stop > 0]
    return {"name": name, "value": value, "options": sorted({*options, value})}


def _layer(arrays: Arrays, layer: RecurrentCell, initial: np.ndarray) -> dict[str, Any]:
    places = {
        "kernel": layer.kernel,
        "recurrent": getattr(layer, "recurrent_kernel"),  # noqa: B009 - of these three cells
        "bias": layer.bias,
        "initial": initial,
    }
    return {
        "cell": type(layer).__name__,
        "units": layer.units,
        "features": layer.features,
        "activation": layer.activation,
        "recurrentActivation": getattr(layer, "recurrent_activation", None),
        "resetAfter": getattr(layer, "reset_after", None),
        "radius": radius_of(layer),
    } | {name: arrays.add(array) for name, array in places.items()}
