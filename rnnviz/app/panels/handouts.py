"""Lessons to take away: handout, key and slides as PDF, and the lesson itself as one file."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.choices import offered
from rnnviz.app.runtime.printing import printed
from rnnviz.app.sidebar.download import download
from rnnviz.export.handout import KINDS, handout
from rnnviz.export.lesson_page import lesson_page, why_no_file
from rnnviz.i18n import Words
from rnnviz.lessons.registry import lessons


def show_handouts(say: Words) -> None:
    """Offer the three prints of a lesson; each is made when it is asked for."""
    opened = st.expander(
        say("handout.title"), icon=":material/print:", key="handouts", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.caption(say("handout.about"))
        names = list(lessons())
        chosen = st.selectbox(
            say("handout.lesson"),
            names,
            format_func=lambda name: lessons()[name].title(say),
            key="handout.lesson",
        )
        name = offered(chosen, names, names[0])
        with st.container(horizontal=True):
            for kind in KINDS:
                _print(name, kind, say)
            _file(name, say)


def _print(name: str, kind: str, say: Words) -> None:
    def content() -> bytes:
        return printed(handout(lessons()[name], say, kind))

    label, file = say(f"handout.kind_{kind}"), f"{name}-{kind}.pdf"
    download(st, label, file, content, say, key=f"print.{kind}.{name}", width="content")


def _file(name: str, say: Words) -> None:
    lesson = lessons()[name]
    download(
        st,
        say("file.lesson.button"),
        f"{name}.html",
        lambda: lesson_page(lesson, say.language),
        say,
        key=f"file.{name}",
        width="content",
        help=say("file.lesson.button_help"),
        disabled=why_no_file(lesson) is not None,
    )
