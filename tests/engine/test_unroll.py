import subprocess
import sys
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.engine import ACTIVATIONS, INITIALIZERS, SimpleRNN, unroll
from tests.engine.plain_loops import simple_rnn as plain_simple_rnn

NAMES = list(ACTIVATIONS)


def layer_of(seed=0, features=3, units=4, activation="tanh", dtype=np.float64, networks=()):
    generator = np.random.default_rng(seed)

    def normal(*shape):
        return generator.normal(0, 0.5, (*networks, *shape)).astype(dtype)

    return SimpleRNN(normal(features, units), normal(units, units), normal(units), activation)


def plain(layer, inputs, h):
    return plain_simple_rnn(
        layer.kernel.T, layer.recurrent_kernel.T, layer.bias, inputs, h, layer.activation
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_lecture_saturates_at_once(seed):
    generator = np.random.default_rng(seed)
    inputs, W, U, b = (generator.random(s) for s in ((100, 32), (64, 32), (64, 64), 64))
    trace = unroll(SimpleRNN(W.T, U.T, b), inputs)
    assert trace.states.shape == (100, 64)
    assert (trace.states[0] >= 0.9996).all()
    assert (trace.states[0] < 1).all()
    assert (trace.states[1:] == 1.0).all()
    # On average 32·¼ + ½, and 32 more once every state is 1; one first step varies a good deal.
    assert trace.preactivations[0].mean() == pytest.approx(8.5, abs=2)
    assert trace.preactivations[1:].mean() == pytest.approx(40.5, abs=1)
    np.testing.assert_allclose(
        trace.states, plain_simple_rnn(W, U, b, inputs, np.zeros(64)), rtol=0, atol=1e-15
    )


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    timesteps=st.integers(1, 9),
    features=st.integers(1, 5),
    units=st.integers(1, 6),
    activation=st.sampled_from(NAMES),
)
def test_against_the_plain_loop(seed, timesteps, features, units, activation):
    layer = layer_of(seed, features, units, activation)
    generator = np.random.default_rng(seed)
    inputs, initial = generator.normal(size=(timesteps, features)), generator.normal(size=units)
    trace = unroll(layer, inputs, initial)
    expected = plain(layer, inputs, initial)
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(trace.states, expected, rtol=0, atol=1e-12 * scale)
    np.testing.assert_array_equal(trace.initial_state, initial)
    np.testing.assert_array_equal(trace.inputs, inputs)


@settings(deadline=None)
@given(seed=st.integers(0, 1000), activation=st.sampled_from(NAMES))
def test_a_run_may_be_cut_anywhere_and_continued(seed, activation):
    layer = layer_of(seed, activation=activation)
    inputs = np.random.default_rng(seed).normal(size=(7, 3))
    whole, cut = unroll(layer, inputs), 1 + seed % 6
    first = unroll(layer, inputs[:cut])
    second = unroll(layer, inputs[cut:], first.states[-1])
    joined = np.concatenate([first.states, second.states])
    np.testing.assert_allclose(joined, whole.states, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_batch_equals_its_single_sequences(activation, dtype):
    layer = layer_of(features=8, units=16, activation=activation, dtype=dtype)
    if activation in ("relu", "linear"):
        layer = SimpleRNN(layer.kernel, layer.recurrent_kernel / 4, layer.bias, activation)
    generator = np.random.default_rng(1)
    inputs, initial = generator.normal(size=(5, 12, 8)), generator.normal(size=(5, 16))
    batch = unroll(layer, inputs, initial)
    assert batch.states.shape == (5, 12, 16)
    assert batch.states.dtype == dtype
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    for n in range(5):
        single = unroll(layer, inputs[n], initial[n])
        np.testing.assert_allclose(batch.states[n], single.states, rtol=0, atol=tolerance)
        np.testing.assert_allclose(
            batch.preactivations[n], single.preactivations, rtol=0, atol=tolerance
        )


def test_one_initial_state_serves_a_whole_batch():
    layer, inputs = layer_of(), np.ones((2, 3, 3))
    one = unroll(layer, inputs, np.full(4, 0.5))
    np.testing.assert_array_equal(one.states, unroll(layer, inputs, np.full((2, 4), 0.5)).states)
    assert one.initial_state.shape == (2, 4)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_stack_of_networks_equals_its_single_networks(shared, dtype):
    stack = layer_of(features=6, units=8, networks=(5,), dtype=dtype)
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(9, 6) if shared else (5, 9, 6)).astype(dtype)
    initial = generator.normal(size=(5, 8)).astype(dtype)
    trace = unroll(stack, inputs, initial)
    assert trace.states.shape == (5, 9, 8)
    assert trace.states.dtype == dtype
    assert trace.inputs.shape == inputs.shape
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    for n in range(5):
        layer = SimpleRNN(stack.kernel[n], stack.recurrent_kernel[n], stack.bias[n])
        single = unroll(layer, inputs if shared else inputs[n], initial[n])
        np.testing.assert_allclose(trace.states[n], single.states, rtol=0, atol=tolerance)
        np.testing.assert_allclose(
            trace.preactivations[n], single.preactivations, rtol=0, atol=tolerance * 10
        )


