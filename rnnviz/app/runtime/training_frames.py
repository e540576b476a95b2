"""What a checkpoint of a training looks like on one held-out trial: a frame of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.engine import Inputs, Network, run
from rnnviz.learn import Checkpoint
from rnnviz.learn.eigenvalues import recurrent_eigenvalues


@dataclass(frozen=True)
class Frame:
    """What a checkpoint looks like on one held-out trial.

    Attributes
    ----------
    step : int
        Steps done.
    numbers : ndarray of float32
        Step, held-out loss, measure; then outputs, eigenvalues (real, imaginary parts) and
        log10 ‖∂L/∂h_t‖, in this order.
    states : ndarray (units, timesteps) of uint8
        The top layer's states from −1 (0) to 1 (255).
    saturated : float
        Share of these states that are exactly ±1.
    """

    step: int
    numbers: np.ndarray
    states: np.ndarray
    saturated: float

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.numbers.nbytes + self.states.nbytes

    def to_bytes(self) -> bytes:
        """Numbers, then states, filled up to a multiple of four bytes."""
        states = self.states.tobytes()
        return self.numbers.tobytes() + states + bytes(-len(states) % 4)


def frame_of(
    checkpoint: Checkpoint, network: Network, trial: Inputs, each_step: bool = True
) -> Frame:
    """Return the frame of a checkpoint, whose network is given, on one trial.

    With ``each_step`` it has what the network would say after each timestep.
    """
    seen = run(network, Inputs(trial.values))
    output = seen.readings if each_step else seen.output
    assert output is not None  # every task has a head
    eigenvalues = recurrent_eigenvalues(network.layers[-1].forward)
    deltas = checkpoint.delta_norms[-1] if checkpoint.delta_norms else None
    if deltas is None:
        deltas = np.full(seen.timesteps, np.nan)
    with np.errstate(divide="ignore"):
        logs = np.log10(deltas)
    numbers = [
        [checkpoint.step, checkpoint.loss, checkpoint.measure],
        np.atleast_2d(output).ravel(),
        eigenvalues.real,
        eigenvalues.imag,
        logs,
    ]
    states = np.clip(np.rint((seen.states.T + 1) * 127.5), 0, 255).astype(np.uint8)
    exact = float((np.abs(seen.states) == 1).mean())
    return Frame(checkpoint.step, np.concatenate(numbers).astype(np.float32), states, exact)


def spread(things: list[Any], count: int) -> list[Any]:
    """At most so many of a list, evenly spread and the last one among them."""
    if len(things) <= count:
        return things
    places = np.linspace(len(things) - 1, 0, max(0, count)).astype(int)
    return [things[place] for place in places[::-1]]
