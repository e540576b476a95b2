import subprocess
import sys

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.spec.experiment import TABLE

SMALL = Experiment(timesteps=20, input_features=3, units=5, weight_scale=0.1)


def lecture_loop(run):
    """The lecture's program, word for word, on the weights of a run."""
    layer = run.layers[0].layer
    W, U, b = layer.kernel.T, layer.recurrent_kernel.T, layer.bias
    state_t = np.zeros(len(b), dtype=W.dtype)
    outputs = []
    for input_t in run.inputs:
        output_t = np.tanh(np.dot(W, input_t) + np.dot(U, state_t) + b)
        outputs.append(output_t)
        state_t = output_t
    return np.stack(outputs)


def test_the_lecture_saturates_as_it_printed():
    states = simulate(Experiment()).states
    assert states.shape == (100, 64)
    assert states.dtype == np.float64
    assert (states[0] >= 0.9996).all()
    assert (states[0] < 1).all()
    assert (states[1:] == 1.0).all()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_true_of_the_lecture_for_every_seed(seed):
    run = simulate(Experiment(seed=seed))
    assert run.preactivations[0].mean() == pytest.approx(8.5, abs=3)
    assert run.preactivations[1:].min() > 19
    assert (run.states[1:] == 1.0).all()


@pytest.mark.parametrize("scale", [0.003, 0.02, 0.1, 1])
def test_the_run_is_the_lectures_loop(scale):
    run = simulate(Experiment(weight_scale=scale))
    assert np.abs(run.states - lecture_loop(run)).max() <= 1e-12


def test_the_same_link_gives_the_same_bits():
    query = Experiment(weight_scale=0.03, seed=7).to_query()
    first, second = (simulate(Experiment.from_query(query)).states for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_another_process_gives_the_same_bits():
    code = (
        "from rnnviz import Experiment, simulate; import hashlib;"
        "print(hashlib.sha256(simulate(Experiment(weight_scale=0.03)).states.tobytes()).hexdigest())"
    )
    answers = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
        for _ in range(2)
    }
    assert len(answers) == 1
    assert answers.pop().strip()


def test_one_draw_never_shifts_another():
    base, fewer = simulate(SMALL), simulate(SMALL.replace(units=4))
    assert np.array_equal(base.inputs, fewer.inputs)
    narrower = simulate(SMALL.replace(input_features=2))
    for name in ("recurrent_kernel", "bias"):
        kept, other = (getattr(run.layers[0].layer, name) for run in (base, narrower))
        assert np.array_equal(kept, other)
    longer = simulate(SMALL.replace(timesteps=30))
    assert np.array_equal(longer.inputs[:20], base.inputs)
    assert np.array_equal(longer.states[:20], base.states)
    orthogonal = simulate(SMALL.replace(recurrent_initializer="orthogonal"))
    assert np.array_equal(orthogonal.layers[0].layer.kernel, base.layers[0].layer.kernel)
    stacked = simulate(SMALL.replace(units=(5, 5)))
    assert np.array_equal(stacked.layers[0].states, base.states)


def test_weight_scale_multiplies_all_three_and_the_gains_one_each():
    one = simulate(SMALL.replace(weight_scale=1.0)).layers[0].layer
    scaled = simulate(SMALL.replace(weight_scale=0.5, input_gain=2.0, recurrent_gain=4.0))
    layer = scaled.layers[0].layer
    assert np.allclose(layer.kernel, one.kernel, rtol=1e-15)
    assert np.allclose(layer.recurrent_kernel, 2 * one.recurrent_kernel, rtol=1e-15)
    assert np.allclose(layer.bias, 0.5 * one.bias, rtol=1e-15)


def test_spectral_radius_is_what_was_asked_for():
    run = simulate(SMALL.replace(spectral_radius=0.9, weight_scale=1.0))
    eigenvalues = np.linalg.eigvals(run.layers[0].layer.recurrent_kernel)
    assert np.abs(eigenvalues).max() == pytest.approx(0.9, rel=1e-12)


def test_float32_runs_the_same_network_rounded():
    double, single = simulate(SMALL), simulate(SMALL.replace(dtype="float32"))
    for array in (single.states, single.preactivations, single.inputs):
        assert array.dtype == np.float32
    assert np.array_equal(
        double.layers[0].layer.kernel.astype(np.float32), single.layers[0].layer.kernel
    )
    assert np.abs(double.states - single.states).max() < 1e-5


def test_a_stack_feeds_each_layer_the_states_below():
    run = simulate(Experiment(timesteps=12, units=(6, 4, 3), weight_scale=0.1))
    assert [layer.states.shape for layer in run.layers] == [(12, 6), (12, 4), (12, 3)]
    assert np.array_equal(run.states, run.layers[-1].states)
    assert np.array_equal(run.layers[2].trace.inputs, run.layers[1].states)
    kernels = [layer.layer.kernel for layer in run.layers]
    assert not np.array_equal(kernels[0][:3, :3], kernels[1][:3, :3])


def test_arrays_are_read_only():
    run = simulate(SMALL)
    for array in (run.states, run.preactivations, run.inputs, run.layers[0].layer.kernel):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("name", "option"),
    [(row.name, option) for row in TABLE.values() for option in getattr(row.kind, "options", ())],
)
def test_every_choice_runs(name, option):
    run = simulate(SMALL.replace(text="a text of 20 tokens.", **{name: option}))
    assert run.states.shape == (20, 5)
    assert np.isfinite(run.states).all()


