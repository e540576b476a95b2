"""Running parity: has an odd number of ones come so far?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task, share_right


class Parity(Task):
    """Read ±1 at random; the target at every timestep is whether the +1s so far are odd.

    The least memory there is, one bit, but each input turns it over, so nothing may be forgotten
    or seen twice, and no sum of inputs tells it.
    """

    name = "parity"
    loss = "binary_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cell": "GRU",
        "units": 32,
        "timesteps": 20,
        "learning_rate": 3e-3,
        "steps": 800,
    }
    solved_at = 1.0

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        bits = generator.integers(2, size=(batch, self.timesteps, 1))
        return Batch(2.0 * bits - 1, np.cumsum(bits, axis=1) % 2.0)

    def references(self) -> tuple[Reference, ...]:
        """One half for every bit costs log 2."""
        return Reference("nothing", math.log(2)), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of bits right."""
        return share_right(outputs, batch.targets)
