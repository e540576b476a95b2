"""Compute a sweep: chunks are given out, come back in any order, and are never done twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice

import numpy as np

from rnnviz.sweeps.chunks import Chunk, ChunkResult, chunk_count, chunks, compute, compute_chunk
from rnnviz.sweeps.executors import Here, Processes
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.store import Store
from rnnviz.sweeps.sweep import Sweep

_UNDER_WAY = 4
"""Chunks that are given out for each worker: enough that none waits, few enough to be held."""
_TRIES = 3
"""A chunk whose worker dies is given out again, so many times in all."""

Progress = Callable[[float], None]


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
    todo = []
    for chunk in chunks(sweep):
        found = kept.read(chunk) if kept is not None and kept.has(chunk) else None
        if found is None:
            todo.append(chunk)
        else:
            yield found
    own = executor in (None, "processes", "here")
    pool = _pool(executor, workers)
    try:
        for result in _computed(sweep, todo, pool, executor, workers):
            if kept is not None:
                kept.keep(result)
            yield result
    finally:
        if own:
            pool.shutdown(wait=False, cancel_futures=True)


def _pool(executor: Executor | str | None, workers: int | None) -> Executor:
    if executor == "processes":
        return Processes(workers)
    if executor is None or executor == "here":
        return Here()
    if isinstance(executor, str):
        raise ValueError(f"There is no executor {executor!r}; choose processes or here.")
    return executor


def _computed(sweep, todo, pool, executor, workers) -> Iterator[ChunkResult]:
    """Give chunks out, a few for each worker at a time; give them out again if a worker dies."""
    if isinstance(pool, Here):
        for chunk in todo:
            yield compute_chunk(sweep, chunk)
        return
    query, waiting = sweep.to_query(), iter(todo)
    tries: dict[int, int] = {}
    held = _UNDER_WAY * max(1, getattr(pool, "_max_workers", 2) or 2)
    under_way: dict[Future, Chunk] = {}
    lost: list[Chunk] = []

    def give_out(chunk: Chunk) -> None:
        tries[chunk.number] = tries.get(chunk.number, 0) + 1
        under_way[pool.submit(compute, query, chunk)] = chunk

    try:
        while True:
            room = held - len(under_way)
            for chunk in [*lost, *islice(waiting, max(0, room - len(lost)))]:
                give_out(chunk)
            lost = []
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                chunk = under_way.pop(future)
                try:
                    result = future.result()
                except BrokenExecutor as error:
                    if executor != "processes" or tries[chunk.number] >= _TRIES:
                        result = _failed(sweep, chunk, error)
                    else:
                        lost.append(chunk)
                        continue
                except Exception as error:
                    result = _failed(sweep, chunk, error)
                tries.pop(chunk.number, None)
                yield result
            if lost:
                # The pool is broken: what was under way in it is lost as well.
                lost += under_way.values()
                under_way.clear()
                pool.shutdown(wait=False, cancel_futures=True)
                pool = Processes(workers)
    finally:
        if executor == "processes":
            pool.shutdown(wait=False, cancel_futures=True)


def _failed(sweep: Sweep, chunk: Chunk, error: BaseException) -> ChunkResult:
    """A chunk without numbers, and why."""
    nothing = {name: np.full(len(chunk.places), np.nan) for name in sweep.measures}
    reason = f"{type(error).__name__}: {error}"[:200]
    return ChunkResult(chunk, nothing, dict.fromkeys(chunk.places, reason))


__all__ = ["chunk_count", "results", "sweep"]
