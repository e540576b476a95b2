"""Three-bit flip-flop: remember the sign of the last pulse in each of three channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task

CHANNELS = 3
PULSES = 0.1
"""Share of the timesteps in which a channel has a pulse."""


class FlipFlop(Task):
    """Pulses of ±1 in three channels; each output holds the last pulse of its channel.

    A network that has learnt it keeps 2³ = 8 states that stand still (Sussillo & Barak 2013).
    Every channel begins with a pulse, so that there is always something to hold.
    """

    name = "flip_flop"
    loss = "mean_squared_error"
    defaults: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "timesteps": 50,
        "learning_rate": 3e-3,
        "steps": 800,
    }
    solved_at = 1.0
    features = CHANNELS
    outputs = CHANNELS

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        shape = (batch, self.timesteps, CHANNELS)
        pulsed = generator.random(shape) < PULSES
        pulsed[:, 0] = True
        pulses = pulsed * (2.0 * generator.integers(2, size=shape) - 1)
        last = np.maximum.accumulate(pulsed * np.arange(self.timesteps)[:, None], axis=1)
        return Batch(pulses, np.take_along_axis(pulses, last, axis=1))

    def references(self) -> tuple[Reference, ...]:
        """Saying 0 always costs 1, the mean square of ±1."""
        return Reference("nothing", 1.0), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of bits right: outputs with the sign of the target."""
        return float(((outputs.transpose(2, 0, 1) > 0) == (batch.targets > 0)).mean())
