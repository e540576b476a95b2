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


def pull(linearisation, timestep, gradients):
    out = np.empty_like(gradients)
    through = np.empty((len(gradients), linearisation.through_size))
    linearisation.pull(timestep, gradients, out, through)
    return out, through


def test_push_and_pull_are_the_jacobian_of_the_layer(trace):
    jacobians, size = dense_jacobians(trace), trace.layer.state_size
    rows = np.random.default_rng(1).normal(size=(3, size))
    for linearisation in (linearise(trace), _Dense(trace)):
        for timestep, jacobian in enumerate(jacobians):
            np.testing.assert_allclose(
                linearisation.push(timestep, rows), rows @ jacobian.T, rtol=1e-13, atol=1e-15
            )
            pulled, _ = pull(linearisation, timestep, rows)
            np.testing.assert_allclose(pulled, rows @ jacobian, rtol=1e-13, atol=1e-15)


def test_pulled_inputs_are_those_of_the_layers_input_jacobian(trace):
    gradients = np.random.default_rng(2).normal(size=(4, 2, trace.layer.state_size))
    before = np.concatenate([trace.initial_state[None], trace.full_states])[3:7]
    projected = trace.layer.project(trace.inputs)[3:7]
    known = gradients @ trace.layer.input_jacobian(projected, before)
    for way in (linearise(trace), _Dense(trace)):
        through = np.stack([pull(way, 3 + step, rows)[1] for step, rows in enumerate(gradients)])
        np.testing.assert_allclose(way.pull_inputs(3, through), known, rtol=1e-13, atol=1e-15)


def test_pull_is_the_transpose_of_push(trace):
    linearisation, random = linearise(trace), np.random.default_rng(3)
    change, gradient = random.normal(size=(2, 1, trace.layer.state_size))
    forwards = linearisation.push(5, change) @ gradient.T
    pulled, _ = pull(linearisation, 5, gradient)
    np.testing.assert_allclose(forwards, change @ pulled.T, rtol=1e-12)


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
    rows = np.random.default_rng(5).normal(size=(2, 10))
    for timestep in (29, 14, 13, 0):
        for one, other in zip(
            pull(parts, timestep, rows), pull(whole, timestep, rows), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_a_batch_is_refused():
    trace = driven()
    with pytest.raises(ValueError, match="One sequence"):
        linearise(unroll(trace.layer, trace.inputs[None]))


def test_finite_timesteps_end_where_the_run_overflows():
    trace = run(autonomous(1e200 * np.eye(2), "linear"), 5, np.ones(2))
    assert finite_timesteps(trace) == 1
    assert finite_timesteps(driven()) == 12
