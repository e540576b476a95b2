"""An experiment's neighbours are what the same experiment gives with those settings."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.saturation import saturation
from rnnviz.sweeps.initialiser_grid import MOST_TIMESTEPS, OWN, WEIGHTS, centre, initialiser_grid

SMALL = {"units": 6, "input_features": 3, "timesteps": 20}


def of(experiment, layer=0):
    return initialiser_grid(experiment, simulate(experiment).inputs, layer)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"activation": "relu"},
        {"cell": "LSTM"},
        {"cell": "GRU", "reset_after": False},
        {"units": (6, 4), "bidirectional": (True, False)},
        {"units": (6, 4), "go_backwards": True},
        {"signal": "text"},
        {"dtype": "float32"},
        {"spectral_radius": 0.9, "input_gain": 0.5},
    ],
)
def test_each_cell_is_the_run_of_that_experiment(settings):
    experiment = Experiment(**{**SMALL, **settings})
    top = len(experiment.layers) - 1
    grid = of(experiment, top)
    random = np.random.default_rng(0)
    for _ in range(6):
        row, column = (int(random.integers(size)) for size in grid.gradient.shape)
        trace = simulate(grid.at(row, column)).layers[top].trace
        assert grid.saturated[row, column] == pytest.approx(saturation(trace).share, abs=0.02)


PADDED = {
    **{"signal": "text", "text": "abc de", "maxlen": 20, "vocabulary_size": 9},
    "mask_zero": True,
}


@pytest.mark.parametrize(
    "settings",
    [
        PADDED,
        {**PADDED, "padding": "post", "cell": "GRU"},
        {**PADDED, "text": "a"},
        {**PADDED, "embeddings_initializer": "ones"},
        {**PADDED, "units": (6, 4), "bidirectional": (True, False)},
        {**PADDED, "units": (6, 4), "go_backwards": (True, False)},
        {"signal": "impulse", "mask_zero": True},
        {"signal": "tokens", "vocabulary_size": 3, "sequences": 2, "mask_zero": True},
    ],
)
def test_a_masked_neighbour_passes_over_what_the_experiment_does(settings):
    experiment = Experiment(**{**SMALL, **settings})
    top, trial = len(experiment.layers) - 1, experiment.sequences - 1
    grid = initialiser_grid(experiment, simulate(experiment).trial(trial).inputs, top)
    random = np.random.default_rng(0)
    for _ in range(6):
        row, column = (int(random.integers(size)) for size in grid.gradient.shape)
        trace = simulate(grid.at(row, column)).trial(trial).layers[top].trace
        assert trace.mask is not None
        assert grid.saturated[row, column] == pytest.approx(saturation(trace).share, abs=1e-12)
        assert np.isnan(grid.gradient[row, column]) == (trace.mask.sum() < 2)
        if experiment.cell == "SimpleRNN" and trace.mask.sum() > 1:
            norm = _norm_through(trace)
            assert grid.gradient[row, column] <= norm + 1e-6
            assert grid.gradient[row, column] >= norm - 1.5


def _norm_through(trace):
    """log₁₀ of the norm of the product of the Jacobians of the steps that are computed."""
    cell, product = trace.layer, np.eye(trace.layer.units)
    for t in np.flatnonzero(trace.mask)[1:]:
        slopes = 1 - trace.states[t] ** 2
        product = slopes[:, None] * cell.recurrent_kernel.T @ product
    with np.errstate(divide="ignore"):
        return np.log10(np.linalg.norm(product, 2))


def test_a_long_padding_is_not_all_that_is_run_through():
    experiment = Experiment(**{**SMALL, **PADDED, "maxlen": 3 * MOST_TIMESTEPS})
    grid = of(experiment)
    assert grid.timesteps == MOST_TIMESTEPS
    assert grid.saturated.max() > 0
    post = of(experiment.replace(padding="post"))
    np.testing.assert_array_equal(grid.gradient, post.gradient)


def test_the_lecture_has_no_good_scale_and_zero_mean_weights_have():
    """SCIENCE: scaling alone is no cure; the initialiser is."""
    grid = of(Experiment())
    gradient = dict(zip(grid.rows, grid.gradient, strict=True))
    assert gradient["lecture"].max() == pytest.approx(-27, abs=1)
    assert grid.scales[int(gradient["lecture"].argmax())] == pytest.approx(0.02, rel=0.3)
    for row in ("keras", "glorot", "pytorch"):
        assert np.abs(gradient[row]).min() < 2
    share = dict(zip(grid.rows, grid.input_share, strict=True))
    assert share["lecture"].max() < 0.02
    assert share["keras"].min() > 0.1
    at_one = grid.scales.index(1.0)
    assert np.isneginf(gradient["lecture"][at_one])
    assert grid.saturated[grid.rows.index("lecture"), at_one] == 1.0


def test_all_neighbours_share_one_centre():
    experiment = Experiment(**SMALL)
    grid = of(experiment)
    for row in range(len(grid.rows)):
        assert centre(grid.at(row, 3)) == centre(experiment)
    assert centre(experiment.replace(seed=1)) != centre(experiment)
    own = experiment.replace(kernel_initializer="he_normal")
    assert centre(own) != centre(experiment)
    assert centre(own.replace(weight_scale=0.1)) == centre(own)


def test_own_weights_get_a_row_of_their_own():
    own = Experiment(**SMALL, kernel_initializer="he_normal")
    assert of(own).rows == (OWN, *WEIGHTS)
    assert of(own).row_of(own) == 0
    assert of(own).at(0, 5).kernel_initializer == "he_normal"
    lecture = Experiment(**SMALL)
    assert of(lecture).rows == tuple(WEIGHTS)
    assert of(lecture).row_of(own) is None


def test_a_constant_input_has_no_other_order():
    assert np.isnan(of(Experiment(**SMALL, signal="constant")).input_share).all()


def test_long_runs_and_large_networks_are_cut():
    assert of(Experiment(**{**SMALL, "timesteps": 5000})).timesteps == MOST_TIMESTEPS
    large = of(Experiment(units=256, input_features=64, timesteps=100))
    assert large.gradient.shape[1] < of(Experiment(**SMALL)).gradient.shape[1]


def test_progress_is_told_and_can_stop_the_work(monkeypatch):
    monkeypatch.setattr("rnnviz.sweeps.initialiser_grid._NUMBERS_AT_ONCE", 1)
    told = []
    experiment = Experiment(**SMALL)
    initialiser_grid(experiment, simulate(experiment).inputs, 0, told.append)
    assert told == sorted(told)
    assert len(told) == len(WEIGHTS)

    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        initialiser_grid(experiment, simulate(experiment).inputs, 0, stop)


def test_best_is_nearest_to_one():
    grid = of(Experiment())
    row = grid.rows.index("keras")
    best = grid.best(row)
    assert abs(grid.gradient[row, best]) == np.nanmin(np.abs(grid.gradient[row]))
    dead = of(Experiment(**SMALL, input_gain=100.0, recurrent_gain=0.0))
    assert dead.best(dead.rows.index("lecture")) is None
