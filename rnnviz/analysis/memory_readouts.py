"""Linear read-outs of the delayed noise from a driven network's states, judged on unseen data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.memory_drive import SEQUENCES, SETTLED, Driven

_FAINT = 1e-6
_STUDENT = 2.365
"""Student's t for seven degrees of freedom, two-sided 95 %."""
_ROUNDING = 1e-6
NOTHING = 0.01
"""A capacity below this is next to nothing."""
_DAMPINGS = (1e-8, 1e-6, 1e-4, 1e-2, 1.0)
"""Ridges that are tried, relative to the strongest direction, where a plain read-out fails."""


def mean_and_band(estimates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over the sequences and the half width of its 95 % interval."""
    spread = estimates.std(axis=0, ddof=1)
    return estimates.mean(axis=0), _STUDENT * spread / np.sqrt(SEQUENCES) + _ROUNDING


def estimates(drive: Driven, lags: int) -> np.ndarray:
    """Share of the variance explained, for each sequence from the others, (sequences, lags).

    All zeros where the states grow without end. All sums over time that are needed are those of
    states with states and of states with delayed noise, which FFT gives for all delays at once.
    What is fitted explains too much of its own data by as much, on
    average, as it explains too little of others; half of the gap is put back to every sequence.
    """
    if not drive.finite:
        return np.zeros((SEQUENCES, lags))
    states, noise = drive.states - drive.states.mean(axis=(0, 1)), drive.noise
    squares = np.stack([rows.T @ rows for rows in states])
    along = np.stack([_with_delayed(*pair, lags) for pair in zip(states, noise, strict=True)])
    fits = [_Fit.without(index, squares, along, drive.least) for index in range(len(squares))]
    period = drive.period
    plain = _judged(fits, 0.0) / period
    total, band = mean_and_band(plain.sum(axis=1))
    if abs(total) + band >= NOTHING:  # else states stand still in most sequences
        own = np.stack([fit.own() for fit in fits]) / (period * (len(fits) - 1))
        plain = plain + (own - plain).mean(axis=0) / 2
        total = mean_and_band(plain.sum(axis=1))[0]
    # States of which a few far ones decide everything (a unit that is saturated but for them) have
    # read-outs that are far off on other data. A damped one is nearer to what can be read.
    for damping in _DAMPINGS:
        damped = _judged(fits, damping) / period
        other, narrower = mean_and_band(damped.sum(axis=1))
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
        read = _can_be_read(eigenvalues, least)
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


def rounding(drive: Driven) -> float:
    """How far off rounding may set the total.

    A direction that is weaker by s than the strongest one is known to rounding / s² from sums
    of squares, and to kept / s from states that have not quite settled; one that is as weak
    as rounding itself counts or does not by chance, but explains 1 at most. And none explains
    more than all do.
    """
    if not drive.finite:
        return 0.0
    states = (drive.states - drive.states.mean(axis=(0, 1))).reshape(-1, drive.states.shape[2])
    eigenvalues = np.linalg.eigvalsh(states.T @ states)
    strongest = max(eigenvalues[-1], 0.0)
    weak = eigenvalues[_can_be_read(eigenvalues, drive.least)]
    if not weak.size:
        return 0.0
    kept = drive.kept * np.sqrt(strongest / weak) if drive.kept < SETTLED else 0.0
    lost = np.finfo(np.float64).eps * strongest / weak + kept + drive.least / weak
    return float(np.minimum(lost, 1.0).sum())


def _can_be_read(eigenvalues: np.ndarray, least: float) -> np.ndarray:
    """Whether each direction is strong enough, of sums of squares in rising order."""
    return eigenvalues > max(_FAINT**2 * max(eigenvalues[-1], 0.0), least)
