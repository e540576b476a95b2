"""From an Experiment to a Run: what its seed draws, run by the engine."""

from __future__ import annotations

import numpy as np

from rnnviz.engine import Inputs, Layer, Network, Run, run
from rnnviz.engine.run import Progress
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.sampling import (
    draw_dense,
    draw_embedding,
    draw_inputs,
    draw_layer,
    draw_tokens,
)
from rnnviz.spec.shapes import TOKEN_SIGNALS
from rnnviz.spec.text import readable, tokenize, vocabulary


def build(experiment: Experiment) -> tuple[Network, Inputs]:
    """Draw the network and the inputs of an experiment.

    The same experiment gives bit-identical arrays on the same machine.
    """
    return build_network(experiment), build_inputs(experiment)


def build_network(experiment: Experiment) -> Network:
    """Draw the weights of an experiment."""
    layers, features = [], experiment.input_features
    for index, spec in enumerate(experiment.layers):
        forward = draw_layer(experiment, index, spec, features)
        backward = None
        if spec.bidirectional:
            backward = draw_layer(experiment, index, spec, features, "backward_")
        layers.append(Layer(forward, backward, spec.return_sequences, spec.go_backwards))
        features = layers[-1].output_features
    embedding = draw_embedding(experiment) if experiment.signal in TOKEN_SIGNALS else None
    dense = draw_dense(experiment)
    mask_value = 0.0 if experiment.mask_zero and embedding is None else None
    head = () if dense is None else (dense,)
    return Network(tuple(layers), embedding, head, mask_value=mask_value)


def build_inputs(experiment: Experiment) -> Inputs:
    """Draw what an experiment's network reads: numbers, or tokens with their names."""
    if experiment.signal not in TOKEN_SIGNALS:
        return Inputs(draw_inputs(experiment))
    return Inputs(draw_tokens(experiment), vocabulary=_names(experiment))


def _names(experiment: Experiment) -> tuple[str, ...]:
    """The name of each token by its number; number 0 is kept for padding."""
    if experiment.signal != "text":
        return ()
    known = vocabulary(tokenize(experiment.text, experiment.split))
    return ("0", *map(readable, known))


def simulate(experiment: Experiment, progress: Progress | None = None) -> Run:
    """Draw the inputs and weights of an experiment and run it, layer after layer.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    progress : callable (fraction), optional
        Called every few milliseconds with the fraction done, 0 … 1; raising in it ends the run.
    """
    with np.errstate(over="ignore"):
        network, inputs = build(experiment)
    stateful = experiment.stateful and experiment.sequences > 1
    return run(network, inputs, source=experiment, progress=progress, stateful=stateful)
