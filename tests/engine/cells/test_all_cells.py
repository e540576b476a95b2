"""What must hold of every cell, whatever its formulas."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.engine import CELLS, unroll
from rnnviz.engine.cells.cell import snake_case
from tests.engine.cells.random_cells import (
    VARIANTS,
    central_difference,
    network,
    random_cell,
    without_recurrence,
)

DTYPES = [(np.float64, 1e-12), (np.float32, 2e-5)]


def test_the_registry_finds_every_file():
    assert list(CELLS)[:3] == ["SimpleRNN", "LSTM", "GRU"]
    for name, cell in CELLS.items():
        assert cell.__name__ == name
        assert cell.__module__ == f"rnnviz.engine.cells.{snake_case(name)}"


@pytest.mark.parametrize("variant", VARIANTS)
@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_jacobians_against_central_differences(variant, seed):
    cell = random_cell(variant, seed)
    generator = np.random.default_rng(seed)
    inputs, state = generator.normal(size=3), generator.normal(size=cell.state_size)
    projected = cell.project(inputs)
    differences = (
        central_difference(lambda s: cell.step(projected, s), state),
        central_difference(lambda x: cell.step(cell.project(x), state), inputs),
    )
    jacobians = cell.jacobian(projected, state), cell.input_jacobian(projected, state)
    for jacobian, difference in zip(jacobians, differences, strict=True):
        assert jacobian.shape == difference.shape
        kinks = "relu" in variant and not np.allclose(jacobian, difference, atol=1e-6)
        # relu's kink has no derivative: allow only the rows whose argument is at it
        if kinks:
            c = cell.step(projected, state)[4:]
            assert min(np.abs(c).min(), np.abs(projected).min()) < 1e-3
        else:
            np.testing.assert_allclose(jacobian, difference, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_unroll_is_step_after_step(variant, dtype, tolerance):
    cell = random_cell(variant, dtype=dtype, scale=0.3)
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(15, 3)).astype(dtype)
    state = generator.normal(size=cell.state_size).astype(dtype)
    trace, projected = unroll(cell, inputs, state), cell.project(inputs)
    assert trace.full_states.dtype == dtype
    assert trace.full_states.shape == (15, cell.state_size)
    for t in range(15):
        state = cell.step(projected[t], state)
        assert state.dtype == dtype
        np.testing.assert_allclose(trace.full_states[t], state, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_a_batch_equals_its_single_sequences(variant, dtype, tolerance):
    cell = random_cell(variant, dtype=dtype, scale=0.3)
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(5, 12, 3)).astype(dtype)
    initial = generator.normal(size=(5, cell.state_size)).astype(dtype)
    batch = unroll(cell, inputs, initial)
    for n in range(5):
        single = unroll(cell, inputs[n], initial[n])
        for name in ("full_states", "preactivations"):
            np.testing.assert_allclose(
                getattr(batch, name)[n], getattr(single, name), rtol=tolerance, atol=tolerance
            )


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_a_stack_equals_its_single_networks(variant, shared, dtype, tolerance):
    stack = random_cell(variant, networks=(4,), dtype=dtype, scale=0.3)
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(9, 3) if shared else (4, 9, 3)).astype(dtype)
    initial = generator.normal(size=(4, stack.state_size)).astype(dtype)
    trace = unroll(stack, inputs, initial)
    assert trace.full_states.dtype == dtype
    projected, states = stack.project(inputs), trace.full_states
    steps = stack.step(projected, states)
    jacobians = stack.jacobian(projected, states), stack.input_jacobian(projected, states)
    for n in range(4):
        one = network(stack, n)
        single = unroll(one, inputs if shared else inputs[n], initial[n])
        close = {"rtol": tolerance, "atol": tolerance}
        np.testing.assert_allclose(trace.full_states[n], single.full_states, **close)
        np.testing.assert_allclose(trace.preactivations[n], single.preactivations, **close)
        for name, gate in single.gates.items():
            np.testing.assert_allclose(trace.gates[name][n], gate, **close)
        np.testing.assert_allclose(steps[n], one.step(projected[n], states[n]), **close)
        expected = (
            one.jacobian(projected[n], states[n]),
            one.input_jacobian(projected[n], states[n]),
        )
        np.testing.assert_allclose(jacobians[0][n], expected[0], **close)
        np.testing.assert_allclose(jacobians[1][n], expected[1], **close)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("leading", [(5,), (2, 5)])
def test_step_and_jacobians_broadcast_over_leading_axes(variant, leading):
    cell = random_cell(variant)
    generator = np.random.default_rng(1)
    projected = cell.project(generator.normal(size=(*leading, 3)))
    states = generator.normal(size=(*leading, cell.state_size))
    results = [f(projected, states) for f in (cell.step, cell.jacobian, cell.input_jacobian)]
    for index in np.ndindex(*leading):
        singles = [
            f(projected[index], states[index])
            for f in (cell.step, cell.jacobian, cell.input_jacobian)
        ]
        for result, single in zip(results, singles, strict=True):
            np.testing.assert_allclose(result[index], single, atol=1e-13)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("timesteps", "units", "features"), [(1, 1, 1), (1, 3, 1), (4, 1, 2)])
def test_the_smallest_shapes(variant, timesteps, units, features):
    cell = random_cell(variant, units=units, features=features)
    trace = unroll(cell, np.ones((timesteps, features)))
    assert trace.states.shape == (timesteps, units)
    assert cell.jacobian(np.ones(cell.kernel.shape[-1]), trace.full_states[0]).shape == (
        cell.state_size,
        cell.state_size,
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_without_recurrence_the_jacobian_knows_no_neighbours(variant):
    cell = random_cell(variant)
    cut = without_recurrence(cell)
    generator = np.random.default_rng(1)
    jacobian = cut.jacobian(
        generator.normal(size=cell.kernel.shape[-1]), generator.normal(size=cell.state_size)
    )
    blocks = np.split(
        np.array(np.split(jacobian, len(cell.state_names), 0)), len(cell.state_names), 2
    )
    for block in np.concatenate(blocks):
        np.testing.assert_array_equal(block, np.diag(np.diag(block)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_chain_of_jacobians_is_the_derivative_of_the_whole_run(variant):
    cell = random_cell(variant, seed=3)
    generator = np.random.default_rng(3)
    inputs, state = generator.normal(size=(6, 3)), generator.normal(size=cell.state_size)
    trace, projected = unroll(cell, inputs, state), cell.project(inputs)
    product = np.eye(cell.state_size)
    for t in range(6):
        before = state if t == 0 else trace.full_states[t - 1]
        product = cell.jacobian(projected[t], before) @ product
    difference = central_difference(lambda s: unroll(cell, inputs, s).full_states[-1], state)
    np.testing.assert_allclose(product, difference, atol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_states_lie_in_the_range_the_cell_tells(variant):
    cell = random_cell(variant, scale=3.0)
    low, high = cell.state_range
    random = np.random.default_rng(1)
    held = np.repeat(random.normal(0, 10, (4, 3)), 30, axis=0)  # for units that follow slowly
    states = unroll(cell, np.concatenate([random.normal(size=(200, 3)), held])).states
    states = states[np.isfinite(states)]
    assert states.min() >= low
    assert states.max() <= high
    for edge in (low, high):  # and the range is no wider than need be
        if np.isfinite(edge) and edge != 0:
            assert np.abs(states - edge).min() < 0.05


@pytest.mark.parametrize("variant", VARIANTS)
def test_overflow_is_silent(variant):
    cell = random_cell(variant, scale=5.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = unroll(cell, np.full((30, 3), 1e300))
        assert len(trace.gates) == len(cell.gate_names)
        cell.jacobian(np.full(cell.kernel.shape[-1], 1e308), np.full(cell.state_size, 1e308))
        cell.input_jacobian(np.full(cell.kernel.shape[-1], 1e308), np.full(cell.state_size, 1e308))
        assert trace.diverged_at is None or not np.isfinite(trace.full_states).all()


@pytest.mark.parametrize("variant", CELLS)
@pytest.mark.parametrize("batch", [(), (16,)])
def test_the_loop_allocates_nothing(variant, batch):
    cell = random_cell(variant, units=32)
    width = 0 if cell.in_place else cell.kernel.shape[-1]

    def overhead(timesteps):
        inputs = np.zeros((*batch, timesteps, 3))
        inputs.setflags(write=False)
        unroll(cell, inputs)
        tracemalloc.start()
        try:
            trace = unroll(cell, inputs)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        projected = timesteps * width * np.prod(batch, dtype=int) * 8
        return peak - trace.full_states.nbytes - projected

    assert abs(overhead(1200) - overhead(400)) < 6_000


@pytest.mark.parametrize("variant", VARIANTS)
def test_arrays_handed_out_are_read_only(variant):
    cell = random_cell(variant)
    trace = unroll(cell, np.ones((5, 3)))
    arrays = [*cell.arrays.values(), trace.full_states, trace.states]
    arrays += [trace.preactivations, trace.inputs, trace.initial_state, *trace.gates.values()]
    arrays += [] if trace.cell_states is None else [trace.cell_states]
    for array in arrays:
        assert not array.flags.writeable


@pytest.mark.parametrize("cell", CELLS.values())
def test_misfitting_weights_are_told_in_a_sentence(cell):
    settings = {one.name: one.default for one in cell.settings}
    good = cell.weight_shapes(4, 3, settings)
    cell.build({name: np.ones(shape) for name, shape in good.items()}, settings)
    for name, bad in (("kernel", (3, 5)), ("recurrent_kernel", (4, 5)), ("bias", (5,))):
        if name not in good:
            continue
        shapes = {**good, name: bad}
        shown = str(bad).replace("(", r"\(").replace(")", r"\)")
        with pytest.raises(ValueError, match=f"^{name} has shape {shown}"):
            cell.build({name: np.ones(shape) for name, shape in shapes.items()}, settings)
    if "activation" in settings:
        arrays = {name: np.ones(shape) for name, shape in good.items()}
        with pytest.raises(ValueError, match="no activation 'swish'"):
            cell.build(arrays, settings | {"activation": "swish"})
