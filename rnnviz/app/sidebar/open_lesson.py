"""A lesson that is dropped on the page: begun at once, or its faults with their lines."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.i18n import Words
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.reading import FILE_LIMIT, Fault, LessonFaultsError, pack, read_lesson
from rnnviz.lessons.registry import keep
from rnnviz.spec.perspective import Perspective

ENDING = "toml"
_MOST_SHOWN = 20


def open_lesson(content: bytes, perspective: Perspective, say: Words) -> None:
    """Go to the first card of a lesson; a short one goes into the link as a whole."""
    try:
        lesson = opened(content)
    except LessonFaultsError as error:
        st.error(plain(say("lesson_file.faults")), icon=":material/error:")
        for fault in error.faults[:_MOST_SHOWN]:
            _show(fault, say)
        return
    state.go(*state.target(lesson.start, lesson.begin(perspective)))
    st.rerun()


def opened(content: bytes) -> Lesson:
    """Return the lesson of a file: with its text for the link, or kept by this server.

    Raises
    ------
    LessonFaultsError
        Where it is none.
    """
    if len(content) > FILE_LIMIT:
        return read_lesson(content)  # which says so
    lesson = read_lesson(content)
    packed = pack(content.decode("utf-8-sig").replace("\r\n", "\n"))
    return keep(content) if packed is None else read_lesson(content, lesson.name, packed)


def _show(fault: Fault, say: Words) -> None:
    sentence = fault.sentence(say.language)
    st.caption(plain(say("lesson_file.at_line", line=fault.line, fault=sentence)))
