"""Along which directions do the states move? Principal components of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.linearisation import one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, moment, verdict
from rnnviz.engine import Trace
from rnnviz.knobs import Whole, knob

_STRETCH_NUMBERS = 2**19
_LARGEST = 1e300
"""A state beyond this has no length in float64 and counts as not finite."""

_UNSEEN = 8
"""A spread below so many roundings of the largest state is no spread."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Principal components of states. Arrays are read-only float64.

    Parameters
    ----------
    coordinates : ndarray (steps, components)
        The states along the leading directions; steps end where states are not finite.
    directions : ndarray (components, units)
        Orthonormal; the largest entry of each is positive, so that pictures do not flip.
    mean : ndarray (units,)
    deviations : ndarray (min(steps, units),)
        Standard deviation along every direction, largest first.
    settled_at : int
        First timestep from which on no state changes any more, in any digit; the last timestep
        if the last two differ.
    diverged_at : int or None
        First timestep without a finite state.
    """

    coordinates: Annotated[np.ndarray, "steps components"]
    directions: Annotated[np.ndarray, "components units"]
    mean: Annotated[np.ndarray, "units"]
    deviations: Annotated[np.ndarray, "_"]
    settled_at: int
    diverged_at: int | None

    @property
    def has_spread(self) -> bool:
        """Whether the states move by more than rounding."""
        return bool(self.deviations.any())

    @property
    def explained(self) -> np.ndarray:
        """Share of the variance along every direction; zeros without spread."""
        if not self.has_spread:
            return np.zeros_like(self.deviations)
        squares = (self.deviations / self.deviations[0]) ** 2
        return squares / squares.sum()

    @property
    def dimension(self) -> float:
        """Participation ratio (Σ variance)² / Σ variance²: about how many directions are used."""
        shares = self.explained
        return float(1 / (shares @ shares)) if self.has_spread else 0.0

    @property
    def verdict(self) -> Verdict:
        """What the trajectory shows."""
        steps = len(self.coordinates)
        if steps == 0:
            return verdict("trajectory.diverged", **moment(0))
        if steps == 1:
            return verdict("trajectory.single")
        if not self.has_spread:
            return verdict("trajectory.still", steps=steps)
        numbers = {"dimension": self.dimension, "steps": steps}
        if self.settled_at < steps - 1:
            numbers |= moment(self.settled_at)
            numbers["longest"] = float(np.abs(self.coordinates - self.coordinates[-1]).max())
            return verdict("trajectory.settled", **numbers)
        numbers["share"] = 100 * float(self.explained[:2].sum())
        kind = "line" if self.dimension < 1.5 else "plane" if self.dimension < 2.5 else "space"
        return verdict(f"trajectory.{kind}", **numbers)

    def project(self, states: np.ndarray) -> np.ndarray:
        """Return coordinates of other states (..., units), (..., components)."""
        with np.errstate(all="ignore"):  # states of a diverged run overflow on the way
            return (states - self.mean) @ self.directions.T

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a timestep, a column for each direction."""
        import pandas as pd

        columns = {"timestep": np.arange(len(self.coordinates))}
        columns |= {f"direction_{1 + k}": column for k, column in enumerate(self.coordinates.T)}
        return pd.DataFrame(columns)


def projection(
    states: np.ndarray,
    components: int = 3,
    progress: Callable[[float], None] | None = None,
) -> Projection:
    """Return the principal components, by SVD of the centred states.

    Parameters
    ----------
    states : ndarray (timesteps, units)
        Those from the first that is not finite on are left out.
    components : int
        How many coordinates to return; fewer if there are fewer units or steps.
    progress : callable, optional
        Called with 0…1 now and then.
    """
    precision, states = np.finfo(states.dtype).eps, np.asarray(states, np.float64)
    with np.errstate(invalid="ignore"):
        finite = (np.abs(states) < _LARGEST).all(axis=1)
    steps = len(states) if finite.all() else int(finite.argmin())
    diverged_at = None if steps == len(states) else steps
    used = states[:steps]
    if steps == 0:
        nothing, width = np.empty(0), states.shape[1]
        flat = np.empty((0, 0)), np.empty((0, width)), np.zeros(width)
        return Projection(*flat, nothing, 0, diverged_at)
    # States of a run on its way to infinity would overflow when squared.
    scale = float(np.abs(used).max()) or 1.0
    centred = used / scale
    mean = centred.mean(axis=0)
    centred -= mean
    lengths, directions = np.linalg.svd(_triangle(centred, progress), full_matrices=False)[1:]
    rounding = _UNSEEN * precision * np.sqrt(centred.size)
    lengths = np.where(lengths <= rounding, 0.0, lengths)
    directions = directions[: min(components, steps)]
    places = np.arange(len(directions)), np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[places])[:, None]
    coordinates = centred @ (directions * scale).T
    coordinates[:, lengths[: len(directions)] == 0] = 0.0
    deviations = lengths * (scale / np.sqrt(max(1, steps - 1)))
    arrays = (coordinates, directions, mean * scale, deviations)
    for array in arrays:
        array.setflags(write=False)
    return Projection(*arrays, _settled_at(used), diverged_at)


def _triangle(rows: np.ndarray, progress: Callable[[float], None] | None) -> np.ndarray:
    """Return a matrix with the singular values and directions of tall ``rows``, as small as can be.

    R of the QR factorisation, stretch by stretch (Demmel, Grigori, Hoemmen and Langou, SIAM
    Journal on Scientific Computing 34, 2012): exact to rounding, unlike the covariance matrix,
    and cheaper than to carry the left singular vectors along.
    """
    steps, units = rows.shape
    if steps <= units:
        if progress is not None:
            progress(1.0)
        return rows
    stretch = max(_STRETCH_NUMBERS // units, 4 * units)
    triangle = np.empty((0, units))
    for start in range(0, steps, stretch):
        part = rows[start : start + stretch]
        whole = np.concatenate([triangle, part]) if start else part
        triangle = np.asarray(np.linalg.qr(whole, mode="r"))
        if progress is not None:
            progress(min(1.0, (start + stretch) / steps))
    return triangle


def _settled_at(states: np.ndarray) -> int:
    changes = np.flatnonzero((states[1:] != states[:-1]).any(axis=1))
    return int(changes[-1]) + 1 if changes.size else 0


@dataclass(frozen=True, kw_only=True)
class TrajectoryParameters:
    """How many coordinates are given; the view always shows the first ones."""

    components: int = knob(3, Whole(1, 64), quiet=True)


def _of(trace: Trace, parameters: TrajectoryParameters, cursor: Cursor, progress) -> Projection:
    return projection(one_sequence(trace).states, parameters.components, progress)


ANALYSIS = Analysis("trajectory", TrajectoryParameters, _of)
