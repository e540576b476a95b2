"""What is said to act on a given network or given inputs acts, and what is not said does not."""

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, Layer, Network
from rnnviz.engine import Embedding, Given, SimpleRNN
from rnnviz.export.caption import parameters
from rnnviz.i18n import words
from rnnviz.link import Link
from rnnviz.spec.given import acting_knobs, simulate_given
from rnnviz.spec.perspective import Perspective

HASH = "0" * 64
CUT = Experiment(units=4, timesteps=5, sequences=3, signal="impulse", signal_amplitude=2.0)
PADDED = Experiment(units=4, signal="text", text="abca", maxlen=9, vocabulary_size=6)


def network(recipe):
    rng = np.random.default_rng(1)
    cell = SimpleRNN(rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4))
    table = Embedding(rng.normal(size=(6, 3))) if recipe.signal == "text" else None
    return Network((Layer(cell),), table)


@pytest.mark.parametrize("recipe", [CUT, CUT.replace(sequences=1), PADDED])
@pytest.mark.parametrize("name", ["mask_zero", "stateful"])
def test_how_a_given_network_reads_is_its_own(recipe, name):
    if name == "stateful" and recipe.sequences == 1:
        return
    changed, net = recipe.replace(**{name: True}), network(recipe)
    mine, plain = simulate_given(changed, net), simulate_given(recipe, net)
    np.testing.assert_array_equal(mine.states, plain.states)
    assert name not in acting_knobs(mine.source)
    said, before = (parameters(one, Perspective(), words("en")) for one in (mine, plain))
    assert said == before
    assert f"{name}=" not in Link(Given(HASH, "", recipe=changed)).text


def test_a_drawn_network_is_drawn_with_masking_whatever_inputs_are_given():
    """Masking is a layer of the network: where that is drawn, the knob acts and is said."""
    values = np.random.default_rng(2).normal(size=(6, 3))
    values[2:4] = 0
    recipe = Experiment(units=4, weight_scale=0.3)
    masked = simulate_given(recipe.replace(mask_zero=True), None, Inputs(values))
    states = masked.states
    np.testing.assert_array_equal(states[2], states[1])
    np.testing.assert_array_equal(states[3], states[1])
    assert not np.array_equal(simulate_given(recipe, None, Inputs(values)).states, states)
    acting = acting_knobs(masked.source)
    assert "mask_zero" in acting
    assert "stateful" not in acting
    link = Link(Given("", HASH, recipe=recipe.replace(mask_zero=True)))
    assert Link.parse(link.text).source == link.source
