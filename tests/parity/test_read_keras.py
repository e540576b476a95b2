"""Files of trained Keras models, read without Keras, against what Keras computes from them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from rnnviz.engine import CELLS, run
from rnnviz.readers import inspect, read_network
from tests.parity import trained_keras
from tests.parity.trained_keras import EXTRAS, FORMATS, NAMES, data_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
    pytest.mark.timeout(600),
]
BOUNDS = {"32": 1e-6, "64": 1e-12}


@pytest.fixture(scope="module")
def files(tmp_path_factory, torch):
    """A folder of models that Keras trained and saved, in a process whose backend can train."""
    folder = tmp_path_factory.mktemp("keras")
    environment = os.environ | {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    script = Path(trained_keras.__file__)
    subprocess.run([sys.executable, script, folder], env=environment, check=True)
    return folder


def answers_of(name):
    """What a file of weights alone does not say."""
    base = name.split("-")[0]
    found = {"merge_mode": "ave"}
    if base.startswith("simple_rnn"):
        found["nonlinearity"] = "relu" if base.endswith("relu") else "tanh"
    return found


def expected(keras, path, inputs, dtype):
    """What every layer of the saved model returns, by the layer's class and place."""
    keras.config.set_floatx(dtype)
    model = keras.models.load_model(path, compile=False)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers])
    outputs = every.predict(inputs, verbose=0)
    return list(zip(model.layers, outputs if isinstance(outputs, list) else [outputs], strict=True))


def assert_same(ours, theirs, bound):
    recurrent = [out for layer, out in theirs if type(layer).__name__ in (*CELLS, "Bidirectional")]
    assert len(recurrent) == len(ours.layers)
    for layer, wanted in zip(ours.layers, recurrent, strict=True):
        got = layer.states if wanted.ndim == 3 else layer.output
        assert got.dtype == wanted.dtype
        assert got.shape == wanted.shape
        assert np.abs(got - wanted).max() <= bound
    assert np.abs(ours.output - theirs[-1][1]).max() <= bound


def told_by_weights(name):
    """Whether weights alone, with the answers, tell all that a model is."""
    return name.split("-")[0] not in EXTRAS and "-last-" not in name


CASES = [(n, e) for n in NAMES for e in FORMATS if e != "weights.h5" or told_by_weights(n)]


@pytest.mark.parametrize(("name", "ending"), CASES)
def test_states_of_every_layer(keras, files, name, ending):
    content = (files / f"{name}.{ending}").read_bytes()
    bare, mixed = ending == "weights.h5", "-mixed-" in name
    answers = answers_of(name) if bare else {}
    if bare and mixed:
        answers["layer_order"] = by_hand(content, name)
    network = read_network(content, f"{name}.{ending}", answers).network
    dtype = f"float{name[-2:]}"
    assert network.dtype == dtype
    theirs = expected(keras, files / f"{name}.keras", data_of(name), dtype)
    ours = run(network, data_of(name))
    if bare and mixed:
        # Activations of Dense layers are in no file of weights: the states below them are.
        wanted = next(out for layer, out in theirs if "bidirectional" in layer.name)
        assert np.abs(ours.layers[0].states - wanted).max() <= BOUNDS[name[-2:]]
        return
    assert_same(ours, theirs, BOUNDS[name[-2:]])


def by_hand(content, name):
    """The order in which the layers of a mixed model stand, as its classes are numbered."""
    kind = name.split("-")[0].removesuffix("_relu").removesuffix("_after").removesuffix("_before")
    order = f"embedding,bidirectional,layer_normalization,time_distributed,{kind},dense"
    (asked,) = [
        one
        for one in inspect(content, "a.weights.h5", answers_of(name)).questions
        if one.key == "layer_order"
    ] or [None]
    if asked is None:
        return None
    assert order in asked.options
    return order


@pytest.mark.parametrize(
    ("cell", "swapped"), [("lstm", (1, 0, 2, 3)), ("lstm", (0, 1, 3, 2)), ("gru_after", (1, 0, 2))]
)
def test_swapped_gates_are_noticed(keras, files, cell, swapped):
    """The shapes fit whichever the order is: only the states tell."""
    name = f"{cell}-plain-64"
    network = read_network((files / f"{name}.keras").read_bytes(), "a.keras").network
    theirs = expected(keras, files / f"{name}.keras", data_of(name), "float64")
    changed = {}
    for key, array in network.weights.items():
        blocks = np.split(array, len(swapped), axis=-1)
        changed[key] = np.concatenate([blocks[place] for place in swapped], axis=-1)
    with pytest.raises(AssertionError):
        assert_same(run(network.with_weights(changed), data_of(name)), theirs, 1e-3)


