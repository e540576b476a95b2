"""The dynamics page: what the hidden state does, under the cursor of the states over time."""

from __future__ import annotations

from rnnviz.experiment import Experiment
from rnnviz.i18n import Words
from rnnviz.perspective import Perspective
from rnnviz.ui.main_view import main_view
from rnnviz.ui.runs import run_of
from rnnviz.ui.views import choose_view


def show(experiment: Experiment, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(experiment)
    perspective = main_view(run, perspective, say, compact=True)
    return choose_view("dynamics", run, perspective, say)
