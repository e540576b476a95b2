"""What LSTM and GRU have in common: a second activation, and sigmoids by way of tanh."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from rnnviz.engine.activations import ACTIVATIONS, Activation, activation_named
from rnnviz.engine.cells.cell import RecurrentCell
from rnnviz.engine.cells.weights import read_only


@dataclass(frozen=True, eq=False)
class GatedCell(RecurrentCell):
    """A cell whose gates have an activation of their own, `recurrent_activation`."""

    recurrent_activation: str = "sigmoid"

    def __post_init__(self):
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

    @property
    def _recurrent_activation(self) -> Activation:
        return ACTIVATIONS[self.recurrent_activation]

    @property
    def _has_default_activations(self) -> bool:
        return (self.activation, self.recurrent_activation) == ("tanh", "sigmoid")


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
