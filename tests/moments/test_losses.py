"""How far a network is off where data have targets, and what is lost without a unit."""

import numpy as np
import pytest

from rnnviz.engine import Dense, Inputs, Layer, Network, SimpleRNN, run
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


@pytest.mark.parametrize("stateful", [False, True])
@pytest.mark.parametrize("begin", [None, 0.3])
def test_a_network_without_a_unit_carries_its_own_state_from_trial_to_trial(stateful, begin):
    random = np.random.default_rng(5)
    kernel, recurrent = random.normal(size=(2, UNITS)), random.normal(size=(UNITS, UNITS))
    cell = SimpleRNN(kernel, recurrent, random.normal(size=UNITS))
    readout = random.normal(size=(UNITS, 1))
    network = Network((Layer(cell),), head=(Dense(readout, np.zeros(1), "linear"),))
    values, targets = random.normal(size=(3, 4, 2)), random.normal(size=(3, 4))
    first = None if begin is None else np.full(UNITS, begin)
    ran = run(network, Inputs(values, targets=targets), first, stateful=stateful)
    assert ran.stateful == stateful
    without, head = recurrent.copy(), readout.copy()
    without[1], head[1] = 0, 0
    start = np.zeros(UNITS) if first is None else first
    squares, state = [], start
    for trial, wanted in zip(values, targets, strict=True):
        state = state if stateful else start
        for x, y in zip(trial, wanted, strict=True):
            state = np.tanh(x @ kernel + state @ without + cell.bias)
            squares.append(((state @ head)[0] - y) ** 2)
    assert switch_off(ran, 1, np.ones(12, bool)).after == pytest.approx(np.mean(squares))


def test_without_targets_and_without_tokens_there_is_no_loss():
    ran = adding(targets=False)
    assert not has_losses(ran)
    with pytest.raises(ValueError, match="token"):
        losses_of(ran)
    assert has_losses(adding())
