import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.analysis.trajectory import projection
from tests.analysis.networks import autonomous, driven, lecture, run


@pytest.mark.parametrize("shape", [(40, 7), (5, 9), (20_000, 40), (2, 1), (30, 30)])
def test_agrees_with_the_full_svd(shape):
    random = np.random.default_rng(1)
    states = random.normal(size=shape) @ np.diag(np.geomspace(1, 1e-4, shape[1])) + 3
    result = projection(states)
    centred = states - states.mean(axis=0)
    left, lengths, right = np.linalg.svd(centred, full_matrices=False)
    kept = len(result.directions)
    np.testing.assert_allclose(
        result.deviations, lengths / np.sqrt(len(states) - 1), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        np.abs(result.coordinates), np.abs((left * lengths)[:, :kept]), rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(np.abs(result.directions @ right[:kept].T), np.eye(kept), atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(steps=st.integers(2, 60), units=st.integers(1, 20), seed=st.integers(0, 1000))
def test_shares_and_variances_add_up(steps, units, seed):
    states = np.tanh(np.random.default_rng(seed).normal(size=(steps, units)))
    result = projection(states, components=units)
    assert result.explained.sum() == pytest.approx(1)
    assert (np.diff(result.explained) <= 1e-12).all()
    total = states.var(axis=0, ddof=1).sum()
    assert (result.deviations**2).sum() == pytest.approx(total, rel=1e-9)
    directions = result.directions
    np.testing.assert_allclose(directions @ directions.T, np.eye(len(directions)), atol=1e-10)
    back = result.coordinates @ directions + result.mean
    if len(directions) == units:
        np.testing.assert_allclose(back, states, atol=1e-10)
    np.testing.assert_allclose(result.project(states), result.coordinates, atol=1e-10)
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], 1)
    assert (largest > 0).all()


def test_no_spread_has_no_direction():
    for value in (0.0, 0.1, 1.0):
        result = projection(np.full((50, 6), value))
        assert not result.has_spread
        assert not result.explained.any()
        assert result.dimension == 0
        np.testing.assert_allclose(result.coordinates, 0, atol=1e-14)
        assert result.verdict.key == "verdict.trajectory.still"


def test_the_lecture_moves_once_and_never_again():
    result = projection(lecture().states)
    assert result.settled_at == 1
    assert result.verdict.key == "verdict.trajectory.settled"
    assert result.verdict.values["step"] == 2
    assert result.verdict.values["longest"] < 1e-3
    without_the_first = projection(lecture().states[1:])
    assert not without_the_first.has_spread


@pytest.mark.parametrize(("used", "kind"), [(1, "line"), (2, "plane"), (5, "space")])
def test_dimension_counts_the_directions_in_use(used, kind):
    states = np.random.default_rng(0).normal(size=(2000, used)) @ np.eye(used, 8)
    result = projection(states)
    assert result.dimension == pytest.approx(used, rel=0.02)
    assert result.verdict.key == f"verdict.trajectory.{kind}"


def test_huge_and_diverged_states_warn_of_nothing():
    trace = run(autonomous(1e60 * np.eye(3), "linear"), 9, np.array([1.0, 2.0, 3.0]))
    result = projection(trace.states)
    assert trace.diverged_at == 5
    assert result.diverged_at == len(result.coordinates) == 4  # 3e300 has no square
    assert result.explained[0] == pytest.approx(1)
    nothing = projection(np.full((4, 2), np.nan))
    assert nothing.verdict.key == "verdict.trajectory.diverged"


def test_single_steps_units_and_precision():
    assert not projection(np.ones((1, 5))).has_spread
    assert projection(np.ones((1, 5))).verdict.key == "verdict.trajectory.single"
    assert projection(np.arange(5.0)[:, None]).coordinates.shape == (5, 1)
    single = projection(driven(steps=40).states.astype(np.float32))
    double = projection(driven(steps=40).states)
    np.testing.assert_allclose(single.deviations, double.deviations, rtol=1e-4)


def test_progress_is_reported_and_can_stop():
    seen = []
    projection(np.random.default_rng(0).normal(size=(30_000, 60)), progress=seen.append)
    assert len(seen) > 2
    assert seen[-1] == 1
