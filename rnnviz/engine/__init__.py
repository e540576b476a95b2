"""Recurrent cells and the loop that runs them. NumPy only; imports nothing of ours."""

from rnnviz.engine.activations import ACTIVATIONS, Activation
from rnnviz.engine.cells import CELLS
from rnnviz.engine.cells.simple_rnn import SimpleRNN
from rnnviz.engine.initializers import INITIALIZERS, rescale_spectral_radius, spectral_radius
from rnnviz.engine.signals import SIGNALS, SignalSettings
from rnnviz.engine.unroll import Trace, unroll

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "INITIALIZERS",
    "SIGNALS",
    "Activation",
    "SignalSettings",
    "SimpleRNN",
    "Trace",
    "rescale_spectral_radius",
    "spectral_radius",
    "unroll",
]
