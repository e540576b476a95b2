"""What an experiment's seed decides: its inputs and weights, each from a stream of its own."""

from __future__ import annotations

import numpy as np

from rnnviz.engine import (
    CELLS,
    INITIALIZERS,
    SIGNALS,
    Dense,
    Embedding,
    SignalSettings,
    rescale_spectral_radius,
)
from rnnviz.spec.experiment import Experiment, LayerSpec
from rnnviz.spec.shapes import dense_shapes, weight_shapes
from rnnviz.spec.text import tokenize, vocabulary

STREAMS = {
    "inputs": 0,
    "kernel": 1,
    "recurrent_kernel": 2,
    "bias": 3,
    "tokens": 4,
    "embeddings": 5,
    "backward_kernel": 6,
    "backward_recurrent_kernel": 7,
    "backward_bias": 8,
    "dense_kernel": 9,
}
"""One random stream per purpose (and layer), so that a change of one draw never shifts another.

The numbers are part of the meaning of every link: never renumber, only add.
"""

INITIALIZER = {
    "kernel": "kernel_initializer",
    "recurrent_kernel": "recurrent_initializer",
    "bias": "bias_initializer",
}
"""The knob that says how a weight is drawn."""
GAIN = {"kernel": "input_gain", "recurrent_kernel": "recurrent_gain"}
"""The knob that multiplies a weight alone."""


def draw_tokens(experiment: Experiment, vocabulary_size: int | None = None) -> np.ndarray:
    """Return the number of each timestep's token, ``(timesteps,)``, read-only.

    A text's tokens are numbered in order of first appearance from 1, and padded with 0; random
    ones are drawn from the whole vocabulary. Of several sequences ``(sequences, timesteps)``.
    ``vocabulary_size`` is that of a network from a file, which may be beyond a recipe's.
    """
    if experiment.signal == "text":
        tokens = tokenize(experiment.text, experiment.split)
        known = vocabulary(tokens)
        return _read_only(_padded(np.array([known[token] for token in tokens]), experiment))
    stream = _stream(experiment.seed, "tokens")
    size = experiment.sequences * experiment.timesteps
    most = vocabulary_size or experiment.vocabulary_size
    return _read_only(_cut(stream.integers(most, size=size), experiment))


def _padded(tokens: np.ndarray, experiment: Experiment) -> np.ndarray:
    """Bring tokens to ``maxlen``: zeros are added at one end, or the first tokens are left out."""
    missing = experiment.timesteps - len(tokens)
    if missing <= 0:
        return tokens[-missing:]
    return np.pad(tokens, (missing, 0) if experiment.padding == "pre" else (0, missing))


def _cut(series: np.ndarray, experiment: Experiment) -> np.ndarray:
    """Return (sequences · timesteps, …) as (sequences, timesteps, …) where there are several."""
    if experiment.sequences == 1:
        return series
    return series.reshape(experiment.sequences, experiment.timesteps, *series.shape[1:])


def draw_embedding(experiment: Experiment) -> Embedding:
    """Return the vector of each token, ``(vocabulary_size, input_features)``."""
    initializer = INITIALIZERS[experiment.embeddings_initializer]
    shape = (experiment.vocabulary_size, experiment.input_features)
    drawn = initializer(_stream(experiment.seed, "embeddings"), shape)
    return Embedding(drawn.astype(experiment.dtype, copy=False), experiment.mask_zero)


def draw_dense(experiment: Experiment) -> Dense | None:
    """Return the Dense head with Keras's first weights, None without one.

    Like the Embedding's they are beside the lecture's knobs: neither gain nor scale acts on them.
    """
    shapes = dense_shapes(experiment, experiment.layers)
    if not shapes:
        return None
    stream = _stream(experiment.seed, "dense_kernel")
    kernel = INITIALIZERS["glorot_uniform"](stream, shapes["kernel"], experiment.dtype)
    bias = np.zeros(shapes["bias"], experiment.dtype)
    return Dense(kernel, bias, experiment.dense_activation)


def draw_inputs(experiment: Experiment, features: int | None = None) -> np.ndarray:
    """Return the input sequence of an experiment, ``(timesteps, input_features)``, read-only.

    Of several sequences ``(sequences, timesteps, input_features)``, one going on from the other.
    ``features`` are those of a network from a file, which may be beyond a recipe's.
    """
    settings = SignalSettings(
        amplitude=experiment.signal_amplitude,
        period=experiment.signal_period,
        standardised=experiment.standardised,
    )
    draw = SIGNALS[experiment.signal]
    shape = (experiment.sequences * experiment.timesteps, features or experiment.input_features)
    inputs = draw(_stream(experiment.seed, "inputs"), *shape, settings)
    return _read_only(_cut(np.asarray(inputs, dtype=experiment.dtype), experiment))


def draw_layer(
    experiment: Experiment, index: int, spec: LayerSpec, features: int, direction: str = ""
):
    """Return the engine layer of one LayerSpec, its weights drawn and scaled.

    ``direction="backward_"`` gives the copy of a Bidirectional layer that reads from the end.

    Weights are drawn in float64 whatever the experiment's dtype, so that float32 runs the same
    network, rounded. Scaling, in this order: spectral radius, gains, weight scale.
    """
    cell, shapes = CELLS[spec.cell], weight_shapes(spec, features)
    settings, weights = cell.settings_of(spec), {}
    for name, shape in shapes.items():
        draw = INITIALIZERS[getattr(spec, INITIALIZER[name])]
        stream = _stream(experiment.seed, direction + name, index)
        weights[name] = draw(stream, shape, np.float64, cell.gate_count())
    if spec.spectral_radius is not None and "recurrent_kernel" in weights:
        recurrent = weights["recurrent_kernel"]
        weights["recurrent_kernel"] = rescale_spectral_radius(recurrent, spec.spectral_radius)
    for gate, (value, _) in cell.starting_biases(settings).items():
        first = cell.gate_names.index(gate) * spec.units
        weights["bias"][..., first : first + spec.units] = value
    for name, array in weights.items():
        gain = getattr(spec, GAIN[name]) if name in GAIN else 1.0
        weights[name] = (array * (gain * experiment.weight_scale)).astype(experiment.dtype)
    return cell.build(weights, settings)


def _stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """Return the random stream of one purpose of one layer."""
    key = (STREAMS[purpose], index)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
