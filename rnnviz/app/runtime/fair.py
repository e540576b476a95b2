"""Whose turn it is among clients that ask again and again (start-time fair queueing).

Each request gets a mark when it comes; the lowest mark is next. A client's marks go up by one with
each of its requests, and a client that asked for nothing starts where the queue stands. So requests
of one client alone keep their order, and those of several alternate, however many each has.

P. Goyal, H. M. Vin, H. Cheng: Start-time fair queueing, IEEE/ACM Transactions on Networking, 1997.
"""

from __future__ import annotations

from collections.abc import Hashable

_MOST_CLIENTS = 1000


class FairOrder:
    """Gives marks to requests; the caller serves the lowest, the oldest of equal ones."""

    def __init__(self) -> None:
        self._stands = 0
        self._next: dict[Hashable, int] = {}

    def mark(self, client: Hashable) -> int:
        """Return the mark of a client's new request."""
        mark = max(self._stands, self._next.get(client, 0))
        self._next[client] = mark + 1
        return mark

    def served(self, mark: int) -> None:
        """Note that a request is served now; the queue stands at its mark."""
        self._stands = max(self._stands, mark)
        if len(self._next) > _MOST_CLIENTS:
            # Those with one request at most lose nothing by it.
            self._next = {who: at for who, at in self._next.items() if at > self._stands + 1}
