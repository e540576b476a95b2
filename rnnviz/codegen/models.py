"""The four models of the lecture's notes, each an Experiment."""

from __future__ import annotations

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
