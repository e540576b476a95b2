"""Side by side: two experiments on one colour scale under one cursor, or their difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rnnviz.app.components.viewer import Held, Said, state_viewer
from rnnviz.app.panels.lens_switch import choose_lens
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.panels.reading import prefetched_readings
from rnnviz.app.runtime import state
from rnnviz.app.runtime.prefetch import live_knobs, prefetched_pictures, with_knob
from rnnviz.app.runtime.results import result_of, runs_of, trial_of
from rnnviz.app.runtime.visibility import visibility
from rnnviz.app.sidebar.compare import differing, pair_buttons
from rnnviz.engine.run import Run
from rnnviz.export.caption import parameters
from rnnviz.i18n import Words
from rnnviz.knobs import Choice
from rnnviz.link import Shown
from rnnviz.sentences.reading import read_layer
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import source_of_run
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.picture import Picture
from rnnviz.views._plot.side_by_side import difference, on_one_scale, same_thing


def show(source: Shown, perspective: Perspective, say: Words, second: Shown) -> Perspective:
    """Draw both and return where the visitor looks now."""
    runs = tuple(trial_of(run, perspective) for run in runs_of(source, second))
    look = visibility(perspective)
    with st.container(horizontal=True, vertical_alignment="center", key="pairs"):
        if look.shows("actions"):
            pair_buttons(perspective, say)
        perspective = _choose_difference(perspective, say)
    if look.shows("lens"):
        perspective = choose_lens(runs[0], perspective, say)
    pictures = _pictures(runs, perspective)
    if perspective.difference and not same_thing(*pictures):
        st.caption(say("side.states_differ"))
        pictures = _pictures(runs, perspective.replace(lens="state"))
    if perspective.contrast != "own" or perspective.difference:
        pictures = on_one_scale(*pictures)
    if perspective.difference:
        return _difference(pictures, perspective, say)
    # One sentence may take more lines than the other: the pictures still stand side by side.
    columns = st.columns(2, gap="small", vertical_alignment="bottom")
    for index, side in enumerate("ab"):
        with columns[index]:
            with st.container(key=f"said-{side}"):
                _heading(side, runs[index], runs[1 - index], perspective, say)
            perspective = _viewer(
                side, pictures[index], runs[index], runs[1 - index], perspective, say
            )
    return perspective


def _pictures(runs: tuple[Run, ...], perspective: Perspective) -> tuple[Picture, Picture]:
    return states.analyse(runs[0], perspective), states.analyse(runs[1], perspective)


def _choose_difference(perspective: Perspective, say: Words) -> Perspective:
    wanted = st.toggle(
        say("knob.difference.label"),
        help=say("side.difference_help"),
        key=state.widget("difference", perspective.difference),
        width="content",
    )
    return perspective.replace(difference=wanted)


def _heading(side: str, run: Run, beside: Run, perspective: Perspective, say: Words) -> None:
    """Say what this side does, and in which knobs it is not like the other."""
    index = perspective.layer_in(run.layers)
    layer = run.layers[index]

    def headline(_: Any) -> str:
        return read_layer(layer, say).headline

    sentence = result_of(f"headline.{say.language}", run, headline, detail=index)
    st.markdown(f"##### {say(f'side.{side}')} · {sentence}")
    if run.experiment is None or beside.experiment is None:
        told = states.VIEW.told(run, perspective, say)
        named = parameters(run, perspective, say, all_trials=told.all_trials)
        st.caption(" · ".join(named) or say("side.same"))
    else:
        st.caption(_differences(run.experiment, beside.experiment, say))


def _differences(experiment: Experiment, beside: Experiment, say: Words) -> str:
    """Return the knobs in which an experiment is not like the other, with its own values."""
    knobs = [
        f"{say(f'knob.{row.name}.label')}: {_shown(row, experiment, say)}"
        for row in differing(experiment, beside)
    ]
    return " · ".join(knobs) or say("side.same")


def _said(side: str, run: Run, beside: Run, perspective: Perspective, say: Words) -> Said:
    """Return what says what another value of a knob does to this side."""
    readings = prefetched_readings(source_of_run(run), perspective, say)
    experiment, other = run.experiment, beside.experiment

    def said(name: str, value: Any) -> dict[str, Any] | None:
        found = readings(name, value)
        if found is None:
            return None
        title, knobs = f"{say(f'side.{side}')} · {found['headline']}", ""
        if experiment is not None and other is not None:
            index = perspective.layer_in(experiment.layers)
            own = with_knob(experiment, index, name, value)
            moved = perspective.side == "both"
            partner = with_knob(other, index, name, value) if moved else other
            knobs = _differences(own, partner, say)
        return {**found, "headline": title, "meaning": knobs, "numbers": []}

    return said


def _shown(row, experiment: Experiment, say: Words) -> str:
    value = getattr(experiment, row.name)
    several = value if isinstance(value, tuple) else (value,)
    if isinstance(row.kind, Choice):
        return ", ".join(say(f"choice.{one}") for one in several)
    return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in several)


def _held(side: str, run: Run, beside: Run, perspective: Perspective, say: Words) -> Held:
    """Return what shows a side while a slider is held; of two that move, A brings B's words along.

    A page has one answer on its way at a time, and B would wait for A's.
    """
    pictures = held_pictures(run, beside, perspective)
    own = _said(side, run, beside, perspective, say)
    if side != "a" or perspective.side != "both":
        return Held(pictures, own)
    partner, key = _said("b", beside, run, perspective, say), state.component("viewer.b")

    def said(name: str, value: Any) -> dict[str, Any] | None:
        found, other = own(name, value), partner(name, value)
        if found is None or other is None:
            return found
        return {**found, "beside": {**other, "key": key}}

    return Held(pictures, said)


def held_pictures(
    run: Run, beside: Run, perspective: Perspective
) -> Callable[[str, Sequence[Any]], Sequence[Picture]]:
    """Return what gives a side its pictures of other values, on the scale that both have then."""
    own = prefetched_pictures(source_of_run(run), perspective)
    if perspective.contrast == "own":
        return own
    partner = prefetched_pictures(source_of_run(beside), perspective)

    def pictures(name: str, values: Sequence[Any]) -> Sequence[Picture]:
        found = own(name, values)
        others = list(partner(name, values)) if perspective.side == "both" else []
        others += [states.analyse(beside, perspective)] * (len(found) - len(others))
        return [on_one_scale(*pair)[0] for pair in zip(found, others, strict=False)]

    return pictures


def _viewer(
    side: str, picture: Picture, run: Run, beside: Run, perspective: Perspective, say: Words
) -> Perspective:
    """Show one side; the sliders repaint it while they are dragged, if they move this side."""
    moves, source = perspective.side in ("both", side), source_of_run(run)
    viewed = state_viewer(
        picture,
        style_of(perspective, say),
        knobs=live_knobs(source, perspective.layer, say) if moves else (),
        held=_held(side, run, beside, perspective, say) if moves else None,
        said_in=f"said-{side}",
        arrival=state.arrivals(),
        key=state.component(f"viewer.{side}"),
    )
    return _looked_at(f"viewer.{side}", viewed, perspective)


def _difference(
    pictures: tuple[Picture, Picture], perspective: Perspective, say: Words
) -> Perspective:
    """Show A − B alone, as large as the page."""
    viewed = state_viewer(
        difference(*pictures),
        style_of(perspective, say),
        arrival=state.arrivals(),
        key=state.component("viewer.difference"),
    )
    return _looked_at("viewer.difference", viewed, perspective)


def _looked_at(name: str, viewed: Any, perspective: Perspective) -> Perspective:
    at = state.chosen(name, viewed)
    if at is None or at.timestep is None:
        return perspective
    unit = perspective.unit if at.unit is None else at.unit
    return perspective.replace(timestep=at.timestep, unit=unit)
