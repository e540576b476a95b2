import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.analysis.backward_products import DIRECTIONS, PROBES
from rnnviz.analysis.gradients import gradients
from rnnviz.engine import SimpleRNN, unroll
from tests.analysis.networks import (
    autonomous,
    complex_step_input_jacobian,
    complex_step_jacobian,
    dense_jacobians,
    driven,
    gaussian,
    lecture,
    orthogonal,
    run,
)


def dense_norms(trace):
    """log10 ‖∂h_T/∂h_t‖₂ by full products, rescaled on the way."""
    product, power, norms = np.eye(trace.layer.state_size), 0.0, []
    for jacobian in dense_jacobians(trace)[::-1]:
        norms.append(np.log10(np.linalg.norm(product, 2)) + power)
        product = product @ jacobian
        size = np.abs(product).max()
        product, power = product / size, power + np.log10(size)
    return np.array(norms[::-1])


@pytest.mark.parametrize("units", [1, 2, DIRECTIONS + PROBES])
def test_few_units_are_exact_against_the_complex_step(units):
    trace = driven(units=units, seed=units)
    result = gradients(trace)
    assert result.exact.all()
    for start in range(12):
        known = np.linalg.norm(complex_step_jacobian(trace, 11, start), 2)
        assert 10 ** result.norm[start] == pytest.approx(known, rel=1e-6)
        jacobian = complex_step_input_jacobian(trace, 11, start)
        known = np.linalg.norm(jacobian, 2)
        assert 10 ** result.input_norm[start] == pytest.approx(known, rel=1e-6)
        known = np.linalg.norm(jacobian, axis=0)
        np.testing.assert_allclose(10 ** result.sensitivity[start], known, rtol=1e-6)
    known = np.linalg.norm(complex_step_jacobian(trace, 11, -1), 2)
    assert 10**result.initial == pytest.approx(known, rel=1e-6)


def test_automatic_differentiation_agrees():
    torch = pytest.importorskip("torch")
    trace = driven(units=7, steps=9, seed=4)
    kernel, recurrent, bias = (
        torch.tensor(array.copy())
        for array in (trace.layer.kernel, trace.layer.recurrent_kernel, trace.layer.bias)
    )

    def from_state(h):
        for x in torch.tensor(trace.inputs.copy()):
            h = torch.tanh(x @ kernel + bias + h @ recurrent)
        return h

    start = torch.tensor(trace.initial_state.copy())
    known = torch.linalg.matrix_norm(torch.autograd.functional.jacobian(from_state, start), 2)
    assert 10 ** gradients(trace).initial == pytest.approx(float(known), rel=1e-6)


def test_many_units_are_exact_where_the_result_says_so():
    trace = lecture(scale=0.03)
    result, known = gradients(trace), dense_norms(lecture(scale=0.03))
    assert result.exact[:80].all()
    np.testing.assert_allclose(10 ** (result.norm - known)[result.exact], 1, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    units=st.integers(9, 40),
    gain=st.floats(0.3, 3.0),
    seed=st.integers(0, 10_000),
    activation=st.sampled_from(["tanh", "relu", "sigmoid", "linear"]),
)
def test_the_true_norm_lies_between_both_ends(units, gain, seed, activation):
    trace = driven(units=units, gain=gain, seed=seed, steps=30, activation=activation)
    jacobians = dense_jacobians(trace)
    result = gradients(trace)
    product = np.eye(units)
    for step in range(29, -1, -1):
        with np.errstate(divide="ignore"):
            known = np.log10(np.linalg.norm(product, 2))
        assert result.norm[step] <= known + 1e-9
        # 40 × 30 draws and a chance of 1 in 1296 for each: independent they are not.
        assert known <= result.upper[step] + 0.5
        product = product @ jacobians[step]


@pytest.mark.parametrize("units", [64, 150])
@pytest.mark.parametrize("gain", [0.9, 1.5, 2.5])
def test_the_lower_end_misses_little_and_the_band_holds(units, gain):
    layer = autonomous(gaussian(units, gain))
    trace = run(layer, 80, np.random.default_rng(1).normal(0, 0.5, units))
    result, known = gradients(trace), dense_norms(trace)
    assert (result.norm <= known + 1e-9).all()
    assert (result.norm >= known - 0.3).all()
    assert (known <= result.upper + 1e-9).all()


def test_the_bound_is_never_passed():
    for activation in ("tanh", "relu", "sigmoid", "linear"):
        result = gradients(driven(units=20, gain=2.0, steps=40, activation=activation))
        assert (result.norm <= result.bound + 1e-9).all()
        assert (result.upper <= np.maximum(result.bound, result.norm)).all()


