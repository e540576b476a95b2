"""Memory for runs that pages work with: a budget, and a queue for those that do not fit in it.

A page holds its run until it has shown all that it shows; so what is counted is the page's whole
run, from the computation to the end. Small ones have a part of the budget of their own, so that
they need not wait for the large ones.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from rnnviz.app.runtime.fair import FairOrder
from rnnviz.app.runtime.settings import whole_number

MIB = 2**20
MOST, LEAST = 1024 * MIB, 256 * MIB
"""Bytes of the budget on a machine with much memory, and with little."""
SHARE = 0.5
"""Share of the memory that is free when the server starts."""
SMALL = 0.25
"""Share of the budget for runs of which at least two fit into that share."""
FREE = 4 * MIB
"""A run of fewer bytes is not counted."""
LOOK = 0.05


@dataclass(eq=False)
class _Lease:
    """The memory of one run, for all pages that hold it."""

    key: Hashable
    nbytes: int
    turn: tuple[int, int]
    """The mark of :class:`FairOrder`, and which request it is."""
    pages: int = 0
    granted: bool = False


@dataclass
class _Page:
    """What one run of a page holds."""

    leases: list[_Lease] = field(default_factory=list)


_PAGE: ContextVar[_Page | None] = ContextVar("page", default=None)


class MemoryBudget:
    """Hands out memory for runs: at once where it fits, else in a queue.

    Parameters
    ----------
    total : int
        Bytes in all.
    make_room : callable (bytes)
        Called before memory is handed out, with what is left for results that are only kept.
    """

    def __init__(self, total: int, make_room: Callable[[int], None] = lambda nbytes: None) -> None:
        self.total = total
        self._make_room = make_room
        self._changed = threading.Condition()
        self._leases: dict[Hashable, _Lease] = {}
        self._numbers = itertools.count()
        self._order = FairOrder()

    @property
    def used(self) -> int:
        """Bytes that are handed out."""
        return sum(lease.nbytes for lease in list(self._leases.values()) if lease.granted)

    @property
    def waiting(self) -> int:
        """How many runs wait for memory."""
        return sum(not lease.granted for lease in list(self._leases.values()))

    @contextmanager
    def page(self) -> Iterator[None]:
        """Give back at the end of the block what is held in it; a block within one is the same."""
        if _PAGE.get() is not None:
            yield
            return
        page = _Page()
        token = _PAGE.set(page)
        try:
            yield
        finally:
            _PAGE.reset(token)
            for lease in page.leases:
                self._give_back(lease)

    def hold(
        self, key: Hashable, nbytes: int, look: Callable[[int], None], client: Hashable = None
    ) -> None:
        """Return once there is memory for a run; it is held until the page ends.

        Pages that want the same run share what it takes. A page that holds memory already gets
        more at once: if it had to wait, all might wait for each other. Outside of a page nothing
        is held.

        Parameters
        ----------
        key : hashable
            Which run.
        nbytes : int
            What it takes, with all that is computed of it.
        look : callable (before)
            Called again and again while there is none, with how many runs come before this one;
            if it raises, the page waits no longer.
        client : hashable
            For whom; those of several clients take turns.
        """
        page = _PAGE.get()
        if page is None or nbytes < FREE or page.leases:
            return
        lease = self._enter(key, nbytes, client)
        page.leases.append(lease)
        while not lease.granted:
            look(self._before(lease))
            with self._changed:
                self._grant()
                if not lease.granted:
                    self._changed.wait(LOOK)

    def _enter(self, key: Hashable, nbytes: int, client: Hashable) -> _Lease:
        with self._changed:
            lease = self._leases.get(key)
            if lease is None:
                turn = self._order.mark(client), next(self._numbers)
                lease = self._leases[key] = _Lease(key, nbytes, turn)
            lease.pages += 1
            self._grant()
            return lease

    def _give_back(self, lease: _Lease) -> None:
        with self._changed:
            lease.pages -= 1
            if not lease.pages:
                del self._leases[lease.key]
                self._grant()
                self._changed.notify_all()

    def _grant(self) -> None:
        """Hand memory out to those whose turn it is; the lock is held."""
        for small in (True, False):
            limit = self.total * (SMALL if small else 1 - SMALL)
            while (lease := next(iter(self._queue(small)), None)) is not None:
                used = sum(one.nbytes for one in self._pool(small) if one.granted)
                if used and used + lease.nbytes > limit:
                    break
                lease.granted = True
                self._order.served(lease.turn[0])
                self._make_room(max(0, self.total - self.used))

    def _pool(self, small: bool) -> list[_Lease]:
        most = self.total * SMALL / 2
        return [one for one in self._leases.values() if (one.nbytes <= most) == small]

    def _queue(self, small: bool) -> list[_Lease]:
        """Return those that wait, the next one first."""
        waiting = [lease for lease in self._pool(small) if not lease.granted]
        return sorted(waiting, key=lambda lease: lease.turn)

    def _before(self, lease: _Lease) -> int:
        """Return how many come before one that waits, those that are at work among them."""
        with self._changed:
            small = lease in self._pool(True)
            queue = self._queue(small)
            at_work = sum(one.granted for one in self._pool(small))
            return at_work + (queue.index(lease) if lease in queue else 0)


def budget_bytes() -> int:
    """Return the bytes of the budget of this machine: a share of what is free now, within bounds.

    ``RNNVIZ_MEMORY_MB`` says it instead.
    """
    said = whole_number("RNNVIZ_MEMORY_MB", os.environ, 10**6)
    if said is not None:
        return said * MIB
    free = min(_free_memory(), _free_in_container())
    return int(min(MOST, max(LEAST, free * SHARE)))


def _free_memory() -> float:
    """Return the bytes that programs may still take; much where the system does not say it."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    return float(said.get("MemAvailable", "inf kB").split()[0]) * 1024


def _free_in_container() -> float:
    """Return what the container that the server may run in still allows."""
    group = Path("/sys/fs/cgroup")
    try:
        most = (group / "memory.max").read_text().strip()
        now = (group / "memory.current").read_text().strip()
        return float("inf") if most == "max" else float(most) - float(now)
    except (OSError, ValueError):
        return float("inf")
