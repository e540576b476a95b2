import math

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
    with pytest.raises(ValueError, match="no activation 'softmin' for a Dense layer; choose one"):
        Dense(np.ones((3, 2)), np.ones(2), "softmin")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax_against_pytorchs_definition_and_its_laws(dtype):
    generator = np.random.default_rng(1)
    kernel, inputs = (generator.normal(size=shape).astype(dtype) for shape in ((3, 4), (5, 3)))
    bias = generator.normal(size=4).astype(dtype)
    dense = Dense(kernel, bias, "softmax")
    result, z = dense.apply(inputs), inputs @ kernel + bias
    assert result.dtype == dtype
    for row, sums in zip(result, z, strict=True):
        total = sum(math.exp(value) for value in sums)
        np.testing.assert_allclose(row, [math.exp(value) / total for value in sums], rtol=1e-5)
    np.testing.assert_allclose(result.sum(axis=-1), 1, rtol=1e-6)
    moved = Dense(kernel, bias + dtype(3), "softmax").apply(inputs)
    np.testing.assert_allclose(moved, result, rtol=1e-5)


def test_softmax_of_the_largest_sums_and_of_one_unit():
    huge = Dense(np.diag([1e5, 1.0]), np.zeros(2), "softmax")
    np.testing.assert_array_equal(huge.apply([[1.0, 0.0], [-1.0, 0.0]]), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(Dense([[2.0]], [0.0], "softmax").apply([[7.0]]), [[1.0]])
    assert huge.output_range == (0.0, 1.0)
