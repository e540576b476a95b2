"""Lenses, closer looks and the diagnosis on the page, without a browser."""

import re
from urllib.parse import urlencode

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.plateau import plateau
from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences.advice import KERAS_WEIGHTS
from rnnviz.sentences.numbers import number
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.lenses import LENSES
from rnnviz.views.registry import view, views_of
from tests.app.test_app import address, numbers, run, sentences, shown

LOOKS = [one.name for one in views_of("states") if one.name != "states"]
DEGENERATE = [
    {},
    {"weight_scale": 0.0},
    {"timesteps": 1, "units": 1, "input_features": 1},
    {"activation": "linear", "timesteps": 400, "units": 8},
    {"activation": "relu", "dtype": "float32", "units": 8, "timesteps": 60},
    {"cell": "LSTM", "units": 8, "timesteps": 20},
    {"cell": "GRU", "units": (8, 4), "bidirectional": (True, False), "timesteps": 20},
    {"signal": "text", "units": 8},
]


def switch(at, label):
    return next(one for one in at.segmented_control if one.label == label)


def captions(at):
    return " ".join(caption.value for caption in at.caption)


def query(experiment=None, **perspective):
    pairs = (experiment or Experiment()).pairs()
    return urlencode([*pairs, *((name, str(value)) for name, value in perspective.items())])


def test_the_first_page_computes_none_of_the_closer_looks(monkeypatch):
    for name in LOOKS:
        module = __import__(f"rnnviz.views.{name}", fromlist=["VIEW"])
        monkeypatch.setattr(module, "draw", None)
    monkeypatch.setattr("rnnviz.app.panels.closer.initialiser_grid.initialiser_grid", None)
    at = run()
    assert not at.exception
    assert not at.error
    assert "Each column is a timestep" in captions(at)
    assert dict(at.query_params)["lens"] in ("state", ["state"])


def test_the_switch_offers_every_lens_and_writes_it_into_the_link():
    at = run()
    lens = switch(at, words("en")("lens.label"))
    assert list(lens.options) == [words("en")(f"lens.{name}.label") for name in LENSES]
    for name in LENSES:
        switch(at, words("en")("lens.label")).set_value(name).run()
        assert not at.error
        assert f"lens={name}" in address(at)
        assert words("en")(f"lens.{name}.how_to_read") in captions(at)
        again = run(address(at))
        assert switch(again, words("en")("lens.label")).value == name


@pytest.mark.parametrize(
    ("activation", "said"), [("tanh", "blue is negative, red positive"), ("sigmoid", "below 0.5")]
)
def test_of_colours_the_page_says_what_is_true_of_the_scale(activation, said):
    told = captions(run(query(Experiment(units=6, timesteps=9, activation=activation))))
    assert said in told
    assert ("negative, red" in told) == (activation == "tanh")


def test_a_lens_with_nothing_to_show_says_why():
    at = run(query(Experiment(activation="relu"), lens="digits"))
    assert "no ends" in captions(at)
    assert not at.error


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_opens_for_every_run(look):
    for count, settings in enumerate(DEGENERATE):
        language = LANGUAGES[count % 2]
        more = {"dense_units": 7} if view(look).needs_head else {}
        at = run(query(Experiment(**settings | more), view=look, t=5, unit=3, lang=language))
        assert not at.exception
        assert not at.error
        shown_run = simulate(Experiment(**settings | more))
        told = view(look).told(shown_run, Perspective(), words(language))
        assert told.how_to_read in captions(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_output_is_offered_where_there_is_one_and_told_where_there_is_none(language):
    say = words(language)
    at = run(query(Experiment(), view="output", lang=language))
    assert not at.error
    assert say("view.needs_head") in [one.value for one in at.info]
    assert say("view.output.short") not in switch(at, say("closer.label")).options
    at = run(query(Experiment(dense_units=1), lang=language))
    assert say("view.output.short") in switch(at, say("closer.label")).options


def test_a_look_is_chosen_closed_again_and_kept_in_the_link():
    at = run()
    label = words("en")("closer.label")
    switch(at, label).set_value("curve").run()
    assert "view=curve" in address(at)
    assert words("en")("view.curve.title") in sentences(at)
    switch(at, label).set_value(None).run()
    assert "view=none" in address(at)
    assert words("en")("view.curve.title") not in sentences(at)


def test_the_glass_writes_lines_that_give_the_states_own_number():
    experiment = Experiment(weight_scale=0.03, seed=3)
    states = simulate(experiment).states
    at = run(query(experiment, view="one_step", t=17, unit=40))
    terms, numbers, arrays = (code.value for code in at.code)
    assert repr(float(states[17, 40])) in terms
    known = {"np": np}
    assert eval(numbers, known) == states[17, 40]
    *preparation, line = arrays.splitlines()
    exec("\n".join(preparation), known)
    assert eval(line, known) == states[17, 40]
    assert words("en")("one_step.exact") in captions(at)


def test_the_unit_can_be_chosen_by_its_number():
    at = run(query(view="one_step", t=1, unit=40))
    unit = next(one for one in at.number_input if one.label == words("en")("one_step.unit"))
    assert unit.value == 40
    unit.set_value(7).run()
    assert "unit=7" in address(at)
    assert "U_{7}" in at.latex[0].value
    unit = next(one for one in at.number_input if one.label == words("en")("one_step.unit"))
    assert unit.value == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changes_it_says_that_no_scale_is_good_for_the_lecture(language):
    at = run(query(view="initialiser_grid", lang=language))
    concluded = re.compile(
        re.sub(
            r"\\{\w+\\}", ".+", re.escape(words(language).sentences["initialiser_grid.conclusion"])
        )
    )
    assert concluded.search(sentences(at))
    assert "10⁻²⁷" in sentences(at)
    at = run(
        query(Experiment(activation="linear", units=8), view="initialiser_grid", lang=language)
    )
    assert not concluded.search(sentences(at))


def test_the_suggestion_is_one_click():
    at = run(query(lens="digits", t=5))
    at.button(key="advice").click().run()
    assert shown(at) == Experiment(**KERAS_WEIGHTS)
    assert "lens=digits" in address(at)
    assert "The network forgets" in sentences(at)
    assert "zero-mean" not in " ".join(button.label for button in at.button)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"weight_scale": 0.03}, "a step keeps 43.0%"),
        ({**KERAS_WEIGHTS, "weight_scale": 1.6}, "Near the edge"),
        ({"activation": "linear", "timesteps": 1000}, "step 206 (t = 205)"),
        ({"weight_scale": 0.0}, "Every state is exactly 0"),
    ],
)
def test_the_diagnosis_stands_on_top(settings, sentence):
    assert sentence in sentences(run(query(Experiment(**settings))))


def test_the_gradient_left_is_among_the_numbers():
    assert numbers(run())["Gradient left"] == "0"
    assert numbers(run(query(Experiment(weight_scale=0.02))))["Gradient left"] == "10⁻²⁷"
    assert plateau("tanh", "float64").high > 18


def test_the_range_of_a_run_that_diverged_is_that_of_its_finite_states():
    """It read "nan … nan"."""
    experiment = Experiment(activation="linear", timesteps=1000)
    at = run(query(experiment))
    shown = numbers(at)[words("en")("metric.range")]
    states = simulate(experiment).layers[0].trace.states
    finite = states[np.isfinite(states).all(axis=1)]
    assert shown == f"{number(float(finite.min()))} … {number(float(finite.max()))}"
    assert "nan" not in shown
