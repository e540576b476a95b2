"""The runs the page shows, computed once and shared by everybody who looks at the same link."""

from __future__ import annotations

from rnnviz.experiment import Experiment
from rnnviz.simulate import Run, simulate
from rnnviz.ui.cache import BoundedCache

_RUNS = BoundedCache(limit=512 * 2**20, size=lambda run: run.nbytes)


def run_of(experiment: Experiment) -> Run:
    """Return the run of an experiment, from the cache if anybody asked for it lately."""
    return _RUNS.get(experiment, lambda: simulate(experiment))
