"""What theory expects of a sweep's networks is what their weights have."""

import numpy as np
import pytest

from rnnviz import Experiment, Sweep, sweep
from rnnviz.engine.initializers import INITIALIZERS
from rnnviz.sweeps.chunks import level_count
from rnnviz.sweeps.refining import filled, refine
from rnnviz.sweeps.theory import expected_radii, expected_radius


@pytest.mark.parametrize("initialiser", INITIALIZERS)
def test_the_expected_radius_is_that_of_large_matrices(initialiser):
    experiment = Experiment(units=400, timesteps=1, recurrent_initializer=initialiser,
                            recurrent_gain=0.7, weight_scale=0.9, input_features=1)  # fmt: skip
    one = Sweep(experiment, {"seed": [0, 1]}, ("spectral_radius",))
    # The edge of the disc fluctuates by about 1/√H: a twentieth here.
    np.testing.assert_allclose(sweep(one).array(), expected_radius(experiment), rtol=0.07)


def test_a_wish_for_a_radius_is_the_radius():
    one = Sweep(
        Experiment(units=7, timesteps=1),
        {"spectral_radius": [0.3, 1.2], "weight_scale": [0.5, 1.0], "recurrent_gain": [1.0, 2.0]},
        ("spectral_radius",),
    )
    np.testing.assert_allclose(sweep(one).array(), expected_radii(one), rtol=1e-9)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "MinGRU"])
def test_there_is_no_theory_of_several_gates(cell):
    assert expected_radius(Experiment(cell=cell)) is None
    assert expected_radii(Sweep(Experiment(), {"cell": ["SimpleRNN", cell]})) is None


UNITS = [16, 32, 64, 128]


def test_the_lecture_s_networks_saturate_where_mean_field_says():
    """Half of the states are beyond 0.99 where the mean of U·h + W·x + b is artanh 0.99.

    All weights have the mean s/2: the sum over H states near 1, 32 inputs of mean 1/2, a bias.
    """
    scales = np.geomspace(0.002, 2, 60)
    one = Sweep(Experiment(), {"units": UNITS, "weight_scale": scales, "seed": range(4)})
    share = sweep(one).mean()
    for units, row in zip(UNITS, share, strict=True):
        half = np.exp(np.interp(0.5, row, np.log(scales)))
        expected = np.arctanh(0.99) / (0.99 * units / 2 + 32 / 4 + 1 / 2)
        assert half == pytest.approx(expected, rel=0.06)


def test_without_input_the_knee_is_at_two_over_the_units():
    """The state 0 loses its stability at s·H = 2, where ρ(U) = 1 for weights from [0, 1)."""
    lecture = Experiment(signal="zeros", bias_initializer="zeros", timesteps=60)
    products = np.linspace(1.6, 2.4, 9)
    for units in UNITS[1:]:
        axes = {"weight_scale": products / units, "seed": range(4)}
        one = Sweep(lecture.replace(units=units), axes, ("lyapunov",))
        crossing = np.interp(0.0, sweep(one).mean(), products)
        assert crossing == pytest.approx(2, rel=0.03)


def test_it_is_whole_at_once_and_sharpens_to_the_same_numbers():
    axes = {"weight_scale": np.geomspace(0.01, 3, 20), "recurrent_gain": np.linspace(0.1, 2, 17)}
    one = Sweep(Experiment(units=5, timesteps=12), axes, ("saturated", "lyapunov"))
    whole, result = sweep(one), None
    for level in range(level_count(one)):
        heard = []
        result = refine(one, level, result, heard.append)
        assert heard[-1] == 1.0
        for name in one.measures:
            shown, known = filled(result, level).array(name), ~np.isnan(result.array(name))
            assert not np.isnan(shown).any()
            assert np.array_equal(shown[known], whole.array(name)[known])
        if level == 0:
            assert known.mean() < 0.03
    for name in one.measures:
        assert np.array_equal(result.array(name), whole.array(name))
    with pytest.raises(ValueError, match="no level 9"):
        refine(one, 9)
