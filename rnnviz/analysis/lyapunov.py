"""How fast do neighbouring states part? The Lyapunov spectrum along a run, by QR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.band import mean_along_a_run
from rnnviz.analysis.jacobian import Linearisation
from rnnviz.analysis.linearisation import (
    finite_timesteps,
    linearise,
    linearise_steeper,
    on_kinks,
    one_sequence,
)
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, moment, verdict
from rnnviz.engine import Trace
from rnnviz.knobs import Whole, knob

_NEUTRAL = 1e-3
_ROUNDING = 1e-12
_CURVES = 4
_REPORTS = 400


@dataclass(frozen=True, eq=False)
class Lyapunov:
    """Lyapunov exponents, natural logarithm per step. Arrays are read-only float64.

    Parameters
    ----------
    exponents : ndarray (count,)
        Largest first, the mean over the steps from ``transient`` on; −inf where a direction is
        lost exactly (or below what float64 resolves).
    band : ndarray (count,)
        Half width of a 95 % interval, from the spread over stretches of the run and from its
        drift; 0 where the exponent is exact, inf where the run is too short to tell.
    finite_time : ndarray (steps, ≤ 4)
        Mean growth rate of the leading directions over the steps 0…t; −inf once a direction
        is lost.
    log_growth : ndarray (count,)
        Σ_t log|R_ii| over all steps, in the order of the QR; with all directions their sum is
        Σ_t log|det J_t|.
    state_size : int
        How many exponents there are; ``count`` of them were computed.
    exact : bool
        Whether every step has the same Jacobian, so that the exponents are ln|eigenvalue|.
    bounded : bool
        Whether the states cannot leave a bounded range.
    diverged_at : int or None
        First timestep without a finite state; only steps before it count.
    kinks : int
        Timesteps at which a unit stands exactly on a kink of the activation, where it has two
        slopes: ``exponents`` take the one that frameworks take, 0 for relu.
    steeper : float
        The largest exponent with the steeper slope at every kink; nan where there is none.
    """

    exponents: Annotated[np.ndarray, "count"]
    band: Annotated[np.ndarray, "count"]
    finite_time: Annotated[np.ndarray, "steps shown"]
    log_growth: Annotated[np.ndarray, "count"]
    state_size: int
    exact: bool
    bounded: bool
    diverged_at: int | None
    kinks: int = 0
    steeper: float = float("nan")

    @property
    def converged(self) -> bool:
        """Whether the sign of the largest exponent is certain, or it is 0 within 0.01."""
        if not self.exponents.size:
            return False
        largest, band = self.exponents[0], self.band[0]
        return bool(np.isneginf(largest) or band < abs(largest) or band < 0.01)

    @property
    def dimension(self) -> float:
        """Kaplan-Yorke dimension of the attractor; nan if too few exponents were computed."""
        sums = np.cumsum(self.exponents)
        below = np.flatnonzero(sums < 0)
        if not below.size:
            complete = self.exponents.size == self.state_size
            return float(self.state_size) if complete else float("nan")
        whole = int(below[0])
        if whole == 0:
            return 0.0
        return whole + float(sums[whole - 1] / -self.exponents[whole])

    @property
    def verdict(self) -> Verdict:
        """What the exponents mean."""
        if not self.exponents.size:
            return verdict("lyapunov.diverged", **moment(0))
        largest, band = float(self.exponents[0]), float(self.band[0])
        largest = 0.0 if abs(largest) < _ROUNDING else largest
        numbers = {"exponent": largest, "band": band, "steps": len(self.finite_time)}
        if self.kinks and self.steeper > max(largest, -1e300) + _NEUTRAL:
            numbers |= {"steeper": self.steeper, "kinks": self.kinks}
            return verdict("lyapunov.kink", **numbers)
        if np.isneginf(largest):
            lost = np.flatnonzero(np.isneginf(self.finite_time[:, 0]))
            return verdict("lyapunov.lost", **moment(lost[0] if lost.size else 0))
        if not self.converged:
            return verdict("lyapunov.undecided", **numbers)
        if abs(largest) <= max(band, _NEUTRAL):
            return verdict("lyapunov.neutral", **numbers)
        numbers["time"] = 1 / abs(largest)
        # Growth that never changes is that of one fixed step, or has no bound: not yet chaos.
        apart = "parting" if self.exact or not self.bounded else "chaos"
        return verdict(f"lyapunov.{apart if largest > 0 else 'forgetting'}", **numbers)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row an exponent, largest first."""
        import pandas as pd

        ranks = 1 + np.arange(len(self.exponents))
        return pd.DataFrame({"rank": ranks, "exponent": self.exponents, "band": self.band})


