"""Files of weights that we write, read by the frameworks that they are for."""

import numpy as np
import pytest

from rnnviz import run
from rnnviz.engine import Inputs
from rnnviz.export.weights import keras_weights, torch_weights
from tests.export.test_weights import CASES, network_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def inputs_for(network):
    random = np.random.default_rng(0)
    if network.embedding is not None:
        return random.integers(network.embedding.input_dim, size=(2, 7))
    return random.normal(size=(2, 7, network.input_features)).astype(network.dtype)


@pytest.mark.parametrize("case", CASES)
def test_keras_loads_its_weights(keras, case, tmp_path):
    network, layers = network_of(case), []
    keras.config.set_floatx(network.dtype.name)
    if network.embedding is not None:
        layers.append(keras.layers.Embedding(*network.embedding.embeddings.shape))
    for layer in network.layers:
        made = getattr(keras.layers, layer.cell)(
            layer.units, return_sequences=layer.return_sequences
        )
        layers.append(keras.layers.Bidirectional(made) if layer.bidirectional else made)
    layers.append(keras.layers.Dense(network.head[0].units, network.head[0].activation))
    model, inputs = keras.Sequential(layers), inputs_for(network)
    model(inputs)
    path = tmp_path / "network.weights.h5"
    path.write_bytes(keras_weights(network))
    model.load_weights(path)
    for ours, theirs in zip(network.weights.values(), model.weights, strict=True):
        np.testing.assert_array_equal(ours, np.asarray(theirs.value))


@pytest.mark.parametrize("case", CASES)
def test_pytorch_loads_its_weights(torch, case, tmp_path):
    load = pytest.importorskip("safetensors.torch").load
    network = network_of(case)
    from tests.parity.torch_models import TorchModel

    model, inputs = TorchModel(network), inputs_for(network)
    with torch.no_grad():
        for one in model.parameters():
            one.zero_()
    state = {
        name.replace("rnn.", "recurrent."): array
        for name, array in load(torch_weights(network)).items()
    }
    model.load_state_dict(state)
    logits = model(torch.from_numpy(inputs)).detach().numpy()
    if network.head[0].activation == "sigmoid":
        logits = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(logits, run(network, Inputs(inputs)).output, 1e-5, 1e-6)
