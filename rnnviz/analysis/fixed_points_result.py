"""What a search for fixed points has found, and what that says about the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.continuum import AWAY
from rnnviz.analysis.held import said
from rnnviz.analysis.richness import Richness
from rnnviz.analysis.verdict import Verdict, also, verdict

_NEUTRAL = 1e-6


def _kind_of_sides(low: float, high: float) -> str:
    """What a kink is by the least and the greatest factor a step of small differences there.

    A few sides may be left out of those that were tried: one that all leave is no repelling point.
    """
    if high < 1 - _NEUTRAL:
        return "stable"
    if low > 1 + _NEUTRAL:
        return "saddle"
    return "neutral" if low >= 1 - _NEUTRAL and high <= 1 + _NEUTRAL else "kink"


@dataclass(frozen=True, eq=False)
class FixedPoints:
    """States that the network maps onto themselves, or nearly. Arrays are read-only float64.

    Only states that the cell can reach count: those within its ``state_range``.

    Parameters
    ----------
    points : ndarray (points, state_size)
        No two the same; the one that most starts found comes first, slow points come last.
    speeds : ndarray (points,)
        ‖F(h) − h‖: rounding for a fixed point, more for a slow point.
    uncertainty : ndarray (points,)
        Length of the last Newton step: how far off a point may still be.
    eigenvalues : ndarray (points, state_size)
        Of the Jacobian at each point, complex, largest modulus first; at a kink with the slope
        below it, which for relu is 0.
    found : ndarray (points,)
        How many starts led there; 0 for a point that is known as the mirror image of another.
    converged : ndarray (points,)
        False for slow points: the speed has a least value there, but it is not zero.
    dimensions : ndarray (points,) of int
        In how many directions other fixed points lie beside it: 0 for a point that is alone.
    factors : ndarray (points, 2)
        At a kink, the least and greatest factor a step of small differences, over all sides of
        it; nan for a point with a derivative.
    held_input : ndarray (features,)
    starts, lost : int
        How many starts were tried and how many ended nowhere.
    odd : bool
        Whether F(−h) = −F(h), so that −h is a fixed point with every h.
    richness : Richness
        Of the points that are alone, a point and its mirror image counted as one.
    wanted : int
        How many starts were to be tried at most; fewer are where the search came to its limit of
        work, or where what is missing was settled before.
    held_as : str
        What the held input is: "mean", "zero", "cursor" or "values"; "" where that is not known.
    """

    points: Annotated[np.ndarray, "points state_size"]
    speeds: Annotated[np.ndarray, "points"]
    uncertainty: Annotated[np.ndarray, "points"]
    eigenvalues: Annotated[np.ndarray, "points state_size"]
    found: Annotated[np.ndarray, "points"]
    converged: Annotated[np.ndarray, "points"]
    dimensions: Annotated[np.ndarray, "points"]
    factors: Annotated[np.ndarray, "points 2"]
    held_input: Annotated[np.ndarray, "features"]
    starts: int
    lost: int
    odd: bool
    richness: Richness
    wanted: int = 0
    held_as: str = ""

    @property
    def unstable(self) -> np.ndarray:
        """Directions along which each point is left, (points,): eigenvalues beyond the circle.

        At a kink whose sides agree, one at least, or none.
        """
        beyond = (np.abs(self.eigenvalues) > 1 + _NEUTRAL).sum(axis=1)
        low, high = self.factors.T
        agreed = [low > 1 + _NEUTRAL, high < 1 - _NEUTRAL]
        return np.select(agreed, [np.maximum(beyond, 1), 0], beyond)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each point is.

        "stable", "neutral", "saddle", "repelling", "slow"; "continuum" where it is one of a
        continuum, "kink" where it is a kink and its sides disagree about its stability: where
        they agree, they decide, and not the eigenvalues of one of them.
        """
        moduli, kinds = np.abs(self.eigenvalues), []
        for index, unstable in enumerate(self.unstable):
            modulus, (low, high) = moduli[index], self.factors[index]
            if not self.converged[index]:
                kinds.append("slow")
            elif self.dimensions[index]:
                kinds.append("continuum")
            elif not np.isnan(low):
                kinds.append(_kind_of_sides(low, high))
            elif unstable:
                kinds.append("repelling" if unstable == len(modulus) else "saddle")
            else:
                kinds.append("neutral" if modulus[0] > 1 - _NEUTRAL else "stable")
        return tuple(kinds)

    @property
    def missing(self) -> float:
        """About how many points the search has not found, mirror images counted."""
        return self.richness.missing * (2 if self.odd else 1)

    @property
    def cut_short(self) -> bool:
        """Whether fewer starts were tried than were wanted, for want of work that may be done."""
        return self.starts < self.wanted

    @property
    def spread(self) -> float:
        """How far a continuum reaches at least.

        The largest distance of two of its points that were found, or of one from the neighbours
        by which it is known to be no single point.
        """
        places = self.points[self.dimensions > 0]
        if not len(places):
            return 0.0
        middle = places - places.mean(axis=0)
        squares = (middle * middle).sum(axis=1)
        gaps = squares[:, None] + squares - 2 * middle @ middle.T
        beside = AWAY * (1 + float(np.abs(places).max()))
        return max(beside, float(np.sqrt(max(0.0, gaps.max()))))

    @property
    def verdict(self) -> Verdict:
        """What the fixed points say, how many are probably missing, and which input is held."""
        return also(self._main(), *self._completeness(), *said(self.held_as))

    def _main(self) -> Verdict:
        kinds = self.kinds
        numbers: dict[str, Any] = {
            "count": int(self.converged.sum()),
            "stable": kinds.count("stable"),
            "neutral": kinds.count("neutral"),
            "unstable": kinds.count("saddle") + kinds.count("repelling"),
            "slow": kinds.count("slow"),
            "starts": self.starts,
        }
        if not numbers["count"]:
            return verdict("fixed_points.none", **numbers)
        if "continuum" in kinds:
            numbers |= {"dimension": int(self.dimensions.max()), "size": self.points.shape[1]}
            alone = numbers["count"] - kinds.count("continuum")
            key = "continuum_and_points" if alone else "continuum"
            numbers |= {"spread": self.spread, "alone": alone}
            return verdict(f"fixed_points.{key}", **numbers)
        if "kink" in kinds:
            low, high = self.factors[kinds.index("kink")]
            numbers |= {"low": float(low), "high": float(high), "kinks": kinds.count("kink")}
            return verdict("fixed_points.kink", **numbers)
        if numbers["neutral"]:
            return verdict("fixed_points.neutral", **numbers)
        stable = numbers["stable"]
        kind = "no_stable" if stable == 0 else "one_stable" if stable == 1 else "many_stable"
        return verdict(f"fixed_points.{kind}", **numbers)

    def _completeness(self) -> list[Verdict]:
        found = self.richness
        numbers = {"starts": self.starts, "lost": self.lost, "least": found.least}
        cut = []
        if self.cut_short and not found.settled:
            cut.append(verdict("fixed_points.cut_short", starts=self.starts, wanted=self.wanted))
        if not found.seen:
            return cut
        if found.settled:
            return [verdict("fixed_points.probably_all", **numbers)]
        if self.missing < 0.5:
            return [verdict("fixed_points.perhaps_more", **numbers), *cut]
        missing = max(1, round(self.missing))
        return [verdict("fixed_points.more", **numbers, missing=missing), *cut]

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a point, its numbers of state as ``state_0`` on."""
        import pandas as pd

        moduli = np.abs(self.eigenvalues)
        columns = {
            "point": np.arange(len(self.points)),
            "kind": list(self.kinds),
            "found": self.found,
            "speed": self.speeds,
            "uncertainty": self.uncertainty,
            "unstable_directions": self.unstable,
            "largest_eigenvalue": moduli[:, 0] if len(moduli) else np.empty(0),
            "dimension": self.dimensions,
            "least_factor": self.factors[:, 0],
            "greatest_factor": self.factors[:, 1],
        }
        columns |= {f"state_{index}": column for index, column in enumerate(self.points.T)}
        return pd.DataFrame(columns)
