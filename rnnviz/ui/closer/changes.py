"""What changes it: the neighbours of the experiment, and a way to each of them."""

from __future__ import annotations

import streamlit as st

from rnnviz.figures import changes
from rnnviz.i18n import Words
from rnnviz.neighbours import centre, neighbours
from rnnviz.perspective import Perspective
from rnnviz.simulate import Run
from rnnviz.ui import state
from rnnviz.ui.main_view import style_of
from rnnviz.ui.runs import result_of
from rnnviz.ui.viewer import figure_view
from rnnviz.ui.views import head

_SECONDS = 2.0
"""How long the neighbours take on a slow laptop, roughly; their number is cut to it."""


def show(run: Run, perspective: Perspective, say: Words, reveal: bool = False) -> None:
    """Show the neighbours, which all of them share; a click goes to one.

    ``reveal`` scrolls them into sight.
    """
    head("changes", say)
    layer = perspective.layer_in(run.layers)
    # Moving among the neighbours does not change them: they are kept under what they share.
    middle = centre(run.experiment)
    grid = result_of(
        "neighbours",
        middle,
        lambda progress: neighbours(middle, run.inputs, layer, progress),
        seconds=_SECONDS,
        detail=layer,
    )
    result, style = changes.Changes(grid, run.experiment), style_of(perspective, say)
    if changes.has_no_good_scale(result):
        st.markdown(say("changes.conclusion"))
    key = state.component("changes")
    figure = changes.draw(result, style)
    click = figure_view(figure, "changes", key=key, picks=True, reveal=reveal)
    picked = state.chosen("changes", click)
    if picked is not None:
        wanted = changes.chosen(result, picked[:2])
        if wanted is not None and wanted != run.experiment:
            state.go(wanted, perspective)
            st.rerun()
    st.markdown("\n".join(f"- {line}" for line in changes.summary(result, style)))
