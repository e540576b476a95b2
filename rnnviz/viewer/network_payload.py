"""A network as bytes for its diagram: weights, inputs and states, and how they are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rnnviz.analysis.level_of_detail import block_means
from rnnviz.codegen.notes_loop import part_code
from rnnviz.engine import Trace
from rnnviz.engine.cells.cell import snake_case
from rnnviz.engine.run import LayerRun, Run
from rnnviz.i18n import words
from rnnviz.viewer.packing import Arrays, pack
from rnnviz.viewer.payload import theme_header
from rnnviz.views._plot.picture import Field
from rnnviz.views._plot.style import FIRST_STEP, Style

EXACT_NUMBERS = 262_144
"""Up to so many weights, inputs and states in all, the numbers themselves travel (2 MB)."""
BLOCKS = 64
"""Most rows and columns of a matrix, and most units of a state, of a network that is larger."""
BLOCK_STEPS = 2048
"""Most timesteps of the states of a network that is larger; of a longer run, evenly spaced ones."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a diagram shows.

    Parameters
    ----------
    run : Run
        Of a single sequence.
    layer : int
        Which layer is opened; the others are drawn as their states.
    state : Field
        The colour scale of its states.
    eigenvalues : ndarray (units,) or None
        Of the recurrent kernel, complex; None where it has none or they were not asked for.
    listing : tuple of str
        The lines of the loop, with the names of the notes.
    rescaled : tuple of tuple of str
        The same with all weights drawn at scale 1, and with ``{scale}`` for another scale: what a
        browser shows that scales them by itself. Empty where it does not.
    """

    run: Run
    layer: int
    state: Field
    eigenvalues: np.ndarray | None = None
    listing: tuple[str, ...] = ()
    rescaled: tuple[tuple[str, ...], ...] = ()


def network_bytes(drawn: Drawn, style: Style) -> bytes:
    """Pack a network for its diagram; numbers to the last bit while they are few."""
    arrays = Arrays()
    return pack(network_parts(arrays, drawn, style), arrays)


def network_parts(arrays: Arrays, drawn: Drawn, style: Style) -> dict[str, Any]:
    """Add a network's arrays and return its header."""
    run = drawn.run
    exact = is_exact(run)
    return {
        "identity": run.identity,
        "layer": drawn.layer,
        "exact": exact,
        "plain": _is_plain(run),
        "timesteps": run.timesteps,
        "first": FIRST_STEP,
        "state": {"low": drawn.state.low, "high": drawn.state.high, "own": drawn.state.own},
        "layers": [
            _layer(arrays, one, name, exact) | _order(run, number, drawn.layer)
            for number, (one, name) in enumerate(_named_layers(run))
        ],
        "tokens": _tokens(drawn),
        "head": _head(arrays, run, exact),
        "eigenvalues": _complex(arrays, drawn.eigenvalues),
        "weightScale": getattr(run.recipe, "weight_scale", None),
        "listing": list(drawn.listing),
        "rescaled": [list(lines) for lines in drawn.rescaled],
        "words": _words(style.language),
        "themes": {theme: theme_header(style.on(theme)) for theme in ("light", "dark")},
        "presentation": style.presentation,
    }


def _order(run: Run, layer: int, opened: int) -> dict[str, bool]:
    """Say in which order a layer reads what it is given, and whether the opened one reads so too.

    The columns of the diagram are steps of the opened layer; one that is ``turned`` has the state
    of the same timestep of the input at the other end.
    """
    network = run.network
    turned = network.is_turned(layer) != network.is_turned(opened)
    return {"backwards": network.layers[layer].go_backwards, "turned": turned}


def _tokens(drawn: Drawn) -> list[str]:
    """Return the token that the opened layer reads at each of its steps."""
    run = drawn.run
    if run.timesteps > BLOCK_STEPS:
        return []
    order = -1 if run.network.is_turned(drawn.layer) else 1
    return list(run.token_labels)[::order]


def is_exact(run: Run) -> bool:
    """Whether a run is small enough for its numbers to travel as they are."""
    return _numbers(run) <= EXACT_NUMBERS


def _is_plain(run: Run) -> bool:
    """Whether every timestep is read, from a state that no other sequence has left.

    Then a browser can run the network with other weights.
    """
    carried = getattr(run.recipe, "stateful", False)
    return not carried and all(one.trace.mask is None for one in run.layers)


