"""Where does the network stand still? Fixed points of h = F(h) under a held input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine.cells.cell import RecurrentCell

_STACK_NUMBERS = 2**22
_ITERATIONS = 100
_CONVERGED = 1e-11
_SAME = 1e-6
_NEUTRAL = 1e-6
_SLOW_SPEED = 0.03
_FARTHEST = 1e6
"""States beyond this belong to a run that is diverging: no place to look for rest."""


@dataclass(frozen=True, eq=False)
class FixedPoints:
    """States that the network maps onto themselves, or nearly. Arrays are read-only float64.

    Parameters
    ----------
    points : ndarray (points, state_size)
        No two the same; the one that most starts found comes first, slow points come last.
    speeds : ndarray (points,)
        ‖F(h) − h‖: rounding for a fixed point, more for a slow point.
    uncertainty : ndarray (points,)
        Length of the last Newton step: how far off a point may still be.
    eigenvalues : ndarray (points, state_size)
        Of the Jacobian at each point, complex, largest modulus first.
    found : ndarray (points,)
        How many starts led there.
    converged : ndarray (points,)
        False for slow points: the speed has a least value there, but it is not zero.
    held_input : ndarray (features,)
    starts, lost : int
        How many starts were tried and how many ended nowhere.
    """

    points: np.ndarray
    speeds: np.ndarray
    uncertainty: np.ndarray
    eigenvalues: np.ndarray
    found: np.ndarray
    converged: np.ndarray
    held_input: np.ndarray
    starts: int
    lost: int

    @property
    def unstable(self) -> np.ndarray:
        """Directions along which each point is left, (points,): eigenvalues beyond the circle."""
        return (np.abs(self.eigenvalues) > 1 + _NEUTRAL).sum(axis=1)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each point is: "stable", "neutral", "saddle", "repelling" or "slow"."""
        moduli, kinds = np.abs(self.eigenvalues), []
        for converged, modulus, unstable in zip(self.converged, moduli, self.unstable, strict=True):
            if not converged:
                kinds.append("slow")
            elif unstable:
                kinds.append("repelling" if unstable == len(modulus) else "saddle")
            else:
                kinds.append("neutral" if modulus[0] > 1 - _NEUTRAL else "stable")
        return tuple(kinds)

    @property
    def verdict(self) -> Verdict:
        """What the fixed points say."""
        kinds = self.kinds
        numbers = {
            "count": int(self.converged.sum()),
            "stable": kinds.count("stable"),
            "neutral": kinds.count("neutral"),
            "unstable": kinds.count("saddle") + kinds.count("repelling"),
            "slow": kinds.count("slow"),
            "starts": self.starts,
        }
        if not numbers["count"]:
            return verdict("fixed_points.none", **numbers)
        if numbers["neutral"]:
            return verdict("fixed_points.neutral", **numbers)
        stable = numbers["stable"]
        kind = "no_stable" if stable == 0 else "one_stable" if stable == 1 else "many_stable"
        return verdict(f"fixed_points.{kind}", **numbers)


