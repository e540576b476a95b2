"""One visitor's way in: requests pass one at a time, the newest wins, and nobody floods.

Streamlit starts a thread for every request, at once. A slider that sends three hundred values
would keep everybody waiting; here the values that nobody will see are never computed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rnnviz.app.server.guard.allowance import Allowance
from rnnviz.app.server.guard.messages import from_the_link, is_wanted, join, tidy
from rnnviz.app.server.streamlit_private import BackMsg

INTERRUPT_AFTER = 0.25
"""A request may cut short a run that has taken so many seconds."""
CATCH_UP = 10.0
"""The run of a page that comes back may take so many seconds before it is cut short."""
RUNS = (40, 20.0)
"""Runs of the page that a visitor may ask for at once, and per second in the long term."""
OPERATIONS = (20, 5.0)
"""The same for other requests, such as downloads and rows of a table."""
MOST_WAITING = 20
"""Most other requests that may wait; more are dropped."""


class RequestQueue:
    """What of a visitor's messages passes, and when. Knows no sockets and no clock of its own.

    Parameters
    ----------
    uploads : bool
        Whether files may be sent.
    comes_back : bool
        Whether the page is open already, and its session gone. Streamlit would start from the link
        and forget the move that the visitor just made; so the page is run from the link first,
        unseen, and then with the move.

    Attributes
    ----------
    unseen : bool
        Whether the run under way is not for the visitor's eyes.
    passed_at : float or None
        When the request passed whose answer is not complete; None if all are answered.
    joined, dropped : int
        How many requests gave way to a newer one, and how many messages were not wanted.
    """

    def __init__(self, uploads: bool = False, comes_back: bool = False) -> None:
        self._uploads, self._comes_back = uploads, comes_back
        self.unseen = False
        self._runs, self._operations = Allowance(*RUNS), Allowance(*OPERATIONS)
        self._rerun: BackMsg | None = None
        self._others: deque[BackMsg] = deque()
        self.passed_at: float | None = None
        self.joined = 0
        self.dropped = 0

    @property
    def is_waiting(self) -> bool:
        """Whether a request for a run of the page waits to pass."""
        return self._rerun is not None

    def offer(self, message: BackMsg) -> None:
        """Take in a message: it will pass, join the one that waits, or be dropped."""
        if not is_wanted(message, self._uploads):
            self.dropped += 1
        elif message.WhichOneof("type") == "rerun_script":
            tidy(message.rerun_script)
            if self._rerun is not None:
                join(self._rerun.rerun_script, message.rerun_script)
                self.joined += 1
            self._rerun = message
        elif len(self._others) < MOST_WAITING:
            self._others.append(message)
        else:
            self.dropped += 1

    def take(
        self, now: float, blocked: bool = False, turn: Callable[[], bool] = lambda: True
    ) -> tuple[BackMsg | None, float | None]:
        """Return the message that passes now, or None and the seconds to wait.

        Parameters
        ----------
        now : float
            Seconds on any steady clock.
        blocked : bool
            Whether the visitor is not reading the answers so far.
        turn : callable () -> bool
            Whether it is this visitor's turn for a run of the page; asked last.

        Returns
        -------
        message : BackMsg or None
        wait : float or None
            When to ask again; None: not before something happens.
        """
        message, soon = self._take_other(now)
        if message is None and self._rerun is not None and not blocked:
            message, wait = self._take_rerun(self._rerun, now, turn)
            soon = wait if soon is None else min(soon, wait or soon)
        return message, soon

    def _take_other(self, now: float) -> tuple[BackMsg | None, float | None]:
        if not self._others:
            return None, None
        wait = self._operations.take(now)
        return (None, wait) if wait else (self._others.popleft(), 0.0)

    def _take_rerun(
        self, rerun: BackMsg, now: float, turn: Callable[[], bool]
    ) -> tuple[BackMsg | None, float | None]:
        if self.passed_at is not None:
            left = self.passed_at + (CATCH_UP if self.unseen else INTERRUPT_AFTER) - now
            if left > 0:
                return None, left
        wait = self._runs.wait(now)
        if wait:
            return None, wait
        if not turn():
            return None, None
        self._runs.take(now)
        self.passed_at = now
        self.unseen, self._comes_back = self._comes_back, False
        if self.unseen:
            return from_the_link(rerun), 0.0
        self._rerun = None
        return rerun, 0.0

    def answered(self) -> None:
        """Note that the answer of the last request is complete."""
        self.unseen = False
        self.passed_at = None
