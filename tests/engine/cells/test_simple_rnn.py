import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import ACTIVATIONS, SimpleRNN, unroll
from tests.engine.cells.random_cells import central_difference

NAMES = list(ACTIVATIONS)


def layer_of(seed=0, features=3, units=4, activation="tanh", dtype=np.float64, networks=()):
    generator = np.random.default_rng(seed)

    def normal(*shape):
        return generator.normal(0, 0.5, (*networks, *shape)).astype(dtype)

    return SimpleRNN(normal(features, units), normal(units, units), normal(units), activation)


def test_what_the_layer_tells_of_itself():
    layer = layer_of(features=32, units=32)
    assert (layer.units, layer.features, layer.state_size) == (32, 32, 32)
    assert layer.parameter_count == 2080
    assert layer.state_names == ("h",)
    assert layer.gate_names == ()
    assert layer.networks is None


def test_arrays_are_copied_and_read_only():
    kernel, bias = np.ones((2, 3)), np.ones(3)
    layer = SimpleRNN(kernel, np.ones((3, 3)), bias)
    kernel[:] = 9
    assert (layer.kernel == 1).all()
    for array in (layer.kernel, layer.recurrent_kernel, layer.bias):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert bias.flags.writeable


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [("fff", "float32"), ("ddd", "float64"), ("ffd", "float64"), ("iii", "float64")],
)
def test_one_dtype(dtypes, expected):
    shapes = [(2, 3), (3, 3), (3,)]
    arrays = [np.ones(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    layer = SimpleRNN(*arrays)
    assert {layer.kernel.dtype, layer.recurrent_kernel.dtype, layer.bias.dtype} == {
        np.dtype(expected)
    }
    assert layer.dtype == expected


@pytest.mark.parametrize("activation", NAMES)
@given(seed=st.integers(0, 1000))
def test_jacobians_against_central_differences(activation, seed):
    layer = layer_of(seed, activation=activation)
    generator = np.random.default_rng(seed + 1)
    inputs, state = generator.normal(size=3), generator.normal(size=4)
    if activation == "relu":  # away from the kink, where there is a derivative
        z = layer.project(inputs) + state @ layer.recurrent_kernel
        if np.abs(z).min() < 1e-4:
            return
    projected = layer.project(inputs)
    np.testing.assert_allclose(
        layer.jacobian(projected, state),
        central_difference(lambda h: layer.step(projected, h), state),
        atol=1e-8,
    )
    np.testing.assert_allclose(
        layer.input_jacobian(projected, state),
        central_difference(lambda x: layer.step(layer.project(x), state), inputs),
        atol=1e-8,
    )


def test_the_tanh_jacobian_is_the_formula_of_the_lecture():
    layer = layer_of()
    state, projected = np.full(4, 0.3), layer.project(np.ones(3))
    h = layer.step(projected, state)
    expected = np.diag(1 - h**2) @ layer.recurrent_kernel.T
    np.testing.assert_allclose(layer.jacobian(projected, state), expected, rtol=1e-12)


def test_the_linear_jacobian_is_the_recurrent_kernel_whatever_the_state():
    layer = layer_of(activation="linear")
    jacobians = layer.jacobian(np.ones((6, 4)), np.random.default_rng(1).normal(size=(6, 4)))
    np.testing.assert_array_equal(jacobians, np.broadcast_to(layer.recurrent_kernel.T, (6, 4, 4)))


def test_jacobians_broadcast_over_leading_axes():
    layer = layer_of()
    states = np.random.default_rng(1).normal(size=(2, 5, 4))
    projected = layer.project(np.random.default_rng(2).normal(size=(2, 5, 3)))
    jacobians = layer.jacobian(projected, states)
    inputs = layer.input_jacobian(projected, states)
    assert jacobians.shape == (2, 5, 4, 4)
    assert inputs.shape == (2, 5, 4, 3)
    for i, j in np.ndindex(2, 5):
        one = layer.jacobian(projected[i, j], states[i, j])
        np.testing.assert_allclose(jacobians[i, j], one, atol=1e-14)
        one = layer.input_jacobian(projected[i, j], states[i, j])
        np.testing.assert_allclose(inputs[i, j], one, atol=1e-14)


def test_jacobians_of_a_stack_of_networks():
    stack = layer_of(networks=(5,))
    generator = np.random.default_rng(1)
    for leading in ((5,), (5, 2)):
        projected, states = generator.normal(size=(2, *leading, 4))
        jacobians = stack.jacobian(projected, states)
        steps = stack.step(projected, states)
        for n in range(5):
            arrays = (stack.kernel[n], stack.recurrent_kernel[n], stack.bias[n])
            one = SimpleRNN(*arrays)
            np.testing.assert_allclose(
                jacobians[n], one.jacobian(projected[n], states[n]), atol=1e-14
            )
            np.testing.assert_allclose(steps[n], one.step(projected[n], states[n]), atol=1e-14)


def test_step_is_pure_and_keeps_float32():
    layer = layer_of(dtype=np.float32)
    projected, state = np.ones(4, np.float32), np.full(4, 0.5, np.float32)
    result = layer.step(projected, state)
    assert result.dtype == np.float32
    assert layer.jacobian(projected, state).dtype == np.float32
    assert layer.input_jacobian(projected, state).dtype == np.float32
    assert projected.tolist() == [1] * 4
    assert state.tolist() == [0.5] * 4


def test_step_is_the_step_of_the_unrolled_layer_bit_for_bit():
    layer = layer_of(units=64, features=32)
    inputs = np.random.default_rng(3).normal(size=(20, 32))
    trace, projected = unroll(layer, inputs), layer.project(inputs)
    state = trace.initial_state
    for t in range(20):
        state = layer.step(projected[t], state)
        np.testing.assert_array_equal(state, trace.states[t])


def test_overflow_in_a_step_or_jacobian_is_silent():
    layer = layer_of(activation="relu")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        huge = np.full(4, 1.7e308)
        assert np.isinf(layer.step(huge, huge)).any()
        layer.jacobian(huge, huge)


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (((2, 3), (4, 4), (3,)), r"kernel has shape \(2, 3\).*4 units.*must be 4"),
        (((2, 3), (3, 4), (3,)), r"recurrent_kernel has shape \(3, 4\).*must be \(3, 3\)"),
        (((2, 3), (3, 3), (4,)), r"bias has shape \(4,\), but the kernels need \(3,\)"),
        (((2, 3), (3, 3), (1, 3)), r"bias has shape \(1, 3\)"),
        (((3,), (3, 3), (3,)), r"both be matrices.*\(3,\) and \(3, 3\)"),
        (((5, 2, 3), (3, 3), (3,)), r"both be matrices.*\(5, 2, 3\) and \(3, 3\)"),
        (((5, 2, 3), (4, 3, 3), (5, 3)), r"recurrent_kernel.*must be \(5, 3, 3\)"),
        (((0, 3), (3, 3), (3,)), r"kernel has shape \(0, 3\)"),
    ],
)
def test_misfitting_shapes_are_told_in_a_sentence(shapes, sentence):
    with pytest.raises(ValueError, match=sentence):
        SimpleRNN(*(np.ones(shape) for shape in shapes))


def test_other_misuse_is_told_in_a_sentence():
    arrays = np.ones((2, 3)), np.ones((3, 3)), np.ones(3)
    with pytest.raises(ValueError, match="no activation 'softmax'; choose one of"):
        SimpleRNN(*arrays, activation="softmax")
    with pytest.raises(ValueError, match="kernel must hold real numbers, but its dtype is complex"):
        SimpleRNN(arrays[0] * 1j, *arrays[1:])
