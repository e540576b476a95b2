"""What a knob is: one row that carries a setting's default, range, link name and control.

A frozen dataclass whose fields are made by :func:`knob` is a table of knobs. The functions here
check such a table, and turn it into link or JSON values and back. They know no particular table.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from rnnviz.i18n import DEFAULT_LANGUAGE, words

LINK_LIMIT = 16_384
"""Longest link that is read, in characters; nothing rnnviz writes comes near it."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")
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
            name: say(f"knob.{value}.label") if name == "knob" else value
            for name, value in self.values
        }
        return say(f"problem.{self.key}", **values)


class Refusal(ValueError):  # noqa: N818 - it becomes a Problem, it is not an error of its own
    """A kind does not take a value; carries the key and fields of the sentence that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Kind(Protocol):
    """What values a knob takes, and how they are written in a link."""

    def check(self, value: object) -> Any:
        """Return the value in its plain Python type, or raise :class:`Refusal`."""

    def parse(self, text: str) -> Any:
        """Return the value that a link's text stands for, or raise :class:`Refusal`."""

    def write(self, value: Any) -> str:
        """Return the link text of a checked value; ``parse`` gives back the very same value."""


@dataclass(frozen=True)
class Whole:
    """Whole numbers from ``minimum`` to ``maximum``."""

    minimum: int
    maximum: int

    def check(self, value: object) -> int:
        """Return a Python int; booleans and floats are refused."""
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise Refusal("not_whole", **self._range())
        if not self.minimum <= value <= self.maximum:
            raise Refusal("out_of_range", **self._range())
        return int(value)

    def parse(self, text: str) -> int:
        """Read decimal digits."""
        if not _WHOLE.fullmatch(text):
            raise Refusal("not_whole", **self._range())
        return self.check(int(text))

    def write(self, value: int) -> str:
        """Write decimal digits."""
        return str(value)

    def _range(self) -> dict[str, str]:
        return {"minimum": f"{self.minimum:,}", "maximum": f"{self.maximum:,}"}


@dataclass(frozen=True)
class Real:
    """Finite numbers from ``minimum`` to ``maximum``; with ``optional``, also None ("none")."""

    minimum: float
    maximum: float
    optional: bool = False

    def check(self, value: object) -> float | None:
        """Return a Python float (or None); NaN and infinities are refused."""
        if value is None and self.optional:
            return None
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise Refusal("not_a_number", **self._range())
        if not math.isfinite(value):
            raise Refusal("not_a_number", **self._range())
        if not self.minimum <= value <= self.maximum:
            raise Refusal("out_of_range", **self._range())
        return float(value) + 0.0  # -0.0 and 0.0 are one setting, so they must be one link

    def parse(self, text: str) -> float | None:
        """Read a decimal number."""
        if text == "none" and self.optional:
            return None
        if not _REAL.fullmatch(text):
            raise Refusal("not_a_number", **self._range())
        return self.check(float(text))

    def write(self, value: float | None) -> str:
        """Write the shortest decimal that reads back as the same float."""
        return "none" if value is None else repr(value)

    def _range(self) -> dict[str, str]:
        return {"minimum": f"{self.minimum:g}", "maximum": f"{self.maximum:g}"}


@dataclass(frozen=True)
class Choice:
    """One of a few names; with ``optional``, also None ("none")."""

    options: tuple[str, ...]
    optional: bool = False

    def check(self, value: object) -> str | None:
        """Return the name itself."""
        if value is None and self.optional:
            return None
        if not isinstance(value, str) or value not in self.options:
            raise Refusal("not_a_choice", options=", ".join(self.options))
        return str(value)

    def parse(self, text: str) -> str | None:
        """Read the name."""
        return self.check(None if text == "none" and self.optional else text)

    def write(self, value: str | None) -> str:
        """Write the name."""
        return "none" if value is None else value


@dataclass(frozen=True)
class Flag:
    """Yes or no, written as 1 or 0."""

    def check(self, value: object) -> bool:
        """Return a Python bool; numbers are refused."""
        if not isinstance(value, bool) and type(value).__name__ not in ("bool_", "bool"):
            raise Refusal("not_a_flag")
        return bool(value)

    def parse(self, text: str) -> bool:
        """Read 1 or 0."""
        if text not in ("0", "1"):
            raise Refusal("not_a_flag")
        return text == "1"

    def write(self, value: bool) -> str:
        """Write 1 or 0."""
        return str(int(value))


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
    when : tuple of (str, container) pairs
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
    when: tuple[tuple[str, Container], ...] = ()
    quiet: bool = False


def knob(default: Any, kind: Kind, *, link: str = "", **row: Any) -> Any:
    """Return a dataclass field that is one row of a table; see :class:`Knob` for the columns."""
    return field(default=default, metadata={"kind": kind, "link": link, **row})


def table(owner: type) -> dict[str, Knob]:
    """Return the knobs of a dataclass by name, in the order of its fields."""
    rows = {}
    for row in dataclasses.fields(owner):
        columns = dict(row.metadata)
        columns["link"] = columns["link"] or row.name
        rows[row.name] = Knob(row.name, row.default, **columns)
    return rows


def shown(value: object) -> str:
    """Return a value as short text, fit to be quoted in a sentence."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + "…"


def check(row: Knob, value: object) -> tuple[Any, list[Problem]]:
    """Return the checked value of a knob, or its default, and what was wrong.

    A per-layer knob takes one value, or a list or tuple of values, one per layer.
    """
    several = row.per_layer and isinstance(value, (tuple, list))
    checked, problems = [], []
    for one in value if several else (value,):
        try:
            checked.append(row.kind.check(one))
        except Refusal as refusal:
            problems.append(_problem(row, one, refusal))
    if several and not value:
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
