"""Two lines in a notebook: a live model of each framework, and what the viewer holds of it."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the extra notebook")

import rnnviz
from tests.notebook.payloads import header_of, values_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
DATA = np.random.default_rng(0).normal(size=(3, 12, 5)).astype("float32")


def test_a_keras_model_in_two_lines(keras):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None, 5)),
            layers.LSTM(7, return_sequences=True),
            layers.GRU(4, return_sequences=True),
        ]
    )
    viewer = rnnviz.show(model, DATA)
    viewer.trial = 2
    wanted = model.predict(DATA, verbose=0)[2]
    np.testing.assert_allclose(values_of(header_of(viewer.payload)), wanted, atol=1e-6)
    viewer.layer = 0
    below = keras.Sequential(model.layers[:1]).predict(DATA, verbose=0)[2]
    np.testing.assert_allclose(values_of(header_of(viewer.payload)), below, atol=1e-6)
    assert header_of(viewer.payload)["field"]["single"], "as float32, as Keras computed it"


def test_a_pytorch_module_in_two_lines(torch):
    torch.manual_seed(1)
    module = torch.nn.GRU(5, 6, num_layers=2, batch_first=True)
    viewer = rnnviz.show(module, torch.tensor(DATA))
    viewer.trial = 1
    with torch.no_grad():
        wanted = module(torch.tensor(DATA))[0][1].numpy()
    np.testing.assert_allclose(values_of(header_of(viewer.payload)), wanted, atol=1e-6)
    assert viewer.run.network.layer_names


def test_states_that_a_framework_gave_are_shown_as_an_array(torch):
    module = torch.nn.RNN(5, 6, batch_first=True)
    states, _ = module(torch.tensor(DATA))
    viewer = rnnviz.show(states, labels=range(12))
    wanted = states.detach().numpy()[0]
    assert (values_of(header_of(viewer.payload)) == wanted).all()