def test_nbytes_counts_the_arrays():
    run = simulate(SMALL)
    assert run.nbytes >= run.inputs.nbytes + run.states.nbytes + run.preactivations.nbytes


def test_random_tokens_are_looked_up_in_the_embedding():
    experiment = SMALL.replace(signal="tokens", vocabulary_size=7)
    run = simulate(experiment)
    assert run.embedding.embeddings.shape == (7, 3)
    assert run.token_numbers.shape == (20,)
    assert set(run.token_numbers.tolist()) <= set(range(7))
    assert np.array_equal(run.inputs, run.embedding.embeddings[run.token_numbers])
    assert np.abs(run.embedding.embeddings).max() <= 0.05
    assert run.token_labels[0] == str(run.token_numbers[0])
    longer = simulate(experiment.replace(timesteps=30))
    assert np.array_equal(longer.token_numbers[:20], run.token_numbers)
    assert np.array_equal(run.layers[0].layer.kernel, simulate(SMALL).layers[0].layer.kernel)


def test_the_same_token_is_the_same_input_but_not_the_same_state():
    run = simulate(SMALL.replace(signal="text", text="나 너 나", split="whitespace"))
    assert run.token_labels == ("나", "너", "나")
    assert run.token_numbers.tolist() == [1, 2, 1]
    assert np.array_equal(run.inputs[0], run.inputs[2])
    assert not np.array_equal(run.states[0], run.states[2])


def test_only_tokens_have_an_embedding():
    run = simulate(SMALL)
    assert run.embedding is None
    assert run.token_numbers is None
    assert run.token_labels == ()


def test_a_layer_that_goes_backwards_reads_from_the_end():
    run = simulate(SMALL.replace(go_backwards=True))
    layer = run.layers[0].layer
    assert np.array_equal(layer.kernel, simulate(SMALL).layers[0].layer.kernel)
    first = np.tanh(run.inputs[-1] @ layer.kernel + layer.bias)
    assert np.allclose(run.states[0], first, rtol=0, atol=1e-15)
    assert np.array_equal(run.layers[0].output, run.states)


def test_both_directions_stand_side_by_side_in_the_order_of_time():
    both, forward = simulate(SMALL.replace(bidirectional=True)), simulate(SMALL)
    (layer,) = both.layers
    assert both.states.shape == (20, 10)
    assert np.array_equal(both.states[:, :5], forward.states)
    assert np.array_equal(both.preactivations[:, :5], forward.preactivations)
    other = layer.both.backward.layer
    assert not np.array_equal(other.kernel, layer.layer.kernel)
    last = np.tanh(both.inputs[-1] @ other.kernel + other.bias)
    assert np.allclose(both.states[-1, 5:], last, rtol=0, atol=1e-15)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_last_output_is_where_each_direction_ends(bidirectional):
    experiment = SMALL.replace(bidirectional=bidirectional)
    run = simulate(experiment.replace(return_sequences=False))
    whole = simulate(experiment).states
    expected = np.concatenate([whole[-1, :5], whole[0, 5:]])
    assert np.array_equal(run.layers[0].output, expected)
    assert np.array_equal(run.states, whole)


def test_a_layer_above_reads_both_directions():
    run = simulate(SMALL.replace(units=(5, 4), bidirectional=(True, False)))
    assert run.layers[1].layer.kernel.shape == (10, 4)
    assert np.array_equal(run.layers[1].trace.inputs, run.layers[0].states)


HEAD = Experiment(timesteps=6, units=4, dense_units=2, dense_activation="sigmoid")


def test_the_head_reads_every_state_and_changes_none():
    run, plain = simulate(HEAD), simulate(HEAD.replace(dense_units=0))
    assert np.array_equal(run.states, plain.states)
    expected = 1 / (1 + np.exp(-(run.states @ run.dense.kernel + run.dense.bias)))
    np.testing.assert_allclose(run.output, expected, rtol=0, atol=1e-15)
    assert np.array_equal(run.readings, run.output)
    assert run.output.shape == (6, 2)
    assert not run.output.flags.writeable
    assert plain.dense is plain.readings is None
    assert np.array_equal(plain.output, plain.states)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_head_of_a_last_output_reads_that_one(bidirectional):
    run = simulate(HEAD.replace(return_sequences=False, bidirectional=bidirectional))
    assert run.output.shape == (2,)
    assert np.array_equal(run.output, run.dense.apply(run.layers[-1].output))
    assert np.array_equal(run.readings[-1], run.output)


def test_scale_and_gains_pass_the_head_by():
    one, other = simulate(HEAD).dense, simulate(HEAD.replace(weight_scale=0.1, input_gain=3)).dense
    assert np.array_equal(one.kernel, other.kernel)
    assert not one.bias.any()
    assert np.abs(one.kernel).max() <= np.sqrt(6 / (4 + 2))  # glorot_uniform's bound
    float32 = simulate(HEAD.replace(dtype="float32"))
    assert float32.output.dtype == "float32"
    assert np.array_equal(float32.dense.kernel, one.kernel.astype("float32"))
