"""Where layers read from the end, moments still stand in time's order, trial by trial."""

import itertools

import numpy as np
import pytest

from rnnviz.app.components.moments.payload import moment_rows, shades
from rnnviz.app.pages.moments import _gone_to, _in_time
from rnnviz.app.runtime import state
from rnnviz.engine import Dense, Embedding, Inputs, Layer, Network, SimpleRNN, run
from rnnviz.moments import find, index_of, losses_of, next_token
from rnnviz.moments.joined import joined_states
from rnnviz.spec.perspective import Perspective

UNITS = 3
STACKS = list(itertools.product([False, True], repeat=2))


def copying(turned, **more):
    """Layers that hold what they read, each in its own order."""
    cell = SimpleRNN(np.eye(UNITS), np.zeros((UNITS, UNITS)), np.zeros(UNITS), "linear")
    return Network(tuple(Layer(cell, go_backwards=one) for one in turned), **more)


@pytest.mark.parametrize("turned", STACKS)
@pytest.mark.parametrize("lengths", [(), (9, 9), (9, 4)])
def test_states_of_every_layer_are_joined_in_time_s_order(turned, lengths):
    values = np.random.default_rng(0).normal(size=(2, 9, UNITS))
    ran = run(copying(turned), Inputs(values, lengths=lengths))
    wanted = np.concatenate([row[:n] for row, n in zip(values, lengths or (9, 9), strict=True)])
    for layer in range(2):
        joined = joined_states(ran, layer)
        np.testing.assert_array_equal(joined.rows(np.arange(joined.steps)), wanted)


@pytest.mark.parametrize("turned", STACKS)
def test_the_strip_of_a_moment_holds_the_states_of_its_timesteps(turned):
    values = np.random.default_rng(1).normal(size=(60, UNITS))
    ran = run(copying(turned), values)
    index = index_of(ran)
    found = find(index, (20, 24), most=3)
    rows, strips = moment_rows(ran, index, found, 1)
    span = np.abs(values).max()
    for row, strip in zip(rows, strips, strict=True):
        part = values[row["begin"] : row["end"]][:, found.units]
        np.testing.assert_array_equal(strip, shades(part.T, span, True))


@pytest.mark.parametrize("turned", STACKS)
def test_the_next_token_is_the_one_that_is_read_next(turned):
    random = np.random.default_rng(2)
    table, kernel = random.normal(size=(4, UNITS)), random.normal(size=(UNITS, 4))
    head = (Dense(kernel, np.zeros(4), "softmax"),)
    numbers = random.integers(0, 4, (2, 8))
    ran = run(copying(turned, embedding=Embedding(table), head=head), Inputs(numbers, (8, 5)))
    told, place = next_token(ran), 0
    step = -1 if turned[0] != turned[1] else 1
    for trial, length in enumerate((8, 5)):
        for t in range(length):
            powers = np.exp(table[numbers[trial, t]] @ kernel)
            there = t + step
            if 0 <= there < length:
                share = powers[numbers[trial, there]] / powers.sum()
                assert told.probability[place] == pytest.approx(share)
                assert told.surprise[place] == pytest.approx(-np.log2(share))
            else:
                assert np.isnan(told.probability[place])
            assert told.likeliest[place] == powers.argmax()
            place += 1


@pytest.mark.parametrize("turned", STACKS)
@pytest.mark.parametrize("trials", [None, 2])
def test_a_loss_stands_at_the_timestep_that_was_read(turned, trials):
    shape = (7, UNITS) if trials is None else (trials, 7, UNITS)
    values = np.random.default_rng(3).normal(size=shape)
    head = (Dense(np.ones((UNITS, 1)), np.zeros(1), "linear"),)
    targets = np.zeros(shape[:-1])
    lengths = () if trials is None else (7, 4)
    ran = run(copying(turned, head=head), Inputs(values, lengths, targets=targets))
    squares = values.sum(axis=-1) ** 2
    if trials:
        squares = np.concatenate([squares[0], squares[1, :4]])
    np.testing.assert_allclose(losses_of(ran).values, squares)


@pytest.mark.parametrize("turned", STACKS)
def test_a_moment_that_is_gone_to_is_where_the_states_show_it(turned, monkeypatch):
    """The timestep of a link counts a layer's states as they were read; the page counts time."""
    values = np.random.default_rng(4).normal(size=(2, 9, UNITS))
    ran = run(copying(turned), Inputs(values, lengths=(9, 5)))
    clicked = {"trial": 1, "timestep": 1, "count": 1}
    monkeypatch.setattr(state, "asked", lambda key, name=None: clicked)
    monkeypatch.setattr(state, "component", lambda name: name)
    monkeypatch.setattr(state, "chosen", lambda name, told: told)
    for layer in range(2):
        there = _gone_to(ran, Perspective(layer=layer))
        shown = ran.trial(1)
        np.testing.assert_array_equal(shown.layers[layer].states[there.timestep], values[1, 1])
        assert _in_time(shown, layer, there.timestep) == 1
