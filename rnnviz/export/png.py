"""What a PNG says about itself: how large it is on paper, and which experiment it shows."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(_SIGNATURE) + 4 + 4 + 13 + 4
_INCH = 0.0254


def label(png: bytes, texts: Mapping[str, str], dots_per_inch: float) -> bytes:
    """Return a PNG with texts and resolution added; its pixels stay as they are.

    Parameters
    ----------
    png : bytes
        A whole PNG file.
    texts : Mapping of str to str
        Keyword (Latin letters) -> text in any script.
    dots_per_inch : float
        Programs that place the picture take its size from this.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("the bytes are no PNG")
    dots = round(dots_per_inch / _INCH)
    chunks = [_chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))]
    for keyword, text in texts.items():
        body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
        chunks.append(_chunk(b"iTXt", body))
    rest = _without(b"pHYs", png[_HEADER_END:])
    return b"".join([png[:_HEADER_END], *chunks, rest])


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def _without(kind: bytes, chunks: bytes) -> bytes:
    """Return a row of chunks with those of one kind left out."""
    kept, at = [], 0
    while at < len(chunks):
        (length,) = struct.unpack_from(">I", chunks, at)
        end = at + 12 + length
        if chunks[at + 4 : at + 8] != kind:
            kept.append(chunks[at:end])
        at = end
    return b"".join(kept)
