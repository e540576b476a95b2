"""The main view: the states over time, with the cursor that everything else on the page obeys."""

from __future__ import annotations

import dataclasses

import streamlit as st

from rnnviz.figures import state_heatmap
from rnnviz.figures.picture import Picture
from rnnviz.figures.style import Style
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.simulate import Run
from rnnviz.ui import state
from rnnviz.ui.ahead import live_knobs, pictures_ahead
from rnnviz.ui.runs import run_of
from rnnviz.ui.viewer import state_viewer


def style_of(perspective: Perspective, say: Words) -> Style:
    """Return the look of every figure on the page; the visitor's browser decides the theme."""
    return Style(
        say.language,
        theme=st.context.theme.type or "light",
        palette=perspective.palette,
        presentation=perspective.presentation,
    )


def main_view(run: Run, perspective: Perspective, say: Words, compact: bool = False) -> Perspective:
    """Show the states; where the cursor is let go becomes part of the link.

    ``compact`` leaves room for something else on the same screen.
    """
    experiment = run.experiment
    viewed = state_viewer(
        _picture(run, perspective, compact),
        style_of(perspective, say),
        knobs=live_knobs(experiment, perspective.layer, say),
        ahead=pictures_ahead(experiment, perspective),
        again=lambda: _picture(run_of(experiment), perspective, compact),
        arrival=state.arrivals(),
        key=state.component("viewer"),
    )
    at = state.chosen("viewer", viewed)
    if at is None or at.timestep is None:
        return perspective
    unit = perspective.unit if at.unit is None else at.unit
    return perspective.replace(timestep=at.timestep, unit=unit)


def _picture(run: Run, perspective: Perspective, compact: bool) -> Picture:
    picture = state_heatmap.analyse(run, perspective)
    if compact:
        picture = dataclasses.replace(picture, strips=picture.strips[:1], compact=True)
    return picture
