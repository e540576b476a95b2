"""The summary against the one that Keras 3 itself prints."""

import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS, built_before, keras_layers, summary
from rnnviz.codegen.parameters import parameter_count
from tests.codegen.random_experiments import random_experiment
from tests.parity.keras_models import keras_model


def printed(model):
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    return "\n".join(lines)


def assert_same(keras, experiment):
    model = keras_model(keras, experiment)
    assert summary(experiment) == printed(model)
    layers = keras_layers(experiment)
    assert [layer.name for layer in layers] == [layer.name for layer in model.layers]
    for ours, theirs in zip(layers, model.layers, strict=True):
        assert [shape for _, shape in ours.weights] == [tuple(w.shape) for w in theirs.weights]
        assert ours.parameter_count == theirs.count_params()
        assert ours.output_shape == tuple(theirs.output.shape)


@pytest.mark.parametrize("name", NOTES_MODELS)
def test_the_models_of_the_notes(keras, name):
    assert_same(keras, NOTES_MODELS[name])


def test_the_models_of_the_notes_in_one_session(keras):
    shown = [model for model in NOTES_MODELS.values() if model.signal == "tokens"]
    built = [keras_model(keras, model, fresh=not place) for place, model in enumerate(shown)]
    for model, theirs in zip(shown, built, strict=True):
        assert summary(model, after=built_before(model, "session")) == printed(theirs)


@pytest.mark.parametrize("seed", range(50))
def test_random_stacks(keras, seed):
    assert_same(keras, random_experiment(seed))


def test_sixteen_layers_and_names_too_long_for_their_column(keras):
    assert_same(keras, Experiment(units=(2,) * 16, bidirectional=True))
    assert_same(keras, Experiment(units=(1000, 1024), timesteps=10))


@pytest.mark.parametrize(("cell", "name"), [("SimpleRNN", "RNN"), ("LSTM", "LSTM"), ("GRU", "GRU")])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_pytorch_counts_what_we_say_it_counts(torch, cell, name, bidirectional):
    experiment = Experiment(input_features=7, units=5, cell=cell, bidirectional=bidirectional)
    peer = getattr(torch.nn, name)(7, 5, bidirectional=bidirectional)
    counted = sum(weight.numel() for weight in peer.parameters())
    assert parameter_count(keras_layers(experiment)[0]).torch_count == counted
