"""Probability and surprise of the next token, and a network without one of its units."""

import numpy as np
import pytest

from rnnviz.engine import GRU, Dense, Embedding, Inputs, Layer, Network, run
from rnnviz.moments import next_token, switch_off
from rnnviz.moments.next_token import has_next_token
from rnnviz.moments.switch_off import without_unit


def reader(seed=0, units=5, tokens=4, activation="softmax", layers=1):
    random = np.random.default_rng(seed)
    stack = []
    for place in range(layers):
        features = 3 if place == 0 else units
        stack.append(
            Layer(
                GRU(
                    random.normal(size=(features, 3 * units)),
                    random.normal(size=(units, 3 * units)),
                    random.normal(size=(2, 3 * units)),
                )
            )
        )
    head = Dense(random.normal(size=(units, tokens)), random.normal(size=tokens), activation)
    return Network(tuple(stack), Embedding(random.normal(size=(tokens, 3))), (head,))


def test_it_is_what_the_head_gave_to_the_token_that_came():
    numbers = np.random.default_rng(1).integers(0, 4, (3, 20))
    ran = run(reader(), Inputs(numbers, lengths=(20, 7, 13)))
    told = next_token(ran)
    assert len(told.probability) == 40
    one = ran.trial(1)
    for step in range(6):
        assert told.probability[20 + step] == one.readings[step, numbers[1, step + 1]]
        assert told.likeliest[20 + step] == one.readings[step].argmax()
    assert np.isnan(told.probability[[19, 26, 39]]).all()
    known = ~np.isnan(told.probability)
    assert told.surprise[known] == pytest.approx(-np.log2(told.probability[known]))


def test_heads_of_another_kind_say_no_probability():
    numbers = np.arange(12) % 4
    assert not has_next_token(run(reader(activation="linear"), numbers))
    with pytest.raises(ValueError, match="softmax"):
        next_token(run(reader(activation="linear"), numbers))


@pytest.mark.parametrize("layers", [1, 2])
def test_without_a_unit_the_others_see_it_as_zero(layers):
    network, numbers = reader(layers=layers), np.random.default_rng(2).integers(0, 4, 30)
    changed = without_unit(network, 2, 0)
    ran = run(changed, numbers)
    cell, (before, after) = network.layers[0].forward, (np.zeros(5), None)
    embedded = network.embedding.embed(numbers)
    # The plain loop: the state that is read has a 0 in the unit's place.
    z = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    for step, x in enumerate(embedded):
        seen = np.where(np.arange(5) == 2, 0, before)
        a = x @ cell.kernel + cell.bias[0]
        b = seen @ cell.recurrent_kernel + cell.bias[1]
        update, reset = z(a[:5] + b[:5]), z(a[5:10] + b[5:10])
        after = update * before + (1 - update) * np.tanh(a[10:] + reset * b[10:])
        assert ran.layers[0].states[step] == pytest.approx(after, abs=1e-12)
        before = after
    if layers == 2:
        upper = run(
            Network(network.layers[1:]), np.where(np.arange(5) == 2, 0, ran.layers[0].states)
        )
        assert ran.layers[1].states == pytest.approx(upper.states, abs=1e-12)


def test_the_loss_is_told_where_it_was_asked_and_elsewhere():
    numbers = np.random.default_rng(3).integers(0, 4, 60)
    ran, where = run(reader(), numbers), np.arange(60) < 25
    lost = switch_off(ran, 1, where)
    surprise = next_token(ran).surprise
    again = next_token(run(without_unit(ran.network, 1), numbers)).surprise
    assert lost.before == pytest.approx(surprise[:25].mean())
    assert lost.after == pytest.approx(again[:25].mean())
    assert lost.before_elsewhere == pytest.approx(surprise[25:59].mean())
    assert lost.after_elsewhere == pytest.approx(again[25:59].mean())
    with pytest.raises(ValueError, match="0 to 4"):
        switch_off(ran, 5, where)
    with pytest.raises(ValueError, match="60 timesteps"):
        switch_off(ran, 1, where[:9])
    with pytest.raises(ValueError, match="no timestep"):
        switch_off(ran, 1, np.zeros(60, bool))
