import numpy as np
import pytest

from rnnviz.analysis import linearisation as linearisation_module
from rnnviz.analysis.linearisation import _Dense, finite_timesteps, linearise
from rnnviz.engine import GRU, LSTM, unroll
from tests.analysis.networks import autonomous, dense_jacobians, driven, gated, orthogonal, run

TRACES = {
    "tanh": lambda: driven(),
    "relu": lambda: driven(activation="relu"),
    "sigmoid": lambda: driven(activation="sigmoid"),
    "linear": lambda: driven(activation="linear"),
    "LSTM": lambda: gated(LSTM),
    "LSTM with other activations": lambda: gated(
        LSTM, activation="sigmoid", recurrent_activation="tanh"
    ),
    "GRU": lambda: gated(GRU),
    "GRU, reset before": lambda: gated(GRU, reset_after=False),
}


@pytest.fixture(params=TRACES)
def trace(request):
    return TRACES[request.param]()


def test_push_and_pull_are_the_jacobian_of_the_layer(trace):
    jacobians, size = dense_jacobians(trace), trace.layer.state_size
    rows = np.random.default_rng(1).normal(size=(3, size))
    for linearisation in (linearise(trace), _Dense(trace)):
        for timestep, jacobian in enumerate(jacobians):
            np.testing.assert_allclose(
                linearisation.push(timestep, rows), rows @ jacobian.T, rtol=1e-13, atol=1e-15
            )
            np.testing.assert_allclose(
                linearisation.pull(timestep, rows), rows @ jacobian, rtol=1e-13, atol=1e-15
            )


def test_both_ways_pull_inputs_alike(trace):
    gradients = np.random.default_rng(2).normal(size=(4, 2, trace.layer.state_size))
    one, other = (way.pull_inputs(3, gradients) for way in (linearise(trace), _Dense(trace)))
    assert one.shape == (4, 2, 3)
    np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-15)


def test_pull_is_the_transpose_of_push(trace):
    linearisation, random = linearise(trace), np.random.default_rng(3)
    change, gradient = random.normal(size=(2, 1, trace.layer.state_size))
    forwards = linearisation.push(5, change) @ gradient.T
    np.testing.assert_allclose(forwards, change @ linearisation.pull(5, gradient).T, rtol=1e-12)


def test_only_the_same_jacobian_throughout_is_constant():
    matrix = orthogonal(4)
    still = run(autonomous(matrix), 5)
    for way in (linearise(still), _Dense(still)):
        np.testing.assert_array_equal(way.constant(5), matrix.T)
        assert way.constant(1) is None
    moving = run(autonomous(matrix), 5, np.ones(4))
    for way in (linearise(moving), _Dense(moving)):
        assert way.constant(5) is None


@pytest.mark.parametrize("cell", [LSTM, GRU])
def test_gated_cells_push_as_a_small_difference_moves(cell):
    """Central differences of the layer's own step."""
    trace = gated(cell)
    change = np.random.default_rng(4).normal(size=(1, trace.layer.state_size))
    projected = trace.layer.project(trace.inputs)
    pushed = linearise(trace).push(3, change)
    steps = [
        trace.layer.step(projected[3], trace.full_states[2] + sign * 1e-6 * change[0])
        for sign in (1, -1)
    ]
    np.testing.assert_allclose(pushed[0], (steps[0] - steps[1]) / 2e-6, rtol=1e-6, atol=1e-9)


def test_blocks_of_steps_join(monkeypatch):
    trace = gated(LSTM, steps=30)
    whole = linearise(trace)
    monkeypatch.setattr(linearisation_module, "_CHUNK_NUMBERS", 4 * 10 * 7)
    parts = linearise(trace)
    assert parts.block_steps == 7
    rows = np.random.default_rng(5).normal(size=(30, 2, 10))
    np.testing.assert_array_equal(parts.pull_inputs(0, rows), whole.pull_inputs(0, rows))
    for timestep in (29, 14, 13, 0):
        np.testing.assert_array_equal(parts.pull(timestep, rows[0]), whole.pull(timestep, rows[0]))


def test_a_batch_is_refused():
    trace = driven()
    with pytest.raises(ValueError, match="one sequence"):
        linearise(unroll(trace.layer, trace.inputs[None]))


def test_finite_timesteps_end_where_the_run_overflows():
    trace = run(autonomous(1e200 * np.eye(2), "linear"), 5, np.ones(2))
    assert finite_timesteps(trace) == 1
    assert finite_timesteps(driven()) == 12
