"""The dynamics page: what the hidden state does, under the cursor of the states over time."""

from __future__ import annotations

from rnnviz.app.panels.main_view import main_view
from rnnviz.app.panels.views import choose_view
from rnnviz.app.runtime.results import run_of, trial_of
from rnnviz.i18n import Words
from rnnviz.link import Shown
from rnnviz.spec.perspective import Perspective


def show(source: Shown, perspective: Perspective, say: Words) -> Perspective:
    """Draw the page and return where the visitor looks now."""
    run = trial_of(run_of(source), perspective)
    perspective = main_view(run, perspective, say, compact=True)
    return choose_view("dynamics", run, perspective, say)
