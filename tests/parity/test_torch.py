"""Every cell against PyTorch's, with the same weights."""

import numpy as np
import pytest

from rnnviz.engine import GRU, LSTM, Bidirectional, SimpleRNN, unroll

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

DTYPES = [(np.float64, 1e-12), (np.float32, 1e-6)]
# Blocks of Keras's gates in PyTorch's order: i, f, c, o is i, f, g, o; z, r, h becomes r, z, n.
ORDER = {SimpleRNN: [0], LSTM: [0, 1, 2, 3], GRU: [1, 0, 2]}


def cell_of(cell, features, units, dtype, seed=0, **options):
    # Below the onset of chaos: beyond it no two orders of rounding stay together.
    generator, width, scale = (
        np.random.default_rng(seed),
        cell.gate_count() * units,
        0.7 / units**0.5,
    )
    shapes = (features, width), (units, width), (2, width) if cell is GRU else (width,)
    return cell(*(generator.normal(0, scale, shape).astype(dtype) for shape in shapes), **options)


def parameters(layer):
    """Weights and biases as PyTorch keeps them: transposed, two biases."""
    bias = layer.bias if layer.bias.ndim == 2 else np.stack([layer.bias, 0 * layer.bias])
    blocks, order = layer.gate_count(), ORDER[type(layer)]
    for array in (layer.kernel.T, layer.recurrent_kernel.T, *bias):
        split = np.split(array, blocks)
        yield torch.from_numpy(np.concatenate([split[index] for index in order]))


def module_of(layers, bidirectional=False, **options):
    """A torch.nn layer with our weights, stacked or bidirectional."""
    first, dtype = layers[0], getattr(torch, layers[0].dtype.name)
    name = "RNN" if isinstance(first, SimpleRNN) else type(first).__name__
    module = getattr(torch.nn, name)(
        first.features,
        first.units,
        num_layers=1 if bidirectional else len(layers),
        bidirectional=bidirectional,
        batch_first=True,
        dtype=dtype,
        **options,
    )
    with torch.no_grad():
        for index, layer in enumerate(layers):
            suffix = ("l0_reverse" if index else "l0") if bidirectional else f"l{index}"
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            for name, values in zip(names, parameters(layer), strict=True):
                getattr(module, f"{name}_{suffix}").copy_(values)
    return module


def run(module, inputs, *state):
    with torch.inference_mode():
        return module(torch.from_numpy(inputs), *state)


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("batch", [(), (5,)])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_states(cell, batch, dtype, tolerance):
    layer = cell_of(cell, 8, 16, dtype)
    inputs = np.random.default_rng(1).normal(size=(*batch, 50, 8)).astype(dtype)
    states, last = run(module_of([layer]), inputs)
    trace = unroll(layer, inputs)
    np.testing.assert_allclose(trace.states, states.numpy(), rtol=0, atol=tolerance)
    if cell is LSTM:
        c = last[1].numpy()[0]
        np.testing.assert_allclose(trace.cell_states[..., -1, :], c, rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_an_initial_state(cell, dtype, tolerance):
    layer = cell_of(cell, 8, 16, dtype)
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(20, 8)).astype(dtype)
    initial = generator.normal(size=layer.state_size).astype(dtype)
    parts = [torch.from_numpy(part)[None] for part in np.split(initial, len(layer.state_names))]
    states, _ = run(module_of([layer]), inputs, tuple(parts) if cell is LSTM else parts[0])
    trace = unroll(layer, inputs, initial)
    np.testing.assert_allclose(trace.states, states.numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_relu(dtype, tolerance):
    layer = cell_of(SimpleRNN, 8, 16, dtype, activation="relu")
    inputs = np.random.default_rng(1).normal(size=(50, 8)).astype(dtype)
    states, _ = run(module_of([layer], nonlinearity="relu"), inputs)
    scale = max(1, states.abs().max().item())
    np.testing.assert_allclose(
        unroll(layer, inputs).states, states.numpy(), rtol=0, atol=scale * tolerance
    )


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_a_stack_of_four(cell, dtype, tolerance):
    layers = [cell_of(cell, 16, 16, dtype, seed) for seed in range(4)]
    inputs = np.random.default_rng(1).normal(size=(3, 30, 16)).astype(dtype)
    states, _ = run(module_of(layers), inputs)
    ours = inputs
    for layer in layers:
        ours = unroll(layer, ours).states
    np.testing.assert_allclose(ours, states.numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_bidirectional(cell, dtype, tolerance):
    layers = [cell_of(cell, 8, 16, dtype, seed) for seed in range(2)]
    inputs = np.random.default_rng(1).normal(size=(3, 30, 8)).astype(dtype)
    states, _ = run(module_of(layers, bidirectional=True), inputs)
    trace = Bidirectional(*layers).unroll(inputs)
    np.testing.assert_allclose(trace.states, states.numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
def test_jacobians_are_autograd_s(cell):
    layer = cell_of(cell, 3, 5, np.float64)
    generator = np.random.default_rng(1)
    x, state = generator.normal(size=3), generator.normal(size=layer.state_size)
    module, parts = module_of([layer]), len(layer.state_names)

    def advance(x, state):
        before = tuple(part[None] for part in state.chunk(parts))
        _, after = module(x[None], before if cell is LSTM else before[0])
        return torch.cat([part[0] for part in after]) if cell is LSTM else after[0]

    by_x, by_state = torch.autograd.functional.jacobian(
        advance, (torch.from_numpy(x), torch.from_numpy(state))
    )
    projected = layer.project(x)
    np.testing.assert_allclose(layer.jacobian(projected, state), by_state.numpy(), atol=1e-12)
    np.testing.assert_allclose(layer.input_jacobian(projected, state), by_x.numpy(), atol=1e-12)
