"""Run a network on inputs: layer by layer, trial by trial where their lengths differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnviz.engine.bidirectional import BidirectionalTrace
from rnnviz.engine.cells.weights import read_only
from rnnviz.engine.inputs import Inputs
from rnnviz.engine.layer import Layer
from rnnviz.engine.network import Network
from rnnviz.engine.run import LayerRun, Progress, Run, applied
from rnnviz.engine.source import Given, Source
from rnnviz.engine.unroll import Trace, unroll


def run(
    network: Network,
    inputs: Inputs | np.ndarray | Sequence,
    initial_state: Any = None,
    *,
    source: Source | None = None,
    progress: Progress | None = None,
    stateful: bool = False,
) -> Run:
    """Run a network on one sequence or on several.

    Parameters
    ----------
    network : Network
        What is run.
    inputs : Inputs or array_like
        ``(timesteps, features)`` or ``(trials, timesteps, features)``; with an Embedding whole
        numbers ``(timesteps,)`` or ``(trials, timesteps)``.
    initial_state : array_like, or sequence of array_like or None, optional
        Zeros by default. The state before the first timestep, ``(state_size,)`` or ``(trials,
        state_size)``: of the one layer, or one for each layer; of a Bidirectional layer a pair.
    source : Source, optional
        Where they come from; by default, `Given` with both hashes.
    progress : callable (fraction), optional
        Called every few milliseconds with the fraction done, 0 … 1; raising in it ends the run.
    stateful : bool
        Whether each trial begins with the state that the one before it ended with, as in a Keras
        model of stateful layers that is given one trial after the other.

    Raises
    ------
    ValueError
        Where inputs and network do not fit together.
    """
    data = inputs if isinstance(inputs, Inputs) else Inputs(_plain(inputs))
    data.check(network.reads_tokens)
    fed = _fed(network, data)
    if source is None:
        source = Given(network.sha256, data.sha256, network.name, data.name)
    states = _initial_states(network, initial_state)
    mask = network.mask_of(data.values)
    lengths = _padded_lengths(data, fed)
    if (stateful and fed.ndim == 3) or (lengths and _reads_backwards(network)):
        return _run_one_by_one(network, data, fed, states, source, progress, stateful)
    layers, done = [], fed
    for index, layer in enumerate(network.layers):
        told = part(progress, index, len(network.layers))
        found = _run_layer(layer, done, states[index], told, mask)
        layers.append(dataclasses.replace(found, lengths=lengths))
        done = layers[-1].states
    return Run(network, data, fed, tuple(layers), source)


def part(progress: Progress | None, index: int, count: int) -> Progress | None:
    """Return the progress of one of several parts of equal length."""
    return progress and (lambda fraction: progress((index + fraction) / count))


def _plain(inputs: Any) -> np.ndarray:
    """An array of a tensor that has one, or of lists."""
    return np.asarray(inputs.detach().cpu() if hasattr(inputs, "detach") else inputs)


def _fed(network: Network, data: Inputs) -> np.ndarray:
    """What the first recurrent layer reads, in the network's dtype."""
    values = data.values
    if network.embedding is not None:
        return read_only(network.embedding.embed(values))
    if values.ndim == 1 or values.shape[-1] != network.input_features:
        raise ValueError(
            f"inputs have shape {values.shape}, but the network reads "
            f"{network.input_features} features at each timestep: (timesteps, "
            f"{network.input_features}) or (trials, timesteps, {network.input_features})."
        )
    return values if values.dtype == network.dtype else read_only(values.astype(network.dtype))


def _run_layer(
    layer: Layer,
    fed: np.ndarray,
    state: Any,
    progress: Progress | None,
    mask: np.ndarray | None = None,
) -> LayerRun:
    fed = applied(layer.before, fed)
    if layer.both is None:
        trace = unroll(layer.forward, fed, state, layer.go_backwards, progress, mask)
        return LayerRun(layer.forward, trace, None, layer.return_sequences)
    forward, backward = (None, None) if state is None else state
    pair = (forward, backward)
    both = layer.both.unroll(fed, progress, pair, mask, layer.return_sequences)
    return LayerRun(layer.forward, both.forward, both, layer.return_sequences)


