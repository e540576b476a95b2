"""Where the chunks of a sweep are computed: here, in worker processes, on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from rnnviz.sweeps import parent_watch

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Here(Executor):
    """Computes at once in this process, when a chunk is submitted."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """Return a future that is done."""
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes(ProcessPoolExecutor):
    """Worker processes with one thread of BLAS each, which end when their parent does.

    Parameters
    ----------
    workers : int, optional
        How many; one for each processor by default.
    """

    def __init__(self, workers: int | None = None) -> None:
        super().__init__(
            workers or os.cpu_count() or 1,
            mp_context=multiprocessing.get_context("spawn"),
        )

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """Start workers where they are needed, without running the caller's script in them."""
        with _workers_environment():
            return super().submit(fn, *args, **kwargs)


def dask(address: str | None = None) -> Executor:
    """Return an executor on a Dask cluster: the one at an address, or a local one of its own.

    Raises
    ------
    ModuleNotFoundError
        Where dask.distributed is not installed: ``pip install "rnnviz[dask]"``.
    """
    from dask.distributed import Client  # an extra

    if address:
        return OnCluster(Client(address))
    return OnCluster(Client(processes=True, threads_per_worker=1, dashboard_address=None))


class OnCluster(Executor):
    """Computes on the workers of a Dask cluster; as a context it lets go of the cluster at the end.

    Parameters
    ----------
    client : dask.distributed.Client
        The cluster; it is closed with the executor.
    """

    def __init__(self, client: Any) -> None:
        self._client, self._executor = client, client.get_executor()
        self._max_workers = max(1, sum(client.nthreads().values()))
        """How many are kept busy."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """Have a call computed by any worker."""
        return self._executor.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster; one that was started here ends."""
        self._executor.shutdown(wait=wait)
        self._client.close()


@contextmanager
def _workers_environment() -> Iterator[None]:
    """Pin BLAS to one thread; in the place of the main script a worker runs `parent_watch`.

    A worker needs this package and no more, and it has to end when its parent does.
    """
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    changes = dict.fromkeys(_THREADS, "1") | {parent_watch.PARENT: str(os.getpid())}
    before = {name: os.environ.get(name) for name in changes}
    try:
        os.environ.update(changes)
        main.__file__, main.__spec__ = parent_watch.__file__, None
        yield
    finally:
        if "__file__" not in hidden:
            del main.__file__
        for name, value in hidden.items():
            setattr(main, name, value)
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text
