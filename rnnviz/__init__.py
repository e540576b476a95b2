"""See and move the hidden states of recurrent networks.

>>> from rnnviz import Experiment, simulate
>>> simulate(Experiment()).states.shape
(100, 64)
"""

from rnnviz.experiment import Experiment
from rnnviz.simulate import Run, simulate

__all__ = ["Experiment", "Run", "simulate"]
__version__ = "0.1.0"
