"""The Streamlit side of the viewer: what goes in, what comes back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.runtime.cache import BoundedCache
from rnnviz.app.server.assets import asset_url
from rnnviz.knobs import finite
from rnnviz.viewer.network_payload import Drawn, network_parts
from rnnviz.viewer.packing import Arrays, at_cursor, figure_bytes
from rnnviz.viewer.payload import (
    detail_bytes,
    look_of,
    payload_key,
    picture_bytes,
    pictures_bytes,
)
from rnnviz.views._plot.follow import MOST_NUMBERS, Follow
from rnnviz.views._plot.picture import Picture
from rnnviz.views._plot.style import Style

# A cursor that is let go runs the page again, and shows the very same picture.
_PAYLOADS = BoundedCache(limit=48 * 2**20, size=len)

PREFETCH_CELLS = 2_000_000
"""Up to so many cells in all, the pictures of a knob's whole range are sent ahead."""

SAYING = 0.25
"""Seconds in which the page's words of a knob's stops are made, those at the hand first; the others
are asked for again."""

MOST_CORNERS = 400
"""Corners of what is drawn around cells; figure.js sends at most 200."""

_LOADER = """
const files = new URL("{url}", document.baseURI);
for (const name of {styles}) {{
  const style = new URL(name, files).href;
  const sheet = document.querySelector(`link[href="${{style}}"]`) ?? Object.assign(
    document.createElement("link"), {{ rel: "stylesheet", href: style }});
  sheet.isConnected || document.head.append(sheet);
}}
const module = import(new URL("{module}", files).href);
export default async (component) => (await module).default(component);
"""

Window = tuple[int, int, int, int]
Ahead = Callable[[str, Sequence[Any]], Sequence[Picture]]
Said = Callable[[str, Any], dict[str, Any] | None]
Networks = Callable[[str, Any], Drawn | None]


@dataclass(frozen=True)
class Held:
    """What shows other settings of the sliders while they are held, without committing to any.

    All are called outside the page's own run.

    Parameters
    ----------
    pictures : callable (knob name, values) -> pictures
        Computes the pictures of several values, all at once.
    said : callable (knob name, value) -> dict, optional
        Says what a value does, as `Sentences.as_dict` has it: shown in the place of the page's own
        sentence.
    network : callable (knob name, value) -> Drawn, optional
        Gives the network of a value, for the diagram beside the picture; None where it is too large
        to be sent in passing.
    """

    pictures: Ahead
    said: Said | None = None
    network: Networks | None = None


def component(name: str, module: str, styles: Sequence[str] = ("viewer.css", "streamlit.css")):
    """Register a component whose inline script only fetches a module, which browsers keep."""
    script = _LOADER.format(url=asset_url(""), module=module, styles=json.dumps(list(styles)))
    return st.components.v2.component(f"rnnviz_{name}", js=script, isolate_styles=False)


_VIEWER = component("state_viewer", "streamlit_viewer.js")
_FIGURE = component("figure", "streamlit_figure.js")
_FETCHER = component("fetcher", "fetcher.js")


@dataclass(frozen=True)
class LiveKnob:
    """A slider elsewhere on the page that repaints the viewer while it is dragged.

    Parameters
    ----------
    name : str
        What the knob is called in an Experiment.
    label : str
        Accessible name of the slider, as the visitor's language has it.
    options : sequence
        Its stops, exactly as the slider has them.
    changes_size : bool
        Whether it changes how many cells a picture has; then none is sent ahead.
    """

    name: str
    label: str
    options: Sequence[Any]
    changes_size: bool = False


@dataclass(frozen=True)
class ViewerState:
    """What the visitor chose in the viewer, as indices from 0; None where nothing was chosen yet.

    Parameters
    ----------
    timestep, unit : int or None
        Where the time cursor was let go, and the unit that was clicked.
    window : (first step, last step, first unit, last unit) or None
        What is visible, ends excluded; None when all of it is.
    moment : int or None
        When the cursor was let go, in milliseconds of the visitor's clock: going to the same place
        twice is telling two things.
    """

    timestep: int | None = None
    unit: int | None = None
    window: Window | None = None
    moment: int | None = None


