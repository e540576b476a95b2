"""The words: every sentence the app shows, in English and Korean, side by side.

Sentences live in ``words/**/*.toml``; each entry holds both languages, so neither can be forgotten.
This package imports nothing of ours, and every other part may import it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rnnviz.i18n.fields import FieldFormatter, needs_formatter

LANGUAGES = ("en", "ko")
DEFAULT_LANGUAGE = "en"
DEFAULT_PALETTE = "red_blue"


@dataclass(frozen=True)
class Words:
    """The sentences of one language.

    Parameters
    ----------
    language : str
        One of :data:`LANGUAGES`.
    sentences : Mapping of str to str
        Dotted key -> sentence with ``str.format`` fields; they may also ask for a particle, an
        ordinal or a plural, see :mod:`rnnviz.i18n.fields`.
    named : Mapping of str to str
        Fields that any sentence may have: ``{negative}`` and ``{positive}``, the colours that
        values of that sign have.
    """

    language: str
    sentences: Mapping[str, str]
    named: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of ``key`` with its fields filled in.

        Raises
        ------
        KeyError
            If the key or a field of its sentence is unknown: a programming error, not a user's.
        """
        sentence = self.sentences[key]
        if "{" not in sentence and "}" not in sentence:
            return sentence
        values = {**self.named, **values}
        if _needs_formatter(sentence):
            return _FORMATTER.vformat(sentence, (), values)
        return sentence.format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self.sentences


_SIGNS = ("negative", "positive")
_FORMATTER = FieldFormatter()
_needs_formatter = cache(needs_formatter)
"""Asked once for each sentence: most of them are plain."""


@cache
def words(language: str = DEFAULT_LANGUAGE, palette: str = DEFAULT_PALETTE) -> Words:
    """Return the words of a language ("en" or "ko") about pictures in a palette.

    Raises
    ------
    KeyError
        For any other language, or a palette whose colours have no names.
    """
    plain = _all_words()[language]
    colours = {sign: plain.sentences[f"colour.{palette}.{sign}"] for sign in _SIGNS}
    return replace(plain, named=MappingProxyType(colours))


def preferred_language(locale: str | None) -> str:
    """Return the language for a browser locale such as ``"ko-KR"``; English when unknown."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


@cache
def _all_words() -> Mapping[str, Words]:
    sentences: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for path in sorted(Path(__file__).with_name("words").rglob("*.toml")):
        _collect(tomllib.loads(path.read_text(encoding="utf-8")), "", sentences, path.name)
    return {name: Words(name, MappingProxyType(table)) for name, table in sentences.items()}


def _collect(node: dict, prefix: str, sentences: dict[str, dict[str, str]], source: str) -> None:
    """Flatten one table; a node whose children are the languages is a sentence."""
    if set(node) & set(LANGUAGES):
        for language in LANGUAGES:
            if not isinstance(node.get(language), str) or prefix in sentences[language]:
                raise ValueError(f"{source}: {prefix!r} lacks {language!r} or stands twice")
            sentences[language][prefix] = node[language]
        return
    for name, child in node.items():
        _collect(child, f"{prefix}.{name}" if prefix else name, sentences, source)
