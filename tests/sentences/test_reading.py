"""The diagnosis in words: plain, numbered, in both languages, and never more than is so."""

import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.diagnosis import diagnose
from rnnviz.analysis.saturation import saturation
from rnnviz.i18n import LANGUAGES, words
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
        assert "nan" not in sentence.replace("becomes nan", "").replace("가중치가 nan", "")
        assert "inf" not in sentence
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("settings", "headline", "meaning"),
    [
        ({"weight_scale": 0.03}, "forgets: each step keeps 43.0%", "10⁻³⁶ is left"),
        ({"weight_scale": 0.001}, "Almost linear", "can hardly be learned"),
        ({"weight_scale": 0.1}, "of the states are saturated", "It vanishes"),
        ({"weight_scale": 0.0}, "Every state is exactly 0", "no gradient"),
        ({"timesteps": 1, **KERAS}, "One step only", "With more steps".lower()),
        ({"activation": "linear"}, "multiplies a change by 31.9", "overflows after about 106"),
        ({"activation": "linear", "timesteps": 1000}, "step 206 (t = 205)", "nan"),
        ({**KERAS, "weight_scale": 1.6}, "Near the edge", "the far past can be learned"),
        ({**KERAS, "weight_scale": 5.0}, "Chaos", "explodes"),
        (
            {**dict.fromkeys(KERAS, "zeros"), "activation": "sigmoid"},
            "forgets at once",
            "only the present step",
        ),
    ],
)
def test_the_numbers_are_in_the_words(settings, headline, meaning):
    said = reading(**settings)
    assert headline in said.headline
    assert meaning in said.meaning
