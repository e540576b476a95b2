"""Of a run that diverges, what can be read is that of its finite part, without any warning."""

import warnings

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.saturation import saturation

DIVERGING = [
    {"activation": "relu", "weight_scale": 1.0, "timesteps": 400},
    {"activation": "linear", "weight_scale": 5.0},
    {"activation": "linear", "weight_scale": 5.0, "dtype": "float32"},
    {"activation": "relu", "weight_scale": 10.0, "dtype": "float32", "units": 8},
    {"activation": "linear", "recurrent_gain": 3.0, "timesteps": 300},
    {"activation": "relu", "recurrent_gain": 50.0, "dtype": "float32"},
]


@pytest.mark.parametrize("settings", DIVERGING, ids=str)
def test_the_range_is_that_of_the_finite_states(settings):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = simulate(Experiment(**settings)).layers[0].trace
        result = saturation(trace)
    if trace.diverged_at is None:
        pytest.skip("does not diverge")
    finite = trace.states[np.isfinite(trace.states)]
    assert (result.lowest, result.highest) == (finite.min(), finite.max())
    assert np.isfinite([result.lowest, result.highest]).all()
