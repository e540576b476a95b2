"""A training step writes into what it has: after the first, next to nothing is allocated."""

import tracemalloc

import numpy as np
import pytest

from rnnviz.engine import CELLS
from rnnviz.learn.backpropagation import Backpropagation
from rnnviz.learn.losses import loss_named
from rnnviz.learn.optimizers import OPTIMIZERS, OptimizerSettings
from rnnviz.learn.parameters import Parameters
from tests.learn.networks import random_network

TIMESTEPS, BATCH, UNITS = 50, 32, 48


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_allocates_less_than_the_states_of_one_layer(cell, optimizer):
    network = random_network((cell,), 3, UNITS, 1)
    parameters = Parameters(network)
    passes = Backpropagation(parameters, TIMESTEPS, BATCH)
    size, dtype = parameters.values.size, parameters.dtype
    step_of = OPTIMIZERS[optimizer](size, dtype, OptimizerSettings(momentum=0.5))
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(BATCH, TIMESTEPS, 3))
    targets = generator.normal(size=(TIMESTEPS, 1, BATCH))
    loss = loss_named("mean_squared_error")

    def step():
        _, deltas = loss(passes.forward(inputs), targets)
        passes.backward(deltas)
        step_of.update(parameters.values, parameters.gradient, 1e-3)

    step()
    tracemalloc.start()
    try:
        step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    states = TIMESTEPS * UNITS * BATCH * 8
    assert peak < states / 3
