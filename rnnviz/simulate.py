"""From an Experiment to a Run: the one place where the specification meets the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.analysis.saturation import Saturation, saturation
from rnnviz.engine import (
    CELLS,
    INITIALIZERS,
    SIGNALS,
    Bidirectional,
    BidirectionalTrace,
    Embedding,
    SignalSettings,
    Trace,
    rescale_spectral_radius,
    unroll,
)
from rnnviz.experiment import Experiment, LayerSpec
from rnnviz.stack import TOKEN_SIGNALS, gate_count, weight_shapes
from rnnviz.tokens import readable, tokenize, vocabulary

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
}
"""One random stream per purpose (and layer), so that a change of one draw never shifts another.

The numbers are part of the meaning of every link: never renumber, only add.
"""


@dataclass(frozen=True, eq=False)
class LayerRun:
    """One recurrent layer of a run: its weights and all it computed.

    Parameters
    ----------
    layer : engine layer
        The weights, in Keras layout; of a Bidirectional layer, those that read forwards.
    trace : Trace
        States, pre-activations and, for gated cells, gates of every timestep, in the order in
        which they were computed: with ``go_backwards`` the first belongs to the last timestep.
    both : BidirectionalTrace or None
        Of a Bidirectional layer, what both directions computed; ``trace`` is the forward one.
    return_sequences : bool
        Whether the layer hands on all its states, or the last one only.
    """

    layer: object
    trace: Trace
    both: BidirectionalTrace | None = None
    return_sequences: bool = True

    @property
    def backward(self) -> Trace | None:
        """What the direction that reads from the end computed, in that order; None without."""
        return None if self.both is None else self.both.backward

    @property
    def states(self) -> np.ndarray:
        """Hidden states, ``(timesteps, units)``, read-only.

        Of a Bidirectional layer ``(timesteps, 2 * units)``: the forward states, and beside them
        the backward states of the same timestep.
        """
        return self.trace.states if self.both is None else self.both.states

    @cached_property
    def preactivations(self) -> np.ndarray:
        """What went into the activations, ``(timesteps, gates * units)``, read-only.

        Of a Bidirectional layer both directions side by side, as in ``states``.
        """
        if self.backward is None:
            return self.trace.preactivations
        backward = self.backward.preactivations[::-1]
        return _read_only(np.concatenate([self.trace.preactivations, backward], axis=-1))

    @cached_property
    def saturation(self) -> Saturation:
        """How much of ``trace`` is pinned; measured once, whoever asks."""
        return saturation(self.trace)

    @property
    def output(self) -> np.ndarray:
        """What the layer hands on: ``states``, or the last state of each direction, ``(units,)``.

        The last state of the direction that reads from the end belongs to timestep 0.
        """
        if self.return_sequences:
            return self.states
        return self.states[-1] if self.both is None else self.both.last_output

    @property
    def nbytes(self) -> int:
        """Memory of weights and states; pre-activations come later and take as much again."""
        traces = [self.trace] if self.backward is None else [self.trace, self.backward]
        arrays = [] if self.both is None else [self.both.states]
        for trace in traces:
            arrays += [trace.layer.kernel, trace.layer.recurrent_kernel]
            arrays += [trace.full_states] * 2
        return sum(array.nbytes for array in arrays)


@dataclass(frozen=True, eq=False)
class Run:
    """What an experiment computed; every array is read-only.

    Parameters
    ----------
    experiment : Experiment
        What was asked for.
    inputs : ndarray (timesteps, input_features)
        What the first recurrent layer was fed.
    layers : tuple of LayerRun
        From the input up; ``states`` and ``preactivations`` are those of the last one.
    token_numbers : ndarray (timesteps,) of int, or None
        What the Embedding read, None if the input is no tokens.
    embedding : Embedding or None
        What turned them into ``inputs``.
    """

    experiment: Experiment
    inputs: np.ndarray
    layers: tuple[LayerRun, ...]
    token_numbers: np.ndarray | None = None
    embedding: Embedding | None = None

    @property
    def states(self) -> np.ndarray:
        """Hidden states of the top layer, ``(timesteps, units)``."""
        return self.layers[-1].states

    @property
    def preactivations(self) -> np.ndarray:
        """Pre-activations of the top layer, ``(timesteps, gates * units)``."""
        return self.layers[-1].preactivations

    def __repr__(self) -> str:
        shape = f"{self.states.shape} {self.states.dtype}"
        return f"<Run: states {shape}, ?{self.experiment.to_query()}>"

    @property
    def nbytes(self) -> int:
        """Memory that the run's arrays take, in bytes, for caches that are bounded by it."""
        arrays = [self.inputs]
        if self.embedding is not None:
            arrays += [self.token_numbers, self.embedding.embeddings]
        return sum(array.nbytes for array in arrays) + sum(layer.nbytes for layer in self.layers)

    @property
    def token_labels(self) -> tuple[str, ...]:
        """The token of each timestep, fit to be shown; empty if the input is no tokens."""
        if self.experiment.signal == "text":
            tokens = tokenize(self.experiment.text, self.experiment.split)
            return tuple(readable(token) for token in tokens)
        return () if self.token_numbers is None else tuple(map(str, self.token_numbers.tolist()))


