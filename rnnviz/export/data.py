"""The numbers of a run as files: tidy tables, all arrays, or the experiment alone.

A table has one row a hidden state: ``layer``, ``timestep`` and ``unit`` count from 0, as the arrays
do; ``state`` comes back bit for bit. Rows are written piece by piece, so a large run needs little
memory beside itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.run import Run
from rnnviz.export import whole_run
from rnnviz.export.source import source_json

INDEX = ("layer", "timestep", "unit")
STATE = "state"
PARQUET_KEY = b"rnnviz"
"""Name of the experiment's JSON in the metadata of a Parquet file."""

_ROWS_AT_A_TIME = 500_000

Progress = Callable[[float], None]


def write_csv(run: Run, stream: BinaryIO, progress: Progress | None = None) -> None:
    """Write the hidden states as comma separated values, UTF-8.

    Values are the shortest decimals that read back as the same float64; those of a float32 run are
    written as the float64 they equal. Not-a-number and infinities are ``nan``, ``inf``, ``-inf``.
    """
    from pyarrow import csv

    options = csv.WriteOptions(include_header=False, quoting_style="none")
    stream.write((",".join([*index_of(run), STATE]) + "\n").encode())
    for table in _tables(run, np.float64, progress):
        csv.write_csv(table, stream, options)


def write_parquet(run: Run, stream: BinaryIO, progress: Progress | None = None) -> None:
    """Write the hidden states as Parquet, in their own dtype, the experiment in the metadata."""
    from pyarrow import parquet

    experiment = {PARQUET_KEY: source_json(run.source).encode()}
    writer = None
    try:
        for table in _tables(run, run.states.dtype, progress):
            labelled = table.replace_schema_metadata(experiment)
            writer = writer or parquet.ParquetWriter(
                stream, labelled.schema, use_dictionary=list(index_of(run))
            )
            writer.write_table(labelled)
    finally:
        if writer is not None:
            writer.close()


def write_npz(run: Run, stream: BinaryIO, progress: Progress | None = None) -> None:
    """Write every array of a run, and the experiment as JSON, as NumPy's NPZ.

    ``numpy.load(file)`` needs no pickle. Names: ``experiment``, ``inputs``, then for each layer
    from 0 ``layer_0_kernel``, ``layer_0_states``, ``layer_0_preactivations`` and so on; with a
    Dense head ``dense_kernel``, ``dense_bias`` and ``output``. ``description`` says as JSON what
    the arrays are, so that network and inputs are read back whole.
    """
    np.savez(stream, allow_pickle=False, **arrays(run))
    if progress:
        progress(1.0)


def write_json(run: Run, stream: BinaryIO, progress: Progress | None = None) -> None:
    """Write all that is needed to compute the rest again as JSON: the recipe, or the arrays."""
    text = source_json(run.source)
    if run.experiment is None:
        text = json.dumps(json.loads(text) | whole_run.to_json(run))
    stream.write(text.encode() + b"\n")
    if progress:
        progress(1.0)


DATA: Mapping[str, Callable[..., None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "npz": write_npz,
    "json": write_json,
}
"""Format -> function that writes a run into a binary stream."""


def data_size(run: Run, format: str) -> int:
    """Return about how many bytes a file will take, rather too many than too few."""
    cells = sum(layer.states.size for layer in run.layers)
    if format == "json":
        given = run.network.nbytes + run.data.values.nbytes if run.experiment is None else 0
        return 10_000 + 2 * given
    if format == "npz":
        return run.nbytes + sum(layer.trace.layer.kernel.shape[-1] for layer in run.layers) * (
            4 * 8 * run.timesteps * run.trials
        )
    return cells * (40 if format == "csv" else 12)


def arrays(run: Run) -> dict[str, np.ndarray]:
    """Return every array of a run by its name in an NPZ file."""
    name, data = whole_run.data_entry(run)
    found = {
        "experiment": np.array(source_json(run.source)),
        whole_run.DESCRIPTION: np.array(json.dumps(whole_run.description(run))),
        "inputs": run.inputs,
        name: data,
        **whole_run.weight_entries(run.network),
    }
    if run.data.targets is not None:
        found["targets"] = run.data.targets
    if run.dense is not None:
        found["output"] = run.output
    for index, layer in enumerate(run.layers):
        name = f"layer_{index}_"
        found |= {f"{name}states": layer.states, f"{name}preactivations": layer.preactivations}
        found |= dict(_of_one_direction(layer.trace, name))
        if layer.backward is not None:
            found |= dict(_of_one_direction(layer.backward, f"{name}backward_"))
    return found


def _of_one_direction(trace: Trace, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield cell states and gates of what read in one direction, in its own order."""
    if trace.cell_states is not None:
        yield f"{name}cell_states", trace.cell_states
    for gate, values in trace.gates.items():
        yield f"{name}gate_{gate}", values


def _tables(run: Run, dtype: Any, progress: Progress | None) -> Iterator[Any]:
    """Yield the rows of all trials and layers as Arrow tables of a bearable length."""
    import pyarrow

    trials = list(run.each_trial())
    total = sum(layer.states.size for one in trials for layer in one.layers)
    done = 0
    for number, one in enumerate(trials):
        for index, layer in enumerate(one.layers):
            timesteps, units = layer.states.shape
            at_a_time = max(1, _ROWS_AT_A_TIME // units)
            for first in range(0, timesteps, at_a_time):
                values = layer.states[first : first + at_a_time]
                steps = np.arange(first, first + len(values), dtype=np.int32)
                columns = {
                    "layer": np.full(values.size, index, dtype=np.int32),
                    "timestep": np.repeat(steps, units),
                    "unit": np.tile(np.arange(units, dtype=np.int32), len(values)),
                    STATE: values.astype(dtype).ravel(),
                }
                if run.has_trials:
                    columns = {"trial": np.full(values.size, number, dtype=np.int32)} | columns
                yield pyarrow.table(columns)
                done += values.size
                if progress:
                    progress(done / total)


def index_of(run: Run) -> tuple[str, ...]:
    """Return the names of the columns that say which state a row holds."""
    return ("trial", *INDEX) if run.has_trials else INDEX
