"""What would the same network do with other initial weights, and at other weight scales?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.analysis.batch_measures import Sweep, sweep
from rnnviz.engine import Trace, unroll
from rnnviz.spec.experiment import TABLE, Experiment
from rnnviz.spec.sampling import draw_embedding, draw_layer, draw_tokens
from rnnviz.spec.shapes import TOKEN_SIGNALS, output_features, weight_count

MOST_TIMESTEPS = 100
"""Longest run of a neighbour; of a longer experiment so many timesteps are read."""

_INITIALIZERS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
WEIGHTS = {
    "lecture": ("numpy_random", "numpy_random", "numpy_random"),
    "pytorch": ("pytorch_uniform", "pytorch_uniform", "pytorch_uniform"),
    "glorot": ("glorot_uniform", "glorot_uniform", "zeros"),
    "identity": ("glorot_uniform", "identity", "zeros"),
    "keras": ("glorot_uniform", "orthogonal", "zeros"),
}
"""Ways to draw W, U and b, by the name of their words: the lecture's, PyTorch's, …, Keras's."""
OWN = "own"
"""Name of the experiment's own way, where it is none of these."""

_NUMBERS_AT_ONCE = 8_000_000
_PRODUCTS = 3e8
_EVERY = (2, 4, 8, 16)
_LEAST_TIMESTEPS = 25


@dataclass(frozen=True, eq=False)
class InitialiserGrid:
    """An experiment's neighbours: the same seed and input, other initial weights and scales.

    Parameters
    ----------
    experiment : Experiment
        In the middle of them; its own weight scale and initial weights do not matter.
    rows : tuple of str
        Names in :data:`WEIGHTS`, and :data:`OWN` where the experiment draws its weights otherwise.
    scales : tuple of float
        Weight scales, stops of the slider.
    saturated, input_share, gradient : ndarray (rows, scales)
        As in :class:`rnnviz.analysis.batch_measures.Sweep`.
    timesteps : int
        Length of each neighbour's run.
    """

    experiment: Experiment
    rows: tuple[str, ...]
    scales: tuple[float, ...]
    saturated: np.ndarray
    input_share: np.ndarray
    gradient: np.ndarray
    timesteps: int

    def at(self, row: int, column: int) -> Experiment:
        """Return the neighbour in a row and a column as an experiment of its own."""
        changes = _changes(self.experiment, self.rows[row])
        return self.experiment.replace(**changes, weight_scale=self.scales[column])

    def row_of(self, experiment: Experiment) -> int | None:
        """Return the row that draws its weights as this experiment does; None if none does."""
        name = _own_row(experiment)
        return self.rows.index(name) if name in self.rows else None

    def best(self, row: int) -> int | None:
        """Return the column whose gradient is nearest to 1; None where all are zero or unknown."""
        distance = np.abs(self.gradient[row])
        distance[~np.isfinite(distance)] = np.inf
        column = int(distance.argmin())
        return column if np.isfinite(distance[column]) else None


def centre(experiment: Experiment) -> Experiment:
    """Return the one experiment that all neighbours on a grid share; a key for caches."""
    own = _own_row(experiment)
    changes = {} if own == OWN else _changes(experiment, "lecture")
    return experiment.replace(**changes, weight_scale=1.0)


def initialiser_grid(
    experiment: Experiment,
    inputs: np.ndarray,
    layer: int = 0,
    progress: Callable[[float], None] | None = None,
) -> InitialiserGrid:
    """Run all neighbours of an experiment on its own input, many in one batched pass.

    Parameters
    ----------
    experiment : Experiment
        Whose neighbours.
    inputs : ndarray (timesteps, input_features)
        What its first layer is fed.
    layer : int
        Which layer is measured; those beneath are changed with it.
    progress : callable (fraction), optional
        Called now and then; raising inside it stops the work.
    """
    rows = tuple(WEIGHTS) if _own_row(experiment) != OWN else (OWN, *WEIGHTS)
    scales, timesteps = _size(experiment, layer, len(rows))
    inputs, mask = _read(experiment, inputs, timesteps)
    results, done = [], 0
    for some in _batches(experiment, layer, rows, len(scales)):
        if progress is not None:
            progress(done / len(rows))
        results.append(_measure(experiment, layer, some, scales, inputs, mask))
        done += len(some)
    grids = {
        name: np.concatenate([getattr(one, name) for one in results]).reshape(len(rows), -1)
        for name in ("saturated", "input_share", "gradient")
    }
    for grid in grids.values():
        grid.setflags(write=False)
    return InitialiserGrid(experiment, rows, scales, **grids, timesteps=timesteps)


