"""What a search has found so far: every point once, with its eigenvalues and what it is."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.continuum import local_dimension
from rnnviz.analysis.kinks import on_a_kink, sides_of
from rnnviz.analysis.richness import Richness, richness
from rnnviz.analysis.root_finding import Ends, Work
from rnnviz.engine.cells.cell import RecurrentCell

_SAME = 1e-6
_VAGUE = 1e-2
"""A Newton step that long, by the size of the state, from a point that is alone ends elsewhere: the
state is slow, and the root it is drawn to lies far off or nowhere."""
_NEAR_ONE = 1e-4
"""Eigenvalues so close to 1 call for a look at the neighbours: defective ones are inexact."""
_MOST_EXAMINED = 3e5
"""Points whose neighbours are looked at, times the square of the state's size."""
_KINKS = 32
"""Kinks whose sides are followed; so many there are in a continuum only, all of one sort."""
_EIGENVALUES = 40
_SINGULAR_VALUES = 20
"""What the eigenvalues and the singular values of one matrix cost, in linear systems."""
_STACK_NUMBERS = 2**18


class FoundPoints:
    """Points of a search, round after round.

    Parameters
    ----------
    layer : RecurrentCell
        A single network in float64.
    projected : ndarray (G·units,)
    odd : bool
        Whether every point has its mirror image.
    """

    def __init__(self, layer: RecurrentCell, projected: np.ndarray, odd: bool) -> None:
        self.layer, self.projected, self.odd = layer, projected, odd
        size = layer.state_size
        self.points, self.eigenvalues = np.empty((0, size)), np.empty((0, size), complex)
        self.speeds, self.steps, self.factors = np.empty(0), np.empty(0), np.empty((0, 2))
        self.found, self.dimensions, self.mirror = (np.empty(0, int) for _ in range(3))
        self.fixed = np.empty(0, bool)
        self.left_to_examine = max(4, int(_MOST_EXAMINED / size**2))
        self.left_kinks, self.last_kink = _KINKS, (np.full(2, np.nan), 0)

    @property
    def richness(self) -> Richness:
        """Of the points that are alone; a point and its mirror image are one."""
        counts = self.found.copy()
        if self.odd:
            counts += np.where(self.mirror != np.arange(len(counts)), self.found[self.mirror], 0)
            counts[self.mirror < np.arange(len(counts))] = 0
        return richness(counts[self.fixed & (self.dimensions == 0)])

    @property
    def settled(self) -> bool:
        """Whether searching on is no use."""
        alone = self.fixed & (self.dimensions == 0)
        return self.richness.settled if alone.any() else bool(self.fixed.any())

    def add(self, ends: Ends, work: Work) -> None:
        """Take the ends of a round in: count those that are known, keep those that are new."""
        known = len(self.points)
        sizes = 1 + np.sqrt((ends.states**2).sum(axis=1))
        for index in np.argsort(ends.speeds, kind="stable"):
            if ends.fixed[index] or ends.slow[index]:
                self._take(ends, int(index), float(sizes[index]))
        if len(self.points) > known:
            self._describe(known, work)

    def arrays(self) -> dict[str, np.ndarray]:
        """What is known of the points by the names of `FixedPoints`, the most found first."""
        both = self.found + np.where(
            self.mirror != np.arange(len(self.found)), self.found[self.mirror], 0
        )
        rank = np.minimum(self.mirror, np.arange(len(self.mirror)))
        order = np.lexsort((rank, -both, ~self.fixed))
        columns = {
            "points": self.points,
            "speeds": self.speeds,
            "uncertainty": self.steps,
            "eigenvalues": self.eigenvalues,
            "found": self.found,
            "converged": self.fixed,
            "dimensions": self.dimensions,
            "factors": self.factors,
        }
        return {name: column[order] for name, column in columns.items()}

    def _take(self, ends: Ends, index: int, size: float) -> None:
        state, step, fixed = ends.states[index], ends.steps[index], bool(ends.fixed[index])
        place = self._place_of(state, step, size, fixed)
        if place is None:
            place = self._keep(state, ends.speeds[index], step, fixed)
            self.mirror[place] = place
            if self.odd:
                opposite = self._place_of(-state, step, size, fixed)
                if opposite is None:
                    opposite = self._keep(-state, ends.speeds[index], step, fixed)
                self.mirror[place], self.mirror[opposite] = opposite, place
        self.found[place] += 1

    def _place_of(self, state, step, size, fixed) -> int | None:
        gaps = np.sqrt(((self.points - state) ** 2).sum(axis=1))
        near = gaps <= _SAME * size + 10 * (step + self.steps)
        near &= self.fixed == fixed
        return int(np.where(near, gaps, np.inf).argmin()) if near.any() else None

    def _keep(self, state, speed, step, fixed) -> int:
        size = len(state)
        self.points = np.concatenate([self.points, state[None]])
        self.speeds, self.steps = np.append(self.speeds, speed), np.append(self.steps, step)
        self.fixed, self.found = np.append(self.fixed, fixed), np.append(self.found, 0)
        self.mirror, self.dimensions = np.append(self.mirror, 0), np.append(self.dimensions, 0)
        self.eigenvalues = np.concatenate([self.eigenvalues, np.full((1, size), np.nan, complex)])
        self.factors = np.concatenate([self.factors, np.full((1, 2), np.nan)])
        return len(self.points) - 1

    def _describe(self, first: int, work: Work) -> None:
        """Work out what the points from ``first`` on are; a mirror image is what its image is."""
        rows = np.arange(first, len(self.points))
        own = rows[(self.mirror[rows] >= rows) | (self.mirror[rows] < first)]
        group = max(1, _STACK_NUMBERS // self.points.shape[1] ** 2)
        for start in range(0, len(own), group):
            part = own[start : start + group]
            with np.errstate(all="ignore"):
                jacobians = self.layer.jacobian(self.projected, self.points[part])
            values = np.linalg.eigvals(jacobians).astype(complex)
            ranks = np.argsort(-np.abs(values), axis=1, kind="stable")
            self.eigenvalues[part] = np.take_along_axis(values, ranks, axis=1)
            work.spend(_EIGENVALUES * len(part))
        self._examine(own, work)
        images = self.mirror[own]
        for column in (self.eigenvalues, self.dimensions, self.factors):
            column[images] = column[own]

    def _examine(self, rows: np.ndarray, work: Work) -> None:
        """Look at the sides of kinks and at the neighbours of neutral points."""
        rows = rows[self.fixed[rows]]
        kinks = on_a_kink(self.layer, self.projected, self.points[rows])
        near = np.abs(self.eigenvalues[rows] - 1).min(axis=1, initial=np.inf) < _NEAR_ONE
        guess: int | None = None
        for row, neutral, kink in zip(rows, near, kinks, strict=True):
            kept = None
            if kink and self.left_kinks <= 0:
                self.factors[row], self.dimensions[row] = self.last_kink
                continue
            if kink:
                self.left_kinks -= 1
                sides = sides_of(self.layer, self.projected, self.points[row])
                self.factors[row], kept = (sides.low, sides.high), sides.kept
                self.last_kink = self.factors[row].copy(), 0
            if not neutral and (kept is None or not len(kept)):
                continue
            if self.left_to_examine <= 0 and guess is not None and kept is None:
                self.dimensions[row] = guess
                continue
            point = self.points[row]
            self.dimensions[row] = local_dimension(self.layer, self.projected, point, kept)
            if not self.dimensions[row] and self.steps[row] > _VAGUE * (1 + np.abs(point).max()):
                self.fixed[row] = False
            self.left_to_examine -= 1
            work.spend(_SINGULAR_VALUES)
            guess = int(self.dimensions[row])
            if kink:
                self.last_kink = self.factors[row].copy(), guess
