import numpy as np
import pytest

from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.engine import SimpleRNN
from tests.analysis.networks import autonomous, gaussian, lecture, roll


def scalar(weight, bias=0.0):
    return fixed_points(autonomous(np.array([[weight]]), bias=[bias]))


@pytest.mark.parametrize("weight", [-0.5, 0.3, 0.9, 1.0])
def test_a_weak_scalar_has_the_origin_only(weight):
    result = scalar(weight)
    assert len(result.points) == 1
    assert abs(result.points[0, 0]) <= 1e-9
    assert result.kinds == ("neutral" if weight == 1 else "stable",)


@pytest.mark.parametrize(
    ("weight", "point", "slope"),
    [(1.5, 0.85855963664, 0.39431302550), (2.0, 0.95750402408, 0.16637208775)],
)
def test_a_strong_scalar_has_three(weight, point, slope):
    result = scalar(weight)
    order = np.argsort(result.points[:, 0])
    np.testing.assert_allclose(result.points[order, 0], [-point, 0, point], atol=1e-9)
    np.testing.assert_allclose(result.eigenvalues[order, 0], [slope, weight, slope], atol=1e-9)
    np.testing.assert_array_equal(result.unstable[order], [0, 1, 0])
    assert result.verdict.key == "verdict.fixed_points.many_stable"
    assert result.verdict.values["stable"] == 2


def test_the_fold_takes_two_of_three():
    """For w = 2 two of three meet at |b| = 0.53283997535; past it a slow point stays behind."""
    fold = 0.53283997535
    assert (scalar(2.0, fold - 1e-4).converged).sum() == 3
    past = scalar(2.0, fold + 1e-4)
    assert past.converged.sum() == 1
    assert past.kinds.count("slow") == 1
    assert past.points[past.kinds.index("slow"), 0] == pytest.approx(-np.sqrt(0.5), abs=0.02)


def test_antisymmetric_roll_of_two():
    result = fixed_points(autonomous(roll(2)))
    assert len(result.points) == 3
    order = np.argsort(result.points[:, 0])
    np.testing.assert_allclose(
        result.points[order],
        [[-0.9575040, 0.9575040], [0, 0], [0.9575040, -0.9575040]],
        atol=1e-7,
    )
    np.testing.assert_array_equal(result.unstable[order], [0, 1, 0])
    assert np.abs(result.eigenvalues[order[1], 0]) == pytest.approx(2, abs=1e-9)


def test_antisymmetric_roll_of_three():
    result = fixed_points(autonomous(roll(3)))
    assert len(result.points) == 3
    point = np.array([0.9497957, -0.4255023, -0.8798940])
    for known, unstable, radius in (
        (point, 1, 1.006406),
        (-point, 1, 1.006406),
        (np.zeros(3), 2, np.sqrt(3)),
    ):
        gaps = np.abs(result.points - known).max(axis=1)
        index = int(gaps.argmin())
        assert gaps[index] < 1e-7
        assert result.unstable[index] == unstable
        assert np.abs(result.eigenvalues[index, 0]) == pytest.approx(radius, abs=1e-6)
    assert result.verdict.key == "verdict.fixed_points.no_stable"


@pytest.mark.parametrize("gain", [0.5, 1.5, 3.0])
def test_every_point_is_fixed_and_none_stands_twice(gain):
    """Invariants: F(h) = h; for odd networks with a point its negative is one too."""
    layer = autonomous(gaussian(12, gain, seed=4))
    result = fixed_points(layer, starts=200)
    fixed = result.points[result.converged]
    image = layer.step(np.zeros(12), fixed)
    np.testing.assert_allclose(image, fixed, atol=1e-10)
    gaps = np.abs(fixed[:, None] - fixed[None]).max(axis=2) + np.eye(len(fixed))
    assert gaps.min() > 1e-5
    assert result.found.sum() + result.lost == 200
    assert np.abs(fixed).max(axis=1).min() < 1e-9  # the origin


def test_eigenvalues_are_those_of_the_jacobian_there():
    layer = autonomous(gaussian(5, 1.8, seed=2))
    result = fixed_points(layer)
    for point, eigenvalues in zip(result.points, result.eigenvalues, strict=True):
        jacobian = (1 - np.tanh(point @ layer.recurrent_kernel) ** 2)[:, None] * (
            layer.recurrent_kernel.T
        )
        known = np.sort(np.abs(np.linalg.eigvals(jacobian)))[::-1]
        np.testing.assert_allclose(np.abs(eigenvalues), known, atol=1e-9)


def test_the_held_input_moves_the_points():
    layer = SimpleRNN([[1.0]], [[2.0]], [0.0])
    for held in (0.0, 0.3):
        result = fixed_points(layer, [held])
        upper = result.points.max()
        assert np.tanh(2 * upper + held) == pytest.approx(upper, abs=1e-12)
    assert len(fixed_points(layer, [0.6]).points[fixed_points(layer, [0.6]).converged]) == 1


def test_the_lecture_is_held_at_either_end():
    trace = lecture()
    result = fixed_points(trace.layer, trace.inputs.mean(axis=0), trace.states)
    stable = [p for p, kind in zip(result.points, result.kinds, strict=True) if kind == "stable"]
    np.testing.assert_allclose(sorted(point.mean() for point in stable), [-1, 1], atol=1e-12)
    ends = [kind == "stable" for kind in result.kinds]
    assert np.abs(result.eigenvalues[ends]).max() < 1e-12


def test_a_rotation_without_bias_rests_at_the_origin():
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    result = fixed_points(autonomous(turn, "linear"))
    assert result.kinds == ("neutral",)
    assert result.verdict.key == "verdict.fixed_points.neutral"


def test_a_line_of_fixed_points_is_neutral_and_no_error():
    result = fixed_points(autonomous(np.eye(2), "linear"), starts=8)
    assert set(result.kinds) == {"neutral"}
    assert result.converged.all()


def test_nothing_to_find():
    result = fixed_points(autonomous(np.eye(2), "linear", [1.0, 1.0]))
    assert result.converged.sum() == 0
    assert result.verdict.key == "verdict.fixed_points.none"


def test_float32_networks_are_solved_in_float64():
    layer = SimpleRNN(*(np.float32(a) for a in ([[0.0]], [[1.5]], [0.0])))
    assert np.abs(fixed_points(layer).points).max() == pytest.approx(0.85855963664, abs=1e-9)


def test_seeds_and_diverged_starts():
    layer = autonomous(gaussian(6, 1.5))
    one, same = fixed_points(layer, seed=3), fixed_points(layer, seed=3)
    np.testing.assert_array_equal(one.points, same.points)
    visited = np.full((4, 6), np.nan)
    np.testing.assert_array_equal(fixed_points(layer, visited=visited).points[:1], np.zeros((1, 6)))


def test_progress_is_reported_and_can_stop():
    seen = []
    fixed_points(autonomous(gaussian(300, 1.0)), starts=60, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fixed_points(autonomous(np.eye(2)), progress=stop)
