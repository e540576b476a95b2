"""The main view: the states over time, with the cursor that everything else on the page obeys."""

from __future__ import annotations

import dataclasses

import streamlit as st

from rnnviz.app.components.viewer import Held, Networks, Said, state_viewer
from rnnviz.app.runtime import state
from rnnviz.app.runtime.prefetch import live_knobs, prefetched_pictures
from rnnviz.app.runtime.results import run_of, trial_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.given import source_of_run
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states
from rnnviz.views._plot.picture import Picture
from rnnviz.views._plot.style import Style


def style_of(perspective: Perspective, say: Words) -> Style:
    """Return the look of every figure on the page; the visitor's browser decides the theme."""
    return Style(
        say.language,
        theme=st.context.theme.type or "light",
        palette=perspective.palette,
        presentation=perspective.presentation,
    )


def main_view(
    run: Run,
    perspective: Perspective,
    say: Words,
    compact: bool = False,
    said: Said | None = None,
    network: Networks | None = None,
    said_in: str = "",
) -> Perspective:
    """Show the states; where the cursor is let go becomes part of the link.

    ``compact`` leaves room for something else on the same screen; ``said`` and ``network`` are
    those of :class:`rnnviz.app.components.viewer.Held`, ``said_in`` that of ``state_viewer``.
    """
    source = source_of_run(run)
    viewed = state_viewer(
        _picture(run, perspective, compact),
        style_of(perspective, say),
        knobs=live_knobs(source, perspective.layer, say),
        held=Held(prefetched_pictures(source, perspective), said, network),
        again=lambda: _picture(trial_of(run_of(source), perspective), perspective, compact),
        said_in=said_in,
        arrival=state.arrivals(),
        key=state.component("viewer"),
    )
    at = state.chosen("viewer", viewed)
    if at is None or at.timestep is None:
        return perspective
    unit = perspective.unit if at.unit is None else at.unit
    return perspective.replace(timestep=at.timestep, unit=unit)


def _picture(run: Run, perspective: Perspective, compact: bool) -> Picture:
    picture = states.analyse(run, perspective)
    if compact:
        picture = dataclasses.replace(picture, strips=picture.strips[:1], compact=True)
    return picture
