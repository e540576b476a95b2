"""Backpropagation through time against differences of the loss of the engine's own runs."""

import dataclasses

import numpy as np
import pytest

import rnnviz
from rnnviz.engine import CELLS, Inputs
from rnnviz.learn import LOSSES, gradients
from tests.learn.networks import random_network

TIMESTEPS, BATCH = 7, 3


def plain_loss(network, inputs, targets, loss, mask, initial_state=None):
    """The loss by its definition, from what `rnnviz.run` gives: no code of `rnnviz.learn`."""
    outputs = rnnviz.run(network, inputs, initial_state).output
    if loss == "mean_squared_error":
        losses = ((outputs - targets) ** 2).mean(-1)
    elif loss == "binary_crossentropy":
        p = 1 / (1 + np.exp(-outputs))
        losses = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean(-1)
    else:
        p = np.exp(outputs) / np.exp(outputs).sum(-1, keepdims=True)
        losses = -(targets * np.log(p)).sum(-1)
    return losses.mean() if mask is None else (losses * mask).sum() / mask.sum()


def differences(network, *rest, step=1e-5, **more):
    """Central differences of the loss by every weight."""
    found = {}
    for name, array in network.weights.items():
        slope = np.empty_like(array)
        for place in np.ndindex(array.shape):
            sides = []
            for sign in (1, -1):
                moved = array.copy()
                moved[place] += sign * step
                sides.append(plain_loss(network.with_weights({name: moved}), *rest, **more))
            slope[place] = (sides[0] - sides[1]) / (2 * step)
        found[name] = slope
    return found


def data_for(network, outputs=2, seed=1, loss="mean_squared_error"):
    generator = np.random.default_rng(seed)
    shape = (BATCH, TIMESTEPS)
    if network.reads_tokens:
        inputs = generator.integers(network.embedding.input_dim, size=shape)
    else:
        inputs = generator.normal(size=(*shape, network.input_features))
    rows = shape if network.layers[-1].return_sequences else (BATCH,)
    if loss == "mean_squared_error":
        return inputs, generator.normal(size=(*rows, outputs))
    if loss == "binary_crossentropy":
        return inputs, generator.integers(2, size=(*rows, outputs)).astype(float)
    return inputs, np.eye(outputs)[generator.integers(outputs, size=rows)]


def assert_gradients(network, inputs, targets, loss="mean_squared_error", mask=None, **more):
    value, found = gradients(network, inputs, targets, loss, mask=mask, **more)
    assert value == pytest.approx(plain_loss(network, inputs, targets, loss, mask, **more), 1e-12)
    wanted = differences(network, inputs, targets, loss, mask, **more)
    assert list(found) == list(network.weights)
    for name in wanted:
        scale = max(1e-3, np.abs(wanted[name]).max())
        np.testing.assert_allclose(found[name], wanted[name], 0, 1e-7 * scale, err_msg=name)
        assert np.abs(wanted[name]).max() > 0, name


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("way", ["forwards", "backwards", "bidirectional"])
def test_every_cell(cell, return_sequences, way):
    network = random_network(
        (cell,),
        return_sequences=return_sequences,
        go_backwards=way == "backwards",
        bidirectional=way == "bidirectional",
    )
    assert_gradients(network, *data_for(network))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("activation", ["sigmoid", "softsign", "elu", "linear"])
def test_other_activations(cell, activation):
    network = random_network(
        (cell,), activation=activation, recurrent_activation="hard_sigmoid", units=3
    )
    assert_gradients(network, *data_for(network))


def test_a_gru_whose_reset_gate_comes_first():
    network = random_network(("GRU", "GRU"), reset_after=False)
    assert_gradients(network, *data_for(network))


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave"])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_merge_modes(merge_mode, return_sequences):
    network = random_network(
        ("SimpleRNN", "LSTM"),
        bidirectional=True,
        merge_mode=merge_mode,
        return_sequences=return_sequences,
    )
    assert_gradients(network, *data_for(network))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("masked", [True, False])
def test_losses(loss, masked):
    network = random_network(("SimpleRNN", "GRU"), outputs=3)
    inputs, targets = data_for(network, 3, loss=loss)
    mask = np.random.default_rng(5).random((BATCH, TIMESTEPS)) * (np.arange(TIMESTEPS) > 2)
    assert_gradients(network, inputs, targets, loss, mask if masked else None)


