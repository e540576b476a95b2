"""Compute a sweep: chunks are given out, come back in any order, and are never done twice."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import SimpleQueue

import numpy as np

from rnnviz.sweeps.chunks import (
    WORKER_DIED,
    Chunk,
    ChunkResult,
    chunk_count,
    chunks,
    compute,
    compute_chunk,
)
from rnnviz.sweeps.executors import Here, Processes
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.store import Store
from rnnviz.sweeps.sweep import Sweep

_UNDER_WAY = 4
"""Chunks that are given out for each worker: enough that none waits, few enough to be held."""
_TRIES = 3
"""A chunk whose worker dies is given out again, so many times in all."""

Progress = Callable[[float], None]
LOG = logging.getLogger("rnnviz.sweeps")
"""Tells of every chunk, by number, when it is found in a store, given out, and kept."""


def sweep(
    sweep: Sweep,
    executor: Executor | str | None = None,
    store: str | os.PathLike | None = None,
    progress: Progress | None = None,
    *,
    resume: bool = True,
    workers: int | None = None,
) -> SweepResult:
    """Compute every network of a sweep.

    Parameters
    ----------
    sweep : Sweep
        Which networks, and what is measured.
    executor : concurrent.futures.Executor or str, optional
        Where: any executor, ``"processes"`` for a pool of them, or here by default.
    store : path, optional
        A folder that keeps finished chunks; see `rnnviz.sweeps.store`.
    progress : callable (fraction), optional
        Called when a chunk is finished; raising in it ends the sweep, finished chunks are kept.
    resume : bool
        Whether chunks that are in the store already are used.
    workers : int, optional
        How many processes.

    Returns
    -------
    SweepResult
        A network that could not be computed is nan, with its reason.
    """
    values = {name: np.full(sweep.networks, np.nan) for name in sweep.measures}
    reasons: dict[tuple[int, ...], str] = {}
    done = 0
    for result in results(sweep, executor, store, resume=resume, workers=workers):
        places = np.array(result.chunk.places)
        for name in sweep.measures:
            values[name][places] = result.values[name]
        for place, reason in result.reasons.items():
            index = np.unravel_index(place, sweep.shape)
            reasons[tuple(int(one) for one in index)] = reason
        done += len(places)
        if progress:
            progress(done / sweep.networks)
    arrays = {name: array.reshape(sweep.shape) for name, array in values.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return SweepResult(sweep, arrays, reasons)


def results(
    sweep: Sweep,
    executor: Executor | str | None = None,
    store: str | os.PathLike | None = None,
    *,
    resume: bool = True,
    workers: int | None = None,
) -> Iterator[ChunkResult]:
    """Yield the chunks of a sweep as they are finished, those of a store first."""
    kept = None if store is None else Store(store, sweep, resume)
    own = executor in (None, "processes", "here")
    pool = _pool(executor, workers)
    try:
        for result in _computed(sweep, _found_or_not(sweep, kept), pool, executor, workers):
            if kept is not None and not isinstance(result, _Found):
                kept.keep(result)
                LOG.info("chunk %d kept", result.chunk.number)
            yield result
    finally:
        if own:
            pool.shutdown(wait=False, cancel_futures=True)


class _Found(ChunkResult):
    """A chunk that a store had finished already."""


def _found_or_not(sweep: Sweep, kept: Store | None) -> Iterator[Chunk | _Found]:
    """Every chunk in its order, with its numbers where a store has them."""
    for chunk in chunks(sweep):
        found = kept.read(chunk) if kept is not None and kept.has(chunk) else None
        if found is None:
            yield chunk
        else:
            LOG.info("chunk %d found", chunk.number)
            yield _Found(found.chunk, found.values, found.reasons)


def _pool(executor: Executor | str | None, workers: int | None) -> Executor:
    if executor == "processes":
        return Processes(workers)
    if executor is None or executor == "here":
        return Here()
    if isinstance(executor, str):
        raise ValueError(f"There is no executor {executor!r}; choose processes or here.")
    return executor


def _computed(
    sweep: Sweep,
    todo: Iterator[Chunk | _Found],
    pool: Executor,
    executor: Executor | str | None,
    workers: int | None,
) -> Iterator[ChunkResult]:
    """Yield what is finished; give the rest out, a few chunks for each worker at a time."""
    if isinstance(pool, Here):
        for one in todo:
            if not isinstance(one, _Found):
                LOG.info("chunk %d given out", one.number)
            yield one if isinstance(one, _Found) else compute_chunk(sweep, one)
        return
    given = _GivenOut(sweep, pool, workers, renew=executor == "processes")
    try:
        for one in todo:
            if isinstance(one, _Found):
                yield one
                continue
            while given.full:
                yield from given.finished()
            given.give_out(one)
        while given.busy:
            yield from given.finished()
    finally:
        if given.renew:
            given.pool.shutdown(wait=False, cancel_futures=True)


class _GivenOut:
    """Chunks under way in a pool. What a chunk costs here does not grow with their number.

    Parameters
    ----------
    sweep : Sweep
    pool : Executor
    workers : int, optional
        How many processes a new pool has.
    renew : bool
        Whether a pool whose worker died is replaced, and its chunks given out again.
    """

    def __init__(self, sweep: Sweep, pool: Executor, workers: int | None, renew: bool) -> None:
        self.sweep, self.query, self.pool, self.renew = sweep, sweep.to_query(), pool, renew
        self.under_way: dict[Future, Chunk] = {}
        self._workers = workers
        self._held = _UNDER_WAY * max(1, getattr(pool, "_max_workers", 2) or 2)
        self._done: SimpleQueue[Future] = SimpleQueue()
        self._tries: dict[int, int] = {}
        self._suspects: list[Chunk] = []

    @property
    def busy(self) -> bool:
        """Whether anything is not finished."""
        return bool(self.under_way or self._suspects)

    @property
    def full(self) -> bool:
        """Whether every worker has enough to do."""
        return bool(self._suspects) or len(self.under_way) >= self._held

    def give_out(self, chunk: Chunk) -> None:
        """Have a chunk computed."""
        self._tries[chunk.number] = self._tries.get(chunk.number, 0) + 1
        LOG.info("chunk %d given out", chunk.number)
        try:
            future = self.pool.submit(compute, self.query, chunk)
        except BrokenExecutor as error:  # a worker died since the last look
            future = Future()
            future.set_exception(error)
        self.under_way[future] = chunk
        future.add_done_callback(self._done.put)

    def finished(self) -> Iterator[ChunkResult]:
        """Wait for the next chunk that is finished; nothing where it has to be done again."""
        if not self.under_way:
            self.give_out(self._suspects.pop())
        future = self._done.get()
        chunk = self.under_way.pop(future, None)
        if chunk is None:  # of a pool that has been replaced
            return
        try:
            result = future.result()
        except BrokenExecutor as error:
            if self.renew and self._tries[chunk.number] < _TRIES:
                self._again(chunk)
                return
            if self.renew:
                self._again()
            result = _failed(self.sweep, chunk, error)
        except Exception as error:
            result = _failed(self.sweep, chunk, error)
        self._tries.pop(chunk.number, None)
        yield result

    def _again(self, *chunks: Chunk) -> None:
        """Replace a pool whose worker died.

        Which of the chunks under way ended it is not known: each is done again by itself, so that
        one that ends its worker every time costs no other its numbers. Those that were finished
        before are not done again: their numbers wait to be taken.
        """
        others = {one: chunk for one, chunk in self.under_way.items() if not _has_numbers(one)}
        for future, other in others.items():
            self._tries[other.number] -= 1
            del self.under_way[future]
        self._suspects += [*others.values(), *chunks]
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool = Processes(self._workers)


def _has_numbers(future: Future) -> bool:
    """Whether a chunk is finished, though its numbers have not been taken yet."""
    return future.done() and not future.cancelled() and future.exception() is None


def _failed(sweep: Sweep, chunk: Chunk, error: BaseException) -> ChunkResult:
    """A chunk without numbers, and why."""
    nothing = {name: np.full(len(chunk.places), np.nan) for name in sweep.measures}
    died = WORKER_DIED if isinstance(error, BrokenExecutor) else ""
    reason = f"{died}{type(error).__name__}: {error}"[:200]
    return ChunkResult(chunk, nothing, dict.fromkeys(chunk.places, reason))


__all__ = ["chunk_count", "results", "sweep"]
