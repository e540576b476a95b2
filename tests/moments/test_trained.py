"""Networks that this program has trained: what units follow, and what is lost without them."""

import dataclasses

import numpy as np
import pytest

from rnnviz import Training, run, train
from rnnviz.engine import Inputs
from rnnviz.moments import explain_units, find, next_token, switch_off
from rnnviz.moments.features import features_of
from rnnviz.moments.switch_off import without_unit
from tests.moments.networks import class_network, text_of, tokens


def trained_on(text, units, steps):
    """A network that has learnt the next character of a text, and how it reads characters."""
    plain = Training.of("next_character")
    recipe = plain.experiment.replace(units=units, timesteps=40)
    training = dataclasses.replace(
        plain, experiment=recipe, steps=steps, learnt_text="own", own_text=text
    )
    trained = train(training)
    vocabulary = training.learnt_task.vocabulary
    numbers = {one: place for place, one in enumerate(vocabulary)}

    def read(other):
        inputs = Inputs(np.array([numbers[one] for one in other]), vocabulary=vocabulary)
        return run(trained.network, inputs)

    return read


def nested(seed, length):
    """Brackets to a depth of four, and digits that name the depth they stand at.

    The language of LSTMVis's first example (H. Strobelt et al., IEEE TVCG 24, 2018).
    """
    random, written, depth = np.random.default_rng(seed), [], 0
    while len(written) < length:
        kind = random.random()
        if kind < 0.5:
            written.append(str(depth))
        elif depth == 0 or (kind < 0.75 and depth < 4):
            written.append("(")
            depth += 1
        else:
            written.append(")")
            depth -= 1
    return "".join(written)


def test_the_depth_of_nested_brackets_is_found_in_the_states():
    ran = trained_on(nested(0, 1200), units=12, steps=160)(nested(1, 2000))
    found = explain_units(ran, shuffles=39)
    depths = [one for one in found.findings if one.feature.key == "token.depth"]
    assert len(depths) >= 3
    assert depths[0].score > 0.9
    assert found.findings[0].feature.key == "token.depth"
    # The units that stay on through a stretch deep inside are on deep inside elsewhere, too.
    depth = next(one.values for one in features_of(ran) if one.key == "token.depth")
    deep = np.convolve(depth >= 3, np.ones(5), "valid") == 5
    first = int(np.flatnonzero(deep)[4])
    alike = find(ran, (first, first + 5), measure="exact", most=20)
    assert len(alike) >= 5
    mean = np.mean([depth[t : t + 5].mean() for t in alike.timesteps])
    assert mean > depth.mean() + 0.5


def quoted(seed, length):
    """Letters a and b outside of quotation marks, c and d inside."""
    random, written, inside = np.random.default_rng(seed), [], False
    while len(written) < length:
        if random.random() < 0.15:
            written.append("”" if inside else "“")
            inside = not inside
        else:
            written.append(random.choice(list("cd" if inside else "ab")))
    return "".join(written)


def test_a_unit_that_follows_quotations_is_missed_inside_them_when_it_is_switched_off():
    ran = trained_on(quoted(0, 1200), units=4, steps=200)(quoted(1, 1500))
    found = explain_units(ran, shuffles=39)
    best = next(one for one in found.findings if one.feature.key == "token.quotes")
    assert best.score > 0.95
    lost = switch_off(ran, best.unit, best.feature.values)
    assert lost.before < 1.8  # of two letters and a closing mark, log₂ 3 = 1.58 at most is needed
    assert lost.after > lost.before + 0.1


def test_a_network_without_a_head_says_so():
    ran = run(class_network(), tokens(text_of(0, words=30)))
    with pytest.raises(ValueError, match="softmax"):
        next_token(ran)
    with pytest.raises(ValueError, match="no Dense"):
        without_unit(ran.network, 3)
