"""The glossary: one concept, one word, in both languages and with its meaning."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """One entry.

    Parameters
    ----------
    names, meanings : Mapping of str to str
        The word and one sentence about it, by language.
    unwanted : tuple of str
        Regular expressions of Korean words that are not used for it.
    but : tuple of str
        Beginnings of the keys whose sentences may use them, because they mean something else.
    """

    names: Mapping[str, str]
    meanings: Mapping[str, str]
    unwanted: tuple[str, ...]
    but: tuple[str, ...] = ()


@cache
def glossary() -> tuple[Term, ...]:
    """Return all terms, in the order in which a course meets them."""
    text = Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8")
    return tuple(
        Term(
            names={"en": entry["en"], "ko": entry["ko"]},
            meanings=entry["meaning"],
            unwanted=tuple(entry["not"]),
            but=tuple(entry.get("but", ())),
        )
        for entry in tomllib.loads(text)["term"]
    )
