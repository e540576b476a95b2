"""Short reviews, read word by word: is the verdict good or bad?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task, TaskSettings, share_right

PADDING = "·"
"""Token 0: it fills a short review up from the front, as Keras pads."""
_DATA = Path(__file__).parent / "data"
_HELD_OUT = 0.25
"""Share of the reviews, the last in the file, that nothing is learnt from."""


class Reviews(Task):
    """800 reviews of one or two clauses in Korean, each praise or blame; see data/PROVENANCE.md.

    The verdict is at the end: what comes after "but" (-지만) counts, and "…다는 말은 거짓이다" (to
    say so is false) turns round what was said before. A word that turns another round is what one
    unit of a SimpleRNN cannot do: it adds the same whatever the state is.
    """

    name = "reviews"
    loss = "binary_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "units": 16,
        "timesteps": 6,
        "learning_rate": 1e-2,
        "schedule": "cosine",
        "steps": 1000,
    }
    return_sequences = False
    measure_name = "sequences_right"
    solved_at = 0.95
    features = 8

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        found = shipped_reviews()
        self.vocabulary = tuple(shipped_words())
        numbers = {word: number for number, word in enumerate(self.vocabulary)}
        self.reviews = np.zeros((len(found), self.timesteps), int)
        for row, (_, review) in zip(self.reviews, found, strict=True):
            tokens = [numbers[word] for word in review.split(" ")]
            row[len(row) - len(tokens) :] = tokens
        self.verdicts = np.array([[float(good)] for good, _ in found])
        self.learnt_from = len(found) - int(len(found) * _HELD_OUT)

    @property
    def timesteps(self) -> int:
        """The longest review, or more: the rest is padding."""
        longest = max(review.count(" ") + 1 for _, review in shipped_reviews())
        return max(longest, self.settings.timesteps)

    @property
    def glosses(self) -> Mapping[str, str]:
        """Each word in English."""
        return shipped_words()

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        picked = generator.integers(self.learnt_from, size=batch)
        return Batch(self.reviews[picked], self.verdicts[picked])

    def held_out(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`: the last reviews of the file, each once as far as they go."""
        kept = len(self.reviews) - self.learnt_from
        picked = self.learnt_from + generator.permutation(max(kept, batch))[:batch] % kept
        return Batch(self.reviews[picked], self.verdicts[picked])

    def references(self) -> tuple[Reference, ...]:
        """The entropy of the verdicts: what it costs to say how many are good, whatever is read."""
        good = float(self.verdicts.mean())
        entropy = -good * math.log(good) - (1 - good) * math.log(1 - good)
        return Reference("nothing", entropy), Reference("floor", 0.0)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Share of reviews right."""
        return share_right(outputs, batch.targets[:, None])


@cache
def shipped_reviews() -> tuple[tuple[bool, str], ...]:
    """Whether each review praises, and its words."""
    lines = (_DATA / "reviews.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return tuple((verdict == "+", review) for verdict, review in pairs)


@cache
def shipped_words() -> Mapping[str, str]:
    """Every word of the reviews and what it means in English; the padding first."""
    lines = (_DATA / "review_words.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
