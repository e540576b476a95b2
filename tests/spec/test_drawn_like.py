"""Beside a network of a file, one of its shape: same cells, sizes and inputs, other weights."""

import numpy as np
import pytest

from rnnviz import Experiment, Network, simulate
from rnnviz.engine import CELLS, Embedding, Layer
from rnnviz.spec.drawn_like import drawn_like
from rnnviz.spec.given import simulate_given
from rnnviz.spec.sampling import draw_inputs
from rnnviz.spec.simulate import build_network


@pytest.mark.parametrize(
    "shape",
    [
        {"units": 5},
        {"units": (5, 4), "cell": ("LSTM", "GRU"), "input_features": 3},
        {"units": (5, 4), "bidirectional": (True, False), "return_sequences": (True, False)},
        {"units": 6, "cell": "GRU", "signal": "tokens", "vocabulary_size": 20},
    ],
)
def test_it_has_the_shape_and_reads_the_same(shape):
    network = build_network(Experiment(seed=3, **shape))
    recipe = Experiment(timesteps=9, signal="sine", seed=5)
    drawn = drawn_like(network, recipe)
    mine, beside = simulate_given(recipe, network), simulate(drawn)
    assert [one.states.shape for one in mine.layers] == [one.states.shape for one in beside.layers]
    assert [one.cell for one in network.layers] == [one.cell for one in beside.network.layers]
    assert network.input_features == beside.network.input_features
    if network.embedding is None:
        np.testing.assert_array_equal(mine.inputs, beside.inputs)
    else:
        np.testing.assert_array_equal(mine.data.values, beside.data.values)
    assert np.abs(mine.states - beside.states).max() > 1e-3


@pytest.mark.parametrize("masks", [False, True])
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("signal", ["impulse", "text"])
def test_it_masks_and_turns_round_as_the_network_does_whatever_the_recipe_says(
    masks, asked, signal
):
    shape = {"units": (4, 3), "signal": signal, "go_backwards": (True, False)}
    text = {"text": "abcab", "maxlen": 9, "vocabulary_size": 6} if signal == "text" else {}
    network = build_network(Experiment(**shape, **text, mask_zero=masks))
    recipe = Experiment(signal=signal, timesteps=5, **text, mask_zero=asked)
    mine, beside = simulate_given(recipe, network), simulate(drawn_like(network, recipe))
    for one, other in zip(mine.layers, beside.layers, strict=True):
        assert (one.trace.mask is None) == (not masks)
        assert np.array_equal(one.trace.mask, other.trace.mask)
    assert [one.go_backwards for one in beside.network.layers] == [True, False]


def test_a_shape_that_no_recipe_has_leaves_the_recipe_s_own():
    network = build_network(Experiment(units=3, input_features=2))
    large = build_network(Experiment(units=(2,) * 16))
    recipe = Experiment(units=7)
    assert drawn_like(network, recipe).units == 3
    assert len(drawn_like(large, recipe).layers) in (1, 16)


def test_a_network_beyond_a_recipe_s_sizes_reads_what_the_recipe_draws():
    """Files may have more features and larger vocabularies than the controls allow."""
    generator = np.random.default_rng(0)

    def network(features, table=None):
        kernel = generator.normal(size=(features, 3))
        cell = CELLS["SimpleRNN"](kernel, np.zeros((3, 3)), np.zeros(3), activation="tanh")
        return Network((Layer(cell),), table)

    recipe = Experiment(timesteps=5, signal="normal", seed=2)
    wide = simulate_given(recipe, network(1500))
    assert wide.inputs.shape == (5, 1500)
    np.testing.assert_array_equal(wide.inputs, draw_inputs(recipe, 1500))
    table = Embedding(generator.normal(size=(150_000, 2)))
    many = simulate_given(recipe.replace(timesteps=50), network(2, table))
    assert many.data.values.max() > 100_000
    usual = simulate_given(recipe, build_network(Experiment(units=3, input_features=4)))
    np.testing.assert_array_equal(usual.inputs, draw_inputs(recipe.replace(input_features=4)))
