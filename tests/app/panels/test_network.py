"""The drawn network: what it is given depends on the link alone."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.app.panels.network import eigenvalues_of
from rnnviz.app.runtime.results import CACHES

KNOBS = [{}, {"spectral_radius": 0.9}, {"recurrent_initializer": "orthogonal", "seed": 7}]


@pytest.fixture(autouse=True)
def nothing_kept():
    CACHES["results"].shrink(0)
    yield
    CACHES["results"].shrink(0)


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_eigenvalues_are_the_same_bits_from_wherever_the_slider_came(knobs):
    here = simulate(Experiment(weight_scale=0.07, units=24, timesteps=3, **knobs))
    alone = eigenvalues_of(here, 0)
    CACHES["results"].shrink(0)
    for scale in (0.5, 0.013, 1.0):
        eigenvalues_of(simulate(here.experiment.replace(weight_scale=scale)), 0)
    assert np.array_equal(eigenvalues_of(here, 0), alone)


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
@pytest.mark.parametrize("scale", [0.0, 1e-9, 0.07, 3.0])
def test_eigenvalues_are_those_of_u(knobs, scale):
    run = simulate(Experiment(weight_scale=scale, units=24, timesteps=3, **knobs))
    truth = np.linalg.eigvals(run.network.layers[0].forward.recurrent_kernel)
    told = eigenvalues_of(run, 0)
    close = np.abs(np.sort_complex(told) - np.sort_complex(truth))
    assert close.max() <= 1e-12 * max(1.0, np.abs(truth).max())
