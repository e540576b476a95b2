"""The link and the widgets: the only file that touches session state and query parameters.

The address is the state. A page run starts by asking what is shown (:func:`arrive`) and ends by
writing it into the address (:func:`commit`). A button that changes many things at once goes to
another address (:func:`go`), exactly as a visitor who opens a link does.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections import deque
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from rnnviz.app.runtime.opened import Opened
from rnnviz.app.runtime.rooms import ROOMS
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.app.server.streamlit_private import widgets_of
from rnnviz.i18n import LANGUAGES
from rnnviz.knobs import Problem, shown
from rnnviz.link import Link, Pairs, Shown
from rnnviz.spec.beside import training_beside
from rnnviz.spec.experiment import TABLE as KNOBS
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.perspective import TABLE as LOOKS
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import Training

_VISIT = "visit"
_WIDGETS = "widget."
_UNSET = object()
_TRAIL = 8
"""As many addresses as a browser can be behind."""
_BESIDE_ROOM = ("room", "lang", "embed", "embed_options")
"""What may stand in a link beside its room without being a link of its own."""
_ROOM_COOKIE = "rnnviz_room"
"""A random token that boot.js gives a browser which opens a room's link."""


@dataclass
class _Visit:
    """What is remembered of a visitor from one page run to the next, besides what widgets hold.

    One entry of the session and not one for each widget: Streamlit looks through all of them at
    every run.

    Attributes
    ----------
    shown : Link or None
        What the last complete run showed; None before the first, and on the way elsewhere.
    seen : dict
        What the widgets stood at then, by key. A widget that stands elsewhere was moved.
    arrivals : int
        How many links this visitor has arrived at.
    arrived : dict
        What widgets were set to since the last arrival, by name.
    said, known : dict
        What components say, by name, and what of it is in the link already.
    opened : Opened
        The files that the visitor has opened.
    before_lesson : Link or None
        What was shown before the lesson that is on; None if its own link was opened.
    trained : TrainingSession or None
        The training that the visitor looks at or looked at last.
    voter : str
        Random, to count one visit once in a room where the browser keeps no token.
    trail : deque
        The addresses that were here last, as a browser may still send them.
    """

    shown: Link | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    arrivals: int = 0
    arrived: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    opened: Opened = field(default_factory=Opened)
    before_lesson: Link | None = None
    trained: TrainingSession | None = None
    trained_beside: TrainingSession | None = None
    voter: str = field(default_factory=lambda: secrets.token_hex(8))
    trail: deque[frozenset[tuple[str, str]]] = field(default_factory=lambda: deque(maxlen=_TRAIL))


def _visit() -> _Visit:
    visit = st.session_state.get(_VISIT)
    if visit is None:
        visit = st.session_state[_VISIT] = _Visit()
    return visit


def opened() -> Opened:
    """Return the files that this visitor has opened."""
    return _visit().opened


def training_session(training: Training) -> TrainingSession:
    """Return this visitor's session of a training; a new one if it was of another."""
    visit = _visit()
    if visit.trained is None or not visit.trained.is_of(training):
        visit.trained, visit.trained_beside = TrainingSession(training), None
    return visit.trained


def session_beside(training: Training) -> TrainingSession | None:
    """Return the session that a training is compared with, None where it runs alone.

    A new one takes the first back to its start, so that both go through the same batches together.
    """
    visit, other = _visit(), training_beside(training)
    if other is None:
        visit.trained_beside = None
    elif visit.trained_beside is None or not visit.trained_beside.is_of(other):
        visit.trained = TrainingSession(training.replace(changes=()))
        visit.trained_beside = TrainingSession(other.replace(changes=()))
    return visit.trained_beside


def voter() -> str:
    """Return a random text that tells this browser from others, and nothing of the visitor.

    The browser's own token, which outlasts a reload; where it keeps none, that of this visit.
    """
    token = str(st.context.cookies.get(_ROOM_COOKIE))
    return token if re.fullmatch("[0-9a-f]{32}", token) else _visit().voter


def forget_training() -> None:
    """Begin the training anew at the next look, and what it is compared with."""
    _visit().trained = _visit().trained_beside = None


def stop_if_unwanted() -> None:
    """End this page run here if its visitor moved on or left; long computations call it often.

    Streamlit ends a run only where the run touches Streamlit, and a look at the session is the
    least it can touch.
    """
    st.session_state.get(_VISIT)


def address() -> Pairs:
    """Return the (name, text) pairs of the address, a repeated name as often as it stands there."""
    return tuple((name, text) for name in st.query_params for text in st.query_params.get_all(name))