def _read(
    experiment: Experiment, inputs: np.ndarray, timesteps: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the timesteps that the neighbours run through, and which of them are not masked.

    They are the first ones; where these would all be padding, they begin with what is read.
    """
    mask = _mask_of(experiment, inputs)
    if mask is None:
        return inputs[:timesteps], None
    first = min(int(mask.argmax()), len(inputs) - timesteps)
    return inputs[first : first + timesteps], mask[first : first + timesteps]


def _mask_of(experiment: Experiment, inputs: np.ndarray) -> np.ndarray | None:
    """Return which timesteps the network computes, by what padding is fed to it; None for all."""
    if not experiment.mask_zero:
        return None
    padding: np.ndarray | float = 0.0
    if experiment.signal in TOKEN_SIGNALS:
        if experiment.sequences == 1:  # tokens that share a vector are still told apart
            return draw_tokens(experiment) != 0
        padding = draw_embedding(experiment).embeddings[0]
    return (inputs != padding).any(axis=-1)


def _measure(experiment, layer, rows, scales, inputs, mask) -> Sweep:
    """Run some rows at all scales in one stack of networks, and measure it."""
    run = _runner(experiment, layer, rows, scales, mask)
    read = np.arange(len(inputs)) if mask is None else np.flatnonzero(mask)
    other = inputs.copy()
    other[read] = inputs[np.random.default_rng(0).permutation(read)]
    has_other = not np.array_equal(other, inputs)
    return sweep(run(inputs), run(other) if has_other else None)


def _runner(experiment, layer, rows, scales, mask) -> Callable[[np.ndarray], Trace]:
    """Return what runs an input through the stacks of networks up to a layer."""
    stacks, features = [], experiment.input_features
    for index, spec in enumerate(experiment.layers[: layer + 1]):
        directions = ("", "backward_") if spec.bidirectional else ("",)
        place = (experiment, index, features, rows, scales)
        stacks.append([_stack(*place, direction) for direction in directions])
        features = output_features(spec)

    def run(fed: np.ndarray) -> Trace:
        for (forward, *backward), spec in zip(stacks, experiment.layers, strict=False):
            trace = unroll(forward, fed, go_backwards=spec.go_backwards, mask=mask)
            ends = [unroll(one, fed, go_backwards=True, mask=mask) for one in backward]
            above = [trace.states, *(one.states[:, ::-1] for one in ends)]
            fed = np.concatenate(above, axis=-1) if backward else trace.states
            if backward and mask is not None:
                fed = fed * mask[:, None]  # as `Bidirectional.unroll` does
        return trace

    return run


def _stack(experiment, index, features, rows, scales, direction):
    """Return one layer of many networks, rows first, then scales; drawn once a row."""
    stacks: list[dict[str, np.ndarray]] = []
    for row in rows:
        changes = {**_changes(experiment, row), "weight_scale": 1.0, "dtype": "float64"}
        drawn = experiment.replace(**changes)
        layer = draw_layer(drawn, index, drawn.layers[index], features, direction)
        scaled = layer.with_arrays(lambda array: np.multiply.outer(scales, array))
        stacks.append(scaled.with_arrays(lambda array: array.astype(experiment.dtype)).arrays)
    stacked = {name: np.concatenate([one[name] for one in stacks]) for name in stacks[0]}
    return dataclasses.replace(layer, **stacked)


def _changes(experiment: Experiment, row: str) -> dict[str, object]:
    names = (getattr(experiment, name) for name in _INITIALIZERS) if row == OWN else WEIGHTS[row]
    return dict(zip(_INITIALIZERS, names, strict=True))


def _own_row(experiment: Experiment) -> str:
    """Return which way of drawing weights is an experiment's own."""
    drawn = tuple(getattr(experiment, name) for name in _INITIALIZERS)
    return next((row for row, names in WEIGHTS.items() if names == drawn), OWN)


def _weights_of(experiment: Experiment, layer: int) -> int:
    """Return how many weights a network has, up to and with a layer."""
    total, features = 0, experiment.input_features
    for spec in experiment.layers[: layer + 1]:
        total += weight_count(spec, features)
        features = output_features(spec)
    return total


def _size(experiment: Experiment, layer: int, rows: int) -> tuple[tuple[float, ...], int]:
    """Return scales and timesteps, fewer of both for a large network."""
    stops = TABLE["weight_scale"].options
    weights = _weights_of(experiment, layer)
    timesteps = min(experiment.timesteps, MOST_TIMESTEPS)
    for every in _EVERY:
        scales = stops[::every]
        affordable = int(_PRODUCTS / (weights * len(scales) * rows))
        if affordable >= timesteps:
            break
    return scales, min(timesteps, max(_LEAST_TIMESTEPS, affordable))


def _batches(experiment, layer, rows, scales) -> Iterator[tuple[str, ...]]:
    """Return the rows in groups whose weights fit into memory together."""
    numbers = _weights_of(experiment, layer) * scales
    together = max(1, _NUMBERS_AT_ONCE // numbers)
    for start in range(0, len(rows), together):
        yield rows[start : start + together]