def _numbers(run: Run) -> int:
    """Return how many numbers the diagram of a run holds; an Embedding's are not among them."""
    states = sum(one.trace.full_states.size + one.trace.inputs.size for one in run.layers)
    return sum(one.layer.parameter_count for one in run.layers) + states


def _named_layers(run: Run) -> list[tuple[LayerRun, str]]:
    return list(zip(run.layers, run.network.layer_names, strict=True))


def _layer(arrays: Arrays, run: LayerRun, name: str, exact: bool) -> dict:
    """Describe one layer; of a Bidirectional one, the direction that reads forwards."""
    trace, cell = run.trace, run.layer
    header = {
        "name": name,
        "cell": type(cell).__name__,
        "activation": cell.activation,
        "recurrentActivation": getattr(cell, "recurrent_activation", None),
        "resetAfter": getattr(cell, "reset_after", None),
        "units": cell.units,
        "features": cell.features,
        "gates": list(getattr(cell, "gate_names", ())),
        "code": part_code(cell),
        "both": run.both is not None,
        "sequences": run.return_sequences,
        "bounds": [_finite(end) for end in cell.state_range],
    }
    mask = None if trace.mask is None else arrays.add(trace.mask.astype(np.uint8))
    header["mask"] = mask  # 0 at a step that is passed over, in the order of reading
    if exact:
        return header | _exact(arrays, trace)
    return header | _reduced(arrays, trace)


def _exact(arrays: Arrays, trace: Trace) -> dict:
    cell = trace.layer
    places = {
        "kernel": cell.kernel,
        "recurrent": getattr(cell, "recurrent_kernel", None),
        "bias": cell.bias,
        "inputs": trace.inputs,
        "states": trace.states,
        "cells": trace.cell_states,
        "initial": trace.initial_state,
    }
    return {
        name: None if array is None else arrays.add(np.asarray(array, np.float64))
        for name, array in places.items()
    } | {"shapes": {n: list(a.shape) for n, a in places.items() if a is not None}}


def _reduced(arrays: Arrays, trace: Trace) -> dict:
    """Add means over blocks of units: enough for the colours, and too little for a number."""
    cell = trace.layer
    kernel = cell.kernel[:, : cell.units]
    places = {
        "kernel": block_means(kernel, BLOCKS, BLOCKS),
        "bias": block_means(np.atleast_2d(cell.bias)[:1, : cell.units], 1, BLOCKS),
        "inputs": block_means(_some_steps(trace.inputs), BLOCK_STEPS, BLOCKS),
        "states": block_means(_some_steps(trace.states), BLOCK_STEPS, BLOCKS),
    }
    for recurrent in list(cell.recurrent_blocks.values())[:1]:
        places["recurrent"] = block_means(recurrent, BLOCKS, BLOCKS)
    with np.errstate(over="ignore"):
        packed = {name: arrays.add(array.astype(np.float32)) for name, array in places.items()}
    shapes = {name: list(array.shape) for name, array in places.items()}
    nothing: dict[str, Any] = {"recurrent": None, "cells": None, "initial": None}
    return nothing | packed | {"shapes": shapes}


def _some_steps(values: np.ndarray) -> np.ndarray:
    """Return evenly spaced timesteps of a long run: each as it is, and all of them sooner."""
    return values[:: -(-len(values) // BLOCK_STEPS)]


def _head(arrays: Arrays, run: Run, exact: bool) -> dict | None:
    """Describe what the head makes of each state; None without one."""
    if run.dense is None or not exact:
        return None
    readings = np.asarray(run.readings, np.float64)
    last = run.network.head[-1]
    names = {"units": readings.shape[-1], "activation": run.dense.activation}
    # What stands above the Dense layer gives other numbers than it can.
    low, high = run.dense.output_range if last is run.dense else (-np.inf, np.inf)
    names["name"] = "dense" if last is run.dense else snake_case(type(last).__name__)
    return names | {"readings": arrays.add(readings), "bounds": [_finite(low), _finite(high)]}


def _complex(arrays: Arrays, values: np.ndarray | None) -> int | None:
    if values is None:
        return None
    return arrays.add(np.stack([values.real, values.imag], axis=-1).astype(np.float64))


def _finite(end: float) -> float | None:
    return float(end) if np.isfinite(end) else None


@cache
def _words(language: str) -> dict[str, str]:
    start = "network."
    sentences = words(language).sentences
    return {
        key.removeprefix(start): text for key, text in sentences.items() if key.startswith(start)
    }
