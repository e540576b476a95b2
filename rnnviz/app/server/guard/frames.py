"""The frames of a WebSocket client, counted from their headers alone (RFC 6455, section 5.2).

Whoever reads whole messages learns of a frame only when it has cost something already: a ping is
answered below every limit on messages, and an unfinished message lies in memory unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_CONTROL = 0x8
_LONG = {126: 2, 127: 8}


@dataclass(frozen=True)
class Frame:
    """The header of a frame: whether it is a control frame, and the bytes of its message so far.

    ``message`` counts this frame's payload as if it were here already.
    """

    control: bool
    message: int


class FrameReader:
    """Follows the frames of one client without keeping what is in them.

    Attributes
    ----------
    unfinished : int
        Bytes that have arrived of a data message whose end has not.
    """

    def __init__(self) -> None:
        self.unfinished = 0
        self._head = bytearray()
        self._left = 0
        self._control = self._last = False

    def read(self, data: bytes) -> Iterator[Frame]:
        """Yield the header of each frame that begins in some bytes; stop asking to stop reading."""
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                self._arrived(step)
                continue
            take = min(self._missing(), len(data) - at)
            self._head += data[at : at + take]
            at += take
            if not self._missing():
                yield self._begin()

    def _missing(self) -> int:
        """Return how many bytes of the header are still to come."""
        if len(self._head) < 2:
            return 2 - len(self._head)
        masked = bool(self._head[1] & 0x80)
        whole = 2 + _LONG.get(self._head[1] & 0x7F, 0) + 4 * masked
        return whole - len(self._head)

    def _begin(self) -> Frame:
        first, short = self._head[0], self._head[1] & 0x7F
        extra = _LONG.get(short, 0)
        self._left = int.from_bytes(self._head[2 : 2 + extra], "big") if extra else short
        self._head.clear()
        self._control, self._last = bool(first & _CONTROL), bool(first & 0x80)
        frame = Frame(self._control, self.unfinished + self._left)
        if not self._left:
            self._arrived(0)
        return frame

    def _arrived(self, count: int) -> None:
        if self._control:
            return
        self.unfinished += count
        if self._last and not self._left:
            self.unfinished = 0
