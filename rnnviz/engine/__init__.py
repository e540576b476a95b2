"""Recurrent cells and the loop that runs them. NumPy only; imports nothing of ours."""

from rnnviz.engine.activations import ACTIVATIONS, DRAWN_ACTIVATIONS, Activation
from rnnviz.engine.bidirectional import Bidirectional, BidirectionalTrace
from rnnviz.engine.cells import CELLS, GRU, LSTM, SimpleRNN
from rnnviz.engine.dense import DRAWN_HEAD_ACTIVATIONS, HEAD_ACTIVATIONS, Dense
from rnnviz.engine.embedding import Embedding
from rnnviz.engine.initializers import INITIALIZERS, rescale_spectral_radius, spectral_radius
from rnnviz.engine.inputs import Inputs
from rnnviz.engine.layer import Layer
from rnnviz.engine.layer_normalization import LayerNormalization
from rnnviz.engine.network import Network, from_architecture
from rnnviz.engine.run import LayerRun, Run
from rnnviz.engine.running import run
from rnnviz.engine.signals import SIGNALS, SignalSettings
from rnnviz.engine.source import Given, Source
from rnnviz.engine.unroll import Trace, unroll

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "DRAWN_ACTIVATIONS",
    "DRAWN_HEAD_ACTIVATIONS",
    "GRU",
    "HEAD_ACTIVATIONS",
    "INITIALIZERS",
    "LSTM",
    "SIGNALS",
    "Activation",
    "Bidirectional",
    "BidirectionalTrace",
    "Dense",
    "Embedding",
    "Given",
    "Inputs",
    "Layer",
    "LayerNormalization",
    "LayerRun",
    "Network",
    "Run",
    "SignalSettings",
    "SimpleRNN",
    "Source",
    "Trace",
    "from_architecture",
    "rescale_spectral_radius",
    "run",
    "spectral_radius",
    "unroll",
]
