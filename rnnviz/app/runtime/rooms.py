"""Rooms: short codes for long links, and a live tally of a class's predictions.

All in this process's memory and bounded; a room that is not used for some hours goes. Who answered
is a random token of one browser, which says nothing of a person and is shown nowhere.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from rnnviz.knobs import LINK_LIMIT

MOST_ROOMS = 200
MOST_OF_VISIT = 10
"""Rooms that one visit may open."""
MOST_QUESTIONS = 20
MOST_VOTERS = 500
HOURS = 12
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_ALPHABET = _LETTERS + "23456789"
_LENGTH = 5


class NoRoomLeftError(Exception):
    """A visit has opened as many rooms as it may, or its link is too long."""


@dataclass(eq=False)
class _Room:
    query: str
    owner: str
    used: float
    votes: dict[str, dict[str, int]] = field(default_factory=dict)


class Rooms:
    """The rooms of one server.

    Parameters
    ----------
    clock : callable () -> float
        Seconds; for the tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def nbytes(self) -> int:
        """About how much memory the rooms take."""
        with self._lock:
            return sum(
                len(room.query) * 2 + sum(100 * len(one) for one in room.votes.values())
                for room in self._rooms.values()
            )

    def open(self, query: str, owner: str) -> str:
        """Return the code of a room for a link's query; the same owner and query share one.

        Raises
        ------
        NoRoomLeftError
            If the owner has too many, or the query is longer than a link may be.
        """
        if len(query) > LINK_LIMIT:
            raise NoRoomLeftError
        with self._lock:
            self._forget()
            own = {room.query: code for code, room in self._rooms.items() if room.owner == owner}
            if query in own:
                return own[query]
            if len(own) >= MOST_OF_VISIT:
                raise NoRoomLeftError
            code = self._new_code()
            self._rooms[code] = _Room(query, owner, self._clock())
            while len(self._rooms) > MOST_ROOMS:
                self._rooms.popitem(last=False)
            return code

    def query(self, code: str) -> str | None:
        """Return the query of a room; None where there is none of that code."""
        with self._lock:
            room = self._at(code)
            return None if room is None else room.query

    def vote(self, code: str, question: str, option: int, voter: str) -> None:
        """Count an answer to a question; a second one of the same voter takes the first's place."""
        with self._lock:
            room = self._at(code)
            if room is None:
                return
            if question not in room.votes and len(room.votes) >= MOST_QUESTIONS:
                return
            votes = room.votes.setdefault(question, {})
            if voter in votes or len(votes) < MOST_VOTERS:
                votes[voter] = option

    def tally(self, code: str, question: str) -> Counter[int]:
        """Return how often each option of a question was picked in a room."""
        with self._lock:
            room = self._at(code)
            return Counter(room.votes.get(question, {}).values()) if room else Counter()

    def _at(self, code: str) -> _Room | None:
        self._forget()
        room = self._rooms.get(code)
        if room is not None:
            room.used = self._clock()
            self._rooms.move_to_end(code)
        return room

    def _forget(self) -> None:
        """Drop rooms that were not used for long; those used longest ago stand first."""
        limit = self._clock() - HOURS * 3600
        while self._rooms and next(iter(self._rooms.values())).used < limit:
            self._rooms.popitem(last=False)

    def _new_code(self) -> str:
        while True:
            rest = (secrets.choice(_ALPHABET) for _ in range(_LENGTH - 1))
            code = secrets.choice(_LETTERS) + "".join(rest)
            if code not in self._rooms:
                return code


ROOMS = Rooms()
"""The rooms of this server."""
