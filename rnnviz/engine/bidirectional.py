"""Bidirectional: one layer reads forwards, another backwards, and their states are merged."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.weights import read_only
from rnnviz.engine.unroll import Trace, unroll

MERGE_MODES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "concat": lambda forward, backward: np.concatenate([forward, backward], axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda forward, backward: (forward + backward) / 2,
}


@dataclass(frozen=True, eq=False)
class Bidirectional:
    """Keras's Bidirectional wrapper around two layers of one size.

    Attributes
    ----------
    forward, backward : RecurrentCell
        Reading from the first timestep to the last, and from the last to the first.
    merge_mode : {"concat", "sum", "mul", "ave"}
        How the two states of a timestep become one.

    Raises
    ------
    ValueError
        Where the two layers cannot read the same inputs, or the merge mode is unknown.
    """

    forward: RecurrentCell
    backward: RecurrentCell
    merge_mode: str = "concat"

    def __post_init__(self):
        if self.merge_mode not in MERGE_MODES:
            legal = ", ".join(MERGE_MODES)
            raise ValueError(f"There is no merge mode {self.merge_mode!r}; choose one of {legal}.")
        sizes = [
            (layer.features, layer.units, layer.networks, layer.dtype.name)
            for layer in (self.forward, self.backward)
        ]
        if sizes[0] != sizes[1]:
            raise ValueError(
                "The two layers must be alike in (features, units, networks, dtype), but forward "
                f"has {sizes[0]} and backward {sizes[1]}."
            )

    @property
    def units(self) -> int:
        """Numbers in a merged state: twice a layer's units when they are concatenated."""
        return self.forward.units * (2 if self.merge_mode == "concat" else 1)

    @property
    def features(self) -> int:
        """Number of input features."""
        return self.forward.features

    @property
    def dtype(self) -> np.dtype:
        """The dtype of everything computed."""
        return self.forward.dtype

    @property
    def state_range(self) -> tuple[float, float]:
        """Least and greatest number that a merged state can hold."""
        forward, backward = self.forward.state_range, self.backward.state_range
        if self.merge_mode == "concat":
            reached = [*forward, *backward]
        elif self.merge_mode == "mul":
            # A product with an end that is 0 stays 0, whatever the other has grown to.
            reached = [a * b if a and b else 0.0 for a in forward for b in backward]
        else:
            share = 0.5 if self.merge_mode == "ave" else 1.0
            reached = [share * (a + b) for a, b in zip(forward, backward, strict=True)]
        return min(reached), max(reached)

    @property
    def parameter_count(self) -> int:
        """Trainable parameters of both layers."""
        return self.forward.parameter_count + self.backward.parameter_count

    def unroll(
        self,
        inputs: np.ndarray,
        progress: Callable[[float], None] | None = None,
        initial_states: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
        mask: np.ndarray | None = None,
        return_sequences: bool = True,
    ) -> "BidirectionalTrace":
        """Run both layers, arguments as for `rnnviz.engine.unroll`; each is half the work.

        ``initial_states`` are those of the forward and of the backward layer. At a masked timestep
        the merged states are 0 where ``return_sequences``, as in Keras; both directions carry
        their own through.
        """
        first = progress and (lambda fraction: progress(fraction / 2))
        second = progress and (lambda fraction: progress((1 + fraction) / 2))
        forward = unroll(self.forward, inputs, initial_states[0], progress=first, mask=mask)
        backward = unroll(self.backward, inputs, initial_states[1], True, second, mask)
        merge = MERGE_MODES[self.merge_mode]
        states = merge(forward.states, backward.states[..., ::-1, :])
        if mask is not None and return_sequences:
            states = states * np.asarray(mask, bool)[..., None]
        last = merge(forward.states[..., -1, :], backward.states[..., -1, :])
        return BidirectionalTrace(self, forward, backward, read_only(states), read_only(last))


@dataclass(frozen=True, eq=False)
class BidirectionalTrace:
    """What a Bidirectional layer did. All arrays are read-only.

    Attributes
    ----------
    layer : Bidirectional
    forward, backward : Trace
        Each in the order in which it read: ``backward`` begins with the last timestep.
    states : ndarray (..., timesteps, units)
        Merged, in the order of time: what Keras returns with ``return_sequences=True``.
    last_output : ndarray (..., units)
        Merged from the last state of each, so the backward one has read the first timestep last:
        what Keras returns with ``return_sequences=False``. It is not ``states[..., -1, :]``.
    """

    layer: Bidirectional
    forward: Trace
    backward: Trace
    states: Annotated[np.ndarray, "... timesteps units"]
    last_output: Annotated[np.ndarray, "... units"]

    @cached_property
    def diverged_at(self) -> int | None:
        """The first timestep (from 0) at which a merged state is inf or nan; None without one.

        The backward layer overflows towards the first timestep, so later ones may be finite again.
        """
        finite = np.isfinite(self.states).all(axis=-1)
        diverged = ~finite.reshape(-1, finite.shape[-1]).all(axis=0)
        return int(diverged.argmax()) if diverged.any() else None
