"""Runs of every kind, and one hidden browser for all pictures."""

import os

import pytest

from rnnviz import Experiment
from rnnviz.export.browser import PictureBrowser, missing

LIVELY = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
EXPERIMENTS = {
    "lecture": Experiment(),
    "lively": Experiment(timesteps=30, input_features=4, units=8, **LIVELY),
    "stack": Experiment(timesteps=12, units=(6, 5, 4), seed=7, **LIVELY),
    "single": Experiment(timesteps=1, input_features=1, units=1),
    "float32": Experiment(timesteps=20, units=9, dtype="float32", **LIVELY),
    "diverged": Experiment(timesteps=400, units=4, activation="relu", weight_scale=10),
    "zero": Experiment(timesteps=5, units=3, weight_scale=0),
    "lstm": Experiment(timesteps=10, units=(4, 3), cell=("LSTM", "GRU"), **LIVELY),
    "both_ways": Experiment(timesteps=10, units=4, cell="LSTM", bidirectional=True, **LIVELY),
    "backwards": Experiment(timesteps=10, units=4, go_backwards=True, **LIVELY),
    "text": Experiment(signal="text", text="안녕하세요 <b>&amp;", vocabulary_size=50),
}


@pytest.fixture(params=EXPERIMENTS, scope="session")
def experiment(request):
    return EXPERIMENTS[request.param]


@pytest.fixture(scope="session")
def studio():
    """The hidden browser; without one the tests skip, and in CI that is a failure."""
    failure = missing()
    if failure:
        pytest.fail(str(failure)) if os.environ.get("CI") else pytest.skip(str(failure))
    with PictureBrowser() as studio:
        yield studio
