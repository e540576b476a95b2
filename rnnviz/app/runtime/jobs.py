"""Long computations: one at a time, apart from the pages, in slices that give way to short ones.

Python runs one thread at a time. A computation that takes seconds would make every page run wait
for its turn dozens of times; so it rests while anybody waits for something short, and ends as soon
as nobody waits for it any more.
"""

from __future__ import annotations

import heapq
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
"""Seconds between two looks of a visitor at the progress."""

Progress = Callable[[float], None]


class Stopped(BaseException):
    """Nobody waits for the computation any more. No Exception: nothing on the way may catch it."""


class Job:
    """One computation and who waits for it."""

    def __init__(self, compute: Callable[[Progress], Any]) -> None:
        self.compute = compute
        self.wanted = 0
        self.fraction = 0.0
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None


class JobQueue:
    """Runs jobs, the shortest first; the same job wanted by many is done once.

    Attributes
    ----------
    neighbours : callable () -> int
        How many visitors wait for an answer just now; those who wait for a job here are among them.
    """

    def __init__(self) -> None:
        self.neighbours: Callable[[], int] = lambda: 0
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, Job] = {}
        self._queue: list[tuple[float, int, Hashable, Job]] = []
        self._numbers = itertools.count()
        self._worker: threading.Thread | None = None
        self._waiting = 0
        self._worked_from = 0.0

    def __len__(self) -> int:
        return len(self._jobs)

    def result(
        self,
        key: Hashable,
        seconds: float,
        compute: Callable[[Progress], Any],
        meanwhile: Progress = lambda fraction: None,
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
        meanwhile : callable (fraction)
            Called in the caller's thread again and again until the result is there. If it raises,
            the caller waits no longer, and the computation ends unless others wait for it.
        """
        job = self._join(key, seconds, compute)
        try:
            while not job.done.wait(LOOK):
                meanwhile(job.fraction)
        finally:
            self._quit(key, job)
        if job.error is not None:
            raise job.error
        return job.result

    def _join(self, key: Hashable, seconds: float, compute: Callable[[Progress], Any]) -> Job:
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(compute)
                heapq.heappush(self._queue, (seconds, next(self._numbers), key, job))
            job.wanted += 1
            self._waiting += 1
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="rnnviz-work", daemon=True)
                self._worker.start()
        return job

    def _quit(self, key: Hashable, job: Job) -> None:
        with self._lock:
            job.wanted -= 1
            self._waiting -= 1
            if job.wanted == 0 and self._jobs.get(key) is job:
                del self._jobs[key]  # whoever comes next begins anew

    def _work(self) -> None:
        """Do what is to be done, then end: an idle server has no thread left over."""
        while True:
            with self._lock:
                if not self._queue:
                    self._worker = None
                    return
                _, _, key, job = heapq.heappop(self._queue)
            if job.wanted:
                self._do(job)
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]

    def _do(self, job: Job) -> None:
        def progress(fraction: float) -> None:
            job.fraction = fraction
            if not job.wanted:
                raise Stopped
            self._rest()

        self._worked_from = time.perf_counter()
        try:
            job.result = job.compute(progress)
        except Stopped as stopped:
            job.error = stopped
        except Exception as error:
            job.error = error
        finally:
            job.done.set()

    def _rest(self) -> None:
        """Wait while others wait for something short, within measure."""
        now = time.perf_counter()
        worked = now - self._worked_from
        if worked < SLICE:
            return
        until = now + PATIENCE * worked
        while self.neighbours() > self._waiting and time.perf_counter() < until:
            time.sleep(0.001)
        self._worked_from = time.perf_counter()
