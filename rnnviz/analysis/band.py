"""Half widths of 95 % intervals: of a mean over independent numbers, and of one along a run."""

from __future__ import annotations

import numpy as np

_QUANTILES = np.array(
    [
        *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
        *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    ]
)
_NORMAL = 1.959964


def student(freedom: np.ndarray | int) -> np.ndarray:
    """Student's t that 95 % lie within on both sides, for so many degrees of freedom; nan for 0.

    Above twenty by the expansion about the normal distribution, right to the last digit given.
    """
    freedom = np.asarray(freedom)
    z, many = _NORMAL, np.maximum(freedom, 1).astype(float)
    beyond = z + (z**3 + z) / (4 * many) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * many**2)
    few = _QUANTILES[np.clip(freedom, 1, len(_QUANTILES)) - 1]
    return np.where(freedom < 1, np.nan, np.where(freedom <= len(_QUANTILES), few, beyond))


LEAST = 16
"""Steps of a run below which nothing is known of how far off their mean may be."""
_STRETCHES = 5
_DRIFT = 4.0


def mean_along_a_run(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of numbers that follow each other, and the half width of its 95 % interval.

    Neighbours in time are alike, so that the spread over five stretches tells, and not that over
    steps. A run that has not settled has a later half unlike the whole: how much more than the
    stretches allow is counted four times. `tests.analysis.bands` holds both against longer runs.

    Parameters
    ----------
    values : ndarray (steps, ...)
        What is averaged over the steps.

    Returns
    -------
    mean, half_width : ndarray (...)
        The half width is 0 for a mean of −∞, and ∞ where there are fewer than `LEAST` steps.
    """
    with np.errstate(invalid="ignore"):
        mean = values.mean(axis=0)
        if len(values) < LEAST:
            return mean, np.where(np.isfinite(mean), np.inf, 0.0)
        stretches = np.array_split(values, _STRETCHES)
        error = np.std([one.mean(axis=0) for one in stretches], axis=0, ddof=1)
        error /= np.sqrt(_STRETCHES)
        drift = values[len(values) // 2 :].mean(axis=0) - mean
        drift = np.sqrt(np.maximum(0.0, drift * drift - error * error))
        half_width = np.hypot(student(_STRETCHES - 1) * error, _DRIFT * drift)
    return mean, np.where(np.isfinite(mean), half_width, 0.0)
