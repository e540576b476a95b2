import os

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.engine import GRU, LSTM, SimpleRNN
from tests.analysis.networks import autonomous, gated, gaussian, lecture, orthogonal, roll


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


# Kinks: the slope of relu has two values at 0, and neither alone tells what happens there.

KINKED = [
    # recurrent kernel, bias, least and greatest factor a step over the sides of the origin
    (2 * np.eye(4), None, 0.0, 2.0),
    (0.5 * np.eye(4), None, 0.0, 0.5),
    ([[3.0]], None, 0.0, 3.0),
    (np.array([[0.0, 2.0], [2.0, 0.0]]), None, 0.0, 2.0),
    (np.full((3, 3), 1.0), None, 0.0, 3.0),
    (np.diag([0.5, 4.0]), None, 0.0, 4.0),
]


@pytest.mark.parametrize(("kernel", "bias", "low", "high"), KINKED)
def test_at_a_kink_each_side_is_told(kernel, bias, low, high):
    """relu(R·h) with R ≥ 0 doubles what is positive and loses what is negative: by hand."""
    result = fixed_points(autonomous(np.array(kernel), "relu", bias))
    origin = int(np.abs(result.points).max(axis=1).argmin())
    np.testing.assert_allclose(result.points[origin], 0, atol=1e-12)
    np.testing.assert_allclose(result.factors[origin], [low, high], atol=1e-6)
    assert result.kinds[origin] == ("kink" if high > 1 else "stable")


def test_doubling_is_never_called_stable():
    """The IRNN set-up with gain 2: a start at 1e-6 is at 1074 after 30 steps."""
    layer = autonomous(2 * np.eye(4), "relu")
    h = np.full(4, 1e-6)
    for _ in range(30):
        h = layer.step(np.zeros(4), h)
    assert h[0] == pytest.approx(1073.741824)
    result = fixed_points(layer)
    assert result.verdict.key == "verdict.fixed_points.kink"
    assert (result.verdict.values["low"], result.verdict.values["high"]) == (0, pytest.approx(2))


def test_a_kink_of_some_units_only_and_smooth_points_have_no_sides():
    """One unit at z = 0 exactly, the other well inside its slope: h = (0, 1)."""
    result = fixed_points(autonomous(np.diag([2.0, 0.5]), "relu", [0.0, 0.5]))
    place = int(np.abs(result.points - [0, 1]).max(axis=1).argmin())
    np.testing.assert_allclose(result.factors[place], [0.0, 2.0], atol=1e-6)
    smooth = fixed_points(autonomous(gaussian(6, 3.0)))
    assert np.isnan(smooth.factors).all()
    assert np.isnan(fixed_points(autonomous(np.eye(2), "relu", [-1.0, -1.0])).factors).all()


# Continua: no number counts, but there is a dimension.

