"""Which steps of a training are kept: each at first, then ever fewer, within a budget of bytes."""

from __future__ import annotations

import numpy as np

BUDGET = 64_000_000
"""Bytes that the weights of all checkpoints of one training may take."""
MOST = 500
DENSE = 50
"""So many first steps are all kept, where the budget allows."""


def checkpoint_steps(steps: int, nbytes: int, budget: int = BUDGET) -> tuple[int, ...]:
    """Steps after which the weights are kept, increasing, from 0 (before the first) to ``steps``.

    Parameters
    ----------
    steps : int
        Steps of the training.
    nbytes : int
        Bytes of the weights.
    budget : int
        Bytes of all that is kept; the first and the last are kept in any case.

    Returns
    -------
    tuple of int
        All of the first `DENSE`, then steps in a geometric series: learning changes the most at
        first.
    """
    count = int(min(MOST, steps + 1, max(2, budget // max(1, nbytes))))
    if count > steps:
        return tuple(range(steps + 1))
    dense = min(DENSE, count // 2)
    low, kept = max(dense, 1), list(range(dense))
    # The more there are in the series, the more fall together where it begins: add until it fits.
    more = count - dense
    while True:
        later = np.unique(np.rint(np.geomspace(low, steps, max(2, more))).astype(int))
        if len(later) >= count - dense or more > 8 * count:
            break
        more += count - dense - len(later)
    # From the last one on, which is kept in any case.
    places = np.linspace(len(later) - 1, 0, min(count - dense, len(later))).astype(int)
    return tuple(kept + later[places[::-1]].tolist())
