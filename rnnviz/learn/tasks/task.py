"""What a task is: data drawn from a seed, what is wanted, and how well doing nothing does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np


@dataclass(frozen=True)
class TaskSettings:
    """What can be set about the tasks; each uses what concerns it.

    Attributes
    ----------
    timesteps : int
        Length of a trial; of `copy_memory`, of the blank part between reading and writing.
    delay : int
        Of `echo`: how many timesteps later a bit is wanted.
    series : str
        Of `next_value`: "sine", "sunspots", "co2", or "own".
    own_series : tuple of float
        The numbers of "own".
    text : str
        Of `next_character`: "sonnets", "constitution", or "own".
    own_text : str
        The text of "own".
    """

    timesteps: int = 50
    delay: int = 10
    series: str = "sunspots"
    own_series: tuple[float, ...] = ()
    text: str = "sonnets"
    own_text: str = ""


@dataclass(frozen=True, eq=False)
class Batch:
    """Trials of a task.

    Attributes
    ----------
    values : ndarray
        Numbers (batch, timesteps, features), or tokens (batch, timesteps).
    targets : ndarray
        (batch, timesteps, outputs), (batch, outputs) where only the last state is read, or
        classes (batch, timesteps).
    mask : ndarray (batch, timesteps) or None
        1 where a timestep counts; None where all do.
    """

    values: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None = None


@dataclass(frozen=True)
class Reference:
    """A loss to compare with: "floor", "nothing" (the answer of doing nothing), "linear", ...

    ``exact`` says that the number is known and not estimated from the held-out part.
    """

    name: str
    loss: float
    exact: bool = True


class Task(ABC):
    """One task.

    Attributes
    ----------
    name, loss : str
        Its name, and a name in `LOSSES`.
    return_sequences : bool
        Whether every state is read, or the last one only.
    measure_name : str
        What `measure` counts: "bits_right", "absolute_error", ... in the words' ``measure.``.
    larger_is_better : bool
        Of the measure.
    solved_at : float or None
        The measure at which the task counts as solved; None where there is no such number.
    defaults : mapping
        Knobs of a Training and of its Experiment with which the task is learnt.
    vocabulary : tuple of str
        Names of the tokens; empty where the input is numbers.
    features, outputs : int
        Numbers read and given at a timestep; with tokens, ``features`` is the Embedding's length.
    """

    name: ClassVar[str]
    loss: ClassVar[str]
    return_sequences: ClassVar[bool] = True
    measure_name: ClassVar[str] = "bits_right"
    larger_is_better: ClassVar[bool] = True
    solved_at: ClassVar[float | None] = None
    defaults: ClassVar[Mapping[str, Any]] = {}

    features: int = 1
    outputs: int = 1
    vocabulary: tuple[str, ...] = ()

    def __init__(self, settings: TaskSettings) -> None:
        self.settings = settings

    @property
    def timesteps(self) -> int:
        """Timesteps of a trial."""
        return self.settings.timesteps

    @property
    def glosses(self) -> Mapping[str, str]:
        """What tokens of another language mean in English; empty where there is no need."""
        return {}

    @property
    def unit(self) -> str:
        """The unit of the measure, e.g. "ppm"; "" where it has none."""
        return ""

    @abstractmethod
    def draw(self, generator: np.random.Generator, batch: int) -> Batch:
        """Draw trials to learn from."""

    def held_out(self, generator: np.random.Generator, batch: int) -> Batch:
        """Draw trials that nothing is learnt from; of a series or a text, from its last part."""
        return self.draw(generator, batch)

    @abstractmethod
    def references(self) -> tuple[Reference, ...]:
        """Losses to compare with, the answer of doing nothing among them."""

    @abstractmethod
    def measure(self, outputs: np.ndarray, batch: Batch) -> float:
        """How well outputs (timesteps, outputs, batch) do, in the task's own words.

        Where the loss is a cross-entropy the outputs are logits.
        """


def share_right(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Share of bits whose logit has the right sign; targets (batch, timesteps, outputs) 0 or 1."""
    right = (logits.transpose(2, 0, 1) > 0) == (targets > 0.5)
    if mask is not None:
        right = right[mask > 0]
    return float(right.mean())
