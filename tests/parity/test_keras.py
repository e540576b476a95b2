"""Every layer against Keras 3's, with the same weights."""

import os

import numpy as np
import pytest

from rnnviz.engine import (
    ACTIVATIONS,
    GRU,
    INITIALIZERS,
    LSTM,
    Bidirectional,
    Dense,
    Embedding,
    SimpleRNN,
    unroll,
)

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras", minversion="3.0", reason="Keras 3 is not installed")

# Keras's NumPy backend hands its variables out by an old protocol.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def keras_floats(request, monkeypatch):
    """Let Keras compute in the dtype of the test.

    Keras 3 takes float64 weights, but on every backend except TensorFlow its operations round to
    float32, by one table of its own. Without that entry it computes in float64.
    """
    parameters = getattr(request.node, "callspec", None)
    dtype = parameters.params.get("dtype", "float32") if parameters else "float32"
    before = keras.config.floatx()
    keras.config.set_floatx(dtype)
    if dtype == "float64":
        table = pytest.importorskip(
            "keras.src.backend.common.dtypes", reason="no way to make this Keras use float64"
        ).BIT64_TO_BIT32_DTYPE
        monkeypatch.setitem(table, "float64", "float64")
    yield
    keras.config.set_floatx(before)


DTYPES = [("float64", 1e-12), ("float32", 1e-6)]
VARIANTS = {
    "SimpleRNN": (SimpleRNN, {}),
    "SimpleRNN sigmoid": (SimpleRNN, {"activation": "sigmoid"}),
    "SimpleRNN linear": (SimpleRNN, {"activation": "linear"}),
    "SimpleRNN relu": (SimpleRNN, {"activation": "relu"}),
    "LSTM": (LSTM, {}),
    "LSTM sigmoid": (LSTM, {"activation": "sigmoid"}),
    "GRU": (GRU, {}),
    "GRU before": (GRU, {"reset_after": False}),
    "GRU tanh gates": (GRU, {"recurrent_activation": "tanh"}),
}


def pair(variant, features, units, dtype, seed=0, **keras_options):
    """Our layer, and Keras's built with the same weights."""
    cell, options = VARIANTS[variant]
    theirs = getattr(keras.layers, cell.__name__)(
        units, return_sequences=True, dtype=dtype, **options, **keras_options
    )
    theirs.build((None, None, features))
    generator = np.random.default_rng(seed)
    # Below the onset of chaos: beyond it no two orders of rounding stay together.
    scale = 0.7 / units**0.5
    weights = [generator.normal(0, scale, w.shape).astype(dtype) for w in theirs.get_weights()]
    theirs.set_weights(weights)
    return cell(*weights, **options), theirs


def numbers(seed, *shape, dtype):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def output(layer, inputs, **options):
    return keras.ops.convert_to_numpy(layer(inputs, **options))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_states_and_parameters(variant, dtype, tolerance):
    ours, theirs = pair(variant, 8, 16, dtype)
    inputs = numbers(1, 4, 40, 8, dtype=dtype)
    trace = unroll(ours, inputs)
    assert trace.states.dtype == dtype
    np.testing.assert_allclose(trace.states, output(theirs, inputs), rtol=0, atol=tolerance)
    assert ours.parameter_count == theirs.count_params()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_the_last_output_alone(variant, dtype, tolerance):
    ours, theirs = pair(variant, 8, 16, dtype)
    theirs.return_sequences = False
    inputs = numbers(1, 4, 20, 8, dtype=dtype)
    np.testing.assert_allclose(
        unroll(ours, inputs).states[:, -1], output(theirs, inputs), rtol=0, atol=tolerance
    )


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_an_initial_state_and_the_final_one(variant, dtype, tolerance):
    ours, theirs = pair(variant, 8, 16, dtype, return_state=True)
    inputs, initial = numbers(1, 4, 20, 8, dtype=dtype), numbers(2, 4, ours.state_size, dtype=dtype)
    parts = np.split(initial, len(ours.state_names), axis=-1)
    states, *final = theirs(inputs, initial_state=parts)
    trace = unroll(ours, inputs, initial)
    np.testing.assert_allclose(
        trace.states, keras.ops.convert_to_numpy(states), rtol=0, atol=tolerance
    )
    final = np.concatenate([keras.ops.convert_to_numpy(part) for part in final], axis=-1)
    np.testing.assert_allclose(trace.full_states[:, -1], final, rtol=0, atol=tolerance)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_go_backwards(variant, dtype, tolerance):
    ours, theirs = pair(variant, 8, 16, dtype, go_backwards=True)
    inputs = numbers(1, 4, 20, 8, dtype=dtype)
    trace = unroll(ours, inputs, go_backwards=True)
    np.testing.assert_allclose(trace.states, output(theirs, inputs), rtol=0, atol=tolerance)


