"""The states of all trials of a run, one after the other, without their padding and uncopied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnviz.engine.run import Run


@dataclass(frozen=True, eq=False)
class JoinedStates:
    """Rows of states that lie in several arrays.

    Parameters
    ----------
    pieces : tuple of ndarray (timesteps, units)
        One for each trial; memory-mapped arrays are read as they are needed.
    lengths : tuple of int
        Timesteps of each trial; the pieces' own where it is empty. One piece may hold all trials
        one after the other.
    """

    pieces: tuple[np.ndarray, ...]
    lengths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.pieces or any(one.ndim != 2 for one in self.pieces):
            raise ValueError("states must be (timesteps, units), or several of these.")
        if len({one.shape[1] for one in self.pieces}) > 1:
            raise ValueError("All trials must have the same number of units.")
        own = tuple(len(one) for one in self.pieces)
        if not self.lengths:
            object.__setattr__(self, "lengths", own)
        if sum(self.lengths) != sum(own):
            raise ValueError(
                f"lengths make {sum(self.lengths)} timesteps, but there are {sum(own)}."
            )

    @property
    def steps(self) -> int:
        """Timesteps of all trials together."""
        return sum(self.lengths)

    @property
    def units(self) -> int:
        """Units of the layer."""
        return self.pieces[0].shape[1]

    @cached_property
    def starts(self) -> np.ndarray:
        """The step at which each trial begins, and at the end the number of steps."""
        return np.concatenate([[0], np.cumsum(self.lengths)])

    def chunks(self, most: int) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (first step, states of at most ``most`` steps), from the first step to the last."""
        first = 0
        for piece in self.pieces:
            for begin in range(0, len(piece), most):
                part = piece[begin : begin + most]
                yield first + begin, part
            first += len(piece)

    def rows(self, steps: np.ndarray) -> np.ndarray:
        """Return the states of some steps, ``(len(steps), units)``."""
        steps = np.asarray(steps)
        if len(self.pieces) == 1:
            return self.pieces[0][steps]
        begins = np.concatenate([[0], np.cumsum([len(one) for one in self.pieces])])
        places = np.searchsorted(begins, steps, side="right") - 1
        found = np.empty((len(steps), self.units), self.pieces[0].dtype)
        for piece in np.unique(places):
            here = places == piece
            found[here] = self.pieces[piece][steps[here] - begins[piece]]
        return found


def joined_states(run: Run, layer: int | None = None) -> JoinedStates:
    """Return the states of one layer of a run, the trials one after the other, in time's order.

    Raises
    ------
    ValueError
        Where there is no such layer.
    """
    layer = layer_number(run, layer)
    backwards = run.network.is_turned(layer)
    states = run.layers[layer].states
    if run.has_trials and len(set(run.lengths)) == 1 and not backwards:
        whole = states[:, : run.lengths[0]]
        if whole.flags.c_contiguous:
            return JoinedStates((whole.reshape(-1, whole.shape[-1]),), run.lengths)
    pieces = [one.layers[layer].states for one in run.each_trial()]
    return JoinedStates(tuple(piece[::-1] if backwards else piece for piece in pieces))


def layer_number(run: Run, layer: int | None) -> int:
    """Return the number of a layer; the top one where None is asked for."""
    count = len(run.layers)
    layer = count - 1 if layer is None else layer
    if not 0 <= layer < count:
        raise ValueError(f"layer is {layer}, but the network has layers 0 to {count - 1}.")
    return layer
