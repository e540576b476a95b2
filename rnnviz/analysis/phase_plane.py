"""One or two numbers of state: the whole map can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from rnnviz.engine import unroll
from rnnviz.engine.cells.cell import RecurrentCell


@dataclass(frozen=True, eq=False)
class PhasePlane:
    """What one step does to every state, under a held input. Arrays are read-only float64.

    Parameters
    ----------
    axis : ndarray (n,)
        Values of each state number.
    image : ndarray (n,) or (n, n, 2)
        F at h = axis[i], or at (h₁, h₂) = (axis[j], axis[i]).
    orbit : ndarray (steps + 1, state_size)
        From the initial state on.
    """

    axis: Annotated[np.ndarray, "n"]
    image: Annotated[np.ndarray, "n ..."]
    orbit: Annotated[np.ndarray, "steps state_size"]

    @property
    def change(self) -> np.ndarray:
        """F(h) − h, the shape of ``image``; a nullcline is where one part of it is zero."""
        if self.orbit.shape[1] == 1:
            return self.image - self.axis
        first, second = np.meshgrid(self.axis, self.axis)
        return self.image - np.stack([first, second], axis=-1)


def phase_plane(
    layer: RecurrentCell,
    held_input: np.ndarray,
    initial_state: np.ndarray,
    reach: float,
    steps: int = 60,
) -> PhasePlane | None:
    """Map a grid of states one step on; None for more than two numbers of state.

    Parameters
    ----------
    layer : RecurrentCell
        A single network.
    held_input : ndarray (features,)
        The input at every step.
    initial_state : ndarray (state_size,)
        Where the orbit begins.
    reach : float
        The grid runs from −reach to reach.
    steps : int
        Length of the orbit; it ends where it is no longer finite.
    """
    size = layer.state_size
    if size > 2:
        return None
    axis = np.linspace(-reach, reach, 401 if size == 1 else 61)
    grid = axis[:, None] if size == 1 else np.stack(np.meshgrid(axis, axis), axis=-1)
    projected = layer.project(np.asarray(held_input)[None])[0]
    image = layer.step(projected, grid.reshape(-1, size).astype(layer.dtype))
    image = np.asarray(image, np.float64).reshape(grid.shape)
    run = unroll(layer, np.broadcast_to(held_input, (steps, layer.features)), initial_state)
    orbit = np.concatenate([run.initial_state[None], run.full_states]).astype(np.float64)
    orbit = orbit[: steps + 1 if run.diverged_at is None else run.diverged_at + 1]
    arrays = (axis, image[:, 0] if size == 1 else image, orbit)
    for array in arrays:
        array.setflags(write=False)
    return PhasePlane(*arrays)
