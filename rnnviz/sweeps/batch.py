"""Experiments of one shape as stacks of networks that run in one pass.

Weights that differ only in scale or gain are drawn once. A stack is run layer by layer, as
`rnnviz.engine.running` runs one network.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.engine import CELLS, Trace, unroll
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import GAIN, draw_inputs, draw_layer
from rnnviz.spec.shapes import TOKEN_SIGNALS, output_features
from rnnviz.spec.simulate import build_inputs, build_network


def structure_of(experiment: Experiment) -> Hashable:
    """What the networks of one stack have in common: all that decides a shape or a step."""
    tokens = experiment.signal in TOKEN_SIGNALS
    layers = tuple(
        (layer.cell, layer.units, layer.bidirectional, layer.go_backwards,
         *CELLS[layer.cell].settings_of(layer).items())
        for layer in experiment.layers
    )  # fmt: skip
    return (
        experiment.timesteps, experiment.input_features, experiment.dtype, tokens, layers,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Batch:
    """Networks of one structure on their inputs.

    Parameters
    ----------
    experiments : sequence of Experiment
        All of one `structure_of`.
    """

    experiments: Sequence[Experiment]

    @cached_property
    def trace(self) -> Trace:
        """The top layer of every network, ``states (networks, timesteps, units)``.

        Of a Bidirectional layer, the direction that reads forwards.
        """
        fed, trace = self._inputs(), None
        features = self.experiments[0].input_features
        for index, spec in enumerate(self.experiments[0].layers):
            forward = self._layers(index, features)
            trace, read = unroll(forward, fed, go_backwards=spec.go_backwards), fed
            fed = trace.states
            if spec.bidirectional:
                stack = self._layers(index, features, "backward_")
                backward = unroll(stack, read, go_backwards=True)
                fed = np.concatenate([fed, backward.states[:, ::-1]], axis=-1)
            features = output_features(spec)
        assert trace is not None
        return trace

    def _inputs(self) -> np.ndarray:
        """What the first layers read: one sequence for all where it is the same."""
        drawn: dict[Hashable, np.ndarray] = {}
        places = []
        for one in self.experiments:
            key = _input_key(one)
            if key not in drawn:
                drawn[key] = _drawn_inputs(one)
            places.append(drawn[key])
        return places[0] if len(drawn) == 1 else np.stack(places)

    def _layers(self, index: int, features: int, direction: str = "") -> RecurrentCell:
        """One layer of every network as a stack."""
        drawn: dict[Hashable, RecurrentCell] = {}
        first, weights = None, []
        for one in self.experiments:
            key = _weight_key(one, index)
            if key not in drawn:
                plain = one.replace(
                    weight_scale=1.0, input_gain=1.0, recurrent_gain=1.0, dtype="float64"
                )
                spec = plain.layers[index]
                drawn[key] = draw_layer(plain, index, spec, features, direction)
            first = drawn[key]
            weights.append(_scaled(first, one, index))
        assert first is not None
        stacked = {
            name: np.stack([arrays[name] for arrays in weights]) for name in first.weight_names()
        }
        return type(first).build(stacked, CELLS[type(first).__name__].settings_of(first))


def one_of(trace: Trace, network: int) -> Trace:
    """One network of a stack as a trace of its own."""
    layer = trace.layer.with_arrays(lambda array: array[network])
    inputs = trace.inputs[network] if trace.inputs.ndim == 3 else trace.inputs
    return Trace(layer, inputs, trace.initial_state[network], trace.full_states[network])


def _scaled(drawn: RecurrentCell, experiment: Experiment, index: int) -> dict[str, np.ndarray]:
    """Weights at an experiment's gains, scale and dtype, by the products of the drawing itself."""
    spec = experiment.layers[index]
    arrays = {}
    for name, array in drawn.arrays.items():
        gain = getattr(spec, GAIN[name]) if name in GAIN else 1.0
        arrays[name] = (array * (gain * experiment.weight_scale)).astype(experiment.dtype)
    return arrays


def _weight_key(experiment: Experiment, index: int) -> Hashable:
    spec = experiment.layers[index]
    draws = (spec.kernel_initializer, spec.recurrent_initializer, spec.bias_initializer)
    return (experiment.seed, spec.spectral_radius, *draws)


def _input_key(experiment: Experiment) -> Hashable:
    return (
        experiment.signal, experiment.signal_amplitude, experiment.signal_period,
        experiment.standardised, experiment.seed, experiment.embeddings_initializer,
    )  # fmt: skip


def _drawn_inputs(experiment: Experiment) -> np.ndarray:
    if experiment.signal not in TOKEN_SIGNALS:
        return draw_inputs(experiment)
    embedding = build_network(experiment).embedding
    assert embedding is not None
    return embedding.embed(build_inputs(experiment).values)
