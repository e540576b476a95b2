"""The four models of the lecture's notes, each an Experiment."""

from __future__ import annotations

from rnnviz.codegen.architecture import Model
from rnnviz.codegen.layers import keras_layers
from rnnviz.spec.experiment import Experiment

_KERAS = Experiment(
    signal="tokens",
    vocabulary_size=10_000,
    input_features=32,
    units=32,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
    dtype="float32",
)

NOTES_MODELS: dict[str, Experiment] = {
    "loop": Experiment(),
    "last_output": _KERAS.replace(return_sequences=False),
    "whole_sequence": _KERAS,
    "four_stacked": _KERAS.replace(units=(32,) * 4, return_sequences=(True, True, True, False)),
}
"""Name -> experiment: the NumPy loop, then Embedding and SimpleRNN(32) with Keras's defaults."""

NUMBERINGS = ("fresh", "session")
"""How names are numbered: from the beginning, or on from the models of the notes."""


def built_before(model: Model, numbering: str) -> tuple[Experiment, ...]:
    """Return what a session has built when a model is next, for the numbers in its names.

    In a session the Keras models of the notes stand in their order; a model that is none of them
    comes after them all.

    Parameters
    ----------
    model : Experiment or Network
        It counts as one of the notes' where its layers have the same classes and shapes.
    numbering : {"fresh", "session"}
        In a fresh session there is nothing before.
    """
    if numbering == "fresh":
        return ()
    session = tuple(made for made in NOTES_MODELS.values() if made.signal == "tokens")
    places = [place for place, made in enumerate(session) if _printed(made) == _printed(model)]
    return session[: places[0]] if places else session


def _printed(model: Model) -> list[tuple]:
    layers = keras_layers(model)
    return [(layer.class_name, layer.output_shape, layer.weights) for layer in layers]