def state_viewer(
    picture: Picture,
    style: Style,
    *,
    knobs: Sequence[LiveKnob] = (),
    held: Held | None = None,
    again: Callable[[], Picture] | None = None,
    said_in: str = "",
    arrival: int = 0,
    key: str = "state-viewer",
) -> ViewerState:
    """Show a picture in the page, and return what the visitor chose in it.

    Parameters
    ----------
    picture : Picture
        What is shown.
    style : Style
        The theme is read in the browser; the rest holds.
    knobs : sequence of LiveKnob
        Sliders that repaint the viewer while they are dragged.
    held : Held, optional
        What shows their other settings meanwhile; without it they do not repaint it.
    again : callable () -> picture
        Gives the same picture once more, when a part of it is asked for later. Without it the
        visitor's session holds on to the picture and its arrays.
    said_in : str
        Key of the container where the page says what the picture shows.
    arrival : int
        Changes when a link is arrived at: only then the picture's cursor counts for sure. In
        between it may be older than what the visitor's hand has just told.
    key : str
        Identity of the viewer: zoom and cursor stay as long as it does.
    """
    knobs = knobs if held else ()
    live = [_knob_header(knob, picture) for knob in knobs]
    data = at_cursor(_data(picture, style, key, live, said_in), picture.cursor, arrival)
    result = _VIEWER(data=data, key=key, on_cursor_change=_nothing, on_window_change=_nothing)
    chosen = _read(result.cursor, result.window, picture)
    _fetcher(_Recalled(picture, again), style, chosen, tuple(knobs), held, key)
    return chosen


class _Recalled:
    """A picture that is at hand once; whoever asks later gets it made again."""

    def __init__(self, picture: Picture, again: Callable[[], Picture] | None) -> None:
        self._picture: Picture | None = picture
        self._again = again

    def __call__(self) -> Picture:
        picture = self._picture
        if self._again is not None:
            self._picture = None
            return picture or self._again()
        assert picture is not None  # kept, where it cannot be made again
        return picture


def figure_view(
    figure: go.Figure,
    name: str,
    *,
    key: str | None = None,
    follow: Sequence[Follow] = (),
    picks: bool = False,
    reveal: bool = False,
    at: int | None = None,
    fills: bool = False,
    map: str = "",
) -> tuple[float, float, int] | None:
    """Show a Plotly figure that keeps zoom and camera when its numbers change.

    Parameters
    ----------
    figure : plotly Figure
        With ``layout.meta = {"time_axis": "x"}`` it carries the viewers' time cursor; then
        ``first_step`` in the same place is the number that the axis gives to the first step.
    name : str
        Name of the view; ``data-view`` of its element.
    key : str, optional
        Identity of the element, ``figure.<name>`` by default.
    follow : sequence of Follow
        Traces that move with the time cursor, in the browser; too many numbers are not sent, and
        then they move when the cursor is let go.
    picks : bool
        Whether a click on the figure is told.
    reveal : bool
        Whether the visitor just asked for it, so that it is scrolled into sight.
    at : int, optional
        The timestep that it belongs to; while the time cursor stands elsewhere, it says so.
    fills : bool
        Whether it is as tall as the screen allows.
    map : str
        Names the map whose cells it shows: maps of one name mark the cell under the pointer
        together, and what is drawn around cells is told with the name; see `read_selection`.

    Returns
    -------
    (x, y, count) or None
        Where the visitor clicked last, and how many clicks there were.
    """
    if fills:
        figure.update_layout(meta=dict(figure.layout.meta or {}) | {"fills": True})
    sent = follow if sum(one.size for one in follow) <= MOST_NUMBERS else ()
    data = figure_bytes(figure, name, sent, picks, reveal, None if sent else at, map)
    result = _FIGURE(
        data=data,
        key=key or f"figure.{name}",
        on_pick_change=_nothing,
        on_selection_change=_nothing,
    )
    return _read_pick(result.pick)


