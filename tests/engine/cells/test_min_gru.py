"""The minimal GRU against its equation written out, and against what is known of it."""

import numpy as np
import pytest

from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.engine import CELLS, unroll

MinGRU = CELLS["MinGRU"]


def cell_of(seed=0, features=3, units=5, scale=1.0):
    random = np.random.default_rng(seed)
    return MinGRU(
        random.normal(0, scale, (features, 2 * units)), random.normal(0, scale, 2 * units)
    )


def trace_of(cell, timesteps=200, seed=1):
    random = np.random.default_rng(seed)
    return unroll(cell, random.normal(size=(timesteps, cell.features)))


def test_the_equation_number_by_number():
    cell = cell_of()
    inputs, h = np.random.default_rng(1).normal(size=(40, 3)), [0.5] * 5
    expected = []
    for x in inputs:
        after = []
        for u in range(5):
            gate = sum(x[i] * cell.kernel[i, u] for i in range(3)) + cell.bias[u]
            new = sum(x[i] * cell.kernel[i, 5 + u] for i in range(3)) + cell.bias[5 + u]
            z = 0.5 * (1 + np.tanh(gate / 2))
            after.append((1 - z) * h[u] + z * new)
        h = after
        expected.append(h)
    states = unroll(cell, inputs, np.full(5, 0.5)).states
    np.testing.assert_allclose(states, expected, rtol=0, atol=1e-12)


def test_it_has_no_recurrent_kernel_and_two_thirds_fewer_kinds_of_weight():
    cell = cell_of(features=7, units=4)
    assert list(cell.arrays) == ["kernel", "bias"]
    assert cell.recurrent_blocks == {}
    assert cell.parameter_count == 2 * 4 * (7 + 1)


def test_every_exponent_is_the_mean_of_the_logarithm_of_what_is_kept():
    trace = trace_of(cell_of(), 3000)
    found = lyapunov(trace, transient=0)
    expected = np.sort(np.log1p(-trace.gates["z"]).mean(axis=0))[::-1]
    # Directions that begin at random turn to the units' axes within a few steps.
    np.testing.assert_allclose(found.exponents, expected, rtol=0, atol=5 / 3000)
    assert found.exponents.sum() == pytest.approx(expected.sum(), abs=1e-9)
    assert (expected < 0).all()


def test_the_gradient_is_the_product_of_what_is_kept():
    trace = trace_of(cell_of(scale=0.5), 30)
    kept = 1 - trace.gates["z"]
    product = np.array([np.prod(kept[t + 1 :], axis=0).max() for t in range(30)])
    np.testing.assert_allclose(gradients(trace).norm, np.log10(product), rtol=0, atol=1e-9)


def test_under_a_held_input_it_rests_where_its_candidate_is():
    cell, held = cell_of(), np.array([0.3, -1.0, 2.0])
    candidate = held @ cell.kernel[:, 5:] + cell.bias[5:]
    found = fixed_points(cell, held)
    assert len(found.points) == 1
    np.testing.assert_allclose(found.points[0], candidate, rtol=0, atol=1e-9)


def test_a_closed_gate_keeps_the_state_to_the_last_bit():
    cell = MinGRU(np.zeros((3, 10)), np.repeat([-1e4, 7.0], 5))
    start = np.linspace(-3, 3, 5)
    assert (unroll(cell, np.ones((50, 3)), start).states == start).all()


@pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 2, 2, 2), (0, 4)])
def test_a_kernel_of_another_shape_is_told(shape):
    with pytest.raises(ValueError, match="kernel has shape"):
        MinGRU(np.ones(shape), np.ones(shape[-1]))
