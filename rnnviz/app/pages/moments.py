"""The Moments page: select a part of the sequence, see where else the network does the same."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from rnnviz.app.components.moments import moments_list, read_at, read_wish, sequence
from rnnviz.app.components.moments.payload import moment_rows, sequence_arrays, shades
from rnnviz.app.panels.alive import show_alive
from rnnviz.app.panels.choices import choose, offered
from rnnviz.app.panels.problems import plain
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
from rnnviz.spec.perspective import COLOURS, MOST_COMPARED, MOST_RANGE, Perspective

MOST_LISTED = 24
"""So many moments are listed."""
EXAMPLE = 5
"""Timesteps of the range that is offered where none is selected."""
SURPRISED = 8.0
"""Bits of surprise that have the full colour."""
_INDEX_SPEED = 5e7
"""States that are indexed in a second on a slow laptop, roughly."""


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(source)
    perspective = _gone_to(run, _colour(run, perspective, say))
    layer, trial = perspective.layer_in(run.layers), perspective.trial_in(run)
    if _index(run, layer).constant.all():
        st.info(say("moments.no_meaning"))
    else:
        show_alive("moments", run, perspective, say)
    st.markdown(say("moments.ask"))
    whole, beside = st.columns([7, 5], gap="medium")
    with whole:
        _sequence(run.trial(trial), layer, perspective, say)
        ask_units(run, layer, source, perspective, say)
    with beside:
        # In a run of the whole page, its end puts the question into the link.
        whole_page = [True]
        perspective = _found(source, layer, trial, perspective, say, whole_page)
        whole_page.clear()
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


def _sequence(run: Run, layer: int, perspective: Perspective, say: Words) -> None:
    colour = colour_of(run.whole, perspective)
    values, middle, greatest, signed = _values(run, layer, colour, perspective)
    told, arrays = sequence_arrays(run, shades(values - middle, greatest, signed))
    head = {
        **told,
        "trial": run.trial_index or 0,
        "at": _in_time(run, layer, min(perspective.timestep, run.timesteps - 1)),
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
        "range": _asked_range(run.whole, run.trial_index or 0, perspective),
    }
    sequence(head, arrays, key=state.component("moments.sequence"))
    if told["kind"] == "curves":
        st.caption(_curves(run, told["curves"], say))


def _curves(run: Run, shown: int, say: Words) -> str:
    """Say what the curves are."""
    features = run.data.values.reshape(run.timesteps, -1).shape[1]
    if features == 1:
        return say("moments.curve")
    names = run.data.feature_names[:shown] or tuple(map(str, range(shown)))
    return say("moments.curves", names=plain(", ".join(names)), features=features)


def _gone_to(run: Run, perspective: Perspective) -> Perspective:
    """Go to the moment that was clicked, before anything of it is drawn."""
    told = read_at(state.asked(state.component("moments.sequence"), "at"))
    at = state.chosen("moments", told)
    if at is None:
        return perspective
    trial = min(at.trial, run.trials - 1)
    timestep = min(at.timestep, run.lengths[trial] - 1)
    timestep = _in_time(run.trial(trial), perspective.layer_in(run.layers), timestep)
    return perspective.replace(trial=trial, timestep=timestep)


def _in_time(run: Run, layer: int, timestep: int) -> int:
    """Turn a place in time into the layer's own, or back: the views count its states as it read."""
    return run.timesteps - 1 - timestep if run.network.is_turned(layer) else timestep


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


def _asked_range(run: Run, trial: int, perspective: Perspective) -> tuple[int, int] | None:
    """The range that is asked about, where it lies in a trial; None where none is."""
    first, end = perspective.begin, perspective.begin + perspective.span
    there = perspective.span and min(perspective.begin_trial, run.trials - 1) == trial
    return (first, end) if there and end <= run.lengths[trial] else None


