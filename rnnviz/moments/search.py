"""Find the moments at which the units of a network switch on and off as they do in a range.

The pattern of the range, which of the chosen units are on at each of its steps, is laid at every
step of the run; the share of (unit, step) pairs that agree is the score. That is a bitwise
comparison with the index (`rnnviz.moments.index`), so a million steps take a fraction of a second.
Moments do not overlap each other, the range itself, or the end of a trial.

H. Strobelt et al., "LSTMVis", IEEE TVCG 24 (2018), matches the set of units that stay on through a
range; here it is the default choice of units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.moments.index import WORD, StateIndex, index_of

MEASURES = ("pattern", "exact", "cosine", "range")
"""What moments are ranked by; see `find`."""
CANDIDATES = 1024
"""So many of the best by pattern are measured fully; of a long range fewer, four for each that is
asked for at least."""
MOST_ROWS = 16
"""So many different steps of a range are compared with all steps; the best then with all rows."""
MOST_NUMBERS = 10_000_000
"""States that are gathered at most to measure the candidates."""
_CHUNK = 2**15


@dataclass(frozen=True, eq=False)
class Moments:
    """What was found, best first. Arrays are read-only.

    Parameters
    ----------
    trials, timesteps : ndarray (moments,)
        Where each begins; every one is ``length`` timesteps long.
    scores : ndarray (moments,)
        By the measure; 1 is the same.
    agreement : ndarray (moments,)
        Share of (unit, step) pairs that are on or off alike, whatever the measure.
    agreeing : ndarray (moments, units) of bool
        For each of ``units`` whether it is on and off alike at every step.
    units : ndarray (units,)
        The units that were compared.
    chosen : str
        "given", "on" for those that stay on through the range, or "all" where none does.
    trial, timestep, length : int
        The range that was asked about.
    measure : str
        One of `MEASURES`.
    usual : float
        Mean agreement over all steps of the run: what a moment without meaning has.
    thinned : bool
        Whether the range has more different steps than are compared everywhere, so that what was
        measured fully is the best of a first choice.
    """

    trials: np.ndarray
    timesteps: np.ndarray
    scores: np.ndarray
    agreement: np.ndarray
    agreeing: np.ndarray
    units: np.ndarray
    chosen: str
    trial: int
    timestep: int
    length: int
    measure: str
    usual: float
    thinned: bool

    def __len__(self) -> int:
        return len(self.scores)

    def to_frame(self) -> Any:
        """Return one row for each moment: where it is, its score, and which units agree."""
        import pandas as pd

        return pd.DataFrame(
            {
                "trial": self.trials,
                "timestep": self.timesteps,
                "end": self.timesteps + self.length,
                "score": self.scores,
                "agreement": self.agreement,
                "agreeing": self.agreeing.sum(axis=1),
                "units": [" ".join(map(str, self.units[row])) for row in self.agreeing],
            }
        )


def find(
    run: Run | StateIndex,
    range: range | slice | tuple[int, int],
    units: Sequence[int] | np.ndarray | None = None,
    *,
    measure: str = "pattern",
    trial: int = 0,
    layer: int | None = None,
    threshold: Any = None,
    most: int = 50,
) -> Moments:
    """Find the moments of a run that are like a range of it.

    >>> from rnnviz import Experiment, find, simulate
    >>> run = simulate(Experiment(units=16, weight_scale=0.03, signal="sine", timesteps=500))
    >>> find(run, (100, 120)).to_frame()  # doctest: +SKIP

    Parameters
    ----------
    run : Run or StateIndex
        Where is looked, all trials. An index that was opened from a file knows patterns only.
    range : range, slice or (first, end)
        Timesteps of the range, the end not in it.
    units : sequence of int, optional
        The units that are compared; by default those that stay on through the range, or all that
        switch at all where none does.
    measure : str
        "pattern": share of (unit, step) pairs on or off alike. "exact": all of them. "cosine": of
        the states themselves, as one long vector. "range": 1 − mean difference of the states, each
        unit's as a share of its own range. The last two rank the `CANDIDATES` best by pattern.
    trial : int
        The trial that the range lies in.
    layer : int, optional
        Which recurrent layer; the top one by default.
    threshold : float or array_like, optional
        Above it a unit is on; see `index_states`.
    most : int
        So many moments at most.

    Raises
    ------
    ValueError
        Where the range, a unit or the measure is none; the sentence says what is.
    """
    index = run if isinstance(run, StateIndex) else index_of(run, layer, threshold)
    if measure not in MEASURES:
        raise ValueError(f"There is no measure {measure!r}; there are {', '.join(MEASURES)}.")
    if measure in ("cosine", "range") and index.states is None:
        raise ValueError(f"{measure} needs the states, but an index from a file has patterns only.")
    if most < 1:
        raise ValueError(f"most is {most}, but at least one moment must be asked for.")
    first, length = _first_and_length(index, range, trial)
    chosen, picked = _units(index, units, first, length)
    agreeing, thinned = _agreement(index, first, length, picked)
    valid = _valid(index, first, length)
    usual = float(agreeing[valid].mean()) if valid.any() else 0.0
    count = max(4 * most, min(CANDIDATES, MOST_NUMBERS // (length * index.units)))
    starts = _best_of_blocks(np.where(valid, agreeing, -1.0), length, count)
    scores, alike = _measured(index, first, length, picked, starts, measure)
    if measure == "exact":
        starts, scores, alike = starts[alike == 1], scores[alike == 1], alike[alike == 1]
    kept = _apart(starts, scores, length, most)
    starts = starts[kept]
    places = [index.trial_of(int(step)) for step in starts]
    same = _same_units(index, first, length, picked, starts)
    arrays = (
        np.array([one for one, _ in places], np.int64),
        np.array([one for _, one in places], np.int64),
        scores[kept],
        alike[kept],
        same,
        picked,
    )
    for array in arrays:
        array.setflags(write=False)
    begin = first - int(index.starts[trial])
    return Moments(*arrays, chosen, trial, begin, length, measure, usual, thinned)


def _first_and_length(index: StateIndex, asked: Any, trial: int) -> tuple[int, int]:
    """Return the first step of the range among all trials, and its length."""
    if not 0 <= trial < len(index.lengths):
        last = len(index.lengths) - 1
        raise ValueError(f"trial is {trial}, but there are trials 0 to {last}.")
    steps = index.lengths[trial]
    if isinstance(asked, slice):
        first, end, stride = asked.indices(steps)
    elif isinstance(asked, range):
        first, end, stride = asked.start, asked.stop, asked.step
    else:
        (first, end), stride = asked, 1
    if stride != 1 or not 0 <= first < end <= steps:
        raise ValueError(
            f"range must be timesteps in a row, from 0 to {steps} at most, but it is {asked}."
        )
    return int(index.starts[trial]) + int(first), int(end) - int(first)


def _units(index: StateIndex, given: Any, first: int, length: int) -> tuple[str, np.ndarray]:
    """Return how the units were chosen, and which they are."""
    if given is not None:
        units = np.unique(np.atleast_1d(np.asarray(given, np.int64)))
        if not units.size or units[0] < 0 or units[-1] >= index.units:
            raise ValueError(
                f"units must be numbers from 0 to {index.units - 1}, but they are {given}."
            )
        return "given", units
    on = index.on(np.arange(first, first + length)).all(axis=0) & ~index.constant
    if on.any():
        return "on", np.flatnonzero(on)
    return "all", np.flatnonzero(~index.constant) if not index.constant.all() else np.arange(
        index.units
    )


def _masks(index: StateIndex, units: np.ndarray) -> np.ndarray:
    """Return the words in which exactly the bits of some units are set."""
    masks = np.zeros(len(index.words), np.uint64)
    np.bitwise_or.at(masks, units // WORD, np.uint64(1) << (units % WORD).astype(np.uint64))
    return masks


def _agreement(
    index: StateIndex, first: int, length: int, units: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Return for each start the share of pairs that agree, and whether rows were left out."""
    masks = _masks(index, units)
    pattern = index.words[:, first : first + length] & masks[:, None]
    different, which = np.unique(pattern.T, axis=0, return_inverse=True)
    which = which.reshape(-1)
    rows = np.arange(length)
    thinned = len(different) > MOST_ROWS
    if thinned:
        rows = np.unique(np.linspace(0, length - 1, MOST_ROWS).round().astype(int))
    starts = index.steps - length + 1
    total: np.ndarray = np.zeros(starts, np.int32 if length * len(units) < 2**31 else np.int64)
    for row in np.unique(which[rows]):
        alike = _alike(index, different[row], masks, len(units))
        here = rows[which[rows] == row]
        runs = np.split(here, np.flatnonzero(np.diff(here) > 1) + 1)
        sums = None
        for one in runs:
            begin, end = int(one[0]), int(one[-1]) + 1
            if end - begin == 1:
                total += alike[begin : begin + starts]
                continue
            if sums is None:
                sums = np.concatenate([[0], np.cumsum(alike, dtype=np.int64)])
            total += sums[end : end + starts] - sums[begin : begin + starts]
    return total / (len(rows) * len(units)), thinned


