"""All trials together: the pooled directions, mean and spread by label."""

import numpy as np
import pytest

from rnnviz import Inputs, Layer, Network, run
from rnnviz.analysis.trials import trials
from rnnviz.engine import SimpleRNN


def several(labels=("a", "b", "a", "b", "a"), scale=0.4, lengths=()):
    rng = np.random.default_rng(1)
    cell = SimpleRNN(
        rng.normal(size=(2, 5)) * scale, rng.normal(size=(5, 5)) * scale, rng.normal(size=5) * scale
    )
    values = rng.normal(size=(len(labels), 9, 2))
    for row, label in zip(values, labels, strict=True):
        row += 2.0 if label == "b" else -2.0
    whole = run(Network((Layer(cell),)), Inputs(values, lengths=lengths, labels=labels))
    return whole, trials([one.layers[0].trace for one in whole.each_trial()], labels)


def test_the_directions_are_those_of_all_states_by_numpys_own_eigenvectors():
    whole, found = several()
    states = whole.states.reshape(-1, 5)
    values, vectors = np.linalg.eigh(np.cov(states.T))
    for k in range(3):
        overlap = abs(vectors[:, -1 - k] @ found.projection.directions[k])
        assert overlap == pytest.approx(1, abs=1e-9)
        pooled = np.concatenate([path[:, k] for path in found.coordinates])
        assert pooled.var(ddof=1) == pytest.approx(values[-1 - k], rel=1e-9)


def test_mean_and_spread_are_numpys():
    _, found = several()
    mine = np.stack(
        [
            path[:, 0]
            for path, one in zip(found.coordinates, found.labels, strict=True)
            if one == "a"
        ]
    )
    mean, spread = found.mean_and_spread("a", 0)
    np.testing.assert_allclose(mean, mine.mean(axis=0))
    np.testing.assert_allclose(spread, mine.std(axis=0, ddof=1))


def test_trials_of_several_lengths_count_where_they_are():
    _, found = several(lengths=(9, 3, 4, 9, 9))
    assert [len(path) for path in found.coordinates] == [9, 3, 4, 9, 9]
    mean, _ = found.mean_and_spread("b", 0)
    np.testing.assert_allclose(mean[5:], found.coordinates[3][5:, 0])


def test_labels_that_part_the_states_separate_and_shuffled_ones_do_not():
    _, found = several(labels=("a", "b") * 20)
    assert found.separation > 0.5
    rng = np.random.default_rng(0)
    _, other = several(labels=("a", "b") * 20)
    shuffled = trials_with(other, rng.permutation(other.labels))
    assert shuffled.separation < 0.2
    assert found.verdict.key == "verdict.trials.labels"


def trials_with(found, labels):
    from dataclasses import replace

    return replace(found, labels=tuple(labels))


def test_nothing_that_moves_and_one_group():
    _, still = several(scale=0.0)
    assert still.verdict.key == "verdict.trials.still"
    assert np.isnan(still.separation)
    _, plain = several(labels=("", "", ""))
    assert plain.verdict.key == "verdict.trials.paths"
    with pytest.raises(ValueError, match="no trial"):
        trials([])
    whole, _ = several()
    with pytest.raises(ValueError, match="2 labels for 5 trials"):
        trials([one.layers[0].trace for one in whole.each_trial()], ("a", "b"))


def test_the_frame_has_a_row_a_timestep():
    _, found = several()
    assert len(found.to_frame()) == 5 * 9


def test_the_view_draws_every_trial():
    from rnnviz.spec.perspective import Perspective
    from rnnviz.views._plot.style import Style
    from rnnviz.views.registry import view

    whole, _ = several()
    chosen = view("trials")
    assert chosen.is_offered(whole.trial(2))
    assert not chosen.is_offered(run(whole.network, whole.data.values[0]))
    figure = chosen.draw(chosen.analyse(whole.trial(1), Perspective()), Style())
    paths = [one for one in figure.data if one.xaxis is None and one.name in ("a", "b")]
    assert sum(sum(x is None for x in one.x) for one in paths) == 5


def test_separation_is_that_of_the_whole_states():
    """It was that of three directions, and said to be "of the variance of the last states"."""
    whole, found = several(labels=("a", "b", "c") * 8)
    ends, labels = whole.states[:, -1], np.array(found.labels)
    inside = sum(((ends[labels == one] - ends[labels == one].mean(axis=0)) ** 2).sum()
                 for one in "abc")  # fmt: skip
    total = ((ends - ends.mean(axis=0)) ** 2).sum()
    assert found.separation == pytest.approx(1 - inside / total, rel=1e-12)
    kept = np.stack([path[-1] for path in found.coordinates])
    lost = 1 - ((kept - kept.mean(axis=0)) ** 2).sum() / total
    assert lost > 1e-3  # what the three directions do not hold
