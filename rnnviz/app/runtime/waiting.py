"""What a visitor sees while something long is computed for him: how far it is, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rnnviz.app.runtime import state
from rnnviz.app.server.streamlit_private import DeltaGenerator
from rnnviz.i18n import Words

AFTER = 0.4
"""Seconds before a bar appears: what is there sooner needs none."""
BETWEEN = 0.25
"""Seconds between two movements of the bar."""


_PLACE: ContextVar[Any] = ContextVar("place", default=(None, ""))


def keep_a_place(room: DeltaGenerator, say: Words) -> None:
    """Keep the end of a container for the bar, so that nothing moves when it comes and goes."""
    _PLACE.set((room, say("page.computing")))


@contextmanager
def meanwhile() -> Iterator[Callable[[float], None]]:
    """Yield a function to call with the fraction done; it raises when the visitor moved on."""
    began = shown = time.monotonic()
    room, text = _PLACE.get()
    place = None

    def look(fraction: float) -> None:
        nonlocal place, shown
        state.stop_if_unwanted()
        now = time.monotonic()
        if room is not None and now - began > AFTER and now - shown > BETWEEN:
            place = room.empty() if place is None else place
            place.progress(min(max(fraction, 0.0), 1.0), text)
            shown = now

    yield look
    if place is not None:
        place.empty()
