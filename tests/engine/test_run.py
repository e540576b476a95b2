"""A network is a value, and a run is that network on inputs: one sequence or several."""

import numpy as np
import pytest

from rnnviz import Experiment, Inputs, Layer, Network, run, simulate
from rnnviz.engine import GRU, LSTM, Dense, Embedding, Given, SimpleRNN, from_architecture
from rnnviz.spec.simulate import build
from tests.codegen.random_experiments import random_experiment


def a_network(seed=0, features=3, both=False):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(size=shape) * 0.5

    def lstm(features):
        return LSTM(draw(features, 16), draw(4, 16), draw(16))

    return Network(
        (
            Layer(SimpleRNN(draw(features, 5), draw(5, 5), draw(5))),
            Layer(lstm(5), lstm(5) if both else None, return_sequences=False),
        ),
        head=(Dense(draw(8 if both else 4, 2), draw(2), "sigmoid"),),
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_network_run_by_hand_gives_the_simulated_states(seed):
    experiment = random_experiment(seed)
    network, inputs = build(experiment)
    by_hand, simulated = run(network, inputs), simulate(experiment)
    for one, other in zip(by_hand.layers, simulated.layers, strict=True):
        assert np.array_equal(one.states, other.states, equal_nan=True)
    assert np.array_equal(by_hand.output, simulated.output, equal_nan=True)
    assert simulated.source is experiment
    assert isinstance(by_hand.source, Given)
    assert by_hand.experiment is None


@pytest.mark.parametrize("seed", range(12))
def test_architecture_and_weights_give_the_same_network_back(seed):
    network, _ = build(random_experiment(seed))
    again = from_architecture(network.architecture, network.weights)
    assert again.sha256 == network.sha256
    assert list(again.weights) == list(network.weights)


def test_the_hash_tells_weights_settings_and_dtype_apart():
    network = a_network()
    kernel = network.weights["simple_rnn/kernel"]
    assert a_network().sha256 == network.sha256
    assert network.with_weights({"simple_rnn/kernel": kernel}).sha256 == network.sha256
    assert network.with_weights({"simple_rnn/kernel": -kernel}).sha256 != network.sha256
    assert a_network(seed=1).sha256 != network.sha256
    cell = network.layers[0].forward
    other = SimpleRNN(cell.kernel, cell.recurrent_kernel, cell.bias, "relu")
    assert Network((Layer(other),)).sha256 != Network((Layer(cell),)).sha256


def test_names_of_weights_are_those_of_keras():
    assert list(a_network(both=True).weights) == [
        *(f"simple_rnn/{name}" for name in ("kernel", "recurrent_kernel", "bias")),
        *(
            f"bidirectional/{direction}/{name}"
            for direction in ("forward", "backward")
            for name in ("kernel", "recurrent_kernel", "bias")
        ),
        "dense/kernel",
        "dense/bias",
    ]


def test_arrays_handed_out_are_read_only():
    result = run(a_network(), np.zeros((4, 3)))
    for array in (result.inputs, result.states, result.data.values, result.output):
        assert not array.flags.writeable
    mine = np.zeros((4, 3))
    run(a_network(), mine)
    mine[0] = 1  # the caller's own array stays writable, and the run does not see it
    assert not result.inputs.any()


@pytest.mark.parametrize("both", [False, True])
def test_a_trial_is_the_run_of_its_sequence_alone(both):
    network, rng = a_network(both=both), np.random.default_rng(3)
    values = rng.normal(size=(4, 7, 3))
    together = run(network, values)
    assert together.trials == 4
    assert together.states.shape[:2] == (4, 7)
    for index in range(4):
        alone = run(network, values[index])
        trial = together.trial(index)
        assert trial.trial_index == index
        np.testing.assert_allclose(trial.states, alone.states, atol=1e-14)
        np.testing.assert_allclose(trial.preactivations, alone.preactivations, atol=1e-14)
        np.testing.assert_allclose(trial.output, alone.output, atol=1e-14)
        np.testing.assert_allclose(trial.readings, alone.readings, atol=1e-14)


@pytest.mark.parametrize("both", [False, True])
def test_trials_of_several_lengths_do_not_see_their_padding(both):
    network, rng = a_network(both=both), np.random.default_rng(4)
    values, lengths = rng.normal(size=(3, 9, 3)), (9, 4, 1)
    together = run(network, Inputs(values, lengths=lengths, labels=("a", "b", "c")))
    assert together.lengths == lengths
    for index, length in enumerate(lengths):
        alone, trial = run(network, values[index, :length]), together.trial(index)
        assert trial.states.shape == (length, alone.states.shape[1])
        np.testing.assert_allclose(trial.states, alone.states, atol=1e-14)
        np.testing.assert_allclose(trial.output, alone.output, atol=1e-14)
        assert trial.data.labels == ("abc"[index],)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("lengths", [(9, 4, 1), (4, 4, 4), (9, 9, 9), ()])
def test_what_a_run_of_several_lengths_returns_is_each_trial_s_own_end(both, lengths):
    network, values = a_network(both=both), np.random.default_rng(4).normal(size=(3, 9, 3))
    together = run(network, Inputs(values, lengths=lengths))
    for index, length in enumerate(lengths or (9, 9, 9)):
        alone = run(network, values[index, :length])
        close = {"atol": 1e-14}
        np.testing.assert_allclose(together.output[index], alone.output, **close)
        np.testing.assert_allclose(together.readings[index, :length], alone.readings, **close)
        for layer, own in zip(together.layers, alone.layers, strict=True):
            if not layer.return_sequences:
                np.testing.assert_allclose(layer.output[index], own.output, **close)
            for whole, last in zip(layer.last_states, own.last_states, strict=True):
                np.testing.assert_allclose(whole[index], last, **close)
            np.testing.assert_allclose(
                layer.preactivations[index, :length], own.preactivations, **close
            )


@pytest.mark.parametrize("lengths", [(5, 2), (2, 2)])
def test_preactivations_of_both_directions_belong_to_their_states(lengths):
    """tanh(z) is h at every timestep of a trial, in the direction that reads from its end too."""
    rng = np.random.default_rng(8)
    cells = [
        SimpleRNN(rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4))
        for _ in range(2)
    ]
    values = rng.normal(size=(2, 5, 3))
    layer = run(Network((Layer(*cells),)), Inputs(values, lengths=lengths)).layers[0]
    for trial, length in enumerate(lengths):
        shown = np.tanh(layer.preactivations[trial, :length])
        np.testing.assert_allclose(shown, layer.states[trial, :length], atol=1e-14)
        # The plain loop from the trial's own end.
        state = np.zeros(4)
        for x in values[trial, :length][::-1]:
            state = np.tanh(x @ cells[1].kernel + state @ cells[1].recurrent_kernel + cells[1].bias)
        np.testing.assert_allclose(layer.states[trial, 0, 4:], state, atol=1e-14)
        np.testing.assert_allclose(layer.last_states[1][trial], state, atol=1e-14)


