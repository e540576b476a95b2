"""The list of lessons: each lesson file declares one, and the page reads them from here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from rnnviz import lessons as package
from rnnviz.lessons.lesson import Lesson


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return every lesson by name, in their order.

    Raises
    ------
    ValueError
        If two files give their lesson the same name.
    """
    found: dict[str, Lesson] = {}
    for module in pkgutil.iter_modules(package.__path__):
        lesson = getattr(
            importlib.import_module(f"{package.__name__}.{module.name}"), "LESSON", None
        )
        if lesson is None:
            continue
        if lesson.name in found:
            raise ValueError(f"two files define the lesson {lesson.name!r}")
        found[lesson.name] = lesson
    ordered = sorted(found.values(), key=lambda lesson: (lesson.order, lesson.name))
    return MappingProxyType({lesson.name: lesson for lesson in ordered})
