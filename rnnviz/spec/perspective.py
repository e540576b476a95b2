"""How an experiment is looked at: page, lens, cursor, language. Never changes what is computed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Any

from rnnviz.i18n import LANGUAGES
from rnnviz.knobs import (
    Answers,
    Choice,
    Flag,
    Listed,
    Name,
    Names,
    Note,
    Packed,
    Problem,
    Whole,
    Wholes,
    check,
    knob,
    read,
    table,
    write,
)

PAGES = ("states", "keras", "dynamics", "moments", "training", "compare", "atlas", "lessons")
COLOURS = ("auto", "direction", "unit", "probability", "surprise")
"""What the steps of a sequence are coloured by: a unit, the states' first principal direction, or
what a network that says what comes next thought of it. "auto" takes what there is."""
ALIKE = ("pattern", "exact", "cosine", "range")
"""What moments are ranked by; `rnnviz.moments.MEASURES` has the same."""
MOST_RANGE = 500
"""Longest range whose like is looked for from the page, in timesteps."""
MOST_COMPARED = 256
MOST_REPEATS, MOST_GRID = 16, 100
"""Seeds of each cell of a map, and values along each of its axes."""
TRIAL_LENSES = ("trial_mean", "trial_spread")
"""Lenses over all trials of a run that has several."""
LENSES = ("state", "digits", "preactivation", "slope", "change", "magnitude", *TRIAL_LENSES)
PALETTES = ("red_blue", "purple_orange")
SUMMARY_STYLES = ("keras2", "keras3")
NUMBERINGS = ("fresh", "session")
CONTRASTS = ("auto", "fixed", "own")
FRAMEWORKS = ("numpy", "keras", "torch")
SIDES = ("both", "a", "b")
"""Side by side, which of the two experiments the knobs move."""
PARTS = (
    *(
        "navigation",
        "controls",
        "reading",
        "advice",
        "numbers",
        "network",
        "lens",
        "closer",
        "listing",
    ),
    *("actions", "take_away", "teach", "tour"),
)
"""Parts of the page that a link can hide."""
SECOND = "b."
"""What stands in a link before the knobs of the second of two experiments."""
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_SERVER_NAMES = ("embed", "embed_options")
RENAMED_VIEWS = (
    ("changes", "initialiser_grid"),
    ("glass", "one_step"),
    ("spread", "distribution"),
)
"""Views by the name that older links give them, and their name now."""
NAMES_LIMIT = 60
NOTE_LIMIT = 1200
WORK_LIMIT = 300
HOMEWORK_LIMIT = 900
PACKED_LIMIT = 6000
"""Letters of a lesson that a link holds: servers refuse addresses of 8,192 bytes."""


@dataclass(frozen=True, kw_only=True)
class Perspective:
    """The frozen description of one look at a run.

    The fields are rows of a table, as in `rnnviz.spec.experiment.Experiment`. ``hidden`` names
    the :data:`PARTS` that are not shown, ``knobs`` the only knobs that are (all when empty),
    ``locked`` those that cannot be moved, and ``note`` is what the maker of the link has to say, in
    Markdown. ``summary_style`` and ``framework`` say whose summary and whose program the Keras page
    shows: the notes' own, unless the link says otherwise; ``numbering`` whether names in a summary
    count from the beginning or on from the notes' models. ``lesson_text`` is a lesson that the link
    itself holds, packed; ``course`` names the lessons that the page lists, in their order, and
    ``done`` those that were finished. ``work`` notes what was done in the lesson that is on, and
    ``homework`` is what was handed in; `rnnviz.lessons.homework` reads both. ``room`` is the room
    of this server that answers are counted in. ``contrast`` says whether colours span the values
    that are possible or those that are there. ``begin``, ``span`` and ``begin_trial`` are the range
    whose like is looked for (a span of 0: none is), ``alike`` says what ranks the moments, and
    ``compared`` are the units (those that stay on through the range when empty). A cursor beyond
    the run (``timestep``, ``unit``, ``layer``, ``trial``) means the last one there is: a link stays
    good when the experiment in it gets shorter. ``parameters`` holds what is set about analyses, as
    (link name, text) pairs such as ``("fixed_points.starts", "256")``, sorted by name and without
    defaults.
    """

    page: str = knob("states", Choice(PAGES))
    lens: str = knob("state", Choice(LENSES))
    timestep: int = knob(0, Whole(0, 999_999), link="t")
    unit: int = knob(0, Whole(0, 2047))
    view: str | None = knob(None, Name(RENAMED_VIEWS))
    layer: int = knob(0, Whole(0, 15))
    trial: int = knob(0, Whole(0, 999_999), quiet=True)
    palette: str = knob("red_blue", Choice(PALETTES))
    presentation: bool = knob(False, Flag())
    contrast: str = knob("auto", Choice(CONTRASTS), quiet=True)
    colour: str = knob("auto", Choice(COLOURS), quiet=True)
    begin: int = knob(0, Whole(0, 999_999), quiet=True)
    span: int = knob(0, Whole(0, MOST_RANGE), quiet=True)
    begin_trial: int = knob(0, Whole(0, 999_999), quiet=True)
    alike: str = knob("pattern", Choice(ALIKE), quiet=True)
    compared: tuple[int, ...] = knob((), Wholes(MOST_COMPARED, 2047), quiet=True)
    summary_style: str = knob("keras2", Choice(SUMMARY_STYLES), quiet=True)
    numbering: str = knob("fresh", Choice(NUMBERINGS), quiet=True)
    framework: str = knob("numpy", Choice(FRAMEWORKS), quiet=True)
    language: str | None = knob(None, Choice(LANGUAGES, optional=True), link="lang", quiet=True)
    lesson: str | None = knob(None, Name(), quiet=True)
    lesson_text: str = knob("", Packed(PACKED_LIMIT), quiet=True)
    card: int = knob(0, Whole(0, 99), quiet=True)
    answers: str = knob("", Answers(20), quiet=True)
    work: str = knob("", Packed(WORK_LIMIT), quiet=True)
    homework: str = knob("", Packed(HOMEWORK_LIMIT), quiet=True)
    room: str | None = knob(None, Name(), quiet=True)
    course: tuple[str, ...] = knob((), Listed(NAMES_LIMIT), quiet=True)
    done: tuple[str, ...] = knob((), Names(NAMES_LIMIT), quiet=True)
    across: str | None = knob("weight_scale", Name(), quiet=True)
    up: str | None = knob("recurrent_gain", Name(), quiet=True)
    measure: str | None = knob("lyapunov", Name(), quiet=True)
    beside: str | None = knob(None, Name(), quiet=True)
    repeats: int = knob(1, Whole(1, MOST_REPEATS), quiet=True)
    grid: int = knob(24, Whole(2, MOST_GRID), quiet=True)
    side: str = knob("both", Choice(SIDES), quiet=True)
    difference: bool = knob(False, Flag(), quiet=True)
    hidden: tuple[str, ...] = knob((), Names(NAMES_LIMIT), quiet=True)
    knobs: tuple[str, ...] = knob((), Names(NAMES_LIMIT), quiet=True)
    locked: tuple[str, ...] = knob((), Names(NAMES_LIMIT), quiet=True)
    note: str = knob("", Note(NOTE_LIMIT), quiet=True)
    parameters: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _sorted_parameters(self.parameters))
        for row in TABLE.values():
            value, problems = check(row, getattr(self, row.name))
            if problems:
                raise ValueError(problems[0].sentence())
            object.__setattr__(self, row.name, value)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the (link name, text) pairs; an undecided language is left to the visitor."""
        return write(TABLE, self) + list(self.parameters)

    def layer_in(self, layers: Sized) -> int:
        """Return the number of the layer that is looked at; the top one where there are fewer."""
        return min(self.layer, len(layers) - 1)

    def trial_in(self, run) -> int:
        """Return the number of the trial that is looked at; the last where there are fewer."""
        return min(self.trial, run.trials - 1)

    def without_lesson(self, **changes: Any) -> Perspective:
        """Return the same look outside of any lesson."""
        left = {"lesson": None, "lesson_text": "", "card": 0, "answers": "", "work": ""}
        return self.replace(**left, **changes)

    def replace(self, **changes: Any) -> Perspective:
        """Return the same look with some settings changed; itself if none is."""
        # Every control of a page says what it stands at, at every run; hardly ever is it news.
        if all(getattr(self, name) == value for name, value in changes.items()):
            return self
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_pairs(cls, pairs, known=()) -> tuple[Perspective, list[Problem]]:
        """Return the perspective of a link's pairs, bad values as their defaults, and why."""
        settings, problems = read(TABLE, of_the_first(pairs), known)
        settings["parameters"] = parameters_in(pairs)
        return cls(**settings), problems


