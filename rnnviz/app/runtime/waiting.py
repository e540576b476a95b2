"""What a visitor sees while something long is computed for him: how far it is, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.server.streamlit_private import DeltaGenerator
from rnnviz.i18n import Words

AFTER = 0.4
"""Seconds before a bar appears: what is there sooner needs none."""
BETWEEN = 0.25
"""Seconds between two movements of the bar."""


_PLACE: ContextVar[Any] = ContextVar("place", default=(None, None))


def keep_a_place(room: DeltaGenerator, say: Words) -> None:
    """Keep the end of a container for the bar, so that nothing moves when it comes and goes."""
    _PLACE.set((room, say))


def client() -> str | None:
    """Return the address that this page run is for; None for this machine."""
    return st.context.ip_address


@contextmanager
def meanwhile() -> Iterator[Callable[[float, int], None]]:
    """Yield a function to call while something is computed; it raises when the page moved on.

    It takes the fraction that is done, and how many computations come before this one.
    """
    began = shown = time.monotonic()
    room, say = _PLACE.get()
    place = None

    def look(fraction: float, before: int = 0) -> None:
        nonlocal place, shown
        state.stop_if_unwanted()
        now = time.monotonic()
        if room is not None and now - began > AFTER and now - shown > BETWEEN:
            place = room.empty() if place is None else place
            text = say("page.waiting", before=before) if before else say("page.computing")
            place.progress(min(max(fraction, 0.0), 1.0), text)
            shown = now

    yield look
    if place is not None:
        place.empty()
