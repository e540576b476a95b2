import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.engine import spectral_radius
from rnnviz.spec.wishes import unmet_wishes

UNMET = [
    {"recurrent_initializer": "zeros", "spectral_radius": 0.9},
    {"recurrent_initializer": "zeros", "spectral_radius": 1.5, "cell": "LSTM"},
    {"recurrent_initializer": "zeros", "spectral_radius": 1.0, "cell": "GRU", "units": 5},
    {"recurrent_initializer": "orthogonal", "spectral_radius": 0.9, "recurrent_gain": 0.0},
    {"recurrent_initializer": "identity", "spectral_radius": 2.0, "recurrent_gain": 0.0},
    {"spectral_radius": 0.9, "cell": "MinGRU"},
]
MET = [
    {"recurrent_initializer": "identity", "spectral_radius": 0.9},
    {"recurrent_initializer": "zeros", "spectral_radius": 0.0},
    {"recurrent_initializer": "zeros"},
    {"recurrent_initializer": "orthogonal", "spectral_radius": 1.2},
    {"recurrent_initializer": "glorot_uniform", "spectral_radius": 0.5, "cell": "GRU"},
]


@pytest.mark.parametrize("settings", UNMET, ids=str)
def test_a_radius_that_no_factor_can_give_is_told(settings):
    experiment = Experiment(timesteps=3, **settings)
    (problem,) = unmet_wishes(experiment)
    for language in ("en", "ko"):
        assert f"{settings['spectral_radius']:g}" in problem.sentence(language)
    layer = simulate(experiment).layers[0].layer
    recurrent = getattr(layer, "recurrent_kernel", None)
    assert recurrent is None or not np.any(recurrent)


@pytest.mark.parametrize("settings", MET, ids=str)
def test_what_can_be_met_is_not_remarked_on(settings):
    experiment = Experiment(timesteps=3, units=8, **settings)
    assert unmet_wishes(experiment) == ()
    layer = simulate(experiment).layers[0].layer
    if settings.get("spectral_radius") and not layer.gate_names:
        assert spectral_radius(layer.recurrent_kernel) == pytest.approx(settings["spectral_radius"])


def test_each_layer_is_told_by_its_number():
    experiment = Experiment(
        units=(4, 4), recurrent_initializer=("orthogonal", "zeros"), spectral_radius=0.9
    )
    (problem,) = unmet_wishes(experiment)
    assert "Layer 2" in problem.sentence("en")
