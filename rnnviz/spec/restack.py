"""Stacks with a layer more, less or elsewhere. What the top layer hands on stays as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rnnviz.spec.experiment import TABLE, Experiment, LayerSpec

_PLAIN = {
    name: TABLE[name].default for name in ("cell", "activation", "bidirectional", "go_backwards")
}


def with_layers(experiment: Experiment, layers: Sequence[LayerSpec]) -> Experiment:
    """Return the experiment with these layers, from the input up.

    Every layer below another returns its whole sequence, and the top one what the top one before
    returned: so moving layers about never makes a stack that cannot be.

    Raises
    ------
    ExperimentError
        If there are too many layers, or too large ones.
    """
    whole = (True,) * (len(layers) - 1) + (experiment.layers[-1].return_sequences,)
    changes = {
        field.name: tuple(getattr(layer, field.name) for layer in layers)
        for field in dataclasses.fields(LayerSpec)
    }
    return experiment.replace(**changes | {"return_sequences": whole})


def added(experiment: Experiment) -> Experiment:
    """Return the experiment with a plain SimpleRNN on top, as large and drawn as the top one."""
    top = dataclasses.replace(experiment.layers[-1], **_PLAIN)
    return with_layers(experiment, (*experiment.layers, top))


def duplicated(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment with a layer twice, one above the other."""
    layers = experiment.layers
    return with_layers(experiment, (*layers[: index + 1], *layers[index:]))


def removed(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without a layer; ValueError for the only one."""
    layers = experiment.layers
    if len(layers) == 1:
        raise ValueError("a stack has at least one layer")
    return with_layers(experiment, (*layers[:index], *layers[index + 1 :]))


def moved(experiment: Experiment, index: int, to: int) -> Experiment:
    """Return the experiment with a layer at another place."""
    layers = list(experiment.layers)
    layers.insert(to, layers.pop(index))
    return with_layers(experiment, layers)
