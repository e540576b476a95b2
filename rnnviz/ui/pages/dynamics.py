"""The dynamics page: what the hidden state does, under the cursor of the states over time."""

from __future__ import annotations

import streamlit as st

from rnnviz.experiment import Experiment
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.ui.main_view import main_view
from rnnviz.ui.runs import run_of
from rnnviz.ui.views import choose_view


def show(experiment: Experiment, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(experiment)
    with st.container():
        perspective = choose_view("dynamics", run, perspective, say)
    return main_view(run, perspective, say)
