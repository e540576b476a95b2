"""What comes back from a file equals what went out, bit for bit."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from rnnviz import Experiment, simulate
from rnnviz.export import data
from rnnviz.export.data import DATA, data_size, write_csv, write_json, write_npz, write_parquet

EXTREMES = np.array([[0.0, -0.0, 5e-324, 1.7976931348623157e308], [np.inf, -np.inf, np.nan, 1 / 3]])


def written(write, run):
    stream = io.BytesIO()
    write(run, stream)
    stream.seek(0)
    return stream


def bits(array):
    return np.ascontiguousarray(array).view(np.uint8)


def tidy(run):
    """The table as it should be, written in the plainest way."""
    return [
        (index, timestep, unit, value)
        for index, layer in enumerate(run.layers)
        for timestep, row in enumerate(layer.states)
        for unit, value in enumerate(row)
    ]


def test_a_csv_brings_every_value_back(experiment):
    run = simulate(experiment)
    # As texts: how exactly pandas reads decimals depends on its version.
    table = pd.read_csv(written(write_csv, run), dtype={"state": str}, keep_default_na=False)
    expected = tidy(run)
    assert list(table.columns) == ["layer", "timestep", "unit", "state"]
    assert [tuple(row) for row in table[["layer", "timestep", "unit"]].to_numpy().tolist()] == [
        row[:3] for row in expected
    ]
    value = np.array([float(text) for text in table["state"]])
    values = np.array([row[3] for row in expected], dtype=np.float64)
    real = ~np.isnan(values)
    assert (np.isnan(value) == ~real).all()  # text knows one not-a-number only
    assert (bits(value[real]) == bits(values[real])).all()


def test_a_parquet_brings_every_bit_and_the_experiment_back(experiment):
    run = simulate(experiment)
    stream = written(write_parquet, run)
    table = parquet.read_table(stream)
    expected = tidy(run)
    assert table.column_names == ["layer", "timestep", "unit", "state"]
    value = table["state"].to_numpy()
    assert value.dtype == run.states.dtype
    states = np.concatenate([layer.states.ravel() for layer in run.layers])
    assert (bits(value) == bits(states)).all()
    for column, name in enumerate(["layer", "timestep", "unit"]):
        assert table[name].to_pylist() == [row[column] for row in expected]
    kept = table.schema.metadata[data.PARQUET_KEY].decode()
    assert Experiment.from_json(kept) == experiment


def test_an_npz_brings_every_array_back_without_pickle(experiment):
    run = simulate(experiment)
    with np.load(written(write_npz, run), allow_pickle=False) as arrays:
        assert Experiment.from_json(str(arrays["experiment"])) == experiment
        assert (bits(arrays["inputs"]) == bits(run.inputs)).all()
        for index, layer in enumerate(run.layers):
            mine = {
                "states": layer.states,
                "preactivations": layer.preactivations,
                "kernel": layer.trace.layer.kernel,
                "recurrent_kernel": layer.trace.layer.recurrent_kernel,
                "bias": layer.trace.layer.bias,
                **{f"gate_{name}": gate for name, gate in layer.trace.gates.items()},
            }
            for name, array in mine.items():
                back = arrays[f"layer_{index}_{name}"]
                assert back.dtype == array.dtype, name
                assert back.shape == array.shape, name
                assert (bits(back) == bits(array)).all(), name


def test_a_json_brings_the_experiment_back(experiment):
    content = written(write_json, simulate(experiment)).read().decode()
    assert Experiment.from_json(content) == experiment
    assert json.loads(content)["rnnviz"] == 1


def test_both_directions_and_tokens_are_in_the_npz():
    run = simulate(Experiment(units=3, timesteps=4, cell="LSTM", bidirectional=True))
    names = data.arrays(run)
    assert names["layer_0_states"].shape == (4, 6)
    assert names["layer_0_backward_cell_states"].shape == (4, 3)
    assert (names["layer_0_backward_kernel"] == run.layers[0].backward.layer.kernel).all()
    names = data.arrays(simulate(Experiment(signal="text", text="abc")))
    assert names["token_numbers"].tolist() == [1, 2, 3]


class _Layer:
    def __init__(self, states):
        self.states = states


class _Run:
    def __init__(self, states):
        self.states, self.layers, self.has_trials = states, (_Layer(states),), False

    def each_trial(self):
        return iter((self,))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_ends_of_the_number_format_survive_a_csv(dtype):
    with np.errstate(over="ignore"):
        states = EXTREMES.astype(dtype)
    table = pd.read_csv(written(write_csv, _Run(states)))
    value = table["state"].to_numpy().astype(dtype).reshape(states.shape)
    real = ~np.isnan(states)
    assert (bits(value[real]) == bits(states[real])).all()
    assert np.isnan(value[~real]).all()


def test_rows_written_in_pieces_are_the_same_rows(monkeypatch):
    run = simulate(Experiment(timesteps=50, units=(7, 3), weight_scale=0.1))
    whole = [written(write, run).read() for write in (write_csv,)]
    table = parquet.read_table(written(write_parquet, run))
    monkeypatch.setattr(data, "_ROWS_AT_A_TIME", 20)
    assert [written(write, run).read() for write in (write_csv,)] == whole
    assert parquet.read_table(written(write_parquet, run)).equals(table)


@pytest.mark.parametrize("format", DATA)
def test_progress_ends_at_one_and_never_turns_back(format):
    shares = []
    DATA[format](simulate(Experiment(units=(8, 4))), io.BytesIO(), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("format", DATA)
def test_the_size_is_foretold_on_the_safe_side(format):
    for experiment in (Experiment(weight_scale=0.03), Experiment(cell="GRU", units=200)):
        run = simulate(experiment)
        length = len(written(DATA[format], run).read())
        assert length <= data_size(run, format) + 20_000
        assert data_size(run, format) <= 10 * length + 20_000


def test_npz_holds_the_head_and_what_it_hands_on():
    run = simulate(Experiment(timesteps=5, units=3, dense_units=2))
    found = np.load(written(write_npz, run), allow_pickle=False)
    assert np.array_equal(found["output"], run.output)
    assert np.array_equal(found["dense_kernel"], run.dense.kernel)
    assert np.array_equal(found["dense_bias"], run.dense.bias)
