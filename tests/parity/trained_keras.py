"""Train Keras models of every kind for a few steps and save each in every format.

Run by itself, with a backend that can train: ``python trained_keras.py FOLDER``.
"""

import logging
import sys
import warnings
from pathlib import Path

import numpy as np

BASES = {
    "simple_rnn": ("SimpleRNN", {}),
    "simple_rnn_relu": ("SimpleRNN", {"activation": "relu"}),
    "lstm": ("LSTM", {}),
    "gru_after": ("GRU", {"reset_after": True}),
    "gru_before": ("GRU", {"reset_after": False}),
}
SHAPES = ("plain", "bidirectional", "stack", "mixed", "last")
EXTRAS = {
    "hard": ("LSTM", {"recurrent_activation": "hard_sigmoid", "activation": "elu"}),
    "backwards": ("GRU", {"go_backwards": True, "use_bias": False}),
    "softsign": ("SimpleRNN", {"activation": "softsign", "use_bias": False}),
}
NAMES = (
    *(f"{base}-{shape}-{dtype}" for base in BASES for shape in SHAPES for dtype in ("32", "64")),
    *(f"{base}-plain-{dtype}" for base in EXTRAS for dtype in ("32", "64")),
)
FEATURES, TIMESTEPS, TOKENS = 3, 12, 9
FORMATS = ("keras", "h5", "weights.h5")


def model_of(keras, name):
    """Build one model; layers that stand between are the ones that a course would put there."""
    base, shape, bits = name.split("-")
    keras.config.set_floatx(f"float{bits}")
    keras.utils.clear_session()
    kind, settings = (BASES | EXTRAS)[base]
    layers = keras.layers

    def recurrent(units, sequences=True):
        return getattr(layers, kind)(units, return_sequences=sequences, **settings)

    if shape == "mixed":
        parts = [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(TOKENS, 4),
            layers.Dropout(0.3),
            layers.Bidirectional(recurrent(3), merge_mode="ave"),
            layers.LayerNormalization(),
            layers.TimeDistributed(layers.Dense(5, activation="tanh")),
            recurrent(4),
            layers.Dense(3),
            layers.Activation("softmax"),
        ]
        return keras.Sequential(parts)
    number = keras.Input((None, FEATURES))
    if shape == "bidirectional":
        return keras.Sequential([number, layers.Bidirectional(recurrent(4))])
    if shape == "last":
        below, above = layers.Bidirectional(recurrent(3)), recurrent(4, False)
        return keras.Sequential([number, below, above, layers.Dense(2, "sigmoid")])
    units = (5, 4, 3) if shape == "stack" else (5,)
    return keras.Sequential([number, *map(recurrent, units)])


def data_of(name):
    """Return what a model reads, (trials, timesteps, …)."""
    generator = np.random.default_rng(len(name))
    if "-mixed-" in name:
        return generator.integers(0, TOKENS, (3, TIMESTEPS)).astype("int32")
    dtype = "float64" if name.endswith("64") else "float32"
    return generator.normal(size=(3, TIMESTEPS, FEATURES)).astype(dtype)


def train(keras, model, name):
    """Take a few steps of Adam, so that biases and gates are no longer those of the start."""
    inputs = data_of(name)
    wanted = np.random.default_rng(5).normal(size=model(inputs).shape)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    model.fit(inputs, wanted, epochs=3, verbose=0)


def main(folder):
    import keras

    for number, name in enumerate(NAMES):
        keras.utils.set_random_seed(number)
        model = model_of(keras, name)
        train(keras, model, name)
        for ending in FORMATS:
            path = folder / f"{name}.{ending}"
            model.save_weights(path) if ending == "weights.h5" else model.save(path)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    main(Path(sys.argv[1]))
