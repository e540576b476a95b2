"""What the layers view draws: one band of numbers a layer, a gate, a cell state, a head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.level_of_detail import Blocks, reduce_to_blocks
from rnnviz.engine import Trace
from rnnviz.views._plot.picture import symmetric_limit

COLUMNS, ROWS = 800, 64
"""Most cells of one heatmap: there may be twenty of them."""
_ROUND = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, eq=False)
class Band:
    """One heatmap.

    Parameters
    ----------
    kind : str
        ``"state"``, ``"cell_state"``, ``"dense"`` or a gate, ``"LSTM_i"``; its words are
        ``layers.<kind>``.
    layer : str
        Keras's name of the layer.
    blocks : Blocks
        Its values over the timesteps of the input, reduced to few cells.
    low, high : float
        Ends of its colour scale.
    sequential : bool
        Whether the scale has no sign: a gate between 0 and 1.
    kept : tuple of (int, int, int) triples
        First unit, end of units and timestep of what is handed on; empty when all of it is.
    backwards : bool
        Whether the layer reads from the end.
    """

    kind: str
    layer: str
    blocks: Blocks
    low: float
    high: float
    sequential: bool = False
    kept: tuple[tuple[int, int, int], ...] = ()
    backwards: bool = False


def bands_of(run, chosen: int) -> tuple[Band, ...]:
    """Return the bands of a run from the input up, those inside the chosen layer after its states.

    A layer that goes backwards is turned round, and so is what lies above it: each column belongs
    to one timestep of the input, in all layers.
    """
    bands: list[Band] = []
    chosen = min(chosen, len(run.layers) - 1)
    names = run.network.layer_names
    for index, layer in enumerate(run.layers):
        reversed_time = run.network.is_turned(index)
        place = names[index], reversed_time
        bands.append(_states(layer, *place))
        if index == chosen:
            name = f"{names[index]}.forward_layer" if layer.both else names[index]
            bands += _inside(layer.trace, name, reversed_time)
    if run.dense is not None:
        bands.append(_head(run, run.network.is_turned(len(run.layers) - 1)))
    return tuple(bands)


def _states(layer, name: str, reversed_time: bool) -> Band:
    scale = _scale_of(layer.states, layer.state_range)
    kept: tuple[tuple[int, int, int], ...] = ()
    if not layer.return_sequences:
        timesteps, width = layer.states.shape
        first, last = (timesteps - 1, 0) if reversed_time else (0, timesteps - 1)
        units = layer.layer.units
        kept = ((0, units, last),) if width == units else ((0, units, last), (units, width, first))
    return Band(
        "state", name, _blocks(layer.states, reversed_time), *scale,
        kept=kept, backwards=reversed_time,
    )  # fmt: skip


def _head(run, reversed_time: bool) -> Band:
    """Return what the head makes of each timestep's state; of a last output, of that one.

    The range of a Dense layer is that of the readings only where nothing follows it.
    """
    end = run.network.head[-1]
    is_dense = end is run.dense
    span = run.dense.output_range if is_dense else (-np.inf, np.inf)
    is_share = span == (0.0, 1.0)
    scale = (0.0, 1.0) if is_share else _scale_of(run.readings, span)
    last = 0 if reversed_time else len(run.readings) - 1
    kept = ((0, end.units, last),) if run.output.ndim == 1 else ()
    blocks = _blocks(run.readings, reversed_time)
    name = "dense" if is_dense else "layer_normalization"
    return Band("dense", name, blocks, *scale, is_share, kept, reversed_time)


def _inside(trace: Trace, name: str, reversed_time: bool) -> list[Band]:
    """Return the gates and the cell state of a gated cell; of both directions, the forward one."""
    cell = type(trace.layer).__name__  # part of the key of its words
    bands = []
    for gate, values in trace.gates.items():
        is_gate = trace.layer.gate_range(gate) == (0.0, 1.0) and gate != trace.layer.candidate
        scale = (0.0, 1.0) if is_gate else _scale_of(values)
        blocks = _blocks(values, reversed_time)
        kind = f"{cell}_{gate}"
        bands.append(Band(kind, name, blocks, *scale, is_gate, backwards=reversed_time))
    if trace.cell_states is not None:
        scale = _scale_of(trace.cell_states)
        blocks = _blocks(trace.cell_states, reversed_time)
        bands.append(Band("cell_state", name, blocks, *scale, backwards=reversed_time))
    return bands


def _scale_of(
    values: np.ndarray, span: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[float, float]:
    """Return a colour scale about 0 that shows small states too, its ends a round number.

    Never wider than what the states can be, so that saturation looks the same everywhere.
    """
    limit = symmetric_limit(values)
    power = 10.0 ** np.floor(np.log10(limit))
    limit = next((step * power for step in _ROUND if step * power >= 0.999 * limit), limit)
    limit = float(min(limit, np.abs(span).max()))
    return (-limit, limit)


def _blocks(values: np.ndarray, reversed_time: bool) -> Blocks:
    return reduce_to_blocks(values[::-1] if reversed_time else values, COLUMNS, ROWS)
