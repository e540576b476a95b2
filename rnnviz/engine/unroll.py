"""Run a cell over time, by the only time loop of the project (`RecurrentCell.march`).

The order of operations is part of the contract, because the same products in the same order give
the same bits: ``projected = layer.project(inputs)``, that is x·K of all timesteps in one matrix
product, plus the bias; then at each timestep z = projected[t] + h·R with ``h.dot(R)``, and
act(z). Gated cells do the same products; see `GatedCell` for their sigmoids.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, starmap
from typing import Annotated

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.weights import read_only

Progress = Callable[[float], None]

SLICE = 10_000_000
"""Multiplications between two calls of ``progress``, and at most a thousand timesteps."""


@dataclass(frozen=True, eq=False)
class Trace:
    """What a layer did with a sequence or with several. All arrays are read-only.

    ``...`` stands for nothing (one sequence), (batch,), or (networks,).

    Attributes
    ----------
    layer : RecurrentCell
    inputs : ndarray (..., timesteps, features)
        In the order of reading; (timesteps, features) also where a stack of networks shares it.
    initial_state : ndarray (..., state_size)
        The state before the first timestep.
    full_states : ndarray (..., timesteps, state_size)
        The whole state after each timestep.
    mask : ndarray (timesteps,) or (batch, timesteps) of bool, or None
        False where the timestep was passed over: its state is the one before it. None where
        every timestep was computed.
    """

    layer: RecurrentCell
    inputs: Annotated[np.ndarray, "... timesteps features"]
    initial_state: Annotated[np.ndarray, "... state_size"]
    full_states: Annotated[np.ndarray, "... timesteps state_size"]
    mask: np.ndarray | None = None

    @property
    def states(self) -> np.ndarray:
        """The hidden states h, (..., timesteps, units)."""
        return self.full_states[..., : self.layer.units]

    @property
    def cell_states(self) -> np.ndarray | None:
        """What is remembered beside h, (..., timesteps, units): c of an LSTM; None without."""
        if self.layer.state_size == self.layer.units:
            return None
        return self.full_states[..., self.layer.units :]

    @property
    def timesteps(self) -> int:
        """Number of timesteps."""
        return self.full_states.shape[-2]

    @cached_property
    def preactivations(self) -> np.ndarray:
        """The argument z of each activation, (..., timesteps, gates·units).

        Computed when first asked for, by the products of the run itself in their order: where a
        state is an activation, ``act(preactivations)`` is ``states`` bit for bit. A masked
        timestep repeats those before it, and has zeros where there are none.
        """
        if self.mask is not None:
            return _masked_preactivations(self)
        batch, units = self.initial_state.shape[:-1], self.layer.units
        with np.errstate(all="ignore"):
            projected = _project(self.layer, self.inputs, batch)
            before = chain([self.initial_state[..., :units]], _time_first(self.states))
            # Not a recurrence: the state before each timestep is already known.
            for _ in starmap(self.layer.preactivator(batch), zip(projected, before, strict=False)):
                pass
        return read_only(_time_last(projected))

    @property
    def computed(self) -> "Trace":
        """The same run without its masked timesteps; itself where there are none.

        Raises
        ------
        ValueError
            Where trials have masks of their own, or every timestep is masked.
        """
        if self.mask is None:
            return self
        if self.mask.ndim != 1 or not self.mask.any():
            raise ValueError("One sequence with a timestep that is not masked is needed.")
        kept = np.flatnonzero(self.mask)
        return Trace(
            self.layer,
            self.inputs[..., kept, :],
            self.initial_state,
            self.full_states[..., kept, :],
        )

    def part(self, first: int, last: int) -> "Trace":
        """The timesteps from ``first`` up to, not including, ``last`` as a run of their own."""
        before = self.full_states[..., first - 1, :] if first else self.initial_state
        span = slice(first, last)
        mask = None if self.mask is None else self.mask[..., span]
        inputs, states = self.inputs[..., span, :], self.full_states[..., span, :]
        return Trace(self.layer, inputs, before, states, mask)

    @cached_property
    def gates(self) -> dict[str, np.ndarray]:
        """The gates by Keras name, each (..., timesteps, units); empty for a cell without."""
        return {
            name: read_only(values)
            for name, values in self.layer.gates(self.preactivations).items()
        }

    @cached_property
    def diverged_at(self) -> int | None:
        """The first timestep (from 0) at which any state is inf or nan; None if there is none."""
        finite = np.isfinite(_time_first(self.full_states))
        diverged = ~finite.reshape(self.timesteps, -1).all(axis=1)
        return int(diverged.argmax()) if diverged.any() else None


def unroll(
    layer: RecurrentCell,
    inputs: np.ndarray,
    initial_state: np.ndarray | None = None,
    go_backwards: bool = False,
    progress: Progress | None = None,
    mask: np.ndarray | None = None,
) -> Trace:
    """Run a layer over all timesteps.

    Overflow, possible with relu and linear, leaves inf and nan in the arrays and raises no
    warning: see `Trace.diverged_at`.

    Parameters
    ----------
    layer : RecurrentCell
        A layer of stacked weights runs all its networks in one pass.
    inputs : array_like (timesteps, features) or (batch, timesteps, features)
        Cast to the layer's dtype. For stacked weights (timesteps, features), shared by all
        networks, or (networks, timesteps, features), one sequence for each.
    initial_state : array_like (state_size,) or (batch, state_size), optional
        Zeros by default.
    go_backwards : bool
        Read the inputs from the last timestep to the first. As in Keras, everything that is
        returned is in the order of reading: ``states[..., 0, :]`` has read the last input, and
        `Trace.inputs` are the inputs reversed.
    progress : callable (fraction), optional
        Called every few milliseconds with the fraction done, 0 … 1; raising in it ends the run.
    mask : array_like (timesteps,) or (batch, timesteps) of bool, optional
        Where it is False the timestep is passed over: the state is carried through, as Keras's
        layers do with a mask. In the order of the inputs.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        Where a shape does not fit; the sentence names the array, its shape and what is needed.
    """
    inputs = _checked_inputs(layer, inputs)
    mask = checked_mask(mask, inputs.shape[:-1])
    if go_backwards:
        inputs = inputs[..., ::-1, :]
        mask = None if mask is None else mask[..., ::-1]
    batch = inputs.shape[:-2] if layer.networks is None else (layer.networks,)
    initial_state = _checked_initial_state(layer, initial_state, batch)
    if mask is not None:
        return _masked(layer, inputs, initial_state, mask, progress)
    with np.errstate(all="ignore"):
        projected = _project(layer, inputs, batch)
        states = layer.march(projected, initial_state, _timesteps(projected, progress))
    return Trace(layer, inputs, initial_state, read_only(_time_last(states)))


def checked_mask(mask: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray | None:
    """A mask for inputs of ``shape`` (without features), read-only; None where it masks nothing.

    Trials that share one mask share it as (timesteps,).

    Raises
    ------
    ValueError
        Where its shape is neither (timesteps,) nor that of the inputs.
    """
    if mask is None:
        return None
    mask = np.asarray(mask, bool)
    if mask.shape not in (shape, shape[-1:]):
        allowed = " or ".join(str(one) for one in dict.fromkeys((shape[-1:], shape)))
        raise ValueError(f"mask has shape {mask.shape}, but {allowed} is needed.")
    if mask.all():
        return None
    if mask.ndim == 2 and (mask == mask[0]).all():
        mask = mask[0]
    return read_only(mask.copy())


def _masked(
    layer: RecurrentCell,
    inputs: np.ndarray,
    initial_state: np.ndarray,
    mask: np.ndarray,
    progress: Progress | None,
) -> Trace:
    """Run a layer over the timesteps that are not masked; the others repeat the state before."""
    if mask.ndim == 2:  # trials with masks of their own, one after the other
        alone = [
            unroll(layer, one, begin, mask=its)
            for one, begin, its in zip(inputs, initial_state, mask, strict=True)
        ]
        states = np.stack([trace.full_states for trace in alone])
        return Trace(layer, inputs, initial_state, read_only(states), mask)
    if not mask.any():
        shape = (*initial_state.shape[:-1], len(mask), initial_state.shape[-1])
        states = np.broadcast_to(initial_state[..., None, :], shape).copy()
        return Trace(layer, inputs, initial_state, read_only(states), mask)
    kept = unroll(layer, inputs[..., mask, :], initial_state, progress=progress)
    states = _repeated(kept.full_states, initial_state, mask)
    return Trace(layer, inputs, initial_state, read_only(states), mask)


def _repeated(values: np.ndarray, first: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Values of the computed timesteps, (..., computed, n), at every timestep, (..., T, n).

    A masked timestep has the value before it, and ``first`` where there is none.
    """
    whole = np.concatenate([first[..., None, :], values], axis=-2)
    return whole[..., np.cumsum(mask), :]


