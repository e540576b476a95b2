"""The diagnosis in words: plain, numbered, in both languages, and never more than is so."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.engine import SimpleRNN, unroll
from rnnviz.i18n import LANGUAGES, words
from rnnviz.lessons.registry import lessons
from rnnviz.sentences.reading import read
from tests.analysis.test_diagnosis import KERAS, TABLE


def reading(language="en", **settings):
    trace = simulate(Experiment(**settings)).layers[-1].trace
    result = saturation(trace)
    return read(trace, result, diagnose(trace, result), words(language))


def test_the_default_begins_as_the_lecture_does():
    said = reading()
    assert said.headline.startswith("From step 2 (t = 1) on, all 64 units are exactly 1.0")
    assert "exactly 0" in said.meaning
    assert "모두 정확히 1.0" in reading("ko").headline


@pytest.mark.parametrize(("name", "settings", "kind"), TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_has_a_sentence_for_both(name, settings, kind, language):
    said = reading(language, **settings)
    for sentence in (said.headline, said.meaning):
        assert len(sentence) > 15
        assert "nan" not in sentence.replace("into nan", "").replace("가중치가 nan", "")
        assert "inf" not in sentence
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("settings", "headline", "meaning"),
    [
        (
            {"weight_scale": 0.03},
            "a step keeps 43.0% of a change",
            "10⁻³⁶ is left",
        ),
        ({"weight_scale": 0.001}, "Almost linear: the states of the last 99 steps", "It vanishes"),
        ({"weight_scale": 0.1}, "99.0% of the states are saturated", "It vanishes"),
        ({"weight_scale": 0.0}, "Every state is exactly 0", "U gets no gradient"),
        ({"timesteps": 1, **KERAS}, "One step only", "with more steps"),
        ({**KERAS, "timesteps": 1, "units": 1}, "The state is ", "with more steps"),
        ({"activation": "linear"}, "multiplies a change of the state by 31.9", "about 106 more"),
        ({"activation": "linear", "timesteps": 1000}, "step 206 (t = 205)", "nan"),
        ({**KERAS, "weight_scale": 1.6}, "Near the edge", "can be learned"),
        ({**KERAS, "weight_scale": 5.0}, "Chaos", "explodes"),
        ({**KERAS, "weight_scale": 5.0, "timesteps": 2}, "(average of the last 1 step)", "1 step,"),
        (
            {**KERAS, "activation": "linear", "weight_scale": 0.9},
            "has one and the same slope",
            "10⁻⁵ is left",
        ),
        (
            {**dict.fromkeys(KERAS, "zeros"), "activation": "sigmoid"},
            "exactly nothing is left after 99 steps",
            "exactly nothing is left",
        ),
    ],
)
def test_the_numbers_are_in_the_words(settings, headline, meaning):
    said = reading(**settings)
    assert headline in said.headline
    assert meaning in said.meaning


def test_the_headline_of_the_lesson_on_chaos_tests_the_worst_slope():
    """It said "almost linear: between −0.95 and 0.96, where tanh is as good as a straight line"."""
    start = lessons()["chaos"].start
    trace = simulate(start).layers[0].trace
    found = diagnose(trace, saturation(trace))
    said = read(trace, saturation(trace), found, words("en")).headline
    assert "0.95" not in said
    assert found.highest < 0.01
    assert found.straightness > 0.95
    # The first states are far from straight, and a run that is too short to leave them says so.
    short = simulate(start.replace(timesteps=4)).layers[0].trace
    assert diagnose(short, saturation(short)).kind == "contracting"


def test_which_ends_are_named():
    """A sigmoid that saturates at both of its ends was said to be exactly ±1."""
    kernel = np.array([[1e4, -1e4]])
    layer = SimpleRNN(kernel, np.zeros((2, 2)), np.zeros(2), "sigmoid")
    trace = unroll(layer, np.ones((5, 1)))
    said = read(trace, saturation(trace), diagnose(trace, saturation(trace)), words("en"))
    assert said.headline.startswith("At every step each of the 2 units is exactly 0 or 1")


def test_a_kink_is_named():
    """SCIENCE: relu with identity U × 2, no input, no bias: h ↦ relu(2h) at h = 0."""
    said = reading(
        activation="relu", recurrent_initializer="identity", recurrent_gain=2.0,
        bias_initializer="zeros", signal="zeros", units=4,
    )  # fmt: skip
    assert "kink of relu" in said.meaning
    assert "kink" not in reading(weight_scale=0.03).meaning