@dataclass(frozen=True)
class Selection:
    """What a visitor drew around cells of a map.

    Parameters
    ----------
    x, y : tuple of float
        Corners, in the numbers of the axes.
    moment : int
        When, in milliseconds of the visitor's clock.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    moment: int


def read_selection(sent: Any, map: str) -> Selection | None:
    """Read what a figure tells of a selection on a map; None where it is none, or of another."""
    if not isinstance(sent, Mapping) or sent.get("map") != map:
        return None
    moment, corners = _index(sent.get("moment"), 2**53), []
    for name in ("x", "y"):
        given = sent.get(name)
        if not isinstance(given, Sequence) or not 3 <= len(given) <= MOST_CORNERS:
            return None
        numbers = [finite(one) for one in given]
        corners.append(tuple(one for one in numbers if one is not None))
    x, y = corners
    if moment is None or len(x) != len(sent["x"]) or len(y) != len(x):
        return None
    return Selection(x, y, moment)


@st.fragment
def _fetcher(
    recall: Callable[[], Picture],
    style: Style,
    chosen: ViewerState,
    knobs: tuple[LiveKnob, ...],
    held: Held | None,
    key: str,
) -> None:
    """Answer what the viewer asks for while it is being moved, without running the page."""
    picture = recall()
    name = f"{key}.fetcher"
    wish = state.asked(name, "wish")
    wanted = _read_wish(wish, knobs, picture) if wish and held else None
    if wanted is None or held is None:
        data = detail_bytes(picture, style, key, chosen.timestep, chosen.window)
    else:
        knob, first, last = wanted
        values, spoken = knob.options[first : last + 1], None
        at = _index(wish.get("at"), len(knob.options))
        if held.said and at is not None:
            spoken = _said_within(held.said, knob, first, last, at)
            values = values[:1]  # of a range that was sent ahead, the browser has the pictures
        ahead, look = _is_ahead(knob, picture), look_of(picture, style)
        pictures = held.pictures(knob.name, values) if not (ahead and spoken) else ()
        network = None
        if held.network and not ahead:
            network = _network(held.network(knob.name, values[0]), style)
        data = pictures_bytes(pictures, style, key, knob.name, first, spoken, network, look)
    _FETCHER(data=data, key=name, on_wish_change=_nothing)


def _said_within(
    said: Said, knob: LiveKnob, first: int, last: int, at: int
) -> dict[int, dict[str, Any] | None]:
    """Return what the page says of stops, by their numbers: those nearest to the hand first.

    As many as there is time for, one at least.
    """
    began, found = time.monotonic(), {}
    for stop in sorted(range(first, last + 1), key=lambda stop: abs(stop - at)):
        found[stop] = said(knob.name, knob.options[stop])
        if time.monotonic() - began > SAYING:
            break
    return found


def _network(drawn: Drawn | None, style: Style) -> Callable[[Arrays], dict[str, Any]] | None:
    """Return what adds a network to a payload; None where there is none to add."""
    return None if drawn is None else lambda arrays: network_parts(arrays, drawn, style)


def _data(picture: Picture, style: Style, key: str, live: list[dict], said_in: str = "") -> bytes:
    """Return the payload, from the cache if the picture is one of an experiment."""

    def pack() -> bytes:
        return picture_bytes(picture, style, key=key, knobs=live, said_in=said_in)

    if not picture.experiment:
        return pack()
    knobs = tuple(tuple(one.values()) for one in live)
    return _PAYLOADS.get((payload_key(picture, style), key, knobs, said_in), pack)


def _nothing() -> None:
    """Stand in for a callback; Streamlit returns only those states that have one."""


def _is_ahead(knob: LiveKnob, picture: Picture) -> bool:
    cells = len(knob.options) * picture.field.values.size
    return cells <= PREFETCH_CELLS and not knob.changes_size


def _knob_header(knob: LiveKnob, picture: Picture) -> dict:
    return {
        "name": knob.name,
        "label": knob.label,
        "count": len(knob.options),
        "ahead": _is_ahead(knob, picture),
    }


def _read_pick(pick: Any) -> tuple[float, float, int] | None:
    if not isinstance(pick, Mapping):
        return None
    x, y, count = (finite(pick.get(name)) for name in ("x", "y", "count"))
    return None if x is None or y is None or count is None else (x, y, int(count))


def _read(cursor: Any, window: Any, picture: Picture) -> ViewerState:
    """Read what a browser sent; whatever is not in order counts as not chosen."""
    steps, units = picture.field.values.shape
    cursor = cursor if isinstance(cursor, Mapping) else {}
    window = window if isinstance(window, Mapping) else {}
    return ViewerState(
        _index(cursor.get("timestep"), steps),
        _index(cursor.get("unit"), units),
        _window(window, steps, units),
        _index(cursor.get("moment"), 2**53),
    )


def _window(sent: Mapping[Any, Any], steps: int, units: int) -> Window | None:
    """Return the visible part, None where none is told or it is empty."""
    first, last = _index(sent.get("first"), steps), _index(sent.get("last"), steps + 1)
    low, high = _index(sent.get("low"), units), _index(sent.get("high"), units + 1)
    if first is None or last is None or low is None or high is None:
        return None
    return (first, last, low, high) if first < last and low < high else None


def _index(value: Any, length: int) -> int | None:
    """Return a whole number brought inside 0 … length − 1, or None if it is none."""
    number = finite(value)
    return None if number is None else int(max(0, min(number, length - 1)))


def _read_wish(
    wish: Any, knobs: tuple[LiveKnob, ...], picture: Picture
) -> tuple[LiveKnob, int, int] | None:
    """Return which stops of which knob are wanted; never more than may be sent ahead."""
    if not isinstance(wish, Mapping):
        return None
    knob = next((one for one in knobs if one.name == wish.get("knob")), None)
    if knob is None:
        return None
    first = _index(wish.get("first"), len(knob.options))
    last = _index(wish.get("last"), len(knob.options))
    if first is None or last is None or last < first:
        return None
    return knob, first, last if _is_ahead(knob, picture) else first
