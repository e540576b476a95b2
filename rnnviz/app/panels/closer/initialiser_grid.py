"""What changes it: the neighbours of the experiment, and a way to each of them."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.components.viewer import figure_view
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.panels.views import head
from rnnviz.app.runtime import state
from rnnviz.app.runtime.results import result_of
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.sweeps.initialiser_grid import centre, initialiser_grid
from rnnviz.views import initialiser_grid as view

_SECONDS = 2.0
"""How long the neighbours take on a slow laptop, roughly; their number is cut to it."""


def show(run: Run, perspective: Perspective, say: Words, reveal: bool = False) -> None:
    """Show the neighbours, which all of them share; a click goes to one.

    ``reveal`` scrolls them into sight.
    """
    head(view.VIEW, run, perspective, say)
    layer = perspective.layer_in(run.layers)
    # Moving among the neighbours does not change them: they are kept under what they share.
    middle = centre(run.experiment)
    grid = result_of(
        "initialiser_grid",
        middle,
        lambda progress: initialiser_grid(middle, run.inputs, layer, progress),
        seconds=_SECONDS,
        detail=layer,
    )
    result, style = view.Changes(grid, run.experiment), style_of(perspective, say)
    concluded = view.conclusion(result, style)
    if concluded:
        st.markdown(concluded)
    key = state.component("initialiser_grid")
    figure = view.draw(result, style)
    click = figure_view(figure, "initialiser_grid", key=key, picks=True, reveal=reveal)
    picked = state.chosen("initialiser_grid", click)
    if picked is not None:
        wanted = view.chosen(result, picked[:2])
        if wanted is not None and wanted != run.experiment:
            state.go(wanted, perspective)
            st.rerun()
    st.markdown("\n".join(f"- {line}" for line in view.summary(result, style)))
