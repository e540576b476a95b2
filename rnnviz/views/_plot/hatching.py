"""Hatching over cells that are exactly at a bound, as an image that a Plotly figure can hold."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from rnnviz.views._plot.colours import channels

SIZE = (1440, 432)
"""Width and height of the image in pixels; it is stretched over the heatmap."""
_PERIOD, _WIDTH = 18, 2


def hatching(low: np.ndarray, high: np.ndarray, colour: str) -> str | None:
    """Return a transparent PNG with the marked cells hatched, as a ``data:`` address.

    High marks lean one way, low marks the other, so that the sign needs no colour either.

    Parameters
    ----------
    low, high : bool ndarray (columns, rows)
        Which cells are at the low and at the high mark; rows count upwards.
    colour : str
        ``"rgba(red,green,blue,alpha)"``.

    Returns
    -------
    str or None
        None when nothing is marked.
    """
    if not (low.any() or high.any()):
        return None
    width, height = SIZE
    across = np.arange(width) * low.shape[0] // width
    upward = (np.arange(height)[::-1] * low.shape[1] // height)[:, None]
    x, y = np.arange(width), np.arange(height)[:, None]
    rising = (x + y) % _PERIOD < _WIDTH
    falling = (x - y) % _PERIOD < _WIDTH
    inked = (high[across, upward] & rising) | (low[across, upward] & falling)
    return "data:image/png;base64," + base64.b64encode(_png(inked, channels(colour))).decode()


def _png(inked: np.ndarray, colour: tuple[int, int, int, float]) -> bytes:
    """Return a PNG of one bit a pixel: inked or transparent."""
    height, width = inked.shape
    red, green, blue, alpha = colour
    rows = np.packbits(inked, axis=1)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
        (b"PLTE", bytes([0, 0, 0, red, green, blue])),
        (b"tRNS", bytes([0, round(255 * alpha)])),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)
