"""Files that visitors send: only where the page asked for one, and only so much at a time.

Streamlit takes a file from anybody who has a page open, whether it has a place for files or not,
and keeps it in memory.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

MOST_FILES = 2
"""Files that one visitor may have here at a time: the one that is open, and its successor."""
MOST_BYTES = 256 * 2**20
"""Bytes of all files of all visitors."""


class Uploads:
    """The places for files that were handed out, and what lies in them."""

    def __init__(self, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self._most_files, self._most_bytes = most_files, most_bytes
        self._places: dict[Hashable, dict[str, int]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes that lie here."""
        return sum(sum(places.values()) for places in self._places.values())

    def hand_out(self, visitor: Hashable, addresses: Iterable[str]) -> None:
        """Note the addresses that a visitor's page was given; the oldest unused ones go."""
        places = self._places.setdefault(visitor, {})
        for address in addresses:
            places[address.rpartition("/")[2]] = 0
        for name in [name for name, size in places.items() if not size][: -self._most_files]:
            del places[name]

    def put(self, path: str, size: int) -> bool:
        """Whether a file of a size may be put at a path; if so, it counts from now on."""
        name = path.rpartition("/")[2]
        for places in self._places.values():
            if places.get(name) == 0:
                used = sum(bool(known) for known in places.values())
                if used < self._most_files and self.nbytes + size <= self._most_bytes:
                    places[name] = max(size, 1)
                    return True
        return False

    def delete(self, path: str) -> None:
        """Note that a visitor took his file away."""
        name = path.rpartition("/")[2]
        for places in self._places.values():
            places.pop(name, None)

    def leave(self, visitor: Hashable) -> None:
        """Note that a visitor left, and his files with him."""
        self._places.pop(visitor, None)
