"""How far back can a linear read-out see? The memory capacity curve on unseen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnviz.analysis.held import checked
from rnnviz.analysis.linearisation import one_sequence
from rnnviz.analysis.memory_drive import SEQUENCES, Driven, driven
from rnnviz.analysis.memory_readouts import NOTHING, estimates, mean_and_band, rounding
from rnnviz.analysis.registry import Analysis, Cursor
from rnnviz.analysis.verdict import Verdict, verdict
from rnnviz.engine import Trace
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.knobs import Real, Whole, knob


@dataclass(frozen=True, eq=False)
class Memory:
    """What a linear read-out of h_t knows of the input k steps before. Read-only float64.

    Parameters
    ----------
    capacity : ndarray (lags,)
        For k = 0, 1, …: share of the variance of x_{t−k} that the read-out explains on data it
        was not fitted to, 0…1 (0 where it explains nothing).
    error : ndarray (lags,)
        Half the width of the 95 % band of each.
    total, total_error : float
        Sum over all k, and half the width of its band.
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
        if self.total + self.total_error < NOTHING:
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
        Length of a period, rounded up to a power of two. By default four times the units, from 512
        to 2048, and longer where the states of a slow network take longer to settle.
    progress : callable, optional
        Called with 0…1.

    Raises
    ------
    ValueError
        Where the layer is a stack of networks, or a number does not fit.
    """
    mean = _checked(layer, mean, amplitude, lags, steps)
    units = layer.units
    wanted = int(np.clip(4 * units, 512, 2048)) if steps is None else max(steps, 16)
    period = 2 ** int(np.ceil(np.log2(wanted)))
    lags = min(max(20, 4 * units) if lags is None else lags, period // 2 - 1)

    def drive(period: int, begin: float, end: float, lags: int = lags) -> Driven:
        told = None if progress is None else lambda done: progress(begin + (end - begin) * done)
        return driven(layer, mean, amplitude, period, lags, seed, told)

    settled = drive(period, 0.0, 0.2 if steps is None else 0.9)
    if steps is None and settled.period_to_settle > period:
        settled = drive(settled.period_to_settle, 0.2, 0.9)
    found = estimates(settled, lags)
    capacity, error = mean_and_band(found)
    total, total_error = mean_and_band(found.sum(axis=1))
    total_error = total_error + min(rounding(settled), max(float(total), 0.0))
    if settled.is_slow and settled.period > 32:  # half a period tells how far off this one is
        shared = min(lags, settled.period // 4 - 1)
        half = estimates(drive(settled.period // 2, 0.9, 1.0, shared), shared)
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
        steps=settled.period * (SEQUENCES - 1),
        mean=mean,
        amplitude=float(amplitude),
        finite=settled.finite,
    )


def _checked(layer, mean, amplitude, lags, steps) -> np.ndarray:
    """Return the mean of the input, (features,); ValueError where a number does not fit."""
    mean = checked(layer, mean)
    if not (np.isfinite(amplitude) and amplitude > 0):
        raise ValueError(f"amplitude must be a positive number, but it is {amplitude}.")
    for name, value in (("lags", lags), ("steps", steps)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, but it is {value}.")
    return mean


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
