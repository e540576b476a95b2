import numpy as np
import pytest

from rnnviz.analysis.richness import richness


def test_by_hand():
    """Chao 1984: 5 found once, 2 twice, 3 more often."""
    counts = [1, 1, 1, 1, 1, 2, 2, 5, 9, 7]
    result = richness(counts)
    total = sum(counts)
    assert result.seen == 10
    assert result.missing == pytest.approx((total - 1) / total * 5 * 4 / (2 * 3))
    assert result.coverage == pytest.approx(1 - 5 / total)
    assert not result.settled


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_nothing_found_estimates_nothing(counts):
    result = richness(counts)
    assert (result.seen, result.missing, result.least, result.settled) == (0, 0, 0, False)


def _communities():
    random = np.random.default_rng(5)
    yield "even", np.full(20, 1 / 20)
    yield "falling", 0.8 ** np.arange(20) / (0.8 ** np.arange(20)).sum()
    yield "random", random.dirichlet(np.ones(30))
    yield "one giant", np.array([0.9, *np.full(9, 0.1 / 9)])
    yield "two", np.array([0.99, 0.01])


@pytest.mark.parametrize(("name", "shares"), list(_communities()), ids=lambda value: str(value)[:9])
def test_the_estimate_closes_most_of_the_gap(name, shares):
    """On average it lies nearer to the truth than what was seen, and it is a lower bound."""
    random, truth = np.random.default_rng(0), len(shares)
    for draws in (20, 60, 200):
        results = [richness(random.multinomial(draws, shares)) for _ in range(400)]
        seen = np.mean([one.seen for one in results])
        estimate = np.mean([one.seen + one.missing for one in results])
        assert abs(estimate - truth) <= abs(seen - truth) + 0.05
        assert estimate <= truth + 0.1 * truth


@pytest.mark.parametrize(("name", "shares"), list(_communities()), ids=lambda value: str(value)[:9])
def test_coverage_is_what_the_next_find_would_say(name, shares):
    """Good and Turing: 1 − f₁/n is the mean chance that the next find is known."""
    random = np.random.default_rng(1)
    guessed, true = [], []
    for _ in range(2000):
        counts = random.multinomial(40, shares)
        guessed.append(richness(counts).coverage)
        true.append(shares[counts > 0].sum())
    assert np.mean(guessed) == pytest.approx(np.mean(true), abs=0.02)


def test_settled_means_all_in_nineteen_of_twenty():
    """Search until each was found three times: how often is that all there is?"""
    random, right, tries = np.random.default_rng(2), 0, 0
    for _ in range(600):
        shares = random.dirichlet(np.full(random.integers(2, 12), 2.0))
        counts = np.zeros(len(shares), int)
        for count in (64, 64, 128, 256, 512):
            counts += random.multinomial(count, shares)
            if richness(counts).settled:
                tries += 1
                right += bool((counts > 0).all())
                break
    assert tries > 500
    assert right / tries > 0.955
