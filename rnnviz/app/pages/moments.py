"""The Moments page: select a part of the sequence, see where else the network does the same."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from rnnviz.app.components.moments import moments_list, read_wish, sequence
from rnnviz.app.components.moments.payload import moment_rows, sequence_arrays, shades
from rnnviz.app.panels.choices import choose, offered
from rnnviz.app.panels.units import ask_units
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import MEMORY, result_of, run_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.moments import MEASURES, StateIndex, find, index_of, next_token
from rnnviz.moments.direction import along_first_direction
from rnnviz.moments.joined import joined_states
from rnnviz.moments.next_token import has_next_token
from rnnviz.sentences.numbers import percent
from rnnviz.spec.perspective import COLOURS, Perspective

MOST_RANGE = 500
"""Longest range that is searched for from the page, in timesteps."""
MOST_LISTED = 24
"""So many moments are listed."""
SURPRISED = 8.0
"""Bits of surprise that have the full colour."""
_INDEX_SPEED = 5e7
"""States that are indexed in a second on a slow laptop, roughly."""


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(source)
    perspective = _colour(run, perspective, say)
    layer, trial = perspective.layer_in(run.layers), perspective.trial_in(run)
    if _index(run, layer).constant.all():
        st.info(say("moments.no_meaning"))
    st.markdown(say("moments.ask"))
    whole, beside = st.columns([7, 5], gap="medium")
    with whole:
        perspective = _sequence(run.trial(trial), layer, perspective, say)
        ask_units(run, layer, source, perspective, say)
    with beside:
        _found(source, layer, trial, perspective.palette, say)
    return perspective


def _colour(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Draw the choice of what the steps are coloured by."""
    heads = has_next_token(run)
    options = [name for name in COLOURS[1:] if heads or name in ("direction", "unit")]
    standing = colour_of(run, perspective)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour = choose(
            "moments.colour",
            options,
            standing,
            say("knob.colour.label"),
            lambda name: say(f"choice.colour_{name}"),
            st.pills,
            label_visibility="visible",
        )
        units = _units(run, perspective)
        if colour == "unit":
            now = min(perspective.unit, units - 1)
            unit = st.number_input(
                say("knob.unit.label"),
                0,
                units - 1,
                key=state.widget("moments.unit", now),
                width=140,
            )
            perspective = perspective.replace(unit=offered(unit, range(units), now))
    return perspective if colour == standing else perspective.replace(colour=colour)


def _units(run: Run, perspective: Perspective) -> int:
    return run.layers[perspective.layer_in(run.layers)].states.shape[-1]


def colour_of(run: Run, perspective: Perspective) -> str:
    """Return what the steps are coloured by; what a network cannot say is left to "auto"."""
    heads = has_next_token(run)
    colour = perspective.colour
    if colour == "auto" or (colour in ("probability", "surprise") and not heads):
        return "surprise" if heads else "direction"
    return colour


def _index(run: Run, layer: int) -> StateIndex:
    """Return the index of a layer: kept without the states, which are the run's."""

    def compute(progress: Any) -> StateIndex:
        return dataclasses.replace(index_of(run, layer, progress=progress), states=None)

    seconds = run.layers[layer].states.size / _INDEX_SPEED
    kept = result_of("states_index", run.whole, compute, seconds, layer)
    return dataclasses.replace(kept, states=joined_states(run, layer))


def _sequence(run: Run, layer: int, perspective: Perspective, say: Words) -> Perspective:
    colour = colour_of(run.whole, perspective)
    values, middle, greatest, signed = _values(run, layer, colour, perspective)
    told, arrays = sequence_arrays(run, shades(values - middle, greatest, signed))
    head = {
        **told,
        "trial": run.trial_index or 0,
        "at": min(perspective.timestep, run.timesteps - 1),
        "palette": perspective.palette,
        "large": perspective.presentation,
        "scale": [middle - greatest if signed else middle, middle + greatest],
        "signed": signed,
        "words": {
            "sequence": say("moments.sequence"),
            "colour": say(f"choice.colour_{colour}"),
            "limit": say("moments.too_long", limit=MOST_RANGE),
        },
        "limit": MOST_RANGE,
    }
    at = state.chosen("moments", sequence(head, arrays, key=state.component("moments.sequence")))
    if at is None:
        return perspective
    trial = min(at.trial, run.whole.trials - 1)
    timestep = min(at.timestep, run.whole.lengths[trial] - 1)
    return perspective.replace(trial=trial, timestep=timestep)


def _values(
    run: Run, layer: int, colour: str, perspective: Perspective
) -> tuple[np.ndarray, float, float, bool]:
    """Return a value for each step, which has no colour, how far from it all is, and if below too.

    A few values far from all others must not take the colour from these.
    """
    if colour in ("probability", "surprise"):
        told = next_token(run.whole)
        lengths = np.concatenate([[0], np.cumsum(run.whole.lengths)])
        part = slice(*lengths[(run.trial_index or 0) :][:2])
        if colour == "surprise":
            return told.surprise[part], 0.0, SURPRISED, False
        return told.probability[part], 0.0, 1.0, False
    found, middle = joined_states(run, layer).pieces[0], 0.0
    if colour == "unit":
        unit = min(perspective.unit, found.shape[1] - 1)
        values, middle = found[:, unit], float(_index(run.whole, layer).thresholds[unit])
    else:
        values, _ = along_first_direction(found)
    apart = np.abs(values[np.isfinite(values)] - middle)
    return values, middle, float(np.quantile(apart, 0.995)) if len(apart) else 0.0, True


@st.fragment
@MEMORY.page()
def _found(source: Shown, layer: int, trial: int, palette: str, say: Words) -> None:
    """List the moments that are like the range that was selected last."""
    run, key = run_of(source), state.component("moments.list")
    measure = st.pills(
        say("moments.measure"),
        MEASURES,
        default=MEASURES[0],
        required=True,
        format_func=lambda name: say(f"moments.measure_{name}"),
        key="moments.measure",
    )
    measure = offered(measure, MEASURES, MEASURES[0])
    wish = read_wish(state.asked(key, "wish"), run.lengths[trial], MOST_RANGE)
    words = {"found": say("moments.found")}
    head: dict[str, Any] = {"words": words, "palette": palette, "moments": [], "range": None}
    if wish is None:
        moments_list(head, [], key=key)
        return
    index = _index(run, layer)
    span = (wish.first, wish.end)
    found = find(index, span, measure=measure, trial=trial, most=MOST_LISTED)
    usual, first, last = percent(found.usual), wish.first, wish.end - 1
    count = len(found.units)
    st.caption(
        say(f"moments.units_{found.chosen}", count=count, first=first, last=last, usual=usual)
    )
    if found.thinned:
        st.caption(say("moments.thinned"))
    if not len(found):
        st.caption(say("moments.nothing_alike"))
    rows, arrays = moment_rows(run, index, found, layer)
    for row in rows:
        # The sidebar counts trials from 1.
        place = {"trial": row["trial"] + 1, "timestep": row["timestep"]}
        row["title"] = (
            say("moments.place_trial", **place)
            if run.trials > 1
            else say("moments.place", timestep=row["timestep"])
        )
        row["text"] = say("moments.agree", agreeing=row["agreeing"], units=count)
        row["score"] = percent(row["score"]) if measure != "cosine" else f"{row['score']:.3f}"
    head |= {"moments": rows, "range": span, "length": found.length}
    moments_list(head, arrays, key=key)
