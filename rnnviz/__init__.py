"""See and move the hidden states of recurrent networks.

>>> from rnnviz import Experiment, simulate
>>> simulate(Experiment()).states.shape
(100, 64)
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnviz.analysis.registry import analyse
    from rnnviz.engine.inputs import Inputs
    from rnnviz.engine.layer import Layer
    from rnnviz.engine.network import Network
    from rnnviz.engine.run import Run
    from rnnviz.moments import explain_units, find
    from rnnviz.notebook.figures import figure
    from rnnviz.notebook.show import show
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
    "show",
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
    "show": "rnnviz.notebook.show",
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


_SHOWN = {
    "rnnviz.engine.run": "Run",
    "rnnviz.engine.network": "Network",
    "rnnviz.spec.experiment": "Experiment",
    "rnnviz.spec.train": "Trained",
}
"""Classes whose values notebooks show by more than their text, and where they stand."""


def _tell_notebooks() -> None:
    """Tell notebooks how values are shown. It is told here: the engine knows no figures."""
    for place, name in _SHOWN.items():
        if module := sys.modules.get(place):
            getattr(module, name)._repr_mimebundle_ = _mimebundle


def _mimebundle(value: Any, include: Any = None, exclude: Any = None) -> Any:
    from rnnviz.notebook import mimebundle

    return mimebundle.of(value)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
