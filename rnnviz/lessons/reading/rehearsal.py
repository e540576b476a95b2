"""Plays a lesson of a file through: each task must be open at first and met by its solution."""

from __future__ import annotations

from rnnviz.lessons.lesson import Do, Lesson, changed_recipe, measured_at_once
from rnnviz.lessons.reading.faults import Fault
from rnnviz.lessons.reading.lines import line_at, lines_of
from rnnviz.spec.experiment import ExperimentError


def rehearse(lesson: Lesson, text: str) -> tuple[Fault, ...]:
    """Return the faults that only show when the lesson runs; its file is ``text``."""
    lines, faults = lines_of(text), []
    for index, card in enumerate(lesson.cards):
        if not isinstance(card, Do):
            continue
        before = lesson.experiment_at(index)
        start = card.check(measured_at_once(before))
        if start.met:
            line = line_at(lines, ("card", index, "goal"))
            faults.append(Fault(line, "met_at_once", (("card", index + 1),)))
        try:
            end = card.check(measured_at_once(changed_recipe(before, card.solution)))
        except ExperimentError as error:
            line = line_at(lines, ("card", index, "solution"))
            faults += [Fault(line, "knob", (), problem) for problem in error.problems]
            continue
        if not end.met:
            line = line_at(lines, ("card", index, "solution"))
            share = f"{end.closeness:.0%}"
            faults.append(Fault(line, "not_solved", (("card", index + 1), ("share", share))))
    return tuple(faults)
