import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import INITIALIZERS, rescale_spectral_radius, spectral_radius

KERAS = [
    "zeros",
    "ones",
    "identity",
    "orthogonal",
    "random_uniform",
    "random_normal",
    "truncated_normal",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
]
OURS = ["numpy_random", "pytorch_uniform"]

# Variance of each draw for the shape (features, units) = (300, 200), from the papers' formulas.
VARIANCE = {
    "random_uniform": 0.1**2 / 12,
    "random_normal": 0.05**2,
    "truncated_normal": 0.05**2 * 0.87962566103423978**2,
    "glorot_uniform": 2 / 500,
    "glorot_normal": 2 / 500,
    "he_uniform": 2 / 300,
    "he_normal": 2 / 300,
    "lecun_uniform": 1 / 300,
    "lecun_normal": 1 / 300,
    "numpy_random": 1 / 12,
    "pytorch_uniform": 1 / 600,
    "orthogonal": 1 / 300,
}
LIMIT = {
    "random_uniform": 0.05,
    "truncated_normal": 0.1,
    "glorot_uniform": math.sqrt(6 / 500),
    "he_uniform": math.sqrt(6 / 300),
    "lecun_uniform": math.sqrt(3 / 300),
    "pytorch_uniform": 1 / math.sqrt(200),
}


def draw(name, shape, seed=0, dtype="float64", **more):
    return INITIALIZERS[name](np.random.default_rng(seed), shape, dtype, **more)


def test_the_names():
    assert sorted(INITIALIZERS) == sorted(KERAS + OURS)


@pytest.mark.parametrize("name", KERAS + OURS)
def test_one_seed_is_one_matrix_rounded_for_float32(name):
    double, single = draw(name, (5, 7)), draw(name, (5, 7), dtype="float32")
    assert double.dtype == np.float64
    assert double.shape == (5, 7)
    assert single.dtype == np.float32
    np.testing.assert_array_equal(double, draw(name, (5, 7)))
    np.testing.assert_array_equal(single, double.astype(np.float32))
    if name not in ("zeros", "ones", "identity"):
        assert (double != draw(name, (5, 7), seed=1)).any()


@pytest.mark.parametrize("name", VARIANCE)
def test_mean_and_variance(name):
    values = draw(name, (300, 200))
    mean = 0.5 if name == "numpy_random" else 0.0
    deviation = math.sqrt(VARIANCE[name])
    assert abs(values.mean() - mean) < 5 * deviation / math.sqrt(values.size)
    assert values.var() == pytest.approx(VARIANCE[name], rel=0.03)


@pytest.mark.parametrize("name", LIMIT)
def test_limits_are_respected_and_nearly_reached(name):
    largest = np.abs(draw(name, (300, 200))).max()
    assert 0.99 * LIMIT[name] < largest <= LIMIT[name]


def test_the_lecture_draws_from_zero_to_one():
    values = draw("numpy_random", (64, 64))
    assert values.min() >= 0
    assert values.max() < 1
    np.testing.assert_array_equal(values, np.random.default_rng(0).random((64, 64)))


def test_pytorch_counts_the_units_of_one_gate():
    assert np.abs(draw("pytorch_uniform", (300, 800), gates=4)).max() <= 1 / math.sqrt(200)
    assert np.abs(draw("pytorch_uniform", (300, 800), gates=4)).max() > 1 / math.sqrt(400)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_orthogonal_has_orthonormal_rows_or_columns(rows, columns, seed):
    q = draw("orthogonal", (rows, columns), seed)
    product = q.T @ q if rows >= columns else q @ q.T
    np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_is_uniform_in_sign():
    determinants = [np.linalg.det(draw("orthogonal", (3, 3), seed)) for seed in range(200)]
    assert 60 < sum(value > 0 for value in determinants) < 140
    corner = [draw("orthogonal", (1, 1), seed)[0, 0] for seed in range(200)]
    assert 60 < sum(value > 0 for value in corner) < 140


def test_identity_zeros_ones():
    np.testing.assert_array_equal(draw("identity", (3, 3)), np.eye(3))
    np.testing.assert_array_equal(draw("identity", (2, 4)), np.eye(2, 4))
    assert not draw("zeros", (4,)).any()
    assert (draw("ones", (4,)) == 1).all()


@pytest.mark.parametrize("name", sorted(set(KERAS + OURS) - {"identity", "orthogonal"}))
def test_a_bias_can_be_drawn(name):
    assert draw(name, (6,)).shape == (6,)


@pytest.mark.parametrize("name", ["identity", "orthogonal"])
def test_a_bias_is_no_matrix(name):
    with pytest.raises(ValueError, match=rf"{name} needs a matrix, .* \(6,\)"):
        draw(name, (6,))


def test_spectral_radius_closed_forms():
    assert spectral_radius(np.diag([0.5, -3.0, 2.0])) == pytest.approx(3)
    rotation = np.array([[0.0, -2.0], [2.0, 0.0]])
    assert spectral_radius(rotation) == pytest.approx(2)
    stack = np.array([rotation, np.eye(2), [[np.inf, 0], [0, 1]]])
    np.testing.assert_allclose(spectral_radius(stack), [2, 1, np.nan])


def test_spectral_radius_of_the_lecture():
    matrix = draw("numpy_random", (64, 64))
    eigenvalues = np.sort(np.abs(np.linalg.eigvals(matrix)))
    assert spectral_radius(matrix) == pytest.approx(32, rel=0.02)
    assert eigenvalues[-2] == pytest.approx(math.sqrt(64 / 12), rel=0.15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("gates", [1, 3])
def test_rescaling_gives_each_block_the_radius_and_keeps_its_direction(dtype, gates):
    matrix = draw("random_normal", (16, gates * 16), dtype=dtype)
    rescaled = rescale_spectral_radius(matrix, 0.9)
    assert rescaled.dtype == dtype
    for before, after in zip(np.split(matrix, gates, 1), np.split(rescaled, gates, 1), strict=True):
        assert spectral_radius(after) == pytest.approx(0.9, rel=1e-5)
        np.testing.assert_allclose(after / after[0, 0], before / before[0, 0], rtol=1e-4)


def test_what_has_no_radius_cannot_be_given_one():
    nilpotent = np.array([[0.0, 1.0], [0.0, 0.0]])
    for matrix in (np.zeros((3, 3)), nilpotent):
        np.testing.assert_array_equal(rescale_spectral_radius(matrix, 0.9), matrix)
    assert not rescale_spectral_radius(np.eye(3), 0.0).any()


def test_matrices_that_are_not_square_are_refused_with_their_shape():
    with pytest.raises(ValueError, match=r"square matrix, but this is \(2, 3\)"):
        spectral_radius(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"but this matrix is \(2, 3\)"):
        rescale_spectral_radius(np.ones((2, 3)), 1.0)
