"""The network drawn above its states: what is computed at the cursor, and what goes into it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnnviz.app.components.network import network_view
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import result_of
from rnnviz.app.runtime.variations import ONE_STEP, variation
from rnnviz.codegen.notes_loop import notes_loop
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective
from rnnviz.viewer.network_payload import Drawn
from rnnviz.views import states
from rnnviz.views._plot.cursor import weight_scale_of

_MOST_UNITS = 256
"""Up to so many units the eigenvalues are sent with the network."""
_SECONDS = 8e-9
"""Seconds that all eigenvalues take on a slow laptop, times units³."""
_LECTURE = Experiment()
_NOTES = ("kernel_initializer", "recurrent_initializer", "bias_initializer", "signal")


def show_network(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Draw the network of a run; a layer that was clicked in it becomes the one that is opened."""
    layer = perspective.layer_in(run.layers)
    drawn = Drawn(
        run,
        layer,
        states.analyse(run, perspective.replace(lens="state")).field,
        eigenvalues_of(run, layer),
        _listing(run, layer, say),
    )
    key = state.component("network")
    cursor = (perspective.timestep, perspective.unit)
    opened = network_view(drawn, style_of(perspective, say), cursor, key=key)
    if opened.layer is not None and opened.layer != layer and opened.layer < len(run.layers):
        state.go(run.source, perspective.replace(layer=opened.layer))
        st.rerun()
    if opened.view is not None:
        state.go(run.source, perspective.replace(page="dynamics", view=opened.view))
        st.rerun()
    return perspective


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
    kept = run
    if run.experiment is not None:
        kept = variation(run.experiment, **ONE_STEP)
    else:
        scale = 1.0
    return scale * result_of(
        "eigenvalues", kept, lambda progress: np.linalg.eigvals(recurrent) / scale, seconds, layer
    )


def _listing(run: Run, layer: int, say: Words) -> tuple[str, ...]:
    """Return the notes' loop, with a remark where weights are not drawn as in the notes."""
    cell = run.layers[layer].layer
    if run.experiment is None:
        name = getattr(run.source, "network_name", "") or say("export.unnamed")
        return notes_loop(cell, run.timesteps, (say("network.given", name=name),) * 3)
    experiment, spec = run.experiment, run.experiment.layers[layer]
    same = experiment.weight_scale == 1 and all(
        getattr(source, name) == getattr(_LECTURE, name)
        for name in _NOTES
        for source in [spec if hasattr(spec, name) else experiment]
    )
    drawn = None
    if not same or layer:
        factor = "" if experiment.weight_scale == 1 else f" × {experiment.weight_scale:g}"
        names = (spec.kernel_initializer, spec.recurrent_initializer, spec.bias_initializer)
        drawn = tuple(f"{say(f'choice.{name}')}{factor}" for name in names)
    return notes_loop(cell, run.timesteps, drawn)
