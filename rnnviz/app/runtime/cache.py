"""Runs that are kept: one per Experiment, shared by every visitor, bounded in bytes.

A plain module cache and not one of Streamlit's, because any visitor could empty those for all.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np


class BoundedCache:
    """Results by key; the least recently used go first when they take more than ``limit`` bytes.

    Thirty visitors who ask for the same key at once cost one computation: the first computes, the
    others wait for it. A result larger than the limit is handed out and not kept.

    Parameters
    ----------
    limit : int
        Most bytes to keep.
    size : callable
        Result -> bytes it takes.
    """

    def __init__(self, limit: int, size: Callable[[Any], int]) -> None:
        self._limit, self._size = limit, size
        self._kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, _Turn] = {}

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the result of a key, computed by ``compute()`` if it is not kept.

        An exception in ``compute`` reaches its own caller; those who wait then compute themselves.
        """
        with self._lock:
            if key in self._kept:
                return self._found(key)
            turn = self._under_way.setdefault(key, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                with self._lock:
                    if key in self._kept:
                        return self._found(key)
                result = compute()
                self.put(key, result)
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    self._under_way.pop(key, None)
        return result

    def peek(self, key: Hashable) -> Any:
        """Return the result of a key if it is kept, else None."""
        with self._lock:
            return self._found(key) if key in self._kept else None

    def put(self, key: Hashable, result: Any) -> None:
        """Keep a result, if it is no larger than the limit."""
        size = self._size(result)
        if size > self._limit:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = (size, result)
            self._bytes += size
            self._drop(self._limit)

    def shrink(self, limit: int) -> None:
        """Drop the least recently used until what is kept takes no more than some bytes."""
        with self._lock:
            self._drop(limit)

    @property
    def nbytes(self) -> int:
        """Bytes that the kept results take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, limit: int) -> None:
        while self._bytes > limit:
            _, (dropped, _) = self._kept.popitem(last=False)
            self._bytes -= dropped

    def _found(self, key: Hashable) -> Any:
        self._kept.move_to_end(key)
        return self._kept[key][1]


class _Turn:
    """Who computes a key now, and how many want it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted = 0


def size_of(result: Any) -> int:
    """Return the bytes of the arrays in a result: an array, a dataclass or a collection of them."""
    if isinstance(result, np.ndarray):
        return result.nbytes if result.base is None else min(result.nbytes, result.base.nbytes)
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        inside = [getattr(result, field.name) for field in dataclasses.fields(result)]
    elif isinstance(result, Mapping):
        inside = list(result.values())
    elif isinstance(result, (tuple, list)):
        inside = list(result)
    else:
        return sys.getsizeof(result)
    return 100 + sum(map(size_of, inside))
