"""Runs that are kept: one per Experiment, shared by every visitor, bounded in bytes.

A plain module cache and not one of Streamlit's, because any visitor could empty those for all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


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
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the result of a key, computed by ``compute()`` if it is not kept.

        An exception in ``compute`` reaches its own caller; those who wait then compute themselves.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._under_way.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                result = compute()
                self._keep(key, result)
            finally:
                with self._lock:
                    self._under_way.pop(key, None)
        return result

    @property
    def nbytes(self) -> int:
        """Bytes that the kept results take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def _keep(self, key: Hashable, result: Any) -> None:
        size = self._size(result)
        if size > self._limit:
            return
        with self._lock:
            self._kept[key] = result
            self._bytes += size
            while self._bytes > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= self._size(dropped)
