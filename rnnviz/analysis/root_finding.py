"""Solve F(h) = h from many starts at once: Newton's method, and what catches those it loses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell

_STACK_NUMBERS = 2**22
_NEWTON = 20
_DAMPED = 60
_LONGEST = 0.2
"""Longest Newton step, for each number of the state: a longer one ends anywhere."""
_ALL_DAMPED_UP_TO = 64
"""State numbers up to which every start that Newton loses is tried again, damped."""
CONVERGED = 1e-11
"""A state stands still that moves by no more than this, relative to its size."""
_SLOW_SPEED = 0.03
_DAMPED_COST = 2.0
"""What a damped step costs against one of Newton's: it squares the matrix first."""


@dataclass(eq=False)
class Work:
    """How much linear algebra a search may do, counted in solutions of one linear system.

    Counted and not timed, so that the same search gives the same answer on every machine.
    """

    limit: float
    spent: float = 0.0
    heard: Callable[[float], None] | None = field(default=None, repr=False)

    def spend(self, amount: float) -> None:
        """Count, and tell who listens which part of the limit is used up; that may raise."""
        self.spent += amount
        if self.heard is not None:
            self.heard(min(1.0, self.spent / self.limit))

    @property
    def used_up(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.limit


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the starts ended.

    Parameters
    ----------
    states : ndarray (starts, state_size)
    speeds : ndarray (starts,)
        ‖F(h) − h‖; inf where it overflows.
    steps : ndarray (starts,)
        Length of the last Newton step: how far off a root may still be.
    fixed : ndarray (starts,) bool
        Whether the state stands still, to rounding.
    slow : ndarray (starts,) bool
        Whether the speed has a least value there that is small but not zero.
    tried : int
        How many starts were followed at all, the first ones.
    """

    states: np.ndarray
    speeds: np.ndarray
    steps: np.ndarray
    fixed: np.ndarray
    slow: np.ndarray
    tried: int


def solve(
    layer: RecurrentCell,
    projected: np.ndarray,
    begin: np.ndarray,
    work: Work,
    tolerance: float = CONVERGED,
) -> Ends:
    """Follow every start to a root of F(h) − h, or to where the speed is least.

    Newton's method with steps of bounded length, which may speed a state up on its way: one that
    may not ends in the nearest slow state far more often. Those that it loses go on from their
    slowest state by Levenberg-Marquardt with the damping proportional to the speed (Yamashita and
    Fukushima, Computing Supplement 15, 2001), which converges to slow states as well. That costs
    six times as much a start: of large networks only the slowest few of the lost are tried.

    Parameters
    ----------
    layer : RecurrentCell
        A single network in float64.
    projected : ndarray (G·units,)
        The held input's part of the pre-activations.
    begin : ndarray (starts, state_size)
        Where they begin.
    work : Work
        Is counted up; starts beyond its limit are not tried.
    tolerance : float
        A state stands still where its speed is at most this, times its size.
    """
    search = _Search(layer, projected, begin, tolerance)
    for chunk in search.chunks():
        if not work.used_up:
            search.newton(chunk, work)
            search.tried += len(chunk)
    for chunk in search.chunks(search.worth_damping()):
        if not work.used_up:
            search.damped(chunk, work)
    return search.ends()


class _Search:
    """The state of a search: one row a start."""

    def __init__(self, layer, projected, begin, tolerance):
        self.layer, self.projected, self.tolerance = layer, projected, tolerance
        low, high = layer.state_range
        self.clip = (low, high) if np.isfinite([low, high]).any() else None
        self.states = self._inside(begin.copy())
        self.residual, self.speed = self._measure(self.states)
        self.steps = np.full(len(begin), np.inf)
        self.tried = 0
        self.flat, self.done = np.zeros((2, len(begin)), bool)

    def chunks(self, wanted=None):
        """Rows in pieces whose Jacobians fit into memory."""
        rows = np.arange(len(self.states)) if wanted is None else np.flatnonzero(wanted)
        size = max(1, _STACK_NUMBERS // self.states.shape[1] ** 2)
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    def worth_damping(self):
        """Which starts are tried again."""
        lost, size = np.flatnonzero(~self.done[: self.tried]), self.states.shape[1]
        if size > _ALL_DAMPED_UP_TO:
            slowest = np.argsort(self.speed[lost], kind="stable")
            lost = lost[slowest[: 4 + len(self.states) // 32]]
        return np.isin(np.arange(len(self.states)), lost)

    def newton(self, rows, work):
        """Step on until a state stands still or gets no slower for being a root already."""
        slowest = self.states[rows], self.residual[rows], self.speed[rows]
        chunk, place = rows, np.arange(len(rows))
        for _ in range(_NEWTON):
            self.done[rows] = self._at_rest(rows)
            going = ~self.done[rows]
            rows, place = rows[going], place[going]
            if not rows.size or work.used_up:
                break
            was_root = self._is_root(rows)
            self._step_on(rows)
            better = self.speed[rows] < slowest[2][place]
            for kept, now in zip(slowest, (self.states, self.residual, self.speed), strict=True):
                kept[place[better]] = now[rows[better]]
            # A root that rounding keeps from getting any better is a root.
            self.done[rows[was_root & ~better]] = True
            rows, place = rows[~self.done[rows]], place[~self.done[rows]]
            work.spend(len(going))
        self._take(chunk, *slowest)
        self.done[chunk] |= self._is_root(chunk)

    def damped(self, rows, work):
        damping = np.full(len(self.states), 0.1)
        for _ in range(_DAMPED):
            if not rows.size or work.used_up:
                return
            step, slope = self._damped_step(rows, damping[rows])
            self.steps[rows] = _lengths(step)
            trial = self._inside(self.states[rows] + step)
            residual, speed = self._measure(trial)
            better = speed < self.speed[rows]
            self._take(rows[better], trial[better], residual[better], speed[better])
            damping[rows] *= np.where(better, 0.2, 5.0)
            self.flat[rows] = slope <= 1e-5 * self.speed[rows]
            tiny = self.steps[rows] <= 1e-15 * (1 + np.abs(self.states[rows]).max(axis=1))
            work.spend(_DAMPED_COST * len(rows))
            rows = rows[~tiny & (self.speed[rows] > 0) & (damping[rows] < 1e12)]

    def ends(self):
        sizes = 1 + _lengths(self.states)
        fixed = self.speed <= self.tolerance * sizes
        slow = ~fixed & self.flat & (self.speed <= _SLOW_SPEED * sizes)
        self.steps[self.speed == 0] = 0.0
        fixed[self.tried :] = slow[self.tried :] = False
        return Ends(self.states, self.speed, self.steps, fixed, slow, self.tried)

    def _at_rest(self, rows):
        tiny = self.steps[rows] <= 1e-15 * (1 + np.abs(self.states[rows]).max(axis=1))
        return (self.speed[rows] == 0) | (tiny & self._is_root(rows))

    def _is_root(self, rows):
        return self.speed[rows] <= self.tolerance * (1 + _lengths(self.states[rows]))

    def _inside(self, states):
        """Clip h to the range that the cell can reach."""
        if self.clip is not None:
            np.clip(states[:, : self.layer.units], *self.clip, out=states[:, : self.layer.units])
        return states

    def _measure(self, states):
        with np.errstate(all="ignore"):
            residual = self.layer.step(self.projected, states) - states
            speed = _lengths(residual)
        return residual, np.where(np.isfinite(speed), speed, np.inf)

    def _step_on(self, rows):
        step = self._newton_step(rows)
        lengths = _lengths(step)
        self.steps[rows] = lengths
        longest = _LONGEST * np.sqrt(step.shape[1]) * (1 + np.abs(self.states[rows]).max(axis=1))
        step *= np.minimum(1.0, longest / np.maximum(lengths, 1e-300))[:, None]
        trial = self._inside(self.states[rows] + step)
        residual, speed = self._measure(trial)
        finite = np.isfinite(speed)
        self._take(rows[finite], trial[finite], residual[finite], speed[finite])

    def _take(self, rows, states, residual, speed):
        self.states[rows], self.residual[rows], self.speed[rows] = states, residual, speed

    def _matrices(self, rows):
        """J − 1 at each state, (rows, state_size, state_size)."""
        with np.errstate(all="ignore"):
            matrices = self.layer.jacobian(self.projected, self.states[rows])
        diagonal = np.arange(matrices.shape[-1])
        matrices[:, diagonal, diagonal] -= 1
        return matrices, diagonal

    def _newton_step(self, rows):
        matrices, diagonal = self._matrices(rows)
        # An exactly singular matrix would end the whole stack; this one ends in a long step.
        largest = np.abs(matrices).max(axis=(1, 2))
        matrices[:, diagonal, diagonal] += (1e-14 * largest + 1e-300)[:, None]
        with np.errstate(all="ignore"):
            step = -_solved(matrices, self.residual[rows])
            return np.clip(np.where(np.isfinite(step), step, 0.0), -1e100, 1e100)

    def _damped_step(self, rows, damping):
        """Levenberg-Marquardt steps (rows, size), and the slopes ‖Aᵀ·r‖ of the squared speed."""
        matrices, diagonal = self._matrices(rows)
        residual = self.residual[rows]
        gradient = (residual[:, None, :] @ matrices)[:, 0]
        squares = matrices.swapaxes(1, 2) @ matrices
        largest = squares[:, diagonal, diagonal].max(axis=1)
        ridge = damping * _lengths(residual) + 1e-15 * largest + 1e-300
        squares[:, diagonal, diagonal] += ridge[:, None]
        with np.errstate(all="ignore"):
            step = -_solved(squares, gradient)
        step = np.clip(np.where(np.isfinite(step), step, 0.0), -1e100, 1e100)
        return step, _lengths(gradient)


def _solved(matrices, right):
    try:
        return np.linalg.solve(matrices, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        # One of the stack is singular even so: the others must not suffer from it.
        return np.stack([_solved_alone(*pair) for pair in zip(matrices, right, strict=True)])


def _solved_alone(matrix, right):
    if not np.isfinite(matrix).all():
        return np.zeros_like(right)
    return np.linalg.lstsq(matrix, right, rcond=None)[0]


def _lengths(rows):
    return np.sqrt((rows * rows).sum(axis=1))
