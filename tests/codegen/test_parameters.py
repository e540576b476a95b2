import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS, keras_layers
from rnnviz.codegen.parameters import parameter_count
from tests.codegen.random_experiments import random_experiment


def counts(experiment):
    return [parameter_count(layer) for layer in keras_layers(experiment)]


def test_the_formulas_of_the_notes_with_their_numbers():
    embedding, layer = counts(NOTES_MODELS["last_output"])
    assert (embedding.filled, embedding.count) == ("10,000 × 32", 320_000)
    assert (layer.formula, layer.filled) == ("n × (n + m + 1)", "32 × (32 + 32 + 1)")
    assert layer.count == 2080
    assert [(w.symbol, w.filled, w.count) for w in layer.weights] == [
        ("W", "32 × 32", 1024), ("U", "32 × 32", 1024), ("b", "32", 32),
    ]  # fmt: skip


def test_pytorch_has_a_second_bias():
    _, layer = counts(NOTES_MODELS["last_output"])
    assert (layer.torch_filled, layer.torch_count) == ("32 × (32 + 32 + 2)", 2112)


def worth(filled):
    return eval(filled.replace("×", "*").replace(",", ""))


@pytest.mark.parametrize("seed", range(20))
def test_every_formula_comes_to_its_count(seed):
    for layer in counts(random_experiment(seed)):
        assert worth(layer.filled) == layer.count == sum(w.count for w in layer.weights)
        if layer.torch_count is None:  # a cell that PyTorch does not have
            assert layer.torch_filled == ""
        else:
            assert worth(layer.torch_filled) == layer.torch_count


def test_both_directions_count():
    (layer,) = counts(Experiment(input_features=3, units=5, bidirectional=True))
    assert layer.filled == "2 × 5 × (5 + 3 + 1)"
    assert layer.count == 90
    assert layer.weights[3].name == "backward kernel"


def test_a_dense_head_has_no_recurrent_kernel():
    head = counts(NOTES_MODELS["last_output"].replace(dense_units=4))[-1]
    assert (head.formula, head.filled, head.count) == ("n × (m + 1)", "4 × (32 + 1)", 132)
    assert head.torch_count == 132
    assert [weight.symbol for weight in head.weights] == ["W", "b"]
