"""Two things that reach the page in one run: neither is lost."""

from urllib.parse import parse_qsl

import pytest

from tests.app.test_app import address, run, shown
from tests.i18n.spoken import spoken

SAY = spoken("en")


def link(at):
    return dict(parse_qsl(address(at)))


def widget(kind, key):
    return next(one for one in kind if one.key == key)


@pytest.mark.parametrize("query", ["lesson=scaling&card=2", "lesson=latch&card=3"])
def test_a_lens_that_was_chosen_just_before_the_next_card_stays(query):
    at = run(query)
    card = int(link(at)["card"])
    lens = widget(at.button_group, "widget.lens")
    lens.set_value("slope")
    widget(at.button, "card_back").click()
    at.run()
    assert not at.exception
    assert int(link(at)["card"]) == card - 1
    assert link(at)["lens"] == "slope"
    widget(at.button, "card_back").click().run()
    assert link(at)["lens"] == "slope", "and it goes on staying"


def test_what_a_button_changes_itself_is_what_it_says():
    at = run("page=states")
    widget(at.button_group, "widget.lens").set_value("slope")
    widget(at.select_slider, "widget.weight_scale").set_value(0.1)
    next(one for one in at.button if one.label == SAY("page.back_to_lecture")).click()
    at.run()
    assert link(at)["lens"] == "slope"
    assert shown(at).weight_scale == 1.0
