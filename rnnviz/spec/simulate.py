"""From an Experiment to a Run: the one place where the specification meets the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.analysis.saturation import Saturation, saturation
from rnnviz.engine import (
    Bidirectional,
    BidirectionalTrace,
    Dense,
    Embedding,
    Trace,
    unroll,
)
from rnnviz.spec.experiment import Experiment, LayerSpec
from rnnviz.spec.sampling import draw_dense, draw_embedding, draw_inputs, draw_layer, draw_tokens
from rnnviz.spec.shapes import TOKEN_SIGNALS
from rnnviz.spec.text import readable, tokenize


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
    dense : Dense or None
        The head that reads the top layer, None without one.
    """

    experiment: Experiment
    inputs: np.ndarray
    layers: tuple[LayerRun, ...]
    token_numbers: np.ndarray | None = None
    embedding: Embedding | None = None
    dense: Dense | None = None

    @property
    def states(self) -> np.ndarray:
        """Hidden states of the top layer, ``(timesteps, units)``."""
        return self.layers[-1].states

    @property
    def preactivations(self) -> np.ndarray:
        """Pre-activations of the top layer, ``(timesteps, gates * units)``."""
        return self.layers[-1].preactivations

    @cached_property
    def output(self) -> np.ndarray:
        """What the model hands on, read-only: the output of the head, or of the top layer.

        ``(timesteps, features)`` where the top layer returns its sequence, else ``(features,)``.
        """
        output = self.layers[-1].output
        return output if self.dense is None else _read_only(self.dense.apply(output))

    @cached_property
    def readings(self) -> np.ndarray | None:
        """What the head makes of the state at each timestep, ``(timesteps, dense_units)``.

        None without a head. Its last row is ``output`` where only the last state is handed on.
        """
        if self.dense is None:
            return None
        readings = self.dense.apply(self.states)
        if self.output.ndim == 1:
            readings[-1] = self.output
        return _read_only(readings)

    def __repr__(self) -> str:
        shape = f"{self.states.shape} {self.states.dtype}"
        return f"<Run: states {shape}, ?{self.experiment.to_query()}>"

    @property
    def nbytes(self) -> int:
        """Memory that the run's arrays take, in bytes, for caches that are bounded by it."""
        arrays = [self.inputs]
        if self.embedding is not None:
            arrays += [self.token_numbers, self.embedding.embeddings]
        read = 0
        if self.dense is not None:
            arrays.append(self.dense.kernel)
            read = len(self.inputs) * self.dense.units * self.inputs.itemsize
        layers = sum(layer.nbytes for layer in self.layers)
        return sum(array.nbytes for array in arrays) + layers + read

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
    return Run(experiment, inputs, tuple(layers), tokens, embedding, draw_dense(experiment))


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


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
