"""The page of the dynamics: its views in groups, and where its cursor stands at first."""

from urllib.parse import parse_qsl

import pytest

from rnnviz.i18n import LANGUAGES, words
from rnnviz.views.registry import grouped, views_of
from tests.app.test_app import address, run


def group(at, name):
    """Return the pills of one group of views, or the switch of the pages."""
    return next(one for one in at.button_group if one.key == f"widget.{name}")


def link(at):
    return dict(parse_qsl(address(at)))


def standing(at, name):
    return group(at, name).value


def test_views_stand_in_groups_of_which_one_view_is_chosen():
    at = run("units=8&timesteps=20&weight_scale=0.1&page=dynamics&t=5")
    groups = grouped(view for view in views_of("dynamics") if not view.needs_trials)
    assert list(groups) == ["gradient", "memory", "chaos", "geometry"]
    assert standing(at, "view.dynamics.gradient") == "spectrum"
    at = group(at, "view.dynamics.chaos").set_value("twins").run()
    assert not at.exception
    assert link(at)["view"] == "twins"
    chosen = [standing(at, f"view.dynamics.{name}") for name in groups]
    assert chosen == [None, None, "twins", None], "one view is shown, of whichever group"
    at = group(at, "view.dynamics.chaos").set_value(None).run()
    assert standing(at, "view.dynamics.chaos") == "twins", "one is always shown"
    at = group(at, "view.dynamics.geometry").set_value("not offered").run()
    assert link(at)["view"] == "twins"


def test_the_cursor_stands_under_way_when_the_page_is_first_opened():
    at = run("units=8&weight_scale=0.1")
    at = group(at, "page").set_value("dynamics").run()
    assert not at.exception
    assert link(at)["t"] == "20", "at the first step there is nothing before"
    assert link(at)["page"] == "dynamics"
    at = run("units=8&weight_scale=0.1&t=7")
    at = group(at, "page").set_value("dynamics").run()
    assert link(at)["t"] == "7", "a cursor that was moved stays"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_of_the_page_is_in_a_group_with_a_name(language):
    for name in grouped(views_of("dynamics")):
        assert words(language)(f"group.{name}")
