import numpy as np
import pytest

from rnnviz.engine import Bidirectional, unroll
from tests.engine.cells.random_cells import VARIANTS, random_cell


def close(ours, theirs):
    """Equal but for the last bit: products are added in another order by some builds of BLAS."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("batch", [(), (3,)])
def test_backwards_is_forwards_over_the_reversed_inputs(variant, batch):
    cell, inputs = random_cell(variant), np.random.default_rng(1).normal(size=(*batch, 7, 3))
    backwards = unroll(cell, inputs, go_backwards=True)
    reversed_inputs = np.ascontiguousarray(inputs[..., ::-1, :])
    expected = unroll(cell, reversed_inputs)
    np.testing.assert_allclose(backwards.full_states, expected.full_states, atol=1e-14)
    np.testing.assert_array_equal(backwards.inputs, reversed_inputs)
    np.testing.assert_allclose(backwards.preactivations, expected.preactivations, atol=1e-14)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave"])
@pytest.mark.parametrize("batch", [(), (3,)])
def test_merging(variant, mode, batch):
    layers = random_cell(variant, 1), random_cell(variant, 2)
    inputs = np.random.default_rng(1).normal(size=(*batch, 7, 3))
    layer = Bidirectional(*layers, merge_mode=mode)
    trace = layer.unroll(inputs)
    forward = unroll(layers[0], inputs).states
    backward = unroll(layers[1], inputs[..., ::-1, :]).states
    for t in range(7):
        pair = forward[..., t, :], backward[..., 6 - t, :]
        expected = {
            "concat": np.concatenate(pair, axis=-1),
            "sum": pair[0] + pair[1],
            "mul": pair[0] * pair[1],
            "ave": (pair[0] + pair[1]) / 2,
        }[mode]
        np.testing.assert_allclose(trace.states[..., t, :], expected, atol=1e-14)
    assert layer.units == trace.states.shape[-1] == trace.last_output.shape[-1]
    # each layer's last state: the backward one's stands at the first timestep
    close(trace.last_output[..., :4][..., 0], {
        "concat": forward[..., -1, 0],
        "sum": forward[..., -1, 0] + backward[..., -1, 0],
        "mul": forward[..., -1, 0] * backward[..., -1, 0],
        "ave": (forward[..., -1, 0] + backward[..., -1, 0]) / 2,
    }[mode])  # fmt: skip
    assert not trace.states.flags.writeable
    assert not trace.last_output.flags.writeable


def test_of_a_palindrome_both_directions_say_the_same():
    cell, half = random_cell("GRU"), np.random.default_rng(1).normal(size=(4, 3))
    trace = Bidirectional(cell, cell).unroll(np.concatenate([half, half[::-1]]))
    np.testing.assert_allclose(trace.states[:, :4], trace.states[::-1, 4:], atol=1e-14)


def test_what_the_layer_tells_of_itself():
    layer = Bidirectional(
        random_cell("LSTM", features=32, units=32), random_cell("LSTM", 1, 32, 32)
    )
    assert layer.parameter_count == 2 * 8320
    assert (layer.features, layer.units, layer.dtype) == (32, 64, np.float64)


def test_misuse_is_told_in_a_sentence():
    cell = random_cell("GRU")
    with pytest.raises(ValueError, match="no merge mode 'max'; choose one of concat, sum, mul, av"):
        Bidirectional(cell, cell, "max")
    with pytest.raises(ValueError, match=r"forward has \(3, 4, None, 'float64'\) and backward \(2"):
        Bidirectional(cell, random_cell("GRU", features=2))
