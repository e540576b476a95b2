"""What a visitor sees while something long is computed for him: how far it is, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import streamlit as st

from rnnviz.i18n import Words
from rnnviz.ui import state

AFTER = 0.4
"""Seconds before a bar appears: what is there sooner needs none."""
BETWEEN = 0.25
"""Seconds between two movements of the bar."""


_PLACE: ContextVar[Any] = ContextVar("place", default=(None, ""))


def keep_a_place(say: Words) -> None:
    """Keep a place on the page for the bar, so that nothing moves when it comes and goes."""
    _PLACE.set((st.empty(), say("page.computing")))


@contextmanager
def meanwhile() -> Iterator[Callable[[float], None]]:
    """Yield a function to call with the fraction done; it raises when the visitor moved on."""
    began = shown = time.monotonic()
    drawn = False
    place, text = _PLACE.get()

    def look(fraction: float) -> None:
        nonlocal drawn, shown
        state.stop_if_unwanted()
        now = time.monotonic()
        if place is not None and now - began > AFTER and now - shown > BETWEEN:
            place.progress(min(max(fraction, 0.0), 1.0), text)
            drawn, shown = True, now

    yield look
    if drawn:
        place.empty()
