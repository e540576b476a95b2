"""The Streamlit side of the shell: what the browser is told at every page run."""

from __future__ import annotations

import json
from functools import cache

import streamlit as st

from rnnviz.app.runtime.visibility import Visibility
from rnnviz.app.server.assets import asset_url
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.spec.perspective import Perspective

_SCRIPT = """
const files = new URL("{url}", document.baseURI);
const module = import(new URL("shell.js", files).href);
export default async (component) => (await module).default(component);
"""
_SHELL = st.components.v2.component(
    "rnnviz_shell", js=_SCRIPT.format(url=asset_url("")), isolate_styles=False
)

KEYS = {
    "steps": "← →",
    "units": "↑ ↓",
    "pages": "PgUp PgDn",
    "ends": "Home End",
    "zoom": "+ − 0",
    "pan": "Shift ← →",
    "help": "?",
    "room": "P , . L",
    "cards": "N B",
    "undo": "Ctrl+Z Ctrl+Y",
}
"""Keys by what they do, as they are listed; the words are ``keys.<name>``."""
STOPS = ("controls", "reading", "picture", "cursor", "pages")
"""Stops of the tour; shell.js knows what of the page each of them is about."""


PROGRESS = ("ticked", "go_on")
"""What the browser says on the cards of lessons; the words are ``lessons.<name>``."""


def shell(perspective: Perspective, look: Visibility, say: Words) -> None:
    """Tell the browser the language, whether a room is watching, and the words of the tour.

    The tour begins by itself on somebody's first visit, unless the link was made for something
    else: a lesson, a note, a page with parts hidden.
    """
    made = perspective.lesson or perspective.note or perspective.hidden or perspective.knobs
    plain = not made and not perspective.presentation and perspective.page == "states"
    begins = plain and look.shows("tour")
    marks = (perspective.presentation, perspective.lesson is not None, bool(perspective.knobs))
    told = _told(say.language, marks, begins, look.shows("actions"))
    done = json.dumps(perspective.done)
    # As bytes: of a text Streamlit asks first whether it is a table of one of a dozen libraries.
    _SHELL(data=f'{told[:-1]}, "done": {done}}}'.encode(), key="shell")


@cache
def _told(language: str, marks: tuple[bool, bool, bool], begins: bool, undo: bool) -> str:
    """Return as JSON what the browser is told; made once, because every page run tells it."""
    presentation, lesson, chosen = marks
    say = words(language)
    stops = [{"name": name, "text": say(f"tour.{name}")} for name in STOPS]
    spoken = {name: say.sentences[f"tour.word.{name}"] for name in _TOUR_WORDS}
    told = {
        "language": language,
        "frame": _frame(say),
        "presentation": presentation,
        "lesson": lesson,
        "chosen": chosen,
        "undo": undo,
        "history": {name: say.sentences[f"history.{name}"] for name in _HISTORY_WORDS},
        "keys": {
            "title": say("keys.title"),
            "letters": say("keys.letters"),
            "close": say("keys.close"),
            "keys": [(keys, say(f"keys.{name}")) for name, keys in KEYS.items()],
        },
        "progress": {name: say.sentences[f"lessons.{name}"] for name in PROGRESS},
        "tour": {"begins": begins, "stops": stops, "words": spoken},
    }
    return json.dumps(told, ensure_ascii=False)


def _frame(say: Words) -> list[tuple[str, str]]:
    """Return what Streamlit says by itself, and what is to stand in its place."""
    english = words(DEFAULT_LANGUAGE).sentences
    names = [name for name in english if name.startswith("frame.")]
    return [(english[name], say.sentences[name]) for name in names]


_HISTORY_WORDS = ("undo", "redo", "undo_keys", "redo_keys")
_TOUR_WORDS = ("title", "place", "next", "back", "skip", "done")
