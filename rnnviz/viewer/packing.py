"""Bytes for the browser: a JSON header, then raw arrays that need no parsing.

Layout, little endian::

    uint32 header length | uint32 checksum | int32 timestep | int32 unit | uint32 arrival | 0
    | header | arrays

The checksum covers header and arrays, not the cursor: the same picture with another cursor need not
be painted again. Header and arrays start at multiples of eight bytes.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
import plotly.graph_objects as go

from rnnviz.views._plot.follow import Follow


class Arrays:
    """The arrays behind a header, packed one after the other; :meth:`add` returns the place."""

    def __init__(self) -> None:
        self.places: list[dict] = []
        self._parts: list[np.ndarray] = []
        self._offset = 0

    def add(self, array: np.ndarray) -> int:
        """Append an array (uint8, float32 or float64) and return its number."""
        self.places.append(
            {"type": array.dtype.str[1:], "offset": self._offset, "length": int(array.size)}
        )
        self._parts.append(np.ascontiguousarray(array))
        self._offset += -(-array.nbytes // 8) * 8
        return len(self.places) - 1

    def chunks(self) -> Iterable[bytes | memoryview]:
        """Return the bytes in order, each part padded to a multiple of eight."""
        for part in self._parts:
            yield part.data.cast("B") if part.size else b""
            yield bytes(-part.nbytes % 8)


class Pool(Arrays):
    """Arrays of which equal ones are there once: both languages show the same numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, bytes], int] = {}

    def add(self, array: np.ndarray) -> int:
        """As in `Arrays`; an array that is there already has its number."""
        key = (array.dtype.str, hashlib.sha256(array.tobytes()).digest())
        if key not in self._known:
            self._known[key] = super().add(array)
        return self._known[key]


def pack(header: dict, arrays: Arrays, cursor: tuple[int, int] = (0, 0)) -> bytes:
    """Join header and arrays into one payload."""
    return _join(_json(header | {"arrays": arrays.places}), arrays, cursor)


def at_cursor(data: bytes, cursor: tuple[int, int], arrival: int = 0) -> bytes:
    """Return a payload with the cursor elsewhere.

    Parameters
    ----------
    data : bytes
        What :func:`pack` returned.
    cursor : (timestep, unit)
        Where it stands now.
    arrival : int
        Another number than before says that a link brought it there, and that it must be followed.
    """
    return b"".join([data[:8], struct.pack("<iiI", *cursor, arrival % 2**32), data[20:]])


def figure_bytes(
    figure: go.Figure,
    name: str,
    follow: Sequence[Follow] = (),
    picks: bool = False,
    reveal: bool = False,
    at: int | None = None,
    map: str = "",
) -> bytes:
    """Pack a Plotly figure for :func:`rnnviz.app.components.viewer.figure_view`.

    ``reveal`` stands in the place of the cursor's timestep, so that it makes no new figure.
    ``map`` names the map whose cells a figure shows; "" where it shows none.
    """
    arrays = Arrays()
    moves = [_move(arrays, one) for one in follow]
    parts = {
        **{"name": name, "follow": moves, "picks": picks, "at": at, "map": map},
        "arrays": arrays.places,
    }
    return _join(f'{_json(parts)[:-1]},"figure":{figure.to_json()}}}', arrays, (int(reveal), 0))


def _move(arrays: Arrays, follow: Follow) -> dict:
    shown = {"x": follow.x, "y": follow.y}
    points = next(array.shape[1] for array in shown.values() if array is not None)
    with np.errstate(over="ignore"):
        places = {
            name: None if array is None else arrays.add(array.astype(np.float32))
            for name, array in shown.items()
        }
    return {"trace": follow.trace, "points": points, **places}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _join(header: str, arrays: Arrays, cursor: tuple[int, int] = (0, 0)) -> bytes:
    text = header.encode()
    text += b" " * (-len(text) % 8)
    body = [text, *arrays.chunks()]
    checksum = 0
    for part in body:
        checksum = zlib.crc32(part, checksum)
    return b"".join([struct.pack("<IIiiII", len(text), checksum, *cursor, 0, 0), *body])
