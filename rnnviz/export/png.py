"""PNG: small pictures from arrays, and what a PNG says about itself.

Written out here and not left to Pillow: a picture in a notebook or on the page must not need one
package more in the core, and the labels of a PNG that a visitor's own browser draws are chunks that
are sent to it without the picture, which Pillow does not make.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD = len(_SIGNATURE) + 4 + 4 + 13 + 4
"""Bytes of a PNG before its first chunk that may be another's."""

_INCH = 0.0254


def bitmap(pixels: np.ndarray) -> bytes:
    """Return an image as PNG.

    Parameters
    ----------
    pixels : ndarray of uint8 (rows, columns, 3)
        Red, green, blue, first row on top.
    """
    rows, columns, _ = pixels.shape
    lines = np.zeros((rows, 1 + 3 * columns), dtype=np.uint8)  # each begins with its filter: none
    lines[:, 1:] = pixels.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def labelled(png: bytes, chunks: bytes) -> bytes:
    """Return a PNG with chunks of :func:`labels` added; its pixels stay as they are."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("the bytes are no PNG")
    return png[:HEAD] + chunks + png[HEAD:]


def labels(texts: Mapping[str, str], dots_per_inch: float) -> bytes:
    """Return the chunks that say what a PNG shows and how large it is on paper.

    Parameters
    ----------
    texts : Mapping of str to str
        Keyword (Latin letters) -> text in any script.
    dots_per_inch : float
        Programs that place the picture take its size from this.
    """
    dots = round(dots_per_inch / _INCH)
    chunks = [_chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))]
    for keyword, text in texts.items():
        body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
        chunks.append(_chunk(b"iTXt", body))
    return b"".join(chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
