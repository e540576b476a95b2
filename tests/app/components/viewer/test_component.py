"""What comes back from a browser is only believed when it is in order."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.app.components.viewer import LiveKnob, component
from rnnviz.app.components.viewer.component import _read, _read_wish
from rnnviz.app.runtime.cache import BoundedCache
from rnnviz.viewer.payload import picture_bytes
from rnnviz.views._plot.style import Style
from rnnviz.views.states import state_picture

SHAPE = (100, 64)
PICTURE = state_picture(np.zeros(SHAPE), (-1.0, 1.0), np.zeros(100), np.zeros(100))
KNOBS = (LiveKnob("weight_scale", "Weight scale", tuple(range(81))),)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
NAMES = st.sampled_from(["timestep", "unit", "first", "last", "low", "high", "knob", "look"])


def test_what_the_viewer_sends_is_read():
    window = {"first": 10, "last": 20, "low": 0, "high": 64}
    state = _read({"timestep": 37, "unit": 5}, window, PICTURE)
    assert (state.timestep, state.unit, state.window) == (37, 5, (10, 20, 0, 64))
    assert _read({"timestep": 37, "unit": None}, None, PICTURE).unit is None
    assert _read_wish({"knob": "weight_scale", "first": 0, "last": 80}, KNOBS, PICTURE) == (
        KNOBS[0],
        0,
        80,
    )


@given(ANYTHING | st.dictionaries(NAMES, ANYTHING), ANYTHING | st.dictionaries(NAMES, ANYTHING))
def test_anything_else_does_no_harm(cursor, window):
    state = _read(cursor, window, PICTURE)
    assert state.timestep is None or 0 <= state.timestep < SHAPE[0]
    assert state.unit is None or 0 <= state.unit < SHAPE[1]
    if state.window is not None:
        first, last, low, high = state.window
        assert 0 <= first < last <= SHAPE[0]
        assert 0 <= low < high <= SHAPE[1]
    wish = _read_wish(cursor, KNOBS, PICTURE)
    assert wish is None or 0 <= wish[1] <= wish[2] <= 80


@pytest.mark.parametrize("number", [math.inf, -math.inf, 10**400, -5, 1e300])
def test_absurd_numbers_end_inside_the_run(number):
    state = _read({"timestep": number, "unit": number}, None, PICTURE)
    # What is not finite (10**400 is no float) counts as nothing that was chosen.
    assert state.timestep in (None, 0, SHAPE[0] - 1)
    assert state.unit in (None, 0, SHAPE[1] - 1)


def test_a_large_picture_is_asked_for_one_stop_at_a_time():
    large = state_picture(np.zeros((10_000, 64)), (-1.0, 1.0), np.zeros(10_000), np.zeros(10_000))
    wish = {"knob": "weight_scale", "first": 3, "last": 80}
    assert _read_wish(wish, KNOBS, large) == (KNOBS[0], 3, 3)
    sized = (LiveKnob("units", "Units", (1, 2, 3), changes_size=True),)
    assert _read_wish({"knob": "units", "first": 0, "last": 2}, sized, PICTURE) == (sized[0], 0, 0)


def test_a_moved_cursor_sends_the_same_picture(monkeypatch):
    packed = []
    monkeypatch.setattr(component, "_PAYLOADS", BoundedCache(limit=10**7, size=len))
    monkeypatch.setattr(
        component, "picture_bytes", lambda *a, **k: packed.append(1) or picture_bytes(*a, **k)
    )
    shown = dataclasses.replace(PICTURE, experiment="seed=7")
    first = component._data(shown, Style(), "key", [])
    moved = component._data(dataclasses.replace(shown, timestep=42), Style(), "key", [])
    assert len(packed) == 1
    assert first == moved
    other = dataclasses.replace(shown, experiment="seed=8")
    for picture, style in ((other, Style()), (shown, Style("ko")), (PICTURE, Style())):
        component._data(picture, style, "key", [])
    assert len(packed) == 4


def test_an_unknown_knob_is_no_wish():
    assert _read_wish({"knob": "seed", "first": 0, "last": 0}, KNOBS, PICTURE) is None
    assert _read_wish({"knob": "weight_scale", "first": 5, "last": 2}, KNOBS, PICTURE) is None
