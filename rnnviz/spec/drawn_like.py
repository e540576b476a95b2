"""A network of the shape of one from a file, its weights drawn: as it was before training."""

from __future__ import annotations

from typing import Any

from rnnviz.engine import Network
from rnnviz.spec.experiment import Experiment, ExperimentError

KERAS: dict[str, Any] = {
    "kernel_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
}
"""How Keras draws weights unless it is told otherwise."""


def drawn_like(network: Network, recipe: Experiment) -> Experiment:
    """Return a recipe with the cells and sizes of a network, that reads as it does what is drawn.

    Weights are drawn as Keras draws them. Where no recipe has such a shape, such as layers of
    widths that are not allowed, the recipe's own network stands for it.

    Parameters
    ----------
    network : Network
        From a file.
    recipe : Experiment
        What draws the input; its weight scale, gains and dtype act on both alike. Whether timesteps
        are masked is the network's.
    """
    layers = network.layers
    values: dict[str, Any] = {
        "cell": tuple(layer.cell for layer in layers),
        "units": tuple(layer.units for layer in layers),
        "bidirectional": tuple(layer.bidirectional for layer in layers),
        "go_backwards": tuple(layer.go_backwards for layer in layers),
        "return_sequences": tuple(layer.return_sequences for layer in layers),
        "mask_zero": network.mask_value == 0 or (network.embedding is not None and network.masks),
        "stateful": False,
        "input_features": network.input_features,
    }
    if network.embedding is not None:
        signal = recipe.signal if recipe.signal == "text" else "tokens"
        values |= {"signal": signal, "vocabulary_size": max(2, network.embedding.input_dim)}
    try:
        return recipe.replace(**KERAS, **values)
    except ExperimentError:
        return recipe.replace(**KERAS)
