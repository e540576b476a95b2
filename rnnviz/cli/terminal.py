"""What may go to a terminal: letters that it can show, and none that command it."""

from __future__ import annotations

import sys
from typing import TextIO


def visible(text: str, stream: TextIO | None = None) -> str:
    r"""Return a text with everything spelled out that a terminal would obey or cannot show.

    Control characters, marks that turn the direction of writing, and what the terminal's encoding
    lacks become ``\x1b``, ``\u202e`` and the like: a name in a link or on the disk may hold any.
    """
    plain = "".join(letter if letter.isprintable() else _spelled(letter) for letter in text)
    encoding = _encoding(stream)
    return plain.encode(encoding, "backslashreplace").decode(encoding)


def can_show(text: str, stream: TextIO | None = None) -> bool:
    """Return whether a terminal's encoding has every letter of a text."""
    try:
        text.encode(_encoding(stream))
    except UnicodeEncodeError:
        return False
    return True


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream or sys.stdout, "encoding", None) or "utf-8"


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
