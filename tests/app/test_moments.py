"""The Moments page without a browser: what is sent, what is answered, what is asked of units."""

import json

import numpy as np
import pytest

from rnnviz.app.components.moments import read_wish
from rnnviz.app.components.moments.payload import packed, sequence_arrays, shades
from rnnviz.engine import run as run_network
from rnnviz.i18n import words
from rnnviz.moments.direction import along_first_direction
from tests.app.test_app import address, run, sentences
from tests.moments.networks import class_network, text_of, tokens

LINK = "page=moments&units=8&weight_scale=0.1&timesteps=120&signal=sine"
SAY = words("en")


def heads(at):
    """The headers of the page's components."""
    found = []
    for one in at.get("bidi_component"):
        content = one.proto.bytes
        if len(content) > 6 and content[4:5] == b"{":
            length = int.from_bytes(content[:4], "little")
            found.append(json.loads(content[4 : 4 + length]))
    return found


def test_the_page_sends_the_sequence_and_waits_to_be_asked():
    at = run(LINK)
    assert not at.exception
    (sequence,) = [one for one in heads(at) if "steps" in one]
    assert sequence["steps"] == 120
    assert sequence["kind"] == "curves"
    assert sequence["words"]["colour"] == SAY("choice.colour_direction")
    (listed,) = [one for one in heads(at) if "moments" in one]
    assert listed["moments"] == []
    assert "colour=auto" not in address(at)  # quiet


def test_a_unit_is_chosen_by_its_number_and_stays_in_the_link():
    at = run(LINK + "&colour=unit&unit=5")
    assert not at.exception
    assert [one.value for one in at.number_input if one.label == SAY("knob.unit.label")] == [5]
    assert "colour=unit" in address(at)


def test_states_that_never_change_are_said_to_have_no_moments():
    at = run("page=moments&units=4&timesteps=20&recurrent_gain=0&signal=zeros")
    assert not at.exception
    assert [one.value for one in at.info] == [SAY("moments.no_meaning")]


def test_units_are_asked_when_the_panel_is_opened():
    at = run(LINK)
    at.session_state["unfolded.units"] = True
    at.run()
    assert not at.exception
    said = sentences(at)
    assert "held out" in said or SAY("moments.nothing_followed", units=8) in said


@pytest.mark.parametrize(
    "wish",
    [
        None,
        5,
        {"first": 5},
        {"first": 9, "end": 9},
        {"first": -1, "end": 4},
        {"first": 0, "end": 101},
        {"first": 0, "end": 60},
        {"first": "a", "end": 4},
        {"first": float("nan"), "end": 4},
    ],
)
def test_what_a_browser_asks_is_checked(wish):
    assert read_wish(wish, 100, 50) is None


def test_a_range_is_taken_as_it_is():
    assert read_wish({"first": 3, "end": 9.0, "count": 2}, 100, 50).end == 9


def test_shades_have_their_middle_at_nothing_and_tell_what_is_not_known():
    values = np.array([0, 1, -1, 0.5, 9, -9, np.nan, np.inf])
    assert shades(values, 1.0, True).tolist() == [128, 255, 1, 192, 255, 1, 0, 255]
    assert shades(values, 1.0, False).tolist() == [128, 255, 128, 192, 255, 128, 0, 255]
    assert shades(np.zeros(3), 0.0, True).tolist() == [128, 128, 128]


def test_arrays_lie_behind_the_header_at_multiples_of_four():
    ran = run_network(class_network(), tokens(text_of(0, words=20)))
    told, arrays = sequence_arrays(ran, np.zeros(ran.timesteps, np.uint8))
    message = packed({**told, "words": "가"}, *arrays)
    length = int.from_bytes(message[:4], "little")
    assert length % 4 == 0
    assert json.loads(message[4 : 4 + length])["steps"] == ran.timesteps
    place = 4 + length + ran.timesteps + (-ran.timesteps) % 4
    sent = np.frombuffer(message[place : place + 2 * ran.timesteps], np.uint16)
    assert np.array_equal(sent, ran.token_numbers)


def test_the_first_direction_is_that_of_singular_values():
    states = np.random.default_rng(0).normal(size=(50, 6)) * [5, 1, 1, 1, 1, 1]
    places, share = along_first_direction(states)
    centred = states - states.mean(axis=0)
    _, values, vectors = np.linalg.svd(centred)
    assert np.abs(places) == pytest.approx(np.abs(centred @ vectors[0]))
    assert share == pytest.approx(values[0] ** 2 / (values**2).sum())
    assert along_first_direction(np.ones((4, 3)))[1] == 0
    assert not along_first_direction(np.full((4, 3), np.nan))[0].any()
