import contextlib
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg

from rnnviz.app.server.guard.messages import (
    MOST_WIDGETS,
    BadMessage,
    is_wanted,
    join,
    read_message,
    tidy,
)
from rnnviz.knobs import LINK_LIMIT


def rerun(query="", **values):
    message = BackMsg()
    message.rerun_script.query_string = query
    for identity, (kind, value) in values.items():
        setattr(message.rerun_script.widget_states.widgets.add(id=identity), kind, value)
    return message


@pytest.mark.parametrize(
    ("frame", "code"),
    [(None, 1003), (b"\xff" * 50, 1002), (bytes(2000), 1009)],
)
def test_what_is_no_message_ends_the_connection(frame, code):
    with pytest.raises(BadMessage) as caught:
        read_message(frame, 1000)
    assert caught.value.code == code


def test_nobody_honest_has_so_many_widgets():
    message = BackMsg()
    for number in range(MOST_WIDGETS + 1):
        message.rerun_script.widget_states.widgets.add(id=str(number))
    with pytest.raises(BadMessage):
        read_message(message.SerializeToString(), 10**6)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_bad(frame):
    with contextlib.suppress(BadMessage):
        assert isinstance(read_message(frame, 1000), BackMsg)


def test_only_what_the_page_sends_is_wanted():
    wanted = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"}
    for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields:
        message = BackMsg()
        if field.message_type is None:
            setattr(message, field.name, True)
        else:
            getattr(message, field.name).SetInParent()
        assert is_wanted(message, uploads=True) is (field.name in wanted), field.name
    assert not is_wanted(BackMsg(), uploads=True)


def test_operations_that_write_or_install_are_not_wanted():
    payloads = BackMsg().backend_operation_request.DESCRIPTOR.oneofs_by_name["payload"].fields
    verdicts = {}
    for field in payloads:
        message = BackMsg()
        getattr(message.backend_operation_request, field.name).SetInParent()
        verdicts[field.name] = is_wanted(message, uploads=True)
    assert {name for name, wanted in verdicts.items() if wanted} == {
        "deferred_file",
        "dataframe_chunk",
    }


def test_a_place_for_files_is_asked_for_only_where_files_are_taken():
    message = BackMsg()
    message.file_urls_request.file_names.append("a.json")
    assert is_wanted(message, uploads=True)
    assert not is_wanted(message, uploads=False)
    message.file_urls_request.file_names.extend(["x"] * 100)
    assert not is_wanted(message, uploads=True)


def test_a_link_that_is_far_too_long_stays_too_long_but_not_far():
    message = rerun("note=" + "%ED%95%9C" * 10 * LINK_LIMIT)
    tidy(message.rerun_script)
    cut = message.rerun_script.query_string
    assert len(cut) < 10 * LINK_LIMIT
    assert len(unquote(cut)) > LINK_LIMIT


def test_a_part_of_the_page_has_the_name_of_one_or_none():
    for name, kept in (("ac87" * 8, "ac87" * 8), ("x" * 9, ""), ("0" * 65, ""), ("a\nb", "")):
        message = rerun()
        message.rerun_script.fragment_id = message.rerun_script.page_script_hash = name
        tidy(message.rerun_script)
        assert message.rerun_script.fragment_id == kept
        assert message.rerun_script.page_script_hash == kept


def test_the_newer_request_wins_and_a_button_press_is_not_lost():
    older = rerun("a=1", slider=("double_value", 1.0), button=("trigger_value", True))
    newer = rerun("a=2", slider=("double_value", 2.0))
    joined = join(older.rerun_script, newer.rerun_script)
    values = {state.id: state for state in joined.widget_states.widgets}
    assert joined.query_string == "a=2"
    assert values["slider"].double_value == 2.0
    assert values["button"].trigger_value


def test_a_press_in_both_stays_one_press():
    older = rerun(button=("trigger_value", True), other=("string_value", "x"))
    newer = rerun(button=("trigger_value", False))
    joined = join(older.rerun_script, newer.rerun_script)
    assert [(state.id, state.trigger_value) for state in joined.widget_states.widgets] == [
        ("button", True)
    ]


def test_a_part_and_the_whole_make_the_whole():
    older, newer = rerun(), rerun()
    newer.rerun_script.fragment_id = "part"
    assert join(older.rerun_script, newer.rerun_script).fragment_id == ""
    older.rerun_script.fragment_id = newer.rerun_script.fragment_id = "part"
    assert join(older.rerun_script, newer.rerun_script).fragment_id == "part"
