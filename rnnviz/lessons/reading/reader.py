"""TOML → Lesson. Every name, number and sentence is checked; nothing in a file is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rnnviz.i18n import LANGUAGES
from rnnviz.lessons.lesson import Card, Lesson, Recipe
from rnnviz.lessons.reading.cards import read_card
from rnnviz.lessons.reading.faults import Fault, LessonFaultsError
from rnnviz.lessons.reading.settings import read_look, read_start
from rnnviz.lessons.reading.tables import Tables
from rnnviz.spec.experiment import Experiment

FILE_LIMIT = 64 * 1024
"""Bytes of a file that are read."""
MOST_CARDS = 40
MOST_PREDICTIONS = 20
"""A link holds so many answers."""
LEVELS = (1, 2, 3)
"""First steps, further on, and for those who want to know exactly."""
_TOP = (
    *("name", "title", "summary", "language", "order", "level"),
    *("start", "training", "look", "card"),
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_lesson(content: bytes, name: str = "my_lesson", packed: str = "") -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    content : bytes
        The file, UTF-8.
    name : str
        What it is called in links, unless the file says.
    packed : str
        The text as a link holds it, for a lesson that came with one.

    Raises
    ------
    LessonFaultsError
        With every fault that was found.
    """
    if len(content) > FILE_LIMIT:
        limit = (("limit", f"{FILE_LIMIT // 1024}"),)
        raise LessonFaultsError((Fault(1, "too_large", limit),))
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonFaultsError((Fault(line, "not_utf8"),)) from error
    tables = Tables(text)
    lesson = _lesson(tables, name, packed)
    if tables.faults or lesson is None:
        raise LessonFaultsError(tuple(tables.faults))
    return lesson


def _lesson(tables: Tables, name: str, packed: str) -> Lesson | None:
    root = tables.root
    tables.only(root, (), _TOP)
    tables.languages = _languages(tables)
    texts: dict[str, dict[str, str]] = {language: {} for language in tables.languages}
    for part in ("title", "summary"):
        for language, text in tables.texts(root, (), part, quotes=False).items():
            texts[language][part] = text
    own = tables.value(root, (), "name", str)
    if own is not None and not _NAME.fullmatch(own):
        tables.fault(("name",), "not_a_name", name=own[:40])
    start, look = read_start(tables)
    look |= read_look(tables, root, ())
    cards = _cards(tables, start, texts)
    order, level = (tables.value(root, (), part, int) for part in ("order", "level"))
    if level is not None and level not in LEVELS:
        tables.fault(("level",), "no_level")
    if tables.faults or start is None:
        return None
    return Lesson(
        name=own or name,
        order=1000 if order is None else order,
        level=1 if level is None else level,
        start=start,
        look=look,
        cards=cards,
        texts=texts,
        packed=packed,
    )


def _languages(tables: Tables) -> tuple[str, ...]:
    """Return the languages of a file: the one that it names, or those that its title is in."""
    named = tables.value(tables.root, (), "language", str)
    title = tables.root.get("title")
    if named is not None:
        if named not in LANGUAGES:
            tables.fault(("language",), "no_language", known=", ".join(LANGUAGES))
            return ()
        return (named,)
    if isinstance(title, dict):
        return tuple(language for language in LANGUAGES if language in title)
    if isinstance(title, str):
        # Hangul tells Korean from English; that is all there is to tell.
        korean = any("가" <= letter <= "힣" for letter in title)
        return ("ko",) if korean else ("en",)
    return ()


def _cards(
    tables: Tables, start: Recipe | None, texts: Mapping[str, dict[str, str]]
) -> tuple[Card, ...]:
    found = tables.tables(tables.root, (), "card")
    if not found:
        tables.fault((), "no_cards")
    if len(found) > MOST_CARDS:
        tables.fault(("card", MOST_CARDS), "too_many_cards", most=MOST_CARDS)
        return ()
    cards: list[Card] = []
    experiment: Recipe = start or Experiment()
    names: set[str] = set()
    for number, table in enumerate(found):
        read = read_card(tables, table, number, experiment, texts)
        if read is None:
            continue
        card, experiment = read
        if card.name in names:
            tables.fault(("card", number, "name"), "name_twice", name=card.name)
        names.add(card.name)
        cards.append(card)
    _rules(tables, cards, found)
    return tuple(cards)


def _rules(tables: Tables, cards: list[Card], found: list[Mapping[str, Any]]) -> None:
    """Note what a lesson as a whole lacks."""
    kinds = [table.get("kind") for table in found]
    if kinds.count("predict") > MOST_PREDICTIONS:
        tables.fault(("card",), "too_many_predictions", most=MOST_PREDICTIONS)
    if cards and len(cards) == len(found) and "try" not in kinds:
        tables.fault((), "no_task")