def lyapunov(
    trace: Trace,
    count: int | None = None,
    transient: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Lyapunov:
    """Follow ``count`` orthonormal directions through the run and measure how they stretch.

    Benettin et al., Meccanica 15 (1980) 9-20, in the QR form of Geist, Parlitz and Lauterborn,
    Progress of Theoretical Physics 83 (1990) 875-893.

    Parameters
    ----------
    trace : Trace
        The run of one sequence; exponents of a driven network are conditional on its input.
    count : int, optional
        How many of the leading exponents; all by default.
    transient : int, optional
        Steps left out of the mean; a tenth of the run by default.
    progress : callable, optional
        Called with 0…1, every step of a short run.

    Raises
    ------
    ValueError
        Where the trace holds several sequences, or a number does not fit.
    """
    one_sequence(trace)
    for name, value, least in (("count", count, 1), ("transient", transient, 0)):
        if value is not None and value < least:
            raise ValueError(f"{name} must be at least {least}, but it is {value}.")
    if transient is not None and transient >= trace.timesteps:
        raise ValueError(
            f"transient is {transient}, but the run has {trace.timesteps} timesteps: nothing would "
            "be left to measure."
        )
    steps, size = finite_timesteps(trace), trace.layer.state_size
    count = size if count is None else max(1, min(count, size))
    transient = steps // 10 if transient is None else min(transient, max(0, steps - 1))
    if steps == 0:
        nothing = np.empty(0)
        empty = (nothing, nothing, np.empty((0, 0)), nothing)
        return Lyapunov(*empty, size, False, False, trace.diverged_at)
    linearisation = linearise(trace)
    exponents, band, growth, constant = _exponents(
        linearisation, steps, size, count, transient, progress
    )
    kinks, other = _steeper(trace, steps, transient)
    order = np.argsort(-exponents, kind="stable") if constant is None else np.arange(count)
    leading = growth[:, order[:_CURVES]]
    finite_time = np.cumsum(leading, axis=0) / np.arange(1, steps + 1)[:, None]
    arrays = (exponents[order], band[order], finite_time, growth.sum(axis=0))
    for array in arrays:
        array.setflags(write=False)
    bounded = bool(np.isfinite(trace.layer.state_range).all())
    exact = constant is not None
    return Lyapunov(*arrays, size, exact, bounded, trace.diverged_at, kinks, other)


def _steeper(trace: Trace, steps: int, transient: int) -> tuple[int, float]:
    """Return at how many timesteps a unit is on a kink, and the exponent with steeper slopes."""
    steeper = linearise_steeper(trace)
    if steeper is None:
        return 0, float("nan")
    kinks = int(on_kinks(trace)[:steps].any(axis=1).sum())
    exponents = _exponents(steeper, steps, trace.layer.state_size, 1, transient, None)[0]
    return kinks, float(exponents[0])


def _exponents(
    linearisation: Linearisation,
    steps: int,
    size: int,
    count: int,
    transient: int,
    progress: Callable[[float], None] | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Return exponents, their bands, log growth of each step, and the Jacobian if all are one."""
    growth = _growth(linearisation, steps, size, count, progress)
    constant = linearisation.constant(steps)
    if constant is None:
        return *mean_along_a_run(growth[transient:]), growth, None
    with np.errstate(divide="ignore"):
        exponents = np.log(np.sort(np.abs(np.linalg.eigvals(constant)))[::-1][:count])
    return exponents, np.zeros(count), growth, constant


def _growth(
    linearisation: Linearisation,
    steps: int,
    size: int,
    count: int,
    progress: Callable[[float], None] | None,
) -> np.ndarray:
    """Return log|R_ii| of each step, (steps, count)."""
    growth, stride = np.empty((steps, count)), max(1, steps // _REPORTS)
    # No axis of the network is special: a start along the axes could miss the leading direction.
    start = np.random.default_rng(0).standard_normal((size, count))
    directions = np.linalg.qr(start)[0].T
    for timestep in range(steps):
        directions = linearisation.push(timestep, directions)
        growth[timestep], directions = _orthonormalised(directions)
        if progress is not None and (timestep + 1 == steps or timestep % stride == 0):
            progress((timestep + 1) / steps)
    return growth


def _orthonormalised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log|R_ii| and the orthonormal rows; −inf where R_ii is nothing but rounding."""
    orthonormal, triangular = np.linalg.qr(rows.T)
    diagonal = np.abs(np.diagonal(triangular))
    lengths = np.sqrt((rows * rows).sum(axis=1))
    lost = diagonal <= np.finfo(float).eps * len(rows) * lengths
    with np.errstate(divide="ignore"):
        return np.log(np.where(lost, 0.0, diagonal)), orthonormal.T


ALL_UP_TO = 128
"""State numbers up to which all exponents are computed unless it is said how many."""

LEADING = 32


@dataclass(frozen=True, kw_only=True)
class LyapunovParameters:
    """What can be set about the exponents; see :func:`lyapunov`.

    ``transient`` None is a tenth of the run; ``count`` None is all, or the 32 leading ones of more
    than 128.
    """

    transient: int | None = knob(
        None, Whole(0, 999_999, optional=True), control="number", quiet=True
    )
    count: int | None = knob(None, Whole(1, 4096, optional=True), control="number", quiet=True)


def _of(trace: Trace, parameters: LyapunovParameters, cursor: Cursor, progress) -> Lyapunov:
    count = parameters.count
    if count is None and trace.layer.state_size > ALL_UP_TO:
        count = LEADING
    return lyapunov(trace, count, parameters.transient, progress)


def _fitted(parameters: LyapunovParameters, trace: Trace) -> LyapunovParameters:
    if parameters.transient is None:
        return parameters
    return replace(parameters, transient=min(parameters.transient, trace.timesteps - 1))


ANALYSIS = Analysis("lyapunov", LyapunovParameters, _of, _fitted)
