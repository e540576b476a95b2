"""The leaky integrator against its equation written out, and against what is known of it."""

import numpy as np
import pytest

from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.engine import ACTIVATIONS, CELLS, SimpleRNN, unroll
from tests.engine.plain_loops import FUNCTIONS

LeakyRNN = CELLS["LeakyRNN"]


def arrays(seed=0, features=3, units=5, scale=0.6):
    random = np.random.default_rng(seed)
    shapes = (features, units), (units, units), (units,)
    return [random.normal(0, scale, shape) for shape in shapes]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("leak_rate", [0.0, 0.1, 0.5, 1.0])
def test_the_equation_number_by_number(activation, leak_rate):
    K, R, b = arrays()
    inputs = np.random.default_rng(1).normal(size=(20, 3))
    h, expected = np.full(5, 0.2), []
    for x in inputs:
        sums = [sum(x[i] * K[i, u] for i in range(3)) + sum(h[v] * R[v, u] for v in range(5)) + b[u]
                for u in range(5)]  # fmt: skip
        h = h - leak_rate * h + leak_rate * FUNCTIONS[activation](np.array(sums))
        expected.append(h)
    trace = unroll(LeakyRNN(K, R, b, activation, leak_rate), inputs, np.full(5, 0.2))
    scale = max(1, np.abs(expected).max())
    np.testing.assert_allclose(trace.states, expected, rtol=0, atol=1e-12 * scale)


def test_a_leak_rate_of_one_is_a_simple_rnn_to_the_last_bit():
    inputs = np.random.default_rng(1).normal(size=(50, 3))
    leaky = unroll(LeakyRNN(*arrays(), leak_rate=1.0), inputs)
    assert leaky.states.tobytes() == unroll(SimpleRNN(*arrays()), inputs).states.tobytes()


def test_without_a_leak_nothing_ever_changes():
    start = np.linspace(-1, 1, 5)
    states = unroll(LeakyRNN(*arrays(), leak_rate=0.0), np.ones((30, 3)), start).states
    assert (states == start).all()


def test_exponents_of_a_linear_one_are_those_of_its_eigenvalues():
    """λ_i = ln|1 − a + a·eig_i(R)| for act(z) = z."""
    K, R, b = arrays(scale=0.4)
    cell = LeakyRNN(K, R, b, "linear", 0.3)
    trace = unroll(cell, np.random.default_rng(1).normal(size=(4000, 3)))
    expected = np.sort(np.log(np.abs(0.7 + 0.3 * np.linalg.eigvals(R))))[::-1]
    np.testing.assert_allclose(lyapunov(trace).exponents, expected, atol=2e-3)


def test_halving_the_step_halves_the_error_of_eulers_method():
    """It solves τ·dh/dt = −h + tanh(h·R + b) to first order in dt = a·τ."""
    K, R, b = arrays(scale=0.8)

    def end(steps):
        cell = LeakyRNN(K, R, b, leak_rate=2.0 / steps)
        return unroll(cell, np.zeros((steps, 3)), np.full(5, 0.5)).states[-1]

    exact = end(2**16)
    errors = [np.abs(end(steps) - exact).max() for steps in (64, 128, 256)]
    assert errors[0] > 1e-5
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 2.0, rtol=0.05)


@pytest.mark.parametrize("leak_rate", [-0.1, 1.1, np.nan])
def test_a_leak_rate_that_is_no_share_is_refused(leak_rate):
    with pytest.raises(ValueError, match="leak_rate must be from 0 to 1"):
        LeakyRNN(*arrays(), leak_rate=leak_rate)
