"""Backpropagation through time against PyTorch's autograd in float64, to 1e-9."""

import numpy as np
import pytest

from rnnviz.learn import LOSSES, gradients
from tests.learn.networks import random_network

BATCH, TIMESTEPS = 5, 30


def compare(torch, network, loss="mean_squared_error", outputs=3):
    from tests.parity.torch_models import TorchModel, torch_loss

    generator = np.random.default_rng(1)
    shape = (BATCH, TIMESTEPS)
    rows = shape if network.layers[-1].return_sequences else (BATCH,)
    if network.reads_tokens:
        inputs = generator.integers(network.embedding.input_dim, size=shape)
    else:
        inputs = generator.normal(size=(*shape, network.input_features))
    if loss == "mean_squared_error":
        targets = generator.normal(size=(*rows, outputs))
    elif loss == "binary_crossentropy":
        targets = generator.integers(2, size=(*rows, outputs)).astype(float)
    else:
        targets = np.eye(outputs)[generator.integers(outputs, size=rows)]
    model = TorchModel(network)
    value = torch_loss(model(torch.from_numpy(inputs)), torch.from_numpy(targets), loss)
    value.backward()
    wanted = model.in_our_layout(lambda parameter: parameter.grad.numpy())
    ours, found = gradients(network, inputs, targets, loss)
    assert ours == pytest.approx(value.item(), 1e-12)
    assert found.keys() == wanted.keys()
    for name in found:
        scale = np.abs(wanted[name]).max()
        assert scale > 0
        np.testing.assert_allclose(found[name], wanted[name], 0, 1e-9 * scale, err_msg=name)


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_cell_stack_direction_mode_and_loss(
    torch, cell, depth, bidirectional, return_sequences, loss
):
    network = random_network(
        (cell,) * depth,
        features=6,
        units=8,
        outputs=3,
        bidirectional=bidirectional,
        return_sequences=return_sequences,
    )
    compare(torch, network, loss)


def test_relu(torch):
    compare(torch, random_network(("SimpleRNN",) * 2, 6, 8, 3, activation="relu"))


def test_embedding(torch):
    compare(torch, random_network(("LSTM",), 6, 8, 3, tokens=20))
