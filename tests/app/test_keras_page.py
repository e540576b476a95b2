"""The Keras page without a browser."""

from urllib.parse import urlencode

import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS, keras_layers, summary
from rnnviz.codegen.programs import FRAMEWORKS, program
from rnnviz.i18n import words
from rnnviz.spec.perspective import Perspective
from tests.app.test_app import run, sentences, shown
from tests.codegen.random_experiments import random_experiment

FOUR = NOTES_MODELS["four_stacked"]


def page(experiment, locale="en-US", **perspective):
    pairs = [*experiment.pairs(), *Perspective(page="keras", **perspective).pairs()]
    at = run(urlencode(pairs), locale)
    assert not at.exception
    assert not at.error
    return at


def press(at, key):
    at.button(key=key).click().run()
    assert not at.exception
    assert not at.error
    return at


def knob(elements, name, layer):
    return next(one for one in elements if one.key == f"widget.stack.{name}.{layer}")


@pytest.mark.parametrize("name", NOTES_MODELS)
def test_every_model_of_the_notes_is_one_click(name):
    at = press(page(Experiment(units=(3, 3))), f"model.{name}")
    assert shown(at) == NOTES_MODELS[name]
    assert not at.warning


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize("view", ["layers", "summary", "code"])
@pytest.mark.parametrize("seed", range(4))
def test_every_part_of_the_page_shows_every_kind_of_stack(seed, view, locale):
    experiment = random_experiment(seed)
    at = page(experiment, locale, view=view, layer=1)
    assert not at.warning
    assert shown(at) == experiment


def test_the_summary_stands_as_keras_prints_it_and_each_count_opens():
    at = page(FOUR, view="summary")
    assert at.code[0].value == summary(FOUR, "keras2").rstrip()
    folded = [one.label for one in at.expander]
    assert "embedding: 320,000 = 10,000 × 32" in folded
    assert "simple_rnn_3: 2,080 = 32 × (32 + 32 + 1)" in folded
    assert "**2,112**" in sentences(at)
    assert "n × (n + m + 1)" in sentences(at)


def test_a_summary_counts_on_from_the_notes_where_the_link_says_so():
    query = NOTES_MODELS["four_stacked"].to_query()
    at = run(f"{query}&page=keras&view=summary&numbering=session")
    assert not at.exception
    assert at.code[0].value.startswith('Model: "sequential_2"')
    assert "simple_rnn_5 (SimpleRNN)" in at.code[0].value
    switch = next(one for one in at.button_group if one.key == "widget.summary.numbering")
    at = switch.set_value("fresh").run()
    assert at.code[0].value.startswith('Model: "sequential"')


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_code_is_the_program(framework):
    at = page(FOUR, view="code")
    switch = next(one for one in at.button_group if one.key == "widget.code.framework")
    switch.set_value(framework).run()
    assert at.code[0].value == program(FOUR, framework).text.rstrip()


def test_a_middle_layer_without_its_sequence_is_explained_and_mended_in_one_click():
    at = page(FOUR)
    knob(at.toggle, "return_sequences", 1).set_value(False).run()
    assert not at.exception
    assert shown(at) == FOUR
    assert "Layer 2 returns only its last state" in at.warning[0].value
    assert "batch, timesteps, 32" in at.warning[0].value
    press(at, "mend.0.not_a_sequence")
    assert not at.warning
    assert shown(at) == FOUR
    assert knob(at.toggle, "return_sequences", 1).value is True


def test_a_mend_keeps_what_else_was_asked_for():
    at = page(FOUR)
    knob(at.toggle, "return_sequences", 0).set_value(False).run()
    knob(at.number_input, "units", 2).set_value(17).run()
    assert shown(at) == FOUR
    press(at, "mend.0.not_a_sequence")
    assert shown(at) == FOUR.replace(units=(32, 32, 17, 32))


def test_a_broken_link_offers_the_mended_stack():
    broken = dict(FOUR.pairs()) | {"return_sequences": "0,1,0,0", "page": "keras"}
    at = run(urlencode(broken))
    assert "Layer 1 returns only its last state" in at.warning[0].value
    press(at, "mend.0.not_a_sequence")
    assert shown(at) == FOUR


def test_the_last_layers_switch_changes_between_the_two_models():
    at = page(NOTES_MODELS["last_output"])
    knob(at.toggle, "return_sequences", 0).set_value(True).run()
    assert shown(at) == NOTES_MODELS["whole_sequence"]


def test_layers_are_added_moved_and_removed():
    at = page(Experiment(units=(8, 7), cell=("LSTM", "GRU")))
    press(at, "stack.do.down")
    assert shown(at) == Experiment(units=(7, 8), cell=("GRU", "LSTM"))
    press(at, "stack.do.duplicate")
    assert shown(at).units == (7, 8, 8)
    press(at, "stack.do.add")
    assert shown(at).cell == ("GRU", "LSTM", "LSTM", "SimpleRNN")
    press(at, "stack.do.remove")
    press(at, "stack.do.up")
    assert shown(at).units == (7, 8, 8)
    press(at, "choose.0")
    press(at, "stack.do.remove")
    assert shown(at).units == (8, 8)


