"""The sidebar: Experiment -> Experiment. Each control comes from one row of the table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.runtime.variations import variation
from rnnviz.i18n import Words
from rnnviz.knobs import Choice, Knob, Problem, Real, Whole
from rnnviz.spec.experiment import TABLE, Experiment, ExperimentError
from rnnviz.spec.text import Text

_GROUPS = ("layer", "weights", "input", "advanced")
_FRONT = ("weight_scale", "cell", "signal", "text")
"""The knobs that teach most stand first, and the text right below the choice to read one."""


def experiment_controls(
    experiment: Experiment,
    layer: int,
    say: Words,
    elsewhere: Collection[str] = (),
    locked: Container[str] = (),
    place: str = "",
    preset: Callable[[], None] | None = None,
) -> tuple[Experiment, tuple[Problem, ...]]:
    """Draw the controls and return what they ask for.

    Parameters
    ----------
    experiment : Experiment
        What is shown; the controls stand at its values.
    layer : int
        Which layer the per-layer knobs move.
    say : Words
        The words of the page.
    elsewhere : collection of str
        Knobs that the page draws itself, or that the link hides.
    locked : container of str
        Knobs that are shown and cannot be moved.
    place : str
        Tells apart the controls of two experiments.
    preset : callable, optional
        Draws a choice of several knobs at once, after the first of them.

    Returns
    -------
    experiment : Experiment
        What the controls ask for, or the one that came in when that is not allowed.
    problems : tuple of Problem
        Why it is not allowed.
    """
    values: dict[str, Any] = {}
    layer = min(layer, len(experiment.layers) - 1)
    now = _layer_values(experiment, layer)
    front = [TABLE[name] for name in _FRONT if name not in elsewhere]
    values |= _draw_each(front[:1], experiment, layer, say, now, locked, place)
    if preset is not None:
        preset()
    values |= _draw_each(front[1:], experiment, layer, say, now | values, locked, place)
    sizes = st.container()

    def draw(group: str, now: dict[str, Any]) -> dict[str, Any]:
        rows = [row for row in _rows(group) if row.name not in (*elsewhere, *_FRONT)]
        if rows and group != "main":
            st.markdown(f"**{say(f'group.{group}.label')}**")
        return _draw_each(rows, experiment, layer, say, now, locked, place)

    if any(row.group in _GROUPS and row.name not in elsewhere for row in TABLE.values()):
        # Folded, its controls are not drawn at all: they would be half the work of every change.
        more = st.expander(
            say("page.more"), icon=":material/tune:", key="unfolded.more", on_change="rerun"
        )
        if more.open:
            with more:
                for group in _GROUPS:
                    values |= draw(group, now | values)
    with sizes:  # drawn after the others, because those decide which of these are shown
        values |= draw("main", now | values)
    return changed(experiment, _stacked(values, experiment, layer))


def controls_of(
    rows: Sequence[Knob],
    experiment: Experiment,
    layer: int,
    say: Words,
    locked: Container[str] = (),
) -> tuple[Experiment, tuple[Problem, ...]]:
    """Draw the controls of some knobs, one below the other, and return what they ask for."""
    layer = min(layer, len(experiment.layers) - 1)
    values = _draw_each(rows, experiment, layer, say, {}, locked)
    return changed(experiment, _stacked(values, experiment, layer))


def _draw_each(
    rows: Sequence[Knob],
    experiment: Experiment,
    layer: int,
    say: Words,
    now: dict[str, Any],
    locked: Container[str],
    place: str = "",
) -> dict[str, Any]:
    """Draw the controls that do something now, and return the values of those."""
    values: dict[str, Any] = {}
    now = _layer_values(experiment, layer) | now
    for row in rows:
        if is_shown(row, now | values):
            disabled = row.name in locked
            values[row.name] = control(row, experiment, layer, say, place, disabled=disabled)
    return values


def changed(
    experiment: Experiment, asked: dict[str, Any]
) -> tuple[Experiment, tuple[Problem, ...]]:
    """Return the experiment with some knobs changed, or as it was and why that is not allowed."""
    try:
        return variation(experiment, **asked), ()
    except ExperimentError as error:
        return experiment, tuple(problem.asking(asked) for problem in error.problems)


def _rows(group: str) -> list[Knob]:
    return [row for row in TABLE.values() if row.group == group]


def is_shown(row: Knob, values: Mapping[str, Any]) -> bool:
    """Whether a knob does anything while the others have these values."""
    return all(values[name] in wanted for name, wanted in row.when)


def _layer_values(experiment: Experiment, layer: int) -> dict[str, Any]:
    return {row.name: _value(row, experiment, layer) for row in TABLE.values()}


def _value(row: Knob, experiment: Experiment, layer: int) -> Any:
    return getattr(experiment.layers[layer] if row.per_layer else experiment, row.name)


def _stacked(values: dict[str, Any], experiment: Experiment, layer: int) -> dict[str, Any]:
    """Put the values of one layer in their places among those of the others."""
    layers = experiment.layers
    changes = {}
    for name, value in values.items():
        if TABLE[name].per_layer and len(layers) > 1:
            several = [getattr(spec, name) for spec in layers]
            several[layer] = value
            value = tuple(several)
        changes[name] = value
    return changes


def control(
    row: Knob, experiment: Experiment, layer: int, say: Words, place: str = "", **look: Any
) -> Any:
    """Draw the control of one knob where we are, and return what it stands at.

    Parameters
    ----------
    row : Knob
        Which knob; its control is a slider, a number, a choice, a switch or a line of text.
    experiment, layer
        What it stands at on arrival; a per-layer knob moves this layer's value.
    say : Words
        The words of the page.
    place : str
        Tells apart the controls of one knob on different pages.
    **look
        Passed on to the Streamlit element (``width``, ``label_visibility``).
    """
    value = _value(row, experiment, layer)
    name = place + widget_name(row, layer)
    words = {"label": say(f"knob.{row.name}.label"), "help": say(f"knob.{row.name}.help")}
    return _DRAW[row.control](row, name, value, say, words | look)


def widget_name(row: Knob, layer: int) -> str:
    """Return the name of a knob's main control; each layer has its own."""
    return f"{row.name}.{layer}" if row.per_layer else row.name


