"""The switch between the closer looks; what is not looked at is not computed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rnnviz.app.panels.closer import initialiser_grid, one_step
from rnnviz.app.panels.views import show_view
from rnnviz.app.runtime import state
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import views_of

_PAGE = "states"
_MAIN = "states"
"""The view that the page itself shows."""
_WITH_MORE = {"one_step": one_step.show, "initialiser_grid": initialiser_grid.show}
"""Looks that are more than a figure."""


def look_closer(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Offer the closer looks, show the one that is chosen, and return what is looked at."""
    every = {view.name: view for view in views_of(_PAGE) if view.name != _MAIN}
    views = {name: view for name, view in every.items() if not view.needs_head or run.dense}
    left_out = every.keys() - views.keys()
    if perspective.view in left_out and (reason := every[perspective.view].why_not(run)):
        st.info(say(reason))
    standing = perspective.view if perspective.view in views else None
    name = st.segmented_control(
        say("closer.label"),
        list(views),
        format_func=lambda name: say(f"view.{name}.short"),
        key=state.widget("closer", standing),
        label_visibility="collapsed",
    )
    perspective = perspective.replace(view=name)
    if name is not None:
        if reason := views[name].why_not(run):
            st.info(say(reason))
            return perspective
        show = _WITH_MORE.get(name) or partial(show_view, views[name])
        # It opens below the first screen: whoever just asked for it wants to see it.
        show(run, perspective, say, reveal=state.moved("closer") is not None)
    return perspective
