"""Drive a network with noise that repeats, until its states repeat too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.engine import unroll
from rnnviz.engine.cells.cell import RecurrentCell

SEQUENCES = 8
_STRETCH = 256
_LARGEST = 1e100
_ROUNDINGS = 4.0
"""States that vary by no more than so many roundings stand still."""
SETTLED = 1e-9
"""States have settled when a period leaves no more of a difference; read-outs see down to 1e-6."""
_CHAOTIC = 0.5
"""Bounded states of which a period leaves more of a difference do not settle at all."""
_LONGEST = 8192
_LARGEST_DRIVE = 2**19
"""The longest period, and the largest number of states of a period, of a network that is slow."""

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Driven:
    """The states of the second of two equal periods of noise.

    Parameters
    ----------
    noise : ndarray (sequences, period)
    states : ndarray (sequences, period, units)
    kept : float
        How much of a difference in the state a period leaves: ‖h(2P) − h(P)‖ / ‖h(P) − h(0)‖, the
        largest of all sequences. A linear network whose spectral radius is ρ comes near ρ^P; above
        1 it never settles. That of a chaotic network is of the order of 1.
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
        """Timesteps after which the noise repeats."""
        return self.noise.shape[1]

    @property
    def is_slow(self) -> bool:
        """Whether the states come nearer to what they repeat, but are not there yet."""
        return self.finite and SETTLED < self.kept < (_CHAOTIC if self.bounded else np.inf)

    @property
    def period_to_settle(self) -> int:
        """The period, a power of two, in which the states settle; at most the longest."""
        if not self.is_slow:
            return self.period
        longest = max(self.period, min(_LONGEST, _LARGEST_DRIVE // self.states.shape[2]))
        if self.kept < 1:
            needed = self.period * np.log(SETTLED) / np.log(self.kept)
            longest = min(longest, max(self.period, int(2 * needed)))
        return 2 ** int(np.log2(longest))


def driven(
    layer: RecurrentCell,
    mean: np.ndarray,
    amplitude: float,
    period: int,
    lags: int,
    seed: int,
    progress: Progress | None = None,
) -> Driven:
    """Drive a network with two equal periods of mean + amplitude·z, z the noise of each sequence.

    ``lags`` (below half a period) is how many delayed copies of the noise are orthogonal to it;
    ``progress`` is called with 0…1.
    """
    generators = np.random.default_rng(seed).spawn(SEQUENCES)
    noise = np.stack([periodic_noise(period, lags, random) for random in generators])
    inputs = mean + amplitude * np.concatenate([noise, noise], axis=1)[..., None]
    both = _drive(layer, inputs, progress)
    first, states = (half.astype(np.float64) for half in (both[:, :period], both[:, period:]))
    bounded = bool(np.isfinite(layer.state_range).all())
    with np.errstate(invalid="ignore"):
        if not (np.abs(states) < _LARGEST).all():
            return Driven(noise, states, np.inf, 0.0, bounded, finite=False)
    before = np.linalg.norm(first[:, -1], axis=1)
    after = np.linalg.norm(states[:, -1] - first[:, -1], axis=1)
    rounding = _ROUNDINGS * np.finfo(layer.dtype).eps * np.abs(states).max(initial=0.0)
    left = np.zeros(SEQUENCES)
    np.divide(after, np.maximum(before, rounding), out=left, where=after > rounding)
    larger = np.abs(states).max(axis=(1, 2)) > np.abs(first).max(axis=(1, 2))
    least = rounding**2 * period * (SEQUENCES - 1)
    grows = not bounded and bool((left > 1).all() and larger.all())
    return Driven(noise, states, float(left.max()), least, bounded, finite=not grows)


def periodic_noise(period: int, lags: int, random: np.random.Generator) -> np.ndarray:
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
            progress(min(1.0, span.stop / inputs.shape[1]))
    return states
