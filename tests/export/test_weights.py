"""Weights in the files of frameworks: read back by our readers to the same bits."""

import numpy as np
import pytest

from rnnviz import Training
from rnnviz.export.hdf5_writer import hdf5_bytes
from rnnviz.export.weights import keras_weights, torch_weights
from rnnviz.readers import read_network
from rnnviz.readers.hdf5.file import open_hdf5
from rnnviz.spec.train import start_network

CASES = {
    "simple": {"task": "echo", "units": 5},
    "stack": {"task": "adding", "units": (4, 4), "cell": "LSTM", "dtype": "float64"},
    "both ways": {"task": "flip_flop", "units": 3, "cell": "GRU", "bidirectional": True},
    "tokens": {"task": "token_classification", "units": 6, "cell": "LSTM"},
}
ORDER = {"simple": "simple_rnn,dense", "both ways": "bidirectional,dense"}


def network_of(case):
    settings = dict(CASES[case])
    return start_network(Training.of(settings.pop("task"), **settings))


def test_a_tree_of_arrays_reads_back():
    single, double = np.arange(6, dtype=np.float32).reshape(2, 3), np.array([np.pi, -np.inf])
    root = open_hdf5(hdf5_bytes({"a": {"b": {"0": single}, "empty": {}}, "c": double}))
    np.testing.assert_array_equal(root.children["a"].children["b"].children["0"].read(), single)
    np.testing.assert_array_equal(root.children["c"].read(), double)
    assert not root.children["a"].children["empty"].children
    with pytest.raises(ValueError, match="cannot be written"):
        hdf5_bytes({"a": np.arange(3)})
    with pytest.raises(ValueError, match="cannot be the name"):
        hdf5_bytes({"a/b": single})


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["weights.h5", "safetensors"])
def test_our_readers_find_the_same_weights(case, kind):
    network = network_of(case)
    write = keras_weights if kind == "weights.h5" else torch_weights
    answers = {"nonlinearity": "tanh"} if case == "simple" else {}
    if kind == "weights.h5" and case in ORDER:  # which the file does not keep either
        answers = {**answers, "layer_order": ORDER[case]}
    found = read_network(write(network), f"network.{kind}", answers).network
    ours, theirs = network.weights, found.weights
    assert [one.cell for one in found.layers] == [one.cell for one in network.layers]
    for (name, array), other in zip(ours.items(), theirs.values(), strict=True):
        np.testing.assert_array_equal(array, other, err_msg=name)


def test_what_pytorch_does_not_have_is_said():
    with pytest.raises(ValueError, match="PyTorch has no layer that computes this LeakyRNN"):
        torch_weights(start_network(Training.of("echo", cell="LeakyRNN")))
