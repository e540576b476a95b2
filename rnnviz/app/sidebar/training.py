"""The sidebar of the Training page: Training -> Training, each control from a row of a table."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from rnnviz.app.runtime import state
from rnnviz.app.runtime.visibility import Visibility
from rnnviz.app.sidebar.controls import _DRAW, controls_of, is_shown
from rnnviz.i18n import Words
from rnnviz.knobs import Knob, Problem
from rnnviz.link import Link
from rnnviz.spec.experiment import TABLE as EXPERIMENT
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.training import TABLE, ExperimentError, Training
from rnnviz.spec.training_kinds import Series
from rnnviz.spec.training_knobs import OWN_SERIES_LIMIT, OWN_TEXT_LIMIT

_FIRST = ("learning_rate", "optimizer", "batch_size", "steps")
_OF_NETWORK = ("cell", "units", "timesteps")
_OF_WEIGHTS = (
    "activation",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "weight_scale",
    "dtype",
    "seed",
)


def open_training(training: Training, perspective: Perspective) -> None:
    """Go to a training and run the page again; widgets then stand at its values."""
    state.go(training.experiment, perspective, training=training)
    st.rerun()


def training_controls(
    situation: Link, look: Visibility, say: Words
) -> tuple[Link, tuple[Problem, ...]]:
    """Draw what can be set about the training, and return what is asked for."""
    training = situation.training
    assert training is not None
    hidden, locked = look.hidden_knobs, look.locked_knobs
    rows = [EXPERIMENT[name] for name in _OF_NETWORK if name not in hidden]
    experiment, problems = controls_of(rows, training.experiment, 0, say, locked)
    values = {name: getattr(training, name) for name in TABLE}
    values |= _draw([row for row in TABLE.values() if row.group == "task"], values, say)
    values |= _own(training, values, say)
    values |= _draw([TABLE[name] for name in _FIRST], values, say)
    more = st.expander(
        say("page.more"), icon=":material/tune:", key="unfolded.training", on_change="rerun"
    )
    if more.open:
        with more:
            rows = [row for row in TABLE.values() if row.group == "optimizer"]
            values |= _draw([row for row in rows if row.name not in _FIRST], values, say)
            rows = [EXPERIMENT[name] for name in _OF_WEIGHTS]
            experiment, wrong = controls_of(rows, experiment, 0, say, locked)
            problems += wrong
    try:
        training = Training(**(values | {"experiment": experiment}))
    except ExperimentError as error:
        problems += error.problems
    return dataclasses.replace(situation, source=training.experiment, training=training), problems


def some_controls(
    training: Training, names: tuple[str, ...], say: Words, locked: frozenset[str] = frozenset()
) -> tuple[Training, tuple[Problem, ...]]:
    """Draw some knobs of a training and of its network, and return what is asked for."""
    rows = [EXPERIMENT[name] for name in names if name not in TABLE]
    experiment, problems = controls_of(rows, training.experiment, 0, say, locked)
    values = {name: getattr(training, name) for name in TABLE}
    own = [TABLE[name] for name in names if name in TABLE]
    asked = _draw(own, values, say, locked)
    try:
        return Training(**(values | asked | {"experiment": experiment})), problems
    except ExperimentError as error:
        return training, problems + error.problems


def _draw(
    rows: list[Knob], values: dict[str, Any], say: Words, locked: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Draw the controls that do something now, but the task's, which the page draws itself."""
    asked: dict[str, Any] = {}
    for row in rows:
        if row.control and row.name != "task" and is_shown(row, values | asked):
            words: dict[str, Any] = {
                "label": say(f"knob.{row.link}.label"),
                "help": say(f"knob.{row.link}.help"),
                "disabled": row.name in locked,
            }
            name = f"training.{row.name}"
            asked[row.name] = _DRAW[row.control](row, name, values[row.name], say, words)
    return asked


def _own(training: Training, values: dict[str, Any], say: Words) -> dict[str, Any]:
    """Draw the field for a series or a text of one's own, while it is asked for."""
    if values["task"] == "next_character" and values["learnt_text"] == "own":
        text = st.text_area(
            say("knob.own_text.label"),
            help=say("knob.own_text.help"),
            max_chars=OWN_TEXT_LIMIT,
            key=state.widget("training.own_text", training.own_text),
        )
        return {"own_text": text}
    if values["task"] == "next_value" and values["series"] == "own":
        kind = Series(OWN_SERIES_LIMIT)
        text = st.text_area(
            say("knob.own_series.label"),
            help=say("knob.own_series.help"),
            key=state.widget("training.own_series", kind.write(training.own_series)),
        )
        try:
            return {"own_series": kind.parse(text)}
        except ValueError:
            return {"own_series": ()}  # which the task refuses, and says what it needs
    return {}
