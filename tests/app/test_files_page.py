"""Networks and data of files on the page, without a browser: the ones that come with rnnviz."""

from urllib.parse import parse_qsl, urlencode

import pytest

from rnnviz import Experiment
from rnnviz.i18n import words
from rnnviz.knobs import Problem
from rnnviz.lessons.example import example_inputs, example_network, with_example
from rnnviz.lessons.registry import lessons
from rnnviz.link import Link
from rnnviz.spec.perspective import TRIAL_LENSES, Perspective, of_the_second
from tests.app.test_app import address, run

SAY = words("en")
BOTH = with_example(Experiment(timesteps=30), "example_data")
ALONE = with_example(Experiment(timesteps=30, signal="impulse"), "example_network")


def query(source, **look):
    return Link(source, Perspective(**look)).text


def texts(at):
    return " ".join(one.value for one in (*at.markdown, *at.caption)).replace("\\", "")


@pytest.mark.parametrize("page", ["states", "keras", "dynamics", "compare", "moments"])
@pytest.mark.parametrize("source", [BOTH, ALONE], ids=["with data", "alone"])
def test_every_page_shows_it(page, source):
    at = run(query(source, page=page))
    assert not at.exception
    assert not at.error
    assert "one_bit.keras" in texts(at)
    assert "GRU(16)" in texts(at)
    assert ("pulses.npz" in texts(at)) == bool(source.inputs)


def test_lenses_over_trials_are_offered_where_there_are_trials():
    def lenses(at):
        return next(one for one in at.button_group if one.key == "widget.lens").options

    many, one = run(query(BOTH, lens="trial_spread", trial=3)), run(query(ALONE, lens="trial_mean"))
    labels = [SAY(f"lens.{name}.label") for name in TRIAL_LENSES]
    assert set(labels) <= set(lenses(many))
    assert not set(labels) & set(lenses(one))
    assert SAY("lens.trial_spread.how_to_read") in texts(many)
    assert "lens=trial_spread" in address(many)
    assert not many.exception
    assert not one.exception


def test_beside_mine_stands_a_drawn_one_of_its_shape_that_reads_the_same():
    at = run(query(BOTH, page="compare"))
    beside = Link.parse(urlencode(of_the_second(parse_qsl(address(at)))))
    assert beside.source.inputs == example_inputs().sha256
    assert not beside.source.network
    assert (beside.experiment.cell, beside.experiment.units) == ("GRU", 16)
    assert beside.experiment.recurrent_initializer == "orthogonal"


def test_the_lesson_measures_what_was_opened_and_as_trained_is_one_click_away():
    lesson = lessons()["bring"]
    at = run("lesson=bring&card=2&answers=0")
    assert at.get("progress")[0].proto.value == 0
    shown = next(one for one in at.button if one.label == SAY("lessons.show"))
    shown.click().run()
    assert not at.exception
    assert at.get("progress")[0].proto.value == 100
    assert f"network={example_network().sha256}" in address(at)
    assert "signal=impulse" in address(at), "what it reads stays"
    for card in range(3, len(lesson.cards)):
        at = run(f"lesson=bring&card={card}&answers=0&lang=ko")
        assert not at.exception
        assert not at.error
    at = run(
        query(ALONE.__class__(**{**vars(ALONE), "network": "ab" * 32}), lesson="bring", card=2)
    )
    assert not at.exception, "a file of somebody else is asked for"
    assert at.get("progress")[0].proto.value == 0


def test_a_run_that_would_take_too_long_is_said_with_a_way_out_and_the_file_stays(monkeypatch):
    def most_twenty_steps(cost):
        texts = (("count", "9"), ("limit", "8"), ("timesteps", "20"))
        wrong = Problem("too_much_work", texts, (("timesteps", 20),))
        return [wrong] if cost.timesteps > 20 else []

    monkeypatch.setattr("rnnviz.app.runtime.results.cost_problems", most_twenty_steps)
    at = run(query(ALONE))
    assert not at.exception
    assert SAY("page.not_allowed") in at.warning[0].value
    at.button(key="mend.0.too_much_work").click().run()
    assert not at.warning
    assert not at.exception
    assert f"network={example_network().sha256}" in address(at)
    assert "timesteps=20" in address(at)
