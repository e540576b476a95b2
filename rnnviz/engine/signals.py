"""Input signals: what a network is fed.

Every entry of `SIGNALS` is called as ``signal(generator, timesteps, features, settings)`` and
returns a new float64 array (timesteps, features). A longer signal begins with the shorter one of
the same seed: nothing depends on the timesteps but the number of rows. All but the two noises
give every feature the same number, so that each row tells of its own timestep only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class SignalSettings:
    """What can be set about a signal.

    Attributes
    ----------
    amplitude : float
        A factor on the whole signal.
    period : float
        In timesteps: the period of `sine`, and the timestep at which `step` goes up.
    standardised : bool
        Whether `sunspots` and `co2` are shifted and scaled to mean 0 and standard deviation 1
        over the whole series, or keep their own numbers.
    """

    amplitude: float = 1.0
    period: float = 25.0
    standardised: bool = True


def uniform(generator: np.random.Generator, timesteps, features, settings) -> np.ndarray:
    """Independent noise from U[0, amplitude), the lecture's input."""
    return settings.amplitude * generator.random((timesteps, features))


def normal(generator: np.random.Generator, timesteps, features, settings) -> np.ndarray:
    """Independent normal noise of mean 0 and standard deviation `amplitude`."""
    return settings.amplitude * generator.standard_normal((timesteps, features))


def zeros(generator, timesteps, features, settings) -> np.ndarray:
    """Nothing at all."""
    return np.zeros((timesteps, features))


def constant(generator, timesteps, features, settings) -> np.ndarray:
    """The amplitude at every timestep."""
    return np.full((timesteps, features), float(settings.amplitude))


def impulse(generator, timesteps, features, settings) -> np.ndarray:
    """The amplitude at timestep 0, then nothing."""
    signal = np.zeros((timesteps, features))
    signal[0] = settings.amplitude
    return signal


def step(generator, timesteps, features, settings) -> np.ndarray:
    """Nothing before timestep `period`, the amplitude from there on."""
    return _columns(settings.amplitude * (np.arange(timesteps) >= settings.period), features)


def sine(generator, timesteps, features, settings) -> np.ndarray:
    """The wave amplitude · sin(2π · timestep / period)."""
    angle = 2 * np.pi * (np.arange(timesteps) / settings.period)
    return _columns(settings.amplitude * np.sin(angle), features)


def sunspots(generator, timesteps, features, settings) -> np.ndarray:
    """Yearly sunspot numbers from 1700 to 2008; see data/PROVENANCE.md.

    One year a timestep. After the last of the 309 years the series starts again with 1700.
    """
    return _columns(_series("sunspots", timesteps, settings), features)


def co2(generator, timesteps, features, settings) -> np.ndarray:
    """Weekly CO₂ at Mauna Loa from March 1958 to December 2001, in ppm; see data/PROVENANCE.md.

    One week a timestep; weeks without a figure are interpolated linearly. After the last of the
    2,284 weeks the series starts again with the first, which is a fall of 55 ppm.
    """
    return _columns(_series("co2", timesteps, settings), features)


def _columns(values: np.ndarray, features: int) -> np.ndarray:
    return np.repeat(np.asarray(values, float)[:, None], features, axis=1)


def _series(name: str, timesteps: int, settings: SignalSettings) -> np.ndarray:
    values = measured_series(name)
    if settings.standardised:
        values = (values - values.mean()) / values.std()
    return settings.amplitude * np.resize(values, timesteps)


@cache
def measured_series(name: str) -> np.ndarray:
    """One of the shipped series, gaps filled by linear interpolation; (309,) or (2284,).

    Parameters
    ----------
    name : {"sunspots", "co2"}
        Read when first asked for.

    Returns
    -------
    ndarray
        Read-only.
    """
    path = Path(__file__).parent / "data" / f"{name}.csv"
    values = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(1,))
    at, known = np.arange(len(values)), np.isfinite(values)
    filled = np.interp(at, at[known], values[known])
    filled.setflags(write=False)
    return filled


SIGNALS: dict[str, Callable[..., np.ndarray]] = {
    signal.__name__: signal
    for signal in (uniform, normal, zeros, constant, impulse, step, sine, sunspots, co2)
}
