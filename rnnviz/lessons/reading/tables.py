"""Walks a TOML table and notes what does not belong there, each with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from rnnviz.i18n import LANGUAGES
from rnnviz.knobs import Problem
from rnnviz.lessons.reading.faults import Fault, LessonFaultsError
from rnnviz.lessons.reading.lines import Path, line_at, lines_of
from rnnviz.lessons.reading.texts import NoTextError, checked_text

_DEEP = re.compile(r"(?:[A-Za-z0-9_\"'-]{1,60}[ \t]{0,9}\.[ \t]{0,9}){17}")
"""A key of so many parts: tomllib takes minutes for one of thousands."""
_KINDS = {str: "text", bool: "flag", int: "whole", list: "list", dict: "table"}


class Tables:
    """A file that is being read: its values, their lines, and the faults that were found.

    Attributes
    ----------
    root : Mapping
        The file's outermost table.
    faults : list of Fault
        What was found so far.
    languages : tuple of str
        The languages in which the file has to say everything.
    """

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self.languages: tuple[str, ...] = ()
        if deep := _DEEP.search(text):
            line = text.count("\n", 0, deep.start()) + 1
            raise LessonFaultsError((Fault(line, "too_deep"),))
        self._lines = lines_of(text)
        try:
            self.root: Mapping[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise LessonFaultsError((_not_toml(error, text),)) from error
        except RecursionError as error:
            raise LessonFaultsError((Fault(1, "too_deep"),)) from error

    def fault(self, path: Path, key: str, **values: object) -> None:
        """Note what is wrong with a value."""
        self.faults.append(Fault(line_at(self._lines, path), key, tuple(values.items())))

    def problem(self, path: Path, problem: Problem) -> None:
        """Note what a knob says of its value."""
        self.faults.append(Fault(line_at(self._lines, path), "knob", (), problem))

    def only(self, table: Mapping[str, Any], path: Path, known: tuple[str, ...]) -> None:
        """Note every name in a table that means nothing here."""
        for name in table:
            if name not in known:
                self.fault((*path, name), "unknown", name=name[:40], known=", ".join(known))

    def value(
        self, table: Mapping[str, Any], path: Path, name: str, kind: type, *, needed: bool = False
    ) -> Any:
        """Return a value of one type; None, with a fault, where it is missing or another."""
        if name not in table:
            if needed:
                self.fault(path, "missing", name=name)
            return None
        found = table[name]
        if type(found) is not kind:
            self.fault((*path, name), f"not_{_KINDS[kind]}", name=name)
            return None
        return found

    def tables(self, table: Mapping[str, Any], path: Path, name: str) -> list[Mapping[str, Any]]:
        """Return a list of tables, ``[[name]]``; empty where there is none."""
        found = self.value(table, path, name, list)
        if found is None:
            return []
        if not all(isinstance(one, dict) for one in found):
            self.fault((*path, name), "not_tables", name=name)
            return []
        return found

    def texts(
        self, table: Mapping[str, Any], path: Path, name: str, *, quotes: bool = True
    ) -> dict[str, str]:
        """Return a sentence by language; a plain string is in the file's own language.

        Faults: missing, no text, not in every language of the file, or not to be shown.
        """
        found = table.get(name)
        at = (*path, name)
        if found is None:
            self.fault(path, "missing", name=name)
            return {}
        if isinstance(found, str):
            if len(self.languages) != 1:
                self.fault(at, "which_language", name=name)
                return {}
            found = {self.languages[0]: found}
        if not isinstance(found, dict):
            self.fault(at, "not_text", name=name)
            return {}
        self.only(found, at, LANGUAGES)
        return {
            language: text
            for language in self.languages
            if (text := self._text(found, at, language, quotes)) is not None
        }

    def _text(
        self, found: Mapping[str, Any], path: Path, language: str, quotes: bool
    ) -> str | None:
        text = found.get(language)
        if text is None:
            self.fault(path, "lacks_language", name=str(path[-1]), language=language)
            return None
        if not isinstance(text, str):
            self.fault((*path, language), "not_text", name=str(path[-1]))
            return None
        try:
            return checked_text(text, quotes=quotes)
        except NoTextError as wrong:
            self.fault((*path, language), wrong.key, **wrong.values)
            return None


def _not_toml(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    """The fault of a text that TOML cannot be read from; the error names its line in words."""
    message = str(error)
    _, _, place = message.rpartition("(at line ")
    line, _, _ = place.partition(",")
    number = int(line) if line.isdecimal() else text.count("\n") + 1
    return Fault(number, "not_toml", (("reason", message.partition(" (at")[0][:120]),))
