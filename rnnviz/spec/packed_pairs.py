"""A whole link in one short text: for codes that cameras read, which hold 2,953 bytes at most.

A syllable of Korean takes nine letters in an ordinary link. Here the pairs are written as text,
compressed, and spelled in letters that links may hold.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable

from rnnviz.knobs import LINK_LIMIT

NAME = "z"
"""What a packed link's only pair is called."""
_CODINGS = {"8": "utf-8", "6": "utf-16-le", "k": "euc-kr"}
"""The first letter says how text is written; which is shortest depends on the text."""
_PAIR, _SIDES = "\x1e", "\x1f"
"""Characters between pairs, and between name and value: no value of a link holds them."""


def pack(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as one text, the shortest of several ways."""
    text = _PAIR.join(f"{name}{_SIDES}{value}" for name, value in pairs)
    found = []
    for letter, coding in _CODINGS.items():
        try:
            content = text.encode(coding)
        except UnicodeEncodeError:
            continue  # letters that EUC-KR cannot spell
        for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
            engine = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
            packed = engine.compress(content) + engine.flush()
            found.append(letter + base64.urlsafe_b64encode(packed).decode().rstrip("="))
    return min(found, key=len)


def unpack(text: str) -> list[tuple[str, str]] | None:
    """Return the pairs of a packed text; None where it is none, whatever it is instead."""
    coding = _CODINGS.get(text[:1])
    if coding is None or len(text) > LINK_LIMIT:
        return None
    try:
        content = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), b"-_", validate=True)
        engine = zlib.decompressobj(-15)
        plain = engine.decompress(content, 2 * LINK_LIMIT)
        if not engine.eof or engine.unused_data:
            return None
        pairs = [pair.partition(_SIDES) for pair in plain.decode(coding).split(_PAIR)]
    except (binascii.Error, zlib.error, ValueError):
        return None
    return [(name, value) for name, _, value in pairs]
