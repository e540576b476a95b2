import numpy as np
import pytest

from rnnviz.analysis.lyapunov import lyapunov
from tests.analysis.networks import (
    autonomous,
    dense_jacobians,
    driven,
    gaussian,
    lecture,
    orthogonal,
    run,
)


@pytest.mark.parametrize("units", [1, 2, 7, 20])
@pytest.mark.parametrize("steps", [1, 30, 150])
def test_determinant_identity_at_every_length(units, steps):
    """Σᵢ log|R_ii| = Σ_t log|det J_t|, whatever the length."""
    trace = driven(units=units, steps=steps, seed=units)
    known = np.linalg.slogdet(dense_jacobians(trace))[1].sum()
    assert lyapunov(trace).log_growth.sum() == pytest.approx(known, rel=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_linear_networks_have_the_logarithms_of_their_eigenvalues(seed):
    """λᵢ = ln|eigᵢ(U)|, complex pairs and all."""
    matrix = gaussian(8, 1.2, seed)
    result = lyapunov(run(autonomous(matrix, "linear"), 60))
    known = np.sort(np.log(np.abs(np.linalg.eigvals(matrix))))[::-1]
    np.testing.assert_allclose(result.exponents, known, atol=1e-9)
    assert result.exact
    assert not result.band.any()


def test_the_qr_sums_reach_the_same_eigenvalues():
    """The general way, without the short cut for a constant Jacobian."""
    rotation, rates = orthogonal(5), np.array([0.6, 0.3, -0.1, -0.5, -1.0])
    trace = run(autonomous(rotation @ np.diag(np.exp(rates)) @ rotation.T, "linear"), 400)
    start, longer = (lyapunov(run(trace.layer, steps)).log_growth for steps in (200, 400))
    np.testing.assert_allclose((longer - start) / 200, rates, atol=1e-9)


def test_orthogonal_networks_have_none_but_zero():
    result = lyapunov(run(autonomous(orthogonal(12), "linear"), 50))
    np.testing.assert_allclose(result.exponents, 0, atol=1e-12)
    np.testing.assert_allclose(result.log_growth, 0, atol=1e-10)
    assert result.verdict.key == "verdict.lyapunov.neutral"


@pytest.mark.parametrize(("gain", "known", "below"), [(1.5, 0.0652, 0.20), (2.0, 0.1547, 0.06)])
def test_mean_field_theory(gain, known, below):
    """λ₁ = ½ ln(g²⟨sech⁴z⟩); a sample at N = 400 lies a few per cent below."""
    found = []
    for seed in range(3):
        layer = autonomous(gaussian(400, gain, seed))
        start = np.random.default_rng(seed).normal(0, 0.5, 400)
        settled = run(layer, 300, start).states[-1]
        result = lyapunov(run(layer, 1500, settled), count=1)
        assert result.verdict.key == "verdict.lyapunov.chaos"
        found.append(result.exponents[0])
    assert (1 - below) * known < np.mean(found) < (1 + below / 2) * known


def test_below_the_transition_all_is_forgotten():
    layer = autonomous(gaussian(200, 0.8))
    result = lyapunov(run(layer, 300, np.full(200, 0.5)), count=2)
    assert result.exponents[0] < -0.05
    assert result.verdict.key == "verdict.lyapunov.forgetting"


def test_the_band_covers_a_longer_run():
    layer = autonomous(gaussian(60, 1.8, seed=2))
    start = run(layer, 300, np.full(60, 0.3)).states[-1]
    short, long = (lyapunov(run(layer, n, start), count=3) for n in (500, 8000))
    assert (np.abs(short.exponents - long.exponents) < 2 * short.band + 1e-3).all()
    assert (long.band < short.band).all()


def test_the_lectures_exponents_are_all_minus_infinity():
    result = lyapunov(lecture())
    assert result.exponents.shape == (64,)
    assert np.isneginf(result.exponents).all()
    assert not result.band.any()
    assert result.converged
    assert result.dimension == 0
    assert result.verdict.key == "verdict.lyapunov.lost"
    assert np.isneginf(result.finite_time[1:]).all()


def test_lost_directions_do_not_spoil_the_others():
    """A unit that is cut off adds one −∞ and changes nothing else."""
    small = gaussian(6, 1.5, seed=3)
    large = np.zeros((7, 7))
    large[:6, :6] = small
    large[6, :6] = 0.7  # it sends, but receives nothing
    start = np.full(6, 0.3)
    known = lyapunov(run(autonomous(small), 400, start)).exponents
    found = lyapunov(run(autonomous(large), 400, np.append(start, 0.0))).exponents
    np.testing.assert_allclose(found[:6], known, atol=0.05)
    assert np.isneginf(found[6])


def test_relu_units_at_rest_are_lost_directions():
    layer = autonomous(0.5 * np.eye(3), "relu", [0.1, 0.1, -1.0])
    result = lyapunov(run(layer, 60))
    np.testing.assert_allclose(result.exponents[:2], np.log(0.5), atol=1e-9)
    assert np.isneginf(result.exponents[2])


def test_fewer_exponents_are_the_leading_ones():
    trace = driven(units=12, steps=400, seed=5)
    few, all_of_them = lyapunov(trace, count=3), lyapunov(trace)
    np.testing.assert_allclose(few.exponents, all_of_them.exponents[:3], atol=0.02)
    assert few.state_size == 12
    assert np.isnan(few.dimension) or few.dimension < 3


def test_kaplan_yorke_dimension():
    rates = np.log([1.5, 1.0, 0.5, 0.2])
    result = lyapunov(run(autonomous(np.diag(np.exp(rates)), "linear"), 20))
    assert result.dimension == pytest.approx(2 + (rates[0] + rates[1]) / -rates[2])
    growing = lyapunov(run(autonomous(2 * np.eye(3), "linear"), 20))
    assert growing.dimension == 3
    assert growing.verdict.key == "verdict.lyapunov.parting"


def test_a_short_run_leaves_it_open():
    result = lyapunov(driven(steps=5))
    assert np.isinf(result.band).all()
    assert not result.converged
    assert result.verdict.key == "verdict.lyapunov.undecided"


def test_diverged_runs_count_as_far_as_they_are_finite():
    trace = run(autonomous(1e100 * np.eye(2), "linear"), 8, np.ones(2))
    result = lyapunov(trace)
    assert result.diverged_at == 3
    np.testing.assert_allclose(result.exponents, np.log(1e100))
    nothing = lyapunov(run(autonomous(1e200 * np.eye(2), "linear"), 3, 1e200 * np.ones(2)))
    assert nothing.exponents.size == 0
    assert nothing.verdict.key == "verdict.lyapunov.diverged"


def test_progress_is_reported_and_can_stop():
    seen = []
    lyapunov(driven(), progress=seen.append)
    assert len(seen) == 12
    assert seen[-1] == 1

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        lyapunov(driven(), progress=stop)
