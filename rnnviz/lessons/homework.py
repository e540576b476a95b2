"""What one student did in a lesson, as a link: answers, tries, "show me", times, and a checksum.

The checksum tells links that were changed or cut by accident. It is no proof: whoever reads this
file can compute it, and the program says so wherever it shows one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, replace
from typing import Any

from rnnviz.knobs import Note, Refusal
from rnnviz.lessons.lesson import Do, Lesson, Predict
from rnnviz.spec.perspective import HOMEWORK_LIMIT

NAME_LIMIT = 40
"""Letters of a student's name."""
_PLAIN_LIMIT = 4000
_MOST_TRIES = 9999
_LATEST = 2**33
"""Seconds since 1970 that a clock may show: up to the year 2242."""
_CHECK_LETTERS = 10
_VERSION = 1
_TASK = re.compile(r"(\d{1,4})(m?)(s?)")


@dataclass(frozen=True)
class Task:
    """What was done at one task: moves of the control, whether it was met, "show me" used."""

    tries: int = 0
    met: bool = False
    shown: bool = False


@dataclass(frozen=True)
class Work:
    """What is noted while a lesson goes on; the link carries it as ``work``.

    Parameters
    ----------
    begun : int
        When the first card was seen, in seconds since 1970; 0 while that is not known.
    tasks : tuple of Task
        One for each task of the lesson.
    """

    begun: int
    tasks: tuple[Task, ...]

    @classmethod
    def read(cls, text: str, lesson: Lesson) -> Work:
        """Read what a link says; what cannot be read counts as nothing done."""
        first, *rest = text.split("-")
        begun = int(first) if first.isascii() and first.isdecimal() and len(first) < 11 else 0
        count = sum(isinstance(card, Do) for card in lesson.cards)
        tasks = [_task(part) for part in rest[:count]]
        return cls(begun, tuple(tasks + [Task()] * (count - len(tasks))))

    @property
    def text(self) -> str:
        """The same as a link holds it."""
        return "-".join([str(self.begun), *(_written(task) for task in self.tasks)])

    def at(self, lesson: Lesson, index: int, **changes: Any) -> Work:
        """Return the work with the task of a card changed; ``tries`` may be one more."""
        place = sum(isinstance(card, Do) for card in lesson.cards[:index])
        changed = replace(self.tasks[place], **changes)
        return replace(self, tasks=(*self.tasks[:place], changed, *self.tasks[place + 1 :]))

    def task(self, lesson: Lesson, index: int) -> Task:
        """Return what was done at the task of a card."""
        return self.tasks[sum(isinstance(card, Do) for card in lesson.cards[:index])]

    def tried(self, lesson: Lesson, index: int) -> Work:
        """Return the work with one more move of the control at the task of a card."""
        tries = min(self.task(lesson, index).tries + 1, _MOST_TRIES)
        return self.at(lesson, index, tries=tries)


@dataclass(frozen=True)
class Homework:
    """What is handed in.

    Parameters
    ----------
    lesson : str
        The lesson's name.
    fingerprint : str
        Eight letters that tell one content of a lesson from another.
    name : str
        What the student wrote as name.
    answers : str
        One digit a prediction; "-" for one that was not made.
    tasks : tuple of Task
    begun, ended : int
        Seconds since 1970.
    """

    lesson: str
    fingerprint: str
    name: str
    answers: str
    tasks: tuple[Task, ...]
    begun: int
    ended: int

    @property
    def minutes(self) -> float:
        """From the first card to handing in; nan where the clock went backwards."""
        return (self.ended - self.begun) / 60 if 0 < self.begun <= self.ended else float("nan")


class NotHomeworkError(ValueError):
    """A text is no homework; ``key`` is ``homework_unreadable`` or ``homework_changed``."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def fingerprint(lesson: Lesson) -> str:
    """Return what tells one content of a lesson from another: its questions and its tasks."""
    told = [lesson.name, str(lesson.start)]
    for card in lesson.cards:
        told.append(card.name)
        if isinstance(card, Predict):
            told += [*card.options, card.answer]
        if isinstance(card, Do):
            told += [*card.knobs, repr(sorted(card.solution.items()))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]


def homework_of(lesson: Lesson, name: str, answers: str, work: Work, now: int) -> Homework:
    """Return what a student hands in.

    Raises
    ------
    Refusal
        If the name is too long or holds letters that cannot be seen.
    """
    checked = Note(NAME_LIMIT).check(name.replace("\n", " "))
    predictions = sum(isinstance(card, Predict) for card in lesson.cards)
    given = answers[:predictions].ljust(predictions, "-")
    return Homework(
        lesson.name, fingerprint(lesson), checked, given, work.tasks, work.begun, int(now)
    )


def pack(homework: Homework) -> str:
    """Return homework for a link: letters of base64url, the checksum last."""
    tasks = [_written(task) for task in homework.tasks]
    told = [
        *(_VERSION, homework.lesson, homework.fingerprint, homework.name, homework.answers),
        *(tasks, homework.begun, homework.ended),
    ]
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")
    return packed + _check(packed)


def unpack(text: str) -> Homework:
    """Read homework of a link.

    Raises
    ------
    NotHomeworkError
        ``homework_changed`` where the checksum does not fit, ``homework_unreadable`` otherwise.
    """
    packed, check = text[:-_CHECK_LETTERS], text[-_CHECK_LETTERS:]
    if len(text) > HOMEWORK_LIMIT or not packed:
        raise NotHomeworkError("homework_unreadable")
    if _check(packed) != check:
        raise NotHomeworkError("homework_changed")
    try:
        content = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        plain = zlib.decompressobj().decompress(content, _PLAIN_LIMIT)
        return _homework(json.loads(plain))
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError, Refusal) as error:
        raise NotHomeworkError("homework_unreadable") from error


def _homework(told: Any) -> Homework:
    version, lesson, mark, name, answers, tasks, begun, ended = told
    if version != _VERSION or not isinstance(tasks, list) or len(tasks) > 40:
        raise ValueError("another version")
    texts = (lesson, mark, name, answers)
    if not all(isinstance(text, str) and len(text) <= 60 for text in texts):
        raise ValueError("no text")
    if not all(type(time) is int and 0 <= time < _LATEST for time in (begun, ended)):
        raise ValueError("no time")
    if not re.fullmatch(r"[0-9-]{0,20}", answers):
        raise ValueError("no answers")
    checked = Note(NAME_LIMIT).check(name)
    return Homework(lesson, mark, checked, answers, tuple(map(_task, tasks)), begun, ended)


def _check(packed: str) -> str:
    digest = hashlib.sha256(b"rnnviz homework 1:" + packed.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_CHECK_LETTERS]


def _task(text: str) -> Task:
    match = _TASK.fullmatch(text)
    return Task(int(match[1]), bool(match[2]), bool(match[3])) if match else Task()


def _written(task: Task) -> str:
    return f"{task.tries}{'m' if task.met else ''}{'s' if task.shown else ''}"
