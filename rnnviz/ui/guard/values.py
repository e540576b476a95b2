"""Values that visitors send for widgets: only for widgets that are there, only of their kind.

Streamlit takes a value for a widget's own and fails where it reads it, before the page can say what
was wrong. A browser sends the value of a widget only after it has shown it, and always of one kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

Kinds = Callable[[str], str | None]


def kinds_of(session_id: str | None) -> Kinds:
    """Return what tells the kind of value that a widget of a session takes, None for no widget."""
    session = session_id and runtime.exists() and runtime.get_instance().get_app_session(session_id)
    if not session:
        return lambda widget: None
    known = session.session_state._new_widget_state.widget_metadata

    def kind(widget: str) -> str | None:
        found = known.get(widget)
        return found and found.value_type

    return kind


def keep_known(request: ClientState, kind: Kinds) -> int:
    """Drop the values of a request that no browser would send; returns how many."""
    states = request.widget_states.widgets
    kept = [state for state in states if _is_honest(state, kind(state.id))]
    dropped = len(states) - len(kept)
    if dropped:
        kept = [WidgetState.FromString(state.SerializeToString()) for state in kept]
        del states[:]
        states.extend(kept)
    return dropped


def _is_honest(state: WidgetState, kind: str | None) -> bool:
    sent = state.WhichOneof("value")
    if sent is None or sent != kind:
        return False
    if sent not in ("json_value", "json_trigger_value"):
        return True
    try:
        json.loads(getattr(state, sent))
    except (ValueError, RecursionError):
        return False
    return True
