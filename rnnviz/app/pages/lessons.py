"""The lessons page: what each one is about, and a way to begin."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.glossary import show_glossary
from rnnviz.app.panels.note import inert
from rnnviz.app.runtime import state
from rnnviz.i18n import Words
from rnnviz.lessons.registry import lessons
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective

_COLUMNS = 3


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the list and return the perspective as it came."""
    st.markdown(f"#### {say('lessons.title')}")
    st.markdown(say("lessons.intro"))
    listed = list(lessons().values())
    for start in range(0, len(listed), _COLUMNS):
        row = st.columns(_COLUMNS)
        for number, lesson in enumerate(listed[start : start + _COLUMNS], start=start + 1):
            with row[(number - 1) % _COLUMNS].container(border=True, height="stretch"):
                said = lesson.words(say)
                title = said(f"lesson.{lesson.name}.title")
                st.markdown(f"##### {number}. {inert(title)}")
                st.markdown(inert(said(f"lesson.{lesson.name}.summary")))
                st.button(
                    say("lessons.begin_named", title=title),
                    key=f"begin.{lesson.name}",
                    on_click=state.go,
                    args=state.target(lesson.start, lesson.begin(perspective)),
                )
    show_glossary(say)
    return perspective
