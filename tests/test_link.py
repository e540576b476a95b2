"""One reader and writer of links: what is shown, how, and everything unknown said once."""

import pytest

from rnnviz import Experiment
from rnnviz.engine import Given
from rnnviz.lessons.registry import lessons
from rnnviz.link import Link, address_of
from rnnviz.spec.given import acting_knobs
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training

SHA, OTHER = "ab" * 32, "0c" * 32


def given(**changes):
    return Given(**{"network": SHA, "inputs": "", "network_name": "my net.keras"} | changes)


@pytest.mark.parametrize(
    "link",
    [
        Link(),
        Link(Experiment(units=(3, 4), seed=5), Perspective(page="keras", timestep=3)),
        Link(second=Experiment(cell="LSTM")),
        Link(given(recipe=Experiment(weight_scale=0.5, timesteps=30)), Perspective(trial=2)),
        Link(given(network="", inputs=OTHER, inputs_name="a.csv", recipe=Experiment(units=7))),
        Link(given(recipe=Experiment()), second=given(network=OTHER, recipe=Experiment())),
    ],
)
def test_what_is_written_is_read_again(link):
    for text in (link.text, f"?{link.text}", f"https://x.example/y/?{link.text}#z"):
        assert Link.parse(text) == link
    assert Link.parse(link.pairs) == link
    assert Link.parse(link.short_pairs) == link
    assert Link.parse(link.caption("https://x.example/")).source == link.source


def test_a_link_of_a_file_names_it_and_only_knobs_that_act():
    link = Link(given(recipe=Experiment(weight_scale=0.5)))
    names = [name for name, _ in link.pairs]
    assert dict(link.pairs)["network"] == SHA
    assert "units" not in names
    assert "kernel_initializer" not in names
    assert "weight_scale" in names
    assert "timesteps" in names
    inputs_too = acting_knobs(given(inputs=OTHER))
    assert "timesteps" not in inputs_too
    assert "weight_scale" in inputs_too


def test_an_unknown_name_of_every_kind_is_said_once():
    problems = {
        "hidden=nothing": "unknown_name",
        "knobs=nothing": "unknown_name",
        "view=nothing": "unknown_view",
        "lesson=nothing": "unknown_lesson",
        "nothing=1": "unknown_name",
        "network=nothing": "not_a_hash",
        "b.nothing=1": "unknown_name",
    }
    for text, key in problems.items():
        assert [problem.key for problem in Link.parse(text).problems] == [key], text
        assert (
            Link.parse(text).problems[0].sentence("ko") != Link.parse(text).problems[0].sentence()
        )


def test_a_lesson_alone_opens_its_network_everywhere():
    for name, lesson in lessons().items():
        link = Link.parse(f"lesson={name}")
        recipe = lesson.experiment_at(0)
        if isinstance(recipe, Training):
            assert link.training == recipe
            recipe = recipe.experiment
        assert link.experiment == recipe
        assert not link.problems


def test_old_names_of_views_still_open_them():
    for old, new in {"glass": "one_step", "changes": "initialiser_grid"}.items():
        link = Link.parse(f"view={old}")
        assert link.perspective.view == new
        assert not link.problems


@pytest.mark.parametrize(
    "text", ["&&", "x" * 20_000, "%00", "?" * 50, "network=" + "0" * 64 + "&v=9"]
)
def test_hostile_text_is_read_and_complained_about(text):
    link = Link.parse(text)
    assert link.problems
    assert Link.parse(link.pairs).source == link.source


def test_addresses():
    assert address_of("https://x.example/y/?v=1") == "https://x.example/y/"
    assert address_of("v=1") == ""
