"""Where does the network stand still? Fixed points of h = F(h) under a held input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.found_points import FoundPoints
from rnnviz.analysis.held import HELD, MOST_FEATURES, checked, fitted, held_input, said
from rnnviz.analysis.linearisation import finite_timesteps, one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.richness import Richness
from rnnviz.analysis.root_finding import CONVERGED, Work, solve
from rnnviz.analysis.verdict import Verdict, also, verdict
from rnnviz.engine import Trace
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.knobs import Numbers, Real, Whole, knob

_NEUTRAL = 1e-6
_FARTHEST = 1e6
"""States beyond this belong to a run that is diverging: no place to look for rest."""
_ROUNDS = (64, 64, 128, 256, 512)
"""Starts of each round of a search that ends when what is missing is settled."""
_ROUNDS_OF_FEW = (256, 256, 512)
_AT_ONCE = 1024
_IN_VAIN = 128
"""Starts after which a search that found nothing ends, unless it was asked for more."""
_FEW = 16
"""State numbers up to which a start costs next to nothing."""
_MOST_WORK = 40_000.0
_WORK_AT_512 = 1_800.0
"""Linear systems that may be solved: seconds, whatever the size."""


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
    held_as: str = ""

    @property
    def unstable(self) -> np.ndarray:
        """Directions along which each point is left, (points,): eigenvalues beyond the circle."""
        return (np.abs(self.eigenvalues) > 1 + _NEUTRAL).sum(axis=1)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each point is.

        "stable", "neutral", "saddle", "repelling", "slow"; "continuum" where it is one of a
        continuum, "kink" where it is a kink and its sides disagree about its stability.
        """
        moduli, kinds = np.abs(self.eigenvalues), []
        for index, unstable in enumerate(self.unstable):
            modulus, (low, high) = moduli[index], self.factors[index]
            if not self.converged[index]:
                kinds.append("slow")
            elif self.dimensions[index]:
                kinds.append("continuum")
            elif low < 1 - _NEUTRAL <= high:
                kinds.append("kink")
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
    def spread(self) -> float:
        """Largest distance of two points of a continuum that were found: it reaches that far."""
        places = self.points[self.dimensions > 0]
        if not len(places):
            return 0.0
        middle = places - places.mean(axis=0)
        squares = (middle * middle).sum(axis=1)
        gaps = squares[:, None] + squares - 2 * middle @ middle.T
        return float(np.sqrt(max(0.0, gaps.max())))

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
        if not found.seen:
            return []
        numbers = {"starts": self.starts, "lost": self.lost, "least": found.least}
        if found.settled:
            return [verdict("fixed_points.probably_all", **numbers)]
        if self.missing < 0.5:
            return [verdict("fixed_points.perhaps_more", **numbers)]
        return [verdict("fixed_points.more", **numbers, missing=max(1, round(self.missing)))]

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


def fixed_points(
    layer: RecurrentCell,
    held_input: np.ndarray | float | None = None,
    visited: np.ndarray | None = None,
    starts: int | None = None,
    seed: int = 0,
    tolerance: float = CONVERGED,
    progress: Callable[[float], None] | None = None,
    held_as: str = "",
) -> FixedPoints:
    """Solve F(h) = h from many starts at once, as long as it pays.

    See `rnnviz.analysis.root_finding` for the method; slow points as in Sussillo and Barak, Neural
    Computation 25 (2013) 626-649. Not finding a point proves nothing, but how often each was
    found tells about how many were not (`rnnviz.analysis.richness`).

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    held_input : ndarray (features,), optional
        The input at every step; zeros (the autonomous network) by default.
    visited : ndarray (steps, state_size), optional
        States of a run: every other start is one of them.
    starts : int, optional
        How many starts; the origin is one of them. By default as many as it takes until what is
        missing is settled, up to about a thousand. A large network gets as many as can be afforded.
    seed : int
        Of the random starts.
    tolerance : float
        A state stands still where ‖F(h) − h‖ ≤ tolerance·(1 + ‖h‖).
    progress : callable, optional
        Called with 0…1 after each iteration.
    held_as : str
        What the held input is, for the sentence.

    Raises
    ------
    ValueError
        Where the layer is a stack of networks or held input or starts do not fit.
    """
    held = checked(layer, held_input)
    if starts is not None and starts < 1:
        raise ValueError(f"starts must be at least 1, but it is {starts}.")
    layer = in_double(layer)
    projected = layer.project(held[None])[0]
    size = layer.state_size
    work = Work(min(_MOST_WORK, _WORK_AT_512 * (512 / size) ** 2.3), heard=_rising(progress))
    odd = _is_odd(layer, projected)
    found = FoundPoints(layer, projected, odd)
    random, tried = np.random.default_rng(seed), 0
    for count in _rounds(starts, size):
        begin = _starts(layer, visited, count, random, first=tried == 0)
        ends = solve(layer, projected, begin, work, tolerance)
        found.add(ends, work)
        tried += ends.tried
        in_vain = tried >= _IN_VAIN and not found.fixed.any()
        if work.used_up or (starts is None and (found.settled or in_vain)):
            break
    if progress is not None:
        progress(1.0)
    arrays = {**found.arrays(), "held_input": held}
    for array in arrays.values():
        array.setflags(write=False)
    return FixedPoints(
        **arrays,
        starts=tried,
        lost=tried - int(arrays["found"].sum()),
        odd=odd,
        richness=found.richness,
        held_as=held_as,
    )


