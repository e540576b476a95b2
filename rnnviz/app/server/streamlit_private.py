"""Everything of Streamlit that its documentation does not promise, in one file.

Another version of Streamlit may rename or drop any of it. A test calls each of these and names the
version that broke one (``tests/app/server/test_streamlit_private.py``); ``pyproject.toml`` admits
the minors that it was run with and no others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit
from streamlit import config, runtime
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import FragmentHandledException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState

__all__ = [
    "BackMsg",
    "ClientState",
    "ComponentValue",
    "DeltaGenerator",
    "ForwardMsg",
    "FragmentHandledException",
    "WidgetState",
    "close_session",
    "give_back",
    "holds_file",
    "index_page",
    "keep_finished_pages",
    "keep_settings",
    "keep_theme",
    "lighten_components",
    "option",
    "pass_messages_on",
    "run_command",
    "send_together",
    "widgets_of",
]


def option(name: str) -> Any:
    """Return a setting, before and while the server runs; ``st.get_option`` needs a page run."""
    return config.get_option(name)


def keep_settings() -> None:
    """Let Streamlit look a section of its settings up once: it does so six times a page run."""
    config.get_options_for_section = cache(config.get_options_for_section)


def keep_theme() -> None:
    """Write theme and settings once into the message that begins a page run, and copy them then.

    Streamlit reads them option by option at each run, and its names of fonts letter by letter.
    """
    session = import_module("streamlit.runtime.app_session")
    for name in ("_populate_theme_msg", "_populate_config_msg"):
        setattr(session, name, _written_once(getattr(session, name)))


def _written_once(write: Callable[..., None]) -> Callable[..., None]:
    """Return what writes the same into a message of the same kind, from the first one's content."""
    written: dict[tuple[str, ...], Any] = {}

    def write_again(message: Any, *section: str) -> None:
        if section not in written:
            first = type(message)()
            write(first, *section)
            written[section] = first
        if written[section].ByteSize():  # an empty one would make a field that is not there
            message.MergeFrom(written[section])

    return write_again


def pass_messages_on() -> None:
    """Hand a drawn element to its session, and nothing else that Streamlit does at each event.

    It looks with every element whether the run has begun, ended or failed, and asks for whatever
    any of these events brings along.
    """
    hear = AppSession._on_scriptrunner_event

    def hear_event(
        self: AppSession, sender: Any, event: Any, forward_msg: Any = None, **more: Any
    ) -> None:
        if event != ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
            hear(self, sender, event, forward_msg, **more)
        else:
            self._call_soon_on_event_loop(partial(_enqueue, self, sender, forward_msg))

    setattr(AppSession, "_on_scriptrunner_event", hear_event)  # noqa: B010


def _enqueue(session: AppSession, sender: Any, message: ForwardMsg) -> None:
    if sender is session._scriptrunner:  # not of a run that another one has replaced
        session._enqueue_forward_msg(message)


def keep_finished_pages() -> None:
    """Send a finished page whole, also when a fragment of it is run again before it was sent.

    When a fragment begins, Streamlit drops what is still to be sent of the fragment's elements, but
    not the word that the page run before is finished: at that the browser removes these elements,
    and they flicker until the fragment has run.
    """
    clear = ForwardMsgQueue.clear

    def clear_unfinished(
        self: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if fragment_ids_this_run and any(map(_ends_a_page, self._queue)):
            self._delta_index_map = {}  # what comes now comes after it, and replaces nothing of it
        else:
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    setattr(ForwardMsgQueue, "clear", clear_unfinished)  # noqa: B010


def _ends_a_page(message: ForwardMsg) -> bool:
    """Whether the browser removes at this message whatever the run before did not draw."""
    if message.WhichOneof("type") != "script_finished":
        return False
    return bool(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)


TOGETHER = 64
"""Messages after which the event loop may turn to something else; a page run has about as many, and
a client whose queue holds 500 is dropped."""


class _Asyncio:
    """The module ``asyncio``, but that a pause of no time is one only every so often."""

    def __init__(self) -> None:
        self._passed = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self._passed += not seconds
        if seconds or self._passed % TOGETHER == 0:
            await asyncio.sleep(seconds)


def send_together() -> None:
    """Send what a session has to send in one turn of the event loop.

    Streamlit pauses after each message. Every turn of the loop asks the system what has happened,
    and lets other threads have Python: sixty times a page run, with a packet of its own each time.
    """
    setattr(import_module("streamlit.runtime.runtime"), "asyncio", _Asyncio())  # noqa: B010


class StateByKey(Mapping[str, Any]):
    """What a session keeps by the keys of widgets; looked up one by one, and only what is asked."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_all_by_key(self._state))

    def __len__(self) -> int:
        return len(_all_by_key(self._state))

    def items(self) -> ItemsView[str, Any]:
        """Return all of it at once, and not what is asked one by one."""
        return _all_by_key(self._state).items()


_all_by_key: Callable[[SessionState], dict[str, Any]] = SessionState.filtered_state.fget  # type: ignore[attr-defined]


class ComponentValue(dict[str, Any]):
    """What a component has told, read as ``value["name"]`` or ``value.name``."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


def lighten_components() -> None:
    """Spare each page run what Streamlit does for components that are used in other ways than here.

    It makes a class whenever ``st.session_state`` gives a component's value, so that a page can
    write into it; and each select box asks for the values of all components. And it hashes all that
    a component is given, for a name that is not used where the component has a key.
    """
    setattr(SessionState, "filtered_state", property(StateByKey))  # noqa: B010
    module = import_module("streamlit.components.v2.bidi_component.main")
    setattr(module, "make_bidi_component_presenter", _presenter)  # noqa: B010
    setattr(module.BidiComponentMixin, "_build_bidi_identity_kwargs", _identity)  # noqa: B010


def _identity(self: Any, *, component_name: str, **_: Any) -> dict[str, Any]:
    """Return what tells a component from others, besides its key."""
    return {"component_name": component_name}


def _presenter(aggregator_id: str, *_: Any, **__: Any) -> Callable[[Any, Any], Any]:
    """Return what merges the triggers of a component into its state, as Streamlit's own does."""

    def present(value: Any, session_state: Any) -> Any:
        if not isinstance(value, dict):
            return value
        told = session_state._new_widget_state
        kind = told.widget_metadata.get(aggregator_id)
        if kind is None or kind.value_type != "json_trigger_value":
            return value
        triggers = told.get(aggregator_id) or ()
        triggers = (triggers,) if isinstance(triggers, dict) else triggers
        told_now = [one for one in triggers if isinstance(one, dict)]
        named = [one for one in told_now if isinstance(one.get("event"), str)]
        events = {one["event"]: one.get("value") for one in named}
        return ComponentValue(events | value)

    return present


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


def give_back(file_id: str) -> None:
    """Let Streamlit forget a file that the visitor of this page run sent.

    By itself it keeps every file until the visit ends, also when its widget is gone.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        manager: Any = context.uploaded_file_mgr
        manager.remove_file(session_id=context.session_id, file_id=file_id)


def holds_file(session_id: str, file_id: str) -> bool:
    """Return whether Streamlit still keeps a file that was sent; True where no server runs."""
    if not runtime.exists():
        return True
    manager = runtime.get_instance().uploaded_file_mgr
    return bool(manager.get_files(session_id, [file_id]))


def run_command(arguments: Sequence[str]) -> None:
    """Run ``streamlit run`` with these arguments in this process, until the server is stopped."""
    from streamlit.web import cli

    cli.main(["run", *arguments], prog_name="streamlit", standalone_mode=True)
