"""How far back can a linear read-out see? The memory capacity curve on unseen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.held import checked
from rnnviz.analysis.linearisation import one_sequence
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import Trace, unroll
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.knobs import Real, Whole, knob

_STRETCH = 256
_FAINT = 1e-6
_LARGEST = 1e100
_SEQUENCES = 8
_STUDENT = 2.365
"""Student's t for seven degrees of freedom, two-sided 95 %."""
_ROUNDING = 1e-6
_NOTHING = 0.01
"""A capacity below this is next to nothing."""
_DAMPINGS = (1e-8, 1e-6, 1e-4, 1e-2, 1.0)
"""Ridges that are tried, relative to the strongest direction, where a plain read-out fails."""
_ROUNDINGS = 4.0
"""States that vary by no more than so many roundings stand still."""
_SETTLED = 1e-9
"""States have settled when a period leaves no more of a difference; read-outs see down to 1e-6."""
_CHAOTIC = 0.5
"""Bounded states of which a period leaves more of a difference do not settle at all."""
_LONGEST = 8192
_LARGEST_DRIVE = 2**19
"""The longest period, and the largest number of states of a period, of a network that is slow."""


@dataclass(frozen=True, eq=False)
class Memory:
    """What a linear read-out of h_t knows of the input k steps before. Read-only float64.

    Parameters
    ----------
    capacity : ndarray (lags,)
        For k = 0, 1, …: share of the variance of x_{t−k} that the read-out explains on data it
        was not fitted to, 0…1 (0 where it explains nothing).
    error : ndarray (lags,)
        Standard error of each, 2·r·(1 − r²)/√steps for a squared correlation r².
    units : int
        What the sum over all k, k = 0 included, cannot exceed.
    steps : int
        Steps that were fitted; each of the eight sequences was predicted from the seven others.
    mean, amplitude : ndarray (features,), float
        The network was driven with mean + amplitude·z_t, z_t white noise, all features alike.
    finite : bool
        False if the states of the driven network grow without end; the capacity is then all zeros.
    """

    capacity: Annotated[np.ndarray, "lags"]
    error: Annotated[np.ndarray, "lags"]
    total: float
    total_error: float
    units: int
    steps: int
    mean: Annotated[np.ndarray, "features"]
    amplitude: float
    finite: bool

    @property
    def horizon(self) -> int | None:
        """Largest k at which half of the variance is still explained; None if there is none."""
        seen = np.flatnonzero(self.capacity >= 0.5)
        return int(seen[-1]) if seen.size else None

    @property
    def verdict(self) -> Verdict:
        """How far back the network can be read."""
        numbers = {"total": self.total, "error": self.total_error, "units": self.units}
        if not self.finite:
            return verdict("memory.diverged")
        if self.total + self.total_error < _NOTHING:
            return verdict("memory.none", **numbers)
        if self.horizon is None:
            return verdict("memory.faint", **numbers)
        kind = "present" if self.horizon == 0 else "past"
        return verdict(f"memory.{kind}", **numbers, horizon=self.horizon)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: one row a lag, with the half width of its 95 % band."""
        import pandas as pd

        lags = np.arange(len(self.capacity))
        return pd.DataFrame({"lag": lags, "capacity": self.capacity, "band": self.error})


def memory(
    layer: RecurrentCell,
    mean: np.ndarray | float = 0.0,
    amplitude: float = 1.0,
    lags: int | None = None,
    seed: int = 0,
    steps: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Memory:
    """Drive the network with white noise, fit read-outs on one run, judge them on another.

    Jaeger, Short term memory in echo state networks, GMD report 152 (2001). The noise repeats,
    has mean zero as the states have that it is compared with, and its delayed copies are
    orthogonal exactly, not on average, up to the last lag. Squared correlations of orthogonal
    signals with what ``units`` numbers can span sum up to ``units`` at most: no estimate here can
    exceed the bound, whatever the luck.

    A read-out explains more of the data that it was fitted to than of others, by about as much as
    it explains less of those than the best one would: the mean of both is the estimate. Eight
    sequences with noise of their own tell how far off it may be.

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    mean, amplitude : ndarray (features,) or float, float
        The input is mean + amplitude·z_t in every feature; z_t has mean 0 and variance 1.
    lags : int, optional
        Four times the units by default, at least 20; at most half a period.
    seed : int
        Of the noise.
    steps : int, optional
        Length of a period. By default four times the units, from 512 to 2048.
    progress : callable, optional
        Called with 0…1.

    Raises
    ------
    ValueError
        Where the layer is a stack of networks, or a number does not fit.
    """
    mean = _checked_memory(layer, mean, amplitude, lags, steps)
    units = layer.units
    wanted = int(np.clip(4 * units, 512, 2048)) if steps is None else max(steps, 16)
    period = 2 ** int(np.ceil(np.log2(wanted)))
    lags = min(max(20, 4 * units) if lags is None else lags, period // 2 - 1)

    def driven(period: int, begin: float, end: float, lags: int = lags) -> _Driven:
        told = None if progress is None else lambda done: progress(begin + (end - begin) * done)
        return _driven(layer, mean, amplitude, period, lags, seed, told)

    settled = driven(period, 0.0, 0.2 if steps is None else 0.9)
    longer = settled.period_to_settle(units) if steps is None else period
    if longer > period:
        settled = driven(longer, 0.2, 0.9)
    estimates = settled.estimates(lags)
    capacity, error = _mean_and_band(estimates)
    total, total_error = _mean_and_band(estimates.sum(axis=1))
    total_error = total_error + min(settled.rounding(), max(float(total), 0.0))
    if settled.is_slow and settled.period > 32:
        shared = min(lags, settled.period // 4 - 1)
        half = driven(settled.period // 2, 0.9, 1.0, shared).estimates(shared)
        error[:shared] += np.abs(half.mean(axis=0) - capacity[:shared])
        total_error = total_error + np.abs(half.sum(axis=1).mean() - capacity[:shared].sum())
    capacity = np.clip(capacity, 0.0, 1.0)
    if progress is not None:
        progress(1.0)
    for array in (capacity, error, mean):
        array.setflags(write=False)
    return Memory(
        capacity=capacity,
        error=error,
        total=float(np.clip(total, 0.0, units)),  # above by rounding alone
        total_error=float(total_error),
        units=units,
        steps=settled.period * (_SEQUENCES - 1),
        mean=mean,
        amplitude=float(amplitude),
        finite=settled.finite,
    )


def _checked_memory(layer, mean, amplitude, lags, steps) -> np.ndarray:
    """Return the mean of the input, (features,); ValueError where a number does not fit."""
    mean = checked(layer, mean)
    if not (np.isfinite(amplitude) and amplitude > 0):
        raise ValueError(f"amplitude must be a positive number, but it is {amplitude}.")
    for name, value in (("lags", lags), ("steps", steps)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, but it is {value}.")
    return mean


@dataclass(frozen=True, eq=False)
class _Driven:
    """The states of the second of two equal periods of noise.

    Parameters
    ----------
    noise : ndarray (sequences, period)
    states : ndarray (sequences, period, units)
    kept : float
        How much of a difference in the state a period leaves: ‖h(2P) − h(P)‖ / ‖h(P) − h(0)‖, the
        largest of all sequences. A linear network whose spectral radius is ρ comes near ρ^P; above
        1 it never settles. A chaotic one that is bounded stays at that.
    least : float
        Sum of squares of which the rounding of the states is to blame.
    bounded : bool
        Whether the cell bounds its states.
    finite : bool
        False if the states grow without end.
    """

    noise: np.ndarray
    states: np.ndarray
    kept: float
    least: float
    bounded: bool
    finite: bool

    @property
    def period(self) -> int:
        return self.noise.shape[1]

    @property
    def is_slow(self) -> bool:
        """Whether the states come nearer to what they repeat, but are not there yet."""
        return self.finite and _SETTLED < self.kept < (_CHAOTIC if self.bounded else np.inf)

    def period_to_settle(self, units: int) -> int:
        """Return the period, a power of two, in which the states settle; at most the longest."""
        if not self.is_slow:
            return self.period
        longest = min(_LONGEST, _LARGEST_DRIVE // units)
        if self.kept >= 1:
            return max(longest, self.period)
        needed = self.period * np.log(_SETTLED) / np.log(self.kept)
        return 2 ** int(np.log2(np.clip(2 * needed, self.period, max(longest, self.period))))

    def estimates(self, lags: int) -> np.ndarray:
        """Share of the variance explained, (sequences, lags)."""
        if not self.finite:
            return np.zeros((_SEQUENCES, lags))
        return _estimates(self.states, self.noise, lags, self.least)

    def rounding(self) -> float:
        """How far off rounding may set the total.

        A direction that is weaker by s than the strongest one is known to rounding / s² from sums
        of squares, and to kept / s from states that have not quite settled; one that is as weak
        as rounding itself counts or does not by chance, but explains 1 at most. And none explains
        more than all do.
        """
        if not self.finite:
            return 0.0
        states = (self.states - self.states.mean(axis=(0, 1))).reshape(-1, self.states.shape[2])
        eigenvalues = np.linalg.eigvalsh(states.T @ states)
        strongest = max(eigenvalues[-1], 0.0)
        weak = eigenvalues[eigenvalues > max(_FAINT**2 * strongest, self.least)]
        if not weak.size:
            return 0.0
        kept = self.kept * np.sqrt(strongest / weak) if self.kept < _SETTLED else 0.0
        lost = np.finfo(np.float64).eps * strongest / weak + kept + self.least / weak
        return float(np.minimum(lost, 1.0).sum())


def _driven(layer, mean, amplitude, period, lags, seed, progress) -> _Driven:
    noise = np.stack([_noise(period, lags, random) for random in _generators(seed)])
    inputs = mean + amplitude * np.concatenate([noise, noise], axis=1)[..., None]
    both = _drive(layer, inputs, progress)
    first, states = (half.astype(np.float64) for half in (both[:, :period], both[:, period:]))
    bounded = bool(np.isfinite(layer.state_range).all())
    with np.errstate(invalid="ignore"):
        if not (np.abs(states) < _LARGEST).all():
            return _Driven(noise, states, np.inf, 0.0, bounded, finite=False)
    before = np.linalg.norm(first[:, -1], axis=1)
    after = np.linalg.norm(states[:, -1] - first[:, -1], axis=1)
    rounding = _ROUNDINGS * np.finfo(layer.dtype).eps * np.abs(states).max(initial=0.0)
    left = np.zeros(_SEQUENCES)
    np.divide(after, np.maximum(before, rounding), out=left, where=after > rounding)
    larger = np.abs(states).max(axis=(1, 2)) > np.abs(first).max(axis=(1, 2))
    least = rounding**2 * period * (_SEQUENCES - 1)
    grows = not bounded and bool((left > 1).all() and larger.all())
    return _Driven(noise, states, float(left.max()), least, bounded, finite=not grows)


def _mean_and_band(estimates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over the sequences and the half width of its 95 % interval."""
    spread = estimates.std(axis=0, ddof=1)
    return estimates.mean(axis=0), _STUDENT * spread / np.sqrt(_SEQUENCES) + _ROUNDING


