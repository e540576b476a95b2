"""The settings of a view on the page: what the link sets, and what a control sets in the link."""

import pytest

from rnnviz.i18n import words
from tests.app.test_app import address, run, sentences


def number(at, name, language="en"):
    label = words(language)(f"parameter.{name}.label")
    return next(one for one in at.number_input if one.label == label)


def test_a_link_sets_a_view_and_opens_its_settings():
    at = run("units=6&page=dynamics&view=fixed_points&fixed_points.starts=40&fixed_points.seed=3")
    assert not at.exception
    assert number(at, "starts").value == 40
    assert number(at, "seed").value == 3
    assert r"starts\: 40" in sentences(at)
    assert "fixed_points.starts=40" in address(at)


def test_a_control_sets_the_link_and_the_default_leaves_it():
    at = run("units=6&page=dynamics&view=fixed_points&fixed_points.seed=3")
    number(at, "starts").set_value(77).run()
    assert "fixed_points.starts=77" in address(at)
    assert r"starts\: 77" in sentences(at)
    number(at, "seed").set_value(0).run()
    assert "fixed_points.seed" not in address(at)
    assert not at.exception


def test_the_held_input_is_said():
    at = run("units=6&page=dynamics&view=fixed_points&fixed_points.held_input=zero")
    assert "Input held at zero" in sentences(at)
    choice = next(
        one for one in at.selectbox if one.label == words("en")("parameter.held_input.label")
    )
    choice.set_value("cursor").run()
    assert not at.exception
    assert "fixed_points.held_input=cursor" in address(at)
    assert "as it is at the time cursor" in sentences(at)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_a_link_sets_wrongly_is_told(language):
    at = run(f"units=6&page=dynamics&view=memory&memory.lags=none&memory.lags=0&lang={language}")
    assert not at.exception
    at = run(f"units=6&page=dynamics&view=memory&memory.lags=-3&memory.nothing=1&lang={language}")
    assert not at.exception
    assert "nothing" in " ".join(one.value for one in at.warning)


def test_numbers_that_do_not_fit_the_features_are_told():
    at = run(
        "units=6&input_features=4&page=dynamics&view=fixed_points&fixed_points.held_input=1,2,3"
    )
    assert not at.exception


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_wish_that_cannot_be_met_is_told_with_a_way_out(language):
    at = run(f"recurrent_initializer=zeros&spectral_radius=0.9&units=6&lang={language}")
    assert not at.exception
    assert words(language)("page.unmet") in " ".join(one.value for one in at.warning)
    label = words(language)("mend.radius_of_zero")
    next(button for button in at.button if button.label == label).click().run()
    assert "recurrent_initializer=orthogonal" in address(at)
    assert not at.warning
