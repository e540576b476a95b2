"""Cells with seeded weights for the tests, and derivatives by differences."""

import dataclasses

import numpy as np

from rnnviz.engine import CELLS, GRU, LSTM

VARIANTS = {name: (cell, {}) for name, cell in CELLS.items()} | {
    "LSTM relu": (LSTM, {"activation": "relu"}),
    "LSTM linear tanh": (LSTM, {"activation": "linear", "recurrent_activation": "tanh"}),
    "GRU sigmoid": (GRU, {"activation": "sigmoid"}),
    "GRU before": (GRU, {"reset_after": False}),
    "GRU before linear": (GRU, {"reset_after": False, "activation": "linear"}),
}


def random_cell(variant, seed=0, features=3, units=4, dtype=np.float64, networks=(), scale=0.5):
    """One of VARIANTS with normal weights of the given scale."""
    cell, options = VARIANTS[variant]
    generator = np.random.default_rng(seed)
    return cell_of(cell, options, generator, (features, units), dtype, networks, scale)


def cell_of(cell, options, generator, sizes=(3, 4), dtype=np.float64, networks=(), scale=0.5):
    """A cell with normal weights in the shapes that it tells; sizes are features and units."""
    features, units = sizes
    settings = {one.name: one.default for one in cell.settings} | options
    shapes = cell.weight_shapes(units, features, settings)
    arrays = {
        name: generator.normal(0, scale, (*networks, *shape)).astype(dtype)
        for name, shape in shapes.items()
    }
    return cell.build(arrays, settings)


def network(stack, index):
    """One network of a stack."""
    return stack.with_arrays(lambda array: array[index])


def without_recurrence(cell):
    """The same cell with nothing from other units' states."""
    if not cell.recurrent_blocks:
        return cell
    return dataclasses.replace(cell, recurrent_kernel=np.zeros_like(cell.recurrent_kernel))


def central_difference(function, at, step=1e-6):
    """∂function(at)_i/∂at_j, (outputs, inputs)."""
    columns = []
    for j in range(at.size):
        shift = np.zeros_like(at)
        shift[j] = step
        columns.append((function(at + shift) - function(at - shift)) / (2 * step))
    return np.stack(columns, axis=-1)