def test_a_linear_cell_without_input_is_a_matrix_power():
    layer = layer_of(units=5, activation="linear")
    layer = SimpleRNN(layer.kernel, layer.recurrent_kernel, np.zeros(5), "linear")
    start = np.arange(5.0)
    trace = unroll(layer, np.zeros((12, 3)), start)
    for t in range(12):
        expected = start @ np.linalg.matrix_power(layer.recurrent_kernel, t + 1)
        np.testing.assert_allclose(trace.states[t], expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("weight", "fixed_point", "slope"),
    [(1.5, 0.85855963664, 0.39431302550), (2.0, 0.95750402408, 0.16637208775), (0.9, 0.0, 0.9)],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_scalar_cell_settles_at_its_fixed_point(weight, fixed_point, slope, sign):
    layer = SimpleRNN([[0.0]], [[weight]], [0.0])
    trace = unroll(layer, np.zeros((2000, 1)), [sign * 0.5])
    settled = trace.states[-1]
    assert settled[0] == pytest.approx(sign * fixed_point, abs=1e-10)
    assert layer.jacobian(np.zeros(1), settled)[0, 0] == pytest.approx(slope, abs=1e-9)


@pytest.mark.parametrize("batch", [(), (3,), (40,)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_states_are_the_activation_of_the_preactivations_bit_for_bit(batch, dtype):
    layer = layer_of(features=32, units=64, dtype=dtype)
    trace = unroll(layer, np.random.default_rng(1).normal(size=(*batch, 50, 32)))
    assert trace.preactivations.shape == (*batch, 50, 64)
    assert trace.preactivations.dtype == dtype
    np.testing.assert_array_equal(np.tanh(trace.preactivations), trace.states)


@pytest.mark.parametrize(("features", "units"), [(1, 1), (7, 13), (32, 64), (128, 200)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_any_cell_can_be_recomputed_bit_for_bit_by_the_documented_products(features, units, dtype):
    layer = layer_of(features=features, units=units, dtype=dtype)
    trace = unroll(layer, np.random.default_rng(1).normal(size=(30, features)))
    projected = np.matmul(trace.inputs, layer.kernel) + layer.bias
    np.testing.assert_array_equal(projected, layer.project(trace.inputs))
    for t in (0, 1, 17, 29):
        before = trace.initial_state if t == 0 else trace.states[t - 1]
        z = projected[t] + before.dot(layer.recurrent_kernel)
        np.testing.assert_array_equal(z, trace.preactivations[t])
        for unit in {0, units // 2, units - 1}:
            assert np.tanh(z[unit]) == trace.states[t, unit]


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 1), (2, 1, 1)])
def test_the_smallest_run(shape):
    layer = SimpleRNN([[2.0]], [[3.0]], [0.5])
    trace = unroll(layer, np.ones(shape), np.array([0.25]))
    np.testing.assert_allclose(trace.states, np.full(shape, np.tanh(2 + 3 * 0.25 + 0.5)))


def test_zero_weights_give_the_bias_for_ever():
    layer = SimpleRNN(np.zeros((3, 4)), np.zeros((4, 4)), np.full(4, 0.3))
    trace = unroll(layer, np.ones((5, 3)))
    np.testing.assert_array_equal(trace.states, np.full((5, 4), np.tanh(0.3)))


def test_arrays_handed_out_are_read_only_and_nobody_else_s():
    inputs, initial = np.ones((5, 3)), np.zeros(4)
    trace = unroll(layer_of(), inputs, initial)
    before = trace.states.copy()
    inputs[:], initial[:] = 7, 7
    assert (trace.inputs == 1).all()
    assert (trace.initial_state == 0).all()
    for name in ("inputs", "initial_state", "full_states", "states", "preactivations"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(trace, name)[...] = 0
    np.testing.assert_array_equal(trace.states, before)
    assert trace.cell_states is None
    assert trace.gates == {}


def test_integers_and_lists_are_cast_to_the_layer_s_dtype():
    layer = layer_of(dtype=np.float32)
    trace = unroll(layer, [[1, 2, 3], [4, 5, 6]])
    assert trace.states.dtype == np.float32
    assert trace.inputs.dtype == np.float32
    assert trace.initial_state.dtype == np.float32


@pytest.mark.parametrize("activation", ["relu", "linear"])
@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 308.2), (np.float32, 38.5)])
def test_overflow_is_silent_and_dated(activation, batch, dtype, limit):
    layer = SimpleRNN(*(np.array(a, dtype) for a in ([[1.0]], [[10.0]], [0.0])), activation)
    inputs = np.zeros((*batch, 400, 1))
    inputs[..., 0, :] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = unroll(layer, inputs)
        # h_t = 10^t exceeds the largest number just above 10^limit
        assert trace.diverged_at == int(limit) + 1
        assert np.isfinite(trace.states[..., : trace.diverged_at, :]).all()
        assert not np.isfinite(trace.states[..., trace.diverged_at, :]).any()
        assert trace.preactivations.shape == trace.states.shape
    assert unroll(layer, inputs[..., :20, :]).diverged_at is None


def test_the_first_sequence_to_diverge_dates_the_batch():
    layer = SimpleRNN([[1.0]], [[1.0]], [0.0], "linear")
    inputs = np.zeros((2, 5, 1))
    inputs[0, 3], inputs[1, 1] = np.inf, np.nan
    assert unroll(layer, inputs).diverged_at == 1


def allocated_beyond_the_states(layer, shape):
    inputs = np.zeros(shape)
    inputs.setflags(write=False)
    unroll(layer, inputs)
    tracemalloc.start()
    try:
        trace = unroll(layer, inputs)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - trace.full_states.nbytes


@pytest.mark.parametrize("batch", [(), (16,)])
def test_the_loop_allocates_nothing(batch):
    layer = layer_of(features=8, units=64)
    short = allocated_beyond_the_states(layer, (*batch, 300, 8))
    long = allocated_beyond_the_states(layer, (*batch, 1200, 8))
    # A single state kept at each step would make the longer run at least 460,800 bytes dearer.
    assert abs(long - short) < 4_000
    assert long < 150_000


def test_the_loop_over_a_stack_allocates_nothing():
    layer = layer_of(features=8, units=16, networks=(6,))
    short = allocated_beyond_the_states(layer, (600, 8))
    long = allocated_beyond_the_states(layer, (1500, 8))
    assert abs(long - short) < 4_000


@pytest.mark.parametrize(
    ("inputs", "initial", "sentence"),
    [
        (np.ones(3), None, r"inputs have shape \(3,\), but \(timesteps, features\) or"),
        (np.ones((1, 1, 2, 3)), None, r"inputs have shape \(1, 1, 2, 3\)"),
        (np.ones((5, 2)), None, r"\(5, 2\), so 2 features, but the kernel \(3, 4\) needs 3"),
        (np.ones((0, 3)), None, r"\(0, 3\): there must be at least one"),
        (np.ones((5, 3)), np.ones(3), r"initial_state has shape \(3,\), but \(4,\) is needed"),
        (np.ones((2, 5, 3)), np.ones((3, 4)), r"\(3, 4\), but \(4,\) or \(2, 4\) is needed"),
        (np.ones((5, 3)) * 1j, None, "inputs must hold real numbers, but their dtype is complex"),
    ],
)
def test_misfitting_arrays_are_told_in_a_sentence(inputs, initial, sentence):
    with pytest.raises(ValueError, match=sentence):
        unroll(layer_of(), inputs, initial)


def test_a_stack_tells_how_many_networks_it_has():
    with pytest.raises(ValueError, match=r"\(2, 5, 3\), but the layer is a stack of 4 networks"):
        unroll(layer_of(networks=(4,)), np.ones((2, 5, 3)))


def test_scale_times_initialiser_runs_in_one_pass():
    scales, names = (0.01, 0.1, 1.0), ("glorot_uniform", "orthogonal", "numpy_random")
    layers = [
        [
            scale * INITIALIZERS[name if len(shape) > 1 else "zeros"](generator, shape)
            for generator in [np.random.default_rng(0)]
            for shape in ((3, 6), (6, 6), (6,))
        ]
        for scale in scales
        for name in names
    ]
    stack = SimpleRNN(*(np.stack(arrays) for arrays in zip(*layers, strict=True)))
    inputs = np.random.default_rng(1).random((20, 3))
    trace = unroll(stack, inputs)
    for n, arrays in enumerate(layers):
        single = unroll(SimpleRNN(*arrays), inputs)
        np.testing.assert_allclose(trace.states[n], single.states, rtol=0, atol=1e-12)


def test_importing_the_engine_brings_in_numpy_and_nothing_else():
    code = (
        "import sys, numpy; before = set(sys.modules); import rnnviz.engine;"
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    foreign = set(result.stdout.split()) - set(sys.stdlib_module_names) - {"numpy", "rnnviz"}
    assert foreign == set()
