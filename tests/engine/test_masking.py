"""Masked timesteps carry the state through: states, gradients and what is told of them."""

import numpy as np
import pytest

from rnnviz import Experiment, simulate
from rnnviz.analysis.gradients import gradients
from rnnviz.analysis.spectrum import spectrum
from rnnviz.analysis.twins import twins
from rnnviz.engine import run, unroll

TEXT = Experiment(
    signal="text", text="to be or not", split="whitespace", units=5, input_features=3,
    vocabulary_size=9, weight_scale=0.3,
)  # fmt: skip


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU", "LeakyRNN", "MinGRU"])
@pytest.mark.parametrize("padding", ["pre", "post"])
def test_padding_that_is_masked_changes_nothing(cell, padding):
    alone = simulate(TEXT.replace(cell=cell)).layers[0].trace
    padded = simulate(TEXT.replace(cell=cell, maxlen=9, padding=padding, mask_zero=True))
    trace = padded.layers[0].trace
    assert np.abs(trace.states[trace.mask] - alone.states).max() <= 1e-15
    assert np.abs(trace.preactivations[trace.mask] - alone.preactivations).max() <= 1e-15
    assert (trace.states[-1] == trace.states[trace.mask][-1]).all()
    first, last = np.flatnonzero(trace.mask)[[0, -1]]
    found = gradients(trace)
    assert found.norm[trace.mask] == pytest.approx(gradients(alone).norm, abs=1e-9)
    assert np.isneginf(found.input_norm[~trace.mask]).all(), "what is not read has no part in it"
    assert (found.norm[last:] == 0).all()
    gaps = twins(trace).distances
    assert (np.diff(gaps[:, : first + 1], axis=1) == 0).all()
    hole = int(np.flatnonzero(~trace.mask)[0])
    assert (spectrum(trace, hole).jacobian_eigenvalues == 1).all()


def test_holes_and_trials_and_nothing_at_all():
    layer = simulate(TEXT).layers[0].layer
    inputs = np.random.default_rng(0).standard_normal((3, 6, 3))
    mask = np.array([[1, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]], bool)
    whole = unroll(layer, inputs, mask=mask)
    kept = unroll(layer, inputs[0, mask[0]])
    assert np.abs(whole.states[0, mask[0]] - kept.states).max() <= 1e-15
    assert (whole.states[0, 1] == whole.states[0, 0]).all()
    assert not whole.states[1].any()
    assert not whole.preactivations[1].any()
    assert np.abs(whole.states[2] - unroll(layer, inputs[2]).states).max() <= 1e-15
    with pytest.raises(ValueError, match="mask has shape"):
        unroll(layer, inputs, mask=mask[:, :4])


def test_a_network_that_masks_says_so_in_its_hash_and_comes_back_from_its_description():
    plain, masked = (TEXT.replace(mask_zero=one).build()[0] for one in (False, True))
    assert plain.sha256 != masked.sha256
    assert "masking" not in plain.architecture
    again = masked.with_weights({})
    assert again.embedding.mask_zero
    assert again.sha256 == masked.sha256
    tokens = np.array([[0, 1, 2], [3, 0, 0]])
    assert (run(again, tokens).states == run(masked, tokens).states).all()
