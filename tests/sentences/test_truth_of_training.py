"""No false sentence about two trainings side by side, wherever they stand."""

import re

import numpy as np
import pytest

from rnnviz.i18n import LANGUAGES, words
from rnnviz.sentences import training as said_of
from rnnviz.sentences.training import Standing, compared
from tests.sentences.reading_numbers import NUMBER
from tests.sentences.templates import understood
from tests.sentences.truth import is_about, is_power, is_share, whole


def standing(name, random):
    left = None if random.random() < 0.05 else float(10 ** random.uniform(-12, 0))
    if left is not None and random.random() < 0.1:
        left = 0.0
    pinned = float(random.choice([0.0, 0.0, 0.3, 0.5, 0.51, 0.9996, 1.0]))
    loss = float(10 ** random.uniform(-9, 3))
    return Standing(name, int(random.integers(0, 20_000)), loss, left, pinned)


def pair(seed):
    random = np.random.default_rng(seed)
    return standing("LSTM", random), standing("SimpleRNN", random)


def check(said, pair, language):
    """Every sentence read back, in order; returns the key of the last."""
    say, rest = words(language), said
    for one in pair:
        keys = ["training.stands"] + ["training.gradient_left"] * (one.left is not None)
        for key in keys:
            sentence, rest = _next(rest, say.sentences[key])
            fields = understood(sentence, key, language)[1]
            if key == "training.stands":
                assert fields["name"] == one.name
                assert whole(fields["step"]) == one.step
                is_about(fields["loss"], one.loss)
            elif one.left == 0:
                assert fields["left"] == say("training.exactly_zero")
            else:
                is_power(fields["left"], np.log10(one.left))
    if not rest:
        lefts = [one.left for one in pair]
        assert None in lefts or min(lefts) < 1e-3 <= max(lefts) < 10 * min(lefts)
        assert max(one.pinned for one in pair) <= 0.5
        return None
    key, fields = understood(rest, "training.why_", language)
    named = {one.name: one for one in pair}
    mine, other = named[fields["name"]], named.get(fields.get("other"))
    if key == "training.why_saturated":
        is_share(fields["share"], mine.pinned)
        assert mine.pinned > 0.5
    elif key == "training.why_vanishes":
        assert mine.left < 1e-3
        assert other.left >= 1e-3
        assert other.left >= 10 * mine.left
    elif key == "training.why_both_vanish":
        assert max(mine.left, other.left) < 1e-3
    else:
        assert min(mine.left, other.left) >= 1e-3
    return key


def _next(text, template):
    """The first sentence of a text that has so many full stops as its template, and the rest."""
    literal = re.split(r"\{[^}]*\}", template)[-1]
    pattern = re.compile(rf".*?(?:{NUMBER}|exactly 0|정확히 0){re.escape(literal)}(?= |$)")
    found = pattern.match(text)
    assert found, text
    return found[0], text[found.end() :].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_two_trainings_is_true(language):
    seen = set()
    for seed in range(500):
        two = pair(seed)
        seen.add(check(compared(*two, words(language)), two, language))
    kinds = ("saturated", "vanishes", "both_vanish", "alike")
    assert seen == {None, *(f"training.why_{kind}" for kind in kinds)}


def complaint(language="en"):
    for seed in range(500):
        two = pair(seed)
        try:
            check(compared(*two, words(language)), two, language)
        except (AssertionError, ValueError) as error:
            return str(error) or "not so"
    return None


def test_it_finds_that_two_vanished_gradients_were_said_to_reach(monkeypatch):
    """Neither was far less than the other, so both "reach the first timesteps", at 10⁻⁹."""
    old = lambda less, more: "vanishes" if less < 1e-3 * more else "alike"  # noqa: E731
    monkeypatch.setattr(said_of, "_kind", old)
    assert complaint()


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("number", lambda value, digits: f"{value:.3g}"),
        ("percent", lambda share: f"{share:.0%}"),
        ("power", lambda log: f"10^{log:.0f}"),
    ],
)
def test_it_finds_numbers_that_are_written_another_way(monkeypatch, name, old):
    monkeypatch.setattr(said_of, name, old)
    assert complaint()