def test_tokens_through_an_embedding_and_a_normalization():
    network = random_network(("SimpleRNN", "SimpleRNN"), tokens=5, normalized=True)
    assert_gradients(network, *data_for(network))


@pytest.mark.parametrize("head", ["tanh", "softmax"])
def test_a_head_that_is_no_straight_line_under_a_squared_error(head):
    network = random_network(head=head)
    assert_gradients(network, *data_for(network))


def test_without_a_head():
    network = random_network(("LSTM",), head=None, units=2)
    assert_gradients(network, *data_for(network))


def test_an_initial_state():
    network = random_network(("LSTM",))
    state = np.random.default_rng(3).normal(size=(BATCH, 8))
    assert_gradients(network, *data_for(network), initial_state=state)


@pytest.mark.parametrize(
    ("loss", "head"), [("binary_crossentropy", "sigmoid"), ("categorical_crossentropy", "softmax")]
)
def test_a_head_that_ends_in_probabilities_is_learnt_from_its_logits(loss, head):
    linear, ending = random_network(outputs=3), random_network(outputs=3, head=head)
    inputs, targets = data_for(linear, 3, loss=loss)
    value, found = gradients(ending, inputs, targets, loss)
    wanted_value, wanted = gradients(linear, inputs, targets, loss)
    assert value == wanted_value
    for name in wanted:
        np.testing.assert_array_equal(found[name], wanted[name])


def test_classes_are_named_by_whole_numbers():
    network = random_network(outputs=3)
    inputs, targets = data_for(network, 3, loss="categorical_crossentropy")
    one = gradients(network, inputs, targets, "categorical_crossentropy")
    other = gradients(network, inputs, targets.argmax(-1), "categorical_crossentropy")
    assert one[0] == other[0]
    with pytest.raises(ValueError, match="classes go from 0 to 2"):
        gradients(network, inputs, targets.argmax(-1) + 1, "categorical_crossentropy")


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("go_backwards", [True, False])
def test_padding_changes_nothing(return_sequences, bidirectional, go_backwards):
    """Trials of several lengths together against each of them on its own."""
    if bidirectional and go_backwards:
        pytest.skip("a Bidirectional layer has both")
    network = random_network(
        ("GRU", "SimpleRNN"),
        return_sequences=return_sequences,
        bidirectional=bidirectional,
        go_backwards=go_backwards,
    )
    inputs, targets = data_for(network)
    lengths = (7, 2, 5)
    value, found = gradients(network, Inputs(inputs, lengths), targets)
    alone = [
        gradients(network, inputs[i, :n], targets[i, :n] if return_sequences else targets[i])
        for i, n in enumerate(lengths)
    ]
    weights = np.array(lengths if return_sequences else (1, 1, 1)) / 1.0
    weights /= weights.sum()
    assert value == pytest.approx(sum(w * one[0] for w, one in zip(weights, alone, strict=True)))
    for name in found:
        wanted = sum(w * one[1][name] for w, one in zip(weights, alone, strict=True))
        np.testing.assert_allclose(found[name], wanted, 0, 1e-14, err_msg=name)


def masked_network(cell, way, return_sequences):
    network = random_network(
        (cell, "SimpleRNN") if cell == "GRU" else (cell,),
        features=2,
        units=2,
        tokens=5,
        return_sequences=return_sequences,
        go_backwards=way == "backwards",
        bidirectional=way == "bidirectional",
    )
    embedding = dataclasses.replace(network.embedding, mask_zero=True)
    return dataclasses.replace(network, embedding=embedding)


