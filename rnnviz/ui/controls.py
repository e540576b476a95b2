"""The sidebar: Experiment -> Experiment. Each control comes from one row of the table."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rnnviz.experiment import TABLE, Experiment, ExperimentError
from rnnviz.i18n import Words
from rnnviz.knobs import Choice, Knob, Problem, Whole
from rnnviz.ui import state

_GROUPS = ("layer", "weights", "input", "advanced")


def experiment_controls(
    experiment: Experiment, layer: int, say: Words
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

    Returns
    -------
    experiment : Experiment
        What the controls ask for, or the one that came in when that is not allowed.
    problems : tuple of Problem
        Why it is not allowed.
    """
    values: dict[str, Any] = {}
    for row in _rows("main"):
        values[row.name] = _control(row, experiment, layer, say)
    # Folded, its many controls are not drawn at all: they would be half the work of every change.
    more = st.expander(
        say("page.more"), icon=":material/tune:", key="unfolded.more", on_change="rerun"
    )
    if more.open:
        with more:
            _more_controls(values, experiment, layer, say)
    try:
        return experiment.replace(**_stacked(values, experiment, layer)), ()
    except ExperimentError as error:
        return experiment, error.problems


def _more_controls(values: dict[str, Any], experiment: Experiment, layer: int, say: Words) -> None:
    """Draw the controls beyond the main ones, and add what they ask for to ``values``."""
    standing = _layer_values(experiment, layer)
    for group in _GROUPS:
        st.markdown(f"**{say(f'group.{group}.label')}**")
        for row in _rows(group):
            if _is_shown(row, standing | values):
                values[row.name] = _control(row, experiment, layer, say)


def _rows(group: str) -> list[Knob]:
    return [row for row in TABLE.values() if row.group == group]


def _is_shown(row: Knob, values: dict[str, Any]) -> bool:
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


def _control(row: Knob, experiment: Experiment, layer: int, say: Words) -> Any:
    value = _value(row, experiment, layer)
    name = f"{row.name}.{layer}" if row.per_layer else row.name
    draw = {"scale": _scale, "number": _number, "select": _select, "toggle": _toggle}[row.control]
    words = {"label": say(f"knob.{row.name}.label"), "help": say(f"knob.{row.name}.help")}
    return draw(row, name, value, say, words)


def _scale(row: Knob, name: str, value: Any, say: Words, words: dict[str, str]) -> Any:
    """Draw a slider over the row's stops; a value between two stops gets a stop of its own."""
    at = state.arrived_with(name, value)
    stops = row.options if at in row.options else tuple(sorted((*row.options, at)))
    return st.select_slider(
        options=stops, key=state.widget(name, value), format_func=_plain, **words
    )


def _number(row: Knob, name: str, value: Any, say: Words, words: dict[str, str]) -> Any:
    kind = row.kind
    whole = isinstance(kind, Whole)
    return st.number_input(
        min_value=kind.minimum if whole else float(kind.minimum),
        max_value=kind.maximum if whole else float(kind.maximum),
        step=1 if whole else 0.1,
        format=None if whole else "%g",
        value=None if getattr(kind, "optional", False) else "min",
        placeholder=say("page.as_drawn"),
        key=state.widget(name, value),
        **words,
    )


def _select(row: Knob, name: str, value: Any, say: Words, words: dict[str, str]) -> Any:
    assert isinstance(row.kind, Choice)
    return st.selectbox(
        options=row.kind.options,
        format_func=lambda option: say(f"choice.{option}"),
        key=state.widget(name, value),
        **words,
    )


def _toggle(row: Knob, name: str, value: Any, say: Words, words: dict[str, str]) -> Any:
    return st.toggle(key=state.widget(name, value), **words)


def _plain(value: float) -> str:
    """Return a stop as a person writes it: 100,000 and 0.0316, never 1e+05."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
