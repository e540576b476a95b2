"""The settings of a view: one control for each parameter of its analysis, below the view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from rnnviz.analysis.registry import Analysis, analyses
from rnnviz.app.panels.problems import plain
from rnnviz.app.runtime import state
from rnnviz.engine import Trace
from rnnviz.i18n import Words
from rnnviz.knobs import Knob, Numbers, Problem, Real, Refusal, Whole
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.cursor import trace_at

_OWN = "values"
_LONGEST = 4000
"""Most characters of a line of numbers."""


def view_settings(view: str, run: Any, perspective: Perspective, say: Words) -> Perspective:
    """Draw the controls of a view's analysis, and return where they stand.

    Folded, they are not drawn: a link that sets something opens them.
    """
    analysis = analyses().get(view)
    if analysis is None or not _rows(analysis):
        return perspective
    texts = _texts(perspective, view)
    folded = st.expander(
        say("page.view_settings"),
        expanded=bool(texts),
        icon=":material/tune:",
        key=f"unfolded.{view}",
        on_change="rerun",
    )
    if not folded.open:
        return perspective
    values, trace = analysis.read(texts)[0], trace_at(run, perspective)
    with folded, st.container(horizontal=True, gap="small"):
        for row in _rows(analysis):
            text = _control(analysis, row, getattr(values, row.name), trace, say)
            texts[row.name] = row.kind.write(row.default) if text is None else text
    return perspective.replace(parameters=_pairs(perspective, analysis, texts))


def _rows(analysis: Analysis) -> list[Knob]:
    return [row for row in analysis.table.values() if row.control]


def _texts(perspective: Perspective, view: str) -> dict[str, str]:
    prefix = view + "."
    return {
        name[len(prefix) :]: text
        for name, text in perspective.parameters
        if name.startswith(prefix)
    }


def _pairs(
    perspective: Perspective, analysis: Analysis, texts: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return what is set about all analyses, this one's as its controls stand, no defaults."""
    prefix = analysis.name + "."
    others = [pair for pair in perspective.parameters if not pair[0].startswith(prefix)]
    own = [
        (prefix + name, text)
        for name, text in texts.items()
        if text != analysis.table[name].kind.write(analysis.table[name].default)
    ]
    return tuple(sorted(others + own))


def _control(analysis: Analysis, row: Knob, value: Any, trace: Trace, say: Words) -> str | None:
    """Draw one control; return its value as a link has it, None where it does not fit."""
    words = {
        "label": say(f"parameter.{row.name}.label"),
        "help": say(f"parameter.{row.name}.help"),
    }
    name = f"{analysis.name}.{row.name}"
    if row.control == "held":
        return _held(row, name, value, trace, say, words)
    if row.control == "numbers":
        return _numbers(row, name, value, say, words)
    return _number(row, name, value, say, words)


def _number(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> str:
    kind = row.kind
    assert isinstance(kind, Whole | Real)
    span: dict[str, Any] = {"min_value": kind.minimum, "max_value": kind.maximum, "step": 1}
    if isinstance(kind, Real):
        span = {"min_value": float(kind.minimum), "max_value": float(kind.maximum)}
        span |= {"step": None, "format": "%g"}
    given = st.number_input(
        **span,
        value=None if kind.optional else "min",
        placeholder=say("page.automatic"),
        key=state.widget(name, value),
        width=180,
        **words,
    )
    return kind.write(given)


def _numbers(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> str | None:
    written = row.kind.write(value)
    given = st.text_input(key=state.widget(name, written), max_chars=_LONGEST, width=240, **words)
    return _read(row, given.replace(" ", ""), say)


def _held(
    row: Knob, name: str, value: Any, trace: Trace, say: Words, words: dict[str, Any]
) -> str | None:
    assert isinstance(row.kind, Numbers)
    standing = value if isinstance(value, str) else _OWN
    choice = st.selectbox(
        options=(*row.kind.names, _OWN),
        format_func=lambda option: say(f"parameter.held_input.{option}"),
        key=state.widget(name, standing),
        width=220,
        **words,
    )
    if choice != _OWN:
        return choice
    features = trace.layer.features
    own = "0" if isinstance(value, str) else row.kind.write(value)
    given = st.text_input(
        say("parameter.held_input.own"),
        key=state.widget(f"{name}.own", own),
        help=say("parameter.held_input.own_help", features=features),
        max_chars=_LONGEST,
        width=240,
    )
    text = _read(row, given.replace(" ", ""), say)
    count = 0 if text is None else len(row.kind.parse(text))
    if text is not None and text not in row.kind.names and count not in (1, features):
        st.warning(plain(say("parameter.held_input.wrong", count=count, features=features)))
        return None
    return text


def _read(row: Knob, text: str, say: Words) -> str | None:
    try:
        return row.kind.write(row.kind.parse(text))
    except Refusal as refusal:
        values = {"knob": row.name, "value": text, **refusal.values}
        st.warning(plain(Problem(refusal.key, tuple(values.items())).sentence(say.language)))
        return None
