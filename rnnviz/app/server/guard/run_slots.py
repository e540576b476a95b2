"""Whose turn it is: a few page runs at a time, in the order in which they were asked for.

Python runs one thread at a time, so page runs that overlap only take the processor from each other:
all of them end late. One after the other, most of them end early.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable

AT_ONCE = 2
"""Page runs under way at a time."""
LONGEST = 0.1
"""Seconds after which a run no longer holds up those behind it: it is no short one."""


class Turns:
    """Hands out turns; belongs to the event loop's thread.

    Parameters
    ----------
    at_once : int
        How many have their turn at a time.
    longest : float
        Seconds after which a turn ends by itself.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: float = LONGEST) -> None:
        self._at_once, self._longest = at_once, longest
        self._running: dict[Hashable, asyncio.TimerHandle] = {}
        self._waiting: OrderedDict[Hashable, Callable[[], None]] = OrderedDict()

    def take(self, who: Hashable, call: Callable[[], None]) -> bool:
        """Whether it is somebody's turn now; if not, ``call`` is called when it is."""
        if who in self._running:
            return True
        if self._waiting or len(self._running) >= self._at_once:
            self._waiting.setdefault(who, call)
            return False
        self._begin(who)
        return True

    def give_back(self, who: Hashable) -> None:
        """End somebody's turn, or his waiting for one, and call the next."""
        self._waiting.pop(who, None)
        alarm = self._running.pop(who, None)
        if alarm is None:
            return
        alarm.cancel()
        if self._waiting:
            following, call = self._waiting.popitem(last=False)
            self._begin(following)
            call()

    def _begin(self, who: Hashable) -> None:
        loop = asyncio.get_running_loop()
        self._running[who] = loop.call_later(self._longest, self.give_back, who)
