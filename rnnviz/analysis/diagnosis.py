"""What is this network doing to its state, and what does that mean for learning?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.analysis.lenses import argument, slope
from rnnviz.analysis.linearisation import linearise
from rnnviz.analysis.saturation import Saturation
from rnnviz.engine import ACTIVATIONS, Trace

MOSTLY = 0.5
"""A network counts as saturated when more than this share of its states is."""
EDGE = 0.05
"""Near the edge: a change of the state grows or shrinks by less than about this share a step."""
STRAIGHT = 0.95
"""An activation works as a straight line when its least slope keeps this share of the greatest."""
LONG_ENOUGH = 50
"""Fewest steps after which growth of changes in bounded states is called chaos."""

KINDS = (
    "diverged",
    "dead",
    "brief",
    "saturated",
    "growing",
    "chaotic",
    "expanding",
    "edge",
    "linear",
    "contracting",
)
"""All diagnoses, the one that is looked for first at the front."""

_MOST_STEPS = 200
_LEAST_STEPS = 16
_NUMBERS_READ = 5e7
_SQUARES_ARE_LOST = 1e-150
_MOST_ROUNDS = 4
_SETTLED = 1e-4
"""The power iteration ends where log ‖∏J‖ changes by less in a round."""


@dataclass(frozen=True)
class Diagnosis:
    """One word for a run, and the numbers that it rests on.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.

        - ``diverged``: the states overflowed.
        - ``dead``: from some step on, every state is exactly 0.
        - ``brief``: one step only, so that the recurrent weights never acted.
        - ``saturated``: most states lie at the ends of the activation and changes die out.
        - ``growing``: changes grow, and the activation has no end that could stop the states.
        - ``chaotic``: changes grow although the states are bounded, and these go on moving.
        - ``expanding``: the same, but over too few steps to tell, or the state stands still.
        - ``edge``: changes neither grow nor die out.
        - ``linear``: changes die out, and the activation is as good as a straight line.
        - ``contracting``: changes die out.
    gradient : float
        log₁₀ ‖∂h_T/∂h_{T−steps}‖₂ from below; −inf if it is exactly zero, nan where it is unknown.
    steps : int
        Over how many steps back from the last finite state; timesteps that are masked are none.
    straightness : float
        Least slope of the activation over these steps, relative to the greatest one there; nan
        for cells with gates, whose products bend whatever the activation does.
    lowest, highest : float
        Least and greatest state over these steps.
    moving : bool
        Whether the state changed in the last of these steps.
    on_kink : bool
        Whether, in one of these steps, the sum of a unit lies exactly on a kink of the
        activation: there the slope depends on the side, and ``gradient`` takes one of them.
    diverged_at : int or None
        First timestep that is not finite.
    dead_from : int or None
        First timestep from which on every state is exactly 0.
    """

    kind: str
    gradient: float
    steps: int
    straightness: float
    lowest: float = math.nan
    highest: float = math.nan
    moving: bool = True
    on_kink: bool = False
    diverged_at: int | None = None
    dead_from: int | None = None

    @property
    def rate(self) -> float:
        """Growth of a change a step, natural logarithm (an upper Lyapunov exponent)."""
        return self.gradient * math.log(10) / self.steps if self.steps else math.nan

    @property
    def factor(self) -> float:
        """What a change is multiplied by at each step, on average."""
        rate = self.rate
        return math.exp(rate) if rate < 700 else math.inf

    @property
    def reach(self) -> float:
        """After how many steps a thousandth of a change is left; inf when it does not die out."""
        rate = self.rate
        return math.log(1e-3) / rate if rate < 0 else math.inf


def diagnose(trace: Trace, saturation: Saturation) -> Diagnosis:
    """Tell what a run does to its state, cheaply: two vectors through at most 200 steps.

    Parameters
    ----------
    trace : Trace
        The run of one sequence.
    saturation : Saturation
        Of the same trace.
    """
    part, steps = _last_finite_steps(_read(trace))
    found = Diagnosis(
        kind="",
        gradient=gradient_left(trace),
        steps=steps,
        straightness=math.nan if part is None else _straightness(part),
        lowest=math.nan if part is None else float(part.states.min()),
        highest=math.nan if part is None else float(part.states.max()),
        moving=part is not None and _moves_at_the_end(part),
        on_kink=part is not None and _on_kink(part),
        diverged_at=trace.diverged_at,
        dead_from=_zero_from(trace.states),
    )
    return replace(found, kind=_kind(found, saturation))


def gradient_left(trace: Trace) -> float:
    """Return what `diagnose` says of the gradient: log₁₀ of its norm; nan without a finite step."""
    part, _ = _last_finite_steps(_read(trace))
    return math.nan if part is None else _gradient(part)


def _read(trace: Trace) -> Trace:
    """Return the timesteps that were computed; where none was, the first one, which is masked."""
    if trace.mask is None or trace.mask.any():
        return trace.computed
    return trace.part(0, 1)


def _straightness(part: Trace) -> float:
    """Least slope over the greatest; nan where gates bend, or where all slopes are 0."""
    if part.layer.gate_names:
        return math.nan
    slopes = slope(part)
    greatest = float(slopes.max())
    return float(slopes.min()) / greatest if greatest > 0 else math.nan


def _on_kink(part: Trace) -> bool:
    kinks = ACTIVATIONS[part.layer.activation].kinks
    return any(bool((argument(part) == kink).any()) for kink in kinks)


def _moves_at_the_end(part: Trace) -> bool:
    states = part.full_states
    before = states[-2] if len(states) > 1 else part.initial_state
    return bool((states[-1] != before).any())


def _kind(found: Diagnosis, saturation: Saturation) -> str:
    if found.diverged_at is not None:
        return "diverged"
    if found.dead_from is not None:
        return "dead"
    pinned = saturation.share > MOSTLY
    if found.steps == 0:
        return "saturated" if pinned else "brief"
    rate = found.rate
    if rate > EDGE:
        if not saturation.bounded:
            return "growing"
        return "chaotic" if found.steps >= LONG_ENOUGH and found.moving else "expanding"
    if pinned:
        return "saturated"
    if rate >= -EDGE:
        return "edge"
    straight = found.straightness >= STRAIGHT and not math.isinf(rate)
    return "linear" if straight else "contracting"


def _last_finite_steps(trace: Trace) -> tuple[Trace | None, int]:
    """Return the end of a run, as long as can be looked at in passing, and its number of steps.

    It leaves out the first step of all, where U has nothing to act on. A run of that one step is
    returned with the number 0; None if nothing is finite.
    """
    end = trace.timesteps if trace.diverged_at is None else trace.diverged_at
    if end == 0:
        return None, 0
    most = int(max(_LEAST_STEPS, min(_MOST_STEPS, _NUMBERS_READ / trace.layer.state_size**2)))
    if trace.layer.structure != "elementwise":
        most = max(_LEAST_STEPS, most // 8)
    if end == 1:
        return trace.part(0, 1), 0
    start = max(0, end - 1 - most)
    part = trace.part(start + 1, end)
    return part, part.timesteps


def _gradient(part: Trace) -> float:
    """Return log₁₀ of the spectral norm of the product of all Jacobians.

    Where that is cheap, of the product itself. Else a random change is sent forwards, and where it
    arrives is sent back: the power iteration for JᵀJ, which never says too much. For long
    products one round is enough, for short ones it goes on until it settles, within what may be
    read in passing.
    """
    steps, size = part.timesteps, part.layer.state_size
    linearisation = linearise(part)
    if steps * size**3 <= _NUMBERS_READ:
        whole, grown = _carry(linearisation.push, range(steps), np.eye(size))
        if math.isinf(grown):
            return grown
        return (grown + math.log(np.linalg.norm(whole, 2))) / math.log(10)
    change = np.random.default_rng(0).standard_normal((1, size))
    rounds = int(max(1, min(_MOST_ROUNDS, _NUMBERS_READ / (2 * steps * size**2))))
    grown = -math.inf
    for _ in range(rounds):
        before = grown
        change, grown = _carry(linearisation.push, range(steps), change)
        if math.isinf(grown):
            break
        change, grown = _carry(linearisation.pull, range(steps - 1, -1, -1), change)
        if math.isinf(grown) or abs(grown - before) < _SETTLED:
            break
    return grown / math.log(10)


def _carry(apply, order: range, change: np.ndarray) -> tuple[np.ndarray, float]:
    """Return changes after all steps, of length 1 together, and log of how they grew together.

    ``change`` holds a change in each row; the length of all rows together is the Frobenius norm.
    """
    size = math.log(np.linalg.norm(change))
    change = change / np.linalg.norm(change)
    for timestep in order:
        change = apply(timestep, change)
        length = math.sqrt(float(change.ravel().dot(change.ravel())))
        if length < _SQUARES_ARE_LOST:
            # A step may shrink a change so far that its square is 0, and it is not.
            largest = float(np.abs(change).max())
            if not largest > 0:
                return change, -math.inf
            length = largest * float(np.linalg.norm(change / largest))
        change *= 1 / length
        size += math.log(length)
    return change, size


def _zero_from(states: np.ndarray) -> int | None:
    """Return the first timestep from which on every state is exactly 0; None if the last is not."""
    if states[-1].any():
        return None
    alive = np.flatnonzero(states.any(axis=-1))
    return int(alive[-1]) + 1 if alive.size else 0
