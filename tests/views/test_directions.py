"""Of a Bidirectional layer: what shows both directions counts both, and the rest says which."""

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, Layer, Network, run, simulate
from rnnviz.analysis.saturation import SATURATED_FROM, saturation
from rnnviz.engine import Bidirectional, SimpleRNN
from rnnviz.engine.bidirectional import MERGE_MODES
from rnnviz.export.caption import caption
from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences.reading import read_layer
from rnnviz.spec.perspective import Perspective
from rnnviz.views import one_step, states
from rnnviz.views._plot.lenses import LENSES
from rnnviz.views._plot.picture_frame import field_title, strip_title
from rnnviz.views._plot.style import Style
from rnnviz.views.layers import VIEW as LAYERS
from rnnviz.views.registry import views
from tests.engine.cells.random_cells import VARIANTS, cell_of, random_cell

BOTH = Experiment(units=6, timesteps=12, bidirectional=True, weight_scale=0.3)
SHOWS_BOTH = {"states", "output", "layers", "shapes", "one_step"}


def merged(mode, activation="tanh", scale=3.0, timesteps=9):
    """Return a run of one Bidirectional layer, its two halves drawn apart."""
    forward, backward = (
        cell_of(SimpleRNN, {"activation": activation}, np.random.default_rng(seed))
        for seed in (1, 2)
    )
    network = Network((Layer(forward, backward=backward, merge_mode=mode),))
    inputs = scale * np.random.default_rng(3).normal(size=(timesteps, forward.features))
    return run(network, Inputs(inputs))


@pytest.mark.parametrize("mode", MERGE_MODES)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_strips_count_what_the_heatmap_shows(mode, activation):
    found = merged(mode, activation)
    shown = states.analyse(found, Perspective())
    values = shown.field.values
    np.testing.assert_array_equal(values, found.layers[0].both.states)
    low, high = found.layers[0].state_range
    way = np.abs(values - (low + high) / 2) / ((high - low) / 2)
    saturated, mean = shown.strips
    np.testing.assert_allclose(saturated.values, (way > SATURATED_FROM).mean(axis=1))
    np.testing.assert_allclose(mean.values, values.mean(axis=1))
    assert (mean.low, mean.high) == (low, high)
    assert (shown.field.low_mark, shown.field.high_mark) == (low, high)


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("mode", ["sum", "mul", "ave"])
def test_a_lens_looks_at_the_merged_states_or_says_that_it_does_not(mode, lens):
    """Digits, change and size are of the h of the picture; z and slope are of one direction."""
    found = merged(mode)
    layer, shown = found.layers[0], states.analyse(found, Perspective(lens=lens)).field
    h, (low, high) = layer.states, layer.state_range
    z = layer.trace.preactivations
    with np.errstate(divide="ignore"):
        expected = {
            "state": h,
            "digits": -np.log10(np.minimum(h - low, high - h) / ((high - low) / 2)),
            "preactivation": z,
            "slope": 1 - np.tanh(z) ** 2,
            "change": np.abs(h - np.concatenate([np.full_like(h[:1], np.nan), h[:-1]])),
            "magnitude": np.log10(np.abs(h)),
        }[lens]
    assert shown.values.shape == h.shape
    np.testing.assert_allclose(shown.values, expected, atol=1e-12)
    alone = lens in ("preactivation", "slope")
    assert ("forward layer" in field_title(shown, Style("en"))) == alone
    if lens == "change":
        assert Style("en").words(shown.missing_key).startswith("no state before it")
        assert shown.high == high - low


@pytest.mark.parametrize("mode", MERGE_MODES)
def test_at_a_masked_timestep_digits_and_size_are_of_the_0_that_is_shown(mode):
    forward, backward = (
        cell_of(SimpleRNN, {"activation": "tanh"}, np.random.default_rng(seed)) for seed in (1, 2)
    )
    network = Network((Layer(forward, backward=backward, merge_mode=mode),), mask_value=0.0)
    inputs = np.random.default_rng(3).normal(size=(9, forward.features))
    inputs[4] = 0.0
    found = run(network, Inputs(inputs))
    h, size, digits = (
        states.analyse(found, Perspective(lens=lens)).field.values
        for lens in ("state", "magnitude", "digits")
    )
    assert (h[4] == 0).all()
    assert np.isneginf(size[4]).all()
    assert (digits[4] == 0).all()


