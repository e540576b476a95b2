import itertools

import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS, keras_layers


def test_names_are_numbered_as_keras_numbers_them():
    experiment = Experiment(
        signal="tokens", units=(8,) * 4, bidirectional=(False, True, False, True)
    )
    assert [layer.name for layer in keras_layers(experiment)] == [
        "embedding", "simple_rnn", "bidirectional", "simple_rnn_2", "bidirectional_1",
    ]  # fmt: skip


def test_shapes_of_the_four_stacked_layers():
    layers = keras_layers(NOTES_MODELS["four_stacked"])
    assert layers[0].input_shape == (None, None)
    assert [layer.output_shape for layer in layers] == [(None, None, 32)] * 4 + [(None, 32)]
    assert [layer.returns_sequences for layer in layers] == [True] * 4 + [False]
    for below, above in itertools.pairwise(layers):
        assert above.input_shape == below.output_shape


def test_a_bidirectional_layer_is_twice_as_wide_for_the_next():
    below, above = keras_layers(Experiment(units=(5, 3), bidirectional=(True, False)))
    assert below.class_name == "Bidirectional"
    assert below.output_shape == (None, None, 10) == above.input_shape
    assert dict(below.weights)["backward recurrent_kernel"] == (5, 5)


@pytest.mark.parametrize("name", NOTES_MODELS)
def test_the_models_of_the_notes_are_links(name):
    experiment = NOTES_MODELS[name]
    assert Experiment.from_query(experiment.to_query()) == experiment


def test_the_first_model_of_the_notes_is_the_lectures_loop():
    assert NOTES_MODELS["loop"] == Experiment()


def test_a_dense_head_reads_what_the_top_layer_hands_on():
    experiment = NOTES_MODELS["last_output"].replace(dense_units=1, dense_activation="sigmoid")
    *below, head = keras_layers(experiment)
    assert below == list(keras_layers(NOTES_MODELS["last_output"]))
    assert (head.name, head.class_name) == ("dense", "Dense")
    assert (head.input_shape, head.output_shape) == ((None, 32), (None, 1))
    assert head.weights == (("kernel", (32, 1)), ("bias", (1,)))
    both = Experiment(units=5, bidirectional=True, dense_units=3)
    assert keras_layers(both)[-1].weights[0] == ("kernel", (10, 3))
    assert keras_layers(both)[-1].output_shape == (None, None, 3)
