"""Whose turn it is: a few page runs at a time, and addresses take turns.

Python runs one thread at a time, so page runs that overlap only take the processor from each other:
all of them end late. One after the other, most of them end early. A machine with many pages open
waits longer for each of them, and no other machine does: a class behind one address is served in
the order in which it asks.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from rnnviz.app.runtime.fair import FairOrder

AT_ONCE = 2
"""Page runs under way at a time."""
LONGEST = 0.1
"""Seconds after which a run no longer holds up those behind it: it is no short one."""
OVERTIME = 2
"""Most runs beyond that time that compute: where there are more, everything would only get slower.
Those that wait for what is computed apart cost nothing and do not count."""


@dataclass
class _Waiting:
    """One that waits: its place in the queue, and what is called when its turn comes."""

    place: tuple[int, int]
    call: Callable[[], None]


class Turns:
    """Hands out turns; belongs to the event loop's thread.

    Parameters
    ----------
    at_once : int
        How many have their turn at a time.
    longest : float
        Seconds after which a turn ends by itself.
    resting : callable () -> int
        How many runs wait for something that is computed apart.
    """

    def __init__(
        self,
        at_once: int = AT_ONCE,
        longest: float = LONGEST,
        resting: Callable[[], int] = lambda: 0,
    ) -> None:
        self._at_once, self._longest, self._resting = at_once, longest, resting
        self._overtime: set[Hashable] = set()
        self._running: dict[Hashable, asyncio.TimerHandle] = {}
        self._waiting: dict[Hashable, _Waiting] = {}
        self._order, self._numbers = FairOrder(), itertools.count()

    def take(self, who: Hashable, call: Callable[[], None], address: str = "") -> bool:
        """Whether it is a page's turn now; if not, ``call`` is called when it is.

        ``address`` says which machine the page is on.
        """
        if who in self._running:
            return True
        if who in self._waiting:
            return False
        mark = self._order.mark(address)
        if self._waiting or len(self._running) >= self._at_once:
            self._waiting[who] = _Waiting((mark, next(self._numbers)), call)
            return False
        self._begin(who, mark)
        return True

    def give_back(self, who: Hashable) -> None:
        """End a page's turn, or its waiting for one, and call the next."""
        self._overtime.discard(who)
        self._waiting.pop(who, None)
        self._end(who)

    def _end(self, who: Hashable) -> None:
        alarm = self._running.pop(who, None)
        if alarm is None:
            return
        alarm.cancel()
        if self._waiting:
            following = min(self._waiting, key=lambda one: self._waiting[one].place)
            waiting = self._waiting.pop(following)
            self._begin(following, waiting.place[0])
            waiting.call()

    def _begin(self, who: Hashable, mark: int) -> None:
        self._order.served(mark)
        self._overtime.discard(who)
        self._watch(who)

    def _watch(self, who: Hashable) -> None:
        loop = asyncio.get_running_loop()
        self._running[who] = loop.call_later(self._longest, self._look, who)

    def _look(self, who: Hashable) -> None:
        """End the turn of a run that takes long, unless too many of those compute already."""
        if len(self._overtime) - self._resting() >= OVERTIME:
            self._watch(who)
            return
        self._overtime.add(who)
        self._end(who)
