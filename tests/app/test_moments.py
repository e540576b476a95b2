"""The Moments page without a browser: what is sent, what is answered, what is asked of units."""

import dataclasses
import io
import json
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz import Experiment, find, simulate
from rnnviz.app.components.moments import read_wish
from rnnviz.app.components.moments.payload import packed, sequence_arrays, shades
from rnnviz.app.pages.moments import numbers_in
from rnnviz.app.runtime import state
from rnnviz.engine import Given
from rnnviz.engine import run as run_network
from rnnviz.i18n import words
from rnnviz.moments import MEASURES, explain_units, next_token
from rnnviz.moments.direction import along_first_direction
from rnnviz.moments.features import features_of
from rnnviz.moments.switch_off import without_unit
from rnnviz.spec.perspective import ALIKE
from tests.app.test_app import APP, address, run, sentences
from tests.moments.networks import VOCABULARY, class_network, softmax, text_of, tokens

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


def captions(at):
    return [one.value for one in at.caption]


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


def test_where_nothing_is_selected_an_example_is_one_click_away():
    at = run(LINK)
    assert SAY("moments.none_yet") in captions(at)
    (offered,) = [one for one in at.button if one.label.startswith("Select t = ")]
    assert offered.label == SAY("moments.example", first=40, last=44)
    at = offered.click().run()
    assert not at.exception
    (listed,) = [one for one in heads(at) if "moments" in one]
    assert listed["range"] == [40, 45]
    assert listed["moments"]
    (sequence,) = [one for one in heads(at) if "steps" in one]
    assert sequence["range"] == [40, 45]
    assert SAY("moments.none_yet") not in captions(at)
    assert "begin=40" in address(at)


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ("input_features=1", SAY("moments.curve")),
        ("input_features=2", SAY("moments.curves", names="0, 1", features=2)),
        ("input_features=9", SAY("moments.curves", names="0, 1, 2", features=9)),
    ],
)
def test_the_curves_are_named(knobs, said):
    assert said in captions(run(f"{LINK}&{knobs}"))


def test_a_dead_network_offers_one_whose_moments_can_be_told_apart():
    at = run("page=moments")
    assert SAY("alive.moments") in sentences(at)
    at = next(one for one in at.button if one.label == SAY("alive.show")).click().run()
    assert not at.exception
    assert SAY("alive.dead") not in sentences(at)
    (listed,) = [one for one in heads(at) if "moments" in one]
    assert listed["range"] == [6, 11]
    assert listed["moments"]


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


ASKED = LINK + "&begin=20&span=10"


def listed(at):
    """The header of the list of moments."""
    return next(one for one in heads(at) if "moments" in one)


def test_a_link_asks_the_same_question_again():
    at = run(ASKED + "&alike=cosine&compared=1,3,5")
    assert not at.exception
    assert listed(at)["range"] == [20, 30]
    assert len(listed(at)["moments"]) >= 3  # a sine comes back
    assert "3 units" in listed(at)["moments"][0]["text"]
    assert next(one for one in heads(at) if "steps" in one)["range"] == [20, 30]
    found = find(simulate(Experiment.from_query(LINK)), (20, 30), [1, 3, 5], measure="cosine")
    told = [(one["timestep"], one["score"]) for one in listed(at)["moments"][:3]]
    wanted = zip(found.timesteps[:3].tolist(), found.scores[:3], strict=True)
    assert told == [(timestep, f"{score:.3f}") for timestep, score in wanted]
    for part in ("begin=20", "span=10", "alike=cosine", "compared=1,3,5"):
        assert part in address(at)


def test_units_are_chosen_by_their_numbers_and_what_is_none_is_said():
    at = run(ASKED)
    (field,) = [one for one in at.text_input if one.label == SAY("knob.compared.label")]
    field.set_value("2 4").run()
    assert "compared=2,4" in address(at)
    assert "2 units" in listed(at)["moments"][0]["text"]
    (field,) = [one for one in at.text_input if one.label == SAY("knob.compared.label")]
    field.set_value("2, 9").run()
    assert SAY("moments.no_units", value="2, 9", last=7, limit=256) in [
        one.value for one in at.warning
    ]
    assert not at.exception