def _padded_lengths(data: Inputs, fed: np.ndarray) -> tuple[int, ...]:
    """Timesteps of each of several trials; empty where none of them is padded."""
    padded = fed.ndim == 3 and min(data.lengths, default=fed.shape[1]) < fed.shape[1]
    return data.lengths if padded else ()


def _reads_backwards(network: Network) -> bool:
    return any(layer.bidirectional or layer.go_backwards for layer in network.layers)


def _initial_states(network: Network, given: Any) -> list[Any]:
    count = len(network.layers)
    if given is None:
        return [None] * count
    if count == 1 and not (isinstance(given, (list, tuple)) and len(given) == 1):
        return [given]
    if not isinstance(given, (list, tuple)) or len(given) != count:
        raise ValueError(f"initial_state must be a list of {count}, one for each layer or None.")
    return list(given)


def _run_one_by_one(network, data, fed, states, source, progress, stateful=False) -> Run:
    """Each trial on its own: padded ones through layers that read from the end, or stateful.

    Stateful, a trial goes on from the state in which the one before it ended.
    """
    runs: list[Run] = []
    lengths = data.lengths or (fed.shape[1],) * len(fed)
    for index, length in enumerate(lengths):
        one = data.trial(index, network.reads_tokens)
        begin = [_state_of_trial(state, index) for state in states]
        if stateful and runs:
            begin = [layer.last_state for layer in runs[-1].layers]
        alone = run(
            network,
            one,
            begin if len(begin) > 1 else begin[0],
            source=source,
            progress=part(progress, index, len(lengths)),
        )
        runs.append(dataclasses.replace(alone, trial_index=index))
        assert alone.timesteps == length
    short = _padded_lengths(data, fed)
    padded = tuple(
        dataclasses.replace(_padded([one.layers[i] for one in runs], fed), lengths=short)
        for i in range(len(states))
    )
    return Run(network, data, fed, padded, source, _alone=tuple(runs), stateful=stateful)


def _state_of_trial(state: Any, index: int) -> Any:
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(_state_of_trial(one, index) for one in state)
    state = np.asarray(state)
    return state[index] if state.ndim == 2 else state


def _padded(runs: list[LayerRun], fed: np.ndarray) -> LayerRun:
    """Layers of several trials as one, states after a trial's end zero."""

    def stack(traces: list[Trace]) -> Trace:
        masks = [trace.mask for trace in traces]
        return Trace(
            traces[0].layer,
            _stacked([trace.inputs for trace in traces], fed.shape[1]),
            read_only(np.stack([trace.initial_state for trace in traces])),
            _stacked([trace.full_states for trace in traces], fed.shape[1]),
            _stacked_masks(masks, [trace.timesteps for trace in traces], fed.shape[1]),
        )

    trace = stack([one.trace for one in runs])
    first = runs[0]
    pairs = [one.both for one in runs if one.both is not None]
    if not pairs:
        return dataclasses.replace(first, trace=trace)
    both = BidirectionalTrace(
        pairs[0].layer,
        trace,
        stack([one.backward for one in pairs]),
        _stacked([one.states for one in pairs], fed.shape[1]),
        read_only(np.stack([one.last_output for one in pairs])),
    )
    return dataclasses.replace(first, trace=trace, both=both)


def _stacked_masks(
    masks: list[np.ndarray | None], lengths: list[int], timesteps: int
) -> np.ndarray | None:
    if all(mask is None for mask in masks):
        return None
    whole = np.zeros((len(masks), timesteps), bool)
    for row, mask, length in zip(whole, masks, lengths, strict=True):
        row[:length] = True if mask is None else mask
    return read_only(whole)


def _stacked(arrays: list[np.ndarray], timesteps: int) -> np.ndarray:
    whole = np.zeros((len(arrays), timesteps, arrays[0].shape[-1]), arrays[0].dtype)
    for row, array in zip(whole, arrays, strict=True):
        row[: len(array)] = array
    return read_only(whole)
