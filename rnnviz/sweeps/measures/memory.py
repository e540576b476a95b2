"""The linear memory: how many past inputs a linear read-out can tell from the state."""

from __future__ import annotations

import numpy as np

from rnnviz.analysis.memory import memory as memory_of
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.simulate import simulate
from rnnviz.sweeps.batch import Batch
from rnnviz.sweeps.measures import Measure


def memory(batch: Batch) -> np.ndarray:
    """The capacity of `rnnviz.analysis.memory`, network by network: each fits a read-out."""
    return np.array([_of_one(experiment) for experiment in batch.experiments])


def _of_one(experiment: Experiment) -> float:
    run = simulate(experiment)
    trace = run.layers[-1].trace
    inputs = np.asarray(trace.inputs, np.float64)
    if not np.isfinite(inputs).all():
        return float("nan")
    # As the page's view does: noise about the mean of what the layer reads, as strong as that.
    return memory_of(trace.layer, inputs.mean(axis=0), float(inputs.std()) or 1.0).total


MEASURE = Measure("memory", memory, order=60)
