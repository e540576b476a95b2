"""What a network gets wrong at each timestep: by the next token, or by targets that came along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.engine.run import Run
from rnnviz.moments.next_token import has_next_token, next_token


@dataclass(frozen=True, eq=False)
class Losses:
    """A loss for every timestep, the trials joined, in time's order.

    Parameters
    ----------
    values : ndarray (steps,)
        Read-only; nan where there is none.
    measure : str
        "bits": the surprise at the next token. "squares": the squared error, the mean over the
        outputs.
    """

    values: np.ndarray
    measure: str


def has_losses(run: Run) -> bool:
    """Whether it is known at each timestep how far a run is off."""
    return has_next_token(run.whole) or run.whole.targets is not None


def losses_of(run: Run) -> Losses:
    """Return how far a run is off at each timestep.

    Raises
    ------
    ValueError
        Where the network neither says what comes next nor has targets for each timestep.
    """
    run = run.whole
    targets = run.targets
    if has_next_token(run) or targets is None:
        return Losses(next_token(run).surprise, "bits")
    readings = run.readings
    assert readings is not None  # as there are targets
    with np.errstate(all="ignore"):
        squares = ((readings - targets) ** 2).mean(axis=-1)
    order = slice(None, None, -1 if run.network.is_turned(len(run.layers) - 1) else 1)
    if run.has_trials:
        rows = zip(squares, run.lengths, strict=True)
        squares = np.concatenate([row[:length][order] for row, length in rows])
    else:
        squares = squares[order]
    squares.setflags(write=False)
    return Losses(squares, "squares")