def fixed_points(
    layer: RecurrentCell,
    held_input: np.ndarray | None = None,
    visited: np.ndarray | None = None,
    starts: int = 64,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> FixedPoints:
    """Solve F(h) = h from many starts at once.

    Newton's method, damped where it would go astray (Levenberg-Marquardt with the damping
    proportional to the speed: Yamashita and Fukushima, Computing Supplement 15, 2001), so that
    it converges quadratically to fixed points and otherwise to the slowest states, as in Sussillo
    and Barak, Neural Computation 25 (2013) 626-649. Not finding a point proves nothing.

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    held_input : ndarray (features,), optional
        The input at every step; zeros (the autonomous network) by default.
    visited : ndarray (steps, state_size), optional
        States of a run: every other start is one of them.
    starts : int
        How many starts; the origin is one of them.
    seed : int
        Of the random starts.
    progress : callable, optional
        Called with 0…1 after each iteration.
    """
    layer = _in_double(layer)
    held = np.zeros(layer.features) if held_input is None else np.array(held_input, np.float64)
    projected = layer.project(held[None])[0]
    begin = _starts(layer, visited, starts, seed)
    group = max(1, _STACK_NUMBERS // layer.state_size**2)
    groups = np.split(begin, range(group, starts, group))
    ends = []
    for index, states in enumerate(groups):
        share = _share(progress, index, len(groups))
        ends.append(_solve(layer, projected, states, share))
    merged = [np.concatenate(parts) for parts in zip(*ends, strict=True)]
    arrays = (*_distinct(layer, projected, *merged), held)
    for array in arrays:
        array.setflags(write=False)
    return FixedPoints(*arrays, starts, starts - int(arrays[4].sum()))


def _in_double(layer: RecurrentCell) -> RecurrentCell:
    if layer.dtype == np.float64:
        return layer
    return layer.with_arrays(lambda array: array.astype(np.float64))


def _share(progress, index, groups):
    if progress is None:
        return lambda done: None
    return lambda done: progress((index + done) / groups)


def _starts(layer, visited, starts, seed) -> np.ndarray:
    """Visited states, random ones and such with all units alike, in turn; the origin first."""
    random, size = np.random.default_rng(seed), layer.state_size
    reach = 1.0
    if visited is not None:
        with np.errstate(invalid="ignore"):
            near = (np.abs(visited) < _FARTHEST).all(axis=1)
        visited = np.asarray(visited[near], np.float64)
        reach = max(reach, np.abs(visited).max(initial=0.0))
    begin = random.uniform(-reach, reach, (starts, size))
    # Corners and the middle alike: some random starts are drawn towards the middle.
    begin[1::8] *= random.uniform(0, 1, (len(begin[1::8]), 1))
    # Weights of one sign drive all units together, to where random states rarely lead.
    begin[3::4] = np.linspace(-reach, reach, len(begin[3::4]))[:, None]
    if visited is not None and len(visited):
        begin[::2] = visited[random.integers(len(visited), size=len(begin[::2]))]
    begin[0] = 0.0
    return begin


def _solve(layer, projected, states, progress):
    """Return states, speeds, last steps and whether each is a least speed, for all starts."""
    states = states.copy()
    residual, speed = _residual(layer, projected, states)
    damping, steps = np.full(len(states), 0.1), np.full(len(states), np.inf)
    flat, active = np.zeros(len(states), bool), np.arange(len(states))
    for iteration in range(_ITERATIONS):
        here = states[active]
        step, slope = _damped_step(layer, projected, here, residual[active], damping[active])
        trial_residual, trial_speed = _residual(layer, projected, here + step)
        lengths = np.sqrt((step * step).sum(axis=1))
        better = trial_speed < speed[active]
        improved = active[better]
        states[improved] += step[better]
        residual[improved], speed[improved] = trial_residual[better], trial_speed[better]
        damping[active] *= np.where(better, 0.2, 5.0)
        steps[active] = lengths
        flat[active] = slope <= 1e-5 * speed[active]
        tiny = lengths <= 1e-15 * (1 + np.abs(states[active]).max(axis=1))
        active = active[~tiny & (speed[active] > 0) & (damping[active] < 1e12)]
        progress((iteration + 1) / _ITERATIONS)
        if not active.size:
            break
    progress(1.0)
    steps[speed == 0] = 0.0
    return states, speed, steps, flat


def _residual(layer, projected, states):
    with np.errstate(all="ignore"):
        residual = layer.step(projected, states) - states
        speed = np.sqrt((residual * residual).sum(axis=1))
    return residual, np.where(np.isfinite(speed), speed, np.inf)


def _damped_step(layer, projected, states, residual, damping):
    """Levenberg-Marquardt steps (k, size), and the slopes ‖Aᵀ·residual‖ of the squared speed."""
    size = states.shape[1]
    matrices = layer.jacobian(projected, states)
    diagonal = np.arange(size)
    matrices[:, diagonal, diagonal] -= 1
    gradient = (residual[:, None, :] @ matrices)[:, 0]
    squares = matrices.swapaxes(1, 2) @ matrices
    largest = squares[:, diagonal, diagonal].max(axis=1)
    ridge = damping * np.sqrt((residual * residual).sum(axis=1)) + 1e-15 * largest + 1e-300
    squares[:, diagonal, diagonal] += ridge[:, None]
    step = -np.linalg.solve(squares, gradient[..., None])[..., 0]
    return step, np.sqrt((gradient * gradient).sum(axis=1))


def _distinct(layer, projected, states, speeds, steps, flat):
    """Keep one of each, the least speed first to choose; order by how many starts found it."""
    sizes = 1 + np.sqrt((states * states).sum(axis=1))
    fixed = speeds <= _CONVERGED * sizes
    slow = ~fixed & flat & (speeds <= _SLOW_SPEED * sizes)
    kept: list[int] = []
    found: list[int] = []
    for index in np.argsort(np.where(fixed, 0.0, speeds) + speeds, kind="stable"):
        if not (fixed[index] or slow[index]):
            continue
        gaps = np.sqrt(((states[kept] - states[index]) ** 2).sum(axis=1))
        near = gaps <= _SAME * sizes[index] + 10 * (steps[index] + steps[kept])
        near &= fixed[kept] == fixed[index]
        if near.any():
            found[int(near.argmax())] += 1
        else:
            kept.append(int(index))
            found.append(1)
    counts = np.array(found, int)
    order = np.lexsort((-counts, ~fixed[kept]))
    chosen = np.array(kept, int)[order]
    points = states[chosen]
    eigenvalues = np.empty(points.shape, complex)
    if len(chosen):
        eigenvalues = np.linalg.eigvals(layer.jacobian(projected, points)).astype(complex)
        ranks = np.argsort(-np.abs(eigenvalues), axis=1)
        eigenvalues = np.take_along_axis(eigenvalues, ranks, axis=1)
    return points, speeds[chosen], steps[chosen], eigenvalues, counts[order], fixed[chosen]
