import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.engine import LSTM, unroll
from tests.engine.cells.random_cells import random_cell
from tests.engine.plain_loops import lstm as plain_lstm


def lstm_of(units=2, features=1, **biases):
    """Weights of zero; the bias of each gate as given."""
    bias = np.concatenate([np.full(units, biases.get(gate, 0.0)) for gate in "ifco"])
    return LSTM(np.zeros((features, 4 * units)), np.zeros((units, 4 * units)), bias)


def test_what_the_layer_tells_of_itself():
    cell = random_cell("LSTM", features=32, units=32)
    assert cell.parameter_count == 4 * 32 * (32 + 32 + 1) == 8320
    assert cell.state_size == 64
    assert cell.state_names == ("h", "c")
    assert cell.gate_names == ("i", "f", "c", "o")
    assert cell.gate_count() == 4
    assert cell.state_range == (-1.0, 1.0)


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    timesteps=st.integers(1, 8),
    features=st.integers(1, 4),
    units=st.integers(1, 5),
)
def test_against_the_plain_loop(seed, timesteps, features, units):
    cell = random_cell("LSTM", seed, features, units, scale=1.0)
    generator = np.random.default_rng(seed)
    inputs, initial = generator.normal(size=(timesteps, features)), generator.normal(size=2 * units)
    trace = unroll(cell, inputs, initial)
    h, c = plain_lstm(
        cell.kernel, cell.recurrent_kernel, cell.bias, inputs, initial[:units], initial[units:]
    )
    np.testing.assert_allclose(trace.states, h, rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace.cell_states, c, rtol=0, atol=1e-12)


def test_gates_explain_the_states():
    cell = random_cell("LSTM")
    trace = unroll(cell, np.random.default_rng(1).normal(size=(20, 3)), np.full(8, 0.3))
    i, f, g, o = (trace.gates[name] for name in "ifco")
    before = np.concatenate([np.full((1, 4), 0.3), trace.cell_states[:-1]])
    np.testing.assert_allclose(trace.cell_states, f * before + i * g, atol=1e-14)
    np.testing.assert_allclose(trace.states, o * np.tanh(trace.cell_states), atol=1e-14)
    assert trace.preactivations.shape == (20, 16)
    hidden = np.concatenate([np.full((1, 4), 0.3), trace.states[:-1]])
    expected = cell.project(trace.inputs) + hidden @ cell.recurrent_kernel
    np.testing.assert_allclose(trace.preactivations, expected, atol=1e-14)


def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell_for_ever():
    trace = unroll(lstm_of(i=-1000, f=1000), np.ones((500, 1)), [0, 0, 0.7, -2.5])
    np.testing.assert_array_equal(trace.cell_states, np.tile([0.7, -2.5], (500, 1)))
    jacobian = trace.layer.jacobian(trace.preactivations[0], trace.full_states[0])
    np.testing.assert_array_equal(jacobian[2:, 2:], np.eye(2))


def test_open_gates_count_the_timesteps():
    trace = unroll(lstm_of(i=1000, f=1000, c=1000, o=1000), np.ones((10, 1)))
    np.testing.assert_array_equal(trace.cell_states[:, 0], np.arange(1, 11))
    np.testing.assert_allclose(trace.states[:, 0], np.tanh(np.arange(1, 11)), rtol=1e-15)


def test_a_half_open_forget_gate_forgets_like_a_power_of_two():
    trace = unroll(lstm_of(i=-1000), np.ones((20, 1)), [0, 0, 1, 1])
    np.testing.assert_allclose(trace.cell_states[:, 0], 0.5 ** np.arange(1, 21), rtol=1e-12)


def test_initial_state_has_both_parts():
    with pytest.raises(ValueError, match=r"initial_state has shape \(2,\), but \(4,\) is needed"):
        unroll(lstm_of(), np.ones((3, 1)), np.zeros(2))