def simulate(experiment: Experiment, progress: Callable[[float], None] | None = None) -> Run:
    """Draw the inputs and weights of an experiment and run it, layer after layer.

    The same experiment gives bit-identical arrays on the same machine.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    progress : callable (fraction), optional
        Called every few milliseconds with the fraction done, 0 … 1; raising in it ends the run.
    """
    if experiment.signal in TOKEN_SIGNALS:
        tokens, embedding = draw_tokens(experiment), draw_embedding(experiment)
        inputs = _read_only(embedding.embed(tokens))
    else:
        tokens = embedding = None
        inputs = draw_inputs(experiment)
    layers = []
    fed, specs = inputs, experiment.layers
    for index, spec in enumerate(specs):
        told = part(progress, index, len(specs))
        layers.append(_run_layer(experiment, index, spec, fed, told))
        fed = layers[-1].states
    return Run(experiment, inputs, tuple(layers), tokens, embedding)


def part(progress: Callable[[float], None] | None, index: int, count: int):
    """Return the progress of one of several parts of equal length."""
    return progress and (lambda fraction: progress((index + fraction) / count))


def _run_layer(
    experiment: Experiment, index: int, spec: LayerSpec, fed: np.ndarray, progress
) -> LayerRun:
    layer = draw_layer(experiment, index, spec, fed.shape[-1])
    if not spec.bidirectional:
        trace = unroll(layer, fed, go_backwards=spec.go_backwards, progress=progress)
        return LayerRun(layer, trace, None, spec.return_sequences)
    backward = draw_layer(experiment, index, spec, fed.shape[-1], "backward_")
    both = Bidirectional(layer, backward).unroll(fed, progress=progress)
    return LayerRun(layer, both.forward, both, spec.return_sequences)


def draw_tokens(experiment: Experiment) -> np.ndarray:
    """Return the number of each timestep's token, ``(timesteps,)``, read-only.

    A text's tokens are numbered in order of first appearance from 1; random ones are drawn from
    the whole vocabulary.
    """
    if experiment.signal == "text":
        tokens = tokenize(experiment.text, experiment.split)
        known = vocabulary(tokens)
        return _read_only(np.array([known[token] for token in tokens]))
    stream = _stream(experiment.seed, "tokens")
    return _read_only(stream.integers(experiment.vocabulary_size, size=experiment.timesteps))


def draw_embedding(experiment: Experiment) -> Embedding:
    """Return the vector of each token, ``(vocabulary_size, input_features)``."""
    initializer = INITIALIZERS[experiment.embeddings_initializer]
    shape = (experiment.vocabulary_size, experiment.input_features)
    drawn = initializer(_stream(experiment.seed, "embeddings"), shape)
    return Embedding(drawn.astype(experiment.dtype, copy=False))


def draw_inputs(experiment: Experiment) -> np.ndarray:
    """Return the input sequence of an experiment, ``(timesteps, input_features)``, read-only."""
    settings = SignalSettings(
        amplitude=experiment.signal_amplitude,
        period=experiment.signal_period,
        standardised=experiment.standardised,
    )
    draw = SIGNALS[experiment.signal]
    shape = (experiment.timesteps, experiment.input_features)
    inputs = draw(_stream(experiment.seed, "inputs"), *shape, settings)
    return _read_only(np.asarray(inputs, dtype=experiment.dtype))


def draw_layer(
    experiment: Experiment, index: int, spec: LayerSpec, features: int, direction: str = ""
):
    """Return the engine layer of one LayerSpec, its weights drawn and scaled.

    ``direction="backward_"`` gives the copy of a Bidirectional layer that reads from the end.

    Weights are drawn in float64 whatever the experiment's dtype, so that float32 runs the same
    network, rounded. Scaling, in this order: spectral radius, gains, weight scale.
    """
    shapes = weight_shapes(spec, features)
    gates = gate_count(spec.cell)

    def draw(weight: str, initializer: str) -> np.ndarray:
        stream = _stream(experiment.seed, direction + weight, index)
        return INITIALIZERS[initializer](stream, shapes[weight], np.float64, gates)

    kernel = draw("kernel", spec.kernel_initializer)
    recurrent_kernel = draw("recurrent_kernel", spec.recurrent_initializer)
    bias = draw("bias", spec.bias_initializer)
    if spec.spectral_radius is not None:
        recurrent_kernel = rescale_spectral_radius(recurrent_kernel, spec.spectral_radius)
    if spec.cell == "LSTM" and spec.unit_forget_bias:
        bias[spec.units : 2 * spec.units] = 1.0
    scale = experiment.weight_scale
    weights = (
        kernel * (spec.input_gain * scale),
        recurrent_kernel * (spec.recurrent_gain * scale),
        bias * scale,
    )
    settings = {"activation": spec.activation}
    if spec.cell != "SimpleRNN":
        settings["recurrent_activation"] = spec.recurrent_activation
    if spec.cell == "GRU":
        settings["reset_after"] = spec.reset_after
    return CELLS[spec.cell](*(array.astype(experiment.dtype) for array in weights), **settings)


def _stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """Return the random stream of one purpose of one layer."""
    key = (STREAMS[purpose], index)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
