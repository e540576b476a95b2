"""Traces that move with the time cursor: what they show at every step, sent ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_NUMBERS = 262_144
"""Most numbers that are sent ahead for one figure; beyond, it moves when the cursor is let go."""


@dataclass(frozen=True, eq=False)
class Follow:
    """What one trace of a figure shows at each timestep.

    Parameters
    ----------
    trace : int
        Number of the trace in the figure.
    x, y : ndarray (timesteps, points) or None
        Coordinates of its points at each step; None for those that stay.
    """

    trace: int
    x: np.ndarray | None = None
    y: np.ndarray | None = None

    @property
    def size(self) -> int:
        """How many numbers that are."""
        return sum(array.size for array in (self.x, self.y) if array is not None)
