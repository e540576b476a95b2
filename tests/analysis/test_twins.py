import numpy as np
import pytest

from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.twins import twins
from rnnviz.engine import SimpleRNN, unroll
from tests.analysis.networks import autonomous, driven, gaussian, lecture, orthogonal, run


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.1])
def test_a_scaled_rotation_scales_every_distance(factor):
    result = twins(run(autonomous(factor * orthogonal(5), "linear"), 40, np.ones(5)))
    for nudge, distances in zip(result.nudges, result.distances, strict=True):
        known = nudge * factor ** np.arange(41)
        np.testing.assert_allclose(distances, known, rtol=1e-5, atol=20 * result.floor)
    assert result.rate == pytest.approx(np.log(factor), abs=1e-4)
    kind = {0.5: "forgotten", 1.0: "kept", 1.1: "kept"}[factor]
    assert result.verdict.key == f"verdict.twins.{kind}"


def test_the_rate_of_chaos_is_the_largest_exponent():
    layer = autonomous(gaussian(100, 2.5, seed=1))
    start = run(layer, 300, np.full(100, 0.3)).states[-1]
    trace = run(layer, 200, start)
    result = twins(trace)
    known = lyapunov(run(layer, 3000, start), count=1).exponents[0]
    assert result.rate == pytest.approx(known, rel=0.35)
    assert result.verdict.key == "verdict.twins.apart"
    assert result.distances[-1, -1] > 1  # as far apart as any two states


def test_small_nudges_grow_alike():
    trace = driven(units=10, steps=10)
    big, middle, small = twins(trace).distances
    np.testing.assert_allclose(big / 1e-3, small / 1e-9, rtol=0.02)
    np.testing.assert_allclose(middle / 1e-6, small / 1e-9, rtol=1e-4)


def test_the_lectures_twins_are_equal_to_the_last_digit():
    result = twins(lecture())
    assert result.equal_from == 1
    assert not result.distances[:, 2:].any()
    assert result.rate == -np.inf
    assert result.verdict.key == "verdict.twins.equal"
    assert result.verdict.values["step"] == 2


def test_distances_start_at_the_nudge():
    result = twins(driven(), nudges=[1e-2, 1e-4])
    np.testing.assert_allclose(result.distances[:, 0], [1e-2, 1e-4], rtol=1e-10)


def test_float32_has_nudges_that_it_can_hold():
    trace = driven(gain=0.5)
    weights = (trace.layer.kernel, trace.layer.recurrent_kernel, trace.layer.bias)
    single = unroll(SimpleRNN(*(w.astype(np.float32) for w in weights)), trace.inputs)
    result = twins(single)
    assert result.nudges == (1e-1, 1e-2, 1e-3)
    np.testing.assert_allclose(result.distances[:, 0], result.nudges, rtol=1e-3)


def test_one_step_has_no_rate():
    result = twins(driven(steps=1))
    assert np.isnan(result.rate)
    assert result.distances.shape == (3, 2)


def test_distances_end_where_either_twin_overflows():
    result = twins(run(autonomous(1e100 * np.eye(2), "linear"), 8, np.ones(2)))
    assert result.diverged_at == 3
    assert result.distances.shape == (3, 4)
    assert np.isfinite(result.distances).all()
    at_once = twins(run(autonomous(1e200 * np.eye(2), "linear"), 3, 1e200 * np.ones(2)))
    assert at_once.verdict.key == "verdict.twins.diverged"


def test_progress_is_reported_and_can_stop():
    seen = []
    twins(driven(steps=5000), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        twins(driven(), progress=stop)
