"""The gradient of a loss by every weight of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnviz.engine.cells.weights import read_only
from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Network
from rnnviz.learn.backpropagation import Backpropagation
from rnnviz.learn.dropout import LayerMasks
from rnnviz.learn.losses import Loss, loss_named
from rnnviz.learn.parameters import Parameters


def gradients(
    network: Network,
    inputs: Inputs | np.ndarray,
    targets: np.ndarray,
    loss: str = "mean_squared_error",
    *,
    mask: np.ndarray | None = None,
    initial_state: Any = None,
    truncate: int | None = None,
    dropout_masks: Sequence[LayerMasks] | None = None,
) -> tuple[float, dict[str, np.ndarray]]:
    """Return a loss and its gradient by every weight, by backpropagation through time.

    Parameters
    ----------
    network : Network
        What is learning.
    inputs : Inputs or array_like
        As for `rnnviz.run`: ``(timesteps, features)``, ``(trials, timesteps, features)``, or
        tokens ``(timesteps,)``, ``(trials, timesteps)`` for a network with an Embedding.
    targets : array_like
        As the output of the network: ``(trials, timesteps, outputs)``, or ``(trials, outputs)``
        where only the last state is returned, without trials for a single sequence. The last axis
        may be left out where there is one output, and for whole numbers that name the class.
    loss : str
        A name in `LOSSES`. A cross-entropy is taken from logits: from what stands before a head's
        sigmoid (binary) or softmax (categorical), or from the output itself.
    mask : array_like, optional
        ``(trials, timesteps)`` or ``(timesteps,)``: a weight for each timestep, 0 where it does
        not count. By default all timesteps of a sequence count alike, and no padding; what the
        network itself passes over (Masking, mask_zero) never counts, as in Keras.
    initial_state : optional
        As for `rnnviz.run`.
    truncate : int, optional
        Cut the gradient through time every so many timesteps (truncated backpropagation through
        time); by default it flows back to the first.
    dropout_masks : sequence of LayerMasks, optional
        One for each layer, as `rnnviz.learn.draw_masks` draws them; by default nothing is dropped.

    Returns
    -------
    loss : float
        The mean over what counts.
    gradients : dict of ndarray
        ∂loss/∂weight by the names of `Network.weights`, read-only.

    Raises
    ------
    ValueError
        Where shapes do not fit together or the loss is unknown.
    """
    data = inputs if isinstance(inputs, Inputs) else Inputs(np.asarray(inputs))
    data.check(network.reads_tokens)
    values = _checked_values(network, data)
    chosen = loss_named(loss)
    batch, timesteps = values.shape[:2]
    parameters = Parameters(network)
    masked = dropout_masks is not None
    passes = Backpropagation(parameters, timesteps, batch, chosen.activation, truncate, masked)
    lengths = np.array(data.lengths) if len(set(data.lengths)) > 1 else None
    states = _initial_states(network, initial_state, batch)
    outputs = passes.forward(values, lengths, states, dropout_masks)
    wanted = column_targets(targets, outputs, chosen)
    counts = _checked_mask(mask, len(outputs), batch, data.lengths)
    if network.masks and len(outputs) > 1:
        counts = _without_masked(counts, network.mask_of(values))
    value, deltas = chosen(outputs, wanted, counts)
    passes.backward(deltas)
    return value, {name: read_only(array) for name, array in parameters.gradients.items()}


def column_targets(targets: np.ndarray, outputs: np.ndarray, loss: Loss) -> np.ndarray:
    """Targets with the axes of the outputs, (timesteps, outputs, batch).

    Raises
    ------
    ValueError
        Where they do not fit.
    """
    given = np.asarray(targets)
    timesteps, width, batch = outputs.shape
    sequences = (batch, timesteps) if timesteps > 1 or given.ndim > 2 else (batch,)
    shapes: list[tuple[int, ...]] = [sequences, (batch, timesteps)]
    if batch == 1:
        shapes += [(timesteps,), ()]
    for shape in shapes:
        if given.shape == (*shape, width):
            return given.reshape(batch, timesteps, width).transpose(1, 2, 0).astype(outputs.dtype)
        if given.shape == shape and loss.from_classes and given.dtype.kind in "iu":
            return _one_hot(given.reshape(batch, timesteps), width, outputs.dtype)
        if given.shape == shape and width == 1:
            return given.reshape(batch, timesteps, 1).transpose(1, 2, 0).astype(outputs.dtype)
    raise ValueError(
        f"targets have shape {given.shape}, but the network's output needs {(*sequences, width)}."
    )


def _one_hot(classes: np.ndarray, width: int, dtype: np.dtype) -> np.ndarray:
    if classes.size and not 0 <= classes.min() <= classes.max() < width:
        raise ValueError(
            f"targets hold classes from {classes.min()} to {classes.max()}, but the network has "
            f"{width} outputs: classes go from 0 to {width - 1}."
        )
    return (classes.T[:, None, :] == np.arange(width)[:, None]).astype(dtype)


def _checked_values(network: Network, data: Inputs) -> np.ndarray:
    """The values with trials as their first axis, checked against the network."""
    values = data.values
    if data.trials(network.reads_tokens) is None:
        values = values[None]
    if network.embedding is not None:
        network.embedding.embed(values)  # which checks the tokens
        return values
    if values.ndim != 3 or values.shape[-1] != network.input_features:
        raise ValueError(
            f"inputs have shape {data.values.shape}, but the network reads "
            f"{network.input_features} features at each timestep."
        )
    return values


def _checked_mask(
    mask: np.ndarray | None, timesteps: int, batch: int, lengths: tuple[int, ...]
) -> np.ndarray | None:
    """The weights of the timesteps, (timesteps, batch); None where all count alike."""
    counts = None
    if lengths and timesteps > 1:
        counts = (np.arange(timesteps)[:, None] < np.array(lengths)).astype(float)
    if mask is None:
        return counts
    given = np.asarray(mask, float)
    if given.shape == (timesteps,):
        given = np.broadcast_to(given, (batch, timesteps))
    if given.shape != (batch, timesteps):
        raise ValueError(f"mask has shape {given.shape}, but {(batch, timesteps)} is needed.")
    if not (given >= 0).all() or not given.any():
        raise ValueError("mask must hold weights of at least 0, and one above 0.")
    return given.T if counts is None else given.T * counts


def _without_masked(counts: np.ndarray | None, kept: np.ndarray | None) -> np.ndarray | None:
    """Weights (timesteps, batch) without what is masked; ``kept`` is (batch, timesteps)."""
    if kept is None:
        return counts
    left = kept.T * (1.0 if counts is None else counts)
    if not left.any():
        raise ValueError("Every timestep that counts is masked: there is nothing to learn from.")
    return left


def _initial_states(network: Network, given: Any, batch: int) -> list | None:
    if given is None:
        return None
    layers = network.layers
    if len(layers) == 1 and not (isinstance(given, (list, tuple)) and len(given) == 1):
        given = [given]
    if not isinstance(given, (list, tuple)) or len(given) != len(layers):
        raise ValueError(f"initial_state must be a list of {len(layers)}, one for each layer.")

    def checked(state: Any, size: int) -> np.ndarray | None:
        if state is None:
            return None
        array = np.asarray(state)
        if array.shape not in ((size,), (batch, size)):
            raise ValueError(
                f"initial_state has shape {array.shape}, but {(size,)} or {(batch, size)} is "
                "needed."
            )
        return np.broadcast_to(array, (batch, size))

    states: list = []
    for layer, state in zip(layers, given, strict=True):
        size = layer.forward.state_size
        pair = layer.bidirectional and state is not None
        states.append(tuple(checked(one, size) for one in state) if pair else checked(state, size))
    return states