@pytest.mark.parametrize("variant", ["SimpleRNN", "LSTM", "GRU", "GRU before"])
@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave"])
@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_bidirectional(variant, mode, sequences, dtype, tolerance):
    cell, options = VARIANTS[variant]
    inner = getattr(keras.layers, cell.__name__)(
        6, return_sequences=sequences, dtype=dtype, **options
    )
    theirs = keras.layers.Bidirectional(inner, merge_mode=mode, dtype=dtype)
    theirs.build((None, None, 3))
    generator = np.random.default_rng(0)
    weights = [generator.normal(0, 0.4, w.shape).astype(dtype) for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours = Bidirectional(cell(*weights[:3], **options), cell(*weights[3:], **options), mode)
    inputs = numbers(1, 4, 20, 3, dtype=dtype)
    trace = ours.unroll(inputs)
    result = trace.states if sequences else trace.last_output
    np.testing.assert_allclose(result, output(theirs, inputs), rtol=0, atol=tolerance)
    assert ours.parameter_count == theirs.count_params()


@pytest.mark.parametrize("variant", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_the_notes_stack_of_four_on_an_embedding(variant, dtype, tolerance):
    table = numbers(0, 50, 32, dtype=dtype)
    embedding = keras.layers.Embedding(50, 32, dtype=dtype)
    embedding.build((None, None))
    embedding.set_weights([table])
    tokens = np.random.default_rng(1).integers(0, 50, (3, 25))
    theirs, ours = embedding(tokens), Embedding(table).embed(tokens)
    for seed in range(4):
        layer, keras_layer = pair(variant, 32, 32, dtype, seed)
        theirs, ours = keras_layer(theirs), unroll(layer, ours).states
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(theirs), rtol=0, atol=tolerance)


# Keras 3 has another function under the name of Keras 2's: tests/engine holds that one.
KERAS_ACTIVATIONS = [name for name in ACTIVATIONS if name != "hard_sigmoid_keras2"]


@pytest.mark.parametrize("activation", KERAS_ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), DTYPES)
def test_dense(activation, dtype, tolerance):
    theirs = keras.layers.Dense(5, activation=activation, dtype=dtype)
    theirs.build((None, 8))
    weights = numbers(0, 8, 5, dtype=dtype), numbers(1, 5, dtype=dtype)
    theirs.set_weights(weights)
    inputs = numbers(2, 7, 8, dtype=dtype)
    ours = Dense(*weights, activation)
    np.testing.assert_allclose(ours.apply(inputs), output(theirs, inputs), rtol=0, atol=tolerance)
    assert ours.parameter_count == theirs.count_params()


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
def test_keras_s_own_initialisers_are_ours_in_spread(cell):
    """The streams differ, so the draws are compared by their spread and their largest value."""
    keras.utils.set_random_seed(0)
    theirs = getattr(keras.layers, cell.__name__)(100, dtype="float64")
    theirs.build((None, None, 60))
    kernel, recurrent_kernel, bias = theirs.get_weights()
    generator = np.random.default_rng(0)
    ours = INITIALIZERS["glorot_uniform"](generator, kernel.shape)
    assert np.abs(kernel).max() == pytest.approx(np.abs(ours).max(), rel=0.01)
    assert kernel.std() == pytest.approx(ours.std(), rel=0.05)
    product = recurrent_kernel @ recurrent_kernel.T
    np.testing.assert_allclose(product, np.eye(100), atol=1e-5)
    ours = INITIALIZERS["orthogonal"](generator, recurrent_kernel.shape)
    np.testing.assert_allclose(ours @ ours.T, np.eye(100), atol=1e-12)
    forget = np.zeros_like(bias)
    if cell is LSTM:
        forget[100:200] = 1  # unit_forget_bias is Keras's default
    np.testing.assert_array_equal(bias, forget)


@pytest.mark.parametrize(
    "name", sorted(set(INITIALIZERS) - {"numpy_random", "pytorch_uniform", "identity"})
)
def test_every_initialiser_has_keras_s_moments(name):
    keras.utils.set_random_seed(0)
    theirs = keras.ops.convert_to_numpy(keras.initializers.get(name)((300, 200), dtype="float64"))
    ours = INITIALIZERS[name](np.random.default_rng(0), (300, 200))
    assert ours.std() == pytest.approx(theirs.std(), rel=0.03)
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.25)
