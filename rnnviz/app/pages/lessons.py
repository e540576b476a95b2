"""The lessons page: what each one is about, how far one has come, and a way to begin."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from rnnviz.app.panels.classroom import open_rooms
from rnnviz.app.panels.glossary import show_glossary
from rnnviz.app.panels.handouts import show_handouts
from rnnviz.app.panels.homework import collect
from rnnviz.app.panels.note import inert
from rnnviz.app.panels.thumbnail import thumbnail
from rnnviz.app.runtime import state
from rnnviz.i18n import Words
from rnnviz.lessons.lesson import Lesson
from rnnviz.lessons.registry import lessons, listed
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training

_COLUMNS = 3


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the list and return the perspective as it came."""
    st.markdown(f"#### {say('lessons.title')}")
    st.markdown(say("lessons.intro"))
    shown = listed(perspective.course)
    for start in range(0, len(shown), _COLUMNS):
        row = st.columns(_COLUMNS)
        for number, lesson in enumerate(shown[start : start + _COLUMNS], start=start + 1):
            # shell/progress.js finds the cards by this key, and adds what this browser remembers.
            key = f"lesson-card-{lesson.name}"
            place = row[(number - 1) % _COLUMNS]
            with place.container(border=True, height="stretch", key=key):
                _card(lesson, number, perspective, lesson.words(say))
    if perspective.course:
        st.button(
            say("lessons.all"),
            key="all_lessons",
            on_click=state.go,
            args=(source, perspective.replace(course=())),
        )
    _course(perspective, say)
    open_rooms(perspective, say)
    show_handouts(say)
    collect(perspective, say)
    show_glossary(say)
    return perspective


def _card(lesson: Lesson, number: int, perspective: Perspective, say: Words) -> None:
    start = lesson.start
    network = start.experiment if isinstance(start, Training) else start
    picture = thumbnail(network, perspective.palette)
    if picture:
        style = f"background-image:url({escape(picture)})"
        st.html(f'<div class="rv-lesson-picture" style="{style}"></div>')
    title = say(f"lesson.{lesson.name}.title")
    st.markdown(f"##### {number}. {inert(title)}")
    st.caption(say(f"lessons.level_{lesson.level}"))
    st.markdown(inert(say(f"lesson.{lesson.name}.summary")))
    st.button(
        say("lessons.begin_named", title=title),
        key=f"begin.{lesson.name}",
        on_click=state.go,
        args=state.target(lesson.start, lesson.begin(perspective)),
    )


def _course(perspective: Perspective, say: Words) -> None:
    """Offer to choose lessons and their order, and give the link that lists them."""
    opened = st.expander(
        say("lessons.course"), icon=":material/list_alt:", key="course", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.caption(say("lessons.course_help"))
        chosen: Sequence[str] = st.multiselect(
            say("lessons.course_choose"),
            list(lessons()),
            list(perspective.course),
            format_func=lambda name: lessons()[name].title(say),
            placeholder=say("lessons.course_none"),
            key="course.lessons",
        )
        if chosen:
            pairs = {"page": "lessons", "course": ",".join(chosen)}
            link = f"{state.served_at()}?{urlencode(pairs, safe=',')}"
            st.code(link, language=None, wrap_lines=True)
