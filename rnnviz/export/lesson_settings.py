"""Every experiment that a lesson can come to, so that a file can show it without Python.

A lesson moves few knobs, and each over a short list: what can be reached is counted out, from the
first card to the last, as a visitor might move. What is measured on each is then a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rnnviz.export.failures import ExportFailure
from rnnviz.knobs import Choice, Flag, Knob, Real, Whole
from rnnviz.lessons.lesson import Do, Lesson
from rnnviz.spec.codec import ExperimentError
from rnnviz.spec.experiment import TABLE, Experiment

MOST_SETTINGS = 240
"""Most experiments that a file of a lesson holds."""
_TENTHS = 31
"""Stops of a knob that is a number of any size: 0, 0.1 … 3, and what the lesson sets it to."""
_ROUND = (1, 2, 3, 5)


@dataclass(frozen=True)
class Control:
    """A control of a task: its knob, and the values that can be chosen."""

    row: Knob
    stops: tuple[Any, ...]


@dataclass(frozen=True)
class LessonSettings:
    """A lesson's experiments, and what leads from one to another.

    Parameters
    ----------
    lesson : Lesson
        That starts from an experiment.
    layer : int
        Which layer's value a control moves where layers differ.
    """

    lesson: Lesson
    layer: int = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The knobs that are moved or set anywhere, in order of appearance."""
        found: dict[str, None] = {}
        for card in self.lesson.cards:
            found |= dict.fromkeys(card.changes)
            if isinstance(card, Do):
                found |= dict.fromkeys((*card.knobs, *card.solution))
        return tuple(found)

    @cached_property
    def reached(self) -> tuple[tuple[Experiment, ...], ...]:
        """For each card, the experiments that can stand there.

        Raises
        ------
        ExportFailure
            Where there are more than :data:`MOST_SETTINGS`.
        """
        start = self.lesson.start
        assert isinstance(start, Experiment)
        now, cards = {start: None}, []
        for index, card in enumerate(self.lesson.cards):
            now = dict.fromkeys(one.replace(**card.changes) for one in now)
            for control in self.controls(index):
                now = dict.fromkeys(self._moved(now, control))
                if len(now) > MOST_SETTINGS:
                    raise ExportFailure("lesson_too_many", most=MOST_SETTINGS)
            cards.append(tuple(now))
        if len({one for card in cards for one in card}) > MOST_SETTINGS:
            raise ExportFailure("lesson_too_many", most=MOST_SETTINGS)
        return tuple(cards)

    def controls(self, index: int) -> tuple[Control, ...]:
        """Return the controls that can be moved at a card."""
        stops = self.lesson.stops_at(index)
        names = self.lesson.knobs_at(index)
        return tuple(
            Control(TABLE[name], stops if stops and len(names) == 1 else self._stops(TABLE[name]))
            for name in names
        )

    def controls_next(self, index: int) -> tuple[Control, ...]:
        """Return the controls of the next task, shown locked while a prediction is awaited."""
        for later in range(index, len(self.lesson.cards)):
            if isinstance(self.lesson.cards[later], Do):
                return self.controls(later)
        return ()

    def values(self, experiment: Experiment) -> dict[str, Any]:
        """Return what tells an experiment from the lesson's others."""
        return {name: getattr(experiment, name) for name in self.names}

    def _moved(self, experiments: Iterable[Experiment], control: Control) -> Iterable[Experiment]:
        for one in experiments:
            yield one
            for stop in control.stops:
                try:
                    yield one.replace(**{control.row.name: stop})
                except ExperimentError:
                    continue  # a stop that this experiment cannot have

    def _stops(self, row: Knob) -> tuple[Any, ...]:
        """Return the values that a control offers; a knob of each layer moves one of them."""
        named = list(self._named(row.name))
        stacks = [value for value in named if isinstance(value, tuple)]
        if stacks:
            stack, layer = stacks[0], min(self.layer, len(stacks[0]) - 1)
            plain = _options(row, [value[layer] for value in stacks])
            return tuple((*stack[:layer], one, *stack[layer + 1 :]) for one in plain)
        return tuple(_options(row, named))

    def _named(self, name: str) -> Iterable[Any]:
        """Yield what the lesson itself sets a knob to."""
        yield getattr(self.lesson.start, name)
        for card in self.lesson.cards:
            if name in card.changes:
                yield card.changes[name]
            if isinstance(card, Do) and name in card.solution:
                yield card.solution[name]


def _options(row: Knob, named: list[Any]) -> list[Any]:
    """Return the values of a control in order, those that the lesson names among them."""
    if isinstance(row.kind, Flag):
        return [False, True]
    if isinstance(row.kind, Choice):
        return list(row.kind.options)
    if row.options:
        # What is larger than anything that the lesson names would make the file too large.
        most = max(named)
        return sorted({*(stop for stop in row.options if stop <= most), *named})
    if isinstance(row.kind, Real):
        return sorted({*(stop / 10 for stop in range(_TENTHS)), *map(float, named)})
    assert isinstance(row.kind, Whole), row.name
    powers = range(len(str(max(named))))
    round_ = (digit * 10**power for power in powers for digit in _ROUND)
    inside = {one for one in round_ if row.kind.minimum <= one <= max(named)}
    return sorted({*inside, *named})