def test_an_initial_state_goes_on_where_a_run_ended():
    rng = np.random.default_rng(5)
    layer = GRU(rng.normal(size=(3, 12)), rng.normal(size=(4, 12)), rng.normal(size=(2, 12)))
    network, values = Network((Layer(layer),)), rng.normal(size=(10, 3))
    whole, first = run(network, values), run(network, values[:6])
    second = run(network, values[6:], initial_state=first.states[-1])
    np.testing.assert_allclose(second.states, whole.states[6:], atol=1e-14)


def test_tokens_are_read_by_an_embedding():
    rng = np.random.default_rng(6)
    cell = SimpleRNN(rng.normal(size=(2, 4)), rng.normal(size=(4, 4)), np.zeros(4))
    network = Network((Layer(cell),), Embedding(rng.normal(size=(5, 2))))
    result = run(network, Inputs(np.array([3, 1, 4]), vocabulary=("", "a", "b", "c", "d")))
    assert result.token_labels == ("c", "a", "d")
    assert run(network, np.array([[3, 1], [0, 2]])).trials == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((4, 2)), "reads 3 features"),
        (np.zeros(4), "tokens, which are whole numbers"),
        (np.zeros((0, 3)), "shape (0, 3)"),
        (np.array([["a", "b"]]), "real numbers"),
        (np.zeros((1, 2, 3, 4)), "shape (1, 2, 3, 4)"),
    ],
)
def test_inputs_that_do_not_fit_are_told(values, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(").replace(")", r"\)")):
        run(a_network(), values)


def test_parts_that_do_not_fit_are_told():
    cell = a_network().layers[0].forward
    with pytest.raises(ValueError, match="reads 3 features, but it is given 5"):
        Network((Layer(cell), Layer(cell)))
    with pytest.raises(ValueError, match="whole sequence"):
        Network((Layer(cell, return_sequences=False), a_network().layers[1]))
    with pytest.raises(ValueError, match="at least one"):
        Network(())
    with pytest.raises(ValueError, match="There is no weight"):
        a_network().with_weights({"lstm/nothing": np.zeros(1)})
    with pytest.raises(ValueError, match="2 labels for 3 trials"):
        run(a_network(), Inputs(np.zeros((3, 2, 3)), labels=("a", "b")))


def test_the_frame_has_a_row_a_state():
    frame = run(a_network(), np.zeros((2, 3, 3))).to_frame()
    assert list(frame.columns) == ["trial", "layer", "timestep", "unit", "state"]
    assert len(frame) == 2 * 3 * (5 + 4)


def test_the_lecture_is_the_network_of_its_experiment():
    network, inputs = Experiment().build()
    assert network.parameter_count == 64 * (64 + 32 + 1)
    assert inputs.values.shape == (100, 32)
