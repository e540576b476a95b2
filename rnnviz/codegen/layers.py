"""A model as Keras would build it: layers with their names, shapes and weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rnnviz.codegen.architecture import Model, Part, architecture
from rnnviz.engine import CELLS
from rnnviz.engine.cells.cell import snake_case
from rnnviz.spec.shapes import output_features, weight_shapes

Shape = tuple[int | None, ...]

OWN_CELL_LAYER = "RNN"
"""Keras's layer around a cell of one's own, for cells that Keras does not have."""


@dataclass(frozen=True)
class KerasLayer:
    """One line of a Keras model.

    Parameters
    ----------
    name : str
        As Keras numbers it: ``simple_rnn``, ``simple_rnn_1``, …
    class_name : str
        Keras's: ``Embedding``, ``SimpleRNN``, ``Bidirectional``, ``Dense`` …; ``RNN`` around a
        cell that Keras does not have.
    input_shape, output_shape : tuple
        With the batch in front; None where Keras does not know the length.
    weights : tuple of (str, tuple) pairs
        Name and shape of each weight, in Keras's order.
    index : int or None
        Place among the recurrent layers; None for the others.
    spec : LayerSpec, Layer or None
        The recurrent layer itself; None for the others.
    state_shapes : tuple of tuple
        With ``return_state``, the shapes of the states that it returns besides its output.
    in_brackets : bool
        Whether one shape alone is written as a list too.
    """

    name: str
    class_name: str
    input_shape: Shape
    output_shape: Shape
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    index: int | None = None
    spec: Any = None
    state_shapes: tuple[Shape, ...] = ()
    in_brackets: bool = False

    @property
    def returned(self) -> str:
        """What it returns, in shapes as Keras prints them: a list where there are several."""
        if not self.state_shapes and not self.in_brackets:
            return str(self.output_shape)
        return str([self.output_shape, *self.state_shapes])

    @property
    def parameter_count(self) -> int:
        """Number of trainable numbers."""
        return sum(math.prod(shape) for _, shape in self.weights)

    @property
    def returns_sequences(self) -> bool:
        """Whether what it hands on is 3-D: one vector a timestep."""
        return len(self.output_shape) == 3


def keras_layers(model: Model, after: Iterable[Model] = ()) -> tuple[KerasLayer, ...]:
    """Return the layers of a model from the input up, as ``Sequential`` would hold them.

    ``after`` are the models that were built before it in the same session: Keras goes on counting.
    """
    numbering: Counter[str] = Counter()
    for earlier in after:
        _layers(earlier, numbering)
    return _layers(model, numbering)


def _layers(model: Model, numbering: Counter[str]) -> tuple[KerasLayer, ...]:
    made = architecture(model)
    layers: list[KerasLayer] = []
    batch = 1 if made.stateful else None  # a stateful model knows how many sequences it is given
    shape: Shape = (batch, None, made.input_features)
    if made.embedding is not None:
        shape = (batch, None, made.embedding[1])
        weights = (("embeddings", made.embedding),)
        name = _name("Embedding", numbering)
        layers.append(KerasLayer(name, "Embedding", (batch, None), shape, weights))
    if made.mask_value is not None:
        layers.append(KerasLayer(_name("Masking", numbering), "Masking", shape, shape, ()))
    for index, spec in enumerate(made.layers):
        for part in made.before[index]:
            layers.append(_of_part(part, shape, numbering))
            shape = layers[-1].output_shape
        top = index == len(made.layers) - 1
        layers.append(_recurrent(index, spec, shape, numbering, top and made.return_state))
        shape = layers[-1].output_shape
    for part in made.head:
        layers.append(_of_part(part, shape, numbering))
        shape = layers[-1].output_shape
    return tuple(layers)


def _of_part(part: Part, shape: Shape, numbering: Counter[str]) -> KerasLayer:
    name, output = _name(part.class_name, numbering), (*shape[:-1], part.units)
    return KerasLayer(name, part.class_name, shape, output, part.weights)


def _recurrent(
    index: int, spec: Any, shape: Shape, numbering: Counter[str], return_state: bool
) -> KerasLayer:
    assert shape[-1] is not None  # the length of a vector is always known
    weights = tuple(weight_shapes(spec, shape[-1]).items())
    class_name = CELLS[spec.cell].keras_class or OWN_CELL_LAYER
    name = _name(class_name, numbering)
    if spec.bidirectional:
        # The layer inside takes a number as well, then the wrapper one of its own.
        name, class_name = _name("Bidirectional", numbering), "Bidirectional"
        weights = tuple(
            (f"{direction} {weight}", shape)
            for direction in ("forward", "backward")
            for weight, shape in weights
        )
    features = output_features(spec)
    output = (shape[0], None, features) if spec.return_sequences else (shape[0], features)
    states: tuple[Shape, ...] = ()
    if return_state:
        parts = len(CELLS[spec.cell].state_names) * (2 if spec.bidirectional else 1)
        states = ((shape[0], spec.units),) * parts
    return KerasLayer(name, class_name, shape, output, weights, index, spec, states)


def _name(class_name: str, numbering: Counter[str]) -> str:
    name = snake_case(class_name)
    number = numbering[name]
    numbering[name] += 1
    return f"{name}_{number}" if number else name
