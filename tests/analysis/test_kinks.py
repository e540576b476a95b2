"""Where a derivative is taken at a kink, the answer names it and what each side does."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.kinks import on_a_kink
from rnnviz.analysis.lenses import single_slope, slope
from rnnviz.analysis.lyapunov import lyapunov
from rnnviz.analysis.registry import analyse
from rnnviz.analysis.spectrum import spectrum
from rnnviz.engine import ACTIVATIONS, GRU, LSTM, unroll
from rnnviz.engine.cells.leaky_rnn import LeakyRNN
from tests.analysis.networks import autonomous, driven, gated, gaussian, run

# Recurrent kernel, activation, bias, and the growth of a difference on the steeper side a step.
# At 0 relu has the slopes 0 and 1; the piecewise linear sigmoids 0 and 1/6 or 1/5 at their ends.
CASES = [
    (2 * np.eye(4), "relu", np.zeros(4), 2.0),
    (0.5 * np.eye(3), "relu", np.zeros(3), 0.5),
    (np.array([[0.0, 3.0], [3.0, 0.0]]), "relu", np.zeros(2), 3.0),
    (np.full((3, 3), 0.5), "relu", np.zeros(3), 1.5),
    (np.eye(2), "relu", np.zeros(2), 1.0),
    (np.diag([3.0, 3.0]), "hard_sigmoid", np.full(2, -3.0), 0.5),
    (np.diag([5.0]), "hard_sigmoid_keras2", np.full(1, -2.5), 1.0),
]


@pytest.mark.parametrize(("kernel", "activation", "bias", "growth"), CASES)
def test_both_sides_are_told(kernel, activation, bias, growth):
    trace = run(autonomous(kernel, activation, bias), 30)
    assert not trace.states.any()  # it stays on the kink
    found = lyapunov(trace)
    assert np.isneginf(found.exponents[0])
    assert found.kinks == 30
    assert found.steeper == pytest.approx(np.log(growth), abs=1e-12)
    assert found.verdict.key == "verdict.lyapunov.kink"
    back = gradients(trace)
    assert np.isneginf(back.norm[0])
    assert back.steeper == pytest.approx(29 * np.log10(growth), abs=1e-9)
    assert back.verdict.key == "verdict.gradients.kink"
    step = spectrum(trace, 7)
    assert step.kinks == len(kernel)
    assert step.steeper_radius == pytest.approx(growth, abs=1e-12)
    assert step.verdict.key == "verdict.spectrum.kink"


@pytest.mark.parametrize(("kernel", "activation", "bias", "growth"), CASES)
def test_the_steeper_side_is_what_a_tiny_start_does(kernel, activation, bias, growth):
    """An independent witness: the plain loop from a tiny positive state."""
    layer, size = autonomous(kernel, activation, bias), 1e-9
    h = np.full(len(kernel), size)
    for _ in range(3):
        h = layer.step(layer.project(np.zeros((1, 1)))[0], h)
    assert np.linalg.norm(h) == pytest.approx(growth**3 * size * np.sqrt(len(kernel)), rel=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "linear", "relu", "softplus"])
def test_off_the_kinks_nothing_is_said(activation):
    trace = driven(activation=activation)
    assert lyapunov(trace).kinks == 0
    assert np.isnan(lyapunov(trace).steeper)
    assert gradients(trace).kinks == 0
    assert spectrum(trace, 3).kinks == 0


@pytest.mark.parametrize("name", [name for name, one in ACTIVATIONS.items() if one.kinks])
def test_every_kink_is_seen_without_being_told(name):
    for kink in ACTIVATIONS[name].kinks:
        layer = autonomous(np.eye(2), name, [kink, kink])
        projected = layer.project(np.zeros((1, 1)))[0]
        assert on_a_kink(layer, projected, np.zeros((1, 2)))[0]
        assert not on_a_kink(layer, projected, np.array([[0.3, 0.2]]))[0]


def test_steep_and_saturated_networks_have_no_kinks():
    random = np.random.default_rng(0)
    for gain in (0.1, 1.0, 30.0, 300.0):
        layer = autonomous(gaussian(64, gain))
        states = random.uniform(-1, 1, (50, 64))
        assert not on_a_kink(layer, np.zeros(64), states).any()
    for seed, (far, factor) in enumerate([(1e2, 1.0), (1e4, 6.0), (1e6, 6.0)]):
        # A cell state may be huge: beside it a hidden state is tiny, and so must a change be.
        layer = gated(LSTM, units=6, seed=seed).layer
        layer = layer.with_arrays(lambda array, factor=factor: factor * array)
        states = random.uniform(-1, 1, (50, 12)) * np.repeat([1.0, far], 6)
        assert not on_a_kink(layer, layer.project(np.zeros((1, layer.features)))[0], states).any()
    layer = gated(GRU, units=6).layer
    projected = layer.project(np.zeros((1, layer.features)))[0]
    assert not on_a_kink(layer, projected, random.uniform(-1, 1, (50, 6))).any()


@pytest.mark.parametrize("cell", ["GRU", "LSTM"])
@pytest.mark.parametrize("units", [12, 40])
def test_gradients_of_gated_cells_are_exact(cell, units):
    """Against the full product of the Jacobians."""
    experiment = Experiment(cell=cell, units=units, timesteps=25)
    experiment = experiment.replace(
        kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal"
    )
    trace = simulate(experiment).layers[0].trace
    found = gradients(trace)
    assert found.exact.all()
    product = np.eye(trace.layer.state_size)[: trace.layer.units]
    before = np.concatenate([trace.initial_state[None], trace.full_states[:-1]])
    jacobians = trace.layer.jacobian(trace.layer.project(trace.inputs), before)
    for timestep in range(24, 0, -1):
        product = product @ jacobians[timestep]
        known = np.log10(np.linalg.norm(product, 2))
        assert found.norm[timestep - 1] == pytest.approx(known, abs=1e-9)


def test_the_irnn_of_gain_two_by_its_link():
    from rnnviz.link import Link

    link = Link.parse(
        "activation=relu&recurrent_initializer=identity&recurrent_gain=2"
        "&bias_initializer=zeros&signal=zeros&units=4"
    )
    whole = simulate(link.source)
    for name in ("fixed_points", "lyapunov", "gradients", "spectrum"):
        assert analyse(whole, name).verdict.key == f"verdict.{name}.kink"


@pytest.mark.parametrize(("kernel", "activation", "bias", "growth"), CASES)
def test_the_slope_lens_names_no_slope_on_a_kink(kernel, activation, bias, growth):
    """Every cell of these runs lies on a kink; what frameworks take there stays with `slope`."""
    trace = run(autonomous(kernel, activation, bias), 6)
    assert np.isnan(single_slope(trace)).all()
    assert not slope(trace).any()


def test_only_the_cells_on_a_kink_have_no_slope():
    """z = 0, 1, −1 of relu; both corners of hard_sigmoid, and just beside them."""
    trace = run(autonomous(np.zeros((3, 3)), "relu", [0.0, 1.0, -1.0]), 1)
    np.testing.assert_array_equal(single_slope(trace), [[np.nan, 1, 0]])
    z = [-3.0, 3.0, 3.0 - 1e-9, 3.0 + 1e-9]
    trace = run(autonomous(np.zeros((4, 4)), "hard_sigmoid", z), 1)
    np.testing.assert_allclose(single_slope(trace), [[np.nan, np.nan, 1 / 6, 0]])
    leaky = LeakyRNN(np.zeros((1, 2)), np.zeros((2, 2)), np.array([0.0, 0.5]), "relu", 0.5)
    np.testing.assert_array_equal(single_slope(unroll(leaky, np.zeros((1, 1)))), [[np.nan, 1]])
    smooth = driven(activation="tanh")
    np.testing.assert_array_equal(single_slope(smooth), slope(smooth))


def test_a_sum_that_is_no_number_has_no_slope():
    kernel = np.array([[1e200, 0.0, 1.0], [0.0, 1e200, -1.0], [0.0, 0.0, 0.0]])
    trace = run(autonomous(kernel, "relu"), 6, np.ones(3))  # unit 2 reads ∞ − ∞
    lost = np.isnan(trace.preactivations)
    assert lost.any()
    assert np.isnan(single_slope(trace)[lost]).all()


@pytest.mark.parametrize(("gain", "kind", "unstable"), [(3.0, "saddle", 1), (0.3, "stable", 0)])
def test_a_kink_whose_sides_agree_is_what_they_say(gain, kind, unstable):
    """With relu at exactly 0 the eigenvalues are those of the flat side."""
    result = fixed_points(autonomous(gaussian(24, gain, seed=1), "relu"))
    at = int(np.abs(result.points).max(axis=1).argmin())
    assert np.abs(result.points[at]).max() == 0
    assert (result.kinds[at], result.unstable[at]) == (kind, unstable)
