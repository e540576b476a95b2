"""An experiment as Keras would build it: layers with their names, shapes and weights."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from rnnviz.spec.experiment import Experiment, LayerSpec
from rnnviz.spec.shapes import TOKEN_SIGNALS, dense_shapes, output_features, weight_shapes

Shape = tuple[int | None, ...]

_NAMES = {
    "Embedding": "embedding",
    "Bidirectional": "bidirectional",
    "SimpleRNN": "simple_rnn",
    "LSTM": "lstm",
    "GRU": "gru",
    "Dense": "dense",
}


@dataclass(frozen=True)
class KerasLayer:
    """One line of a Keras model.

    Parameters
    ----------
    name : str
        As Keras numbers it: ``simple_rnn``, ``simple_rnn_1``, …
    class_name : str
        ``Embedding``, ``SimpleRNN``, ``LSTM``, ``GRU``, ``Bidirectional`` or ``Dense``.
    input_shape, output_shape : tuple
        With the batch in front; None where Keras does not know the length.
    weights : tuple of (str, tuple) pairs
        Name and shape of each weight, in Keras's order.
    index : int or None
        Place among the recurrent layers; None for Embedding and Dense.
    spec : LayerSpec or None
        Its knobs; None for Embedding and Dense.
    """

    name: str
    class_name: str
    input_shape: Shape
    output_shape: Shape
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    index: int | None = None
    spec: LayerSpec | None = None

    @property
    def parameter_count(self) -> int:
        """Number of trainable numbers."""
        return sum(math.prod(shape) for _, shape in self.weights)

    @property
    def returns_sequences(self) -> bool:
        """Whether what it hands on is 3-D: one vector a timestep."""
        return len(self.output_shape) == 3


def keras_layers(experiment: Experiment) -> tuple[KerasLayer, ...]:
    """Return the layers of an experiment from the input up, as ``Sequential`` would hold them."""
    numbering: Counter[str] = Counter()
    layers = []
    shape: Shape = (None, None, experiment.input_features)
    if experiment.signal in TOKEN_SIGNALS:
        table = (experiment.vocabulary_size, experiment.input_features)
        name = _name("Embedding", numbering)
        layers.append(KerasLayer(name, "Embedding", (None, None), shape, (("embeddings", table),)))
    for index, spec in enumerate(experiment.layers):
        layers.append(_recurrent(index, spec, shape, numbering))
        shape = layers[-1].output_shape
    if weights := dense_shapes(experiment, experiment.layers):
        output = (*shape[:-1], experiment.dense_units)
        name = _name("Dense", numbering)
        layers.append(KerasLayer(name, "Dense", shape, output, tuple(weights.items())))
    return tuple(layers)


def _recurrent(index: int, spec: LayerSpec, shape: Shape, numbering: Counter[str]) -> KerasLayer:
    weights = tuple(weight_shapes(spec, shape[-1]).items())
    name, class_name = _name(spec.cell, numbering), spec.cell
    if spec.bidirectional:
        # The layer inside takes a number as well, then the wrapper one of its own.
        name, class_name = _name("Bidirectional", numbering), "Bidirectional"
        weights = tuple(
            (f"{direction} {weight}", shape)
            for direction in ("forward", "backward")
            for weight, shape in weights
        )
    features = output_features(spec)
    output = (None, None, features) if spec.return_sequences else (None, features)
    return KerasLayer(name, class_name, shape, output, weights, index, spec)


def _name(class_name: str, numbering: Counter[str]) -> str:
    name = _NAMES[class_name]
    number = numbering[name]
    numbering[name] += 1
    return f"{name}_{number}" if number else name
