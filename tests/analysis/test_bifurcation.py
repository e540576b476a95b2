import numpy as np
import pytest

from rnnviz.analysis.bifurcation import _Elementwise, _follow, _Stack, bifurcation
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.engine import SimpleRNN
from tests.analysis.networks import autonomous, driven, gaussian, lecture, run


def test_the_pitchfork_of_one_unit():
    """h' = tanh(w·h): λ = ln w up to w = 1; for w = 1.5 and 2 the logarithm of the known slopes."""
    factors = np.array([0.25, 0.5, 0.9, 1.5, 2.0])
    result = bifurcation(autonomous(np.eye(1)), factors, units=(0,))
    known = [*np.log(factors[:3]), np.log(0.39431302550), np.log(0.16637208775)]
    np.testing.assert_allclose(result.exponents, known, atol=1e-9)
    np.testing.assert_allclose(result.visited[:3], 0, atol=1e-9)
    np.testing.assert_allclose(np.abs(result.visited[3]), 0.85855963664, atol=1e-9)
    np.testing.assert_allclose(np.abs(result.visited[4]), 0.95750402408, atol=1e-9)
    assert not result.chaotic.any()
    assert result.verdict.key == "verdict.bifurcation.calm"


def test_a_negative_weight_visits_two_states():
    result = bifurcation(autonomous(-np.eye(1)), [2.0], units=(0,))
    np.testing.assert_allclose(np.unique(result.visited.round(6)), [-0.957504, 0.957504])


def test_chaos_begins_beyond_gain_one():
    """Sompolinsky, Crisanti and Sommers 1988; blurred by the finite size of 100 units."""
    result = bifurcation(autonomous(gaussian(100, 1.0, seed=1)), [0.7, 0.9, 2.0, 3.0])
    assert (result.exponents[:2] < 0).all()
    np.testing.assert_array_equal(result.chaotic, [False, False, True, True])
    assert result.verdict.key == "verdict.bifurcation.chaos"
    assert result.verdict.values["first"] == 2.0


def test_exponents_are_those_of_the_run_at_that_scale():
    layer, factor = autonomous(gaussian(40, 1.0, seed=3)), 2.5
    result = bifurcation(layer, [factor], steps=2000)
    known = lyapunov(
        run(autonomous(factor * layer.recurrent_kernel), 2000, np.full(40, 0.2)), count=1
    )
    both = result.band[0] + known.band[0]
    assert abs(result.exponents[0] - known.exponents[0]) < 2 * both


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_both_ways_of_scaling_agree(activation):
    layer, held = driven(activation=activation).layer, np.array([0.3, -0.2, 0.5])
    factors = np.array([0.1, 0.6, 1.0])
    ends = []
    for way in (_Elementwise, _Stack):
        network = way(layer, factors, held)
        ends.append(_follow(network, np.array([0, 5]), 20, 20, 4, lambda done: None))
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_no_scale_cures_the_lecture():
    trace = lecture()
    result = bifurcation(trace.layer, np.geomspace(1e-3, 10, 41), trace.inputs.mean(axis=0))
    assert (result.exponents < -0.5).all()
    assert np.isneginf(result.exponents[-1])
    assert not result.band[np.isneginf(result.exponents)].any()
    assert result.verdict.key == "verdict.bifurcation.calm"


def test_growth_without_bound_is_no_chaos():
    result = bifurcation(autonomous(np.eye(2), "linear"), [0.5, 1.0, 1.1, 50.0])
    np.testing.assert_array_equal(result.escaping, [False, False, True, True])
    assert np.isnan(result.exponents[3])
    assert np.isnan(result.visited[3]).all()
    assert not result.chaotic.any()
    assert result.verdict.key == "verdict.bifurcation.calm_then_escaping"
    everywhere = bifurcation(autonomous(np.eye(2), "linear"), [2.0, 3.0])
    assert everywhere.verdict.key == "verdict.bifurcation.escaping"


def test_a_relu_network_on_its_way_out_is_not_chaotic():
    trace = lecture()
    layer = SimpleRNN(trace.layer.kernel, trace.layer.recurrent_kernel, trace.layer.bias, "relu")
    result = bifurcation(layer, np.geomspace(0.01, 1, 60), trace.inputs.mean(axis=0))
    assert not result.chaotic.any()
    assert (np.diff(result.escaping.astype(int)) >= 0).all()
    assert result.verdict.values["first"] == pytest.approx(1 / 32, rel=0.1)


def test_zero_weights_lose_everything():
    result = bifurcation(autonomous(np.zeros((3, 3))), [1.0, 2.0], units=(0, 7))
    assert np.isneginf(result.exponents).all()
    assert result.units.tolist() == [0]
    assert result.verdict.key == "verdict.bifurcation.lost"


def test_progress_is_reported_and_can_stop():
    seen = []
    bifurcation(autonomous(np.eye(2)), np.linspace(0.1, 1, 100), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        bifurcation(autonomous(np.eye(2)), [1.0], progress=stop)
