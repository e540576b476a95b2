"""Where does the network stand still? Fixed points of h = F(h) under a held input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.fixed_points_result import FixedPoints
from rnnviz.analysis.found_points import FoundPoints
from rnnviz.analysis.held import HELD, MOST_FEATURES, checked, fitted, held_input
from rnnviz.analysis.linearisation import finite_timesteps, one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.root_finding import CONVERGED, Work, solve
from rnnviz.engine import Trace
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.knobs import Numbers, Real, Whole, knob

_FARTHEST = 1e6
"""States beyond this belong to a run that is diverging: no place to look for rest."""
_ROUNDS = (64, 64, 128, 256, 512)
"""Starts of each round of a search that ends when what is missing is settled."""
_ROUNDS_OF_FEW = (256, 256, 512)
_AT_ONCE = 1024
_IN_VAIN = 128
"""Starts after which a search that found nothing ends, unless it was asked for more."""
_RUN_ON = 50
"""Most steps that the network runs on before a start."""
_FEW = 16
"""State numbers up to which a start costs next to nothing."""
_MOST_WORK = 40_000.0
_WORK_AT_512 = 1_800.0
"""Linear systems that may be solved: seconds, whatever the size."""


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
    tried, wanted = _search(
        found, _rounds(starts, size), visited, seed, starts is None, work, tolerance
    )
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
        wanted=wanted,
        held_as=held_as,
    )


def _search(
    found: FoundPoints,
    rounds: tuple[int, ...],
    visited: np.ndarray | None,
    seed: int,
    may_settle: bool,
    work: Work,
    tolerance: float,
) -> tuple[int, int]:
    """Solve from round after round of starts; return how many were tried, and how many wanted.

    Fewer are tried than wanted where the work came to its limit. Where it ``may_settle``, no more
    are wanted once what is missing is settled, or once enough were tried in vain.
    """
    layer, projected, random = found.layer, found.projected, np.random.default_rng(seed)
    tried = 0
    for count in rounds:
        known = found.points[found.fixed]
        begin = _starts(layer, projected, visited, known, count, random, first=tried == 0)
        ends = solve(layer, projected, begin, work, tolerance)
        found.add(ends, work)
        tried += ends.tried
        in_vain = tried >= _IN_VAIN and not found.fixed.any()
        if may_settle and (found.settled or in_vain):
            return tried, tried
        if work.used_up:
            break
    return tried, sum(rounds)


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
    """Whether F(−h) = −F(h), to rounding, for states all over the range, which is symmetric."""
    low, high = layer.state_range
    if low != -high:
        return False  # where a gate has rounded to 1, h = F(h) is odd, but −h is never reached
    states = np.random.default_rng(0).uniform(-1, 1, (8, layer.state_size))
    with np.errstate(all="ignore"):
        ahead, behind = layer.step(projected, states), layer.step(projected, -states)
        return bool(np.abs(ahead + behind).max() <= 1e-14 * (1 + np.abs(ahead).max()))


def _starts(
    layer: RecurrentCell,
    projected: np.ndarray,
    visited: np.ndarray | None,
    known: np.ndarray,
    count: int,
    random: np.random.Generator,
    first: bool,
) -> np.ndarray:
    """Return where a round begins, (count, state_size): eight kinds of starts in turn.

    Random states, some drawn towards the middle, some with all units alike; states of the run;
    random states that the network has run on from, which end near what attracts; and states
    between fixed points that are known, where the saddles lie. The origin comes first.
    """
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
        begin[::4] = visited[random.integers(len(visited), size=len(begin[::4]))]
        begin[2::8] = visited[random.integers(len(visited), size=len(begin[2::8]))]
    _run_on(layer, projected, begin[2::8])
    _run_on(layer, projected, begin[5::8])
    if len(known) > 1:
        begin[6::8] = _between(known, len(begin[6::8]), random)
    if first:
        begin[0] = 0.0
    return begin


def _run_on(layer: RecurrentCell, projected: np.ndarray, states: np.ndarray) -> None:
    """Let the network run on, each state for a different number of steps, in place.

    Newton's method goes from a random state of many units to the middle, however weakly it
    attracts: the memories of a Hopfield network are not found otherwise.
    """
    lasts = np.linspace(1, _RUN_ON, len(states)).astype(int)
    with np.errstate(all="ignore"):
        for step in range(_RUN_ON):
            going = lasts > step
            after = layer.step(projected, states[going])
            near = (np.abs(after) < _FARTHEST).all(axis=1)
            states[going] = np.where(near[:, None], after, states[going])


def _between(known: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """States on the way from one fixed point to another, and a little beside it."""
    one, other = known[random.integers(len(known), size=(2, count))]
    apart = other - one
    beside = 0.2 * random.standard_normal(apart.shape) * np.abs(apart).max(axis=1, keepdims=True)
    return one + random.uniform(0, 1, (count, 1)) * apart + beside


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
