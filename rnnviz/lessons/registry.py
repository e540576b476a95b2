"""The list of lessons: one file or one module each, and those of a folder of the server's owner."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import os
import pkgutil
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rnnviz import lessons as package
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.reading import FILE_LIMIT, read_lesson, unpack
from rnnviz.spec.perspective import Perspective

FILES = Path(__file__).with_name("files")
FOLDER = "RNNVIZ_LESSONS"
"""Environment variable: a folder of lessons that the page lists after its own."""
MOST_IN_FOLDER = 100
_MOST_KEPT = 64
_kept: OrderedDict[str, Lesson] = OrderedDict()
_keeping = threading.Lock()


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return every lesson by name, in their order: those of rnnviz, then those of the folder.

    Raises
    ------
    ValueError
        If two lessons have the same name.
    LessonFaultsError
        If a file is none.
    """
    found: dict[str, Lesson] = {}
    for lesson in (*_modules(), *of_folder(FILES)):
        _add(lesson, found)
    ordered = sorted(found.values(), key=lambda lesson: (lesson.order, lesson.name))
    listed = {lesson.name: lesson for lesson in ordered}
    folder = os.environ.get(FOLDER)
    own = of_folder(Path(folder)) if folder else []
    for lesson in sorted(own, key=lambda lesson: (lesson.order, lesson.name)):
        _add(lesson, listed)
    return MappingProxyType(listed)


def lesson_of(perspective: Perspective) -> Lesson | None:
    """Return the lesson that is on: the one in the link itself, or one by name; None if none is."""
    if perspective.lesson is None:
        return None
    if perspective.lesson_text:
        return unpack(perspective.lesson_text)
    return lessons().get(perspective.lesson) or _kept.get(perspective.lesson)


def listed(course: tuple[str, ...] = ()) -> list[Lesson]:
    """Return the lessons of a course in its order; all of them where there is none."""
    found = lessons()
    return [found[name] for name in course if name in found] or list(found.values())


def next_lesson(perspective: Perspective) -> Lesson | None:
    """Return the lesson after the one that is on, in the course or the list; None after the last.

    A lesson that is in neither has none after it.
    """
    names = [lesson.name for lesson in listed(perspective.course)]
    if perspective.lesson_text or perspective.lesson not in names:
        return None
    after = names.index(perspective.lesson) + 1
    return lessons()[names[after]] if after < len(names) else None


def keep(content: bytes) -> Lesson:
    """Keep a lesson that is too long for a link in this process, and return it under a name of its
    own: the newest few are kept, in memory only.

    Raises
    ------
    LessonFaultsError
        If it is no lesson.
    """
    name = f"file_{hashlib.sha256(content).hexdigest()[:16]}"
    lesson = dataclasses.replace(read_lesson(content), name=name)
    with _keeping:
        _kept[name] = lesson
        _kept.move_to_end(name)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return lesson


def of_folder(folder: Path) -> list[Lesson]:
    """Return the lessons of a folder's ``.toml`` files; one without a name is called as its file.

    Raises
    ------
    LessonFaultsError
        If a file is none.
    """
    return [read_lesson(content_of(path), name_of(path)) for path in paths_in(folder)]


def paths_in(folder: Path) -> list[Path]:
    """Return the files of a folder that are to be lessons, by name."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file())[:MOST_IN_FOLDER]


def content_of(path: Path) -> bytes:
    """Return what is in a file, no more than what tells that it is too long."""
    with path.open("rb") as file:
        return file.read(FILE_LIMIT + 1)


def name_of(path: Path) -> str:
    """Return a name for links out of the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")[:39]
    return name if name[:1].isalpha() else f"l{name}"


def _add(lesson: Lesson, found: dict[str, Lesson]) -> None:
    if lesson.name in found:
        raise ValueError(f"two files define the lesson {lesson.name!r}")
    found[lesson.name] = lesson


def _modules() -> list[Lesson]:
    """Return the lessons that need Python: ``LESSON`` of each module of the package."""
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        imported = importlib.import_module(f"{package.__name__}.{module.name}")
        lesson = getattr(imported, "LESSON", None)
        found += [lesson] if isinstance(lesson, Lesson) else []
    return found
