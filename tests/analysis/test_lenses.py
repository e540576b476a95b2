"""Digits, argument, slope and change, cell by cell."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.analysis.lenses import (
    argument,
    change,
    digits_of_saturation,
    magnitude,
    slope,
)
from rnnviz.engine import ACTIVATIONS, GRU, LSTM
from tests.analysis.networks import driven, gated, lecture

TANH = (-1.0, 1.0)


def exact_digits(h):
    """−log₁₀(1 − |h|) in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        return float(-(1 - abs(Decimal(h))).log10())


@given(st.floats(-1, 1, exclude_min=True, exclude_max=True))
def test_digits_are_right_to_rounding_however_close_the_end(h):
    digits = digits_of_saturation(np.array([h]), TANH)[0]
    assert digits == pytest.approx(exact_digits(h), rel=1e-14, abs=1e-16)


@given(st.integers(1, 4000))
def test_the_last_floats_before_one_are_told_apart(steps):
    h = 1 - steps * 2.0**-53
    pair = digits_of_saturation(np.array([h, np.nextafter(h, 0)]), TANH)
    assert np.isfinite(pair).all()
    assert pair[0] > pair[1]


def test_exact_ends_have_infinitely_many_digits_and_zero_has_none():
    h = np.array([-1.0, 1.0, 0.0, 0.9, -0.999, np.nan])
    digits = digits_of_saturation(h, TANH)
    assert digits[:2].tolist() == [math.inf, math.inf]
    assert math.copysign(1, digits[2]) == 1
    assert digits[2:5] == pytest.approx([0, 1, 3])
    assert math.isnan(digits[5])


def test_digits_are_relative_to_half_the_range():
    sigmoid = digits_of_saturation(np.array([0.5, 0.95, 0.05, 1.0, 0.0]), (0.0, 1.0))
    assert sigmoid == pytest.approx([0, 1, 1, math.inf, math.inf])
    assert np.isnan(digits_of_saturation(np.array([3.0]), (0.0, math.inf))).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_dtype_is_kept(dtype):
    assert digits_of_saturation(np.array([0.5], dtype), TANH).dtype == dtype


def test_the_lecture_has_four_to_ten_digits_at_first_and_none_left_afterwards():
    digits = digits_of_saturation(lecture().states, TANH)
    assert np.isfinite(digits[0]).all()
    assert ((digits[0] > 4) & (digits[0] < 10)).mean() > 0.9
    assert np.isposinf(digits[1:]).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_argument_and_slope_of_a_simple_cell(activation):
    trace = driven(activation=activation)
    z = argument(trace)
    apply = ACTIVATIONS[activation].apply
    assert np.array_equal(apply(z.copy()), trace.states)
    nudge = 1e-6
    slopes = (apply(z + nudge) - apply(z - nudge)) / (2 * nudge)
    away_from_the_kink = np.abs(z) > nudge
    assert slope(trace)[away_from_the_kink] == pytest.approx(slopes[away_from_the_kink], abs=1e-9)


@pytest.mark.parametrize("cell", [LSTM, GRU])
def test_of_gated_cells_the_candidate_is_looked_at(cell):
    trace = gated(cell)
    candidate = trace.gates["c" if cell is LSTM else "h"]
    assert np.tanh(argument(trace)) == pytest.approx(candidate)
    assert slope(trace) == pytest.approx(1 - candidate**2)


def test_slope_is_exactly_zero_where_the_state_is_exactly_one():
    trace = lecture(steps=3)
    assert (slope(trace)[0] > 0).all()
    assert (slope(trace)[1:] == 0).all()


def test_change_is_the_way_from_the_state_before():
    trace = driven()
    before = trace.initial_state
    for moved, state in zip(change(trace), trace.states, strict=True):
        assert np.array_equal(moved, np.abs(state - before))
        before = state
    assert change(gated(LSTM)).shape == gated(LSTM).states.shape


@given(st.floats(-300, 300))
def test_the_size_is_the_power_of_ten(power):
    sizes = magnitude(np.array([10.0**power, -(10.0**power)]))
    assert sizes == pytest.approx([power, power], abs=1e-12)


def test_nothing_and_everything_have_sizes_of_their_own():
    sizes = magnitude(np.array([0.0, -0.0, np.inf, -np.inf, np.nan], "float32"))
    assert sizes.dtype == np.float32
    assert sizes[:4].tolist() == [-math.inf, -math.inf, math.inf, math.inf]
    assert math.isnan(sizes[4])
