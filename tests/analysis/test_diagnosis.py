"""The diagnosis on a table of known cases, and its numbers against exact ones."""

import math

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import EDGE, KINDS, diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import GRU, LSTM, SimpleRNN, unroll
from tests.analysis.networks import autonomous, gated, gaussian, lecture, orthogonal, run

KERAS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
ZEROS = dict.fromkeys(KERAS, "zeros")
IRNN = {**KERAS, "recurrent_initializer": "identity", "activation": "relu"}

TABLE = [
    # the lecture and its scales
    ("the lecture", {}, "saturated"),
    ("the lecture in float32", {"dtype": "float32"}, "saturated"),
    ("scale 0.1: 99% saturated", {"weight_scale": 0.1}, "saturated"),
    ("scale 0.03: none saturated, nothing kept", {"weight_scale": 0.03}, "contracting"),
    ("scale 0.02: its best, still nothing", {"weight_scale": 0.02}, "contracting"),
    ("scale 0.001: tanh is a straight line", {"weight_scale": 0.001}, "linear"),
    ("one unit of the lecture", {"units": 1}, "saturated"),
    ("one step of the lecture", {"timesteps": 1}, "saturated"),
    ("one unit, one step, one feature", {"units": 1, "timesteps": 1, "input_features": 1}, "brief"),
    ("sigmoid with the lecture's weights", {"activation": "sigmoid"}, "saturated"),
    # nothing at all
    ("weight scale 0", {"weight_scale": 0.0}, "dead"),
    ("zero weights", ZEROS, "dead"),
    ("zero weights, relu, float32", {**ZEROS, "activation": "relu", "dtype": "float32"}, "dead"),
    ("no input and no bias", {**KERAS, "signal": "zeros"}, "dead"),
    ("zero weights, sigmoid: always ½", {**ZEROS, "activation": "sigmoid"}, "contracting"),
    # no ends
    ("linear grows", {"activation": "linear"}, "growing"),
    ("linear grows to overflow", {"activation": "linear", "timesteps": 1000}, "diverged"),
    ("linear in float32", {"activation": "linear", "dtype": "float32"}, "diverged"),
    ("relu grows to overflow", {"activation": "relu", "timesteps": 1000}, "diverged"),
    ("identity U with relu keeps", IRNN, "edge"),
    ("identity U with relu, float32", {**IRNN, "dtype": "float32"}, "edge"),
    ("linear and orthogonal keeps", {**KERAS, "activation": "linear"}, "edge"),
    ("linear, nine tenths", {**KERAS, "activation": "linear", "weight_scale": 0.9}, "linear"),
    ("linear, eleven tenths", {**KERAS, "activation": "linear", "weight_scale": 1.1}, "growing"),
    # zero mean
    ("Keras's weights on the lecture's input", KERAS, "contracting"),
    ("Keras's weights, faint input", {**KERAS, "signal_amplitude": 0.1}, "edge"),
    ("Keras's weights, scale 1.6", {**KERAS, "weight_scale": 1.6}, "edge"),
    ("Keras's weights, scale 5", {**KERAS, "weight_scale": 5.0}, "chaotic"),
    ("Keras's weights, scale 5, too short to tell", {**KERAS, "weight_scale": 5.0,
     "timesteps": 8}, "expanding"),
    ("one step of Keras's weights", {**KERAS, "timesteps": 1}, "brief"),
    ("GRU with Keras's weights", {**KERAS, "cell": "GRU"}, "contracting"),
    ("LSTM with the lecture's weights", {"cell": "LSTM"}, "saturated"),
]  # fmt: skip


def diagnosis_of(experiment):
    trace = simulate(experiment).layers[-1].trace
    return diagnose(trace, saturation(trace))


