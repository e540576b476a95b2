import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS
from rnnviz.spec.experiment import LAYERS_LIMIT, ExperimentError
from rnnviz.spec.restack import added, duplicated, moved, removed, with_layers

STACK = Experiment(
    units=(8, 7, 6),
    cell=("LSTM", "GRU", "SimpleRNN"),
    bidirectional=(True, False, False),
    return_sequences=(True, True, False),
    seed=3,
)


def units(experiment):
    return [layer.units for layer in experiment.layers]


def test_the_same_layers_are_the_same_experiment():
    assert with_layers(STACK, STACK.layers) == STACK


def test_add_puts_a_plain_layer_on_top():
    taller = added(STACK)
    assert units(taller) == [8, 7, 6, 6]
    assert taller.cell == ("LSTM", "GRU", "SimpleRNN", "SimpleRNN")
    assert taller.layers[-1].kernel_initializer == STACK.layers[-1].kernel_initializer


def test_what_the_top_hands_on_stays_and_all_below_return_their_sequences():
    assert added(STACK).return_sequences == (True, True, True, False)
    assert removed(STACK, 2).return_sequences == (True, False)
    assert moved(STACK, 2, 0).return_sequences == (True, True, False)
    whole = STACK.replace(return_sequences=True)
    assert all(layer.return_sequences for layer in moved(whole, 0, 2).layers)


def test_duplicate_move_and_remove():
    assert units(duplicated(STACK, 0)) == [8, 8, 7, 6]
    assert duplicated(STACK, 0).bidirectional == (True, True, False, False)
    assert units(moved(STACK, 0, 1)) == [7, 8, 6]
    assert units(moved(STACK, 2, 1)) == [8, 6, 7]
    assert units(removed(STACK, 1)) == [8, 6]
    assert moved(STACK, 0, 1).seed == 3


def test_the_only_layer_stays():
    with pytest.raises(ValueError, match="at least one"):
        removed(Experiment(), 0)


def test_too_many_layers_are_refused():
    full = Experiment(units=(2,) * LAYERS_LIMIT)
    with pytest.raises(ExperimentError):
        added(full)


def test_the_four_models_grow_out_of_each_other():
    one = NOTES_MODELS["last_output"]
    assert added(added(added(one))) == NOTES_MODELS["four_stacked"]
