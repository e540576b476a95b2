"""The link and the widgets: the only file that touches session state and query parameters.

The address is the state. A page run starts by asking what is shown (:func:`arrive`) and ends by
writing it into the address (:func:`commit`). A button that changes many things at once goes to
another address (:func:`go`), exactly as a visitor who opens a link does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st
from streamlit import runtime

from rnnviz.experiment import TABLE as EXPERIMENT
from rnnviz.experiment import Experiment
from rnnviz.knobs import LINK_LIMIT, Problem
from rnnviz.lessons.registry import lessons
from rnnviz.perspective import PARTS, SECOND, Perspective, of_the_second

_SHOWN = "shown"
_SEEN = "seen"
_WIDGETS = "widget."
_ARRIVED = "arrived."
_BASELINE = "baseline."
_ARRIVALS = "arrivals"
_SAID = "said."

_KNOBS = frozenset(row.link for row in EXPERIMENT.values())
_NAMES = {"hidden": PARTS, "knobs": EXPERIMENT, "locked": EXPERIMENT}

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Situation:
    """What is shown: the content of one link.

    Parameters
    ----------
    experiment, perspective : Experiment, Perspective
        What is computed, and how it is looked at.
    problems : tuple of Problem
        What could not be read in the link that led here.
    second : Experiment or None
        What stands beside it, where two are compared.
    """

    experiment: Experiment
    perspective: Perspective
    problems: tuple[Problem, ...] = ()
    second: Experiment | None = None

    @cached_property
    def pairs(self) -> Pairs:
        """The (name, text) pairs of the link."""
        first = (*self.experiment.pairs(), *self.perspective.pairs())
        if self.second is None:
            return first
        return (*first, *((SECOND + name, text) for name, text in self.second.pairs()))


def stop_if_unwanted() -> None:
    """End this page run here if its visitor moved on or left; long computations call it often.

    Streamlit ends a run only where the run touches Streamlit, and a look at the session is the
    least it can touch.
    """
    st.session_state.get(_SHOWN)


def read_link(pairs: Pairs) -> Situation:
    """Return what a link shows; what cannot be read becomes its default and a problem."""
    if sum(len(name) + len(text) + 2 for name, text in pairs) > LINK_LIMIT:
        problem = Problem("link_too_long", (("limit", f"{LINK_LIMIT:,}"),))
        return Situation(Experiment(), Perspective(), (problem,))
    experiment, problems = Experiment.from_pairs(list(pairs))
    others = {row.link for row in EXPERIMENT.values()} | {name for name, _ in pairs}
    perspective, more = Perspective.from_pairs(pairs, others)
    perspective, unknown = _known_names(perspective)
    problems += more + unknown
    second = None
    if beside := of_the_second(pairs):
        second, more = Experiment.from_pairs(beside)
        problems += more
    lesson = lessons().get(perspective.lesson)
    if lesson and not any(name in _KNOBS for name, _ in pairs):
        # Typed by hand, ``?lesson=loop`` is enough.
        perspective = lesson.opened(perspective)
        experiment = lesson.experiment_at(perspective.card)
    return Situation(experiment, perspective, tuple(problems), second)


def _known_names(perspective: Perspective) -> tuple[Perspective, list[Problem]]:
    """Drop names of knobs, parts and lessons that there are none of, and say so."""
    problems = []
    changes: dict[str, Any] = {}
    for field, known in _NAMES.items():
        names = getattr(perspective, field)
        changes[field] = tuple(name for name in names if name in known)
        strange = [name for name in names if name not in known]
        problems += [Problem("unknown_name", (("name", name),)) for name in strange]
    if perspective.lesson is not None and perspective.lesson not in lessons():
        problems.append(Problem("unknown_lesson", (("name", perspective.lesson),)))
        changes |= {"lesson": None, "card": 0, "answers": ""}
    return perspective.replace(**changes), problems


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


def arrive() -> Situation:
    """Return what is to be shown at the start of a page run.

    The link decides on a first visit, after Back or Forward, and after :func:`go`; then every
    widget is set to it. Otherwise the visitor moved a widget, and the widgets decide: the address
    that comes with a quick second move may still be the one of before the first.
    """
    shown: Situation | None = st.session_state.get(_SHOWN)
    if shown is not None and (_address_is(shown.pairs) or _some_widget_moved()):
        return shown
    situation = read_link(address())
    for arrived in [key for key in st.session_state if str(key).startswith(_ARRIVED)]:
        st.session_state.pop(_WIDGETS + arrived.removeprefix(_ARRIVED), None)
        del st.session_state[arrived]
    for chosen in [key for key in st.session_state if str(key).startswith(_BASELINE)]:
        del st.session_state[chosen]
    st.session_state[_SHOWN] = situation
    st.session_state[_SEEN] = _widget_values()
    st.session_state[_ARRIVALS] = arrivals() + 1
    return situation


def arrivals() -> int:
    """Return how many links this visitor has arrived at; what a link says then counts anew."""
    return st.session_state.get(_ARRIVALS, 0)


def commit(situation: Situation) -> None:
    """Write what is shown into the address, and remember it as shown."""
    held = st.session_state.to_dict()
    st.session_state[_SHOWN] = situation
    st.session_state[_SEEN] = _widget_values(held)
    for key, value in held.items():
        if str(key).startswith(_SAID):
            st.session_state[_BASELINE + key.removeprefix(_SAID)] = (value,)
    if not _address_is(situation.pairs):
        st.query_params.from_dict(dict(situation.pairs))


def short_pairs(situation: Situation) -> Pairs:
    """Return the pairs of a link without what stands at its default, for codes read by cameras.

    It opens the very same thing on this version; what must last longer is the whole link.
    """
    usual = frozenset(Situation(Experiment(), Perspective(), second=Experiment()).pairs)
    short = tuple(pair for pair in situation.pairs if pair not in usual)
    opened = read_link(short)
    same = opened.pairs == situation.pairs and not opened.problems
    return short if same else situation.pairs


def go(experiment: Experiment, perspective: Perspective, second: Experiment | None = None) -> None:
    """Go to another link; for the ``on_click`` of a button.

    The second of two experiments stays beside the first unless another one is given; a lesson has
    none.
    """
    shown: Situation | None = st.session_state.pop(_SHOWN, None)
    if shown is not None and perspective.lesson is None:
        second = second or shown.second
    st.query_params.from_dict(dict(Situation(experiment, perspective, second=second).pairs))


def widget(name: str, value: Any) -> str:
    """Return the key of a widget, set to ``value`` unless the visitor moved it since we arrived."""
    key = _WIDGETS + name
    if key not in st.session_state:
        st.session_state[key] = st.session_state[_ARRIVED + name] = value
        _see(key, value)
    return key


def _see(key: str, value: Any) -> None:
    """Note that we set a widget ourselves: a run that is cut short must not look like a move."""
    st.session_state.setdefault(_SEEN, {})[key] = value


def follower(name: str, value: Any) -> str:
    """Return the key of a widget that shows a value which something else may change as well.

    What the visitor does to the widget itself is for :func:`moved` to say, before the page asks
    what the value is.
    """
    st.session_state[_WIDGETS + name] = value
    _see(_WIDGETS + name, value)
    return _WIDGETS + name


def moved(name: str) -> Any:
    """Return what the visitor just moved a widget to, None if it was not this widget."""
    key = _WIDGETS + name
    value = st.session_state.get(key)
    return None if st.session_state.get(_SEEN, {}).get(key) == value else value


def component(name: str) -> str:
    """Return the key of a component, whose value cannot be set from here; see :func:`chosen`."""
    return _WIDGETS + name


def chosen(name: str, value: Any) -> Any:
    """Return what the visitor chose in a component since the last complete run, None if nothing.

    A component keeps its last value, when something else may have changed what it stands for since:
    it is news once, until :func:`commit` has put it into the link. Whatever a component says in the
    first run after an arrival is old.
    """
    key = _BASELINE + name
    st.session_state[_SAID + name] = value
    if key not in st.session_state:
        st.session_state[key] = (value,)
    return None if st.session_state[key] == (value,) else value


def arrived_with(name: str, value: Any) -> Any:
    """Return what a widget stood at when we arrived by a link; ``value`` if that is just now."""
    moved_since = _WIDGETS + name in st.session_state
    return st.session_state.get(_ARRIVED + name, value) if moved_since else value


def _widget_values(held: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the widgets stand at; ``held`` is all that the session holds, if it is known."""
    held = st.session_state.to_dict() if held is None else held
    return {key: value for key, value in held.items() if _is_widget(key)}


def _some_widget_moved() -> bool:
    seen = st.session_state.get(_SEEN, {})
    return any(seen.get(key) != value for key, value in _widget_values().items())


def _is_widget(key: object) -> bool:
    return str(key).startswith(_WIDGETS)


def kinds_of(session_id: str | None) -> Callable[[str], str | None]:
    """Return what tells the kind of value that a widget of a session takes, None for no widget.

    For the guard, which looks at a visitor's values before the page does.
    """
    session = session_id and runtime.exists() and runtime.get_instance().get_app_session(session_id)
    if not session:
        return lambda widget: None
    known = session.session_state._new_widget_state.widget_metadata
    # Streamlit forgets the kind of a widget that was emptied until it draws it again.
    told: dict[str, str] = {}

    def kind(widget: str) -> str | None:
        found = known.get(widget)
        if found is not None and found.value_type is not None:
            told.setdefault(widget, found.value_type)
        return told.get(widget)

    return kind
