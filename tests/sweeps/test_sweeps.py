"""A sweep gives what each network gives alone; it goes on where it was stopped."""

import errno
import math
import os
import sys
import threading
import time
import tracemalloc
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from rnnviz import Experiment, Sweep, simulate, sweep
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.memory import memory
from rnnviz.analysis.saturation import saturation
from rnnviz.analysis.trajectory import projection
from rnnviz.spec.experiment import ExperimentError
from rnnviz.sweeps import measures
from rnnviz.sweeps.chunks import ChunkResult, chunks, compute_chunk
from rnnviz.sweeps.cost import seconds_of
from rnnviz.sweeps.store import Store, StoreError
from rnnviz.sweeps.sweep import read_axis, spaced
from tests.sweeps import kills

SMALL = Experiment(units=6, input_features=3, timesteps=25)
EVERY = tuple(measures())


def alone(experiment):
    """Each measure of one network by the analyses of the page."""
    run = simulate(experiment)
    trace = run.layers[-1].trace
    result = saturation(trace)
    recurrent = trace.layer.recurrent_blocks
    radius = max(abs(np.linalg.eigvals(recurrent[""]))) if len(recurrent) == 1 else math.nan
    inputs = trace.inputs.astype(float)
    return {
        "saturated": result.share,
        "exact": result.share_exact,
        "gradient": diagnose(trace, result).gradient,
        "lyapunov": lyapunov(trace, count=1).exponents[0],
        "spectral_radius": radius,
        "dimension": projection(trace.states).dimension,
        "memory": memory(trace.layer, inputs.mean(axis=0), float(inputs.std()) or 1.0).total,
    }


@pytest.mark.parametrize(
    ("experiment", "axes"),
    [
        (SMALL, {"weight_scale": [0.01, 0.1, 1.0, 3.0], "seed": [0, 1]}),
        (
            SMALL.replace(recurrent_initializer="orthogonal", bias_initializer="zeros"),
            {"recurrent_gain": [0.5, 1.0, 1.1], "kernel_initializer": ["zeros", "glorot_uniform"]},
        ),
        (SMALL.replace(signal="zeros"), {"spectral_radius": [0.5, 0.95], "units": [3, 6]}),
        (SMALL.replace(cell="LeakyRNN", weight_scale=0.3), {"seed": [0, 1, 2]}),
        (
            SMALL.replace(units=(4, 5), bidirectional=(True, False), weight_scale=0.2),
            {"seed": [3, 4]},
        ),
        (SMALL.replace(dtype="float32", weight_scale=0.1), {"input_gain": [0.5, 2.0]}),
        (SMALL.replace(signal="text", timesteps=1), {"weight_scale": [0.1, 1.0]}),
    ],
)
def test_every_number_is_that_of_the_network_alone(experiment, axes):
    result = sweep(Sweep(experiment, axes, EVERY))
    tolerance = 1e-5 if experiment.dtype == "float32" else 1e-9
    for index in np.ndindex(result.sweep.shape):
        expected = alone(result.sweep.experiment_at(index))
        for name in EVERY:
            got = result.array(name)[index]
            np.testing.assert_allclose(
                got, expected[name], rtol=tolerance, atol=tolerance, err_msg=f"{name} {index}"
            )


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_gated_cells_are_measured_as_exactly(cell):
    experiment = SMALL.replace(cell=cell, kernel_initializer="glorot_uniform",
                               recurrent_initializer="orthogonal")  # fmt: skip
    result = sweep(Sweep(experiment, {"seed": [0, 1]}, ("saturated", "lyapunov", "gradient")))
    for index in np.ndindex(result.sweep.shape):
        expected = alone(result.sweep.experiment_at(index))
        for name in result.values:
            assert result.array(name)[index] == pytest.approx(expected[name], abs=1e-9)


def test_the_link_of_a_sweep_gives_the_same_sweep():
    for one in (
        Sweep(SMALL, {"weight_scale": [0.001, 0.3], "seed": range(5)}, ("lyapunov", "memory")),
        Sweep(Experiment(), {"recurrent_initializer": ["orthogonal", "identity"]}),
        Sweep(SMALL, {"spectral_radius": [None, 0.5]}),
    ):
        assert Sweep.from_query(one.to_query()) == one
        assert hash(Sweep.from_query(one.to_query())) == hash(one)


