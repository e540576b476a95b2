"""What a network reads: one sequence or several (trials), as numbers or as tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.engine.cells.weights import read_only


@dataclass(frozen=True, eq=False)
class Inputs:
    """Sequences for a network. Arrays are copied and read-only.

    Parameters
    ----------
    values : ndarray
        Numbers ``(timesteps, features)`` or ``(trials, timesteps, features)``; or tokens, whole
        numbers ``(timesteps,)`` or ``(trials, timesteps)``, for a network with an Embedding.
        Shorter trials are padded at their end.
    lengths : tuple of int
        Timesteps of each trial; empty where none is padded.
    labels : tuple of str
        What each trial is called or which class it belongs to; empty where nothing is known.
    vocabulary : tuple of str
        Name of token k at place k, fit to be shown; empty where tokens have no names.
    targets : ndarray or None
        What a task asks for, its first axes those of ``values``.
    feature_names : tuple of str
        Names of the features; empty where they have none.
    name : str
        Where they come from, e.g. a file name; "" where that is not known.

    Raises
    ------
    ValueError
        Where shapes do not fit together; the sentence says what was given and what is needed.
    """

    values: np.ndarray
    lengths: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    targets: np.ndarray | None = None
    feature_names: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        if values.dtype.kind not in "fiub":
            raise ValueError(f"inputs must hold real numbers, but their dtype is {values.dtype}.")
        if values.ndim not in (1, 2, 3) or 0 in values.shape:
            raise ValueError(
                f"inputs have shape {values.shape}, but (timesteps, features), (trials, timesteps, "
                "features) or tokens (timesteps,) or (trials, timesteps) are needed."
            )
        if values.ndim == 1 and values.dtype.kind not in "iu":
            raise ValueError(
                f"inputs have shape {values.shape}: one axis is for tokens, which are whole "
                f"numbers, but their dtype is {values.dtype}. One feature is (timesteps, 1)."
            )
        object.__setattr__(self, "values", _frozen(values))
        if self.targets is not None:
            object.__setattr__(self, "targets", _frozen(np.asarray(self.targets)))

    def check(self, tokens: bool) -> None:
        """Raise ValueError unless labels and lengths fit; ``tokens`` says how values are read."""
        trials, timesteps = self._axes(tokens)
        if self.lengths and (
            len(self.lengths) != trials or not all(1 <= n <= timesteps for n in self.lengths)
        ):
            raise ValueError(
                f"lengths must be {trials} numbers from 1 to {timesteps}, one for each trial, "
                f"but they are {self.lengths}."
            )
        if self.labels and len(self.labels) != trials:
            raise ValueError(f"There are {len(self.labels)} labels for {trials} trials.")

    def trials(self, tokens: bool) -> int | None:
        """Number of trials; None for a single sequence."""
        return len(self.values) if self.values.ndim == (2 if tokens else 3) else None

    def _axes(self, tokens: bool) -> tuple[int, int]:
        trials = self.trials(tokens)
        return (1, len(self.values)) if trials is None else (trials, self.values.shape[1])

    def trial(self, index: int, tokens: bool) -> Inputs:
        """One trial as inputs of its own, without padding; a single sequence is its only one."""
        if self.trials(tokens) is None:
            return self
        length = self.lengths[index] if self.lengths else self.values.shape[1]
        targets = self.targets
        if targets is not None and len(targets) == len(self.values):
            targets = targets[index]
            if targets.ndim and len(targets) == self.values.shape[1]:
                targets = targets[:length]
        return Inputs(
            self.values[index, :length],
            labels=self.labels[index : index + 1],
            vocabulary=self.vocabulary,
            targets=targets,
            feature_names=self.feature_names,
            name=self.name,
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the values and lengths: what a network reads, and nothing else."""
        digest = hashlib.sha256(f"{self.values.dtype.str} {self.values.shape}".encode())
        digest.update(np.ascontiguousarray(self.values).data)
        digest.update(repr(self.lengths).encode())
        return digest.hexdigest()


def _frozen(array: np.ndarray) -> np.ndarray:
    """The array itself if it can no longer be written, else a read-only copy."""
    return array if not array.flags.writeable else read_only(array.copy())
