"""How far a network is off where data have targets, and what is lost without a unit."""

import numpy as np
import pytest

from rnnviz import run
from rnnviz.engine import Dense, Inputs, Layer, Network, SimpleRNN
from rnnviz.moments import has_losses, losses_of, switch_off

UNITS = 3


def adding(steps=40, trials=None, targets=True):
    """Unit k holds input k as it is; the head adds them up, and the targets are those sums."""
    random = np.random.default_rng(0)
    shape = (steps, UNITS) if trials is None else (trials, steps, UNITS)
    values = random.normal(size=shape)
    cell = SimpleRNN(np.eye(UNITS), np.zeros((UNITS, UNITS)), np.zeros(UNITS), "linear")
    head = Dense(np.ones((UNITS, 1)), np.zeros(1), "linear")
    sums = values.sum(axis=-1) if targets else None
    return run(Network((Layer(cell),), head=(head,)), Inputs(values, targets=sums))


@pytest.mark.parametrize("trials", [None, 2])
def test_a_unit_that_carries_a_part_of_the_target_is_missed_by_its_own_square(trials):
    ran = adding(trials=trials)
    found = losses_of(ran)
    assert found.measure == "squares"
    assert found.values == pytest.approx(np.zeros(40 * (trials or 1)))
    missing = ran.data.values[..., 1].ravel()
    where = missing > 0
    lost = switch_off(ran, 1, where)
    assert (lost.measure, lost.count, lost.others) == ("squares", where.sum(), (~where).sum())
    assert lost.before == lost.before_elsewhere == pytest.approx(0)
    assert lost.after == pytest.approx((missing[where] ** 2).mean())
    assert lost.after_elsewhere == pytest.approx((missing[~where] ** 2).mean())


def test_without_targets_and_without_tokens_there_is_no_loss():
    ran = adding(targets=False)
    assert not has_losses(ran)
    with pytest.raises(ValueError, match="token"):
        losses_of(ran)
    assert has_losses(adding())
