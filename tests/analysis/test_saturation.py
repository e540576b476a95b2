"""Saturation measured piece by piece is that of the whole."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.saturation import SATURATED_FROM, saturation
from rnnviz.engine import SimpleRNN, unroll

EXPERIMENTS = (
    Experiment(),
    Experiment(timesteps=3001, units=70, weight_scale=0.02),
    Experiment(timesteps=700, units=200, weight_scale=0.05, dtype="float32"),
    Experiment(activation="sigmoid", timesteps=1500, units=64),
    Experiment(activation="relu", timesteps=600, weight_scale=0.02),
    Experiment(activation="relu", timesteps=500, weight_scale=5.0),
    Experiment(timesteps=1, units=1),
)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.to_query()[:80])
def test_every_number_is_that_of_a_plain_pass(experiment):
    trace = simulate(experiment).layers[0].trace
    states, (low, high) = trace.states, trace.layer.state_range
    found = saturation(trace)
    assert found.bounded == np.isfinite(high - low)
    near = exact = np.zeros(states.shape, dtype=bool)
    if found.bounded:
        way = np.abs(states - states.dtype.type((low + high) / 2))
        near, exact = way > SATURATED_FROM * (high - low) / 2, way == (high - low) / 2
    assert found.share == near.mean()
    assert found.share_exact == exact.mean()
    assert np.array_equal(found.share_by_step, near.mean(axis=1))
    with np.errstate(invalid="ignore", over="ignore"):
        plain = states.mean(axis=1, dtype=np.float64)
    assert np.array_equal(found.mean_by_step, plain, equal_nan=True)
    finite = states[np.isfinite(states)]
    assert np.array_equal([found.lowest, found.highest], [finite.min(), finite.max()])
    from_on = next((t for t in range(len(states)) if exact[t:].all()), None)
    assert found.exact_from == from_on
    assert found.zero == (not states.any())


def test_a_run_measures_itself_once():
    layer = simulate(Experiment()).layers[0]
    assert saturation(layer.trace) is saturation(layer.trace)
    assert not saturation(layer.trace).share_by_step.flags.writeable


def test_a_sigmoid_near_0_is_not_exactly_0():
    """1e-20 − ½ rounds to −½: what is not 0 was counted as exactly at the end."""
    layer = SimpleRNN(np.array([[-40.0, -800.0, 800.0]]), np.zeros((3, 3)), np.zeros(3), "sigmoid")
    result = saturation(unroll(layer, np.ones((4, 1))))
    assert result.share == 1
    assert result.share_exact == pytest.approx(2 / 3)
    assert result.exact_from is None
