"""Echo: say each bit again, a number of timesteps later."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task, share_right


class Echo(Task):
    """Read ±1 at random; the target is whether the number `delay` timesteps ago was +1.

    A state must hold the last `delay` bits. Before any bit has come round nothing counts.
    """

    name = "echo"
    loss = "binary_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "units": 64,
        "timesteps": 50,
        "steps": 400,
    }
    solved_at = 1.0

    @property
    def timesteps(self) -> int:
        """At least one timestep in which an echo can be heard."""
        return max(self.settings.timesteps, self.settings.delay + 1)

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        delay = self.settings.delay
        bits = generator.integers(2, size=(batch, self.timesteps, 1)).astype(float)
        targets = np.zeros_like(bits)
        targets[:, delay:] = bits[:, : self.timesteps - delay]
        mask = np.zeros((batch, self.timesteps))
        mask[:, delay:] = 1
        return Batch(2 * bits - 1, targets, mask)

    def references(self) -> tuple[Reference, ...]:
        """One half for every bit costs log 2."""
        return Reference("nothing", math.log(2)), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of bits right."""
        return share_right(outputs, batch.targets, batch.mask)
