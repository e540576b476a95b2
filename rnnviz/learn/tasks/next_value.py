"""Next value: what a series will be one timestep later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.engine.signals import measured_series
from rnnviz.learn.tasks.task import Batch, Reference, Task, TaskSettings

HELD_OUT = 0.25
"""Share of a series, its end, that nothing is learnt from."""
_UNITS = {"co2": "ppm", "sunspots": "sunspot_number"}
_PERIOD = 25


class NextValue(Task):
    """Read a series; the target at each timestep is its next value.

    Windows are drawn from the first three quarters; the last quarter is held out. The network
    reads and says the values standardised by mean and deviation of the part it learns from; of
    CO₂, which rises all the time, it reads and says the change from week to week. The answer of
    doing nothing is the naive forecast, tomorrow = today.
    """

    name = "next_value"
    loss = "mean_squared_error"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cell": "GRU",
        "units": 16,
        "timesteps": 40,
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "steps": 250,
    }
    measure_name = "root_mean_square_error"
    larger_is_better = False

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        raw = _series(settings)
        # A rising series has no mean to return to: its changes have.
        self.differenced = settings.series == "co2"
        series = np.diff(raw) if self.differenced else raw
        cut = int(len(series) * (1 - HELD_OUT))
        self.deviation = float(series[:cut].std()) or 1.0
        self.standardised = (series - series[:cut].mean()) / self.deviation
        self.learnt, self.kept = self.standardised[:cut], self.standardised[cut:]

    @property
    def timesteps(self) -> int:
        """No longer than both parts of the series allow."""
        return max(1, min(self.settings.timesteps, len(self.learnt) - 1, len(self.kept) - 1))

    @property
    def unit(self) -> str:
        """The unit of the series."""
        return _UNITS.get(self.settings.series, "")

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        return self._windows(self.learnt, generator, batch)

    def held_out(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`: windows of the last quarter."""
        return self._windows(self.kept, generator, batch)

    def _windows(self, part: np.ndarray, generator: np.random.Generator, batch: int) -> Batch:
        starts = generator.integers(len(part) - self.timesteps, size=batch)
        windows = part[starts[:, None] + np.arange(self.timesteps + 1)]
        mask = np.ones((batch, self.timesteps))
        if self.timesteps > 4:  # a network that has seen one value cannot know where it goes
            mask[:, : self.timesteps // 4] = 0
        return Batch(windows[:, :-1, None], windows[:, 1:, None], mask)

    def references(self) -> tuple[Reference, ...]:
        """The naive forecast and a linear autoregression, both on the held-out part."""
        found = [Reference("nothing", self._naive(), False)]
        linear = self._linear()
        if linear is not None:
            found.append(Reference("linear", linear, False))
        return tuple(found)

    def _naive(self) -> float:
        # Of a differenced series "as today" is a change of 0, which is −mean/deviation here.
        if self.differenced:
            zero = self.standardised - np.diff(_series(self.settings)) / self.deviation
            return float(np.square(self.kept[1:] - zero[0]).mean())
        return float(np.square(np.diff(self.kept)).mean())

    def _linear(self) -> float | None:
        """Error of the best of 1 … 20 lags, chosen and fitted by least squares on what is learnt.

        The order is the one with the least Akaike information criterion.
        """
        best = None
        for lags in range(1, min(20, len(self.learnt) // 4, len(self.kept) // 2) + 1):
            rows, wanted = _lagged(self.learnt, lags)
            weights = np.linalg.lstsq(rows, wanted, rcond=None)[0]
            error = float(np.square(rows @ weights - wanted).mean())
            criterion = len(wanted) * np.log(max(error, 1e-300)) + 2 * (lags + 1)
            if best is None or criterion < best[0]:
                best = criterion, lags, weights
        if best is None:
            return None
        rows, wanted = _lagged(self.kept, best[1])
        return float(np.square(rows @ best[2] - wanted).mean())

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Root of the mean squared error, in the unit of the series."""
        error = np.square(outputs[:, 0].T - batch.targets[..., 0])
        assert batch.mask is not None
        return float(np.sqrt(error[batch.mask > 0].mean()) * self.deviation)


def _lagged(series: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows (1, x_{t−1}, …, x_{t−lags}) and x_t."""
    columns = [series[lags - 1 - k : len(series) - 1 - k] for k in range(lags)]
    return np.stack([np.ones(len(series) - lags), *columns], axis=1), series[lags:]


def _series(settings: TaskSettings) -> np.ndarray:
    if settings.series == "sine":
        return np.sin(2 * np.pi * np.arange(400) / _PERIOD)
    if settings.series == "own":
        values = np.asarray(settings.own_series, float)
        if len(values) < 12 or not np.isfinite(values).all():
            raise ValueError(
                f"A series of your own needs at least 12 finite numbers, but it has {len(values)}."
            )
        return values
    return np.asarray(measured_series(settings.series))
