"""Four networks to begin with, each with its own picture: links, which the page follows itself."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape

import streamlit as st

from rnnviz.app.panels.html import Html
from rnnviz.app.panels.thumbnail import thumbnail
from rnnviz.i18n import DEFAULT_PALETTE, Words, words
from rnnviz.link import Link, Shown
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.starters import LOOKED_AT, STARTERS, starter_of


def starters(source: Shown, second: Shown | None, perspective: Perspective, say: Words) -> None:
    """Offer the four networks; the one that is shown is marked."""
    if perspective.palette != DEFAULT_PALETTE:  # those of the usual one come with the page
        st.html(_style(perspective.palette))
    chosen = starter_of(source) or ""
    anew = perspective.replace(unit=0, layer=0)
    # Links in one element: a button each is four elements more for every page run to send.
    st.html(_links(chosen, second, anew, say.language))


@lru_cache(maxsize=256)
def _links(chosen: str, second: Shown | None, perspective: Perspective, language: str) -> Html:
    say = words(language)
    links = []
    for name, experiment in STARTERS.items():
        mark = ' aria-current="true"' if name == chosen else ""
        looked_at = perspective.replace(timestep=LOOKED_AT.get(name, 0))
        query = escape(Link(experiment, looked_at, second=second).text)
        links.append(
            f'<a class="rv-link rv-starter rv-starter-{name}" href="?{query}" target="_self"'
            f' title="{escape(say(f"starter.{name}_help"))}"{mark}>'
            f"{escape(say(f'starter.{name}'))}</a>"
        )
    label = escape(say("starter.title"))
    return Html(f'<nav class="rv-starters" aria-label="{label}">{"".join(links)}</nav>')


@cache
def _style(palette: str) -> Html:
    # The page's own stand after these: another palette must weigh more.
    return Html(f"<style>{grounds(palette, '.stApp ')}</style>")


def grounds(palette: str, within: str = "") -> str:
    """Return the pictures as the links' grounds: the states of each network, time across."""
    rules = [
        f"{within}.rv-starter-{name} {{ background-image: url({thumbnail(one, palette)}); }}"
        for name, one in STARTERS.items()
    ]
    return " ".join(rules)