def _alike(index: StateIndex, row: np.ndarray, masks: np.ndarray, units: int) -> np.ndarray:
    """Return for each step how many of the units are on or off as in ``row``."""
    used = np.flatnonzero(masks)
    found = np.empty(index.steps, np.uint16 if units < 2**16 else np.uint32)
    for begin in range(0, index.steps, _CHUNK):
        part = found[begin : begin + _CHUNK]
        part[:] = units
        for word in used:
            others = (index.words[word, begin : begin + _CHUNK] & masks[word]) ^ row[word]
            np.subtract(part, np.bitwise_count(others), out=part)
    return found


def _valid(index: StateIndex, first: int, length: int) -> np.ndarray:
    """Return which starts lie in one trial throughout and do not overlap the range itself."""
    valid = np.ones(index.steps - length + 1, bool)
    for end in index.starts[1:-1]:
        valid[max(0, end - length + 1) : end] = False
    valid[max(0, first - length + 1) : first + length] = False
    return valid


def _best_of_blocks(scores: np.ndarray, length: int, most: int) -> np.ndarray:
    """Return the best start of each block of half a range, the best ``most`` of them, best first.

    Of starts that lie within half a range of a better one, all overlap it.
    """
    block = max(1, length // 2)
    count = -(-len(scores) // block)
    padded = np.full(count * block, -1.0)
    padded[: len(scores)] = scores
    table = padded.reshape(count, block)
    places = table.argmax(axis=1)
    best = table[np.arange(count), places]
    order = np.arange(count) if count <= most else np.argpartition(-best, most)[:most]
    order = order[np.lexsort((order, -best[order]))]
    return (order * block + places[order])[best[order] >= 0]


def _measured(
    index: StateIndex,
    first: int,
    length: int,
    units: np.ndarray,
    starts: np.ndarray,
    measure: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the score and the agreement of some starts, over every row of the range."""
    scores, alike = np.empty(len(starts)), np.empty(len(starts))
    pattern = index.on(np.arange(first, first + length))[:, units]
    most = max(1, MOST_NUMBERS // (length * index.units))
    for begin in range(0, len(starts), most):
        part = slice(begin, begin + most)
        steps = (starts[part, None] + np.arange(length)).ravel()
        shape = (-1, length, len(units))
        alike[part] = (index.on(steps)[:, units].reshape(shape) == pattern).mean(axis=(1, 2))
        if measure in ("cosine", "range") and index.states is not None:
            there = index.states.rows(steps)
            there = (there if len(units) == index.units else there[:, units]).reshape(shape)
            here = index.states.rows(np.arange(first, first + length))[:, units]
            scores[part] = _closeness(index, here, there, units, measure)
    return (scores if measure in ("cosine", "range") else alike.copy()), alike


def _closeness(
    index: StateIndex, here: np.ndarray, there: np.ndarray, units: np.ndarray, measure: str
) -> np.ndarray:
    """Return how close states (moments, length, units) are to those of the range."""
    with np.errstate(all="ignore"):
        if measure == "cosine":
            flat = there.reshape(len(there), -1)
            norms = np.sqrt(np.einsum("mk,mk->m", flat, flat) * np.sum(here * here))
            close = flat @ here.ravel() / norms
        else:
            span = (index.high - index.low)[units].astype(there.dtype)
            # In place: a large array is gone through often enough.
            np.subtract(there, here, out=there)
            np.abs(there, out=there)
            far = there.sum(axis=1) @ (1 / np.where(span > 0, span, 1))
            close = 1 - far / there[0].size if len(there) else far
    return np.where(np.isfinite(close), close, -1.0)


def _apart(starts: np.ndarray, scores: np.ndarray, length: int, most: int) -> np.ndarray:
    """Return the places of the best starts that do not overlap a better one, best first."""
    kept: list[int] = []
    taken: dict[int, int] = {}  # block of one range -> start: two of a block would overlap
    for place in np.lexsort((starts, -scores)):
        start = int(starts[place])
        block = start // length
        near = (taken.get(block + shift) for shift in (-1, 0, 1))
        if any(one is not None and abs(one - start) < length for one in near):
            continue
        taken[block] = start
        kept.append(int(place))
        if len(kept) == most:
            break
    return np.array(kept, np.int64)


def _same_units(
    index: StateIndex, first: int, length: int, units: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    pattern = index.on(np.arange(first, first + length))[:, units]
    steps = (starts[:, None] + np.arange(length)).ravel()
    found = index.on(steps)[:, units].reshape(-1, length, len(units))
    return (found == pattern).all(axis=1)
