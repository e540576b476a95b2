"""Next character of a text, in bits against the entropies of the same text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from rnnviz.learn.tasks.task import Batch, Reference, Task, TaskSettings

HELD_OUT = 0.1
"""Share of a text, its end, that nothing is learnt from."""
TEXTS = ("sonnets", "constitution")


class NextCharacter(Task):
    """Read a text character by character; the target at each timestep is the next one.

    A Korean syllable is read in its letters (Unicode's decomposed form). Losses are in nats;
    `measure` is in bits. The entropies of the text, H(x_t) and H(x_t | x_{t−1}), are those of all
    its characters, counted; a network below the second knows more than the last character.
    """

    name = "next_character"
    loss = "categorical_crossentropy"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cell": "GRU",
        "units": 64,
        "timesteps": 50,
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "steps": 400,
    }
    measure_name = "bits_per_character"
    larger_is_better = False
    features = 16

    def __init__(self, settings: TaskSettings) -> None:
        super().__init__(settings)
        text = shipped_text(settings.text) if settings.text in TEXTS else settings.own_text
        text = unicodedata.normalize("NFD", text)
        if len(text) < 20 or len(set(text)) < 2:
            raise ValueError(
                f"A text of your own needs at least 20 characters, two of them different, but it "
                f"has {len(text)}."
            )
        self.vocabulary = tuple(sorted(set(text)))
        self.outputs = len(self.vocabulary)
        numbers = {character: number for number, character in enumerate(self.vocabulary)}
        self.tokens = np.array([numbers[character] for character in text])
        cut = int(len(text) * (1 - HELD_OUT))
        self.learnt, self.kept = self.tokens[:cut], self.tokens[cut:]

    @property
    def timesteps(self) -> int:
        """No longer than the text allows."""
        return max(1, min(self.settings.timesteps, len(self.learnt) - 1))

    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`."""
        return self._windows(self.learnt, generator, batch)

    def held_out(self, generator: np.random.Generator, batch: int) -> Batch:
        """As in `Task`: from the end of the text, or all of it where that is too short."""
        part = self.kept if len(self.kept) > self.timesteps else self.tokens
        return self._windows(part, generator, batch)

    def _windows(self, part: np.ndarray, generator: np.random.Generator, batch: int) -> Batch:
        starts = generator.integers(len(part) - self.timesteps, size=batch)
        windows = part[starts[:, None] + np.arange(self.timesteps + 1)]
        return Batch(windows[:, :-1], windows[:, 1:])

    def references(self) -> tuple[Reference, ...]:
        """Entropy of single characters, and of a character after the one before it, in nats."""
        single = np.bincount(self.tokens, minlength=self.outputs)
        pairs = np.zeros((self.outputs, self.outputs))
        np.add.at(pairs, (self.tokens[:-1], self.tokens[1:]), 1)
        unigram = _entropy(single)
        bigram = _entropy(pairs.ravel()) - _entropy(pairs.sum(axis=1))
        return Reference("nothing", unigram), Reference("bigram", bigram)

    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """Bits for each character."""
        logits = outputs.transpose(2, 0, 1)
        logits = logits - logits.max(axis=-1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        picked = np.take_along_axis(logs, batch.targets[..., None], axis=-1)
        return float(-picked.mean() / np.log(2))


def _entropy(counts: np.ndarray) -> float:
    """Entropy of counted frequencies, in nats."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


@cache
def shipped_text(name: str) -> str:
    """One of `TEXTS`; see data/PROVENANCE.md."""
    path = Path(__file__).parent / "data" / f"{name}.txt"
    return path.read_text(encoding="utf-8")
