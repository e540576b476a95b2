"""Side by side, without a browser: two experiments, linked or not, and their difference."""

from urllib.parse import parse_qsl, urlencode

import pytest

from rnnviz import Experiment, simulate
from rnnviz.app.pages.compare import held_pictures
from rnnviz.app.sidebar.compare import PAIRS, partner_of
from rnnviz.i18n import words
from rnnviz.spec.perspective import SECOND, Perspective, of_the_second
from rnnviz.views import states
from rnnviz.views._plot.side_by_side import on_one_scale
from tests.app.test_app import address, run, scale, shown

SAY = words("en")


def second(at):
    experiment, problems = Experiment.from_pairs(of_the_second(parse_qsl(address(at))))
    assert not problems
    return experiment


def viewers(at):
    keys = [one.proto.id for one in at.get("bidi_component")]
    return sorted(
        {side for side in ("a", "b", "difference") for key in keys if f"viewer.{side}" in key}
    )


def link(**changes):
    changed = Experiment(**changes)
    return "page=compare&" + urlencode([(SECOND + name, text) for name, text in changed.pairs()])


def test_keras_weights_stand_beside_the_lecture_at_first():
    at = run("page=compare")
    assert not at.exception
    assert second(at) == partner_of(Experiment())
    assert second(at).recurrent_initializer == "orthogonal"
    assert viewers(at) == ["a", "b"]


def test_linked_knobs_move_both_and_what_differs_goes_on_differing():
    at = run("page=compare")
    scale(at, "units").set_value(16).run()
    assert shown(at).units == second(at).units == 16
    assert shown(at).recurrent_initializer == "numpy_random"
    assert second(at).recurrent_initializer == "orthogonal"


@pytest.mark.parametrize(("side", "first", "other"), [("a", 16, 64), ("b", 64, 16)])
def test_unlinked_knobs_move_one_side(side, first, other):
    at = run(f"page=compare&side={side}")
    scale(at, "units").set_value(16).run()
    assert (shown(at).units, second(at).units) == (first, other)


def test_changing_sides_shows_the_values_of_that_side():
    at = run(link(units=8))
    assert scale(at, "units").value == 64
    sides = next(one for one in at.segmented_control if one.label == SAY("knob.side.label"))
    sides.set_value("b").run()
    assert scale(at, "units").value == 8
    assert (shown(at).units, second(at).units) == (64, 8)


@pytest.mark.parametrize("name", PAIRS)
def test_the_typical_pairs_are_one_click(name):
    at = run("page=compare")
    next(one for one in at.button if one.key == f"pair.{name}").click().run()
    assert not at.exception
    assert not at.warning
    assert (shown(at), second(at)) == PAIRS[name]


def test_the_difference_is_one_picture():
    at = run("page=compare&difference=1")
    assert not at.exception
    assert viewers(at) == ["difference"]


@pytest.mark.parametrize(("a", "b"), [("relu", "tanh"), ("tanh", "relu"), ("tanh", "sigmoid")])
def test_a_lens_that_one_side_lacks_leaves_the_difference_to_the_states(a, b):
    at = run(f"activation={a}&lens=digits&difference=1&" + link(activation=b))
    assert not at.exception
    assert viewers(at) == ["difference"]
    told = SAY("side.states_differ") in [one.value for one in at.caption]
    assert told == ("relu" in (a, b))


def test_a_bad_second_experiment_is_named():
    at = run("page=compare&b.units=banana&b.nonsense=1")
    assert not at.exception
    assert "banana" in at.warning[0].value
    assert second(at) == Experiment()


def test_runs_of_unlike_size_and_depth_stand_beside_each_other():
    at = run(link(timesteps=7, units=(3, 2), activation="relu"))
    assert not at.exception
    assert not at.warning
    assert second(at).timesteps == 7
    at = run(link(timesteps=7, units=(3, 2)) + "&difference=1")
    assert not at.exception


def test_the_second_one_stays_when_another_page_is_looked_at():
    at = run(link(units=8))
    pages = next(one for one in at.segmented_control if one.label == SAY("page.pages"))
    pages.set_value("states").run()
    pages = next(one for one in at.segmented_control if one.label == SAY("page.pages"))
    pages.set_value("compare").run()
    assert second(at).units == 8


@pytest.mark.parametrize("side", ["both", "a"])
def test_while_a_slider_is_held_both_sides_have_the_scale_that_they_have_after_it(side):
    first = Experiment(units=8, timesteps=20)
    second = first.replace(kernel_initializer="glorot_uniform", bias_initializer="zeros")
    look, stops = Perspective(side=side), (0.003, 0.01, 1.0)
    a, b = simulate(first), simulate(second)
    shown = held_pictures(a, b, look)("weight_scale", stops)
    for stop, picture in zip(stops, shown, strict=True):
        moved = second.replace(weight_scale=stop) if side == "both" else second
        runs = simulate(first.replace(weight_scale=stop)), simulate(moved)
        wanted, _ = on_one_scale(*(states.analyse(run, look) for run in runs))
        found = picture.field
        assert (found.low, found.high, found.own) == (
            wanted.field.low,
            wanted.field.high,
            wanted.field.own,
        )
    own = held_pictures(a, b, look.replace(contrast="own"))("weight_scale", stops)
    assert own[0].field.own
