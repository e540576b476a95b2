"""How well units follow features, on held-out blocks: AUC and R², for many orders at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 8
"""A feature with a size has so many ranges of equal number, parted by as many of equal width."""
MOST_VALUES = 16
"""A feature with no more values than these has a range for each."""
_AT_ONCE = 2**24
"""Numbers of shuffled features that are held at once."""


@dataclass(frozen=True, eq=False)
class Folds:
    """States in two halves of blocks, made ready for sums. Arrays have units last.

    Parameters
    ----------
    halves : tuple of ndarray (steps of a half,)
        Places of the steps of either half: every other block.
    states : tuple of ndarray (steps of a half, units) of float32
        Centred and scaled to variance 1 over both halves; 0 for units that never change.
    ranks : tuple of ndarray (steps of a half, units) of float32
        Ranks in that half, equal states sharing their mean one, 0 in the middle, scaled to ±½.
    constant : ndarray (units,) of bool
        Units that never change, or are not finite.
    """

    halves: tuple[np.ndarray, np.ndarray]
    states: tuple[np.ndarray, np.ndarray]
    ranks: tuple[np.ndarray, np.ndarray]
    constant: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, blocks: int) -> Folds:
        """Make ready states (steps, units) in so many blocks."""
        block = np.arange(len(values)) * blocks // len(values)
        halves = (np.flatnonzero(block % 2 == 0), np.flatnonzero(block % 2 == 1))
        with np.errstate(all="ignore"):
            centred = values - values.mean(axis=0)
            spread = centred.std(axis=0)
            constant = ~np.isfinite(spread) | (np.ptp(values, axis=0) == 0) | ~(spread > 0)
            centred = np.where(constant, 0, centred / spread).astype(np.float32)
        states = (centred[halves[0]], centred[halves[1]])
        return cls(halves, states, (_ranks(states[0]), _ranks(states[1])), constant)

    def tells_apart(self, values: np.ndarray, least: int) -> bool:
        """Whether a feature has at least two values that are not too rare in either half."""
        if values.dtype != bool:
            bins, count = binned(values)
            parts = [np.bincount(bins[half], minlength=count) for half in self.halves]
            return bool(((parts[0] >= least) & (parts[1] >= least)).sum() > 1)
        return all(least <= values[half].sum() <= len(half) - least for half in self.halves)


def _ranks(states: np.ndarray) -> np.ndarray:
    steps, units = states.shape
    ranks = np.empty((steps, units), np.float32)
    for unit in range(units):
        _, which, counts = np.unique(states[:, unit], return_inverse=True, return_counts=True)
        middles = np.cumsum(counts) - (counts - 1) / 2 - (steps + 1) / 2
        ranks[:, unit] = (middles / steps)[which]
    return ranks


def binned(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the range of its values that each step lies in, and how many ranges there are.

    What is not known (nan) is a range of its own.
    """
    known = ~np.isnan(values) if values.dtype != bool else np.ones(len(values), bool)
    kinds = np.unique(values[known])
    if len(kinds) <= MOST_VALUES:
        bins = np.searchsorted(kinds, values)
        count = len(kinds)
    else:
        inner = np.arange(1, BINS) / BINS
        span = kinds[0] + inner * (kinds[-1] - kinds[0])
        # Of equal number where the values are dense, of equal width where they are rare.
        edges = np.unique([np.quantile(values[known], inner), span])
        bins = np.searchsorted(edges, values, side="right")
        count = len(edges) + 1
    return np.where(known, bins, count), count + int(not known.all())


def areas(folds: Folds, feature: np.ndarray, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the held-out AUC of each order and unit, and the direction of the first order.

    Parameters
    ----------
    folds : Folds
        The states.
    feature : ndarray (steps,) of bool
        What they may follow.
    orders : ndarray (orders, steps) of int
        Each an order in which the feature's values are taken.

    Returns
    -------
    scores : ndarray (orders, units)
    high : ndarray (units,)
        Positive where the unit is higher where the feature is true.
    """
    above = []
    for half, ranks in zip(folds.halves, folds.ranks, strict=True):
        true = feature[orders[:, half]]
        count = true.sum(axis=1, dtype=np.float64)[:, None]
        pairs = count * (len(half) - count)
        sums = true.astype(np.float32) @ ranks
        # Σ of centred ranks over the true = (AUC − ½) · pairs, here in shares of the half's length.
        above.append(np.where(pairs > 0, sums * len(half) / np.maximum(pairs, 1), 0.0))
    one, other = above
    scores = 0.5 + (np.sign(other) * one + np.sign(one) * other) / 2
    return scores, (one + other)[0]


def explained(folds: Folds, bins: np.ndarray, count: int, orders: np.ndarray) -> np.ndarray:
    """Return held-out R² of each order and unit, by the mean state of each bin, (orders, units).

    The mean of the other half is what it is compared with: 0 is no better than that.
    """
    units = len(folds.constant)
    found = np.empty((len(orders), units))
    most = max(1, _AT_ONCE // (len(bins) * count))
    squares = [np.square(part, dtype=np.float64).sum(axis=0) for part in folds.states]
    whole = [part.sum(axis=0, dtype=np.float64) for part in folds.states]
    for begin in range(0, len(orders), most):
        some = orders[begin : begin + most]
        sums, sizes = [], []
        for half, states in zip(folds.halves, folds.states, strict=True):
            here = bins[some[:, half]]
            hot = (here[:, None, :] == np.arange(count)[:, None]).astype(np.float32)
            sizes.append(hot.sum(axis=2, dtype=np.float64)[:, :, None])
            flat = hot.reshape(-1, len(half)) @ states
            sums.append(flat.reshape(len(some), count, units).astype(np.float64))
        left = total = np.zeros((len(some), units))
        for test, fit in ((0, 1), (1, 0)):
            n, m = len(folds.halves[test]), len(folds.halves[fit])
            mean = whole[fit] / m
            # A bin that the other half does not know is given the other half's mean.
            known = sizes[fit] > 0
            guess = np.where(known, sums[fit] / np.maximum(sizes[fit], 1), mean)
            error = -2 * guess * sums[test] + sizes[test] * guess**2
            left = left + squares[test] + error.sum(axis=1)
            total = total + squares[test] - 2 * mean * whole[test] + n * mean**2
        with np.errstate(all="ignore"):
            found[begin : begin + most] = np.where(total > 0, 1 - left / total, 0.0)
    return found
