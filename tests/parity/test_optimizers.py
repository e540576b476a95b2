"""A hundred steps of each optimiser from one start: the same losses as PyTorch's and Keras's."""

import numpy as np
import pytest

from rnnviz.learn.backpropagation import Backpropagation
from rnnviz.learn.losses import loss_named
from rnnviz.learn.optimizers import (
    OPTIMIZERS,
    SCHEDULES,
    OptimizerSettings,
    clip_by_global_norm,
)
from rnnviz.learn.parameters import Parameters
from tests.learn.networks import random_network

STEPS, BATCH, TIMESTEPS = 100, 8, 12
CASES = {
    "sgd": ("sgd", 0.05, {}),
    "momentum": ("sgd", 0.01, {"momentum": 0.9}),
    "nesterov": ("sgd", 0.01, {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("rmsprop", 0.002, {}),
    "rmsprop with momentum": ("rmsprop", 0.001, {"momentum": 0.5}),
    "adam": ("adam", 0.01, {}),
    "adamw": ("adamw", 0.01, {"weight_decay": 0.05}),
}


def data():
    generator = np.random.default_rng(2)
    inputs = generator.normal(size=(STEPS, BATCH, TIMESTEPS, 3))
    return inputs, generator.normal(size=(STEPS, BATCH, TIMESTEPS, 2))


def our_losses(network, name, rate, settings, clip, schedule="constant"):
    inputs, targets = data()
    parameters = Parameters(network)
    passes = Backpropagation(parameters, TIMESTEPS, BATCH)
    loss = loss_named("mean_squared_error")
    optimizer = OPTIMIZERS[name](parameters.values.size, parameters.dtype, settings)
    losses = []
    for step, (x, y) in enumerate(zip(inputs, targets, strict=True)):
        value, deltas = loss(passes.forward(x), y.transpose(1, 2, 0))
        losses.append(value)
        passes.backward(deltas)
        clip_by_global_norm(parameters.gradient, clip, settings.framework)
        now = SCHEDULES[schedule](rate, step, STEPS)
        optimizer.update(parameters.values, parameters.gradient, now)
    return np.array(losses)


def torch_optimizer(torch, parameters, name, rate, options):
    kinds = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
    return getattr(torch.optim, kinds[name])(parameters, lr=rate, **options)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("clip", [None, 0.3])
@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_as_in_pytorch(torch, case, clip, cell, schedule):
    from tests.parity.torch_models import TorchModel, torch_loss

    name, rate, options = CASES[case]
    network = random_network((cell,), 3, 6, 2)
    model = TorchModel(network)
    learning = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch_optimizer(torch, learning, name, rate, options)
    decay = None
    if schedule == "cosine":
        decay = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: (1 + np.cos(np.pi * step / STEPS)) / 2
        )
    losses = []
    for x, y in zip(*map(torch.from_numpy, data()), strict=True):
        optimizer.zero_grad()
        loss = torch_loss(model(x), y, "mean_squared_error")
        losses.append(loss.item())
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(learning, clip)
        optimizer.step()
        if decay:
            decay.step()
    found = our_losses(network, name, rate, OptimizerSettings("torch", **options), clip, schedule)
    np.testing.assert_allclose(found, losses, rtol=1e-8)
    assert found[-1] != found[0]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("clip", [None, 0.3])
def test_as_in_keras(torch, keras, case, clip):
    """Keras's own optimiser on the gradients of PyTorch's autograd.

    Keras trains on a backend that differentiates; its optimisers are the same on all of them.
    """
    from tests.parity.torch_models import TorchModel, torch_loss

    name, rate, options = CASES[case]
    network = random_network(("SimpleRNN",), 3, 6, 2)
    model = TorchModel(network)
    learning = [one for one in model.parameters() if one.requires_grad]
    keras.config.set_floatx("float64")
    kinds = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
    optimizer = getattr(keras.optimizers, kinds[name])(
        learning_rate=rate, global_clipnorm=clip, **options
    )
    variables = [keras.Variable(one.detach().numpy(), dtype="float64") for one in learning]
    losses = []
    for x, y in zip(*map(torch.from_numpy, data()), strict=True):
        model.zero_grad()
        loss = torch_loss(model(x), y, "mean_squared_error")
        losses.append(loss.item())
        loss.backward()
        optimizer.apply([one.grad.numpy() for one in learning], variables)
        with torch.no_grad():
            for one, variable in zip(learning, variables, strict=True):
                one.copy_(torch.from_numpy(np.asarray(variable.value)))
    found = our_losses(network, name, rate, OptimizerSettings("keras", **options), clip)
    # Keras keeps its learning rate and counters in single precision on some backends.
    np.testing.assert_allclose(found, losses, rtol=1e-8)