def test_axes_are_read_as_values_and_as_ranges():
    assert read_axis("units", "4,8") == (4, 8)
    assert read_axis("seed", "1:4") == (1, 2, 3, 4)
    assert read_axis("weight_scale", "0.01:1:3") == (0.01, 0.1, 1.0)
    assert read_axis("weight_scale", "0:1:3") == (0.0, 0.5, 1.0)
    assert read_axis("weight_scale", "1:3:3:linear") == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("axes", "measures"),
    [
        ({}, ("saturated",)),
        ({"nothing": [1]}, ("saturated",)),
        ({"text": ["a"]}, ("saturated",)),
        ({"units": []}, ("saturated",)),
        ({"units": "8"}, ("saturated",)),
        ({"units": [0]}, ("saturated",)),
        ({"weight_scale": [math.nan]}, ("saturated",)),
        ({"weight_scale": [10**400]}, ("saturated",)),
        ({"seed": range(10**9)}, ("saturated",)),
        ({"seed": [0]}, ("nothing",)),
    ],
)
def test_what_cannot_be_swept_is_said(axes, measures):
    with pytest.raises(ExperimentError) as caught:
        Sweep(SMALL, axes, measures)
    assert all(problem.sentence("ko") for problem in caught.value.problems)


def test_a_network_that_cannot_be_is_nan_with_its_reason():
    result = sweep(Sweep(Experiment(timesteps=100_000), {"units": [2, 1024]}, ("saturated",)))
    assert np.isfinite(result.array()[0])
    assert np.isnan(result.array()[1])
    assert "state values" in result.reasons[(1,)]
    assert "state values" in result.frame["reason"][1]


def test_chunks_are_coarse_first_and_each_network_is_in_one():
    one = Sweep(
        SMALL, {"weight_scale": np.linspace(0.1, 1, 40), "recurrent_gain": np.linspace(0.1, 1, 40)}
    )
    found = list(chunks(one))
    places = [place for chunk in found for place in chunk.places]
    assert sorted(places) == list(range(1600))
    first = np.array(places[:25])
    assert set(first // 40 % 8) == {0}
    assert set(first % 40 % 8) == {0}
    assert list(chunks(one)) == found


def test_any_executor_gives_the_same_bits(tmp_path):
    one = Sweep(SMALL, {"weight_scale": np.geomspace(0.01, 3, 30), "seed": range(20)}, EVERY[:4])
    here = sweep(one)
    told = []
    with ThreadPoolExecutor(2) as threads:
        others = [sweep(one, threads, progress=told.append), sweep(one, "processes", workers=2)]
    for other in others:
        for name in one.measures:
            assert np.array_equal(here.array(name), other.array(name), equal_nan=True)
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_mean_and_error_over_the_seeds():
    result = sweep(Sweep(SMALL.replace(weight_scale=0.1), {"units": [4, 5], "seed": range(6)}))
    values = result.array()
    np.testing.assert_allclose(result.mean(), values.mean(axis=1))
    np.testing.assert_allclose(result.error(), values.std(axis=1, ddof=1) / np.sqrt(6))
    assert list(result.frame.columns) == ["units", "seed", "saturated"]


def test_a_store_goes_on_and_computes_nothing_twice(tmp_path, monkeypatch):
    one = Sweep(SMALL, {"weight_scale": np.geomspace(0.01, 3, 20), "seed": range(30)})
    whole = sweep(one)
    computed = []

    def counted(sweep, chunk):
        computed.append(chunk.number)
        if len(computed) == 2:
            raise KeyboardInterrupt
        return compute_chunk(sweep, chunk)

    monkeypatch.setattr("rnnviz.sweeps.sweeping.compute_chunk", counted)
    with pytest.raises(KeyboardInterrupt):
        sweep(one, store=tmp_path)
    assert len(list(tmp_path.glob("chunk-*"))) == 1
    again = sweep(one, store=tmp_path)
    assert sorted(set(computed)) == list(range(max(computed) + 1))
    assert computed.count(0) == 1
    assert np.array_equal(whole.array(), again.array())
    assert not list(tmp_path.glob(".*.part"))
    table = pd.read_parquet([str(path) for path in sorted(tmp_path.glob("*.parquet"))])
    assert len(table) == one.networks
    read = table.sort_values("place")["saturated"].to_numpy()
    assert np.array_equal(read, whole.array().ravel())


def test_a_store_of_another_sweep_or_with_chunks_is_refused(tmp_path):
    one, other = Sweep(SMALL, {"seed": range(3)}), Sweep(SMALL, {"seed": range(4)})
    sweep(one, store=tmp_path)
    with pytest.raises(StoreError, match="another sweep"):
        sweep(other, store=tmp_path)
    with pytest.raises(StoreError, match="--resume"):
        Store(tmp_path, one, resume=False)


class Breaking(Executor):
    """A pool that breaks, with all that is under way, whenever it is given one certain chunk."""

    poison, pools = 3, 0

    def __init__(self, workers=None):
        type(self).pools += 1
        self.given, self.broken, self.lock = [], False, threading.Lock()

    def submit(self, fn, query, chunk):
        if self.broken:
            raise BrokenProcessPool("a worker died")
        future = Future()
        self.given.append(future)
        if chunk.number == self.poison:
            with self.lock:
                self.broken = True
                for one in self.given:
                    if not one.done():
                        one.set_exception(BrokenProcessPool("a worker died"))
        else:
            threading.Timer(0.02, self.end, [future, fn, query, chunk]).start()
        return future

    def end(self, future, fn, query, chunk):
        result = fn(query, chunk)
        with self.lock:
            if not future.done():
                future.set_result(result)


def test_a_chunk_that_ends_its_worker_costs_no_other_its_numbers(monkeypatch):
    monkeypatch.setattr("rnnviz.sweeps.sweeping.Processes", Breaking)
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 4)
    one = Sweep(SMALL, {"seed": range(40)}, ("saturated",))
    result = sweep(one, "processes")
    lost = next(chunk for chunk in chunks(one) if chunk.number == Breaking.poison)
    assert set(result.reasons) == {(place,) for place in lost.places}
    assert np.isnan(result.array()).sum() == len(lost.places) == 4
    assert 2 <= Breaking.pools <= 6


