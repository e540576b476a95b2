"""Read the store of a sweep chunk by chunk, so that its map needs no more memory than its cells."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnviz.analysis.band import student
from rnnviz.spec.experiment import ExperimentError
from rnnviz.sweeps.chunks import WORKER_DIED
from rnnviz.sweeps.folder import Folder, folder_of
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.store import DESCRIPTION, StoreError
from rnnviz.sweeps.sweep import Sweep

SEED = "seed"


@dataclass(frozen=True, eq=False)
class StoredMap(SweepResult):
    """What a store holds, the seeds of each cell taken together. Arrays are read-only.

    Parameters
    ----------
    means, errors, counts : dict of str to ndarray (the shape without seeds beside two knobs)
        By measure: mean over the seeds that are finished, its standard error, and how many of them
        have a finite number.
    done : int
        How many networks are finished.
    """

    means: dict[str, np.ndarray] = field(default_factory=dict)
    errors: dict[str, np.ndarray] = field(default_factory=dict)
    counts: dict[str, np.ndarray] = field(default_factory=dict)
    done: int = 0

    def mean(self, measure: str | None = None) -> np.ndarray:
        """The mean over the seeds that are finished."""
        return self.means[self.sweep.measures[0] if measure is None else measure]

    def error(self, measure: str | None = None) -> np.ndarray:
        """Standard error of `mean`; nan where fewer than two seeds have a finite number."""
        return self.errors[self.sweep.measures[0] if measure is None else measure]

    def band(self, measure: str | None = None) -> np.ndarray:
        """Half width of the 95 % interval of `mean`; nan where `error` is."""
        counts = self.counts[self.sweep.measures[0] if measure is None else measure]
        return student(counts - 1) * self.error(measure)

    def array(self, measure: str | None = None) -> np.ndarray:
        """The same as `mean`: single networks are not held."""
        return self.mean(measure)


def read_map(place: str | os.PathLike) -> StoredMap:
    """Read the map of a store; what is not finished yet is nan.

    Raises
    ------
    StoreError
        Where there is no sweep, or its description is damaged.
    """
    folder, sweep = _opened(place)
    # Of two axes both are the map's, seeds too; beside two others they are repetitions.
    repeated = SEED in sweep.names and len(sweep.axes) > 2
    seeds = list(sweep.names).index(SEED) if repeated else None
    kept = [count for axis, count in enumerate(sweep.shape) if axis != seeds]
    sums = {name: _Moments(math.prod(kept)) for name in sweep.measures}
    reasons: dict[tuple[int, ...], str] = {}
    done = 0
    for table in _tables(folder):
        places = table["place"].to_numpy()
        index = np.stack(np.unravel_index(places, sweep.shape), axis=1)
        beside = np.delete(index, seeds, axis=1) if seeds is not None else index
        cells = np.ravel_multi_index(tuple(beside.T), kept) if kept else np.zeros_like(places)
        for name, one in sums.items():
            one.add(cells, table[name].to_numpy())
        told = table["reason"].to_pylist()
        for row, text in zip(index.tolist(), told, strict=True):
            if text:
                reasons[tuple(row)] = text
        done += sum(not text.startswith(WORKER_DIED) for text in told)
    means = {name: one.mean().reshape(kept) for name, one in sums.items()}
    errors = {name: one.error().reshape(kept) for name, one in sums.items()}
    counts = {name: one.count().reshape(kept) for name, one in sums.items()}
    for array in (*means.values(), *errors.values(), *counts.values()):
        array.setflags(write=False)
    return StoredMap(sweep, {}, reasons, means, errors, counts, done)


def frames(place: str | os.PathLike) -> Iterator[Any]:
    """Yield the finished chunks of a store as pandas DataFrames, in the order of their files."""
    folder, _ = _opened(place)
    for table in _tables(folder):
        yield table.to_pandas()


def _opened(place: str | os.PathLike) -> tuple[Folder, Sweep]:
    try:
        there = "://" in os.fspath(place) or os.path.isdir(place)
        folder = folder_of(place) if there else None  # which would make it
        if folder is None or not folder.exists(DESCRIPTION):
            raise StoreError(f"{place} holds no sweep.")
        told = json.loads(folder.read(DESCRIPTION))
        return folder, Sweep.from_query(str(told["sweep"]))
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror or error}") from error
    except (ModuleNotFoundError, ExperimentError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{place}: {error}") from error


def _tables(folder: Folder) -> Iterator[Any]:
    """Every chunk that can be read; a damaged one is not finished."""
    from pyarrow import ArrowException, parquet

    for name in sorted(folder.names()):
        if name.startswith("chunk-") and name.endswith(".parquet"):
            try:
                yield parquet.read_table(io.BytesIO(folder.read(name)))
            except (ArrowException, OSError):
                continue


class _Moments:
    """Count, mean and spread of the numbers of each cell, as they come.

    Chunks are merged as by T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample
    variance", The American Statistician 37 (1983). Infinite numbers make an infinite mean, and
    count for no error.
    """

    def __init__(self, cells: int) -> None:
        self._count = np.zeros(cells)
        self._mean = np.zeros(cells)
        self._squares = np.zeros(cells)
        self._infinite = np.zeros((2, cells), bool)

    def add(self, cells: np.ndarray, values: np.ndarray) -> None:
        """Take in the numbers of one chunk."""
        for row, end in enumerate((-np.inf, np.inf)):
            self._infinite[row, cells[values == end]] = True
        finite = np.isfinite(values)
        here, which = np.unique(cells[finite], return_inverse=True)
        if not len(here):
            return
        values, count = values[finite], np.bincount(which)
        mean = np.bincount(which, values) / count
        squares = np.bincount(which, (values - mean[which]) ** 2)
        before, apart = self._count[here], mean - self._mean[here]
        whole = before + count
        self._mean[here] += apart * count / whole
        self._squares[here] += squares + apart**2 * before * count / whole
        self._count[here] = whole

    def count(self) -> np.ndarray:
        """How many finite numbers each cell has."""
        return self._count.astype(np.int64)

    def mean(self) -> np.ndarray:
        """Mean of each cell; nan where it has no number."""
        found = np.where(self._count > 0, self._mean, np.nan)
        low, high = self._infinite
        found[low], found[high], found[low & high] = -np.inf, np.inf, np.nan
        return found

    def error(self) -> np.ndarray:
        """Standard error of the mean, of the finite numbers."""
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.sqrt(self._squares / (self._count - 1))
            return np.where(self._count > 1, spread / np.sqrt(self._count), np.nan)
