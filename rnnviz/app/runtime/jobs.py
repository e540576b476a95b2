"""Long computations: one at a time, apart from the pages, in slices that give way to short ones.

Python runs one thread at a time. A computation that takes seconds would make every page run wait
for its turn dozens of times; so it rests while others wait for something short, and ends as soon
as no page waits for it any more. A computation that takes much longer than another one that waits
is set aside for it and goes on afterwards.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

SLICE = 0.004
"""Seconds that a long computation works before it looks whether others wait."""
PATIENCE = 3.0
"""It rests at most so many times as long as it worked: it always gets on."""
LOOK = 0.05
"""Seconds between two looks of a page at the progress."""
TURN = 0.5
"""Seconds that a computation works at least before it is set aside for a shorter one."""
SHORTER = 0.5
"""A computation is set aside for one that takes less than this share of what it has left."""
CREDIT = 30.0
"""Seconds of waiting that count, beside as many as the computation itself takes. Without a bound,
one client with many computations would keep the oldest places for ever."""
MEMORY = 60.0
"""Seconds in which half of the work done for a client is forgotten."""

Progress = Callable[[float], None]
Look = Callable[[float, int], None]
"""Takes the fraction that is done, and how many computations come before this one."""


class Stopped(BaseException):
    """No page waits for the computation any more. No Exception: nothing may catch it on the way."""


class Job:
    """One computation, and how many pages wait for it."""

    def __init__(
        self, compute: Callable[[Progress], Any], seconds: float, client: Hashable, number: int
    ) -> None:
        self.compute, self.client, self.number = compute, client, number
        self.wanted = 0
        self.fraction = 0.0
        self.started = False
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None
        self.worked = 0.0
        self.since = time.monotonic()
        self._seconds = seconds

    @property
    def left(self) -> float:
        """Seconds that it still takes: by the estimate at first, then by what it has done."""
        if self.fraction > 0.02 and self.worked > TURN:
            return self.worked * (1 - self.fraction) / self.fraction
        return max(self._seconds * (1 - self.fraction), self.worked)


class JobQueue:
    """Runs jobs, the shortest first; the same job wanted by many is done once.

    Attributes
    ----------
    neighbours : callable () -> int
        How many pages wait for an answer just now; those that wait for a job here are among them.
    """

    def __init__(self) -> None:
        self.neighbours: Callable[[], int] = lambda: 0
        self._changed = threading.Condition()
        self._jobs: dict[Hashable, Job] = {}
        self._numbers = itertools.count()
        self._working: Job | None = None
        self._waiting = 0
        self._spent: dict[Hashable, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def waiting(self) -> int:
        """How many pages wait for a job."""
        return self._waiting

    def result(
        self,
        key: Hashable,
        seconds: float,
        compute: Callable[[Progress], Any],
        meanwhile: Look = lambda fraction, before: None,
        client: Hashable = None,
    ) -> Any:
        """Return ``compute(progress)``, run apart.

        Parameters
        ----------
        key : hashable
            What is computed: who asks for a key that is under way shares it.
        seconds : float
            How long it takes, roughly.
        compute : callable (progress) -> result
            Calls ``progress(fraction)`` often; that is where it rests and where it is stopped.
        meanwhile : callable (fraction, before)
            Called in the caller's thread again and again until the result is there. If it raises,
            the caller waits no longer, and the computation ends unless others wait for it.
        client : hashable
            For whom; of several clients, the one for whom less was done lately comes first.
        """
        job = self._join(key, seconds, compute, client)
        try:
            while not job.done.wait(LOOK):
                meanwhile(job.fraction, self._before(job))
        finally:
            self._quit(key, job)
        if job.error is not None:
            raise job.error
        return job.result

    def _join(
        self, key: Hashable, seconds: float, compute: Callable[[Progress], Any], client: Hashable
    ) -> Job:
        with self._changed:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(compute, seconds, client, next(self._numbers))
            job.wanted += 1
            self._waiting += 1
            if self._working is None:
                self._choose()
        return job

    def _quit(self, key: Hashable, job: Job) -> None:
        with self._changed:
            job.wanted -= 1
            self._waiting -= 1
            if job.wanted or job.done.is_set():
                return
            if self._jobs.get(key) is job:
                del self._jobs[key]  # whoever comes next begins anew
            self._changed.notify_all()  # one that was set aside ends now

    def _before(self, job: Job) -> int:
        """Return how many computations come before one that does not work just now."""
        with self._changed:
            if self._working is job or job.done.is_set():
                return 0
            now = time.monotonic()
            mine = self._rank(job, now)
            others = [one for one in self._jobs.values() if one is not job]
            return sum(one is self._working or self._rank(one, now) < mine for one in others)

    def _rank(self, job: Job, now: float) -> tuple[float, int]:
        """Return what orders the jobs that wait, the next one lowest."""
        waited = min(now - job.since, CREDIT + job.left)
        return job.left - waited + self._lately(job.client, now), job.number

    def _lately(self, client: Hashable, now: float) -> float:
        """Return the seconds of work done for a client lately."""
        seconds, at = self._spent.get(client, (0.0, now))
        return seconds * 2.0 ** ((at - now) / MEMORY)

    def _choose(self) -> None:
        """Let the next job work; the lock is held.

        One that was set aside comes first, for a turn at least: however many shorter ones come
        after each other, it gets on.
        """
        now = time.monotonic()
        waiting = list(self._jobs.values())
        waiting = [job for job in waiting if job.started] or waiting
        self._hand_over(min(waiting, key=lambda job: self._rank(job, now)) if waiting else None)

    def _hand_over(self, job: Job | None) -> None:
        self._working = job
        if job is None:
            return
        if job.started:
            self._changed.notify_all()
            return
        job.started = True
        threading.Thread(target=self._do, args=(job,), name="rnnviz-work", daemon=True).start()

    def _do(self, job: Job) -> None:
        """Work on a job to its end; the thread ends with it."""
        slice_began = turn_began = time.perf_counter()

        def progress(fraction: float) -> None:
            nonlocal slice_began, turn_began
            job.fraction = fraction
            if not job.wanted:
                raise Stopped
            now = time.perf_counter()
            if now - slice_began < SLICE:
                return
            self._note(job, now - slice_began)
            if now - turn_began > TURN and self._give_way(job):
                turn_began = time.perf_counter()
            self._rest(now, now - slice_began)
            slice_began = time.perf_counter()

        try:
            job.result = job.compute(progress)
        except Stopped as stopped:
            job.error = stopped
        except Exception as error:
            job.error = error
        finally:
            self._note(job, time.perf_counter() - slice_began)
            self._end(job)

    def _end(self, job: Job) -> None:
        with self._changed:
            job.done.set()
            for key in [key for key, one in self._jobs.items() if one is job]:
                del self._jobs[key]
            if self._working is job:
                self._choose()

    def _note(self, job: Job, seconds: float) -> None:
        """Count work for a client; those that got none for long are forgotten."""
        job.worked += seconds
        now = time.monotonic()
        with self._changed:
            self._spent[job.client] = (self._lately(job.client, now) + seconds, now)
            if len(self._spent) > 1000:
                old = [client for client in self._spent if self._lately(client, now) < 0.01]
                for client in old or list(self._spent):
                    del self._spent[client]

    def _give_way(self, job: Job) -> bool:
        """Set a job aside if a much shorter one waits, until its turn comes again."""
        with self._changed:
            now = time.monotonic()
            others = [one for one in self._jobs.values() if one is not job and one.wanted]
            shorter = [one for one in others if one.left < SHORTER * job.left]
            if not shorter:
                return False
            job.since = now
            self._hand_over(min(shorter, key=lambda one: self._rank(one, now)))
            while self._working is not job and job.wanted:
                self._changed.wait()
            return True

    def _rest(self, now: float, worked: float) -> None:
        """Wait while others wait for something short, within measure."""
        until = now + PATIENCE * worked
        while self.neighbours() > self._waiting and time.perf_counter() < until:
            time.sleep(0.001)
