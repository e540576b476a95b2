"""Goals of tasks, as a file writes them: ``saturated < 5% and gradient > 1e-12``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rnnviz.lessons.lesson import Measured, Numbers, Progress, toward
from rnnviz.lessons.named_measures import MEASURES, NamedMeasure

_NUMBER = r"[+-]?(?:\d{1,15}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?%?"
_GOAL = re.compile(
    rf"\s*(?:(?P<low>{_NUMBER})\s*(?P<from><=?))?\s*(?P<name>[a-z][a-z0-9_]*)"
    rf"\s*(?:(?P<sign><=?|>=?|=)\s*(?P<bound>{_NUMBER}))?\s*"
)
_WRITTEN = {"<=": "≤", ">=": "≥"}
_MOST = 4
"""Conditions in one goal."""


@dataclass(frozen=True)
class Goal:
    """Bounds of one measure; an end that is "open" does not belong to it.

    Parameters
    ----------
    name : str
        The measure, out of :data:`rnnviz.lessons.named_measures.MEASURES`.
    low, high : float
        Infinite where there is no bound.
    low_open, high_open : bool
        Whether the bound itself misses the goal.
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = True
    high_open: bool = True

    @property
    def measure(self) -> NamedMeasure:
        """What is measured."""
        return MEASURES[self.name]

    def holds(self, value: float) -> bool:
        """Whether a number meets the goal; nan never does."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def closeness(self, run: Measured, start: Measured) -> float:
        """Return how far a run has come from where the task started, 0 to 1; 1 only when met."""
        value = self.measure.measured(run)
        met = self.holds(value)
        if self.measure.below and self.low == -math.inf and self.high_open:
            return self.measure.below(run, self.high).closeness
        left, whole = self._away(value), self._away(self.measure.measured(start))
        if met or not whole:
            return 1.0 if met else 0.0
        return toward(whole - left, 0.0, whole, met=met)

    def _away(self, value: float) -> float:
        """Return the distance to the bounds, on the scale of the measure."""
        if math.isnan(value):
            return math.inf
        position = self.measure.position
        return max(
            position(self.low) - position(value) if self.low > -math.inf else 0.0,
            position(value) - position(self.high) if self.high < math.inf else 0.0,
            0.0,
        )


class NoGoalError(ValueError):
    """A text is no goal; ``key`` is the fault, ``values`` the fields of its sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def goals_of(text: str) -> tuple[Goal, ...]:
    """Read what a file asks for.

    Raises
    ------
    NoGoalError
        Where it is not ``measure < number`` (or ``<=``, ``>``, ``>=``, ``=``, ``a < measure < b``),
        or no such measure.
    """
    parts = re.split(r"\s+and\s+", text.strip())
    if len(parts) > _MOST:
        raise NoGoalError("too_many_goals", most=_MOST)
    return tuple(_goal(part) for part in parts)


def written(text: str) -> str:
    """Return a goal as the page shows it where the file has no sentence of its own."""
    for typed, shown in _WRITTEN.items():
        text = text.replace(typed, shown)
    return text.replace("-", "−")


def checker(
    goals: Sequence[Goal], start: Callable[[], Measured], quoted: Callable[[Measured], Numbers]
) -> Callable[[Measured], Progress]:
    """Return the check of a task: the goal that is farthest decides.

    ``start`` returns the run that the task starts at, computed once when first asked for;
    ``quoted`` the numbers that its sentence quotes.
    """
    first = cache(start)

    def check(run: Measured) -> Progress:
        closeness = min(goal.closeness(run, first()) for goal in goals)
        return Progress(closeness, quoted(run))

    return check


def _goal(text: str) -> Goal:
    match = _GOAL.fullmatch(text)
    if match is None or (match["sign"] is None and match["low"] is None):
        raise NoGoalError("not_a_goal", text=text[:60])
    name, sign = match["name"], match["sign"]
    if name not in MEASURES or MEASURES[name].text is not None:
        numbers = ", ".join(key for key, one in MEASURES.items() if one.text is None)
        raise NoGoalError("no_measure", name=name[:40], known=numbers)
    if match["low"] is not None and sign in (">", ">=", "="):
        raise NoGoalError("not_a_goal", text=text[:60])
    low, high, low_open, high_open = -math.inf, math.inf, True, True
    if match["low"] is not None:
        low, low_open = _number(match["low"]), match["from"] == "<"
    if sign is not None:
        bound = _number(match["bound"])
        if sign in ("<", "<="):
            high, high_open = bound, sign == "<"
        if sign in (">", ">="):
            low, low_open = bound, sign == ">"
        if sign == "=":
            low, high, low_open, high_open = bound, bound, False, False
    if low > high:
        raise NoGoalError("empty_goal", text=text[:60])
    return Goal(name, low, high, low_open, high_open)


def _number(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)