def served_at() -> str:
    """Return where this page is served, up to the link's question mark; "" where nobody knows."""
    url = (st.context.url or "").partition("?")[0]
    return f"{url.rstrip('/')}/" if url else ""


def _address_is(pairs: Pairs) -> bool:
    """Whether the address says this; far quicker than :func:`address`, and asked at every run."""
    return st.query_params.to_dict() == dict(pairs)


def arrive() -> Link:
    """Return what is to be shown at the start of a page run.

    The link decides on a first visit, after Back or Forward, and after :func:`go`; then every
    widget is set to it. Otherwise the visitor moved a widget, and the widgets decide: the address
    that comes with a quick second move may still be the one of before the first. An address that
    was never here is a link, whatever was moved just before it was followed.
    """
    visit, here = _visit(), frozenset(st.query_params.to_dict().items())
    if visit.shown is not None:
        is_shown = here == frozenset(dict(visit.shown.pairs).items())
        if is_shown or (here in visit.trail and _some_widget_moved(visit)):
            return visit.shown
    visit.trail.append(here)
    situation = _in_full(address())
    for name in visit.arrived:
        st.session_state.pop(_WIDGETS + name, None)
    visit.arrived.clear()
    visit.known.clear()
    visit.shown, visit.seen = situation, _widget_values()
    visit.arrivals += 1
    return situation


def _in_full(pairs: Pairs) -> Link:
    """Read a link; one that names a room alone is the link that the room was opened with."""
    named = dict(pairs)
    if "room" not in named or any(name not in _BESIDE_ROOM for name in named):
        return Link.parse(pairs)
    query = ROOMS.query(named["room"])
    if query is None:
        return Link(problems=(Problem("no_room", (("room", shown(named["room"])),)),))
    link = Link.parse(query)
    changes = {"room": named["room"]}
    if named.get("lang") in LANGUAGES:
        changes["language"] = named["lang"]
    return dataclasses.replace(link, perspective=link.perspective.replace(**changes))


def arrivals() -> int:
    """Return how many links this visitor has arrived at; what a link says then counts anew."""
    return _visit().arrivals


def commit(situation: Link) -> None:
    """Write what is shown into the address, and remember it as shown."""
    visit = _visit()
    visit.shown, visit.seen = situation, _widget_values()
    visit.known.update(visit.said)
    visit.trail.append(frozenset(dict(situation.pairs).items()))
    if not _address_is(situation.pairs):
        st.query_params.from_dict(dict(situation.pairs))


def perspective(before: Perspective, whole_page: Sized) -> Perspective:
    """Return how the page is looked at: as this run of it has it, or as the last whole run did.

    Parameters
    ----------
    before : Perspective
        What this run of the whole page has.
    whole_page : sized
        Empty where a part of the page runs alone.
    """
    shown = _visit().shown
    return before if whole_page or shown is None else shown.perspective


def amend(**changes: Any) -> None:
    """Put a change of the perspective into the address, from a part of the page that runs alone.

    Such a part has no end of a page run to :func:`commit` what it changed.
    """
    visit = _visit()
    if visit.shown is not None:
        perspective = visit.shown.perspective.replace(**changes)
        commit(dataclasses.replace(visit.shown, perspective=perspective))


def go(
    source: Shown,
    perspective: Perspective,
    second: Shown | None = None,
    training: Training | None = None,
) -> None:
    """Go to another link; for the ``on_click`` of a button.

    The second of two experiments stays beside the first unless another one is given; a lesson has
    none. On the Training page the training stays too.
    """
    visit = _visit()
    if visit.shown is not None:
        drawn = visit.shown.perspective
        perspective = _with_moves(perspective, drawn)
        is_turned = perspective.lesson is not None and perspective.lesson == drawn.lesson
        if is_turned and isinstance(source, Experiment) and source == visit.shown.source:
            source = _with_knobs_moved(source)
        if perspective.lesson is None:
            second = second or visit.shown.second
        elif visit.shown.perspective.lesson is None:
            visit.before_lesson = visit.shown
    visit.shown = None
    st.query_params.from_dict(
        dict(Link(source, perspective, second=second, training=training).pairs)
    )


def _with_moves(wanted: Perspective, drawn: Perspective) -> Perspective:
    """Keep what was moved since a button was drawn, and what the button itself leaves alone.

    Two keys within a fifth of a second reach the page in one run, and the button that the second
    one presses was drawn before the first: what it goes to knows nothing of that.
    """
    for name in LOOKS:
        value = moved(name)
        if value is None or getattr(wanted, name) != getattr(drawn, name):
            continue
        try:
            wanted = wanted.replace(**{name: value})
        except ValueError:  # what a widget holds is not always what the link says
            continue
    return wanted