def test_a_button_takes_along_what_was_moved_before():
    at = page(FOUR)
    knob(at.number_input, "units", 3).set_value(5).run()
    scale = next(one for one in at.sidebar.select_slider if one.label == "Timesteps")
    scale.set_value(50).run()
    press(at, "choose.2")
    assert shown(at) == FOUR.replace(units=(32, 32, 32, 5), timesteps=50)


def test_the_only_layer_cannot_be_removed_and_sixteen_are_enough():
    assert page(Experiment()).button(key="stack.do.remove").disabled
    full = page(Experiment(units=(2,) * 16))
    assert full.button(key="stack.do.add").disabled
    assert full.button(key="stack.do.duplicate").disabled


def test_a_typed_text_decides_the_timesteps():
    at = page(FOUR)
    knob_of = {one.key: one for one in at.selectbox}
    knob_of["widget.stack.signal"].set_value("text").run()
    assert shown(at).timesteps == len(shown(at).text)
    at.text_input(key="widget.stack.text").set_value("나는 학교에 간다").run()
    assert shown(at).timesteps == 9
    assert "Timesteps" not in [one.label for one in at.sidebar.select_slider]
    {one.key: one for one in at.selectbox}["widget.stack.split"].set_value("whitespace").run()
    assert shown(at).timesteps == 3
    at.text_input(key="widget.stack.text").set_value("  ").run()
    assert "nothing to read" in at.warning[0].value
    assert shown(at).text == "나는 학교에 간다"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("text=" + "x" * 301, "301 characters"),
        ("text=%00", "no text"),
        ("vocabulary_size=1", "Vocabulary"),
        ("signal=text&text=abc&vocabulary_size=3", "needs 4"),
        ("units=" + ",".join(["8"] * 17), "17 layers"),
        ("units=8,8&bidirectional=1&go_backwards=1", "both ways"),
        ("units=1024,1024,1024,1024&cell=LSTM&timesteps=1", "29,507,584 weights"),
    ],
)
@pytest.mark.parametrize("shown_page", ["keras", "states"])
def test_hostile_links_are_explained(query, named, shown_page):
    at = run(f"page={shown_page}&{query}")
    assert not at.exception
    assert not at.error
    assert named in at.warning[0].value


@pytest.mark.parametrize("shown_page", ["keras", "states", "dynamics"])
def test_a_layer_that_is_not_there_means_the_last_one(shown_page):
    at = run(f"page={shown_page}&layer=9&units=4,3")
    assert not at.exception
    assert not at.error


def test_markup_in_a_text_stays_text():
    text = "<b>a</b> **b** $c$"
    at = page(NOTES_MODELS["last_output"].replace(signal="text", text=text, split="whitespace"))
    assert not any("<b>a</b>" in one.value for one in at.markdown)


def test_other_pages_let_choose_the_layer():
    at = run("units=8,7,6")
    choice = next(
        one for one in at.sidebar.selectbox if one.label == words("en")("knob.layer.label")
    )
    assert choice.options == [layer.name for layer in keras_layers(Experiment(units=(8, 7, 6)))]
    choice.set_value(2).run()
    units = next(one for one in at.sidebar.select_slider if one.label == "Units")
    assert units.value == 6


def test_a_dense_head_is_put_on_top_moved_and_taken_away():
    at = press(page(NOTES_MODELS["last_output"]), "stack.do.head")
    headed = NOTES_MODELS["last_output"].replace(dense_units=1, dense_activation="sigmoid")
    assert shown(at) == headed
    assert "dense · Dense" in sentences(at)
    number = next(one for one in at.number_input if one.key == "widget.stack.dense_units")
    number.set_value(3).run()
    assert shown(at) == headed.replace(dense_units=3)
    choice = {one.key: one for one in at.selectbox}["widget.stack.dense_activation"]
    choice.set_value("relu").run()
    assert shown(at).dense_activation == "relu"
    press(at, "stack.do.add")
    assert shown(at).dense_units == 3
    press(at, "stack.do.head")
    assert shown(at) == NOTES_MODELS["last_output"].replace(
        units=(32, 32), return_sequences=(True, False)
    )
    assert "dense · Dense" not in sentences(at)


def test_none_units_take_the_head_away():
    at = page(NOTES_MODELS["last_output"].replace(dense_units=1))
    next(one for one in at.number_input if one.key == "widget.stack.dense_units").set_value(0).run()
    assert shown(at) == NOTES_MODELS["last_output"]
    assert not at.exception


def test_whose_summary_and_whose_program_stand_in_the_link():
    at = page(FOUR, view="summary", summary_style="keras3")
    assert at.code[0].value == summary(FOUR, "keras3").rstrip()
    at = page(FOUR, view="code", framework="torch")
    assert at.code[0].value == program(FOUR, "torch").text.rstrip()
    switch = next(one for one in at.button_group if one.key == "widget.code.framework")
    switch.set_value("keras").run()
    assert at.session_state["visit"].shown.perspective.framework == "keras"