def _masked_preactivations(trace: Trace) -> np.ndarray:
    """What `Trace.preactivations` are where timesteps are masked."""
    assert trace.mask is not None
    width = trace.layer.kernel.shape[-1]
    zeros = np.zeros((*trace.initial_state.shape[:-1], width), trace.layer.dtype)
    if trace.mask.ndim == 2:
        alone = [
            Trace(trace.layer, *arrays).preactivations
            for arrays in zip(
                trace.inputs, trace.initial_state, trace.full_states, trace.mask, strict=True
            )
        ]
        return read_only(np.stack(alone))
    if not trace.mask.any():
        shape = (*zeros.shape[:-1], trace.timesteps, width)
        return read_only(np.zeros(shape, trace.layer.dtype))
    return read_only(_repeated(trace.computed.preactivations, zeros, trace.mask))


def _timesteps(rows: np.ndarray, progress: Progress | None) -> Iterable[np.ndarray]:
    """The rows one by one; ``progress`` is called between slices and costs nothing a row."""
    if progress is None:
        return rows
    return chain.from_iterable(_slices(rows, progress))


def _slices(rows: np.ndarray, progress: Progress) -> Iterator[np.ndarray]:
    """Slices of rows whose recurrent products take a few milliseconds."""
    size = max(1, SLICE // (rows[0].size * rows.shape[-1] + SLICE // 1000))
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
        progress(min(1.0, (first + size) / len(rows)))


def _project(layer: RecurrentCell, inputs: np.ndarray, batch: tuple[int, ...]) -> np.ndarray:
    """The projected inputs with time as the first axis, so that each timestep is contiguous."""
    width = layer.kernel.shape[-1]
    projected = np.empty((inputs.shape[-2], *batch, width), layer.dtype)
    layer.project(inputs, out=_time_last(projected))
    return projected


def _time_last(array: np.ndarray) -> np.ndarray:
    """(timesteps, ..., n) → (..., timesteps, n), a view."""
    return np.swapaxes(array, 0, 1) if array.ndim == 3 else array


def _time_first(array: np.ndarray) -> np.ndarray:
    """(..., timesteps, n) → (timesteps, ..., n), a view."""
    return np.swapaxes(array, 0, 1) if array.ndim == 3 else array


def _checked_inputs(layer: RecurrentCell, inputs: np.ndarray) -> np.ndarray:
    inputs = np.asarray(inputs)
    if inputs.dtype.kind not in "fiub":
        raise ValueError(f"inputs must hold real numbers, but their dtype is {inputs.dtype}.")
    if inputs.ndim not in (2, 3):
        raise ValueError(
            f"inputs have shape {inputs.shape}, but (timesteps, features) or "
            "(batch, timesteps, features) is needed."
        )
    if inputs.shape[-1] != layer.features:
        raise ValueError(
            f"inputs have shape {inputs.shape}, so {inputs.shape[-1]} features, but the kernel "
            f"{layer.kernel.shape} needs {layer.features}."
        )
    if 0 in inputs.shape:
        raise ValueError(f"inputs have shape {inputs.shape}: there must be at least one timestep.")
    if layer.networks is not None and inputs.ndim == 3 and len(inputs) != layer.networks:
        raise ValueError(
            f"inputs have shape {inputs.shape}, but the layer is a stack of {layer.networks} "
            "networks: their first axis must be the networks, or be left out to share them."
        )
    # Kept by the trace: nobody may change it afterwards.
    return read_only(np.array(inputs, layer.dtype, copy=True if inputs.flags.writeable else None))


def _checked_initial_state(
    layer: RecurrentCell, initial_state: np.ndarray | None, batch: tuple[int, ...]
) -> np.ndarray:
    wanted = (*batch, layer.state_size)
    state = np.zeros(wanted, layer.dtype)
    if initial_state is not None:
        initial_state = np.asarray(initial_state)
        if initial_state.shape not in (wanted, wanted[-1:]):
            allowed = " or ".join(str(shape) for shape in dict.fromkeys((wanted[-1:], wanted)))
            raise ValueError(
                f"initial_state has shape {initial_state.shape}, but {allowed} is needed."
            )
        state[...] = initial_state
    return read_only(state)
