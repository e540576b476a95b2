"""The main view: the states over time, with the cursor that everything else on the page obeys."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from rnnviz.experiment import TABLE, Experiment, ExperimentError
from rnnviz.figures import state_heatmap
from rnnviz.figures.picture import Picture
from rnnviz.figures.style import Style
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.simulate import Run, simulate
from rnnviz.ui import state
from rnnviz.ui.viewer import LiveKnob, state_viewer

_LIVE = ("weight_scale",)
"""Knobs that repaint the view while they are dragged: those that do not change its size."""


def style_of(perspective: Perspective, say: Words) -> Style:
    """Return the look of every figure on the page; the browser decides the theme."""
    return Style(say.language, palette=perspective.palette, presentation=perspective.presentation)


def main_view(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Show the states; where the cursor is let go becomes part of the link."""
    viewed = state_viewer(
        state_heatmap.analyse(run, perspective),
        style_of(perspective, say),
        knobs=[live_knob(name, run.experiment, say) for name in _LIVE],
        ahead=lambda name, values: _ahead(run.experiment, perspective, name, values),
        key=state.component("viewer"),
    )
    at = state.chosen("viewer", viewed)
    if at is None or at.timestep is None:
        return perspective
    unit = perspective.unit if at.unit is None else at.unit
    return dataclasses.replace(perspective, timestep=at.timestep, unit=unit)


def live_knob(name: str, experiment: Experiment, say: Words) -> LiveKnob:
    """Return a slider of the sidebar as the viewer watches it."""
    stops = state.stops(name, getattr(experiment, name), TABLE[name].options)
    return LiveKnob(name, say(f"knob.{name}.label"), stops)


def _ahead(
    experiment: Experiment, perspective: Perspective, name: str, values: Sequence[Any]
) -> list[Picture]:
    """Return the pictures of other settings of one knob, while a slider is dragged over them."""
    pictures = []
    for value in values:
        try:
            other = simulate(experiment.replace(**{name: value}))
        except ExperimentError:
            break
        pictures.append(state_heatmap.analyse(other, perspective))
    return pictures
