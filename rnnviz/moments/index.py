"""An index of states: for each step one bit a unit, on or off, packed into words of 64 bits.

A unit is on where its state lies above its threshold and off where it does not. A step takes
8·⌈units / 64⌉ bytes: 1,000,000 steps of 256 units are 32 MB. The words lie word by word, not step
by step, so that one pattern is compared with a million steps by three sweeps over plain memory.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.moments.index_file import mapped, write_npz
from rnnviz.moments.joined import JoinedStates, joined_states, layer_number

Progress = Callable[[float], None]

WORD = 64
CHUNK = 2**22
"""Numbers that are looked at between two calls of ``progress``."""
SAMPLE = 4096
"""So many steps, spread evenly, say what a unit usually ranges over."""
RARE = 0.005
"""This share of the states at either end does not count as usual."""
NARROW = 0.05
"""A unit whose usual states take no more than this share of its whole range stays at one value."""
_VERSION = 1


@dataclass(frozen=True, eq=False)
class StateIndex:
    """On/off patterns of the units of one layer. Arrays are read-only.

    Parameters
    ----------
    words : ndarray (words, steps) of uint64
        Bit u % 64 of word u // 64 is set at the steps where unit u is on.
    thresholds : ndarray (units,)
        Above it a unit is on.
    low, high : ndarray (units,)
        Least and greatest finite state of each unit.
    lengths : tuple of int
        Timesteps of each trial; the trials lie one after the other.
    states : JoinedStates or None
        The states themselves, for measures that need them; None where only the index was kept.
    """

    words: np.ndarray
    thresholds: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lengths: tuple[int, ...]
    states: JoinedStates | None = None

    @property
    def steps(self) -> int:
        """Timesteps of all trials together."""
        return self.words.shape[1]

    @property
    def units(self) -> int:
        """Units of the layer."""
        return len(self.thresholds)

    @property
    def bytes_per_step(self) -> int:
        """Bytes that one timestep takes."""
        return 8 * len(self.words)

    @property
    def nbytes(self) -> int:
        """Bytes of the whole index."""
        return self.words.nbytes + 3 * self.thresholds.nbytes

    @cached_property
    def starts(self) -> np.ndarray:
        """The step at which each trial begins, and at the end the number of steps."""
        return np.concatenate([[0], np.cumsum(self.lengths)])

    @cached_property
    def constant(self) -> np.ndarray:
        """Units that hold one value throughout, ``(units,)`` of bool: they tell nothing apart."""
        return ~(self.high > self.low)

    def on(self, steps: np.ndarray) -> np.ndarray:
        """Return which units are on at some steps, ``(len(steps), units)`` of bool."""
        picked = np.ascontiguousarray(self.words[:, steps].T).astype("<u8", copy=False)
        bits = np.unpackbits(picked.view(np.uint8), axis=1, bitorder="little")
        return bits[:, : self.units].astype(bool)

    def trial_of(self, step: int) -> tuple[int, int]:
        """Return the trial that a step belongs to, and its timestep in it."""
        trial = int(np.searchsorted(self.starts, step, side="right")) - 1
        return trial, step - int(self.starts[trial])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the index to an ``.npz`` file, which `open_index` maps instead of reading it."""
        write_npz(
            path,
            version=np.array(_VERSION),
            words=self.words,
            thresholds=self.thresholds,
            low=self.low,
            high=self.high,
            lengths=np.array(self.lengths, np.int64),
        )


