"""How far back can a linear read-out see? The memory capacity curve on unseen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import unroll
from rnnviz.engine.cells.cell import RecurrentCell

_STRETCH = 256
_FAINT = 1e-6
_LARGEST = 1e100


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
        Steps that were fitted, and as many other ones that were predicted.
    mean, amplitude : ndarray (features,), float
        The network was driven with mean + amplitude·z_t, z_t white noise, all features alike.
    finite : bool
        False if the driven network diverged; the capacity is then all zeros.
    """

    capacity: np.ndarray
    error: np.ndarray
    units: int
    steps: int
    mean: np.ndarray
    amplitude: float
    finite: bool

    @property
    def total(self) -> float:
        """Memory capacity Σ_{k≥0} MC_k, as far as the lags reach."""
        return float(self.capacity.sum())

    @property
    def total_error(self) -> float:
        """Standard error of the total, the lags taken as independent."""
        return float(np.sqrt(self.error @ self.error))

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
        if self.total < 0.01:
            return verdict("memory.none", **numbers)
        if self.horizon is None:
            return verdict("memory.faint", **numbers)
        kind = "present" if self.horizon == 0 else "past"
        return verdict(f"memory.{kind}", **numbers, horizon=self.horizon)


def memory(
    layer: RecurrentCell,
    mean: np.ndarray | float = 0.0,
    amplitude: float = 1.0,
    lags: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Memory:
    """Drive the network with white noise, fit read-outs on one run, judge them on another.

    Jaeger, Short term memory in echo state networks, GMD report 152 (2001). The noise repeats
    with a flat spectrum, so that over one period its delayed copies are orthogonal exactly, not
    on average. Squared correlations of orthogonal signals with what ``units`` numbers can span
    sum up to ``units`` at most: no estimate here can exceed the bound, whatever the luck.

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    mean, amplitude : ndarray (features,) or float, float
        The input is mean + amplitude·z_t in every feature; z_t has mean 0 and variance 1.
    lags : int, optional
        Twice the units by default, at least 20.
    seed : int
        Of the noise.
    progress : callable, optional
        Called with 0…1.
    """
    units = layer.units
    period = 2 ** int(np.ceil(np.log2(max(512, min(8 * units, 4096)))))
    lags = min(max(20, 2 * units) if lags is None else lags, period // 2)
    mean = np.broadcast_to(np.asarray(mean, np.float64), (layer.features,)).copy()
    noise = np.stack([_flat_noise(period, random) for random in _generators(seed)])
    inputs = mean + amplitude * np.concatenate([noise, noise], axis=1)[..., None]
    states = _drive(layer, inputs, progress)[:, period:].astype(np.float64)
    with np.errstate(invalid="ignore"):
        finite = bool((np.abs(states) < _LARGEST).all())
    capacity = _capacity(states, noise, lags) if finite else np.zeros(lags)
    error = 2 * np.sqrt(capacity) * (1 - capacity) / np.sqrt(period)
    if progress is not None:
        progress(1.0)
    for array in (capacity, error, mean):
        array.setflags(write=False)
    return Memory(capacity, error, units, period, mean, float(amplitude), finite)


def _capacity(states: np.ndarray, noise: np.ndarray, lags: int) -> np.ndarray:
    """Fit read-outs on the first run, return the share of variance explained on the second.

    ``states`` (2, period, units), ``noise`` (2, period) -> (lags,). All sums over time that are
    needed are those of states with states and of states with delayed noise, which FFT gives for
    all delays at once.
    """
    fitted, judged = states - states[0].mean(axis=0)
    weights = _read_out(fitted.T @ fitted, _with_delayed(fitted, noise[0], lags))
    along = (_with_delayed(judged, noise[1], lags) * weights).sum(axis=0)
    squares = (weights * (judged.T @ judged @ weights)).sum(axis=0)
    explained = (2 * along - squares) / noise.shape[1]
    return np.maximum(explained, 0.0)


def _with_delayed(states: np.ndarray, noise: np.ndarray, lags: int) -> np.ndarray:
    """Σ_t h_t·z_{t−k} over one period, (units, lags)."""
    spectrum = np.fft.rfft(states.T) * np.fft.rfft(noise).conj()
    return np.fft.irfft(spectrum, len(noise))[:, :lags]


def _read_out(covariance: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return least-squares weights (units, lags), without directions too faint to be read.

    By the normal equations: a direction a million times weaker than the strongest is lost in any
    noise, and in theirs; so it is left out.
    """
    eigenvalues, directions = np.linalg.eigh(covariance)
    read = eigenvalues > _FAINT**2 * max(eigenvalues[-1], 0.0)
    directions = directions[:, read]
    return directions @ ((directions.T @ wanted) / eigenvalues[read, None])


def _generators(seed: int) -> list[np.random.Generator]:
    return np.random.default_rng(seed).spawn(2)


def _flat_noise(period: int, random: np.random.Generator) -> np.ndarray:
    """Noise of one period with the same power at all frequencies, variance 1, (period,)."""
    spectrum = np.exp(2j * np.pi * random.random(period // 2 + 1))
    spectrum[[0, -1]] = np.sign(random.random(2) - 0.5)
    return np.fft.irfft(spectrum, period) * np.sqrt(period)


def _drive(layer, inputs, progress) -> np.ndarray:
    """Unroll stretch by stretch, so that it can be stopped; states (2, steps, units)."""
    states = np.empty((*inputs.shape[:2], layer.units), layer.dtype)
    current = None
    for start in range(0, inputs.shape[1], _STRETCH):
        span = slice(start, start + _STRETCH)
        run = unroll(layer, inputs[:, span], current)
        states[:, span], current = run.states, run.full_states[:, -1]
        if progress is not None:
            progress(0.8 * span.stop / inputs.shape[1])
    return states
