"""Kinds of knobs that hold words instead of numbers: a name, a list of names, answers, a note."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rnnviz.knobs.kinds import Refusal

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_ANSWERS = re.compile(r"[0-9]*")
_PACKED = re.compile(r"[A-Za-z0-9_-]*")
_PLAIN_CONTROLS = "\n\t"


@dataclass(frozen=True)
class Name:
    """A name as ours are spelled (``one_step``), or None ("none").

    ``renamed`` holds names of old links and what they are called now.
    """

    renamed: tuple[tuple[str, str], ...] = ()

    def check(self, value: object) -> str | None:
        """Return the name; whether anything is called so is for others to say."""
        if value is None:
            return None
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise Refusal("not_a_name")
        return dict(self.renamed).get(value, value)

    def parse(self, text: str) -> str | None:
        """Read the name."""
        return None if text == "none" else self.check(text)

    def write(self, value: str | None) -> str:
        """Write the name."""
        return "none" if value is None else value


@dataclass(frozen=True)
class Names:
    """Several names, each once and in alphabetical order; at most ``limit`` of them."""

    limit: int

    def check(self, value: object) -> tuple[str, ...]:
        """Return the names as a tuple, so that equal sets are equal."""
        if not isinstance(value, tuple | list | set | frozenset):
            raise Refusal("not_names")
        if not all(isinstance(one, str) and _NAME.fullmatch(one) for one in value):
            raise Refusal("not_names")
        if len(set(value)) > self.limit:
            raise Refusal("too_many_names", limit=self.limit)
        return tuple(sorted(set(value)))

    def parse(self, text: str) -> tuple[str, ...]:
        """Read names with commas between them."""
        return self.check(text.split(",") if text else ())

    def write(self, value: tuple[str, ...]) -> str:
        """Write names with commas between them."""
        return ",".join(value)


@dataclass(frozen=True)
class Listed:
    """Several names, each once, in the order in which they stand; at most ``limit`` of them."""

    limit: int

    def check(self, value: object) -> tuple[str, ...]:
        """Return the names as a tuple."""
        if not isinstance(value, tuple | list):
            raise Refusal("not_names")
        if not all(isinstance(one, str) and _NAME.fullmatch(one) for one in value):
            raise Refusal("not_names")
        if len(set(value)) > self.limit:
            raise Refusal("too_many_names", limit=self.limit)
        return tuple(dict.fromkeys(value))

    def parse(self, text: str) -> tuple[str, ...]:
        """Read names with commas between them."""
        return self.check(text.split(",") if text else ())

    def write(self, value: tuple[str, ...]) -> str:
        """Write names with commas between them."""
        return ",".join(value)


@dataclass(frozen=True)
class Wholes:
    """Several whole numbers from 0 to ``highest``, each once and ascending; at most ``limit``."""

    limit: int
    highest: int

    def check(self, value: object) -> tuple[int, ...]:
        """Return the numbers as a tuple, so that equal sets are equal."""
        if not isinstance(value, tuple | list | set | frozenset):
            raise Refusal("not_wholes", limit=self.highest)
        if not all(isinstance(one, int) and 0 <= one <= self.highest for one in value):
            raise Refusal("not_wholes", limit=self.highest)
        if len(set(value)) > self.limit:
            raise Refusal("too_many_wholes", limit=self.limit)
        return tuple(sorted({int(one) for one in value}))

    def parse(self, text: str) -> tuple[int, ...]:
        """Read numbers with commas between them."""
        parts = text.split(",") if text else []
        if not all(_NUMBER.fullmatch(one) for one in parts):
            raise Refusal("not_wholes", limit=self.highest)
        return self.check([int(one) for one in parts])

    def write(self, value: tuple[int, ...]) -> str:
        """Write numbers with commas between them."""
        return ",".join(map(str, value))


@dataclass(frozen=True)
class Answers:
    """Which option was picked at each prediction so far, one digit each; at most ``limit``."""

    limit: int

    def check(self, value: object) -> str:
        """Return the digits."""
        if not isinstance(value, str) or not _ANSWERS.fullmatch(value) or len(value) > self.limit:
            raise Refusal("not_answers", limit=self.limit)
        return value

    def parse(self, text: str) -> str:
        """Read the digits."""
        return self.check(text)

    def write(self, value: str) -> str:
        """Write the digits."""
        return value


@dataclass(frozen=True)
class Note:
    """Somebody's own text of at most ``limit`` characters, several lines allowed.

    Characters that show nothing and only mislead (controls, reversed direction) are refused.
    """

    limit: int

    def check(self, value: object) -> str:
        """Return the text in Unicode's composed form, so that Hangul has one spelling."""
        if not isinstance(value, str):
            raise Refusal("not_a_note")
        # Composing makes a text at most four times shorter: look before working on megabytes.
        if len(value) > 4 * self.limit:
            raise Refusal("note_too_long", limit=f"{self.limit:,}", length=f"{len(value):,}")
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
        if len(text) > self.limit:
            raise Refusal("note_too_long", limit=f"{self.limit:,}", length=f"{len(text):,}")
        if any(_misleads(letter) for letter in text):
            raise Refusal("not_a_note")
        return text.strip()

    def parse(self, text: str) -> str:
        """Read the text as it stands."""
        return self.check(text)

    def write(self, value: str) -> str:
        """Write the text as it stands."""
        return value


def _misleads(letter: str) -> bool:
    """Control, surrogate, private and directional characters; joiners of emoji are welcome."""
    if letter in _PLAIN_CONTROLS or letter == "\u200d":
        return False
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co")


@dataclass(frozen=True)
class Packed:
    """Compressed text in the letters of base64url; at most ``limit`` of them."""

    limit: int

    def check(self, value: object) -> str:
        """Return the letters; what they hold is for others to say."""
        if not isinstance(value, str) or len(value) > self.limit or not _PACKED.fullmatch(value):
            raise Refusal("not_packed", limit=f"{self.limit:,}")
        return value

    def parse(self, text: str) -> str:
        """Read the letters."""
        return self.check(text)

    def write(self, value: str) -> str:
        """Write the letters."""
        return value