class ManyWorkers(Executor):
    """A hundred workers that answer after a while, with nothing computed."""

    _max_workers = 100

    def __init__(self):
        self.waiting, self.most, self.ended = deque(), 0, False
        threading.Thread(target=self.answer, daemon=True).start()

    def submit(self, fn, query, chunk):
        future = Future()
        self.waiting.append((future, chunk))
        self.most = max(self.most, len(self.waiting))
        return future

    def answer(self):
        while not self.ended:
            time.sleep(0.01)
            for _ in range(len(self.waiting) // 2 + 1):
                if self.waiting:
                    future, chunk = self.waiting.popleft()
                    number = np.full(len(chunk.places), float(chunk.number))
                    future.set_result(ChunkResult(chunk, {"saturated": number}, {}))


def test_many_workers_are_served_in_bounded_memory(monkeypatch):
    """What the parent holds beside the table itself does not grow with the networks."""
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 2)
    beside = []
    for seeds in (20, 80):
        one = Sweep(Experiment(units=1), {"units": range(1, 101), "seed": range(seeds)})
        workers = ManyWorkers()
        tracemalloc.start()
        result = sweep(one, workers)
        beside.append(tracemalloc.get_traced_memory()[1] - 40 * one.networks)
        tracemalloc.stop()
        workers.ended = True
        assert workers.most <= 400
        assert not np.isnan(result.array()).any()
        assert not result.reasons
    assert beside[1] < 1.5 * beside[0] + 2**19


def test_a_store_may_be_at_an_address(tmp_path):
    pytest.importorskip("fsspec", reason="comes with dask: pip install rnnviz[dask]")
    one = Sweep(SMALL, {"weight_scale": np.geomspace(0.01, 3, 20), "seed": range(30)})
    told = []
    for place in ("memory://atlas", f"file://{tmp_path}/atlas"):
        whole = sweep(one, store=place)
        assert np.array_equal(sweep(one, store=place, progress=told.append).array(), whole.array())
        with pytest.raises(StoreError, match="another sweep"):
            sweep(Sweep(SMALL, {"seed": range(3)}), store=place)
    assert len(list((tmp_path / "atlas").glob("chunk-*.parquet"))) == len(list(chunks(one)))
    with pytest.raises(StoreError, match="nowhere"):
        sweep(one, store="nowhere://atlas")


def test_a_full_disk_leaves_finished_chunks_whole(tmp_path, monkeypatch):
    one, kept = Sweep(SMALL, {"seed": range(600)}), []

    def fsync(number):
        if len(kept) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        kept.append(number)

    monkeypatch.setattr("rnnviz.sweeps.folder.os.fsync", fsync)
    with pytest.raises(StoreError, match=r"No space left.*--resume"):
        sweep(one, store=tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "chunk-00000000.parquet",
        "sweep.json",
    ]
    monkeypatch.undo()
    assert np.array_equal(sweep(one, store=tmp_path).array(), sweep(one).array())