HALF = np.full((2, 2), 0.5)
CONTINUA = [
    ("identity, linear", np.eye(4), "linear", None, 4),
    ("identity, relu", np.eye(4), "relu", None, 4),
    ("a line of relu units", HALF, "relu", None, 1),
    ("a line", np.diag([1.0, 0.3, -0.2]), "linear", None, 1),
    ("a plane", np.diag([1.0, 1.0, 0.5]), "linear", None, 2),
    ("a shifted line", np.diag([1.0, 0.5]), "linear", [0.0, 3.0], 1),
    ("two of five", orthogonal(5) @ np.diag([1, 1, 0.2, 0.5, 0.9]) @ orthogonal(5).T, "linear",
     None, 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kernel", "activation", "bias", "dimension"), CONTINUA)
def test_a_continuum_has_a_dimension_and_no_count(name, kernel, activation, bias, dimension):
    layer = autonomous(np.array(kernel), activation, bias)
    for seed, starts in ((0, None), (1, 1), (2, 7), (3, 300)):
        result = fixed_points(layer, seed=seed, starts=starts)
        assert result.verdict.key == "verdict.fixed_points.continuum"
        assert result.verdict.values["dimension"] == dimension
        assert not result.verdict.more  # no estimate of a number that does not exist


def test_what_is_only_flat_is_no_continuum():
    """h = tanh(h) and the fold have J = 1 and a single point."""
    assert fixed_points(autonomous(np.eye(1))).dimensions.tolist() == [0]
    assert fixed_points(autonomous(np.eye(3))).verdict.key == "verdict.fixed_points.neutral"
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    assert fixed_points(autonomous(turn, "linear")).dimensions.tolist() == [0]


def test_a_curved_line_of_fixed_points():
    """h₂ = tanh(h₁)… held by a linear unit: every h₁ has its own h₂."""
    # h₁ is kept by a unit of slope 1 (relu, positive), h₂ = relu(2·h₁ − 1) follows it around a bend
    layer = autonomous(np.array([[1.0, 2.0], [0.0, 0.0]]), "relu", [0.0, -1.0])
    result = fixed_points(layer)
    first, second = result.points[result.dimensions > 0].T
    np.testing.assert_allclose(second, np.maximum(2 * first - 1, 0), atol=1e-9)
    assert result.dimensions.max() == 1


# Reachable points only.


def test_a_gru_whose_gate_has_rounded_to_one_stands_still_where_it_is():
    run = simulate(Experiment(cell="GRU"))
    trace = run.layers[0].trace
    result = fixed_points(trace.layer, trace.inputs.mean(axis=0), trace.full_states)
    assert np.abs(result.points).max() <= 1
    assert result.verdict.key == "verdict.fixed_points.continuum"
    assert result.verdict.values["dimension"] == 64


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cell", [GRU, LSTM])
def test_no_point_lies_out_of_reach(cell, seed):
    layer = gated(cell, units=4, seed=seed).layer
    result = fixed_points(layer, np.full(3, 0.5), seed=seed)
    low, high = layer.state_range
    hidden = result.points[:, : layer.units]
    assert hidden.size
    assert ((hidden >= low) & (hidden <= high)).all()


# Completeness.

WHOLE = bool(os.environ.get("RNNVIZ_WHOLE_PROOFS"))
"""All 100 seeds; by default a few of them."""


def _nine():
    return autonomous(roll(4))


@pytest.mark.parametrize("seed", range(100 if WHOLE else 12))
def test_nine_points_are_found_whole_whatever_the_seed(seed):
    result = fixed_points(_nine(), seed=seed)
    fixed = result.points[result.converged]
    assert len(fixed) == 9
    for point in fixed:
        assert np.abs(fixed + point).max(axis=1).min() < 1e-9  # its mirror image
    assert result.verdict.more[0].key == "verdict.fixed_points.probably_all"


@pytest.mark.parametrize(("units", "count"), [(2, 3), (3, 3), (4, 9)])
def test_the_antisymmetric_roll_family(units, count):
    """The counts hold for every seed and for ten times as many starts."""
    for seed in range(3):
        assert fixed_points(autonomous(roll(units)), seed=seed).converged.sum() == count
    assert fixed_points(autonomous(roll(units)), starts=3000).converged.sum() == count


@pytest.mark.parametrize(("units", "gain"), [(2, 2.0), (3, 1.5), (4, 2.0)])
def test_latches_side_by_side_have_three_each(units, gain):
    """Uncoupled tanh latches: each rests at 0 or ±p, so 3ⁿ points, 2ⁿ of them stable."""
    result = fixed_points(autonomous(gain * np.eye(units)))
    assert result.converged.sum() == 3**units
    assert result.kinds.count("stable") == 2**units
    turned = orthogonal(units)
    # The same network seen from other axes has the same points only if tanh is linear there;
    # with signs and a permutation of the axes it has exactly as many.
    signs = np.diag(np.sign(turned[0])) @ np.eye(units)[np.argsort(turned[1])]
    again = fixed_points(autonomous(signs @ (gain * np.eye(units)) @ signs.T))
    assert again.converged.sum() == 3**units


def test_a_winner_takes_all_network_has_its_corners():
    """Self-excitation, mutual inhibition and a bias: held against a scan of the whole plane."""
    layer = autonomous(np.array([[3.0, -0.5], [-0.5, 3.0]]), bias=[0.1, 0.1])
    result = fixed_points(layer)
    axis = np.linspace(-1, 1, 801)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    change = layer.step(np.array([0.1, 0.1]), grid) - grid
    signs = (change > 0).reshape(801, 801, 2)
    cells = np.ones((800, 800), bool)
    for part in range(2):
        sign = signs[..., part]
        corners = np.stack([sign[:-1, :-1], sign[1:, :-1], sign[:-1, 1:], sign[1:, 1:]])
        cells &= corners.any(axis=0) & ~corners.all(axis=0)
    rows, columns = np.nonzero(cells)
    places = np.stack([axis[columns], axis[rows]], axis=1) + 0.00125
    for point in result.points[result.converged]:
        assert np.abs(places - point).max(axis=1).min() < 0.01
    for place in places:
        assert np.abs(result.points - place).max(axis=1).min() < 0.02
    assert result.converged.sum() == 9


def test_an_odd_network_gives_mirror_images_for_nothing():
    result = fixed_points(autonomous(roll(4)), starts=3)
    assert result.odd
    assert (result.converged.sum() - 1) % 2 == 0
    assert result.found.sum() + result.lost == 3
    biased = fixed_points(autonomous(roll(4), bias=np.full(4, 0.1)))
    assert not biased.odd


def test_cost_is_bounded_and_what_was_not_tried_is_not_counted(monkeypatch):
    monkeypatch.setattr("rnnviz.analysis.fixed_points._MOST_WORK", 500)
    result = fixed_points(autonomous(gaussian(40, 1.5)), starts=100_000)
    assert 0 < result.starts < 2000
    assert result.found.sum() + result.lost == result.starts


@pytest.mark.parametrize(
    ("held", "said"),
    [([1.0, 2.0], "features"), (np.ones((2, 1)), "features"), ([np.nan], "finite")],
)
def test_a_held_input_that_does_not_fit_is_told_in_a_sentence(held, said):
    with pytest.raises(ValueError, match=said):
        fixed_points(autonomous(np.eye(2)), held)
    with pytest.raises(ValueError, match="starts"):
        fixed_points(autonomous(np.eye(2)), starts=0)


def test_a_stack_of_networks_is_told_in_a_sentence():
    layer = SimpleRNN(np.zeros((3, 1, 2)), np.zeros((3, 2, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="stack of 3"):
        fixed_points(layer)


def test_points_as_a_table():
    frame = fixed_points(autonomous(roll(2))).to_frame()
    assert len(frame) == 3
    assert set(frame["kind"]) == {"stable", "saddle"}
    assert frame[["state_0", "state_1"]].abs().max().max() == pytest.approx(0.957504, abs=1e-6)
