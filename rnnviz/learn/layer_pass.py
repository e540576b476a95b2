"""A recurrent layer forward and back through time, in one direction or in both."""

from __future__ import annotations

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.tape import Tape
from rnnviz.engine.network import Layer
from rnnviz.learn.dropout import LayerMasks, Masks
from rnnviz.learn.parameters import Parameters


class DirectionPass:
    """One direction of a layer. Everything in it is in the order in which it reads.

    Parameters
    ----------
    cell : RecurrentCell
        What it is; the numbers are those of ``parameters``.
    parameters : Parameters
    name : str
        Of the direction in `Network.weights`, e.g. ``bidirectional/forward``.
    timesteps, batch : int
    from_the_end : bool
        Whether it reads from the last timestep to the first.
    masked : bool
        Whether its recurrent kernel can read the state through a mask.
    below : bool
        Whether anything asks for ∂L/∂inputs.
    """

    def __init__(
        self,
        cell: RecurrentCell,
        parameters: Parameters,
        name: str,
        timesteps: int,
        batch: int,
        from_the_end: bool,
        masked: bool = False,
        below: bool = True,
    ) -> None:
        names = [one for one in parameters.weights if one.rpartition("/")[0] == name]
        weights = parameters.joined(parameters.values, names)
        gradient = parameters.joined(parameters.gradient, names)
        sizes = (cell.features, cell.units, timesteps, batch)
        recurrent = bool(cell.recurrent_blocks)
        self.tape = Tape(weights, gradient, *sizes, recurrent, masked, below)
        self._input_mask: np.ndarray | None = None
        self._passed: list[np.ndarray | None] = [None] * timesteps
        self.advance, self.retreat = cell.forward_step(self.tape), cell.backward_step(self.tape)
        self.from_the_end = from_the_end

    def begin(self, state: np.ndarray | None) -> None:
        """Set the state before the first timestep, ``(batch, state_size)``; None is zeros."""
        units = self.tape.units
        parts = [self.tape.states[0], *(one[0] for one in self.tape.further_states)]
        for index, part in enumerate(parts):
            part[...] = 0 if state is None else state[:, index * units : (index + 1) * units].T

    def drop(self, masks: Masks | None) -> None:
        """Set the masks of the next way forward and back; None drops nothing."""
        self._input_mask = None if masks is None else masks.inputs
        if self.tape.mask is not None:
            states = None if masks is None else masks.states
            self.tape.mask[...] = 1 if states is None else states

    def pass_over(self, kept: np.ndarray | None, order: np.ndarray | None) -> None:
        """Set which timesteps are read, (timesteps, batch) of bool; None reads all.

        At the others the state stays what it was, as Keras's layers do with a mask.
        """
        self._passed = [None] * self.tape.timesteps
        if kept is not None:
            turned = reordered(kept[:, None], order)[:, 0] if self.from_the_end else kept
            self._passed = [None if row.all() else ~row for row in turned]

    def forward(self, inputs: np.ndarray, order: np.ndarray | None) -> np.ndarray:
        """Run over all timesteps; ``(timesteps, units, batch)``, a view."""
        tape, advance = self.tape, self.advance
        fed = reordered(inputs, order) if self.from_the_end else inputs
        if self._input_mask is None:
            tape.inputs[...] = fed
        else:
            np.multiply(fed, self._input_mask, tape.inputs)
        for t, passed in enumerate(self._passed):
            if tape.mask is not None:
                np.multiply(tape.states[t], tape.mask, tape.read_states[t])
            advance(t)
            if passed is not None:
                for states in (tape.states, *tape.further_states):
                    states[t + 1][:, passed] = states[t][:, passed]
        return tape.states[1:]

    def backward(self, deltas: np.ndarray, truncate: int | None) -> None:
        """Go back through time; ``deltas`` is ∂L/∂states as far as others read them.

        With ``truncate`` nothing flows from timestep k·truncate to the one before it, as if the
        sequence had been learnt in pieces of that length, each from the last state of the other.
        """
        tape, retreat = self.tape, self._retreat
        tape.deltas[0] = 0
        tape.deltas[1:] = deltas
        for carried in tape.carried:
            carried.fill(0)
        for t in reversed(range(tape.timesteps)):
            if truncate and t and t % truncate == 0:
                kept = tape.deltas[t].copy()
                retreat(t)
                tape.deltas[t] = kept
                for carried in tape.carried:
                    carried.fill(0)
            else:
                retreat(t)

    def _retreat(self, t: int) -> None:
        """Go back through one timestep; where it was passed over, all flows on as it is."""
        passed = self._passed[t]
        if passed is None:
            self.retreat(t)
            return
        tape = self.tape
        delta = tape.deltas[t + 1][:, passed]
        carried = [one[:, passed] for one in tape.carried]
        for one in (tape.deltas[t + 1], *tape.carried):
            one[:, passed] = 0
        self.retreat(t)
        tape.deltas[t][:, passed] += delta
        tape.deltas[t + 1][:, passed] = delta
        for one, kept in zip(tape.carried, carried, strict=True):
            one[:, passed] = kept

    def input_deltas(self, order: np.ndarray | None) -> np.ndarray:
        """∂L/∂inputs, ``(timesteps, features, batch)``, in the order of time."""
        assert self.tape.all_errors is not None
        deltas = np.matmul(self.tape.kernel, self.tape.all_errors)
        if self._input_mask is not None:
            deltas *= self._input_mask
        return reordered(deltas, order) if self.from_the_end else deltas


