"""What of the page is shown, and what can be moved: the link says so, or the lesson that is on."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.lessons.registry import lesson_of
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.perspective import Perspective

_BESIDE_THE_POINT = frozenset({"advice", "closer", "listing", "actions", "take_away", "tour"})
_NOT_IN_LESSONS = _BESIDE_THE_POINT | {"navigation", "teach", "network"}
_NOT_IN_FRONT_OF_A_ROOM = _BESIDE_THE_POINT
_TELLS_THE_ANSWER = frozenset({"reading", "numbers"})
"""They say what the run does: hidden while a lesson waits for a prediction."""


@dataclass(frozen=True)
class Visibility:
    """Which parts of the page are hidden, and which knobs are hidden or locked.

    Parameters
    ----------
    hidden : frozenset of str
        Names out of :data:`rnnviz.spec.perspective.PARTS`.
    hidden_knobs, locked_knobs : frozenset of str
        Names of knobs; a locked one is shown and cannot be moved.
    """

    hidden: frozenset[str] = frozenset()
    hidden_knobs: frozenset[str] = frozenset()
    locked_knobs: frozenset[str] = frozenset()

    def shows(self, part: str) -> bool:
        """Whether a part of the page is drawn."""
        return part not in self.hidden


def visibility(perspective: Perspective) -> Visibility:
    """Return what a perspective shows and locks."""
    hidden = frozenset(perspective.hidden)
    if perspective.lesson:
        # A lesson that opens a closer look speaks of it.
        hidden |= _NOT_IN_LESSONS - ({"closer"} if perspective.view else frozenset())
    lesson = lesson_of(perspective)
    if lesson and lesson.awaits_answer(perspective.card, perspective.answers):
        hidden |= _TELLS_THE_ANSWER
    if perspective.presentation:
        hidden |= _NOT_IN_FRONT_OF_A_ROOM
    knobs = frozenset(TABLE)
    shown = frozenset(perspective.knobs) or knobs
    if "controls" in hidden:
        shown = frozenset()
    return Visibility(hidden, knobs - shown, frozenset(perspective.locked))