def test_a_functional_model_with_a_branch(keras, tmp_path):
    """What is not understood is named, and what can be shown is shown."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, 3))
    below = keras.layers.Conv1D(4, 2, padding="same", name="filter")(inputs)
    first = keras.layers.LSTM(5, return_sequences=True, name="first")(below)
    second = keras.layers.GRU(6, return_sequences=True, name="second")(first)
    both = keras.layers.concatenate([first, second], name="both")
    outputs = keras.layers.Dense(2, name="head")(both)
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "a.keras")
    model.save(tmp_path / "a.h5")
    data = np.random.default_rng(0).normal(size=(2, 9, 3)).astype("float32")
    fed, *states = keras.Model(inputs, [below, first, second]).predict(data, verbose=0)
    for path in (tmp_path / "a.keras", tmp_path / "a.h5"):
        reading = read_network(path.read_bytes(), path.name)
        ours = run(reading.network, fed)
        for layer, wanted in zip(ours.layers, states, strict=True):
            np.testing.assert_allclose(layer.states, wanted, atol=1e-6)
        said = " ".join(note.sentence() for note in reading.notes)
        assert "filter (Conv1D)" in said
        assert "head (Dense)" in said
        assert "begins behind filter" in said


def test_two_stacks_are_asked_for_by_name(keras, tmp_path):
    """An encoder that hands its states to a decoder: two stacks, and one of them is meant."""
    keras.utils.set_random_seed(2)
    source, target = keras.Input((None, 3)), keras.Input((None, 2))
    _, h, c = keras.layers.LSTM(4, return_state=True, name="encoder")(source)
    decoder = keras.layers.LSTM(4, return_sequences=True, name="decoder")
    model = keras.Model([source, target], decoder(target, initial_state=[h, c]))
    model.save(tmp_path / "a.keras")
    content = (tmp_path / "a.keras").read_bytes()
    (question,) = inspect(content, "a.keras").questions
    assert set(question.options) == {"encoder", "decoder"}
    network = read_network(content, "a.keras", {"name": "decoder"}).network
    generator = np.random.default_rng(0)
    first, second = (generator.normal(size=(1, 7, n)).astype("float32") for n in (3, 2))
    wanted = model.predict([first, second], verbose=0)
    begin = keras.Model(source, [h, c]).predict(first, verbose=0)
    ours = run(network, second, np.concatenate(begin, axis=-1))
    np.testing.assert_allclose(ours.states, wanted, atol=1e-6)
    said = " ".join(one.sentence() for one in read_network(content, "a", {"name": "decoder"}).notes)
    assert "begins from a state that encoder gives it" in said


def nested(keras):
    """A Sequential and a functional model as layers of a functional one, names met twice."""
    layers = keras.layers
    encoder = keras.Sequential(
        [keras.Input((None, 3)), layers.Dropout(0.1), layers.LSTM(5, return_sequences=True)],
        name="encoder",
    )
    inside = keras.Input((None, 5))
    deep = keras.Sequential([keras.Input((None, 4)), layers.GRU(4, return_sequences=True)])
    between = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")
    middle = keras.Model(inside, deep(between(inside)), name="middle")
    above = layers.LSTM(3, return_sequences=True, name="lstm")
    inputs = keras.Input((None, 3))
    outputs = layers.Dense(2, name="head")(above(middle(encoder(inputs))))
    return keras.Model(inputs, outputs), encoder, middle, above


@pytest.mark.parametrize("ending", ["keras", "h5", "weights.h5"])
def test_models_inside_of_models(keras, tmp_path, ending, capsys):
    """Each layer's states, through two models inside of the model, one of them with a third."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    keras.config.set_floatx("float32")
    model, encoder, middle, above = nested(keras)
    for variable in model.trainable_variables:
        variable.assign(np.random.default_rng(len(variable.path)).normal(size=variable.shape) / 2)
    path = tmp_path / f"a.{ending}"
    model.save_weights(path) if ending == "weights.h5" else model.save(path)
    data = np.random.default_rng(0).normal(size=(2, 9, 3)).astype("float32")
    first = encoder.predict(data, verbose=0)
    second = middle.predict(first, verbose=0)
    third = keras.Sequential([keras.Input((None, 4)), above]).predict(second, verbose=0)
    answers = {}
    if ending == "weights.h5":
        questions = {one.key: one for one in inspect(path.read_bytes(), path.name).questions}
        answers = {"merge_mode": "sum"} if "merge_mode" in questions else {}
    ours = run(read_network(path.read_bytes(), path.name, answers).network, data)
    assert [layer.layer.units for layer in ours.layers] == [5, 4, 4, 3]
    for number, wanted in ((0, first), (2, second), (3, third)):
        np.testing.assert_allclose(ours.layers[number].states, wanted, atol=1e-6)
    np.testing.assert_allclose(ours.output, model.predict(data, verbose=0), atol=1e-6)
    rnnviz.run(model, data, check=True)
    said = capsys.readouterr().out.rpartition(" ")[2]
    assert float(said) < 1e-6, "the live model as well"
