"""The controls of two experiments: which side they move, and the typical pairs."""

from __future__ import annotations

import dataclasses

import streamlit as st

from rnnviz.app.panels.choices import choose
from rnnviz.app.runtime import state
from rnnviz.app.runtime.visibility import Visibility
from rnnviz.app.sidebar.controls import changed, experiment_controls
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.knobs import Knob, Problem
from rnnviz.link import Link, Shown
from rnnviz.spec.drawn_like import KERAS, drawn_like
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.given import acting_knobs, recipe_of, with_recipe
from rnnviz.spec.perspective import SIDES, Perspective

PAIRS = {
    "initialiser": (Experiment(), Experiment(**KERAS)),
    "cell": (
        Experiment(signal="normal", **KERAS),
        Experiment(signal="normal", cell="LSTM", **KERAS),
    ),
    "precision": (Experiment(units=12), Experiment(units=12, dtype="float32")),
}
"""The pairs that are one click away, by the names of their words ``pair.<name>``."""


def partner_of(experiment: Experiment) -> Experiment:
    """Return what stands beside an experiment when nobody has chosen anything: Keras's weights."""
    beside = experiment.replace(**KERAS)
    return beside if beside != experiment else Experiment()


def partner_of_source(source: Shown) -> Shown:
    """Return the same; beside a network of a file, one of its shape that reads what it reads."""
    if isinstance(source, Experiment):
        return partner_of(source)
    network = state.opened().network(source.network)
    recipe = recipe_of(source)
    drawn = partner_of(recipe) if network is None else drawn_like(network, recipe)
    return Given("", source.inputs, "", source.inputs_name, drawn) if source.inputs else drawn


def two_experiments(
    situation: Link, look: Visibility, say: Words
) -> tuple[Link, tuple[Problem, ...]]:
    """Draw the switch of sides and the controls of that side; return what is shown then.

    With both sides linked, the controls stand at the values of A, and what is moved moves in both;
    knobs that differ and are not moved go on differing.
    """
    first, perspective = situation.experiment, situation.perspective
    beside = situation.second or partner_of_source(situation.source)
    second = recipe_of(beside)
    side = choose(
        "side",
        SIDES,
        perspective.side,
        say("knob.side.label"),
        lambda name: say(f"side.{name}"),
        help=say("side.help"),
        label_visibility="visible",
        width="stretch",
    )
    layer, locked = perspective.layer, look.locked_knobs
    moving = beside if side == "b" else situation.source
    hidden = look.hidden_knobs | (frozenset(TABLE) - frozenset(acting_knobs(moving)))
    if side == "b":
        layer = min(layer, len(second.layers) - 1)
        second, problems = experiment_controls(second, layer, say, hidden, locked, "b.")
    else:
        layer = min(layer, len(first.layers) - 1)
        before = first
        first, problems = experiment_controls(first, layer, say, hidden, locked)
        if side == "both" and first != before:
            second, more = changed(second, _moves(before, first))
            problems += more
    moved = dataclasses.replace(
        situation.with_experiment(first),
        second=with_recipe(beside, second),
        perspective=perspective.replace(side=side),
    )
    return moved, problems


def _moves(before: Experiment, after: Experiment) -> dict:
    return {row.name: getattr(after, row.name) for row in differing(before, after)}


def differing(one: Experiment, other: Experiment) -> list[Knob]:
    """Return the knobs in which two experiments differ."""
    return [row for row in TABLE.values() if getattr(one, row.name) != getattr(other, row.name)]


def pair_buttons(perspective: Perspective, say: Words) -> None:
    """Draw the typical pairs, each one click away."""
    st.markdown(say("pair.label"), width="content")
    for name, (first, second) in PAIRS.items():
        st.button(
            say(f"pair.{name}"),
            key=f"pair.{name}",
            on_click=state.go,
            args=(first, perspective, second),
        )
