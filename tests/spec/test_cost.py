import time

import pytest

from rnnviz import Experiment
from rnnviz.spec.cost import INPUTS_LIMIT, PRODUCTS_LIMIT
from rnnviz.spec.experiment import ExperimentError
from rnnviz.spec.simulate import simulate


def problem(**knobs):
    with pytest.raises(ExperimentError) as caught:
        Experiment(**knobs)
    return caught.value.problems[0]


def test_every_weight_multiplies_once_a_timestep():
    assert Experiment().cost.products == 32 * 64 + 64 * 64 + 64
    assert Experiment(cell="LSTM").cost.products == 4 * (32 * 64 + 64 * 64 + 64)
    assert Experiment(bidirectional=True).cost.products == 2 * (32 * 64 + 64 * 64 + 64)
    stack = Experiment(units=(8, 4)).cost
    assert stack.products == (32 * 8 + 8 * 8 + 8) + (8 * 4 + 4 * 4 + 4)
    assert stack.states == 12


@pytest.mark.parametrize(
    ("knobs", "key"),
    [
        ({"timesteps": 1_000_000, "units": 1, "input_features": 1024}, "too_many_inputs"),
        ({"timesteps": 19_000, "units": 1024, "input_features": 1024}, "too_much_work"),
    ],
)
def test_a_run_that_is_too_much_names_the_number_to_lower_and_the_mend_works(knobs, key):
    refusal = problem(**knobs)
    assert refusal.key == key
    for language in ("en", "ko"):
        assert f"{dict(refusal.mend)['timesteps']:,}" in refusal.sentence(language)
    mended = {**knobs, **dict(refusal.mend)}
    experiment = Experiment(**mended)
    assert problem(**{**mended, "timesteps": experiment.timesteps + 1}).key == key


def test_what_the_page_offers_is_allowed():
    for knobs in ({"timesteps": 100_000}, {"timesteps": 10_000, "units": 512}):
        cost = Experiment(**knobs).cost
        assert cost.timesteps * cost.inputs <= INPUTS_LIMIT
        assert cost.timesteps * cost.products <= PRODUCTS_LIMIT


def test_the_estimate_grows_with_what_takes_time():
    seconds = Experiment().cost.seconds
    assert seconds < 0.05, "the lecture is a short run"
    for more in ({"timesteps": 1000}, {"units": 256}, {"units": (64, 64)}):
        assert Experiment(**more).cost.seconds > seconds
    assert Experiment(units=1024, timesteps=1, spectral_radius=1.0).cost.seconds > 1


@pytest.mark.parametrize("knobs", [{"timesteps": 20_000}, {"timesteps": 1000, "units": 512}])
def test_the_estimate_is_no_less_than_a_fast_machine_takes(knobs):
    experiment = Experiment(**knobs)
    taken = []
    for _ in range(3):
        start = time.process_time()
        simulate(experiment)
        taken.append(time.process_time() - start)
    assert min(taken) < 2 * experiment.cost.seconds


def test_a_run_tells_how_far_it_is_and_can_be_stopped():
    told = []
    run = simulate(Experiment(timesteps=5000, units=(8, 8)), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 5
    assert (run.states == simulate(run.experiment).states).all(), "the very same bits"

    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(run.experiment, stop)


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
def test_slices_change_no_bit(cell):
    experiment = Experiment(timesteps=3000, units=6, cell=cell, weight_scale=0.1)
    plain, watched = simulate(experiment), simulate(experiment, lambda fraction: None)
    assert (plain.states == watched.states).all()


def test_a_dense_head_counts_in_what_a_run_computes_and_holds():
    plain, headed = Experiment(units=4), Experiment(units=4, dense_units=3)
    assert headed.cost.products - plain.cost.products == 4 * 3 + 3
    assert headed.cost.states - plain.cost.states == 3
    long = {"timesteps": 100_000, "input_features": 1, "units": 1}
    with pytest.raises(ExperimentError, match="20,000,000"):
        Experiment(**long, dense_units=1024)
    assert Experiment(**long, dense_units=8).cost.seconds > Experiment(**long).cost.seconds
