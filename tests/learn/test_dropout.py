"""Dropout: masks from a seed; gradients against differences of loops that are written out."""

import numpy as np
import pytest

from rnnviz.engine import CELLS
from rnnviz.learn import Masks, draw_masks, gradients
from rnnviz.spec.train import carry_on, train, trainer_of
from rnnviz.spec.trained_file import read_training, write_training
from rnnviz.spec.training import Training
from tests.learn.dropped import outputs
from tests.learn.networks import random_network

BATCH, TIMESTEPS = 3, 6


def masks_of(network, dropout=0.4, recurrent_dropout=0.3, seed=4):
    return draw_masks(
        network, BATCH, dropout, recurrent_dropout, np.random.SeedSequence(seed), np.float64
    )


def data_for(network):
    generator = np.random.default_rng(1)
    shape = (BATCH, TIMESTEPS)
    return generator.normal(size=(*shape, 3)), generator.normal(size=(*shape, 2))


@pytest.mark.parametrize(
    "network",
    [
        *(random_network((cell,)) for cell in CELLS),
        random_network(("GRU",), reset_after=False),
        random_network(("LSTM", "SimpleRNN")),
        random_network(("GRU", "LSTM"), units=3, bidirectional=True),
        random_network(("LeakyRNN",), go_backwards=True),
    ],
    ids=lambda network: "-".join(network.layer_names),
)
def test_gradients_through_masks(network):
    inputs, targets = data_for(network)
    masks = masks_of(network)

    def loss(weights):
        return ((outputs(np, network, weights, inputs, masks) - targets) ** 2).mean()

    value, found = gradients(network, inputs, targets, dropout_masks=masks)
    assert value == pytest.approx(loss(network.weights), 1e-12)
    assert value != pytest.approx(gradients(network, inputs, targets)[0], 1e-3)
    for name, array in network.weights.items():
        slope = np.empty_like(array)
        for place in np.ndindex(array.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[place] += step
                sides.append(loss(dict(network.weights) | {name: moved}))
            slope[place] = (sides[0] - sides[1]) / 2e-5
        scale = max(1e-3, np.abs(slope).max())
        np.testing.assert_allclose(found[name], slope, 0, 1e-6 * scale, err_msg=name)


def test_masks_of_ones_change_no_bit():
    network = random_network(("GRU", "LSTM"))
    inputs, targets = data_for(network)
    ones = [
        (Masks(np.ones((one.forward.features, BATCH)), np.ones((4, BATCH))),)
        for one in network.layers
    ]
    whole = gradients(network, inputs, targets)
    found = gradients(network, inputs, targets, dropout_masks=ones)
    assert whole[0] == found[0]
    for name in whole[1]:
        np.testing.assert_array_equal(whole[1][name], found[1][name])


def test_a_mask_keeps_the_mean_and_its_rate():
    network = random_network(("LSTM",), features=200, units=300)
    ((one,),) = draw_masks(network, 50, 0.25, 0.5, np.random.SeedSequence(0))
    for mask, rate in ((one.inputs, 0.25), (one.states, 0.5)):
        assert set(np.unique(mask)) == {0, 1 / (1 - rate)}
        error = np.sqrt(rate * (1 - rate) / mask.size)
        assert (mask == 0).mean() == pytest.approx(rate, abs=5 * error)
    assert one.inputs.shape == (200, 50)
    assert one.states.shape == (300, 50)


def test_one_rate_never_shifts_the_other_s_masks():
    network = random_network(("GRU", "GRU"), bidirectional=True)
    both, states = masks_of(network), masks_of(network, dropout=0.0)
    for one, other in zip(both, states, strict=True):
        assert [mask.inputs for mask in other] == [None, None]
        for mask, its in zip(one, other, strict=True):
            np.testing.assert_array_equal(mask.states, its.states)
    drawn = [mask.states for one in both for mask in one]
    assert all((drawn[0] != mask).any() for mask in drawn[1:])


def dropping(**changes):
    settings = {"dropout": 0.2, "recurrent_dropout": 0.3, "steps": 12, "units": 8, "timesteps": 8}
    return Training.of("flip_flop", **(settings | changes))


def test_a_training_drops_in_batches_and_not_in_held_out_trials():
    whole, dropped = train(dropping(dropout=0, recurrent_dropout=0)), train(dropping())
    assert dropped.kept[0].loss == whole.kept[0].loss  # the same first weights, read whole
    assert dropped.losses[0] != whole.losses[0]
    np.testing.assert_array_equal(train(dropping()).losses, dropped.losses)
    assert (train(dropping(seed=1)).losses != dropped.losses).all()


def test_it_goes_on_to_the_same_bits(tmp_path):
    training, path = dropping(), tmp_path / "stopped.npz"
    trainer = trainer_of(training)
    for _ in range(5):
        trainer.advance()
    with path.open("wb") as file:
        write_training(file, training, trainer)
    resumed = carry_on(*read_training(path))
    np.testing.assert_array_equal(resumed.losses, train(training).losses)


def test_the_link_says_it():
    training = dropping()
    assert "&dropout=0.2" in training.to_query()
    assert Training.from_query(training.to_query()) == training
    assert "dropout" not in dropping(dropout=0, recurrent_dropout=0).to_query()
