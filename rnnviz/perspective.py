"""How an experiment is looked at: page, lens, cursor, language. Never changes what is computed."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.i18n import LANGUAGES
from rnnviz.kinds import Name
from rnnviz.knobs import Choice, Flag, Problem, Whole, knob, read, table, write

PAGES = ("states", "dynamics")
LENSES = ("state", "digits", "preactivation", "slope", "change")
PALETTES = ("red_blue", "purple_orange")


@dataclass(frozen=True, kw_only=True)
class Perspective:
    """The frozen description of one look at a run.

    The fields are rows of a table, as in :class:`rnnviz.experiment.Experiment`. A cursor that lies
    beyond the run (``timestep``, ``unit``, ``layer``) means the last one there is: a link stays
    good when the experiment in it gets shorter.
    """

    page: str = knob("states", Choice(PAGES))
    lens: str = knob("state", Choice(LENSES))
    timestep: int = knob(0, Whole(0, 999_999), link="t")
    unit: int = knob(0, Whole(0, 2047))
    view: str | None = knob(None, Name())
    layer: int = knob(0, Whole(0, 15))
    palette: str = knob("red_blue", Choice(PALETTES))
    presentation: bool = knob(False, Flag())
    language: str | None = knob(None, Choice(LANGUAGES, optional=True), link="lang")

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (link name, text) pairs; an undecided language is left to the visitor."""
        return [pair for pair in write(TABLE, self) if pair != ("lang", "none")]

    @classmethod
    def from_pairs(cls, pairs, known=()) -> tuple[Perspective, list[Problem]]:
        """Return the perspective of a link's pairs, bad values as their defaults, and why."""
        settings, problems = read(TABLE, pairs, known)
        return cls(**settings), problems


TABLE = table(Perspective)
"""The rows of the perspective, by field name."""
