"""From an Experiment to a Run: the one place where the specification meets the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine import (
    CELLS,
    INITIALIZERS,
    SIGNALS,
    SignalSettings,
    Trace,
    rescale_spectral_radius,
    unroll,
)
from rnnviz.experiment import Experiment, LayerSpec

# One random stream per purpose (and layer), so that a change of one draw never shifts another.
# The numbers are part of the meaning of every link: never renumber, only add.
_STREAMS = {"inputs": 0, "kernel": 1, "recurrent_kernel": 2, "bias": 3}


@dataclass(frozen=True, eq=False)
class LayerRun:
    """One recurrent layer of a run: its weights and all it computed.

    Parameters
    ----------
    layer : engine layer
        The weights, in Keras layout.
    trace : Trace
        States, pre-activations and, for gated cells, gates of every timestep.
    """

    layer: object
    trace: Trace

    @property
    def states(self) -> np.ndarray:
        """Hidden states, ``(timesteps, units)``, read-only."""
        return self.trace.states

    @property
    def preactivations(self) -> np.ndarray:
        """What went into the activations, ``(timesteps, gates * units)``, read-only."""
        return self.trace.preactivations


@dataclass(frozen=True, eq=False)
class Run:
    """What an experiment computed; every array is read-only.

    Parameters
    ----------
    experiment : Experiment
        What was asked for.
    inputs : ndarray (timesteps, input_features)
        What the first layer was fed.
    layers : tuple of LayerRun
        From the input up; ``states`` and ``preactivations`` are those of the last one.
    """

    experiment: Experiment
    inputs: np.ndarray
    layers: tuple[LayerRun, ...]

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
        for layer in self.layers:
            arrays += [layer.layer.kernel, layer.layer.recurrent_kernel, layer.trace.full_states]
            # Pre-activations are computed when first asked for, and then take as much again.
            arrays.append(layer.trace.full_states)
        return sum(array.nbytes for array in arrays)


def simulate(experiment: Experiment) -> Run:
    """Draw the inputs and weights of an experiment and run it, layer after layer.

    The same experiment gives bit-identical arrays on the same machine.
    """
    inputs = draw_inputs(experiment)
    layers = []
    fed = inputs
    for index, spec in enumerate(experiment.layers):
        layer = draw_layer(experiment, index, spec, fed.shape[-1])
        layers.append(LayerRun(layer, unroll(layer, fed)))
        fed = layers[-1].states
    return Run(experiment, inputs, tuple(layers))


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
    inputs = np.asarray(inputs, dtype=experiment.dtype)
    inputs.setflags(write=False)
    return inputs


def draw_layer(experiment: Experiment, index: int, spec: LayerSpec, features: int):
    """Return the engine layer of one LayerSpec, its weights drawn and scaled.

    Weights are drawn in float64 whatever the experiment's dtype, so that float32 runs the same
    network, rounded. Scaling, in this order: spectral radius, gains, weight scale.
    """
    cell = CELLS[spec.cell]
    gates = max(1, len(cell.gate_names))
    width = gates * spec.units

    def draw(purpose: str, initializer: str, shape: tuple[int, ...]) -> np.ndarray:
        stream = _stream(experiment.seed, purpose, index)
        return INITIALIZERS[initializer](stream, shape, np.float64, gates)

    kernel = draw("kernel", spec.kernel_initializer, (features, width))
    recurrent_kernel = draw("recurrent_kernel", spec.recurrent_initializer, (spec.units, width))
    bias = draw("bias", spec.bias_initializer, (width,))
    if spec.spectral_radius is not None:
        recurrent_kernel = rescale_spectral_radius(recurrent_kernel, spec.spectral_radius)
    scale = experiment.weight_scale
    weights = (
        kernel * (spec.input_gain * scale),
        recurrent_kernel * (spec.recurrent_gain * scale),
        bias * scale,
    )
    return cell(*(array.astype(experiment.dtype) for array in weights), spec.activation)


def _stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """Return the random stream of one purpose of one layer."""
    key = (_STREAMS[purpose], index)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
