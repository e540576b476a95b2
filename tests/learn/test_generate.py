"""A text is continued token by token: as the network says, at every temperature."""

import numpy as np
import pytest

from rnnviz import Training, run
from rnnviz.engine import Inputs
from rnnviz.learn.generate import generate
from rnnviz.spec.train import start_network

TRAINING = Training.of("next_character", units=(6, 5), cell="LSTM", own_text="ab, ba. " * 9)
TRAINING = TRAINING.replace(learnt_text="own")
NETWORK = start_network(TRAINING)
START = np.array([1, 2, 3])


def test_without_temperature_it_takes_what_is_likeliest_having_read_all_before():
    tokens = generate(NETWORK, START, 12, 0, np.random.default_rng(0))
    whole = np.concatenate([START, tokens])
    said = run(NETWORK, Inputs(whole)).output  # read in one go, from the beginning
    np.testing.assert_array_equal(said[2:-1].argmax(-1), tokens)


def test_tokens_come_as_often_as_the_network_says():
    said = run(NETWORK, Inputs(START)).output[-1].astype(float)
    for temperature in (1.0, 0.5):
        wanted = said ** (1 / temperature)
        wanted /= wanted.sum()
        generator = np.random.default_rng(1)
        drawn = [generate(NETWORK, START, 1, temperature, generator)[0] for _ in range(1500)]
        found = np.bincount(drawn, minlength=len(said)) / len(drawn)
        # Four standard errors of a share.
        assert (np.abs(found - wanted) < 4 * np.sqrt(wanted / len(drawn)) + 1e-9).all()


def test_what_cannot_continue_a_text_says_so():
    with pytest.raises(ValueError, match="softmax head"):
        generate(start_network(Training.of("echo")), START, 1, 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 0"):
        generate(NETWORK, START, 1, -1, np.random.default_rng(0))
