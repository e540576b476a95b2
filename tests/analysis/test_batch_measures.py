"""Many networks in one pass: each as if it were alone."""

import numpy as np
import pytest

from rnnviz.analysis.batch_measures import sweep
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import GRU, LSTM, SimpleRNN, unroll

STEPS, FEATURES, UNITS, NETWORKS = 25, 3, 8, 6


def stack(cell=SimpleRNN, activation="tanh", scales=(0.3, 0.8, 1.0, 1.5, 3.0, 20.0)):
    random = np.random.default_rng(0)
    gates = len(cell.gate_names) or 1
    factors = np.array(scales)[:, None, None]
    shape = (2, gates * UNITS) if cell is GRU else (gates * UNITS,)
    bias = random.normal(0, 0.2, (len(scales), *shape))
    return cell(
        factors * random.normal(size=(FEATURES, gates * UNITS)),
        factors * random.normal(0, 1 / np.sqrt(UNITS), (UNITS, gates * UNITS)),
        bias,
        activation,
    )


def alone(layer, index):
    arrays = (layer.kernel[index], layer.recurrent_kernel[index], layer.bias[index])
    return type(layer)(*arrays, layer.activation)


def inputs(seed=1):
    return np.random.default_rng(seed).normal(size=(STEPS, FEATURES))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "linear"])
def test_each_network_as_if_it_were_alone(activation):
    layer, x = stack(activation=activation, scales=(0.3, 0.8, 1.0, 1.2)), inputs()
    result = sweep(unroll(layer, x), unroll(layer, x[::-1].copy()))
    for index in range(4):
        trace = unroll(alone(layer, index), x)
        other = unroll(alone(layer, index), x[::-1].copy())
        assert result.saturated[index] == pytest.approx(saturation(trace).share)
        apart = ((trace.states - other.states) ** 2).sum()
        whole = (trace.states**2).sum() + (other.states**2).sum()
        assert result.input_share[index] == pytest.approx(apart / whole, rel=1e-9)


def norm_of_product(trace):
    product = np.eye(trace.layer.state_size)
    projected = trace.layer.project(trace.inputs)
    for t in range(1, trace.timesteps):
        product = trace.layer.jacobian(projected[t], trace.full_states[t - 1]) @ product
    return np.log10(np.linalg.norm(product, 2))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "linear"])
def test_the_gradient_is_the_norm_of_the_product_from_below(activation):
    layer, x = stack(activation=activation, scales=(0.3, 0.8, 1.0, 1.5)), inputs()
    result = sweep(unroll(layer, x), None)
    for index, gradient in enumerate(result.gradient):
        exact = norm_of_product(unroll(alone(layer, index), x))
        assert exact - 0.3 < gradient <= exact + 1e-9


@pytest.mark.parametrize("cell", [LSTM, GRU])
def test_of_gated_cells_too(cell):
    layer, x = stack(cell), inputs()
    result = sweep(unroll(layer, x), None)
    for index, gradient in enumerate(result.gradient):
        exact = norm_of_product(unroll(alone(layer, index), x))
        assert exact - 1.5 < gradient <= exact + 0.01


def test_an_exact_zero_is_exactly_zero():
    layer = SimpleRNN(np.full((1, 1, 4), 100.0), np.full((1, 4, 4), 100.0), np.zeros((1, 4)))
    result = sweep(unroll(layer, np.ones((5, 1))), None)
    assert np.isneginf(result.gradient).all()
    assert result.saturated.tolist() == [1.0]


def test_what_diverged_has_no_number_but_the_others_have():
    layer = stack(activation="linear", scales=(0.5, 1e30))
    result = sweep(unroll(layer, inputs()), unroll(layer, inputs(2)))
    assert np.isfinite([result.saturated[0], result.input_share[0], result.gradient[0]]).all()
    assert np.isnan([result.saturated[1], result.input_share[1], result.gradient[1]]).all()


def test_large_states_do_not_lose_the_input_share():
    layer = stack(activation="linear", scales=(1.0, 1e6))
    result = sweep(unroll(layer, inputs()), unroll(layer, inputs(2)))
    assert np.isfinite(result.input_share).all()
    assert (result.input_share > 0.1).all()


def test_one_step_has_no_gradient_and_one_order_no_share():
    layer = stack()
    result = sweep(unroll(layer, inputs()[:1]), None)
    assert np.isnan(result.gradient).all()
    assert np.isnan(result.input_share).all()
