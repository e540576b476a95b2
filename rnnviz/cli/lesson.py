"""``rnnviz lesson``: check lessons that are files, print one, or make it a file that runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from rnnviz.cli.sources import Misunderstood
from rnnviz.cli.terminal import visible
from rnnviz.export.files import check_free, writing
from rnnviz.export.handout import handout
from rnnviz.export.lesson_page import lesson_page
from rnnviz.export.printing import to_pdf
from rnnviz.i18n import Words
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.reading import Fault, LessonFaultsError, pack, read_lesson, rehearse
from rnnviz.lessons.registry import FOLDER, content_of, lessons, name_of, of_folder, paths_in

__all__ = ["FOLDER", "lesson", "lesson_folder"]

_NOT_IN_ORDER = 1


def lesson(request: argparse.Namespace, say: Words) -> int:
    """Check each file, print one, or make one a page of its own.

    Checking prints a file's faults with their lines, or that it is sound and its link. Every task
    is played as well, which tells goals that are met at once and solutions that do not meet them.
    Returns 1 where a fault was found.
    """
    if request.action == "print":
        _print(request, say)
        return 0
    if request.action == "export":
        _export(request, say)
        return 0
    found = [_check(path, say) for path in request.files]
    return _NOT_IN_ORDER if any(found) else 0


def lesson_folder(folder: Path, say: Words) -> str:
    """Return the whole path of a folder of lessons, once every file in it is sound.

    Raises
    ------
    Misunderstood
        If it is no folder, holds none, or one of them has faults; the first of them is told.
    """
    if not folder.is_dir():
        raise Misunderstood(say("cli.lesson.no_folder", path=folder))
    paths = paths_in(folder)
    if not paths:
        raise Misunderstood(say("cli.lesson.empty_folder", path=folder))
    taken = set(lessons())
    for path in paths:
        try:
            one = read_lesson(content_of(path), name_of(path))
        except LessonFaultsError as error:
            raise Misunderstood(_told(path, error.faults[0], say)) from error
        if one.name in taken:
            raise Misunderstood(say("cli.lesson.taken", path=path, name=one.name))
        taken.add(one.name)
    of_folder(folder)
    return str(folder.resolve())


def _print(request: argparse.Namespace, say: Words) -> None:
    """Write a handout, a key or slides."""
    found = _one_lesson(request, (".pdf", ".html"), "one_file", say)
    page = handout(found, say, request.kind)
    content = to_pdf(page) if request.out.suffix.lower() == ".pdf" else page.encode()
    _write(request, content)


def _export(request: argparse.Namespace, say: Words) -> None:
    """Write a lesson as one page that needs no server."""
    found = _one_lesson(request, (".html",), "one_page", say)
    _write(request, lesson_page(found, say.language))


def _write(request: argparse.Namespace, content: bytes) -> None:
    with writing(request.out, force=request.force) as file:
        file.write(content)
    print(visible(str(request.out)))


def _one_lesson(
    request: argparse.Namespace, endings: tuple[str, ...], problem: str, say: Words
) -> Lesson:
    """Return the lesson of a file, or one of rnnviz by its name."""
    out = request.out
    if len(request.files) != 1 or out is None or out.suffix.lower() not in endings:
        raise Misunderstood(say(f"cli.lesson.{problem}"))
    (path,) = request.files
    check_free(out, force=request.force)
    found = lessons().get(str(path)) if not path.exists() else None
    try:
        return found or read_lesson(content_of(path), name_of(path))
    except OSError as error:
        raise Misunderstood(say("cli.lesson.no_file", path=path)) from error
    except LessonFaultsError as error:
        raise Misunderstood(_told(path, error.faults[0], say)) from error


def _check(path: Path, say: Words) -> bool:
    """Print what is to be said of one file; whether there was a fault."""
    try:
        content = content_of(path)
    except OSError as error:
        raise Misunderstood(say("cli.lesson.no_file", path=path)) from error
    try:
        found = read_lesson(content, name_of(path))
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        faults = rehearse(found, text)
    except LessonFaultsError as error:
        faults = error.faults
    for fault in faults:
        print(visible(_told(path, fault, say)))
    if faults:
        return True
    title = found.title(say)
    sound = say("lesson_file.sound", file=path.name, title=title, cards=len(found.cards))
    print(visible(sound))
    packed = pack(text)
    if packed is None:
        print(visible(say("lesson_file.too_long_for_link")))
    else:
        link = f"?lesson={found.name}&lesson_text={packed}"
        print(visible(say("lesson_file.link", link=link)))
    return False


def _told(path: Path, fault: Fault, say: Words) -> str:
    sentence = fault.sentence(say.language)
    return say("lesson_file.line", file=path.name, line=fault.line, fault=sentence)
