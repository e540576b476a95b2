"""What a browser may say to the server, and how two requests become one."""

from __future__ import annotations

import re

from rnnviz.app.server.guard.uploads import MOST_FILES
from rnnviz.app.server.streamlit_private import BackMsg, ClientState, ForwardMsg, WidgetState
from rnnviz.knobs import LINK_LIMIT

MOST_WIDGETS = 400
"""A page has some thirty widgets; nobody honest sends the values of so many."""
_PLAIN = ("stop_script", "app_heartbeat")
_OPERATIONS = ("deferred_file", "dataframe_chunk")
_TRIGGERS = ("trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value")
_LONGEST_SIGNAL = 4096
_IDENTITY = re.compile(r"[0-9a-f]{0,64}")


class BadMessage(ValueError):  # noqa: N818 - the visitor's error, not ours
    """No message of the protocol; the connection ends with this WebSocket close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def read_message(data: bytes | None, limit: int) -> BackMsg:
    """Return the message in a frame.

    Raises
    ------
    BadMessage
        If the frame is text (``data`` is None), too long, no message, or of absurd size.
    """
    if data is None:
        raise BadMessage(1003, "text frame")
    if len(data) > limit:
        raise BadMessage(1009, "message too long")
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except Exception as error:  # google.protobuf raises types of its own, one per implementation
        raise BadMessage(1002, "no message") from error
    if len(message.rerun_script.widget_states.widgets) > MOST_WIDGETS:
        raise BadMessage(1008, "too many widgets")
    return message


def is_wanted(message: BackMsg, uploads: bool) -> bool:
    """Whether a message is one that this app's own page sends.

    Everything else is dropped: ``clear_cache`` empties Streamlit's caches for all, ``debug_…`` and
    ``set_run_on_save`` are for development, ``load_git_info`` starts a process, and the operation
    ``install_skills`` writes files.
    """
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in _OPERATIONS
    if kind == "file_urls_request":
        return uploads and len(message.file_urls_request.file_names) <= MOST_FILES
    return kind == "rerun_script" or kind in _PLAIN


def tidy(request: ClientState) -> None:
    """Cut a query text that is far too long, and drop names of parts that no page can have.

    What is left of the text is still too long to be read as a link; a letter takes up to nine
    characters in a query (한 is %ED%95%9C). Streamlit writes unknown names into the log.
    """
    if len(request.query_string) > 9 * LINK_LIMIT:
        request.query_string = request.query_string[: 9 * LINK_LIMIT + 9]
    for name in ("fragment_id", "page_script_hash"):
        if not _IDENTITY.fullmatch(getattr(request, name)):
            setattr(request, name, "")


def join(older: ClientState, newer: ClientState) -> ClientState:
    """Return one request that stands for two: the newer one, with the older one's button presses.

    A browser forgets a press as soon as it is sent, so the newer request does not repeat it.
    """
    standing = {state.id: state for state in newer.widget_states.widgets}
    for state in older.widget_states.widgets:
        if _is_pressed(state) and not _is_pressed(standing.get(state.id)):
            if state.id in standing:
                standing[state.id].CopyFrom(state)
            else:
                newer.widget_states.widgets.append(state)
    if newer.fragment_id != older.fragment_id:
        newer.fragment_id = ""  # a run of the whole page does for both
    newer.is_history_navigation |= older.is_history_navigation
    return newer


def from_the_link(message: BackMsg) -> BackMsg:
    """Return a request for what the link alone says, whatever the widgets say."""
    plain = BackMsg()
    plain.CopyFrom(message)
    plain.rerun_script.widget_states.Clear()
    plain.rerun_script.fragment_id = ""
    return plain


def _is_pressed(state: WidgetState | None) -> bool:
    if state is None:
        return False
    kind = state.WhichOneof("value")
    if kind not in _TRIGGERS:
        return False
    value = getattr(state, kind)
    return bool(value.ListFields()) if hasattr(value, "ListFields") else bool(value)


def read_signal(data: bytes | None) -> ForwardMsg | None:
    """Return an outgoing message if it is short enough to be a signal, such as the end of a run."""
    if not data or len(data) > _LONGEST_SIGNAL:
        return None
    return ForwardMsg.FromString(data)
