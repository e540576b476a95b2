"""Adding: the sum of the two marked numbers of a long sequence (Hochreiter & Schmidhuber 1997)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task


class Adding(Task):
    """Read a number from U[0, 1) and a mark at each timestep; say the sum of the two marked ones.

    One mark stands in the first half and one in the second. The mean of the sum is 1 and its
    variance 2/12, so saying 1 always gives a mean squared error of 1/6.
    """

    name = "adding"
    loss = "mean_squared_error"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cell": "LSTM",
        "units": 64,
        "timesteps": 100,
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "steps": 3000,
    }
    return_sequences = False
    measure_name = "absolute_error"
    larger_is_better = False
    solved_at = 0.1
    features = 2

    @property
    def timesteps(self) -> int:
        """At least two, one for each mark."""
        return max(2, self.settings.timesteps)

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        numbers, half = generator.random((batch, self.timesteps)), self.timesteps // 2
        first = generator.integers(half, size=batch)
        second = generator.integers(half, self.timesteps, size=batch)
        marks, rows = np.zeros_like(numbers), np.arange(batch)
        marks[rows, first] = marks[rows, second] = 1
        total = numbers[rows, first] + numbers[rows, second]
        return Batch(np.stack([numbers, marks], axis=-1), total[:, None])

    def references(self) -> tuple[Reference, ...]:
        """The variance of the sum of two uniform numbers, 1/6."""
        return Reference("nothing", 1 / 6), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Mean absolute error of the sum."""
        return float(np.abs(outputs[-1, 0] - batch.targets[:, 0]).mean())
