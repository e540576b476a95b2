"""The contract with Streamlit's private parts: whatever breaks here broke with a version of it."""

import asyncio
import inspect
from functools import cache
from importlib import import_module
from types import SimpleNamespace

import pytest
import streamlit
from streamlit import config, runtime
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState, WStates
from streamlit.testing.v1 import AppTest

from rnnviz.app.server import streamlit_private as private

VERSION = f"Streamlit {streamlit.__version__}"


def test_the_settings_that_the_server_reads_are_there():
    read = ("address", "allowedHosts", "corsAllowedOrigins", "maxUploadSize", "baseUrlPath")
    for name in (*(f"server.{name}" for name in read), "server.maxWidgetStateSize", "server.port"):
        try:
            private.option(name)
        except RuntimeError as error:
            pytest.fail(f"{VERSION} has no setting {name}: {error}")
    assert isinstance(private.option("server.allowedHosts"), list), VERSION
    assert isinstance(private.option("server.maxWidgetStateSize"), int), VERSION


def test_settings_are_looked_up_by_section_through_one_function(monkeypatch):
    plain = config.get_options_for_section
    monkeypatch.setattr(config, "get_options_for_section", plain)
    before = plain("theme")
    private.keep_settings()
    assert config.get_options_for_section("theme") == before, VERSION
    assert config.get_options_for_section("theme") is config.get_options_for_section("theme")
    assert type(config.get_options_for_section) is type(cache(len))


def test_its_page_is_where_the_policy_looks_for_scripts():
    page = private.index_page()
    assert page.is_file(), f"{VERSION}: no {page}"
    assert "<script>" in page.read_text(encoding="utf-8"), VERSION


def test_a_session_that_is_not_there_has_no_widgets():
    assert private.widgets_of(None) is None
    assert private.widgets_of("of nobody") is None
    private.close_session(None)
    private.close_session("of nobody")


def test_a_session_knows_its_widgets_by_id_and_kind():
    def page():
        import streamlit as st

        st.slider("a", 0, 9, key="one")
        st.text_input("b", key="two")

    ran = AppTest.from_function(page).run()
    state = ran.session_state
    while not isinstance(state, SessionState):
        state = state._state  # a test's state wraps the session's
    known = state._new_widget_state.widget_metadata
    assert {key: known[state._get_widget_id(key)].value_type for key in ("one", "two")} == {
        "one": "double_array_value",
        "two": "string_value",
    }, VERSION


def test_a_runtime_finds_and_closes_sessions():
    for name, parameter in (("get_app_session", "session_id"), ("close_session", "session_id")):
        method = getattr(runtime.Runtime, name, None)
        assert method, f"{VERSION}: Runtime has no {name}"
        assert parameter in inspect.signature(method).parameters, VERSION
    from streamlit.runtime.app_session import AppSession

    assert isinstance(AppSession.session_state, property), VERSION


def test_files_that_were_sent_are_found_and_given_back(monkeypatch):
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    manager = MemoryUploadedFileManager("/upload")
    manager.add_file("s", UploadedFileRec("f", "a.npy", "", b"content"))
    server = SimpleNamespace(uploaded_file_mgr=manager)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="s")
    monkeypatch.setattr(private, "get_script_run_ctx", lambda **_: context)
    assert private.holds_file("s", "f"), VERSION
    assert not private.holds_file("another", "f")
    private.give_back("f")
    private.give_back("none such")
    assert not private.holds_file("s", "f"), VERSION
    assert isinstance(runtime.Runtime.uploaded_file_mgr, property), VERSION


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("BackMsg", ("rerun_script", "stop_script", "backend_operation_request")),
        ("ForwardMsg", ("script_finished", "new_session", "delta", "file_urls_response")),
        ("ClientState", ("widget_states", "query_string")),
        ("WidgetState", ("id", "double_value", "int_value", "json_value", "json_trigger_value")),
    ],
)
def test_messages_have_the_fields_that_the_guard_reads(message, fields):
    names = getattr(private, message).DESCRIPTOR.fields_by_name
    missing = [name for name in fields if name not in names]
    assert not missing, f"{VERSION}: {message} lost {missing}"


def test_its_command_line_takes_a_script_and_settings():
    from streamlit.web import cli

    command = cli.main.commands["run"]
    names = {name for option in command.params for name in option.opts}
    wanted = {"--server.port", "--server.address", "--server.allowedHosts"}
    assert wanted <= names, f"{VERSION}: no {wanted - names}"


def test_what_a_page_is_drawn_on_is_there():
    assert hasattr(private.DeltaGenerator, "progress"), VERSION
    assert issubclass(private.FragmentHandledException, Exception), VERSION


