"""Whose training goes on next: one slice at a time, the shorter the more there are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

SLICE = 0.045
"""Seconds of training in one look of a visitor who trains alone."""
REST = 0.75
"""Where several train, no slice begins for so much of the last one's time."""
LOOKED_AT = 3.0
"""A training counts as going on until so many seconds after its last look."""


class Trainable(Protocol):
    """What has turns."""

    def train_for(self, seconds: float) -> None:
        """Train for so long, at least one step."""

    def fill_for(self, seconds: float) -> None:
        """Make frames that were left out for so long."""


class Turns:
    """Shares the time for training among those who train.

    A training whose sum of slices is ahead of the least by more than one slice waits: no order of
    asking gives anyone more. After each slice all wait in proportion, so however many train, the
    share of the processor that training takes is that of one visitor who trains alone.
    ``clock`` gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._clock = threading.Lock(), clock
        self._seen: dict[int, float] = {}
        self._taken: dict[int, float] = {}
        self._free_at = 0.0

    def take(self, session: Trainable, fill: bool = False) -> float:
        """Go on with a session for a slice, if it is its turn; return how long, in seconds.

        With ``fill`` it does not train, but makes the frames that it has left out.
        """
        now, own = self._clock(), id(session)
        with self._lock:
            self._seen[own] = now
            self._seen = {one: at for one, at in self._seen.items() if now - at < LOOKED_AT}
            least = min((self._taken[one] for one in self._seen if one in self._taken), default=0.0)
            self._taken = {one: self._taken.get(one, least) for one in self._seen}
            if now < self._free_at or self._taken[own] > least + SLICE / len(self._seen):
                return 0.0
            self._free_at = now + LOOKED_AT  # until this slice is over
            length = SLICE / len(self._seen)
        try:
            (session.fill_for if fill else session.train_for)(length)
        finally:
            spent = self._clock() - now
            with self._lock:
                self._taken[own] = self._taken.get(own, least) + spent
                self._free_at = now + spent * (1 + REST) if len(self._seen) > 1 else 0.0
        return spent

    @property
    def active(self) -> int:
        """How many trainings go on just now."""
        now = self._clock()
        return sum(now - at < LOOKED_AT for at in self._seen.values())


TURNS = Turns()
