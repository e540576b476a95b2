"""A short lesson within a link: its text, compressed, in letters that links may hold."""

from __future__ import annotations

import base64
import binascii
import zlib
from functools import lru_cache

from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.reading.faults import LessonFaultsError
from rnnviz.lessons.reading.reader import FILE_LIMIT, read_lesson
from rnnviz.spec.perspective import PACKED_LIMIT

__all__ = ["PACKED_LIMIT", "pack", "unpack"]


def pack(text: str) -> str | None:
    """Return a lesson's text for a link; None where it is too long for one."""
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return packed if len(packed) <= PACKED_LIMIT else None


@lru_cache(maxsize=64)
def unpack(packed: str) -> Lesson | None:
    """Return the lesson of a link; None where it holds none, whatever it holds instead."""
    if len(packed) > PACKED_LIMIT:
        return None
    try:
        content = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        engine = zlib.decompressobj()
        plain = engine.decompress(content, FILE_LIMIT + 1)
        if not engine.eof or engine.unused_data:
            return None
        return read_lesson(plain, packed=packed)
    except (binascii.Error, zlib.error, ValueError, LessonFaultsError):
        return None
