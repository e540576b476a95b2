import pytest
from streamlit.proto.ClientState_pb2 import ClientState

from rnnviz.app.runtime.state import kinds_of
from rnnviz.app.server.guard.values import keep_known

KINDS = {
    "slider": "string_array_value",
    "box": "bool_value",
    "viewer": "json_value",
    "number": "double_value",
    "range": "double_array_value",
}


def request(**values):
    state = ClientState()
    for name, (kind, value) in values.items():
        widget = state.widget_states.widgets.add(id=name)
        if kind.endswith("array_value"):
            getattr(widget, kind).data.extend(value)
        elif kind:
            setattr(widget, kind, value)
    return state


def kept(**values):
    state = request(**values)
    dropped = keep_known(state, KINDS.get)
    names = [widget.id for widget in state.widget_states.widgets]
    assert dropped == sum(bool(kind) for name, (kind, _) in values.items() if name not in names)
    return names


def test_values_of_known_widgets_and_of_their_kind_stay():
    assert kept(
        slider=("string_array_value", ["1"]),
        box=("bool_value", True),
        viewer=("json_value", '{"cursor": 1}'),
    ) == ["slider", "box", "viewer"]


def test_a_number_input_says_whole_numbers_in_its_own_way():
    assert kept(number=("int_value", 12)) == ["number"]


@pytest.mark.parametrize(
    "value",
    [("double_value", 1.0), ("string_value", "1"), ("double_array_value", [1.0])],
)
def test_a_value_of_another_kind_goes_alone(value):
    assert kept(slider=value, box=("bool_value", False)) == ["box"]


def test_values_of_widgets_that_are_not_there_go():
    assert kept(nobody=("bool_value", True)) == []


def test_a_field_that_was_emptied_stays_empty():
    assert kept(number=("", None), nobody=("", None)) == ["number"]


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_goes(number):
    both = {"number": ("double_value", number), "range": ("double_array_value", [0.0, number])}
    assert kept(**both) == []
    assert kept(number=("double_value", 1e308)) == ["number"]


@pytest.mark.parametrize(
    "text", ["{", "", "[" * 100_000, "nope", '"{}"', "1", "null", '{"a": 1e999}']
)
def test_what_is_no_json_of_a_component_goes(text):
    assert kept(viewer=("json_value", text)) == []


def test_a_number_that_no_double_can_hold_goes():
    assert kept(viewer=("json_value", f'{{"cursor": {10**400}}}')) == []


def test_without_a_session_nothing_is_known():
    assert kinds_of(None)("slider") is None
    assert kinds_of("no such session")("slider") is None