def stops(row: Knob, name: str, value: Any) -> tuple[Any, ...]:
    """Return the stops of a slider; a value between two of them has a stop of its own."""
    at = state.arrived_with(name, value)
    return row.options if at in row.options else tuple(sorted((*row.options, at)))


def _scale(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> Any:
    """Draw a slider over the row's stops."""
    key = state.widget(name, value)
    return st.select_slider(
        options=stops(row, name, value),
        key=key,
        format_func=_plain,
        **words,
    )


def _number(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> Any:
    kind = row.kind
    assert isinstance(kind, Whole | Real)
    span: dict[str, Any] = {"min_value": kind.minimum, "max_value": kind.maximum, "step": 1}
    if isinstance(kind, Real):
        span = {"min_value": float(kind.minimum), "max_value": float(kind.maximum)}
        span |= {"step": 0.1, "format": "%g"}
    return st.number_input(
        **span,
        value=None if kind.optional else "min",
        placeholder=say("page.as_drawn"),
        key=state.widget(name, value),
        **words,
    )


def _select(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> Any:
    assert isinstance(row.kind, Choice)
    return st.selectbox(
        options=row.kind.options,
        format_func=lambda option: say(f"choice.{option}"),
        key=state.widget(name, value),
        **words,
    )


def _toggle(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> Any:
    return st.toggle(key=state.widget(name, value), **words)


def _text(row: Knob, name: str, value: Any, say: Words, words: dict[str, Any]) -> Any:
    assert isinstance(row.kind, Text)
    return st.text_input(max_chars=row.kind.limit, key=state.widget(name, value), **words)


@lru_cache(maxsize=1024)
def _plain(value: float) -> str:
    """Return a stop as a person writes it: 100,000 and 0.0316, never 1e+05."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


_DRAW = {
    "scale": _scale,
    "number": _number,
    "select": _select,
    "toggle": _toggle,
    "text": _text,
}
