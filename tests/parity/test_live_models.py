"""Live models of the caller: two lines, and what their own framework says to them."""

import re

import numpy as np
import pytest

import rnnviz
from rnnviz.readers import ReadingWarning, Unanswered

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def said(capsys):
    """The largest difference that was printed."""
    text = capsys.readouterr().out
    return float(re.search(r"own states: (\S+)", text)[1])


def data(*shape, dtype="float32"):
    return np.random.default_rng(0).normal(size=shape).astype(dtype)


def test_two_lines_for_a_keras_model(keras, capsys):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.LayerNormalization(),
            layers.GRU(5, dropout=0.2),
            layers.Dense(2, activation="softmax"),
        ]
    )
    run = rnnviz.run(model, data(6, 20, 3), check=True)
    assert said(capsys) < 1e-6
    np.testing.assert_allclose(run.output, model.predict(data(6, 20, 3), verbose=0), atol=1e-6)
    assert run.trials == 6
    assert run.network.name == model.name
    assert run.source.network == run.network.sha256


def test_a_model_with_an_embedding_and_one_layer_alone(keras):
    keras.utils.set_random_seed(0)
    embedding, cell = keras.layers.Embedding(9, 4), keras.layers.SimpleRNN(5)
    model = keras.Sequential([keras.Input((None,), dtype="int32"), embedding, cell])
    tokens = np.random.default_rng(1).integers(0, 9, (3, 11))
    run = rnnviz.run(model, tokens)
    np.testing.assert_allclose(
        run.states[:, -1], model.predict(tokens.astype("int32"), verbose=0), atol=1e-6
    )
    alone = rnnviz.from_keras(cell)
    assert alone.sha256 != run.network.sha256
    np.testing.assert_array_equal(rnnviz.run(alone, run.inputs).states, run.states)


def test_a_keras_model_of_a_class_of_its_own(keras):
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.GRU(4, return_sequences=True)
            self.second = keras.layers.GRU(3, return_sequences=True)

        def call(self, inputs):
            return self.second(self.first(inputs))

    model = Mine()
    wanted = model(data(1, 9, 2))
    with pytest.warns(ReadingWarning, match="one after the other"):
        run = rnnviz.run(model, data(1, 9, 2))
    np.testing.assert_allclose(run.states, np.asarray(wanted), atol=1e-6)


def test_training_on_does_not_change_the_network(torch):
    module = torch.nn.GRU(3, 4)
    network = rnnviz.from_torch(module)
    before = network.sha256
    with torch.no_grad():
        module.weight_ih_l0.add_(1)
    assert rnnviz.from_torch(module).sha256 != before
    assert network.sha256 == before
    assert network.with_weights({}).sha256 == before


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_two_lines_for_a_pytorch_module(torch, capsys, kind, batch_first):
    torch.manual_seed(0)
    settings = {"num_layers": 2, "bidirectional": True, "batch_first": batch_first, "dropout": 0.5}
    if kind == "RNN":
        settings["nonlinearity"] = "relu"
    module = getattr(torch.nn, kind)(3, 4, **settings)
    module.train()
    run = rnnviz.run(module, data(5, 20, 3), check=True)
    assert said(capsys) < 2e-6
    assert module.training
    assert run.layers[0].layer.activation == ("relu" if kind == "RNN" else "tanh")


def test_a_module_of_a_class_of_its_own_with_cells(torch, capsys):
    class Tagger(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words = torch.nn.Embedding(12, 6)
            self.square = torch.nn.Linear(6, 6)
            self.core = torch.nn.LSTMCell(6, 7)
            self.out = torch.nn.Linear(7, 3)

    module = Tagger()
    with pytest.warns(ReadingWarning, match="words is taken for the Embedding"):
        run = rnnviz.run(module, np.arange(12)[None], check=True)
    assert said(capsys) < 1e-6
    assert run.network.head[0].units == 3
    np.testing.assert_array_equal(
        run.network.embedding.embeddings, module.words.weight.detach().numpy()
    )


def test_several_stacks_are_asked_for(torch):
    module = torch.nn.ModuleDict({"a": torch.nn.GRU(3, 4), "b": torch.nn.LSTM(3, 4)})
    with pytest.raises(Unanswered, match="name=…, one of 'a', 'b'"):
        rnnviz.run(module, data(9, 3))
    assert rnnviz.run(module, data(9, 3), name="b").layers[0].trace.cell_states is not None


def test_what_is_no_model_is_said():
    with pytest.raises(TypeError, match="dict is no network"):
        rnnviz.run({}, data(9, 3))
    kernel = data(3, 4), data(4, 4), data(4)
    network = rnnviz.Network((rnnviz.Layer(rnnviz.engine.SimpleRNN(*kernel)),))
    with pytest.raises(ValueError, match="needs a live model"):
        rnnviz.run(network, data(9, 3), check=True)