def _estimates(states: np.ndarray, noise: np.ndarray, lags: int, least: float) -> np.ndarray:
    """Share of the variance explained, for each sequence from the others, (sequences, lags).

    ``states`` (sequences, period, units), ``noise`` (sequences, period). All sums over time that
    are needed are those of states with states and of states with delayed noise, which FFT gives
    for all delays at once. What is fitted explains too much of its own data by as much, on
    average, as it explains too little of others; half of the gap is put back to every sequence.
    """
    states = states - states.mean(axis=(0, 1))
    squares = np.stack([rows.T @ rows for rows in states])
    along = np.stack([_with_delayed(*pair, lags) for pair in zip(states, noise, strict=True)])
    fits = [_Fit.without(index, squares, along, least) for index in range(len(squares))]
    period = noise.shape[1]
    plain = _judged(fits, 0.0) / period
    total, band = _mean_and_band(plain.sum(axis=1))
    if abs(total) + band >= _NOTHING:  # else states stand still in most sequences
        own = np.stack([fit.own() for fit in fits]) / (period * (len(fits) - 1))
        plain = plain + (own - plain).mean(axis=0) / 2
        total = _mean_and_band(plain.sum(axis=1))[0]
    # States of which a few far ones decide everything (a unit that is saturated but for them) have
    # read-outs that are far off on other data. A damped one is nearer to what can be read.
    for damping in _DAMPINGS:
        damped = _judged(fits, damping) / period
        other, narrower = _mean_and_band(damped.sum(axis=1))
        if other - narrower > total:
            plain, total = damped, other
    return plain


