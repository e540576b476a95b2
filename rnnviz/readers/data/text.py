"""``.txt``: characters or words become tokens of a vocabulary that is given, or made."""

from __future__ import annotations

from collections import Counter

import numpy as np

from rnnviz.engine import Inputs
from rnnviz.readers.data.table import MOST_NUMBERS, Choices, Data
from rnnviz.readers.messages import Note, Refused, note

TOKENS = ("characters", "words")
"""What one token of a text may be."""


def read(content: bytes, name: str, choices: Choices) -> Data:
    """Read a text; with a vocabulary that is made, the most frequent token is number 0."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("no_text") from error
    if "\0" in text:
        raise Refused("no_text")
    if choices.tokens not in TOKENS:
        raise Refused(
            "no_such_option", argument="tokens", answer=choices.tokens, options="characters, words"
        )
    pieces = list(text) if choices.tokens == "characters" else text.split()
    if not pieces:
        raise Refused("empty")
    if len(pieces) > MOST_NUMBERS:
        raise Refused("too_many_numbers", limit=f"{MOST_NUMBERS:,}")
    notes: list[Note] = []
    given = choices.vocabulary
    if given is None:
        # Of two that are as frequent, the one that comes first in the text.
        vocabulary = [one for one, _ in Counter(pieces).most_common()]
        notes.append(note("vocabulary_made", count=f"{len(vocabulary):,}"))
    else:
        vocabulary = list(given)
    places = {one: place for place, one in reversed(list(enumerate(vocabulary)))}
    unknown = sum(one not in places for one in pieces)
    if unknown:
        notes.append(note("unknown_tokens", count=f"{unknown:,}"))
    numbers = np.array([places.get(one, 0) for one in pieces], np.int64)
    shown = tuple(repr(one)[1:-1] if not one.isprintable() else one for one in vocabulary)
    return Data(Inputs(numbers, vocabulary=shown, name=name), tuple(notes))
