"""Networks whose fixed points are known before they are looked for.

Trained ones hold n bits, so they rest stably in 2ⁿ states and in no others (`flip_flops`, with
the command that trained them). Others are built: patterns stored by Hebb's rule, and latches.
"""

import os

import numpy as np
import pytest

from rnnviz.analysis import fixed_points as search
from rnnviz.analysis.fixed_points import fixed_points
from tests.analysis.flip_flops import SIZES, Bits, shipped
from tests.analysis.networks import autonomous

NETWORKS = shipped()
SEEDS = range(100 if os.environ.get("RNNVIZ_WHOLE_PROOFS") else 5)


@pytest.mark.parametrize(("cell", "bits"), SIZES)
def test_what_was_trained_holds_its_bits(cell, bits):
    """The task itself: a thousand timesteps that the network has not seen."""
    batch = Bits(bits).draw(np.random.default_rng(7), 25)
    network = NETWORKS[cell, bits]
    layer, head = network.layers[0].forward, network.head[0]
    right = []
    for values, targets in zip(batch.values, batch.targets, strict=True):
        states = np.zeros((1, layer.state_size))
        for x, wanted in zip(values, targets, strict=True):
            states = layer.step(layer.project(x[None])[0], states)
            right.append(np.sign(head.apply(states[:, : layer.units])[0]) == wanted)
    assert np.mean(right) > 0.999


@pytest.mark.parametrize(("cell", "bits"), SIZES)
def test_a_stable_point_for_each_answer_and_no_other(cell, bits):
    layer, head = NETWORKS[cell, bits].layers[0].forward, NETWORKS[cell, bits].head[0]
    for seed in SEEDS:
        found = fixed_points(layer, seed=seed)
        stable = found.points[[kind == "stable" for kind in found.kinds]]
        answers = head.apply(stable[:, : layer.units])
        np.testing.assert_allclose(np.abs(answers), 1, atol=0.25)
        assert len(stable) == 2**bits
        assert len({tuple(signs) for signs in np.sign(answers)}) == 2**bits
        # Between two stable points the basins meet: at least one that is left in one direction.
        assert (found.unstable[found.converged] >= 1).sum() >= 2**bits - 1


@pytest.mark.parametrize("patterns", [1, 2, 3])
def test_patterns_stored_by_hebbs_rule(patterns):
    """Orthogonal patterns ξ in W = (g/N)·Σ ξξᵀ: ±pξ with p = tanh(g·p) rest stably."""
    gain, strength, signs = 2.0, 1.0, np.ones((1, 1))
    for _ in range(4):
        signs = np.kron(signs, [[1.0, 1.0], [1.0, -1.0]])
    for _ in range(60):
        strength = np.tanh(gain * strength)
    signs = signs[1 : patterns + 1]
    layer = autonomous(gain / 16 * signs.T @ signs)
    for seed in SEEDS:
        found = fixed_points(layer, seed=seed)
        assert found.odd
        # One pattern: tanh(g·m) of one number. Two: of their sum and of their difference, 3 × 3.
        if patterns < 3:
            assert found.converged.sum() == 3**patterns
            assert found.verdict.more[0].key == "verdict.fixed_points.probably_all"
        for pattern in signs:
            for sign in (-1, 1):
                gaps = np.abs(found.points - sign * strength * pattern).max(axis=1)
                assert gaps.min() < 1e-9
                assert found.kinds[int(gaps.argmin())] == "stable"
        for point in found.points[found.converged]:
            assert np.abs(found.points + point).max(axis=1).min() < 1e-9  # the mirror image


def test_it_finds_that_memories_were_missed(monkeypatch):
    """From random states alone Newton's method saw the origin, 256 times, and called it all."""
    monkeypatch.setattr(search, "_RUN_ON", 0)
    layer = autonomous(np.full((16, 16), 1 / 8) * np.outer(SIGNS, SIGNS))
    assert fixed_points(layer).converged.sum() == 1
    monkeypatch.undo()
    assert fixed_points(layer).kinds.count("stable") == 2


SIGNS = np.where(np.arange(16) % 2, 1.0, -1.0)
