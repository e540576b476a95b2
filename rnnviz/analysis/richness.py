"""How many were not found? From how often each was found, as ecologists count species."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Richness:
    """What a search that found things at random has probably missed.

    Parameters
    ----------
    seen : int
        How many different ones were found.
    missing : float
        How many more there are, at least: Chao's estimate in its bias-corrected form,
        f₁·(f₁ − 1) / (2·(f₂ + 1)) with f₁ found once and f₂ found twice (Chao, Scandinavian
        Journal of Statistics 11, 1984).
    coverage : float
        Share of all further finds that would be old acquaintances, Good and Turing's 1 − f₁/n
        (Good, Biometrika 40, 1953); 0 where nothing was found.
    least : int
        How often the rarest was found; 0 where nothing was found.
    """

    seen: int
    missing: float
    coverage: float
    least: int

    @property
    def settled(self) -> bool:
        """Whether these are probably all: each was found six times at least.

        Of random communities of up to eleven kinds that is right in 97 of 100 (see the tests).
        """
        return self.least >= 6


def richness(counts: np.ndarray) -> Richness:
    """Estimate from how often each was found; zeros do not count.

    Parameters
    ----------
    counts : ndarray of int (found,)
        One number for each that was found.
    """
    counts = np.asarray(counts)
    counts = counts[counts > 0]
    total = int(counts.sum())
    if not total:
        return Richness(0, 0.0, 0.0, 0)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    missing = (total - 1) / total * (once * (once - 1)) / (2 * (twice + 1))
    return Richness(len(counts), missing, 1 - once / total, int(counts.min()))
