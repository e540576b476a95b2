"""The file with the viewer, as text: policy, size, what it carries, and when it computes."""

import base64
import gzip
import hashlib
import html
import io
import re

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.engine.running import run
from rnnviz.export.file_engine import MOST_WORK, computable
from rnnviz.export.reopen import reopened
from rnnviz.export.viewer_page import viewer_page
from rnnviz.spec.perspective import Perspective
from tests.viewer.payloads import read

SMALL = {"timesteps": 12, "units": 6, "input_features": 3}


def page_of(experiment, language="en", **more):
    return viewer_page(simulate(experiment), Perspective(**more), language)


def data_of(page):
    packed = re.search(r'id="rnnviz-data">([^<]*)<', page.decode())[1]
    return read(gzip.decompress(base64.b64decode(packed)))


def test_the_policy_names_script_and_style_and_nothing_else():
    page = page_of(Experiment(**SMALL)).decode()
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for kind, tag in (("script-src", '<script type="module">'), ("style-src", "<style>")):
        text = page.split(tag)[1].split("</style>" if kind == "style-src" else "</script>")[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[kind] == f"'sha256-{digest}'"
    assert set(rules) == {
        *("default-src", "script-src", "style-src", "img-src", "font-src"),
        *("base-uri", "form-action"),
    }
    assert not re.search(r"https?:", " ".join(rules.values()))
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_the_lectures_run_is_small_and_every_language_is_in_it():
    page = page_of(Experiment())
    assert len(page) < 1_000_000
    assert len(page_of(Experiment(cell="LSTM"))) < 1_500_000
    told, _ = data_of(page)
    assert set(told["pictures"]) == {
        f"0 {lens} {language}"
        for lens in ("state", "digits", "preactivation", "slope", "change", "magnitude")
        for language in ("en", "ko")
    }
    assert told["readings"]["0 ko"]["headline"] in page_of(Experiment(), "ko").decode()


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("tanh", "Colours: blue is negative, red positive."),
        ("sigmoid", "Colours: blue is below 0.5, red above."),
        (("sigmoid", "tanh"), "The colour bar says which number a colour is."),
    ],
)
def test_of_colours_a_file_says_what_is_true_of_every_layer(activation, said):
    units = (6, 5) if isinstance(activation, tuple) else 6
    stack = Experiment(**SMALL | {"units": units}, activation=activation)
    told, _ = data_of(page_of(stack))
    sentence = told["sentences"]["en"]["lens.state.how_to_read"]
    assert sentence.startswith("Each column is a timestep, each row a unit.")
    assert said in sentence


def test_a_long_run_is_an_overview():
    page = page_of(Experiment(timesteps=20_000, units=64))
    assert len(page) < 1_500_000
    told, _ = data_of(page)
    assert told["engine"] is None
    assert told["networks"] == {}


def test_arrays_are_in_it_once_and_they_are_those_of_the_run():
    ran = simulate(Experiment(**SMALL))
    told, arrays = data_of(viewer_page(ran, Perspective(), "en"))
    states = [array for array in arrays if np.array_equal(array, ran.states.ravel())]
    assert len(states) == 1
    layer = told["engine"]["layers"][0]
    assert np.array_equal(arrays[layer["kernel"]], ran.layers[0].layer.kernel.ravel())


def test_one_experiment_gives_the_same_file_and_comes_back_from_it():
    experiment = Experiment(**SMALL, cell="GRU", seed=7)
    page = page_of(experiment, layer=0, timestep=5)
    assert page == page_of(experiment, layer=0, timestep=5)
    assert reopened(io.BytesIO(page), len(page)).source == experiment


@pytest.mark.parametrize(
    ("knobs", "computes"),
    [
        ({}, True),
        ({"cell": ("LSTM", "GRU"), "units": (6, 4)}, True),
        ({"cell": "LeakyRNN"}, False),
        ({"bidirectional": True}, False),
        ({"go_backwards": True}, False),
        ({"dtype": "float32"}, False),
    ],
)
def test_which_runs_a_file_computes(knobs, computes):
    ran = simulate(Experiment(**SMALL | knobs))
    assert computable(ran) is computes
    engine = data_of(viewer_page(ran, Perspective(), "en"))[0]["engine"]
    assert (engine is not None) is computes


def test_a_large_run_is_not_computed_in_the_file():
    ran = simulate(Experiment(timesteps=1000, units=100, input_features=8))
    assert MOST_WORK < 1000 * 100 * 108
    assert not computable(ran)


def test_a_network_of_arrays_has_no_knobs_where_nothing_scales_it():
    drawn = simulate(Experiment(**SMALL))
    given = run(drawn.network, drawn.data)
    told, _ = data_of(viewer_page(given, Perspective(), "en"))
    assert told["engine"] is None
    assert set(told["readings"]) == {"0 en", "0 ko"}


def test_a_scale_of_zero_cannot_be_undone_and_has_no_knob():
    told, _ = data_of(page_of(Experiment(**SMALL, weight_scale=0.0)))
    names = [knob["name"] for knob in (told["engine"] or {"knobs": []})["knobs"]]
    assert "weight_scale" not in names
