"""A network on inputs: states, gates and pre-activations of every layer and trial."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
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
from rnnviz.engine.layer import Part
from rnnviz.engine.network import Network
from rnnviz.engine.source import Given, Source
from rnnviz.engine.unroll import Trace

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class LayerRun:
    """One recurrent layer of a run: its weights and all it computed.

    With several trials every array has them as its first axis; see `Run.trial`. What stands past
    the end of a shorter trial means nothing.

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
    lengths : tuple of int
        Timesteps of each trial; empty where none is padded.
    """

    layer: RecurrentCell
    trace: Trace
    both: BidirectionalTrace | None = None
    return_sequences: bool = True
    lengths: tuple[int, ...] = ()

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

    @property
    def state_range(self) -> tuple[float, float]:
        """Least and greatest number that ``states`` can hold."""
        return (self.layer if self.both is None else self.both.layer).state_range

    @cached_property
    def preactivations(self) -> np.ndarray:
        """What went into the activations, ``(timesteps, gates * units)``, read-only.

        Of a Bidirectional layer both directions side by side, as in ``states``.
        """
        if self.backward is None:
            return self.trace.preactivations
        backward = _reversed(self.backward.preactivations, self.lengths)
        return read_only(np.concatenate([self.trace.preactivations, backward], axis=-1))

    @property
    def output(self) -> np.ndarray:
        """What the layer returns: ``states``, or the last state of each direction, ``(units,)``.

        The last state of the direction that reads from the end belongs to timestep 0.
        """
        if self.return_sequences:
            return self.states
        return self._last(self.states) if self.both is None else self.both.last_output

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
        last = self._last(self.trace.full_states)
        return last if self.backward is None else (last, self._last(self.backward.full_states))

    def _last(self, values: np.ndarray) -> np.ndarray:
        """What stands at the end of each trial, in the order of reading."""
        if not self.lengths:
            return values[..., -1, :]
        return read_only(values[ends_of(self.lengths)])

    @property
    def last_states(self) -> tuple[np.ndarray, ...]:
        """`last_state` in its parts, each ``(units,)``, in Keras's order.

        h, and c beside it where the cell has one; of a Bidirectional layer those of the direction
        that reads forwards, then those of the other.
        """
        found = self.last_state
        ways = found if isinstance(found, tuple) else (found,)
        parts = len(self.layer.state_names)
        return tuple(part for way in ways for part in np.split(way, parts, axis=-1))

    def trial(self, index: int, length: int) -> LayerRun:
        """What the layer computed for one of several trials, without its padding."""
        trace = _trial_of(self.trace, index, length)
        if self.both is None:
            return dataclasses.replace(self, trace=trace, lengths=())
        both = self.both
        backward = _trial_of(both.backward, index, length)
        states = both.states[index, :length]
        both = BidirectionalTrace(both.layer, trace, backward, states, both.last_output[index])
        return dataclasses.replace(self, trace=trace, both=both, lengths=())


def ends_of(lengths: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The place of each trial's last timestep in an array (trials, timesteps, …)."""
    return np.arange(len(lengths)), np.array(lengths) - 1


def _reversed(values: np.ndarray, lengths: tuple[int, ...]) -> np.ndarray:
    """The timesteps of each trial from the last to the first; its padding stays behind them."""
    if not lengths:
        return values[..., ::-1, :]
    turned = np.zeros_like(values)
    for row, found, length in zip(values, turned, lengths, strict=True):
        found[:length] = row[:length][::-1]
    return turned


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
    stateful : bool
        Whether each trial began with the state that the one before it ended with.
    """

    network: Network
    data: Inputs
    inputs: Annotated[np.ndarray, "... timesteps features"]
    layers: tuple[LayerRun, ...]
    source: Source
    trial_index: int | None = None
    _whole: Run | None = field(default=None, repr=False)
    _alone: tuple[Run, ...] = field(default=(), repr=False)
    stateful: bool = False

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
        return read_only(applied(self.network.head, output)) if self.network.head else output

    @cached_property
    def readings(self) -> np.ndarray | None:
        """What the head makes of the state at each timestep, ``(timesteps, dense_units)``.

        None without a head. A trial's last row is ``output`` where only the last state is returned.
        """
        if not self.network.head:
            return None
        readings = applied(self.network.head, self.states)
        if not self.layers[-1].return_sequences:
            lengths = self.layers[-1].lengths
            readings[ends_of(lengths) if lengths else (..., -1, slice(None))] = self.output
        return read_only(readings)

    @cached_property
    def targets(self) -> np.ndarray | None:
        """What the head should give at each timestep, ``(timesteps, dense_units)``, read-only.

        Whole numbers that are places of the output come as 1 there and 0 elsewhere. None where the
        data have no such targets, or the model returns no output at each timestep.
        """
        targets, dense = self.data.targets, self.dense
        if targets is None or dense is None or dense is not self.network.head[-1]:
            return None
        steps, units = self.states.shape[:-1], dense.units
        if not self.layers[-1].return_sequences or targets.dtype.kind not in "fiu":
            return None
        if targets.shape == (*steps, units):
            return targets
        if targets.shape != steps:
            return None
        if units == 1:
            return targets[..., np.newaxis]
        places = np.arange(units)
        if targets.dtype.kind == "f" or not np.isin(targets, places).all():
            return None
        return read_only((targets[..., np.newaxis] == places).astype(float))

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


def applied(parts: tuple[Part, ...], values: np.ndarray) -> np.ndarray:
    """What layers without a state make of values, one after the other."""
    for one in parts:
        values = one.apply(values)
    return values
