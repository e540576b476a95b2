import numpy as np
import pytest

from rnnviz.analysis.spectrum import spectrum
from tests.analysis.networks import (
    autonomous,
    complex_step_jacobian,
    driven,
    gaussian,
    lecture,
    orthogonal,
    run,
)


def kernel_of(matrix):
    (kernel,) = spectrum(run(autonomous(matrix), 1), 0).kernels
    return kernel


@pytest.mark.parametrize("gain", [0.5, 1.5])
def test_circular_law_for_normal_entries(gain):
    """Girko; Tao and Vu 2010: the spectral radius tends to the gain."""
    kernel = kernel_of(gaussian(600, gain))
    assert kernel.bulk_radius == pytest.approx(gain, rel=0.01)
    assert kernel.radius == pytest.approx(gain, rel=0.06)
    assert kernel.outlier is None
    inside = np.abs(kernel.eigenvalues) < gain / 2
    assert inside.mean() == pytest.approx(0.25, abs=0.04)  # uniform on the disc


def test_circular_law_for_uniform_entries():
    kernel = kernel_of(np.random.default_rng(1).uniform(-0.1, 0.1, (600, 600)))
    assert kernel.bulk_radius == pytest.approx(0.1 * np.sqrt(600 / 3), rel=0.01)
    assert kernel.radius == pytest.approx(kernel.bulk_radius, rel=0.06)


@pytest.mark.parametrize("seed", range(5))
def test_the_lecture_has_one_outlier_and_a_bulk(seed):
    """U[0, 1): outlier near H/2 = 32, bulk radius √(H/12) = 2.309."""
    kernel = spectrum(lecture(seed=seed), 0).kernels[0]
    assert kernel.bulk_radius == pytest.approx(2.309, rel=0.02)
    assert kernel.outlier == pytest.approx(32, rel=0.05)
    assert kernel.radius == pytest.approx(kernel.outlier, rel=0.01)
    assert np.abs(kernel.eigenvalues[1]) < 1.25 * kernel.bulk_radius


def test_no_law_is_claimed_for_what_is_not_independent():
    for matrix in (orthogonal(20), np.eye(20), np.zeros((3, 3)), np.full((1, 1), 2.0)):
        kernel = kernel_of(matrix)
        assert kernel.bulk_radius is None
        assert kernel.outlier is None


def test_jacobian_of_a_step_by_the_complex_step():
    trace = driven(seed=3)
    for timestep in (0, 7):
        result = spectrum(trace, timestep)
        jacobian = complex_step_jacobian(trace, timestep, timestep - 1)
        known = np.sort(np.abs(np.linalg.eigvals(jacobian)))[::-1]
        np.testing.assert_allclose(np.abs(result.jacobian_eigenvalues), known, rtol=1e-10)
        np.testing.assert_allclose(
            result.jacobian_singular_values, np.linalg.svd(jacobian)[1], rtol=1e-10
        )


def test_determinant_and_trace_hold():
    """Invariants: ∏λ = det, Σλ = trace, ∏σ = |det|."""
    matrix = gaussian(12, 1.0)
    kernel = kernel_of(matrix)
    assert kernel.eigenvalues.sum() == pytest.approx(np.trace(matrix), abs=1e-12)
    assert np.prod(kernel.eigenvalues) == pytest.approx(np.linalg.det(matrix), rel=1e-9)
    assert np.prod(kernel.singular_values) == pytest.approx(abs(np.linalg.det(matrix)), rel=1e-9)


def test_the_lectures_jacobian_is_exactly_zero():
    result = spectrum(lecture(), 50)
    assert not result.jacobian_eigenvalues.any()
    assert not result.jacobian_singular_values.any()
    assert result.verdict.key == "verdict.spectrum.zero"


@pytest.mark.parametrize(
    ("matrix", "kind", "count"),
    [
        (0.5 * np.eye(3), "contracting", None),
        (orthogonal(3), "neutral", None),
        (np.diag([2.0, 1.5, 0.1]), "expanding", 2),
    ],
)
def test_verdict_counts_what_leaves_the_circle(matrix, kind, count):
    verdict = spectrum(run(autonomous(matrix), 2), 1).verdict
    assert verdict.key == f"verdict.spectrum.{kind}"
    assert verdict.values.get("count") == count


def test_a_diverged_step_has_no_jacobian():
    trace = run(autonomous(1e200 * np.eye(2), "linear"), 5, np.ones(2))
    assert spectrum(trace, 0).jacobian_eigenvalues.size == 2
    result = spectrum(trace, 3)
    assert result.jacobian_eigenvalues.size == 0
    assert np.isnan(result.jacobian_radius)
    assert result.verdict.key == "verdict.spectrum.diverged"


def test_progress_is_reported_and_can_stop():
    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        spectrum(driven(), 0, progress=stop)