def of_the_first(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a link's pairs without those of a second experiment and those of the server."""
    return [
        (name, text)
        for name, text in pairs
        if not name.startswith(SECOND)
        and name.lower() not in _SERVER_NAMES
        and not _PARAMETER.fullmatch(name)
    ]


def parameters_in(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a link that set something about an analysis, ``view.parameter``."""
    return tuple(
        pair for pair in pairs if _PARAMETER.fullmatch(pair[0]) and not pair[0].startswith(SECOND)
    )


def _sorted_parameters(pairs: object) -> tuple[tuple[str, str], ...]:
    """Return pairs sorted by name, the first where a name stands twice."""
    if not isinstance(pairs, tuple | list):
        raise ValueError("parameters must be (name, text) pairs.")
    found: dict[str, str] = {}
    for name, text in pairs:
        if not (isinstance(name, str) and isinstance(text, str) and _PARAMETER.fullmatch(name)):
            raise ValueError("parameters must be pairs of a name, view.parameter, and a text.")
        found.setdefault(name, text)
    return tuple(sorted(found.items()))


def of_the_second(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of a link's second experiment, under their plain names."""
    return [(name[len(SECOND) :], text) for name, text in pairs if name.startswith(SECOND)]


TABLE = table(Perspective)
"""The rows of the perspective, by field name."""