def test_a_rotation_keeps_every_gradient():
    result = gradients(run(autonomous(orthogonal(20), "linear"), 50, np.ones(20)))
    np.testing.assert_allclose(result.norm, 0, atol=1e-12)
    np.testing.assert_allclose(result.bound, 0, atol=1e-12)
    assert result.verdict.key == "verdict.gradients.alive"


def test_a_linear_network_loses_what_its_powers_lose():
    matrix = gaussian(20, 0.7, seed=5)
    result = gradients(run(autonomous(matrix, "linear"), 300, np.ones(20)))
    for lag in (1, 5, 50, 299):
        known = np.log10(np.linalg.norm(np.linalg.matrix_power(matrix.T, lag), 2))
        low, high = result.norm[-1 - lag] - 1e-9, result.upper[-1 - lag] + 1e-9
        assert low <= known <= high
    assert result.verdict.key == "verdict.gradients.vanishing"


def test_the_lectures_gradient_is_exactly_zero():
    result = gradients(lecture())
    assert result.norm[-1] == 0
    assert np.isneginf(result.norm[:-1]).all()
    assert np.isneginf(result.input_norm[:-1]).all()
    assert np.isneginf(result.initial)
    assert result.exact.all()
    assert result.verdict.key == "verdict.gradients.zero"
    assert result.verdict.values["before"] == 98


@pytest.mark.parametrize(("scale", "power"), [(0.03, -37), (0.02, -27)])
def test_scaling_alone_is_no_cure(scale, power):
    """SCIENCE: ‖∂h_T/∂h_0‖₂ is about 1e-37 at s = 0.03, and 1e-27 at its best, s = 0.02."""
    assert gradients(lecture(scale)).initial == pytest.approx(power, abs=1)


def test_numbers_far_below_float64_are_not_called_zero():
    layer = SimpleRNN(np.zeros((1, 1)), [[1e-3]], [-600.0], "sigmoid")
    result = gradients(unroll(layer, np.zeros((8, 1))))
    known = np.log10(1e-3) * 7 + 7 * -600 / np.log(10)
    assert result.norm[0] == pytest.approx(known, rel=1e-9)


def test_growth_beyond_float64_is_a_number():
    result = gradients(run(autonomous(np.diag([1e60] * 9), "relu"), 10, np.zeros(9) - 1))
    assert np.isfinite(result.bound).all()
    linear = gradients(run(autonomous(np.eye(9) * 1e40, "linear"), 20, np.zeros(9)))
    assert linear.norm[0] == pytest.approx(19 * 40, rel=1e-9)
    assert linear.verdict.key == "verdict.gradients.exploding"


def test_the_cursor_chooses_the_target():
    trace = driven(units=5)
    early = gradients(trace, 4)
    assert early.target == 4
    assert early.norm.shape == (5,)
    known = gradients(unroll(trace.layer, trace.inputs[:5], trace.initial_state))
    np.testing.assert_allclose(early.norm, known.norm, rtol=1e-12, atol=1e-15)
    assert gradients(trace, 0).verdict.key == "verdict.gradients.first"
    with pytest.raises(ValueError, match="0 to 11"):
        gradients(trace, 10**6)


def test_float32_runs_are_followed_in_float64():
    trace = driven(units=5, steps=60, gain=0.3)
    weights = (trace.layer.kernel, trace.layer.recurrent_kernel, trace.layer.bias)
    single = unroll(SimpleRNN(*(w.astype(np.float32) for w in weights)), trace.inputs)
    assert gradients(single).norm[0] < -40
    assert np.isfinite(gradients(single).norm[0])


def test_a_diverged_run_is_followed_as_far_as_it_is_finite():
    trace = run(autonomous(1e100 * np.eye(2), "linear"), 8, np.ones(2))
    result = gradients(trace)
    assert (result.target, result.diverged_at) == (2, 3)
    at_once = gradients(run(autonomous(1e200 * np.eye(2), "linear"), 3, 1e200 * np.ones(2)))
    assert at_once.target == -1
    assert at_once.verdict.key == "verdict.gradients.diverged"


def test_progress_is_reported_and_can_stop():
    seen = []
    gradients(driven(steps=300), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        gradients(driven(), progress=stop)


def test_arrays_are_read_only():
    result = gradients(driven())
    for array in (result.norm, result.upper, result.input_norm, result.sensitivity, result.bound):
        assert not array.flags.writeable
