"""What the engine computes against PyTorch's own layers, in both number formats."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate

CLASSES = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}
BOUNDS = {"float64": 1e-12, "float32": 1e-6}


def torch_order(array, cell):
    """Keras's columns (..., gates·units) as PyTorch's rows: a GRU's gates are r, z, n."""
    blocks = np.split(array, {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell], axis=-1)
    if cell == "GRU":
        blocks = [blocks[1], blocks[0], blocks[2]]
    return np.concatenate(blocks, axis=-1).T


def put_weights(torch, peer, layer, cell, suffix):
    input_bias, recurrent_bias = layer.bias, np.zeros_like(layer.bias)
    if cell == "GRU":
        input_bias, recurrent_bias = layer.bias
    arrays = {
        "weight_ih": layer.kernel,
        "weight_hh": layer.recurrent_kernel,
        "bias_ih": input_bias,
        "bias_hh": recurrent_bias,
    }
    for name, array in arrays.items():
        getattr(peer, f"{name}_l0{suffix}").data = torch.tensor(torch_order(array, cell))


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("cell", "activation"),
    [("SimpleRNN", "tanh"), ("SimpleRNN", "relu"), ("LSTM", "tanh"), ("GRU", "tanh")],
)
def test_states(torch, cell, activation, bidirectional, dtype):
    run = simulate(
        Experiment(
            timesteps=80,
            input_features=6,
            units=9,
            cell=cell,
            activation=activation,
            bidirectional=bidirectional,
            kernel_initializer="glorot_uniform",
            recurrent_initializer="orthogonal",
            bias_initializer="random_uniform",
            weight_scale=0.8,
            dtype=dtype,
        )
    )
    options = {"nonlinearity": activation} if cell == "SimpleRNN" else {}
    peer = getattr(torch.nn, CLASSES[cell])(6, 9, bidirectional=bidirectional, **options)
    (layer,) = run.layers
    put_weights(torch, peer, layer.layer, cell, "")
    if bidirectional:
        put_weights(torch, peer, layer.both.backward.layer, cell, "_reverse")
    with torch.no_grad():
        states, last = peer(torch.tensor(run.inputs))
    assert np.abs(states.numpy() - run.states).max() <= BOUNDS[dtype]
    if cell == "LSTM":
        cell_states = layer.trace.cell_states[-1]
        assert np.abs(last[1][0].numpy() - cell_states).max() <= BOUNDS[dtype]


@pytest.mark.parametrize(("cell", "gates"), [("SimpleRNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_pytorch_counts_what_we_say_it_counts(torch, cell, gates):
    from rnnviz.keras import keras_layers
    from rnnviz.keras.parameters import parameter_count

    (layer,) = keras_layers(Experiment(input_features=32, units=32, cell=cell))
    peer = getattr(torch.nn, CLASSES[cell])(32, 32)
    counted = sum(weight.numel() for weight in peer.parameters())
    assert parameter_count(layer).torch_count == counted == gates * 2112