@pytest.mark.parametrize(
    ("cell", "return_sequences"), [*((cell, True) for cell in CELLS), ("LSTM", False)]
)
@pytest.mark.parametrize("way", ["forwards", "backwards", "bidirectional"])
def test_masked_timesteps_are_passed_over(cell, way, return_sequences):
    """Zeros before, behind and between the tokens, against differences of the engine's runs."""
    network = masked_network(cell, way, return_sequences)
    tokens = np.array([[0, 0, 3, 1, 2, 0, 1], [4, 0, 1, 0, 0, 0, 0], [1, 2, 3, 4, 1, 2, 3]])
    rows = tokens.shape if return_sequences else (BATCH,)
    targets = np.random.default_rng(2).normal(size=(*rows, 2))
    mask = (tokens > 0).astype(float) if return_sequences else None
    value, found = gradients(network, tokens, targets)
    assert value == pytest.approx(
        plain_loss(network, tokens, targets, "mean_squared_error", mask), 1e-12
    )
    wanted = differences(network, tokens, targets, "mean_squared_error", mask)
    wanted["embedding/embeddings"][0] = 0  # nothing is read of a masked token
    for name in wanted:
        scale = max(1e-3, np.abs(wanted[name]).max())
        np.testing.assert_allclose(found[name], wanted[name], 0, 1e-7 * scale, err_msg=name)
    whole = dataclasses.replace(
        network, embedding=dataclasses.replace(network.embedding, mask_zero=False)
    )
    assert gradients(whole, tokens, targets, mask=mask)[0] != pytest.approx(value, 1e-6)


def test_a_batch_of_nothing_but_masked_timesteps_is_said():
    network = masked_network("GRU", "forwards", True)
    with pytest.raises(ValueError, match="nothing to learn from"):
        gradients(network, np.zeros((BATCH, 4), int), np.zeros((BATCH, 4, 2)))


@pytest.mark.parametrize("cell", CELLS)
def test_truncated_is_learning_in_pieces(cell):
    """Cut every 3 timesteps: as if each piece began from a state that nothing flows back to."""
    network = random_network((cell,))
    inputs, targets = data_for(network)
    _, found = gradients(network, inputs, targets, truncate=3)
    run = rnnviz.run(network, inputs)
    total = dict.fromkeys(network.weights, 0)
    for first in range(0, TIMESTEPS, 3):
        piece = slice(first, first + 3)
        size = len(range(TIMESTEPS)[piece])
        state = run.layers[0].trace.full_states[:, first - 1] if first else None
        _, part = gradients(network, inputs[:, piece], targets[:, piece], initial_state=state)
        for name in total:
            total[name] = total[name] + part[name] * size / TIMESTEPS
    for name in found:
        np.testing.assert_allclose(found[name], total[name], 0, 1e-14, err_msg=name)
    whole = gradients(network, inputs, targets)[1]
    assert any(np.abs(whole[name] - found[name]).max() > 1e-6 for name in whole)


def test_the_lecture_s_network_gets_no_gradient_for_what_it_multiplies():
    """All states are exactly 1, so nothing reaches kernel, recurrent kernel and bias."""
    generator = np.random.default_rng(0)
    network = rnnviz.Network(
        (
            rnnviz.Layer(
                CELLS["SimpleRNN"](
                    generator.random((32, 64)), generator.random((64, 64)), generator.random(64)
                )
            ),
        )
    )
    inputs = generator.random((100, 32))
    mask = np.arange(100) >= 1
    _, found = gradients(network, inputs, np.zeros((100, 64)), mask=mask)
    assert all(not array.any() for array in found.values())


def test_one_timestep_and_one_sequence():
    network = random_network(("LSTM",))
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(1, 3)), generator.normal(size=(1, 2))
    value, found = gradients(network, inputs, targets)
    batch = gradients(network, inputs[None], targets[None])
    assert value == batch[0]
    assert not found["lstm/recurrent_kernel"].any()  # the state before it is zero


def test_float32_stays_float32():
    network = random_network(("GRU",), dtype=np.float32)
    inputs, targets = data_for(network)
    _, found = gradients(network, inputs, targets)
    wanted = gradients(random_network(("GRU",)), inputs, targets)[1]
    for name in found:
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], wanted[name], 1e-3, 1e-5)


def test_what_does_not_fit_is_said():
    network = random_network()
    inputs, targets = data_for(network)
    with pytest.raises(ValueError, match=r"targets have shape \(3, 6, 2\).*\(3, 7, 2\)"):
        gradients(network, inputs, targets[:, 1:])
    with pytest.raises(ValueError, match="reads 3 features"):
        gradients(network, inputs[..., :2], targets)
    with pytest.raises(ValueError, match="There is no loss 'hinge'"):
        gradients(network, inputs, targets, "hinge")
    with pytest.raises(ValueError, match="one above 0"):
        gradients(network, inputs, targets, mask=np.zeros((BATCH, TIMESTEPS)))