@pytest.mark.parametrize("link", ["&begin=118&span=10", "&begin=5", "&begin=0&span=121"])
def test_a_range_that_is_not_in_the_run_asks_nothing(link):
    at = run(LINK + link)
    assert not at.exception
    assert listed(at)["moments"] == []


def test_numbers_of_units_are_read():
    assert numbers_in("", 8) == ()
    assert numbers_in(" 3,1  7", 8) == (1, 3, 7)
    for wrong in ("8", "-1", "a", "1.5", "²", "1" * 30):
        assert numbers_in(wrong, 8) is None


def test_the_page_ranks_by_what_the_search_knows():
    assert ALIKE == MEASURES


def reader():
    """A network that hears quotation marks (unit 3), and inside them expects none to open."""
    plain = class_network()
    kernel = np.zeros((5, len(VOCABULARY)))
    kernel[3] = [-6.0 * (one == "“") for one in VOCABULARY]
    return dataclasses.replace(plain, head=(softmax(kernel),))


def opened(query, network, inputs):
    """The page of a visitor who has opened a network and data."""
    visit = state._Visit()
    visit.opened.keep(network, inputs)
    source = Given(network.sha256, inputs.sha256, "reader", "text", Experiment())
    at = AppTest.from_file(APP, default_timeout=30)
    at.session_state["visit"] = visit
    for name, text in parse_qsl(f"{source.to_query()}&{query}"):
        at.query_params[name] = text
    return at


def test_a_unit_is_switched_off_and_what_is_lost_is_said_as_measured():
    network, inputs = reader(), tokens(text_of(0))
    at = opened("page=moments&lang=en", network, inputs)
    at.session_state["unfolded.units"] = True
    at.run()
    assert not at.exception
    assert "Unit 3 is on inside quotation marks" in sentences(at)
    (toggle,) = [one for one in at.toggle if one.label == SAY("moments.switch_off", unit=3)]
    toggle.set_value(True).run()
    assert not at.exception
    ran = run_network(network, inputs)
    where = next(one.values for one in features_of(ran) if one.key == "token.quotes")
    surprise = next_token(ran).surprise
    again = next_token(run_network(without_unit(network, 3), inputs)).surprise
    inside = where & ~np.isnan(surprise)
    before, after = surprise[inside].mean(), again[inside].mean()
    assert after > before + 0.01
    assert f"goes from {before:.3f} to {after:.3f} bits" in sentences(at).replace("\\", "")
    assert f"over {inside.sum():,} timesteps" in sentences(at)


class Uploaded(io.BytesIO):
    """A file as Streamlit hands it over."""

    name, file_id = "labels.csv", "one"

    @property
    def size(self):
        return len(self.getvalue())


@pytest.mark.parametrize("rows", [50, 120])
def test_labels_that_are_given_are_asked_about_where_they_fit(monkeypatch, rows):
    table = pd.DataFrame({"coin": np.arange(rows) % 7 > 3, "phase": np.arange(rows) % 3})
    file = Uploaded(table.to_csv(index=False).encode())
    file.file_id = str(rows)
    monkeypatch.setattr("streamlit.file_uploader", lambda *given, **more: file)
    at = run(LINK)
    at.session_state["unfolded.units"] = True
    at.run()
    assert not at.exception
    wrong = SAY("moments.labels_rows", found=rows, steps=120, trials=1)
    assert [one.value.replace("\\", "") for one in at.error] == ([wrong] if rows == 50 else [])
    ran = simulate(Experiment.from_query(LINK.removeprefix("page=moments&")))
    asked = explain_units(ran, None if rows == 50 else table, shuffles=9)
    assert any(one.key == "label.coin" for one in asked.features) == (rows == 120)
    told = SAY("moments.ask_units_help", level="5.0%", units=8, features=len(asked.features))
    assert told in [one.value for one in at.caption]
