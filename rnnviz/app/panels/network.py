"""The network drawn above its states: what is computed at the cursor, and what goes into it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rnnviz.app.components.network import network_view
from rnnviz.app.components.viewer import Networks
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.prefetch import with_knob
from rnnviz.app.runtime.results import result_of, run_of, trial_of
from rnnviz.app.runtime.variations import ONE_STEP, variation
from rnnviz.codegen.annotated_loop import SCALE, annotated_loop
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.experiment import ExperimentError
from rnnviz.spec.given import recipe_of, source_of_run, with_recipe
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.simulate import build_network
from rnnviz.viewer.network_payload import Drawn, is_exact
from rnnviz.views import states
from rnnviz.views._plot.cursor import weight_scale_of

_MOST_UNITS = 256
"""Up to so many units the eigenvalues are sent with the network."""
_MOST_HELD_UNITS = 64
"""Up to so many units they are computed while a slider is held."""
_SECONDS = 8e-9
"""Seconds that all eigenvalues take on a slow laptop, times units³."""


def show_network(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Draw the network of a run; a layer that was clicked in it becomes the one that is opened."""
    layer = perspective.layer_in(run.layers)
    drawn = Drawn(
        run,
        layer,
        states.analyse(run, perspective.replace(lens="state")).field,
        eigenvalues_of(run, layer),
        annotated_loop(run, layer, say),
        tuple(annotated_loop(run, layer, say, scale) for scale in ("1", SCALE)),
    )
    key = state.component("network")
    cursor = (perspective.timestep, perspective.unit)
    opened = network_view(drawn, style_of(perspective, say), cursor, key=key)
    if opened.layer is not None and opened.layer != layer and opened.layer < len(run.layers):
        state.go(source_of_run(run), perspective.replace(layer=opened.layer))
        st.rerun()
    if opened.view is not None:
        state.go(source_of_run(run), perspective.replace(page="dynamics", view=opened.view))
        st.rerun()
    return perspective


def networks_of(source: Shown, perspective: Perspective, say: Words) -> Networks:
    """Return what gives the network of another value of a knob, while its slider is held.

    The result takes a knob's name and a value, and returns what the diagram shows; None where the
    experiment does not allow the value, or the numbers are too many to be sent in passing.
    """
    experiment = recipe_of(source)
    layer = perspective.layer_in(experiment.layers)
    look = perspective.replace(lens="state")

    def drawn(name: str, value: Any) -> Drawn | None:
        try:
            other = with_recipe(source, with_knob(experiment, layer, name, value))
        except ExperimentError:
            return None
        run = trial_of(run_of(other), perspective)
        if not is_exact(run):
            return None
        recurrent = list(run.layers[layer].layer.recurrent_blocks.values())
        few = len(recurrent) == 1 and len(recurrent[0]) <= _MOST_HELD_UNITS
        eigenvalues = np.linalg.eigvals(recurrent[0]) if few else None
        listing = annotated_loop(run, layer, say)
        return Drawn(run, layer, states.analyse(run, look).field, eigenvalues, listing)

    return drawn


def eigenvalues_of(run: Run, layer: int) -> np.ndarray | None:
    """Return the eigenvalues of U, None for gated and for large ones.

    They grow as the weight scale, so they are computed and kept for scale 1: of all that the
    diagram holds they take longest, and the weight scale is what is dragged most.
    """
    blocks = run.layers[layer].layer.recurrent_blocks
    if len(blocks) != 1:
        return None
    (recurrent,) = blocks.values()
    if len(recurrent) > _MOST_UNITS:
        return None
    scale, seconds = weight_scale_of(run), _SECONDS * len(recurrent) ** 3
    if not scale > 1e-6:
        return np.linalg.eigvals(recurrent)
    if run.experiment is None:
        return result_of(
            "eigenvalues", run, lambda progress: np.linalg.eigvals(recurrent), seconds, layer
        )
    unscaled = variation(run.experiment, **ONE_STEP)

    def compute(progress: object) -> np.ndarray:
        # Of the weights as they are drawn, not of these divided by their scale: a link shows the
        # same to the bit, from wherever the slider came.
        drawn = build_network(unscaled).layers[layer].forward
        return np.linalg.eigvals(next(iter(drawn.recurrent_blocks.values())))

    return scale * result_of("eigenvalues", unscaled, compute, seconds, layer)
