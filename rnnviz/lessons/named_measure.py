"""One number of a run under a name, for the files of lessons."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rnnviz.lessons.lesson import Measured, Progress
from rnnviz.sentences.numbers import number

_FARTHEST = 330.0
"""Largest log10 that counts on the way to a goal: doubles reach from 10⁻³²⁴ to 10³⁰⁸."""


@dataclass(frozen=True)
class NamedMeasure:
    """One number of a run, under the name by which files ask for it.

    Parameters
    ----------
    value : callable (Run or Trainer) -> float
        The number; nan where the run has none.
    write : callable (float) -> str
        How sentences write it.
    log : bool
        Whether the way to a goal is told by its log10: for numbers that span powers of ten.
    below : callable (Run, float) -> Progress, optional
        A better way to tell how far it is to a goal that it must stay under.
    text : callable (Run) -> str, optional
        What is quoted instead of the number, such as a shape; it can then be no goal.
    """

    value: Callable[[Any], float] = lambda run: math.nan
    write: Callable[[float], str] = number
    log: bool = False
    below: Callable[[Any, float], Progress] | None = None
    text: Callable[[Any], str] | None = None

    def written(self, run: Measured) -> str:
        """Return the number of a run as sentences write it."""
        if self.text is not None:
            try:
                return self.text(run)
            except (IndexError, ValueError, AttributeError):
                return "–"  # a number of a network that is not this one's kind
        value = self.measured(run)
        return "–" if math.isnan(value) else self.write(value)

    def measured(self, run: Measured) -> float:
        """Return the number; nan where this network or this run has none."""
        try:
            return float(self.value(run))
        except (IndexError, ValueError, AttributeError):
            return math.nan

    def position(self, value: float) -> float:
        """Return where a number stands on the way to a goal, within bounds."""
        if not self.log:
            return value
        if not value > 0:
            return -_FARTHEST
        return min(max(math.log10(value), -_FARTHEST), _FARTHEST)
