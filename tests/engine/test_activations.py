import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import ACTIVATIONS, DRAWN_ACTIVATIONS
from rnnviz.engine.activations import activation_named

# Independent oracles, one number at a time.
SCALAR = {
    "tanh": math.tanh,
    "relu": lambda z: z if z > 0 else 0.0,
    "sigmoid": lambda z: (
        1 / (1 + math.exp(-z)) if z > -700 else math.exp(max(z, -745.0)) if z > -745 else 0.0
    ),
    "linear": lambda z: z,
    "hard_sigmoid": lambda z: min(max(z + 3, 0.0), 6.0) / 6,
    "hard_sigmoid_keras2": lambda z: min(max(0.2 * z + 0.5, 0.0), 1.0),
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "softsign": lambda z: z / (1 + abs(z)),
}
SLOPE = {
    "tanh": lambda z: 1 / math.cosh(z) ** 2 if abs(z) < 300 else 0.0,
    "relu": lambda z: 1.0 if z > 0 else 0.0,
    "sigmoid": lambda z: SCALAR["sigmoid"](z) * SCALAR["sigmoid"](-z),
    "linear": lambda z: 1.0,
    "hard_sigmoid": lambda z: 1 / 6 if -3 < z < 3 else 0.0,
    "hard_sigmoid_keras2": lambda z: 0.2 if -2.5 < z < 2.5 else 0.0,
    "elu": lambda z: 1.0 if z > 0 else math.exp(z),
    "softplus": lambda z: 1 / (1 + math.exp(-z)),
    "softsign": lambda z: 1 / (1 + abs(z)) ** 2,
}


def test_an_experiment_draws_four_and_their_names_are_keras_s():
    assert DRAWN_ACTIVATIONS == ("tanh", "relu", "sigmoid", "linear")
    assert set(ACTIVATIONS) == set(SCALAR)
    assert all(name == activation.name for name, activation in ACTIVATIONS.items())


@pytest.mark.parametrize("name", SCALAR)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values_and_slopes_against_scalar_formulas(name, dtype):
    z = np.linspace(-12, 12, 1001).astype(dtype)
    activation, tolerance = ACTIVATIONS[name], 4 * np.finfo(dtype).eps
    h = activation.apply(z)
    assert h.dtype == dtype
    np.testing.assert_allclose(h, [SCALAR[name](float(value)) for value in z], tolerance, tolerance)
    slope = activation.slope(h)
    assert slope.dtype == dtype
    expected = [SLOPE[name](float(value)) for value in z]
    np.testing.assert_allclose(slope, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", SCALAR)
def test_slope_is_the_derivative_by_central_differences(name):
    z = np.array([-3.1, -0.7, -0.1, 0.2, 1.5, 4.0])
    activation, step = ACTIVATIONS[name], 1e-5
    difference = (activation.apply(z + step) - activation.apply(z - step)) / (2 * step)
    np.testing.assert_allclose(activation.slope(activation.apply(z)), difference, atol=1e-9)


@given(st.floats(width=64, allow_nan=False), st.sampled_from(list(SCALAR)))
def test_any_number_gives_a_number_within_the_bound_without_a_warning(z, name):
    activation = ACTIVATIONS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        h = activation.apply(np.array([z]))[0]
    assert not np.isnan(h)
    assert activation.bound is None or abs(h) <= activation.bound


@pytest.mark.parametrize("name", SCALAR)
def test_out_is_used_and_may_be_the_argument(name):
    z = np.linspace(-3, 3, 7)
    expected, kept = ACTIVATIONS[name].apply(z), z.copy()
    out = np.empty(7)
    assert ACTIVATIONS[name].apply(z, out) is out
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(z, kept)
    assert ACTIVATIONS[name].apply(z, z) is z
    np.testing.assert_array_equal(z, expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_tanh_of_a_scalar_and_of_an_array_element_agree_bit_for_bit(dtype):
    z = np.random.default_rng(0).normal(0, 4, 2001).astype(dtype)
    tanh = ACTIVATIONS["tanh"].apply
    whole = tanh(z)
    np.testing.assert_array_equal(whole, np.array([tanh(value) for value in z]))
    for offset in range(1, 9):
        np.testing.assert_array_equal(tanh(z[offset:]), whole[offset:])
        np.testing.assert_array_equal(tanh(z[::offset]), whole[::offset])


@pytest.mark.parametrize(("dtype", "beyond"), [(np.float64, 19.1), (np.float32, 10.1)])
def test_tanh_saturates_to_exactly_one_with_exactly_zero_slope(dtype, beyond):
    tanh = ACTIVATIONS["tanh"]
    h = tanh.apply(np.array([beyond, 40.5, -beyond], dtype))
    assert h.tolist() == [1, 1, -1]
    assert tanh.slope(h).tolist() == [0, 0, 0]
    assert tanh.slope(tanh.apply(np.array([8.5], dtype)))[0] > 0


def test_sigmoid_keeps_its_left_tail():
    h = ACTIVATIONS["sigmoid"].apply(np.array([-40.0, -700.0]))
    np.testing.assert_allclose(h, [math.exp(-40.0), math.exp(-700.0)], rtol=1e-14)


def test_an_unknown_name_is_answered_with_the_legal_ones():
    with pytest.raises(ValueError, match="no activation 'swish'; choose one of tanh, relu, sig"):
        activation_named("swish")


@pytest.mark.parametrize("name", SCALAR)
def test_the_sides_disagree_at_kinks_and_nowhere_else(name):
    activation, step = ACTIVATIONS[name], 1e-6

    def jump(z):
        left, at, right = activation.apply(np.array([z - step, z, z + step]))
        return abs((right - at) - (at - left)) / step

    assert all(jump(z) > 0.1 for z in activation.kinks)
    smooth = [z for z in np.linspace(-7, 7, 97) if all(abs(z - k) > 1e-3 for k in activation.kinks)]
    assert max(map(jump, smooth)) < 1e-4


def test_the_two_hard_sigmoids_differ():
    z = np.array([-2.7, -1.0, 2.0])
    first, second = (ACTIVATIONS[f"hard_sigmoid{end}"].apply(z) for end in ("", "_keras2"))
    np.testing.assert_allclose(first, [0.05, 1 / 3, 5 / 6])
    np.testing.assert_allclose(second, [0, 0.3, 0.9])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_no_slope_is_greater_than_the_greatest(name):
    activation = ACTIVATIONS[name]
    places = np.linspace(-9, 9, 20_001)
    slopes = activation.slope(activation.apply(places))
    assert slopes.max() == pytest.approx(activation.greatest_slope, rel=2e-3)
    assert slopes.max() <= activation.greatest_slope * (1 + 1e-12)
