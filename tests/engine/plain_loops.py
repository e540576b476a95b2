"""Cells as a textbook writes them, one number at a time where it matters: the tests' oracle."""

import numpy as np

FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(z / 2)),
    "linear": lambda z: z,
    "hard_sigmoid": lambda z: np.minimum(np.maximum(z / 6 + 0.5, 0), 1),
    "hard_sigmoid_keras2": lambda z: np.minimum(np.maximum(0.2 * z + 0.5, 0), 1),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "softplus": lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
    "softsign": lambda z: z / (1 + np.abs(z)),
}


def simple_rnn(W, U, b, inputs, h, activation="tanh"):
    """The lecture's listing, W (units, features), U (units, units)."""
    outputs = []
    for x in inputs:
        h = FUNCTIONS[activation](np.dot(W, x) + np.dot(U, h) + b)
        outputs.append(h)
    return np.stack(outputs, axis=0)


def lstm(K, R, b, inputs, h, c):
    """Keras layout: K (features, 4n), R (n, 4n), b (4n,), gates in the order i, f, c, o."""
    n, hidden, cells = len(h), [], []
    gates = [slice(g * n, (g + 1) * n) for g in range(4)]
    sigmoid = FUNCTIONS["sigmoid"]
    for x in inputs:
        i, f, g, o = (x @ K[:, gate] + h @ R[:, gate] + b[gate] for gate in gates)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hidden.append(h)
        cells.append(c)
    return np.stack(hidden), np.stack(cells)


def gru(K, R, b, inputs, h, reset_after):
    """Keras layout, gates in the order z, r, h; b (2, 3n) if reset_after, else (3n,)."""
    n, hidden = len(h), []
    update, reset, new = (slice(g * n, (g + 1) * n) for g in range(3))
    sigmoid = FUNCTIONS["sigmoid"]
    b, b_recurrent = b if reset_after else (b, np.zeros(3 * n))
    for x in inputs:
        z = sigmoid(x @ K[:, update] + b[update] + h @ R[:, update] + b_recurrent[update])
        r = sigmoid(x @ K[:, reset] + b[reset] + h @ R[:, reset] + b_recurrent[reset])
        after, before = r * (h @ R[:, new] + b_recurrent[new]), (r * h) @ R[:, new]
        recurrent = after if reset_after else before
        h = z * h + (1 - z) * np.tanh(x @ K[:, new] + b[new] + recurrent)
        hidden.append(h)
    return np.stack(hidden)
