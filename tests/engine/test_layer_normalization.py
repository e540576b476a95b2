import math

import numpy as np
import pytest

from rnnviz.engine import (
    Dense,
    Layer,
    LayerNormalization,
    Network,
    SimpleRNN,
    from_architecture,
    run,
)


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_against_the_formula_one_vector_at_a_time(dtype):
    gamma, beta, inputs = (drawn(*shape).astype(dtype) for shape in ((5,), (5,), (3, 4, 5)))
    result = LayerNormalization(gamma, beta, 1e-5).apply(inputs)
    assert result.dtype == dtype
    assert result.shape == inputs.shape
    for index in np.ndindex(3, 4):
        vector = [float(x) for x in inputs[index]]
        mean = sum(vector) / 5
        deviation = math.sqrt(sum((x - mean) ** 2 for x in vector) / 5 + 1e-5)
        wanted = [
            g * (x - mean) / deviation + b for x, g, b in zip(vector, gamma, beta, strict=True)
        ]
        np.testing.assert_allclose(result[index], wanted, atol=20 * np.finfo(dtype).eps)


def test_a_constant_vector_gives_beta():
    layer = LayerNormalization(drawn(4), np.arange(4.0))
    np.testing.assert_array_equal(layer.apply(np.full((2, 4), 7.0)), [np.arange(4.0)] * 2)


def test_mean_and_variance_are_those_asked_for():
    result = LayerNormalization(np.full(64, 2.0), np.full(64, 3.0), 0.0).apply(drawn(9, 64))
    np.testing.assert_allclose(result.mean(axis=-1), 3)
    np.testing.assert_allclose(result.std(axis=-1), 2)


@pytest.mark.parametrize(
    ("arrays", "epsilon"),
    [((np.ones(3), np.ones(4)), 1e-3), ((np.ones((2, 2)),) * 2, 1e-3), ((np.ones(2),) * 2, -1.0)],
)
def test_what_does_not_fit_is_refused(arrays, epsilon):
    with pytest.raises(ValueError, match=r"gamma and beta|epsilon"):
        LayerNormalization(*arrays, epsilon)


def test_it_stands_between_layers_and_in_the_head():
    normal = LayerNormalization(np.full(6, 0.5), drawn(6))
    bottom = SimpleRNN(drawn(3, 6), drawn(6, 6) / 9, drawn(6))
    top = SimpleRNN(drawn(6, 4), drawn(4, 4) / 9, drawn(4))
    head = (Dense(drawn(4, 2), drawn(2)), LayerNormalization(np.ones(2), np.zeros(2)))
    network = Network((Layer(bottom), Layer(top, before=(normal,))), head=head)
    assert [name for name in network.weights if "normal" in name] == [
        "layer_normalization/gamma",
        "layer_normalization/beta",
        "layer_normalization_1/gamma",
        "layer_normalization_1/beta",
    ]
    ours = run(network, drawn(7, 3))
    fed = normal.apply(run(Network((Layer(bottom),)), drawn(7, 3)).states)
    np.testing.assert_array_equal(ours.states, run(Network((Layer(top),)), fed).states)
    np.testing.assert_array_equal(ours.output, head[1].apply(head[0].apply(ours.states)))
    assert ours.dense is head[0]
    again = from_architecture(network.architecture, network.weights)
    assert again.sha256 == network.sha256
    np.testing.assert_array_equal(run(again, drawn(7, 3)).output, ours.output)
