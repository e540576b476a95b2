"""Is a fixed point alone, or one of a line, a plane, a whole space of them?"""

from __future__ import annotations

import numpy as np

from rnnviz.engine.cells.cell import RecurrentCell

AWAY = 1e-2
"""How far the neighbours lie at which a continuum is looked for."""
_CORRECTIONS = 30
_SINGULAR = 1e-7
_STANDS = 1e-12
"""Speed, by the size of the state, that is rounding alone: a gate that is 10⁻⁹ short of closed
keeps a state for long, but not for ever."""
_TRIED = 8


def local_dimension(
    layer: RecurrentCell, projected: np.ndarray, point: np.ndarray, kept: np.ndarray | None = None
) -> int:
    """Number of directions in which a fixed point has other fixed points beside it.

    A singular J − 1 only says that the speed grows slower than the distance (as at a fold). So
    the directions in which it is singular are walked along, with what the curvature of a
    continuum asks for mended by the others; where the state then still stands still, there is a
    continuum.

    Parameters
    ----------
    layer : RecurrentCell
        A single network in float64.
    projected : ndarray (G·units,)
        The held input's part of the pre-activations.
    point : ndarray (state_size,)
        A fixed point.
    kept : ndarray (directions, state_size), optional
        At a kink, where there is no J: unit directions that one step leaves as they are.
    """
    if kept is not None:
        stand = _stand_still(layer, projected, point, kept, None)
        return int(np.linalg.matrix_rank(kept[stand], tol=1e-6)) if stand.any() else 0
    matrix = layer.jacobian(projected, point[None])[0] - np.eye(len(point))
    left, lengths, right = np.linalg.svd(matrix)
    null = lengths <= _SINGULAR * max(1.0, lengths[0])
    directions = right[null]
    if not len(directions):
        return 0
    inverse = np.where(null, 0.0, 1 / np.where(null, 1.0, lengths))
    mend = (right.T * inverse) @ left.T
    random = np.random.default_rng(0)
    mixed = random.standard_normal((min(_TRIED, 2 * len(directions)), len(directions)))
    mixed = mixed @ directions
    mixed /= np.sqrt((mixed * mixed).sum(axis=1))[:, None]
    if _stand_still(layer, projected, point, mixed, mend).all():
        return len(directions)
    if len(directions) == 1:
        return 0
    single = _stand_still(layer, projected, point, directions[: 2 * _TRIED], mend)
    return int(single.sum())


def _stand_still(layer, projected, point, directions, mend) -> np.ndarray:
    """Whether the network stands still a little along each direction, (directions,) bool."""
    away = AWAY * (1 + np.abs(point).max())
    low, high = layer.state_range
    states = point + away * directions
    outside = (states[:, : layer.units] < low - 1e-9) | (states[:, : layer.units] > high + 1e-9)
    flip = outside.any(axis=1) if mend is not None else np.zeros(len(states), bool)
    states[flip] = point - away * directions[flip]
    limit = _STANDS * (1 + np.sqrt((states * states).sum(axis=1)))
    with np.errstate(all="ignore"):
        for _ in range(_CORRECTIONS if mend is not None else 1):
            residual = layer.step(projected, states) - states
            stands = np.sqrt((residual * residual).sum(axis=1)) <= limit
            if stands.all() or mend is None:
                break
            states = states - np.where(stands[:, None], 0.0, residual @ mend.T)
    return stands
