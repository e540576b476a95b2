"""A text as a network reads it: checked, cut into tokens, each token a number."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rnnviz.knobs import Refusal

SPLITS = ("character", "whitespace")
"""How a text is cut, under the names of Keras's TextVectorization: into characters, or words."""


@dataclass(frozen=True)
class Text:
    """Texts of at most ``limit`` characters that hold more than spaces.

    Checked texts are in Unicode's composed form (NFC), so that a Korean syllable is one character
    whichever system it was typed on, and every kind of white space is a plain space.
    """

    limit: int

    def check(self, value: object) -> str:
        """Return the text in its one spelling; control characters are refused."""
        if not isinstance(value, str):
            raise Refusal("not_a_text")
        if len(value) > 4 * self.limit:  # before any work on it: composing shortens a text to 1/4
            raise Refusal("text_too_long", limit=self.limit, length=f"{len(value):,}")
        spaced = "".join(" " if letter.isspace() else letter for letter in value)
        text = unicodedata.normalize("NFC", spaced)
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
            raise Refusal("not_a_text")
        if len(text) > self.limit:
            raise Refusal("text_too_long", limit=self.limit, length=f"{len(text):,}")
        if not text.strip():
            raise Refusal("empty_text")
        return text

    def parse(self, text: str) -> str:
        """Read the text as it stands."""
        return self.check(text)

    def write(self, value: str) -> str:
        """Write the text as it stands."""
        return value


def tokenize(text: str, split: str) -> tuple[str, ...]:
    """Return the tokens of a checked text: its characters (spaces too), or its words."""
    return tuple(text) if split == "character" else tuple(text.split())


def vocabulary(tokens: tuple[str, ...]) -> dict[str, int]:
    """Return the number of each token, in order of first appearance, from 1.

    0 stays free: Keras keeps it for padding.
    """
    return {token: number for number, token in enumerate(dict.fromkeys(tokens), start=1)}


def readable(token: str) -> str:
    """Return a token fit to be shown: a space as ␣, an invisible character as its code point."""
    if token == " ":
        return "␣"
    return "".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in token)
