"""A gated step taken apart: the numbers are those of plain scalar arithmetic, and the run's."""

import math

import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.gated_step import can_be_taken_apart, gated_step

PLAIN = {
    "input_features": 3,
    "timesteps": 6,
    "units": 4,
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "random_uniform",
    "signal": "normal",
}


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def sum_of(layer, trace, t, column, state):
    """x·W and state·U of one column, as sums of Python floats."""
    x = trace.inputs[t].tolist()
    into = sum(a * b for a, b in zip(x, layer.kernel[:, column].tolist(), strict=True))
    back = sum(
        a * b for a, b in zip(state, layer.recurrent_kernel[:, column].tolist(), strict=True)
    )
    return into, back


@pytest.mark.parametrize("t", [0, 3])
def test_an_lstm_by_hand(t):
    trace = simulate(Experiment(cell="LSTM", **PLAIN)).layers[0].trace
    layer, u, n = trace.layer, 2, 4
    h = trace.states[t - 1].tolist() if t else [0.0] * n
    c = float(trace.cell_states[t - 1, u]) if t else 0.0
    z = []
    for block in range(4):
        column = block * n + u
        into, back = sum_of(layer, trace, t, column, h)
        z.append((into, float(layer.bias[column]), back))
    i, f, g, o = (sigmoid(sum(z[0])), sigmoid(sum(z[1])), math.tanh(sum(z[2])), sigmoid(sum(z[3])))
    step = gated_step(trace, t, u)
    assert [gate.name for gate in step.gates] == ["i", "f", "g", "o"]
    for gate, terms, value in zip(step.gates, z, (i, f, g, o), strict=True):
        assert (gate.from_input, gate.bias, gate.from_state) == pytest.approx(terms, abs=1e-14)
        assert gate.value == pytest.approx(value, abs=1e-14)
    memory, hidden = step.sums
    assert memory.value == pytest.approx(f * c + i * g, abs=1e-14)
    assert hidden.value == pytest.approx(o * math.tanh(f * c + i * g), abs=1e-14)
    assert step.difference <= 1e-15
    assert memory.value == pytest.approx(trace.cell_states[t, u], abs=1e-15)


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("t", [0, 4])
def test_a_gru_by_hand(t, reset_after):
    trace = simulate(Experiment(cell="GRU", reset_after=reset_after, **PLAIN)).layers[0].trace
    layer, u, n = trace.layer, 1, 4
    h = trace.states[t - 1].tolist() if t else [0.0] * n
    bias, again = layer.bias if reset_after else (layer.bias, [0.0] * 12)
    value = {}
    for name, block in (("z", 0), ("r", 1)):
        column = block * n + u
        value[name] = sigmoid(
            sum(sum_of(layer, trace, t, column, h)) + bias[column] + again[column]
        )
    r_all = [float(r) for r in trace.gates["r"][t]]
    column = 2 * n + u
    state = h if reset_after else [r * one for r, one in zip(r_all, h, strict=True)]
    into, back = sum_of(layer, trace, t, column, state)
    if reset_after:
        back = value["r"] * (back + again[column])
    new = math.tanh(into + bias[column] + back)
    step = gated_step(trace, t, u)
    assert [gate.name for gate in step.gates] == ["z", "r", "g"]
    assert step.gates[2].from_state == pytest.approx(back, abs=1e-14)
    (whole,) = step.sums
    assert whole.value == pytest.approx(value["z"] * h[u] + (1 - value["z"]) * new, abs=1e-14)
    assert step.difference <= 1e-15


def test_other_cells():
    run = simulate(Experiment(cell="MinGRU", **PLAIN))
    assert gated_step(run.layers[0].trace, 2, 0).difference <= 1e-15
    for cell in ("SimpleRNN", "LeakyRNN"):
        trace = simulate(Experiment(cell=cell, **PLAIN)).layers[0].trace
        assert not can_be_taken_apart(trace)
        with pytest.raises(ValueError, match="does not tell"):
            gated_step(trace, 0, 0)
