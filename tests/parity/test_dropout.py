"""Dropout with fixed masks: gradients as PyTorch's autograd, states as Keras's own layers."""

import numpy as np
import pytest

from rnnviz.engine import CELLS
from rnnviz.learn import draw_masks, gradients
from tests.learn.dropped import outputs
from tests.learn.networks import random_network

BATCH, TIMESTEPS = 5, 20


def given(network, seed=4):
    generator = np.random.default_rng(1)
    masks = draw_masks(network, BATCH, 0.3, 0.4, np.random.SeedSequence(seed))
    inputs = generator.normal(size=(BATCH, TIMESTEPS, network.input_features))
    return inputs, generator.normal(size=(BATCH, TIMESTEPS, 2)), masks


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_as_pytorch_s(torch, cell, depth, bidirectional):
    network = random_network((cell,) * depth, units=6, bidirectional=bidirectional)
    inputs, targets, masks = given(network)
    weights = {
        name: torch.tensor(array, requires_grad=True) for name, array in network.weights.items()
    }
    said = outputs(torch, network, weights, inputs, masks, torch.tensor)
    wanted = ((said - torch.tensor(targets)) ** 2).mean()
    wanted.backward()
    value, found = gradients(network, inputs, targets, dropout_masks=masks)
    assert value == pytest.approx(wanted.item(), 1e-12)
    for name, one in weights.items():
        scale = one.grad.abs().max().item()
        np.testing.assert_allclose(found[name], one.grad, 0, 1e-9 * scale, err_msg=name)


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
def test_the_loss_is_that_of_keras_s_layer_with_these_masks(keras, cell):
    """Keras draws a mask for each gate; here it is given ours for all of them."""
    network = random_network((cell,), units=6)
    inputs, targets, (masks,) = given(network)
    layer = getattr(keras.layers, cell)(
        6, return_sequences=True, dropout=0.3, recurrent_dropout=0.4, dtype="float64"
    )
    layer.build(inputs.shape)
    weights = list(network.weights.values())
    layer.set_weights(weights[:-2])
    count = {"SimpleRNN": None, "LSTM": 4, "GRU": 3}[cell]
    named = {"_dropout_mask": masks[0].inputs, "_recurrent_dropout_mask": masks[0].states}
    for name, mask in named.items():
        array = keras.ops.convert_to_tensor(mask.T)
        setattr(layer.cell, name, array if count is None else [array] * count)
    states = keras.ops.convert_to_numpy(layer(inputs, training=True))
    kernel, bias = weights[-2:]
    wanted = ((states @ kernel + bias - targets) ** 2).mean()
    value, _ = gradients(network, inputs, targets, dropout_masks=[masks])
    assert value == pytest.approx(wanted, 1e-12)
    assert gradients(network, inputs, targets)[0] != pytest.approx(wanted, 1e-3)
