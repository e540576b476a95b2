"""The dynamics page: what the hidden state does, under the cursor of the states over time."""

from __future__ import annotations

from rnnviz.app.panels.main_view import main_view
from rnnviz.app.panels.views import choose_view
from rnnviz.app.runtime.results import run_of
from rnnviz.i18n import Words
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.perspective import Perspective


def show(experiment: Experiment, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = run_of(experiment)
    perspective = main_view(run, perspective, say, compact=True)
    return choose_view("dynamics", run, perspective, say)
