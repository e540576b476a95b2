"""The note of the author of the link: their Markdown, and nothing that could do more than be read.

Streamlit shows raw HTML as text and drops addresses that run code. Pictures are shown as text too,
because a browser would fetch them from wherever the note says.
"""

from __future__ import annotations

import re

import streamlit as st

from rnnviz.i18n import Words

_PICTURE = re.compile(r"!(?=\[)")
_WEB = r"(?:https?://|mailto:)"
# Where a destination that is no web address begins, in [text](here) and in [text]: here ...
_STRANGE_LINK = re.compile(rf"(?<=\])[(:](?!\s*<?{_WEB})", re.IGNORECASE)
# ... and in <here>, unless an odd number of backslashes makes it text already. 1 < 2 is no link.
_STRANGE_ADDRESS = re.compile(
    rf"(?<!\\)((?:\\\\)*)<(?!{_WEB})(?=[a-z][a-z0-9+.-]*:)", re.IGNORECASE
)


def show_note(note: str, say: Words, key: str = "note") -> None:
    """Show a note in a frame that says that it is one; nothing if there is none.

    ``key`` tells the note of the page from the one that the teacher is about to write.
    """
    if not note:
        return
    with st.container(border=True, key=key):
        st.caption(say("note.title"))
        st.markdown(inert(note))


def inert(note: str) -> str:
    """Return Markdown in which a picture, and a link to no web page, comes out as its own text."""
    plain = _STRANGE_LINK.sub(r"\\\g<0>", _PICTURE.sub(r"!\\", note))
    return _STRANGE_ADDRESS.sub(r"\1\\<", plain)
