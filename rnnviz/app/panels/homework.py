"""Homework: what a student hands in at the end of a lesson, and what a teacher makes of it."""

from __future__ import annotations

import time
from collections import Counter
from html import escape
from urllib.parse import urlencode

import streamlit as st

from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.printing import printed
from rnnviz.app.sidebar.download import download
from rnnviz.export.handout import homework_sheet
from rnnviz.i18n import Words
from rnnviz.knobs import Refusal
from rnnviz.lessons.homework import NAME_LIMIT, Work, homework_of, pack
from rnnviz.lessons.lesson import Lesson, Predict
from rnnviz.lessons.registry import lessons
from rnnviz.lessons.tally import HandedIn, collected, found_in, predictions, table, to_csv
from rnnviz.spec.perspective import Perspective

_MOST_TEXT = 600_000
"""Letters of links that are read at once."""
_FILE_LIMIT = 2
"""Largest file with homework, in MB."""


def hand_in(lesson: Lesson, perspective: Perspective, work: Work, say: Words) -> None:
    """Offer what was done as a link, once a name is given."""
    with st.expander(say("homework.title"), icon=":material/assignment_turned_in:"):
        st.caption(say("homework.about"))
        name = st.text_input(say("homework.name"), max_chars=NAME_LIMIT, key="homework.name")
        if not name.strip():
            return
        try:
            done = homework_of(lesson, name, perspective.answers, work, int(time.time()))
        except Refusal:
            st.warning(say("homework.bad_name"))
            return
        query = urlencode({"page": "lessons", "homework": pack(done)})
        link = f"{state.served_at()}?{query}"
        st.markdown(f"**{say('homework.link')}**")
        st.code(link, language=None, wrap_lines=True)
        file = f"{lesson.name}-homework.pdf"

        def paper() -> bytes:
            return printed(homework_sheet(lesson, done, link, say))

        download(st, say("homework.pdf"), file, paper, say, key="homework.pdf")
        st.caption(say("homework.no_proof"))


def collect(perspective: Perspective, say: Words) -> None:
    """Offer to gather the homework of a class: links and PDFs in, a table and a picture out."""
    opened = st.expander(
        say("homework.collect"), icon=":material/groups:", key="collect", on_change="rerun"
    )
    if not opened.open and not perspective.homework:
        return
    with opened if opened.open else st.container(border=True):
        st.caption(say("homework.collect_help"))
        start = f"homework={perspective.homework}" if perspective.homework else ""
        text = st.text_area(
            say("homework.links"), start, max_chars=_MOST_TEXT, height=120, key="homework.links"
        )
        files = st.file_uploader(
            say("homework.files"),
            type=["pdf", "txt", "csv", "html"],
            accept_multiple_files=True,
            max_upload_size=_FILE_LIMIT,
            key="homework.files",
        )
        texts = [text, *(file.getvalue().decode("latin-1") for file in files)]
        found = collected(found_in("\n".join(texts)), lessons())
        if found:
            _results(found, say)


def _results(found: list[HandedIn], say: Words) -> None:
    sound = sum(not one.problem for one in found)
    st.markdown(f"**{say('homework.count', count=len(found), sound=sound)}**")
    names = {one.homework.lesson for one in found if one.homework}
    for lesson in lessons().values():
        if lesson.name in names:
            _lesson(lesson, found, lesson.words(say))
    for problem, count in Counter(one.problem for one in found if one.problem).items():
        st.warning(f"{say(f'homework.{problem}')} ({count})", icon=":material/report:")


def _lesson(lesson: Lesson, found: list[HandedIn], say: Words) -> None:
    st.markdown(f"##### {plain(say(f'lesson.{lesson.name}.title'))}")
    counts = predictions(found, lesson)
    questions = [card for card in lesson.cards if isinstance(card, Predict)]
    for card, count in zip(questions, counts, strict=True):
        st.html(bars(lesson, card, count, say))
    rows = table(found, lesson, say)
    st.dataframe(rows, hide_index=True)
    name = f"{lesson.name}-homework.csv"
    download(st, say("homework.csv"), name, lambda: to_csv(rows), say, key=f"csv.{lesson.name}")


def bars(
    lesson: Lesson, card: Predict, count: Counter[str], say: Words, *, marked: bool = True
) -> str:
    """Return a question's options as bars: how often each was picked.

    ``marked`` marks the right one.
    """
    key, whole = f"lesson.{lesson.name}.{card.name}", max(1, count.total())
    lines = []
    for option in card.options:
        share = count[option] / whole
        mark = " rv-tally-right" if marked and option == card.answer else ""
        lines.append(
            f'<li class="rv-tally-bar{mark}" style="--share:{share:.4f}">'
            f"<span>{escape(say(f'{key}.option.{option}'))}</span>"
            f"<b>{count[option]}</b></li>"
        )
    return f'<ul class="rv-tally">{"".join(lines)}</ul>'
