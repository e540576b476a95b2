"""Every feature that a unit can follow has a sentence in both languages."""

import numpy as np
import pytest

from rnnviz.i18n import LANGUAGES, words
from rnnviz.moments.explain import UnitFinding
from rnnviz.moments.features import Feature
from rnnviz.sentences.units import followed

BINARY = [
    *(("token", name) for name in ("space", "newline", "digit", "capital", "punctuation")),
    *(("token", "vowel"), ("token", "quotes"), ("label", "speaker = Ann"), ("input", "0")),
]
SIZES = [
    *(("token", "depth"), ("position", ""), ("label", "speed"), ("input", "3")),
    *(("since", name) for name in ("space", "newline", "punctuation", "event")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "name"), [*BINARY, *SIZES])
def test_every_feature_has_a_sentence(language, kind, name):
    binary = (kind, name) in BINARY
    feature = Feature(kind, name, np.zeros(3, bool if binary else float))
    for high in (True, False):
        measure = "auc" if binary else "r2"
        one = UnitFinding(17, feature, measure, 0.9781, high, 0.5, 0.005)
        text = followed(one, words(language))
        assert "17" in text
        assert "0.98" in text
        assert ("AUC" if binary else "R²") in text


def test_it_reads_as_it_should():
    feature = Feature("token", "quotes", np.zeros(3, bool))
    one = UnitFinding(17, feature, "auc", 0.98, True, 0.9, 0.005)
    sentence = "Unit 17 is on inside quotation marks (AUC 0.98, held out)."
    assert followed(one, words("en")) == sentence
