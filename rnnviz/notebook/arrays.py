"""Bare arrays as pictures: states from anywhere, with a label for each timestep if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

import numpy as np

from rnnviz.views._plot.picture import (
    Field,
    InputBand,
    Picture,
    Strip,
    rounded_up,
    symmetric_limit,
)

_NUMBERS = "biuf"
"""Kinds of array that have an order: truth values, whole numbers, real numbers."""


@dataclass(frozen=True, eq=False)
class ArrayRun:
    """Numbers over timesteps and units, of one sequence or of several.

    Parameters
    ----------
    values : ndarray (trials, timesteps, units)
        Read-only, float64 or float32.
    labels : tuple of str
        One for each timestep, shown at the cursor and in a band above; empty without.
    """

    values: np.ndarray
    labels: tuple[str, ...] = ()

    @property
    def trials(self) -> int:
        """Number of sequences."""
        return len(self.values)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the numbers: what tells this array from any other."""
        return sha256(np.ascontiguousarray(self.values).data).hexdigest()

    def picture(self, trial: int) -> Picture:
        """Return the picture of one sequence: its values, their mean beneath, its labels above."""
        return _picture(self, trial)

    def _made(self, trial: int) -> Picture:
        values = self.values[trial]
        field = Field(values, "array", array_name="x", **_scale(values))
        with np.errstate(invalid="ignore", over="ignore"):
            mean = values.mean(axis=1, dtype=np.float64)
        strip = Strip(mean, "mean_of_array", *_ends(mean))
        identity = f"array:{self.digest}"
        band = _band(self.labels) if self.labels else None
        return Picture(
            field, (strip,), experiment=identity, identity=f"{identity} {trial}", input=band
        )


@lru_cache(maxsize=4)
def _picture(array: ArrayRun, trial: int) -> Picture:
    """Return a picture; moving about in it does not make it again."""
    return array._made(trial)


def array_run(values: Any, labels: Sequence[Any] | None = None) -> ArrayRun:
    """Return an array as something to show.

    Parameters
    ----------
    values : array_like (timesteps, units) or (trials, timesteps, units)
        Numbers; a tensor is taken to the main memory first.
    labels : sequence, optional
        One for each timestep, of any kind that can be written.

    Raises
    ------
    ValueError
        Where it cannot be shown: other shapes, no numbers, another count of labels.
    """
    array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    if array.dtype.kind not in _NUMBERS or array.ndim not in (2, 3) or not array.size:
        raise ValueError(
            f"an array is shown as (timesteps, units) or (trials, timesteps, units) real numbers; "
            f"this one has shape {array.shape} and dtype {array.dtype}."
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    array = array[None] if array.ndim == 2 else array
    names = () if labels is None else tuple(map(str, labels))
    if labels is not None and len(names) != array.shape[1]:
        raise ValueError(
            f"labels must be one for each of the {array.shape[1]} timesteps; there are "
            f"{len(names)}."
        )
    kept = array.copy()
    kept.setflags(write=False)
    return ArrayRun(kept, names)


def _scale(values: np.ndarray) -> dict[str, Any]:
    """Return a colour scale about zero, or from zero up where nothing is negative."""
    limit = rounded_up(symmetric_limit(values))
    marks = {"low_mark": -np.inf, "high_mark": np.inf}
    with np.errstate(invalid="ignore"):
        if not (values < 0).any():
            return {"low": 0.0, "high": limit, "kind": "sequential"} | marks
    return {"low": -limit, "high": limit} | marks


def _ends(values: np.ndarray) -> tuple[float, float]:
    limit = symmetric_limit(values)
    return (0.0 if not (values < 0).any() else -limit), limit


def _band(labels: tuple[str, ...]) -> InputBand:
    """Return the labels as a band: equal labels have equal colours, in order of appearance."""
    known = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    numbers = np.array([[float(known[label])] for label in labels])
    numbers.setflags(write=False)
    field = Field(numbers, "labels", 0.0, max(1.0, len(known) - 1.0), "sequential")
    return InputBand(field, labels, title_key="widget.labels")
