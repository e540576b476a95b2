"""The dynamics page: what the hidden state does, beside the states over time and their cursor."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.alive import show_alive
from rnnviz.app.panels.main_view import main_view
from rnnviz.app.panels.views import choose_view, show_chosen
from rnnviz.app.runtime.results import run_of, trial_of
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = trial_of(run_of(source), perspective)
    view = choose_view("dynamics", run, perspective, say)
    show_alive(view.name, run, perspective, say)
    # Side by side, so that a laptop shows the states and what is told of them at once.
    beside, drawn = st.columns([5, 8], gap="small")
    with beside:
        perspective = main_view(run, perspective, say, compact=True)
    with drawn:
        return show_chosen(view, run, perspective, say, aside=beside)