def open_index(path: str | os.PathLike[str]) -> StateIndex:
    """Open an index that `StateIndex.save` wrote: the file is mapped, not read into memory.

    Raises
    ------
    ValueError
        Where the file is no such index.
    """
    arrays = mapped(path)
    names = {"version", "words", "thresholds", "low", "high", "lengths"}
    if set(arrays) != names or int(arrays["version"]) != _VERSION:
        raise ValueError(f"{path} is no index of states that this version of rnnviz wrote.")
    lengths = tuple(arrays["lengths"].tolist())
    words, thresholds = arrays["words"], arrays["thresholds"]
    fits = words.ndim == 2 and words.dtype == np.uint64 and sum(lengths) == words.shape[1]
    if not fits or len(words) != -(-len(thresholds) // WORD) or min(lengths, default=0) < 1:
        raise ValueError(f"{path} is a damaged index of states: its arrays do not fit together.")
    return StateIndex(words, thresholds, arrays["low"], arrays["high"], lengths)


def index_states(
    states: np.ndarray | Sequence[np.ndarray] | JoinedStates,
    threshold: Any = None,
    progress: Progress | None = None,
) -> StateIndex:
    """Index states that lie anywhere: in memory, or larger than it in a memory-mapped array.

    Parameters
    ----------
    states : ndarray (timesteps, units), or several of them
        One sequence, or one array for each trial.
    threshold : float or array_like (units,), optional
        Above it a unit is on. By default the middle of what each unit usually ranges over: between
        the states that half a per cent lie below and above, of up to `SAMPLE` steps. Of a unit
        that hardly leaves one value, the middle of its whole range, which parts the few states
        that are elsewhere.
    progress : callable (fraction), optional
        Called after each chunk; raising in it ends the work.

    Raises
    ------
    ValueError
        Where shapes do not fit.
    """
    if not isinstance(states, JoinedStates):
        states = JoinedStates((states,) if isinstance(states, np.ndarray) else tuple(states))
    told = progress or _unheard
    rows = max(1, CHUNK // states.units)
    low, high = _range(states, rows, lambda part: told(0.3 * part))
    thresholds = _thresholds(threshold, low, high, states)
    words = np.zeros((-(-states.units // WORD), states.steps), "<u8")
    for first, chunk in states.chunks(rows):
        packed = np.zeros((len(chunk), 8 * len(words)), np.uint8)
        bits = np.packbits(chunk > thresholds, axis=1, bitorder="little")
        packed[:, : bits.shape[1]] = bits
        words[:, first : first + len(chunk)] = packed.view("<u8").T
        told(0.3 + 0.7 * (first + len(chunk)) / states.steps)
    words = words.astype(np.uint64, copy=False)
    for array in (words, thresholds, low, high):
        array.setflags(write=False)
    return StateIndex(words, thresholds, low, high, states.lengths, states)


def _unheard(fraction: float) -> None:
    """Stand in for a progress that is not asked for."""


def _range(states: JoinedStates, rows: int, told: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest finite state of each unit; 0 where there is none."""
    low = np.full(states.units, np.inf)
    high = np.full(states.units, -np.inf)
    for first, chunk in states.chunks(rows):
        smallest, largest = chunk.min(axis=0), chunk.max(axis=0)
        if not (np.isfinite(smallest).all() and np.isfinite(largest).all()):
            finite = np.isfinite(chunk)
            smallest = np.where(finite, chunk, np.inf).min(axis=0)
            largest = np.where(finite, chunk, -np.inf).max(axis=0)
        low, high = np.minimum(low, smallest), np.maximum(high, largest)
        told((first + len(chunk)) / states.steps)
    none = low > high
    return np.where(none, 0.0, low), np.where(none, 0.0, high)


def _thresholds(given: Any, low: np.ndarray, high: np.ndarray, states: JoinedStates) -> np.ndarray:
    if given is not None:
        thresholds = np.array(np.broadcast_to(np.asarray(given, np.float64), low.shape))
        if not np.isfinite(thresholds).all():
            raise ValueError("threshold must be a finite number, or one for each unit.")
        return thresholds
    count = min(states.steps, SAMPLE)
    sample = states.rows(np.linspace(0, states.steps - 1, count).astype(np.int64))
    sample = np.where(np.isfinite(sample), sample, low)
    # A start far from where the states then stay must not decide what is on.
    usual = np.quantile(sample.astype(np.float64), [RARE, 1 - RARE], axis=0)
    stays = usual[1] - usual[0] <= NARROW * (high - low)
    return np.where(stays, low / 2 + high / 2, usual.mean(axis=0))


_KEPT: weakref.WeakKeyDictionary[Run, dict[int, StateIndex]] = weakref.WeakKeyDictionary()
"""Indexes at the usual thresholds, for as long as their runs are there."""


def index_of(
    run: Run,
    layer: int | None = None,
    threshold: Any = None,
    progress: Progress | None = None,
) -> StateIndex:
    """Return the index of one layer of a run; the usual one is made once for each run.

    Parameters
    ----------
    run : Run
        Its trials are joined.
    layer : int, optional
        Which recurrent layer; the top one by default.
    threshold, progress
        As in `index_states`.
    """
    run, layer = run.whole, layer_number(run, layer)
    kept = _KEPT.setdefault(run, {})
    if threshold is None and layer in kept:
        return kept[layer]
    index = index_states(joined_states(run, layer), threshold, progress)
    if threshold is None:
        kept[layer] = index
    return index
