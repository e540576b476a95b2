"""See and move the hidden states of recurrent networks.

>>> from rnnviz import Experiment, simulate
>>> simulate(Experiment()).states.shape
(100, 64)
"""

from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Layer, Network
from rnnviz.engine.run import Run
from rnnviz.readers import from_keras, from_torch, open_inputs, open_network, run
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import simulate
from rnnviz.spec.train import Trained, train
from rnnviz.spec.training import Training
from rnnviz.sweeps import Sweep, sweep

__all__ = [
    "Experiment",
    "Inputs",
    "Layer",
    "Network",
    "Run",
    "Sweep",
    "Trained",
    "Training",
    "figure",
    "from_keras",
    "from_torch",
    "open_inputs",
    "open_network",
    "run",
    "simulate",
    "sweep",
    "train",
]
__version__ = "0.2.0.dev0"


def figure(run: Run, view: str = "states", **options):
    """Return a view of a run as a plain Plotly figure; see :func:`rnnviz.notebook.figures.figure`.

    >>> figure(simulate(Experiment()), "states", language="ko", theme="dark")  # doctest: +SKIP
    """
    from rnnviz.notebook import figures  # Plotly is loaded when a figure is wanted, not before

    return figures.figure(run, view, **options)


def _run_html(run: Run) -> str:
    from rnnviz.notebook import figures

    return figures.run_html(run)


# How a notebook shows a run. It is told here: the engine knows no figures.
Run._repr_html_ = _run_html