@st.fragment
@MEMORY.page()
def _found(
    source: Shown,
    layer: int,
    trial: int,
    perspective: Perspective,
    say: Words,
    whole_page: list[bool],
) -> Perspective:
    """List the moments that are like the range that was selected last.

    Returns the perspective with the question that is asked. A run of this part alone, without the
    rest of the page (``whole_page`` is empty then), puts it into the link itself.
    """
    run, key = run_of(source), state.component("moments.list")
    question = _question(run, layer, trial, state.perspective(perspective, whole_page), say)
    if not whole_page:
        state.amend(**{name: getattr(question, name) for name in _QUESTION})
    head: dict[str, Any] = {
        **{"words": {"found": say("moments.found")}, "palette": perspective.palette},
        **{"moments": [], "range": None},
    }
    asked_in = min(question.begin_trial, run.trials - 1)
    span = _asked_range(run, asked_in, question)
    if span is None:
        _offer_example(source, run, trial, question, say)
        moments_list(head, [], key=key)
        return question
    index = _index(run, layer)
    found = find(
        index,
        span,
        question.compared or None,
        measure=question.alike,
        trial=asked_in,
        most=MOST_LISTED,
    )
    usual, first, last = percent(found.usual), span[0], span[1] - 1
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
        _describe(row, run, count, question.alike, say)
    head |= {"moments": rows, "range": span, "length": found.length}
    moments_list(head, arrays, key=key)
    return question


def _offer_example(
    source: Shown, run: Run, trial: int, perspective: Perspective, say: Words
) -> None:
    """Where nothing is selected yet: say so, and offer a range with one click."""
    steps = run.lengths[trial]
    first = steps // 3
    end = min(steps, first + EXAMPLE)
    st.caption(say("moments.none_yet"))
    if st.button(
        say("moments.example", first=first, last=end - 1),
        icon=":material/select:",
        key=state.component("moments.example"),
    ):
        state.go(source, perspective.replace(begin=first, span=end - first, begin_trial=trial))
        st.rerun()


_QUESTION = ("begin", "span", "begin_trial", "alike", "compared")
"""What a link says of the question."""


def _question(
    run: Run, layer: int, trial: int, perspective: Perspective, say: Words
) -> Perspective:
    """Draw what ranks the moments and which units are compared; hear which range was selected."""
    alike = choose(
        "moments.measure",
        MEASURES,
        perspective.alike,
        say("moments.measure"),
        lambda name: say(f"moments.measure_{name}"),
        st.pills,
        label_visibility="visible",
    )
    units = run.layers[layer].states.shape[-1]
    standing = tuple(one for one in perspective.compared if one < units)
    text = st.text_input(
        say("knob.compared.label"),
        placeholder=say("moments.units_default"),
        help=say("moments.units_help"),
        key=state.widget("moments.compared", ",".join(map(str, standing))),
    )
    compared = numbers_in(text, units)
    if compared is None:
        told = {"value": plain(text[:40]), "last": units - 1, "limit": MOST_COMPARED}
        st.warning(say("moments.no_units", **told), icon=":material/warning:")
        compared = standing
    perspective = perspective.replace(alike=alike, compared=compared)
    sent = read_wish(
        state.asked(state.component("moments.list"), "wish"), run.lengths[trial], MOST_RANGE
    )
    wish = state.chosen("moments.wish", sent)
    if wish is None:
        return perspective
    return perspective.replace(begin=wish.first, span=wish.end - wish.first, begin_trial=trial)


def numbers_in(text: str, units: int) -> tuple[int, ...] | None:
    """Return the units that a text names, with commas or spaces between; None where it does not."""
    parts = text.replace(",", " ").split()
    if not all(one.isascii() and one.isdecimal() and len(one) < 6 for one in parts):
        return None
    found = tuple(sorted({int(one) for one in parts}))
    return found if len(found) <= MOST_COMPARED and all(one < units for one in found) else None


def _describe(row: dict[str, Any], run: Run, count: int, measure: str, say: Words) -> None:
    """Put the words of a moment beside its numbers."""
    # The sidebar counts trials from 1.
    place = {"trial": row["trial"] + 1, "timestep": row["timestep"]}
    row["title"] = (
        say("moments.place_trial", **place)
        if run.trials > 1
        else say("moments.place", timestep=row["timestep"])
    )
    row["text"] = say("moments.agree", agreeing=row["agreeing"], units=count)
    row["score"] = percent(row["score"]) if measure != "cosine" else f"{row['score']:.3f}"