@dataclass(frozen=True, eq=False)
class _Fit:
    """Least-squares read-outs that all sequences but one fit, and that are judged on that one.

    By the normal equations, in the directions of the states' covariance that can be read. One that
    is a million times weaker than the strongest is lost in any noise, and in theirs; so it is left
    out. So is one whose sum of squares is below what rounding makes.

    Parameters
    ----------
    strengths : ndarray (directions,)
        Sums of squares of the states that are fitted.
    strongest : float
    wanted : ndarray (directions, lags)
        Their products with the delayed noise.
    squares, along : ndarray (directions, directions), (directions, lags)
        The same two of the sequence that was left out.
    """

    strengths: np.ndarray
    strongest: float
    wanted: np.ndarray
    squares: np.ndarray
    along: np.ndarray

    @classmethod
    def without(cls, index: int, squares: np.ndarray, along: np.ndarray, least: float) -> _Fit:
        """Fit all but one of the sequences."""
        eigenvalues, directions = np.linalg.eigh(squares.sum(axis=0) - squares[index])
        strongest = max(float(eigenvalues[-1]), 0.0)
        read = eigenvalues > max(_FAINT**2 * strongest, least)
        directions = directions[:, read]
        wanted = directions.T @ (along.sum(axis=0) - along[index])
        own_squares = directions.T @ squares[index] @ directions
        own_along = directions.T @ along[index]
        return cls(eigenvalues[read], strongest, wanted, own_squares, own_along)

    def judged(self, damping: float) -> np.ndarray:
        """Return Σ_t z² − Σ_t (z − w·h)² of the one that was left out, for each lag."""
        weights = self.wanted / (self.strengths + damping * self.strongest)[:, None]
        return (weights * (2 * self.along - self.squares @ weights)).sum(axis=0)

    def own(self) -> np.ndarray:
        """Return the same of those that were fitted, without damping."""
        return (self.wanted**2 / self.strengths[:, None]).sum(axis=0)


