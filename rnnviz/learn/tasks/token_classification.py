"""Token classification: is what a sequence of words says good or bad?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task, TaskSettings, share_right

GOOD, BAD, NOT, NEUTRAL = 4, 4, 1, 11
_NAMES = (
    *("good", "great", "fine", "warm"),
    *("bad", "poor", "dull", "cold"),
    "not",
    *("the", "a", "it", "was", "and", "so", "very", "film", "day", "is", "then"),
)


class TokenClassification(Task):
    """Sequences of words: four good ones, four bad ones, "not", and eleven that say nothing.

    A good word counts +1 and a bad one −1; right after "not" it counts the other way round. The
    target is whether the sum is above zero; sequences whose sum is zero are not drawn. It is what
    the model of the course notes, Embedding + SimpleRNN + Dense(1), is made for.
    """

    name = "token_classification"
    loss = "binary_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "units": 32,
        "timesteps": 12,
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "steps": 3000,
    }
    return_sequences = False
    measure_name = "sequences_right"
    solved_at = 0.95
    features = 8
    vocabulary = _NAMES

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        self.value = np.zeros(len(_NAMES))
        self.value[:GOOD], self.value[GOOD : GOOD + BAD] = 1, -1

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        tokens = np.empty((0, self.timesteps), int)
        while len(tokens) < batch:
            drawn = generator.integers(len(_NAMES), size=(2 * batch, self.timesteps))
            # A word that counts in each, so that a short sequence can have a sum.
            drawn[np.arange(2 * batch), generator.integers(self.timesteps, size=2 * batch)] = (
                generator.integers(GOOD + BAD, size=2 * batch)
            )
            tokens = np.concatenate([tokens, drawn[self.total(drawn) != 0]])
        tokens = tokens[:batch]
        return Batch(tokens, (self.total(tokens) > 0).astype(float)[:, None])

    def total(self, tokens: np.ndarray) -> np.ndarray:
        """The sum of the words' values, (batch,), of tokens (batch, timesteps)."""
        values = self.value[tokens]
        negated = np.zeros(tokens.shape, bool)
        negated[:, 1:] = tokens[:, :-1] == GOOD + BAD
        return np.where(negated, -values, values).sum(axis=1)

    def references(self) -> tuple[Reference, ...]:
        """Both answers are equally likely, so saying one half costs log 2."""
        return Reference("nothing", math.log(2)), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of sequences right."""
        return share_right(outputs, batch.targets[:, None])
