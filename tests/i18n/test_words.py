import ast
import string
import tomllib
from pathlib import Path

import pytest

import rnnviz
from rnnviz.i18n import LANGUAGES, preferred_language, words
from tests.i18n.spoken import spoken

PACKAGE = Path(rnnviz.__file__).parent
KEYS = sorted(spoken("en").sentences)


def _fields(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys():
    assert spoken("en").sentences.keys() == spoken("ko").sentences.keys()


def test_both_languages_fill_the_same_fields():
    for key in KEYS:
        fields = [_fields(spoken(language).sentences[key]) for language in LANGUAGES]
        assert fields[0] == fields[1], key


def test_english_has_no_hangul_and_nothing_is_empty():
    for key in KEYS:
        assert not any("가" <= letter <= "힣" for letter in spoken("en").sentences[key]), key
        for language in LANGUAGES:
            assert spoken(language).sentences[key].strip(), (key, language)


def test_every_literal_key_in_the_code_is_known():
    """``say("a.b")`` with a literal key must name a sentence."""
    known, seen = words("en"), 0
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _is_say(node.func):
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    assert key.value in known, f"{path}:{node.lineno} {key.value}"
                    seen += 1
    assert seen > 10


def _is_say(function):
    name = getattr(function, "id", getattr(function, "attr", ""))
    return name in ("say", "words")


def test_a_sentence_that_lacks_a_language_is_refused(tmp_path):
    from rnnviz import i18n

    table = tomllib.loads('[a]\nb.en = "only English"')
    with pytest.raises(ValueError, match="lacks 'ko'"):
        i18n._collect(table, "", {"en": {}, "ko": {}}, "x.toml")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ko-KR", "ko"), ("ko", "ko"), ("en-US", "en"), ("de-DE", "en"), ("", "en"), (None, "en")],
)
def test_the_browser_locale_decides_at_first(locale, language):
    assert preferred_language(locale) == language