def reordered(array: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """From the order of time to that of reading from the end, and back: (timesteps, n, batch).

    ``order`` (timesteps, batch) says where each sequence's timesteps go; None turns all round.
    """
    return array[::-1] if order is None else np.take_along_axis(array, order[:, None], axis=0)


class LayerPass:
    """A recurrent layer over a batch, forward and back.

    Parameters as for `DirectionPass`; ``name`` is that of the layer.
    """

    def __init__(
        self,
        layer: Layer,
        parameters: Parameters,
        name: str,
        timesteps: int,
        batch: int,
        masked: bool = False,
        below: bool = True,
    ) -> None:
        self.layer, self._below = layer, below
        cells = [(name, layer.forward, layer.go_backwards)]
        if layer.backward is not None:
            cells = [
                (f"{name}/forward", layer.forward, False),
                (f"{name}/backward", layer.backward, True),
            ]
        self.directions = [
            DirectionPass(cell, parameters, own, timesteps, batch, turned, masked, below)
            for own, cell, turned in cells
        ]
        self._states: list[np.ndarray] = []
        self._last: np.ndarray | None = None
        self._kept: np.ndarray | None = None

    def drop(self, masks: LayerMasks | None) -> None:
        """Set the masks of the next way forward and back; None drops nothing."""
        each = (None,) * len(self.directions) if masks is None else masks
        for direction, one in zip(self.directions, each, strict=True):
            direction.drop(one)

    def pass_over(self, kept: np.ndarray | None, order: np.ndarray | None) -> None:
        """Set which timesteps are read; see `DirectionPass.pass_over`."""
        self._kept = kept
        for direction in self.directions:
            direction.pass_over(kept, order)

    def forward(
        self, inputs: np.ndarray, order: np.ndarray | None, last: np.ndarray | None
    ) -> np.ndarray:
        """Return what the layer returns, (timesteps, features, batch) or (1, features, batch).

        ``last`` (batch,) is the last timestep of each sequence, None for that of all.
        """
        states = [one.forward(inputs, order) for one in self.directions]
        self._last = last
        if not self.layer.return_sequences:
            states = [_at(array, last) for array in states]
        elif len(states) == 2:
            states[1] = reordered(states[1], order)
        self._states = states
        if len(states) == 1:
            return states[0]
        merged = _merge(states, self.layer.merge_mode)
        if self._kept is not None and self.layer.return_sequences:
            merged = merged * self._kept[:, None]  # 0 where nothing is read, as in Keras
        return merged

    def backward(
        self, deltas: np.ndarray, order: np.ndarray | None, truncate: int | None
    ) -> np.ndarray | None:
        """Add to the gradient and return ∂L/∂inputs, if anything below asks for it."""
        parts = [deltas]
        if len(self.directions) == 2:
            if self._kept is not None and self.layer.return_sequences:
                deltas = deltas * self._kept[:, None]
            parts = _unmerge(deltas, self._states, self.layer.merge_mode)
            if self.layer.return_sequences:
                parts[1] = reordered(parts[1], order)
        timesteps = self.directions[0].tape.timesteps
        if not self.layer.return_sequences:
            parts = [_spread(part, self._last, timesteps) for part in parts]
        for one, part in zip(self.directions, parts, strict=True):
            one.backward(part, truncate)
        if not self._below:
            return None
        through = [one.input_deltas(order) for one in self.directions]
        return through[0] if len(through) == 1 else through[0] + through[1]


def _at(states: np.ndarray, last: np.ndarray | None) -> np.ndarray:
    """The last state of each sequence, (1, units, batch)."""
    if last is None:
        return states[-1:]
    return np.take_along_axis(states, last[None, None], axis=0)


def _spread(delta: np.ndarray, last: np.ndarray | None, timesteps: int) -> np.ndarray:
    """∂L/∂states where the loss reads but the last one, (timesteps, units, batch)."""
    deltas = np.zeros((timesteps, *delta.shape[1:]), delta.dtype)
    if last is None:
        deltas[-1] = delta[0]
    else:
        np.put_along_axis(deltas, last[None, None], delta, axis=0)
    return deltas


def _merge(states: list[np.ndarray], mode: str) -> np.ndarray:
    forward, backward = states
    if mode == "concat":
        return np.concatenate([forward, backward], axis=1)
    merged = forward * backward if mode == "mul" else forward + backward
    return merged / 2 if mode == "ave" else merged


def _unmerge(deltas: np.ndarray, states: list[np.ndarray], mode: str) -> list[np.ndarray]:
    forward, backward = states
    if mode == "concat":
        units = forward.shape[1]
        return [deltas[:, :units], deltas[:, units:]]
    if mode == "mul":
        return [deltas * backward, deltas * forward]
    half = deltas / 2 if mode == "ave" else deltas
    return [half, half]
