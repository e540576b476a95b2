"""The first screen: networks to begin with, the knobs that teach most, a way out of a dead view."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.app.panels.alive import SHOWN_BY, is_dead
from rnnviz.app.sidebar.weights_preset import PRESET_KNOBS, PRESETS, preset_of
from rnnviz.i18n import words
from rnnviz.link import Link
from rnnviz.spec.starters import LOOKED_AT, STARTERS, starter_of
from rnnviz.views.registry import views_of
from tests.app.test_app import address, run, scale, sentences, shown, written

SAY = words("en")


def button(at, key):
    return next(one for one in at.button if one.key == key)


@pytest.mark.parametrize("name", STARTERS)
def test_each_starter_is_one_link(name):
    at = run("weight_scale=0.03&lens=change&t=7&b.units=9&palette=purple_orange&lang=ko")
    at = run(links(at)[name])
    assert not at.exception
    assert not at.error
    assert shown(at) == STARTERS[name]
    assert starter_of(shown(at)) == name
    link = Link.parse(address(at))
    look = link.perspective
    assert (look.lens, look.palette, look.language) == ("change", "purple_orange", "ko"), "stay"
    assert look.timestep == LOOKED_AT.get(name, 0), "begins anew"
    assert link.second == Experiment(units=9)
    assert marked(at) == [name]


def test_a_network_that_was_changed_is_none_of_the_starters_any_more():
    at = run()
    assert marked(at) == ["pinned"]
    scale(at, "weight_scale").set_value(0.1).run()
    assert marked(at) == []
    scale(at, "weight_scale").set_value(1.0).run()
    assert marked(at) == ["pinned"]


@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_starter_begins_where_something_is_to_be_seen(name):
    trace = simulate(STARTERS[name]).layers[0].trace
    assert trace.states[LOOKED_AT[name]].any()
    assert trace.inputs.any()


@pytest.mark.parametrize("name", STARTERS)
def test_a_link_is_followed_though_a_slider_was_let_go_just_before(name):
    """Both reach the server in one run; what the slider stood at was taken for the link's."""
    at = run("weight_scale=0.03&seed=5")
    query = links(at)[name]
    scale(at, "weight_scale").set_value(0.1)
    at.query_params.clear()
    for key, text in parse_qsl(query, keep_blank_values=True):
        at.query_params[key] = text
    at.run()
    assert not at.exception
    assert shown(at) == STARTERS[name]


def test_a_slider_is_heard_though_the_address_is_the_one_of_before():
    at = run("seed=5")
    before = dict(parse_qsl(address(at), keep_blank_values=True))
    scale(at, "weight_scale").set_value(0.1).run()
    scale(at, "units").set_value(16)
    for key, text in before.items():
        at.query_params[key] = text
    at.run()
    assert shown(at) == Experiment(seed=5, weight_scale=0.1, units=16)


def links(at):
    """The queries of the networks to begin with, by name."""
    found = re.findall(r'rv-starter-(\w+)" href="\?([^"]*)"', " ".join(written(at)))
    return {name: unescape(query) for name, query in found}


def marked(at):
    return re.findall(r'rv-starter-(\w+)"[^>]*aria-current', " ".join(written(at)))


def kind(experiment):
    trace = simulate(experiment).layers[0].trace
    return diagnose(trace, saturation(trace)).kind


def test_the_starters_do_what_they_are_called():
    assert STARTERS["pinned"] == Experiment()
    assert kind(STARTERS["pinned"]) == "saturated"
    assert kind(STARTERS["chaos"]) == "chaotic"
    assert kind(STARTERS["healthy"]) == kind(STARTERS["text"]) == "edge"
    assert STARTERS["text"].signal == "text"


@pytest.mark.parametrize("name", PRESETS)
def test_the_initial_weights_are_one_choice(name):
    at = run()
    box = next(one for one in at.selectbox if one.label == SAY("weights_preset.label"))
    at = box.set_value(name).run()
    assert not at.exception
    assert preset_of(shown(at), 0) == name
    changed = dict(zip(PRESET_KNOBS, PRESETS[name], strict=True))
    assert shown(at) == Experiment().replace(**changed), "and nothing else changes"


def test_a_mixture_of_initialisers_is_called_one():
    at = run("recurrent_initializer=orthogonal")
    box = next(one for one in at.selectbox if one.label == SAY("weights_preset.label"))
    assert box.value == "own"
    assert shown(at).recurrent_initializer == "orthogonal"


def test_the_knobs_that_teach_most_stand_first():
    at = run()
    labels = [one.label for one in at.sidebar.selectbox]
    wanted = [SAY("weights_preset.label"), SAY("knob.cell.label"), SAY("knob.signal.label")]
    assert labels == wanted


@pytest.mark.parametrize("view", [view for view in SHOWN_BY if view != "moments"])
def test_a_dead_view_offers_a_network_in_which_there_is_something_to_see(view):
    assert view in {one.name for one in views_of("dynamics")}
    at = run(f"page=dynamics&view={view}")
    assert SAY(f"alive.{view}") in sentences(at)
    at = button(at, "alive.show").click().run()
    assert not at.exception
    living = shown(at)
    assert not is_dead(simulate(living), 0)
    assert SAY("alive.dead") not in sentences(at)
    assert at.query_params["view"] in (view, [view])
