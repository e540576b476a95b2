"""The pieces of a sweep: a few networks each, coarse ones first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.engine import CELLS
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.sweeps.batch import Batch, structure_of
from rnnviz.sweeps.measures import measures
from rnnviz.sweeps.sweep import Sweep

BATCH_BYTES = 24 * 2**20
"""Memory that the states and weights of one stack may take."""
COARSE = 8
"""The first pass takes every eighth value along each axis but the seeds."""
_MOST = 256
WORKER_DIED = "worker died: "
"""How the reason of a chunk begins that no worker lived to finish."""


@dataclass(frozen=True)
class Chunk:
    """Some networks of a sweep.

    Parameters
    ----------
    number : int
        Its place in the order of work; names its file in a store.
    places : tuple of int
        Networks, as places in the flattened grid.
    """

    number: int
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """The numbers of a chunk.

    Parameters
    ----------
    chunk : Chunk
    values : dict of str to ndarray (networks,)
    reasons : dict of int to str
        Why a network has no numbers, by its place in the flattened grid.
    """

    chunk: Chunk
    values: dict[str, np.ndarray]
    reasons: dict[int, str]


def chunks(sweep: Sweep, level: int | None = None) -> Iterator[Chunk]:
    """Every network of a sweep in chunks, coarse to fine; the same sweep gives the same chunks.

    With a ``level`` only the chunks of that level: 0 is every eighth value along each axis.
    """
    size, number = chunk_size(sweep), 0
    for place, found in enumerate(_levels(sweep)):
        for start in range(0, len(found), size):
            if level is None or level == place:
                yield Chunk(number, tuple(found[start : start + size].tolist()))
            number += 1


def level_count(sweep: Sweep) -> int:
    """How many levels there are, from coarse to fine."""
    return sum(1 for _ in _levels(sweep))


def chunk_size(sweep: Sweep) -> int:
    """How many networks are run together: as many as fit into `BATCH_BYTES`."""
    largest = max(_bytes(one) for one in corners(sweep))
    return int(max(1, min(_MOST, BATCH_BYTES // largest)))


def corners(sweep: Sweep) -> Iterator[Experiment]:
    """Experiments with the least and greatest value of each knob: one of them is the largest."""
    for end in (0, -1):
        changes = {}
        for name, values in sweep.axes:
            ordered = sorted(values) if not isinstance(values[0], str) else values
            changes[name] = ordered[end]
        try:
            yield sweep.experiment.replace(**changes)
        except ExperimentError:
            yield sweep.experiment


def _bytes(experiment: Experiment) -> int:
    numbers, features = 0, experiment.input_features
    for layer in experiment.layers:
        gates = CELLS[layer.cell].gate_count()
        numbers += layer.units * gates * (features + layer.units + experiment.timesteps)
        features = layer.units
    return 8 * numbers


def _levels(sweep: Sweep) -> Iterator[np.ndarray]:
    """Places of the flattened grid, level by level: every eighth value, then between, then all."""
    seen = np.zeros(sweep.shape, bool)
    step = COARSE
    while step >= 1:
        strides = tuple(slice(None, None, 1 if name == "seed" else step) for name in sweep.names)
        chosen = np.zeros(sweep.shape, bool)
        chosen[strides] = True
        chosen &= ~seen
        seen[strides] = True
        places = np.flatnonzero(chosen)
        if len(places):
            yield places
        step //= 2


def chunk_count(sweep: Sweep) -> int:
    """How many chunks there are."""
    size = chunk_size(sweep)
    return sum(math.ceil(len(level) / size) for level in _levels(sweep))


def compute(query: str, chunk: Chunk) -> ChunkResult:
    """Compute one chunk of the sweep of a link, in any process."""
    return compute_chunk(Sweep.from_query(query), chunk)


def compute_chunk(sweep: Sweep, chunk: Chunk) -> ChunkResult:
    """Compute one chunk: networks of one structure run together."""
    known = measures()
    values = {name: np.full(len(chunk.places), np.nan) for name in sweep.measures}
    reasons: dict[int, str] = {}
    groups: dict[object, list[tuple[int, Experiment]]] = {}
    for row, place in enumerate(chunk.places):
        index = np.unravel_index(place, sweep.shape)
        try:
            experiment = sweep.experiment_at([int(one) for one in index])
        except ExperimentError as error:
            reasons[place] = str(error)
            continue
        groups.setdefault(structure_of(experiment), []).append((row, experiment))
    for members in groups.values():
        rows = [row for row, _ in members]
        batch = Batch([experiment for _, experiment in members])
        for name in sweep.measures:
            with np.errstate(all="ignore"):
                values[name][rows] = known[name].compute(batch)
    return ChunkResult(chunk, values, reasons)
