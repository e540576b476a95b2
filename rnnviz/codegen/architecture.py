"""What a model is made of, without its numbers: the same for an Experiment and for a Network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine import Dense, LayerNormalization, Network
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.shapes import TOKEN_SIGNALS, output_features

Model = Experiment | Network
"""What a summary or a program can be written of."""


@dataclass(frozen=True)
class Part:
    """A layer that looks at one timestep alone: Dense or LayerNormalization.

    Parameters
    ----------
    class_name : str
        Keras's name of its class.
    units : int
        Length of what it gives at one timestep.
    weights : tuple of (str, tuple) pairs
        Name and shape of each weight, in Keras's order.
    activation : str
        Of a Dense layer; "linear" otherwise.
    epsilon : float or None
        Of a LayerNormalization: what is added to the variance.
    """

    class_name: str
    units: int
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    activation: str = "linear"
    epsilon: float | None = None


@dataclass(frozen=True, eq=False)
class Architecture:
    """The layers of a model from the input up.

    Parameters
    ----------
    input_features : int
        Length of the vector that the first layer reads at one timestep.
    embedding : (int, int) or None
        Tokens and length of their vectors; None where the input is numbers.
    layers : tuple
        The recurrent layers, as values with the fields of a LayerSpec: cell, units, settings …
    before : tuple of tuple of Part
        For each recurrent layer, what stands between the one below and it.
    head : tuple of Part
        What reads the top recurrent layer.
    dtype : str
        Of all weights.
    mask_zero : bool
        Whether the Embedding marks token 0 as padding, which is passed over.
    mask_value : float or None
        Of a Masking layer in front; None without one.
    sequences : int
        How many sequences it is given, one after the other.
    stateful : bool
        Whether each of them begins with the state that the one before it left.
    return_state : bool
        Whether the last recurrent layer returns its last state besides its output.
    """

    input_features: int
    embedding: tuple[int, int] | None
    layers: tuple[Any, ...]
    before: tuple[tuple[Part, ...], ...]
    head: tuple[Part, ...]
    dtype: str
    mask_zero: bool = False
    mask_value: float | None = None
    sequences: int = 1
    stateful: bool = False
    return_state: bool = False

    @property
    def masks(self) -> bool:
        """Whether it may pass over timesteps."""
        return self.mask_zero or self.mask_value is not None

    @property
    def returns_sequences(self) -> bool:
        """Whether the model gives a vector for every timestep."""
        return self.layers[-1].return_sequences


def architecture(model: Model) -> Architecture:
    """Return what a model is made of; nothing is drawn for it."""
    if isinstance(model, Network):
        return Architecture(
            model.input_features,
            None if model.embedding is None else model.embedding.embeddings.shape,
            model.layers,
            tuple(tuple(map(_part, layer.before)) for layer in model.layers),
            tuple(map(_part, model.head)),
            np.dtype(model.dtype).name,
            model.embedding is not None and model.embedding.mask_zero,
            model.mask_value,
        )
    embedding: tuple[int, int] | None = None
    head: tuple[Part, ...] = ()
    if model.signal in TOKEN_SIGNALS:
        embedding = (model.vocabulary_size, model.input_features)
    if units := model.dense_units:
        shape = (output_features(model.layers[-1]), units)
        weights = (("kernel", shape), ("bias", (units,)))
        head = (Part("Dense", units, weights, model.dense_activation),)
    nothing = ((),) * len(model.layers)
    return Architecture(
        model.input_features,
        embedding,
        model.layers,
        nothing,
        head,
        model.dtype,
        model.mask_zero and embedding is not None,
        0.0 if model.mask_zero and embedding is None else None,
        model.sequences,
        model.stateful and model.sequences > 1,
        model.return_state,
    )


def _part(part: Dense | LayerNormalization) -> Part:
    if isinstance(part, LayerNormalization):
        weights = (("gamma", part.gamma.shape), ("beta", part.beta.shape))
        return Part("LayerNormalization", part.units, weights, epsilon=part.epsilon)
    weights = (("kernel", part.kernel.shape), ("bias", part.bias.shape))
    return Part("Dense", part.units, weights, part.activation)
