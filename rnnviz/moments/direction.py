"""The direction in which states vary most, as one number a step."""

from __future__ import annotations

import numpy as np


def along_first_direction(states: np.ndarray) -> tuple[np.ndarray, float]:
    """Return each state's place along the first principal direction, and its share of variance.

    Parameters
    ----------
    states : ndarray (timesteps, units)
        Their sign is that in which the largest weight is positive.

    Returns
    -------
    places : ndarray (timesteps,)
        0 is the mean state; all 0 where the states do not vary, or are not finite.
    share : float
        Of the whole variance; 0 where there is none.
    """
    centred = states - states.mean(axis=0, dtype=np.float64)
    if not np.isfinite(centred).all():
        return np.zeros(len(states)), 0.0
    values, vectors = np.linalg.eigh(centred.T @ centred)
    total = float(values.sum())
    if not values[-1] > 0:
        return np.zeros(len(states)), 0.0
    vector = vectors[:, -1]
    vector = vector * np.sign(vector[np.abs(vector).argmax()])
    return centred @ vector, float(values[-1] / total)
