"""What LSTM and GRU have in common: a second activation, and sigmoids by way of tanh."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, Activation, activation_named
from rnnviz.engine.cells.facts import ACTIVATION, RECURRENT_ACTIVATION, Setting
from rnnviz.engine.cells.fully_connected import FullyConnectedCell
from rnnviz.engine.cells.tape import Tape
from rnnviz.engine.cells.weights import read_only


@dataclass(frozen=True, eq=False)
class GatedCell(FullyConnectedCell):
    """A cell whose gates have an activation of their own, `recurrent_activation`."""

    recurrent_activation: str = "sigmoid"

    settings: ClassVar[tuple[Setting, ...]] = (ACTIVATION, RECURRENT_ACTIVATION)

    def __post_init__(self) -> None:
        activation_named(self.recurrent_activation)
        super().__post_init__()

    @property
    def state_range(self) -> tuple[float, float]:
        """Infimum and supremum of a hidden state; infinite where there is no bound."""
        if self._recurrent_activation.range != (0.0, 1.0):
            return (-np.inf, np.inf)
        # A gate between 0 and 1 draws the activation towards 0, where the first state is.
        low, high = self._activation.range
        return (min(low, 0.0), max(high, 0.0))

    def gate_range(self, name: str) -> tuple[float, float]:
        """Infimum and supremum of a gate, or of the candidate."""
        activation = self._activation if name == self.candidate else self._recurrent_activation
        return activation.range

    @property
    def _recurrent_activation(self) -> Activation:
        return ACTIVATIONS[self.recurrent_activation]

    @property
    def _has_default_activations(self) -> bool:
        return (self.activation, self.recurrent_activation) == ("tanh", "sigmoid")

    def gate_sums(self, tape: Tape, kinds: str) -> Callable[..., list[np.ndarray]]:
        """Make ``sums(read, gates, anew)``: the first gates of a timestep, sequences as columns.

        Parameters
        ----------
        tape : Tape
            Whose weights and reads are multiplied.
        kinds : str
            A letter for each of them, "s" for `recurrent_activation`, "t" for `activation`.

        Returns
        -------
        sums
            Writes act(Wᵀ·read) into ``gates`` (gates·units, batch) and returns each gate, a view.
            ``anew`` says that the weights have changed.
        """
        units, columns = self.units, len(kinds) * self.units
        fast = self._has_default_activations
        factor, term = halving(self.dtype, units, kinds)
        weights = np.empty((len(tape.weights), columns), self.dtype)
        across, z = weights.T, tape.keep("z", columns)
        wide_factor = np.repeat(factor[:, None], tape.batch, axis=1)
        wide_term = np.repeat(term[:, None], tape.batch, axis=1)
        dot, tanh, times, add = np.dot, np.tanh, np.multiply, np.add
        applied = [(self._recurrent_activation if k == "s" else self._activation) for k in kinds]

        def sums(read: np.ndarray, gates: np.ndarray, anew: bool) -> list[np.ndarray]:
            if anew:
                times(tape.weights[:, :columns], factor if fast else 1, weights)
            dot(across, read, z)
            blocks = row_blocks(gates, units)
            if not fast:
                for one, before, after in zip(applied, row_blocks(z, units), blocks, strict=True):
                    one.apply(before, after)
                return blocks
            tanh(z, gates)
            times(gates, wide_factor, gates)
            add(gates, wide_term, gates)
            return blocks

        return sums

    def gate_slopes_times(self, tape: Tape, kinds: str) -> Callable[..., None]:
        """Make ``times(gates, error)``: error becomes act'(z)·error, (gates·units, batch)."""
        units, batch = self.units, tape.batch
        applied = [(self._recurrent_activation if k == "s" else self._activation) for k in kinds]
        # Sigmoid: (1 − g)·(g + 0); tanh: (1 − g)·(g + 1).
        shift = np.repeat([[float(kind == "t")] for kind in kinds], units, axis=0)
        shift = np.repeat(shift, batch, axis=1).astype(self.dtype)
        scratch = np.empty_like(shift)
        subtract, multiply, add = np.subtract, np.multiply, np.add

        def all_at_once(gates: np.ndarray, error: np.ndarray) -> None:
            subtract(1, gates, scratch)
            multiply(error, scratch, error)
            add(gates, shift, scratch)
            multiply(error, scratch, error)

        def one_by_one(gates: np.ndarray, error: np.ndarray) -> None:
            parts = (row_blocks(array, units) for array in (gates, error, scratch))
            for one, gate, block, spare in zip(applied, *parts, strict=True):
                one.slope_times(gate, block, block, spare)

        return all_at_once if self._has_default_activations else one_by_one


def row_blocks(array: np.ndarray, units: int) -> list[np.ndarray]:
    """The gates' rows, (gates·units, batch) → gates × (units, batch): views."""
    return [array[first : first + units] for first in range(0, len(array), units)]


@cache
def halving(dtype: np.dtype, units: int, gates: str) -> tuple[np.ndarray, np.ndarray]:
    """Factors and terms that make sigmoids of tanhs: σ(z) = ½·tanh(z/2) + ½.

    One tanh over all gates is much faster than exponentials for some of them. Multiplying by ½
    is exact, so z/2 may be had by halving what z is made of.

    Parameters
    ----------
    dtype : dtype
        Of the result.
    units : int
        Columns of each gate.
    gates : str
        One letter a gate, "s" for a sigmoid and "t" for a tanh.

    Returns
    -------
    factor, term : ndarray (gates·units,)
        Read-only. ``tanh(z·factor)·factor + term`` are the gates: ½ and ½ for a sigmoid, 1 and 0
        for a tanh.
    """
    sigmoid = np.repeat([letter == "s" for letter in gates], units)
    factor, term = np.where(sigmoid, 0.5, [[1.0], [0.0]]).astype(dtype)
    return read_only(factor), read_only(term)
