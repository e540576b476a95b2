"""Each lens: its values, an honest scale, and marks where there is no number."""

import math

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, simulate
from rnnviz import run as run_network
from rnnviz.engine import DRAWN_ACTIVATIONS
from rnnviz.export.caption import caption
from rnnviz.i18n import LANGUAGES, words
from rnnviz.spec.perspective import LENSES as NAMES
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.lenses import LENSES, has_ends, lens_for
from rnnviz.views._plot.picture import HIGHEST, LOWEST, MISSING, encode
from rnnviz.views._plot.picture_frame import mark_titles
from rnnviz.views._plot.style import Style
from rnnviz.views._plot.trial_lenses import TRIAL_LENSES

TAME = {
    "weight_scale": 0.3, "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
}  # fmt: skip


def field(lens, **settings):
    run = simulate(Experiment(**settings))
    return states.analyse(run, Perspective(lens=lens)).field


def test_the_link_and_the_table_know_the_same_lenses():
    assert (*LENSES, *TRIAL_LENSES) == NAMES
    table = {**LENSES, **TRIAL_LENSES}
    assert [lens.name for lens in table.values()] == list(NAMES)


def test_the_array_under_a_hover_has_the_name_of_its_lens():
    names = [LENSES[name].array_name for name in LENSES]
    assert names == ["states", "digits", "preactivations", "slopes", "changes", "magnitudes"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_lens_has_its_words(name, language):
    say = words(language)
    for key in (f"lens.{name}.label", f"lens.{name}.how_to_read", f"field.{name}.title"):
        assert say(key)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("activation", DRAWN_ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_finite_value_lies_on_its_scale(name, activation, dtype):
    shown = field(name, activation=activation, dtype=dtype, weight_scale=0.3, timesteps=30)
    finite = shown.values[np.isfinite(shown.values)]
    assert shown.low < shown.high
    assert finite.min() >= shown.low
    assert finite.max() <= shown.high * (1 + 1e-6)
    assert not shown.values.flags.writeable
    for language in LANGUAGES:
        mark_titles(shown, Style(language))


def test_digits_of_the_lecture_finite_at_step_0_exact_everywhere_after():
    shown = field("digits")
    first, later = shown.values[0], shown.values[1:]
    assert np.isfinite(first).all()
    assert ((first > 4) & (first < 10)).mean() > 0.9
    assert np.isposinf(later).all()
    shades = encode(shown.values, shown)
    assert (shades[1:] == HIGHEST).all(), "exact ends are marked"
    assert (shades[0] < HIGHEST).all(), "numbers are not"
    assert mark_titles(shown, Style())[1] == "exactly at the end"


def test_sixteen_digits_are_not_mistaken_for_the_end():
    almost = np.nextafter(np.ones((1, 2)), 0)
    almost[0, 1] = 1.0
    run = simulate(Experiment(timesteps=1, units=2))
    trace = run.layers[0].trace
    nearly = type(trace)(trace.layer, trace.inputs, trace.initial_state, almost)
    shown = LENSES["digits"].field(nearly)
    assert shown.values[0, 0] == pytest.approx(15.95, abs=0.01)
    assert shown.values[0, 0] < shown.high
    assert encode(shown.values, shown)[0].tolist() == [
        encode(np.full((1, 1), 15.95), shown)[0, 0],
        HIGHEST,
    ]


def test_slope_marks_what_passes_nothing():
    shown = field("slope")
    assert (encode(shown.values, shown)[1:] == LOWEST).all()
    assert (shown.low, shown.high) == (0.0, 1.0)
    assert field("slope", activation="sigmoid").high == 0.25
    assert mark_titles(shown, Style())[0] == "exactly 0"


def test_the_scale_of_z_is_easily_read_and_holds_all_of_it():
    for scale in (1.0, 0.1, 0.02, 7.0):
        shown = field("preactivation", weight_scale=scale)
        limit = np.abs(shown.values).max()
        assert limit <= shown.high < 2 * limit
        assert shown.high == float(f"{shown.high:.2g}")
        assert shown.low == -shown.high


def test_change_has_the_whole_range_as_its_scale():
    assert field("change").high == 2.0
    assert field("change", activation="sigmoid").high == 1.0
    assert field("change", activation="relu", timesteps=5).high_mark == math.inf


def test_without_ends_digits_fall_back_to_the_state():
    run = simulate(Experiment(activation="relu", timesteps=5))
    trace = run.layers[0].trace
    assert not has_ends(trace)
    assert lens_for("digits", trace).name == "state"
    assert field("digits", activation="relu", timesteps=5).name == "state"


def test_size_tells_apart_every_step_up_to_the_overflow():
    run = simulate(Experiment(activation="linear", timesteps=400))
    shown = LENSES["magnitude"].field(run.layers[0].trace)
    last = run.layers[0].trace.diverged_at
    grown = shown.values[:last].mean(axis=1)
    assert (np.diff(grown[1:]) > 0).all()
    shades = encode(shown.values, shown)
    assert np.unique(shades[:last]).size > 100, "on a linear scale all but the last steps are alike"
    assert (shades[last:] == HIGHEST).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "settings",
    [
        {"weight_scale": 0.0},
        {"timesteps": 1, "units": 1, "input_features": 1},
        {"activation": "linear", "timesteps": 400},
        {"activation": "relu", "weight_scale": 10.0, "dtype": "float32"},
        {"cell": "LSTM"},
        {"cell": "GRU", "units": (8, 4), "bidirectional": (True, False)},
    ],
)
def test_degenerate_runs_are_drawn_through_every_lens(name, settings):
    run = simulate(Experiment(**settings))
    perspective = Perspective(lens=name, layer=0)
    picture = states.analyse(run, perspective)
    figure = states.draw(picture, Style())
    z = np.asarray(figure.data[0].z, float)
    assert z.shape == picture.field.values.shape[::-1]
    assert not np.isinf(z).any(), "Plotly would leave infinite cells out"


def test_both_directions_stand_beside_each_other():
    run = simulate(Experiment(units=8, bidirectional=True, timesteps=12, weight_scale=0.1))
    for name in NAMES:
        shown = states.analyse(run, Perspective(lens=name)).field
        assert shown.values.shape == (12, 16)
    z = states.analyse(run, Perspective(lens="preactivation")).field.values
    assert np.array_equal(z, run.layers[0].preactivations)


def test_mean_and_spread_over_trials_of_different_lengths_are_numpys():
    """Written out trial by trial; a run of one sequence shows its state instead."""
    generator = np.random.default_rng(0)
    network = simulate(Experiment(units=5, input_features=2, weight_scale=0.3)).network
    lengths = (7, 4, 9)
    values = generator.normal(size=(3, 9, 2))
    whole = run_network(network, Inputs(values, lengths))
    for trial, length in enumerate(lengths):
        one = whole.trial(trial)
        mean, spread = (
            states.analyse(one, Perspective(lens=name, contrast="fixed")).field
            for name in TRIAL_LENSES
        )
        assert mean.values.shape == spread.values.shape == (length, 5)
        for step in range(length):
            there = np.stack([whole.states[n, step] for n in range(3) if step < lengths[n]])
            np.testing.assert_allclose(mean.values[step], there.mean(axis=0), atol=1e-15)
            wanted = there.std(axis=0, ddof=1) if len(there) > 1 else np.full(5, np.nan)
            np.testing.assert_allclose(spread.values[step], wanted, atol=1e-15)
        assert np.nanmax(spread.values) <= spread.high
        assert (mean.low, mean.high) == (-1.0, 1.0)
    assert (encode(spread.values, spread)[7:] == MISSING).all(), "one trial alone is that long"
    assert words("en")(spread.missing_key) == "one trial alone is that long (or nan)"
    alone = run_network(network, values[0, :7])
    shown = states.analyse(alone, Perspective(lens="trial_mean")).field
    assert shown.name == "state"
    np.testing.assert_array_equal(shown.values, alone.states)


@pytest.mark.parametrize(
    ("name", "strip"), [("trial_mean", "mean"), ("trial_spread", "mean_spread")]
)
def test_beneath_all_trials_stand_strips_of_all_trials(name, strip):
    whole = simulate(Experiment(sequences=3, timesteps=5, units=4, **TAME))
    look = Perspective(lens=name)
    values = {"trial_mean": whole.states.mean(axis=0), "trial_spread": whole.states.std(0, ddof=1)}
    for trial in range(3):
        picture = states.analyse(whole.trial(trial), look)
        assert [one.name for one in picture.strips] == [strip]
        np.testing.assert_allclose(picture.strips[0].values, values[name].mean(axis=1))
        assert picture.input is None, "each trial has its own"
        said = caption(states.VIEW, whole.trial(trial), look, words("en"))
        assert "all trials" in said.parameters.replace("\N{NO-BREAK SPACE}", " ")
        assert "trial\N{NO-BREAK SPACE}" not in said.parameters
    states.draw(picture, Style())


def test_of_one_state_in_all_trials_only_what_has_a_spread_is_hatched():
    """One trial, or one that is longer than all others: there is no spread, and so no 0."""
    trials = np.full((3, 6, 2), 0.5)
    alone = TRIAL_LENSES["trial_spread"].values(trials, (6, 2, 4))
    assert (alone[:4] == 0).all()
    assert np.isnan(alone[4:]).all()
    assert np.isnan(TRIAL_LENSES["trial_spread"].values(trials[:1], (6,))).all()


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM"])
def test_no_slope_is_shown_where_a_timestep_is_masked(activation, cell):
    """Before the text h stays 0 and a gradient passes unchanged; 0·(1 − 0) is no slope of it."""
    text = {"signal": "text", "text": "abc", "maxlen": 8, "mask_zero": True}
    run = simulate(Experiment(units=4, cell=cell, activation=activation, **text, **TAME))
    shown = states.analyse(run, Perspective(lens="slope")).field
    assert (encode(shown.values, shown)[:5] == MISSING).all()
    assert np.isfinite(shown.values[5:]).all()
    assert "masked" in words("en")(shown.missing_key)
    assert ("kink" in words("en")(shown.missing_key)) == (activation == "relu")


IRNN = {
    "activation": "relu", "recurrent_initializer": "identity", "recurrent_gain": 2.0,
    "bias_initializer": "zeros", "signal": "zeros", "units": 4, "timesteps": 5,
}  # fmt: skip


def legend(figure):
    return " ".join(one.text for one in figure.layout.annotations if one.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slope_lens_marks_kinks_and_says_so(language):
    """The IRNN at rest: each of its sums is exactly 0, where relu has two slopes."""
    picture = states.analyse(simulate(Experiment(**IRNN)), Perspective(lens="slope"))
    assert np.isnan(picture.field.values).all()
    assert (encode(picture.field.values, picture.field) == MISSING).all()
    said = words(language)("field.slope.missing")
    assert said in legend(states.draw(picture, Style(language)))
    moving = simulate(Experiment(**IRNN | {"signal": "normal"}))
    picture = states.analyse(moving, Perspective(lens="slope"))
    assert said not in legend(states.draw(picture, Style(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_number_has_its_legend(language):
    """A linear network that overflows: ∞ − ∞ is drawn in a grey that is named."""
    wild = {"activation": "linear", "weight_scale": 10.0, "recurrent_gain": 1e3}
    wild |= {"recurrent_initializer": "random_normal", "timesteps": 300}
    run = simulate(Experiment(**wild))
    picture = states.analyse(run, Perspective())
    assert np.isnan(picture.field.values).any()
    assert words(language)("field.missing.title") in legend(states.draw(picture, Style(language)))