@pytest.fixture
def components(monkeypatch):
    """Streamlit's module of components, as it comes; what a test changes in it is taken back."""
    module = import_module("streamlit.components.v2.bidi_component.main")
    for owner, name in (
        (module, "make_bidi_component_presenter"),
        (module.BidiComponentMixin, "_build_bidi_identity_kwargs"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    return module


@pytest.mark.parametrize(
    "triggers",
    [None, [], [{"event": "a", "value": 1}], {"event": "b"}, [3, {"event": ["x"]}, {"value": 2}]],
    ids=["none", "empty", "one", "alone", "hostile"],
)
@pytest.mark.parametrize("kind", ["json_trigger_value", "json_value", None])
@pytest.mark.parametrize("value", [{"cursor": {"timestep": 3}}, {}, None, 7, "text"])
def test_a_component_gives_the_value_that_streamlit_gives(components, value, kind, triggers):
    told = WStates()
    if kind is not None:
        told.set_widget_metadata(WidgetMetadata("events", lambda x: x, lambda x: x, kind))
        if triggers is not None:
            told.set_from_value("events", triggers)
    session = SimpleNamespace(_new_widget_state=told)
    plain = components.make_bidi_component_presenter("events", "one", None)(value, session)
    private.lighten_components()
    ours = components.make_bidi_component_presenter("events", "one", None)(value, session)
    assert ours == plain, VERSION
    if isinstance(plain, dict) and type(plain) is not dict:
        assert ours.cursor == plain.cursor
        assert ours.nothing is plain.nothing is None


def test_components_with_keys_are_told_apart(components):
    def page():
        from streamlit.components.v2 import component

        one = component("one", js="export default () => {}")
        one(data=b"1", key="first")
        one(data=b"1", key="second")

    private.lighten_components()
    ran = AppTest.from_function(page).run()
    assert not ran.exception, f"{VERSION}: {ran.exception}"
    ids = {element.proto.id for element in ran.main if element.type == "bidi_component"}
    assert len(ids) == 2, VERSION


@pytest.mark.parametrize("finished", [True, False])
def test_a_finished_page_is_sent_whole_though_a_fragment_of_it_begins(monkeypatch, finished):
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    private.keep_finished_pages()

    def drawn(text):
        message = private.ForwardMsg()
        message.metadata.delta_path[:] = [0, 1]
        message.delta.fragment_id = "live"
        message.delta.new_element.markdown.body = text
        return message

    def texts():
        sent = queue.flush()
        return [one.delta.new_element.markdown.body for one in sent if one.HasField("delta")]

    queue = ForwardMsgQueue()
    queue.enqueue(drawn("of the page"))
    if finished:
        end = private.ForwardMsg(script_finished=private.ForwardMsg.FINISHED_SUCCESSFULLY)
        queue.enqueue(end)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["live"])
    queue.enqueue(drawn("of the fragment"))
    assert texts() == ["of the page"] * finished + ["of the fragment"], VERSION
    queue.enqueue(drawn("of the page"))
    queue.clear()
    assert not texts(), VERSION


def test_the_pause_after_each_message_is_one_of_no_time(monkeypatch):
    """What `send_together` leaves out: a message to a session, then a turn of the event loop."""
    module = import_module("streamlit.runtime.runtime")
    assert "await asyncio.sleep(0)" in inspect.getsource(module.Runtime._loop_coroutine), VERSION
    monkeypatch.setattr(module, "asyncio", asyncio)
    private.send_together()

    async def turns(pauses, seconds):
        seen = 0

        async def other():
            nonlocal seen
            while True:
                seen += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        for _ in range(pauses):
            await module.asyncio.sleep(seconds)
        beside.cancel()
        return seen

    assert asyncio.run(turns(private.TOGETHER - 1, 0)) == 0
    assert asyncio.run(turns(4 * private.TOGETHER, 0)) in (4, 5)  # a full queue drops a client
    assert asyncio.run(turns(1, 0.002)) > 1
    assert module.asyncio.Event is asyncio.Event


def test_theme_and_settings_are_copied_as_they_were_written(monkeypatch):
    module = import_module("streamlit.runtime.app_session")
    names = ("_populate_theme_msg", "_populate_config_msg")
    plain = [getattr(module, name) for name in names]
    for name, write in zip(names, plain, strict=True):
        monkeypatch.setattr(module, name, write)
    private.keep_theme()

    def begun():
        session = private.ForwardMsg().new_session
        module._populate_config_msg(session.config)
        module._populate_theme_msg(session.custom_theme)
        module._populate_theme_msg(session.custom_theme.dark, "theme.dark")
        module._populate_theme_msg(session.custom_theme.sidebar, "theme.sidebar")
        return session

    first, second = begun(), begun()
    for name, write in zip(names, plain, strict=True):
        monkeypatch.setattr(module, name, write)
    assert first == second == begun(), VERSION


@pytest.mark.parametrize("current", [True, False], ids=["of this run", "of a run that is over"])
def test_what_a_run_draws_reaches_its_session(monkeypatch, current):
    tell = private.AppSession._on_scriptrunner_event
    monkeypatch.setattr(private.AppSession, "_on_scriptrunner_event", tell)
    private.pass_messages_on()
    queue, handled = [], []
    session = {
        "_call_soon_on_event_loop": lambda call: call(),
        "_enqueue_forward_msg": queue.append,
        "_handle_scriptrunner_event_on_event_loop": lambda *told: handled.append(told),
    }
    missing = [name for name in session if not hasattr(private.AppSession, name)]
    assert not missing, f"{VERSION}: AppSession has no {missing}"
    runner, message, events = object(), private.ForwardMsg(), private.ScriptRunnerEvent
    session = SimpleNamespace(**session, _scriptrunner=runner if current else object())
    tell = private.AppSession._on_scriptrunner_event
    tell(session, runner, event=events.ENQUEUE_FORWARD_MSG, forward_msg=message)
    assert queue == [message] * current, VERSION
    assert not handled
    tell(session, runner, event=events.SHUTDOWN, client_state="state")
    ((sender, event, *rest),) = handled
    assert (sender, event) == (runner, events.SHUTDOWN)
    assert "state" in rest, VERSION
