"""See and move the hidden states of recurrent networks.

>>> from rnnviz import Experiment, simulate
>>> simulate(Experiment()).states.shape
(100, 64)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnviz.analysis.registry import analyse
    from rnnviz.engine.inputs import Inputs
    from rnnviz.engine.network import Layer, Network
    from rnnviz.engine.run import Run
    from rnnviz.moments import explain_units, find
    from rnnviz.notebook.figures import figure
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
    "analyse",
    "explain_units",
    "figure",
    "find",
    "from_keras",
    "from_torch",
    "open_inputs",
    "open_network",
    "run",
    "simulate",
    "sweep",
    "train",
]
__version__ = "0.2.0"

_PLACES = {
    "Experiment": "rnnviz.spec.experiment",
    "Inputs": "rnnviz.engine.inputs",
    "Layer": "rnnviz.engine.network",
    "Network": "rnnviz.engine.network",
    "Run": "rnnviz.engine.run",
    "Sweep": "rnnviz.sweeps",
    "Trained": "rnnviz.spec.train",
    "Training": "rnnviz.spec.training",
    "analyse": "rnnviz.analysis.registry",
    "explain_units": "rnnviz.moments",
    "figure": "rnnviz.notebook.figures",
    "find": "rnnviz.moments",
    "from_keras": "rnnviz.readers",
    "from_torch": "rnnviz.readers",
    "open_inputs": "rnnviz.readers",
    "open_network": "rnnviz.readers",
    "run": "rnnviz.readers",
    "simulate": "rnnviz.spec.simulate",
    "sweep": "rnnviz.sweeps",
    "train": "rnnviz.spec.train",
}
"""Where each public name stands: it is loaded when it is first used, so that importing is quick."""


def __getattr__(name: str) -> Any:
    """Load a public name."""
    if name not in _PLACES:
        raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    _tell_notebooks()
    return value


def _tell_notebooks() -> None:
    """Tell notebooks how a run is shown. It is told here: the engine knows no figures."""
    from rnnviz.engine.run import Run

    Run._repr_html_ = _run_html  # type: ignore[attr-defined]


def _run_html(run: Run) -> str:
    from rnnviz.notebook import figures

    return figures.run_html(run)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
