"""What simulate computes against Keras 3 itself, with the run's weights in Keras's layers."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.codegen import NOTES_MODELS
from rnnviz.engine import CELLS
from tests.codegen.random_experiments import random_experiment
from tests.parity.keras_models import keras_model

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

KERAS_DRAWS = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "random_uniform",
}
BASE = Experiment(timesteps=50, input_features=7, units=6, **KERAS_DRAWS)


def weights(layer):
    return list(layer.arrays.values())


def assert_same(keras, experiment):
    """Every layer's output, not only the top one's."""
    run = simulate(experiment)
    model = keras_model(keras, experiment)
    layers, expected = list(model.layers), [layer.output for layer in run.layers]
    inputs = run.inputs
    if run.dense is not None:
        layers.pop().set_weights([run.dense.kernel, run.dense.bias])
        expected.append(run.output)
    if run.embedding is not None:
        layers.pop(0).set_weights([run.embedding.embeddings])
        inputs = run.token_numbers
    for layer, ours in zip(layers, run.layers, strict=True):
        both = [] if ours.both is None else weights(ours.both.backward.layer)
        layer.set_weights(weights(ours.layer) + both)
    if run.dense is not None:
        layers.append(model.layers[-1])
    every = keras.Model(model.inputs, [layer.output for layer in layers])
    outputs = every.predict(inputs[np.newaxis], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    bound = {"float64": 1e-12, "float32": 1e-6}[experiment.dtype]
    for theirs, ours in zip(outputs, expected, strict=True):
        assert theirs[0].shape == ours.shape
        assert np.abs(theirs[0] - ours).max() <= bound


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_stacks_of_four(keras, cell, return_sequences, dtype):
    modes = {
        "units": (6, 5, 4, 3),
        "return_sequences": (True, True, True, return_sequences),
        "bidirectional": (False, True, False, True),
        "go_backwards": (True, False, False, False),
        "activation": ("tanh", "sigmoid", "relu", "tanh"),
    }
    assert_same(keras, BASE.replace(cell=cell, dtype=dtype, weight_scale=0.7, **modes))


@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "GRU", "reset_after": False},
        {"dense_units": 1, "dense_activation": "sigmoid", "return_sequences": False},
        {"dense_units": 3, "dense_activation": "relu", "bidirectional": True},
        {"dense_units": 2, "bidirectional": True, "return_sequences": False},
        {"dense_units": 4, "dense_activation": "softmax"},
        {"cell": "GRU", "reset_after": False, "bidirectional": True},
        {"cell": "LSTM", "unit_forget_bias": False},
        {"cell": "LSTM", "recurrent_activation": "tanh", "weight_scale": 0.4},
        {"cell": "GRU", "recurrent_activation": "relu", "weight_scale": 0.2},
    ],
    ids=str,
)
def test_variants(keras, settings):
    assert_same(keras, BASE.replace(**settings))


@pytest.mark.parametrize("name", NOTES_MODELS)
def test_the_models_of_the_notes(keras, name):
    # Over 100 timesteps the roundings of float32 grow to 2e-6 in four orthogonal layers.
    assert_same(keras, NOTES_MODELS[name].replace(timesteps=10))


@pytest.mark.parametrize("seed", range(100, 120))
def test_random_stacks(keras, seed):
    assert_same(keras, random_experiment(seed))
