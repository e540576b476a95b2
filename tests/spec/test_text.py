import unicodedata

import pytest

from rnnviz import Experiment
from rnnviz.spec.experiment import TEXT_LIMIT, ExperimentError
from rnnviz.spec.text import readable, tokenize, vocabulary


def test_characters_and_words():
    assert tokenize("가 나 가", "character") == ("가", " ", "나", " ", "가")
    assert tokenize(" to be  or ", "whitespace") == ("to", "be", "or")


def test_tokens_are_numbered_from_one_as_they_appear():
    assert vocabulary(("b", "a", "b", "c")) == {"b": 1, "a": 2, "c": 3}


def test_the_text_says_how_many_timesteps_there_are():
    assert Experiment(signal="text", text="나는 학교에", timesteps=50).timesteps == 6
    assert Experiment(signal="text", text="나는 학교에", split="whitespace").timesteps == 2
    assert Experiment(text="나는 학교에").timesteps == 100


def test_a_syllable_is_one_character_on_every_system():
    apart = unicodedata.normalize("NFD", "학교")
    assert len(apart) == 5
    assert Experiment(text=apart) == Experiment(text="학교")
    assert Experiment(text="a\tb\nc") == Experiment(text="a b c")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty_text"),
        (" \n ", "empty_text"),
        ("x" * (TEXT_LIMIT + 1), "text_too_long"),
        ("x" * 1_000_000, "text_too_long"),
        ("a\x00b", "not_a_text"),
        ("a\x1bb", "not_a_text"),
        ("\ud800", "not_a_text"),
        (7, "not_a_text"),
        (None, "not_a_text"),
    ],
)
def test_what_is_no_text_is_refused(text, key):
    with pytest.raises(ExperimentError) as caught:
        Experiment(text=text)
    assert [problem.key for problem in caught.value.problems] == [key]
    for language in ("en", "ko"):
        assert len(caught.value.problems[0].sentence(language)) < 300


def test_a_full_text_of_wide_characters_fits_into_a_link():
    experiment = Experiment(signal="text", text="🙂" * TEXT_LIMIT, units=(64,) * 16)
    assert Experiment.from_query(experiment.to_query()) == experiment


def test_a_vocabulary_that_is_too_small_offers_a_larger_one():
    with pytest.raises(ExperimentError, match="needs 4") as caught:
        Experiment(signal="text", text="abc", vocabulary_size=3)
    (problem,) = caught.value.problems
    assert Experiment(signal="text", text="abc", **dict(problem.mend)).vocabulary_size == 4


@pytest.mark.parametrize(
    ("token", "shown"), [(" ", "␣"), ("가", "가"), ("\u202e", "U+202E"), ("a\u200bb", "aU+200Bb")]
)
def test_tokens_are_readable(token, shown):
    assert readable(token) == shown
