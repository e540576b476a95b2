"""The teacher's link: choose what a class sees, and get one link and its QR code."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from rnnviz.app.panels.classroom import short_link
from rnnviz.app.panels.note import show_note
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.app.sidebar.qr import qr_svg
from rnnviz.i18n import LANGUAGES, Words
from rnnviz.knobs import Note, Refusal
from rnnviz.link import Link
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.perspective import LENSES, NOTE_LIMIT, PAGES, PARTS, Perspective

_KNOBS = tuple(name for name, row in TABLE.items() if row.control)
_LANGUAGE_NAMES = {"en": "English", "ko": "한국어"}
_LOCAL = ("localhost", "127.0.0.1", "::1")


def teacher_button(situation: Link, say: Words) -> None:
    """Draw the button that opens the dialog."""
    label, explained = say("teach.open"), say("teach.open_help")
    if st.button(label, icon=":material/qr_code_2:", help=explained, key="teach", width="stretch"):
        st.dialog(say("teach.title"), width="large")(_dialog)(situation, say)


def _dialog(situation: Link, say: Words) -> None:
    st.caption(say("teach.intro"))
    choices, result = st.columns([2, 1], gap="large")
    with choices:
        perspective, embedded = _choices(situation.perspective, say)
    if perspective is None:
        return
    made = Link(situation.source, perspective, second=situation.second)
    with result:
        _link(state.served_at(), made, embedded, say)


def _choices(perspective: Perspective, say: Words) -> tuple[Perspective | None, bool]:
    """Draw the choices; the Perspective is None while the note is not allowed."""
    left, right = st.columns(2, gap="medium")
    with left:
        chosen = _look(perspective, say)
    with right:
        chosen |= _parts(perspective, say)
        size = say("knob.presentation.label")
        chosen["presentation"] = st.toggle(size, perspective.presentation, key="teach.presentation")
        embedded = st.toggle(say("teach.embed"), help=say("teach.embed_help"), key="teach.embed")
    text = st.text_area(
        say("teach.note"),
        perspective.note,
        max_chars=NOTE_LIMIT,
        help=say("teach.note_help"),
        height=100,
        key="teach.note",
    )
    try:
        note = Note(NOTE_LIMIT).check(text)
    except Refusal as refusal:
        values = {"knob": say("knob.note.label"), "value": "", **refusal.values}
        st.warning(plain(say(f"problem.{refusal.key}", **values)))
        return None, embedded
    show_note(note, say, key="note-written")
    try:
        # What the teacher did in a lesson is not what the class did.
        return perspective.replace(note=note, work="", homework="", **chosen), embedded
    except ValueError as wrong:  # a choice that the dialog does not offer
        st.warning(plain(str(wrong)))
        return None, embedded


def _look(perspective: Perspective, say: Words) -> dict:
    """Draw the choices of page, lens, cursor and language."""
    options = (None, *LANGUAGES)
    return {
        "page": st.selectbox(
            say("knob.page.label"),
            PAGES,
            PAGES.index(perspective.page),
            format_func=lambda page: say(f"pages.{page}"),
            key="teach.page",
        ),
        "lens": st.selectbox(
            say("knob.lens.label"),
            LENSES,
            LENSES.index(perspective.lens),
            format_func=lambda lens: say(f"lens.{lens}.label"),
            key="teach.lens",
        ),
        "timestep": st.number_input(
            say("teach.timestep"), 0, 999_999, perspective.timestep, key="teach.timestep"
        ),
        "language": st.selectbox(
            say("knob.language.label"),
            options,
            options.index(perspective.language),
            format_func=lambda name: _LANGUAGE_NAMES.get(name) or say("teach.any_language"),
            key="teach.language",
        ),
    }


def _parts(perspective: Perspective, say: Words) -> dict:
    """Draw the choices of what is shown and what is locked."""
    shown = st.pills(
        say("teach.parts"),
        PARTS,
        selection_mode="multi",
        default=[part for part in PARTS if part not in perspective.hidden],
        format_func=lambda part: say(f"part.{part}"),
        key="teach.parts",
    )

    def name(knob: str) -> str:
        return say(f"knob.{knob}.label")

    only = st.multiselect(
        say("teach.knobs"),
        _KNOBS,
        list(perspective.knobs),
        format_func=name,
        placeholder=say("teach.all_knobs"),
        help=say("teach.knobs_help"),
        key="teach.knobs",
    )
    locked = st.multiselect(
        say("teach.locked"),
        only or _KNOBS,
        [knob for knob in perspective.locked if knob in (only or _KNOBS)],
        format_func=name,
        placeholder=say("teach.no_knobs"),
        help=say("teach.locked_help"),
        key="teach.locked",
    )
    hidden = tuple(part for part in PARTS if part not in shown)
    return {"hidden": hidden, "knobs": only, "locked": locked}


def _link(base: str, made: Link, embedded: bool, say: Words) -> None:
    """Show the link, a way to try it, and its QR code."""
    embed = (("embed", "true"),) if embedded else ()
    link = f"{base}?{urlencode((*made.pairs, *embed), safe=',')}"
    short = f"{base}?{urlencode((*made.short_pairs, *embed), safe=',')}"
    drawing = qr_svg(short) or qr_svg(f"{base}?{urlencode((*made.packed_pairs, *embed))}")
    if drawing is None:
        st.caption(say("teach.no_code"))
    else:
        st.image(drawing, caption=say("teach.code"), alt=say("teach.code"))
    st.markdown(f"**{say('teach.link')}**")
    st.code(link, language=None, wrap_lines=True)
    if st.toggle(say("room.short"), help=say("room.short_help"), key="teach.short"):
        short_link(made, say)
    st.link_button(say("teach.try"), link, icon=":material/open_in_new:")
    if urlsplit(base).hostname in _LOCAL:
        st.caption(say("teach.only_here"))
