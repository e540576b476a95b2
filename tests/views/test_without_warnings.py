"""Runs that overflow are drawn through every view and lens without a warning and without a nan."""

import warnings

import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import LENSES, Perspective
from rnnviz.views._plot.style import Style
from rnnviz.views.registry import views

OVERFLOWING = [
    {"timesteps": 400, "units": 4, "activation": "relu"},
    {"timesteps": 300, "units": 6, "activation": "linear", "recurrent_gain": 1e3},
    {"timesteps": 120, "units": 5, "activation": "linear", "cell": "LSTM", "dtype": "float32"},
    {"timesteps": 200, "units": 5, "activation": "relu", "cell": "GRU"},
    {"timesteps": 90, "units": 3, "activation": "relu", "cell": "LeakyRNN"},
    {"timesteps": 300, "units": 3, "activation": "linear", "signal": "impulse"},
]


@pytest.mark.parametrize("settings", OVERFLOWING, ids=lambda one: str(one.get("cell", one)))
def test_every_view_of_a_run_that_overflows(settings):
    run = simulate(Experiment(weight_scale=10.0, **settings))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, view in views().items():
            if not view.is_offered(run):
                continue
            for lens in LENSES if name == "states" else ("state",):
                result = view.analyse(run, Perspective(timestep=10, lens=lens))
                figure = view.draw(result, Style("en"))
                for text in (one.text or "" for one in figure.layout.annotations):
                    assert "nan" not in text.replace("(nan)", "").replace("(or nan)", ""), text
