"""Homework of a class → one table, and how the class answered each question."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rnnviz.i18n import Words
from rnnviz.lessons.homework import Homework, NotHomeworkError, fingerprint, unpack
from rnnviz.lessons.lesson import Do, Lesson, Predict

_LINK = re.compile(r"homework=([A-Za-z0-9_-]{20,2000})")
MOST_HANDED_IN = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula, if a cell begins with it."""


@dataclass(frozen=True)
class HandedIn:
    """One piece of what was handed in.

    Parameters
    ----------
    homework : Homework or None
        What it says; None where it cannot be read.
    problem : str
        ``""``, ``homework_unreadable``, ``homework_changed``, ``homework_other_lesson``, or
        ``homework_other_version``: the same name, but other questions.
    """

    homework: Homework | None
    problem: str = ""


def found_in(text: str) -> list[str]:
    """Return the homework in a text of links, or in the bytes of a PDF, each once, in order."""
    return list(dict.fromkeys(_LINK.findall(text)))[:MOST_HANDED_IN]


def collected(packed: Iterable[str], known: Mapping[str, Lesson]) -> list[HandedIn]:
    """Return what was handed in, each piece judged."""
    return [_judged(one, known) for one in packed]


def predictions(handed_in: Iterable[HandedIn], lesson: Lesson) -> list[Counter[str]]:
    """Count how often each option was picked, one counter a prediction; sound homework only."""
    questions = [card for card in lesson.cards if isinstance(card, Predict)]
    counts: list[Counter[str]] = [Counter() for _ in questions]
    for one in handed_in:
        if one.homework is None or one.problem or one.homework.lesson != lesson.name:
            continue
        for place, card in enumerate(questions):
            picked = option_at(card, one.homework.answers[place : place + 1])
            if picked is not None:
                counts[place][picked] += 1
    return counts


def option_at(card: Predict, digit: str) -> str | None:
    """Return the option that a digit stands for; None for no answer."""
    number = int(digit) if digit.isascii() and digit.isdecimal() else len(card.options)
    return card.options[number] if number < len(card.options) else None


def table(handed_in: Iterable[HandedIn], lesson: Lesson, say: Words) -> list[dict[str, str]]:
    """Return one row a piece of homework on a lesson, one column a question or task."""
    say = lesson.words(say)
    rows = []
    for one in handed_in:
        if one.homework is None:
            rows.append({say("homework.column.problem"): say(f"homework.{one.problem}")})
        elif one.homework.lesson == lesson.name:
            rows.append(_row(one.homework, one.problem, lesson, say))
    return rows


def to_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a table as CSV in UTF-8 with a mark, as spreadsheets want it; no cell is a formula."""
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(row.get(name, "")) for name in columns])
    return file.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _judged(packed: str, known: Mapping[str, Lesson]) -> HandedIn:
    try:
        homework = unpack(packed)
    except NotHomeworkError as error:
        return HandedIn(None, error.key)
    lesson = known.get(homework.lesson)
    if lesson is None:
        return HandedIn(homework, "homework_other_lesson")
    if homework.fingerprint != fingerprint(lesson):
        return HandedIn(homework, "homework_other_version")
    return HandedIn(homework)


def _row(homework: Homework, problem: str, lesson: Lesson, say: Words) -> dict[str, str]:
    row = {
        say("homework.column.name"): homework.name,
        say("homework.column.begun"): _time(homework.begun),
        say("homework.column.minutes"): f"{homework.minutes:.1f}",
    }
    questions = [card for card in lesson.cards if isinstance(card, Predict)]
    tasks = [card for card in lesson.cards if isinstance(card, Do)]
    for place, card in enumerate(questions, start=1):
        picked = option_at(card, homework.answers[place - 1 : place])
        key = f"lesson.{lesson.name}.{card.name}.option.{picked}"
        answer = say(key) if picked else say("homework.none")
        row[say("homework.column.answer", number=place)] = answer
        right = picked == card.answer
        row[say("homework.column.right", number=place)] = str(int(right))
    for place, task in enumerate(homework.tasks[: len(tasks)], start=1):
        row[say("homework.column.met", number=place)] = str(int(task.met))
        row[say("homework.column.tries", number=place)] = str(task.tries)
        row[say("homework.column.shown", number=place)] = str(int(task.shown))
    row[say("homework.column.problem")] = say(f"homework.{problem}") if problem else ""
    return row


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else ""
