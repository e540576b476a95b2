import numpy as np
import pytest

from rnnviz.engine import Dense


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_against_the_formula(dtype):
    generator = np.random.default_rng(0)
    kernel, bias, inputs = (generator.normal(size=s).astype(dtype) for s in ((3, 2), 2, (4, 5, 3)))
    dense = Dense(kernel, bias, "tanh")
    result = dense.apply(inputs)
    assert result.dtype == dtype
    assert result.shape == (4, 5, 2)
    for index in np.ndindex(4, 5):
        z = [sum(inputs[index][i] * kernel[i, j] for i in range(3)) + bias[j] for j in range(2)]
        np.testing.assert_allclose(result[index], np.tanh(z), rtol=1e-5)
    assert dense.parameter_count == 8
    assert (dense.units, dense.features) == (2, 3)


def test_linear_is_the_default_and_the_identity_changes_nothing():
    states = np.random.default_rng(0).normal(size=(6, 3))
    np.testing.assert_array_equal(Dense(np.eye(3), np.zeros(3)).apply(states), states)


def test_misuse_is_told_in_a_sentence():
    with pytest.raises(ValueError, match=r"kernel has shape \(3,\), but \(features, units\)"):
        Dense(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=r"bias has shape \(3,\), but the kernels need \(2,\)"):
        Dense(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match=r"inputs have shape \(4, 2\).*needs 3 features"):
        Dense(np.ones((3, 2)), np.ones(2)).apply(np.ones((4, 2)))
    with pytest.raises(ValueError, match="no activation 'softmax'"):
        Dense(np.ones((3, 2)), np.ones(2), "softmax")