def in_double(layer: RecurrentCell) -> RecurrentCell:
    """Return the same network in float64."""
    if layer.dtype == np.float64:
        return layer
    return layer.with_arrays(lambda array: array.astype(np.float64))


def _rising(progress: Callable[[float], None] | None) -> Callable[[float], None] | None:
    """A progress that leaves the last hundredth to the end."""
    return None if progress is None else lambda done: progress(0.99 * done)


def _rounds(starts: int | None, size: int) -> tuple[int, ...]:
    if starts is None:
        return _ROUNDS_OF_FEW if size <= _FEW else _ROUNDS
    whole, rest = divmod(starts, _AT_ONCE)
    return (_AT_ONCE,) * whole + ((rest,) if rest else ())


def _is_odd(layer: RecurrentCell, projected: np.ndarray) -> bool:
    """Whether F(−h) = −F(h), to rounding, for states all over the range."""
    states = np.random.default_rng(0).uniform(-1, 1, (8, layer.state_size))
    with np.errstate(all="ignore"):
        ahead, behind = layer.step(projected, states), layer.step(projected, -states)
        return bool(np.abs(ahead + behind).max() <= 1e-14 * (1 + np.abs(ahead).max()))


def _starts(layer, visited, count, random, first) -> np.ndarray:
    """Visited states, random ones and such with all units alike, in turn; the origin first."""
    size, reach = layer.state_size, 1.0
    if visited is not None:
        with np.errstate(invalid="ignore"):
            near = (np.abs(visited) < _FARTHEST).all(axis=1)
        visited = np.asarray(visited[near], np.float64)
        reach = max(reach, np.abs(visited).max(initial=0.0))
    begin = random.uniform(-reach, reach, (count, size))
    # Corners and the middle alike: some random starts are drawn towards the middle.
    begin[1::8] *= random.uniform(0, 1, (len(begin[1::8]), 1))
    # Weights of one sign drive all units together, to where random states rarely lead.
    begin[3::4] = np.linspace(-reach, reach, len(begin[3::4]))[:, None]
    if not first:
        begin[3::4] += random.uniform(-reach, reach, begin[3::4].shape) / 8
    if visited is not None and len(visited):
        begin[::2] = visited[random.integers(len(visited), size=len(begin[::2]))]
    if first:
        begin[0] = 0.0
    return begin


@dataclass(frozen=True, kw_only=True)
class FixedPointsParameters:
    """What can be set about the search; see :func:`fixed_points`.

    ``starts`` None means as many as it takes.
    """

    held_input: str | tuple[float, ...] = knob(
        "mean", Numbers(HELD, MOST_FEATURES, -1e6, 1e6), control="held", quiet=True
    )
    starts: int | None = knob(None, Whole(1, 100_000, optional=True), control="number", quiet=True)
    seed: int = knob(0, Whole(0, 2**31 - 1), control="number", quiet=True)
    tolerance: float = knob(CONVERGED, Real(1e-15, 1e-3), control="number", quiet=True)


def _of(trace: Trace, parameters: FixedPointsParameters, cursor: Cursor, progress) -> FixedPoints:
    one_sequence(trace)
    held, held_as = held_input(trace, parameters.held_input, cursor.timestep)
    return fixed_points(
        trace.layer,
        held,
        trace.full_states[: finite_timesteps(trace)],
        parameters.starts,
        parameters.seed,
        parameters.tolerance,
        progress,
        held_as,
    )


ANALYSIS = Analysis("fixed_points", FixedPointsParameters, _of, fitted)
