"""Values that visitors send for widgets: only for widgets that are there, only of their kind.

Streamlit takes a value for a widget's own and fails where it reads it, before the page can say what
was wrong. A browser sends the value of a widget only after it has shown it, and always of one kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from rnnviz.app.server.streamlit_private import ClientState, WidgetState
from rnnviz.knobs import plain_json

Kinds = Callable[[str], str | None]
"""Tells the kind of value that a widget takes, None for no widget."""


def keep_known(request: ClientState, kind: Kinds) -> int:
    """Drop the values of a request that no browser would send; returns how many.

    An empty field goes with its widget, and a browser may still name it: that counts as nothing.
    """
    states = request.widget_states.widgets
    kept, odd = [], 0
    for state in states:
        if _is_honest(state, kind(state.id)):
            kept.append(WidgetState.FromString(state.SerializeToString()))
        else:
            odd += state.WhichOneof("value") is not None
    if len(kept) < len(states):
        del states[:]
        states.extend(kept)
    return odd


def _is_honest(state: WidgetState, kind: str | None) -> bool:
    """Whether a value is of the kind that its widget takes; None for no such widget."""
    sent = state.WhichOneof("value")
    if kind is None or sent is None:
        return kind is not None  # what a browser sends when a visitor empties a field
    # A number input that holds whole numbers takes a double_value and is sent an int_value.
    is_same = sent == kind or (sent, kind) == ("int_value", "double_value")
    return is_same and _is_readable(sent, getattr(state, sent))


def _is_readable(kind: str, value: Any) -> bool:
    """Whether Streamlit can read a value of a kind: it trusts numbers and JSON to be plain."""
    if kind == "double_value":
        return math.isfinite(value)
    if kind == "double_array_value":
        return all(map(math.isfinite, value.data))
    if kind in ("json_value", "json_trigger_value"):
        try:
            return isinstance(plain_json(value), (dict, list))
        except (ValueError, RecursionError):
            return False
    return True
