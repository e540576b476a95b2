"""What a knob is: one row that carries a setting's default, range, link name and control.

A frozen dataclass whose fields are made by :func:`knob` is a table of knobs. The functions here
check such a table, and turn it into link or JSON values and back. They know no particular table.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.knobs.kinds import Kind, Refusal

LINK_LIMIT = 16_384
"""Longest link that is read, in characters; nothing rnnviz writes comes near it."""
_SHOWN_VALUE = 40


@dataclass(frozen=True)
class Problem:
    """Something wrong with a setting, as a value that the words turn into a sentence.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``problem.``.
    values : tuple of (str, object) pairs
        Fields of the sentence. The field ``knob`` is a field name, shown by its label.
    mend : tuple of (str, object) pairs
        Changes of the settings that would mend it; empty when there is no one obvious mend.
    asked : tuple of (str, object) pairs
        The settings that were asked for when it came up, which the mend keeps.
    """

    key: str
    values: tuple[tuple[str, object], ...] = ()
    mend: tuple[tuple[str, object], ...] = ()
    asked: tuple[tuple[str, object], ...] = ()

    def asking(self, settings: Mapping[str, Any]) -> Problem:
        """Return the problem of somebody who asked for these settings."""
        return replace(self, asked=tuple(settings.items()))

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence in a language, each knob named as its control is."""
        say = words(language)
        values = {
            name: _label(str(value), say) if name == "knob" else value
            for name, value in self.values
        }
        return say(f"problem.{self.key}", **values)


class ProblemError(Exception):
    """A problem as an exception; ``.problem`` says what is wrong and what to do.

    Parameters
    ----------
    key : str
        Key of the sentence, under ``problem.``.
    **values
        Fields of the sentence.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.problem = Problem(key, tuple(values.items()))
        super().__init__(self.sentence())

    def sentence(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return what is wrong in a language, in one line."""
        return self.problem.sentence(language)


@dataclass(frozen=True)
class Knob:
    """One row of a table of settings.

    Parameters
    ----------
    name : str
        Name of the setting, which is also its field and its keyword.
    default : object
        What it is when nobody says otherwise.
    kind : Kind
        Which values it takes.
    link : str
        Its name in links and JSON.
    group : str
        Where its control stands; "" for a setting that has none.
    control : str
        How it is shown: "scale", "number", "select", "toggle" or "" for none.
    options : tuple
        For a "scale": the stops of its slider.
    per_layer : bool
        Whether it also takes one value per layer.
    when : tuple of (str, collection) pairs
        The control is shown only while each named setting has one of these values.
    quiet : bool
        Left out of links while it stands at its default; only for defaults that mean "nothing"
        and can never come to mean something else.
    """

    name: str
    default: Any
    kind: Kind
    link: str
    group: str = ""
    control: str = ""
    options: tuple = ()
    per_layer: bool = False
    when: tuple[tuple[str, Collection[Any]], ...] = ()
    quiet: bool = False


def knob(default: Any, kind: Kind, *, link: str = "", **row: Any) -> Any:
    """Return a dataclass field that is one row of a table; see :class:`Knob` for the columns."""
    return field(default=default, metadata={"kind": kind, "link": link, **row})


def table(owner: type) -> dict[str, Knob]:
    """Return the knobs of a dataclass by name: its own, then those that it inherits.

    Fields that are no knobs are passed over.
    """
    own = inspect.get_annotations(owner)
    rows = {}
    for row in sorted(dataclasses.fields(owner), key=lambda row: row.name not in own):
        if "kind" not in row.metadata:
            continue
        columns = dict(row.metadata)
        columns["link"] = columns["link"] or row.name
        rows[row.name] = Knob(row.name, row.default, **columns)
    return rows


def _label(name: str, say: Words) -> str:
    """What the control of a knob is called: an experiment's, or an analysis's parameter."""
    key = f"knob.{name}.label"
    return say(key if key in say else f"parameter.{name}.label")


def shown(value: object) -> str:
    """Return a value as short text, fit to be quoted in a sentence."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        text = "…"
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + "…"


def check(row: Knob, value: object) -> tuple[Any, list[Problem]]:
    """Return the checked value of a knob, or its default, and what was wrong.

    A per-layer knob takes one value, or a list or tuple of values, one per layer.
    """
    values = value if row.per_layer and isinstance(value, (tuple, list)) else (value,)
    several = values is value
    checked: list[Any] = []
    problems: list[Problem] = []
    for one in values:
        try:
            checked.append(row.kind.check(one))
        except Refusal as refusal:
            problems.append(_problem(row, one, refusal))
    if not values:
        problems.append(Problem("no_layer", (("knob", row.name),)))
    if problems:
        return row.default, problems
    return (tuple(checked) if several else checked[0]), []


def write(rows: Mapping[str, Knob], settings: object) -> list[tuple[str, str]]:
    """Return (link name, text) of every knob of a checked table but the quiet ones at rest."""
    pairs = []
    for row in rows.values():
        value = getattr(settings, row.name)
        if row.quiet and value == row.default:
            continue
        several = value if row.per_layer and isinstance(value, tuple) else (value,)
        pairs.append((row.link, ",".join(row.kind.write(one) for one in several)))
    return pairs


def read(
    rows: Mapping[str, Knob], pairs: Iterable[tuple[str, str]], known: Iterable[str] = ()
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the settings that (link name, text) pairs stand for, and what was wrong with them.

    A pair that cannot be read is left out of the settings and named in the problems; nothing is
    dropped silently. Names in ``known`` belong to somebody else and are passed over.
    """
    by_link = {row.link: row for row in rows.values()}
    settings: dict[str, Any] = {}
    problems: list[Problem] = []
    known = frozenset(known)
    for name, text in pairs:
        row = by_link.get(name)
        if row is None:
            if name not in known:
                problems.append(Problem("unknown_name", (("name", shown(name)),)))
        elif row.name in settings:
            problems.append(Problem("stands_twice", (("knob", row.name), ("value", shown(text)))))
        else:
            _read_one(row, text, settings, problems)
    return settings, problems


def _read_one(row: Knob, text: str, settings: dict[str, Any], problems: list[Problem]) -> None:
    parts = text.split(",") if row.per_layer else [text]
    values = []
    for part in parts:
        try:
            values.append(row.kind.parse(part))
        except Refusal as refusal:
            problems.append(_problem(row, part, refusal))
            return
    settings[row.name] = tuple(values) if len(values) > 1 else values[0]


def _problem(row: Knob, value: object, refusal: Refusal) -> Problem:
    values = {"knob": row.name, "value": shown(value), "link": row.link, **refusal.values}
    return Problem(refusal.key, tuple(values.items()))
