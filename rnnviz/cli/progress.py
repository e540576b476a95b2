"""One line that says how far it is, on a terminal; into a file or a pipe, nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 30
_SECONDS = 0.1


class Bar:
    """A bar for a number of pieces of work, each of which may report its own part.

    Parameters
    ----------
    pieces : int
        How many there are.
    stream : text file
        Where it is drawn, if that is a terminal.
    """

    def __init__(self, pieces: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._pieces, self._done = pieces, 0
        self._drawn, self._shows = 0.0, self._stream.isatty()

    def __enter__(self) -> Bar:
        self.part(0)
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def part(self, share: float) -> None:
        """Show how far the present piece is, 0…1."""
        now = time.monotonic()
        if self._shows and (now - self._drawn > _SECONDS or share >= 1):
            self._drawn = now
            self._draw((self._done + share) / self._pieces)

    def piece(self) -> None:
        """Count the present piece as done."""
        self._done += 1
        self.part(0)

    def clear(self) -> None:
        """Take the bar away, so that a line can be written."""
        if self._shows:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _draw(self, share: float) -> None:
        filled = round(share * _WIDTH)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        self._stream.write(f"\r{bar} {share:4.0%} ({self._done}/{self._pieces})")
        self._stream.flush()
