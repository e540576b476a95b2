"""A sweep level by level: the whole picture is there early, and sharpens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnviz.sweeps.chunks import COARSE, chunks, compute_chunk, level_count
from rnnviz.sweeps.result import SweepResult
from rnnviz.sweeps.sweep import Sweep


def refine(
    sweep: Sweep,
    level: int,
    before: SweepResult | None = None,
    progress: Callable[[float], None] | None = None,
) -> SweepResult:
    """Compute one level of a sweep on top of the levels before it.

    Parameters
    ----------
    sweep : Sweep
        Which networks, and what is measured.
    level : int
        0 is every eighth value along each axis; see `level_count`.
    before : SweepResult, optional
        The level before; needed from level 1 on.
    progress : callable (fraction), optional
        Called after each chunk.

    Returns
    -------
    SweepResult
        Networks of finer levels are nan without a reason; see `filled`.

    Raises
    ------
    ValueError
        Where there is no such level.
    """
    if not 0 <= level < level_count(sweep):
        raise ValueError(f"There is no level {level}; there are {level_count(sweep)}.")
    if before is None:
        values = {name: np.full(sweep.networks, np.nan) for name in sweep.measures}
        reasons: dict[tuple[int, ...], str] = {}
    else:
        values = {name: array.ravel().copy() for name, array in before.values.items()}
        reasons = dict(before.reasons)
    todo = list(chunks(sweep, level))
    for count, chunk in enumerate(todo, 1):
        found = compute_chunk(sweep, chunk)
        for name in sweep.measures:
            values[name][list(chunk.places)] = found.values[name]
        for place, reason in found.reasons.items():
            index = np.unravel_index(place, sweep.shape)
            reasons[tuple(int(one) for one in index)] = reason
        if progress:
            progress(count / len(todo))
    arrays = {name: array.reshape(sweep.shape) for name, array in values.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return SweepResult(sweep, arrays, reasons)


def filled(result: SweepResult, level: int) -> SweepResult:
    """The same with each network of a finer level shown as the nearest one below that is there."""
    step = max(1, COARSE >> level)
    places = np.ix_(
        *(
            np.arange(count) // (1 if name == "seed" else step) * (1 if name == "seed" else step)
            for name, count in zip(result.sweep.names, result.sweep.shape, strict=True)
        )
    )
    return SweepResult(
        result.sweep, {name: array[places] for name, array in result.values.items()}, result.reasons
    )