@pytest.mark.parametrize("mode", MERGE_MODES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_merged_state_lies_within_its_range(variant, mode):
    layer = Bidirectional(random_cell(variant, 1), random_cell(variant, 2), mode)
    inputs = 40 * np.random.default_rng(4).normal(size=(200, layer.features))
    with np.errstate(over="ignore", invalid="ignore"):
        reached = layer.unroll(inputs).states
    low, high = layer.state_range
    reached = reached[np.isfinite(reached)]
    assert low <= reached.min()
    assert reached.max() <= high
    assert not np.isnan([low, high]).any()


@pytest.mark.parametrize(
    ("mode", "activation", "reached"),
    [("sum", "tanh", (-2, 2)), ("ave", "tanh", (-1, 1)), ("mul", "tanh", (-1, 1)),
     ("sum", "sigmoid", (0, 2)), ("mul", "sigmoid", (0, 1)), ("mul", "relu", (0, np.inf)),
     ("sum", "linear", (-np.inf, np.inf)), ("concat", "relu", (0, np.inf))],
)  # fmt: skip
def test_what_two_states_can_be_together(mode, activation, reached):
    assert merged(mode, activation, 0.1).layers[0].state_range == reached


def test_a_strip_names_the_ends_that_its_states_have():
    def title(mode, activation):
        shown = states.analyse(merged(mode, activation), Perspective())
        return strip_title(shown.strips[0], Style("en"))

    assert title("concat", "tanh") == "saturated units (|h| > 0.99)"
    assert title("ave", "sigmoid").endswith("of the way to 0 or 1)")
    assert title("sum", "tanh").endswith("of the way to an end)")  # which is 2


def test_where_either_direction_overflows_the_merged_states_do():
    both = merged("concat", "linear", 1e300, 400).layers[0].both
    finite = np.isfinite(both.states).all(axis=1)
    assert finite.any()
    assert not finite.all()
    first = int((~finite).argmax())
    assert (both.diverged_at, saturation(both).diverged_at) == (first, first)
    assert merged("concat").layers[0].both.diverged_at is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reading_says_which_direction_it_means(language):
    say = words(language)
    both, one = simulate(BOTH), simulate(BOTH.replace(bidirectional=False))
    said, plain = read_layer(both.layers[0], say), read_layer(one.layers[0], say)
    assert said.headline == say("direction.forward", sentence=plain.headline)
    assert said.meaning == f"{plain.meaning} {say('direction.forward_only')}"


@pytest.mark.parametrize("mode", MERGE_MODES)
def test_one_step_of_merged_states_is_of_the_forward_layer_and_says_so(mode):
    found, say = merged(mode), words("en")
    forward = found.layers[0].trace
    units = forward.layer.units
    beside = mode == "concat"
    for unit in (0, units - 1, units, 2 * units - 1):
        look = Perspective(timestep=3, unit=unit)
        shown = one_step.analyse(found, look)
        expected = found.states[3, unit] if beside else forward.states[3, min(unit, units - 1)]
        assert shown.step.state == pytest.approx(expected)
        assert shown.merged != beside
    told = caption(one_step.VIEW, found, look, say)
    assert (say("direction.forward_only") in told.how_to_read) != beside
    assert ("forward layer" in told.parameters.replace("\N{NO-BREAK SPACE}", " ")) != beside


def test_every_view_of_one_direction_says_so():
    both, one, say = simulate(BOTH), simulate(BOTH.replace(bidirectional=False)), words("en")
    for name, view in views().items():
        found = [caption(view, run, Perspective(), say) for run in (both, one)]
        told = ["forward layer" in f"{one.parameters} {one.how_to_read}" for one in found]
        assert told == [name not in SHOWS_BOTH, False], name


def test_gates_of_one_direction_stand_under_its_name():
    bands = LAYERS.analyse(simulate(BOTH.replace(cell="LSTM")), Perspective()).bands
    assert {band.layer for band in bands if band.kind == "state"} == {"bidirectional"}
    others = {band.layer for band in bands if band.kind != "state"}
    assert others == {"bidirectional.forward_layer"}