def _with_knobs_moved(experiment: Experiment) -> Experiment:
    """Keep what knobs were moved to since a button of a lesson was drawn that turns its card."""
    asked: dict[str, Any] = {}
    for name, row in KNOBS.items():
        if row.per_layer and len(experiment.layers) > 1:
            continue
        value = moved(f"{name}.0" if row.per_layer else name)
        if value is not None:
            asked[name] = value
    try:
        return experiment.replace(**asked) if asked else experiment
    except ExperimentError:
        return experiment


Target = tuple[Shown, Perspective, Shown | None, Training | None]
"""What :func:`go` takes."""


def target(recipe: Shown | Training, perspective: Perspective) -> Target:
    """Return what :func:`go` takes to show a network, or one that learns."""
    if isinstance(recipe, Training):
        return recipe.experiment, perspective, None, recipe
    return recipe, perspective, None, None


def before_lesson(page: str | None = None, done: tuple[str, ...] = ()) -> Target | None:
    """Return what :func:`go` takes to come back to what was shown before the lesson that is on.

    None if the lesson's own link was opened. ``page`` is where to come back to, if not to the page
    that was left; ``done`` are the lessons that are finished now. The language is the one that is
    spoken now.
    """
    visit = _visit()
    before = visit.before_lesson
    if before is None:
        return None
    now = visit.shown.perspective.language if visit.shown else before.perspective.language
    page = page or before.perspective.page
    perspective = before.perspective.replace(page=page, language=now, done=done)
    return before.source, perspective, before.second, before.training


def widget(name: str, value: Any) -> str:
    """Return the key of a widget, set to ``value`` unless the visitor moved it since we arrived."""
    key = _WIDGETS + name
    if key not in st.session_state:
        _visit().arrived[name] = value
        _set(key, value)
    return key


def _set(key: str, value: Any) -> None:
    """Set a widget, and note it: in a run that is cut short it must not look like a move."""
    st.session_state[key] = _visit().seen[key] = value


def follower(name: str, value: Any) -> str:
    """Return the key of a widget that shows a value which something else may change as well.

    What the visitor does to the widget itself is for :func:`moved` to say, before the page asks
    what the value is.
    """
    key = _WIDGETS + name
    # A widget that is set is drawn anew by the browser, though it stood there before.
    if st.session_state.get(key, _UNSET) != value:
        st.session_state[key] = value
    _visit().seen[key] = value
    return key


def moved(name: str) -> Any:
    """Return what the visitor just moved a widget to, None if it was not this widget."""
    key = _WIDGETS + name
    value = st.session_state.get(key)
    return None if _visit().seen.get(key) == value else value


def component(name: str) -> str:
    """Return the key of a component, whose value cannot be set from here; see :func:`chosen`."""
    return _WIDGETS + name


def asked(key: str, what: str) -> Any:
    """Return what a component asked for just now, before it is drawn; None if nothing."""
    return getattr(st.session_state.get(key), what, None)


def chosen(name: str, value: Any) -> Any:
    """Return what the visitor chose in a component since the last complete run, None if nothing.

    A component keeps its last value, when something else may have changed what it stands for since:
    it is news once, until :func:`commit` has put it into the link. Whatever a component says in the
    first run after an arrival is old.
    """
    visit = _visit()
    visit.said[name] = value
    return None if visit.known.setdefault(name, value) == value else value


def arrived_with(name: str, value: Any) -> Any:
    """Return what :func:`widget` set a widget to after we arrived by a link, else ``value``."""
    return _visit().arrived.get(name, value)


def _widget_values() -> dict[str, Any]:
    """Return what the widgets stand at."""
    held = st.session_state.to_dict()
    return {key: value for key, value in held.items() if str(key).startswith(_WIDGETS)}


def _some_widget_moved(visit: _Visit) -> bool:
    return any(visit.seen.get(key) != value for key, value in _widget_values().items())


def kinds_of(session_id: str | None) -> Callable[[str], str | None]:
    """Return what tells the kind of value that a widget of a session takes, None for no widget.

    For the guard, which looks at a visitor's values before the page does.
    """
    known = widgets_of(session_id)
    if known is None:
        return lambda widget: None
    # Streamlit forgets the kind of a widget that was emptied until it draws it again.
    told: dict[str, str] = {}

    def kind(widget: str) -> str | None:
        found = known.get(widget)
        if found is not None and found.value_type is not None:
            told.setdefault(widget, found.value_type)
        return told.get(widget)

    return kind
