"""The map of a store, read chunk by chunk, is that of all its numbers at once."""

import json

import numpy as np
import pandas as pd
import pytest

from rnnviz import Experiment, Sweep, sweep
from rnnviz.sweeps.reading import _Moments, frames, read_map
from rnnviz.sweeps.store import StoreError

SMALL = Experiment(units=5, input_features=2, timesteps=15)
MEASURES = ("lyapunov", "saturated", "gradient")


@pytest.mark.parametrize(
    "axes",
    [
        {"weight_scale": np.geomspace(0.01, 3, 9), "units": [2, 5], "seed": range(7)},
        {"seed": range(5), "weight_scale": [0.1, 1.0], "recurrent_gain": [0.5, 2.0, 3.0]},
        {"units": [3, 4], "seed": range(6)},
    ],
)
def test_means_and_errors_are_those_of_all_numbers_at_once(tmp_path, monkeypatch, axes):
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 7)
    whole = sweep(Sweep(SMALL, axes, MEASURES), store=tmp_path)
    found = read_map(tmp_path)
    assert found.sweep == whole.sweep
    assert found.done == whole.sweep.networks
    for name in MEASURES:
        if len(axes) == 2:
            assert np.array_equal(found.array(name), whole.array(name), equal_nan=True)
        else:
            np.testing.assert_allclose(found.mean(name), whole.mean(name), rtol=1e-12)
            wanted = whole.error(name)
            np.testing.assert_allclose(found.error(name), wanted, rtol=1e-9, atol=1e-15)
            np.testing.assert_allclose(found.band(name), whole.band(name), rtol=1e-9, atol=1e-14)
    table = pd.concat(frames(tmp_path)).sort_values("place")
    assert np.array_equal(table["lyapunov"].to_numpy(), whole.array("lyapunov").ravel())


def test_infinite_numbers_and_none_at_all():
    cells = np.array([0, 0, 1, 1, 2, 2, 3])
    values = np.array([1.0, 3.0, -np.inf, 5.0, np.nan, np.nan, 7.0])
    whole, parts = _Moments(5), _Moments(5)
    whole.add(cells, values)
    for row in range(len(cells)):
        parts.add(cells[row : row + 1], values[row : row + 1])
    for one in (whole, parts):
        assert one.mean()[[0, 3]].tolist() == [2.0, 7.0]
        assert one.mean()[1] == -np.inf
        assert np.isnan(one.mean()[[2, 4]]).all()
        assert one.error()[0] == pytest.approx(1.0)
        assert np.isnan(one.error()[1:]).all()


def test_a_sweep_that_is_not_finished_has_a_map_of_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 3)
    one = Sweep(SMALL, {"weight_scale": [0.1, 0.2, 0.3, 0.4], "units": [2, 3, 4]})
    sweep(one, store=tmp_path)
    (tmp_path / "chunk-00000002.parquet").unlink()
    damaged = tmp_path / "chunk-00000001.parquet"
    damaged.write_bytes(damaged.read_bytes()[:40])
    found = read_map(tmp_path)
    assert found.done == 6
    assert np.isnan(found.mean()).sum() == 6


@pytest.mark.parametrize("told", [None, "no JSON", json.dumps({"sweep": 3}), json.dumps([1])])
def test_a_folder_without_a_sweep_is_refused_and_left_as_it_is(tmp_path, told):
    place = tmp_path / "there"
    if told is not None:
        place.mkdir()
        (place / "sweep.json").write_text(told)
    with pytest.raises(StoreError):
        read_map(place)
    assert place.exists() == (told is not None)
