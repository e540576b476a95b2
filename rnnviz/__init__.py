"""See and move the hidden states of recurrent networks.

>>> from rnnviz import Experiment, simulate
>>> simulate(Experiment()).states.shape
(100, 64)
"""

from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import Run, simulate

__all__ = ["Experiment", "Run", "figure", "simulate"]
__version__ = "0.1.0"


def figure(run: Run, view: str = "states", **options):
    """Return a view of a run as a plain Plotly figure; see :func:`rnnviz.notebook.figures.figure`.

    >>> figure(simulate(Experiment()), "states", language="ko", theme="dark")  # doctest: +SKIP
    """
    from rnnviz.notebook import figures

    return figures.figure(run, view, **options)


def _run_html(run: Run) -> str:
    from rnnviz.notebook import figures

    return figures.run_html(run)


# How a notebook shows a run. It is told here, where all rooms are known: simulate knows no figures.
Run._repr_html_ = _run_html
