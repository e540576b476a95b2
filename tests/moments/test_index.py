"""The index of states: its bits, its size, and its file."""

import zipfile

import numpy as np
import pytest

from rnnviz.engine import Inputs, Layer, Network, SimpleRNN, run
from rnnviz.moments import index_of, index_states, open_index
from tests.moments.networks import noise


def states_of(seed, steps, units):
    return np.random.default_rng(seed).normal(size=(steps, units))


@pytest.mark.parametrize("units", [1, 63, 64, 65, 200])
def test_bits_are_those_of_a_plain_comparison(units):
    states = states_of(units, 150, units)
    index = index_states(states)
    middle = np.quantile(states, [0.005, 0.995], axis=0).mean(axis=0)
    assert np.array_equal(index.on(np.arange(150)), states > middle)
    assert index.bytes_per_step == 8 * -(-units // 64)


def test_a_start_far_away_does_not_decide_what_is_on():
    states = 0.9 + 0.05 * np.sin(np.arange(1000))[:, None]
    states[:3] = [[0.0], [0.3], [0.6]]
    assert 0.45 < index_states(states).on(np.arange(1000)).mean() < 0.55


def test_a_unit_that_seldom_leaves_one_value_is_on_where_it_does():
    states = np.random.default_rng(0).normal(-1, 1e-3, (2000, 1))
    states[[100, 900, 901]] = 1
    on = index_states(states).on(np.arange(2000))[:, 0]
    assert np.flatnonzero(on).tolist() == [100, 900, 901]


def test_thresholds_may_be_given():
    states = states_of(0, 50, 3)
    index = index_states(states, [0.1, -0.2, 9.0])
    assert np.array_equal(index.on(np.arange(50)), states > [0.1, -0.2, 9.0])
    with pytest.raises(ValueError, match="finite"):
        index_states(states, np.nan)


def test_a_million_steps_of_256_units_fit_into_forty_megabytes():
    index = index_states(states_of(0, 100, 256))
    assert index.bytes_per_step * 1_000_000 <= 40e6


def test_chunks_do_not_show(monkeypatch):
    states = states_of(1, 500, 70)
    whole = index_states(states)
    monkeypatch.setattr("rnnviz.moments.index.CHUNK", 70 * 7)
    heard = []
    parts = index_states([states[:30], states[30:]], progress=heard.append)
    assert np.array_equal(parts.words, whole.words)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert parts.trial_of(29) == (0, 29)
    assert parts.trial_of(30) == (1, 0)


def test_work_ends_where_progress_raises():
    with pytest.raises(KeyboardInterrupt):
        index_states(states_of(1, 50, 2), progress=interrupt)


def interrupt(fraction):
    raise KeyboardInterrupt


def test_an_index_in_a_file_is_mapped_and_the_same(tmp_path):
    index = index_states([states_of(2, 40, 66), states_of(3, 25, 66)])
    path = tmp_path / "index.npz"
    index.save(path)
    again = open_index(path)
    assert isinstance(again.words, np.memmap)
    assert np.array_equal(again.words, index.words)
    assert np.array_equal(again.thresholds, index.thresholds)
    assert again.lengths == (40, 25)
    assert np.array_equal(np.load(path)["words"], index.words)  # NumPy's own reader agrees
    with pytest.raises(ValueError, match="read-only"):
        again.words[0, 0] = 1


def test_states_may_lie_in_a_mapped_file(tmp_path):
    states = states_of(4, 300, 10)
    np.save(tmp_path / "states.npy", states)
    there = np.load(tmp_path / "states.npy", mmap_mode="r")
    assert np.array_equal(index_states(there).words, index_states(states).words)


def test_other_files_are_refused(tmp_path):
    index = index_states(states_of(5, 40, 3))
    path = tmp_path / "index.npz"
    np.savez_compressed(path, words=index.words)
    with pytest.raises(ValueError, match="compressed"):
        open_index(path)
    path.write_bytes(b"PK\x03\x04 nothing else")
    with pytest.raises(ValueError, match=r"no \.npz"):
        open_index(path)
    np.savez(path, words=index.words)
    with pytest.raises(ValueError, match="no index"):
        open_index(path)
    index.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    short = tmp_path / "short.npz"
    with zipfile.ZipFile(short, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[:-8] if name == "words.npy" else content)
    with pytest.raises(ValueError, match="no plain array"):
        open_index(short)


def test_states_that_are_not_finite_are_off_and_do_not_count():
    states = states_of(6, 20, 3)
    states[3, 0], states[5:, 1], states[:, 2] = np.nan, np.inf, np.nan
    index = index_states(states)
    assert np.isfinite(index.thresholds).all()
    assert index.high[0] == np.nanmax(states[:, 0])
    assert index.constant.tolist() == [False, False, True]
    assert not index.on(np.array([3]))[0, 0]


def test_trials_are_joined_without_their_padding():
    random = np.random.default_rng(0)
    cell = SimpleRNN(random.normal(size=(2, 4)), random.normal(size=(4, 4)) / 2, np.zeros(4))
    network = Network((Layer(cell),))
    ran = run(network, Inputs(random.normal(size=(3, 12, 2)), lengths=(12, 5, 8)))
    index = index_of(ran)
    joined = np.concatenate([one.states for one in ran.each_trial()])
    assert index.lengths == (12, 5, 8)
    assert np.array_equal(index.on(np.arange(25)), joined > index.thresholds)
    assert np.array_equal(index.states.rows(np.array([0, 13, 24, 16])), joined[[0, 13, 24, 16]])
    assert index_of(ran.trial(1)) is index  # one trial is searched with all the others


def test_a_layer_that_reads_backwards_is_indexed_in_times_order():
    random = np.random.default_rng(1)
    cell = SimpleRNN(random.normal(size=(1, 3)), random.normal(size=(3, 3)) / 2, np.zeros(3))
    ran = run(Network((Layer(cell, go_backwards=True),)), random.normal(size=(30, 1)))
    index = index_of(ran)
    assert np.array_equal(index.on(np.arange(30)), ran.states[::-1] > index.thresholds)


def test_an_index_lives_as_long_as_its_run():
    ran, _ = noise(0, steps=100)
    assert index_of(ran) is index_of(ran)
    assert index_of(ran, threshold=0.3) is not index_of(ran)
    with pytest.raises(ValueError, match="layers 0 to 0"):
        index_of(ran, layer=2)
