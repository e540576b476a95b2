"""Everything of Streamlit that its documentation does not promise, in one file.

Another version of Streamlit may rename or drop any of it. A test calls each of these and names the
version that broke one (``tests/app/server/test_streamlit_private.py``); ``pyproject.toml`` admits
the minors that it was run with and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit
from streamlit import config, runtime
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import FragmentHandledException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BackMsg",
    "ClientState",
    "DeltaGenerator",
    "ForwardMsg",
    "FragmentHandledException",
    "WidgetState",
    "close_session",
    "index_page",
    "keep_settings",
    "option",
    "run_command",
    "widgets_of",
]


def option(name: str) -> Any:
    """Return a setting, before and while the server runs; ``st.get_option`` needs a page run."""
    return config.get_option(name)


def keep_settings() -> None:
    """Let Streamlit look a section of its settings up once: it does so six times a page run."""
    config.get_options_for_section = cache(config.get_options_for_section)


def index_page() -> Path:
    """Return the file of the page that Streamlit sends to every browser."""
    return Path(streamlit.__file__).with_name("static") / "index.html"


def widgets_of(session_id: str | None) -> Mapping[str, Any] | None:
    """Return what a session knows of its widgets by id, each with a ``value_type``.

    None where there is no such session.
    """
    if not session_id or not runtime.exists():
        return None
    session = runtime.get_instance().get_app_session(session_id)
    return session.session_state._new_widget_state.widget_metadata if session else None


def close_session(session_id: str | None) -> None:
    """End a session, which Streamlit would keep for a browser that comes back."""
    if session_id and runtime.exists():
        runtime.get_instance().close_session(session_id)


def run_command(arguments: Sequence[str]) -> None:
    """Run ``streamlit run`` with these arguments in this process, until the server is stopped."""
    from streamlit.web import cli

    cli.main(["run", *arguments], prog_name="streamlit", standalone_mode=True)
