"""Four networks to begin with, each with its own picture; a click goes there."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import numpy as np
import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.export.png import bitmap
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import simulate
from rnnviz.spec.starters import STARTERS
from rnnviz.views._plot.colours import diverging

_SIZE = (96, 32)
"""Most columns and rows of a picture."""


def starters(source: Shown, perspective: Perspective, say: Words) -> None:
    """Offer the four networks; the one that is shown is marked."""
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


@cache
def _style(palette: str) -> str:
    """Return the pictures as the buttons' grounds: the states of each network, time across."""
    rules = [
        f".st-key-starter-{name} button {{ background-image: url({_picture(name, palette)}); }}"
        for name in STARTERS
    ]
    return f"<style>{' '.join(rules)}</style>"


def _picture(name: str, palette: str) -> str:
    """Return the states of a starter as a ``data:`` address of a small PNG."""
    states = simulate(STARTERS[name]).states[: _SIZE[0], : _SIZE[1]]
    stops = diverging(palette, "light")
    places = [place for place, _ in stops]
    levels = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in stops])
    share = (states.T[::-1] + 1) / 2
    pixels = np.stack([np.interp(share, places, channel) for channel in levels.T], axis=-1)
    return f"data:image/png;base64,{b64encode(bitmap(np.rint(pixels).astype(np.uint8))).decode()}"
