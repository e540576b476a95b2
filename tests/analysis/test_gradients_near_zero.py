"""Exactly zero is said of what is exactly zero, and of nothing else.

The reference multiplies Jacobians of Python's decimal numbers, in which nothing underflows.
"""

from decimal import Decimal

import numpy as np
import pytest

from rnnviz.analysis import backward_products
from rnnviz.analysis.gradients import gradients
from rnnviz.engine import LSTM, SimpleRNN, unroll
from tests.analysis.networks import autonomous, gaussian, lecture, run


def tiny_kernel(units, size):
    """Every step shrinks a gradient by ``size``."""
    return run(autonomous(size * np.eye(units), "linear"), 12, np.ones(units))


def two_blocks(units, weak):
    """Strong units that relu cuts off after step 3, and a weak unit beside them.

    Directions that follow what has grown most see the strong block alone; of the weak unit's
    gradient they know nothing, and beside the strong one's it is lost to rounding.
    """
    kernel = 3.0 * np.roll(np.eye(units), 1, axis=1)
    kernel[-2, 0], kernel[-1, 0], kernel[-2, -1] = 3.0, 0.0, 0.0
    kernel[-1, -1] = weak
    inputs = np.ones((50, 1))
    inputs[3] = -1e9
    into = np.full((1, units), 1.0)
    into[0, -1] = 1e-9
    bias = np.zeros(units)
    bias[-1] = 10.0
    return unroll(SimpleRNN(into, kernel, bias, "relu"), inputs)


def exact_logs(trace):
    """log10 of the Frobenius norm of ∂h_T/∂h_t for t = 0 … T; None where it is 0."""
    layer, size = trace.layer, trace.layer.units
    kernel = [
        {place: Decimal(float(row[place])) for place in np.flatnonzero(row)}
        for row in layer.recurrent_kernel.T
    ]
    rows, logs = [{row: Decimal(1)} for row in range(size)], []
    for state in trace.states[::-1]:
        total = sum(one * one for row in rows for one in row.values())
        logs.append(float(total.log10()) / 2 if total else None)
        passes = np.ones(size, bool) if layer.activation == "linear" else state > 0
        rows = [_times(row, passes, kernel) for row in rows]
    return logs[::-1]


def _times(row, passes, kernel):
    result = {}
    for place, value in row.items():
        for column, weight in kernel[place].items() if passes[place] else ():
            result[column] = result.get(column, 0) + value * weight
    return result


TINY = [
    pytest.param(tiny_kernel(units, size), id=f"{units} units, {size}")
    for units in (2, 36)
    for size in (1e-60, 1e-66, 1e-90, 1e-200, 1e-300)
]
WEAK = [pytest.param(two_blocks(36, weak), id=f"weak {weak}") for weak in (0.5, 1e-5, 1e-40)]


@pytest.mark.parametrize("trace", TINY + WEAK)
def test_what_is_below_float64_is_no_zero(trace):
    result = gradients(trace)
    assert result.zero_before is None
    known = np.array(exact_logs(trace))
    assert (result.norm <= known + 1e-6).all()
    assert (known <= result.upper + 0.8).all()  # ‖·‖_F ≤ √36·‖·‖₂
    assert np.isfinite(result.initial)


def test_slopes_and_weights_that_are_both_tiny():
    """A slope of 10⁻²⁶⁰ times a weight of 10⁻¹⁰⁰ is no number of float64."""
    layer = SimpleRNN(np.zeros((1, 3)), 1e-100 * np.eye(3), np.full(3, -600.0), "sigmoid")
    result = gradients(unroll(layer, np.zeros((5, 1))))
    assert result.norm[0] == pytest.approx(4 * (-100 - 600 / np.log(10)), rel=1e-9)
    assert result.verdict.key == "verdict.gradients.vanishing"


@pytest.mark.parametrize("units", [5, 40])
def test_what_is_exactly_zero_is_said_to_be(units):
    line = run(autonomous(np.eye(units, k=1), "linear"), units + 6, np.ones(units))
    result = gradients(line)  # a delay line: after so many steps nothing of a state is left
    assert result.zero_before == 5
    assert -0.2 < result.norm[6] <= 1e-9 <= result.upper[6] + 2e-9
    dead = run(autonomous(np.zeros((units, units)), "linear"), 5)
    assert gradients(dead).zero_before == 3
    # Paths of both signs that cancel: the square of this kernel is exactly zero.
    signs = np.zeros((units, units))
    signs[:2, :2] = [[1.0, -1.0], [1.0, -1.0]]
    assert gradients(run(autonomous(signs, "linear"), 6)).zero_before == 3
    assert gradients(lecture()).zero_before == 98


def test_a_masked_step_between_is_passed_over():
    layer = autonomous(1e-200 * np.eye(3), "linear")
    mask = np.array([True, True, False, True, True, True])
    trace = unroll(layer, np.zeros((6, 1)), np.ones(3), mask=mask)
    result = gradients(trace)
    np.testing.assert_allclose(result.norm, [-800, -600, -600, -400, -200, 0], atol=1e-9)


@pytest.mark.parametrize("units", [3, 40])
def test_forget_gates_that_are_nearly_shut(units):
    """Forget gates of σ(−600) = 10⁻²⁶¹: after two steps what is left is no number of float64."""
    bias = np.concatenate([np.zeros(units), np.full(units, -600.0), np.zeros(2 * units)])
    layer = LSTM(np.zeros((1, 4 * units)), np.zeros((units, 4 * units)), bias)
    result = gradients(unroll(layer, np.zeros((6, 1)), np.ones(2 * units)))
    known = np.log10(0.5) - 600 / np.log(10) * np.arange(5, 0, -1)  # c = 0: slope 1, o = ½
    np.testing.assert_allclose(result.norm[:-1], known, rtol=1e-6)


def test_it_finds_the_zero_that_four_directions_saw(monkeypatch):
    """The old fault: the lower end of the directions alone, zero where they miss all there is."""
    result = gradients(two_blocks(36, 1e-40))
    assert np.isfinite(result.norm).all()
    norms = backward_products._norms

    def directions_alone(rows, followed, lengths):
        found = norms(rows, followed, lengths)
        found[0] = norms(rows[:, :followed], followed, lengths[:followed])[0]
        return found

    monkeypatch.setattr(backward_products, "_norms", directions_alone)
    assert np.isneginf(gradients(two_blocks(36, 1e-40)).norm[0])


def test_in_one_scale_or_balanced_the_norms_are_the_same(monkeypatch):
    trace = run(autonomous(gaussian(20, 1.2)), 30, np.full(20, 0.3))
    plain = gradients(trace)
    monkeypatch.setattr(backward_products, "_TINY", 1e300)
    monkeypatch.setattr(backward_products, "_is_moderate", lambda rows: False)
    balanced = gradients(trace)
    for name in ("norm", "upper", "input_norm", "sensitivity", "initial"):
        np.testing.assert_allclose(getattr(balanced, name), getattr(plain, name), atol=1e-9)
