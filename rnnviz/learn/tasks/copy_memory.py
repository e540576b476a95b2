"""Copy memory: read symbols, wait, write them again (Arjovsky et al. 2016)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task

SYMBOLS, LENGTH = 8, 10


class CopyMemory(Task):
    """Ten symbols out of eight, then `timesteps` blanks, a sign to begin, and blanks to the end.

    The target is blank until the sign has come, then the ten symbols. Inputs are one-hot: eight
    symbols, the blank (8) and the sign (9). Without memory the best is the blank at first and one
    of the eight by chance then, which costs 10·log 8 nats in a trial.

    The default network is linear but for its head, and begins with an orthogonal recurrent kernel:
    nothing that it has read grows or fades on the way, so what is left to learn is where to look
    for it (Henaff, Szlam & LeCun 2016). Cells with gates learn it too, in ten times the time.
    """

    name = "copy_memory"
    loss = "categorical_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cell": "SimpleRNN",
        "activation": "linear",
        "units": 128,
        "timesteps": 20,
        "batch_size": 32,
        "steps": 1500,
    }
    measure_name = "symbols_right"
    solved_at = 0.99
    features = SYMBOLS + 2
    outputs = SYMBOLS + 1

    @property
    def timesteps(self) -> int:
        """Symbols, blanks, symbols again."""
        return self.settings.timesteps + 2 * LENGTH

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        symbols = generator.integers(SYMBOLS, size=(batch, LENGTH))
        read = np.full((batch, self.timesteps), SYMBOLS)
        read[:, :LENGTH] = symbols
        read[:, -LENGTH - 1 if self.settings.timesteps else -LENGTH] = SYMBOLS + 1
        wanted = np.full((batch, self.timesteps), SYMBOLS)
        wanted[:, -LENGTH:] = symbols
        return Batch(np.eye(SYMBOLS + 2)[read], wanted)

    def references(self) -> tuple[Reference, ...]:
        """Without memory K·log 8/(T + 2K), K symbols and T blanks."""
        memoryless = LENGTH * math.log(SYMBOLS) / self.timesteps
        return Reference("nothing", memoryless), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of the symbols that are written right."""
        written = outputs[-LENGTH:].argmax(axis=1).T
        return float((written == batch.targets[:, -LENGTH:]).mean())
