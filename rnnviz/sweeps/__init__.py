"""Many networks at once: how a measure changes with the knobs.

>>> from rnnviz import Experiment, Sweep, sweep
>>> small = Sweep(Experiment(units=8, timesteps=20), axes={"weight_scale": [0.03, 1.0]})
>>> sweep(small).array("saturated").round(2)
array([0., 1.])
"""

from rnnviz.sweeps.measures import measures
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.sweep import Sweep
from rnnviz.sweeps.sweeping import sweep

__all__ = ["Sweep", "SweepResult", "measures", "sweep"]