def _judged(fits: list[_Fit], damping: float) -> np.ndarray:
    return np.stack([fit.judged(damping) for fit in fits])


def _with_delayed(states: np.ndarray, noise: np.ndarray, lags: int) -> np.ndarray:
    """Σ_t h_t·z_{t−k} over one period, (units, lags)."""
    spectrum = np.fft.rfft(states.T) * np.fft.rfft(noise).conj()
    return np.fft.irfft(spectrum, len(noise))[:, :lags]


def _generators(seed: int) -> list[np.random.Generator]:
    return np.random.default_rng(seed).spawn(_SEQUENCES)


def _noise(period: int, lags: int, random: np.random.Generator) -> np.ndarray:
    """Noise of one period with mean 0 and variance 1, orthogonal to its copies up to ``lags``.

    Mean zero takes the power at frequency 0 away, which a flat spectrum would have; the
    correlation that this costs is laid on the delays beyond ``lags``, evenly. Its spectrum there
    is at most 1 in size, so that what is left of the noise's is never negative.
    """
    beyond = np.zeros(period)
    beyond[lags + 1 : period - lags] = 1.0
    power = 1 - np.fft.rfft(beyond / beyond.sum()).real
    spectrum = np.exp(2j * np.pi * random.random(period // 2 + 1))
    spectrum[-1] = np.sign(random.random() - 0.5)
    spectrum *= np.sqrt(np.maximum(power, 0.0))
    spectrum[0] = 0.0
    return np.fft.irfft(spectrum, period) * np.sqrt(period)


def _drive(layer, inputs, progress) -> np.ndarray:
    """Unroll stretch by stretch, so that it can be stopped; states (sequences, steps, units)."""
    states = np.empty((*inputs.shape[:2], layer.units), layer.dtype)
    current = None
    for start in range(0, inputs.shape[1], _STRETCH):
        span = slice(start, start + _STRETCH)
        run = unroll(layer, inputs[:, span], current)
        states[:, span], current = run.states, run.full_states[:, -1]
        if progress is not None:
            progress(0.8 * span.stop / inputs.shape[1])
    return states


@dataclass(frozen=True, kw_only=True)
class MemoryParameters:
    """What can be set about the noise; see :func:`memory`.

    ``amplitude`` None is the standard deviation of the run's own input.
    """

    steps: int | None = knob(None, Whole(16, 65_536, optional=True), control="number", quiet=True)
    lags: int | None = knob(None, Whole(1, 32_767, optional=True), control="number", quiet=True)
    amplitude: float | None = knob(
        None, Real(1e-9, 1e6, optional=True), control="number", quiet=True
    )
    seed: int = knob(0, Whole(0, 2**31 - 1), control="number", quiet=True)


def _of(trace: Trace, parameters: MemoryParameters, cursor: Cursor, progress) -> Memory:
    one_sequence(trace)
    inputs = np.asarray(trace.inputs, np.float64)
    if not np.isfinite(inputs).all():
        inputs = np.zeros((1, trace.layer.features))
    amplitude = parameters.amplitude or float(inputs.std()) or 1.0
    lags, seed, steps = parameters.lags, parameters.seed, parameters.steps
    return memory(trace.layer, inputs.mean(axis=0), amplitude, lags, seed, steps, progress)


ANALYSIS = Analysis("memory", MemoryParameters, _of)