def test_a_damaged_chunk_is_computed_again(tmp_path):
    one = Sweep(SMALL, {"seed": range(5)})
    whole = sweep(one, store=tmp_path)
    path = next(tmp_path.glob("chunk-*"))
    path.write_bytes(path.read_bytes()[:50])
    assert np.array_equal(sweep(one, store=tmp_path).array(), whole.array())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_kill_9_at_random_moments_loses_nothing_and_leaves_no_worker(tmp_path):
    """Parents and workers in turn; ``RNNVIZ_KILLS=10`` ends more of them."""
    count = int(os.environ.get("RNNVIZ_KILLS", "2"))
    store, log, table = (tmp_path / name for name in ("atlas", "log.txt", "table.parquet"))
    axes = {"weight_scale": tuple(spaced(0.001, 10.0, 60)), "seed": range(30 * count)}
    typed = ["weight_scale=0.001:10:60", f"seed=0:{30 * count - 1}"]
    seen = kills.kill(store, log, typed, count, seed=count)
    assert len(seen.kinds) == count
    assert set(seen.kinds) == {"parent", "worker"}
    assert max(seen.outlived) < 1.0
    assert seen.finished
    kills.finish(store, log, typed, table)
    assert not kills.changed(store, seen)
    assert not kills.done_again(log)
    one = Sweep(Experiment(units=24, timesteps=80), axes, ("lyapunov",))
    whole = sweep(one, "processes", workers=2).frame
    found = pd.read_parquet(table)
    assert list(found.columns) == list(whole.columns)
    for name in whole.columns:
        assert kills.same(found[name].to_numpy(), whole[name].to_numpy())


def test_a_chunk_whose_worker_died_each_time_is_computed_when_the_sweep_goes_on(
    tmp_path, monkeypatch
):
    one = Sweep(SMALL, {"seed": range(40)}, ("saturated",))
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 4)
    with monkeypatch.context() as patched:
        patched.setattr("rnnviz.sweeps.sweeping.Processes", Breaking)
        lost = sweep(one, "processes", tmp_path)
    assert len(lost.reasons) == 4
    again = sweep(one, store=tmp_path)
    assert not again.reasons
    assert np.array_equal(again.array(), sweep(one).array())


class Finishing(Executor):
    """A pool whose worker dies of one chunk, all others finished; notes what it is given."""

    pools: ClassVar[int] = 0
    given: ClassVar[list[int]] = []

    def __init__(self, workers=None):
        type(self).pools += 1
        self._max_workers, self.last = 2, type(self).pools > 1

    def submit(self, fn, query, chunk):
        future = Future()
        self.given.append(chunk.number)
        if chunk.number == 6 and not self.last:
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result(fn(query, chunk))
        return future


def test_what_was_finished_before_a_worker_died_is_not_done_again(monkeypatch):
    monkeypatch.setattr("rnnviz.sweeps.sweeping.Processes", Finishing)
    monkeypatch.setattr("rnnviz.sweeps.chunks._MOST", 4)
    one = Sweep(SMALL, {"seed": range(40)}, ("saturated",))
    assert np.array_equal(sweep(one, "processes").array(), sweep(one).array())
    assert Finishing.pools == 2
    assert sorted(Finishing.given) == sorted([*range(10), 6])


def test_the_exponent_crosses_zero_where_mean_field_says():
    """Gaussian U without input: chaos from g = 1 on (Sompolinsky, Crisanti and Sommers 1988)."""
    experiment = Experiment(
        units=200, timesteps=300, signal="zeros", kernel_initializer="zeros",
        bias_initializer="random_normal", recurrent_initializer="random_normal",
        input_features=1,
    )  # fmt: skip
    result = sweep(
        Sweep(experiment, {"spectral_radius": [0.7, 1.6, 2.2], "seed": [0, 1]}, ("lyapunov",))
    )
    low, middle, high = result.mean()
    assert low < 0 < middle < high


def test_what_a_sweep_costs_is_told_by_its_networks_and_measures():
    small = Sweep(SMALL, {"seed": range(10)}, ("saturated",))
    twice = Sweep(SMALL, {"seed": range(20)}, ("saturated",))
    more = Sweep(SMALL, {"seed": range(10)}, ("saturated", "lyapunov"))
    larger = Sweep(SMALL, {"units": [6, 200], "seed": range(5)}, ("saturated",))
    assert seconds_of(twice) == pytest.approx(2 * seconds_of(small))
    assert seconds_of(small) < seconds_of(more)
    assert seconds_of(small) < seconds_of(larger)
