"""Who is here: the open connections."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from rnnviz.app.server.guard.connection import Visit
from rnnviz.app.server.guard.sockets import Sockets
from rnnviz.app.server.streamlit_private import close_session

AT_WORK = 1.0
"""A request that has no answer after so many seconds is no short one: nobody gives way to it."""


class Register:
    """The visits under way. All methods but :attr:`at_work` belong to the event loop's thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._visits: list[Visit] = []
        self.refused: Counter[str] = Counter()
        self.seen = 0
        self.sockets: Sockets | None = None
        self.resting: Callable[[], int] = lambda: 0

    def __len__(self) -> int:
        return len(self._visits)

    @property
    def addresses(self) -> int:
        """How many different addresses the visitors have."""
        return len({visit.address for visit in self._visits})

    @property
    def at_work(self) -> int:
        """How many visitors wait for the answer of a request they sent just now; any thread."""
        newest = time.monotonic() - AT_WORK
        passed = [visit.request_queue.passed_at for visit in list(self._visits)]
        return sum(at is not None and at > newest for at in passed)

    async def admit(self, address: str) -> bool:
        """Whether one more visitor may come in from an address.

        When the room is full, the address that holds the most places gives up its newest one to
        an address that holds at least two fewer: one greedy machine cannot keep the others out.
        """
        if len(self._visits) < self._most:
            return True
        places = Counter(visit.address for visit in self._visits)
        greedy, most = places.most_common(1)[0]
        if places[address] + 1 >= most:
            return False
        newest = next(visit for visit in reversed(self._visits) if visit.address == greedy)
        self.refused["room full"] += 1
        self._visits.remove(newest)
        await newest.close(1013)
        return True

    def enter(self, visit: Visit) -> None:
        """Note that a visit begins."""
        self._visits.append(visit)
        self.seen += 1

    def leave(self, visit: Visit) -> None:
        """Note that a visit is over, and end its session.

        Streamlit would keep the session for a visitor who comes back, and hand it to whoever names
        its id. Here a visitor comes back by the link, which holds all there is to know.
        """
        if visit in self._visits:
            self._visits.remove(visit)
        for reason, count in visit.counts().items():
            self.refused[reason] += count
        close_session(visit.session_id)
