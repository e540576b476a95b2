"""Masked timesteps and stateful layers against Keras itself."""

import numpy as np
import pytest

from rnnviz import Experiment, from_keras, run, simulate
from rnnviz.codegen import summary
from rnnviz.codegen.programs import program
from tests.codegen.programs.varied import VARIED

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

CELLS = ("SimpleRNN", "LSTM", "GRU")


@pytest.fixture
def doubles(keras):
    """Weights and products in float64."""
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


def recurrent(keras, cell, way):
    layer = getattr(keras.layers, cell)(
        5,
        return_sequences=True,
        bias_initializer="random_uniform",
        go_backwards=way == "backwards",
    )
    return keras.layers.Bidirectional(layer) if way == "both" else layer


@pytest.mark.parametrize("way", ["forwards", "backwards", "both"])
@pytest.mark.parametrize("cell", CELLS)
def test_tokens_with_holes_in_a_batch(doubles, cell, way):
    """Zeros before, behind and between the tokens; a trial without any, and one of nothing else."""
    keras = doubles
    tokens = np.array([[0, 0, 3, 1, 2], [4, 0, 1, 0, 0], [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]])
    model = keras.Sequential([
        keras.Input((None,), dtype="int32"),
        keras.layers.Embedding(9, 3, mask_zero=True),
        recurrent(keras, cell, way),
        recurrent(keras, cell, "forwards"),
    ])  # fmt: skip
    network = from_keras(model)
    assert network.embedding.mask_zero
    ours = run(network, tokens)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
    for theirs, layer in zip(every(tokens), ours.layers, strict=True):
        theirs = keras.ops.convert_to_numpy(theirs)
        assert np.abs(theirs - layer.states).max() <= 1e-12
    unmasked = run(from_keras_without_mask(network), tokens)
    assert np.abs(unmasked.states - ours.states).max() > 1e-3


def from_keras_without_mask(network):
    import dataclasses

    return dataclasses.replace(
        network, embedding=dataclasses.replace(network.embedding, mask_zero=False)
    )


@pytest.mark.parametrize("cell", CELLS)
def test_numbers_behind_a_masking_layer(doubles, cell):
    keras = doubles
    inputs = np.random.default_rng(0).standard_normal((3, 6, 2))
    inputs[0, :2] = inputs[1, 3:] = -1.0
    inputs[2, 1, 0] = -1.0  # one feature alone masks nothing
    model = keras.Sequential([
        keras.Input((None, 2)),
        keras.layers.Masking(mask_value=-1.0),
        recurrent(keras, cell, "both"),
        keras.layers.Dense(3),
        recurrent(keras, cell, "forwards"),
    ])  # fmt: skip
    network = from_keras(model)
    assert network.mask_value == -1.0
    theirs = keras.ops.convert_to_numpy(model(inputs))
    assert np.abs(theirs - run(network, inputs).output).max() <= 1e-12


SUMMED = [
    name
    for name in VARIED
    if "masked" in name or "returns" in name or ("three" in name and "sun" not in name)
]


@pytest.mark.parametrize("name", SUMMED)
def test_the_summary_is_the_one_that_keras_prints(keras, name):
    experiment = VARIED[name]
    lines = program(experiment, "keras").text.split("\n")
    place = lines.index("model.summary()")
    scope = {}
    keras.backend.clear_session()
    exec("\n".join(lines[:place]), scope)
    printed = []
    scope["model"].summary(print_fn=lambda text, **_: printed.append(text))
    assert summary(experiment) == "\n".join(printed)


def test_stateful_sequences_are_one_long_run():
    cut = Experiment(sequences=4, timesteps=25, stateful=True, weight_scale=0.02)
    long = simulate(Experiment(weight_scale=0.02))
    assert np.abs(simulate(cut).states.reshape(100, 64) - long.states).max() <= 1e-14
    apart = simulate(cut.replace(stateful=False)).states
    assert np.abs(apart[0] - long.states[:25]).max() <= 1e-14
    assert np.abs(apart[1, 0] - long.states[25]).max() > 0.01
