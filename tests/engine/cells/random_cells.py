"""Cells with seeded weights for the tests, and derivatives by differences."""

import numpy as np

from rnnviz.engine import GRU, LSTM, SimpleRNN

VARIANTS = {
    "SimpleRNN": (SimpleRNN, {}),
    "LSTM": (LSTM, {}),
    "LSTM relu": (LSTM, {"activation": "relu"}),
    "LSTM linear tanh": (LSTM, {"activation": "linear", "recurrent_activation": "tanh"}),
    "GRU": (GRU, {}),
    "GRU sigmoid": (GRU, {"activation": "sigmoid"}),
    "GRU before": (GRU, {"reset_after": False}),
    "GRU before linear": (GRU, {"reset_after": False, "activation": "linear"}),
}


def random_cell(variant, seed=0, features=3, units=4, dtype=np.float64, networks=(), scale=0.5):
    """One of VARIANTS with normal weights of the given scale."""
    cell, options = VARIANTS[variant]
    generator, width = np.random.default_rng(seed), cell.gate_count() * units
    two_biases = cell is GRU and options.get("reset_after", True)
    shapes = (features, width), (units, width), (2, width) if two_biases else (width,)
    arrays = (generator.normal(0, scale, (*networks, *shape)).astype(dtype) for shape in shapes)
    return cell(*arrays, **options)


def network(stack, index):
    """One network of a stack."""
    arrays = stack.kernel[index], stack.recurrent_kernel[index], stack.bias[index]
    names = ("activation", "recurrent_activation", "reset_after")
    return type(stack)(*arrays, **{n: getattr(stack, n) for n in names if hasattr(stack, n)})


def central_difference(function, at, step=1e-6):
    """∂function(at)_i/∂at_j, (outputs, inputs)."""
    columns = []
    for j in range(at.size):
        shift = np.zeros_like(at)
        shift[j] = step
        columns.append((function(at + shift) - function(at - shift)) / (2 * step))
    return np.stack(columns, axis=-1)
