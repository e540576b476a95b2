"""Four networks to begin with, each with its own picture; a click goes there."""

from __future__ import annotations

from functools import cache

import streamlit as st

from rnnviz.app.panels.thumbnail import thumbnail
from rnnviz.app.runtime import state
from rnnviz.i18n import DEFAULT_PALETTE, Words
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.starters import STARTERS


def starters(source: Shown, perspective: Perspective, say: Words) -> None:
    """Offer the four networks; the one that is shown is marked."""
    if perspective.palette != DEFAULT_PALETTE:  # those of the usual one come with the page
        st.html(_style(perspective.palette))
    with st.container(horizontal=True, key="starters"):
        for name, experiment in STARTERS.items():
            chosen = experiment == source
            st.button(
                say(f"starter.{name}"),
                help=say(f"starter.{name}_help"),
                key=f"starter-{name}",
                type="primary" if chosen else "secondary",
                on_click=state.go,
                args=(experiment, perspective.replace(timestep=0, unit=0, layer=0)),
            )


class _Style(str):
    """Text that is HTML already: Streamlit would look for its indentation at every page run."""

    def _repr_html_(self) -> str:
        return self


@cache
def _style(palette: str) -> _Style:
    # The page's own stand after these: another palette must weigh more.
    return _Style(f"<style>{grounds(palette, '.stApp ')}</style>")


def grounds(palette: str, within: str = "") -> str:
    """Return the pictures as the buttons' grounds: the states of each network, time across."""
    rules = [
        f"{within}.st-key-starter-{name} button "
        f"{{ background-image: url({thumbnail(one, palette)}); }}"
        for name, one in STARTERS.items()
    ]
    return " ".join(rules)
