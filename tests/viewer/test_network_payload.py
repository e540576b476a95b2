"""What the diagram of a network is given: the run's own numbers, or blocks where there are many."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.engine import Dense, Network
from rnnviz.engine import run as run_network
from rnnviz.engine.layer_normalization import LayerNormalization
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.network_payload import BLOCKS, Drawn, network_bytes
from rnnviz.views import states
from rnnviz.views._plot.style import Style
from tests.viewer.payloads import read


def packed(experiment, layer=0, **more):
    run = simulate(experiment)
    field = states.analyse(run, Perspective(layer=layer)).field
    header, arrays = read(network_bytes(Drawn(run, layer, field, **more), Style()))
    return run, header, arrays


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
def test_weights_inputs_and_states_travel_to_the_last_bit(cell):
    run, header, arrays = packed(Experiment(cell=cell, units=7, input_features=3, timesteps=11))
    (described,) = header["layers"]
    trace = run.layers[0].trace
    wanted = {
        "kernel": trace.layer.kernel,
        "recurrent": trace.layer.recurrent_kernel,
        "bias": trace.layer.bias,
        "inputs": trace.inputs,
        "states": trace.states,
        "initial": trace.initial_state,
    }
    if cell == "LSTM":
        wanted["cells"] = trace.cell_states
    for name, array in wanted.items():
        found = arrays[described[name]].reshape(described["shapes"][name])
        assert np.array_equal(found, array), name
    assert described["cell"] == cell
    assert header["exact"] is True
    assert header["identity"] == run.identity


def test_of_a_large_network_blocks_travel():
    run, header, arrays = packed(Experiment(units=512, timesteps=3000))
    (described,) = header["layers"]
    assert header["exact"] is False
    assert sum(array.nbytes for array in arrays) < 2_000_000
    states_ = arrays[described["states"]].reshape(described["shapes"]["states"])
    assert states_.shape[1] <= BLOCKS
    assert np.allclose(states_.mean(), run.states.mean(), atol=1e-6)


def test_a_large_vocabulary_makes_no_large_diagram():
    _, header, _ = packed(Experiment(signal="text", cell="LSTM"))
    assert header["exact"] is True


def test_every_layer_and_the_head_are_there():
    experiment = Experiment(units=(5, 4), dense_units=2, timesteps=6)
    run, header, arrays = packed(experiment, layer=1)
    assert [one["name"] for one in header["layers"]] == ["simple_rnn", "simple_rnn_1"]
    assert header["layer"] == 1
    assert np.array_equal(arrays[header["head"]["readings"]].reshape(6, 2), run.readings)


def test_eigenvalues_travel_as_pairs():
    values = np.array([1 + 2j, 3 - 4j])
    _, header, arrays = packed(Experiment(units=2, timesteps=3), eigenvalues=values)
    assert arrays[header["eigenvalues"]].tolist() == [1, 2, 3, -4]


TEXT = {"signal": "text", "text": "abcde", "units": 3, "input_features": 2}


@pytest.mark.parametrize(
    ("directions", "layer", "said"),
    [
        ((False,), 0, "abcde"),
        ((True,), 0, "edcba"),
        ((True, True), 0, "edcba"),
        ((True, True), 1, "abcde"),
        ((True, False), 1, "edcba"),
        ((False, True), 1, "edcba"),
    ],
)
def test_a_token_stands_at_the_step_that_reads_it(directions, layer, said):
    settings = TEXT | {"units": (3, 4)[: len(directions)], "go_backwards": directions}
    run, header, arrays = packed(Experiment(**settings), layer=layer)
    assert "".join(header["tokens"]) == said
    names = run.token_labels
    vector = {name: run.inputs[names.index(name)] for name in names}
    for number, described in enumerate(header["layers"]):
        assert described["backwards"] == directions[number]
        if number:
            continue
        read = arrays[described["inputs"]].reshape(5, 2)
        order = reversed(header["tokens"]) if described["turned"] else header["tokens"]
        assert np.array_equal(read, [vector[name] for name in order])


@pytest.mark.parametrize(
    ("settings", "mask"),
    [
        ({}, None),
        ({"maxlen": 7}, None),
        ({"maxlen": 7, "mask_zero": True}, [0, 0, 1, 1, 1, 1, 1]),
        ({"maxlen": 7, "mask_zero": True, "go_backwards": True}, [1, 1, 1, 1, 1, 0, 0]),
        ({"maxlen": 7, "mask_zero": True, "padding": "post"}, [1, 1, 1, 1, 1, 0, 0]),
    ],
)
def test_what_is_passed_over_is_told(settings, mask):
    _, header, arrays = packed(Experiment(**TEXT, **settings))
    (described,) = header["layers"]
    found = described["mask"]
    assert (found if found is None else arrays[found].tolist()) == mask


@pytest.mark.parametrize("activation", ["sigmoid", "linear", "tanh"])
def test_the_bounds_of_the_head_hold_its_readings(activation):
    """What is normalised above a sigmoid is not between 0 and 1."""
    drawn = simulate(Experiment(units=3, timesteps=6, weight_scale=0.3))
    rng = np.random.default_rng(1)
    dense = Dense(rng.normal(size=(3, 4)), np.zeros(4), activation)
    normal = LayerNormalization(np.ones(4), np.zeros(4))
    for head, name in (((dense,), "dense"), ((dense, normal), "layer_normalization")):
        made = run_network(Network(drawn.network.layers, head=head), drawn.inputs)
        field = states.analyse(made, Perspective()).field
        header, arrays = read(network_bytes(Drawn(made, 0, field), Style()))
        readings = arrays[header["head"]["readings"]].reshape(6, 4)
        values = drawn.states @ dense.kernel
        values = {"sigmoid": 1 / (1 + np.exp(-values)), "tanh": np.tanh(values)}.get(
            activation, values
        )
        if name == "layer_normalization":
            centred = values - values.mean(axis=1, keepdims=True)
            values = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-3)
        assert np.allclose(readings, values)
        low, high = header["head"]["bounds"]
        assert low is None or low <= readings.min()
        assert high is None or readings.max() <= high
        assert header["head"]["name"] == name
