import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.engine import GRU, unroll
from tests.engine.cells.random_cells import random_cell
from tests.engine.plain_loops import gru as plain_gru


def gru_of(reset_after=True, units=2, **biases):
    """Weights of zero; the bias of each gate as given."""
    bias = np.concatenate([np.full(units, biases.get(gate, 0.0)) for gate in "zrh"])
    zeros = np.zeros((units, 3 * units))
    return GRU(np.zeros((1, 3 * units)), zeros, bias, reset_after=reset_after)


def test_what_the_layer_tells_of_itself():
    after, before = (random_cell(v, features=32, units=32) for v in ("GRU", "GRU before"))
    assert after.parameter_count == 3 * 32 * (32 + 32 + 2) == 6336
    assert before.parameter_count == 3 * 32 * (32 + 32 + 1) == 6240
    assert after.state_size == 32
    assert after.gate_names == ("z", "r", "h")
    assert after.gate_count() == 3
    assert after.state_range == (-1.0, 1.0)
    assert random_cell("GRU sigmoid").state_range == (0.0, 1.0)


@pytest.mark.parametrize("reset_after", [True, False])
@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    timesteps=st.integers(1, 8),
    features=st.integers(1, 4),
    units=st.integers(1, 5),
)
def test_against_the_plain_loop(reset_after, seed, timesteps, features, units):
    cell = random_cell("GRU" if reset_after else "GRU before", seed, features, units, scale=1.0)
    generator = np.random.default_rng(seed)
    inputs, initial = generator.normal(size=(timesteps, features)), generator.normal(size=units)
    expected = plain_gru(
        cell.kernel, cell.recurrent_kernel, cell.bias, inputs, initial, reset_after
    )
    trace = unroll(cell, inputs, initial)
    np.testing.assert_allclose(trace.states, expected, rtol=0, atol=1e-12)
    assert trace.cell_states is None


@pytest.mark.parametrize("variant", ["GRU", "GRU before", "GRU sigmoid"])
def test_gates_explain_the_states(variant):
    cell = random_cell(variant)
    trace = unroll(cell, np.random.default_rng(1).normal(size=(20, 3)), np.full(4, 0.3))
    z, r, candidate = (trace.gates[name] for name in "zrh")
    before = np.concatenate([np.full((1, 4), 0.3), trace.states[:-1]])
    np.testing.assert_allclose(trace.states, z * before + (1 - z) * candidate, atol=1e-14)
    assert trace.preactivations.shape == (20, 12)
    assert ((z > 0) & (z < 1) & (r > 0) & (r < 1)).all()


@pytest.mark.parametrize("reset_after", [True, False])
def test_an_update_gate_of_one_keeps_the_state_for_ever(reset_after):
    trace = unroll(gru_of(reset_after, z=1000, h=5), np.ones((500, 1)), [0.7, -0.3])
    np.testing.assert_array_equal(trace.states, np.tile([0.7, -0.3], (500, 1)))
    jacobian = trace.layer.jacobian(trace.preactivations[0], trace.states[0])
    np.testing.assert_array_equal(jacobian, np.eye(2))


@pytest.mark.parametrize("reset_after", [True, False])
def test_an_update_gate_of_zero_takes_the_candidate(reset_after):
    trace = unroll(gru_of(reset_after, z=-1000, h=0.5), np.ones((5, 1)), [0.7, -0.3])
    np.testing.assert_array_equal(trace.states, np.full((5, 2), np.tanh(0.5)))


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_half_open_gate_halves_the_distance_to_the_candidate(reset_after):
    trace = unroll(gru_of(reset_after), np.ones((20, 1)), [1.0, -1.0])
    np.testing.assert_allclose(trace.states[:, 0], 0.5 ** np.arange(1, 21), rtol=1e-12)


def test_a_single_bias_is_the_inputs_one():
    one = random_cell("GRU before")
    short = GRU(one.kernel, one.recurrent_kernel, one.bias)
    long = GRU(one.kernel, one.recurrent_kernel, [one.bias, np.zeros(12)])
    inputs = np.random.default_rng(1).normal(size=(9, 3))
    assert short.bias.shape == (2, 12)
    assert not short.bias.flags.writeable
    assert short.parameter_count == long.parameter_count
    np.testing.assert_array_equal(unroll(short, inputs).states, unroll(long, inputs).states)


def test_the_variants_agree_only_where_the_reset_gate_is_open():
    cell = random_cell("GRU before")
    bias = cell.bias.copy()
    bias[4:8] = 1000
    inputs = np.random.default_rng(1).normal(size=(9, 3))
    arrays = cell.kernel, cell.recurrent_kernel, bias
    after, before = (GRU(*arrays, reset_after=choice) for choice in (True, False))
    np.testing.assert_allclose(
        unroll(after, inputs).states, unroll(before, inputs).states, atol=1e-12
    )
    arrays = cell.kernel, cell.recurrent_kernel, cell.bias
    after, before = (GRU(*arrays, reset_after=choice) for choice in (True, False))
    assert np.abs(unroll(after, inputs).states - unroll(before, inputs).states).max() > 1e-3


def test_two_biases_need_reset_after():
    arrays = np.ones((3, 12)), np.ones((4, 12)), np.ones((2, 12))
    with pytest.raises(ValueError, match=r"bias has shape \(2, 12\), but .* need \(12,\)"):
        GRU(*arrays, reset_after=False)
    with pytest.raises(ValueError, match=r"\(3, 12\), but .* need \(2, 12\) or \(12,\)"):
        GRU(arrays[0], arrays[1], np.ones((3, 12)))
