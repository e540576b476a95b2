"""Cells as a textbook writes them, one number at a time where it matters: the tests' oracle."""

import numpy as np

FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(z / 2)),
    "linear": lambda z: z,
}


def simple_rnn(W, U, b, inputs, h, activation="tanh"):
    """The lecture's listing, W (units, features), U (units, units)."""
    outputs = []
    for x in inputs:
        h = FUNCTIONS[activation](np.dot(W, x) + np.dot(U, h) + b)
        outputs.append(h)
    return np.stack(outputs, axis=0)
