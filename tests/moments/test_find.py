"""Moments that were planted are found, and nothing else; scores are those of a plain loop."""

import itertools

import numpy as np
import pytest

import rnnviz
from rnnviz.engine import Inputs, Layer, Network, SimpleRNN, run
from rnnviz.moments import MEASURES, find, index_of, index_states, open_index
from tests.moments.networks import class_network, repeated, text_of, tokens


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_repeated_moment_is_found_and_no_other_is_as_good(measure, seed):
    ran, starts = repeated(seed)
    found = find(ran, (starts[0], starts[0] + 20), measure=measure)
    assert set(found.timesteps[:7]) == set(starts[1:])
    assert found.scores[:7] == pytest.approx(1.0)
    assert (found.scores[7:] < 0.8).all()
    if measure == "exact":
        assert len(found) == 7


@pytest.mark.parametrize("measure", ["pattern", "cosine", "range"])
def test_scores_are_those_of_a_plain_loop(measure):
    random = np.random.default_rng(5)
    states = np.tanh(np.cumsum(random.normal(0, 0.4, (300, 9)), axis=0) % 3 - 1.5)
    units, first, length = [1, 4, 6, 8], 100, 7
    found = find(index_states(states), (first, first + length), units, measure=measure, most=400)
    on = states > np.quantile(states, [0.005, 0.995], axis=0).mean(axis=0)
    span = np.ptp(states, axis=0)[units]
    here = states[first : first + length, units]
    for start, score, alike in zip(found.timesteps, found.scores, found.agreement, strict=True):
        there = states[start : start + length, units]
        same = on[start : start + length][:, units] == on[first : first + length][:, units]
        assert alike == pytest.approx(same.mean())
        expected = {
            "pattern": same.mean(),
            "cosine": (here * there).sum() / np.linalg.norm(here) / np.linalg.norm(there),
            "range": 1 - (np.abs(here - there) / span).mean(),
        }
        assert score == pytest.approx(expected[measure])
    assert (np.diff(found.scores) <= 1e-12).all()


def test_the_best_of_all_starts_is_the_first():
    random = np.random.default_rng(6)
    states = random.normal(size=(400, 12))
    found = find(index_states(states, 0.0), (50, 58), range(12))
    on = states > 0
    scores = [(on[k : k + 8] == on[50:58]).mean() if abs(k - 50) >= 8 else -1.0 for k in range(393)]
    assert found.scores[0] == pytest.approx(max(scores))


def test_moments_overlap_neither_each_other_nor_the_range_nor_a_trials_end():
    random = np.random.default_rng(7)
    trials = [random.normal(size=(n, 5)) for n in (40, 23, 31)]
    found = find(index_states(trials), range(10, 20), range(5), trial=1, most=100)
    spans = sorted(zip(found.trials.tolist(), found.timesteps.tolist(), strict=True))
    assert all(time + 10 <= (40, 23, 31)[trial] for trial, time in spans)
    assert not any(trial == 1 and abs(time - 10) < 10 for trial, time in spans)
    for (one, begin), (other, end) in itertools.pairwise(spans):
        assert one != other or end - begin >= 10


def test_units_that_stay_on_through_the_range_are_the_usual_choice():
    ran = run(class_network(), tokens(text_of(0)))
    quotes = index_of(ran).on(np.arange(ran.timesteps))[:, 3]
    first = int(np.flatnonzero(quotes)[3])
    found = find(ran, (first, first + 3))
    assert found.chosen == "on"
    assert 3 in found.units
    assert 4 not in found.units  # never changes
    best = find(ran, (first, first + 3), [3], measure="exact", most=10_000)
    inside = {int(t) + k for t in best.timesteps for k in range(3)}
    assert inside <= set(np.flatnonzero(quotes))
    found = find(ran, (0, ran.timesteps // 2))
    assert found.chosen == "all"


def test_more_rows_than_are_compared_everywhere_still_find_what_was_planted():
    ran, starts = repeated(3, length=60, times=5)
    found = find(ran, (starts[1], starts[1] + 60))
    assert found.thinned
    assert set(found.timesteps[:4]) == set(np.delete(starts, 1))
    assert found.scores[:4] == pytest.approx(1.0)


def test_a_table_names_the_units_that_agree():
    ran, starts = repeated(0)
    table = rnnviz.find(ran, slice(int(starts[0]), int(starts[0]) + 20), [2, 5]).to_frame()
    assert table["end"].tolist() == (table["timestep"] + 20).tolist()
    assert table["units"][0] == "2 5"
    assert table["agreeing"][0] == 2


def test_an_index_from_a_file_finds_patterns(tmp_path):
    ran, starts = repeated(0)
    index_of(ran).save(tmp_path / "index.npz")
    index = open_index(tmp_path / "index.npz")
    found = find(index, (starts[0], starts[0] + 20), measure="exact")
    assert set(found.timesteps) == set(starts[1:])
    with pytest.raises(ValueError, match="patterns only"):
        find(index, (0, 20), measure="cosine")


def test_degenerate_runs_have_moments_without_meaning():
    same = find(index_states(np.ones((50, 4))), (10, 15))
    assert same.chosen == "all"
    assert same.usual == 1.0
    assert (same.scores == 1).all()
    whole = find(index_states(np.random.default_rng(0).normal(size=(50, 4))), (0, 50))
    assert len(whole) == 0
    assert len(whole.to_frame()) == 0
    zero = find(index_states(np.zeros((20, 2))), (0, 4), measure="cosine")
    assert (zero.scores == -1).all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"range": (5, 5)}, "timesteps in a row"),
        ({"range": (-1, 5)}, "timesteps in a row"),
        ({"range": (0, 101)}, "from 0 to 100"),
        ({"range": range(0, 10, 2)}, "in a row"),
        ({"range": (0, 5), "units": [4]}, "from 0 to 3"),
        ({"range": (0, 5), "units": []}, "from 0 to 3"),
        ({"range": (0, 5), "measure": "like"}, "pattern, exact, cosine, range"),
        ({"range": (0, 5), "trial": 1}, "trials 0 to 0"),
        ({"range": (0, 5), "most": 0}, "at least one"),
    ],
)
def test_what_cannot_be_asked_is_told(arguments, sentence):
    index = index_states(np.random.default_rng(0).normal(size=(100, 4)))
    with pytest.raises(ValueError, match=sentence):
        find(index, **arguments)


def test_a_range_lies_in_the_trial_that_is_named():
    random = np.random.default_rng(8)
    values = random.normal(size=(4, 50, 3))
    values[3, 20:30] = values[1, 5:15]
    cell = SimpleRNN(random.normal(size=(3, 8)), np.zeros((8, 8)), np.zeros(8))
    found = find(run(Network((Layer(cell),)), Inputs(values)), (5, 15), trial=1, measure="exact")
    assert found.trials.tolist() == [3]
    assert found.timesteps.tolist() == [20]
