"""What the diagram of a network is given: the run's own numbers, or blocks where there are many."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
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
