"""A class in one room: a short link, answers counted as they come, bars for the projector."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from rnnviz.app.panels.homework import bars
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.runtime.rooms import ROOMS, NoRoomLeftError
from rnnviz.app.sidebar.qr import qr_svg
from rnnviz.i18n import Words
from rnnviz.lessons.lesson import Lesson, Predict
from rnnviz.lessons.registry import lessons
from rnnviz.link import Link
from rnnviz.spec.perspective import Perspective

_SECONDS = 2
"""How often the bars are counted anew."""


def question_of(lesson: Lesson, card: Predict) -> str:
    """Return the name of a question in a room."""
    return f"{lesson.name}.{card.name}"


def vote(lesson: Lesson, card: Predict, number: int, perspective: Perspective) -> None:
    """Count an answer in the room of the link; the projector shows and does not answer."""
    if perspective.room and not perspective.presentation:
        ROOMS.vote(perspective.room, question_of(lesson, card), number, state.voter())


def show_tally(
    lesson: Lesson, card: Predict, perspective: Perspective, say: Words, *, settled: bool
) -> None:
    """Show how the room answered, in front of a room only; before it is settled no answer is right.

    ``settled`` marks the right answer.
    """
    if not (perspective.room and perspective.presentation):
        return
    room = perspective.room

    @st.fragment(run_every=None if settled else _SECONDS)
    def tally() -> None:
        counts = ROOMS.tally(room, question_of(lesson, card))
        named = Counter({card.options[n]: c for n, c in counts.items() if n < len(card.options)})
        st.caption(say("room.count", count=counts.total()))
        st.html(bars(lesson, card, named, say, marked=settled))

    tally()


def open_rooms(perspective: Perspective, say: Words) -> None:
    """Offer a room for a lesson: the class's short link and the projector's."""
    opened = st.expander(
        say("room.title"), icon=":material/cast_for_education:", key="rooms", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.caption(say("room.about"))
        names = list(lessons())
        name = st.selectbox(
            say("room.lesson"),
            names,
            index=None,
            format_func=lambda name: lessons()[name].title(say),
            placeholder="…",
            key="room.lesson",
        )
        if name in names:
            lesson = lessons()[name]
            looked = lesson.begin(perspective.replace(presentation=False, room=None, done=()))
            source, looked, second, training = state.target(lesson.start, looked)
            link = Link(source, looked, second=second, training=training)
            short_link(link, say, projector=True)


def short_link(made: Link, say: Words, *, projector: bool = False) -> None:
    """Show a short link to a whole one, kept by this server, and its code for cameras."""
    try:
        code = ROOMS.open(made.text, state.voter())
    except NoRoomLeftError:
        st.warning(plain(say("room.none_left")))
        return
    base = state.served_at()
    link = f"{base}?room={code}"
    st.markdown(f"**{say('room.link')}**")
    st.code(link, language=None)
    drawing = qr_svg(link)
    if drawing is not None:
        st.image(drawing, width=220, alt=say("room.code"))
    if projector:
        shown = made.perspective.replace(room=code, presentation=True)
        address = f"{base}?{Link(made.source, shown).text}"
        st.link_button(say("room.projector"), address, icon=":material/open_in_new:")
    st.caption(say("room.lasts"))
