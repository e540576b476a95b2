"""The equation under glass gives the run's own number, to the last bit; so do the pasted lines."""

import warnings

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis import one_step as module
from rnnviz.analysis.one_step import largest, one_step
from rnnviz.analysis.pasted_line import line_of_arrays, line_of_numbers, preparation, written
from rnnviz.codegen.recreate import recreate
from rnnviz.engine import DRAWN_ACTIVATIONS, INITIALIZERS, LSTM, SIGNALS
from tests.analysis.networks import driven, gated

RANDOM = np.random.default_rng(20260101)


def random_experiment(random):
    layers = int(random.integers(1, 3))
    return Experiment(
        timesteps=int(random.integers(1, 200)),
        input_features=int(random.integers(1, 90)),
        units=tuple(int(units) for units in random.integers(1, 140, layers)),
        weight_scale=float(10 ** random.uniform(-2.5, 0.7)),
        activation=str(random.choice(DRAWN_ACTIVATIONS)),
        kernel_initializer=str(random.choice(list(INITIALIZERS))),
        recurrent_initializer=str(random.choice(list(INITIALIZERS))),
        signal=str(random.choice(list(SIGNALS))),
        go_backwards=bool(random.integers(2)),
        dtype=str(random.choice(["float64", "float32"])),
        seed=int(random.integers(1000)),
    )


def random_cells(random, run, count=4):
    for _ in range(count):
        index = int(random.integers(len(run.layers)))
        trace = run.layers[index].trace
        yield (
            index,
            trace,
            int(random.integers(trace.timesteps)),
            int(random.integers(trace.layer.units)),
        )


def bits(number):
    return np.asarray(number).tobytes()


@pytest.mark.parametrize("seed", range(60))
def test_random_cells_of_random_experiments_to_the_last_bit(seed):
    random = np.random.default_rng(seed)
    run = simulate(random_experiment(random))
    for _, trace, t, u in random_cells(random, run):
        step = one_step(trace, t, u)
        assert step.exact
        assert bits(step.state) == bits(trace.states[t, u])
        assert bits(step.argument) == bits(trace.preactivations[t, u])
        with np.errstate(all="ignore"):
            total = (step.from_input + step.bias) + step.from_state
        assert bits(total) == bits(step.argument)


@pytest.mark.parametrize("seed", range(60, 110))
def test_the_pasted_lines_give_exactly_that_number(seed):
    random = np.random.default_rng(seed)
    experiment = random_experiment(random)
    run = simulate(experiment)
    for index, trace, t, u in random_cells(random, run, 2):
        step = one_step(trace, t, u)
        known = {"np": np}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # an overflown run overflows when pasted, too
            pasted = eval(line_of_numbers(step), known)
            assert same(pasted, trace.states[t, u])
            exec(preparation(step, recreate(run), f"layers[{index}].trace"), known)
            pasted = eval(line_of_arrays(step), known)
        assert same(pasted, trace.states[t, u])


def same(pasted, recorded):
    """Equal in every bit; of nan only that it is nan."""
    if np.isnan(recorded):
        return np.isnan(pasted)
    return bits(recorded.dtype.type(pasted)) == bits(recorded) and pasted == recorded


def test_the_line_is_one_line_with_the_numbers_of_the_lecture():
    run = simulate(Experiment())
    step = one_step(run.layers[0].trace, 1, 7)
    line = line_of_numbers(step)
    assert "\n" not in line
    assert line.startswith("np.tanh((")
    assert eval(line, {"np": np}) == 1.0
    assert repr(float(step.from_state)) in line


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (np.float64(0.1), "0.1"),
        (np.float64(-0.1), "(-0.1)"),
        (np.float32(0.1), "np.float32(0.1)"),
        (np.float32(-0.1), "np.float32(-0.1)"),
        (np.float64(np.inf), "np.inf"),
        (np.float64(-np.inf), "(-np.inf)"),
        (np.float64(np.nan), "np.nan"),
        (np.float64(1e-300), "1e-300"),
    ],
)
def test_numbers_are_written_so_that_they_read_back(number, text):
    assert written(number) == text
    assert eval(text, {"np": np}) == number or np.isnan(number)


def test_the_parts_are_the_lectures_rows():
    trace = driven(units=6, features=3)
    step = one_step(trace, 4, 2)
    W, U, b = trace.layer.kernel.T, trace.layer.recurrent_kernel.T, trace.layer.bias
    assert np.array_equal(step.input_weights, W[2])
    assert np.array_equal(step.state_weights, U[2])
    assert step.bias == b[2]
    assert np.array_equal(step.before, trace.states[3])
    assert step.input_products.sum() == pytest.approx(step.from_input)
    assert step.state_products.sum() == pytest.approx(step.from_state)
    first = one_step(trace, 0, 2)
    assert np.array_equal(first.before, trace.initial_state)


def test_the_largest_products_are_named_rightly():
    trace = driven(units=6, features=3)
    step = one_step(trace, 4, 2)
    named = largest(step, 4)
    sizes = [abs(one.product) for one in named]
    every = np.abs(np.concatenate([step.input_products, step.state_products]))
    assert sizes == sorted(every, reverse=True)[:4]
    for one in named:
        weights, values = (
            (step.input_weights, step.inputs)
            if one.source == "input"
            else (step.state_weights, step.before)
        )
        assert (one.weight, one.value) == (weights[one.index], values[one.index])
        assert one.product == one.weight * one.value


def test_zero_products_are_not_named():
    trace = simulate(Experiment(units=3, input_features=2)).layers[0].trace
    assert {one.source for one in largest(one_step(trace, 0, 0), 9)} == {"input"}


def test_a_place_beyond_the_run_is_its_last_one():
    trace = driven(units=6, steps=12)
    step = one_step(trace, 999, 999)
    assert (step.timestep, step.unit) == (11, 5)


def test_a_long_run_is_taken_apart_from_few_rows(monkeypatch):
    monkeypatch.setattr(module, "_WHOLE_PRODUCT", 0)
    monkeypatch.setattr(module, "_ROWS", 4)
    trace = driven(units=6, steps=30)
    for timestep in range(30):
        assert one_step(trace, timestep, 1).exact


def test_it_says_so_when_it_is_not_exact():
    trace = driven()
    step = one_step(trace, 3, 1)
    other = type(step)(**{**step.__dict__, "recorded": np.nextafter(step.recorded, 9)})
    assert step.exact
    assert not other.exact


def test_cells_with_gates_are_refused():
    with pytest.raises(ValueError, match="SimpleRNN"):
        one_step(gated(LSTM), 0, 0)
