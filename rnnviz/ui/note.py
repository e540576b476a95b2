"""The note of whoever made the link: their Markdown, and nothing that could do more than be read.

Streamlit shows raw HTML as text and drops addresses that run code. Pictures are shown as text too,
because a browser would fetch them from wherever the note says.
"""

from __future__ import annotations

import re

import streamlit as st

from rnnviz.i18n import Words

_PICTURE = re.compile(r"!(?=\[)")
# A destination of a link, written [text](here), [text]: here or <here>, that is no web address. A
# sign for "less than" is left alone: a backslash before it would break a formula.
_STRANGE_LINK = re.compile(
    r"((?<=\])[(:]|<(?=[a-z][a-z0-9+.-]*:))(?!\s*<?(?:https?://|mailto:))", re.IGNORECASE
)


def show_note(note: str, say: Words) -> None:
    """Show a note in a frame that says that it is one; nothing if there is none."""
    if not note:
        return
    with st.container(border=True, key="note"):
        st.caption(say("note.title"))
        st.markdown(inert(note))


def inert(note: str) -> str:
    """Return Markdown in which a picture, and a link to no web page, comes out as its own text."""
    return _STRANGE_LINK.sub(r"\\\1", _PICTURE.sub(r"!\\", note))
