"""A network on inputs: states, gates and pre-activations of every layer and trial."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from rnnviz.engine.bidirectional import BidirectionalTrace
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.weights import read_only
from rnnviz.engine.dense import Dense
from rnnviz.engine.embedding import Embedding
from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Layer, Network, Part
from rnnviz.engine.source import Given, Source
from rnnviz.engine.unroll import Trace, unroll

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class LayerRun:
    """One recurrent layer of a run: its weights and all it computed.

    With several trials every array has them as its first axis; see `Run.trial`.

    Parameters
    ----------
    layer : RecurrentCell
        The weights, in Keras layout; of a Bidirectional layer, those that read forwards.
    trace : Trace
        States, pre-activations and, for gated cells, gates of every timestep, in the order in
        which they were computed: with ``go_backwards`` the first belongs to the last timestep.
    both : BidirectionalTrace or None
        Of a Bidirectional layer, what both directions computed; ``trace`` is the forward one.
    return_sequences : bool
        Whether the layer returns all its states, or the last one only.
    """

    layer: RecurrentCell
    trace: Trace
    both: BidirectionalTrace | None = None
    return_sequences: bool = True

    @property
    def backward(self) -> Trace | None:
        """What the direction that reads from the end computed, in that order; None without."""
        return None if self.both is None else self.both.backward

    @property
    def states(self) -> np.ndarray:
        """Hidden states, ``(timesteps, units)``, read-only.

        Of a Bidirectional layer ``(timesteps, 2 * units)``: the forward states, and beside them
        the backward states of the same timestep.
        """
        return self.trace.states if self.both is None else self.both.states

    @cached_property
    def preactivations(self) -> np.ndarray:
        """What went into the activations, ``(timesteps, gates * units)``, read-only.

        Of a Bidirectional layer both directions side by side, as in ``states``.
        """
        if self.backward is None:
            return self.trace.preactivations
        backward = self.backward.preactivations[..., ::-1, :]
        return read_only(np.concatenate([self.trace.preactivations, backward], axis=-1))

    @property
    def output(self) -> np.ndarray:
        """What the layer returns: ``states``, or the last state of each direction, ``(units,)``.

        The last state of the direction that reads from the end belongs to timestep 0.
        """
        if self.return_sequences:
            return self.states
        return self.states[..., -1, :] if self.both is None else self.both.last_output

    @property
    def nbytes(self) -> int:
        """Memory of weights and states; pre-activations come later and take as much again."""
        traces = [self.trace] if self.backward is None else [self.trace, self.backward]
        arrays = [] if self.both is None else [self.both.states]
        for trace in traces:
            arrays += trace.layer.arrays.values()
            arrays += [trace.full_states] * 2
        return sum(array.nbytes for array in arrays)

    @property
    def last_state(self) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """The whole state after the last timestep that was read, ``(state_size,)``.

        What Keras's ``return_state=True`` returns besides the output: h, and c beside it where the
        cell has one. Of a Bidirectional layer a pair, one for each direction.
        """
        last = self.trace.full_states[..., -1, :]
        return last if self.backward is None else (last, self.backward.full_states[..., -1, :])

    def trial(self, index: int, length: int) -> LayerRun:
        """What the layer computed for one of several trials, without its padding."""
        trace = _trial_of(self.trace, index, length)
        if self.both is None:
            return dataclasses.replace(self, trace=trace)
        both = self.both
        backward = _trial_of(both.backward, index, length)
        states = both.states[index, :length]
        both = BidirectionalTrace(both.layer, trace, backward, states, both.last_output[index])
        return dataclasses.replace(self, trace=trace, both=both)


def _trial_of(trace: Trace, index: int, length: int) -> Trace:
    inputs, states = trace.inputs[index, :length], trace.full_states[index, :length]
    mask = trace.mask
    if mask is not None:
        mask = (mask if mask.ndim == 1 else mask[index])[:length]
    return Trace(trace.layer, inputs, trace.initial_state[index], states, mask)


@dataclass(frozen=True, eq=False)
class Run:
    """A network on inputs; every array is read-only.

    With several trials the arrays have them as their first axis; analyses and most views look at
    one of them, ``run.trial(i)``.

    Parameters
    ----------
    network : Network
        The layers and their weights.
    data : Inputs
        What the network was given.
    inputs : ndarray (timesteps, features)
        What the first recurrent layer was fed: the numbers, or the vectors of the tokens.
    layers : tuple of LayerRun
        From the input up; ``states`` and ``preactivations`` are those of the last one.
    source : Source
        Where weights and inputs come from: an Experiment, a Training, or `Given`.
    trial_index : int or None
        Which of several trials this is; None for a run of its own.
    """

    network: Network
    data: Inputs
    inputs: Annotated[np.ndarray, "... timesteps features"]
    layers: tuple[LayerRun, ...]
    source: Source
    trial_index: int | None = None
    _whole: Run | None = field(default=None, repr=False)
    _alone: tuple[Run, ...] = field(default=(), repr=False)

    @property
    def whole(self) -> Run:
        """The run with all trials that this is one of; itself if it is none."""
        return self if self._whole is None else self._whole

    @property
    def experiment(self) -> Any:
        """The recipe that drew network and inputs; None where they were given."""
        return None if isinstance(self.source, Given) else self.source

    @property
    def recipe(self) -> Any:
        """The recipe that drew what is not given and acts on what is; None where there is none."""
        return self.source.recipe if isinstance(self.source, Given) else self.source

    @property
    def identity(self) -> str:
        """What tells this run's numbers from any others: its link, or its network's hash."""
        if isinstance(self.source, Given):
            return f"network:{self.source.network}"
        return self.source.to_query()

    @property
    def has_trials(self) -> bool:
        """Whether the arrays have trials as their first axis."""
        return self.inputs.ndim == 3

    @property
    def trials(self) -> int:
        """Number of trials; 1 for a single sequence."""
        return len(self.inputs) if self.has_trials else 1

    @property
    def timesteps(self) -> int:
        """Number of timesteps, of the longest trial."""
        return self.inputs.shape[-2]

    @property
    def lengths(self) -> tuple[int, ...]:
        """Number of timesteps of each trial."""
        return self.data.lengths or (self.timesteps,) * self.trials

    def trial(self, index: int) -> Run:
        """One trial as a run of a single sequence, without padding.

        Raises
        ------
        IndexError
            Where there is no such trial.
        """
        if not 0 <= index < self.trials:
            raise IndexError(f"There is no trial {index}: they go from 0 to {self.trials - 1}.")
        if not self.has_trials:
            return self
        if self._alone:
            return dataclasses.replace(self._alone[index], _whole=self)
        length = self.lengths[index]
        return Run(
            self.network,
            self.data.trial(index, self.network.reads_tokens),
            self.inputs[index, :length],
            tuple(layer.trial(index, length) for layer in self.layers),
            self.source,
            index,
            self,
        )

    def each_trial(self) -> Iterator[Run]:
        """Every trial in turn, each as a run of a single sequence."""
        return (self.trial(index) for index in range(self.trials))

    @property
    def states(self) -> np.ndarray:
        """Hidden states of the top layer, ``(timesteps, units)`` or ``(trials, …)``."""
        return self.layers[-1].states

    @property
    def preactivations(self) -> np.ndarray:
        """Pre-activations of the top layer, ``(timesteps, gates * units)``."""
        return self.layers[-1].preactivations

    @property
    def embedding(self) -> Embedding | None:
        """What turned tokens into ``inputs``; None if the input is numbers."""
        return self.network.embedding

    @property
    def token_numbers(self) -> np.ndarray | None:
        """The tokens that the Embedding read, ``(timesteps,)``; None if the input is numbers."""
        return self.data.values if self.network.reads_tokens else None

    @property
    def dense(self) -> Dense | None:
        """The last Dense layer of the head; None without one."""
        dense = [one for one in self.network.head if isinstance(one, Dense)]
        return dense[-1] if dense else None

    @cached_property
    def output(self) -> np.ndarray:
        """What the model returns, read-only: the output of the head, or of the top layer.

        ``(timesteps, features)`` where the top layer returns its sequence, else ``(features,)``.
        """
        output = self.layers[-1].output
        return read_only(_applied(self.network.head, output)) if self.network.head else output

    @cached_property
    def readings(self) -> np.ndarray | None:
        """What the head makes of the state at each timestep, ``(timesteps, dense_units)``.

        None without a head. Its last row is ``output`` where only the last state is returned.
        """
        if not self.network.head:
            return None
        readings = _applied(self.network.head, self.states)
        if not self.layers[-1].return_sequences:
            readings[..., -1, :] = self.output
        return read_only(readings)

    def __repr__(self) -> str:
        shape = f"{self.states.shape} {self.states.dtype}"
        return f"<Run: states {shape}, ?{self.source.to_query()}>"

    @property
    def nbytes(self) -> int:
        """Memory that the run's arrays take, in bytes, for caches that are bounded by it."""
        layers = sum(layer.nbytes for layer in self.layers)
        head = sum(one.parameter_count * one.dtype.itemsize for one in self.network.head)
        if self.dense is not None:
            head += self.states[..., 0].size * self.dense.units * self.inputs.itemsize
        embedding = 0
        if self.embedding is not None:
            embedding = self.embedding.embeddings.nbytes + self.data.values.nbytes
        return self.inputs.nbytes + layers + head + embedding

    @property
    def token_labels(self) -> tuple[str, ...]:
        """The token of each timestep, fit to be shown; empty if the input is no tokens."""
        if self.token_numbers is None or self.has_trials:
            return ()
        names = self.data.vocabulary
        return tuple(
            names[number] if 0 <= number < len(names) else str(number)
            for number in self.token_numbers.tolist()
        )

    def to_frame(self) -> Any:
        """The hidden states as a pandas DataFrame: trial, layer, timestep, unit, state."""
        import pandas as pd

        frames = []
        for number, trial in enumerate(self.each_trial()):
            for index, layer in enumerate(trial.layers):
                timesteps, units = layer.states.shape
                columns = {
                    "trial": np.full(timesteps * units, number),
                    "layer": np.full(timesteps * units, index),
                    "timestep": np.repeat(np.arange(timesteps), units),
                    "unit": np.tile(np.arange(units), timesteps),
                    "state": layer.states.ravel(),
                }
                frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)


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
    backwards = _reads_backwards(network)
    if (stateful and fed.ndim == 3) or (backwards and len(set(data.lengths)) > 1):
        return _run_one_by_one(network, data, fed, states, source, progress, stateful)
    layers, done = [], fed
    for index, layer in enumerate(network.layers):
        told = part(progress, index, len(network.layers))
        layers.append(_run_layer(layer, done, states[index], told, mask))
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
    fed = _applied(layer.before, fed)
    if layer.both is None:
        trace = unroll(layer.forward, fed, state, layer.go_backwards, progress, mask)
        return LayerRun(layer.forward, trace, None, layer.return_sequences)
    forward, backward = (None, None) if state is None else state
    pair = (forward, backward)
    both = layer.both.unroll(fed, progress, pair, mask, layer.return_sequences)
    return LayerRun(layer.forward, both.forward, both, layer.return_sequences)


def _applied(parts: tuple[Part, ...], values: np.ndarray) -> np.ndarray:
    for one in parts:
        values = one.apply(values)
    return values


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
    """Each trial on its own: of several lengths through layers that read from the end, or stateful.

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
    padded = tuple(_padded([one.layers[i] for one in runs], fed) for i in range(len(states)))
    return Run(network, data, fed, padded, source, _alone=tuple(runs))


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