@pytest.mark.parametrize(
    ("settings", "kind"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_known_cases(settings, kind, seed):
    assert diagnosis_of(Experiment(**settings, seed=seed)).kind == kind


def test_the_table_is_long_enough_and_covers_every_kind():
    assert len(TABLE) >= 20
    assert {kind for *_, kind in TABLE} == set(KINDS)


@pytest.mark.parametrize(
    ("gain", "kind"), [(0.5, "linear"), (1.0, "edge"), (1.5, "chaotic"), (2.0, "chaotic")]
)
def test_the_transition_to_chaos_is_at_gain_one(gain, kind):
    """Mean field for h' = tanh(J h), J ~ N(0, g²/N): chaos from g = 1 on."""
    start = np.random.default_rng(1).normal(0, 0.5, 400)
    trace = run(autonomous(gaussian(400, gain).T), 600, start)
    found = diagnose(trace, saturation(trace))
    assert found.kind == kind
    rates = {1.5: 0.0652, 2.0: 0.1547}
    if gain in rates:
        assert found.rate == pytest.approx(rates[gain], rel=0.25)


def test_two_units_that_flip_are_saturated_at_both_ends():
    trace = run(autonomous(np.diag([-40.0, -40.0])), 20, np.array([0.5, -0.5]))
    result = saturation(trace)
    assert diagnose(trace, result).kind == "saturated"
    assert result.exact_value is None


def test_relu_that_dies_says_when():
    layer = SimpleRNN(np.ones((1, 3)), np.zeros((3, 3)), np.zeros(3), "relu")
    trace = unroll(layer, np.array([[1.0], [2.0], [-1.0], [-1.0], [-3.0]]))
    found = diagnose(trace, saturation(trace))
    assert (found.kind, found.dead_from) == ("dead", 2)


def test_overflow_is_reported_at_its_step_and_all_before_is_there():
    trace = simulate(Experiment(activation="linear", timesteps=1000)).layers[0].trace
    found = diagnose(trace, saturation(trace))
    assert found.kind == "diverged"
    assert np.isfinite(trace.states[: found.diverged_at]).all()
    assert not np.isfinite(trace.states[found.diverged_at]).all()
    assert found.rate == pytest.approx(np.log(31.895), rel=1e-3)


def exact_gradient(trace):
    product = np.eye(trace.layer.state_size)
    projected = trace.layer.project(trace.inputs)
    for t in range(1, trace.timesteps):
        product = trace.layer.jacobian(projected[t], trace.full_states[t - 1]) @ product
    return np.log10(np.linalg.norm(product, 2))


@pytest.mark.parametrize("scale", [0.02, 0.03, 0.05])
def test_the_gradient_of_the_lecture_is_that_of_the_whole_product(scale):
    trace = lecture(scale)
    found = diagnose(trace, saturation(trace))
    assert found.steps == 99
    assert found.gradient == pytest.approx(exact_gradient(trace), abs=1e-6)


def test_the_lecture_at_scales_003_and_002():
    """SCIENCE: ‖∂h_T/∂h_0‖ about 1e-37 and 1e-27."""
    for scale, power in ((0.03, -37), (0.02, -27)):
        trace = lecture(scale)
        assert diagnose(trace, saturation(trace)).gradient == pytest.approx(power, abs=1)


@pytest.mark.parametrize("cell", [LSTM, GRU])
def test_gated_cells_have_a_gradient(cell):
    trace = gated(cell, steps=12)
    found = diagnose(trace, saturation(trace))
    exact = exact_gradient(trace)
    assert exact - 0.01 < found.gradient <= exact + 1e-9


def test_the_gradient_is_never_too_large():
    for seed in range(20):
        random = np.random.default_rng(seed)
        layer = SimpleRNN(
            random.normal(size=(2, 6)), random.normal(0, 0.6, (6, 6)), random.normal(size=6)
        )
        trace = unroll(layer, random.normal(size=(int(random.integers(2, 30)), 2)))
        found = diagnose(trace, saturation(trace))
        assert found.gradient <= exact_gradient(trace) + 1e-9


def test_exactly_zero_is_exactly_zero():
    trace = lecture()
    found = diagnose(trace, saturation(trace))
    assert (found.gradient, found.factor, found.reach) == (-math.inf, 0.0, 0.0)


def test_an_orthogonal_linear_network_keeps_everything():
    trace = run(autonomous(orthogonal(16), "linear"), 50, np.ones(16))
    found = diagnose(trace, saturation(trace))
    assert found.gradient == pytest.approx(0, abs=1e-9)
    assert found.reach > 1e6


def test_reach_is_where_a_thousandth_is_left():
    trace = run(autonomous(0.9 * np.eye(4), "linear"), 60, np.ones(4))
    found = diagnose(trace, saturation(trace))
    assert found.factor == pytest.approx(0.9)
    assert found.factor**found.reach == pytest.approx(1e-3)
    assert abs(found.rate) > EDGE


def test_a_long_wide_run_costs_little(monkeypatch):
    """Only the end of a long run is looked at."""
    trace = simulate(Experiment(timesteps=5000, units=16)).layers[0].trace
    found = diagnose(trace, saturation(trace))
    assert found.steps == 200


PADDED = {
    **{"signal": "text", "text": "hello world", "units": 8, "weight_scale": 0.3},
    "recurrent_initializer": "orthogonal",
}


@pytest.mark.parametrize("cell", ["SimpleRNN", "GRU"])
@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [11, 12, 30, 400])
def test_masked_timesteps_are_no_steps(cell, padding, maxlen):
    plain = Experiment(**PADDED, cell=cell)
    masked = plain.replace(maxlen=maxlen, padding=padding, mask_zero=True)
    alone, found = diagnosis_of(plain), diagnosis_of(masked)
    assert found.steps == alone.steps == 10
    assert (found.kind, found.moving) == (alone.kind, alone.moving)
    assert found.rate == pytest.approx(alone.rate, rel=1e-9)
    if cell == "SimpleRNN":
        trace = simulate(masked).layers[-1].trace
        product = np.eye(8)
        for t in np.flatnonzero(trace.mask if trace.mask is not None else np.ones(11))[1:]:
            slopes = 1 - trace.states[t] ** 2
            product = slopes[:, None] * trace.layer.recurrent_kernel.T @ product
        assert found.gradient == pytest.approx(np.log10(np.linalg.norm(product, 2)), abs=1e-9)


def test_where_one_timestep_is_read_nothing_comes_back_and_where_none_is_nothing_moves():
    one = Experiment(**{**PADDED, "text": "a"}, maxlen=9, mask_zero=True)
    assert (diagnosis_of(one).kind, diagnosis_of(one).steps) == ("brief", 0)
    trace = simulate(one).layers[-1].trace
    none = unroll(trace.layer, trace.inputs, mask=np.zeros(9, bool))
    found = diagnose(none, saturation(none))
    assert (found.kind, found.steps, found.dead_from) == ("dead", 0, 0)
    kept = unroll(trace.layer, trace.inputs, np.full(8, 0.5), mask=np.zeros(9, bool))
    found = diagnose(kept, saturation(kept))
    assert (found.kind, found.steps, found.lowest, found.moving) == ("brief", 0, 0.5, False)
