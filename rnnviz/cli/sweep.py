"""The command ``rnnviz sweep``: many networks into a folder, and on again where it stopped."""

from __future__ import annotations

import argparse
import contextlib
import logging
import math
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from rnnviz.cli.progress import Bar
from rnnviz.cli.sources import Misunderstood, sources
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import Words
from rnnviz.spec.experiment import ExperimentError
from rnnviz.sweeps import Sweep
from rnnviz.sweeps.cost import seconds_of
from rnnviz.sweeps.executors import dask
from rnnviz.sweeps.store import StoreError
from rnnviz.sweeps.sweep import read_axis
from rnnviz.sweeps.sweeping import LOG
from rnnviz.sweeps.sweeping import sweep as compute

EXECUTORS = ("processes", "here", "dask")


def sweep(request: argparse.Namespace, say: Words) -> None:
    """Compute a sweep; what is finished is in the store, however it ends."""
    wanted = _sweep(request, say)
    if request.store is None and request.out is None:
        raise Misunderstood(say("cli.sweep.needs_place"))
    seconds = f"{math.ceil(seconds_of(wanted)):,}"
    print(say("cli.sweep.begins", networks=f"{wanted.networks:,}", seconds=seconds), flush=True)
    began = time.monotonic()
    executor = _executor(request, say)
    ends = executor if isinstance(executor, Executor) else contextlib.nullcontext()
    with _logged(request.log), Bar(1) as bar, ends:
        try:
            result = compute(
                wanted,
                executor,
                request.store,
                bar.part,
                resume=request.resume,
                workers=request.workers,
            )
        except StoreError as error:
            raise ExportFailure("store", reason=str(error)) from error
    took = time.monotonic() - began
    rate = f"{wanted.networks / max(took, 1e-9):,.0f}"
    print(say("cli.sweep.done", networks=f"{wanted.networks:,}", seconds=f"{took:.1f}", rate=rate))
    for reason in sorted(set(result.reasons.values()))[:3]:
        print(f"  nan: {reason}")
    if request.out is not None:
        _write(result.frame, request.out, say)
        print(request.out)


@contextlib.contextmanager
def _logged(path: Path | None) -> Iterator[None]:
    """Add a line to a file for each chunk that is found, given out or kept."""
    if path is None:
        yield
        return
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise ExportFailure("store", reason=f"{path}: {error.strerror or error}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(message)s"))
    before = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before)
        handler.close()


def _sweep(request: argparse.Namespace, say: Words) -> Sweep:
    (shown,) = sources(request, say)[:1]
    axes: dict[str, Any] = {}
    try:
        for text in request.axis:
            name, _, values = text.partition("=")
            axes[name] = read_axis(name, values)
        if request.seeds:
            axes["seed"] = range(request.seeds)
        return Sweep(shown.experiment, axes, request.measure.split(","))
    except ExperimentError as error:
        raise Misunderstood(
            " ".join(one.sentence(say.language) for one in error.problems)
        ) from error


def _executor(request: argparse.Namespace, say: Words) -> Executor | str:
    if request.executor != "dask":
        return request.executor
    try:
        return dask(request.scheduler)
    except ModuleNotFoundError as error:
        raise ExportFailure("no_dask") from error


def _write(frame: Any, path: Path, say: Words) -> None:
    writers = {".csv": "to_csv", ".parquet": "to_parquet", ".json": "to_json"}
    name = writers.get(path.suffix.lower())
    if name is None:
        raise Misunderstood(say("cli.no_format", path=path, options=", ".join(writers)))
    options: dict[str, dict[str, Any]] = {
        "to_csv": {"index": False},
        "to_json": {"orient": "records"},
    }
    part = path.with_name(f".{path.name}.part")
    try:
        getattr(frame, name)(part, **options.get(name, {}))
        part.replace(path)
    except OSError as error:
        raise ExportFailure("store", reason=f"{path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
