"""What of the page is shown, and what can be moved: the link says so, or the lesson that is on."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.experiment import TABLE
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.registry import lessons
from rnnviz.perspective import Perspective

_NOT_IN_LESSONS = frozenset({"navigation", "listing", "actions", "teach", "tour"})
_NOT_IN_FRONT_OF_A_ROOM = frozenset({"listing", "actions", "teach", "tour"})


@dataclass(frozen=True)
class Visibility:
    """Which parts and knobs are hidden, and which knobs are shown but locked.

    Parameters
    ----------
    hidden, locked : frozenset of str
        Names of knobs, and of :data:`rnnviz.perspective.PARTS`.
    """

    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()

    def shows(self, name: str) -> bool:
        """Whether a part or a knob is drawn at all."""
        return name not in self.hidden

    @property
    def has_controls(self) -> bool:
        """Whether any knob is left to be drawn."""
        return any(self.shows(name) for name in TABLE)


def lesson_of(perspective: Perspective) -> Lesson | None:
    """Return the lesson that is on, None if there is none."""
    return lessons().get(perspective.lesson)


def visibility(perspective: Perspective) -> Visibility:
    """Return what a perspective shows and locks."""
    hidden = frozenset(perspective.hidden)
    if perspective.lesson:
        hidden |= _NOT_IN_LESSONS
    if perspective.presentation:
        hidden |= _NOT_IN_FRONT_OF_A_ROOM
    return Visibility(hidden, frozenset(perspective.locked))
